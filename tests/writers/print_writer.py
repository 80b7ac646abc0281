"""Plain Word documents of random reports, to be exported as PDF: what an office program prints of a usual report."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from crawler.simulator.renderers.grids import table_grid
from crawler.simulator.renderers.printed import Kind, parts

if TYPE_CHECKING:
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.renderers.grids import Grid

_PAGES = ((210, 297), (210, 297), (297, 210), (176, 250), (148, 210))
_FONTS = ("Noto Serif CJK SC", "Noto Sans CJK SC")


def office_document(report: MadeUpReport, random: Random) -> bytes:
    """The report as DOCX: pages, fonts, widths, borders and row heights vary, rows may break over pages."""
    document = Document()
    section = document.sections[0]
    width, height = random.choice(_PAGES)
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.orientation = WD_ORIENT.LANDSCAPE if width > height else WD_ORIENT.PORTRAIT
    margin = random.choice((12, 20, 28))
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(margin)
    if random.randrange(2):
        section.footer.paragraphs[0].text = random.choice(("政府信息公开工作年度报告", "— 内部编排 —"))
    size = random.choice((10.5, 12, 14, 16))
    font = random.choice(_FONTS)
    has_indent = random.randrange(2)
    for part in parts(report):
        match part.kind:
            case Kind.TABLE:
                _add_table(document, table_grid(report, part.table), random, font, width - 2 * margin, size)
            case Kind.TITLE:
                _add(document, part.text, font, size * 1.4, WD_ALIGN_PARAGRAPH.CENTER)
            case Kind.SIGNATURE:
                _add(document, part.text, font, size, WD_ALIGN_PARAGRAPH.RIGHT)
            case _:
                paragraph = _add(document, part.text, font, size, None)
                if has_indent:
                    paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add(holder: Any, text: str, font: str, size: float, alignment: WD_ALIGN_PARAGRAPH | None) -> Any:
    paragraph = holder.add_paragraph()
    _write(paragraph, text, font, size, alignment)
    return paragraph


def _write(paragraph: Any, text: str, font: str, size: float, alignment: WD_ALIGN_PARAGRAPH | None) -> None:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.font.name = font
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)  # noqa: SLF001 (python-docx has no other way)
    paragraph.alignment = alignment
    paragraph.paragraph_format.space_after = Pt(0)


def _add_table(document: Any, grid: Grid, random: Random, font: str, width: float, size: float) -> None:
    columns = max(sum(cell.column_span for cell in row) for row in grid)
    table = document.add_table(rows=len(grid), cols=columns)
    table.style = "Table Grid"
    table.autofit = False
    own = min(size, random.choice((7.5, 9, 10.5)), 1.1 * width / columns)
    labels = {10: 3, 4: 1}.get(columns, 0)
    shares = [random.uniform(1.4, 2.4) if number < labels else random.uniform(0.9, 1.1) for number in range(columns)]
    alignment = random.choice((None, WD_ALIGN_PARAGRAPH.CENTER))
    across = random.choice(
        (WD_CELL_VERTICAL_ALIGNMENT.CENTER, WD_CELL_VERTICAL_ALIGNMENT.TOP, WD_CELL_VERTICAL_ALIGNMENT.BOTTOM)
    )
    # python-docx counts all cells anew at every look.
    places = table._cells  # noqa: SLF001
    taken: set[tuple[int, int]] = set()
    for number, cell in enumerate(places):
        cell.width = Mm(shares[number % columns] / sum(shares) * width)
    for number, share in enumerate(shares):
        table._tbl.tblGrid.gridCol_lst[number].w = Mm(share / sum(shares) * width)  # noqa: SLF001
    for row, members in enumerate(grid):
        column = 0
        for member in members:
            while (row, column) in taken:
                column += 1
            last = min(row + member.row_span, len(grid)) - 1, column + member.column_span - 1
            taken |= {(below, right) for below in range(row, last[0] + 1) for right in range(column, last[1] + 1)}
            cell = places[row * columns + column]
            if last != (row, column):
                cell = cell.merge(places[last[0] * columns + last[1]])
            _write(cell.paragraphs[0], member.text, font, own, alignment)
            cell.vertical_alignment = across
            column += member.column_span
    _set_rows(table, random, sum(all(cell.role.is_header for cell in row) for row in grid[:3]))
    if random.randrange(4) == 0:
        _leave_out_sides(table)


def _set_rows(table: Any, random: Random, heads: int) -> None:
    """Heads that come again on every page, rows that must not break, heights that are larger than the text."""
    is_repeated, is_whole = random.randrange(3) == 0, random.randrange(3) == 0
    height = random.choice((None, None, Pt(18), Pt(26)))
    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001
        if is_repeated and number < heads:
            properties.append(OxmlElement("w:tblHeader"))
        if is_whole:
            properties.append(OxmlElement("w:cantSplit"))
        if height is not None:
            row.height = height


def _leave_out_sides(table: Any) -> None:
    """Tables of official print often lack the lines at both sides."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "nil" if side in {"left", "right"} else "single")
        line.set(qn("w:sz"), "6")
        borders.append(line)
    table._tbl.tblPr.append(borders)  # noqa: SLF001
