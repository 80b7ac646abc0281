"""Saving 10,000 reports, against a bare `executemany` of their facts alone."""

from __future__ import annotations

import dataclasses
import hashlib
import random
import sqlite3
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler.parser import PARSER_VERSION, read_report
from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.shapes import SHAPES
from storage.database import open_database, save_reports
from storage.received import ReadCapture
from storage.records import Capture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.report import Report

REPORTS = 10_000
_NOW = datetime(2025, 2, 10, 1, tzinfo=UTC)


def insert_against_executemany(folder: Path, count: int = REPORTS) -> Iterator[tuple[str, ...]]:
    """Our rows a report: the facts, and also its versions, sections, search words, dates and doubts."""
    reports = tuple(_read_reports(40))
    facts = sum(len(reports[number % len(reports)].facts) for number in range(count))
    bare = _bare_seconds(folder / "bare.db", reports, count)
    db = open_database(folder / "ours.db")
    begin = time.perf_counter()
    save_reports(db, _readings(reports, count), at=_NOW)
    ours = time.perf_counter() - begin
    db.close()
    yield (
        f"saving {count} reports, {facts} facts, sections and search words | executemany of the facts",
        f"{ours:.1f} s, {count / ours:.0f}/s",
        f"{bare:.1f} s",
        f"{ours / bare:.2f}",
        "",
    )


def _read_reports(count: int) -> Iterator[Report]:
    for seed in range(count):
        source = random.Random(seed)
        made = made_up_report(source, year=2024, agency=f"第{seed}号测试局", activity=0.4)
        yield read_report(SHAPES["html_clean"].render(made, source))


def _readings(reports: tuple[Report, ...], count: int) -> Iterator[ReadCapture]:
    for number in range(count):
        url = f"http://bench.example/{number}.html"
        digest = hashlib.sha256(url.encode()).hexdigest()
        capture = Capture(digest, "", url, url, 200, "text/html", _NOW, 10_000)
        report = dataclasses.replace(reports[number % len(reports)])
        yield ReadCapture(capture, f"agency-{number}", 2024, report, parser_version=PARSER_VERSION)


def _bare_seconds(path: Path, reports: tuple[Report, ...], count: int) -> float:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "CREATE TABLE facts (report INTEGER, cell INTEGER, value, text TEXT, PRIMARY KEY (report, cell)) "
            "WITHOUT ROWID"
        )
        rows = (
            (number, cell, int(fact.value or 0), None)
            for number in range(count)
            for cell, fact in enumerate(reports[number % len(reports)].facts.values())
        )
        begin = time.perf_counter()
        connection.executemany("INSERT INTO facts VALUES (?, ?, ?, ?)", rows)
        connection.commit()
        seconds = time.perf_counter() - begin
    connection.close()
    return seconds
