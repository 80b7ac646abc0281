"""Whoever stores evidence notes in the same transaction whose standing it may change."""

from datetime import datetime, timedelta

import pytest

from storage.database import (
    open_database,
    save_attestation,
    save_dismissals,
    save_registry,
    save_reports,
    save_run,
)
from storage.database.agenda import (
    Entry,
    PortalEntry,
    due_agencies,
    due_portals,
    last_check,
    save_agenda,
    unchecked_portals,
)
from storage.database.connection import writing
from storage.received import Dismissal, ReadCapture
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    Attestation,
    Candidate,
    Capture,
    Outcome,
    Portal,
    Registry,
    Scan,
)
from tests.builders import report

AT = datetime(2025, 2, 1, 8, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
PORTALS = ("a", "b", "c")
REGISTRY = Registry(
    tuple(Agency(f"{key}1", f"{key}局", AgencyKind.LOCAL_DEPARTMENT, "370784", key) for key in PORTALS),
    tuple(Portal(key, key, f"http://{key}/", (f"{key}:80",)) for key in PORTALS),
    (),
)
CAPTURE = Capture("e" * 64, "s1", "http://b/1", "http://b/1", 200, "text/html", AT, 9, agency="b1", report_year=2024)


@pytest.fixture
def db(tmp_path):
    database = open_database(tmp_path / "nianbao.db")
    save_registry(database, REGISTRY, AT)
    save_agenda(database, 2024, (), {}, as_of=AT, whole_basis="basis")
    yield database
    database.close()


def run(**parts):
    scan = Scan("s1", "r1", "a", "http://a/nb/", ("a1",), AT, AT, Outcome.COMPLETE)
    return {"run_id": "r1", "scans": [scan], "candidates": [], "captures": [], "reports": [], "at": AT, **parts}


READ = ReadCapture(CAPTURE, "b1", 2024, report(), parser_version="1")
WORD = Attestation("b1", 2024, True, None, None, None, "王敏", "已看", AT)
STORED = {
    "a scan": (lambda db: save_run(db, **run()), {"a"}),
    "a row of another portal's agency": (
        lambda db: save_run(db, **run(candidates=[Candidate("s1", "年报", "http://a/9", None, "b1", 2024)])),
        {"a", "b"},
    ),
    "a report": (lambda db: save_run(db, **run(captures=[CAPTURE], reports=[READ])), {"a", "b"}),
    "a report on its own": (lambda db: save_reports(db, [READ], at=AT), {"b"}),
    "a person's word": (lambda db: save_attestation(db, WORD), {"b"}),
    "a dismissal": (lambda db: save_dismissals(db, [Dismissal(CAPTURE, "b1", 2024, "not_a_report")], at=AT), {"b"}),
}


@pytest.mark.parametrize(("store", "portals"), STORED.values(), ids=STORED.keys())
def test_what_is_stored_leaves_its_portals_unchecked(db, store, portals):
    store(db)

    assert unchecked_portals(db, 2024) == portals


def test_a_row_without_a_name_leaves_the_owner_of_the_report_behind_it_unchecked(db):
    save_reports(db, [READ], at=AT)
    save_agenda(db, 2024, (), {"b": PortalEntry(None, is_cut_off=False)}, as_of=AT)

    save_run(db, **run(candidates=[Candidate("s1", "年报", "http://b/1", None, None, None)]))

    assert unchecked_portals(db, 2024) == {"a", "b"}


def test_what_fails_to_be_stored_leaves_nothing_unchecked(db):
    def fail():
        with writing(db):
            save_attestation(db, WORD)
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        fail()

    assert unchecked_portals(db, 2024) == frozenset()


def test_a_checked_portal_is_no_longer_unchecked_and_others_are(db):
    save_run(db, **run(captures=[CAPTURE], reports=[READ]))

    save_agenda(db, 2024, (), {"a": PortalEntry(None, is_cut_off=False)}, as_of=AT + HOUR)

    assert unchecked_portals(db, 2024) == {"b"}
    assert (last_check(db, 2024).as_of, last_check(db, 2024).whole_at) == (AT + HOUR, AT)


def test_a_year_that_was_never_checked_has_nothing_unchecked(db):
    save_run(db, **run())

    assert (unchecked_portals(db, 2023), last_check(db, 2023)) == (frozenset(), None)


def test_what_is_due_is_due_from_its_instant_on(db):
    entries = [
        Entry("a1", AT + HOUR, None, None, ""),
        Entry("b1", AT + 2 * HOUR, None, None, ""),
        Entry("c1", None, None, None, ""),
    ]
    portals = {"a": PortalEntry(AT + HOUR, is_cut_off=False), "b": PortalEntry(None, is_cut_off=True)}

    save_agenda(db, 2024, entries, portals, as_of=AT)

    due = [due_agencies(db, 2024, AT + hours * HOUR) for hours in (0, 1, 2)]
    assert due == [frozenset(), {"a1"}, {"a1", "b1"}]
    assert [due_portals(db, 2024, AT + hours * HOUR) for hours in (0, 1)] == [frozenset(), {"a"}]
