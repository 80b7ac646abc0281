# ruff: noqa: SLF001 (what python-docx has no word for is written into its elements)
"""Reports as Word documents, by python-docx: cells merged by the library, runs cut anywhere, lists, tracked changes."""

from __future__ import annotations

import io
import subprocess
import tempfile
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from crawler.simulator.renderers.grids import Grid, GridCell, spread, table_grid
from crawler.simulator.renderers.printed import Kind, Part, parts, varied_label
from tests.writers.ooxml_writer import LISTED, list_number, raw_ooxml_report

if TYPE_CHECKING:
    from random import Random

    from crawler.simulator.made_up import MadeUpReport

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NS = f'xmlns:w="{W}"'
_TRACKED = 'w:id="7" w:author="某人" w:date="2025-01-07T09:00:00Z"'
_TIMEOUT = 240


def python_docx_report(report: MadeUpReport, random: Random) -> bytes:
    """The report as somebody who scripts Word would write it."""
    return _Writer(random).write(report)


def unchanged_docx_report(report: MadeUpReport, random: Random) -> bytes:
    """The same without tracked changes, which LibreOffice prints, the deleted words too."""
    return _Writer(random, may_have_changes=False).write(report)


@dataclass
class _Writer:
    random: Random
    document: Any = field(default_factory=Document)
    has_lists: bool = False
    has_changes: bool = False
    may_have_changes: bool = True
    lists: dict[int, tuple[str, int]] = field(default_factory=dict)

    def write(self, report: MadeUpReport) -> bytes:
        random = self.random
        self.has_lists = random.randrange(3) == 0
        self.has_changes = random.randrange(3) == 0 and self.may_have_changes
        self._set_up(report)
        holder = self.document
        if random.randrange(5) == 0:
            frame = self.document.add_table(rows=1, cols=1)
            holder = frame.cell(0, 0)
        boxed = random.choice((None, None, None, Kind.TITLE, Kind.TABLE, Kind.SIGNATURE))
        if not self.may_have_changes and boxed is Kind.TABLE:
            # Printed, a box of fixed height cuts off what does not fit.
            boxed = None
        labels = partial(varied_label, random)
        for part in parts(report):
            if part.kind is Kind.TABLE:
                added = self._table(holder, table_grid(report, part.table, labels=labels))
            else:
                added = self._paragraph(holder, part)
            if part.kind is boxed:
                self._into_box(holder, added._element)
                boxed = None
            if random.randrange(6) == 0:
                holder.add_paragraph(random.choice(("", " ", "\u3000")))
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()

    def _set_up(self, report: MadeUpReport) -> None:
        random = self.random
        section = self.document.sections[0]
        if random.randrange(2):
            section.footer.paragraphs[0].text = "第 1 页 共 6 页"
            section.header.paragraphs[0].text = random.choice((report.agency_name, "内部资料"))
        self.document.styles["Normal"].font.size = Pt(random.choice((10.5, 12, 14, 16)))
        if random.randrange(2):
            self.document.core_properties.title = "安丘市教育局2017年政府信息公开工作年度报告"

    def _paragraph(self, holder: Any, part: Part) -> Any:
        random = self.random
        paragraph = holder.add_paragraph()
        if part.kind is Kind.HEADING and random.randrange(3) == 0:
            paragraph.style = self.document.styles[f"Heading {random.randint(1, 3)}"]
        if part.kind is Kind.TITLE:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        text = part.text
        if part.kind is Kind.HEADING:
            text = self._listed(paragraph, text, key=0)
        elif part.kind is Kind.PARAGRAPH and random.randrange(3) == 0:
            text = "\u3000\u3000" + text
        self._runs(paragraph, text, is_bold=part.kind in {Kind.TITLE, Kind.HEADING})
        return paragraph

    def _runs(self, paragraph: Any, text: str, *, is_bold: bool = False) -> None:
        """Text cut into runs; with tracked changes, some of it typed later and some rubbish deleted."""
        random = self.random
        position = 0
        while position < len(text):
            end = min(len(text), position + random.choice((1, 2, 5, 20, 200)))
            run = paragraph.add_run(text[position:end])
            run.bold = is_bold or None
            if random.randrange(12) == 0:
                run.font.name = random.choice(("仿宋_GB2312", "宋体", "Times New Roman"))
            if self.has_changes and random.randrange(6) == 0:
                wrap = parse_xml(f"<w:{random.choice(('ins', 'moveTo'))} {_NS} {_TRACKED}/>")
                run._element.addprevious(wrap)
                wrap.append(run._element)
            if self.has_changes and random.randrange(6) == 0:
                paragraph._element.append(
                    parse_xml(f"<w:del {_NS} {_TRACKED}><w:r><w:delText>旧文字99</w:delText></w:r></w:del>")
                )
            position = end

    def _listed(self, paragraph: Any, text: str, *, key: int) -> str:
        """With lists, the text without its own number, which the paragraph's list prints instead."""
        found = list_number(text) if self.has_lists else None
        if found is None:
            return text
        kind, number, rest = found
        identity, last = self.lists.get(key + kind, ("", -1))
        if number != last + 1:
            identity = self._new_list(kind, number)
        self.lists[key + kind] = (identity, number)
        marks = paragraph._element.get_or_add_pPr()
        marks.append(parse_xml(f'<w:numPr {_NS}><w:ilvl w:val="0"/><w:numId w:val="{identity}"/></w:numPr>'))
        return rest

    def _new_list(self, kind: int, start: int) -> str:
        root = self.document.part.numbering_part.element
        _, style, text = LISTED[kind]
        identity = str(100 + len(root))
        abstract = parse_xml(
            f'<w:abstractNum {_NS} w:abstractNumId="{identity}"><w:multiLevelType w:val="hybridMultilevel"/>'
            f'<w:lvl w:ilvl="0"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/><w:suff w:val="nothing"/>'
            f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl></w:abstractNum>'
        )
        root.insert(0, abstract)
        root.append(parse_xml(f'<w:num {_NS} w:numId="{identity}"><w:abstractNumId w:val="{identity}"/></w:num>'))
        return identity

    def _table(self, holder: Any, grid: Grid) -> Any:
        random = self.random
        slots = spread(grid)
        columns = max(len(row) for row in slots)
        table = holder.add_table(rows=len(slots), cols=columns)
        if random.randrange(2):
            table.style = self.document.styles["Table Grid"]
        table.autofit = random.randrange(2) == 0
        table.alignment = random.choice((None, WD_TABLE_ALIGNMENT.CENTER))
        cells = [list(row.cells) for row in table.rows]
        for number, row in enumerate(slots):
            for column, slot in enumerate(row):
                if not slot.is_origin:
                    continue
                cell = cells[number][column]
                down, across = slot.cell.row_span - 1, slot.cell.column_span - 1
                if down or across:
                    cell = cell.merge(cells[min(number + down, len(slots) - 1)][column + across])
                self._cell(cell, slot.cell)
        self._mark_rows(table)
        return table

    def _mark_rows(self, table: Any) -> None:
        random = self.random
        heads = random.choice((0, 0, 1, 3))
        height = random.choice((None, None, 0.6, 0.9, 1.4))
        for number, row in enumerate(table.rows):
            if number < heads:
                row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {_NS}/>"))
            if height is not None:
                row.height = Cm(height)
        if self.has_changes and random.randrange(2):
            last = table.rows[-1]._tr
            gone = deepcopy(last)
            gone.get_or_add_trPr().append(parse_xml(f"<w:del {_NS} {_TRACKED}/>"))
            last.addnext(gone)

    def _cell(self, cell: Any, made: GridCell) -> None:
        random = self.random
        paragraph = cell.paragraphs[0]
        if random.randrange(2):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        text = made.text
        if text and not made.role.is_value:
            text = self._listed(paragraph, text, key=10)
            if len(text) > 6 and random.randrange(8) == 0:
                cut = random.randrange(1, len(text))
                self._runs(paragraph, text[:cut])
                if random.randrange(2):
                    paragraph.add_run().add_break()
                else:
                    paragraph = cell.add_paragraph()
                text = text[cut:]
        elif text and random.randrange(20) == 0:
            text += random.choice((" ", "\u3000", "\u00a0"))
        self._runs(paragraph, text, is_bold=made.role.is_header)

    def _into_box(self, holder: Any, element: Any) -> None:
        """Moves a paragraph or table into a text box, written twice as Word does: for new and for old programs."""
        anchor = holder.add_paragraph()
        content = f"<w:txbxContent {_NS}/>"
        run = parse_xml(
            f'<w:r {_NS} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
            'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
            'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml">'
            '<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor behindDoc="0" distT="0" distB="0" '
            'distL="0" distR="0" simplePos="0" locked="0" layoutInCell="1" allowOverlap="1" relativeHeight="2">'
            '<wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>1234</wp:posOffset>'
            '</wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>5678</wp:posOffset></wp:positionV>'
            '<wp:extent cx="5000000" cy="3000000"/><wp:wrapTopAndBottom/><wp:docPr id="1" name="文本框 1"/>'
            "<wp:cNvGraphicFramePr/><a:graphic><a:graphicData "
            'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/>'
            '<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="5000000" cy="3000000"/></a:xfrm>'
            f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr><wps:txbx>{content}</wps:txbx><wps:bodyPr/>'
            "</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict>"
            f'<v:shape style="width:400pt;height:240pt"><v:textbox>{content}</v:textbox></v:shape></w:pict>'
            "</mc:Fallback></mc:AlternateContent></w:r>"
        )
        anchor._element.append(run)
        for box in run.iter(qn("w:txbxContent")):
            box.append(deepcopy(element))
            if element.tag == qn("w:tbl"):
                box.append(parse_xml(f"<w:p {_NS}/>"))
        element.getparent().remove(element)


def libreoffice_docx(documents: list[bytes]) -> list[bytes]:
    """The documents as LibreOffice saves them, all by one call with a profile of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        saved = folder / "saved"
        for number, data in enumerate(documents):
            (folder / f"{number:04}.docx").write_bytes(data)
        subprocess.run(
            [
                "soffice", "--headless", "--norestore", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(saved),
                *(str(path) for path in sorted(folder.glob("*.docx"))),
            ],
            check=True, capture_output=True, timeout=_TIMEOUT,
        )  # fmt: skip
        return [(saved / f"{number:04}.docx").read_bytes() for number in range(len(documents))]


__all__ = ["libreoffice_docx", "python_docx_report", "raw_ooxml_report"]
