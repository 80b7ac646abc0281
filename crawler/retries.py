"""Asking again: what a server may be asked once more, how long is waited, and what it has asked for."""

from __future__ import annotations

import asyncio
import zlib
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from OpenSSL import SSL
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

from crawler.outcomes import RETRIED_STATUSES, refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from scrapy.http import Response

ATTEMPTS = 3
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
)
TORN = (ResponseDataLossError,)
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

_LONGER = 4.0


async def with_retries(fetch: Callable[[], Awaitable[Response]], *, delay: float) -> Response:
    """The answer to a request, asked up to three times where it failed in passing; a refusal is never asked again."""
    for attempt in range(1, ATTEMPTS + 1):
        wait = delay * _LONGER**attempt
        try:
            response = await fetch()
        except (*UNREACHABLE, *TORN):
            if attempt == ATTEMPTS:
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
    return {name.decode("latin-1"): values[-1].decode("latin-1") for name, values in response.headers.items() if values}
