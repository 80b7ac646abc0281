"""Table 4: fifteen numbers under a header of two levels, mostly in one row without a label.

Other layouts are met: one labelled row for each of the three groups, three small tables, one line
for each number, the groups side by side. Each is read by its labels; where these do not account for
every number, nothing is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crawler.parser.labels import AMBIGUOUS, HEADER_WORDS, RESULT_LINES, REVIEW_HEADERS, review_group
from crawler.parser.numbers import read_number
from crawler.parser.values import Origin, origin, place_values, reading_doubts
from storage.report import Cell, Doubt, DoubtKind, Fact, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.model import TableCell
    from crawler.parser.rows import PrintedRow
    from storage.forms import FormTable, Line

_RESULTS = 5
_MIN_VALUES = 4
_LABEL_CELLS = 3
_HEADS = HEADER_WORDS | REVIEW_HEADERS | AMBIGUOUS


class _Named(NamedTuple):
    """A row by its parts: the groups and results it names, and the cells behind the last name.

    `is_labelled`: it names one group, right before the cells. `is_valued`: the cells are values.
    """

    groups: tuple[tuple[int, Line], ...]
    results: tuple[tuple[int, Line], ...]
    values: tuple[TableCell, ...]
    has_name: bool
    is_labelled: bool
    has_number: bool
    is_valued: bool


class _Segment(NamedTuple):
    """Values, and the header rows above them."""

    header: tuple[_Named, ...]
    values: tuple[TableCell, ...]
    is_grid: bool


class ReviewTable:
    """Takes the rows from table 4's header on, and reads them once they are all there."""

    def __init__(self, table: FormTable) -> None:
        self._table = table
        self._rows: list[PrintedRow] = []
        self._facts: dict[Cell, Fact] = {}
        self._doubts: list[Doubt] = []
        self._is_grid = False
        self.origins: dict[Cell, Origin] = {}
        self._tables: dict[int, PrintedRow] = {}
        self.is_open = False
        self.is_met = False

    def take(self, row: PrintedRow) -> None:
        """One more row at or after the header."""
        self.is_open = True
        self.is_met = True
        self._rows.append(row)
        self._is_grid = row.is_grid
        if row.is_traced:
            self._tables.update((id(cell), row) for cell in row.cells)

    def close(self) -> None:
        """A row of another table came: table 4 is over."""
        self.is_open = False

    def read(self) -> tuple[dict[Cell, Fact], list[Doubt]]:
        """The facts and doubts of the rows taken."""
        rows = [_named(row) for row in self._rows]
        if not (self._read_labelled(rows) or self._read_single(rows) or self._read_side_by_side(rows)):
            self._read_segments(rows)
        return self._facts, self._doubts

    def _read_labelled(self, rows: Sequence[_Named]) -> bool:
        """One row for each group: its name, and five numbers."""
        labelled = [row for row in rows if row.is_labelled and len(row.values) >= _MIN_VALUES and row.has_number]
        for row in labelled:
            group = row.groups[-1][1]
            lines = self._table.columns(group.key)
            self._place(f"reviews/{group.key}", [(group, line) for line in lines], row.values)
        return bool(labelled)

    def _read_single(self, rows: Sequence[_Named]) -> bool:
        """One row for each number: the result's name and the number, under or beside the group's name."""
        single = [row for row in rows if len(row.results) == 1 and len(row.values) == 1]
        if len(single) < _RESULTS or any(len(row.values) >= _RESULTS and row.has_number for row in rows):
            return False
        taken = list(_grouped(rows, self._table.rows))
        places = {(group.key, line.key) for group, line, _ in taken}
        has_names = any(row.groups for row in rows)
        if len(places) == len(taken) and (has_names or len(taken) == self._table.cell_count):
            for group, line, cell in taken:
                self._place("reviews", [(group, line)], (cell,))
        if len(places) != self._table.cell_count or len(places) != len(taken):
            self._doubt_count([row.values[0] for row in single], len(single))
        return True

    def _read_side_by_side(self, rows: Sequence[_Named]) -> bool:
        """The groups head the columns, the results the rows."""
        header = next((row for row in rows if len(row.groups) == len(self._table.rows) and not row.results), None)
        lines = [row for row in rows if len(row.results) == 1 and len(row.values) == len(self._table.rows)]
        if header is None or len({row.results[0][1].key for row in lines}) < _RESULTS or len(lines) != _RESULTS:
            return False
        for row in lines:
            self._place("reviews", [(group, row.results[0][1]) for _, group in header.groups], row.values)
        return True

    def _read_segments(self, rows: Sequence[_Named]) -> None:
        """Headers with their values in one row, for all groups or for some at a time."""
        segments = list(self._segments(rows))
        missing = list(self._table.rows)
        for segment in segments:
            named = [group for group in self._groups_of(segment) if group in missing]
            if len(segments) == 1 or len(segment.values) >= self._table.cell_count:
                groups = missing if len(named) * _RESULTS != len(segment.values) else named
            elif named or any(self._groups_of(other) for other in segments):
                groups = named
            else:
                groups = missing[:1]
            if not groups:
                self._doubts.append(_repeated(segment))
                continue
            order, columns = self._order(segment, groups)
            if self._place("reviews", order, segment.values, columns if segment.is_grid else ()):
                missing = [group for group in missing if group not in groups]

    def _segments(self, rows: Sequence[_Named]) -> Iterator[_Segment]:
        header: list[_Named] = []
        values: tuple[TableCell, ...] = ()
        blank: tuple[TableCell, ...] = ()
        for row in rows:
            if values and row.has_name:
                yield _Segment(tuple(header), values, self._is_grid)
                header, values, blank = [], (), ()
            if row.has_name:
                header.append(row)
            if row.is_valued:
                values += row.values
            elif len(row.values) >= (self._table.cell_count if row.has_name else _RESULTS) and not blank:
                # Word processors leave blank rows between header and values; alone they are the values.
                blank = row.values
        if values or (blank and len(blank) % _RESULTS == 0):
            yield _Segment(tuple(header), values or blank, self._is_grid)

    def _groups_of(self, segment: _Segment) -> list[Line]:
        """The groups a header names, left to right; in the form's order where their columns do not tell."""
        found = {group.key: column for row in segment.header for column, group in row.groups}
        named = [group for group in self._table.rows if group.key in found]
        is_telling = segment.is_grid and len(set(found.values())) == len(found)
        return sorted(named, key=lambda group: found[group.key]) if is_telling else named

    def _order(self, segment: _Segment, groups: Sequence[Line]) -> tuple[list[tuple[Line, Line]], tuple[int, ...]]:
        """Which number is which, and in which column: as the header says where it is whole, else as the form does."""
        official = [(group, line) for group in groups for line in self._table.columns(group.key)]
        printed = sorted((place for row in segment.header for place in row.results), key=lambda place: place[0])
        results = [line for _, line in printed]
        chunks = [results[start : start + _RESULTS] for start in range(0, len(results), _RESULTS)]
        if len({column for column, _ in printed}) != len(official) or len(printed) != len(official):
            return official, ()
        columns = tuple(column for column, _ in printed)
        if any(len({line.key for line in chunk}) != _RESULTS for chunk in chunks):
            return official, columns
        return [(group, line) for group, chunk in zip(groups, chunks, strict=True) for line in chunk], columns

    def _place(
        self,
        where: str,
        places: Sequence[tuple[Line, Line]],
        values: Sequence[TableCell],
        columns: tuple[int, ...] = (),
    ) -> bool:
        placed = place_values(values, [line for _, line in places], columns, None)
        if not placed.fits:
            self._doubt_count(values, placed.found, where=where, expected=len(places), all_zero=placed.all_zero)
        for at, ((group, line), fact) in enumerate(zip(places, placed.facts, strict=True)):
            cell = Cell("reviews", group.key, line.key)
            if fact is not None and cell not in self._facts:
                self._facts[cell] = fact
                if at < len(placed.sources) and id(placed.sources[at]) in self._tables:
                    row = self._tables[id(placed.sources[at])]
                    self.origins[cell] = origin(row.place, placed.sources[at], is_aligned=row.is_aligned)
                self._doubts.extend(reading_doubts(cell, fact, line))
        return placed.fits or placed.all_zero

    def _doubt_count(
        self,
        values: Sequence[TableCell],
        found: int,
        *,
        where: str = "reviews",
        expected: int | None = None,
        all_zero: bool = False,
    ) -> None:
        expected = expected or self._table.cell_count
        self._doubts.append(
            Doubt(
                DoubtKind.CELL_COUNT,
                where,
                " | ".join(cell.text for cell in values),
                f"应有{expected}个数，实有{found}个",
                {"expected": expected, "found": found, "all_zero": all_zero},
            )
        )


def _grouped(rows: Sequence[_Named], groups: Sequence[Line]) -> Iterator[tuple[Line, Line, TableCell]]:
    """Group, result and number of each row with one number; without any group's name, five rows are a group."""
    has_names = any(row.groups for row in rows)
    group: Line | None = None
    number = 0
    for row in rows:
        if row.groups:
            group = row.groups[-1][1]
        if len(row.results) == 1 and len(row.values) == 1:
            if not has_names:
                group = groups[min(number // _RESULTS, len(groups) - 1)]
            number += 1
            if group is not None:
                yield group, row.results[0][1], row.values[0]


def _names(row: PrintedRow) -> list[int]:
    """The places of the cells that are words; none in a recognised row of numbers, where words are misread numbers."""
    names = [at for at, name in enumerate(row.labels) if name]
    is_of_numbers = row.is_recognised and row.is_grid and len(row.cells) >= _RESULTS and 2 * len(names) < len(row.cells)
    if is_of_numbers and not any(row.labels[at] in _HEADS for at in names) and any(map(_is_number, row.cells)):
        return []
    return names


def _named(row: PrintedRow) -> _Named:
    names = _names(row)
    values = tuple(row.cells[names[-1] + 1 :]) if names else row.cells
    found = {at: group for at in names if (group := review_group(row.labels[at])) is not None}
    groups = [(row.cells[at].column, group) for at, group in found.items()]
    numbers = sum(_is_number(cell) for cell in values)
    return _Named(
        tuple(groups),
        tuple((row.cells[at].column, RESULT_LINES[row.labels[at]]) for at in names if row.labels[at] in RESULT_LINES),
        values,
        bool(names),
        bool(names) and names[-1] in found and len(names) <= _LABEL_CELLS and len(groups) == 1,
        numbers > 0,
        # A number or two behind header words is a slip, not the values.
        numbers > 0 and (not names or numbers >= _RESULTS),
    )


def _repeated(segment: _Segment) -> Doubt:
    text = " | ".join(cell.text for cell in segment.values)
    all_zero = all(cell.text in {"", "0"} for cell in segment.values)
    details = {"label": "", "all_zero": all_zero, "cause": "repeated"}
    return Doubt(DoubtKind.ROW_UNEXPECTED, "reviews", text, "这一项目重复出现", details)


def _is_number(cell: TableCell) -> bool:
    text = cell.text
    return bool(text) and read_number(text, is_money=True, is_signed=True).fact.reading is Reading.NUMBER
