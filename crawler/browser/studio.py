"""Where pages are drawn: the browser's settings, the gate before it, one canvas for each portal that needs one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy import Request

from crawler.browser.drawing import Canvas
from crawler.browser.gate import Gate
from crawler.browser.provider import LazyBrowser, launch_options
from crawler.browser.routes import Routes
from crawler.robots import RobotsMiddleware
from crawler.titles import may_be_report, read_title

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from crawler.downloads import Visit
    from crawler.outcomes import Trouble

_HANDLER = "crawler.browser.handler.DrawingHandler"


def prepare_settings(settings: BaseSettings, program: str) -> None:
    """Lets Scrapy draw with this browser; to be called before its settings freeze."""
    handlers = {**settings.getdict("DOWNLOAD_HANDLERS"), "http": _HANDLER, "https": _HANDLER}
    settings.set("DOWNLOAD_HANDLERS", handlers, priority="spider")
    settings.set("PLAYWRIGHT_BROWSER_PROVIDER", LazyBrowser, priority="spider")
    settings.set("PLAYWRIGHT_LAUNCH_OPTIONS", launch_options(program), priority="spider")


class Studio:
    """The gate for the pages of all portals; use it in an `async with` statement."""

    def __init__(
        self, crawler: Crawler, hosts: Mapping[str, frozenset[str]], *, admits_private: bool, upstream: str
    ) -> None:
        self._crawler = crawler
        self._gate = Gate(hosts, admits_private=admits_private, upstream=upstream)

    async def __aenter__(self) -> Self:
        await self._gate.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._gate.__aexit__()

    def canvas(self, visit: Visit) -> Canvas:
        """The canvas of a portal: it opens no page until it is drawn on."""
        crawler, portal = self._crawler, visit.portal
        manager = crawler.engine.downloader.middleware
        robots = next(each for each in manager.middlewares if isinstance(each, RobotsMiddleware))

        async def admits(url: str) -> Trouble | None:
            return await robots.refusal(Request(url, meta=visit.meta()))

        async def rest() -> None:
            await asyncio.sleep(visit.delay)

        def is_wanted(title: str) -> bool:
            return may_be_report(title) and read_title(title).report_year in {None, *visit.request.wanted_years}

        context: dict[str, object] = {
            "proxy": self._gate.proxy_of(portal.id),
            "user_agent": crawler.settings["USER_AGENT"],
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            # A service worker's requests would pass by the routes.
            "service_workers": "block",
            "accept_downloads": False,
        }
        return Canvas(
            crawler.engine,
            portal.id,
            visit.meta(),
            context,
            routes=Routes(frozenset(portal.hosts), admits=admits, rest=rest),
            rest=rest,
            is_wanted=is_wanted,
        )
