"""How channels are called without their addresses, and how long they are left alone."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from monitor.notices.channels import (
    FIRST_REST,
    JITTER,
    LONGEST_REST,
    address_mark,
    after,
    is_left_alone,
    known_as,
    redacted,
    rest_after,
)
from monitor.notices.receivers import TAKEN, Receipt, Word
from storage.records import ChannelState
from tests.monitor.telling import NOW

KEY = "json-0123456789ab"
NEW = ChannelState(KEY, "ab12")
BROKEN = Receipt(Word.REFUSED, "HTTP 500")


def failed(times, receipt=BROKEN):
    state = NEW
    for turn in range(times):
        state = after(state, receipt, NOW + timedelta(hours=turn), receipt.said)
    return state


def test_rests_double_from_a_minute_to_a_day_and_differ_between_channels():
    rests = [rest_after(KEY, failures) for failures in range(1, 40)]
    full = [min(FIRST_REST * 2**turn, LONGEST_REST) for turn in range(39)]

    assert all(most * (1 - JITTER) <= rest <= most for rest, most in zip(rests, full, strict=True))
    assert rests == [rest_after(KEY, failures) for failures in range(1, 40)]
    assert len({rest_after(f"json-{n}", 3) for n in range(20)}) > 10


def test_failures_are_counted_from_the_first_one_and_forgotten_with_a_success():
    state = failed(3)

    assert (state.failures, state.failing_since, state.last_error) == (3, NOW, "HTTP 500")
    assert after(state, TAKEN, NOW, "") == ChannelState(KEY, "ab12", last_sent_at=NOW)


def test_what_a_receiver_asks_for_is_kept_up_to_a_day():
    minute = failed(1, Receipt(Word.REFUSED, "HTTP 429", wait=60))
    longer = [failed(1, Receipt(Word.REFUSED, "HTTP 429", wait=wait)) for wait in (3e7, 1738540800000000.0, math.inf)]

    assert minute.asked_until == NOW + timedelta(minutes=1)
    assert {state.asked_until for state in longer} == {NOW + timedelta(days=1)}


ALONE = [
    (failed(1), timedelta(seconds=30), False, True),
    (failed(1), timedelta(seconds=30), True, False),
    (failed(1), timedelta(minutes=1), False, False),
    (failed(1, Receipt(Word.REFUSED, "", wait=600)), timedelta(minutes=9), True, True),
    (failed(1, Receipt(Word.REFUSED, "", is_permanent=True)), timedelta(days=400), True, True),
    # Written by a clock that ran forty days ahead.
    (failed(1), timedelta(days=-40), False, False),
    (NEW, timedelta(), False, False),
]


@pytest.mark.parametrize(("state", "later", "is_asked_for", "expected"), ALONE)
def test_a_channel_rests_and_a_person_waits_only_for_what_the_receiver_wished(state, later, is_asked_for, expected):
    assert is_left_alone(state, NOW + later, is_asked_for=is_asked_for) is expected


def test_a_changed_address_is_another_chance():
    dead = failed(1, Receipt(Word.REFUSED, "HTTP 401", is_permanent=True))

    assert known_as({KEY: dead}, KEY, "ab12") is dead
    assert known_as({KEY: dead}, KEY, "ffff") == ChannelState(KEY, "ffff", last_error="HTTP 401")
    assert known_as({}, KEY, "ab12") == NEW


def test_a_mark_tells_addresses_apart_and_confirms_no_guess():
    marks = [address_mark(f"json://127.0.0.1/{n}") for n in range(1000)]

    assert {len(mark) for mark in marks} == {4}
    assert len(set(marks)) > 980


def test_nothing_of_an_address_stays_in_what_is_kept():
    url = "https://user:pa%23ss@hooks.example/abc/token?key=k3y"

    assert redacted("POST https://hooks.example/abc/token?key=k3y user pa#ss\nfailed", url) == (
        "POST ***://***/***/***?***=*** *** *** failed"
    )
