"""Everything stored that bears on the status of a year's agencies, by a few questions for all or some of them.

A season is millions of rows that say which scan looked for whom and saw what. SQLite gathers them into one
text per agency and per list row; agencies that share their scans share that text, and what is made of it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from storage.database.connection import answer, each_answer, reading
from storage.database.report_rows import read_dates
from storage.database.values import instant_text, json_text, read_day, read_instant, read_json
from storage.records import SHANGHAI, Attestation, Evidence, Look, Outcome, Sighting, StoredReport

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from sqlite_utils import Database

    from storage.report import StatedDate

BULK = 20
"""From so many documents alike, a date is a migration's and proves nothing of any of them."""

_Recorded = TypeVar("_Recorded", StoredReport, Attestation)
_Text = TypeVar("_Text", str, str | None)

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

_SCAN_COLUMNS = "number, id, run, portal, column_url, started_at, outcome, detail, control_title, is_time_doubted"
_SCANS = f"SELECT {_SCAN_COLUMNS} FROM scans WHERE started_at >= :since"
_SOME_SCANS = f"SELECT {_SCAN_COLUMNS} FROM scans WHERE number IN (SELECT value FROM json_each(?))"
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
_PORTALS = """
    SELECT portal FROM report_versions AS r WHERE portal IS NOT NULL {of}
    UNION SELECT portal FROM scan_agencies AS r JOIN scans ON scans.number = r.scan WHERE 1 {of}
"""
_ATTESTATIONS = """
    SELECT agency, report_year, absent, published_on, url, digest, "by", reason, "at" FROM attestations AS r
    WHERE r.report_year = :year {of} ORDER BY "at", id
"""


class _Scan(NamedTuple):
    number: int
    id: str
    run: str
    place: tuple[str, str]
    started_at: datetime
    outcome: Outcome
    detail: str
    control: str | None
    is_time_doubted: bool


class _Seen(NamedTuple):
    """By which scans a list row was seen, from when to when, and in which lists."""

    scans: tuple[int, ...]
    first: datetime
    last: datetime
    places: frozenset[tuple[str, str]]


class _Bulk(NamedTuple):
    """Dates that prove nothing: per list (portal and column), and per portal from lists and pages."""

    lists: Mapping[tuple[str, str], frozenset[date]]
    portals: Mapping[str, frozenset[date]]


class _Turn(NamedTuple):
    """One run's scans for the same agencies: what the look is where it saw the report, and where not."""

    scans: frozenset[int]
    found: Look
    absent: Look


class _Asked:
    """One asking: whom it is about, and what was read for one agency and serves others."""

    def __init__(self, db: Database, report_year: int, agencies: Collection[str] | None) -> None:
        self.db = db
        self.is_of_all = agencies is None
        ended = instant_text(datetime(report_year + 1, 1, 1, tzinfo=SHANGHAI))
        self.values: dict[str, int | str] = {"year": report_year, "since": ended, "bulk": BULK}
        if agencies is not None:
            self.values["agencies"] = json_text(sorted(agencies))
        self.since = read_instant(ended)
        self._scans: dict[int, _Scan] = {}
        self._seen: dict[str, _Seen] = {}
        self._instants: dict[str, datetime] = {}
        self._dates: dict[str, tuple[StatedDate, ...]] = {}
        self._texts: dict[str | None, str | None] = {}

    def rows(self, sql: str, table: str = "r") -> Iterator[tuple[Any, ...]]:
        """The rows of a question, about these agencies alone where not all are asked about."""
        of = "" if self.is_of_all else f"AND {table}.agency IN (SELECT value FROM json_each(:agencies))"
        return each_answer(self.db, sql.format(of=of), self.values)

    def instant(self, text: str) -> datetime:
        """A stored instant; many rows have the same."""
        if text not in self._instants:
            self._instants[text] = read_instant(text)
        return self._instants[text]

    def dates(self, text: str) -> tuple[StatedDate, ...]:
        """The stored dates of a report; many have the same."""
        if text not in self._dates:
            self._dates[text] = read_dates(text)
        return self._dates[text]

    def text(self, text: _Text) -> _Text:
        """The same text as an object that others have too: addresses and titles stand in several tables."""
        return self._texts.setdefault(text, text)  # type: ignore[return-value]

    def load_scans(self) -> None:
        """Every scan since the year ended, by one question."""
        self._keep(each_answer(self.db, _SCANS, self.values))

    def scans(self, numbers: Iterable[int]) -> list[_Scan]:
        """The scans of these numbers, those that were never loaded by one more question."""
        wanted = tuple(numbers)
        absent = [number for number in wanted if number not in self._scans]
        if absent:
            self._keep(each_answer(self.db, _SOME_SCANS, (json_text(absent),)))
        return [self._scans[number] for number in wanted]

    def seen(self, text: str) -> _Seen:
        """What the scans of a gathered text amount to."""
        if text not in self._seen:
            scans = self.scans(_numbers(text))
            instants = [scan.started_at for scan in scans]
            places = frozenset(scan.place for scan in scans)
            self._seen[text] = _Seen(tuple([scan.number for scan in scans]), min(instants), max(instants), places)
        return self._seen[text]

    def forget_rows(self) -> None:
        """Let go of what only list rows needed."""
        self._seen = {}

    def _keep(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for number, key, run, portal, column_url, started, outcome, detail, control, doubted in rows:
            self._scans[number] = _Scan(
                *(number, key, intern(run), (intern(portal), intern(column_url)), self.instant(started)),
                *(Outcome(outcome), detail, control or None, bool(doubted)),
            )


def evidence_of_year(
    db: Database, report_year: int, *, agency: str | None = None, agencies: Collection[str] | None = None
) -> dict[str, Evidence]:
    """Agency → what bears on its report for that year, for all that were ever looked for, or for one, or some.

    Agencies of whom nothing is stored are absent. Looks are all those begun since the year ended: each
    shows the place as it was, whatever year is asked about.
    """
    asked = _Asked(db, report_year, agencies if agency is None else (agency,))
    with reading(db):
        if asked.is_of_all:
            asked.load_scans()
        bulk = _bulk_dates(asked)
        sightings, found = _sightings(asked, bulk)
        looks = _looks(asked, found)
        del found
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
    asked = _Asked(db, report_year, agencies)
    with reading(db):
        return {
            key: Evidence(reports=tuple(reports))
            for key, reports in _grouped(_reports(asked, _bulk_dates(asked))).items()
        }


def report_versions(db: Database, agency: str, report_year: int) -> tuple[StoredReport, ...]:
    """Every stored version of the report of one agency-year, in the order in which they were first seen."""
    asked = _Asked(db, report_year, (agency,))
    with reading(db):
        return tuple(_reports(asked, _bulk_dates(asked)))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def _bulk_dates(asked: _Asked) -> _Bulk:
    lists: dict[tuple[str, str], set[date]] = defaultdict(set)
    portals: dict[str, set[date]] = defaultdict(set)
    values, on = dict(asked.values), ""
    if not asked.is_of_all:
        values["portals"] = json_text(sorted(portal for (portal,) in asked.rows(_PORTALS)))
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


def _sightings(asked: _Asked, bulk: _Bulk) -> tuple[dict[str, tuple[Sighting, ...]], dict[str, list[tuple[int, ...]]]]:
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
    rows: Iterable[tuple[Any, ...]], asked: _Asked, bulk: _Bulk, found: list[tuple[int, ...]]
) -> tuple[Sighting, ...]:
    """Where an agency's report was listed: rows of one address and date are one, by whatever title."""
    places: dict[tuple[str, str | None], tuple[str, _Seen]] = {}
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


def _joined(one: _Seen, other: _Seen) -> _Seen:
    first, last = min(one.first, other.first), max(one.last, other.last)
    return _Seen(one.scans + other.scans, first, last, one.places | other.places)


def _is_bulk(day: date | None, seen: _Seen, bulk: _Bulk) -> bool:
    return day is not None and any(day in bulk.lists.get(place, ()) for place in seen.places)


def _looks(asked: _Asked, found: Mapping[str, list[tuple[int, ...]]]) -> dict[str, tuple[Look, ...]]:
    (asked.values["first_scan"],) = answer(asked.db, _FIRST_SCAN, asked.values) or (0,)
    known: dict[str, tuple[_Turn, ...]] = {}
    looks = {}
    for agency, text in asked.rows(_LOOKED_FOR):
        if text not in known:
            known[text] = _turns(scan for scan in asked.scans(_numbers(text)) if scan.started_at >= asked.since)
        if turns := known[text]:
            seen = set(chain.from_iterable(found.get(agency, ())))
            looks[agency] = tuple([turn.absent if seen.isdisjoint(turn.scans) else turn.found for turn in turns])
    return looks


def _turns(scans: Iterable[_Scan]) -> tuple[_Turn, ...]:
    """Every run that these scans belong to, in the order in which they began."""
    runs: dict[str, list[_Scan]] = {}
    for scan in scans:
        runs.setdefault(scan.run, []).append(scan)
    turns = (
        _Turn(frozenset(scan.number for scan in group), _look(group, is_found=True), _look(group, is_found=False))
        for group in runs.values()
    )
    return tuple(sorted(turns, key=lambda turn: turn.found.started_at))


def _look(group: list[_Scan], *, is_found: bool) -> Look:
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


def _reports(asked: _Asked, bulk: _Bulk) -> Iterator[StoredReport]:
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


def _attestations(asked: _Asked) -> Iterator[Attestation]:
    for agency, year, absent, published, url, digest, by, reason, at in asked.rows(_ATTESTATIONS):
        day = read_day(published)
        yield Attestation(agency, year, bool(absent), day, url, digest, by, reason, asked.instant(at))


def _grouped(records: Iterable[_Recorded]) -> dict[str, list[_Recorded]]:
    groups: dict[str, list[_Recorded]] = defaultdict(list)
    for record in records:
        groups[record.agency].append(record)
    return groups
