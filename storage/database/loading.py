"""Reading reports back: whole ones for the checks, versions for the status."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING

from storage.database.connection import answer, answers, reading
from storage.database.report_rows import REPORT_COLUMNS, read_fact, read_report
from storage.database.values import json_text
from storage.errors import DatabaseError
from storage.report import Cell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlite_utils import Database

    from storage.database.report_rows import Row
    from storage.report import Fact, Report

CHUNK = 200
"""Reports loaded by one question."""

_COLUMNS = ", ".join(REPORT_COLUMNS)


def load_report(db: Database, report_id: int) -> Report:
    """The report of one version, exactly as it was saved. DatabaseError where none was ever read."""
    for _, report in load_reports(db, (report_id,)):
        return report
    row = answer(db, "SELECT reason FROM report_versions WHERE id = ?", (report_id,))
    raise DatabaseError("report_unreadable", report_id, row[0]) if row else DatabaseError("no_report", report_id)


def load_reports(db: Database, report_ids: Iterable[int]) -> Iterator[tuple[int, Report]]:
    """Many reports with their ids, by a few questions; unknown and unreadable ones are left out."""
    remaining = iter(report_ids)
    while chunk := tuple(islice(remaining, CHUNK)):
        with reading(db):
            loaded = _load_chunk(db, chunk)
        yield from loaded


def current_reports(db: Database, report_year: int, agencies: Collection[str] | None = None) -> dict[str, int]:
    """Agency → id of its current version for that year, where that version could be read; of all or of these."""
    sql = "SELECT agency, id FROM report_versions WHERE report_year = ? AND is_current = 1 AND readable = 1"
    if agencies is None:
        return dict(answers(db, sql, (report_year,)))
    of = " AND agency IN (SELECT value FROM json_each(?))"
    return dict(answers(db, sql + of, (report_year, json_text(sorted(agencies)))))


def _load_chunk(db: Database, ids: tuple[int, ...]) -> list[tuple[int, Report]]:
    marks = ", ".join("?" * len(ids))
    rows = answers(db, f"SELECT id, {_COLUMNS} FROM report_versions WHERE readable = 1 AND id IN ({marks})", ids)
    facts: dict[int, dict[Cell, Fact]] = defaultdict(dict)
    for report, table, row, column, *fact in answers(
        db,
        "SELECT report, table_key, row_key, column_key, value, digits, text, reading "
        f"FROM facts JOIN cells ON cells.id = facts.cell WHERE report IN ({marks})",
        ids,
    ):
        facts[report][Cell(table, row, column)] = read_fact(*fact)
    sections = _parts(
        answers(
            db,
            "SELECT report, position, number, heading, text, pictures, attachments "
            f"FROM sections WHERE report IN ({marks}) ORDER BY report, position",
            ids,
        )
    )
    doubts = _parts(
        answers(
            db,
            "SELECT report, position, kind, place, text, why, details "
            f"FROM doubts WHERE report IN ({marks}) ORDER BY report, position",
            ids,
        )
    )
    return [(report, read_report(tuple(row), facts[report], sections[report], doubts[report])) for report, *row in rows]


def _parts(rows: Iterable[Row]) -> dict[int, list[Row]]:
    parts: dict[int, list[Row]] = defaultdict(list)
    for report, *row in rows:
        parts[report].append(tuple(row))
    return parts
