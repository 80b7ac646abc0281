"""The form's identities laid out: every sum that must hold, along every line of its other axis."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from storage.forms import FORMS
from storage.report import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from storage.forms import Form, FormTable, Identity
    from storage.report import Fact, Number


@dataclass(frozen=True, slots=True)
class Sum:
    """One identity along one line. `operands` picks its values, the first `split` are the left side's."""

    identity: Identity
    table: FormTable
    line: str
    cells: tuple[Cell, ...]
    operands: Callable[[Sequence[Number | None]], tuple[Any, ...]]
    split: int


@dataclass(frozen=True, slots=True)
class Sums:
    """All cells that any identity of a form names, and its sums over them."""

    cells: tuple[Cell, ...]
    sums: tuple[Sum, ...]

    def broken(self, facts: Mapping[Cell, Fact]) -> Iterator[tuple[Sum, tuple[Any, ...]]]:
        """Every sum whose cells are all numbers and whose sides differ, with those numbers."""
        values = [fact.value if (fact := facts.get(cell)) is not None else None for cell in self.cells]
        for each in self.sums:
            operands = each.operands(values)
            if None not in operands and sum(operands[: each.split]) != sum(operands[each.split :]):
                yield each, operands


def _laid_out(form: Form) -> Sums:
    cells: dict[Cell, int] = {}
    sums = []
    for table in form.tables:
        for identity in table.identities:
            keys = (*identity.left, *identity.right)
            for line in _lines(table, identity):
                operands = tuple(
                    Cell(table.key, key, line) if identity.axis == "rows" else Cell(table.key, line, key)
                    for key in keys
                )
                places = [cells.setdefault(cell, len(cells)) for cell in operands]
                sums.append(Sum(identity, table, line, operands, itemgetter(*places), len(identity.left)))
    return Sums(tuple(cells), tuple(sums))


def _lines(table: FormTable, identity: Identity) -> list[str]:
    """The lines across the identity: every row it fits, or every column that all its rows have."""
    if identity.axis == "columns":
        keys = {*identity.left, *identity.right}
        return [row.key for row in table.rows if keys <= {column.key for column in table.columns(row.key)}]
    return [column.key for column in table.columns(identity.left[0])]


SUMS: Mapping[str, Sums] = {form.key: _laid_out(form) for form in FORMS.values()}
"""Form → its sums."""
