"""What the dates of one agency-year say about each other: which there are, which contradict, which were changed.

Pure. No date is dropped: those that prove nothing are given too, and say so.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from monitor.agency_years.case import ATTESTED, proves_absence
from monitor.agency_years.obligations import due_end, shanghai_date
from storage.report import PUBLISHER_SOURCES, DateSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from monitor.agency_years.case import Case, Stated
    from storage.records import Look

COUNTED = frozenset({ATTESTED, *PUBLISHER_SOURCES})
"""Sources by which the publisher states when it published; the others never prove anything."""


class Dated(NamedTuple):
    """One date as it was found; `seen_at` is when it was first seen there."""

    date: date
    source: str
    url: str | None
    is_bulk: bool
    seen_at: datetime

    @property
    def is_ahead(self) -> bool:
        """It lies after the day on which it was first seen: nobody published then."""
        return self.date > shanghai_date(self.seen_at)

    @property
    def counts(self) -> bool:
        """May it make a report late? One that is bulk or lies ahead excuses, and never accuses."""
        return self.source in COUNTED and not self.is_bulk and not self.is_ahead


class DateChange(NamedTuple):
    """A date that stood in one place, and another one that stands there since `at` (when we saw it first)."""

    url: str
    source: str
    before: date
    after: date
    at: datetime


class Backdating(NamedTuple):
    """A date in time, and a complete look with a control, begun after that day, that lacked the report."""

    stated: Stated
    look: Look


def every_date(case: Case) -> tuple[Dated, ...]:
    """All dates with their sources, each place once, those that were seen first before the others."""
    found: dict[tuple[date, str, str | None], Dated] = {}
    for one in sorted(_dates(case), key=lambda one: (one.seen_at, one.date)):
        found.setdefault((one.date, one.source, one.url), one)
    return tuple(found.values())


def conflict(case: Case) -> tuple[tuple[Stated, ...], tuple[Stated, ...]]:
    """The dates that the publisher states, in time and after the due day; both empty where they do not contradict."""
    timely = case.timely
    late = tuple(stated for stated in case.stated if stated not in timely)
    return (timely, late) if timely and late and case.obligation.due is not None else ((), ())


def date_changes(case: Case) -> tuple[DateChange, ...]:
    """`date_changed`: dates that the publisher stated, and later stated otherwise in the same place, in time order."""
    return tuple(sorted(_changes(case), key=lambda change: (change.at, change.url, change.source)))


def backdating(case: Case) -> Backdating | None:
    """Why a report that is on time by its stated date may have been dated back; None where nothing says so.

    The date stands, for the benefit of the doubt; a person is asked. Nothing is asked where the report was
    seen in time, by us or by a person, where a person confirms a date in time, or where a date in time is bulk.
    """
    timely = case.timely
    first, word = case.first_seen, case.word
    if not timely or first is None or first < case.due_end or any(stated.is_bulk for stated in timely):
        return None
    is_confirmed = any(stated.source == ATTESTED for stated in timely)
    if is_confirmed or (word is not None and case.is_vouched and word.at < case.due_end):
        return None
    latest = max(timely, key=lambda stated: stated.date)
    since = due_end(latest.date)
    for look in case.evidence.looks:
        if since <= look.started_at < first and look.control and proves_absence(look):
            return Backdating(latest, look)
    return None


def _dates(case: Case) -> Iterator[Dated]:
    word = case.word
    if word is not None and case.is_vouched and word.published_on is not None:
        yield Dated(word.published_on, ATTESTED, word.url, is_bulk=False, seen_at=word.at)
    for report in case.evidence.reports:
        for stated in report.dates:
            is_bulk = stated.date in report.bulk_dates
            yield Dated(stated.date, stated.source, report.url, is_bulk, report.first_seen_at)
    for sighting in case.evidence.sightings:
        if sighting.listed_on is not None:
            source = DateSource.LIST_ROW
            yield Dated(sighting.listed_on, source, sighting.url, sighting.is_bulk, sighting.first_seen_at)


def _changes(case: Case) -> Iterator[DateChange]:
    versions = sorted(case.evidence.reports, key=lambda report: (report.first_seen_at, report.id))
    places: dict[tuple[str, str], list[tuple[date, datetime]]] = {}
    for report in versions:
        for source in PUBLISHER_SOURCES:
            # A row's date belongs to the row: what an article repeats of it changes when the row does.
            own = [stated.date for stated in report.dates if stated.source is source is not DateSource.LIST_ROW]
            if own:
                places.setdefault((report.url, source), []).append((min(own), report.first_seen_at))
    for (url, place), dates in places.items():
        for (before, _), (after, at) in pairwise(dates):
            if before != after:
                yield DateChange(url, place, before, after, at)
    rows = sorted(case.evidence.sightings, key=lambda sighting: sighting.first_seen_at)
    for one, other in pairwise(sorted(rows, key=lambda sighting: sighting.url)):
        is_after = one.url == other.url and one.last_seen_at < other.first_seen_at
        if is_after and one.listed_on is not None and other.listed_on is not None and one.listed_on != other.listed_on:
            yield DateChange(one.url, DateSource.LIST_ROW, one.listed_on, other.listed_on, other.first_seen_at)
