"""A firewall that lets the page pass and stops what belongs to it: frames, files, endpoints, with 200 as well."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from crawler.simulator.refusals import BY_KEY
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from storage.records import Outcome
from tests.crawler.test_network import FINANCE, HTML, looked_at, portal

TITLE = f"{FINANCE}2024年政府信息公开工作年度报告"
ROW = f'<li><a href="/nb/a1.html">{TITLE}</a><span>2025-01-20</span></li>'
CHALLENGES = ("rs200", "wzws200", "acw200", "stub200", "ali405", "403plain")
API = "/front/api/data/search"
PARTS = ("/part/", "/nb/2024n/", API)
"""Where the firewall stands."""

COLUMNS = {
    "frame": '<title>政府信息公开年报</title><iframe src="/part/list.html" width="900" height="600"></iframe>',
    "next page": f'<title>政府信息公开年报</title><ul>{ROW}</ul><a href="/part/list_2.html">下一页</a>',
    "inner column": '<title>政府信息公开年报</title><a href="/nb/2024n/">2024年</a>',
    "endpoint": (
        '<title>政府信息公开年报</title><ul id="columnlist"></ul>'
        f"<script>new CMS('#columnlist',{{ids:'1899',http:'{API}'}})</script>"
    ),
}
WORDS = "<p>一、总体情况</p><p>" + "本年度依法公开信息。" * 30 + "</p>"
ARTICLE = f'<title>{TITLE}</title><h1>{TITLE}</h1>{WORDS}<a appendix="true" href="/part/1.pdf">{TITLE}.pdf</a>'


def html(text):
    return Page(f"<html>{text}</html>".encode(), HTML)


def site(column, key):
    refused = BY_KEY[key].page
    pages = {"/nb/": html(column), "/nb/a1.html": html(ARTICLE)}
    return Site(pages, ("/nb/",), dict.fromkeys(PARTS, lambda _: refused))


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    cases = {f"{part} {key}": site(column, key) for part, column in COLUMNS.items() for key in CHALLENGES}
    cases |= {f"file {key}": site(f"<title>年报</title><ul>{ROW}</ul>", key) for key in CHALLENGES}
    with ExitStack() as stack:
        servers = {key: stack.enter_context(PortalServer(case)) for key, case in cases.items()}
        portals = [portal(key, server.base_url) for key, server in servers.items()]
        scans = looked_at(portals, tmp_path_factory.mktemp("parts"), is_one_scan=False)
        yield scans, {key: [visit.path for visit in server.visits] for key, server in servers.items()}


@pytest.mark.parametrize("key", CHALLENGES)
@pytest.mark.parametrize("part", COLUMNS)
def test_a_list_of_which_a_part_is_refused_is_blocked(seen, part, key):
    scans, paths = seen
    own = [path for path in paths[f"{part} {key}"] if path.startswith(PARTS)]

    assert scans[f"{part} {key}"][0].outcome == Outcome.BLOCKED, scans[f"{part} {key}"][0].detail
    assert len(own) == len(set(own)) >= 1


@pytest.mark.parametrize("key", CHALLENGES)
def test_a_refused_file_is_named_and_asked_for_once(seen, key):
    scans, paths = seen

    assert scans[f"file {key}"][0].outcome == Outcome.COMPLETE
    assert "refused" in scans[f"file {key}"][0].detail
    assert paths[f"file {key}"].count("/part/1.pdf") == 1
