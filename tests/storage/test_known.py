"""What is remembered of portals: the next crawl is told what still holds, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from storage.database import load_memory, open_database, save_registry, save_reports, save_run
from storage.enclosures import Enclosure, EnclosureKind
from storage.known import KnownAnswer, KnownList, KnownRefusal, KnownRobots, KnownRow, PortalMemory
from storage.received import ReadCapture
from storage.records import SHANGHAI, Agency, AgencyKind, Capture, Outcome, Portal, Registry, Scan
from storage.report import Report

NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
PAGE = "http://127.0.0.1:8000/nb/"
PORTAL = Portal("p", "安丘市人民政府", "http://127.0.0.1:8000/", ("127.0.0.1:8000",))
ANSWER = KnownAnswer(PAGE, PAGE, "text/html", {"ETag": '"a"'}, "a" * 64, NOW, NOW)
ROW = KnownRow("年报", f"{PAGE}1.html", date(2025, 1, 20), "")
LIST = KnownList(PAGE, 1, (ROW,), (), NOW)
ROBOTS = KnownRobots("127.0.0.1:8000", 200, "b" * 64, NOW)
MEMORY = PortalMemory("p", NOW, (ANSWER,), (), (LIST,), (), (ROBOTS,), (KnownRefusal(PAGE, "403", NOW),), 5.0, NOW, NOW)
SCAN = Scan("s", "r", "p", PAGE, (), NOW, NOW, Outcome.COMPLETE)
CAPTURE = Capture("c" * 64, "s", f"{PAGE}1.html", f"{PAGE}1.html", 200, "text/html", NOW, 9, "年报", date(2025, 1, 20))


@pytest.fixture
def db(tmp_path):
    database = open_database(tmp_path / "nianbao.db")
    save_registry(database, Registry((), (PORTAL,), ()), NOW)
    yield database
    database.close()


def save(db, memory, captures=(), run="r"):
    scan = replace(SCAN, id=f"s-{run}", run=run)
    fetched = [replace(capture, scan=scan.id) for capture in captures]
    save_run(
        db, run_id=run, scans=(scan,), candidates=(), captures=fetched, reports=(), memories=(memory,), at=memory.at
    )


def loaded(db, now=NOW, has_body=lambda _: True):
    (memory,) = load_memory(db, ["p", "unknown"], now, has_body) or (None,)
    return memory


def test_what_a_run_learnt_is_told_to_the_next(db):
    save(db, MEMORY, [CAPTURE])

    assert loaded(db, NOW + timedelta(hours=1)) == replace(MEMORY, articles=(replace(CAPTURE, scan="s-r"),))


def test_of_a_portal_never_visited_and_of_a_later_clock_nothing_is_told(db):
    save(db, MEMORY)

    assert load_memory(db, ["unknown"], NOW, lambda _: True) == ()
    assert loaded(db, NOW - DAY) is None


def test_what_is_older_than_a_week_is_read_whole_again_and_robots_txt_after_a_day(db):
    save(db, MEMORY, [CAPTURE])

    after_a_day, after_a_week = loaded(db, NOW + DAY), loaded(db, NOW + 7 * DAY)

    assert (after_a_day.robots, len(after_a_day.answers), len(after_a_day.articles)) == ((), 1, 1)
    assert (after_a_week.answers, after_a_week.articles, after_a_week.lists) == ((), (), ())


def test_an_article_is_asked_for_with_a_condition_after_a_week_and_whole_after_four(db):
    article = replace(ANSWER, key=CAPTURE.url, digest=CAPTURE.digest)
    save(db, replace(MEMORY, answers=(article,)), [CAPTURE])

    told = [len(loaded(db, NOW + days * DAY).answers) for days in (1, 6, 7, 27, 28)]

    assert told == [0, 0, 1, 1, 0]


def test_what_belongs_to_an_article_is_an_article_too(db):
    parts = replace(CAPTURE, headers={"X-Nianbao-Parts": f"{'c' * 64} {'d' * 64}"})
    save(db, replace(MEMORY, answers=(replace(ANSWER, digest="d" * 64),)), [parts])

    assert loaded(db, NOW + DAY).answers == ()


def test_what_the_archive_lacks_is_not_told(db):
    file = Enclosure(EnclosureKind.FILE, f"{PAGE}1.pdf", CAPTURE.url, "1.pdf", digest="e" * 64)
    save(db, MEMORY, [replace(CAPTURE, enclosures=(file,))])

    told = loaded(db, NOW + timedelta(hours=1), {"c" * 64}.__contains__)

    assert (told.answers, told.articles, told.robots) == ((), (), ())


def test_an_address_speaks_by_what_it_showed_last(db):
    newer = replace(CAPTURE, digest="f" * 64, fetched_at=NOW + DAY)
    save(db, MEMORY, [CAPTURE, newer])

    assert [article.digest for article in loaded(db, NOW + 2 * DAY).articles] == ["f" * 64]


def test_a_list_that_was_not_seen_whole_is_forgotten(db):
    save(db, MEMORY)

    save(db, PortalMemory("p", NOW + DAY, lost_lists=(PAGE,)), run="later")

    assert loaded(db, NOW + DAY).lists == ()


def test_a_run_that_is_taken_over_late_does_not_make_the_memory_older(db):
    save(db, replace(MEMORY, at=NOW + DAY, crawl_delay=9.0))

    save(db, MEMORY, run="earlier")

    assert loaded(db, NOW + 2 * DAY).crawl_delay == 9.0


def test_what_nobody_asked_for_in_three_months_is_forgotten(db):
    save(db, MEMORY)

    save(db, PortalMemory("p", NOW + 91 * DAY), run="later")

    assert db.execute("SELECT (SELECT count(*) FROM known_answers), count(*) FROM known_lists").fetchone() == (0, 0)


AGENCY = Agency("edu", "安丘市教育局", AgencyKind.LOCAL_DEPARTMENT, "370784", "p")
PDF = f"{PAGE}1.pdf"


def owe(db, status="suspected_missing", year=2024, due="2025-01-31"):
    save_registry(db, Registry((AGENCY,), (PORTAL,), ()), NOW)
    db.execute(
        "INSERT INTO obligations (agency, report_year, due, basis, is_statutory, status, errors, warnings, as_of) "
        "VALUES ('edu', ?, ?, '', 1, ?, 0, 0, '2025-02-10')",
        (year, due, status),
    )
    db.conn.commit()


@pytest.mark.parametrize(
    ("year", "due", "status", "lists"),
    [
        (2024, "2025-01-31", "suspected_missing", ()),
        (2024, "2025-01-31", "withdrawn", ()),
        # Never looked for, so never seen.
        (2024, "2025-01-31", "unknown", ()),
        (2024, "2025-02-10", "not_due", (LIST,)),
        (2024, None, "exempt", (LIST,)),
        (2022, "2023-01-31", "missing", ()),
    ],
)
def test_a_list_is_read_whole_where_a_verdict_hangs_on_the_next_look(db, year, due, status, lists):
    save(db, MEMORY)

    for each in (2024, 2022):
        owe(db, *((status, each, due) if each == year else ("not_due", each, "2025-12-31")))

    told = loaded(db, NOW + timedelta(hours=1))

    # A server that calls everything unchanged would show the pages of then for ever.
    assert (told.lists, told.answers) == (lists, (ANSWER,) if lists else ())


def test_a_list_is_read_whole_where_no_check_has_said_yet_what_is_due(db):
    save(db, MEMORY)
    save_registry(db, Registry((AGENCY,), (PORTAL,), ()), NOW)

    assert loaded(db, NOW + timedelta(hours=1)).lists == ()


def accuse(db, state, rule="malformed"):
    save_registry(db, Registry((AGENCY,), (PORTAL,), ()), NOW)
    fetched = replace(CAPTURE, scan="s-r", agency="edu", report_year=2024)
    empty = Report(form=None, title=None, agency_name=None, report_year=None)
    save_reports(db, (ReadCapture(fetched, "edu", 2024, empty, parser_version="1"),), at=NOW)
    db.execute(
        "INSERT INTO alerts (id, agency, report_year, rule, subject, state, opened_at, message, evidence) "
        "VALUES ('a', 'edu', 2024, ?, '', ?, '2025-02-10', '', '[]')",
        (rule, state),
    )
    db.conn.commit()


@pytest.mark.parametrize(
    ("state", "rule", "told"),
    [
        ("open", "malformed", (1, 1)),
        ("objected", "malformed", (1, 1)),
        ("resolved", "malformed", (2, 3)),
        ("open", "late", (2, 3)),
    ],
)
def test_a_report_that_is_accused_of_its_content_is_fetched_again_with_what_belongs_to_it(db, state, rule, told):
    other = replace(CAPTURE, url=f"{PAGE}2.html", digest="d" * 64)
    part = replace(CAPTURE, url=PDF, digest="e" * 64, part_of=CAPTURE.url)
    answers = [replace(ANSWER, key=each.url, digest=each.digest) for each in (CAPTURE, other, part)]
    save(db, replace(MEMORY, answers=answers), [CAPTURE, other, part])
    accuse(db, state, rule)

    soon, later = loaded(db, NOW + DAY), loaded(db, NOW + 8 * DAY)

    assert (len(soon.articles), len(later.answers)) == told


def test_who_asks_for_a_look_is_told_no_list_and_no_article(db):
    article = replace(ANSWER, key=CAPTURE.url, digest=CAPTURE.digest)
    save(db, replace(MEMORY, answers=(ANSWER, article)), [CAPTURE])

    soon = load_memory(db, ["p"], NOW + DAY, lambda _: True, is_afresh=True)[0]
    later = load_memory(db, ["p"], NOW + 8 * DAY, lambda _: True, is_afresh=True)[0]

    assert (soon.lists, soon.articles, soon.answers) == ((), (), (ANSWER,))
    assert later.answers == ()
