"""What a page in the browser may ask for: what a reader needs, of the portal's own hosts, one after another.

A challenge is never solved: the document is looked at before a script of it runs, and the answers that its
scripts ask for are held against the same signatures. The gate outside sees only hosts of what is encrypted.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError

from crawler.middlewares import is_own
from crawler.outcomes import Trouble, answer_trouble
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page, Route, WebSocketRoute
    from playwright.async_api import Request as BrowserRequest
    from playwright.async_api import Response as BrowserResponse

NEEDED = frozenset({"document", "script", "stylesheet", "xhr", "fetch"})
"""Kinds of requests that a drawn list needs; pictures, fonts, films and sockets are not fetched."""

_UNPLUGGED = """for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport", "SharedWorker"]) {
  delete window[name];
}"""
"""Ways out that no list needs. The browser is started without them too, but such flags are renamed without a word."""


class Routes:
    """The rules for one page at a time: `trouble` is what stopped it, `leaving` where it last tried to go.

    `admits` says whether robots.txt admits an address; `rest` waits the portal's delay. `is_open`: the page has
    come, so that from now on it may ask for parts but not go elsewhere.
    """

    def __init__(
        self,
        own_hosts: frozenset[str],
        *,
        admits: Callable[[str], Awaitable[Trouble | None]],
        rest: Callable[[], Awaitable[None]],
    ) -> None:
        self.trouble: Trouble | None = None
        self.leaving: str | None = None
        self.is_open = False
        self._own_hosts = own_hosts
        self._admits = admits
        self._rest = rest
        self._has_come = False
        self._turn = asyncio.Lock()

    def begin(self) -> None:
        """Forgets the page before."""
        self.trouble, self.leaving = None, None
        self.is_open, self._has_come = False, False

    def forget_leaving(self) -> None:
        """From now on `leaving` tells of what comes next."""
        self.leaving = None

    async def fence(self, page: Page) -> None:
        """Puts the page under the rules, before a script of it runs."""
        await page.add_init_script(_UNPLUGGED)
        await page.route("**", self._route)
        # The first request of a window that the page opens passes by the page's own routes.
        await page.context.route("**", _abort)
        page.on("popup", _close)
        await page.route_web_socket("**", _close)
        page.on("response", self._look)

    async def _route(self, route: Route, request: BrowserRequest) -> None:
        """Lets through what the page needs from the portal's own hosts, one after another."""
        is_main = request.is_navigation_request() and request.frame.parent_frame is None
        if is_main and (self.is_open or (self._has_come and not is_own(request.url, self._own_hosts))):
            self.leaving = request.url
            # No content: the page stays as it is. An aborted navigation would leave the browser's own error page.
            await route.fulfill(status=204)
            return
        is_wanted = request.resource_type in NEEDED and is_own(request.url, self._own_hosts)
        if self.trouble is not None or not is_wanted:
            await route.abort()
            return
        refusal = await self._admits(request.url)
        if refusal is not None:
            self.trouble = refusal if request.resource_type != "stylesheet" else self.trouble
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
                self.trouble = trouble
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
                self.trouble = trouble


async def _abort(route: Route) -> None:
    await route.abort()


async def _close(one: Page | WebSocketRoute) -> None:
    with suppress(PlaywrightError):
        await one.close()


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.title(): value for name, value in headers.items()}
