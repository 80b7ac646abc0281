"""The gate before the browser: to a portal's own hosts with the portal's name and the secret, and nowhere else."""

import asyncio
import base64
import socket
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crawler.browser.gate import Gate


class Canary:
    """A server on loopback that counts who connects."""

    def __init__(self):
        self.seen = []
        canary = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                canary.seen.append((self.path, self.headers.get("Proxy-Authorization"), self.headers.get("Cookie")))
                self.send_response(200)
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"here")

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def asked(gate, portal, request, *, secret=None):
    """What the gate answers to a request, after the browser's side has said all."""
    proxy = gate.proxy_of(portal)
    login = base64.b64encode(f"{portal}:{secret or proxy['password']}".encode()).decode()
    head = request.replace("\n\n", f"\nProxy-Authorization: Basic {login}\n\n").replace("\n", "\r\n")
    port = int(proxy["server"].rpartition(":")[2])
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(head.encode())
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer.decode()


def through(hosts, request, *, portal="one", admits_private=True, secret=None):
    """The gate's answer, and the pairs that it refused."""

    async def run():
        async with Gate(hosts, admits_private=admits_private) as gate:
            answer = await asyncio.to_thread(asked, gate, portal, request, secret=secret)
            return answer, list(gate.refused)

    return asyncio.run(run())


def get(pair, path="/page?a=1"):
    return f"GET http://{pair}{path} HTTP/1.1\nHost: {pair}\nCookie: own=1\n\n"


def test_a_portals_own_host_is_reached_without_the_gates_secret():
    with Canary() as canary:
        own = f"127.0.0.1:{canary.port}"
        answer, refused = through({"one": frozenset({own})}, get(own))
    assert answer.endswith("here") and refused == []
    assert canary.seen == [("/page?a=1", None, "own=1")]


def test_a_tunnel_leads_to_the_portals_own_host():
    with Canary() as canary:
        own = f"127.0.0.1:{canary.port}"
        inner = f"CONNECT {own} HTTP/1.1\nHost: {own}\n\nGET /inside HTTP/1.1\nHost: {own}\nConnection: close\n\n"
        answer, _ = through({"one": frozenset({own})}, inner)
    assert answer.startswith("HTTP/1.1 200 Connection established") and answer.endswith("here")
    assert [path for path, *_ in canary.seen] == ["/inside"]


@pytest.mark.parametrize("portal", ["two", "unheard of"])
def test_a_portals_page_cannot_reach_the_hosts_of_another(portal):
    with Canary() as canary:
        own = f"127.0.0.1:{canary.port}"
        answer, refused = through({"one": frozenset({own}), "two": frozenset({"127.0.0.1:1"})}, get(own), portal=portal)
    assert answer.startswith("HTTP/1.1 403") and refused == [own] and canary.seen == []


def test_who_does_not_know_the_secret_is_asked_for_it():
    with Canary() as canary:
        own = f"127.0.0.1:{canary.port}"
        answer, _ = through({"one": frozenset({own})}, get(own), secret="guessed")
    assert answer.startswith("HTTP/1.1 407") and "Proxy-Authenticate: Basic" in answer and canary.seen == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433"])
def test_a_private_address_is_not_connected_to_where_the_operator_admits_none(host):
    with Canary() as canary:
        pair = f"{host}:{canary.port}"
        answer, refused = through({"one": frozenset({pair})}, get(pair), admits_private=False)
    assert not answer.startswith("HTTP/1.1 2") and pair not in answer and canary.seen == []
    assert refused == [pair] or not answer


@pytest.mark.parametrize("request_line", ["GET / HTTP/1.1\n\n", "GET file:///etc/passwd HTTP/1.1\n\n", "nonsense\n\n"])
def test_what_is_no_request_of_a_proxy_is_dropped(request_line):
    answer, _ = through({"one": frozenset({"127.0.0.1:1"})}, request_line)
    assert not answer.startswith("HTTP/1.1 200")
