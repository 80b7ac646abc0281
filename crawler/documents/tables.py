"""One HTML table to a grid, or the news that it only lays the page out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.documents.model import Table, TableCell
from crawler.documents.whitespace import LINE_BREAK, inner_text, squeeze

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_SPAN = 100
"""The widest table of the form has 16 columns. A span beyond this is an editor's error and means nothing."""
MAX_COLUMNS = 400
MAX_ROWS = 5000
_LONG_CELL = 400
_EDGE = f" \t\r\n\xa0\u3000{LINE_BREAK}"
_LABEL_BREAKS = 2
_MIN_COLUMNS = 2
_CELLS = frozenset({"td", "th"})
_ROW_HOLDERS = frozenset({"thead", "tbody", "tfoot"})


def read_table(element: _Element) -> Table | None:
    """The grid of a data table; None for a table that lays out a page, whose cells are read as blocks.

    Layout is: another table inside, one column, or a cell that holds a text of several paragraphs.
    """
    if element.find(".//table") is not None:
        return None
    rows: list[tuple[TableCell, ...]] = []
    covered: dict[int, int] = {}
    for number, row in enumerate(_rows(element)[:MAX_ROWS]):
        cells, covered = _read_row(row, number, covered)
        if any(len(cell.text) > _LONG_CELL and cell.text.count("\n") > _LABEL_BREAKS for cell in cells):
            return None
        if cells:
            rows.append(cells)
    if not rows or max(len(cells) for cells in rows) < _MIN_COLUMNS:
        return None
    pictures = tuple(source for image in element.iter("img") if (source := image.get("src")))
    return Table(tuple(rows), f"table at source line {element.sourceline}", pictures=pictures)


def _read_row(row: _Element, number: int, covered: dict[int, int]) -> tuple[tuple[TableCell, ...], dict[int, int]]:
    """The cells of a row, and the columns that its row spans cover below, with how many rows are left."""
    cells: list[TableCell] = []
    following = {place: left - 1 for place, left in covered.items() if left > 1}
    column = 0
    for cell in row:
        if cell.tag not in _CELLS:
            continue
        while column in covered:
            column += 1
        if column >= MAX_COLUMNS:
            break
        width = _span(cell.get("colspan"))
        height = _span(cell.get("rowspan"))
        cells.append(TableCell(number, column, cell_text(cell), height, width))
        if height > 1:
            following.update((place, height - 1) for place in range(column, min(column + width, MAX_COLUMNS)))
        column += width
    return tuple(cells), following


def cell_text(cell: _Element) -> str:
    """The printed text of a cell, with a newline where the cell shows a break."""
    text = cell.text if not len(cell) else inner_text(cell)
    if not text:
        return ""
    text = text.strip(_EDGE)
    if LINE_BREAK not in text:
        return squeeze(text)
    lines = [squeeze(line) for line in text.split(LINE_BREAK)]
    return "\n".join(line for line in lines if line)


def _rows(table: _Element) -> list[_Element]:
    rows: list[_Element] = []
    for child in table:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in _ROW_HOLDERS:
            rows.extend(grandchild for grandchild in child if grandchild.tag == "tr")
    return rows


def _span(printed: str | None) -> int:
    if printed is None:
        return 1
    digits = printed.strip().rstrip("%")
    # `rowspan="0"` means "to the end" in the standard; no report uses it so, and a browser of a portal's
    # editor writes it by mistake for 1.
    return int(digits) if digits.isdecimal() and len(digits) < 4 and 0 < int(digits) <= MAX_SPAN else 1  # noqa: PLR2004
