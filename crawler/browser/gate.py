"""The only way out of the browser: a proxy on loopback that leads to a portal's own hosts, or nowhere.

The browser resolves no name and connects to nothing but this gate. Each portal's pages come with the
portal's own name and the gate's secret as proxy credentials, so that one portal's page cannot reach another's
hosts. The address that was checked is the one that is connected to.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import secrets
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from crawler.addresses import is_public, split_pair
from storage.hosts import host_port

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_HEAD = 64 * 1024
MAX_BYTES = 64 * 1024 * 1024
"""Of one answer that passes."""

PATIENCE = 60.0
"""Seconds without a byte after which a connection is ended."""

_STAGGER = 0.3
"""Seconds after which the next address of a name is tried beside the one before."""

_CHUNK = 64 * 1024
_MAX_NOTES = 1000
_OF_ONE_CONNECTION = frozenset({"proxy-authorization", "proxy-connection", "connection", "keep-alive", "host"})
"""Headers that are not passed on as they came."""

_logger = logging.getLogger(__name__)


class _Head(NamedTuple):
    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]

    def value(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


class _RefusedError(Exception):
    """Why the gate stays shut; `status` is what the browser is told."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class Gate:
    """The proxy; use it in an `async with` statement.

    `hosts`: portal → its own host:port pairs. `admits_private`: may these be private addresses? `upstream`
    is the operator's proxy as an address, empty for none. `refused` are the host:port pairs that were asked
    for in vain, the first thousand.
    """

    def __init__(self, hosts: Mapping[str, frozenset[str]], *, admits_private: bool, upstream: str = "") -> None:
        self.refused: list[str] = []
        self._hosts = hosts
        self._admits_private = admits_private
        self._upstream = urlsplit(upstream) if upstream else None
        self._secret = secrets.token_urlsafe(16)
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=MAX_HEAD)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()

    def proxy_of(self, portal: str) -> dict[str, str]:
        """The proxy settings of a browser context for that portal's pages."""
        if self._server is None:
            raise RuntimeError("the gate is not open")
        port = self._server.sockets[0].getsockname()[1]
        # Chromium goes to loopback addresses without any proxy unless it is told not to.
        bypass = "<-loopback>"
        return {"server": f"http://127.0.0.1:{port}", "bypass": bypass, "username": portal, "password": self._secret}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._pass(reader, writer)
        except _RefusedError as refusal:
            challenge = 'Proxy-Authenticate: Basic realm="nianbao"\r\n' if refusal.status.startswith("407") else ""
            writer.write(
                f"HTTP/1.1 {refusal.status}\r\n{challenge}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
            )
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as error:
            _logger.info("the gate dropped a connection: %r", error)
        finally:
            with suppress(OSError):
                await writer.drain()
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await _read_head(reader)
        own = self._own_hosts(head)
        pair = head.target.lower() if head.method == "CONNECT" else host_port(head.target)
        if pair not in own:
            self._note(pair)
            raise _RefusedError("403 Not the portal's own host")
        length = None if head.method == "CONNECT" else _body_length(head)
        far_reader, far_writer = await self._connect(pair, head.method)
        try:
            if length is None:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await asyncio.gather(_relay(reader, far_writer), _relay(far_reader, writer))
            else:
                far_writer.write(self._onward(head, pair))
                await asyncio.gather(_send_body(reader, far_writer, length), _relay(far_reader, writer))
        finally:
            far_writer.close()

    def _note(self, pair: str) -> None:
        if len(self.refused) < _MAX_NOTES:
            self.refused.append(pair)

    def _own_hosts(self, head: _Head) -> frozenset[str]:
        kind, _, encoded = head.value("proxy-authorization").partition(" ")
        try:
            portal, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            portal, secret = "", ""
        if kind.lower() != "basic" or not secrets.compare_digest(secret.encode(), self._secret.encode()):
            raise _RefusedError("407 Proxy Authentication Required")
        return self._hosts.get(portal, frozenset())

    async def _connect(self, pair: str, method: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._upstream is not None:
            return await self._connect_upstream(pair, method)
        host, port = split_pair(pair)
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        admitted = [address for address in addresses if self._admits_private or is_public(address)]
        if addresses and not admitted:
            self._note(pair)
            raise _RefusedError("403 Not a public address")
        return await _first_to_answer(admitted, port)

    async def _connect_upstream(self, pair: str, method: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the operator's proxy, which resolves the name in our place; for CONNECT a tunnel."""
        upstream = self._upstream
        if upstream is None or upstream.hostname is None:
            raise OSError("the operator's proxy has no host")
        reader, writer = await asyncio.open_connection(upstream.hostname, upstream.port or 8080)
        if method == "CONNECT":
            proof = "".join(f"{line}\r\n" for line in self._proofs())
            writer.write(f"CONNECT {pair} HTTP/1.1\r\nHost: {pair}\r\n{proof}\r\n".encode())
            status = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)).split(None, 2)[1]
            if status != b"200":
                writer.close()
                raise _RefusedError("502 The operator's proxy refused")
        return reader, writer

    def _proofs(self) -> list[str]:
        """The header with which the operator's proxy knows us, if it asks for one."""
        if self._upstream is None or not self._upstream.username:
            return []
        login = f"{unquote(self._upstream.username)}:{unquote(self._upstream.password or '')}"
        return [f"Proxy-Authorization: Basic {base64.b64encode(login.encode()).decode()}"]

    def _onward(self, head: _Head, pair: str) -> bytes:
        """The request as the next server wants it: for the host that was admitted, whatever the request calls it, and
        to end the connection, so that the next one is checked again."""
        parts = urlsplit(head.target)
        origin = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        target = head.target if self._upstream is not None else origin
        kept = [f"{name}: {value}" for name, value in head.headers if name.lower() not in _OF_ONE_CONNECTION]
        host = pair.removesuffix(":80") if parts.scheme == "http" else pair
        own = [f"Host: {host}", *self._proofs(), "Connection: close"]
        lines = [f"{head.method} {target} {head.version}", *kept, *own, "", ""]
        return "\r\n".join(lines).encode("latin-1")


async def _read_head(reader: asyncio.StreamReader) -> _Head:
    raw = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
    first, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, version = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    return _Head(method.upper(), target, version, tuple((name.strip(), value.strip()) for name, _, value in pairs))


def _body_length(head: _Head) -> int:
    """The bytes that follow a request. What two servers could read differently is refused."""
    lengths = [value for name, value in head.headers if name.lower() == "content-length"]
    is_plain = all(length.isascii() and length.isdigit() for length in lengths) and len(lengths) <= 1
    if not is_plain or head.value("transfer-encoding"):
        raise _RefusedError("400 Length of the body unclear")
    return int(lengths[0]) if lengths else 0


async def _send_body(source: asyncio.StreamReader, sink: asyncio.StreamWriter, length: int) -> None:
    """Passes one request's body on, and ends the connection when anything follows: that was not looked at."""
    with suppress(ConnectionError):
        while length:
            chunk = await asyncio.wait_for(source.read(min(length, _CHUNK)), PATIENCE)
            if not chunk:
                break
            length -= len(chunk)
            sink.write(chunk)
            await sink.drain()
        await asyncio.wait_for(source.read(1), PATIENCE)
    sink.close()


async def _first_to_answer(addresses: Sequence[str], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first of these addresses at which somebody answers; all get a chance, one soon after another.

    Names often have an IPv6 address at which nobody answers.
    """
    waiting = list(addresses)
    running: set[asyncio.Task[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = set()
    failure: BaseException = OSError("the name has no address")
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.create_task(asyncio.open_connection(waiting.pop(0), port)))
            patience = _STAGGER if waiting else PATIENCE
            done, running = await asyncio.wait(running, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if not done and not waiting:
                raise TimeoutError
            for task in done:
                if task.exception() is None:
                    done.discard(task)
                    running |= done
                    return task.result()
                failure = task.exception() or failure
    finally:
        for task in running:
            task.add_done_callback(_hang_up)
            task.cancel()
    raise failure


def _hang_up(task: asyncio.Task[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> None:
    """Closes what came too late."""
    if not task.cancelled() and task.exception() is None:
        task.result()[1].close()


async def _relay(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    passed = 0
    with suppress(ConnectionError):
        while chunk := await asyncio.wait_for(source.read(_CHUNK), PATIENCE):
            passed += len(chunk)
            if passed > MAX_BYTES:
                break
            sink.write(chunk)
            await sink.drain()
    with suppress(OSError):
        # After an answer's end the browser may wait for more on the same connection: there is none.
        sink.close()
