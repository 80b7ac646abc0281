"""What stands between the network and datasette: only reading, no pages for developers, strict headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

HEADERS = {
    b"content-security-policy": b"default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; "
    b"form-action 'self'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}
"""Set on every response, over whatever a view has set."""

_METHODS = frozenset({"GET", "HEAD"})
# Settings, versions, plugins, permissions, tokens: nothing there serves who reads reports.
_CLOSED = "/-/"


def shielded(inner: Application) -> Application:
    """The application behind the shield."""

    async def application(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await inner(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(key, value) for key, value in message.get("headers", ()) if key.lower() not in HEADERS]
                message = {**message, "headers": [*kept, *HEADERS.items()]}
            await send(message)

        if scope["method"] not in _METHODS:
            await _refuse(send_safely, 405, "only GET and HEAD\n")
        elif _is_closed(scope):
            await _refuse(send_safely, 404, "not found\n")
        else:
            await inner(scope, receive, send_safely)

    return application


def _is_closed(scope: MutableMapping[str, Any]) -> bool:
    # datasette routes by the raw path, so that both spellings must be looked at.
    paths = (scope["path"], (scope.get("raw_path") or b"").decode("latin-1"))
    return any(path.startswith(_CLOSED) or path == _CLOSED.rstrip("/") for path in paths)


async def _refuse(send: Send, status: int, body: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"allow", b"GET, HEAD")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
