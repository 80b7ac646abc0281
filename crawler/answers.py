"""What came for an address: from the portal now, from an earlier crawl that still holds, or drawn by the browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.outcomes import answer_trouble
from crawler.retries import response_headers
from crawler.tls import EVIDENCE
from storage.known import KnownAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from scrapy.http import Response

    from crawler.browser.drawing import Drawn
    from crawler.outcomes import Trouble

UNCHANGED = 304
"""Status of an answer without a body: the one that was sent before still stands."""

_KEPT_HEADERS = (
    "Content-Type", "Content-Disposition", "Last-Modified", "ETag", "Date", "Age", "Server", "Location", EVIDENCE
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What came for one address. `trouble` None: `body` is a page or file of the portal's own, with 200.

    `status` and `digest` are None where nothing came at all. `is_unchanged`: the server said that the body that
    an earlier crawl archived still stands, with what came with it then.
    """

    url: str
    final_url: str
    fetched_at: datetime
    status: int | None = None
    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    digest: str | None = None
    body: bytes = field(default=b"", repr=False)
    trouble: Trouble | None = None
    is_unchanged: bool = False


def kept_headers(response: Response) -> dict[str, str]:
    """The headers of a response that stay with its body."""
    headers = response_headers(response)
    return {name: headers[name] for name in _KEPT_HEADERS if name in headers}


def sent(url: str, response: Response, *, digest: str, at: datetime) -> Answer:
    """The answer that a response is, judged by its status, its words and its headers."""
    headers = response_headers(response)
    return Answer(
        url=url,
        final_url=response.url,
        fetched_at=at,
        status=response.status,
        media_type=headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        headers=kept_headers(response),
        digest=digest,
        body=response.body,
        trouble=answer_trouble(response.status, response.body, response.url, headers),
    )


def confirmed(url: str, known: KnownAnswer, body: bytes) -> Answer:
    """The archived answer of which the server has just said that it still stands."""
    return Answer(
        url=url,
        final_url=known.final_url,
        fetched_at=known.checked_at,
        status=200,
        media_type=known.media_type,
        headers=known.headers,
        digest=known.digest,
        body=body,
        is_unchanged=True,
    )


def drawn_answer(url: str, drawn: Drawn, body: bytes, *, digest: str | None, at: datetime) -> Answer:
    """The page as the browser drew it; `body` is its serialised tree, empty where nothing was drawn."""
    return Answer(
        url=url,
        final_url=drawn.url,
        fetched_at=at,
        status=200 if drawn.html else None,
        media_type="text/html" if drawn.html else "",
        headers={"X-Nianbao-Drawn": "chromium"},
        digest=digest,
        body=body,
        trouble=drawn.trouble,
    )


def to_remember(key: str, answer: Answer) -> KnownAnswer:
    """What the next crawl may ask about, under the key of the request that brought the answer."""
    return KnownAnswer(
        key=key,
        final_url=answer.final_url,
        media_type=answer.media_type,
        headers=answer.headers,
        digest=str(answer.digest),
        full_at=answer.fetched_at,
        checked_at=answer.fetched_at,
    )
