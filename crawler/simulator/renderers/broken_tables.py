"""Tables that a conversion damaged without losing a number: caption rows, split headers, page breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.simulator.renderers.grids import GridCell, Role, is_value_row, spread
from crawler.simulator.renderers.markup import page, plain_body, table_markup
from storage.forms import FORMS

if TYPE_CHECKING:
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.renderers.grids import Grid, Row

_HEADER = Role(is_header=True)
_HALF_NAME = 2
_REPEATED_ROWS = {"disclosure": 0, "applications": 3}
"""The tables that a page may break, with how many header rows the next page may repeat."""


def html_caption_rows(report: MadeUpReport, random: Random) -> str:
    """A page whose tables stand as in `caption_rows_body`."""
    return page(head="", title=report.title, body=caption_rows_body(report, random))


def caption_rows_body(report: MadeUpReport, random: Random) -> str:
    """The heading again as a table's first row, a header name split over two rows, blank rows before numbers."""

    def markup(table: str, grid: Grid) -> str:
        return table_markup(table, with_caption_row(report, table, with_split_header(random, table, grid)))

    return plain_body(report, tables=markup)


def with_caption_row(report: MadeUpReport, table: str, grid: Grid) -> Grid:
    """The grid with its section's heading as a first row."""
    width = len(spread(grid)[0])
    title = FORMS[report.form].table(table).title
    return ((GridCell(title, column_span=width, role=_HEADER),), *grid)


def with_split_header(random: Random, table: str, grid: Grid) -> Grid:
    """Table 3: 商业 | 企业 in two rows; table 4: one to five blank rows above the numbers."""
    first = next(number for number, row in enumerate(grid) if is_value_row(row))
    width = len(spread(grid)[0])
    if table == "reviews":
        blanks: list[Row] = [
            tuple(GridCell("", role=_HEADER) for _ in range(width)) for _ in range(random.randint(1, 5))
        ]
        return (*grid[:first], *blanks, *grid[first:])
    if table != "applications":
        return grid
    above, below = _split_names(grid[first - 1])
    top, middle, *_rest = grid[:first]
    # Cells that reached down to the header's last row must reach one row further.
    taller = [
        tuple(replace(cell, row_span=cell.row_span + 1) if cell.row_span > 1 else cell for cell in row)
        for row in (top, middle)
    ]
    return (*taller, above, below, *grid[first:])


def _split_names(row: Row) -> tuple[Row, Row]:
    def part(cell: GridCell, *, is_upper: bool) -> GridCell:
        text = cell.text
        if len(text) <= _HALF_NAME:
            return replace(cell, text=text if is_upper else "")
        return replace(cell, text=text[:_HALF_NAME] if is_upper else text[_HALF_NAME:])

    return tuple(part(cell, is_upper=True) for cell in row), tuple(part(cell, is_upper=False) for cell in row)


def html_page_broken(report: MadeUpReport, random: Random) -> str:
    """A page whose tables stand as in `page_broken_body`."""
    return page(head="", title=report.title, body=page_broken_body(report, random))


def page_broken_body(report: MadeUpReport, random: Random) -> str:
    """Tables cut in two at a page break; now and then in the middle of a row."""

    def markup(table: str, grid: Grid) -> str:
        pieces = broken(random, grid, header_rows=_REPEATED_ROWS[table]) if table in _REPEATED_ROWS else (grid,)
        between = random.choice(("", '<p style="page-break-before:always"></p>', "<p>&nbsp;</p>\n<p>- 3 -</p>"))
        return f"\n{between}\n".join(table_markup(table, piece) for piece in pieces)

    return plain_body(report, tables=markup)


def broken(random: Random, grid: Grid, *, header_rows: int) -> tuple[Grid, Grid]:
    """The grid in two pieces, its first `header_rows` repeated on the second or not, a row split or not."""
    values = [number for number, row in enumerate(grid) if is_value_row(row)]
    at = random.choice(values[1:])
    first, second = _cut(grid, at)
    if random.randrange(3) == 0 and _may_split(grid[at]):
        upper, lower = _split_row(random, second[0])
        return (*first, upper), (lower, *second[1:])
    return first, (*grid[:header_rows], *second) if random.randrange(2) else second


def _cut(grid: Grid, at: int) -> tuple[Grid, Grid]:
    """Two pieces; what spans the cut ends there and goes on below as an empty cell."""
    first = tuple(
        tuple(replace(cell, row_span=min(cell.row_span, at - number)) for cell in row)
        for number, row in enumerate(grid[:at])
    )
    carried: list[GridCell] = []
    for number, row in enumerate(grid[:at]):
        carried += [
            GridCell("", row_span=number + cell.row_span - at, column_span=cell.column_span)
            for cell in row
            if number + cell.row_span > at
        ]
    return first, ((*carried, *grid[at]), *grid[at + 1 :])


def _may_split(row: Row) -> bool:
    """A row with a long label and no blank among its numbers: its halves can be told apart."""
    label = next(cell for cell in reversed(row) if not cell.role.is_value)
    return len(label.text) > 2 * _HALF_NAME and all(cell.text for cell in row if cell.role.is_value)


def _split_row(random: Random, row: Row) -> tuple[Row, Row]:
    """One row as two: the label is cut, the numbers stand in one of the two."""
    place = max(number for number, cell in enumerate(row) if not cell.role.is_value)
    at = random.randrange(2, len(row[place].text) - 1)
    is_upper = random.randrange(2) == 0

    def half(*, upper: bool) -> Row:
        has_numbers = upper == is_upper
        cells: list[GridCell] = []
        for number, cell in enumerate(row):
            text = cell.text
            if number == place:
                text = text[:at] if upper else text[at:]
            elif (cell.role.is_value and not has_numbers) or (not cell.role.is_value and not upper):
                text = ""
            cells.append(replace(cell, text=text, row_span=1 if upper else cell.row_span))
        return tuple(cells)

    return half(upper=True), half(upper=False)
