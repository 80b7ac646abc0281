"""Whatever a portal's pages name, nothing is connected to but the portal: every spelling, by every door."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import ExitStack, suppress
from html import escape

import pytest

from crawler.addresses import is_public, literal_address
from crawler.middlewares import is_own
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from storage.hosts import host_port
from storage.records import Outcome
from tests.crawler.spellings import HOSTS, NAMES, TARGETS, spellings
from tests.crawler.test_network import FINANCE, HTML, looked_at, portal

LEAST = 200
TITLE = f"{FINANCE}2024年政府信息公开工作年度报告"
WORDS = "<p>一、总体情况</p><p>" + "本年度依法公开信息。" * 30 + "</p>"
HOOK = """
import json, sys
log = open({path!r}, "a", buffering=1)
def note(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        log.write(json.dumps([str(arguments[1][0]), arguments[1][1]]) + "\\n")
sys.addaudithook(note)
"""


class Canary:
    """Listens at one port of both loopback addresses, by TCP and UDP, and notes who comes."""

    def __init__(self):
        self.heard = []
        self._sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port = self._sockets[0].getsockname()[1]
        if socket.has_ipv6:
            self._sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("127.0.0.1", self.port))
        self._sockets.append(datagrams)
        self._is_over = False
        self._threads = [threading.Thread(target=self._listen, args=(each,), daemon=True) for each in self._sockets]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._is_over = True
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(2)

    def _listen(self, own):
        own.settimeout(0.2)
        while not self._is_over:
            try:
                if own.type == socket.SOCK_DGRAM:
                    self.heard.append(("UDP", *own.recvfrom(2048)))
                else:
                    near, who = own.accept()
                    with near:
                        near.settimeout(0.5)
                        with suppress(OSError):
                            self.heard.append((who, near.recv(200)))
            except TimeoutError:
                continue
            except OSError:
                return


def row(url, title=TITLE):
    return f'<li><a href="{escape(url)}" title="{title}">{title}</a><span>2025-01-20</span></li>'


def listing(rows):
    return Page(
        f"<html><title>政府信息公开年报</title><ul>{''.join(rows)}</ul></html>".encode("utf-8", "replace"), HTML
    )


def html(text):
    return Page(f"<html>{text}</html>".encode("utf-8", "replace"), HTML)


def in_header(url):
    return url.strip().replace("\t", "").encode().decode("latin-1")


DOORS = {
    "redirect": lambda url: Page(b"", HTML, 302, {"Location": in_header(url)}),
    "meta refresh": lambda url: html(f'<meta http-equiv="refresh" content="0;url={escape(url)}">'),
    "script": lambda url: html(f'<script>window.location.href="{url}";</script>'),
    "parts": lambda url: html(
        f'<h1>{TITLE}</h1><div class="TRS_Editor"><iframe src="{escape(url)}"></iframe><img src="{escape(url)}">'
        f'<div id="pdfshow" data-value="{escape(url)}.pdf"></div><embed src="{escape(url)}">'
        f'<a appendix="true" href="{escape(url)}">{TITLE}.pdf</a></div>'
    ),
    "base": lambda url: html(f'<base href="{escape(url)}"><h1>{TITLE}</h1><embed src="a.pdf">'),
}
"""What stands at an address of the portal's own, and where it leads."""


def door_site(door, urls):
    pages = {f"/nb/a{number}.html": DOORS[door](url) for number, url in enumerate(urls)}
    return Site({"/nb/": listing([row(path) for path in pages]), **pages}, ("/nb/",))


def lists_of(urls):
    """Portals whose lists themselves lead away: by rows, next pages, inner columns, frames, endpoints."""
    first, *_ = urls
    return {
        "rows": listing(row(url) for url in urls),
        "next page": html(f'<title>年报</title><ul>{row("/x.html")}</ul><a href="{escape(first)}">下一页</a>'),
        "inner columns": html("".join(f'<a href="{escape(url)}">2024年</a>' for url in urls[:40])),
        "frames": html("".join(f'<iframe src="{escape(url)}"></iframe>' for url in urls[:40])),
        "redirect": Page(b"", HTML, 302, {"Location": in_header(first)}),
        "endpoint": html(
            "<script>var param_1={unitid:'1'};$('#1').jpage({totalRecord:90,perPage:10,proxyUrl:'"
            + first
            + "'})</script>"
        ),
    }


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ssrf")
    log = folder / "connected.jsonl"
    (folder / "sitecustomize.py").write_text(HOOK.format(path=str(log)))
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        canary = stack.enter_context(Canary())
        urls = [each.url for each in spellings("127.0.0.1:9", canary.port)]
        sites = {f"by {door}": door_site(door, urls) for door in DOORS}
        sites |= {f"list: {key}": Site({"/nb/": page}, ("/nb/",)) for key, page in lists_of(urls).items()}
        sites["robots"] = Site({"/robots.txt": Page(b"", HTML, 302, {"Location": urls[0]})}, ("/nb/",))
        servers = {key: stack.enter_context(PortalServer(site)) for key, site in sites.items()}
        seen = looked_at_all([portal(key, server.base_url) for key, server in servers.items()], folder)
        connected = {tuple(json.loads(line)) for line in log.read_text().splitlines()}
        own = {("127.0.0.1", int(server.host.rpartition(":")[2])) for server in servers.values()}
        yield urls, connected, own, canary, servers, seen


def looked_at_all(portals, folder):
    return looked_at(portals, folder, is_one_scan=False)


def test_there_are_spellings_enough(tried):
    assert len(set(tried[0])) >= LEAST


def test_nothing_was_connected_to_but_the_portals(tried):
    _, connected, own, canary, _, _ = tried

    assert canary.heard == []
    assert connected == own


def test_every_door_was_tried_with_every_spelling(tried):
    urls, _, _, _, servers, _ = tried
    for door in DOORS:
        asked = {visit.path for visit in servers[f"by {door}"].visits}
        assert len([path for path in asked if path.endswith(".html")]) == len(urls), door


def test_no_spelling_makes_our_own_code_fail(tried):
    details = [scan.detail for scans in tried[-1].values() for scan in scans]

    assert [detail for detail in details if "this program failed" in detail] == []


def test_a_list_that_leads_away_proves_nothing(tried):
    seen = tried[-1]

    assert Outcome.COMPLETE not in {scan.outcome for scan in seen["list: redirect"]}
    assert Outcome.COMPLETE not in {scan.outcome for scan in seen["robots"]}


def test_the_systems_resolver_makes_nothing_public_of_them():
    hosts = [host(target) for target in TARGETS for host in HOSTS.values()] + list(NAMES)
    read = set()
    for host in hosts:
        with suppress(OSError, UnicodeError):
            # Numbers only: no name server is asked.
            found = socket.getaddrinfo(host.strip("[]").replace("%25", "%"), 81, flags=socket.AI_NUMERICHOST)
            read |= {str(entry[4][0]) for entry in found}

    assert len(read) >= len(TARGETS)
    assert [address for address in read if is_public(address)] == []


def test_no_spelling_is_any_portals_own_nor_public():
    for how, url in spellings("127.0.0.1:9", 81):
        assert not is_own(url, frozenset({"127.0.0.1:9", "www.example.gov.cn:80"})), how
        with suppress(ValueError):
            host = host_port(url).rpartition(":")[0]
            address = literal_address(host)
            assert address is None or not is_public(address), how
