from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.agency_years.case import lay_out
from monitor.agency_years.obligations import obligation
from monitor.agency_years.seasons import is_due
from monitor.agency_years.standing import standing_of
from monitor.judgement.agenda import next_check, next_look
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    Attestation,
    Evidence,
    Look,
    Obligation,
    Outcome,
    Sighting,
    Waiver,
)

DUE = date(2025, 1, 31)
END = datetime(2025, 2, 1, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
AGENCY = Agency("shuiwu", "平川市水务局", AgencyKind.LOCAL_DEPARTMENT, "370799", "pingchuan")


def look(hours, outcome=Outcome.COMPLETE, *, found=False, control="水利局2023年年报"):
    return Look(f"run{hours}", (f"s{hours}",), END + hours * HOUR, outcome, "", control, found)


def seen(first, last):
    return Sighting("http://a/1", "年报", END + first * HOUR, END + last * HOUR, None, is_bulk=False)


LOOKS = st.lists(
    st.tuples(st.integers(-400, 3000), st.sampled_from([Outcome.COMPLETE, Outcome.COMPLETE, Outcome.BLOCKED])),
    max_size=6,
).map(lambda rows: tuple(look(hours, outcome) for hours, outcome in sorted(dict(rows).items())))
SEEN = st.lists(st.tuples(st.integers(-400, 900), st.integers(0, 900)), max_size=2).map(
    lambda rows: tuple(seen(first, first + more) for first, more in rows)
)
WORDS = st.lists(st.tuples(st.integers(-300, 900), st.booleans()), max_size=2).map(
    lambda rows: tuple(
        Attestation(AGENCY.id, 2024, absent, None, None, None, "王敏", "已看", END + hours * HOUR)
        for hours, absent in sorted(rows)
    )
)


def case(evidence, now, *, grace=0, owed=None):
    owed = owed or Obligation(AGENCY.id, 2024, DUE, "art. 49", is_statutory=True)
    return lay_out(owed, evidence, now, confirm_after_hours=20, grace_days=grace)


@settings(max_examples=300, deadline=None)
@given(looks=LOOKS, sightings=SEEN, after=st.integers(-500, 4000))
def test_a_look_is_due_when_the_agenda_says_so_and_not_a_moment_before(looks, sightings, after):
    now = END + after * HOUR
    laid = case(Evidence(looks, sightings), now)

    at = next_look(laid)

    assert at is not None
    assert is_due(laid, at)
    steps = ((at - now) * part / 40 for part in range(40))
    assert not any(is_due(laid, now + step) for step in steps if now + step < at)


@settings(max_examples=300, deadline=None)
@given(
    looks=LOOKS,
    sightings=SEEN,
    words=WORDS,
    after=st.integers(-500, 1500),
    grace=st.sampled_from([0, 4]),
    until=st.none() | st.integers(0, 40).map(lambda days: date(2025, 1, 20) + timedelta(days=days)),
    parts=st.lists(st.floats(0, 1, exclude_max=True), min_size=5, max_size=5),
)
def test_nothing_stands_otherwise_before_the_agenda_says_so(looks, sightings, words, after, grace, until, parts):
    now = END + after * HOUR
    known = Evidence(looks, sightings, (), words)
    waivers = () if until is None else (Waiver(AGENCY.id, 2024, "*", "改制", "王敏", until),)

    def stands(at):
        owed = obligation(AGENCY, 2024, waivers, at.astimezone(SHANGHAI).date())
        return standing_of(case(known, at, grace=grace, owed=owed))

    owed = obligation(AGENCY, 2024, waivers, now.astimezone(SHANGHAI).date())
    at = next_check(AGENCY, case(known, now, grace=grace, owed=owed), known, waivers)

    until_then = (at or now + timedelta(days=4000)) - now
    assert at is None or at > now
    # A part of all but one may come to the whole: a timedelta counts in microseconds.
    assert {stands(now + until_then * part) for part in parts if until_then * part < until_then} <= {stands(now)}


@pytest.mark.parametrize(
    ("kind", "now", "at"),
    [
        (AgencyKind.LOCAL_DEPARTMENT, END - HOUR, END),
        (AgencyKind.LOCAL_DEPARTMENT, END, None),
        (AgencyKind.TOWNSHIP_GOVERNMENT, END, datetime(2025, 4, 1, tzinfo=SHANGHAI)),
    ],
)
def test_the_due_day_s_end_is_on_the_agenda_and_of_a_township_the_day_from_which_it_is_accused(kind, now, at):
    agency = Agency("liuhe", "柳河镇人民政府", kind, "370799101", "pingchuan")
    owed = obligation(agency, 2024, (), now.date())

    assert next_check(agency, case(Evidence(), now, owed=owed), Evidence(), ()) == at
