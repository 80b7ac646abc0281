"""Drawing a page in the browser, as a last resort: one page at a time, turned and clicked as a reader would.

What the page may ask for meanwhile is told by its routes.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from playwright.async_api import Error as PlaywrightError
from scrapy.http.request import NO_CALLBACK, Request

from crawler.outcomes import Trouble
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page
    from scrapy.core.engine import ExecutionEngine

    from crawler.browser.routes import Routes

SETTLED = 20.0
"""Seconds that a page gets for drawing its rows."""

TURNED = 10.0
"""Seconds that it gets for the next page's."""

CLICKED = 3.0
_STEP = 0.1
_QUIET = 6
"""Steps without a change after which a page is taken for drawn."""

_LIST = "nianbao.signature()"
_ARTICLE = "nianbao.article()"
_ROWS = files("crawler.browser").joinpath("rows.js").read_text(encoding="utf-8")


class Drawn(NamedTuple):
    """A page as it stands after its scripts: `html` is its serialised tree. `trouble`: what stopped it."""

    url: str
    html: str
    trouble: Trouble | None = None


class Canvas:
    """One page of one portal in the browser, kept open from a list's first page to its last.

    `meta` is what every request of the portal carries, `context` the settings of the portal's browser context,
    `routes` the rules for what the page asks; `rest` waits the portal's delay. Of rows without an address only
    those are clicked whose title `is_wanted`.
    """

    def __init__(
        self,
        engine: ExecutionEngine,
        portal: str,
        meta: dict[str, object],
        context: dict[str, object],
        *,
        routes: Routes,
        rest: Callable[[], Awaitable[None]],
        is_wanted: Callable[[str], bool],
    ) -> None:
        self._engine = engine
        self._portal = portal
        self._meta = meta
        self._context = context
        self._routes = routes
        self._rest = rest
        self._is_wanted = is_wanted
        self._page: Page | None = None
        self._number = 0
        self._url = ""

    async def draw_article(self, url: str) -> Drawn:
        """The article at this address, once its text stands."""
        try:
            page = await self._open(url)
            if page is None:
                return self._failed(url, "")
            await self._settle(page, _ARTICLE, None, SETTLED)
            return Drawn(page.url, await page.content(), self._routes.trouble)
        except (PlaywrightError, TimeoutError) as error:
            return self._failed(url, _first_line(error))
        finally:
            await self.close()

    async def draw_list(self, url: str, number: int = 1) -> Drawn:
        """Page `number` of the list at this address; the page before it, if it is still open, is turned."""
        try:
            if self._page is None or self._url != url or self._number != number - 1:
                page = await self._open(url)
                if page is not None:
                    await self._settle(page, _LIST, None, SETTLED)
                turns = number - 1
            else:
                turns = 1
            for _ in range(turns):
                await self._turn_page()
            page = self._page
            if self._routes.trouble is not None or page is None:
                return self._failed(url, "")
            self._url, self._number = url, number
            await self._write_rows(page)
            html = await page.content()
            await page.evaluate("nianbao.erase()")
            return Drawn(page.url, html, self._routes.trouble)
        except (PlaywrightError, TimeoutError) as error:
            await self.close()
            return self._failed(url, _first_line(error))

    def _failed(self, url: str, why: str) -> Drawn:
        unknown = Trouble(Outcome.NEEDS_BROWSER, "not_drawn", (f"{url} {why}".strip(),))
        return Drawn(url, "", self._routes.trouble or unknown)

    async def close(self) -> None:
        """Closes the page; the browser stays for other portals."""
        page, self._page = self._page, None
        self._number, self._url = 0, ""
        if page is not None and not page.is_closed():
            with suppress(PlaywrightError):
                await page.close()

    async def _open(self, url: str) -> Page | None:
        await self.close()
        self._routes.begin()
        meta = self._meta | {
            "playwright": True,
            "playwright_include_page": True,
            "playwright_context": self._portal,
            "playwright_context_kwargs": self._context,
            "playwright_page_init_callback": self._prepare,
            "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded", "timeout": SETTLED * 1000},
            # The shared handling of redirects would ask for the page anew, without the browser.
            "dont_redirect": True,
        }
        request = Request(url, NO_CALLBACK, meta=meta, dont_filter=True)
        try:
            await self._engine.download_async(request)
        finally:
            self._page = request.meta.get("playwright_page", self._page)
        self._routes.is_open = self._routes.trouble is None
        return self._page if self._routes.is_open else None

    async def _prepare(self, page: Page, _: Request) -> None:
        self._page = page
        await self._routes.fence(page)
        await page.add_init_script(_ROWS)

    async def _turn_page(self) -> None:
        page = self._page
        if page is None or self._routes.trouble is not None:
            return
        before = await page.evaluate(_LIST)
        await self._rest()
        await page.evaluate("nianbao.clickNext()")
        await self._settle(page, _LIST, before, TURNED)

    async def _settle(self, page: Page, expression: str, before: str | None, seconds: float) -> None:
        """Waits until what the page shows is there, other than `before`, and changes no more."""
        last, quiet = None, 0
        for _ in range(int(seconds / _STEP)):
            await asyncio.sleep(_STEP)
            if self._routes.trouble is not None:
                return
            now = await _evaluate(page, expression)
            is_there = now not in {None, before, ""}
            quiet = quiet + 1 if is_there and now == last else 0
            last = now
            if quiet >= _QUIET:
                return

    async def _write_rows(self, page: Page) -> None:
        """Learns where the rows lead that are no links and are wanted, and notes it in the page."""
        titles: list[str] = await page.evaluate("nianbao.titles()")
        pager: str = await page.evaluate("nianbao.pager()")
        addresses: list[str | None] = []
        for number, title in enumerate(titles):
            addresses.append(await self._click(page, number) or "" if self._is_wanted(title) else None)
        await page.evaluate("([addresses, pager]) => nianbao.write(addresses, pager)", [addresses, pager])

    async def _click(self, page: Page, number: int) -> str | None:
        """Where a click on a row leads: by a new window, by leaving the page, or by another state of it."""
        self._routes.forget_leaving()
        here, before = page.url, await page.evaluate(_LIST)
        await page.evaluate("nianbao.opened = null")
        await page.evaluate("(number) => nianbao.clickRow(number)", number)
        for _ in range(int(CLICKED / _STEP)):
            await asyncio.sleep(_STEP)
            opened = await _evaluate(page, "nianbao.opened && new URL(nianbao.opened, document.baseURI).href")
            target = self._routes.leaving or opened
            if target:
                return str(target)
            if page.url != here:
                there = page.url
                # What the click asked for must have come: else it is drawn over the list after the way back.
                await self._shows(page, before, CLICKED, is_same=False)
                await page.evaluate("history.back()")
                return there if await self._shows(page, before, TURNED, is_same=True) else None
        return None

    async def _shows(self, page: Page, list_before: str, seconds: float, *, is_same: bool) -> bool:
        """Does the page come to show this list, or another thing, within so many seconds?"""
        for _ in range(int(seconds / _STEP)):
            if (await _evaluate(page, _LIST) == list_before) == is_same:
                return True
            await asyncio.sleep(_STEP)
        return False


async def _evaluate(page: Page, expression: str) -> Any:  # noqa: ANN401 (whatever the page's script says)
    try:
        return await page.evaluate(expression)
    except PlaywrightError:
        # Between two documents there is nothing to ask.
        return None


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
