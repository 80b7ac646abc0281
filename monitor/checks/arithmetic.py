"""Do the sums hold that the form itself demands (勾稽关系)?

The identities come from the form's data. Each is laid out once, at import, along every line of its
other axis, as places in one flat row of values.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from monitor.checks.findings import found
from monitor.checks.wording import column_name, figure, item_name, plain, row_name, sum_words
from storage.forms import FORMS
from storage.report import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from monitor.checks.subject import Subject
    from storage.forms import Form, FormTable, Identity
    from storage.records import Finding
    from storage.report import Number

BALANCE_ITEMS = 2


@dataclass(frozen=True, slots=True)
class _Sum:
    """One identity along one line. `operands` picks its values, the first `split` are the left side's."""

    identity: Identity
    table: FormTable
    line: str
    cells: tuple[Cell, ...]
    operands: Callable[[Sequence[Number | None]], tuple[Any, ...]]
    split: int


@dataclass(frozen=True, slots=True)
class _Layout:
    """All cells that any identity of a form names, and its sums over them."""

    cells: tuple[Cell, ...]
    sums: tuple[_Sum, ...]


def arithmetic_findings(subject: Subject, form: Form) -> Iterator[Finding]:
    """Every sum whose cells are all numbers and whose sides differ."""
    layout = _LAYOUTS[form.key]
    facts = subject.report.facts
    values = [fact.value if (fact := facts.get(cell)) is not None else None for cell in layout.cells]
    for each in layout.sums:
        operands = each.operands(values)
        if None in operands:
            continue
        left, right = sum(operands[: each.split]), sum(operands[each.split :])
        if left != right:
            yield _breach(each, operands, left, right, subject.language)


def _breach(each: _Sum, operands: Sequence[Number], left: Number, right: Number, language: str) -> Finding:
    words = {
        "line": _line_name(each, language),
        "left": _side(each, each.cells[: each.split], operands[: each.split], language),
        "right": _side(each, each.cells[each.split :], operands[each.split :], language),
        "difference": figure(left - right if left > right else right - left),
    }
    evidence = {
        "operands": {cell.path: plain(value) for cell, value in zip(each.cells, operands, strict=True)},
        "left": plain(left),
        "right": plain(right),
        "difference": plain(left - right),
    }
    return found(each.identity.rule, each.cells[0].path, language, words, evidence=evidence)


def _side(each: _Sum, cells: Sequence[Cell], values: Sequence[Number], language: str) -> str:
    if each.identity.axis == "columns":
        names = [column_name(each.table, cell.row, cell.column, language) for cell in cells]
    else:
        # The form itself counts its items where it demands the balance: 第一项加第二项之和.
        name = item_name if len(cells) <= BALANCE_ITEMS else row_name
        names = [name(each.table, cell.row, language) for cell in cells]
    return sum_words(list(zip(names, values, strict=True)), language)


def _line_name(each: _Sum, language: str) -> str:
    if each.identity.axis == "columns":
        name = row_name(each.table, each.line, language)
        return f"“{name}”{'一组' if each.table.is_flat else '行'}" if language == "zh" else f"Row “{name}”"
    name = column_name(each.table, each.cells[0].row, each.line, language)
    return f"“{name}”列" if language == "zh" else f"Column “{name}”"


def _layout(form: Form) -> _Layout:
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
                sums.append(_Sum(identity, table, line, operands, itemgetter(*places), len(identity.left)))
    return _Layout(tuple(cells), tuple(sums))


def _lines(table: FormTable, identity: Identity) -> list[str]:
    """The lines across the identity: every row it fits, or every column that all its rows have."""
    if identity.axis == "columns":
        keys = {*identity.left, *identity.right}
        return [row.key for row in table.rows if keys <= {column.key for column in table.columns(row.key)}]
    return [column.key for column in table.columns(identity.left[0])]


_LAYOUTS = {form.key: _layout(form) for form in FORMS.values()}
