"""Taking over a crawl's run: its scans, the list rows they saw, what was fetched and what that said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.captures import PARTS
from storage.database.agencies import ensure_portals
from storage.database.agenda import mark_agencies, mark_owners, mark_run
from storage.database.connection import answers, put, put_all, writing
from storage.database.fetched import save_capture
from storage.database.known import save_memory
from storage.database.reports import write_reports
from storage.database.scans import doubt_scans_after
from storage.database.values import day_text, instant_text, json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlite_utils import Database

    from storage.known import PortalMemory
    from storage.received import Dismissal, ReadCapture
    from storage.records import Candidate, Capture, Scan

_INSERT_SCAN = """
    INSERT OR IGNORE INTO scans (id, run, portal, column_url, started_at, finished_at, outcome, detail, rows_seen,
        stated_total, end_proof, control_title, control_url, bulk_dates, from_year, pages)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_CANDIDATE = """
    INSERT OR IGNORE INTO candidates (url, title, listed_on, agency, report_year) VALUES (?, ?, ?, ?, ?)
"""
_INSERT_SIGHTING = """
    INSERT OR IGNORE INTO sightings (scan, candidate)
    SELECT scans.number, candidates.id FROM scans, candidates
    WHERE scans.id = ? AND url = ? AND title = ? AND coalesce(listed_on, '') = coalesce(?, '')
        AND coalesce(agency, '') = coalesce(?, '') AND coalesce(report_year, 0) = coalesce(?, 0)
"""
_INSERT_LISTED_DATE = """
    INSERT OR IGNORE INTO listed_dates (portal, "date", candidate)
    SELECT scans.portal, listed_on, candidates.id FROM scans, candidates
    WHERE scans.id = ? AND url = ? AND title = ? AND coalesce(listed_on, '') = ?
        AND coalesce(agency, '') = coalesce(?, '') AND coalesce(report_year, 0) = coalesce(?, 0)
"""


def ingested_runs(db: Database) -> frozenset[str]:
    """The ids of the runs that the database has taken over."""
    return frozenset(key for (key,) in answers(db, "SELECT id FROM runs"))


def save_run(
    db: Database,
    *,
    run_id: str,
    scans: Sequence[Scan],
    candidates: Sequence[Candidate],
    captures: Sequence[Capture],
    reports: Iterable[ReadCapture],
    dismissals: Iterable[Dismissal] = (),
    memories: Iterable[PortalMemory] = (),
    at: datetime,
) -> bool:
    """Take over one run, all of it or nothing; False, and nothing done, where it was taken over before.

    `reports` are the readings of those `captures` that count for an agency-year; readings that
    `save_reports` saved earlier may be left out or given again. `memories` are what it learnt of each portal.
    Scans that claim a time after `at` prove no absence any more, these and older ones (`doubt_scans_after`).
    """
    with writing(db):
        run = (run_id, instant_text(at), len(scans), len(candidates), len(captures))
        if put(db, "INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?)", run).rowcount == 0:
            return False
        ensure_portals(db, {scan.portal for scan in scans}, at)
        put_all(db, _INSERT_SCAN, map(_scan_row, scans))
        put_all(
            db,
            "INSERT OR IGNORE INTO scan_agencies (agency, scan) SELECT ?, number FROM scans WHERE id = ?",
            ((agency, scan.id) for scan in scans for agency in scan.agencies),
        )
        put_all(db, _INSERT_CANDIDATE, map(_candidate_row, candidates))
        put_all(db, _INSERT_SIGHTING, ((candidate.scan, *_candidate_row(candidate)) for candidate in candidates))
        dated = (candidate for candidate in candidates if candidate.listed_on is not None)
        put_all(db, _INSERT_LISTED_DATE, ((candidate.scan, *_candidate_row(candidate)) for candidate in dated))
        doubt_scans_after(db, at)
        for capture in captures:
            save_capture(db, capture)
        save_dismissals(db, dismissals, at=at)
        write_reports(db, reports, at=at)
        mark_run(db, run_id)
        mark_agencies(db, {candidate.agency for candidate in candidates if candidate.agency is not None})
        mark_owners(db, {candidate.url for candidate in candidates})
        lists = {page.digest for scan in scans for page in scan.pages}
        articles = {digest for capture in captures for digest in _bodies(capture)} - lists
        for memory in memories:
            ensure_portals(db, {memory.portal}, at)
            save_memory(db, memory, articles=articles)
    return True


def _bodies(capture: Capture) -> tuple[str, ...]:
    """The digests of what a capture is, or was put together from."""
    return (capture.digest, *capture.headers.get(PARTS, "").split())


def save_dismissals(db: Database, dismissals: Iterable[Dismissal], *, at: datetime) -> None:
    """Record that captures are not what their list rows promised, unless their address has the report."""
    rows = [
        (dismissal.agency, dismissal.report_year, dismissal.capture.url, dismissal.capture.digest, dismissal.reason)
        for dismissal in dismissals
    ]
    with writing(db):
        mark_agencies(db, {agency for agency, *_ in rows})
        put_all(
            db, "INSERT OR IGNORE INTO dismissals VALUES (?, ?, ?, ?, ?, ?)", ((*row, instant_text(at)) for row in rows)
        )


def _scan_row(scan: Scan) -> tuple[Any, ...]:
    return (
        scan.id,
        scan.run,
        scan.portal,
        scan.column_url,
        instant_text(scan.started_at),
        instant_text(scan.finished_at),
        scan.outcome.value,
        scan.detail,
        scan.rows_seen,
        scan.stated_total,
        scan.end_proof,
        scan.control_title,
        scan.control_url,
        json_text(scan.bulk_dates),
        scan.from_year,
        json_text(
            [
                {
                    "url": page.url,
                    "status": page.status,
                    "digest": page.digest,
                    "rows": page.rows,
                    "headers": dict(page.headers),
                }
                for page in scan.pages
            ]
        ),
    )


def _candidate_row(candidate: Candidate) -> tuple[Any, ...]:
    return (
        candidate.url,
        candidate.title,
        day_text(candidate.listed_on),
        candidate.agency,
        candidate.report_year,
    )
