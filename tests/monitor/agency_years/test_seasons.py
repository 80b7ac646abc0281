"""Who is due for a scan: by season, at the end of the due day, and to confirm."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from monitor.agency_years.case import lay_out
from monitor.agency_years.seasons import due_agencies, is_due
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    Evidence,
    Look,
    Obligation,
    Outcome,
    Sighting,
)

pytestmark = pytest.mark.clock

END = datetime(2025, 2, 1, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
JUNE = datetime(2025, 6, 10, 9, tzinfo=SHANGHAI)
OVERDUE = datetime(2025, 4, 20, 9, tzinfo=SHANGHAI)
COMPLETE, BLOCKED = Outcome.COMPLETE, Outcome.BLOCKED


def case(*looks, is_found=False, due=date(2025, 1, 31)):
    owed = Obligation("a", 2024, due, "regulations-2019-49-1", is_statutory=True, exempt_reason=None if due else "x")
    seen = (Sighting("http://127.0.0.1/", "年报", looks[0][0], looks[-1][0], None, is_bulk=False),) if is_found else ()
    known = tuple(Look("run", ("s",), at, outcome, "", "对照", is_found) for at, outcome in looks)
    return lay_out(owed, Evidence(known, seen), max([END, *(at for at, _ in looks)]), confirm_after_hours=20)


THRICE = ((END + HOUR, COMPLETE), (END + 22 * HOUR, COMPLETE), (END + 59 * HOUR, COMPLETE))
TURNS = [
    ("never looked at", case(), END - 20 * DAY, True),
    ("nothing owed", case(due=None), END, False),
    ("an hour ago", case((END + HOUR, COMPLETE), is_found=True), END + 2 * HOUR, False),
    ("a day ago, in season", case((END + HOUR, COMPLETE), is_found=True), END + 25 * HOUR, True),
    ("a little less than a day", case((END + HOUR, COMPLETE), is_found=True), END + 24 * HOUR, True),
    ("half a day ago", case((END + HOUR, COMPLETE), is_found=True), END + 13 * HOUR, False),
    ("half a day ago, near its due day", case((END - 70 * HOUR, COMPLETE)), END - 58 * HOUR, True),
    ("half a day ago, too early to be near", case((END - 85 * HOUR, COMPLETE)), END - 73 * HOUR, False),
    ("half a day ago, near, but found", case((END - 70 * HOUR, COMPLETE), is_found=True), END - 58 * HOUR, False),
    ("less than half a day ago, near", case((END - 70 * HOUR, COMPLETE)), END - 60 * HOUR, False),
    ("half a day ago, days after its due day", case(*THRICE), END + 71 * HOUR, True),
    ("half a day ago, not near any more", case(*THRICE), END + 72 * HOUR, False),
    ("near a due day out of season", case((JUNE - 12 * HOUR, COMPLETE), due=date(2025, 6, 11)), JUNE, True),
    ("a day ago, out of season", case((JUNE - DAY, COMPLETE), is_found=True), JUNE, False),
    ("a day ago, out of season, overdue", case((OVERDUE - DAY, COMPLETE)), OVERDUE, True),
    ("a day ago, out of season, overdue, but found", case((OVERDUE - DAY, COMPLETE), is_found=True), OVERDUE, False),
    ("a day ago, overdue for months", case(*THRICE, (JUNE - DAY, COMPLETE)), JUNE, False),
    ("a week ago, out of season", case((JUNE - 7 * DAY, COMPLETE), is_found=True), JUNE, True),
    ("could not look a day ago", case((JUNE - DAY, BLOCKED), is_found=True), JUNE, True),
    ("the due day has ended since", case((END - HOUR, COMPLETE)), END, True),
    ("the due day ends in an hour", case((END - 2 * HOUR, COMPLETE)), END - HOUR, False),
    ("too early to confirm", case((JUNE - 19 * HOUR, COMPLETE)), JUNE, False),
    ("time to confirm", case((JUNE - 20 * HOUR, COMPLETE)), JUNE, True),
    ("time to confirm a scan that took a minute to start", case((JUNE - 20 * HOUR + MINUTE, COMPLETE)), JUNE, True),
    ("more than the tolerance too early", case((JUNE - 20 * HOUR + 3 * MINUTE, COMPLETE)), JUNE, False),
    ("confirmed already", case((JUNE - 30 * HOUR, COMPLETE), (JUNE - 9 * HOUR, COMPLETE)), JUNE, False),
    ("found: nothing to confirm", case((JUNE - 20 * HOUR, COMPLETE), is_found=True), JUNE, False),
]


@pytest.mark.parametrize(("known", "now", "expected"), [row[1:] for row in TURNS], ids=[row[0] for row in TURNS])
def test_an_agency_has_its_turn(known, now, expected):
    assert is_due(known, now) is expected


def test_agencies_of_one_column_come_along_and_the_longest_unseen_come_first():
    def agency(key, portal, column=None):
        return Agency(key, key, AgencyKind.LOCAL_DEPARTMENT, "370799", portal, column)

    agencies = [agency("a", "p"), agency("b", "p"), agency("c", "p", "http://own"), agency("d", "q"), agency("e", "p")]
    fresh = case((JUNE - HOUR, COMPLETE), is_found=True)
    old = case((JUNE - 9 * DAY, COMPLETE), is_found=True)
    cases = {"a": fresh, "b": old, "c": fresh, "d": case(), "e": case((JUNE - 9 * DAY, COMPLETE), due=None)}

    assert [one.id for one in due_agencies(agencies, cases, JUNE)] == ["d", "b", "a"]
