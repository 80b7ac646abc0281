"""Do the sums hold that the form itself demands (勾稽关系)?

The identities come from the form's data (`storage.forms.sums`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.checks.findings import found
from monitor.checks.wording import column_name, figure, item_name, plain, row_name, sum_words
from storage.forms.sums import SUMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.checks.subject import Subject
    from storage.forms import Form
    from storage.forms.sums import Sum
    from storage.records import Finding
    from storage.report import Cell, Number

BALANCE_ITEMS = 2


def arithmetic_findings(subject: Subject, form: Form) -> Iterator[Finding]:
    """Every sum whose cells are all numbers, read for certain, and whose sides differ."""
    unsure = subject.unsure
    for each, operands in SUMS[form.key].broken(subject.report.facts):
        if unsure.isdisjoint(cell.path for cell in each.cells):
            yield _breach(each, operands, subject.language)


def _breach(each: Sum, operands: Sequence[Number], language: str) -> Finding:
    left, right = sum(operands[: each.split]), sum(operands[each.split :])
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


def _side(each: Sum, cells: Sequence[Cell], values: Sequence[Number], language: str) -> str:
    if each.identity.axis == "columns":
        names = [column_name(each.table, cell.row, cell.column, language) for cell in cells]
    else:
        # The form itself counts its items where it demands the balance: 第一项加第二项之和.
        name = item_name if len(cells) <= BALANCE_ITEMS else row_name
        names = [name(each.table, cell.row, language) for cell in cells]
    return sum_words(list(zip(names, values, strict=True)), language)


def _line_name(each: Sum, language: str) -> str:
    if each.identity.axis == "columns":
        name = row_name(each.table, each.line, language)
        return f"“{name}”{'一组' if each.table.is_flat else '行'}" if language == "zh" else f"Row “{name}”"
    name = column_name(each.table, each.cells[0].row, each.line, language)
    return f"“{name}”列" if language == "zh" else f"Column “{name}”"
