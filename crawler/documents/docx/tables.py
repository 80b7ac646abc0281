"""One Word table to rows of cells: columns by the table's own grid, cells merged downwards and to the right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.docx import names as n
from crawler.documents.docx.styles import whole
from crawler.documents.docx.tree import own_text
from crawler.documents.model import TableCell
from crawler.documents.tables import MAX_COLUMNS, MAX_ROWS, MAX_SPAN
from crawler.documents.whitespace import LINE_BREAK, inner_text, squeeze

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from lxml.etree import _Element

MERGES = (n.GRID_SPAN, n.VERTICAL_MERGE, n.HORIZONTAL_MERGE, n.GRID_BEFORE)
"""The marks of cells and rows that say which columns and rows they cover."""
_MIN_OWN = 20
_OWN_PER_NESTED = 3
# A named tuple's own constructor takes three times as long.
_new = tuple.__new__
_EDGE = f" \t\r\n\xa0\u3000{LINE_BREAK}"


@dataclass(frozen=True, slots=True)
class Merges:
    """What the marks of all cells and rows of a document say; a cell or row without such a mark is in none of them.

    `widths` are grid columns, `down` and `across` True where a merged region begins and False where it goes on,
    `before` the grid columns left out at a row's beginning, `anchors` the paragraphs in which something is
    anchored, `holders` the cells that hold such paragraphs or tables.
    """

    widths: Mapping[_Element, int]
    down: Mapping[_Element, bool]
    across: Mapping[_Element, bool]
    before: Mapping[_Element, int]
    anchors: Collection[_Element]
    holders: frozenset[_Element]


class Grid(NamedTuple):
    """The printed cells of each row; the tables that stand inside cells; the elements of the printed cells."""

    rows: list[tuple[TableCell, ...]]
    nested: list[_Element]
    printed: list[_Element]

    @property
    def is_frame(self) -> bool:
        """Are the tables inside what matters, and hardly anything beside them?"""
        own = sum(len(cells) for cells in self.rows)
        return bool(self.nested) and own < max(_MIN_OWN, _OWN_PER_NESTED * len(self.nested))


def merges(marks: Mapping[str, list[_Element]], anchors: Collection[_Element]) -> Merges:
    """What the MERGES among these marks of a document say; `anchors` are the paragraphs in which something floats.

    `marks` holds elements by their names, the document's tables among them.
    """
    return Merges(
        {cell: width for cell, mark in _owned(marks[n.GRID_SPAN]) if (width := _columns(mark)) > 1},
        {cell: mark.get(n.VALUE) == "restart" for cell, mark in _owned(marks[n.VERTICAL_MERGE])},
        {cell: mark.get(n.VALUE) == "restart" for cell, mark in _owned(marks[n.HORIZONTAL_MERGE])},
        {row: _columns(mark) for row, mark in _owned(marks[n.GRID_BEFORE])},
        anchors,
        frozenset(
            holder
            for each in (*marks[n.TABLE], *anchors)
            if (holder := each.getparent()) is not None and holder.tag == n.CELL
        ),
    )


def _owned(marks: list[_Element]) -> list[tuple[_Element, _Element]]:
    """The cell or row of each mark, with the mark."""
    return [
        (owner, mark)
        for mark in marks
        if (holder := mark.getparent()) is not None and (owner := holder.getparent()) is not None
    ]


def _columns(mark: _Element) -> int:
    """So many grid columns; 0 for a number beyond any table's, which is an error of the program that wrote it."""
    width = whole(mark.get(n.VALUE))
    return width if width is not None and width <= MAX_SPAN else 0


@dataclass(slots=True, eq=False)
class _Region:
    """A cell of a row that goes on below while rows continue it, or to the right."""

    row: list[TableCell]
    place: int

    def grow(self, *, down: int = 0, across: int = 0) -> None:
        row, column, text, row_span, column_span, confidence = self.row[self.place]
        self.row[self.place] = _new(TableCell, (row, column, text, row_span + down, column_span + across, confidence))


@dataclass(slots=True)
class _Open:
    rows: list[list[TableCell]] = field(default_factory=list)
    nested: list[_Element] = field(default_factory=list)
    printed: list[_Element] = field(default_factory=list)


def read_grid(table: _Element, known: Merges) -> Grid:
    """The cells of a table. What stands in a cell that continues the one above is not printed, and not read."""
    found = _Open()
    above: dict[int, _Region] = {}
    for number, row in enumerate(table.iterchildren(n.ROW)):
        if number >= MAX_ROWS:
            break
        above = _read_row(row, number, above, known, found)
    return Grid([tuple(cells) for cells in found.rows], found.nested, found.printed)


def _read_row(
    row: _Element, number: int, above: Mapping[int, _Region], known: Merges, found: _Open
) -> dict[int, _Region]:
    """Adds the row's own cells; the merged regions that the next row may continue, by each column they cover."""
    cells: list[TableCell] = []
    found.rows.append(cells)
    following: dict[int, _Region] = {}
    continued: list[_Region] = []
    column = known.before.get(row, 0)
    widths, down, across = known.widths, known.down, known.across
    add, print_cell = cells.append, found.printed.append
    for cell in row.iterchildren(n.CELL):
        if column >= MAX_COLUMNS:
            break
        width = widths.get(cell, 1)
        if across and across.get(cell) is False and cells and cells[-1].column + cells[-1].column_span == column:
            _Region(cells, len(cells) - 1).grow(across=width)
            if column - 1 in following:
                following.update(dict.fromkeys(range(column, column + width), following[column - 1]))
            column += width
            continue
        begins = down.get(cell)
        if begins is None:
            # As nearly every cell is: the shortest way.
            add(_new(TableCell, (number, column, _cell_text(cell, known, found), 1, width, 1.0)))
            print_cell(cell)
            column += width
            continue
        region = None if begins else above.get(column)
        if region is None:
            add(_new(TableCell, (number, column, _cell_text(cell, known, found), 1, width, 1.0)))
            print_cell(cell)
        elif region not in continued:
            continued.append(region)
            region.grow(down=1)
        following.update(dict.fromkeys(range(column, column + width), region or _Region(cells, len(cells) - 1)))
        column += width
    return following


def _cell_text(cell: _Element, known: Merges, found: _Open) -> str:
    """The printed text of a cell, a line for each paragraph and break."""
    size = len(cell)
    if known.holders and cell in known.holders:
        text = LINE_BREAK.join(_lines(cell, known, found))
    elif size == 1 or (size == 2 and cell[0].tag == n.CELL_MARKS):  # noqa: PLR2004 (a cell's marks and its paragraph)
        text = inner_text(cell)
    else:
        text = LINE_BREAK.join([inner_text(part) for part in cell.iter(n.PARAGRAPH)])
    if not text or (text.isdigit() and text.isascii()):
        return text
    text = text.strip(_EDGE)
    if LINE_BREAK not in text:
        return squeeze(text)
    return "\n".join([line for part in text.split(LINE_BREAK) if (line := squeeze(part))])


def _lines(cell: _Element, known: Merges, found: _Open) -> Iterator[str]:
    """The lines of a cell that holds tables or drawings: a table of one cell is a frame, others stand apart."""
    for part in cell:
        if part.tag == n.PARAGRAPH:
            yield own_text(part) if part in known.anchors else inner_text(part)
        elif part.tag == n.TABLE:
            inner = list(part.iterchildren(n.ROW))
            cells = list(inner[0].iterchildren(n.CELL)) if len(inner) == 1 else []
            if len(cells) == 1:
                yield from _lines(cells[0], known, found)
            else:
                found.nested.append(part)
