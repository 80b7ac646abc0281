"""One HTML table to a grid, or the news that it only lays the page out."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from crawler.documents.images import image_source
from crawler.documents.model import Paragraph, Table, TableCell
from crawler.documents.tree import break_line, writable
from crawler.documents.whitespace import LINE_BREAK, inner_text, squeeze
from crawler.titles import read_title
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.etree import _Element

MAX_SPAN = 100
"""The widest table of the form has 16 columns. A span beyond this is an editor's error and means nothing."""
MAX_COLUMNS = 400
MAX_ROWS = 5000
_LONG_CELL = 400
_LONGEST_LABEL = 60
_MIN_DATA = 20
_EDGE = f" \t\r\n\xa0\u3000{LINE_BREAK}"
_LABEL_BREAKS = 2
_MIN_HEADINGS = 2
_STOPS = frozenset("。；：;:！？")
_MIN_COLUMNS = 2
_CELLS = frozenset({"td", "th"})
_MAX_CAPTIONS = 6
_ROW_HOLDERS = frozenset({"thead", "tbody", "tfoot"})

Row = tuple[TableCell, ...]


def read_table(element: _Element) -> tuple[Table | Paragraph, ...] | None:
    """The grid of a data table; None for a table that lays out a page, whose cells are read as blocks.

    Layout is: another table inside, one column, or a cell that holds a text of several paragraphs
    among few others. Where a whole report stands in one table, its rows of text are paragraphs.
    """
    if element.find(".//table") is not None:
        return None
    rows: list[Row] = []
    covered: dict[int, int] = {}
    for number, row in enumerate(_rows(element)[:MAX_ROWS]):
        cells, covered = _read_row(row, number, covered)
        if cells:
            rows.append(cells)
    pictures = tuple(source for image in element.iter("img") if (source := image_source(image)))
    return grid_blocks(rows, f"table at source line {element.sourceline}", pictures)


def grid_blocks(rows: Sequence[Row], place: str, pictures: tuple[str, ...]) -> tuple[Table | Paragraph, ...] | None:
    """The grid in these rows; its rows of nothing but text as paragraphs; None where it is no grid but layout."""
    if not rows or max(len(cells) for cells in rows) < _MIN_COLUMNS or (pictures and _sets_pictures(rows)):
        return None
    has_long = any(len(cell.text) > _LONGEST_LABEL for cells in rows for cell in cells)
    if has_long and _is_layout(rows):
        return None
    parts = parts_of_report(rows)
    if parts is None and has_long and any(_is_prose(cells) for cells in rows):
        parts = _parted(rows, [_is_prose(cells) or _is_heading(cells) for cells in rows])
    if parts is None:
        return (Table(tuple(rows), place, pictures=pictures),)
    return tuple(
        block
        for is_text, members in parts
        for block in (text_of(members, place) if is_text else (Table(members, place, pictures=pictures),))
    )


def parts_of_report(rows: Sequence[Row]) -> list[tuple[bool, tuple[Row, ...]]] | None:
    """The runs of rows of a grid that holds several sections, and whether each is text; None for a mere table."""
    if sum(_is_heading(cells) for cells in rows) < _MIN_HEADINGS:
        return None
    return _parted(rows, _texts_of_report(rows))


def text_of(rows: Iterable[Row], place: str) -> Iterator[Paragraph]:
    """The lines in the rows, each as a paragraph."""
    lines = (line for cells in rows for cell in cells for line in cell.text.split("\n") if line)
    return (Paragraph(line, place) for line in lines)


def _parted(rows: Sequence[Row], are_texts: Sequence[bool]) -> list[tuple[bool, tuple[Row, ...]]]:
    groups = groupby(zip(are_texts, rows, strict=True), key=lambda pair: pair[0])
    return [(is_text, tuple(cells for _, cells in group)) for is_text, group in groups]


def _texts_of_report(rows: Sequence[Row]) -> list[bool]:
    """For every row of a grid that holds several sections, whether it is text.

    A short label alone in its row is the table's that goes on below it («第二十条第（一）项»), else a short line.
    """
    are_texts: list[bool] = []
    is_table_below = False
    for cells in reversed(rows):
        printed = [cell.text for cell in cells if cell.text]
        is_table = len(printed) > 1 or (
            (is_table_below or len(cells) > 1) and (not printed or _may_be_label(printed[0]))
        )
        are_texts.append(not is_table)
        is_table_below = is_table
    return are_texts[::-1]


def _may_be_label(text: str) -> bool:
    return (
        len(text) <= _LONGEST_LABEL
        and _STOPS.isdisjoint(text.rstrip("：:"))
        and read_heading(text) is None
        and not read_title(text).is_report
    )


def _is_layout(rows: Sequence[Row]) -> bool:
    """Does a text of several paragraphs stand in a cell, and hardly a number beside it?"""
    texts = [cell.text for cells in rows for cell in cells]
    has_text = any(len(text) > _LONG_CELL and text.count("\n") > _LABEL_BREAKS for text in texts)
    return has_text and sum(text.isdecimal() for text in texts) < _MIN_DATA


def _sets_pictures(rows: Sequence[Row]) -> bool:
    """Are there but a few words beside the pictures, and no number? Then the grid only sets them in order."""
    texts = [cell.text for cells in rows for cell in cells if cell.text]
    return len(texts) <= _MAX_CAPTIONS and not any(text.isdecimal() for text in texts)


def _is_prose(cells: Row) -> bool:
    """A row of nothing but sentences."""
    printed = [cell.text for cell in cells if cell.text]
    return len(printed) == 1 and "。" in printed[0] and len(printed[0]) > _LONGEST_LABEL


def _is_heading(cells: Row) -> bool:
    printed = [cell.text for cell in cells if cell.text]
    return len(printed) == 1 and read_heading(printed[0]) is not None


def _read_row(row: Iterable[_Element], number: int, covered: dict[int, int]) -> tuple[Row, dict[int, int]]:
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
        across, down = cell.get("colspan"), cell.get("rowspan")
        width = 1 if across is None else _span(across)
        height = 1 if down is None else _span(down)
        cells.append(TableCell(number, column, cell_text(cell), height, width))
        if height > 1:
            following.update((place, height - 1) for place in range(column, min(column + width, MAX_COLUMNS)))
        column += width
    return tuple(cells), following


def cell_text(cell: _Element) -> str:
    """The printed text of a cell, with a newline where the cell shows a break."""
    if not len(cell):
        text = cell.text
    else:
        # One paragraph, as Word writes every cell, has no line to break off.
        if len(cell) > 1 or not _is_line(cell[0]) or (cell.text and not cell.text.isspace()):
            for line in cell.iter("p", "div", "li"):
                _break_before(line)
                break_line(line)
        text = inner_text(cell)
    if not text:
        return ""
    text = text.strip(_EDGE)
    if LINE_BREAK not in text:
        return squeeze(text)
    lines = [squeeze(line) for line in text.split(LINE_BREAK)]
    return "\n".join(line for line in lines if line)


def _is_line(element: _Element) -> bool:
    return element.tag == "p" and (not element.tail or element.tail.isspace())


def _break_before(line: _Element) -> None:
    """A paragraph begins a line: 12 and the paragraph 34 behind it are not 1234."""
    before, parent = line.getprevious(), line.getparent()
    if before is not None:
        break_line(before)
    elif parent is not None and parent.text:
        parent.text = writable(parent.text) + LINE_BREAK


def _rows(table: _Element) -> list[Iterable[_Element]]:
    """The cells of each row, in order; cells that stand outside of any row make one."""
    if table.find("td") is None and table.find("tbody/td") is None:
        return [_cells(row) for row in table.iter("tr")]
    children = [inner for child in table for inner in (child if child.tag in _ROW_HOLDERS else (child,))]
    rows: list[Iterable[_Element]] = []
    for is_cell, group in groupby(children, key=lambda child: child.tag in _CELLS):
        members = list(group)
        rows.extend([members] if is_cell else [_cells(row) for row in members if row.tag == "tr"])
    return rows


def _cells(row: _Element) -> Iterable[_Element]:
    # Editors leave `<tr><font><td>`.
    return row if any(child.tag in _CELLS for child in row) else row.iter(*_CELLS)


def _span(printed: str) -> int:
    digits = printed.strip().rstrip("%")
    # `rowspan="0"` means "to the end" in the standard; no report uses it so, and a browser of a portal's
    # editor writes it by mistake for 1.
    return int(digits) if digits.isdecimal() and len(digits) < 4 and 0 < int(digits) <= MAX_SPAN else 1  # noqa: PLR2004
