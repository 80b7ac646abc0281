"""Tables as they lie on their pages, and the pieces of one that a page break tore, as one again."""

from __future__ import annotations

from bisect import bisect_left
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout.lines import cell_text, is_numeric
from crawler.documents.layout.regions import STARTS
from crawler.documents.layout.repeats import REPEATED_ROWS, repeated
from crawler.documents.layout.rulings import positions
from crawler.documents.model import TableCell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.ink import Word

    Rows = tuple[tuple[TableCell, ...], ...]

_SAME = 0.8
"""Edges nearer than this, in letter heights, are the same on two pages."""
_COLUMN = 0.55
_MAX_DOUBLE = 1
_MIN_FULL = 4
_MAX_HEAD = 4
# A cell's fields are asked for by their places where many are: in half the time that their names take.
_row = itemgetter(0)
NEXT_PAGE = 1_000_000.0
"""Words of the following page stand so much lower, where the rows of several are taken together."""


class PlacedCell(NamedTuple):
    """A cell with the words in it; `width` is its own on the page."""

    row: int
    column: int
    row_span: int
    column_span: int
    words: list[Word]
    width: float


class PlacedTable(NamedTuple):
    """A table at its place on the page. `edges` are the x of its columns' borders, `size` the height of letters.

    `is_open_below`: its last row has no line under it, as where the page ends within a row. `is_aligned`:
    it has no upright lines, so that its columns are known by its words only.
    """

    left: float
    top: float
    right: float
    bottom: float
    cells: list[PlacedCell]
    edges: Sequence[float]
    size: float
    is_open_above: bool = False
    is_open_below: bool = False
    is_aligned: bool = False

    @property
    def row_count(self) -> int:
        """How many rows it has."""
        return max([cell[0] + cell[2] for cell in self.cells])


def rows_of(table: PlacedTable) -> Rows:
    """The printed cells of each row, left to right."""
    rows: list[list[TableCell]] = [[] for _ in range(table.row_count)]
    # A named tuple's own constructor takes three times as long.
    new = tuple.__new__
    for row, column, row_span, column_span, words, width in table.cells:
        if words:
            if len(words) == 1:
                _, _, _, _, text, confidence = words[0]
            else:
                text, confidence = cell_text(words, width), min([word[5] for word in words])
            rows[row].append(new(TableCell, (row, column, text, row_span, column_span, confidence)))
        else:
            rows[row].append(new(TableCell, (row, column, "", row_span, column_span, 1.0)))
    return tuple([tuple(sorted(row)) for row in rows])


def is_continued(table: PlacedTable, following: PlacedTable) -> bool:
    """Do both tables, on successive pages with nothing between, have the same sides?"""
    near = _SAME * max(table.size, following.size)
    if table.is_aligned or following.is_aligned:
        # Where the words of a column stand varies from page to page.
        return table.is_aligned and following.is_aligned and len(table.edges) == len(following.edges)
    return abs(table.left - following.left) <= near and abs(table.right - following.right) <= near


def joined(table: PlacedTable, following: PlacedTable) -> PlacedTable:
    """Both tables as one, on one set of columns; a row that the page break tore, without lines there, is one row."""
    edges = table.edges
    if table.is_aligned:
        following = following._replace(edges=edges)
    else:
        edges = positions([*edges, *following.edges], _COLUMN * table.size)
    upper = _moved(table, edges)
    lower = _without_repeated_head(upper, _without_repeated_words(upper, _moved(following, edges), table.size))
    count = table.row_count
    is_open = table.is_open_below and following.is_open_above
    whole = _torn_row(upper, lower, count) if is_open or _has_torn_numbers(upper, lower, count) else None
    cells = [*upper, *_lowered(lower, count)] if whole is None else whole
    return PlacedTable(
        table.left,
        table.top,
        table.right,
        table.bottom,
        cells,
        edges,
        table.size,
        is_open_above=table.is_open_above,
        is_open_below=following.is_open_below,
        is_aligned=table.is_aligned,
    )


def _moved(table: PlacedTable, edges: Sequence[float]) -> list[PlacedCell]:
    """The table's cells, with their columns counted by other edges."""
    places = [_nearest(x, edges) for x in table.edges]
    if places == list(range(len(edges))):
        return table.cells
    new = tuple.__new__
    return [
        new(PlacedCell, (row, places[column], row_span, max(places[column + across] - places[column], 1), words, width))
        for row, column, row_span, across, words, width in table.cells
    ]


def _nearest(x: float, edges: Sequence[float]) -> int:
    behind = bisect_left(edges, x)
    if behind == len(edges) or (behind and x - edges[behind - 1] <= edges[behind] - x):
        return behind - 1
    return behind


def _without_repeated_head(upper: Sequence[PlacedCell], lower: list[PlacedCell]) -> list[PlacedCell]:
    """The cells below without the head that is printed anew on every page: it may part the halves of a row."""
    below, above = ([cell for cell in cells if cell[0] < _MAX_HEAD] for cells in (lower, upper))
    for count in range(_MAX_HEAD, 0, -1):
        head = _head(below, count, len(lower))
        if head and head == _head(above, count, len(upper)):
            return _without_rows([cell for cell in lower if cell.row >= count], count)
    return lower


def _without_repeated_words(upper: Sequence[PlacedCell], lower: list[PlacedCell], size: float) -> list[PlacedCell]:
    """The cells below without the words of a head that is cut off there, with the next row printed over it."""
    ordered = sorted(upper, key=_row)
    first = next((cell.row for cell in ordered if is_numeric(cell.words)), 0)
    head: list[list[Word]] = [[] for _ in range(first + REPEATED_ROWS)]
    for row, _, _, _, words, _ in ordered:
        if row >= len(head):
            break
        head[row] += words
    gone = repeated(head, [word for cell in lower for word in cell.words], size)
    if not gone:
        return lower
    # Few of the other words stand as high as one of them.
    tops = {word[1] for word in gone}
    new = tuple.__new__
    kept: list[PlacedCell] = [
        new(PlacedCell, (*cell[:4], [word for word in cell.words if word not in gone], cell.width))
        if cell[4] and not tops.isdisjoint([word[1] for word in cell[4]])
        else cell
        for cell in lower
    ]
    last = max(map(_row, kept))
    return _without_rows(kept, min([cell[0] for cell in kept if cell[4]], default=last))


def _without_rows(cells: list[PlacedCell], count: int) -> list[PlacedCell]:
    """The cells without so many first rows."""
    if not count:
        return cells
    new = tuple.__new__
    return [
        new(PlacedCell, (max(row - count, 0), column, row_span - max(count - row, 0), across, words, width))
        for row, column, row_span, across, words, width in cells
        if row + row_span > count
    ]


def _head(cells: Sequence[PlacedCell], count: int, total: int) -> list[tuple[int, ...] | tuple[str, ...]]:
    """The first rows as places and texts; nothing where they hold numbers, are all, or run on into further rows.

    `cells` are some of the `total` of a table, among them those of the rows asked for.
    """
    rows = [cell for cell in cells if cell[0] < count]
    if len(rows) == total or any(cell[0] + cell[2] > count or is_numeric(cell[4]) for cell in rows):
        return []
    return [part for cell in rows for part in (cell[:4], tuple(word.text for word in cell.words))]


def _has_torn_numbers(upper: Sequence[PlacedCell], lower: Sequence[PlacedCell], count: int) -> bool:
    """Does the first row below hold but a few numbers, under a full row? They are the ends of wrapped ones."""
    above = {cell[1] for cell in upper if cell[0] + cell[2] == count and is_numeric(cell[4])}
    below = {cell[1] for cell in lower if cell[0] == 0 and is_numeric(cell[4])}
    return len(above) >= _MIN_FULL and bool(below) and below <= above and 2 * len(below) < len(above)


def _torn_row(upper: Sequence[PlacedCell], lower: Sequence[PlacedCell], count: int) -> list[PlacedCell] | None:
    """All cells, where the last row above and the first below are halves of one; None where they are two rows."""
    lasts = {(cell[1], cell[3]): cell for cell in upper if cell[0] + cell[2] == count}
    firsts = {(cell[1], cell[3]): cell for cell in lower if cell[0] == 0}
    if lasts.keys() != firsts.keys() or any(_begins(firsts[key]) for key, cell in lasts.items() if cell.words):
        return None
    double = sum(is_numeric(cell.words) and is_numeric(firsts[key].words) for key, cell in lasts.items())
    if double > _MAX_DOUBLE and not _has_torn_numbers(upper, lower, count):
        return None
    cells = []
    for cell in upper:
        if cell[0] + cell[2] != count or lasts[key := (cell.column, cell.column_span)] is not cell:
            cells.append(cell)
            continue
        other = firsts[key]
        below = [word._replace(top=word.top + NEXT_PAGE, bottom=word.bottom + NEXT_PAGE) for word in other.words]
        cells.append(cell._replace(row_span=cell.row_span + other.row_span - 1, words=[*cell.words, *below]))
    cells += _lowered([cell for cell in lower if cell[0] > 0], count - 1)
    return cells


def _lowered(cells: Sequence[PlacedCell], count: int) -> list[PlacedCell]:
    """The cells so many rows further down."""
    new = tuple.__new__
    return [
        new(PlacedCell, (row + count, column, down, across, words, width))
        for row, column, down, across, words, width in cells
    ]


def _begins(cell: PlacedCell) -> bool:
    """Does a label begin here, with its own numeral? Then its row does."""
    return (
        bool(cell.words) and not is_numeric(cell.words) and STARTS.match(cell_text(cell.words, cell.width)) is not None
    )
