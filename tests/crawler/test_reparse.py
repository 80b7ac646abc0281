"""Reading the archive again tells every number that changes, and changes nothing on a dry run."""

import dataclasses
from datetime import date, datetime, timedelta

import pytest

from crawler.ingest import ingest_attestation
from crawler.parser import PARSER_VERSION
from crawler.reading import read_capture
from crawler.reparse import Difference, reparsed_reports
from storage.captures import Captures
from storage.database import (
    current_reports,
    evidence_of_year,
    load_report,
    open_database,
    report_versions,
    save_registry,
    save_run,
)
from storage.received import ReadCapture
from storage.records import SHANGHAI, Agency, AgencyKind, Attestation, Capture, Outcome, Portal, Registry, Scan
from storage.report import Cell, Fact, Reading

AT = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI)
URL = "http://127.0.0.1/1.html"
AGENCIES = (Agency("edu", "安丘市教育局", AgencyKind.LOCAL_DEPARTMENT, "370784", "anqiu"),)
PORTAL = Portal("anqiu", "安丘市", "http://127.0.0.1/", ("127.0.0.1:80",))
TITLE = "安丘市教育局2024年政府信息公开工作年度报告"
PAGE = f"""<html><head><meta charset="utf-8"><title>{TITLE}</title></head><body><h1>{TITLE}</h1>
<p>一、总体情况</p><p>依法公开。</p><p>二、主动公开政府信息情况</p><p>主动公开。</p>
<table><tr><td colspan=4>第二十条第（一）项</td></tr>
<tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>
<tr><td>规章</td><td>0</td><td>0</td><td>0</td></tr><tr><td>行政规范性文件</td><td>3</td><td>1</td><td>17</td></tr></table>
<p>三、收到和处理政府信息公开申请情况</p><p>收到申请。</p><p>四、政府信息公开行政复议、行政诉讼情况</p><p>无。</p>
<p>五、存在的主要问题及改进情况</p><p>有待改进。</p><p>六、其他需要报告的事项</p><p>无。</p></body></html>""".encode()
NEW = read_capture(PAGE, media_type="text/html", url=URL, listed_on=None).report
PLACE = Cell("disclosure", "normative_documents", "in_force")
OLDER = dataclasses.replace(
    NEW,
    facts={
        **{cell: fact for cell, fact in NEW.facts.items() if cell.column != "repealed"},
        PLACE: Fact(71, "71", Reading.NUMBER),
    },
)


@pytest.fixture
def db(tmp_path):
    database = open_database(tmp_path / "nianbao.db")
    save_registry(database, Registry(AGENCIES, (PORTAL,), ()), AT)
    yield database
    database.close()


@pytest.fixture
def captures(tmp_path):
    return Captures(tmp_path / "captures")


def save(db, captures, *, report=OLDER, reason=None, version="0", data=PAGE, at=AT, agency="edu", year=2024):
    """One run that fetched these bytes, and what an older parser is to have read in them."""
    scan = Scan("s1", "r1", "anqiu", "http://127.0.0.1/", ("edu",), at, at, Outcome.COMPLETE)
    capture = Capture(
        captures.put(data), "s1", URL, URL, 200, "text/html", at, len(data), agency=agency, report_year=year
    )
    read = ReadCapture(capture, "edu", 2024, report, reason=reason, parser_version=version)
    reports = [read] if report or reason else []
    save_run(db, run_id="r1", scans=[scan], candidates=[], captures=[capture], reports=reports, at=AT)


def difference(place, old, new, report=1):
    return Difference(report, "edu", 2024, URL, place, old, new)


CHANGES = [
    difference("disclosure/normative_documents/in_force", 71, 17),
    difference("disclosure/normative_documents/repealed", None, 1),
    difference("disclosure/rules/repealed", None, 0),
]


def test_every_number_that_changes_is_told_and_saved(db, captures):
    save(db, captures)

    told = list(reparsed_reports(db, captures, at=AT))
    again = list(reparsed_reports(db, captures, at=AT))

    assert (told, again) == (CHANGES, [])
    assert load_report(db, 1) == NEW
    assert db.execute("SELECT parser_version FROM reports").fetchall() == [(PARSER_VERSION,)]


def test_a_dry_run_tells_the_same_and_saves_nothing(db, captures):
    save(db, captures)

    told = list(reparsed_reports(db, captures, at=AT, dry_run=True))

    assert (told, load_report(db, 1)) == (CHANGES, OLDER)


def test_a_report_that_reads_the_same_is_only_marked_as_read_by_this_parser(db, captures):
    save(db, captures, report=NEW)

    told = list(reparsed_reports(db, captures, at=AT))

    assert (told, db.execute("SELECT parser_version FROM reports").fetchall()) == ([], [(PARSER_VERSION,)])


@pytest.mark.parametrize(("since", "count"), [(date(2025, 2, 1), 3), (date(2025, 2, 2), 0), (None, 3)])
def test_only_what_was_fetched_since_is_read_again(db, captures, since, count):
    save(db, captures)

    assert len(list(reparsed_reports(db, captures, since=since, at=AT))) == count


def test_what_can_be_read_now_becomes_current(db, captures):
    save(db, captures, report=None, reason="unsupported")

    told = list(reparsed_reports(db, captures, at=AT))

    assert told[0] == difference("readable", "unsupported", None)
    assert (current_reports(db, 2024), load_report(db, 1)) == ({"edu": 1}, NEW)


def test_what_can_no_longer_be_read_says_why(db, captures):
    save(db, captures, data=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64))

    told = list(reparsed_reports(db, captures, at=AT))

    assert told[0] == difference("readable", None, "damaged")
    assert (current_reports(db, 2024), report_versions(db, "edu", 2024)[0].reason) == ({}, "damaged")


def test_a_capture_that_counted_for_nobody_may_count_now(db, captures):
    save(db, captures, report=None, agency=None, year=None)

    dry = list(reparsed_reports(db, captures, at=AT, dry_run=True))
    before = current_reports(db, 2024)
    told = list(reparsed_reports(db, captures, at=AT))

    assert told == dry == [difference("readable", "unattributed", None, report=None)]
    assert (before, current_reports(db, 2024)) == ({}, {"edu": 1})
    assert evidence_of_year(db, 2024)["edu"].looks[0].found


def test_bytes_that_the_archive_lost_are_told_and_the_rest_is_read(db, captures):
    save(db, captures)
    save_run(
        db,
        run_id="r2",
        scans=[],
        candidates=[],
        captures=[],
        reports=[
            ReadCapture(Capture("e" * 64, "s1", URL + "?2", URL + "?2", 200, "text/html", AT, 10), "edu", 2023, OLDER)
        ],
        at=AT,
    )

    told = list(reparsed_reports(db, captures, at=AT))

    assert [change for change in told if change.report == 1] == CHANGES
    assert [change for change in told if change.report == 2] == [
        Difference(2, "edu", 2023, URL + "?2", "capture", "e" * 64, None)
    ]
    assert load_report(db, 2) == OLDER


def test_a_file_handed_in_is_read_again_for_whom_the_person_named(db, captures):
    word = Attestation("edu", 2023, False, None, None, None, "王敏", "门户拒绝访问", AT)
    ingest_attestation(db, captures, word, PAGE)
    db.execute("UPDATE facts SET value = value + 1")

    told = list(reparsed_reports(db, captures, at=AT + timedelta(days=1)))

    assert {(change.agency, change.report_year) for change in told} == {("edu", 2023)}
    assert report_versions(db, "edu", 2023)[0].is_attested
