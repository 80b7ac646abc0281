"""What an operator says of a portal goes before what its pages seem to say: how its lists are walked, how far."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from crawler.crawl import CrawlRequest, crawl
from crawler.portals import FAMILIES, Listing, listing_of
from crawler.requests import request_from_json, request_to_json
from crawler.runs import read_run
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from storage.records import Agency, AgencyKind, Outcome, Portal
from tests.crawler.families import NOW

FINANCE = "澄湖县财政局"


def page(number, ahead):
    title = f"{FINANCE}{2025 - number}年政府信息公开工作年度报告"
    rows = f'<ul><li><a href="/202501/t20250120_{number}.html">{title}</a><span>2025-01-20</span></li></ul>'
    text = f'<html><body>{rows}<div class="page">{ahead}</div></body></html>'
    return Page(text.encode(), "text/html; charset=utf-8")


def pages(count):
    links = {number: f'<a href="/nb/{number + 1}.html">下一页</a>' for number in range(1, count)}
    lists = {
        f"/nb/{number}.html": page(number, f"{links.get(number, '')}<span>第{number}页/共{count}页</span>")
        for number in range(1, count + 1)
    }
    return lists | {"/202501/t20250120_1.html": Page(b"<h1>x</h1>"), "/nb/": lists["/nb/1.html"]}


CASES = {
    "as it seems": (pages(3), None, None),
    "as told": (pages(3), "linked_pages", None),
    "to be drawn": (pages(3), "browser", None),
    "too long": (pages(6), None, 4),
    "long enough": (pages(6), None, 6),
}


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    with ExitStack() as stack:
        portals, agencies = [], []
        for key, (site, listing, most) in CASES.items():
            server = stack.enter_context(PortalServer(Site(site)))
            columns = (f"{server.base_url}nb/",)
            portals.append(
                Portal(key, key, server.base_url, (server.host,), None, columns, 0.0, listing=listing, max_pages=most)
            )
            agencies.append(Agency(key, FINANCE, AgencyKind.LOCAL_DEPARTMENT, "990123", key))
        request = CrawlRequest(
            now=NOW,
            portals=tuple(portals),
            agencies=tuple(agencies),
            years=(2024,),
            delay=0.0,
            allow_private_hosts=True,
        )
        run = read_run(crawl(request, data=tmp_path_factory.mktemp("data")))
    return {scan.portal: scan for scan in run.scans}


@pytest.mark.parametrize(
    ("key", "outcome", "count"),
    [
        ("as it seems", Outcome.COMPLETE, 3),
        ("as told", Outcome.COMPLETE, 3),
        ("to be drawn", Outcome.NEEDS_BROWSER, None),
        ("too long", Outcome.TRAPPED, 4),
        ("long enough", Outcome.COMPLETE, 6),
    ],
)
def test_an_override_decides_how_a_list_is_walked_and_how_far(scans, key, outcome, count):
    assert scans[key].outcome == outcome, scans[key].detail
    assert count is None or len(scans[key].pages) == count


def test_a_way_that_nobody_knows_is_as_good_as_none():
    family = FAMILIES["vsb"]

    assert listing_of("", family, "postback") is Listing.POSTBACK
    assert listing_of("", family, "by hand") is listing_of("", family, None) is Listing.LINKED_PAGES


def test_every_way_that_an_operator_may_name_is_told():
    told = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    (row,) = (line for line in told.splitlines() if line.startswith("| `listing`"))

    assert {listing.value for listing in Listing} == set(re.findall(r"`(\w+)`", row)) - {"listing"}


def test_a_request_keeps_the_overrides_and_those_of_old_have_none():
    portal = Portal("p", "甲", "http://a/", ("a:80",), None, (), None, listing="jpage", max_pages=9)
    values = request_to_json(CrawlRequest(now=NOW, portals=(portal,), agencies=(), years=()))
    of_old = {**values["portals"][0]}
    del of_old["listing"], of_old["max_pages"]

    assert request_from_json(values).portals == (portal,)
    (read,) = request_from_json({**values, "portals": [of_old]}).portals
    assert (read.listing, read.max_pages) == (None, None)
