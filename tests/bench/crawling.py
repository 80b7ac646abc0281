"""A crawl of 500 reports on loopback with ingest, against bare Scrapy fetching the same addresses."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler.crawl import CrawlRequest, crawl
from crawler.ingest import ingest_finished
from crawler.runs import REQUEST, new_run
from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.shapes import SHAPES
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from storage.agency_table import COLUMNS, write_agency_table
from storage.captures import Captures
from storage.database import open_database, save_registry
from storage.records import Agency, AgencyKind, Portal, Registry
from tests.bench.fetching import ADDRESSES
from tests.bench.processes import measured

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PORTALS = 10
REPORTS_EACH = 50
_ROUNDS = 3
_NOW = datetime(2025, 2, 10, 1, tzinfo=UTC)

_CONFIGURATION = """[crawl]
delay = 0
browser = "never"
allow_private_hosts = true
"""
_BARE_SPIDER = """
import sys
import scrapy
from scrapy.crawler import CrawlerProcess

class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        for url in open(sys.argv[1]).read().split():
            yield scrapy.Request(url, dont_filter=True)
    def parse(self, response):
        pass

process = CrawlerProcess({"LOG_LEVEL": "ERROR", "REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False})
process.crawl(Bare)
process.start()
"""


def crawl_against_bare_scrapy(folder: Path) -> Iterator[tuple[str, ...]]:
    """Seconds of the whole processes, and the most memory that the crawl's process held."""
    with ExitStack() as stack:
        servers = [stack.enter_context(PortalServer(_site(number))) for number in range(PORTALS)]
        registry = _registry(servers)
        begin = time.perf_counter()
        request = CrawlRequest(
            now=_NOW, portals=registry.portals, agencies=registry.agencies, years=(2024,), delay=0.0,
            allow_private_hosts=True,
        )  # fmt: skip
        crawl(request, data=folder)
        crawled = time.perf_counter() - begin
        with open_database(folder / "crawled.db") as db:
            save_registry(db, registry, _NOW)
            begin = time.perf_counter()
            ingested = list(ingest_finished(db, Captures(folder / "captures"), folder / "runs", at=_NOW))
            reading = time.perf_counter() - begin
            stored = db["reports"].count_where("readable = 1")
        bare = _bare_seconds(folder, servers)
        fetched, plain = _fetching(folder, servers, request)
        few, most = (_memory(folder / name, registry, count) for name, count in (("few", 1), ("all", PORTALS)))
    total = PORTALS * REPORTS_EACH
    if stored != total or len(ingested) != 1:
        raise RuntimeError(f"{stored} of {total} reports were stored: the benchmark measured something else")
    yield (
        f"crawl + ingest of {total} reports on {PORTALS} portals | bare Scrapy fetching them, 16 at a time",
        f"{crawled:.1f} + {reading:.1f} s, {total / (crawled + reading):.0f}/s",
        f"{bare:.1f} s, {total / bare:.0f}/s",
        f"{(crawled + reading) / bare:.2f}",
        "",
    )
    yield (
        f"processor time of fetching {total} pages: a visit with our middlewares | bare Scrapy",
        f"{fetched:.2f} s, {total / fetched:.0f}/s",
        f"{plain:.2f} s, {total / plain:.0f}/s",
        f"{plain / fetched:.2f}",
        "≥ 0.75",
    )
    yield (
        f"peak memory of `nianbao crawl`, {total} reports | {REPORTS_EACH} reports",
        f"{most:.0f} MB",
        f"{few:.0f} MB",
        f"{most / few:.2f}",
        "≤ 300 MB",
    )


def _site(number: int) -> Site:
    source = random.Random(number)
    pages: dict[str, Page] = {}
    rows = []
    for place in range(REPORTS_EACH):
        report = made_up_report(source, year=2024, agency=_name(number, place), activity=0.4)
        path = f"/nb/{place}.html"
        pages[path] = Page(SHAPES["html_trs"].render(report, source))
        rows.append(f'<li><a href="{path}">{report.title}</a><span>{report.published_on}</span></li>')
    listing = f"<html><head><title>政府信息公开年报</title></head><body><ul>{''.join(rows)}</ul></body></html>"
    pages["/nb/"] = Page(listing.encode())
    return Site(pages, ("/nb/",))


def _name(number: int, place: int) -> str:
    return f"第{number + 1}区第{place + 1}街道办事处"


def _registry(servers: list[PortalServer]) -> Registry:
    portals = tuple(
        Portal(f"p{number}", f"第{number + 1}区", server.base_url, (server.host,), columns=(f"{server.base_url}nb/",))
        for number, server in enumerate(servers)
    )
    agencies = tuple(
        Agency(f"a{number}-{place}", _name(number, place), AgencyKind.STREET_OFFICE, "110101", f"p{number}")
        for number in range(PORTALS)
        for place in range(REPORTS_EACH)
    )
    return Registry(agencies, portals, ())


def _memory(folder: Path, registry: Registry, portals: int) -> float:
    """Megabytes of the largest process of a crawl and ingest by the command line, on the first so many portals."""
    files = folder / "registry"
    files.mkdir(parents=True)
    (folder / "nianbao.toml").write_text(_CONFIGURATION)
    chosen = registry.portals[:portals]
    tables = (
        f'[{portal.id}]\nname = "{portal.name}"\nbase_url = "{portal.base_url}"\ncolumns = ["{portal.columns[0]}"]\n'
        for portal in chosen
    )
    (files / "portals.toml").write_text("\n".join(tables), encoding="utf-8")
    agencies = [agency for agency in registry.agencies if agency.portal in {portal.id for portal in chosen}]
    (files / "agencies.csv").write_text(write_agency_table(agencies, COLUMNS), encoding="utf-8")
    options = ["--config", str(folder / "nianbao.toml"), "--now", _NOW.isoformat()]
    return measured([sys.executable, "-m", "monitor.cli", *options, "crawl"]).megabytes


def _fetching(folder: Path, servers: list[PortalServer], request: CrawlRequest) -> tuple[float, float]:
    """Processor seconds of fetching every article: ours and bare Scrapy's, the median of rounds in turn."""
    runs = folder / "fetching"
    runs.mkdir()
    urls = runs / ADDRESSES
    urls.write_text(
        "\n".join(f"{server.base_url}nb/{place}.html" for server in servers for place in range(REPORTS_EACH))
    )
    ours, bare = [], []
    for _ in range(_ROUNDS):
        ours.append(_seconds_of("ours", new_run(runs / "runs", request) / REQUEST))
        bare.append(_seconds_of("bare", urls))
    return statistics.median(ours), statistics.median(bare)


def _seconds_of(way: str, path: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.fetching", way, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"},
    )
    return float(done.stdout.split()[-1])


def _bare_seconds(folder: Path, servers: list[PortalServer]) -> float:
    urls = folder / "urls.txt"
    urls.write_text(
        "\n".join(f"{server.base_url}nb/{place}.html" for server in servers for place in range(REPORTS_EACH))
    )
    script = folder / "bare.py"
    script.write_text(_BARE_SPIDER)
    begin = time.perf_counter()
    subprocess.run([sys.executable, str(script), str(urls)], check=True)
    return time.perf_counter() - begin
