"""Users query the numbers as the forms print them, and find words in the text of the reports."""

import dataclasses
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from storage.database import open_database, open_reader, save_reports, search_sections
from storage.forms import FORM_2019, FORM_2021
from storage.received import ReadCapture
from storage.records import SHANGHAI, Capture
from storage.report import Cell, Fact, Reading, Report, Section

AT = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI)
LATER = AT + timedelta(days=1)
URL = "http://127.0.0.1/report.html"
EMPTY = Report(form=None, title=None, agency_name=None, report_year=None)


@pytest.fixture
def db(tmp_path):
    database = open_database(tmp_path / "nianbao.db")
    yield database
    database.close()


def read(report, agency="edu", year=2024, digest="a" * 64, at=AT):
    return ReadCapture(Capture(digest, "", URL, URL, 200, "text/html", at, 10), agency, year, report)


def form_report(form, amount):
    values = {
        Cell(table.key, row.key, column.key): number
        for table in form.tables
        for block in table.blocks
        for number, (row, column) in enumerate((row, column) for row in block.rows for column in block.columns)
    }
    found = {cell: Fact(number, str(number), Reading.NUMBER) for cell, number in values.items()} | {
        cell: Fact(Decimal(amount), amount, Reading.NUMBER) for cell in values if cell.column == "amount"
    }
    return dataclasses.replace(EMPTY, form=form.key, report_year=form.first_year, facts=found)


@pytest.mark.parametrize(("form", "amount"), [(FORM_2019, "56580.00"), (FORM_2021, "3.50")])
def test_the_wide_views_show_every_row_of_the_form_with_its_columns(db, form, amount):
    report = form_report(form, amount)
    save_reports(db, [read(report, year=form.first_year)], at=AT)

    shown = {}
    for view, table in (("disclosures", "disclosure"), ("applications", "applications"), ("reviews", "reviews")):
        for row in db.query(f"SELECT * FROM {view}"):
            values = {key: value for key, value in row.items() if value is not None}
            place = [values.pop(key) for key in ("report", "agency", "report_year", "form", "row", "label")]
            assert place[:4] == [1, "edu", form.first_year, form.key]
            shown |= {Cell(table, place[4], key): value for key, value in values.items()}

    assert shown == {cell: float(fact.value) for cell, fact in report.facts.items()}


def test_the_wide_views_show_blanks_as_null_and_only_the_current_version(db):
    def report(total):
        facts = {
            Cell("reviews", "administrative_review", "upheld"): Fact(None, "/", Reading.BLANK),
            Cell("reviews", "administrative_review", "total"): Fact(total, str(total), Reading.NUMBER),
        }
        return dataclasses.replace(EMPTY, form="2021", facts=facts)

    save_reports(db, [read(report(1)), read(report(2), digest="b" * 64, at=LATER)], at=LATER)

    rows = list(db.query('SELECT report, "row", label, upheld, total FROM reviews'))
    assert rows == [{"report": 2, "row": "administrative_review", "label": "行政复议", "upheld": None, "total": 2}]


def test_reports_has_one_row_a_report_and_report_versions_one_a_version(db):
    first = dataclasses.replace(EMPTY, form="2021", title="初稿", report_year=2024)
    second = dataclasses.replace(first, title="定稿")

    save_reports(db, [read(first), read(second, digest="b" * 64, at=LATER), read(first, agency="tax")], at=LATER)

    columns = {column.name for column in db["reports"].columns}
    rows = db.execute("SELECT id, agency, report_year, form, title, url, content FROM reports ORDER BY id").fetchall()
    versions = db.execute("SELECT agency, title, is_current FROM report_versions ORDER BY id").fetchall()
    assert rows == [(2, "edu", 2024, "2021", "定稿", URL, None), (3, "tax", 2024, "2021", "初稿", URL, None)]
    assert versions == [("edu", "初稿", 0), ("edu", "定稿", 1), ("tax", "初稿", 1)]
    assert {column.name for column in db["report_versions"].columns} - columns == {
        "is_current",
        "capture",
        "reading",
        "rereadings",
        "enclosures",
    }


def test_words_are_found_in_current_sections_newest_first(db, tmp_path):
    def report(words):
        return dataclasses.replace(EMPTY, sections=(Section(1, "总体情况", words), Section(5, "问题", "公开不够")))

    save_reports(db, [read(report("主动公开政府信息12件")), read(report("受理申请"), agency="tax")], at=AT)
    save_reports(db, [read(report("重新公布"), digest="b" * 64, at=LATER)], at=LATER)
    reader = open_reader(tmp_path / "nianbao.db")

    def found(words, limit=10):
        return [(match.agency, match.number) for match in search_sections(reader, words, limit)]

    results = {
        words: found(words) for words in ("公开", "受理", "申请 受理", "主动公开", "请", "12件", "总体情况", "，")
    }
    limited = found("公开", limit=1)
    reader.close()
    assert results == {
        "公开": [("edu", 5), ("tax", 5)],
        "受理": [("tax", 1)],
        "申请 受理": [("tax", 1)],
        "主动公开": [],
        "请": [("tax", 1)],
        "12件": [],
        "总体情况": [("edu", 1), ("tax", 1)],
        "，": [],
    }
    assert limited == [("edu", 5)]
