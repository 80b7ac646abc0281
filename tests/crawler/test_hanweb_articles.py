"""Hanweb's articles over loopback, ingested: reports in the page and behind downfile.jsp, and the days they state."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest

from crawler.crawl import CrawlRequest, crawl
from crawler.ingest import ingest_run
from crawler.runs import read_run
from crawler.simulator.families import FAKES, Holding
from crawler.simulator.families.hanweb import article
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page
from storage.captures import Captures
from storage.database import load_report, open_database, report_versions, save_registry
from storage.records import SHANGHAI, Agency, AgencyKind, Portal, Registry
from storage.report import DateSource
from tests.accuracy import wrong_cells
from tests.writers.pdf_writer import reportlab_pdf
from tests.writers.word_writer import python_docx_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.simulator.families import Entry
    from crawler.simulator.made_up import MadeUpReport
    from storage.database import Database

NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
HOLDING = Holding("澄湖县", 77)
YEAR = 2023
_OCTETS = "application/octet-stream"


class Hung(NamedTuple):
    """How a report's file hangs on its article: its address, what it is, the name and type that come with it."""

    address: str
    write: Callable[[MadeUpReport, Random], bytes]
    disposition: str
    media_type: str = _OCTETS


def as_header(text: str, encoding: str) -> str:
    """Header bytes in this encoding, as the server's header type wants them."""
    return text.encode(encoding).decode("latin-1")


NAME = "2023年政府信息公开工作年度报告"
DOWNFILE = "/module/download/downfile.jsp?classid=0&filename="
HUNG = {
    "财政局": Hung(
        f"{DOWNFILE}{quote(NAME)}.docx",
        python_docx_report,
        as_header(f"attachment; filename={NAME}.docx", "gb18030"),
        "text/html; charset=GBK",
    ),
    "教育局": Hung(
        f"{DOWNFILE}d4e5f6.pdf",
        reportlab_pdf,
        f"attachment; filename*=UTF-8''{quote(NAME)}.pdf",
        "application/x-download",
    ),
    "民政局": Hung(
        "/module/download/down.jsp?i_ID=10017&colID=284",
        python_docx_report,
        f'attachment;filename="{quote(NAME)}.docx"',
    ),
}
"""Agency → where its report of YEAR is; the others have it in the page."""


class Read(NamedTuple):
    """What the crawl and the ingest left."""

    db: Database
    entries: dict[str, Entry]
    captured: frozenset[str]

    def report(self, agency: str):
        (version,) = report_versions(self.db, agency, YEAR)
        return load_report(self.db, version.id)


def entry_of(name: str) -> Entry:
    return next(entry for entry in HOLDING.of(HOLDING.place + name) if entry.report_year == YEAR)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    fake = next(fake for fake in FAKES if fake.key == "hanweb_old")
    portal = fake.build(HOLDING, frozenset())
    entries = {name: entry_of(name) for name in (*HUNG, "司法局")}
    pages = dict(portal.site.pages)
    files = {}
    for name, hung in HUNG.items():
        path = next(path for path in pages if str(entries[name].number) in path)
        link = f'<p>附件：<a href="{hung.address}">{NAME}</a></p>'
        pages[path] = article(HOLDING, entries[name], link)
        data_of = hung.write(entries[name].report, Random(1))
        files[hung.address] = Page(data_of, hung.media_type, headers={"Content-Disposition": hung.disposition})

    def hand_out(asked):
        query = "&".join(f"{key}={value}" for key, value in asked.query.items())
        named = {address.replace(quote(NAME), NAME): page for address, page in files.items()}
        return named[f"{asked.path}?{query}"]

    endpoints = {**portal.site.endpoints, **{address.partition("?")[0]: hand_out for address in files}}
    site = replace(portal.site, pages=pages, endpoints=endpoints)
    with PortalServer(site) as server:
        row = Portal("chenghu", "澄湖县人民政府", server.base_url, (server.host,))
        agencies = tuple(
            Agency(name, HOLDING.place + name, AgencyKind.LOCAL_DEPARTMENT, "990123", "chenghu") for name in entries
        )
        registry = Registry(agencies, (row,), ())
        folder = crawl(
            CrawlRequest(NOW, (row,), agencies, (YEAR,), delay=0.0, allow_private_hosts=True),
            data=data,
        )
        captured = frozenset(
            capture.url.removeprefix(server.base_url.rstrip("/")) for capture in read_run(folder).captures
        )
    db = open_database(data / "nianbao.db")
    save_registry(db, registry, NOW)
    ingest_run(db, Captures(data / "captures"), folder, at=NOW)
    yield Read(db, entries, captured)
    db.close()


@pytest.mark.parametrize("name", [*HUNG, "司法局"])
def test_every_cell_is_read_wherever_the_file_is_handed_out(read, name):
    assert wrong_cells(read.entries[name].report, read.report(name)) == []


@pytest.mark.parametrize("name", [*HUNG, "司法局"])
def test_the_day_is_the_articles_own_and_not_the_one_on_which_its_page_was_made(read, name):
    report = read.report(name)

    assert report.published_on == read.entries[name].day
    assert report.dates[0].source is DateSource.META_PUBDATE
    assert {stated.date for stated in report.dates if stated.source is not DateSource.SIGNATURE} == {
        read.entries[name].day
    }


def test_each_file_is_fetched_once_at_its_own_address(read):
    assert {address for address in read.captured if "/download/" in address} == {hung.address for hung in HUNG.values()}
