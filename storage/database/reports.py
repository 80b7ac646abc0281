"""Saving what was read: one row of `report_versions` a version, its facts, sections, doubts and search words.

A version is one wording of a report at one address. The same bytes seen again, or other bytes that read
the same (a page with a visitor counter), only move `last_seen_at`; anything else is a new version, and
the older one stays. Per agency-year one version is current.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.bigrams import bigrams
from storage.database.agencies import ensure_agencies
from storage.database.agenda import mark_agencies
from storage.database.connection import answer, answers, put, put_all, writing
from storage.database.fetched import save_capture
from storage.database.loading import load_report
from storage.database.report_rows import REPORT_COLUMNS, doubt_rows, fact_row, is_plain, report_row, section_rows
from storage.database.values import instant_text, json_text
from storage.enclosures import enclosures_to_json
from storage.errors import DatabaseError
from storage.records import Content
from storage.report import PUBLISHER_SOURCES, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlite_utils import Database

    from storage.received import ReadCapture

BATCH = 100
"""Reports in one transaction: enough to make the disk's confirmation cheap, few enough to wait for."""

_NOTHING = Report(form=None, title=None, agency_name=None, report_year=None)
_OWN_COLUMNS = ", ".join(REPORT_COLUMNS)
_OWN_MARKS = ", ".join("?" * len(REPORT_COLUMNS))

_INSERT_REPORT = f"""
    INSERT INTO report_versions (
        agency, report_year, url, digest, final_url, capture, portal, is_attested, first_seen_at, last_seen_at,
        fetched_at, enclosures, readable, reason, detail, parser_version, content, {_OWN_COLUMNS})
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {_OWN_MARKS}) RETURNING id
"""
_UPDATE_REPORT = f"""
    UPDATE report_versions SET (readable, reason, detail, parser_version, content, {_OWN_COLUMNS})
    = (?, ?, ?, ?, ?, {_OWN_MARKS}), rereadings = rereadings + 1 WHERE id = ?
"""


class _Batch(NamedTuple):
    """What the writing of several reports shares: the ids of the cells, and the last section before they came.

    Later sections get their search words all at once: SQLite would write out the index for every report.
    """

    cells: dict[tuple[str, str, str], int]
    last_section: int


_DAY = len("2025-01-31")
_CORRECTION = re.compile("更正|修订|修正|订正|补正|勘误")


class _Version(NamedTuple):
    id: int
    url: str
    is_readable: bool
    has_facts: bool
    first_seen_at: str
    last_seen_at: str
    title: str | None
    published_on: str | None

    @property
    def is_correction(self) -> bool:
        """Does its title say that it takes the place of another?"""
        return _CORRECTION.search(self.title or "") is not None


def save_reports(db: Database, reports: Iterable[ReadCapture], *, at: datetime) -> int:
    """Save readings in transactions of BATCH, so that many come in at the speed of the disk.

    Gives how many there were. Idempotent: what is stored already is only seen again.
    """
    count = 0
    remaining = iter(reports)
    while batch := tuple(islice(remaining, BATCH)):
        with writing(db):
            write_reports(db, batch, at=at)
        count += len(batch)
    return count


def write_reports(db: Database, reports: Iterable[ReadCapture], *, at: datetime) -> None:
    """The same within the caller's transaction."""
    with _batch(db) as batch:
        touched = set()
        for reading in reports:
            owner = (reading.agency, reading.report_year)
            if owner not in touched:
                ensure_agencies(db, (reading.agency,), at)
                touched.add(owner)
            _write_report(db, reading, batch)
        for agency, report_year in touched:
            _choose_current(db, agency, report_year)
        mark_agencies(db, {agency for agency, _ in touched})


def replace_readings(db: Database, readings: Iterable[tuple[int, ReadCapture]]) -> None:
    """Put new readings of the same bytes in the place of stored ones, by report id, all or none (`reparse`)."""
    with writing(db), _batch(db) as batch:
        for report, reading in readings:
            _replace(db, report, reading, batch)
            _choose_current(db, reading.agency, reading.report_year)
            mark_agencies(db, (reading.agency,))


def confirm_readings(db: Database, reports: Iterable[int], parser_version: str) -> None:
    """Record that this parser reads stored reports as they stand."""
    with writing(db):
        rows = ((parser_version, key) for key in reports)
        put_all(db, "UPDATE report_versions SET parser_version = ? WHERE id = ?", rows)


@contextmanager
def _batch(db: Database) -> Iterator[_Batch]:
    cells = answers(db, "SELECT table_key, row_key, column_key, id FROM cells")
    last = answers(db, "SELECT coalesce(max(id), 0) FROM sections")[0][0]
    yield _Batch({(table, row, column): key for table, row, column, key in cells}, last)
    added = answers(db, "SELECT id, heading, text FROM sections WHERE id > ?", (last,))
    put_all(db, "INSERT INTO section_words (rowid, tokens) VALUES (?, ?)", map(_words_row, added))


def _words_row(section: tuple[int, str, str]) -> tuple[int, str]:
    key, heading, text = section
    return key, bigrams(f"{heading}\n{text}")


def _write_report(db: Database, reading: ReadCapture, batch: _Batch) -> None:
    capture = reading.capture
    capture_row = save_capture(db, capture)
    scan = answer(db, "SELECT number, portal FROM scans WHERE id = ?", (capture.scan,))
    same_bytes = answer(
        db,
        "SELECT r.id, r.readable, r.parser_version, r.digest FROM report_captures AS rc "
        "JOIN report_versions AS r ON r.id = rc.report "
        "WHERE rc.capture = ? AND r.agency = ? AND r.report_year = ? ORDER BY r.digest = ? DESC, r.id DESC",
        (capture_row, reading.agency, reading.report_year, capture.edition),
    )
    if same_bytes is not None and _is_as_stored(reading, *same_bytes[1:]):
        report = int(same_bytes[0])
        _see_again(db, report, reading)
    elif same_bytes is not None and same_bytes[3] == capture.edition:
        report = int(same_bytes[0])
        _replace(db, report, reading, batch)
        _see_again(db, report, reading)
    elif (same_words := _same_reading(db, reading)) is not None:
        report = same_words
        _see_again(db, report, reading)
    else:
        report = _insert(db, reading, capture_row, scan[1] if scan else None, batch)
    put(db, "INSERT OR IGNORE INTO report_captures VALUES (?, ?)", (report, capture_row))
    if scan is not None:
        put(db, "INSERT OR IGNORE INTO report_scans VALUES (?, ?)", (report, scan[0]))
    # The list row kept its promise after all.
    put(
        db,
        "DELETE FROM dismissals WHERE agency = ? AND report_year = ? AND url = ?",
        (reading.agency, reading.report_year, capture.url),
    )


def _is_as_stored(reading: ReadCapture, readable: int, parser_version: str, digest: str) -> bool:
    """Is there nothing new in the reading: not given again, or by the parser that read the very same before?"""
    if reading.report is None:
        return True
    is_same = digest == reading.capture.edition or not reading.capture.enclosures
    return is_same and bool(readable) and parser_version == reading.parser_version


def _same_reading(db: Database, reading: ReadCapture) -> int | None:
    """The latest version at this address, if it says the very same."""
    if reading.report is None:
        return None
    latest = answer(
        db,
        "SELECT id, readable FROM report_versions WHERE agency = ? AND report_year = ? AND url = ? "
        "ORDER BY last_seen_at DESC, id DESC LIMIT 1",
        (reading.agency, reading.report_year, reading.capture.url),
    )
    if latest is None or not latest[1] or load_report(db, latest[0]) != reading.report:
        return None
    return int(latest[0])


def _insert(
    db: Database,
    reading: ReadCapture,
    capture_row: int,
    portal: str | None,
    batch: _Batch,
) -> int:
    capture = reading.capture
    if reading.report is None and reading.reason is None:
        raise DatabaseError("not_stored", capture.url, capture.digest)
    if portal is None:
        found = answer(db, "SELECT portal FROM agencies WHERE id = ?", (reading.agency,))
        portal = found[0] if found else None
    seen = instant_text(capture.fetched_at)
    row = put(
        db,
        _INSERT_REPORT,
        (
            reading.agency,
            reading.report_year,
            capture.url,
            capture.edition,
            capture.final_url,
            capture_row,
            portal,
            reading.is_attested,
            seen,
            seen,
            seen,
            json_text(enclosures_to_json(capture.enclosures)),
            *_state_row(reading),
        ),
    ).fetchall()
    report = int(row[0][0])
    _insert_parts(db, report, reading.report or _NOTHING, batch)
    return report


def _replace(db: Database, report: int, reading: ReadCapture, batch: _Batch) -> None:
    indexed = answers(
        db, "SELECT id, heading, text FROM sections WHERE report = ? AND id <= ?", (report, batch.last_section)
    )
    # A contentless index forgets only what it is told word by word.
    forget = "INSERT INTO section_words (section_words, rowid, tokens) VALUES ('delete', ?, ?)"
    put_all(db, forget, map(_words_row, indexed))
    for table in ("facts", "sections", "doubts", "stated_dates"):
        db.conn.execute(f"DELETE FROM {table} WHERE report = ?", (report,))
    put(db, _UPDATE_REPORT, (*_state_row(reading), report))
    _insert_parts(db, report, reading.report or _NOTHING, batch)


def _state_row(reading: ReadCapture) -> tuple[Any, ...]:
    """Readable, reason, detail, parser version, content, and the report's own columns."""
    if reading.report is not None:
        return (1, None, "", reading.parser_version, None, *report_row(reading.report))
    # A report that could not be read goes by the title of its list row.
    columns = dict(zip(REPORT_COLUMNS, report_row(_NOTHING), strict=True)) | {"title": reading.capture.title or None}
    return (0, reading.reason, reading.detail, reading.parser_version, Content.UNREADABLE.value, *columns.values())


def _insert_parts(db: Database, report: int, content: Report, batch: _Batch) -> None:
    cells = batch.cells
    for cell in content.facts:
        if cell not in cells:
            put(db, "INSERT INTO cells (table_key, row_key, column_key) VALUES (?, ?, ?)", tuple(cell))
            cells[cell] = int(db.conn.execute("SELECT last_insert_rowid()").fetchone()[0])
    put_all(
        db,
        "INSERT OR IGNORE INTO stated_dates SELECT portal, ?, ?, id FROM report_versions "
        "WHERE id = ? AND portal IS NOT NULL",
        (
            (stated.date.isoformat(), stated.source.value, report)
            for stated in content.dates
            if stated.source in PUBLISHER_SOURCES
        ),
    )
    # Nearly all rows that are ever saved are facts that are a number and nothing else.
    plain, others = [], []
    for cell, fact in content.facts.items():
        if is_plain(fact):
            plain.append((report, cells[cell], fact.value))
        else:
            others.append((report, cells[cell], *fact_row(fact)))
    db.conn.executemany("INSERT INTO facts (report, cell, value) VALUES (?, ?, ?)", plain)
    put_all(db, "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?)", others)
    put_all(
        db,
        "INSERT INTO sections (report, position, number, heading, text, pictures, attachments) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((report, *row) for row in section_rows(content)),
    )
    put_all(db, "INSERT INTO doubts VALUES (?, ?, ?, ?, ?, ?, ?)", ((report, *row) for row in doubt_rows(content)))


def _see_again(db: Database, report: int, reading: ReadCapture) -> None:
    seen = instant_text(reading.capture.fetched_at)
    put(
        db,
        "UPDATE report_versions SET first_seen_at = min(first_seen_at, ?), last_seen_at = max(last_seen_at, ?), "
        "is_attested = max(is_attested, ?) WHERE id = ?",
        (seen, seen, reading.is_attested, report),
    )


def _choose_current(db: Database, agency: str, report_year: int) -> None:
    rows = answers(
        db,
        "SELECT id, url, readable, EXISTS (SELECT 1 FROM facts WHERE report = v.id), first_seen_at, "
        "last_seen_at, title, published_on FROM report_versions AS v WHERE agency = ? AND report_year = ?",
        (agency, report_year),
    )
    current = current_version([_Version(*row) for row in rows])
    put(
        db,
        "UPDATE report_versions SET is_current = 0 WHERE agency = ? AND report_year = ? AND is_current = 1 AND id != ?",
        (agency, report_year, current),
    )
    put(db, "UPDATE report_versions SET is_current = 1 WHERE id = ? AND is_current = 0", (current,))


def current_version(versions: list[_Version]) -> int:
    """Which version of one agency-year is judged; the order in which they were saved does not matter.

    Each address speaks by what it showed last. Between addresses: what can be read before what cannot, a
    report with tables before the page that only links to it, then the newest: that was first seen on a later day; of
    those first seen on one day, a correction by its title, then the one published later. A first crawl sees the
    whole history of an agency-year at once, and lists show the newest first.
    """
    latest: dict[str, _Version] = {}
    for version in sorted(versions, key=lambda version: (version.last_seen_at, version.first_seen_at, version.id)):
        latest[version.url] = version
    return max(
        latest.values(),
        key=lambda version: (
            version.is_readable,
            version.has_facts,
            version.first_seen_at[:_DAY],
            version.is_correction,
            version.published_on or "",
            version.first_seen_at,
            version.id,
        ),
    ).id
