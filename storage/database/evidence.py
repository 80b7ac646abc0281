"""Everything stored that bears on the status of a year's agencies, by a few questions for all or some of them.

A season is millions of rows that say which scan looked for whom and saw what. SQLite gathers them into one
text per agency and per list row; agencies that share their scans share that text, and what is made of it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from storage.database.asking import Asked, ScanRow, Seen, numbers_of
from storage.database.connection import answer, each_answer, reading
from storage.database.values import json_text, read_day, read_json
from storage.records import Attestation, Evidence, Look, Outcome, Sighting, StoredReport

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from sqlite_utils import Database


_Recorded = TypeVar("_Recorded", StoredReport, Attestation)

# In every question `{of}` is nothing, or the agencies (`{on}`: portals) that are asked about.
_LISTED = """
    SELECT c.agency, c.url, c.listed_on, c.title,
        (SELECT group_concat(s.scan) FROM sightings AS s WHERE s.candidate = c.id)
    FROM candidates AS c
    WHERE c.report_year = :year AND c.agency IS NOT NULL {of} AND (
        NOT EXISTS (SELECT 1 FROM dismissals AS d
            WHERE d.agency = c.agency AND d.report_year = c.report_year AND d.url = c.url)
        OR EXISTS (SELECT 1 FROM report_versions AS r
            WHERE r.agency = c.agency AND r.report_year = c.report_year AND r.url = c.url))
    ORDER BY c.agency
"""
"""List rows of agency-years with the scans that saw them; dismissed ones do not count."""

_BEHIND = """
    SELECT c.agency, c.url, c.listed_on, c.title,
        (SELECT group_concat(s.scan) FROM sightings AS s WHERE s.candidate = c.candidate)
    FROM (
        SELECT DISTINCT r.agency AS agency, c.id AS candidate, c.url AS url, c.listed_on AS listed_on, c.title AS title
        FROM report_versions AS r JOIN candidates AS c ON c.url = r.url
        WHERE r.report_year = :year {of} AND (c.agency IS NULL OR c.report_year IS NULL)
            AND coalesce(c.agency, r.agency) = r.agency AND coalesce(c.report_year, r.report_year) = r.report_year
    ) AS c
"""
"""Rows that do not say whose or of which year they are: they count for whose report was found behind them."""

_FETCHED = """
    SELECT r.agency, rs.scan FROM report_versions AS r JOIN report_scans AS rs ON rs.report = r.id
    WHERE r.report_year = :year {of}
"""

_REPORTS = """
    SELECT r.id, r.agency, r.report_year, r.url, (SELECT c.digest FROM captures AS c WHERE c.id = r.capture), r.title,
        r.first_seen_at, r.fetched_at, r.published_on, r.dates, r.portal, r.reason, r.is_current, r.is_attested
    FROM report_versions AS r WHERE r.report_year = :year {of}
    ORDER BY r.first_seen_at, r.id
"""

# Numbers follow the order of ingestion, so none of the scans since then has a lower one.
_FIRST_SCAN = "SELECT coalesce(min(number), 0) FROM scans WHERE started_at >= :since"
_LOOKED_FOR = """
    SELECT r.agency, group_concat(r.scan) FROM scan_agencies AS r WHERE r.scan >= :first_scan {of} GROUP BY r.agency
"""

_PAGE_DATES = """
    SELECT portal, "date" FROM (
        SELECT portal, "date", source FROM stated_dates {on} GROUP BY portal, "date", source HAVING count(*) >= :bulk
    ) AS alike
    WHERE :bulk <= (
        SELECT count(DISTINCT r.url) FROM stated_dates AS s JOIN report_versions AS r ON r.id = s.report
        WHERE s.portal = alike.portal AND s."date" = alike."date" AND s.source = alike.source)
"""
_LIST_DATES = "SELECT DISTINCT portal, column_url, bulk_dates FROM scans WHERE bulk_dates != '[]' {on}"
_PORTALS = (
    "SELECT DISTINCT r.portal FROM report_versions AS r WHERE r.portal IS NOT NULL AND r.report_year = :year {of}"
)
_ATTESTATIONS = """
    SELECT agency, report_year, absent, published_on, url, digest, "by", reason, "at" FROM attestations AS r
    WHERE r.report_year = :year {of} ORDER BY "at", id
"""


class _Bulk(NamedTuple):
    """Dates that prove nothing: per list (portal and column), and per portal from lists and pages."""

    lists: Mapping[tuple[str, str], frozenset[date]]
    portals: Mapping[str, frozenset[date]]


class _Turn(NamedTuple):
    """One run's scans for the same agencies: what the look is where it saw the report, and where not."""

    scans: frozenset[int]
    found: Look
    absent: Look


def evidence_of_year(
    db: Database, report_year: int, *, agency: str | None = None, agencies: Collection[str] | None = None
) -> dict[str, Evidence]:
    """Agency → what bears on its report for that year, for all that were ever looked for, or for one, or some.

    Agencies of whom nothing is stored are absent. Looks are all those begun since the year ended: each
    shows the place as it was, for the report years that it looked for; of older ones it proves no absence.
    """
    asked = Asked(db, report_year, agencies if agency is None else (agency,))
    with reading(db):
        if asked.is_of_all:
            asked.load_scans()
            asked.values["first_scan"] = (answer(db, _FIRST_SCAN, asked.values) or (0,))[0]
        else:
            _load_own_scans(asked)
        bulk = _bulk_dates(asked)
        sightings, found = _sightings(asked, bulk)
        looks = _looks(asked, found)
        asked.forget_rows()
        reports = _grouped(_reports(asked, bulk))
        attestations = _grouped(_attestations(asked))
    return {
        key: Evidence(
            looks=looks.get(key, ()),
            sightings=sightings.get(key, ()),
            reports=tuple(reports.get(key, ())),
            attestations=tuple(attestations.get(key, ())),
        )
        for key in sorted(
            looks.keys() | {key for key, seen in sightings.items() if seen} | reports.keys() | attestations.keys()
        )
    }


def versions_of_year(db: Database, report_year: int, *, agencies: Collection[str] | None = None) -> dict[str, Evidence]:
    """The same with nothing but the versions of the reports: what decides which one is judged, and against what."""
    asked = Asked(db, report_year, agencies)
    with reading(db):
        return {
            key: Evidence(reports=tuple(reports))
            for key, reports in _grouped(_reports(asked, _bulk_dates(asked))).items()
        }


def report_versions(db: Database, agency: str, report_year: int) -> tuple[StoredReport, ...]:
    """Every stored version of the report of one agency-year, in the order in which they were first seen."""
    asked = Asked(db, report_year, (agency,))
    with reading(db):
        return tuple(_reports(asked, _bulk_dates(asked)))


def _load_own_scans(asked: Asked) -> None:
    """Every scan that looked for these agencies or saw a row of theirs, by one question."""
    asked.values["first_scan"] = 0
    rows = chain(asked.rows(_LISTED, "c"), asked.rows(_BEHIND), asked.rows(_LOOKED_FOR))
    texts = {text for *_, text in rows if text is not None}
    asked.scans({number for text in texts for number in numbers_of(text)})


def _bulk_dates(asked: Asked) -> _Bulk:
    lists: dict[tuple[str, str], set[date]] = defaultdict(set)
    portals: dict[str, set[date]] = defaultdict(set)
    values, on = dict(asked.values), ""
    if not asked.is_of_all:
        values["portals"] = json_text(sorted(asked.portals() | {portal for (portal,) in asked.rows(_PORTALS)}))
        on = "portal IN (SELECT value FROM json_each(:portals))"
    for portal, column_url, texts in each_answer(asked.db, _LIST_DATES.format(on=on and f"AND {on}"), values):
        dates = {day for text in read_json(texts) if (day := read_day(text))}
        lists[portal, column_url] |= dates
        portals[portal] |= dates
    for portal, text in each_answer(asked.db, _PAGE_DATES.format(on=on and f"WHERE {on}"), values):
        portals[portal] |= {day for day in (read_day(text),) if day}
    return _Bulk(
        {place: frozenset(dates) for place, dates in lists.items()},
        {portal: frozenset(dates) for portal, dates in portals.items()},
    )


def _sightings(asked: Asked, bulk: _Bulk) -> tuple[dict[str, tuple[Sighting, ...]], dict[str, list[tuple[int, ...]]]]:
    """Agency → where its report was listed, and agency → the scans that saw or fetched it."""
    found: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    sightings = {}
    behind: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in asked.rows(_BEHIND):
        behind[row[0]].append(row)
    for agency, rows in groupby(asked.rows(_LISTED, "c"), key=itemgetter(0)):
        sightings[agency] = _sightings_of(chain(rows, behind.pop(agency, ())), asked, bulk, found[agency])
    for agency, others in behind.items():
        sightings[agency] = _sightings_of(others, asked, bulk, found[agency])
    for agency, scan in asked.rows(_FETCHED):
        found[agency].append((scan,))
    return sightings, found


def _sightings_of(
    rows: Iterable[tuple[Any, ...]], asked: Asked, bulk: _Bulk, found: list[tuple[int, ...]]
) -> tuple[Sighting, ...]:
    """Where an agency's report was listed: rows of one address and date are one, by whatever title."""
    places: dict[tuple[str, str | None], tuple[str, Seen]] = {}
    for _, url, listed, title, scans in rows:
        if scans is not None:
            seen = asked.seen(scans)
            found.append(seen.scans)
            other = places.get((url, listed))
            places[url, listed] = (title, seen) if other is None else (max(title, other[0]), _joined(seen, other[1]))
    sightings = [
        Sighting(asked.text(url), asked.text(title), seen.first, seen.last, day, _is_bulk(day, seen, bulk))
        for (url, listed), (title, seen) in places.items()
        for day in (read_day(listed),)
    ]
    return tuple(sorted(sightings, key=attrgetter("first_seen_at", "url")))


def _joined(one: Seen, other: Seen) -> Seen:
    first, last = min(one.first, other.first), max(one.last, other.last)
    return Seen(one.scans + other.scans, first, last, one.places | other.places)


def _is_bulk(day: date | None, seen: Seen, bulk: _Bulk) -> bool:
    return day is not None and any(day in bulk.lists.get(place, ()) for place in seen.places)


def _looks(asked: Asked, found: dict[str, list[tuple[int, ...]]]) -> dict[str, tuple[Look, ...]]:
    known: dict[str, tuple[_Turn, ...]] = {}
    # Agencies of one list that are found from the same scan on share all their looks.
    same: dict[tuple[str, frozenset[int]], tuple[Look, ...]] = {}
    looks = {}
    for agency, text in asked.rows(_LOOKED_FOR):
        seen = frozenset(chain.from_iterable(found.pop(agency, ())))
        if (text, seen) not in same:
            if text not in known:
                known[text] = _turns(asked, numbers_of(text))
            turns = known[text]
            same[text, seen] = tuple([turn.absent if seen.isdisjoint(turn.scans) else turn.found for turn in turns])
        if own := same[text, seen]:
            looks[agency] = own
    return looks


def _turns(asked: Asked, numbers: Iterable[int]) -> tuple[_Turn, ...]:
    """Every run that these scans since the year ended belong to, in the order in which they began."""
    runs: dict[str, list[ScanRow]] = {}
    for scan in asked.scans(numbers):
        if scan.started_at >= asked.since:
            runs.setdefault(scan.run, []).append(scan)
    turns = (_turn(group, asked.report_year) for group in runs.values())
    return tuple(sorted(turns, key=lambda turn: turn.found.started_at))


def _turn(group: list[ScanRow], report_year: int) -> _Turn:
    found, absent = _look(group, is_found=True), _look(group, is_found=False)
    from_year = max(scan.from_year for scan in group)
    if report_year < from_year:
        outcome = Outcome.INCOMPLETE if absent.outcome is Outcome.COMPLETE else absent.outcome
        absent = replace(absent, outcome=outcome, looked_from=from_year)
    return _Turn(frozenset(scan.number for scan in group), found, absent)


def _look(group: list[ScanRow], *, is_found: bool) -> Look:
    in_order = sorted(group, key=lambda scan: (scan.started_at, scan.number))
    decisive = next((scan for scan in in_order if scan.outcome is not Outcome.COMPLETE), in_order[0])
    return Look(
        run=decisive.run,
        scans=tuple(scan.id for scan in in_order),
        started_at=in_order[0].started_at,
        outcome=decisive.outcome,
        detail=decisive.detail,
        control=next((scan.control for scan in in_order if scan.control), None),
        found=is_found,
        is_time_doubted=any(scan.is_time_doubted for scan in group),
    )


def _reports(asked: Asked, bulk: _Bulk) -> Iterator[StoredReport]:
    for row in asked.rows(_REPORTS):
        key, agency, year, url, digest, title, first_seen, fetched, published, dates, portal, reason, *flags = row
        stated = asked.dates(dates)
        shared = bulk.portals.get(portal, frozenset())
        yield StoredReport(
            id=key,
            agency=agency,
            report_year=year,
            url=asked.text(url),
            digest=digest,
            title=asked.text(title),
            first_seen_at=asked.instant(first_seen),
            fetched_at=asked.instant(fetched),
            published_on=read_day(published),
            dates=stated,
            bulk_dates=frozenset(entry.date for entry in stated) & shared if shared else frozenset(),
            reason=reason,
            is_current=bool(flags[0]),
            is_attested=bool(flags[1]),
        )


def _attestations(asked: Asked) -> Iterator[Attestation]:
    for agency, year, absent, published, url, digest, by, reason, at in asked.rows(_ATTESTATIONS):
        day = read_day(published)
        yield Attestation(agency, year, bool(absent), day, url, digest, by, reason, asked.instant(at))


def _grouped(records: Iterable[_Recorded]) -> dict[str, list[_Recorded]]:
    groups: dict[str, list[_Recorded]] = defaultdict(list)
    for record in records:
        groups[record.agency].append(record)
    return groups
