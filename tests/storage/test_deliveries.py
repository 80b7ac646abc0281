"""The outbox by channel: attempts, what they leave behind, and what a watcher of the service is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.database import (
    abandoned_attempts,
    alerts,
    attempts_between,
    begin_attempt,
    channel_states,
    delivery_figures,
    end_attempt,
    last_rounds,
    mark_stood_in,
    note_round,
    save_channel_state,
    told_at,
    unsent_transitions,
)
from storage.records import AttemptState, ChannelState
from tests.monitor.telling import NOW, opened, opened_database

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def db(tmp_path):
    database = opened_database(tmp_path)
    yield database
    database.close()


def tried(db, state, *, at=NOW, channel="mail-1", error=None):
    number = begin_attempt(db, "m1", channel, [1], at)
    if state is not AttemptState.SENDING:
        end_attempt(db, number, state, at, error)
    return number


ENDS = [
    (AttemptState.SENT, {"mail-1"}, {}, {}, NOW),
    (AttemptState.REFUSED, set(), {"mail-1": 1}, {}, None),
    (AttemptState.UNCERTAIN, set(), {"mail-1": 1}, {"mail-1": "m1"}, None),
    (AttemptState.SENDING, set(), {}, {}, None),
]


@pytest.mark.parametrize(("state", "delivered", "attempts", "uncertain", "sent_at"), ENDS)
def test_an_attempt_leaves_behind_what_is_known(db, state, delivered, attempts, uncertain, sent_at):
    opened(db)

    tried(db, state, error="HTTP 500")

    (entry,) = unsent_transitions(db)
    assert (entry.delivered, entry.attempts, entry.uncertain) == (delivered, attempts, uncertain)
    assert alerts(db)[0].sent_at == sent_at


def test_an_attempt_that_nobody_ended_is_found_once(db):
    opened(db)
    number = tried(db, AttemptState.SENDING)

    found = abandoned_attempts(db, "mail-1")
    end_attempt(db, number, AttemptState.UNCERTAIN, LATER, "the sender ended")
    # Whoever wakes up later has nothing more to say of it.
    end_attempt(db, number, AttemptState.SENT, LATER)

    assert (found, abandoned_attempts(db, "mail-1"), abandoned_attempts(db, "mail-2")) == ((number,), (), ())
    assert unsent_transitions(db)[0].delivered == frozenset()


def test_what_another_channel_took_counts_for_the_dead_one(db):
    opened(db)

    mark_stood_in(db, [1], "wecom-1", "mail-1", NOW)

    (entry,) = unsent_transitions(db)
    assert (entry.delivered, alerts(db)[0].sent_at) == ({"wecom-1"}, None)


def test_when_a_channel_was_told_is_known_by_alert(db):
    opened(db)
    tried(db, AttemptState.SENT)
    tried(db, AttemptState.UNCERTAIN, channel="mail-2", at=LATER)

    assert (told_at(db, "mail-1"), told_at(db, "mail-2"), told_at(db, "mail-3")) == ({"a1": NOW}, {"a1": LATER}, {})


def test_messages_are_counted_in_time(db):
    opened(db)
    for minutes in (0, 1, 2):
        tried(db, AttemptState.REFUSED, at=NOW + timedelta(minutes=minutes))

    until = NOW + timedelta(minutes=1)
    counts = [attempts_between(db, "mail-1", NOW + timedelta(minutes=minutes), until) for minutes in (-1, 0, 1)]
    assert counts == [2, 1, 0]


def test_a_channels_state_and_rounds_are_kept(db):
    state = ChannelState("mail-1", "ab12", 3, NOW, LATER, LATER, NOW, "HTTP 500", LATER)

    save_channel_state(db, state)
    note_round(db, "mail-1", "", NOW)
    note_round(db, "mail-1", "", LATER)

    assert (channel_states(db), last_rounds(db, "mail-1"), last_rounds(db, "x")) == ({"mail-1": state}, {"": LATER}, {})


def test_the_figures_of_an_empty_outbox_are_empty(db):
    figures = delivery_figures(db)

    assert (figures.unsent, figures.oldest_unsent_at, figures.uncertain, figures.channels) == (0, None, {}, ())
