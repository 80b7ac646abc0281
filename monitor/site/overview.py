"""What the home page shows: one report year at a glance, and the open alerts.

Every question reads by an index; those of a year look at its rows once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from monitor.checks.rules import RULES
from storage.database.connection import answers, reading
from storage.database.values import json_text
from storage.records import LIVE_STATES, AgencyKind

if TYPE_CHECKING:
    from storage.database import Database

_LIVE = json_text(sorted(LIVE_STATES))
_GOVERNMENTS = (AgencyKind.PROVINCE_GOVERNMENT, AgencyKind.CITY_GOVERNMENT, AgencyKind.COUNTY_GOVERNMENT)
_REGION_DIGITS = (2, 4, 6)
_MOST_REGIONS = 40


class OpenAlert(NamedTuple):
    """One live alert as lists show it; `agency` None: an operator incident."""

    id: str
    agency: str | None
    name: str | None
    report_year: int | None
    rule: str
    state: str
    opened_at: str
    message: str


class Line(NamedTuple):
    """One line of a breakdown: its key, its words (empty: the key's own) and the agencies by status."""

    key: str
    name: str
    statuses: Counter[str]


@dataclass(frozen=True, slots=True)
class Year:
    """One report year at a glance. `not_scanned` are those of the unknown that were never looked at; `as_of` is
    the moment of the latest check, None where there was none."""

    report_year: int
    statuses: Counter[str]
    contents: Counter[str]
    not_scanned: int
    as_of: str | None

    @property
    def total(self) -> int:
        """All agencies of the year."""
        return self.statuses.total()


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the home page shows; `errors` are rule names with how often they were broken."""

    years: tuple[int, ...]
    year: Year
    kinds: tuple[Line, ...]
    regions: tuple[Line, ...]
    digits: int
    errors: tuple[tuple[str, int], ...]
    alerts: tuple[OpenAlert, ...]
    alert_count: int


def report_years(db: Database) -> tuple[int, ...]:
    """Years for which anything is owed or was read, newest first."""
    rows = answers(db, "SELECT report_year FROM obligations UNION SELECT report_year FROM report_versions")
    return tuple(sorted((year for (year,) in rows), reverse=True))


def newest_report(db: Database) -> int:
    """The highest id of a version, 0 where there is none."""
    return int(answers(db, "SELECT coalesce(max(id), 0) FROM report_versions")[0][0])


def year_at_a_glance(db: Database, report_year: int) -> Year:
    """Counts of statuses and contents, always with what was not looked at and as of when."""
    rows = answers(
        db,
        "SELECT status, coalesce(content, ''), coalesce(reason, '') = 'not_scanned', count(*), "
        "(SELECT as_of FROM checks WHERE checks.report_year = obligations.report_year) "
        "FROM obligations WHERE report_year = ? GROUP BY 1, 2, 3",
        (report_year,),
    )
    statuses: Counter[str] = Counter()
    contents: Counter[str] = Counter()
    for status, content, _, count, _ in rows:
        statuses[status] += count
        contents[content] += count
    not_scanned = sum(count for status, _, is_unseen, count, _ in rows if is_unseen and status == "unknown")
    return Year(report_year, statuses, contents, not_scanned, max((row[4] for row in rows), default=None))


def overview(db: Database, report_year: int | None, *, alert_limit: int) -> Overview | None:
    """The home page of that year, None for the newest; None where nothing has been judged."""
    with reading(db):
        years = tuple(year for (year,) in answers(db, "SELECT DISTINCT report_year FROM obligations ORDER BY 1 DESC"))
        if not years:
            return None
        year = report_year if report_year is not None and report_year in years else years[0]
        kinds, regions, digits = _breakdowns(db, year)
        return Overview(
            years,
            year_at_a_glance(db, year),
            kinds,
            regions,
            digits,
            _common_errors(db, year),
            _open_alerts(db, alert_limit),
            answers(db, "SELECT count(*) FROM alerts WHERE state IN (SELECT value FROM json_each(?))", (_LIVE,))[0][0],
        )


def _breakdowns(db: Database, report_year: int) -> tuple[tuple[Line, ...], tuple[Line, ...], int]:
    rows = answers(
        db,
        "SELECT coalesce(a.kind, ''), coalesce(a.region, ''), o.status, count(*) "
        "FROM obligations AS o JOIN agencies AS a ON a.id = o.agency WHERE o.report_year = ? GROUP BY 1, 2, 3",
        (report_year,),
    )
    order = {kind.value: place for place, kind in enumerate(AgencyKind)}
    kinds: dict[str, Counter[str]] = {}
    for kind, _, status, count in rows:
        kinds.setdefault(kind, Counter())[status] += count
    of_kinds = tuple(
        Line(kind, "", kinds[kind]) for kind in sorted(kinds, key=lambda kind: order.get(kind, len(order)))
    )
    digits = _digits({region for _, region, _, _ in rows})
    regions: dict[str, Counter[str]] = {}
    for _, region, status, count in rows:
        regions.setdefault(region[:digits], Counter())[status] += count
    names = _region_names(db, sorted(regions))
    of_regions = tuple(Line(region, names.get(region, ""), regions[region]) for region in sorted(regions))
    return of_kinds, of_regions, digits


def _digits(regions: set[str]) -> int:
    """The longest prefix that still gives few lines; the shortest that gives more than one, where there is one."""
    counts = {digits: len({region[:digits] for region in regions}) for digits in _REGION_DIGITS}
    return next((digits for digits in _REGION_DIGITS if 1 < counts[digits] <= _MOST_REGIONS), _REGION_DIGITS[0])


def _region_names(db: Database, prefixes: list[str]) -> dict[str, str]:
    """Prefix → the government of that region, as the registry names it."""
    codes = {prefix.ljust(_REGION_DIGITS[-1], "0"): prefix for prefix in prefixes if prefix}
    rows = answers(
        db,
        "SELECT region, name FROM agencies WHERE region IN (SELECT value FROM json_each(?)) "
        "AND kind IN (SELECT value FROM json_each(?)) AND dropped_at IS NULL ORDER BY id DESC",
        (json_text(list(codes)), json_text(_GOVERNMENTS)),
    )
    return {codes[region]: name for region, name in rows}


def _common_errors(db: Database, report_year: int) -> tuple[tuple[str, int], ...]:
    rows = answers(
        db,
        "SELECT rule, count(*) FROM findings WHERE report_year = ? AND severity = 'error' "
        "GROUP BY rule ORDER BY 2 DESC, 1",
        (report_year,),
    )
    return tuple((rule, count) for rule, count in rows if rule in RULES and RULES[rule].counts_towards_content)


def _open_alerts(db: Database, limit: int) -> tuple[OpenAlert, ...]:
    return tuple(OpenAlert(*row) for row in answers(db, _OPEN_ALERTS, (_LIVE, limit)))


_OPEN_ALERTS = """
    SELECT l.id, l.agency, a.name, l.report_year, l.rule, l.state, l.opened_at, l.message
    FROM alerts AS l LEFT JOIN agencies AS a ON a.id = l.agency
    WHERE l.id IN (
        SELECT id FROM alerts WHERE state IN (SELECT value FROM json_each(?))
        ORDER BY opened_at DESC, rule = 'malformed', rule = 'late', id LIMIT ?)
    ORDER BY l.opened_at DESC, l.rule = 'malformed', l.rule = 'late', l.id
"""
"""The newest first; of one check the gravest, so that the missing stand before the malformed."""
