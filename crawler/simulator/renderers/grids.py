"""The three tables as grids of cells with spans, laid out as the official forms are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.simulator.renderers.printed import official_label, value_text, wide
from storage.forms import FORMS
from storage.forms.common import APPLICANT_HEADER, ITEM_HEADER, LITIGATION_HEADER, ORGANISATION_HEADER
from storage.report import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crawler.simulator.made_up import MadeUpReport
    from storage.forms import FormTable, Group, Line

    Labels = Callable[[Line | Group], str]


class Role(NamedTuple):
    """What a grid cell is for: `is_value` a number's place, `is_header` above the numbers."""

    is_value: bool = False
    is_header: bool = False


_HEADER = Role(is_header=True)
_LABEL = Role()
_VALUE = Role(is_value=True)


@dataclass(frozen=True, slots=True)
class GridCell:
    """One printed cell; it covers `row_span` × `column_span` places from its own to the lower right."""

    text: str
    row_span: int = 1
    column_span: int = 1
    role: Role = _LABEL


Row = tuple[GridCell, ...]
Grid = tuple[Row, ...]
"""Each row holds only its own cells: places covered from above or from the left have none."""


class Slot(NamedTuple):
    """One place of the expanded grid. `is_origin`: the cell begins here, else it only covers the place."""

    cell: GridCell
    is_origin: bool


def table_grid(report: MadeUpReport, table: str, *, labels: Labels = official_label) -> Grid:
    """The table of that key as the official form lays it out, with the report's missing and extra rows."""
    form_table = FORMS[report.form].table(table)
    if form_table.is_flat:
        return _flat_grid(report, form_table, labels)
    if form_table.groups:
        return _grouped_grid(report, form_table, labels)
    return _block_grid(report, form_table, labels)


def spread(grid: Grid) -> tuple[tuple[Slot, ...], ...]:
    """The grid with a slot at every place; a place that nothing covers is left out."""
    rows: list[dict[int, Slot]] = [{} for _ in grid]
    for number, cells in enumerate(grid):
        column = 0
        for cell in cells:
            while column in rows[number]:
                column += 1
            for below in range(number, min(number + cell.row_span, len(grid))):
                for right in range(column, column + cell.column_span):
                    rows[below][right] = Slot(cell, is_origin=(below, right) == (number, column))
    return tuple(tuple(row[column] for column in sorted(row)) for row in rows)


def is_value_row(row: Sequence[GridCell]) -> bool:
    """Whether the row holds numbers (or their blanks)."""
    return any(cell.role.is_value for cell in row)


def _values(report: MadeUpReport, table: FormTable, row: Line) -> Row:
    cells = (Cell(table.key, row.key, column.key) for column in table.columns(row.key))
    return tuple(GridCell(value_text(report, cell), role=_VALUE) for cell in cells if cell in report.cells)


def _extra_rows(report: MadeUpReport, table: FormTable, after: str) -> Iterator[tuple[str, Row]]:
    for extra in report.extra_rows:
        if extra.table == table.key and extra.after == after:
            values = ("" if value is None else str(value) for value in extra.values)
            yield extra.label, tuple(GridCell(text, role=_VALUE) for text in values)


def _block_grid(report: MadeUpReport, table: FormTable, labels: Labels) -> Grid:
    """Table 2: a header of its own for every block, the last cell of a row filling the width."""
    width = 1 + max(len(block.columns) for block in table.blocks)
    rows: list[Row] = []
    for block in table.blocks:
        rows.append((GridCell(wide(block.label), column_span=width, role=_HEADER),))
        header = [GridCell(ITEM_HEADER, role=_HEADER)]
        header += [GridCell(labels(column), role=_HEADER) for column in block.columns]
        rows.append(_filled(header, width))
        for row in block.rows:
            values = _values(report, table, row)
            if values:
                rows.append(_filled([GridCell(labels(row)), *values], width))
            for label, extra in _extra_rows(report, table, row.key):
                rows.append(_filled([GridCell(label), *extra], width))
    return tuple(rows)


def _filled(cells: list[GridCell], width: int) -> Row:
    *others, last = cells
    return (*others, replace(last, column_span=max(1, width - len(others))))


def _flat_grid(report: MadeUpReport, table: FormTable, labels: Labels) -> Grid:
    """Table 4: review beside litigation, and one row of numbers."""
    review, *suits = table.rows
    names = {row.key: [labels(column) for column in table.columns(row.key)] for row in table.rows}
    per_row = len(names[review.key])
    suit_names = [name for suit in suits for name in names[suit.key]]
    return (
        (
            GridCell(labels(review), column_span=per_row, role=_HEADER),
            GridCell(LITIGATION_HEADER, column_span=len(suit_names), role=_HEADER),
        ),
        (
            *(GridCell(name, row_span=2, role=_HEADER) for name in names[review.key]),
            *(GridCell(labels(suit), column_span=per_row, role=_HEADER) for suit in suits),
        ),
        tuple(GridCell(name, role=_HEADER) for name in suit_names),
        tuple(cell for row in table.rows for cell in _values(report, table, row)),
    )


class _BodyRow(NamedTuple):
    """A row of table 3 before it is laid out; `group` is the key of the nearest group label."""

    group: str
    label: str
    values: Row


def _grouped_grid(report: MadeUpReport, table: FormTable, labels: Labels) -> Grid:
    """Table 3: labels in three columns, group labels merged downwards."""
    body: list[_BodyRow] = []
    for row in table.rows:
        values = _values(report, table, row)
        if values:
            body.append(_BodyRow(row.group, labels(row), values))
        body += [_BodyRow(row.group, label, extra) for label, extra in _extra_rows(report, table, row.key)]
    outer, *inner = table.groups
    spans = {group.key: sum(line.group == group.key for line in body) for group in inner}
    names = {group.key: labels(group) for group in table.groups}
    outer_span = sum(bool(line.group) for line in body)
    rows = list(_applicant_header(table, labels))
    opened: set[str] = set()
    for line in body:
        cells: list[GridCell] = []
        if line.group and outer.key not in opened:
            cells.append(GridCell(names[outer.key], row_span=outer_span))
            opened.add(outer.key)
        if line.group in spans and line.group not in opened:
            cells.append(GridCell(names[line.group], row_span=spans[line.group]))
            opened.add(line.group)
        width = 3 if not line.group else 2 if line.group == outer.key else 1
        rows.append((*cells, GridCell(line.label, column_span=width), *line.values))
    return tuple(rows)


def _applicant_header(table: FormTable, labels: Labels) -> Grid:
    (block,) = table.blocks
    person, *organisations, total = block.columns
    return (
        (
            GridCell(wide(table.corner), row_span=3, column_span=3, role=_HEADER),
            GridCell(APPLICANT_HEADER, column_span=len(block.columns), role=_HEADER),
        ),
        (
            GridCell(labels(person), row_span=2, role=_HEADER),
            GridCell(ORGANISATION_HEADER, column_span=len(organisations), role=_HEADER),
            GridCell(labels(total), row_span=2, role=_HEADER),
        ),
        tuple(GridCell(labels(organisation), role=_HEADER) for organisation in organisations),
    )
