"""The one spider: visits the portals of a request, several at a time, each by one request at a time.

`scrapy crawl reports -a request=PATH` writes the run folder in which PATH, a request.json, lies.
Without a request it reads nianbao.toml in the working directory and looks at everything in the registry.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from contextlib import AsyncExitStack, ExitStack
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.exceptions import CloseSpider

from crawler.addresses import AddressGuard, split_pair
from crawler.browser.program import find_browser
from crawler.downloads import Visit
from crawler.probes import probe_place
from crawler.requests import PROXY_VARIABLE, CrawlRequest, configured_request, request_from_json, work_of
from crawler.robots import PRODUCT_TOKEN
from crawler.runs import PART, RunWriter, new_run, only_crawl
from crawler.scans import scan_place
from crawler.unproven import failed_scan
from storage.configuration import DEFAULT_FILE, load_configuration
from storage.errors import ConfigurationError, CrawlError, RegistryError
from storage.records import SHANGHAI
from storage.registry import read_registry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Self

    from scrapy.crawler import Crawler

    from crawler.browser.studio import Studio
    from crawler.requests import Place
    from storage.records import Portal, Scan

PORTALS_AT_ONCE = 64
_BETWEEN_LINES = 0.2


class ReportsSpider(Spider):
    """Scans every place of a request and leaves a run folder behind."""

    name = "reports"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: str, **options: str) -> Self:
        """Scrapy's way of making a spider; the operator's settings come from the request."""
        spider = super().from_crawler(crawler, *args, **options)
        spider.prepare()
        return spider

    def __init__(self, request: str | None = None, parent: str | None = None, name: str | None = None) -> None:
        super().__init__(name)
        self._began = monotonic()
        self._path = Path(request) if request else None
        self._refusal: str | None = None
        self._stack = ExitStack()
        self._progress = {"portals_done": 0, "portals_total": 0, "pages": 0, "reports": 0}
        self._last_line = 0.0
        if parent:
            threading.Thread(target=_end_with_parent, daemon=True).start()

    def prepare(self) -> None:
        """Reads the request and sets what it asks for, before Scrapy freezes its settings."""
        try:
            self._request, self._part = self._read_request()
        except (ConfigurationError, RegistryError, CrawlError) as error:
            self._refusal = str(error)
            self.crawler.settings.set("LOG_LEVEL", "ERROR", priority="spider")
            return
        self._work = work_of(self._request)
        settings = self.crawler.settings
        settings.set("USER_AGENT", f"{PRODUCT_TOKEN}/{_version()} (+{self._request.contact})", priority="spider")
        settings.set("DOWNLOAD_SLOTS", {portal.id: self._slot(portal) for portal, _ in self._work}, priority="spider")
        self._progress["portals_total"] = len(self._work)
        program = find_browser(self._request.browser)
        self._has_browser = program is not None
        if program is not None:
            # Playwright takes as long to load as all the rest; most machines have no browser.
            from crawler.browser.studio import prepare_settings  # noqa: PLC0415

            prepare_settings(settings, program)

    async def start(self) -> AsyncIterator[Scan]:
        """Every scan as soon as it is written, for Scrapy's statistics; the run folder is whole after the last."""
        if self._refusal is not None:
            raise CloseSpider("no_request")
        self._admit_hosts()
        self._writer = RunWriter(self._part)
        limit = asyncio.Semaphore(PORTALS_AT_ONCE)
        tasks: list[asyncio.Task[list[Scan]]] = []
        try:
            async with AsyncExitStack() as rooms:
                studio = await rooms.enter_async_context(self._studio()) if self._has_browser else None
                tasks = [
                    asyncio.create_task(self._visit(portal, places, number, limit, studio))
                    for number, (portal, places) in enumerate(self._work, start=1)
                ]
                for done in asyncio.as_completed(tasks):
                    for scan in await done:
                        yield scan
            whole = self._writer.finish()
        finally:
            for task in tasks:
                task.cancel()
            self._writer.close()
            self._stack.close()
        self.logger.info("run %s is whole", whole)

    def closed(self, reason: str) -> None:
        """Says last why nothing was crawled; Scrapy's own lines are hushed then."""
        del reason
        if self._refusal is not None:
            sys.stderr.write(f"\n{self._refusal}\n")
            # Scrapy's command exits with 1 where its crawler never came to have a spider.
            self.crawler.spider = None

    async def _visit(
        self,
        portal: Portal,
        places: tuple[Place, ...],
        number: int,
        limit: asyncio.Semaphore,
        studio: Studio | None,
    ) -> list[Scan]:
        """The scans of one portal. A failure of our own code ends one place's scan, and nothing else."""
        scans: list[Scan] = []
        async with limit:
            visit = Visit(
                portal,
                self._request,
                engine=self.crawler.engine,
                writer=self._writer,
                clock=self._now,
                on_page=self._count_page,
                on_report=self._count_report,
                open_canvas=studio.canvas if studio is not None else None,
            )
            for place_number, place in enumerate(places, start=1):
                scan_id = f"{self._writer.id}-{number:04}-{place_number:04}"
                started_at = self._now()
                try:
                    look = probe_place if self._request.is_probe else scan_place
                    scans += await look(visit, place, scan_id)
                except Exception as error:
                    self.logger.exception("our own failure at %s", place.column_url or portal.base_url)
                    scans.append(failed_scan(visit, place, scan_id, started_at, error))
            await visit.close()
        self._progress["portals_done"] += 1
        self._tell_progress(is_due=True)
        return scans

    def _read_request(self) -> tuple[CrawlRequest, Path]:
        """The request and the unfinished run folder that it lies in."""
        if self._path is None:
            return self._own_request()
        part = self._path.absolute().parent
        if part.suffix != PART:
            raise CrawlError(f"{self._path} does not lie in an unfinished run folder (…{PART})")
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
            return request_from_json(values, proxy=os.environ.get(PROXY_VARIABLE, "")), part
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CrawlError(f"{self._path} is not a readable request: {error!r}") from error

    def _own_request(self) -> tuple[CrawlRequest, Path]:
        """A request for everything in the registry, as the configuration in the working directory says."""
        configuration = load_configuration(Path(DEFAULT_FILE))
        registry = read_registry(configuration.registry, configuration.language)
        now = datetime.now(SHANGHAI)
        request = configured_request(
            configuration,
            now=now,
            portals=registry.portals,
            agencies=registry.agencies,
            years=(now.year - 1,),
            control_years=(now.year - 2,),
        )
        self._stack.enter_context(only_crawl(configuration.runs))
        return request, new_run(configuration.runs, request)

    def _slot(self, portal: Portal) -> dict[str, float]:
        delay = self._request.delay if portal.delay is None else portal.delay
        # What its robots.txt asked for last time holds until it is read again.
        asked = (memory.crawl_delay for memory in self._request.known if memory.portal == portal.id)
        delay = max(delay, *asked, 0.0)
        return {"concurrency": 1, "delay": delay, "jitter": 0}

    def _admit_hosts(self) -> None:
        """Lets the resolver admit the portals' own pairs, if they may be private. Without our resolver, no crawl."""
        from twisted.internet import reactor  # noqa: PLC0415 (importing it earlier would install another one)

        guard = getattr(reactor, "nameResolver", None)
        if not isinstance(guard, AddressGuard):
            raise CrawlError(f"expected crawler.addresses.AddressGuard as resolver, found {type(guard).__name__}")
        if self._request.allow_private_hosts:
            guard.admit(split_pair(pair) for portal, _ in self._work for pair in portal.hosts)
        proxy_host = urlsplit(self._request.proxy).hostname
        if proxy_host is not None:
            guard.admit((), [proxy_host])

    def _studio(self) -> Studio:
        from crawler.browser.studio import Studio  # noqa: PLC0415

        hosts = {portal.id: frozenset(portal.hosts) for portal, _ in self._work}
        admits_private = self._request.allow_private_hosts
        return Studio(self.crawler, hosts, admits_private=admits_private, upstream=self._request.proxy)

    def _now(self) -> datetime:
        return self._request.now + timedelta(seconds=monotonic() - self._began)

    def _count_page(self) -> None:
        self._progress["pages"] += 1
        self._tell_progress(is_due=False)

    def _count_report(self) -> None:
        self._progress["reports"] += 1
        self._tell_progress(is_due=False)

    def _tell_progress(self, *, is_due: bool) -> None:
        """One line of JSON for the parent's progress bar; a parent that has gone ends the crawl."""
        if is_due or monotonic() - self._last_line >= _BETWEEN_LINES:
            self._last_line = monotonic()
            sys.stdout.write(json.dumps(self._progress) + "\n")
            sys.stdout.flush()


def _end_with_parent() -> None:
    """Ends the process when the pipe from the parent closes: nobody would read the run, or two would crawl at once."""
    while os.read(0, 1):
        pass
    os._exit(1)


def _version() -> str:
    try:
        return version("nianbao")
    except PackageNotFoundError:
        return "0"
