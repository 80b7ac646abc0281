"""A portal that breaks is one operator incident, and the ordinary missing report is not held by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from monitor.accusations import Matter
from monitor.alerts import Docket, Fingerprint, reconcile
from monitor.breakers import incidents
from monitor.case import lay_out
from monitor.standing import standing_of
from storage.records import (
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

END = datetime(2025, 2, 1, tzinfo=SHANGHAI)
NOW = END + timedelta(days=12)
DAY = timedelta(days=1)


def look(days, *, outcome=Outcome.COMPLETE, control="对照", found=False):
    return Look(f"run-{days}", (f"scan-{days}",), END + days * DAY, outcome, "", control, found)


def matter(key, *looks, seen=None, portal="pingchuan", due=date(2025, 1, 31)):
    """`seen` is the day, counted from the end of the due day, on which the report was last seen."""
    agency = Agency(key, key, AgencyKind.LOCAL_DEPARTMENT, "370799", portal)
    owed = Obligation(key, 2024, due, "regulations-2019-49-1", is_statutory=True)
    sightings = ()
    if seen is not None:
        at = END + seen * DAY
        sightings = (Sighting(f"http://127.0.0.1/{key}", "年报", at, at, None, is_bulk=False),)
    case = lay_out(owed, Evidence(looks, sightings), NOW, confirm_after_hours=20)
    return Matter(agency, case, standing_of(case))


def missing(key, **how):
    return matter(key, look(0), look(1), **how)


def published(key, **how):
    return matter(key, look(-5, found=True), look(0, found=True), look(1, found=True), seen=1, **how)


def vanished(key, **how):
    return matter(key, look(-5, found=True), look(0), look(1), seen=-5, **how)


def bare(key, **how):
    return matter(key, look(-5), look(0, control=None), look(1, control=None), **how)


def several(make, count, prefix, **how):
    return [make(f"{prefix}{number}", **how) for number in range(count)]


def asked(matters, *, book=(), settled=()):
    found = incidents(matters, book, frozenset(settled), 2024, NOW)
    return [accusation.fingerprint.subject for accusation in found.accusations], found.held


def test_two_missing_of_five_is_the_ordinary_case():
    matters = [*several(missing, 2, "m"), *several(published, 3, "p")]

    assert asked(matters) == ([], frozenset())


@pytest.mark.parametrize(("count", "is_tripped"), [(2, False), (3, True)])
def test_a_portal_that_loses_what_it_had_is_held(count, is_tripped):
    matters = [*several(vanished, count, "v"), *several(published, 7, "p"), missing("m")]

    subjects, held = asked(matters)

    assert (subjects == ["portal:pingchuan"]) is is_tripped
    assert (Fingerprint("m", 2024, "missing", "") in held) is is_tripped
    assert (Fingerprint("v0", 2024, "withdrawn", "") in held) is is_tripped


def test_one_report_in_six_that_vanishes_is_no_broken_portal():
    matters = [*several(vanished, 3, "v"), *several(published, 13, "p")]

    assert asked(matters) == ([], frozenset())


def test_controls_that_are_gone_hold_the_portal():
    subjects, held = asked([*several(bare, 3, "b"), *several(published, 4, "p")])

    assert subjects == ["portal:pingchuan", "no-control:pingchuan"]
    assert Fingerprint("p0", 2024, "withdrawn", "") in held


@pytest.mark.parametrize(("absent", "there", "is_tripped"), [(4, 0, False), (5, 6, False), (5, 5, True), (9, 0, True)])
def test_many_at_once_may_have_gone_to_another_column(absent, there, is_tripped):
    matters = [*several(missing, absent, "m"), *several(published, there, "p")]

    assert bool(asked(matters)[1]) is is_tripped


def test_alerts_that_are_open_already_are_not_many_at_once():
    matters = several(missing, 6, "m")
    settled = [Fingerprint(f"m{number}", 2024, "missing", "") for number in range(2)]

    assert asked(matters, settled=settled) == ([], frozenset())


@pytest.mark.parametrize(("state", "is_held"), [("open", True), ("acknowledged", False), ("waived", False)])
def test_whoever_has_looked_releases_what_is_held(state, is_held):
    matters = several(missing, 6, "m")
    found = incidents(matters, (), frozenset(), 2024, NOW)
    ((alert, _),) = reconcile((), Docket(found.accusations), NOW)

    subjects, held = asked(matters, book=[replace(alert, state=AlertState(state))])

    assert subjects == ["portal:pingchuan"]
    assert bool(held) is is_held


def test_portals_do_not_hold_each_other():
    matters = [*several(vanished, 5, "v", portal="broken"), missing("m", portal="sound")]

    subjects, held = asked(matters)

    assert subjects == ["portal:broken"]
    assert Fingerprint("m", 2024, "missing", "") not in held


@pytest.mark.parametrize(("sound", "is_held"), [(46, False), (47, True)])
def test_many_broken_portals_of_fifty_are_our_own_fault(sound, is_held):
    matters = [one for portal in ("x", "y", "z") for one in several(vanished, 3, portal, portal=portal)] + [
        missing(f"m{number}", portal=f"sound{number}") for number in range(sound)
    ]

    subjects, held = asked(matters)

    assert ("fleet" in subjects) is is_held
    assert (Fingerprint("m0", 2024, "missing", "") in held) is is_held


@pytest.mark.parametrize(
    ("days", "outcome", "is_asked"),
    [(9.1, Outcome.BLOCKED, False), (9, Outcome.BLOCKED, True), (9, Outcome.COMPLETE, False)],
)
def test_a_portal_that_could_not_be_looked_at_for_three_days_is_told_to_the_operator(days, outcome, is_asked):
    subjects, held = asked([matter("a", look(days, outcome=outcome))])

    assert (subjects == ["cannot-look:pingchuan"]) is is_asked
    assert held == frozenset()


def test_an_incident_names_its_agencies_and_asks_for_a_look():
    (incident,) = incidents(several(vanished, 3, "v"), (), frozenset(), 2024, NOW).accusations

    assert [entry["agency"] for entry in incident.evidence] == ["v0", "v1", "v2"]
    assert "人工核查" in incident.message
