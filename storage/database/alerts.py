"""The alert book: alerts, their history, and what of it has not been sent yet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.database.agencies import ensure_agencies
from storage.database.connection import answer, answers, put, put_all, reading, writing
from storage.database.values import instant_text, json_text, read_instant, read_json
from storage.errors import DatabaseError
from storage.records import LIVE_STATES, Alert, AlertState, Transition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlite_utils import Database

_ALERT_COLUMNS = "id, agency, report_year, rule, subject, state, opened_at, message, evidence, sent_at"


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One transition that is not settled: `delivered` are the channels that took it, `attempts` how often
    each of the others refused, `errors` what it said last. `alert` is as it is now."""

    id: int
    transition: Transition
    alert: Alert
    delivered: frozenset[str]
    attempts: Mapping[str, int]
    errors: Mapping[str, str]


def save_transitions(db: Database, transitions: Sequence[tuple[Alert, Transition]]) -> None:
    """Move alerts on, append to their history and put that into the outbox, all of it or nothing.

    Each alert comes as it is after its transition. DatabaseError where one is not in the state that the
    transition starts from (somebody else was faster), or where a second live alert of the same agency,
    year, rule and subject would be opened: read the alert book again and decide anew.
    """
    with writing(db):
        for alert, transition in transitions:
            if transition.from_state is None:
                _open(db, alert)
            else:
                _move(db, alert, transition.from_state)
            number = put(
                db,
                'INSERT INTO transitions (alert, "at", from_state, to_state, reason, "by") VALUES (?, ?, ?, ?, ?, ?)',
                (
                    transition.alert,
                    instant_text(transition.at),
                    transition.from_state.value if transition.from_state else None,
                    transition.to_state.value,
                    transition.reason,
                    transition.by,
                ),
            ).lastrowid
            put(db, "INSERT INTO outbox VALUES (?, ?)", (number, instant_text(transition.at)))


def live_alerts(db: Database) -> tuple[Alert, ...]:
    """Alerts that have not ended, oldest first."""
    return _alerts(db, "WHERE state IN (?, ?, ?)", tuple(sorted(state.value for state in LIVE_STATES)))


def alerts(db: Database) -> tuple[Alert, ...]:
    """Every alert that was ever opened, oldest first."""
    return _alerts(db, "", ())


def transitions_of(db: Database, alert: str) -> tuple[Transition, ...]:
    """The history of one alert, in the order in which it happened."""
    rows = answers(
        db,
        'SELECT alert, "at", from_state, to_state, reason, "by" FROM transitions WHERE alert = ? ORDER BY id',
        (alert,),
    )
    return tuple(map(_read_transition, rows))


def unsent_transitions(db: Database) -> tuple[OutboxEntry, ...]:
    """The outbox: every transition that is not settled, oldest first."""
    with reading(db):
        rows = answers(
            db,
            'SELECT t.id, t.alert, t."at", t.from_state, t.to_state, t.reason, t."by" '
            "FROM outbox JOIN transitions AS t ON t.id = outbox.transition ORDER BY t.id",
        )
        concerned = {
            alert.id: alert
            for alert in _alerts(
                db,
                "WHERE id IN (SELECT alert FROM transitions JOIN outbox ON outbox.transition = transitions.id)",
                (),
            )
        }
        deliveries = answers(
            db,
            "SELECT d.transition, d.channel, d.sent_at, d.attempts, d.last_error "
            "FROM outbox JOIN deliveries AS d ON d.transition = outbox.transition",
        )
    delivered: dict[int, set[str]] = defaultdict(set)
    attempts: dict[int, dict[str, int]] = defaultdict(dict)
    errors: dict[int, dict[str, str]] = defaultdict(dict)
    for transition, channel, sent_at, count, error in deliveries:
        if sent_at is not None:
            delivered[transition].add(channel)
        else:
            attempts[transition][channel] = count
            errors[transition][channel] = error
    return tuple(
        OutboxEntry(
            key, _read_transition(row), concerned[row[0]], frozenset(delivered[key]), attempts[key], errors[key]
        )
        for key, *row in rows
    )


def mark_sent(db: Database, transition_ids: Sequence[int], channel: str, at: datetime) -> None:
    """Record that a channel took these transitions, by the receiver's own word. They stay in the outbox
    until `settle_transitions`, because other channels may still want them."""
    sent = instant_text(at)
    with writing(db):
        put_all(
            db,
            "INSERT INTO deliveries (transition, channel, sent_at, attempts, last_attempt_at) VALUES (?, ?, ?, 1, ?) "
            "ON CONFLICT (transition, channel) DO UPDATE SET sent_at = coalesce(sent_at, excluded.sent_at), "
            "attempts = attempts + 1, last_attempt_at = excluded.last_attempt_at, last_error = NULL",
            ((key, channel, sent, sent) for key in transition_ids),
        )
        put_all(
            db,
            "UPDATE alerts SET sent_at = ? "
            "WHERE sent_at IS NULL AND id = (SELECT alert FROM transitions WHERE transitions.id = ?)",
            ((sent, key) for key in transition_ids),
        )


def mark_failed(db: Database, transition_ids: Sequence[int], channel: str, at: datetime, error: str) -> None:
    """Record that a channel did not take these transitions, and what it said; they stay unsent."""
    with writing(db):
        put_all(
            db,
            "INSERT INTO deliveries (transition, channel, attempts, last_attempt_at, last_error) "
            "VALUES (?, ?, 1, ?, ?) ON CONFLICT (transition, channel) DO UPDATE SET attempts = attempts + 1, "
            "last_attempt_at = excluded.last_attempt_at, last_error = excluded.last_error WHERE sent_at IS NULL",
            ((key, channel, instant_text(at), error) for key in transition_ids),
        )


def settle_transitions(db: Database, transition_ids: Sequence[int]) -> None:
    """Take transitions out of the outbox: every channel that wants them has them."""
    with writing(db):
        put_all(db, "DELETE FROM outbox WHERE transition = ?", ((key,) for key in transition_ids))


def _open(db: Database, alert: Alert) -> None:
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
    put(
        db,
        f"INSERT INTO alerts ({_ALERT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(alert.id, alert.agency, alert.report_year, alert.rule, alert.subject, alert.state.value),
            *(instant_text(alert.opened_at), alert.message, json_text(alert.evidence)),
            instant_text(alert.sent_at) if alert.sent_at else None,
        ),
    )


def _move(db: Database, alert: Alert, from_state: AlertState) -> None:
    found = answer(db, "SELECT state FROM alerts WHERE id = ?", (alert.id,))
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
    put(
        db,
        "UPDATE alerts SET state = ?, opened_at = ?, message = ?, evidence = ? WHERE id = ?",
        (alert.state.value, instant_text(alert.opened_at), alert.message, json_text(alert.evidence), alert.id),
    )


def _alerts(db: Database, where: str, values: tuple[str, ...]) -> tuple[Alert, ...]:
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


def _read_transition(row: Sequence[Any]) -> Transition:
    alert, at, from_state, to_state, reason, by = row
    return Transition(
        alert=alert,
        at=read_instant(at),
        from_state=AlertState(from_state) if from_state else None,
        to_state=AlertState(to_state),
        reason=reason,
        by=by,
    )
