"""HTML that came out of a word processor: Word's own export or paste, and that of WPS."""

from __future__ import annotations

import re
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.renderers.grids import table_grid
from crawler.simulator.renderers.markup import file_markup, spans
from crawler.simulator.renderers.printed import Kind, parts, varied_label

if TYPE_CHECKING:
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.renderers.grids import Grid, GridCell

_RUNS = re.compile(r"[\x20-\x7e]+|[^\x20-\x7e]+")
_SHORT_STYLE = "font-family:仿宋;mso-bidi-font-family:宋体"
_LONG_STYLE = (
    "font-size:12.0pt;font-family:仿宋_GB2312;mso-ascii-font-family:仿宋_GB2312;mso-hansi-font-family:仿宋_GB2312;"
    "mso-bidi-font-family:宋体;color:#333333;mso-font-kerning:0pt;mso-ansi-language:EN-US;mso-fareast-language:ZH-CN"
)
_CELL_STYLE = (
    "border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt;padding:0cm 5.4pt 0cm 5.4pt;height:19.85pt"
)
_HEAD = """<meta http-equiv=Content-Type content="text/html; charset=utf-8">
<meta name=ProgId content=Word.Document>
<meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom></w:WordDocument></xml><![endif]-->
<style><!--
@font-face {font-family:仿宋_GB2312;mso-font-charset:134;}
p.MsoNormal, li.MsoNormal {mso-style-unhide:no;margin:0cm;text-align:justify;mso-pagination:none;font-size:10.5pt;}
table.MsoNormalTable {mso-style-name:普通表格;mso-tstyle-rowband-size:0;}
--></style>
"""


def html_word(report: MadeUpReport, random: Random, *, is_verbose: bool = False) -> str:
    """A page that Word saved; `is_verbose` repeats every style in full, as Word does (about 160 KB)."""
    return (
        '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">\n'
        f"<head>\n{_HEAD}<title>{escape(report.title)}</title>\n</head>\n"
        '<body lang=ZH-CN style="tab-interval:21.0pt;text-justify-trim:punctuation"><div class=WordSection1>\n'
        f"{word_body(report, random, is_verbose=is_verbose)}\n</div></body></html>\n"
    )


def word_body(report: MadeUpReport, random: Random, *, is_verbose: bool = False) -> str:
    """What lands in a portal's editor when a Word document is pasted into it."""
    style = _LONG_STYLE if is_verbose else _SHORT_STYLE
    run = partial(_run, random, style)
    pieces: list[str] = []
    for part in parts(report):
        match part.kind:
            case Kind.TITLE:
                pieces.append(_paragraph(f"<b>{run(part.text)}</b>", align="center"))
            case Kind.HEADING:
                pieces.append(_paragraph(f"<b>{run(part.text)}</b>"))
            case Kind.PARAGRAPH:
                pieces.append(_paragraph(run(part.text), indent=True))
            case Kind.SIGNATURE:
                pieces.append(_paragraph(run(part.text), align="right"))
            case Kind.TABLE:
                pieces.append(_table(random, style, table_grid(report, part.table), is_verbose=is_verbose))
            case Kind.PICTURE | Kind.ATTACHMENT:
                pieces.append(file_markup(part.kind, part.text))
        if random.randrange(5) == 0:
            pieces.append(_paragraph(f'<span style="{style}">&nbsp;</span>'))
    return "\n".join(pieces)


def _paragraph(content: str, *, align: str = "", indent: bool = False) -> str:
    attributes = f" align={align}" if align else ""
    rules = [f"text-align:{align}"] if align else []
    if indent:
        rules.append("text-indent:32.0pt;mso-char-indent-count:2.0")
    style = f' style="{";".join(rules)}"' if rules else ""
    return f"<p class=MsoNormal{attributes}{style}>{content}<o:p></o:p></p>"


def _run(random: Random, style: str, text: str) -> str:
    """Text as Word splits it: Latin apart from Chinese, and Chinese wherever the cursor once stood."""
    spans_out: list[str] = []
    for match in _RUNS.finditer(text):
        run = match[0]
        if run.isascii():
            spans_out.append(f'<span lang=EN-US style="{style}">{escape(run)}</span>')
            continue
        cut = random.randrange(1, len(run)) if len(run) > 1 and random.randrange(3) == 0 else len(run)
        spans_out += [f'<span style="{style}">{escape(piece)}</span>' for piece in (run[:cut], run[cut:]) if piece]
    if spans_out and random.randrange(12) == 0:
        spans_out.insert(0, '<a name="_GoBack"></a>')
    return "".join(spans_out)


def _table(random: Random, style: str, grid: Grid, *, is_verbose: bool) -> str:
    rows = "\n".join(
        f' <tr style="mso-yfti-irow:{number};height:19.85pt">\n'
        + "\n".join(_cell(random, style, cell, is_verbose=is_verbose) for cell in row)
        + "\n </tr>"
        for number, row in enumerate(grid)
    )
    return (
        "<div align=center>\n<table class=MsoNormalTable border=1 cellspacing=0 cellpadding=0 width=718 "
        f'style="border-collapse:collapse;mso-yfti-tbllook:1184">\n{rows}\n</table>\n</div>'
    )


def _cell(random: Random, style: str, cell: GridCell, *, is_verbose: bool) -> str:
    content = (
        _run(random, style, cell.text) if cell.text else f'<span lang=EN-US style="{style}"><o:p>&nbsp;</o:p></span>'
    )
    if cell.role.is_header and is_verbose:
        content = f"<b>{content}</b>"
    if cell.text and random.randrange(9) == 0:
        content += f'<span style="{style}">&nbsp;</span>'
    width = 60 * cell.column_span
    cell_style = f"width:{width * 0.75:.1f}pt;{_CELL_STYLE}" if is_verbose else "border:solid windowtext 1.0pt"
    inner = _paragraph(content, align="center")
    return f'  <td width={width}{spans(cell)} valign=center style="{cell_style}">{inner}</td>'


_MINUS = ("-", "－", "−")


def html_wps(report: MadeUpReport, random: Random) -> str:
    """A page from WPS: styles in `<font>`, thousands with commas, other minus signs, labels that vary."""
    return (
        '<html><head><meta charset="utf-8"><meta name="Generator" content="WPS Office">'
        f"<title>{escape(report.title)}</title></head>\n<body>{wps_body(report, random)}</body></html>\n"
    )


def wps_body(report: MadeUpReport, random: Random) -> str:
    """The body of a document pasted from WPS."""
    has_commas = random.randrange(2) == 0
    minus = random.choice(_MINUS)
    labels = partial(varied_label, random)
    pieces: list[str] = []
    for part in parts(report):
        text = f'<font face="宋体">{escape(part.text)}</font>'
        match part.kind:
            case Kind.TITLE | Kind.HEADING:
                pieces.append(
                    f'<p class="p"><b><span style="mso-spacerun:\'yes\';font-size:16pt">{text}</span></b></p>'
                )
            case Kind.PARAGRAPH | Kind.SIGNATURE:
                pieces.append(f'<p class="p"><span style="mso-spacerun:\'yes\'">　　{text}</span></p>')
            case Kind.TABLE:
                pieces.append(
                    _wps_table(table_grid(report, part.table, labels=labels), has_commas=has_commas, minus=minus)
                )
            case Kind.PICTURE | Kind.ATTACHMENT:
                pieces.append(file_markup(part.kind, part.text))
    return "\n".join(pieces)


def _wps_table(grid: Grid, *, has_commas: bool, minus: str) -> str:
    rows = "\n".join(
        "<tr>" + "".join(_wps_cell(cell, has_commas=has_commas, minus=minus) for cell in row) + "</tr>" for row in grid
    )
    return (
        f'<table class="MsoTableGrid" border="1" cellspacing="0" style="mso-table-layout-alt:fixed">\n{rows}\n</table>'
    )


def _wps_cell(cell: GridCell, *, has_commas: bool, minus: str) -> str:
    text = cell.text
    if cell.role.is_value:
        text = _with_commas(text) if has_commas else text
        text = text.replace("-", minus)
    content = f'<font face="宋体">{escape(text)}</font>' if text else "<o:p></o:p>"
    return f'<td{spans(cell)} valign="center"><p class="p" align="center"><span>{content}</span></p></td>'


def _with_commas(text: str) -> str:
    """1234.50 as 1,234.50; anything but a plain number stays as it is."""
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isdecimal() and whole.isascii() else text
