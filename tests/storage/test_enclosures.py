"""What belongs to an article is stored with it: other files are another version, and files are no articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.database import (
    load_report,
    open_database,
    report_versions,
    save_reports,
    save_run,
    stored_attributions,
    stored_captures,
)
from storage.enclosures import Enclosure, EnclosureKind, edition, enclosures_from_json, enclosures_to_json
from storage.received import ReadCapture
from storage.records import SHANGHAI, Capture
from tests.builders import report

AT = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI)
PAGE, SHEET = "http://127.0.0.1/1.html", "http://127.0.0.1/1.xlsx"
BODY, FILE, OTHER_FILE = "a" * 64, "b" * 64, "c" * 64


def sheet(digest=FILE, failure=""):
    return Enclosure(EnclosureKind.FILE, SHEET, PAGE, "./1.xlsx", digest, failure=failure)


def capture(url=PAGE, digest=BODY, hours=0, **others):
    at = AT + timedelta(hours=hours)
    return Capture(digest, "", url, url, 200, "text/html", at, 1000, **others)


def article(*enclosures, hours=0, digest=BODY):
    return capture(hours=hours, digest=digest, enclosures=enclosures)


def read(of, given=None, reason=None):
    return ReadCapture(of, "edu", 2024, given, reason=reason, detail="", parser_version="1")


FIRST, SECOND = report(), report(cells={"reviews/administrative_review/upheld": 3})


@pytest.fixture
def db(tmp_path):
    database = open_database(tmp_path / "nianbao.db")
    yield database
    database.close()


def versions(db):
    return [(version.digest, version.reason, version.is_current) for version in report_versions(db, "edu", 2024)]


def test_an_article_alone_is_its_own_edition_and_one_with_files_another_with_each_of_them():
    alone, one, other, absent = (article(), article(sheet()), article(sheet(OTHER_FILE)), article(sheet(None)))

    assert alone.edition == BODY
    assert len({each.edition for each in (alone, one, other, absent)}) == 4
    assert edition(BODY, [sheet()]) == one.edition


def test_enclosures_come_back_from_json_as_they_were():
    given = (sheet(), sheet(None, "status"), Enclosure(EnclosureKind.PICTURE, PAGE, SHEET, "x", FILE, "image/png"))

    assert enclosures_from_json(enclosures_to_json(given)) == given


def test_another_file_under_the_same_page_is_another_version_and_the_older_one_stays(db):
    save_reports(db, [read(article(sheet()), FIRST)], at=AT)
    save_reports(db, [read(article(sheet(OTHER_FILE), hours=1), SECOND)], at=AT)

    assert versions(db) == [(BODY, None, False), (BODY, None, True)]
    assert [load_report(db, version.id) for version in report_versions(db, "edu", 2024)] == [FIRST, SECOND]


def test_a_file_that_comes_back_is_the_version_that_it_was(db):
    for hours, (digest, given) in enumerate([(FILE, FIRST), (OTHER_FILE, SECOND), (FILE, FIRST)]):
        save_reports(db, [read(article(sheet(digest), hours=hours), given)], at=AT)

    assert versions(db) == [(BODY, None, True), (BODY, None, False)]


def test_other_files_that_say_the_same_are_no_new_version(db):
    save_reports(db, [read(article(sheet()), FIRST)], at=AT)
    save_reports(db, [read(article(sheet(OTHER_FILE), hours=1), FIRST)], at=AT)

    assert len(versions(db)) == 1


def test_a_file_that_was_not_had_this_time_takes_nothing_back(db):
    save_reports(db, [read(article(sheet()), FIRST)], at=AT)
    save_reports(db, [read(article(sheet(None, "status"), hours=1), reason="enclosure_absent")], at=AT)

    assert versions(db) == [(BODY, None, True)]


def test_a_file_that_was_had_at_last_makes_the_report_readable(db):
    save_reports(db, [read(article(sheet(None, "status")), reason="enclosure_absent")], at=AT)
    save_reports(db, [read(article(sheet(), hours=1), FIRST)], at=AT)

    assert versions(db) == [(BODY, "enclosure_absent", False), (BODY, None, True)]


def test_what_is_known_of_an_article_is_known_only_with_the_same_files(db):
    save_reports(db, [read(article(sheet()), FIRST)], at=AT)

    assert stored_attributions(db, PAGE, BODY, "1", (sheet(),)) == (("edu", 2024),)
    assert stored_attributions(db, PAGE, BODY, "1", (sheet(OTHER_FILE),)) == ()
    assert stored_attributions(db, PAGE, BODY, "1") == ()


@pytest.mark.parametrize("member", ["", "#1.docx"])
def test_an_article_with_a_report_attached_that_counts_by_itself_is_read_each_time(db, member):
    save_reports(db, [read(article(sheet()), FIRST)], at=AT)
    save_reports(db, [replace(read(capture(SHEET + member, FILE), SECOND), agency="tax")], at=AT)

    assert stored_attributions(db, PAGE, BODY, "1", (sheet(),)) == ()


def test_reading_again_gives_each_version_its_own_files_and_no_file_by_itself(db):
    part = capture(SHEET, FILE, part_of=PAGE)
    save_run(db, run_id="r1", scans=[], candidates=[], captures=[article(sheet()), part], reports=[], at=AT)
    counts_for_nobody = [(stored.capture.url, stored.capture.enclosures) for stored in stored_captures(db)]
    save_reports(db, [read(article(sheet()), FIRST), read(article(sheet(OTHER_FILE), hours=1), SECOND)], at=AT)

    assert counts_for_nobody == [(PAGE, (sheet(),))]
    assert [stored.capture.enclosures for stored in stored_captures(db)] == [(sheet(),), (sheet(OTHER_FILE),)]


@pytest.mark.parametrize("turn", [1, -1])
def test_a_file_that_a_list_links_itself_stays_an_article(db, turn):
    own = capture(SHEET, FILE, title="年报", agency="edu", report_year=2024)
    part = capture(SHEET, FILE, hours=1, title="附件", part_of=PAGE)
    for number, each in enumerate((own, part)[::turn]):
        save_run(db, run_id=f"r{number}", scans=[], candidates=[], captures=[each], reports=[], at=AT)

    rows = db.execute("SELECT title, agency, part_of, last_fetched_at FROM captures").fetchall()
    assert rows == [("年报", "edu", None, "2025-02-01T10:00:00+08:00")]
    assert [stored.capture.url for stored in stored_captures(db)] == [SHEET]
