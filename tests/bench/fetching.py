"""Fetching pages of many portals with our middlewares and everything a visit does, and by Scrapy alone.

`python -m tests.bench.fetching ours REQUEST` or `… bare ADDRESSES` prints the processor seconds from the first
request to the last answer: a process's beginning, which a season's crawl has once, is in neither.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.utils.project import get_project_settings

from crawler.downloads import Visit
from crawler.spiders.reports import ReportsSpider

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator

    from scrapy.http import Response

    from crawler.browser.studio import Studio
    from crawler.requests import Place
    from storage.records import Portal, Scan

ADDRESSES = "addresses.txt"


class Ours(ReportsSpider):
    """The real spider, but that it only fetches: every address of a portal's, one after the other."""

    name = "ours"
    seconds = 0.0
    addresses: tuple[str, ...] = ()

    async def start(self) -> AsyncIterator[Scan]:
        """As the real spider begins and ends, with the clock on it."""
        begun = time.process_time()
        async for scan in super().start():
            yield scan
        Ours.seconds = time.process_time() - begun

    async def _visit(
        self,
        portal: Portal,
        places: tuple[Place, ...],
        number: int,
        limit: asyncio.Semaphore,
        studio: Studio | None,
    ) -> list[Scan]:
        del places, number, studio
        async with limit:
            visit = Visit(
                portal,
                self._request,
                engine=self.crawler.engine,
                writer=self._writer,
                clock=self._now,
                on_page=self._count_page,
                on_report=self._count_report,
            )
            for url in self.addresses:
                if visit.is_own(url) and (await visit.fetch(url)).trouble is not None:
                    raise RuntimeError(f"{url} was not had: the benchmark measured something else")
            await visit.close()
        return []


class Bare(Spider):
    """Scrapy as it comes."""

    name = "bare"
    seconds = 0.0
    addresses: tuple[str, ...] = ()

    async def start(self) -> AsyncIterator[Request]:
        """A request for every address."""
        self._begun = time.process_time()
        for url in self.addresses:
            yield Request(url, dont_filter=True)

    def parse(self, response: Response) -> None:
        """Nothing."""

    def closed(self, reason: str) -> None:
        """Stops the clock."""
        del reason
        Bare.seconds = time.process_time() - self._begun


def main() -> None:
    """One of the two."""
    if sys.argv[1] == "ours":
        process = CrawlerProcess(get_project_settings())
        path = Path(sys.argv[2])
        Ours.addresses = tuple((path.parent.parent.parent / ADDRESSES).read_text().split())
        process.crawl(Ours, request=str(path))
        process.start()
    else:
        quiet = {"LOG_LEVEL": "ERROR", "REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False}
        process = CrawlerProcess(quiet)
        Bare.addresses = tuple(Path(sys.argv[2]).read_text().split())
        process.crawl(Bare)
        process.start()
    sys.stdout.write(f"\n{Ours.seconds or Bare.seconds}\n")


if __name__ == "__main__":
    main()
