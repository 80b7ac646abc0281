"""robots.txt by its status and its body: what cannot be established is not taken for permission.

As RFC 9309 has it, but for 401 and 403: there a server refuses to say what it admits, and we stay out. Scrapy's own
middleware reads whatever comes with any status as rules, and a failure as consent.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from protego import Protego
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK, Request

from crawler.known import MEMORY
from crawler.outcomes import CHALLENGE_STATUSES, PROXY_STATUS, RETRIED_STATUSES, Trouble, readable_start, refusal
from crawler.retries import FAILURES, failure, is_whole_host, response_headers, with_retries
from storage.hosts import host_port
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.known import Memory

PRODUCT_TOKEN = "nianbao"  # noqa: S105 (the name in robots.txt that means us)
MAX_BYTES = 512 * 1024
"""RFC 9309 wants at least 500 KiB to be read; what comes after is not."""

TIMEOUT = 30.0
"""Seconds for robots.txt: it is small, and a portal that swallows requests should not hold a place for long."""

MAX_CRAWL_DELAY = 60.0
"""Seconds between two requests that a robots.txt can ask of us."""

CLOSED_STATUSES = frozenset({401, 403})
"""The file is there, or is not: we are not to know. docs/decisions/0011 says why that is no permission."""

_OWN_WORDS = {"off_host": "robots_off_host", "timeout": "robots_timeout"}
"""How a download failed, by its key → the key that says so of robots.txt; the others name their cause."""

_IS_ROBOTS = "is_robots"


class RobotsError(IgnoreRequest):
    """robots.txt keeps us out, or could not be had; `trouble` says which."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble.key))
        self.trouble = trouble


class RobotsRules(NamedTuple):
    """What a robots.txt came to. `trouble` None: `rules` decide, and None of them means everything is open."""

    rules: Protego | None = None
    trouble: Trouble | None = None

    def refuses(self, url: str) -> bool:
        """Do the rules close this address to us?"""
        return self.rules is not None and not self.rules.can_fetch(url, PRODUCT_TOKEN)

    def crawl_delay(self) -> float:
        """The seconds between requests that the rules ask for, within bounds; 0 where they ask for none."""
        asked = self.rules.crawl_delay(PRODUCT_TOKEN) if self.rules is not None else None
        return min(float(asked), MAX_CRAWL_DELAY) if asked else 0.0


def read_robots(status: int, body: bytes, url: str, headers: Mapping[str, str] | None = None) -> RobotsRules:
    """The rules in an answer to a request for robots.txt."""
    signature = refusal(status, body, headers)
    if signature is not None or status in CHALLENGE_STATUSES:
        return RobotsRules(trouble=Trouble(Outcome.BLOCKED, "refused", (f"{status} {signature or ''}".strip(), url)))
    if status >= 500 or status in RETRIED_STATUSES or 300 <= status < 400:  # noqa: PLR2004 (RFC 9309, 2.3.1)
        return RobotsRules(trouble=Trouble(Outcome.ROBOTS_UNREACHABLE, "robots_unreachable", (status, url)))
    if status == PROXY_STATUS:
        return RobotsRules(trouble=Trouble(Outcome.UNREACHABLE, "proxy_refused", (url, status)))
    if status in CLOSED_STATUSES:
        return RobotsRules(trouble=Trouble(Outcome.ROBOTS_REFUSED, "robots_closed", (status, url)))
    text = readable_start(body, MAX_BYTES) if status == 200 else ""  # noqa: PLR2004 (other 4xx: no rules)
    # Some portals answer every unknown address with their home page.
    is_page = text.lstrip().lower().startswith(("<!doctype", "<html", "<head", "<script", "<?xml"))
    return RobotsRules(None if is_page or not text.strip() else Protego.parse(text))


def not_had(error: Exception, url: str, asked: str) -> Trouble:
    """Why there are no rules where the download of robots.txt (`url`) for an address (`asked`) ended without answer."""
    trouble = failure(error, asked if is_whole_host(error) else url)
    if is_whole_host(error):
        return trouble
    if trouble.key in _OWN_WORDS:
        return Trouble(Outcome.ROBOTS_UNREACHABLE, _OWN_WORDS[trouble.key], trouble.values)
    cause = type(error).__name__.removesuffix("Error")
    return Trouble(Outcome.ROBOTS_UNREACHABLE, "robots_unreachable", (cause, url))


class RobotsMiddleware:
    """Asks for each portal host's robots.txt once, before anything else of that host."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._read: dict[tuple[str, str], asyncio.Task[RobotsRules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making a middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises RobotsError where robots.txt does not admit the request."""
        trouble = None if request.meta.get(_IS_ROBOTS) else await self.refusal(request)
        if trouble is not None:
            raise RobotsError(trouble)

    async def refusal(self, request: Request) -> Trouble | None:
        """Why robots.txt does not admit the request, None where it does."""
        key = (str(request.meta["download_slot"]), host_port(request.url))
        if key not in self._read:
            self._read[key] = asyncio.create_task(self._fetch(urljoin(request.url, "/robots.txt"), request))
        rules = await self._read[key]
        if rules.trouble is None and rules.refuses(request.url):
            return Trouble(Outcome.ROBOTS_REFUSED, "robots_refused", (request.url,))
        return rules.trouble

    async def _fetch(self, url: str, asker: Request) -> RobotsRules:
        """The rules: as they were had within a day, or asked for now. A host that refused is left alone meanwhile."""
        memory: Memory = asker.meta[MEMORY]
        host = host_port(url)
        kept = memory.robots(host)
        objection = memory.objection(url)
        if kept is not None or objection is not None:
            rules = RobotsRules(trouble=objection) if kept is None else read_robots(*kept, url)
        else:
            rules = await self._ask(url, asker, memory)
        if rules.trouble is None:
            memory.note_crawl_delay(rules.crawl_delay())
            self._slow_down(str(asker.meta["download_slot"]), rules.crawl_delay())
        return rules

    async def _ask(self, url: str, asker: Request, memory: Memory) -> RobotsRules:
        engine = self._crawler.engine
        meta = {key: asker.meta[key] for key in ("download_slot", "cookiejar", "own_hosts", "admits_private", "proxy")}
        meta |= {_IS_ROBOTS: True, "download_maxsize": MAX_BYTES * 2, "download_timeout": TIMEOUT}
        robots = Request(url, callback=NO_CALLBACK, meta=meta)

        async def fetch() -> Response:
            return await engine.download_async(robots.copy())

        slot = asker.meta["download_slot"]
        try:
            response = await with_retries(fetch, delay=engine.downloader.per_slot_settings[slot]["delay"])
        except FAILURES as error:
            return RobotsRules(trouble=not_had(error, url, asker.url))
        rules = read_robots(response.status, response.body, url, response_headers(response))
        if rules.trouble is None or rules.trouble.outcome is Outcome.ROBOTS_REFUSED:
            memory.note_robots(host_port(url), response.status, response.body)
        elif rules.trouble.outcome is Outcome.BLOCKED:
            memory.note_refusal(url, str(rules.trouble.values[0]))
        return rules

    def _slow_down(self, slot: str, delay: float) -> None:
        """Keeps the portal's own Crawl-delay where it is longer than the operator's."""
        downloader = self._crawler.engine.downloader
        settings = downloader.per_slot_settings[slot]
        settings["delay"] = max(settings["delay"], delay)
        if slot in downloader.slots:
            downloader.slots[slot].delay = settings["delay"]
