"""The office's network: a proxy, old TLS, broken certificates, IPv6; each read, and what is wrong with it noted."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
from contextlib import ExitStack, closing, suppress
from datetime import datetime

import pytest

from crawler.crawl import CrawlRequest, crawl
from crawler.runs import read_run
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from crawler.tls import EVIDENCE
from storage.records import SHANGHAI, Agency, AgencyKind, Outcome, Portal
from tests.crawler.certificates import Authority

NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
HTML = "text/html; charset=utf-8"
FINANCE, CIVIL = "澄湖县财政局", "澄湖县民政局"
TITLE = f"{FINANCE}2024年政府信息公开工作年度报告"
LOGIN = "office:p%40ss"
HAS_IPV6 = socket.has_ipv6


def site():
    """A portal with the report of FINANCE and none of CIVIL."""
    words = "<p>一、总体情况</p><p>" + "本年度依法公开信息。" * 30 + "</p>"
    row = f'<li><a href="/nb/a1.html">{TITLE}</a><span>2025-01-20</span></li>'
    pages = {
        "/nb/": f"<title>政府信息公开年报</title><ul>{row}</ul>",
        "/nb/a1.html": f"<title>{TITLE}</title><h1>{TITLE}</h1>{words}",
    }
    return Site({path: Page(f"<html>{text}</html>".encode(), HTML) for path, text in pages.items()}, ("/nb/",))


def portal(key, base, *more):
    host = re.sub(r"^https?://|/$", "", base)
    if not re.search(r":\d+$", host):
        host += ":443" if base.startswith("https") else ":80"
    return Portal(key, key, base, (host, *more), None, (f"{base}nb/",), 0.0)


def looked_at(portals, data, *, proxy="", allow_private_hosts=True, browser="never", is_one_scan=True):
    """Portal → its scan and the captures of that; all of its scans where it may have several."""
    kind = AgencyKind.LOCAL_DEPARTMENT
    agencies = [
        Agency(f"{each.id}/{name}", name, kind, "990123", each.id) for each in portals for name in (FINANCE, CIVIL)
    ]
    request = CrawlRequest(
        now=NOW,
        portals=tuple(portals),
        agencies=tuple(agencies),
        years=(2024,),
        delay=0.0,
        browser=browser,
        language="en",
        proxy=proxy,
        allow_private_hosts=allow_private_hosts,
    )
    run = read_run(crawl(request, data=data))
    if not is_one_scan:
        return {each.id: [scan for scan in run.scans if scan.portal == each.id] for each in portals}
    scans = {scan.portal: scan for scan in run.scans}
    assert len(scans) == len(run.scans) == len(portals)
    return {
        key: (scan, [capture for capture in run.captures if capture.scan == scan.id]) for key, scan in scans.items()
    }


BROKEN = {
    "self-signed": ({"is_self_signed": True}, "self-signed"),
    "expired": ({"days": -1}, "expired"),
    "wrong name": ({"name": "www.example.gov.cn"}, "issued for another name"),
    "torn chain": ({"is_chain_whole": False}, "issuer unknown"),
    "torn chain, TLS 1.0": ({"is_chain_whole": False, "version": ssl.TLSVersion.TLSv1}, "issuer unknown"),
}
OLD = {"TLS 1.0": (ssl.TLSVersion.TLSv1, "TLSv1"), "TLS 1.1": (ssl.TLSVersion.TLSv1_1, "TLSv1.1")}


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("network")
    authority = Authority(folder)
    # The resolver of the crawl's process knows one name more: with an address at which nobody listens, and another.
    (folder / "sitecustomize.py").write_text(
        "import socket\n"
        "known = socket.getaddrinfo\n"
        "def getaddrinfo(host, port, *rest, **named):\n"
        "    if host not in ('both.example', b'both.example'):\n"
        "        return known(host, port, *rest, **named)\n"
        "    kind = (socket.SOCK_STREAM, socket.IPPROTO_TCP, '')\n"
        "    return [(socket.AF_INET6, *kind, ('::1', port or 0, 0, 0)),\n"
        "            (socket.AF_INET, *kind, ('127.0.0.1', port or 0))]\n"
        "socket.getaddrinfo = getaddrinfo\n"
    )
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(authority.trusted))
        patch.setenv("PYTHONPATH", str(folder))

        def serve(tls=None, address="127.0.0.1"):
            return stack.enter_context(PortalServer(site(), tls=tls, address=address))

        servers = {key: serve(authority.context(**values)) for key, (values, _) in BROKEN.items()}
        servers |= {key: serve(authority.context(version=version)) for key, (version, _) in OLD.items()}
        servers["https only"] = serve(authority.context())
        servers["http only"] = serve()
        portals = [portal(key, server.base_url) for key, server in servers.items()]
        dual = serve()
        portals.append(portal("dead AAAA", f"http://both.example:{dual.host.rpartition(':')[2]}/"))
        for key, front, behind in (
            ("to https", serve(), serve(authority.context())),
            ("from unverified", serve(authority.context(is_self_signed=True)), serve()),
        ):
            front.site = Site({"/nb/": Page(b"", HTML, 302, {"Location": f"{behind.base_url}nb/"})}, ("/nb/",))
            portals.append(portal(key, front.base_url, behind.host))
        if HAS_IPV6:
            portals.append(portal("IPv6", serve(address="::1").base_url))
        yield looked_at(portals, folder)


@pytest.mark.parametrize("key", BROKEN)
def test_a_portal_with_a_broken_certificate_is_read_but_proves_no_absence(seen, key):
    scan, captures = seen[key]

    assert (scan.outcome, scan.rows_seen, scan.end_proof) == (Outcome.INCOMPLETE, 1, None)
    assert f"not verified ({BROKEN[key][1]}" in scan.detail
    assert [capture.title for capture in captures] == [TITLE]
    assert BROKEN[key][1] in captures[0].headers[EVIDENCE]


@pytest.mark.parametrize("key", OLD)
def test_old_tls_with_a_good_certificate_is_noted_and_proves_what_it_shows(seen, key):
    scan, captures = seen[key]

    assert scan.outcome == Outcome.COMPLETE, scan.detail
    assert captures[0].headers[EVIDENCE] == OLD[key][1]


@pytest.mark.parametrize("key", ["https only", "http only", "to https", "dead AAAA"])
def test_what_is_well_has_nothing_noted(seen, key):
    scan, captures = seen[key]

    assert scan.outcome == Outcome.COMPLETE, scan.detail
    assert [EVIDENCE in capture.headers for capture in captures] == [False]


@pytest.mark.skipif(not HAS_IPV6, reason="no IPv6 here")
def test_a_portal_at_an_ipv6_address_is_read(seen):
    assert seen["IPv6"][0].outcome == Outcome.COMPLETE


def test_what_an_unverified_server_leads_to_is_no_better_for_it(seen):
    scan, _ = seen["from unverified"]

    assert scan.outcome == Outcome.INCOMPLETE
    assert "self-signed" in scan.detail


def test_a_portal_registered_with_http_that_is_there_by_https_alone_is_read(tmp_path, monkeypatch):
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.trusted))
    address = "127.0.0.77"
    try:
        server = PortalServer(site(), address=address, port=443, tls=authority.context(address))
    except PermissionError:
        pytest.skip("port 443 is not for everybody here")
    with server:
        seen = looked_at([portal("moved", f"http://{address}/", f"{address}:443")], tmp_path)

    scan, captures = seen["moved"]
    assert scan.outcome == Outcome.COMPLETE, scan.detail
    assert [capture.final_url for capture in captures] == [f"https://{address}/nb/a1.html"]
    assert [visit.path for visit in server.visits] == ["/robots.txt", "/nb/", "/nb/a1.html"]


class Proxy:
    """An office's proxy on loopback: it asks who comes, and knows where the names of `known` are."""

    def __init__(self, known):
        self.asked = []
        self._known = known
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        # Closing alone does not wake the thread that waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    @property
    def pair(self):
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self):
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._pass, args=(near,), daemon=True).start()

    def _pass(self, near):
        with closing(near):
            head = b""
            while b"\r\n\r\n" not in head:
                chunk = near.recv(65536)
                if not chunk:
                    return
                head += chunk
            method, target, _ = head.split(b"\r\n")[0].decode().split()
            login = base64.b64encode(LOGIN.replace("%40", "@").encode())
            is_known = b"Proxy-Authorization: Basic " + login in head
            self.asked.append((method, target, is_known))
            if not is_known:
                near.sendall(b"HTTP/1.1 407 Who is there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            pair = target if method == "CONNECT" else target.split("/")[2]
            with closing(socket.create_connection(self._known[pair], 10)) as far:
                if method == "CONNECT":
                    near.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
                else:
                    path = "/" + target.split("/", 3)[3]
                    near_head = head.replace(target.encode(), path.encode(), 1)
                    far.sendall(near_head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
                back = threading.Thread(target=_copy, args=(far, near), daemon=True)
                back.start()
                _copy(near, far)
                back.join()


def _copy(source, sink):
    with suppress(OSError):
        while chunk := source.recv(65536):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_RDWR)


def test_an_offices_proxy_with_a_password_connects_in_our_place_for_http_and_https(tmp_path, monkeypatch):
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.trusted))
    with (
        PortalServer(site()) as plain,
        PortalServer(site(), tls=authority.context("tls.example.gov.cn")) as good,
        PortalServer(site(), tls=authority.context("bad.example.gov.cn", is_self_signed=True)) as bad,
    ):
        names = {"www.example.gov.cn": plain, "tls.example.gov.cn:443": good, "bad.example.gov.cn:443": bad}
        known = {name: ("127.0.0.1", int(server.host.rpartition(":")[2])) for name, server in names.items()}
        with Proxy(known) as proxy:
            portals = [
                portal("plain", "http://www.example.gov.cn/"),
                portal("good", "https://tls.example.gov.cn/"),
                portal("bad", "https://bad.example.gov.cn/"),
            ]
            seen = looked_at(portals, tmp_path, proxy=f"http://{LOGIN}@{proxy.pair}", allow_private_hosts=False)

    assert {key: scan.outcome for key, (scan, _) in seen.items()} == {
        "plain": Outcome.COMPLETE,
        "good": Outcome.COMPLETE,
        "bad": Outcome.INCOMPLETE,
    }
    assert [len(captures) for _, captures in seen.values()] == [1, 1, 1]
    assert all(is_known for _, _, is_known in proxy.asked)
    assert {target for method, target, _ in proxy.asked if method == "CONNECT"} == set(names) - {"www.example.gov.cn"}


def test_a_proxy_that_does_not_know_us_leaves_every_portal_unreachable(tmp_path):
    portals = [portal("plain", "http://www.example.gov.cn/"), portal("good", "https://tls.example.gov.cn/")]
    with Proxy({}) as proxy:
        seen = looked_at(portals, tmp_path, proxy=f"http://other:word@{proxy.pair}", allow_private_hosts=False)

    assert {scan.outcome for scan, _ in seen.values()} == {Outcome.UNREACHABLE}
    assert all("the configured proxy" in scan.detail for scan, _ in seen.values())
    assert {target for _, target, _ in proxy.asked} == {
        "http://www.example.gov.cn/robots.txt",
        "tls.example.gov.cn:443",
    }
