"""A real HTTP server on loopback that plays one portal, in good days and bad, and remembers every visit."""

from __future__ import annotations

import hashlib
import socket
import struct
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

from crawler.simulator.site import Asked, Cut, Page, Visit

if TYPE_CHECKING:
    from ssl import SSLContext

    from crawler.simulator.refusals import Switchboard
    from crawler.simulator.site import Site

ROBOTS = "/robots.txt"
_IDLE_SECONDS = 10
_MAX_BODY = 1024 * 1024
_PIECES = 40
_CHALLENGE = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><meta id="a1Zq" content="{qq" r=\'m\'>'
    "<script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.cd=\"qq\";</script></head>"
    "<body><script>_$gW();</script></body></html>"
)
_SORRY = "<html><head><title>503 Service Unavailable</title></head><body><h1>503</h1><hr>nginx</body></html>"
_GONE = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1><hr>nginx</body></html>"


class Mode(StrEnum):
    """What kind of day a portal has."""

    OK = "ok"
    UNAVAILABLE = "unavailable"
    """503 everywhere but robots.txt."""
    CHALLENGE = "challenge"
    """412 with a script that only a browser would solve, everywhere but robots.txt."""
    ROBOTS_UNAVAILABLE = "robots_unavailable"
    ROBOTS_FORBIDDEN = "robots_forbidden"
    ROBOTS_DISALLOW = "robots_disallow"
    MOVED = "moved"
    """The columns answer 404, everything else as usual."""
    SLOW = "slow"
    """Every answer takes `SLOW_SECONDS`."""


SLOW_SECONDS = 2.0


class Validators(StrEnum):
    """How a portal lets its visitors ask whether a page has changed."""

    NONE = "none"
    ETAG = "etag"
    LAST_MODIFIED = "last_modified"


_FIRST_CHANGE = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
_OK, _NOT_MODIFIED = 200, 304


class PortalServer:
    """One portal on a free port of loopback; use it in a `with` statement. Site, mode and validators may change.

    `address` is one of loopback, `port` 0 for any that is free. With `tls` it speaks https. `switchboard`, if set, may
    refuse what is asked.
    """

    def __init__(
        self,
        site: Site,
        mode: Mode = Mode.OK,
        validators: Validators = Validators.NONE,
        *,
        address: str = "127.0.0.1",
        port: int = 0,
        tls: SSLContext | None = None,
    ) -> None:
        self.site = site
        self.mode = mode
        self.validators = validators
        self.switchboard: Switchboard | None = None
        self._changes: dict[str, list[str]] = {}
        self.closing = threading.Event()
        self._visits: list[Visit] = []
        self._lock = threading.Lock()
        self._scheme = "https" if tls is not None else "http"
        self._server = _Server(self, (address, port), tls)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.end_connections()
        self._server.server_close()

    @property
    def host(self) -> str:
        """host:port, as the registry writes it."""
        address, port = str(self._server.server_address[0]), self._server.server_address[1]
        return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"

    @property
    def base_url(self) -> str:
        """The address of the homepage."""
        return f"{self._scheme}://{self.host}/"

    @property
    def visits(self) -> tuple[Visit, ...]:
        """Every request so far, in the order in which they came."""
        with self._lock:
            return tuple(self._visits)

    def note(self, visit: Visit) -> None:
        """Remember a visit; called by the handler's threads."""
        with self._lock:
            self._visits.append(visit)

    def answer(self, asked: Asked) -> Page:
        """What the portal answers in its present mode, with its validators."""
        page = self._in_mode(asked)
        if self.validators is Validators.NONE or page.status != _OK or asked.method != "GET":
            return page
        headers = self._validator(f"{asked.path}?{sorted(asked.query.items())}", page)
        conditions = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
        is_same = all(asked.headers.get(conditions[name]) == value for name, value in headers.items())
        page = replace(page, headers={**page.headers, **headers})
        return replace(page, status=_NOT_MODIFIED, body=b"") if is_same else page

    def _validator(self, key: str, page: Page) -> dict[str, str]:
        """The page's validator, which changes with its body and not else."""
        digest = hashlib.sha256(page.body).hexdigest()
        if self.validators is Validators.ETAG:
            return {"ETag": f'"{digest[:16]}"'}
        with self._lock:
            changes = self._changes.setdefault(key, [])
            if changes[-1:] != [digest]:
                changes.append(digest)
            return {"Last-Modified": format_datetime(_FIRST_CHANGE + timedelta(hours=len(changes)), usegmt=True)}

    def _in_mode(self, asked: Asked) -> Page:
        path = asked.path
        refused = self.switchboard.answer(asked) if self.switchboard is not None else None
        if refused is not None:
            return refused
        if path == ROBOTS:
            return self._robots()
        if self.mode == Mode.UNAVAILABLE:
            return Page(_SORRY.encode(), status=503, headers={"Retry-After": "3600"})
        if self.mode == Mode.CHALLENGE:
            return Page(_CHALLENGE.encode(), status=412, headers={"Set-Cookie": "enable_4fHk=true; path=/"})
        if self.mode == Mode.MOVED and path.startswith(self.site.columns):
            return Page(_GONE.encode(), status=404)
        return self._regular(asked)

    def _regular(self, asked: Asked) -> Page:
        """What the portal answers on a good day."""
        site, path = self.site, asked.path
        folders = [name for name in site.endpoints if name.endswith("/") and path.startswith(name)]
        endpoint = site.endpoints.get(path)
        if endpoint is None and path not in site.pages and folders:
            endpoint = site.endpoints[max(folders, key=len)]
        if endpoint is not None:
            return endpoint(asked)
        return site.pages.get(path) or Page(_GONE.encode(), status=404)

    def _robots(self) -> Page:
        if self.mode == Mode.ROBOTS_UNAVAILABLE:
            return Page(_SORRY.encode(), status=503)
        if self.mode == Mode.ROBOTS_FORBIDDEN:
            return Page(_GONE.encode(), status=403)
        if self.mode == Mode.ROBOTS_DISALLOW:
            return Page(b"User-agent: *\nDisallow: /\n", "text/plain")
        return self.site.pages.get(ROBOTS) or Page(_GONE.encode(), status=404)


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, portal: PortalServer, pair: tuple[str, int], tls: SSLContext | None) -> None:
        self.portal = portal
        self.address_family = socket.AF_INET6 if ":" in pair[0] else socket.AF_INET
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(pair, _Handler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 (as in socketserver)
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        # A client that hangs up, or our own end_connections, is nothing to print.
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def open_connections(self) -> int:
        with self._open_lock:
            return len(self._open)

    def end_connections(self) -> None:
        """Wake the threads that wait on kept-alive connections, so that they end."""
        with self._open_lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    # The client was first: its thread is ending by itself.
                    continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    timeout = _IDLE_SECONDS
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as in http.server)
        """Nothing: the visits are kept by the portal."""

    def _answer(self) -> None:
        portal = self.server.portal
        if portal.mode == Mode.SLOW:
            portal.closing.wait(SLOW_SECONDS)
        parts = urlsplit(self.path)
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _MAX_BODY))
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        page = portal.answer(Asked(self.command, parts.path, query, dict(self.headers.items()), body))
        agent = self.headers.get("User-Agent", "")
        connections = self.server.open_connections()
        size, cookie, host = len(page.body), self.headers.get("Cookie", ""), self.headers.get("Host", "")
        portal.note(
            Visit(time.monotonic(), self.command, self.path, agent, page.status, connections, size, cookie, host)
        )
        if page.cut is not None:
            self._cut(page.cut)
            return
        self.send_response(page.status)
        self.send_header("Content-Type", page.media_type)
        if page.is_torn:
            self.send_header("Transfer-Encoding", "chunked")
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(page.body)))
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._write(page)

    def _cut(self, cut: Cut) -> None:
        self.close_connection = True
        if cut is Cut.SILENT:
            self.server.portal.closing.wait()
        else:
            # Closed without lingering, a socket sends RST in place of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _write(self, page: Page) -> None:
        if page.is_torn:
            self.wfile.write(b"%x\r\n" % len(page.body) + page.body[: len(page.body) // 2])
            return
        pieces = _PIECES if page.seconds else 1
        size = len(page.body) // pieces + 1
        for start in range(0, len(page.body), size):
            self.wfile.write(page.body[start : start + size])
            self.server.portal.closing.wait(page.seconds / pieces)
