"""Every deliberate mistake as a table: how it is made, which rule it breaks, where it makes sense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.simulator import mistakes_in_tables as tables
from crawler.simulator import mistakes_in_words as words
from storage.records import AgencyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from crawler.simulator.made_up import MadeUpReport

_BOTH = frozenset({"2019", "2021"})
_OLD = frozenset({"2019"})
_NEW = frozenset({"2021"})


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: `make` gives the changed copy and `rule` is the rule it must be found by.

    `forms`: on which forms it can be made. `kind`: it is a mistake of that kind of agency, None for
    any. `needs_previous`: it shows only beside last year's report.
    """

    rule: str
    make: Callable[[MadeUpReport, Random], MadeUpReport]
    forms: frozenset[str] = _BOTH
    kind: AgencyKind | None = None
    needs_previous: bool = False


MISTAKES: Mapping[str, Mistake] = {
    "wrong_balance": Mistake("applications-balance", tables.wrong_balance),
    "wrong_outcome_total": Mistake("applications-outcome-total", tables.wrong_outcome_total),
    "wrong_row_total": Mistake("applications-row-total", tables.wrong_row_total),
    "wrong_reviews_total": Mistake("reviews-total", tables.wrong_reviews_total),
    "negative_stock": Mistake("disclosure-stock-negative", tables.negative_stock, _OLD),
    "total_below_new": Mistake("disclosure-total-below-new", tables.total_below_new, _OLD),
    "decisions_without_items": Mistake("disclosure-decisions-without-items", tables.decisions_without_items, _OLD),
    "amount_without_items": Mistake("procurement-amount-without-items", tables.amount_without_items, _OLD),
    "in_force_too_low": Mistake("disclosure-in-force-too-low", tables.in_force_too_low, _NEW),
    "rules_of_a_lower_level": Mistake(
        "rules-by-unauthorised-level", tables.rules_of_a_lower_level, _NEW, AgencyKind.TOWNSHIP_GOVERNMENT
    ),
    "fee_in_the_wrong_unit": Mistake(
        "fee-unit-suspect", tables.fee_in_the_wrong_unit, _NEW, AgencyKind.TOWNSHIP_GOVERNMENT
    ),
    "missing_row": Mistake("row-missing", tables.missing_row),
    "extra_row": Mistake("row-unexpected", tables.extra_row),
    "missing_cell": Mistake("cell-count", tables.missing_cell),
    "blank_cell": Mistake("cell-blank", tables.blank_cell),
    "dash_for_a_number": Mistake("cell-blank", tables.dash_for_a_number),
    "words_for_a_number": Mistake("cell-not-a-number", tables.words_for_a_number),
    "fraction_of_a_case": Mistake("cell-not-whole", tables.fraction_of_a_case),
    "negative_count": Mistake("cell-negative", tables.negative_count),
    "lost_table": Mistake("table-missing", tables.lost_table),
    "tables_as_pictures": Mistake("table-as-picture", tables.tables_as_pictures),
    "tables_as_attachments": Mistake("table-as-attachment", tables.tables_as_attachments),
    "other_carried_over": Mistake("carry-over-mismatch", tables.other_carried_over, needs_previous=True),
    "other_stock": Mistake("in-force-mismatch", tables.other_stock, _NEW, needs_previous=True),
    "on_the_old_form": Mistake("form-outdated", tables.on_the_old_form, _NEW),
    "missing_section": Mistake("section-missing", words.missing_section),
    "empty_section": Mistake("section-empty", words.empty_section),
    "swapped_sections": Mistake("section-order", words.swapped_sections),
    "seventh_section": Mistake("section-extra", words.seventh_section),
    "varied_headings": Mistake("heading-variant", words.varied_headings),
    "last_year_in_title": Mistake("year-mismatch", words.last_year_in_title),
    "last_year_in_body": Mistake("year-mismatch", words.last_year_in_body),
    "other_agency_in_title": Mistake("agency-mismatch", words.other_agency_in_title),
    "short_period": Mistake("period-mismatch", words.short_period),
    "contradicted_narrative": Mistake("narrative-contradiction", words.contradicted_narrative),
    "wrong_breakdown": Mistake("breakdown-mismatch", words.wrong_breakdown),
    "without_fee_statement": Mistake("fee-statement-missing", words.without_fee_statement, _NEW),
    "without_assessment": Mistake(
        "assessment-statement-missing", words.without_assessment, kind=AgencyKind.TOWNSHIP_GOVERNMENT
    ),
    "placeholder": Mistake("placeholder-text", words.placeholder),
    "with_personal_data": Mistake("personal-data", words.with_personal_data),
    "without_contact": Mistake("contact-missing", words.without_contact),
    "malformed_link": Mistake("link-malformed", words.malformed_link),
    "with_residue": Mistake("converter-residue", words.with_residue),
    "published_too_early": Mistake("published-too-early", words.published_too_early),
}
"""Name → mistake. `copied_from` (copied-from-last-year) stands in `mistakes_in_words`: it needs two reports."""
