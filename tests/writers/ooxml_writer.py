"""Reports as Word documents in raw XML, with all that Word and WPS leave between the words of a document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from crawler.simulator.renderers.grids import Grid, spread, table_grid
from crawler.simulator.renderers.printed import Kind, Part, parts
from tests.writers.ooxml import NAMESPACES, STRICT, document_xml, package

if TYPE_CHECKING:
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.renderers.grids import Slot

_FONT = '<w:rFonts w:hint="eastAsia" w:ascii="仿宋_GB2312" w:hAnsi="仿宋_GB2312" w:eastAsia="仿宋_GB2312"/>'
_LINE_WIDTH = 9000
NUMERALS = "一二三四五六七八九十"
LISTED = (
    (re.compile(rf"([{NUMERALS}])、"), "chineseCounting", "%1、"),
    (re.compile(rf"（([{NUMERALS}])）"), "chineseCountingThousand", "（%1）"),
    (re.compile(r"(\d)\."), "decimal", "%1."),
)
"""How a label's own number looks, and the automatic list that prints the same."""


def list_number(text: str) -> tuple[int, int, str] | None:
    """Which row of LISTED the text begins with, its number, and the text behind it."""
    for kind, (pattern, _, _) in enumerate(LISTED):
        match = pattern.match(text)
        if match:
            number = int(match[1]) if match[1].isdecimal() else NUMERALS.index(match[1]) + 1
            return kind, number, text[match.end() :]
    return None


def raw_ooxml_report(report: MadeUpReport, random: Random) -> bytes:
    """The report as a document that went through several offices: Word, WPS, Word again."""
    return _report(report, random, has_only_common=False)


def common_ooxml_report(report: MadeUpReport, random: Random) -> bytes:
    """The same without what LibreOffice prints otherwise: fields, tags, content controls, merging to the right."""
    return _report(report, random, has_only_common=True)


def _report(report: MadeUpReport, random: Random, *, has_only_common: bool) -> bytes:
    writer = _Writer(random, has_lists=random.randrange(3) == 0, has_only_common=has_only_common)
    body = "".join(writer.part(report, part) for part in parts(report))
    if not has_only_common and random.randrange(4) == 0:
        body = writer.contents(report) + body
    if not has_only_common and random.randrange(5) == 0:
        body = f"<w:sdt><w:sdtPr><w:id w:val='7'/></w:sdtPr><w:sdtContent>{body}</w:sdtContent></w:sdt>"
    text = document_xml(
        body + '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:left="1800"/></w:sectPr>'
    )
    if random.randrange(4) == 0:
        for usual, strict in STRICT.items():
            text = text.replace(usual, strict)
    if random.randrange(4) == 0:
        text = re.sub(r"(?<=/>)(?=<w:)|(?<=</w:p>)(?=<)|(?<=</w:r>)(?=<)", "\n    ", text)
    if random.randrange(5) == 0:
        text = re.sub(r"(</?)w:", r"\1ns0:", text).replace("xmlns:w=", "xmlns:ns0=").replace(" w:", " ns0:")
    # Word on the web numbers its main parts.
    main = "word/document2.xml" if random.randrange(3) == 0 and not has_only_common else "word/document.xml"
    return package(text, main=main, styles__xml=_STYLES, numbering__xml=writer.numbering(), footnotes__xml=_FOOTNOTES)


_STYLES = (
    f'<w:styles xmlns:w="{NAMESPACES["w"]}"><w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name '
    'w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/>'
    '<w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="章标题"/><w:basedOn w:val="1"/><w:pPr><w:numPr>'
    '<w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>'
)


_FOOTNOTES = (
    f'<w:footnotes xmlns:w="{NAMESPACES["w"]}"><w:footnote w:id="-1" w:type="separator"><w:p><w:r><w:separator/></w:r>'
    '</w:p></w:footnote><w:footnote w:id="1"><w:p><w:r><w:t>脚注33</w:t></w:r></w:p></w:footnote></w:footnotes>'
)
_NOTE = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="1"/></w:r>'
_WHO = 'w:author="某人" w:date="2025-01-07T09:00:00Z"'
_AROUND = (
    f'<w:del w:id="1" {_WHO}><w:r><w:delText>旧44</w:delText></w:r></w:del><w:ins w:id="2" {_WHO}>RUN</w:ins>',
    '<w:bookmarkStart w:id="0" w:name="_GoBack"/>RUN<w:bookmarkEnd w:id="0"/>',
    '<w:proofErr w:type="spellStart"/>RUN<w:proofErr w:type="spellEnd"/>',
    "RUN<w:r><w:rPr><w:vanish/></w:rPr><w:t>批注66</w:t></w:r>",
    '<w:hyperlink w:anchor="x">RUN</w:hyperlink>',
    f"RUN{_NOTE}",
)
"""What programs put around, before and behind a run."""
_WORD_ALONE = (
    '<w:smartTag w:uri="urn:schemas-microsoft-com:office:smarttags" w:element="chsdate">RUN</w:smartTag>',
    f'<w:moveFrom w:id="1" {_WHO}><w:r><w:t>旧44</w:t></w:r></w:moveFrom><w:ins w:id="2" {_WHO}>RUN</w:ins>',
    "<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>RUN</w:sdtContent></w:sdt>",
    (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> QUOTE 88 </w:instrText></w:r><w:r><w:t>55'
        '</w:t></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>RUN<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    ),
    '<w:fldSimple w:instr=" DOCPROPERTY x ">RUN</w:fldSimple>',
)
"""LibreOffice computes fields anew, and prints the words in tags and content controls several times."""
_OF_STYLE = '<w:pStyle w:val="2"/>'


@dataclass
class _Writer:
    random: Random
    has_lists: bool
    has_only_common: bool = False
    lists: list[tuple[int, int]] = field(default_factory=lambda: [(0, 1)])
    used: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)

    def part(self, report: MadeUpReport, part: Part) -> str:
        """One part of the report, perhaps in a wrapper."""
        random = self.random
        if part.kind is Kind.TABLE:
            text = self.table(table_grid(report, part.table))
        else:
            text = self.paragraph(part.text, is_heading=part.kind is Kind.HEADING)
        if not self.has_only_common and random.randrange(8) == 0:
            text = f'<w:customXml w:element="part"><w:customXmlPr/>{text}</w:customXml>'
        if part.kind in {Kind.TABLE, Kind.SIGNATURE} and random.randrange(8) == 0:
            text = self.boxed(text)
        if random.randrange(6) == 0:
            text += '<w:p w14:paraId="5D0B1A2C"><w:pPr><w:rPr><w:b/></w:rPr></w:pPr></w:p>'
        return text

    def contents(self, report: MadeUpReport) -> str:
        """A table of contents as Word inserts it, with the code of its field."""
        lines = [
            f'<w:p><w:hyperlink w:anchor="_Toc{n}"><w:r><w:t>{escape(section.line)}</w:t></w:r><w:r><w:tab/></w:r>'
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f"<w:r><w:instrText>PAGEREF _Toc{n} \\h</w:instrText></w:r>"
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{n + 1}</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:hyperlink></w:p>'
            for n, section in enumerate(report.sections)
        ]
        begin = (
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r></w:p>'
        )
        end = '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{begin}{''.join(lines)}{end}</w:sdtContent></w:sdt>"

    def paragraph(self, text: str, *, is_heading: bool = False) -> str:
        """A paragraph; a heading may have its number from a list or from its style."""
        random = self.random
        marks = '<w:spacing w:line="560" w:lineRule="exact"/>'
        if is_heading and self.has_lists and (found := list_number(text)):
            self.lists[0] = (0, 1)
            text = found[2]
            marks = '<w:pStyle w:val="2"/>'
        elif is_heading and random.randrange(2):
            marks = '<w:pStyle w:val="1"/>'
        return self._paragraph(marks, text)

    def _paragraph(self, marks: str, text: str) -> str:
        rsid = f'w:rsidR="00{self.random.randrange(1 << 24):06X}" w:rsidRDefault="00A77B3E"'
        return f"<w:p {rsid}><w:pPr>{marks}<w:rPr>{_FONT}</w:rPr></w:pPr>{self._runs(text)}</w:p>"

    def _runs(self, text: str) -> str:
        random = self.random
        found = []
        position = 0
        while position < len(text):
            end = min(len(text), position + random.choice((1, 3, 10, 50, 300)))
            found.append(self._wrapped(self._run(text[position:end])))
            position = end
        return "".join(found) + random.choice(("", "", "<w:r><w:rPr><w:b/></w:rPr></w:r>", "<w:r><w:t></w:t></w:r>"))

    def _run(self, text: str) -> str:
        random = self.random
        inner = escape(text)
        if "-" in text and random.randrange(2):
            inner = inner.replace("-", '</w:t><w:noBreakHyphen/><w:t xml:space="preserve">')
        if random.randrange(15) == 0:
            inner += '</w:t><w:lastRenderedPageBreak/><w:softHyphen/><w:t xml:space="preserve">'
        marks = random.choice(
            (f'<w:rPr>{_FONT}<w:kern w:val="0"/></w:rPr>', "", '<w:rPr><w:vanish w:val="0"/></w:rPr>')
        )
        return f'<w:r w:rsidRPr="00A1B2C3">{marks}<w:t xml:space="preserve">{inner}</w:t></w:r>'

    def _wrapped(self, run: str) -> str:
        """A run with what programs put around, before and behind it."""
        choices = _AROUND if self.has_only_common else (*_AROUND, *_WORD_ALONE)
        around = self.random.choice(choices) if self.random.randrange(3) == 0 else "RUN"
        return around.replace("RUN", run)

    def table(self, grid: Grid) -> str:
        """A table on a grid finer than its own columns, as editing leaves it."""
        random = self.random
        slots = spread(grid)
        widths = [random.choice((1, 1, 1, 2, 3)) for _ in range(max(len(row) for row in slots))]
        margin = random.choice((0, 0, 0, 1, 2))
        total = margin + sum(widths)
        rows = "".join(self._row(row, number, slots, widths, margin) for number, row in enumerate(slots))
        columns = f'<w:gridCol w:w="{_LINE_WIDTH // total}"/>' * total
        return (
            '<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblLayout w:type="fixed"/></w:tblPr>'
            f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
        )

    def _row(
        self, row: tuple[Slot, ...], number: int, slots: tuple[tuple[Slot, ...], ...], widths: list[int], margin: int
    ) -> str:
        random = self.random
        cells = []
        column = 0
        while column < len(row):
            slot = row[column]
            across = slot.cell.column_span
            begins = slot.is_origin
            below = number + 1 < len(slots) and column < len(slots[number + 1])
            goes_on = below and slots[number + 1][column].cell is slot.cell
            marks = (
                ""
                if begins and not goes_on
                else '<w:vMerge w:val="restart"/>'
                if begins
                else random.choice(("<w:vMerge/>", '<w:vMerge w:val="continue"/>'))
            )
            cells.append(self._cell(slot, sum(widths[column : column + across]), marks))
            column += across
        before = margin
        trailing = random.choice(('<w:trHeight w:val="400"/>', "<w:cantSplit/>", "", "<w:tblHeader/>"))
        marks = f'<w:gridBefore w:val="{before}"/><w:wBefore w:w="10" w:type="dxa"/>' if before else ""
        text = (
            f'<w:tr w14:paraId="1A2B3C4D"><w:tblPrEx><w:tblW w:w="0" w:type="auto"/></w:tblPrEx>'
            f"<w:trPr>{marks}{trailing}</w:trPr>{''.join(cells)}</w:tr>"
        )
        if not self.has_only_common and random.randrange(12) == 0:
            return f"<w:sdt><w:sdtPr/><w:sdtContent>{text}</w:sdtContent></w:sdt>"
        return text

    def _cell(self, slot: Slot, width: int, marks: str) -> str:
        random = self.random
        text = slot.cell.text if slot.is_origin else random.choice(("", "", "77"))
        if slot.is_origin and not slot.cell.role.is_value:
            content = self._label(text)
        else:
            content = self._paragraph('<w:jc w:val="center"/>', text)
        if width > 1 and not marks and not self.has_only_common and random.randrange(5) == 0:
            hidden = (
                f'<w:tc><w:tcPr><w:gridSpan w:val="{width - 1}"/><w:hMerge w:val="continue"/></w:tcPr><w:p/></w:tc>'
            )
            return f'<w:tc><w:tcPr><w:hMerge w:val="restart"/></w:tcPr>{content}</w:tc>{hidden}'
        span = f'<w:gridSpan w:val="{width}"/>' if width > 1 else ""
        if not self.has_only_common and random.randrange(20) == 0:
            content = f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"
        marks = f'<w:tcW w:w="1000" w:type="dxa"/>{span}{marks}<w:vAlign w:val="center"/>'
        cell = f"<w:tc><w:tcPr>{marks}</w:tcPr>{content}</w:tc>"
        if not self.has_only_common and random.randrange(25) == 0:
            return f"<w:sdt><w:sdtPr/><w:sdtContent>{cell}</w:sdtContent></w:sdt>"
        return cell

    def _label(self, text: str) -> str:
        """A label, its number from a list or typed, in one paragraph or cut in two."""
        random = self.random
        found = list_number(text) if self.has_lists else None
        marks = '<w:jc w:val="left"/>'
        if found:
            kind, number, text = found
            identity, last = self.used.get(("label", kind), (0, -1))
            if number != last + 1:
                self.lists.append((kind, number))
                identity = len(self.lists)
            self.used["label", kind] = (identity, number)
            marks = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{identity}"/></w:numPr>'
        if len(text) > 6 and random.randrange(8) == 0:
            cut = random.randrange(2, len(text) - 1)
            return self._paragraph(marks, text[:cut]) + self._paragraph("", text[cut:])
        return self._paragraph(marks, text)

    def boxed(self, text: str) -> str:
        """A text box around a part, in a paragraph of its own."""
        # Word knows no footnotes in text boxes, and LibreOffice refuses the whole document.
        content = f"<w:txbxContent>{text.replace(_NOTE, '')}<w:p/></w:txbxContent>"
        return (
            '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wp:extent cx="5000000" '
            'cy="3000000"/><wp:docPr id="1" name="x"/><a:graphic><a:graphicData '
            'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/>'
            f"<wps:spPr/><wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline>"
            '</w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape style="width:400pt;height:200pt"><v:textbox>'
            f"{content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        )

    def numbering(self) -> str:
        """The lists that were used: each of them its own, one level deep."""
        abstracts = "".join(
            f'<w:abstractNum w:abstractNumId="{number}"><w:lvl w:ilvl="0"><w:start w:val="{start}"/>'
            f'<w:numFmt w:val="{LISTED[kind][1]}"/>{_OF_STYLE if number == 1 else ""}'
            f'<w:suff w:val="nothing"/><w:lvlText w:val="{LISTED[kind][2]}"/></w:lvl></w:abstractNum>'
            for number, (kind, start) in enumerate(self.lists, start=1)
        )
        lists = "".join(
            f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'
            for number in range(1, len(self.lists) + 1)
        )
        return f'<w:numbering xmlns:w="{NAMESPACES["w"]}">{abstracts}{lists}</w:numbering>'
