"""Asking again: how a download can fail, what may be asked once more, and how long a server wants to be left alone."""

from __future__ import annotations

import asyncio
import zlib
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionClosed

from crawler.middlewares import ForeignHostError, PrivateAddressError
from crawler.outcomes import RETRIED_STATUSES, Trouble, refusal
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from scrapy.http import Response

ATTEMPTS = 3
ATTEMPTS_AT_SILENCE = 2
"""A server that never answers holds a place for a minute each time."""

MAX_RETRY_AFTER = 120.0
"""Seconds that we wait for a server that asks for it; one that asks for more is not asked again in this run."""

UNREACHABLE = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ConnectError,
    ConnectionClosed,
    SSL.Error,
    TunnelError,
)
TORN = (ResponseDataLossError,)
_NO_CONNECTION = (CannotResolveHostError, DownloadConnectionRefusedError, ConnectError, SSL.Error, TunnelError)
OTHERS = (
    DownloadCancelledError,
    IgnoreRequest,
    NotSupported,
    UnsupportedURLSchemeError,
    OSError,
    EOFError,
    zlib.error,
    ValueError,
)
FAILURES = (*UNREACHABLE, *TORN, *OTHERS)
"""What a download can end with other than an answer; anything else is a fault of ours."""

_FAILURES: tuple[tuple[tuple[type[Exception], ...], Outcome, str], ...] = (
    ((CannotResolveHostError,), Outcome.UNREACHABLE, "dns"),
    ((DownloadTimeoutError,), Outcome.UNREACHABLE, "timeout"),
    ((TunnelError,), Outcome.UNREACHABLE, "proxy_refused"),
    (UNREACHABLE, Outcome.UNREACHABLE, "connection"),
    (TORN, Outcome.INCOMPLETE, "truncated"),
    # Scrapy ignores a request whose answer is larger unpacked than it may be.
    ((DownloadCancelledError, IgnoreRequest), Outcome.INCOMPLETE, "too_large"),
    (FAILURES, Outcome.INCOMPLETE, "not_fetchable"),
)
"""How a download failed → the outcome, and the key of its wording; the first that fits."""

_LONGER = 4.0


async def with_retries(fetch: Callable[[], Awaitable[Response]], *, delay: float) -> Response:
    """The answer to a request, asked up to three times where it failed in passing; a refusal is never asked again."""
    for attempt in range(1, ATTEMPTS + 1):
        wait = delay * _LONGER**attempt
        try:
            response = await fetch()
        except (*UNREACHABLE, *TORN) as error:
            if attempt == (ATTEMPTS_AT_SILENCE if isinstance(error, DownloadTimeoutError) else ATTEMPTS):
                raise
        else:
            asked = retry_after(response_headers(response))
            is_final = attempt == ATTEMPTS or asked > MAX_RETRY_AFTER
            is_passing = response.status in RETRIED_STATUSES and refusal(response.status, response.body) is None
            if is_final or not is_passing:
                return response
            wait = max(wait, asked)
        await asyncio.sleep(min(wait, MAX_RETRY_AFTER))
    raise AssertionError(ATTEMPTS)


def failure(error: Exception, url: str) -> Trouble:
    """What a download that ended without an answer came to."""
    if isinstance(error, ForeignHostError):
        return Trouble(Outcome.MOVED, "off_host", (url, error.url))
    if isinstance(error, PrivateAddressError):
        return Trouble(Outcome.UNREACHABLE, "private_address", (error.url,))
    if isinstance(error, IgnoreRequest) and "redirection" in str(error):
        return Trouble(Outcome.INCOMPLETE, "redirect_loop", (url,))
    outcome, key = next((outcome, key) for types, outcome, key in _FAILURES if isinstance(error, types))
    return Trouble(outcome, key, (url, type(error).__name__))


def is_whole_host(error: Exception) -> bool:
    """Did not even a connection come about, so that the failure is the host's and not one document's?"""
    reasons = getattr(error.__cause__, "reasons", None) or ()
    return isinstance(error, _NO_CONNECTION) or any(reason.check(SSL.Error) for reason in reasons)


def retry_after(headers: Mapping[str, str]) -> float:
    """The seconds for which a server asks to be left alone, 0 for none. A date counts from the answer's own."""
    value = headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until - parsedate_to_datetime(headers["Date"])).total_seconds())
    except (ValueError, TypeError, KeyError):
        return 0.0


def response_headers(response: Response) -> dict[str, str]:
    """An answer's headers as text, the last of several alike."""
    own = ((name.decode("latin-1"), values) for name, values in response.headers.items() if values)
    # Scrapy writes every name with capitals of its own: Etag.
    return {"ETag" if name == "Etag" else name: values[-1].decode("latin-1") for name, values in own}
