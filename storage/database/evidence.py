"""Everything stored that bears on the status of a year's agencies, by a few questions for all of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from storage.database.connection import answers, each_answer, reading
from storage.database.report_rows import read_dates
from storage.database.values import instant_text, read_day, read_instant, read_json
from storage.records import SHANGHAI, Attestation, Evidence, Look, Outcome, Sighting, StoredReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sqlite_utils import Database

BULK = 20
"""From so many documents alike, a date is a migration's and proves nothing of any of them."""

_LAST = "\U0010ffff"
"""No id comes after it: between "" and it are all."""

_Recorded = TypeVar("_Recorded", StoredReport, Attestation)

_SEEN = """
    SELECT c.agency AS agency, s.scan AS scan, c.id AS candidate
    FROM candidates AS c JOIN sightings AS s ON s.candidate = c.id
    WHERE c.report_year = :year AND c.agency BETWEEN :first AND :last AND (
        NOT EXISTS (SELECT 1 FROM dismissals AS d
            WHERE d.agency = c.agency AND d.report_year = c.report_year AND d.url = c.url)
        OR EXISTS (SELECT 1 FROM report_versions AS r
            WHERE r.agency = c.agency AND r.report_year = c.report_year AND r.url = c.url))
    UNION
    SELECT r.agency, s.scan, c.id
    FROM report_versions AS r
        JOIN candidates AS c ON c.url = r.url
        JOIN sightings AS s ON s.candidate = c.id
    WHERE r.report_year = :year AND r.agency BETWEEN :first AND :last
        AND (c.agency IS NULL OR c.report_year IS NULL)
        AND coalesce(c.agency, r.agency) = r.agency AND coalesce(c.report_year, r.report_year) = r.report_year
"""
"""Which scan saw which list row of whom. Rows that do not say whose or of which year they are count for
the agency-year whose report was found behind them; dismissed ones do not count."""

_FETCHED = """
    SELECT r.agency, rs.scan FROM report_versions AS r JOIN report_scans AS rs ON rs.report = r.id
    WHERE r.report_year = :year AND r.agency BETWEEN :first AND :last
"""

_SIGHTINGS = f"""
    SELECT seen.agency, c.url, c.listed_on, max(c.title), min(scans.started_at), max(scans.started_at),
        json_group_array(DISTINCT scans.portal || char(10) || scans.column_url)
    FROM ({_SEEN}) AS seen
        JOIN candidates AS c ON c.id = seen.candidate
        JOIN scans ON scans.number = seen.scan
    GROUP BY seen.agency, c.url, c.listed_on
    ORDER BY 5, c.url
"""

_REPORTS = """
    SELECT id, agency, report_year, url, (SELECT c.digest FROM captures AS c WHERE c.id = capture), title,
        first_seen_at, fetched_at, published_on, dates, portal, reason, is_current, is_attested
    FROM report_versions WHERE report_year = :year AND agency BETWEEN :first AND :last
    ORDER BY first_seen_at, id
"""

_SCANS = """
    SELECT number, id, run, started_at, outcome, detail, control_title FROM scans WHERE started_at >= :since
"""
_SCANS_OF_ONE = """
    SELECT number, id, run, started_at, outcome, detail, control_title
    FROM scan_agencies JOIN scans ON scans.number = scan_agencies.scan
    WHERE agency = :first AND started_at >= :since
"""
_LOOKED_FOR = "SELECT agency, scan FROM scan_agencies WHERE agency BETWEEN :first AND :last ORDER BY agency, scan"

_PAGE_DATES = """
    SELECT portal, "date" FROM (
        SELECT portal, "date", source FROM stated_dates WHERE portal BETWEEN :first_portal AND :last_portal
        GROUP BY portal, "date", source HAVING count(*) >= :bulk) AS alike
    WHERE :bulk <= (
        SELECT count(DISTINCT r.url) FROM stated_dates AS s JOIN report_versions AS r ON r.id = s.report
        WHERE s.portal = alike.portal AND s."date" = alike."date" AND s.source = alike.source)
"""
_LIST_DATES = """
    SELECT DISTINCT portal, column_url, bulk_dates FROM scans
    WHERE bulk_dates != '[]' AND portal BETWEEN :first_portal AND :last_portal
"""
_PORTALS_OF_ONE = """
    SELECT portal FROM report_versions WHERE agency = :first AND portal IS NOT NULL
    UNION SELECT portal FROM scan_agencies JOIN scans ON scans.number = scan_agencies.scan WHERE agency = :first
"""


class _Scan(NamedTuple):
    number: int
    id: str
    run: str
    started_at: datetime
    outcome: Outcome
    detail: str
    control: str | None


class _Bulk(NamedTuple):
    """Dates that prove nothing: per list (portal and column), and per portal from lists and pages."""

    lists: Mapping[tuple[str, str], frozenset[date]]
    portals: Mapping[str, frozenset[date]]


def evidence_of_year(db: Database, report_year: int, *, agency: str | None = None) -> dict[str, Evidence]:
    """Agency → what bears on its report for that year, for all that were ever looked for, or for one.

    Agencies of whom nothing is stored are absent. Looks are all those begun since the year ended: each
    shows the place as it was, whatever year is asked about.
    """
    asked = _asked(db, report_year, agency)
    with reading(db):
        bulk = _bulk_dates(db, asked)
        looks = _looks(db, asked, _scans(db, asked))
        sightings = _sightings(db, asked, bulk)
        reports = _grouped(_reports(db, asked, bulk))
        attestations = _grouped(_attestations(db, asked))
    return {
        key: Evidence(
            looks=looks.get(key, ()),
            sightings=tuple(sightings.get(key, ())),
            reports=tuple(reports.get(key, ())),
            attestations=tuple(attestations.get(key, ())),
        )
        for key in sorted(looks.keys() | sightings.keys() | reports.keys() | attestations.keys())
    }


def report_versions(db: Database, agency: str, report_year: int) -> tuple[StoredReport, ...]:
    """Every stored version of the report of one agency-year, in the order in which they were first seen."""
    asked = _asked(db, report_year, agency)
    with reading(db):
        return tuple(_reports(db, asked, _bulk_dates(db, asked)))


def _asked(db: Database, report_year: int, agency: str | None) -> dict[str, int | str]:
    ended = instant_text(datetime(report_year + 1, 1, 1, tzinfo=SHANGHAI))
    asked: dict[str, int | str] = {"year": report_year, "since": ended, "bulk": BULK}
    if agency is None:
        return asked | {"first": "", "last": _LAST, "first_portal": "", "last_portal": _LAST}
    portals = sorted(portal for (portal,) in answers(db, _PORTALS_OF_ONE, {"first": agency})) or [""]
    return asked | {"first": agency, "last": agency, "first_portal": portals[0], "last_portal": portals[-1]}


def _scans(db: Database, asked: Mapping[str, int | str]) -> dict[int, _Scan]:
    sql = _SCANS_OF_ONE if asked["first"] == asked["last"] else _SCANS
    return {
        number: _Scan(number, key, run, read_instant(started), Outcome(outcome), detail, control or None)
        for number, key, run, started, outcome, detail, control in answers(db, sql, asked)
    }


def _bulk_dates(db: Database, asked: Mapping[str, int | str]) -> _Bulk:
    lists: dict[tuple[str, str], set[date]] = defaultdict(set)
    portals: dict[str, set[date]] = defaultdict(set)
    for portal, column_url, texts in answers(db, _LIST_DATES, asked):
        dates = {day for text in read_json(texts) if (day := read_day(text))}
        lists[portal, column_url] |= dates
        portals[portal] |= dates
    for portal, text in answers(db, _PAGE_DATES, asked):
        portals[portal] |= {day for day in (read_day(text),) if day}
    return _Bulk(
        {place: frozenset(dates) for place, dates in lists.items()},
        {portal: frozenset(dates) for portal, dates in portals.items()},
    )


def _looks(db: Database, asked: Mapping[str, int | str], scans: Mapping[int, _Scan]) -> dict[str, tuple[Look, ...]]:
    found: dict[str, set[int]] = defaultdict(set)
    for agency, scan, *_ in (*answers(db, _SEEN, asked), *answers(db, _FETCHED, asked)):
        found[agency].add(scan)
    # Agencies that share a column share its scans: one Look serves them all.
    known: dict[tuple[tuple[int, ...], bool], Look] = {}
    looks = {}
    for agency, rows in groupby(each_answer(db, _LOOKED_FOR, asked), key=itemgetter(0)):
        runs: dict[str, list[_Scan]] = {}
        for _, number in rows:
            if (scan := scans.get(number)) is not None:
                runs.setdefault(scan.run, []).append(scan)
        seen = found.get(agency, frozenset[int]())
        own = []
        for group in runs.values():
            numbers = tuple(scan.number for scan in group)
            key = (numbers, not seen.isdisjoint(numbers))
            if key not in known:
                known[key] = _look(group, is_found=key[1])
            own.append(known[key])
        if own:
            looks[agency] = tuple(sorted(own, key=attrgetter("started_at")))
    return looks


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
    )


def _sightings(db: Database, asked: Mapping[str, int | str], bulk: _Bulk) -> dict[str, list[Sighting]]:
    sightings: dict[str, list[Sighting]] = defaultdict(list)
    for agency, url, listed, title, first, last, places in answers(db, _SIGHTINGS, asked):
        listed_on = read_day(listed)
        sightings[agency].append(
            Sighting(
                url=url,
                title=title,
                first_seen_at=read_instant(first),
                last_seen_at=read_instant(last),
                listed_on=listed_on,
                is_bulk=any(
                    listed_on in bulk.lists.get(tuple(place.split("\n", 1)), frozenset()) for place in read_json(places)
                ),
            )
        )
    return sightings


def _reports(db: Database, asked: Mapping[str, int | str], bulk: _Bulk) -> Iterator[StoredReport]:
    for row in answers(db, _REPORTS, asked):
        key, agency, year, url, digest, title, first_seen, fetched, published, dates, portal, reason, *flags = row
        stated = read_dates(dates)
        yield StoredReport(
            id=key,
            agency=agency,
            report_year=year,
            url=url,
            digest=digest,
            title=title,
            first_seen_at=read_instant(first_seen),
            fetched_at=read_instant(fetched),
            published_on=read_day(published),
            dates=stated,
            bulk_dates=frozenset(entry.date for entry in stated) & bulk.portals.get(portal, frozenset()),
            reason=reason,
            is_current=bool(flags[0]),
            is_attested=bool(flags[1]),
        )


def _attestations(db: Database, asked: Mapping[str, int | str]) -> Iterator[Attestation]:
    rows = answers(
        db,
        'SELECT agency, report_year, absent, published_on, url, digest, "by", reason, "at" FROM attestations '
        'WHERE report_year = :year AND agency BETWEEN :first AND :last ORDER BY "at", id',
        asked,
    )
    for agency, year, absent, published, url, digest, by, reason, at in rows:
        yield Attestation(agency, year, bool(absent), read_day(published), url, digest, by, reason, read_instant(at))


def _grouped(records: Iterable[_Recorded]) -> dict[str, list[_Recorded]]:
    groups: dict[str, list[_Recorded]] = defaultdict(list)
    for record in records:
        groups[record.agency].append(record)
    return groups
