"""A number that a narrow cell broke into lines: one again where a sum proves it, else in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.parser.numbers import WRAPPED
from crawler.parser.values import read_cell
from storage.forms.sums import SUMS
from storage.report import Doubt, DoubtKind, Fact, Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.forms import Form
    from storage.report import Cell


def unwrapped(form: Form, facts: Mapping[Cell, Fact]) -> tuple[dict[Cell, Fact], list[Doubt]]:
    """The facts in which lines of digits make one number wherever that makes a sum hold, and what is said of them.

    Two lines of digits may be two numbers as well, so a cell that no sum confirms has no number: who wrote it is
    not accused of it, since nobody can tell from the lines alone.
    """
    joined = {
        cell: fact
        for cell, fact in ((cell, _joined(form, cell, fact)) for cell, fact in facts.items())
        if fact is not None
    }
    if not joined:
        return {}, []
    whole = {**facts, **joined}
    held = {
        cell
        for each in SUMS[form.key].sums
        # Rows that run together keep their sums as well, but then every cell of theirs has several lines.
        if not joined.keys() >= set(each.cells) and _holds(each.cells, each.split, whole)
        for cell in each.cells
    }
    doubts = []
    for cell, fact in joined.items():
        if cell in held:
            why = f"数字在格内分为几行，按合计读作{fact.value}"
            doubts.append(Doubt(DoubtKind.NUMBER_NORMALISED, cell.path, fact.text, why))
        else:
            why = "数字在格内分为几行，无从确定是否为一个数，请核对原件"
            doubts.append(Doubt(DoubtKind.CELL_UNSURE, cell.path, fact.text, why, {"readings": fact.text.split("\n")}))
    return {cell: fact for cell, fact in joined.items() if cell in held}, doubts


def _joined(form: Form, cell: Cell, fact: Fact) -> Fact | None:
    """The cell with its lines as one number; None for a cell that is no lines of digits."""
    if fact.reading is not Reading.NOT_A_NUMBER or WRAPPED.fullmatch(fact.text) is None:
        return None
    column = next(line for line in form.table(cell.table).columns(cell.row) if line.key == cell.column)
    value = read_cell(fact.text.replace("\n", ""), column).value
    return Fact(value, fact.text, Reading.NUMBER) if value is not None else None


def _holds(cells: tuple[Cell, ...], split: int, facts: Mapping[Cell, Fact]) -> bool:
    values = [facts[cell].value if cell in facts else None for cell in cells]
    numbers = [value for value in values if value is not None]
    return len(numbers) == len(values) and sum(numbers[:split]) == sum(numbers[split:])
