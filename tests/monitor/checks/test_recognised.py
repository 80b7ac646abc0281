"""What recognition may have lost from a picture is never held against the agency."""

from __future__ import annotations

from dataclasses import replace

from monitor.checks import Subject, judge
from storage.records import Severity
from storage.report import Cell, DoubtKind, Section
from tests.builders import NAME, report, with_doubt, with_section, without_row, without_table

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


def test_a_table_that_a_picture_seems_to_lack_is_not_missing_but_a_picture():
    lost = without_table(report(), "reviews")
    findings = judge(Subject(replace(lost, confidences=SEEN)))

    assert "table-missing" in errors(Subject(lost))
    assert [finding.severity for finding in findings if finding.where == "reviews"] == [Severity.WARNING]
    assert ("table-as-picture", "reviews") in {(finding.rule, finding.where) for finding in findings}


def test_a_row_of_a_picture_in_which_a_figure_was_lost_has_no_wrong_count():
    """No figure of such a row is believed, so none of its own cells tells that it was recognised."""
    counts = {"expected": 7, "found": 6, "all_zero": False}
    torn = without_row(report(), "applications", "granted")
    torn = with_doubt(torn, DoubtKind.CELL_COUNT, "applications/granted", "1 | 2", counts)

    assert "cell-count" in errors(Subject(torn))
    assert "cell-count" not in errors(Subject(replace(torn, confidences=SEEN)))
    assert "cell-count" in errors(Subject(replace(torn, confidences={Cell("reviews", "litigation", "total"): 0.99})))


def test_a_letter_of_a_picture_that_was_misread_makes_no_other_agency():
    misread = replace(report(), agency_name="平川市柳何镇人民政府", agency_readings={"title": "平川市柳何镇人民政府"})
    other = replace(report(), agency_name="青岚县教育局", agency_readings={"title": "青岚县教育局"})

    assert "agency-mismatch" in errors(Subject(misread, expected_names=(NAME,)))
    assert "agency-mismatch" not in errors(Subject(replace(misread, confidences=SEEN), expected_names=(NAME,)))
    assert "agency-mismatch" in errors(Subject(replace(other, confidences=SEEN), expected_names=(NAME,)))


def test_a_digit_of_a_picture_that_was_misread_makes_no_other_year():
    misread = replace(report(), report_year=2021, year_readings={"title": 2021, "body": 2024}, period=None)
    older = replace(report(), report_year=2023, year_readings={"title": 2023, "body": 2023}, period=None)

    assert "year-mismatch" in errors(Subject(misread, report_year=2024))
    assert "year-mismatch" not in errors(Subject(replace(misread, confidences=SEEN), report_year=2024))
    assert "year-mismatch" in errors(Subject(replace(older, confidences=SEEN), report_year=2024))


def test_a_stray_mark_of_a_picture_is_no_placeholder():
    marked = report(texts={5: "本机关在____方面存在不足，下一步将按月通报报送情况并改进服务。"})

    assert "placeholder-text" in errors(Subject(marked))
    assert "placeholder-text" not in errors(Subject(replace(marked, confidences=SEEN)))
