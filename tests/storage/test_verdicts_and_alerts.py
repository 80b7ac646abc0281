"""A check's result is saved as one, and the alert book forgets nothing."""

import dataclasses
import sqlite3
from datetime import date, datetime, timedelta

import pytest

from storage.database import (
    OutboxEntry,
    alerts,
    checked_at,
    findings_of,
    live_alerts,
    load_obligations,
    load_standings,
    mark_failed,
    mark_sent,
    open_database,
    save_attestation,
    save_registry,
    save_reports,
    save_transitions,
    save_verdicts,
    settle_transitions,
    transitions_of,
    unsent_transitions,
)
from storage.errors import DatabaseError
from storage.received import ReadCapture
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    Alert,
    AlertState,
    Attestation,
    Capture,
    Content,
    Finding,
    Obligation,
    Portal,
    Registry,
    Severity,
    Standing,
    Status,
    Transition,
)
from storage.report import Report

pytestmark = pytest.mark.clock

AT = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI)
LATER = AT + timedelta(hours=1)
DUE = date(2025, 1, 31)
OWED = Obligation("edu", 2024, DUE, "regulations-2019-49-1", is_statutory=True)
STANDING = Standing(
    "edu",
    2024,
    DUE,
    Status.LATE,
    published_on=date(2025, 2, 8),
    days_late=8,
    proof="stated",
    content=Content.MALFORMED,
    errors=2,
    warnings=1,
    url="http://127.0.0.1/1",
)
ALERT = Alert(
    "A1", "edu", 2024, "late", "", AlertState.OPEN, AT, "晚了8天", evidence=({"scan": "s1", "dates": ["2025-02-08"]},)
)
OPENED = Transition("A1", AT, None, AlertState.OPEN, "publication", message=ALERT.message, evidence=ALERT.evidence)
EMPTY = Report(form=None, title=None, agency_name=None, report_year=None)


@pytest.fixture
def db(tmp_path):
    database = open_database(tmp_path / "nianbao.db")
    yield database
    database.close()


def save(db, *, standings=(STANDING,), obligations=(OWED,), findings=None, transitions=(), as_of=AT):
    save_verdicts(
        db,
        standings=standings,
        obligations=obligations,
        findings=findings or {},
        transitions=transitions,
        as_of=as_of,
    )


def moved(alert, to_state, reason="", at=LATER, by=""):
    return dataclasses.replace(alert, state=to_state), Transition(alert.id, at, alert.state, to_state, reason, by)


def test_a_check_s_result_comes_back_as_it_was_saved(db):
    exempt = Obligation("tax", 2024, None, "regulations-2019-49-1", is_statutory=True, exempt_reason="机构已撤销")
    rest = Standing("tax", 2024, None, Status.EXEMPT, reason="机构已撤销")
    findings = (
        Finding("late", Severity.ERROR, "", "晚了8天", {"due": "2025-01-31"}),
        Finding(
            "cell-blank", Severity.WARNING, "applications/granted/total", "空白", {"text": "/", "cells": [1, None]}
        ),
    )

    save(db, standings=(rest, STANDING), obligations=(OWED, exempt), findings={("edu", 2024): findings})

    assert load_standings(db, 2024) == (STANDING, rest)
    assert load_obligations(db, 2024) == (OWED, exempt)
    assert findings_of(db, "edu", 2024) == findings
    assert (checked_at(db, 2024), checked_at(db, 2023)) == (AT, None)


def test_findings_are_replaced_as_a_whole_and_only_where_they_are_named(db):
    def finding(rule):
        return Finding(rule, Severity.ERROR, "", rule)

    tax, tax_owed = dataclasses.replace(STANDING, agency="tax"), dataclasses.replace(OWED, agency="tax")
    found = {("edu", 2024): (finding("late"), finding("section-missing")), ("tax", 2024): (finding("late"),)}
    save(db, standings=(STANDING, tax), obligations=(OWED, tax_owed), findings=found)

    save(db, findings={("edu", 2024): (finding("row-missing"),)}, as_of=LATER)

    assert [[each.rule for each in findings_of(db, agency, 2024)] for agency in ("edu", "tax")] == [
        ["row-missing"],
        ["late"],
    ]


def test_the_current_report_bears_the_content_verdict_and_the_findings(db):
    capture = Capture("a" * 64, "", "http://127.0.0.1/1", "http://127.0.0.1/1", 200, "text/html", AT, 10)
    save_reports(db, [ReadCapture(capture, "edu", 2024, EMPTY)], at=AT)

    save(db, findings={("edu", 2024): (Finding("row-missing", Severity.ERROR, "", "缺行"),)})

    assert db.execute("SELECT content FROM reports").fetchall() == [("malformed",)]
    assert db.execute("SELECT report, rule FROM findings").fetchall() == [(1, "row-missing")]


def test_an_agency_that_left_the_registry_leaves_the_year_at_the_next_check(db):
    portal = Portal("anqiu", "安丘", "http://127.0.0.1/", ("127.0.0.1:80",))
    agencies = [Agency(key, key, AgencyKind.LOCAL_DEPARTMENT, "370784", "anqiu") for key in ("edu", "tax")]
    tax, tax_owed = dataclasses.replace(STANDING, agency="tax"), dataclasses.replace(OWED, agency="tax")
    save_registry(db, Registry(tuple(agencies), (portal,), ()), AT)
    save(db, standings=(STANDING, tax), obligations=(OWED, tax_owed))

    save(db)
    both = [each.agency for each in load_standings(db, 2024)]
    save_registry(db, Registry((agencies[0],), (portal,), ()), AT)
    save(db)
    one = [each.agency for each in load_standings(db, 2024)]

    assert (both, one) == (["edu", "tax"], ["edu"])


def test_standings_without_their_obligations_are_refused(db):
    with pytest.raises(ValueError, match="not of the same agency-years"):
        save(db, obligations=())


def test_alerts_transitions_and_what_is_to_be_sent_are_saved_with_the_standings(db):
    save(db, transitions=[(ALERT, OPENED)])

    assert live_alerts(db) == alerts(db) == (ALERT,)
    assert transitions_of(db, "A1") == (OPENED,)
    assert unsent_transitions(db) == (OutboxEntry(1, OPENED, ALERT, frozenset(), {}, {}),)


def test_an_alert_that_cannot_be_saved_takes_the_whole_check_with_it(db):
    save_transitions(db, [(ALERT, OPENED)])
    twin = dataclasses.replace(ALERT, id="A2")

    with pytest.raises(DatabaseError, match="A1 is the same one and live"):
        save(db, transitions=[(twin, dataclasses.replace(OPENED, alert="A2"))])

    assert (load_standings(db, 2024), alerts(db), len(unsent_transitions(db))) == ((), (ALERT,), 1)


def test_what_cannot_be_put_into_the_outbox_is_not_opened_either(db):
    db.execute("CREATE TRIGGER no_room BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no room'); END")

    with pytest.raises(sqlite3.IntegrityError, match="no room"):
        save_transitions(db, [(ALERT, OPENED)])

    assert (alerts(db), transitions_of(db, "A1"), unsent_transitions(db)) == ((), (), ())


def test_the_history_of_an_alert_is_told_in_order(db):
    waived, waiving = moved(ALERT, AlertState.WAIVED, "机构合并", by="王敏")
    again, reopening = moved(waived, AlertState.OPEN, "误判")
    save_transitions(db, [(ALERT, OPENED)])

    save_transitions(db, [(waived, waiving)])
    ended = live_alerts(db)
    save_transitions(db, [(again, reopening)])

    assert (ended, live_alerts(db)) == ((), (again,))
    assert transitions_of(db, "A1") == (OPENED, waiving, reopening)


def test_of_two_who_move_an_alert_the_slower_one_is_told(db):
    save_transitions(db, [(ALERT, OPENED)])
    save_transitions(db, [moved(ALERT, AlertState.ACKNOWLEDGED, by="王敏")])

    with pytest.raises(DatabaseError, match="A1 is acknowledged, expected open"):
        save_transitions(db, [moved(ALERT, AlertState.RESOLVED)])
    with pytest.raises(DatabaseError, match="A9 does not exist, expected open"):
        save_transitions(db, [moved(dataclasses.replace(ALERT, id="A9"), AlertState.RESOLVED)])

    assert [alert.state for alert in alerts(db)] == [AlertState.ACKNOWLEDGED]


def test_an_ended_alert_is_not_reopened_beside_a_live_one(db):
    waived, waiving = moved(ALERT, AlertState.WAIVED)
    twin = dataclasses.replace(ALERT, id="A2")
    save_transitions(db, [(ALERT, OPENED), (waived, waiving), (twin, dataclasses.replace(OPENED, alert="A2"))])

    with pytest.raises(DatabaseError, match="A2 is the same one and live"):
        save_transitions(db, [moved(waived, AlertState.OPEN)])


def test_incidents_of_no_agency_are_told_apart_by_their_subject(db):
    incidents = [
        (
            Alert(key, None, None, "operator", subject, AlertState.OPEN, AT, "门户故障"),
            dataclasses.replace(OPENED, alert=key),
        )
        for key, subject in (("B1", "anqiu"), ("B2", "weifang"))
    ]

    save_transitions(db, incidents)

    with pytest.raises(sqlite3.IntegrityError):
        db.execute("UPDATE alerts SET subject = 'anqiu'")
    assert [alert.subject for alert in live_alerts(db)] == ["anqiu", "weifang"]


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE transitions SET reason = 'never happened'",
        "DELETE FROM transitions",
        "INSERT OR REPLACE INTO transitions SELECT * FROM transitions",
        "DELETE FROM attestations",
        "UPDATE attestations SET absent = 0",
        "DELETE FROM alerts",
    ],
)
def test_history_cannot_be_changed(db, act):
    save_transitions(db, [(ALERT, OPENED)])
    save_attestation(db, Attestation("edu", 2024, True, None, None, None, "王敏", "电话核实", AT))

    with pytest.raises(sqlite3.IntegrityError):
        db.execute(act)

    assert transitions_of(db, "A1") == (OPENED,)


def test_what_was_sent_leaves_the_outbox_when_it_is_settled(db):
    save_transitions(db, [(ALERT, OPENED)])

    mark_failed(db, [1], "mail", AT, "connection refused")
    mark_failed(db, [1], "mail", LATER, "timed out")
    mark_sent(db, [1], "robot", LATER)
    (entry,) = unsent_transitions(db)
    mark_sent(db, [1], "mail", LATER)
    (all_sent,) = unsent_transitions(db)
    settle_transitions(db, [1])

    assert (entry.delivered, entry.attempts, entry.errors) == ({"robot"}, {"mail": 2}, {"mail": "timed out"})
    assert (all_sent.delivered, all_sent.attempts, all_sent.errors) == ({"mail", "robot"}, {}, {})
    assert (unsent_transitions(db), alerts(db)[0].sent_at) == ((), LATER)


def test_a_late_failure_does_not_unsend_what_was_sent(db):
    save_transitions(db, [(ALERT, OPENED)])
    mark_sent(db, [1], "mail", AT)

    mark_failed(db, [1], "mail", LATER, "timed out")

    assert unsent_transitions(db)[0].delivered == {"mail"}
