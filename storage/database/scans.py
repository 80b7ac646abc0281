"""Scans read back whole, as the evidence of what they saw."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.database.agenda import mark_all
from storage.database.connection import answer, answers, reading, writing
from storage.database.values import instant_text, json_text, read_day, read_instant, read_json
from storage.records import EndProof, Outcome, Scan, ScanPage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlite_utils import Database

CLOCK_TOLERANCE = timedelta(hours=1)
"""So far two clocks that are both right may seem apart: a crawl that was given its instant adds what has elapsed."""


def load_scans(db: Database, ids: Iterable[str]) -> dict[str, Scan]:
    """Id → scan, of those ids that are stored, by two questions for all of them."""
    asked = (json_text(sorted(set(ids))),)
    with reading(db):
        agencies: dict[int, list[str]] = defaultdict(list)
        for number, agency in answers(
            db,
            "SELECT scan, agency FROM scan_agencies JOIN scans ON scans.number = scan "
            "WHERE scans.id IN (SELECT value FROM json_each(?)) ORDER BY agency",
            asked,
        ):
            agencies[number].append(agency)
        rows = answers(
            db,
            "SELECT number, id, run, portal, column_url, started_at, finished_at, outcome, detail, pages, rows_seen, "
            "stated_total, end_proof, control_title, control_url, bulk_dates, from_year FROM scans "
            "WHERE id IN (SELECT value FROM json_each(?))",
            asked,
        )
    return {
        key: Scan(
            id=key,
            run=run,
            portal=portal,
            column_url=column_url,
            agencies=tuple(agencies[number]),
            started_at=read_instant(started),
            finished_at=read_instant(finished),
            outcome=Outcome(outcome),
            detail=detail,
            pages=tuple(ScanPage(**page) for page in read_json(pages)),
            rows_seen=rows_seen,
            stated_total=stated_total,
            end_proof=EndProof(end_proof) if end_proof else None,
            control_title=control_title,
            control_url=control_url,
            bulk_dates=tuple(day for text in read_json(bulk) if (day := read_day(text))),
            from_year=from_year,
        )
        for (
            number, key, run, portal, column_url, started, finished, outcome, detail, pages, rows_seen, stated_total,
            end_proof, control_title, control_url, bulk, from_year,
        ) in rows
    }  # fmt: skip


def doubt_scans_after(db: Database, at: datetime) -> int:
    """Mark the scans that claim to have begun more than CLOCK_TOLERANCE after an instant that is now: how many.

    A clock was wrong when they were made, or is now: when their time comes they must not prove that a report
    was absent then. The mark stays.
    """
    late = (instant_text(at + CLOCK_TOLERANCE),)
    with writing(db):
        sql = "UPDATE scans SET is_time_doubted = 1 WHERE started_at > ? AND is_time_doubted = 0"
        doubted = db.conn.execute(sql, late).rowcount
        if doubted:
            mark_all(db)
    return doubted


def scans_of_run(db: Database, run: str) -> tuple[Scan, ...]:
    """The scans that one run brought, in the order of their ids."""
    ids = [key for (key,) in answers(db, "SELECT id FROM scans WHERE run = ? ORDER BY id", (run,))]
    found = load_scans(db, ids)
    return tuple(found[key] for key in ids)


def newest_scan(db: Database) -> datetime | None:
    """When the latest scan of the run began that was taken over last, by the clock of then; None without any."""
    row = answer(
        db,
        "SELECT max(started_at) FROM scans WHERE run = (SELECT run FROM scans ORDER BY number DESC LIMIT 1)",
    )
    return read_instant(row[0]) if row and row[0] else None
