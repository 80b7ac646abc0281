"""Which agencies are due for a scan: daily in the season of the reports, weekly in the rest of the year,
twice a day around the due date of one whose report is not there yet, and daily while it is overdue.

Pure. The plan is a table; everything else follows from what was looked at when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.errors import FormError
from storage.records import SHANGHAI, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from monitor.agency_years.case import Case
    from storage.records import Agency


@dataclass(frozen=True, slots=True)
class Season:
    """In these months (of Asia/Shanghai) an agency is looked at so often."""

    months: frozenset[int]
    every: timedelta


SEASONS = (
    Season(frozenset({1, 2, 3}), timedelta(days=1)),
    Season(frozenset(range(4, 13)), timedelta(days=7)),
)
_BY_MONTH = {month: season for season in SEASONS for month in season.months}
RETRY = timedelta(days=1)
"""After a look that was not complete, the next one is at most so long away."""

NEAR = timedelta(hours=12)
"""So often an agency without a report is looked at around its due date, in whatever season that lies."""

NEAR_FROM, NEAR_UNTIL = timedelta(days=-3), timedelta(days=3)
"""From the end of the due day: the day itself with the two before it, and the three after it."""

OVERDUE_UNTIL = timedelta(days=90)
"""So long after its due day an agency without a report is looked at every day: what it publishes late must not
stand as missing for a week."""

SLACK = timedelta(hours=1)
"""A look may come so much early, so that a daily one does not drift around the clock."""


def is_due(case: Case, now: datetime) -> bool:
    """Should the agency be looked at now?

    Besides the season's turn: more often near the due day and after it, as soon as that has ended, and
    `confirm_after` a first complete look without its report, to confirm it. Where nothing is owed nothing is
    looked for.
    """
    if case.obligation.due is None:
        return False
    if not case.evidence.looks:
        return True
    last = case.evidence.looks[-1]
    if last.started_at < case.due_end <= now:
        return True
    if not case.is_found and case.absent:
        confirm_at = case.absent[0].started_at + case.confirm_after
        if last.started_at < confirm_at <= now:
            return True
    every = _season(now).every
    if not case.is_found and NEAR_FROM <= now - case.due_end < NEAR_UNTIL:
        every = min(every, NEAR)
    if not case.is_found and timedelta() <= now - case.due_end < OVERDUE_UNTIL:
        every = min(every, RETRY)
    if last.outcome is not Outcome.COMPLETE:
        every = min(every, RETRY)
    return now - last.started_at >= every - SLACK


def due_agencies(agencies: Iterable[Agency], cases: Mapping[str, Case], now: datetime) -> tuple[Agency, ...]:
    """The agencies to look for now, those first that were looked at longest ago.

    Agencies that share a column with one that is due come along: it is the same scan.
    """
    known = tuple(agencies)
    places = {_place(agency) for agency in known if is_due(cases[agency.id], now)}
    wanted = [agency for agency in known if _place(agency) in places and cases[agency.id].obligation.due is not None]
    return tuple(sorted(wanted, key=lambda agency: _last_look(cases[agency.id])))


def _place(agency: Agency) -> tuple[str, str | None]:
    return agency.portal, agency.column_url


def _last_look(case: Case) -> float:
    return case.evidence.looks[-1].started_at.timestamp() if case.evidence.looks else 0.0


def _season(now: datetime) -> Season:
    return _BY_MONTH[now.astimezone(SHANGHAI).month]


def _check_seasons() -> None:
    months = sorted(month for season in SEASONS for month in season.months)
    if months != list(range(1, 13)):
        raise FormError(f"the seasons cover the months {months}, expected each once")


_check_seasons()
