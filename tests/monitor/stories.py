"""One agency-year for tests: a report on 2024 that is due by the end of 31 January 2025, and what was seen of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from storage.records import SHANGHAI, Attestation, Evidence, Look, Obligation, Outcome, Sighting, StoredReport
from storage.report import DateSource, StatedDate

DUE = date(2025, 1, 31)
OWED = Obligation("caizheng", 2024, DUE, "regulations-2019-49-1", is_statutory=True)
END = datetime(2025, 2, 1, tzinfo=SHANGHAI)
LATER = END + timedelta(days=30)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
URL = "http://www.qinghe.example/2025/caizheng.html"


def look(at, *, outcome=Outcome.COMPLETE, control="青河县水利局2023年年报", found=False):
    return Look(f"run-{at.isoformat()}", ("scan",), at, outcome, "", control, found)


def sighting(first, *, last=None, listed_on=None, is_bulk=False):
    return Sighting(URL, "2024年度报告", first, last or first, listed_on, is_bulk)


def report(first, *dates, bulk=(), reason=None, attested=False, current=True, unread=False):
    stated = tuple(StatedDate(day, source) for day, source in dates)
    published = stated[0].date if stated else None
    return StoredReport(
        1,
        "caizheng",
        2024,
        URL,
        "d" * 64,
        "t",
        first,
        first,
        published,
        stated,
        frozenset(bulk),
        reason,
        current,
        attested,
        has_unread_date=unread,
    )


def word(at, *, absent=False, published_on=None, url=None):
    return Attestation("caizheng", 2024, absent, published_on, url, None, "王敏", "电话核实", at)


def evidence(*looks, sightings=(), reports=(), attestations=()):
    return Evidence(looks, tuple(sightings), tuple(reports), tuple(attestations))


ON_DUE, AFTER_DUE = date(2025, 1, 31), date(2025, 2, 1)
PUBDATE, LIST_ROW = DateSource.META_PUBDATE, DateSource.LIST_ROW
