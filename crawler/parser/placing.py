"""Which value of a row belongs to which column, given what the other rows of its table and their header show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.parser.columns import ColumnHeads
from crawler.parser.values import Padding, PlacedValues, has_gap, padding, place_values, unplaced
from storage.report import Doubt, DoubtKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.documents.model import TableCell
    from crawler.parser.labels import FoundRow
    from crawler.parser.rows import PrintedRow
    from storage.forms import Label, Line
    from storage.report import Cell, Fact


class _Short(NamedTuple):
    """A row with fewer values than columns, each under the head of one of them."""

    found: FoundRow
    facts: tuple[Fact | None, ...]


class Placing:
    """What is known of the columns of a document's tables, row after row."""

    def __init__(self, rows: Sequence[PrintedRow], labelled: Mapping[Label, FoundRow]) -> None:
        """`rows` are all rows of the document: some leave no choice on which side cells are to spare."""
        self.heads = ColumnHeads()
        self._columns: dict[tuple[int, int], tuple[int, ...]] = {}
        self._fitting: set[int] = set()
        self._sides: dict[int, set[Padding]] = {}
        self._short: list[_Short] = []
        for row in rows:
            for at, name in enumerate(row.labels):
                found = labelled.get(name) if name else None
                if found is not None and len(row.cells) - at - 1 > len(found.columns):
                    side = padding(row.cells[at + 1 :], len(found.columns))
                    if side is not None:
                        self._sides.setdefault(row.table, set()).add(side)

    def placed(self, row: PrintedRow, found: FoundRow, values: Sequence[TableCell]) -> tuple[PlacedValues, list[Doubt]]:
        """The values in the form's order of columns, though the table's header may have another, or fewer."""
        columns = found.columns
        if len(values) > len(columns):
            single = self.heads.without_repeats(row.table, values)
            values = single if len(single) == len(columns) else values
        if not row.keeps_blanks and has_gap(values, columns):
            return unplaced(values, columns), []
        order = self.heads.order(columns)
        if order is not None and list(order) != list(columns):
            return self._reordered(row, found, values, order)
        placed = self.in_order(row, found, values)
        self._keep(row, found, placed)
        if placed.fits or order is not None or any(fact is not None for fact in placed.facts):
            return placed, []
        present = self.heads.present(columns, [cell.column for cell in values])
        if present is not None:
            facts = dict(zip((line.key for line in present), place_values(values, present, ()).facts, strict=True))
            self._short.append(_Short(found, tuple(facts.get(line.key) for line in columns)))
        return placed, []

    def in_order(self, row: PrintedRow, found: FoundRow, values: Sequence[TableCell]) -> PlacedValues:
        """The values as the form orders its columns, whatever the header says."""
        return self._ordered(row, found, values, found.columns)

    def _ordered(
        self, row: PrintedRow, found: FoundRow, values: Sequence[TableCell], order: Sequence[Line]
    ) -> PlacedValues:
        # A block's columns are one tuple of the form, so its identity is enough to know it by.
        known = self._columns.get((row.table, id(found.columns)), ()) if row.is_grid else ()
        sides = self._sides.get(row.table, set())
        padded = Padding.UNCERTAIN if len(sides) > 1 else next(iter(sides), Padding.BEHIND)
        return place_values(values, order, known, padded)

    def _keep(self, row: PrintedRow, found: FoundRow, placed: PlacedValues) -> None:
        """Columns count within one printed table alone: the next page of it may be ruled otherwise."""
        if placed.columns:
            self._columns[row.table, id(found.columns)] = placed.columns
            self._fitting.add(id(found.columns))

    def late_facts(self) -> Iterator[tuple[Cell, Fact]]:
        """A table without one of the columns is read by its header; a single row without a cell is not."""
        for found, facts in self._short:
            if id(found.columns) not in self._fitting:
                for cell, fact in zip(found.cells, facts, strict=True):
                    if fact is not None:
                        yield cell, fact

    def _reordered(
        self, row: PrintedRow, found: FoundRow, values: Sequence[TableCell], order: Sequence[Line]
    ) -> tuple[PlacedValues, list[Doubt]]:
        placed = self._ordered(row, found, values, order)
        self._keep(row, found, placed)
        at = [list(order).index(line) for line in found.columns]
        where = f"{found.table.key}/{found.line.key}"
        doubt = Doubt(DoubtKind.LABEL_VARIANT, where, values[0].text, "表头的列序与格式不同，按表头读取")
        sources = tuple(placed.sources[number] for number in at) if placed.sources else ()
        return replace(placed, facts=tuple(placed.facts[number] for number in at), sources=sources), [doubt]
