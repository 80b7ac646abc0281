"""The rule catalogue names its own faults, and holds exactly the promised names."""

from dataclasses import replace

import pytest

from monitor.checks import RULES
from monitor.checks.findings import found
from monitor.checks.rules import Words, rule_faults
from storage.errors import RuleError
from storage.records import Severity

PROMISED = {
    "missing", "late", "withdrawn", "section-missing", "section-empty", "section-order", "section-extra",
    "form-outdated", "form-mixed", "table-missing", "table-as-picture", "table-as-attachment", "row-missing",
    "row-unexpected", "cell-count", "cell-blank", "cell-not-a-number", "cell-negative", "cell-not-whole",
    "applications-balance", "applications-outcome-total", "applications-row-total", "reviews-total",
    "disclosure-stock-negative", "disclosure-total-below-new", "disclosure-decisions-without-items",
    "disclosure-in-force-too-low", "procurement-amount-without-items", "rules-by-unauthorised-level",
    "fee-unit-suspect", "carry-over-mismatch", "in-force-mismatch", "year-mismatch", "agency-mismatch",
    "period-mismatch", "narrative-contradiction", "breakdown-mismatch", "fee-statement-missing",
    "assessment-statement-missing", "placeholder-text", "copied-from-last-year", "copied-from-peer",
    "personal-data", "published-too-early", "revised", "contact-missing", "link-malformed", "heading-variant",
    "converter-residue", "sources-differ",
}  # fmt: skip


def test_the_catalogue_has_the_promised_names_and_no_others():
    assert set(RULES) == PROMISED


def test_every_fault_of_a_catalogue_is_named_at_once():
    rule = replace(
        RULES["missing"],
        title=Words("", "No report"),
        law=("regulations-1999-1",),
        messages={"": Words("{year}年", "On {years}")},
        also=(Severity.ERROR,),
    )

    faults = list(rule_faults([RULES["missing"], rule, replace(RULES["late"], law=(), messages={})]))

    assert faults == [
        "missing is declared twice",
        "missing lacks a title or an advice in one language",
        "missing repeats its severity error",
        "missing cites unknown law regulations-1999-1",
        "missing: message '' names ['year'] in zh, ['years'] in en",
        "late has no legal basis",
        "late has no message",
    ]


def test_a_finding_cannot_take_a_severity_that_its_rule_does_not_declare():
    with pytest.raises(RuleError, match="section-missing is never info"):
        found("section-missing", "", "zh", {}, severity=Severity.INFO)
