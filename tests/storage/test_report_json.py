"""The printed objects: keys, digits, blanks, and the schemas that hold them to it."""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from storage.forms import FORM_2019, FORM_2021, FORMS
from storage.json_schemas import report_schema, status_schema
from storage.records import Agency, AgencyKind, Content, Finding, Severity, Standing, Status
from storage.report import (
    UNREADABLE_REASONS,
    Cell,
    Contact,
    DateSource,
    Doubt,
    DoubtKind,
    Fact,
    Reading,
    Report,
    Section,
    StatedDate,
)
from storage.report_json import REPORT_KEYS, json_line, report_json, status_json, unreadable_json

DIGEST = "0f" * 32
REPORT_CHECK = Draft202012Validator(report_schema())
STATUS_CHECK = Draft202012Validator(status_schema())

FINDING = Finding(
    rule="applications-balance",
    severity=Severity.ERROR,
    where="applications/outcome_total/natural_person",
    message="自然人一列：3 + 0 ≠ 2 + 0",
    evidence={"left": 3, "right": Decimal("2.50"), "on": date(2025, 1, 2), "cells": ("a", "b"), "by": Severity.INFO},
)
REPORT = Report(
    form="2021",
    title="小石镇人民政府2024年政府信息公开工作年度报告",
    agency_name="小石镇人民政府",
    report_year=2024,
    published_on=date(2025, 1, 20),
    dates=(
        StatedDate(date(2025, 1, 20), DateSource.META_PUBDATE),
        StatedDate(date(2025, 1, 18), DateSource.SIGNATURE),
    ),
    period=(date(2024, 1, 1), date(2024, 12, 31)),
    contact=Contact(phone="0536-1234567"),
    sections=(Section(1, "总体情况", "一行\n二行", pictures=("a.png",)), Section(7, "附件", "")),
    tables=frozenset({"disclosure", "reviews"}),
    facts={
        Cell("disclosure", "fees", "amount"): Fact(Decimal("56580.00"), "56580.00", Reading.NUMBER),
        Cell("disclosure", "rules", "issued"): Fact(3, "3", Reading.NUMBER),
        Cell("disclosure", "rules", "repealed"): Fact(None, "", Reading.BLANK),
        Cell("disclosure", "licensing", "decisions"): Fact(None, "若干", Reading.NOT_A_NUMBER),
        Cell("reviews", "litigation_after_review", "total"): Fact(-1, "-1", Reading.NUMBER),
    },
    doubts=(Doubt(DoubtKind.CELL_UNUSED, "disclosure", "多出的一格", "没有用上", {"x": 1}),),
)


def _object(report=REPORT, findings=(FINDING,)):
    return report_json("报告.html", "text/html", DIGEST, report, findings)


def _printed(value):
    line = json_line(value)
    assert line.splitlines() == [line]
    return json.loads(line)


def test_a_report_is_printed_with_the_promised_keys_in_their_order():
    printed = _printed(_object())

    assert tuple(printed) == REPORT_KEYS
    assert printed == {
        "path": "报告.html",
        "media_type": "text/html",
        "sha256": DIGEST,
        "readable": True,
        "reason": None,
        "form": "2021",
        "title": "小石镇人民政府2024年政府信息公开工作年度报告",
        "agency_name": "小石镇人民政府",
        "report_year": 2024,
        "published_on": "2025-01-20",
        "dates": [{"date": "2025-01-20", "source": "meta PubDate"}, {"date": "2025-01-18", "source": "signature"}],
        "period": ["2024-01-01", "2024-12-31"],
        "signed_on": None,
        "contact": {"phone": "0536-1234567", "address": None, "email": None, "postcode": None, "url": None},
        "sections": [
            {"number": 1, "heading": "总体情况", "text": "一行\n二行"},
            {"number": 7, "heading": "附件", "text": ""},
        ],
        "disclosure": {
            "rules": {"issued": 3, "repealed": None, "in_force": None},
            "normative_documents": {"issued": None, "repealed": None, "in_force": None},
            "licensing": {"decisions": None},
            "penalties": {"decisions": None},
            "coercion": {"decisions": None},
            "fees": {"amount": 56580.0},
        },
        "applications": None,
        "reviews": {
            "administrative_review": dict.fromkeys(("upheld", "corrected", "other", "pending", "total")),
            "litigation_without_review": dict.fromkeys(("upheld", "corrected", "other", "pending", "total")),
            "litigation_after_review": {
                **dict.fromkeys(("upheld", "corrected", "other", "pending")),
                "total": -1,
            },
        },
        "doubts": [{"where": "disclosure", "text": "多出的一格", "why": "没有用上"}],
        "findings": [
            {
                "rule": "applications-balance",
                "severity": "error",
                "where": "applications/outcome_total/natural_person",
                "message": "自然人一列：3 + 0 ≠ 2 + 0",
                "evidence": {"left": 3, "right": 2.5, "on": "2025-01-02", "cells": ["a", "b"], "by": "info"},
            }
        ],
    }


@pytest.mark.parametrize("digits", ["56580.00", "3805463.74", "0.10", "0", "-12.30", "100000000000000000000.01"])
def test_an_amount_keeps_the_digits_that_were_printed(digits):
    facts = {Cell("disclosure", "fees", "amount"): Fact(Decimal(digits), digits, Reading.NUMBER)}

    line = json_line(_object(Report("2021", None, None, None, tables=frozenset({"disclosure"}), facts=facts)))

    assert f'"fees": {{"amount": {digits}}}' in line


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_present_table_has_every_row_and_column_of_its_form(form):
    report = Report(form.key, None, None, None, tables=frozenset(table.key for table in form.tables))

    printed = _printed(_object(report))

    for table in form.tables:
        assert {row: tuple(cells) for row, cells in printed[table.key].items()} == {
            row.key: tuple(column.key for column in table.columns(row.key)) for row in table.rows
        }
    assert REPORT_CHECK.is_valid(printed)


def test_a_report_on_a_year_before_the_forms_has_no_tables():
    printed = _printed(_object(Report(None, "2015年年度报告", "甲局", 2015), ()))

    assert (printed["form"], printed["disclosure"], printed["applications"], printed["reviews"]) == (None,) * 4
    assert REPORT_CHECK.is_valid(printed)


@pytest.mark.parametrize("reason", UNREADABLE_REASONS)
def test_what_cannot_be_read_has_a_reason_and_nulls(reason):
    printed = _printed(unreadable_json("扫描.pdf", "application/pdf", DIGEST, reason))

    known = {"path": "扫描.pdf", "media_type": "application/pdf", "sha256": DIGEST, "readable": False}
    assert tuple(printed) == REPORT_KEYS
    assert printed == dict.fromkeys(REPORT_KEYS) | known | {"reason": reason}
    assert REPORT_CHECK.is_valid(printed)


def test_a_file_that_is_not_there_has_no_bytes_to_name():
    printed = _printed(unreadable_json("无.html", None, None, "not_found"))

    assert (printed["media_type"], printed["sha256"]) == (None, None)
    assert REPORT_CHECK.is_valid(printed)


def test_every_character_stays_on_its_line_and_can_be_encoded():
    text = "a\u2028b\u2029c\x85d\x7fe\udcffg\nh\U00020000龙"

    line = json_line(text)

    assert line.splitlines() == [line]
    assert line.encode()
    assert json.loads(line) == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
        lambda part: st.lists(part) | st.dictionaries(st.text(), part),
        max_leaves=20,
    )
)
def test_plain_values_are_written_as_the_standard_encoder_writes_them(value):
    assert json.loads(json_line(value)) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_decimals_come_back_digit_by_digit(value):
    assert str(json.loads(json_line({"n": value}), parse_float=Decimal)["n"]) == str(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), float("nan"), object()])
def test_what_json_cannot_say_is_refused(value):
    with pytest.raises((ValueError, TypeError)):
        json_line(value)


def _without(*path):
    def change(printed):
        *above, last = path
        for key in above:
            printed = printed[key]
        del printed[last]

    return change


def _with(*path_and_value):
    def change(printed):
        *above, last, value = path_and_value
        for key in above:
            printed = printed[key]
        printed[last] = value

    return change


BREAKS = {
    **{f"without {key}": _without(key) for key in REPORT_KEYS},
    "another key": _with("pages", 3),
    "unreadable with facts": _with("readable", False),
    "readable with a reason": _with("reason", "encrypted"),
    "no form with tables": _with("form", None),
    "another form's tables": _with("form", "2019"),
    "unknown form": _with("form", "2030"),
    "year as text": _with("report_year", "2024"),
    "day of another shape": _with("published_on", "2025/01/20"),
    "unknown source": _with("dates", 0, "source", "guess"),
    "half a period": _with("period", ["2024-01-01"]),
    "short digest": _with("sha256", "0f"),
    "section zero": _with("sections", 0, "number", 0),
    "contact without a part": _without("contact", "phone"),
    "row missing": _without("disclosure", "fees"),
    "column missing": _without("disclosure", "rules", "issued"),
    "row of the other form": _with("disclosure", "procurement", {"items": 1, "amount": 1}),
    "count with a fraction": _with("disclosure", "rules", "issued", 1.5),
    "count as text": _with("disclosure", "rules", "issued", "3"),
    "amount as text": _with("disclosure", "fees", "amount", "56580.00"),
    "blank as an empty text": _with("reviews", "administrative_review", "total", ""),
    "doubt with its kind": _with("doubts", 0, "kind", "cell_unused"),
    "finding of unknown severity": _with("findings", 0, "severity", "fatal"),
    "finding with a rule in words": _with("findings", 0, "rule", "Does not add up"),
    "no list of findings": _with("findings", None),
}


def test_the_schema_is_a_schema_and_takes_a_report():
    Draft202012Validator.check_schema(report_schema())
    Draft202012Validator.check_schema(status_schema())

    REPORT_CHECK.validate(_printed(_object()))


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS)
def test_the_schema_refuses_a_broken_report(change):
    printed = copy.deepcopy(_printed(_object()))
    change(printed)

    assert not REPORT_CHECK.is_valid(printed)


def test_the_schema_holds_every_cell_of_both_forms():
    schema = report_schema()

    cells = {
        key: sum(len(row["properties"]) for row in table["properties"].values())
        for key, table in schema["$defs"].items()
        if key != "finding"
    }
    assert cells == {
        f"{form.key}-{table.key}": table.cell_count for form in (FORM_2019, FORM_2021) for table in form.tables
    }


AGENCIES = (
    Agency("b", "乙镇人民政府", AgencyKind.TOWNSHIP_GOVERNMENT, "370784102", "p"),
    Agency("a", "甲局", AgencyKind.LOCAL_DEPARTMENT, "370784", "p"),
    Agency("c", "丙局", AgencyKind.LOCAL_DEPARTMENT, "370784", "p"),
)
LATE = Standing(
    agency="a",
    report_year=2024,
    due=date(2025, 1, 31),
    status=Status.LATE,
    published_on=date(2025, 2, 8),
    days_late=8,
    proof="stated",
    content=Content.MALFORMED,
    errors=2,
    warnings=1,
    url="http://x/",
)
STANDINGS = (
    LATE,
    Standing(agency="b", report_year=2024, due=None, status=Status.UNKNOWN, reason="blocked"),
    Standing(agency="c", report_year=2023, due=None, status=Status.EXEMPT),
)
AS_OF = datetime(2025, 2, 10, 1, 0, 0, 5, tzinfo=UTC)


def test_the_statuses_of_a_year_are_printed_with_all_nine_counts():
    printed = _printed(status_json(STANDINGS, AGENCIES, AS_OF, 2024))

    assert printed == {
        "as_of": "2025-02-10T09:00:00+08:00",
        "report_year": 2024,
        "agencies": [
            {
                "id": "a",
                "name": "甲局",
                "kind": "local_department",
                "due": "2025-01-31",
                "status": "late",
                "published_on": "2025-02-08",
                "days_late": 8,
                "proof": "stated",
                "content": "malformed",
                "errors": 2,
                "warnings": 1,
                "url": "http://x/",
                "reason": None,
            },
            {
                "id": "b",
                "name": "乙镇人民政府",
                "kind": "township_government",
                "due": None,
                "status": "unknown",
                "published_on": None,
                "days_late": None,
                "proof": None,
                "content": None,
                "errors": 0,
                "warnings": 0,
                "url": None,
                "reason": "blocked",
            },
        ],
        "counts": {
            "not_due": 0,
            "on_time": 0,
            "late": 1,
            "date_unknown": 0,
            "suspected_missing": 0,
            "missing": 0,
            "unknown": 1,
            "withdrawn": 0,
            "exempt": 0,
        },
    }
    STATUS_CHECK.validate(printed)


STATUS_BREAKS = {
    **{f"without {key}": _without(key) for key in ("as_of", "report_year", "agencies", "counts")},
    **{f"without {key}": _without("agencies", 0, key) for key in ("id", "status", "proof", "content", "reason")},
    "counts without unknown": _without("counts", "unknown"),
    "a tenth status": _with("counts", "lost", 1),
    "an instant without zone": _with("as_of", "2025-02-10T09:00:00"),
    "an unknown status": _with("agencies", 0, "status", "lost"),
    "an unknown kind": _with("agencies", 0, "kind", "town"),
    "an unknown proof": _with("agencies", 0, "proof", "hearsay"),
    "negative days": _with("agencies", 0, "days_late", -1),
}


@pytest.mark.parametrize("change", STATUS_BREAKS.values(), ids=STATUS_BREAKS)
def test_the_schema_refuses_broken_statuses(change):
    printed = _printed(status_json(STANDINGS, AGENCIES, AS_OF, 2024))
    change(printed)

    assert not STATUS_CHECK.is_valid(printed)
