"""The alert book: alerts and their history; what of it is not told yet: `storage.database.deliveries`.

The history is the truth: every transition says what the alert said from then on where that changed, the
opening one also whom it is about. `alerts` is the fold of it, kept for speed; `rebuild_alerts` makes it anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from storage.database.agencies import ensure_agencies
from storage.database.connection import answer, answers, put, put_all, reading, writing
from storage.database.values import instant_text, json_text, read_instant, read_json, storable
from storage.errors import DatabaseError
from storage.records import LIVE_STATES, Alert, AlertState, Telling, Transition

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlite_utils import Database

TRANSITION_COLUMNS = 't.alert, t."at", t.from_state, t.to_state, t.reason, t."by", t.message, t.evidence'
"""The columns of `transitions AS t` that `read_transition` takes, in its order."""

_ALERT_COLUMNS = "id, agency, report_year, rule, subject, state, opened_at, message, evidence, sent_at"
_INSERT_ALERT = f"INSERT INTO alerts ({_ALERT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

_News = tuple[str | None, str | None, str | None]
"""Message, evidence and `about` as a transition stores them, None where it says nothing of it."""


def save_transitions(db: Database, transitions: Sequence[tuple[Alert, Transition]]) -> None:
    """Move alerts on, append to their history and put that into the outbox, all of it or nothing.

    Each alert comes as it is after its transition; it opens at its first one. What it says is stored with
    the transition where that is new, whatever `message` and `evidence` of the transition are. DatabaseError
    where one is not in the state that the transition starts from (somebody else was faster), or where a second
    live alert of the same agency, year, rule and subject would be opened: read the book again and decide anew.
    """
    with writing(db):
        for alert, transition in transitions:
            start = transition.from_state
            news: _News = _open(db, alert) if start is None else _move(db, alert, start)
            number = put(
                db,
                'INSERT INTO transitions (alert, "at", from_state, to_state, reason, "by", message, evidence, about) '
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    transition.alert,
                    instant_text(transition.at),
                    start.value if start else None,
                    transition.to_state.value,
                    transition.reason,
                    transition.by,
                    *news,
                ),
            ).lastrowid
            put(db, "INSERT INTO outbox VALUES (?, ?)", (number, instant_text(transition.at)))


def accused_years(db: Database) -> tuple[int, ...]:
    """The report years of which an alert about an agency is alive, latest first."""
    sql = (
        "SELECT DISTINCT report_year FROM alerts WHERE agency IS NOT NULL AND report_year IS NOT NULL "
        "AND state IN (SELECT value FROM json_each(?)) ORDER BY report_year DESC"
    )
    return tuple(year for (year,) in answers(db, sql, (json_text(sorted(LIVE_STATES)),)))


def live_alerts(db: Database) -> tuple[Alert, ...]:
    """Alerts that have not ended, oldest first."""
    return _alerts(db, "WHERE state IN (?, ?, ?)", tuple(sorted(state.value for state in LIVE_STATES)))


def alerts(db: Database) -> tuple[Alert, ...]:
    """Every alert that was ever opened, oldest first."""
    return _alerts(db, "", ())


def alerts_of_year(db: Database, report_year: int, agencies: Collection[str] | None = None) -> tuple[Alert, ...]:
    """Every alert of that report year, oldest first; of all, or of these agencies and the operator's."""
    where = "WHERE report_year = ?"
    if agencies is None:
        return _alerts(db, where, (report_year,))
    of = " AND (agency IS NULL OR agency IN (SELECT value FROM json_each(?)))"
    return _alerts(db, where + of, (report_year, json_text(sorted(agencies))))


def transitions_of(db: Database, alert: str) -> tuple[Transition, ...]:
    """The history of one alert, in the order in which it happened."""
    rows = answers(
        db,
        f"SELECT {TRANSITION_COLUMNS} FROM transitions AS t WHERE t.alert = ? ORDER BY t.id",
        (alert,),
    )
    return tuple(map(read_transition, rows))


def tellings_of(db: Database, alert: str) -> tuple[Telling, ...]:
    """Who was told of one alert, by transition and channel, and who could not be."""
    rows = answers(
        db,
        "SELECT (SELECT count(*) FROM transitions AS b WHERE b.alert = t.alert AND b.id < t.id), d.channel, d.sent_at, "
        "d.stand_in, d.last_error FROM transitions AS t JOIN deliveries AS d ON d.transition = t.id "
        "WHERE t.alert = ? ORDER BY t.id, d.channel",
        (alert,),
    )
    return tuple(
        Telling(number, channel, read_instant(sent) if sent else None, stand_in, error)
        for number, channel, sent, stand_in, error in rows
    )


def turns_of(db: Database, ids: Collection[str]) -> dict[str, tuple[datetime, ...]]:
    """Id → when checks opened or ended the alert, in order; ids without a history are absent."""
    turns: dict[str, list[datetime]] = {}
    for alert, at in answers(
        db,
        'SELECT alert, "at" FROM transitions WHERE alert IN (SELECT value FROM json_each(?)) '
        "AND (from_state IS NULL OR to_state = 'resolved') ORDER BY id",
        (json_text(sorted(ids)),),
    ):
        turns.setdefault(alert, []).append(read_instant(at))
    return {alert: tuple(instants) for alert, instants in turns.items()}


def last_told(db: Database, repeat: str) -> dict[str, datetime]:
    """Id of every open alert that somebody was told of → when last, or when it was last to be told again.

    `repeat` is the reason of the transitions that tell an alert again: one that waits for its receivers counts
    as told, or it would be repeated at every check.
    """
    rows = answers(
        db,
        """
        SELECT a.id, max(coalesce(d.sent_at, ''), CASE WHEN t.reason = ? THEN t."at" ELSE '' END) AS told
        FROM alerts AS a JOIN transitions AS t ON t.alert = a.id LEFT JOIN deliveries AS d ON d.transition = t.id
        WHERE a.state = 'open' AND a.sent_at IS NOT NULL ORDER BY told
        """,
        (repeat,),
    )
    return {alert: read_instant(told) for alert, told in rows if told}


def rebuilt_alerts(db: Database) -> tuple[Alert, ...]:
    """The alert book as its history alone makes it, oldest first: what `alerts` gives, by another way."""
    with reading(db):
        rows = answers(db, f"SELECT t.about, {TRANSITION_COLUMNS} FROM transitions AS t ORDER BY t.id")
        told = dict(
            answers(
                db,
                "SELECT t.alert, min(d.sent_at) FROM deliveries AS d JOIN transitions AS t ON t.id = d.transition "
                "WHERE d.sent_at IS NOT NULL GROUP BY t.alert",
            )
        )
    book: dict[str, Alert] = {}
    for about, *row in rows:
        transition = read_transition(row)
        before = book.get(transition.alert)
        book[transition.alert] = _opened(transition, read_json(about)) if before is None else _after(before, transition)
    sent = ((alert, told.get(alert.id)) for alert in book.values())
    whole = (replace(alert, sent_at=read_instant(at) if at else None) for alert, at in sent)
    return tuple(sorted(whole, key=lambda alert: (instant_text(alert.opened_at), alert.id)))


def rebuild_alerts(db: Database) -> None:
    """Make the table `alerts` anew from the history."""
    with writing(db):
        # References to the rows are checked when all of them are back.
        db.conn.execute("PRAGMA defer_foreign_keys = ON")
        book = rebuilt_alerts(db)
        put(db, "DELETE FROM alerts", ())
        put_all(db, _INSERT_ALERT, map(_alert_row, book))


def alerts_about(db: Database, subject: str) -> tuple[Alert, ...]:
    """Every alert whose subject begins so, oldest first."""
    return _alerts(db, "WHERE substr(subject, 1, length(?1)) = ?1", (subject,))


def alerts_in_outbox(db: Database) -> dict[str, Alert]:
    """The alerts of which something is not settled, by their ids."""
    found = _alerts(
        db, "WHERE id IN (SELECT alert FROM transitions JOIN outbox ON outbox.transition = transitions.id)", ()
    )
    return {alert.id: alert for alert in found}


def _open(db: Database, alert: Alert) -> _News:
    """What the history keeps of it: message, evidence, whom it is about."""
    if alert.agency is not None:
        ensure_agencies(db, (alert.agency,), alert.opened_at)
    taken = answer(
        db,
        "SELECT id FROM alerts WHERE id = ? OR (coalesce(agency, '') = coalesce(?, '') "
        "AND coalesce(report_year, 0) = coalesce(?, 0) AND rule = ? AND subject = ? "
        "AND state IN ('open', 'acknowledged', 'objected'))",
        (alert.id, alert.agency, alert.report_year, alert.rule, alert.subject),
    )
    if taken is not None:
        raise DatabaseError("alert_is_live", alert.id, taken[0])
    put(db, _INSERT_ALERT, _alert_row(alert))
    about = {
        "agency": alert.agency,
        "report_year": alert.report_year,
        "rule": alert.rule,
        "subject": alert.subject,
    }
    return alert.message, json_text(alert.evidence), json_text(about)


def _move(db: Database, alert: Alert, from_state: AlertState) -> _News:
    """What the history keeps of it: message and evidence where they are new."""
    found = answer(db, "SELECT state, message, evidence FROM alerts WHERE id = ?", (alert.id,))
    if found is None:
        raise DatabaseError("alert_absent", alert.id, from_state.value)
    if found[0] != from_state.value:
        raise DatabaseError("alert_moved", alert.id, found[0], from_state.value)
    if alert.state in LIVE_STATES and from_state not in LIVE_STATES:
        twin = answer(
            db,
            "SELECT id FROM alerts WHERE id != ? AND coalesce(agency, '') = coalesce(?, '') "
            "AND coalesce(report_year, 0) = coalesce(?, 0) AND rule = ? AND subject = ? "
            "AND state IN ('open', 'acknowledged', 'objected')",
            (alert.id, alert.agency, alert.report_year, alert.rule, alert.subject),
        )
        if twin is not None:
            raise DatabaseError("alert_is_live_again", alert.id, twin[0])
    message, evidence = storable((alert.message, json_text(alert.evidence)))
    put(
        db,
        "UPDATE alerts SET state = ?, message = ?, evidence = ? WHERE id = ?",
        (alert.state.value, message, evidence, alert.id),
    )
    return message if message != found[1] else None, evidence if evidence != found[2] else None, None


def _alert_row(alert: Alert) -> tuple[Any, ...]:
    return (
        *(alert.id, alert.agency, alert.report_year, alert.rule, alert.subject, alert.state.value),
        *(instant_text(alert.opened_at), alert.message, json_text(alert.evidence)),
        instant_text(alert.sent_at) if alert.sent_at else None,
    )


def _opened(transition: Transition, about: Mapping[str, Any]) -> Alert:
    if transition.message is None or transition.evidence is None:
        raise ValueError(f"the first transition of {transition.alert} does not say what the alert says")
    return Alert(
        id=transition.alert,
        **about,
        state=transition.to_state,
        opened_at=transition.at,
        message=transition.message,
        evidence=transition.evidence,
    )


def _after(alert: Alert, transition: Transition) -> Alert:
    return replace(
        alert,
        state=transition.to_state,
        message=alert.message if transition.message is None else transition.message,
        evidence=alert.evidence if transition.evidence is None else transition.evidence,
    )


def _alerts(db: Database, where: str, values: tuple[str | int, ...]) -> tuple[Alert, ...]:
    rows = answers(db, f"SELECT {_ALERT_COLUMNS} FROM alerts {where} ORDER BY opened_at, id", values)
    return tuple(
        Alert(
            id=key,
            agency=agency,
            report_year=year,
            rule=rule,
            subject=subject,
            state=AlertState(state),
            opened_at=read_instant(opened),
            message=message,
            evidence=tuple(read_json(evidence)),
            sent_at=read_instant(sent) if sent else None,
        )
        for key, agency, year, rule, subject, state, opened, message, evidence, sent in rows
    )


def read_transition(row: Sequence[Any]) -> Transition:
    """A transition of a row of TRANSITION_COLUMNS."""
    alert, at, from_state, to_state, reason, by, message, evidence = row
    return Transition(
        alert=alert,
        at=read_instant(at),
        from_state=AlertState(from_state) if from_state else None,
        to_state=AlertState(to_state),
        reason=reason,
        by=by,
        message=message,
        evidence=None if evidence is None else tuple(read_json(evidence)),
    )
