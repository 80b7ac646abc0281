"""Drawing a page in the browser, as a last resort: one page at a time, nothing fetched that a reader does not need.

A challenge is never solved: the document is looked at before a script of it runs, and the answers that its
scripts ask for are held against the same signatures.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from playwright.async_api import Error as PlaywrightError
from scrapy.http.request import NO_CALLBACK, Request

from crawler.middlewares import is_own
from crawler.outcomes import Trouble, answer_trouble
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page, Route, WebSocketRoute
    from playwright.async_api import Request as BrowserRequest
    from playwright.async_api import Response as BrowserResponse
    from scrapy.core.engine import ExecutionEngine

NEEDED = frozenset({"document", "script", "stylesheet", "xhr", "fetch"})
"""Kinds of requests that a drawn list needs; pictures, fonts, films and sockets are not fetched."""

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
_UNPLUGGED = """for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport", "SharedWorker"]) {
  delete window[name];
}"""
"""Ways out that no list needs. The browser is started without them too, but such flags are renamed without a word."""

_ROWS = files("crawler.browser").joinpath("rows.js").read_text(encoding="utf-8")


class Drawn(NamedTuple):
    """A page as it stands after its scripts: `html` is its serialised tree. `trouble`: what stopped it."""

    url: str
    html: str
    trouble: Trouble | None = None


class Canvas:
    """One page of one portal in the browser, kept open from a list's first page to its last.

    `meta` is what every request of the portal carries, `context` the settings of the portal's browser
    context; `admits` says whether robots.txt admits an address; `rest` waits the portal's delay. Of rows without
    an address only those are clicked whose title `is_wanted`.
    """

    def __init__(
        self,
        engine: ExecutionEngine,
        portal: str,
        meta: dict[str, object],
        context: dict[str, object],
        *,
        own_hosts: frozenset[str],
        admits: Callable[[str], Awaitable[Trouble | None]],
        rest: Callable[[], Awaitable[None]],
        is_wanted: Callable[[str], bool],
    ) -> None:
        self._engine = engine
        self._portal = portal
        self._meta = meta
        self._context = context
        self._own_hosts = own_hosts
        self._admits = admits
        self._rest = rest
        self._is_wanted = is_wanted
        self._page: Page | None = None
        self._number = 0
        self._url = ""
        self._trouble: Trouble | None = None
        self._leaving: str | None = None
        self._is_open = False
        self._has_come = False
        self._turn = asyncio.Lock()

    async def draw_article(self, url: str) -> Drawn:
        """The article at this address, once its text stands."""
        try:
            page = await self._open(url)
            if page is None:
                return self._failed(url, "")
            await self._settle(page, _ARTICLE, None, SETTLED)
            return Drawn(page.url, await page.content(), self._trouble)
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
            if self._trouble is not None or page is None:
                return self._failed(url, "")
            self._url, self._number = url, number
            await self._write_rows(page)
            html = await page.content()
            await page.evaluate("nianbao.erase()")
            return Drawn(page.url, html, self._trouble)
        except (PlaywrightError, TimeoutError) as error:
            await self.close()
            return self._failed(url, _first_line(error))

    def _failed(self, url: str, why: str) -> Drawn:
        unknown = Trouble(Outcome.NEEDS_BROWSER, "not_drawn", (f"{url} {why}".strip(),))
        return Drawn(url, "", self._trouble or unknown)

    async def close(self) -> None:
        """Closes the page; the browser stays for other portals."""
        page, self._page = self._page, None
        self._number, self._url = 0, ""
        if page is not None and not page.is_closed():
            with suppress(PlaywrightError):
                await page.close()

    async def _open(self, url: str) -> Page | None:
        await self.close()
        self._trouble, self._leaving = None, None
        self._is_open, self._has_come = False, False
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
        self._is_open = self._trouble is None
        return self._page if self._is_open else None

    async def _prepare(self, page: Page, _: Request) -> None:
        self._page = page
        await page.add_init_script(_UNPLUGGED)
        await page.add_init_script(_ROWS)
        await page.route("**", self._route)
        # The first request of a window that the page opens passes by the page's own routes.
        await page.context.route("**", _abort)
        page.on("popup", _close)
        await page.route_web_socket("**", _close)
        page.on("response", self._look)

    async def _route(self, route: Route, request: BrowserRequest) -> None:
        """Lets through what the page needs from the portal's own hosts, one after another."""
        is_main = request.is_navigation_request() and request.frame.parent_frame is None
        if is_main and (self._is_open or (self._has_come and not is_own(request.url, self._own_hosts))):
            self._leaving = request.url
            # No content: the page stays as it is. An aborted navigation would leave the browser's own error page.
            await route.fulfill(status=204)
            return
        is_wanted = request.resource_type in NEEDED and is_own(request.url, self._own_hosts)
        if self._trouble is not None or not is_wanted:
            await route.abort()
            return
        refusal = await self._admits(request.url)
        if refusal is not None:
            self._trouble = refusal if request.resource_type != "stylesheet" else self._trouble
            await route.abort()
            return
        async with self._turn:
            if request.resource_type in {"xhr", "fetch"}:
                await self._rest()
            if request.resource_type != "document":
                await route.fallback()
                return
            answer = await route.fetch(max_redirects=0)
            body = await answer.body()
            trouble = answer_trouble(answer.status, body, request.url, _named(answer.headers))
            # What is wrong with a frame, but for a refusal, says nothing about the page: a counter that is gone.
            if trouble is not None and (trouble.outcome is Outcome.BLOCKED or request.frame.parent_frame is None):
                self._trouble = trouble
            self._has_come = self._has_come or trouble is None
            if trouble is None:
                await route.fulfill(response=answer, body=body)
            else:
                await route.abort()

    async def _look(self, response: BrowserResponse) -> None:
        """Holds what the page's scripts were answered against the signatures of refusals."""
        if response.request.resource_type not in {"xhr", "fetch"}:
            return
        with suppress(PlaywrightError):
            body = await response.body()
            trouble = answer_trouble(response.status, body, response.url, _named(await response.all_headers()))
            if trouble is not None and trouble.outcome in {Outcome.BLOCKED, Outcome.UNREACHABLE}:
                self._trouble = trouble

    async def _turn_page(self) -> None:
        page = self._page
        if page is None or self._trouble is not None:
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
            if self._trouble is not None:
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
        self._leaving = None
        here, before = page.url, await page.evaluate(_LIST)
        await page.evaluate("nianbao.opened = null")
        await page.evaluate("(number) => nianbao.clickRow(number)", number)
        for _ in range(int(CLICKED / _STEP)):
            await asyncio.sleep(_STEP)
            opened = await _evaluate(page, "nianbao.opened && new URL(nianbao.opened, document.baseURI).href")
            target = self._target() or opened
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

    def _target(self) -> str | None:
        """Where the page tried to go, which the routes have stopped."""
        return self._leaving


async def _abort(route: Route) -> None:
    await route.abort()


async def _close(one: Page | WebSocketRoute) -> None:
    with suppress(PlaywrightError):
        await one.close()


async def _evaluate(page: Page, expression: str) -> Any:  # noqa: ANN401 (whatever the page's script says)
    try:
        return await page.evaluate(expression)
    except PlaywrightError:
        # Between two documents there is nothing to ask.
        return None


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.title(): value for name, value in headers.items()}


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
