"""Scans read back whole, as the evidence of what they saw."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from storage.database.connection import answers, reading
from storage.database.values import json_text, read_day, read_instant, read_json
from storage.records import Outcome, Scan, ScanPage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlite_utils import Database


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
            "stated_total, end_proof, control_title, control_url, bulk_dates FROM scans "
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
            end_proof=end_proof,
            control_title=control_title,
            control_url=control_url,
            bulk_dates=tuple(day for text in read_json(bulk) if (day := read_day(text))),
        )
        for (
            number, key, run, portal, column_url, started, finished, outcome, detail, pages, rows_seen, stated_total,
            end_proof, control_title, control_url, bulk,
        ) in rows
    }  # fmt: skip


def scans_of_run(db: Database, run: str) -> tuple[Scan, ...]:
    """The scans that one run brought, in the order of their ids."""
    ids = [key for (key,) in answers(db, "SELECT id FROM scans WHERE run = ? ORDER BY id", (run,))]
    found = load_scans(db, ids)
    return tuple(found[key] for key in ids)
