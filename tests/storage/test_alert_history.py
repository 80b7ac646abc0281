"""The alert book is the fold of its history: it can be made anew from what was appended, and nothing else."""

from __future__ import annotations

import itertools
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from storage.database import (
    alerts,
    mark_sent,
    open_database,
    rebuild_alerts,
    rebuilt_alerts,
    save_transitions,
    transitions_of,
)
from storage.records import LIVE_STATES, SHANGHAI, Alert, AlertState, Transition
from storage.schema import MIGRATIONS

AT = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI)
LATER = AT + timedelta(hours=1)
ALERT = Alert("A1", "edu", 2024, "missing", "", AlertState.OPEN, AT, "未检索到", ({"kind": "law"},))
_SERIAL = itertools.count()


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    database = open_database(tmp_path_factory.mktemp("book") / "nianbao.db")
    yield database
    database.close()


def opening(alert):
    return alert, Transition(alert.id, alert.opened_at, None, alert.state, "开启")


def moving(before, after, at=LATER):
    return after, Transition(before.id, at, before.state, after.state, "变化", "王敏")


def test_a_transition_keeps_what_the_alert_said_from_then_on(db):
    grown = replace(ALERT, message="仍未检索到", evidence=({"kind": "law"}, {"kind": "scan"}))
    noted = replace(grown, state=AlertState.ACKNOWLEDGED)

    save_transitions(db, [opening(ALERT), moving(ALERT, grown), moving(grown, noted)])

    said = [(each.message, each.evidence) for each in transitions_of(db, "A1")]
    assert said == [(ALERT.message, ALERT.evidence), (grown.message, grown.evidence), (None, None)]


def test_the_table_can_be_dropped_and_made_anew_from_the_history(db):
    book = alerts(db)
    assert book
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("DELETE FROM alerts")
    db.execute("PRAGMA foreign_keys = ON")
    emptied = alerts(db)

    rebuild_alerts(db)

    assert (emptied, alerts(db)) == ((), book)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []


STATES = st.sampled_from(AlertState)
CHANGES = st.lists(
    st.tuples(st.integers(0, 3), STATES, st.sampled_from(["甲", "乙\ud83d"]), st.integers(0, 2), st.booleans()),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CHANGES)
def test_whatever_happened_the_book_equals_the_fold_of_its_history(db, changes):
    book = {}
    group = next(_SERIAL)
    for step, (which, state, message, scans, is_sent) in enumerate(changes):
        key = f"P{group}-{which}"
        at = AT + timedelta(hours=step)
        evidence = tuple({"kind": "scan", "id": str(number)} for number in range(scans))
        before = book.get(key)
        if before is None:
            after = Alert(key, None, 2024, "operator", key, AlertState.OPEN, at, message, evidence)
            save_transitions(db, [opening(after)])
        else:
            says = (message, evidence) if state in LIVE_STATES else (before.message, before.evidence)
            after = replace(before, state=state, message=says[0], evidence=says[1])
            save_transitions(db, [moving(before, after, at)])
        book[key] = after
        if is_sent:
            (number,) = db.execute("SELECT min(id) FROM transitions WHERE alert = ?", (key,)).fetchone()
            # The clock of who sends may go back, and a message may be taken twice.
            mark_sent(db, [number], f"mail-{step % 2}", at - timedelta(hours=3 * (step % 3)))

    assert rebuilt_alerts(db) == alerts(db)


def test_an_older_book_keeps_what_it_says_where_it_last_changed(tmp_path):
    path = tmp_path / "nianbao.db"
    old = Database(sqlite3.connect(path))
    MIGRATIONS.apply(old, stop_before="alert_events")
    old.execute("INSERT INTO agencies (id, name) VALUES ('edu', '教育局')")
    for key in ("A1", "A2"):
        old.execute(
            "INSERT INTO alerts VALUES (?, 'edu', 2024, ?, '', 'acknowledged', ?, '两处', ?, NULL)",
            (key, f"rule-{key}", AT.isoformat(), '[{"kind":"law"}]'),
        )
    moves = [("A1", None, "open"), ("A2", None, "open"), ("A1", "open", "open"), ("A1", "open", "acknowledged"),
             ("A2", "open", "acknowledged")]  # fmt: skip
    for alert, from_state, to_state in moves:
        old.execute(
            "INSERT INTO transitions (alert, \"at\", from_state, to_state, reason, \"by\") VALUES (?, ?, ?, ?, '', '')",
            (alert, AT.isoformat(), from_state, to_state),
        )
    old.conn.commit()
    old.close()

    new = open_database(path)
    said = {key: [each.message for each in transitions_of(new, key)] for key in ("A1", "A2")}
    books = alerts(new), rebuilt_alerts(new)
    with pytest.raises(sqlite3.IntegrityError, match="only appended"):
        new.execute("UPDATE transitions SET reason = ''")
    new.close()

    assert said == {"A1": ["", "两处", None], "A2": ["两处", None]}
    assert books[0] == books[1]
    assert [alert.message for alert in books[0]] == ["两处", "两处"]
