"""What happened to a watch, as `watch_model` tells it, made into the records that the watch takes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from monitor.checks import Subject, judge
from storage.records import (
    Agency,
    AgencyKind,
    Attestation,
    Outcome,
    Portal,
    Registry,
    Scan,
    ScanPage,
    Waiver,
)
from storage.report import DateSource, StatedDate
from tests.builders import NAME, report
from tests.monitor.watch_model import YEAR, Read, Scanned, Word

OTHER_NAME = "平川市柳河街道办事处"
WRONG = {"applications/new_received/total": 99}


def address(portal, agency=""):
    return f"http://127.0.0.1:8100/{portal}/{agency}"


def registry_of(bodies):
    """The operator's files, as they stand now."""
    agencies = tuple(
        Agency(
            id=body.key,
            name=body.name,
            kind=AgencyKind(body.kind),
            region="370700" if body.portal == "a" else "990100",
            portal=body.portal,
            aliases=(NAME, OTHER_NAME),
            active_to=body.active_to,
        )
        for body in bodies
    )
    portals = tuple(Portal(key, key, address(key), ("127.0.0.1:8100",)) for key in "abc")
    waivers = tuple(
        Waiver(body.key, YEAR, rule, "经批准", "王敏", until) for body in bodies for rule, until in body.waivers
    )
    return Registry(agencies, portals, waivers)


@lru_cache
def body_of(read: Read):
    """The report behind a reading; None where it cannot be read."""
    if read.quality == "unreadable":
        return None
    dates = tuple(StatedDate(day, DateSource.META_PUBDATE) for day in read.dates)
    cells = WRONG if read.quality == "malformed" else None
    return replace(report(cells=cells), published_on=read.dates[0] if read.dates else None, dates=dates)


def digest_of(agency, read):
    return hashlib.sha256(f"{agency}{read}".encode()).hexdigest()


def attestation(agency: str, word: Word):
    return Attestation(agency, YEAR, word.absent, word.published_on, None, None, "王敏", "已查看", word.at)


def scan_of(scanned: Scanned, number: int):
    """The scan as the crawler would hand it in."""
    return Scan(
        id=f"run-{number}/1",
        run=f"run-{number}",
        portal=scanned.portal,
        column_url=address(scanned.portal),
        agencies=scanned.agencies,
        started_at=scanned.at,
        finished_at=scanned.at + timedelta(seconds=30),
        outcome=Outcome(scanned.outcome),
        pages=(ScanPage(address(scanned.portal), 200, "f" * 64, 12),),
        rows_seen=12,
        control_title="平川市水利局2023年年报" if scanned.control else None,
        bulk_dates=tuple(sorted(scanned.bulk)),
        # A crawl of later years would not have looked for this one.
        from_year=YEAR,
    )


@lru_cache
def findings_on(agency, read):
    return judge(Subject(report=body_of(read), agency=agency, report_year=YEAR))
