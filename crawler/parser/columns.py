"""In which order a table prints its columns: as the form does, unless its own header says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.parser.labels import COLUMN_LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.model import TableCell
    from crawler.parser.rows import PrintedRow
    from storage.forms import Label, Line


class ColumnHeads:
    """The header last met: which label stands over which column.

    A header of several rows counts only where cells keep their columns; in a text dump one row must
    name all columns, since the places of cells drift there.
    """

    def __init__(self) -> None:
        self._places: dict[Label, int] = {}
        self._lowest: dict[int, Label] = {}
        self._orders: dict[int, Sequence[Line] | None] = {}
        self._is_grid = True
        self._is_open = False
        self._table = -1

    def take(self, row: PrintedRow) -> None:
        """A row of header words; it goes on with the header above it, unless a page break lies between."""
        if not self._is_open or not row.is_grid or row.table != self._table:
            self._places = {}
        self._table = row.table
        self._is_open = True
        self._is_grid = row.is_grid
        self._orders = {}
        self._lowest = {cell.column: name for cell, name in zip(row.cells, row.labels, strict=True) if name}
        for cell, name in zip(row.cells, row.labels, strict=True):
            if name:
                self._places.setdefault(name, cell.column)

    def close(self) -> None:
        """A row that is no header came: the next header row begins a new one."""
        self._is_open = False

    def order(self, lines: Sequence[Line]) -> Sequence[Line] | None:
        """The columns as the header orders them, where it names every one; None where it does not.

        `lines` are a form's own tuple: one header is asked for the same columns row by row.
        """
        if id(lines) not in self._orders:
            self._orders[id(lines)] = self._order(lines)
        return self._orders[id(lines)]

    def without_repeats(self, table: int, cells: Sequence[TableCell]) -> Sequence[TableCell]:
        """The cells without those that repeat the one before under the same head.

        Converters that know no merged cells print one as often as it is wide, its head too.
        """
        if table != self._table:
            return cells
        kept: list[TableCell] = []
        for number, cell in enumerate(cells):
            before = cells[number - 1] if number else cell
            head = self._lowest.get(cell.column)
            if not number or not head or (head, cell.text) != (self._lowest.get(before.column), before.text):
                kept.append(cell)
        return kept

    def _order(self, lines: Sequence[Line]) -> Sequence[Line] | None:
        places = [self._place(line) for line in lines]
        known = [place for place in places if place is not None]
        if len(set(known)) != len(lines):
            return None
        return [line for _, line in sorted(zip(known, lines, strict=True), key=lambda pair: pair[0])]

    def present(self, lines: Sequence[Line], columns: Sequence[int]) -> Sequence[Line] | None:
        """The columns that the header names, where values stand under exactly these; None where they do not."""
        places = {place: line for line in lines if (place := self._place(line)) is not None}
        if not self._is_grid or sorted(places) != list(columns):
            return None
        return [places[column] for column in columns]

    def _place(self, line: Line) -> int | None:
        return next((self._places[text] for text in COLUMN_LABELS[line.label] if text in self._places), None)
