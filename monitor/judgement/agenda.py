"""When the standing of an agency-year can change though nothing new is stored, and when a look is due.

Pure. The instants are exact or early, never late: where nothing is on the agenda until an instant, a check
before it would come to the same. `monitor.judgement.verdicts` keeps them in an indexed table, so that a check need not
ask every agency-year whether its time has come.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from monitor.agency_years.case import AFTER_NOW
from monitor.agency_years.seasons import NEAR, NEAR_FROM, NEAR_UNTIL, RETRY, SEASONS, SLACK, is_due
from monitor.alerts.breakers import COULD_LOOK_WITHIN, LOOKED_WITHIN
from monitor.alerts.questions import CANNOT_LOOK_AFTER
from storage.law import PRACTICE_KINDS, PRACTICE_OUTER_BOUND
from storage.records import SHANGHAI, Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.agency_years.case import Case
    from monitor.alerts.accusations import Matter
    from storage.records import Agency, Evidence, Waiver

_FIRST_MONTHS = tuple(
    month for season in SEASONS for month in sorted(season.months) if (month - 2) % 12 + 1 not in season.months
)

MOMENT = timedelta(microseconds=1)
"""The least time by which something lies after another."""


def next_check(agency: Agency, case: Case, evidence: Evidence, waivers: Iterable[Waiver]) -> datetime | None:
    """The first instant after the case's at which the agency-year could stand otherwise; None: never.

    `evidence` is all that is stored of it, what was not known yet at the case's instant too; `waivers` are those
    of the agency-year.
    """
    year = case.obligation.report_year
    instants = [_day_begin(waiver.until + timedelta(days=1)) for waiver in waivers if waiver.until is not None]
    if agency.kind in PRACTICE_KINDS:
        # Until then no article names their date, and a missing report is no more than a warning.
        instants.append(_day_begin(date(year + 1, *PRACTICE_OUTER_BOUND) + timedelta(days=1)))
    if case.obligation.due is not None:
        instants += (case.due_end, case.accuse_from)
    if evidence is not case.evidence:
        instants += (at - AFTER_NOW for at in _times(evidence))
    return min((at for at in instants if at > case.now), default=None)


def next_look(case: Case) -> datetime | None:
    """The first instant from the case's on at which it is to be looked at, if nothing new is seen; None: never."""
    if case.obligation.due is None:
        return None
    now = case.now
    if is_due(case, now):
        return now
    last = case.evidence.looks[-1].started_at
    turns = (last + every - SLACK for every in (NEAR, RETRY, *(season.every for season in SEASONS)))
    confirm = (look.started_at + case.confirm_after for look in case.absent[:1])
    near = (case.due_end + NEAR_FROM, case.due_end + NEAR_UNTIL)
    instants = {*turns, *confirm, *near, case.due_end, *_season_begins(now)}
    return next((at for at in sorted(instants) if at > now and is_due(case, at)), None)


def next_portal_check(matters: Sequence[Matter], now: datetime) -> datetime | None:
    """The first instant after `now` at which what a portal as a whole is judged by could change; None: never.

    By the age of its looks a portal counts as cut off, and as one that cannot be looked at for days.
    """
    instants: list[datetime] = []
    if any(_could_not_look(matter) for matter in matters):
        looks = {id(look): look for matter in matters for look in matter.case.evidence.looks}.values()
        oldest = LOOKED_WITHIN + COULD_LOOK_WITHIN
        recent = [look.started_at for look in looks if now - look.started_at <= oldest]
        instants += [at + bound + MOMENT for at in recent for bound in (LOOKED_WITHIN, oldest)]
    since = _blind_since(matters)
    instants += [since + CANNOT_LOOK_AFTER] if since is not None else []
    return min((at for at in instants if at > now), default=None)


def cannot_look(matters: Iterable[Matter], now: datetime) -> bool:
    """Is there anything among them that could not be looked at for so long that the operator is told?"""
    since = _blind_since(matters)
    return since is not None and now - since >= CANNOT_LOOK_AFTER


def _blind_since(matters: Iterable[Matter]) -> datetime | None:
    failed = (
        look.started_at
        for matter in matters
        if matter.standing.status is Status.UNKNOWN
        for look in matter.case.evidence.looks
        if look.started_at >= matter.case.due_end
    )
    return min(failed, default=None)


def _could_not_look(matter: Matter) -> bool:
    looks = matter.case.evidence.looks
    return bool(looks) and looks[-1].outcome is not Outcome.COMPLETE


def _times(evidence: Evidence) -> Iterator[datetime]:
    yield from (look.started_at for look in evidence.looks)
    for seen in evidence.sightings:
        yield from (seen.first_seen_at, seen.last_seen_at)
    for report in evidence.reports:
        yield from (report.first_seen_at, report.fetched_at)
    yield from (given.at for given in evidence.attestations)


def _season_begins(now: datetime) -> Iterator[datetime]:
    """The next time that each season begins: seasons are made of whole months."""
    here = now.astimezone(SHANGHAI)
    for month in _FIRST_MONTHS:
        yield _day_begin(date(here.year + (month <= here.month), month, 1))


def _day_begin(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
