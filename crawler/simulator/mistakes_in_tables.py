"""Reports with one thing wrong in a table; each function gives a changed copy and breaks what its name says.

A number changed here may also contradict the narrative or last year's report, as in life.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from crawler.simulator.made_up import ExtraRow, Medium, made_up_report
from storage.forms import FORM_2019, FORMS
from storage.report import Cell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from storage.report import Number


def with_cells(report: MadeUpReport, changes: Mapping[Cell, Number | None]) -> MadeUpReport:
    """The report with other numbers in some cells."""
    return replace(report, cells={**report.cells, **changes})


def _raised(report: MadeUpReport, by: int, *cells: Cell) -> MadeUpReport:
    return with_cells(report, {cell: (report.cells[cell] or 0) + by for cell in cells})


def _applications(row: str, column: str) -> Cell:
    return Cell("applications", row, column)


def _outcome_row(report: MadeUpReport, random: Random) -> str:
    """A row under a group label of table 3: leaving it out or blank harms nothing but itself and sums."""
    rows = FORMS[report.form].table("applications").rows
    return random.choice([row.key for row in rows if row.group not in {"", "outcomes"}])


def wrong_balance(report: MadeUpReport, random: Random) -> MadeUpReport:
    """More was carried over than was dealt with or carried forward."""
    by = random.randint(1, 9)
    return _raised(report, by, *(_applications("carried_over", column) for column in ("natural_person", "total")))


def wrong_outcome_total(report: MadeUpReport, random: Random) -> MadeUpReport:
    """One outcome has more cases than the total of outcomes counts."""
    by = random.randint(1, 9)
    return _raised(report, by, *(_applications("granted", column) for column in ("natural_person", "total")))


def wrong_row_total(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Totals over the applicants that are too high in three rows; every column still adds up."""
    by = random.randint(1, 9)
    return _raised(report, by, *(_applications(row, "total") for row in ("new_received", "granted", "outcome_total")))


def wrong_reviews_total(report: MadeUpReport, random: Random) -> MadeUpReport:
    """One group of table 4 whose total is not its sum."""
    row = random.choice(FORMS[report.form].table("reviews").rows)
    return _raised(report, random.randint(1, 9), Cell("reviews", row.key, "total"))


def negative_stock(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Form 2019: more items dropped than there were."""
    items = Cell("disclosure", "licensing", "previous_items")
    change = Cell("disclosure", "licensing", "change")
    return with_cells(report, {items: 2, change: -2 - random.randint(1, 9)})


def total_below_new(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Form 2019: more newly disclosed than disclosed altogether."""
    new = Cell("disclosure", "normative_documents", "newly_disclosed")
    total = Cell("disclosure", "normative_documents", "total_disclosed")
    return with_cells(report, {new: 5 + random.randint(1, 9), total: 5})


def decisions_without_items(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Form 2019: decisions on a list without items."""
    cells = {Cell("disclosure", "penalties", column): 0 for column in ("previous_items", "change")}
    return with_cells(report, {**cells, Cell("disclosure", "penalties", "decisions"): random.randint(1, 90)})


def amount_without_items(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Form 2019: money spent on no purchase."""
    amount = Decimal(random.randint(10_000, 999_999)).scaleb(-2)
    items = Cell("disclosure", "procurement", "items")
    return with_cells(report, {items: 0, Cell("disclosure", "procurement", "amount"): amount})


def in_force_too_low(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Form 2021: fewer documents in force than were issued this year and not repealed."""
    row = "normative_documents"
    cells = {"issued": 10 + random.randint(1, 9), "repealed": 0, "in_force": 10}
    return with_cells(report, {Cell("disclosure", row, column): value for column, value in cells.items()})


def rules_of_a_lower_level(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Form 2021: 规章 by a body that may not issue any."""
    count = random.randint(1, 9)
    return with_cells(report, {Cell("disclosure", "rules", column): count for column in ("issued", "in_force")})


def fee_in_the_wrong_unit(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Form 2021: the fees of a county body as 元 where the header says 万元."""
    return with_cells(report, {Cell("disclosure", "fees", "amount"): Decimal(random.randint(1_000_000, 9_000_000))})


def missing_row(report: MadeUpReport, random: Random) -> MadeUpReport:
    """One row of table 3 was deleted."""
    row = _outcome_row(report, random)
    kept = {cell: value for cell, value in report.cells.items() if cell[:2] != ("applications", row)}
    return replace(report, cells=kept)


def extra_row(report: MadeUpReport, random: Random) -> MadeUpReport:
    """A row that the form does not have."""
    row = ExtraRow("applications", _outcome_row(report, random), "9.其他需要单独统计的情形", (0,) * 7)
    return replace(report, extra_rows=(*report.extra_rows, row))


def missing_cell(report: MadeUpReport, random: Random) -> MadeUpReport:
    """A row with six places for seven numbers, not all of them zero."""
    row = _outcome_row(report, random)
    changed = _raised(report, 1, _applications(row, "natural_person"), _applications(row, "total"))
    return replace(
        changed, cells={cell: value for cell, value in changed.cells.items() if cell != _applications(row, "other_org")}
    )


def blank_cell(report: MadeUpReport, random: Random) -> MadeUpReport:
    """One cell of table 3 was left empty."""
    return with_cells(report, {_applications(_outcome_row(report, random), "natural_person"): None})


def dash_for_a_number(report: MadeUpReport, random: Random) -> MadeUpReport:
    """A stroke or 无 where a number belongs: it counts as blank."""
    cell = _applications(_outcome_row(report, random), "research_institute")
    changed = with_cells(report, {cell: None})
    return replace(changed, printed={**report.printed, cell: random.choice(("/", "-", "—", "无"))})


def words_for_a_number(report: MadeUpReport, random: Random) -> MadeUpReport:
    """A word where a number belongs."""
    cell = _applications(_outcome_row(report, random), "natural_person")
    return replace(with_cells(report, {cell: None}), printed={**report.printed, cell: "见附注"})


def fraction_of_a_case(report: MadeUpReport, random: Random) -> MadeUpReport:
    """A count with a decimal point."""
    cell = _applications(_outcome_row(report, random), "natural_person")
    text = f"{random.randint(1, 9)}.5"
    return replace(with_cells(report, {cell: None}), printed={**report.printed, cell: text})


def negative_count(report: MadeUpReport, random: Random) -> MadeUpReport:
    """A count below zero."""
    return with_cells(report, {Cell("disclosure", "penalties", "decisions"): -random.randint(1, 9)})


def lost_table(report: MadeUpReport, random: Random) -> MadeUpReport:
    """A section without its table."""
    table = random.choice(FORMS[report.form].tables)
    return replace(report, media={**report.media, table.key: Medium.LOST})


def tables_as_pictures(report: MadeUpReport, random: Random) -> MadeUpReport:
    """All tables are pictures."""
    del random
    return replace(report, media={table.key: Medium.PICTURE for table in FORMS[report.form].tables})


def tables_as_attachments(report: MadeUpReport, random: Random) -> MadeUpReport:
    """All tables are files beside the text."""
    del random
    return replace(report, media={table.key: Medium.ATTACHMENT for table in FORMS[report.form].tables})


def other_carried_over(report: MadeUpReport, random: Random) -> MadeUpReport:
    """More was carried over, and on, than last year's report left; the identities hold."""
    by = random.randint(1, 9)
    cells = [
        _applications(row, column)
        for row in ("carried_over", "carried_forward")
        for column in ("natural_person", "total")
    ]
    return _raised(report, by, *cells)


def other_stock(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Form 2021: more documents in force than last year's report and this year's changes give."""
    return _raised(report, random.randint(1, 9), Cell("disclosure", "normative_documents", "in_force"))


def on_the_old_form(report: MadeUpReport, random: Random) -> MadeUpReport:
    """The same agency and year, but written on the form of 2019."""
    return made_up_report(
        random,
        year=report.report_year,
        agency=report.agency_name,
        kind=report.kind,
        form=FORM_2019.key,
        published_on=report.published_on,
    )
