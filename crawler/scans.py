"""One scan of one place: find its column, walk it, say what its rows are, fetch the reports that are wanted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.answers import UNCHANGED
from crawler.articles import fetch_report
from crawler.details import detail
from crawler.discovery import find_columns
from crawler.doubts import named_in_source, parts_unseen, rows_beyond, stale_page, unlinked_rows
from crawler.links import RowReading, is_wanted, read_row, without_slips_of_year
from crawler.list_evidence import ListWalk
from crawler.outcomes import GONE_STATUSES, Trouble
from crawler.own_column import with_own
from crawler.renamed import with_renamed
from crawler.scan_records import WalkedColumn, first_year, scan_record
from crawler.sent_on import sent_away
from crawler.stand_ins import unproven_column
from crawler.unproven import unpicked_scans, unseen_scans
from crawler.vanished import Vanished, ask_vanished
from crawler.walks import joined, walk_column
from storage.records import SHANGHAI, EndProof, Outcome, Scan, ScanPage

if TYPE_CHECKING:
    from datetime import date, datetime

    from crawler.downloads import Visit
    from crawler.requests import Place
    from storage.records import Agency


MAX_REPORTS = 1000
"""Reports that one scan fetches: a list that goes on may do so with rows that read like reports."""


async def scan_place(visit: Visit, place: Place, scan_id: str) -> tuple[Scan, ...]:
    """The scans of one place; they, their candidates and captures are written to the run.

    More than one where the column had to be found and several are named alike, or where a wanted report
    may be some agency's and was not to be had: there that agency was not looked for.
    """
    started_at = visit.clock()
    scans: list[Scan] = []
    for number, walked in enumerate(await _walked_columns(visit, place)):
        own_id = f"{scan_id}.{number}" if number else scan_id
        scans += await _scan(visit, place, walked, own_id, started_at)
    return tuple(scans)


async def _walked_columns(visit: Visit, place: Place) -> list[WalkedColumn]:
    agencies = place.agencies
    from_year = first_year(visit)
    if place.column_url is None:
        found = await find_columns(visit)
        if found.trouble is not None:
            return [WalkedColumn(visit.portal.base_url, ListWalk(pages=found.pages, trouble=found.trouble))]
        walks = [await walk_column(visit, column, from_year=from_year, agencies=agencies) for column in found.columns]
        seen = [WalkedColumn(column, walk) for column, walk in zip(found.columns, walks, strict=True)]
        if found.left:
            trouble = Trouble(Outcome.INCOMPLETE, "columns_left", (len(found.left), found.left[0]))
            seen.append(WalkedColumn(found.left[0], ListWalk(trouble=trouble)))
        return seen
    column = place.column_url
    walk = await walk_column(visit, column, from_year=from_year, agencies=agencies)
    status = walk.pages[0].status if walk.pages else None
    is_soft = walk.trouble is not None and walk.trouble.outcome == Outcome.SOFT_404
    if walk.trouble is None or len(walk.pages) > 1 or not (is_soft or status in GONE_STATUSES):
        return [WalkedColumn(column, walk)]
    found = await find_columns(visit)
    elsewhere = tuple(url for url in found.columns if url != column)
    if elsewhere:
        walks = [await walk_column(visit, url, from_year=from_year, agencies=agencies) for url in elsewhere]
        walk = joined(walks)
        # What stands at the new address counts as found, but nobody has said that it is the same column.
        moved = Trouble(Outcome.MOVED, "column_found", (column, " ".join(elsewhere)))
        return [WalkedColumn(column, replace(walk, trouble=moved), (walk.trouble,) if walk.trouble is not None else ())]
    if is_soft:
        return [WalkedColumn(column, replace(walk, pages=(*walk.pages, *found.pages)))]
    gone = Trouble(Outcome.MOVED, "column_gone", (status, column))
    trouble = gone if found.is_portal_well or found.trouble is None else found.trouble
    return [WalkedColumn(column, replace(walk, pages=(*walk.pages, *found.pages), trouble=trouble))]


async def _scan(visit: Visit, place: Place, walked: WalkedColumn, scan_id: str, started_at: datetime) -> list[Scan]:
    walked = await _doubted(visit, walked)
    readings = _readings(place.agencies, walked.walk, scan_id, started_at.astimezone(SHANGHAI).date())
    readings, renamed = with_renamed(readings, place.agencies, visit.request.agencies)
    if len(place.agencies) == 1 and place.agencies[0].column_url == place.column_url is not None:
        readings = with_own(readings, walked.walk, place.agencies[0], scan_id)
    own = [reading for reading in readings if visit.is_own(reading.candidate.url)]
    foreign = [reading for reading in readings if not visit.is_own(reading.candidate.url)]
    vanished = Vanished()
    if walked.walk.trouble is None and place.column_url is not None and walked.walk.pages:
        answered = walked.walk.pages[0].url
        away = await sent_away(visit, place, walked.column_url, answered, readings)
        if away is not None:
            walked = walked._replace(walk=replace(walked.walk, trouble=away, end_proof=None))
    if walked.walk.trouble is None:
        vanished = await ask_vanished(visit, place.agencies, _settled(own), scan_id)
        own += vanished.there
        walked = walked._replace(notes=(*walked.notes, *_notes_on(vanished)))
    settled = _settled(own)
    wanted = [reading for reading in own if is_wanted(reading, visit.request.wanted_years, settled)]
    fetched = [(reading, await fetch_report(visit, reading.candidate)) for reading in wanted[:MAX_REPORTS]]
    failed = [reading for reading, came in fetched if came.trouble is not None] + wanted[MAX_REPORTS:]
    if len(wanted) > MAX_REPORTS:
        walked = walked._replace(notes=(*walked.notes, Trouble(Outcome.COMPLETE, "report_budget", (MAX_REPORTS,))))
    failures = {
        "article_failed": [came.trouble for _, came in fetched if came.trouble is not None],
        "file_failed": [trouble for _, came in fetched for trouble in came.missed],
    }
    for key, troubles in failures.items():
        if troubles:
            wording = detail(visit.request.language, troubles[0].key, *troubles[0].values)
            note = Trouble(Outcome.COMPLETE, key, (len(troubles), wording))
            walked = walked._replace(notes=(*walked.notes, note))
    scan = scan_record(visit, place.agencies, walked, scan_id, started_at, readings=own)
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
        *((reading, "row_renamed") for reading in renamed),
        *((reading, "unlisted_unsure") for reading in vanished.unsure),
    ]
    missed += unlinked_rows(place.agencies, walked.walk, walked.column_url, scan_id)
    missed += named_in_source(place.agencies, walked.walk, walked.column_url, scan_id, readings)
    missed += parts_unseen(
        place.agencies, walked.walk, walked.column_url, scan_id, readings, from_year=first_year(visit)
    )
    missed += rows_beyond(place.agencies, walked.walk, walked.column_url, scan_id, readings)
    unseen = unseen_scans(visit, place.agencies, missed, settled, scan)
    return [scan, *elsewhere, *unseen, *unpicked_scans(visit, place.agencies, walked, settled, scan)]


async def _doubted(visit: Visit, walked: WalkedColumn) -> WalkedColumn:
    """The column without its proof where what came may not be the column's, or not even the portal's."""
    if walked.walk.trouble is not None:
        return walked
    pages = (page.url for page in walked.walk.pages)
    doubt = next((visit.unverified[url] for url in pages if url in visit.unverified), None)
    doubt = doubt or stale_page(walked.walk) or await unproven_column(visit, walked.column_url, walked.walk)
    return walked if doubt is None else walked._replace(walk=replace(walked.walk, trouble=doubt, end_proof=None))


def _readings(agencies: tuple[Agency, ...], walk: ListWalk, scan_id: str, today: date) -> list[RowReading]:
    """The rows that read like reports. Beside the list only those count whose title says whose and of which year."""
    list_pages = {page.url for page in walk.pages}
    readings = []
    listed = [row for row in (*walk.rows, *walk.wordings) if row.url not in list_pages]
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


async def _at_its_address(
    visit: Visit, agencies: tuple[Agency, ...], reading: RowReading, started_at: datetime
) -> Scan:
    """The scan that saw a vanished report at its own address; it is written to the run."""
    candidate = reading.candidate
    answer = await visit.fetch(candidate.url)
    status = UNCHANGED if answer.is_unchanged else answer.status
    page = ScanPage(answer.final_url, status, answer.digest, 0, answer.headers)
    walked = WalkedColumn(candidate.url, ListWalk(pages=(page,), end_proof=EndProof.OWN_ADDRESS))
    owner = tuple(agency for agency in agencies if agency.id == candidate.agency)
    scan = scan_record(visit, owner, walked, candidate.scan, started_at)
    visit.writer.add_scan(scan)
    return scan


def _notes_on(vanished: Vanished) -> list[Trouble]:
    told = {"unlisted_there": vanished.there, "unlisted_gone": vanished.gone}
    return [
        Trouble(Outcome.COMPLETE, key, (len(readings), readings[0].candidate.url))
        for key, readings in told.items()
        if readings
    ]


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
