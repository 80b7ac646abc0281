"""10,000 reports into the database, and the same rows by bare executemany."""

from __future__ import annotations

import sqlite3
import time
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from crawler.parser import PARSER_VERSION, read_report
from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.clean import html_clean
from storage.database import open_database, save_reports
from storage.received import ReadCapture
from storage.records import SHANGHAI, Capture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.report import Report

COUNT = 10_000
DIFFERENT = 40
AT = datetime(2026, 2, 10, 9, tzinfo=SHANGHAI)


def insert_figures(folder: Path, count: int = COUNT) -> tuple[float, float]:
    """Seconds for ours, with search index and every view, and for bare executemany of as many facts and texts."""
    random = Random(1)
    reports = [
        read_report(html_clean(made_up_report(random, year=2024, agency="云河县水利局"), random).encode())
        for _ in range(min(DIFFERENT, count))
    ]
    return _ours(folder / "ours.db", reports, count), _bare(folder / "bare.db", reports, count)


def _ours(path: Path, reports: list[Report], count: int) -> float:
    db = open_database(path)
    began = time.perf_counter()
    saved = save_reports(db, _readings(reports, count), at=AT)
    taken = time.perf_counter() - began
    db.close()
    if saved != count:
        raise RuntimeError(f"{saved} of {count} reports were saved")
    return taken


def _readings(reports: list[Report], count: int) -> Iterator[ReadCapture]:
    for number in range(count):
        url = f"http://bench.example.org/{number}.html"
        capture = Capture(f"{number:064x}", "", url, url, 200, "text/html", AT, 1)
        report = reports[number % len(reports)]
        yield ReadCapture(capture, f"agency-{number}", 2024, report, parser_version=PARSER_VERSION)


def _bare(path: Path, reports: list[Report], count: int) -> float:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.executescript(
        """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        CREATE TABLE reports (id INTEGER PRIMARY KEY, agency TEXT, url TEXT, title TEXT);
        CREATE TABLE facts (report INTEGER, cell INTEGER, value ANY, PRIMARY KEY (report, cell)) WITHOUT ROWID;
        CREATE TABLE sections (report INTEGER, number INTEGER, heading TEXT, text TEXT);
        """
    )
    facts = [[float(fact.value) if fact.value is not None else None for fact in one.facts.values()] for one in reports]
    began = time.perf_counter()
    conn.execute("BEGIN IMMEDIATE")
    conn.executemany(
        "INSERT INTO reports VALUES (?, ?, ?, ?)",
        ((number, f"agency-{number}", f"http://bench.example.org/{number}", "") for number in range(count)),
    )
    conn.executemany(
        "INSERT INTO facts VALUES (?, ?, ?)",
        ((number, cell, value) for number in range(count) for cell, value in enumerate(facts[number % len(facts)])),
    )
    conn.executemany(
        "INSERT INTO sections VALUES (?, ?, ?, ?)",
        (
            (number, section.number, section.heading, section.text)
            for number in range(count)
            for section in reports[number % len(reports)].sections
        ),
    )
    conn.execute("COMMIT")
    taken = time.perf_counter() - began
    conn.close()
    return taken
