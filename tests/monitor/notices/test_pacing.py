"""When the service may tell somebody: quiet hours, one digest a day, groups; and what goes at once all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.notices.channels import recipients
from monitor.notices.dispatches import Outbox, dispatches
from monitor.notices.pacing import is_due, is_quiet
from monitor.notices.sending import send_unsent
from storage.configuration import Channel
from storage.database import OutboxEntry
from storage.notify_settings import Pace
from storage.records import SHANGHAI, Alert, AlertState, Transition
from tests.loopback import serving
from tests.monitor.stub_receivers import Webhook
from tests.monitor.telling import AGENCY, NOW, OTHER, configured, opened, opened_database

HOUR = timedelta(hours=1)
NIGHT = Pace(quiet_hours=(time(22), time(7)))
NOON = Pace(quiet_hours=(time(12), time(13, 30)))


def at(day, clock):
    return datetime.fromisoformat(f"2025-02-{day:02d}T{clock}:00+08:00")


QUIET = [
    (NIGHT, "21:59", False),
    (NIGHT, "22:00", True),
    (NIGHT, "00:00", True),
    (NIGHT, "06:59", True),
    (NIGHT, "07:00", False),
    (NOON, "12:00", True),
    (NOON, "13:30", False),
    (NOON, "00:30", False),
    (Pace(), "03:00", False),
]


@pytest.mark.clock
@pytest.mark.parametrize(("pace", "clock", "expected"), QUIET)
def test_quiet_hours_may_lie_on_both_sides_of_midnight(pace, clock, expected):
    assert is_quiet(pace, at(3, clock)) is expected
    assert is_quiet(pace, at(3, clock).astimezone(UTC)) is expected


DAILY = Pace()
SIX_HOURS = Pace(interval_hours=6, digest_at=time(8))
WEEKLY = Pace(interval_hours=168)
DUE = [
    (DAILY, None, at(3, "08:29"), False),
    (DAILY, None, at(3, "08:30"), True),
    (DAILY, at(3, "08:30"), at(3, "23:59"), False),
    (DAILY, at(3, "08:30"), at(4, "08:29"), False),
    (DAILY, at(3, "23:00"), at(4, "08:30"), True),
    (DAILY, at(1, "08:30"), at(3, "07:00"), False),
    (SIX_HOURS, at(3, "08:00"), at(3, "13:59"), False),
    (SIX_HOURS, at(3, "08:00"), at(3, "14:00"), True),
    (SIX_HOURS, at(3, "20:00"), at(4, "02:00"), False),
    (WEEKLY, at(3, "08:30"), at(9, "23:00"), False),
    (WEEKLY, at(3, "08:30"), at(10, "08:30"), True),
    (Pace(interval_hours=0), at(3, "03:00"), at(3, "03:00"), True),
    # A clock that ran ahead holds nothing back.
    (DAILY, at(28, "08:30"), at(4, "08:30"), True),
]


@pytest.mark.clock
@pytest.mark.parametrize(("pace", "last", "now", "expected"), DUE)
def test_a_digest_leaves_at_its_hour_and_no_nearer_to_the_last_one_than_its_interval(pace, last, now, expected):
    assert is_due(pace, last, now) is expected


@pytest.mark.clock
@given(st.lists(st.integers(0, 60 * 24 * 12), min_size=1, max_size=80), st.sampled_from([24.0, 36.0, 48.0]))
def test_whenever_it_is_asked_there_is_one_digest_a_day_at_most(minutes, hours):
    pace = Pace(interval_hours=hours, quiet_hours=(time(22), time(7)))
    left = []
    for moment in sorted(at(1, "00:00") + timedelta(minutes=minute) for minute in minutes):
        if not is_quiet(pace, moment) and is_due(pace, left[-1] if left else None, moment):
            left.append(moment)

    days = [moment.date() for moment in left]
    assert len(set(days)) == len(days)
    assert all(time(8, 30) <= moment.time() < time(22) for moment in left)


@pytest.fixture
def db(tmp_path):
    database = opened_database(tmp_path)
    yield database
    database.close()


def told(hook):
    return [[key for key in ("a1", "a2", "a3", "a4") if f"[{key}]" in m["message"]] for m in hook.messages]


def pass_by(db, configuration, hook, *instants):
    """The service passes by at these instants; how many messages there were after each."""
    counts = []
    for instant in instants:
        send_unsent(db, configuration, instant, {}, is_paced=True)
        counts.append(len(hook.messages))
    return counts


def test_the_service_sends_one_digest_a_day_and_a_person_gets_everything_at_once(db, tmp_path):
    with serving(Webhook()) as hook:
        configuration = configured(tmp_path, Channel(hook.url(), pace=NIGHT))
        opened(db, "a1")
        first_day = pass_by(db, configuration, hook, at(3, "08:00"), at(3, "08:30"))
        opened(db, "a2", rule="late")
        later = pass_by(db, configuration, hook, at(3, "09:00"), at(3, "21:59"), at(4, "06:00"), at(4, "08:31"))
        opened(db, "a3", rule="withdrawn")

        send_unsent(db, configuration, at(4, "23:30"), {})

        assert (first_day, later) == ([0, 1], [1, 1, 1, 2])
        assert told(hook) == [["a1"], ["a2"], ["a3"]]


@pytest.mark.clock
def test_nothing_leaves_in_quiet_hours_however_urgent(db, tmp_path):
    with serving(Webhook()) as hook:
        configuration = configured(tmp_path, Channel(hook.url(), pace=replace(NIGHT, interval_hours=0)))
        opened(db, "a1", agency=None, rule="operator", subject="disk")

        counts = pass_by(db, configuration, hook, at(3, "22:00"), at(4, "06:59"), at(4, "07:00"))

        assert counts == [0, 0, 1]


def test_a_repetition_is_not_the_digest_of_the_day(db, tmp_path):
    with serving(Webhook("reset")) as hook:
        configuration = configured(tmp_path, hook.url())
        opened(db, "a1")
        pass_by(db, configuration, hook, at(3, "08:30"))
        opened(db, "a2", rule="late")
        hook.behaviour = "ok"

        counts = pass_by(db, configuration, hook, at(3, "09:00"), at(3, "10:00"), at(4, "08:30"))

        assert counts == [2, 2, 3]
        assert told(hook) == [["a1"], ["a1"], ["a2"]]


def entry(number, *, agency="caizheng", rule="missing", subject="", repeats=None):
    alert = Alert(f"a{number}", agency, 2024, rule, subject, AlertState.OPEN, NOW, "未检索到")
    move = Transition(alert.id, NOW, None, AlertState.OPEN, "开启")
    uncertain = {} if repeats is None else {repeats: "m1"}
    return OutboxEntry(number, move, alert, frozenset(), {}, {}, uncertain)


INCIDENT = entry(3, agency=None, rule="operator", subject="portal:chenghu")
TROUBLE = entry(4, agency=None, rule="operator", subject="channel:json-9")
ENTRIES = (entry(1), entry(2, agency="shuili"), INCIDENT, TROUBLE)
AGENCIES = {"caizheng": AGENCY, "shuili": OTHER}
LAST_NIGHT = {"": at(2, "09:00"), "pingchuan": at(3, "08:31"), "3707": at(3, "08:31")}

# channel, last digests, is paced → what goes out together, with the digests that it is
DISPATCHES = [
    (Channel("json://a"), {}, False, [([1, 2, 3, 4], ("",))]),
    (Channel("json://a"), LAST_NIGHT, True, [([4], ()), ([1, 2, 3], ("",))]),
    (Channel("json://a", pace=Pace(group="portal")), {}, False, [([1, 2, 3, 4], ("pingchuan", "chenghu", ""))]),
    (Channel("json://a", pace=Pace(group="portal")), LAST_NIGHT, True, [([4], ()), ([2], ("chenghu",)), ([3], ("",))]),
    (Channel("json://a", pace=Pace(group="region")), LAST_NIGHT, True, [([4], ()), ([2], ("3706",)), ([3], ("",))]),
    (Channel("json://a", events=("operator",)), {"": at(3, "08:59")}, True, [([3, 4], ())]),
    (Channel("json://a", events=("missing",), regions=("3706",)), {}, True, [([2], ("",))]),
    (Channel("json://a", events=("late",)), {}, True, []),
]


@pytest.mark.parametrize(("channel", "rounds", "is_paced", "expected"), DISPATCHES)
def test_what_goes_out_together_is_a_digest_or_cannot_wait_for_one(channel, rounds, is_paced, expected):
    crew = recipients((channel,))
    outbox = Outbox(ENTRIES, crew, agencies=AGENCIES, rounds=rounds)

    due = dispatches(crew[0], outbox, NOW, is_paced=is_paced)

    assert [([key for item in d.items for key in item.told], d.groups) for d in due] == expected


def test_what_may_have_arrived_and_what_is_told_for_a_dead_channel_keep_no_hours():
    dead, living = crew = recipients((Channel("json://a", events=("missing",)), Channel("json://b", events=("late",))))
    entries = (entry(1), entry(2, rule="late", repeats=living.key), entry(3, rule="late"))
    outbox = Outbox(entries, crew, frozenset({dead.key}), AGENCIES, rounds={"": at(3, "08:30")})

    due = dispatches(living, outbox, NOW, is_paced=True)

    assert [([key for item in d.items for key in item.told], d.groups, d.stands_in_for) for d in due] == [
        ([2], (), ""),
        ([1], (), dead.key),
    ]


@pytest.mark.clock
def test_an_instant_in_shanghai_is_meant_whatever_the_zone_of_the_machine():
    assert is_due(DAILY, None, NOW.astimezone(UTC)) is is_due(DAILY, None, NOW.astimezone(SHANGHAI))
