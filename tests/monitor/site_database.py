"""A small database for the tests of the site: a year with every kind of standing, and hostile words in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.checks import Subject, judge
from storage.captures import Captures
from storage.database import open_database, save_registry, save_run, save_verdicts
from storage.enclosures import Enclosure, EnclosureKind
from storage.received import ReadCapture
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    Alert,
    AlertState,
    Candidate,
    Capture,
    Content,
    Obligation,
    Outcome,
    Portal,
    Registry,
    Scan,
    Standing,
    Status,
    Transition,
)
from tests.builders import NAME, report

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
DUE = date(2025, 1, 31)
SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"
PAGE = f"<html><body>{SCRIPT}柳河镇</body></html>".encode()
URL = "http://127.0.0.1:9/liuhe/2024.html"

AGENCIES = (
    Agency("liuhe", NAME, AgencyKind.TOWNSHIP_GOVERNMENT, "370799101", "pingchuan", aliases=(SCRIPT,)),
    Agency("gov", "平川市人民政府", AgencyKind.CITY_GOVERNMENT, "370700", "pingchuan"),
    Agency("edu", "平川市教育局", AgencyKind.LOCAL_DEPARTMENT, "370700", "pingchuan", parent="gov"),
    Agency("fin/甲 1", "平川市财政局", AgencyKind.LOCAL_DEPARTMENT, "370700", "pingchuan"),
    Agency("odd", f"{SCRIPT}局", AgencyKind.LOCAL_DEPARTMENT, "370800", "pingchuan"),
)
PORTALS = (Portal("pingchuan", FORMULA, "http://127.0.0.1:9/", ("127.0.0.1:9",)),)
STATUSES = {
    ("liuhe", 2024): (Status.LATE, Content.MALFORMED, None),
    ("liuhe", 2023): (Status.ON_TIME, Content.OK, None),
    ("gov", 2024): (Status.ON_TIME, Content.UNREADABLE, None),
    ("edu", 2024): (Status.MISSING, None, None),
    ("fin/甲 1", 2024): (Status.UNKNOWN, None, "not_scanned"),
    ("odd", 2024): (Status.SUSPECTED_MISSING, None, "awaiting_confirmation"),
}


ENCLOSURES = (
    Enclosure(EnclosureKind.FILE, f"{URL}.pdf", URL, "1.pdf", "e" * 64, "application/pdf"),
    Enclosure(EnclosureKind.PICTURE, f"{URL}.png", URL, "1.png", None, failure="status"),
)


def site_database(folder: Path) -> Path:
    """The path of a new database with its archive beside it."""
    path = folder / "nianbao.db"
    digest = Captures(folder / "captures").put(PAGE)
    db = open_database(path)
    save_registry(db, Registry(AGENCIES, PORTALS, ()), AT)
    _save_run(db, digest)
    _save_verdicts(db)
    db.close()
    return path


def malformed_report():
    """A report on 2024 whose total of the granted does not add up, with a blank beside it."""
    cells = {"applications/granted/total": 99, "applications/refused_state_secret/other_org": None}
    given = report(cells=cells, texts={1: f"全年公开信息。{SCRIPT}督促站所公开。"})
    return replace(given, title=f"{FORMULA} {given.title}")


def _save_run(db, digest):
    scan = Scan(
        id="run1-s1",
        run="run1",
        portal="pingchuan",
        column_url="http://127.0.0.1:9/nb/",
        agencies=("liuhe", "gov", "edu"),
        started_at=AT - timedelta(hours=2),
        finished_at=AT - timedelta(hours=1),
        outcome=Outcome.COMPLETE,
        rows_seen=12,
        control_title="平川市公安局2023年政府信息公开工作年度报告",
    )
    listed = Candidate("run1-s1", f"{NAME}2024年年报", URL, date(2025, 2, 8), "liuhe", 2024)
    save_run(
        db,
        run_id="run1",
        scans=(scan,),
        candidates=(listed,),
        captures=(_capture(2024, URL, digest, enclosures=ENCLOSURES),),
        reports=(
            ReadCapture(
                _capture(2024, URL, digest, enclosures=ENCLOSURES),
                "liuhe",
                2024,
                malformed_report(),
                parser_version="1",
            ),
            ReadCapture(_capture(2023, URL + "?2023", "b" * 64), "liuhe", 2023, report(year=2023), parser_version="1"),
            ReadCapture(
                _capture(2024, "http://127.0.0.1:9/gov", "c" * 64, agency="gov"),
                "gov",
                2024,
                None,
                reason="picture_without_ocr",
                parser_version="1",
            ),
        ),
        at=AT,
    )


def _capture(year, url, digest, *, agency="liuhe", enclosures=()):
    return Capture(
        digest=digest,
        scan="run1-s1",
        url=url,
        final_url=url,
        status=200,
        media_type="text/html; charset=utf-8",
        fetched_at=AT - timedelta(hours=2),
        size=len(PAGE),
        title="年报",
        agency=agency,
        report_year=year,
        enclosures=enclosures,
    )


def _save_verdicts(db):
    findings = judge(Subject(malformed_report(), report_year=2024))
    standings = tuple(
        Standing(
            agency,
            year,
            DUE.replace(year=year + 1),
            status,
            published_on=date(2025, 2, 8) if status is Status.LATE else None,
            days_late=8 if status is Status.LATE else None,
            proof="stated" if status is Status.LATE else None,
            content=content,
            errors=len([each for each in findings if each.severity == "error"]) if content is Content.MALFORMED else 0,
            reason=reason,
        )
        for (agency, year), (status, content, reason) in STATUSES.items()
    )
    obligations = tuple(
        Obligation(each.agency, each.report_year, each.due, "regulations-2019-49-1", is_statutory=True)
        for each in standings
    )
    alert = Alert(
        "a1",
        "liuhe",
        2024,
        "late",
        "",
        AlertState.OPEN,
        AT,
        f"晚了8天{SCRIPT}",
        evidence=({"kind": "date", "date": "2025-02-08", "url": "javascript:alert(1)", "digest": "d" * 64},),
    )
    save_verdicts(
        db,
        standings=standings,
        obligations=obligations,
        findings={("liuhe", 2024): findings},
        transitions=((alert, Transition("a1", AT, None, AlertState.OPEN, "late")),),
        as_of=AT,
    )
