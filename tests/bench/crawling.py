"""A crawl of 500 reports on loopback with its ingest, and bare Scrapy fetching the same pages."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from crawler.simulator.made_up import made_up_report
from crawler.simulator.portals import Look, Publication
from crawler.simulator.server import PortalServer, Site
from crawler.simulator.static_site import static_column

if TYPE_CHECKING:
    from pathlib import Path

PORTALS = 10
AGENCIES = 50
COLUMN = "/xxgk/nb/"
YEAR = 2025
NOW = "2026-02-10T09:00:00+08:00"
CONFIGURATION = """[crawl]
delay = 0
browser = "never"
allow_private_hosts = true
"""
BARE = """
import sys, scrapy
from scrapy.crawler import CrawlerProcess

class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        for line in open(sys.argv[1]):
            yield scrapy.Request(line.strip())
    def parse(self, response):
        pass

process = CrawlerProcess({"LOG_LEVEL": "ERROR", "REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False})
process.crawl(Bare)
process.start()
"""

# A process begins with the memory of the one that it was forked from: so a small one starts it.
LAUNCHER = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


class CrawlFigures(NamedTuple):
    """Seconds of wall clock, start of the processes included, and megabytes of the largest process."""

    ours: float
    bare: float
    memory: float
    memory_of_few: float
    memory_of_bare: float


class Child(NamedTuple):
    """What a process took."""

    seconds: float
    megabytes: float


def crawl_figures(folder: Path) -> CrawlFigures:
    """Ours and bare Scrapy on the same ten portals of fifty agencies each."""
    names = [[f"第{portal + 1}市第{number + 1}局" for number in range(AGENCIES)] for portal in range(PORTALS)]
    with ExitStack() as stack:
        sites = [_site(own, Random(place)) for place, own in enumerate(names)]
        portals = [stack.enter_context(PortalServer(site)) for site in sites]
        few = _crawl(folder / "few", names[:1], portals[:1])
        ours = _crawl(folder / "all", names, portals)
        addresses = folder / "addresses.txt"
        pages = ((portal.base_url, path) for portal, site in zip(portals, sites, strict=True) for path in site.pages)
        addresses.write_text("".join(f"{base.rstrip('/')}{path}\n" for base, path in pages), encoding="utf-8")
        bare = measured([sys.executable, "-c", BARE, str(addresses)])
    return CrawlFigures(ours.seconds, bare.seconds, ours.megabytes, few.megabytes, bare.megabytes)


def _site(names: list[str], random: Random) -> Site:
    publications = [Publication(made_up_report(random, year=YEAR, agency=name), "word") for name in names]
    look = Look("基准市人民政府", "9909000001", ())
    return Site(static_column(look, COLUMN, publications, random), (COLUMN,))


def _crawl(folder: Path, names: list[list[str]], portals: list[PortalServer]) -> Child:
    registry = folder / "registry"
    registry.mkdir(parents=True)
    (folder / "nianbao.toml").write_text(CONFIGURATION, encoding="utf-8")
    tables = [
        f'[p{place}]\nname = "p{place}"\nbase_url = "{portal.base_url}"\n'
        f'columns = ["{portal.base_url.rstrip("/")}{COLUMN}"]\n'
        for place, portal in enumerate(portals)
    ]
    (registry / "portals.toml").write_text("\n".join(tables), encoding="utf-8")
    rows = [
        f"a{place}-{number},{name},local_department,990900,p{place}"
        for place, own in enumerate(names)
        for number, name in enumerate(own)
    ]
    (registry / "agencies.csv").write_text("\n".join(["id,name,kind,region,portal", *rows, ""]), encoding="utf-8")
    options = ["--config", str(folder / "nianbao.toml"), "--now", NOW]
    return measured([sys.executable, "-m", "monitor.cli", *options, "crawl"])


def measured(command: list[str]) -> Child:
    """Run a program to its end; its own and its children's peak memory come with its exit."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", LAUNCHER, *command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[1:4]} ended with {done.returncode}: {done.stderr}")
    return Child(time.perf_counter() - began, int(done.stdout) / 1000)
