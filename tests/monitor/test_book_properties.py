"""Whatever portals show and people do, the alert book is sound: nothing accused twice, nothing lost, no hidden hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.agency_years.case import lay_out
from monitor.agency_years.standing import standing_of
from monitor.alerts.accusations import Matter, accusations, unknown_rules
from monitor.alerts.book import ACTS, Accusation, Docket, Fingerprint, act, fingerprint, held_alerts, reconcile, settled
from monitor.alerts.breakers import NO_OTHERS, Others
from monitor.alerts.flapping import may_flap
from monitor.judgement.bookkeeping import Known, decided
from storage.configuration import WatchSettings
from storage.records import (
    LIVE_STATES,
    SHANGHAI,
    Agency,
    AgencyKind,
    AlertState,
    Evidence,
    Look,
    Obligation,
    Outcome,
    Sighting,
)

_S = AlertState
END = datetime(2025, 2, 1, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
WATCH = WatchSettings(repeat_days=3)

SEES = st.sampled_from(["row", "row", "nothing", "nothing", "bare", "blocked", "no look"])
"""What one day's look at an agency's place shows: its row, none, none and no control, or nothing at all."""


@st.composite
def worlds(draw):
    """Portal → for each agency what each of the days shows, and what a person does on each day."""
    days = draw(st.integers(3, 9))
    portals = {
        f"p{number}": draw(
            st.lists(st.lists(SEES, min_size=days, max_size=days), min_size=1, max_size=7)
            | st.builds(lambda days_seen, count: [days_seen] * count, st.lists(SEES, min_size=days, max_size=days),
                        st.integers(1, 9))
        )
        for number in range(draw(st.integers(1, 4)))
    }  # fmt: skip
    acts = draw(st.lists(st.sampled_from([None, None, *ACTS]), min_size=days, max_size=days))
    return days, portals, acts, draw(st.sampled_from([NO_OTHERS, Others(60, frozenset())]))


def matter(key, portal, seen, day):
    """The agency as of that day, by what its looks have shown so far."""
    looks, sightings = [], []
    for number, sees in enumerate(seen[: day + 1]):
        if sees == "no look":
            continue
        at, found = END + (number - 1.5) * DAY, sees == "row"
        outcome = Outcome.BLOCKED if sees == "blocked" else Outcome.COMPLETE
        control = None if sees in {"bare", "blocked"} else "对照"
        looks.append(Look(f"run-{number}", (f"{portal}-{number}",), at, outcome, "", control, found))
        if found:
            listed = END.date() + timedelta(days=number)
            sightings.append(Sighting(f"http://127.0.0.1/{key}", "年报", at, at, listed, is_bulk=False))
    owed = Obligation(key, 2024, date(2025, 1, 31), "regulations-2019-49-1", is_statutory=True)
    now = END + (day - 1.4) * DAY
    case = lay_out(owed, Evidence(tuple(looks), tuple(sightings)), now, confirm_after_hours=20)
    agency = Agency(key, key, AgencyKind.LOCAL_DEPARTMENT, "370799", portal)
    return Matter(agency, case, standing_of(case))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_the_book_is_sound_day_by_day(world):
    days, portals, acts, others = world
    book, turns, told = {}, {}, {}
    for day in range(days):
        now = END + (day - 1.4) * DAY
        matters = [
            matter(f"{portal}-{number}", portal, seen, day)
            for portal, agencies in portals.items()
            for number, seen in enumerate(agencies)
        ]
        before = dict(book)
        known = Known({}, {key: turns[key] for key in may_flap(book.values())}, dict(told))
        changes = decided(matters, tuple(book.values()), known, 2024, now, watch=WATCH, others=others)
        for alert, move in changes:
            assert move.from_state is (before[alert.id].state if alert.id in before else None)
            book[alert.id] = alert
            told[alert.id] = now
            if move.from_state is None or move.to_state is AlertState.RESOLVED:
                turns.setdefault(alert.id, []).append(now)
        settled = Known({}, {key: turns[key] for key in may_flap(book.values())}, dict(told))
        a_second_check_of_the_moment_changes_nothing(book, matters, settled, now, others)
        nothing_is_accused_twice(book)
        what_cannot_be_said_is_left_alone(before, book, matters)
        every_accusation_is_in_the_book_or_held_in_the_open(book, matters)
        if acts[day]:
            for alert in tuple(book.values()):
                if alert.state in ACTS[acts[day]].allowed & LIVE_STATES:
                    book[alert.id], _ = act(alert, acts[day], now, by="王敏", reason="x")


def a_second_check_of_the_moment_changes_nothing(book, matters, known, now, others):
    assert decided(matters, tuple(book.values()), known, 2024, now, watch=WATCH, others=others) == ()


def nothing_is_accused_twice(book):
    live = [fingerprint(alert) for alert in book.values() if alert.state in LIVE_STATES]
    assert len(live) == len(set(live))


def what_cannot_be_said_is_left_alone(before, book, matters):
    unknown = {key for matter in matters for key in unknown_rules(matter)}
    for key, alert in before.items():
        if alert.state in LIVE_STATES and fingerprint(alert) in unknown:
            assert book[key] == alert


def every_accusation_is_in_the_book_or_held_in_the_open(book, matters):
    accused = [one for matter in matters for one in accusations(matter, {})]
    borne = settled(accused, book.values())
    held = {Fingerprint(agency, 2024, rule, "") for own in held_alerts(book.values()).values() for agency, rule in own}
    assert [one.fingerprint for one in accused if one.fingerprint not in borne | held] == []


KEYS = [Fingerprint("a", 2024, rule, "") for rule in ("missing", "late", "malformed")]
KEYS += [Fingerprint(None, 2024, "operator", subject) for subject in ("portal:x", "fleet")]
DOCKETS = st.builds(
    lambda accused, unknown, held: Docket(
        tuple(
            Accusation(key, str(key), tuple({"kind": "finding", "rule": key.rule, "where": where} for where in wheres))
            for key, wheres in accused.items()
        ),
        frozenset(unknown),
        dict.fromkeys(held, KEYS[3]),
    ),
    st.dictionaries(st.sampled_from(KEYS), st.sets(st.sampled_from("abc"), min_size=1)),
    st.sets(st.sampled_from(KEYS)),
    st.sets(st.sampled_from(KEYS[:3])),
)


@given(st.lists(st.tuples(DOCKETS, st.sampled_from([None, *ACTS])), max_size=8))
def test_reconciling_twice_is_reconciling_once(steps):
    book = {}
    for day, (docket, verb) in enumerate(steps):
        now = END + day * DAY
        for alert, _ in reconcile(book.values(), docket, now):
            book[alert.id] = alert

        assert reconcile(book.values(), docket, now) == ()
        assert reconcile(book.values(), docket, now + 400 * DAY) == ()
        for alert in tuple(book.values()):
            if verb and alert.state in LIVE_STATES & ACTS[verb].allowed:
                book[alert.id] = replace(alert, state=ACTS[verb].to_state)
