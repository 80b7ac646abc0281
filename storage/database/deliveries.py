"""The outbox, and what became of it: deliveries by channel, attempts, how each channel fares.

A transition lies in the outbox from the transaction that made it until every channel that wants it has it.
Before a message leaves, its attempt is committed; the receiver's word moves it on. Channels go by their keys,
and every error that is kept here is without secrets: see `monitor.notices.channels`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage.database.alerts import TRANSITION_COLUMNS, alerts_in_outbox, read_transition
from storage.database.connection import answer, answers, put, put_all, reading, writing
from storage.database.values import instant_text, json_text, read_instant, read_json
from storage.records import AttemptState, ChannelState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlite_utils import Database

    from storage.records import Alert, Transition

_STATE_COLUMNS = (
    "channel, address_mark, failures, failing_since, rest_until, asked_until, last_sent_at, last_error, dead_since"
)


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One transition that is not settled: `delivered` are the channels that took it, or for which another took
    it; `attempts` how often each of the others failed, `errors` what it said last. `uncertain` names the message
    as which a channel may have got it. `alert` is as it is now."""

    id: int
    transition: Transition
    alert: Alert
    delivered: frozenset[str]
    attempts: Mapping[str, int]
    errors: Mapping[str, str]
    uncertain: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeliveryFigures:
    """How telling people goes: transitions that are not settled, and since when the oldest of them waits; those
    that may have arrived; each channel's state."""

    unsent: int
    oldest_unsent_at: datetime | None
    uncertain: Mapping[str, int]
    channels: tuple[ChannelState, ...]

    @property
    def dead(self) -> tuple[str, ...]:
        """The channels that are left alone because they cannot work as they are set up."""
        return tuple(state.channel for state in self.channels if state.dead_since is not None)


def unsent_transitions(db: Database) -> tuple[OutboxEntry, ...]:
    """The outbox: every transition that is not settled, oldest first."""
    with reading(db):
        rows = answers(
            db,
            f"SELECT t.id, {TRANSITION_COLUMNS} "
            "FROM outbox JOIN transitions AS t ON t.id = outbox.transition ORDER BY t.id",
        )
        concerned = alerts_in_outbox(db)
        deliveries = answers(
            db,
            "SELECT d.transition, d.channel, coalesce(d.sent_at, d.stand_in) IS NOT NULL, d.attempts, d.last_error, "
            "d.uncertain_at IS NOT NULL, d.message "
            "FROM outbox JOIN deliveries AS d ON d.transition = outbox.transition",
        )
    delivered: dict[int, set[str]] = defaultdict(set)
    attempts: dict[int, dict[str, int]] = defaultdict(dict)
    errors: dict[int, dict[str, str]] = defaultdict(dict)
    uncertain: dict[int, dict[str, str]] = defaultdict(dict)
    for transition, channel, is_done, count, error, is_uncertain, message in deliveries:
        if is_done:
            delivered[transition].add(channel)
            continue
        attempts[transition][channel] = count
        errors[transition][channel] = error
        if is_uncertain:
            uncertain[transition][channel] = message
    return tuple(
        OutboxEntry(
            id=key,
            transition=read_transition(row),
            alert=concerned[row[0]],
            delivered=frozenset(delivered[key]),
            attempts=attempts[key],
            errors=errors[key],
            uncertain=uncertain[key],
        )
        for key, *row in rows
    )


def told_at(db: Database, channel: str) -> dict[str, datetime]:
    """When a channel was last told of each alert of which something is not settled, as far as it may know of it."""
    rows = answers(
        db,
        "SELECT t.alert, max(coalesce(d.sent_at, d.uncertain_at)) FROM deliveries AS d "
        "JOIN transitions AS t ON t.id = d.transition WHERE d.channel = ? "
        "AND t.alert IN (SELECT alert FROM transitions JOIN outbox ON outbox.transition = transitions.id) "
        "AND coalesce(d.sent_at, d.uncertain_at) IS NOT NULL GROUP BY t.alert",
        (channel,),
    )
    return {alert: read_instant(at) for alert, at in rows}


def mark_sent(db: Database, transition_ids: Sequence[int], channel: str, at: datetime) -> None:
    """Record that a channel took these transitions, by the receiver's own word. They stay in the outbox
    until `settle_transitions`, because other channels may still want them."""
    sent = instant_text(at)
    with writing(db):
        put_all(
            db,
            "INSERT INTO deliveries (transition, channel, sent_at, attempts, last_attempt_at) VALUES (?, ?, ?, 1, ?) "
            "ON CONFLICT (transition, channel) DO UPDATE SET "
            "sent_at = min(coalesce(sent_at, excluded.sent_at), excluded.sent_at), "
            "attempts = attempts + 1, last_attempt_at = excluded.last_attempt_at, last_error = NULL",
            ((key, channel, sent, sent) for key in transition_ids),
        )
        put_all(
            db,
            "UPDATE alerts SET sent_at = min(coalesce(sent_at, ?1), ?1) "
            "WHERE id = (SELECT alert FROM transitions WHERE transitions.id = ?2)",
            ((sent, key) for key in transition_ids),
        )


def mark_stood_in(db: Database, transition_ids: Sequence[int], channel: str, stand_in: str, at: datetime) -> None:
    """Record that another channel took these transitions in the place of a dead one."""
    with writing(db):
        put_all(
            db,
            "INSERT INTO deliveries (transition, channel, attempts, last_attempt_at, stand_in) VALUES (?, ?, 0, ?, ?) "
            "ON CONFLICT (transition, channel) DO UPDATE SET stand_in = excluded.stand_in",
            ((key, channel, instant_text(at), stand_in) for key in transition_ids),
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


def begin_attempt(db: Database, message: str, channel: str, transition_ids: Sequence[int], at: datetime) -> int:
    """Record that a message is about to leave, and give the number of this attempt."""
    with writing(db):
        number = put(
            db,
            "INSERT INTO attempts (message, channel, state, started_at, transitions) VALUES (?, ?, ?, ?, ?)",
            (message, channel, AttemptState.SENDING.value, instant_text(at), json_text(list(transition_ids))),
        ).lastrowid
    assert number is not None  # noqa: S101 - a row was inserted
    return number


def end_attempt(db: Database, number: int, state: AttemptState, at: datetime, error: str | None = None) -> None:
    """Record the receiver's word on an attempt, and what it means for the transitions that it carried."""
    with writing(db):
        row = answer(
            db, "SELECT message, channel, transitions FROM attempts WHERE number = ? AND state = 'sending'", (number,)
        )
        if row is None:
            return
        message, channel, carried = row
        transition_ids = read_json(carried)
        put(
            db,
            "UPDATE attempts SET state = ?, ended_at = ?, error = ? WHERE number = ?",
            (state.value, instant_text(at), error, number),
        )
        if state is AttemptState.SENT:
            mark_sent(db, transition_ids, channel, at)
            return
        mark_failed(db, transition_ids, channel, at, error or state.value)
        if state is AttemptState.UNCERTAIN:
            put_all(
                db,
                "UPDATE deliveries SET uncertain_at = ?, message = ? WHERE transition = ? AND channel = ?",
                ((instant_text(at), message, key, channel) for key in transition_ids),
            )


def abandoned_attempts(db: Database, channel: str) -> tuple[int, ...]:
    """The attempts of a channel whose end nobody wrote down. Ask under the channel's lease: then nobody will."""
    rows = answers(
        db, "SELECT number FROM attempts WHERE channel = ? AND state = 'sending' ORDER BY number", (channel,)
    )
    return tuple(number for (number,) in rows)


def attempts_between(db: Database, channel: str, after: datetime, until: datetime) -> int:
    """How many messages left for a channel after one instant and until another, whatever became of them."""
    row = answer(
        db,
        "SELECT count(*) FROM attempts WHERE channel = ? AND started_at > ? AND started_at <= ?",
        (channel, instant_text(after), instant_text(until)),
    )
    return int(row[0]) if row else 0


def channel_states(db: Database) -> dict[str, ChannelState]:
    """How every channel fares that was ever tried, by its key."""
    return {row[0]: _read_state(row) for row in answers(db, f"SELECT {_STATE_COLUMNS} FROM channel_states ORDER BY 1")}


def save_channel_state(db: Database, state: ChannelState) -> None:
    """Record how a channel fares now."""
    instants = (state.failing_since, state.rest_until, state.asked_until, state.last_sent_at)
    with writing(db):
        put(
            db,
            f"INSERT OR REPLACE INTO channel_states ({_STATE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(state.channel, state.address_mark, state.failures),
                *(instant_text(at) if at else None for at in instants),
                state.last_error,
                instant_text(state.dead_since) if state.dead_since else None,
            ),
        )


def last_rounds(db: Database, channel: str) -> dict[str, datetime]:
    """When the last whole digest of each group went to a channel."""
    rows = answers(db, 'SELECT "group", "at" FROM rounds WHERE channel = ?', (channel,))
    return {group: read_instant(at) for group, at in rows}


def note_round(db: Database, channel: str, group: str, at: datetime) -> None:
    """Record that a whole digest of a group went to a channel."""
    with writing(db):
        put(db, "INSERT OR REPLACE INTO rounds VALUES (?, ?, ?)", (channel, group, instant_text(at)))


def delivery_figures(db: Database) -> DeliveryFigures:
    """How telling people goes, for whoever watches the service."""
    with reading(db):
        waiting = answer(db, "SELECT count(*), min(queued_at) FROM outbox")
        uncertain = answers(
            db,
            "SELECT d.channel, count(*) FROM outbox JOIN deliveries AS d ON d.transition = outbox.transition "
            "WHERE d.uncertain_at IS NOT NULL AND d.sent_at IS NULL AND d.stand_in IS NULL GROUP BY d.channel",
        )
        states = channel_states(db)
    count, oldest = waiting or (0, None)
    return DeliveryFigures(count, read_instant(oldest) if oldest else None, dict(uncertain), tuple(states.values()))


def _read_state(row: Sequence[str | None]) -> ChannelState:
    channel, mark, failures, failing, rest, asked, sent, error, dead = row
    at = [read_instant(text) if text else None for text in (failing, rest, asked, sent, dead)]
    return ChannelState(
        channel=str(channel),
        address_mark=str(mark),
        failures=int(failures or 0),
        failing_since=at[0],
        rest_until=at[1],
        asked_until=at[2],
        last_sent_at=at[3],
        last_error=error,
        dead_since=at[4],
    )
