"""A number that a page break tore in two: joined again where its row's own sum proves that it is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.parser.values import read_cell
from storage.forms.sums import SUMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.parser.labels import FoundRow
    from storage.report import Cell, Fact


def rejoined(
    form: str, found: FoundRow, upper: Mapping[Cell, Fact], lower: Sequence[Fact | None]
) -> Mapping[Cell, Fact] | None:
    """The row's cells with the digits below the break behind those above it, None where no sum proves them one.

    In a narrow cell «8769» is wrapped as «87» and «69», and the page may end between these lines. `lower`
    has a Fact, blank or not, or None for each column.
    """
    if any(cell not in upper for cell in found.cells):
        return None
    joined = {
        cell: upper[cell] if fact is None or not fact.text else read_cell(upper[cell].text + fact.text, line)
        for cell, line, fact in zip(found.cells, found.columns, lower, strict=True)
    }
    return joined if _balances(form, found, joined) and not _balances(form, found, upper) else None


def _balances(form: str, found: FoundRow, facts: Mapping[Cell, Fact]) -> bool:
    """Do the sums along this row hold? Not where it has none."""
    sums = [each for each in SUMS[form].sums if each.identity.axis == "columns" and each.cells[0] in found.cells]
    for each in sums:
        values = [facts[cell].value for cell in each.cells]
        numbers = [value for value in values if value is not None]
        if len(numbers) < len(values) or sum(numbers[: each.split]) != sum(numbers[each.split :]):
            return False
    return bool(sums)
