"""Table 4: fifteen numbers under a header of two levels, mostly in one row without a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.parser.numbers import read_number
from crawler.parser.values import place_values
from storage.forms import label
from storage.report import Cell, Doubt, DoubtKind, Fact, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.model import TableCell
    from crawler.parser.rows import PrintedRow
    from storage.forms import FormTable, Line

_MIN_VALUES = 4


class ReviewTable:
    """Takes the rows from table 4's header on, and reads them once they are all there.

    Rows between header and values may be empty (word processors leave them), the values may follow in
    a table of their own, and some portals print one labelled row for each of the three groups.
    """

    def __init__(self, table: FormTable) -> None:
        self._table = table
        self._rows: list[PrintedRow] = []
        self._row_labels = {label(line.label): line for line in table.rows}
        self.is_open = False
        self.is_met = False

    def take(self, row: PrintedRow) -> None:
        """One more row at or after the header."""
        self.is_open = True
        self.is_met = True
        self._rows.append(row)

    def close(self) -> None:
        """A row of another table came: table 4 is over."""
        self.is_open = False

    def read(self) -> tuple[dict[Cell, Fact], list[Doubt]]:
        """The facts and doubts of the rows taken."""
        labelled = self._labelled_rows()
        if labelled:
            return self._read_labelled(labelled)
        values = self._value_cells()
        if not values:
            return {}, []
        cells = [
            Cell("reviews", row.key, column.key) for row in self._table.rows for column in self._table.columns(row.key)
        ]
        lines = [column for row in self._table.rows for column in self._table.columns(row.key)]
        return self._read("reviews", cells, lines, values)

    def _labelled_rows(self) -> list[tuple[Line, Sequence[TableCell]]]:
        found: list[tuple[Line, Sequence[TableCell]]] = []
        for row in self._rows:
            names = [at for at, name in enumerate(row.labels) if name]
            if names and row.labels[names[-1]] in self._row_labels:
                values = row.cells[names[-1] + 1 :]
                if len(values) >= _MIN_VALUES and any(_is_number(cell) for cell in values):
                    found.append((self._row_labels[row.labels[names[-1]]], values))
        return found

    def _read_labelled(self, rows: list[tuple[Line, Sequence[TableCell]]]) -> tuple[dict[Cell, Fact], list[Doubt]]:
        facts: dict[Cell, Fact] = {}
        doubts: list[Doubt] = []
        for line, values in rows:
            columns = self._table.columns(line.key)
            cells = [Cell("reviews", line.key, column.key) for column in columns]
            row_facts, row_doubts = self._read(f"reviews/{line.key}", cells, columns, values)
            facts.update(row_facts)
            doubts += row_doubts
        return facts, doubts

    def _value_cells(self) -> list[TableCell]:
        """The printed values: after the header's last word, else the first blank row wide enough."""
        numbers: list[TableCell] = []
        blank: list[TableCell] = []
        for row in self._rows:
            leading = next((at for at, name in enumerate(row.labels) if not name), len(row.cells))
            values = list(row.cells[leading:])
            if row.review_words == 0 and any(_is_number(cell) for cell in values):
                numbers += _trimmed(values)
            elif not any(row.labels) and len(values) >= self._table.cell_count and not blank:
                blank = values
        return numbers or blank

    def _read(
        self, where: str, cells: Sequence[Cell], lines: Sequence[Line], values: Sequence[TableCell]
    ) -> tuple[dict[Cell, Fact], list[Doubt]]:
        placed = place_values(values, lines, ())
        facts = {cell: fact for cell, fact in zip(cells, placed.facts, strict=True) if fact is not None}
        doubts = []
        if not placed.fits:
            doubts.append(
                Doubt(
                    DoubtKind.CELL_COUNT,
                    where,
                    " | ".join(cell.text for cell in values),
                    f"应有{len(lines)}个数，实有{placed.found}个",
                    {"expected": len(lines), "found": placed.found, "all_zero": placed.all_zero},
                )
            )
        for cell, fact in facts.items():
            read = read_number(fact.text, is_money=False, is_signed=False)
            if read.note is not None or read.normalised:
                kind = DoubtKind.NOTE_IN_CELL if read.note is not None else DoubtKind.NUMBER_NORMALISED
                doubts.append(Doubt(kind, cell.path, fact.text, f"写法不规范，读作{fact.value}"))
        return facts, doubts


def _is_number(cell: TableCell) -> bool:
    text = cell.text
    return bool(text) and read_number(text, is_money=True, is_signed=True).fact.reading is Reading.NUMBER


def _trimmed(cells: Sequence[TableCell]) -> list[TableCell]:
    """Without the blank fields that a text dump adds after the fifteenth value."""
    kept = list(cells)
    while len(kept) > 15 and not kept[-1].text.strip():  # noqa: PLR2004 (the cells of table 4)
        kept.pop()
    return kept
