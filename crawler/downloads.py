"""One visit to one portal: every address at most once, one request at a time, each answer kept before it is read."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy.http.request import NO_CALLBACK, Request

from crawler.answers import UNCHANGED, Answer, confirmed, drawn_answer, kept_headers, sent, to_remember
from crawler.known import MEMORY, Memory
from crawler.listings.model import NO_LIST, PageRequest
from crawler.middlewares import ADMITS_PRIVATE, OWN_HOSTS, is_own
from crawler.outcomes import RETRIED_STATUSES, Trouble, is_wrong_method, page_redirect
from crawler.retries import FAILURES, MAX_RETRY_AFTER, failure, response_headers, retry_after, with_retries
from crawler.robots import RobotsError
from crawler.tls import EVIDENCE, HANDSHAKES
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from scrapy.core.engine import ExecutionEngine
    from scrapy.http import Response

    from crawler.browser.drawing import Canvas
    from crawler.requests import CrawlRequest
    from crawler.runs import RunWriter
    from crawler.tls import Handshake
    from storage.known import KnownAnswer
    from storage.records import Portal

MAX_REFUSALS = 3
"""After so many refused documents a portal is left alone for the rest of the run."""

MAX_PAGE = 4 * 1024 * 1024
"""Bytes of a list page; an article or file may be as large as Scrapy's DOWNLOAD_MAXSIZE."""

_MAX_HOPS = 3


class Visit:
    """A portal for as long as one crawl lasts. Bodies are on disk; the answers remembered hold none.

    `captured`: (address, agency, report year) of the captures that were written; `captured_parts`: the
    addresses of those that belong to an article. `file_refusals` counts such that were refused. `memory`:
    what earlier crawls learnt of the portal, and what this one adds.
    """

    def __init__(
        self,
        portal: Portal,
        request: CrawlRequest,
        *,
        engine: ExecutionEngine,
        writer: RunWriter,
        clock: Callable[[], datetime],
        on_page: Callable[[], None],
        on_report: Callable[[], None],
        open_canvas: Callable[[Visit], Canvas] | None = None,
    ) -> None:
        self.portal = portal
        self.request = request
        self.writer = writer
        self.clock = clock
        self.on_report = on_report
        self.captured: set[tuple[str, str | None, int | None]] = set()
        self.captured_parts: set[str] = set()
        self.file_refusals = 0
        self.unverified: dict[str, Trouble] = {}
        known = next((each for each in request.known if each.portal == portal.id), None)
        self.memory = Memory(portal.id, known, writer=writer, clock=clock)
        self._engine = engine
        self._on_page = on_page
        self._own_hosts = frozenset(portal.hosts)
        self._answers: dict[str, Answer] = {}
        self._refused: set[str] = set()
        self._by_https: set[str] = set()
        self._open_canvas = open_canvas
        self._canvas: Canvas | None = None
        self._pause = self.memory.wait(self.delay)

    @property
    def can_draw(self) -> bool:
        """Is there a browser that may draw pages of this portal?"""
        return self._open_canvas is not None

    @property
    def delay(self) -> float:
        """Seconds between two requests to the portal, as operator and registry want them."""
        return self.request.delay if self.portal.delay is None else self.portal.delay

    async def close(self) -> None:
        """Notes what was learnt of the portal, and closes what the visit kept open in the browser."""
        self.writer.add_memory(self.memory.learnt())
        if self._canvas is not None:
            await self._canvas.close()

    def is_own(self, url: str) -> bool:
        """Is the address on the portal's own hosts?"""
        return is_own(url, self._own_hosts)

    async def fetch(self, request: str | PageRequest, *, max_size: int | None = None) -> Answer:
        """The answer to an address or to a request of a list, asked for at most once in a run."""
        asked = PageRequest(request) if isinstance(request, str) else request
        if not asked.drawn:
            asked = asked._replace(url=asked.url.partition("#")[0])
        url = asked.url
        known = self._answers.get(asked.key)
        if known is not None:
            return known if known.digest is None else replace(known, body=self.writer.body(known.digest))
        if len(self._refused) >= MAX_REFUSALS:
            stopped = Trouble(Outcome.BLOCKED, "stopped", (MAX_REFUSALS,))
            return Answer(url, url, self.clock(), trouble=stopped)
        answer = await (self._draw(asked) if asked.drawn else self._follow(asked, max_size))
        self._answers[asked.key] = replace(answer, body=b"")
        if answer.trouble is None and asked.method == "GET" and not asked.drawn:
            self._answers.setdefault(answer.final_url.partition("#")[0], self._answers[asked.key])
        self._on_page()
        return answer

    async def _objection(self, asked: PageRequest) -> Answer | None:
        """The answer without asking, where the portal wants rest or refused this a short while ago. Else None, once
        the portal's delay since an earlier crawl has passed."""
        trouble = self.memory.objection(asked.key)
        if trouble is None:
            pause, self._pause = self._pause, 0.0
            await asyncio.sleep(pause)
            return None
        if trouble.outcome is Outcome.BLOCKED:
            self._note_refused(asked)
        return Answer(asked.url, asked.url, self.clock(), trouble=trouble)

    def _note_refused(self, asked: PageRequest) -> None:
        self._refused.add(hashlib.sha256(asked.key.encode()).hexdigest())

    async def _follow(self, asked: PageRequest, max_size: int | None) -> Answer:
        """The answer at the end of the page's own redirects; Scrapy has followed the server's."""
        url = asked.url
        answer = await self._ask(asked, max_size)
        for _ in range(_MAX_HOPS):
            target = page_redirect(answer.body) if answer.trouble is None else None
            there = urljoin(answer.final_url, target) if target else answer.final_url
            if there in {answer.final_url, url}:
                return answer
            if not self.is_own(there):
                return replace(answer, trouble=Trouble(Outcome.MOVED, "off_host", (url, there)))
            answer = replace(await self._ask(PageRequest(there), max_size), url=url)
        return replace(answer, trouble=Trouble(Outcome.INCOMPLETE, "redirect_loop", (url,)))

    async def _ask(self, asked: PageRequest, max_size: int | None) -> Answer:
        """The answer, by https where a portal that is registered with http is there no longer."""
        pair = asked.url.removeprefix("http:")
        twin = asked._replace(url=f"https:{pair}")
        if pair == asked.url or not self.is_own(twin.url):
            return await self._ask_there(asked, max_size)
        host = urlsplit(asked.url).netloc
        if host not in self._by_https:
            answer = await self._ask_there(asked, max_size)
            if answer.trouble is None or answer.trouble.key != "connection":
                return answer
            second = await self._ask_there(twin, max_size)
            if second.status is None:
                return answer
            self._by_https.add(host)
            return replace(second, url=asked.url)
        return replace(await self._ask_there(twin, max_size), url=asked.url)

    async def _ask_there(self, asked: PageRequest, max_size: int | None) -> Answer:
        url = asked.url
        objection = await self._objection(asked)
        if objection is not None:
            return objection
        known = self.memory.conditions(asked)
        try:
            response = await self._send(asked, max_size, known[1] if known is not None else {})
            if known is not None and response.status == UNCHANGED:
                answer = self._unchanged(url, response, known[0])
                if answer is not None:
                    return answer
                response = await self._send(asked, max_size, {})
        except RobotsError as error:
            return Answer(url, url, self.clock(), trouble=error.trouble)
        except FAILURES as error:
            return Answer(url, url, self.clock(), trouble=failure(error, url))
        headers = response_headers(response)
        rest = retry_after(headers) if response.status in RETRIED_STATUSES else 0.0
        if rest > MAX_RETRY_AFTER:
            self.memory.note_rest(rest)
        answer = sent(url, response, digest=self.writer.keep(response.body), at=self.clock())
        if answer.trouble is None:
            self.memory.note_answer(asked, to_remember(asked.key, answer))
        elif answer.trouble.outcome is Outcome.BLOCKED and not (
            asked.method != "GET" and is_wrong_method(answer.trouble)
        ):
            self._note_refused(asked)
            self.memory.note_refusal(asked.key, str(answer.trouble.values[0]))
        return answer

    async def _send(self, asked: PageRequest, max_size: int | None, conditions: Mapping[str, str]) -> Response:
        async def fetch() -> Response:
            headers = {**dict(asked.headers), **conditions}
            handshakes.clear()
            meta = self.meta(max_size) | {HANDSHAKES: handshakes}
            request = Request(asked.url, NO_CALLBACK, asked.method, headers, asked.body, meta=meta)
            return await self._engine.download_async(request)

        handshakes: list[Handshake] = []
        try:
            response = await with_retries(fetch, delay=self.delay)
            self._note_handshakes(handshakes, asked.url, response)
            return response
        finally:
            self.memory.note_asked()

    def _note_handshakes(self, handshakes: Sequence[Handshake], url: str, response: Response) -> None:
        """Gives the answer a header that says what was wrong with TLS on the way to it."""
        told = next((handshake for handshake in handshakes if handshake.faults), None)
        if told is not None:
            doubt = Trouble(Outcome.INCOMPLETE, "unverified", (", ".join(told.faults), url))
            self.unverified |= {url: doubt, response.url: doubt}
        # A server may send a header of this name.
        response.headers.pop(EVIDENCE, None)
        told = told or next((handshake for handshake in handshakes if handshake.evidence), None)
        if told is not None:
            response.headers[EVIDENCE] = told.evidence

    def _unchanged(self, url: str, response: Response, known: KnownAnswer) -> Answer | None:
        """The archived answer that the server says still stands; None where it means another, or it is not at hand."""
        if response.url != known.final_url:
            return None
        still = self.memory.confirmed(known, kept_headers(response))
        return None if still is None else confirmed(url, *still)

    async def _draw(self, asked: PageRequest) -> Answer:
        """The page as the browser draws it, serialised: what it was before is in another answer."""
        if self._open_canvas is None:
            return Answer(asked.url, asked.url, self.clock(), trouble=_no_browser(asked.url))
        objection = await self._objection(asked)
        if objection is not None:
            return objection
        self._canvas = self._canvas or self._open_canvas(self)
        try:
            canvas = self._canvas
            is_article = asked.dialect == NO_LIST
            drawn = await (canvas.draw_article(asked.url) if is_article else canvas.draw_list(asked.url, asked.drawn))
        except RobotsError as error:
            return Answer(asked.url, asked.url, self.clock(), trouble=error.trouble)
        except FAILURES as error:
            return Answer(asked.url, asked.url, self.clock(), trouble=failure(error, asked.url))
        finally:
            self.memory.note_asked()
        if drawn.trouble is not None and drawn.trouble.outcome == Outcome.BLOCKED:
            self._note_refused(asked)
            self.memory.note_refusal(asked.key, str(drawn.trouble.values[0]))
        body = drawn.html.encode("utf-8", "replace")
        digest = self.writer.keep(body) if body else None
        return drawn_answer(asked.url, drawn, body, digest=digest, at=self.clock())

    def meta(self, max_size: int | None = None) -> dict[str, object]:
        """What every request of the portal carries.

        `max_size`: bytes of the answer, None for as many as Scrapy's settings admit.
        """
        meta: dict[str, object] = {
            "download_slot": self.portal.id,
            "cookiejar": self.portal.id,
            OWN_HOSTS: self._own_hosts,
            ADMITS_PRIVATE: self.request.allow_private_hosts,
            MEMORY: self.memory,
            # None as well: it keeps the environment's proxies out.
            "proxy": self.request.proxy or None,
        }
        return meta if max_size is None else meta | {"download_maxsize": max_size}


def _no_browser(url: str) -> Trouble:
    return Trouble(Outcome.NEEDS_BROWSER, "no_browser", (url,))
