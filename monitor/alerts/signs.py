"""By which signs a portal looks broken rather than its agencies at fault, and how strong a sign must be.

Pure. `monitor.alerts.breakers` says what follows from them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from monitor.agency_years.case import proves_absence
from monitor.agency_years.obligations import shanghai_date
from monitor.alerts.book import Fingerprint
from storage.records import Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from monitor.alerts.accusations import Matter
    from storage.records import Look


class Bound(NamedTuple):
    """From which share, and from how many, a sign trips; it holds on until less than half of either."""

    share: float
    at_least: int

    def trips(self, count: int, of: int, *, is_tripped: bool) -> bool:
        """Is the sign strong enough to trip, or to stay tripped?"""
        if is_tripped:
            return count >= (self.at_least + 1) // 2 and count >= self.share / 2 * of
        return count >= self.at_least and count >= self.share * of


VANISHED = Bound(0.2, 3)
CONTROLS = Bound(0.2, 3)
MANY = Bound(0.5, 5)
SIDE_BY_SIDE = timedelta(hours=6)
"""Scans of one portal's columns that lie no further apart came with one crawl: none of them was later."""


class Trip(NamedTuple):
    """One sign that trips a portal: its name, the agencies that show it, and of how many."""

    sign: str
    agencies: tuple[str, ...]
    of: int


class _Glance(NamedTuple):
    """The latest complete look of an agency, and whether an earlier one had a control."""

    latest: Look
    had_control: bool


class _Seen(NamedTuple):
    """When a report was seen first and last, when it was looked for last by a complete scan, and the earliest day
    on which it is known to have stood there, or is said to have."""

    first: datetime
    last: datetime
    looked_at: datetime
    since: date


def trips_of(own: Sequence[Matter], settled: Collection[Fingerprint], before: Collection[str]) -> list[Trip]:
    """Which of the signs a portal shows; `before` are those by which it is tripped already."""
    glances = {
        matter.agency.id: glance
        for matter in own
        if matter.standing.status is not Status.EXEMPT and (glance := _glance(matter)) is not None
    }
    seen = [matter for matter in own if matter.agency.id in glances and matter.case.last_seen is not None]
    vanished = [matter for matter in seen if _has_vanished(matter, glances[matter.agency.id].latest)]
    had_control = [agency for agency, glance in glances.items() if glance.had_control]
    lost_control = [agency for agency in had_control if not glances[agency].latest.control]
    due = [matter for matter in own if matter.standing.due is not None and matter.case.now >= matter.case.due_end]
    absent = (matter for matter in due if matter.standing.status is Status.MISSING)
    fresh = [matter for matter in absent if _missing(matter) not in settled]
    is_all = bool(lost_control) and len(lost_control) == len(had_control)
    trips = []
    if VANISHED.trips(len(vanished), len(seen), is_tripped="vanished" in before):
        trips.append(Trip("vanished", _ids(vanished), len(seen)))
    elif alone := _alone(vanished, seen, glances):
        trips.append(Trip("alone", alone, len(seen)))
    if is_all or CONTROLS.trips(len(lost_control), len(had_control), is_tripped="controls" in before):
        trips.append(Trip("controls", tuple(lost_control), len(had_control)))
    if MANY.trips(len(fresh), len(due), is_tripped="many" in before):
        trips.append(Trip("many", _ids(fresh), len(due)))
    return trips


def _glance(matter: Matter) -> _Glance | None:
    latest: Look | None = None
    for look in reversed(matter.case.evidence.looks):
        if look.outcome is not Outcome.COMPLETE or look.is_time_doubted:
            continue
        if latest is None:
            latest = look
        elif look.control:
            return _Glance(latest, had_control=True)
    return None if latest is None else _Glance(latest, had_control=False)


def _missing(matter: Matter) -> Fingerprint:
    return Fingerprint(matter.agency.id, matter.standing.report_year, Status.MISSING.value, "")


def _has_vanished(matter: Matter, latest: Look) -> bool:
    seen = matter.case.last_seen
    return seen is not None and proves_absence(latest) and latest.started_at > seen and not matter.case.is_vouched


def _alone(vanished: Sequence[Matter], seen: Sequence[Matter], glances: Mapping[str, _Glance]) -> tuple[str, ...]:
    """The agencies whose report vanished with all that stood beside it."""
    if not vanished:
        return ()
    known = {
        matter.agency.id: _Seen(first, last, glances[matter.agency.id].latest.started_at, _listed_since(matter, first))
        for matter in seen
        if (first := matter.case.first_seen) is not None and (last := matter.case.last_seen) is not None
    }
    return _ids(one for one in vanished if _is_alone(one, known.values(), known[one.agency.id]))


def _listed_since(matter: Matter, first: datetime) -> date:
    return min([shanghai_date(first), *(stated.date for stated in matter.case.stated)])


def _is_alone(lost: Matter, seen: Iterable[_Seen], listed: _Seen) -> bool:
    """Is no report that stood there beside the one that vanished, and as long as that, there still?

    A list that begins anew keeps the reports of older years, its controls, and loses all of this one; a list
    that is cut off loses the oldest. While others were not looked for since, nothing is said but of what
    would be accused.
    """
    end = listed.last + SIDE_BY_SIDE
    as_old = [one for one in seen if one is not listed and one.first <= end and one.since <= listed.since]
    if any(one.last > end for one in as_old):
        return False
    return lost.standing.status is Status.WITHDRAWN or all(one.looked_at > end for one in as_old)


def _ids(matters: Iterable[Matter]) -> tuple[str, ...]:
    return tuple(matter.agency.id for matter in matters)
