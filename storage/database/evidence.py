"""Everything stored that bears on the status of a year's agencies, by a few questions for all or some of them.

A season is millions of rows that say which scan looked for whom and saw what. SQLite gathers them into one
text per agency and per list row; agencies that share their scans share that text, and what is made of it.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from storage.database.asking import Asked, LookKey, Place, ScanMemory, ScanRow, Seen, numbers_of
from storage.database.bulk import bulk_dates
from storage.database.connection import answer, answers, reading
from storage.database.values import json_text, read_day
from storage.records import Attestation, Evidence, Look, Outcome, Sighting, StoredReport

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlite_utils import Database

    from storage.database.bulk import Bulk

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
        FROM report_versions AS r JOIN candidates AS c INDEXED BY candidates_unattributed ON c.url = r.url
        WHERE r.report_year = :year {of} AND (c.agency IS NULL OR c.report_year IS NULL)
            AND coalesce(c.agency, r.agency) = r.agency AND coalesce(c.report_year, r.report_year) = r.report_year
    ) AS c
"""
"""Rows that do not say whose or of which year they are: they count for whose report was found behind them."""

_FETCHED_BY = "SELECT report, scan FROM report_scans WHERE report IN (SELECT value FROM json_each(:reports))"
_FETCHED = """
    SELECT r.agency, rs.scan FROM report_versions AS r JOIN report_scans AS rs ON rs.report = r.id
    WHERE r.report_year = :year {of}
"""

_REPORTS = """
    SELECT r.id, r.agency, r.report_year, r.url, (SELECT c.digest FROM captures AS c WHERE c.id = r.capture), r.title,
        r.first_seen_at, r.fetched_at, r.published_on, r.dates, r.portal, r.reason, r.is_current, r.is_attested,
        EXISTS (SELECT 1 FROM doubts AS d WHERE d.report = r.id AND d.kind = 'date_unread')
    FROM report_versions AS r WHERE r.report_year = :year {of}
    ORDER BY r.first_seen_at, r.id
"""
_DATES, _PORTAL = 9, 10

# Numbers follow the order of ingestion, so none of the scans since then has a lower one.
_FIRST_SCAN = "SELECT coalesce(min(number), 0) FROM scans WHERE started_at >= :since"
_LOOKED_FOR = """
    SELECT r.agency, group_concat(r.scan) FROM scan_agencies AS r WHERE r.scan >= :first_scan {of} GROUP BY r.agency
"""

_ATTESTATIONS = """
    SELECT agency, report_year, absent, published_on, url, digest, "by", reason, "at" FROM attestations AS r
    WHERE r.report_year = :year {of} ORDER BY "at", id
"""


def evidence_of_year(
    db: Database,
    report_year: int,
    *,
    agency: str | None = None,
    agencies: Collection[str] | None = None,
    memory: ScanMemory | None = None,
) -> dict[str, Evidence]:
    """Agency → what bears on its report for that year, for all that were ever looked for, or for one, or some.

    Agencies of whom nothing is stored are absent. Looks are all those begun since the year ended: each
    shows the place as it was, for the report years that it looked for; of older ones it proves no absence.
    `memory` spares what an earlier asking about some agencies has read.
    """
    wanted = agencies if agency is None else (agency,)
    asked = Asked(db, report_year, wanted, None if wanted is None else memory)
    with reading(db):
        if asked.is_of_all:
            asked.load_scans()
            asked.values["first_scan"] = (answer(db, _FIRST_SCAN, asked.values) or (0,))[0]
        else:
            if memory is not None:
                memory.settle(db)
            _load_own_scans(asked)
        bulk = bulk_dates(asked, None if asked.is_of_all else {*_stated_days(asked), *_listed_days(asked)})
        sightings, found = _sightings(asked, bulk)
        looks = _looks(asked, found)
        asked.forget_rows()
        reports = _grouped(_reports(asked, bulk))
        attestations = _grouped(_attestations(asked))
    if memory is not None:
        memory.note()
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
            for key, reports in _grouped(_reports(asked, _bulk_of_pages(asked))).items()
        }


def report_versions(db: Database, agency: str, report_year: int) -> tuple[StoredReport, ...]:
    """Every stored version of the report of one agency-year, in the order in which they were first seen."""
    asked = Asked(db, report_year, (agency,))
    with reading(db):
        return tuple(_reports(asked, _bulk_of_pages(asked)))


def _load_own_scans(asked: Asked) -> None:
    """Every scan that looked for these agencies or saw a row of theirs, by one question."""
    asked.values["first_scan"] = 0
    rows = chain(asked.rows(_LISTED, "c"), asked.rows(_BEHIND), asked.rows(_LOOKED_FOR))
    asked.load(text for *_, text in rows if text is not None)


def _bulk_of_pages(asked: Asked) -> Bulk:
    """What of it bears on the reports alone."""
    return bulk_dates(asked, None if asked.is_of_all else set(_stated_days(asked)))


def _stated_days(asked: Asked) -> Iterator[tuple[str, str]]:
    """The dates in these agencies' reports, each with its portal."""
    for row in asked.rows(_REPORTS):
        if row[_PORTAL] is not None:
            yield from ((row[_PORTAL], stated.date.isoformat()) for stated in asked.dates(row[_DATES]))


def _listed_days(asked: Asked) -> Iterator[tuple[str, str]]:
    """The dates of the list rows of these agencies, each with the portals where it was seen."""
    for _, _, listed, _, scans in chain(asked.rows(_LISTED, "c"), asked.rows(_BEHIND)):
        if listed is not None and scans is not None:
            yield from ((portal, listed) for portal, _ in asked.seen(scans).places)


def _sightings(asked: Asked, bulk: Bulk) -> tuple[dict[str, tuple[Sighting, ...]], dict[str, list[tuple[int, ...]]]]:
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
    for agency, scan in _fetched(asked):
        found[agency].append((scan,))
    return sightings, found


def _fetched(asked: Asked) -> Iterator[tuple[str, int]]:
    """Whose report was fetched by which scan."""
    if asked.is_of_all:
        return asked.rows(_FETCHED)
    owners = {row[0]: row[1] for row in asked.rows(_REPORTS)}
    rows = answers(asked.db, _FETCHED_BY, {"reports": json_text(sorted(owners))})
    return ((owners[report], scan) for report, scan in rows)


def _sightings_of(
    rows: Iterable[tuple[Any, ...]], asked: Asked, bulk: Bulk, found: list[tuple[int, ...]]
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
        Sighting(
            asked.text(url), asked.text(title), seen.first, seen.last, day, bulk.has_row(day, seen.places), seen.places
        )
        for (url, listed), (title, seen) in places.items()
        for day in (read_day(listed),)
    ]
    return tuple(sorted(sightings, key=attrgetter("first_seen_at", "url")))


def _joined(one: Seen, other: Seen) -> Seen:
    first, last = min(one.first, other.first), max(one.last, other.last)
    return Seen(one.scans + other.scans, first, last, one.places | other.places)


def _looks(asked: Asked, found: dict[str, list[tuple[int, ...]]]) -> dict[str, tuple[Look, ...]]:
    known = asked.looks()
    turns: dict[str, list[tuple[ScanRow, ...]]] = {}
    # Agencies of one list that are found from the same scan on share all their looks.
    same: dict[tuple[str, frozenset[int]], tuple[Look, ...]] = {}
    looks = {}
    for agency, text in asked.rows(_LOOKED_FOR):
        gathered = text, tuple(found.pop(agency, ()))
        own = known.every.get(gathered)
        if own is None:
            seen = frozenset(chain.from_iterable(gathered[1]))
            if (text, seen) not in same:
                if text not in turns:
                    turns[text] = _turns(asked, numbers_of(text))
                same[text, seen] = tuple(_looks_of(asked, turns[text], seen, known.one))
            own = same[text, seen]
            if not asked.is_of_all:
                known.every[gathered] = own
        if own:
            looks[agency] = own
    return looks


def _turns(asked: Asked, numbers: Iterable[int]) -> list[tuple[ScanRow, ...]]:
    """Every run that these scans since the year ended belong to, in the order in which they began; of each its
    scans, in that order."""
    runs: dict[str, tuple[ScanRow, ...]] = {}
    for scan in asked.scans(numbers):
        if scan.started_at >= asked.since:
            other = runs.get(scan.run)
            runs[scan.run] = (scan,) if other is None else (*other, scan)
    for run, group in runs.items():
        if len(group) > 1:
            runs[run] = tuple(sorted(group, key=attrgetter("started_at", "number")))
    return sorted(runs.values(), key=lambda group: group[0].started_at)


def _looks_of(
    asked: Asked, turns: Iterable[tuple[ScanRow, ...]], seen: frozenset[int], known: dict[LookKey, Look]
) -> Iterator[Look]:
    """The looks of an agency whose report was seen by these scans; agencies share them."""
    for group in turns:
        key: LookKey
        if len(group) == 1:
            number = group[0].number
            key = number, number in seen
        else:
            numbers = tuple([scan.number for scan in group])
            key = numbers, not seen.isdisjoint(numbers)
        look = known.get(key)
        if look is None:
            look = known[key] = _look(group, asked.report_year, is_found=key[1])
        yield look


def _look(group: tuple[ScanRow, ...], report_year: int, *, is_found: bool) -> Look:
    """The scans of one run as one look. What they did not look for they do not prove absent."""
    first = one = group[0]
    scans: tuple[str, ...] = (one.id,)
    control, is_doubted, looked_from = one.control, one.is_time_doubted, one.from_year
    places: tuple[Place, ...] = one.places
    if len(group) > 1:
        one = next((scan for scan in group if scan.outcome is not Outcome.COMPLETE), first)
        scans = tuple([scan.id for scan in group])
        # A row of one list shows nothing of how another one is read.
        controls = [scan.control for scan in group if scan.is_of_list]
        control = controls[0] if controls and all(controls) else None
        is_doubted = any(scan.is_time_doubted for scan in group)
        looked_from = max(scan.from_year for scan in group)
        places = tuple(dict.fromkeys(scan.places[0] for scan in group))
    is_short = report_year < looked_from and not is_found
    outcome = Outcome.INCOMPLETE if is_short and one.outcome is Outcome.COMPLETE else one.outcome
    year = looked_from if is_short else None
    return Look(one.run, scans, first.started_at, outcome, one.detail, control, is_found, is_doubted, year, places)


def _reports(asked: Asked, bulk: Bulk) -> Iterator[StoredReport]:
    for row in asked.rows(_REPORTS):
        key, agency, year, url, digest, title, first_seen, fetched, published, dates, portal, reason, *flags = row
        stated = asked.dates(dates)
        shared = bulk.reports.get(portal, frozenset())
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
            has_unread_date=bool(flags[2]),
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
