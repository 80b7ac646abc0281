"""Nothing is concluded from a cell whose print could not be read for certain."""

from __future__ import annotations

import pytest

from monitor.checks import Subject, judge
from storage.records import Severity
from storage.report import DoubtKind
from tests.builders import report, with_doubt, without_row

RECEIVED = "applications/new_received/natural_person"


def errors(subject):
    return {finding.rule for finding in judge(subject) if finding.severity is Severity.ERROR}


def unsure(given, where):
    return with_doubt(given, DoubtKind.CELL_UNSURE, where, "8", {"readings": ["8", "3"]})


@pytest.mark.parametrize(
    ("printed", "rules"),
    [
        (12, {"applications-balance", "applications-row-total"}),
        (-1, {"applications-balance", "applications-row-total", "cell-negative"}),
        ("l2", {"cell-not-a-number"}),
    ],
)
def test_an_unsure_cell_breaks_no_rule(printed, rules):
    wrong = report(cells={RECEIVED: printed})

    assert (errors(Subject(wrong)), errors(Subject(unsure(wrong, RECEIVED)))) == (rules, set())


def test_sums_without_the_unsure_cell_are_still_judged():
    wrong = report(cells={RECEIVED: 12, "reviews/administrative_review/total": 9})

    assert errors(Subject(unsure(wrong, RECEIVED))) == {"reviews-total"}


def test_a_row_with_an_unsure_cell_has_no_wrong_count_of_figures():
    details = {"expected": 7, "found": 8, "all_zero": False}
    torn = without_row(report(), "applications", "granted")
    wrong = with_doubt(torn, DoubtKind.CELL_COUNT, "applications/granted", "", details)

    assert "cell-count" in errors(Subject(wrong))
    assert "cell-count" not in errors(Subject(unsure(wrong, "applications/granted/total")))


def test_an_unsure_stock_is_not_negative():
    cells = {"disclosure/licensing/previous_items": 3, "disclosure/licensing/change": -5}
    wrong = report("2019", cells=cells)

    assert "disclosure-stock-negative" in errors(Subject(wrong))
    assert "disclosure-stock-negative" not in errors(Subject(unsure(wrong, "disclosure/licensing/change")))
