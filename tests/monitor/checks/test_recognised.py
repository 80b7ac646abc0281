"""What recognition may have lost from a picture is never held against the agency."""

from __future__ import annotations

from dataclasses import replace

from monitor.checks import Subject, judge
from storage.records import Severity
from storage.report import Cell, Section
from tests.builders import report, with_section, without_row

SEEN = {Cell("applications", "new_received", "total"): 0.99}


def errors(subject: Subject) -> set[str]:
    return {finding.rule for finding in judge(subject) if finding.severity is Severity.ERROR}


def test_a_row_that_a_picture_seems_to_lack_is_no_error():
    torn = without_row(report(), "applications", "granted")

    assert "row-missing" in errors(Subject(torn))
    assert "row-missing" not in errors(Subject(replace(torn, confidences=SEEN)))


def test_a_heading_that_recognition_lost_is_no_missing_section():
    lost = report(texts={4: None})

    assert "section-missing" in errors(Subject(lost))
    assert "section-missing" not in errors(Subject(replace(lost, confidences=SEEN)))


def test_a_text_that_recognition_lost_is_no_empty_section():
    lost = with_section(report(), Section(5, "存在的主要问题及改进情况", ""))

    assert "section-empty" in errors(Subject(lost))
    assert "section-empty" not in errors(Subject(replace(lost, confidences=SEEN)))
