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

    def __init__(self, *, is_stubborn=False):
        self.seen = []
        self.hosts = []
        canary = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                canary.hosts.append(self.headers.get("Host"))
                canary.seen.append((self.path, self.headers.get("Proxy-Authorization"), self.headers.get("Cookie")))
                self.send_response(200)
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"here")
                # Some servers keep a connection that they were asked to end.
                self.close_connection = self.close_connection and not is_stubborn

            def do_POST(self):
                canary.seen.append((self.path, None, None))
                body = f"{len(self.rfile.read(int(self.headers.get('Content-Length') or 0)))} here".encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

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
    assert answer.endswith("here")
    assert refused == []
    assert canary.seen == [("/page?a=1", None, "own=1")]


def test_a_tunnel_leads_to_the_portals_own_host():
    with Canary() as canary:
        own = f"127.0.0.1:{canary.port}"
        inner = f"CONNECT {own} HTTP/1.1\nHost: {own}\n\nGET /inside HTTP/1.1\nHost: {own}\nConnection: close\n\n"
        answer, _ = through({"one": frozenset({own})}, inner)
    assert answer.startswith("HTTP/1.1 200 Connection established")
    assert answer.endswith("here")
    assert [path for path, *_ in canary.seen] == ["/inside"]


@pytest.mark.parametrize("portal", ["two", "unheard of"])
def test_a_portals_page_cannot_reach_the_hosts_of_another(portal):
    with Canary() as canary:
        own = f"127.0.0.1:{canary.port}"
        answer, refused = through({"one": frozenset({own}), "two": frozenset({"127.0.0.1:1"})}, get(own), portal=portal)
    assert answer.startswith("HTTP/1.1 403")
    assert refused == [own]
    assert canary.seen == []


def test_who_does_not_know_the_secret_is_asked_for_it():
    with Canary() as canary:
        own = f"127.0.0.1:{canary.port}"
        answer, _ = through({"one": frozenset({own})}, get(own), secret="guessed")  # noqa: S106 (not one)
    assert answer.startswith("HTTP/1.1 407")
    assert "Proxy-Authenticate: Basic" in answer
    assert canary.seen == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433"])
def test_a_private_address_is_not_connected_to_where_the_operator_admits_none(host):
    with Canary() as canary:
        pair = f"{host}:{canary.port}"
        answer, refused = through({"one": frozenset({pair})}, get(pair), admits_private=False)
    assert not answer.startswith("HTTP/1.1 2")
    assert pair not in answer
    assert canary.seen == []
    assert refused == [pair] or not answer


@pytest.mark.parametrize("request_line", ["GET / HTTP/1.1\n\n", "GET file:///etc/passwd HTTP/1.1\n\n", "nonsense\n\n"])
def test_what_is_no_request_of_a_proxy_is_dropped(request_line):
    answer, _ = through({"one": frozenset({"127.0.0.1:1"})}, request_line)
    assert not answer.startswith("HTTP/1.1 200")


def behind(upstream, hosts, request):
    """The gate's answer where it stands behind an office's proxy."""

    async def run():
        async with Gate(hosts, admits_private=False, upstream=f"http://127.0.0.1:{upstream.port}") as gate:
            return await asyncio.to_thread(asked, gate, "one", request)

    return asyncio.run(run())


@pytest.mark.parametrize("is_behind", [True, False])
def test_a_second_request_on_one_connection_does_not_pass_unseen(is_behind):
    with Canary(is_stubborn=True) as canary:
        own = f"127.0.0.1:{canary.port}"
        other = "GET http://10.0.0.1/secret HTTP/1.1\nHost: 10.0.0.1\n"
        requests = f"GET http://{own}/own HTTP/1.1\nHost: {own}\n\n{other}\n"
        hosts = {"one": frozenset({own})}
        answer = behind(canary, hosts, requests) if is_behind else through(hosts, requests)[0]
    assert [path.removeprefix(f"http://{own}") for path, *_ in canary.seen] == ["/own"]
    assert answer.count("HTTP/1.1 200") <= 1


def test_what_a_form_sends_passes_whole():
    with Canary() as canary:
        own = f"127.0.0.1:{canary.port}"
        form = "a=1&b=" + "x" * 200_000
        head = f"POST http://{own}/form HTTP/1.1\nHost: {own}\nContent-Length: {len(form)}\n\n"
        answer, _ = through({"one": frozenset({own})}, head + form)
    assert answer.endswith(f"{len(form)} here")


def test_the_server_is_told_the_host_that_was_admitted():
    with Canary() as canary:
        own = f"127.0.0.1:{canary.port}"
        through({"one": frozenset({own})}, f"GET http://{own}/ HTTP/1.1\nHost: intranet.office\n\n")
    assert canary.hosts == [own]


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 5, 6",
        "Content-Length: -1",
        "Transfer-Encoding: chunked",
        "Content-Length: 1\nContent-Length: 2",
    ],
)
def test_a_request_whose_length_can_be_read_in_two_ways_is_dropped(head):
    with Canary() as canary:
        own = f"127.0.0.1:{canary.port}"
        answer, _ = through({"one": frozenset({own})}, f"POST http://{own}/ HTTP/1.1\nHost: {own}\n{head}\n\nabcdef")
    assert not answer.startswith("HTTP/1.1 2")
    assert canary.seen == []


def test_an_address_at_which_nobody_answers_does_not_keep_the_other_from_being_tried(monkeypatch):
    with Canary() as canary, closing(socket.create_server(("127.0.0.9", canary.port), backlog=0)) as deaf:
        # The queue of one that never accepts is full: who comes later waits without an answer.
        waiting = []
        for _ in range(4):
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(deaf.getsockname())
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        found = [(*kind, (address, canary.port)) for address in ("127.0.0.9", "127.0.0.1")]

        async def resolved(*_, **__):
            return found

        async def run():
            async with Gate({"one": frozenset({f"both.example:{canary.port}"})}, admits_private=True) as gate:
                monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
                return await asyncio.to_thread(asked, gate, "one", get(f"both.example:{canary.port}"))

        answer = asyncio.run(run())
        for each in waiting:
            each.close()
    assert answer.endswith("here")
