"""One scan of one place: find its column, walk it, say what its rows are, fetch the reports that are wanted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.answers import UNCHANGED
from crawler.articles import fetch_report
from crawler.details import detail
from crawler.discovery import find_columns
from crawler.doubts import rows_beyond, stale_page, unlinked_rows
from crawler.links import RowReading, is_control, is_wanted, read_row, without_slips_of_year, years_meant
from crawler.list_evidence import ListWalk
from crawler.outcomes import GONE_STATUSES, Trouble
from crawler.portals import FAMILIES
from crawler.rows import bulk_dates
from crawler.stand_ins import unproven_column
from crawler.vanished import Vanished, ask_vanished
from crawler.walks import joined, may_own, walk_column
from storage.records import SHANGHAI, EndProof, Outcome, Scan, ScanPage

if TYPE_CHECKING:
    from datetime import date, datetime

    from crawler.downloads import Visit
    from crawler.requests import Place
    from storage.records import Agency


MAX_REPORTS = 1000
"""Reports that one scan fetches: a list that goes on may do so with rows that read like reports."""


class _Look(NamedTuple):
    """A column as it was walked; `notes` say how it was found where that was not at its own address."""

    column_url: str
    walk: ListWalk
    notes: tuple[Trouble, ...] = ()


async def scan_place(visit: Visit, place: Place, scan_id: str) -> tuple[Scan, ...]:
    """The scans of one place; they, their candidates and captures are written to the run.

    More than one where the column had to be found and several are named alike, or where a wanted report
    may be some agency's and was not to be had: there that agency was not looked for.
    """
    started_at = visit.clock()
    scans: list[Scan] = []
    for number, look in enumerate(await _looks(visit, place)):
        own_id = f"{scan_id}.{number}" if number else scan_id
        scans += await _scan(visit, place, look, own_id, started_at)
    return tuple(scans)


def failed_scan(visit: Visit, place: Place, scan_id: str, started_at: datetime, error: Exception) -> Scan:
    """The scan of a place at which our own code failed: it says nothing about the portal.

    It stands beside what was written of the place before, under an id of its own: of two scans of one id the database
    takes the first, and a whole list of one column would prove what the column not seen was to show.
    """
    trouble = Trouble(Outcome.INCOMPLETE, "our_failure", (f"{type(error).__name__}: {error}",))
    look = _Look(place.column_url or visit.portal.base_url, ListWalk(trouble=trouble))
    scan = _record(visit, place.agencies, look, f"{scan_id}-failed", started_at)
    visit.writer.add_scan(scan)
    return scan


async def _looks(visit: Visit, place: Place) -> list[_Look]:
    agencies = place.agencies
    from_year = _from_year(visit)
    if place.column_url is None:
        found = await find_columns(visit)
        if found.trouble is not None:
            return [_Look(visit.portal.base_url, ListWalk(pages=found.pages, trouble=found.trouble))]
        walks = [await walk_column(visit, column, from_year=from_year, agencies=agencies) for column in found.columns]
        return [_Look(column, walk) for column, walk in zip(found.columns, walks, strict=True)]
    column = place.column_url
    walk = await walk_column(visit, column, from_year=from_year, agencies=agencies)
    status = walk.pages[0].status if walk.pages else None
    is_soft = walk.trouble is not None and walk.trouble.outcome == Outcome.SOFT_404
    if walk.trouble is None or len(walk.pages) > 1 or not (is_soft or status in GONE_STATUSES):
        return [_Look(column, walk)]
    found = await find_columns(visit)
    elsewhere = tuple(url for url in found.columns if url != column)
    if elsewhere:
        walks = [await walk_column(visit, url, from_year=from_year, agencies=agencies) for url in elsewhere]
        walk = joined(walks)
        # What stands at the new address counts as found, but nobody has said that it is the same column.
        moved = Trouble(Outcome.MOVED, "column_found", (column, " ".join(elsewhere)))
        return [_Look(column, replace(walk, trouble=moved), (walk.trouble,) if walk.trouble is not None else ())]
    if is_soft:
        return [_Look(column, replace(walk, pages=(*walk.pages, *found.pages)))]
    gone = Trouble(Outcome.MOVED, "column_gone", (status, column))
    trouble = gone if found.is_portal_well or found.trouble is None else found.trouble
    return [_Look(column, replace(walk, pages=(*walk.pages, *found.pages), trouble=trouble))]


def _from_year(visit: Visit) -> int:
    """The first report year that is looked for: columns of older ones are not entered."""
    return min(visit.request.wanted_years, default=visit.request.now.year - 1)


async def _scan(visit: Visit, place: Place, look: _Look, scan_id: str, started_at: datetime) -> list[Scan]:
    look = await _doubted(visit, look)
    readings = _readings(place.agencies, look.walk, scan_id, started_at.astimezone(SHANGHAI).date())
    own = [reading for reading in readings if visit.is_own(reading.candidate.url)]
    foreign = [reading for reading in readings if not visit.is_own(reading.candidate.url)]
    vanished = Vanished()
    if look.walk.trouble is None:
        vanished = await ask_vanished(visit, place.agencies, _settled(own), scan_id)
        own += vanished.there
        look = look._replace(notes=(*look.notes, *_notes_on(vanished)))
    settled = _settled(own)
    wanted = [reading for reading in own if is_wanted(reading, visit.request.wanted_years, settled)]
    fetched = [(reading, await fetch_report(visit, reading.candidate)) for reading in wanted[:MAX_REPORTS]]
    failed = [reading for reading, came in fetched if came.trouble is not None] + wanted[MAX_REPORTS:]
    if len(wanted) > MAX_REPORTS:
        look = look._replace(notes=(*look.notes, Trouble(Outcome.COMPLETE, "report_budget", (MAX_REPORTS,))))
    failures = {
        "article_failed": [came.trouble for _, came in fetched if came.trouble is not None],
        "file_failed": [trouble for _, came in fetched for trouble in came.missed],
    }
    for key, troubles in failures.items():
        if troubles:
            wording = detail(visit.request.language, troubles[0].key, *troubles[0].values)
            note = Trouble(Outcome.COMPLETE, key, (len(troubles), wording))
            look = look._replace(notes=(*look.notes, note))
    scan = _record(visit, place.agencies, look, scan_id, started_at, readings=own)
    visit.writer.add_scan(scan)
    elsewhere = [await _at_its_address(visit, place.agencies, reading, started_at) for reading in vanished.there]
    for reading in own:
        visit.writer.add_candidate(reading.candidate)
    for reading in foreign:
        # Noted, but nobody's: a copy on a foreign host is no evidence of anything.
        visit.writer.add_candidate(replace(reading.candidate, agency=None))
    missed = [
        *((reading, "row_off_host") for reading in foreign),
        *((reading, "row_not_had") for reading in failed if not _is_sighting(reading)),
        *((reading, "unlisted_unsure") for reading in vanished.unsure),
    ]
    missed += unlinked_rows(place.agencies, look.walk, look.column_url, scan_id)
    missed += rows_beyond(place.agencies, look.walk, look.column_url, scan_id, readings)
    unseen = _unseen(visit, place.agencies, missed, settled, scan)
    return [scan, *elsewhere, *unseen, *_not_picked(visit, place.agencies, look, settled, scan)]


async def _doubted(visit: Visit, look: _Look) -> _Look:
    """The look without its proof where what came may not be the column's, or not even the portal's."""
    if look.walk.trouble is not None:
        return look
    pages = (page.url for page in look.walk.pages)
    doubt = next((visit.unverified[url] for url in pages if url in visit.unverified), None)
    doubt = doubt or stale_page(look.walk) or await unproven_column(visit, look.column_url, look.walk)
    return look if doubt is None else look._replace(walk=replace(look.walk, trouble=doubt, end_proof=None))


def _readings(agencies: tuple[Agency, ...], walk: ListWalk, scan_id: str, today: date) -> list[RowReading]:
    """The rows that read like reports. Beside the list only those count whose title says whose and of which year."""
    list_pages = {page.url for page in walk.pages}
    readings = []
    listed = [row for row in walk.rows if row.url not in list_pages]
    for row in (*listed, *walk.articles):
        reading = read_row(
            row.title,
            row.url,
            row.listed_on,
            scan=scan_id,
            agencies=agencies,
            is_in_list=True,
            publisher=row.publisher,
            today=today,
        )
        if reading is not None:
            readings.append(reading)
    for row in walk.others:
        reading = read_row(row.title, row.url, row.listed_on, scan=scan_id, agencies=agencies, is_in_list=False)
        if reading is not None and reading.may_be and reading.candidate.report_year is not None:
            readings.append(reading)
    return without_slips_of_year(readings)


def _record(
    visit: Visit,
    agencies: tuple[Agency, ...],
    look: _Look,
    scan_id: str,
    started_at: datetime,
    *,
    readings: list[RowReading] | None = None,
) -> Scan:
    walk = look.walk
    said = (*((walk.trouble,) if walk.trouble is not None else ()), *look.notes, *_notes_on_registry(visit))
    listed = {row.url for row in walk.rows}
    controls = (reading.candidate for reading in readings or () if is_control(reading))
    control = next((candidate for candidate in controls if candidate.url in listed), None)
    return Scan(
        id=scan_id,
        run=visit.writer.id,
        portal=visit.portal.id,
        column_url=look.column_url,
        agencies=tuple(agency.id for agency in agencies),
        started_at=started_at,
        finished_at=visit.clock(),
        outcome=walk.trouble.outcome if walk.trouble is not None else Outcome.COMPLETE,
        detail=" ".join(detail(visit.request.language, part.key, *part.values) for part in said),
        pages=walk.pages,
        rows_seen=len(walk.rows),
        stated_total=walk.stated_total,
        end_proof=walk.end_proof,
        control_title=control.title if control else None,
        control_url=control.url if control else None,
        bulk_dates=bulk_dates(walk.rows),
        from_year=_from_year(visit),
    )


async def _at_its_address(
    visit: Visit, agencies: tuple[Agency, ...], reading: RowReading, started_at: datetime
) -> Scan:
    """The scan that saw a vanished report at its own address; it is written to the run."""
    candidate = reading.candidate
    answer = await visit.fetch(candidate.url)
    status = UNCHANGED if answer.is_unchanged else answer.status
    page = ScanPage(answer.final_url, status, answer.digest, 0, answer.headers)
    look = _Look(candidate.url, ListWalk(pages=(page,), end_proof=EndProof.OWN_ADDRESS))
    owner = tuple(agency for agency in agencies if agency.id == candidate.agency)
    scan = _record(visit, owner, look, candidate.scan, started_at)
    visit.writer.add_scan(scan)
    return scan


def _notes_on(vanished: Vanished) -> list[Trouble]:
    told = {"unlisted_there": vanished.there, "unlisted_gone": vanished.gone}
    return [
        Trouble(Outcome.COMPLETE, key, (len(readings), readings[0].candidate.url))
        for key, readings in told.items()
        if readings
    ]


def _notes_on_registry(visit: Visit) -> tuple[Trouble, ...]:
    family = visit.portal.family
    return (Trouble(Outcome.COMPLETE, "family_unknown", (family,)),) if family and family not in FAMILIES else ()


def _settled(own: list[RowReading]) -> frozenset[tuple[str, int]]:
    """The agency-years that a row says it is of."""
    candidates = (reading.candidate for reading in own)
    return frozenset(
        (candidate.agency, candidate.report_year)
        for candidate in candidates
        if candidate.agency is not None and candidate.report_year is not None
    )


def _is_sighting(reading: RowReading) -> bool:
    """Does the row alone say whose report of which year is there, whatever becomes of it?"""
    return reading.candidate.agency is not None and reading.candidate.report_year is not None


def _unseen(
    visit: Visit,
    agencies: tuple[Agency, ...],
    missed: list[tuple[RowReading, str]],
    settled: frozenset[tuple[str, int]],
    scan: Scan,
) -> list[Scan]:
    """For the agencies whose wanted report may stand behind a row that was not read: a scan that could not look there.

    `missed` are such rows with the wording of why: at a foreign address, or not to be had. The column's
    completeness proves nothing about these agencies; about the others it does.
    """
    if scan.outcome != Outcome.COMPLETE:
        return []
    scans: list[Scan] = []
    seen: set[str] = set()
    for reading, key in missed:
        candidate = reading.candidate
        asked = years_meant(candidate.report_year, candidate.listed_on, visit.request.years, title=candidate.title)
        unsure = reading.may_be - seen
        owners = tuple(
            agency
            for agency in agencies
            if agency.id in unsure and any((agency.id, year) not in settled for year in asked)
        )
        if owners:
            seen.update(agency.id for agency in owners)
            trouble = Trouble(Outcome.INCOMPLETE, key, (candidate.title, candidate.url))
            look = _Look(candidate.url, ListWalk(trouble=trouble))
            scans.append(_record(visit, owners, look, f"{scan.id}-{len(scans) + 1}", scan.started_at))
    for extra in scans:
        visit.writer.add_scan(extra)
    return scans


def _not_picked(
    visit: Visit, agencies: tuple[Agency, ...], look: _Look, settled: frozenset[tuple[str, int]], scan: Scan
) -> list[Scan]:
    """Where a column has a list for each agency: scans that could not look, for those whose list is not there
    or was not read to its end."""
    lists = look.walk.agency_lists
    if scan.outcome != Outcome.COMPLETE or not lists:
        return []
    owners = {own: frozenset(may_own(own.publisher, agencies)) for own in lists}
    in_vain = {
        agency.id
        for agency in agencies
        if not any(agency.id in ids for ids in owners.values())
        and any((agency.id, year) not in settled for year in visit.request.years)
    }
    found = [(own.trouble, own.url, ids) for own, ids in owners.items() if own.trouble is not None and ids]
    if in_vain:
        trouble = Trouble(Outcome.INCOMPLETE, "organ_not_found", (look.column_url,))
        found.append((trouble, look.column_url, frozenset(in_vain)))
    scans: list[Scan] = []
    for number, (trouble, url, ids) in enumerate(found, start=1):
        unlooked = tuple(agency for agency in agencies if agency.id in ids)
        own_look = _Look(url, ListWalk(trouble=trouble))
        scans.append(_record(visit, unlooked, own_look, f"{scan.id}-p{number}", scan.started_at))
        visit.writer.add_scan(scans[-1])
    return scans
