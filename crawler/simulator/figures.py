"""Random numbers for every cell of a form, such that all its identities hold and no rule is broken."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from storage.forms import FORM_2019, FORM_2021
from storage.forms.common import APPLICANT_KINDS, CLOSING_ROWS, RECEIVED_ROWS
from storage.records import AgencyKind
from storage.report import Cell, Number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from storage.forms import Form, FormTable

RULE_MAKERS = frozenset(
    {AgencyKind.STATE_COUNCIL_DEPARTMENT, AgencyKind.PROVINCE_GOVERNMENT, AgencyKind.CITY_GOVERNMENT}
)
"""Who may issue 规章 (Legislation Law Art. 91, 93); everyone else has zeros there."""

_SMALL_MONEY = 900_00
_LARGE_MONEY = 99_000_000_00
_MAGNITUDES = ((1, 9), (10, 99), (100, 999), (1_000, 9_999), (10_000, 99_999))
_MAGNITUDE_WEIGHTS = (60, 25, 10, 3, 2)


def figures(
    random: Random,
    form: Form,
    kind: AgencyKind,
    *,
    activity: float,
    previous: Mapping[Cell, Number | None] | None = None,
) -> dict[Cell, Number]:
    """Every cell of the form with a number.

    `activity` 0 leaves all zeros but what `previous` (last year's cells) carries over; 1 fills most
    cells. Amounts of money are `Decimal` with the digits to be printed.
    """
    before = {cell: value for cell, value in (previous or {}).items() if value is not None}
    if form == FORM_2019:
        cells = _disclosure_2019(random, kind, activity, before)
    elif form == FORM_2021:
        cells = _disclosure_2021(random, kind, activity, before)
    else:
        raise KeyError(form.key)
    cells.update(_applications(random, form, activity, before))
    cells.update(_reviews(random, form.table("reviews"), activity))
    return cells


def _count(random: Random, activity: float) -> int:
    if random.random() >= activity:
        return 0
    lowest, highest = random.choices(_MAGNITUDES, _MAGNITUDE_WEIGHTS)[0]
    return random.randint(lowest, highest)


def _money(random: Random, activity: float, highest_cents: int) -> Decimal:
    """An amount as reports print it: with two digits, with one, or whole."""
    if random.random() >= activity:
        return Decimal(0)
    cents = random.randint(1, highest_cents)
    digits = random.choice((0, 1, 2))
    return Decimal(cents // 10 ** (2 - digits)).scaleb(-digits) + 1


def _disclosure_2019(
    random: Random, kind: AgencyKind, activity: float, before: Mapping[Cell, Number]
) -> dict[Cell, Number]:
    cells: dict[Cell, Number] = {}
    for row in ("rules", "normative_documents"):
        busy = 0.0 if row == "rules" and kind not in RULE_MAKERS else activity
        newly_disclosed = _count(random, busy)
        cells[Cell("disclosure", row, "made")] = _count(random, busy)
        cells[Cell("disclosure", row, "newly_disclosed")] = newly_disclosed
        cells[Cell("disclosure", row, "total_disclosed")] = newly_disclosed + _count(random, busy)
    for row in ("licensing", "other_services", "penalties", "coercion", "fees"):
        previous_items = _stock_before(before, row, otherwise=_count(random, activity))
        change = random.randint(-previous_items, previous_items + 9) if random.random() < activity else 0
        cells[Cell("disclosure", row, "previous_items")] = previous_items
        cells[Cell("disclosure", row, "change")] = change
        if row != "fees":
            has_items = previous_items + change > 0
            cells[Cell("disclosure", row, "decisions")] = _count(random, activity) if has_items else 0
    items = _count(random, activity)
    cells[Cell("disclosure", "procurement", "items")] = items
    cells[Cell("disclosure", "procurement", "amount")] = _money(random, 1.0 if items else 0.0, _LARGE_MONEY)
    return cells


def _stock_before(before: Mapping[Cell, Number], row: str, *, otherwise: int) -> int:
    """The items that last year's report ended with."""
    items = before.get(Cell("disclosure", row, "previous_items"))
    change = before.get(Cell("disclosure", row, "change"))
    return otherwise if items is None or change is None else int(items + change)


def _disclosure_2021(
    random: Random, kind: AgencyKind, activity: float, before: Mapping[Cell, Number]
) -> dict[Cell, Number]:
    cells: dict[Cell, Number] = {}
    for row in ("rules", "normative_documents"):
        busy = 0.0 if row == "rules" and kind not in RULE_MAKERS else activity
        stock = before.get(Cell("disclosure", row, "in_force"))
        in_force = _count(random, busy) if stock is None else int(stock)
        issued = _count(random, busy)
        repealed = random.randint(0, in_force) if random.random() < busy / 2 else 0
        cells[Cell("disclosure", row, "issued")] = issued
        cells[Cell("disclosure", row, "repealed")] = repealed
        cells[Cell("disclosure", row, "in_force")] = in_force + issued - repealed
    for row in ("licensing", "penalties", "coercion"):
        cells[Cell("disclosure", row, "decisions")] = _count(random, activity)
    cells[Cell("disclosure", "fees", "amount")] = _money(random, activity / 2, _SMALL_MONEY)
    return cells


def _applications(random: Random, form: Form, activity: float, before: Mapping[Cell, Number]) -> dict[Cell, Number]:
    table = form.table("applications")
    received, carried_over = (row.key for row in RECEIVED_ROWS)
    outcome_total, carried_forward = (row.key for row in CLOSING_ROWS)
    frame = {received, carried_over, outcome_total, carried_forward}
    outcomes = [row.key for row in table.rows if row.key not in frame]
    source_table, source_row, _target = form.carried_forward
    cells: dict[Cell, Number] = {}
    for column in APPLICANT_KINDS:
        busy = activity if column == "natural_person" else activity / 3
        numbers = {row: _count(random, busy / 2) for row in outcomes}
        left_over = _count(random, busy * 0.6)
        was_left_over = int(before.get(Cell(source_table, source_row, column), _count(random, busy * 0.6)))
        # What was carried over must have been dealt with or carried on.
        numbers["granted"] += max(0, was_left_over - sum(numbers.values()) - left_over)
        total = sum(numbers.values())
        numbers |= {
            received: total + left_over - was_left_over,
            carried_over: was_left_over,
            outcome_total: total,
            carried_forward: left_over,
        }
        cells.update({Cell(table.key, row, column): value for row, value in numbers.items()})
    for line in table.rows:
        cells[Cell(table.key, line.key, "total")] = sum(
            cells[Cell(table.key, line.key, column)] for column in APPLICANT_KINDS
        )
    return cells


def _reviews(random: Random, table: FormTable, activity: float) -> dict[Cell, Number]:
    cells: dict[Cell, Number] = {}
    for row in table.rows:
        parts = {
            Cell(table.key, row.key, column): _count(random, activity / 2)
            for column in ("upheld", "corrected", "other", "pending")
        }
        cells.update(parts)
        cells[Cell(table.key, row.key, "total")] = sum(parts.values())
    return cells
