"""What comes and goes is told once to the operator, and is opened again when it is quiet; nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.book import Accusation, Docket, Fingerprint, held_alerts, reconcile
from monitor.alerts.flapping import damped, flapping, may_flap
from storage.records import LIVE_STATES, AlertState

pytestmark = pytest.mark.clock

START = datetime(2025, 2, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MISSING = Fingerprint("caizheng", 2024, "missing", "")
PORTAL = Fingerprint(None, 2024, "operator", "portal:pingchuan")


class World:
    """A book that is brought up to date day by day, with its history."""

    def __init__(self):
        self.book = {}
        self.turns = {}

    def check(self, day, *accused):
        now = START + day * DAY
        docket = Docket(tuple(Accusation(about, str(about), ()) for about in accused))
        book = tuple(self.book.values())
        turns = {key: self.turns[key] for key in may_flap(book)}
        changes = reconcile(book, damped(docket, book, turns, now, {"caizheng": "财政局"}), now)
        for alert, move in changes:
            self.book[alert.id] = alert
            if move.from_state is None or move.to_state is AlertState.RESOLVED:
                self.turns.setdefault(alert.id, []).append(now)
        return [(alert.subject or alert.rule, move.to_state.value) for alert, move in changes]

    def live(self):
        return {alert.subject or alert.rule for alert in self.book.values() if alert.state in LIVE_STATES}

    def act(self, subject, state):
        for key, alert in self.book.items():
            if alert.subject == subject and alert.state in LIVE_STATES:
                self.book[key] = replace(alert, state=AlertState(state))


def flapped(about=MISSING):
    """Opened and ended twice in four days."""
    world = World()
    for day in range(4):
        world.check(day, *([about] if day % 2 == 0 else []))
    return world


def test_three_changes_are_not_yet_flapping():
    world = World()

    told = [world.check(day, *([MISSING] if day % 2 == 0 else [])) for day in range(3)]

    assert told == [[("missing", "open")], [("missing", "resolved")], [("missing", "open")]]


def test_what_flaps_is_one_incident_that_names_what_it_holds():
    world = flapped()

    told = [world.check(day, *([MISSING] if day % 2 == 0 else [])) for day in range(4, 10)]

    assert told[0] == [("flapping:caizheng", "open")]
    assert [move for moves in told[1:] for move in moves if move[0] == "missing"] == []
    (incident,) = (alert for alert in world.book.values() if alert.rule == "operator")
    assert incident.message.startswith("财政局2024年度的告警在30天内4次开启或结束")


def test_while_it_stands_the_incident_says_what_is_held():
    world = flapped()

    world.check(4, MISSING)

    assert list(held_alerts(world.book.values()).values()) == [(("caizheng", "missing"),)]


def test_what_stands_when_it_has_been_quiet_is_opened_and_the_incident_ends():
    world = flapped()

    told = {day: world.check(day, MISSING) for day in range(4, 20)}

    assert {day: moves for day, moves in told.items() if moves} == {
        4: [("flapping:caizheng", "open")],
        17: [("missing", "open"), ("flapping:caizheng", "resolved")],
    }


def test_an_ending_is_told_at_once_however_often_it_flaps():
    world = flapped()
    world.check(18, MISSING)

    told = [world.check(day, *([MISSING] if day % 2 == 0 else [])) for day in range(19, 23)]

    assert told == [[("missing", state)] for state in ("resolved", "open", "resolved")] + [
        [("flapping:caizheng", "open")]
    ]


def test_whoever_acknowledges_the_incident_releases_the_alert():
    world = flapped()
    world.check(4, MISSING)

    world.act("flapping:caizheng", "acknowledged")

    assert world.check(5, MISSING) == [("missing", "open")]


def test_an_incident_that_flaps_stays_open_until_it_is_quiet():
    world = World()

    told = {day: world.check(day, *([PORTAL] if day % 2 else [])) for day in range(30)}

    changed = [(day, state) for day, moves in told.items() for _, state in moves]
    first = [(1, "open"), (2, "resolved"), (3, "open"), (4, "resolved"), (5, "open")]
    assert changed == [*first, (20, "resolved"), (21, "open"), (22, "resolved"), (23, "open")]


@pytest.mark.parametrize(("days", "count"), [((0, 1, 2, 3), 4), ((0, 1, 2), None), ((-31, 0, 1, 2), None)])
def test_turns_count_for_thirty_days(days, count):
    world = World()
    world.check(0, MISSING)
    ((key, alert),) = world.book.items()

    found = flapping((alert,), {key: [START + day * DAY for day in days]}, START + 3 * DAY)

    assert found == ({} if count is None else {MISSING: count})


def test_many_that_flap_at_once_are_one_incident():
    world = World()
    everyone = [MISSING._replace(agency=f"a{number}") for number in range(12)]
    for day in range(4):
        world.check(day, *(everyone if day % 2 == 0 else []))

    told = world.check(4, *everyone)

    assert told == [("flapping", "open")]
    assert len(held_alerts(world.book.values()).popitem()[1]) == 12
