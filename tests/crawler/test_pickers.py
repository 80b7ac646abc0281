"""Columns in which each agency has its own list: only those asked for are walked, one that is lost proves nothing."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from crawler.crawl import CrawlRequest, crawl
from crawler.list_evidence import ListWalk
from crawler.listings.pickers import MAX_AGENCIES, picked
from crawler.pages import read_page
from crawler.rows import Row
from crawler.runs import Run, read_run, run_body
from crawler.simulator.families import FakePortal, Holding, easttone, epoint, lonsun
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from crawler.walks import joined
from storage.records import Agency, AgencyKind, Outcome, Portal
from tests.crawler.families import NOW

HOLDING = Holding("澄心县", 77)
FAKES = {fake.key: fake for fake in (*lonsun.FAKES, *epoint.FAKES, *easttone.FAKES)}
FIRST, *_, LAST = HOLDING.agencies
STRANGER, ARCHIVE = "澄心县档案局", "澄心县档案馆"
CASES = {
    "alone": ("lonsun", (FIRST,)),
    "stranger": ("lonsun", (FIRST, STRANGER)),
    "archive": ("lonsun", (FIRST, ARCHIVE)),
    "all": ("lonsun", HOLDING.agencies),
    "astray": ("lonsun-own-page", (HOLDING.agencies[1],)),
    "deep": ("four levels", (FIRST,)),
    "epoint": ("epoint-shells", (FIRST,)),
    "easttone": ("easttone-shells", (FIRST,)),
}
"""A portal each → the fake that it is, and the agencies that are asked for."""

BUDGET = 9
"""List pages: the organ list and eight organs' lists; the ninth is one too many."""


class Looked(NamedTuple):
    """What one crawl says of all the portals; `paths` that each was asked for."""

    folder: Path
    run: Run
    paths: Mapping[str, list[str]]

    def outcomes(self, portal, agency):
        return {scan.outcome for scan in self.run.scans if f"{portal}-{agency}" in scan.agencies}

    def details(self, portal):
        return " ".join(scan.detail for scan in self.run.scans if scan.portal == portal)


@pytest.fixture(scope="module")
def looked(tmp_path_factory):
    portals, agencies, servers = [], [], {}
    with ExitStack() as stack:
        for key, (fake, names) in CASES.items():
            built = FAKES[fake].build(HOLDING, frozenset()) if fake in FAKES else FakePortal(_deep(), ("/nb/",))
            site = _with_empty_archive(built.site) if key == "archive" else built.site
            server = servers[key] = stack.enter_context(PortalServer(site))
            columns = tuple(server.base_url.rstrip("/") + path for path in built.columns)
            portals.append(Portal(key, key, server.base_url, (server.host,), None, columns, 0.0))
            agencies += [Agency(f"{key}-{name}", name, AgencyKind.LOCAL_DEPARTMENT, "990123", key) for name in names]
        request = CrawlRequest(
            now=NOW,
            portals=tuple(portals),
            agencies=tuple(agencies),
            years=(2023, 2024),
            delay=0.0,
            allow_private_hosts=True,
            page_budget=BUDGET,
        )
        folder = crawl(request, data=tmp_path_factory.mktemp("pickers"))
        paths = {key: [visit.path for visit in server.visits] for key, server in servers.items()}
    return Looked(folder, read_run(folder), paths)


def _deep():
    """A year, in it a group, in that a group again, in that a year again."""
    steps = (("2024/", "2024年"), ("bm/", "市政府部门"), ("jd/", "街道"), ("", ""))
    pages, path = {}, "/nb/"
    for number, (step, name) in enumerate(steps):
        rows = f'<ul><li><a href="/xw/{number}.html">澄心县召开会议</a><span>2024-01-02</span></li></ul>'
        inner = f'<p><a href="{path}{step}">{name}</a></p>'
        pages[path] = Page(f"<html><body>{rows}{inner}</body></html>".encode())
        path += step
    return Site(pages)


def _with_empty_archive(site):
    """The portal whose archive has neither a menu of years nor a catalogue of reports."""
    organ = "/public/column/6600410"
    column = site.endpoints["/public/column/"]
    empty = "<html><body><div>暂无相关信息</div></body></html>".encode()
    tree = f'<html><body><ul><li><a href="{organ}?type=4&amp;catId=5">政策文件</a></li></ul></body></html>'.encode()

    def answer(asked):
        if asked.path != organ:
            return column(asked)
        return Page(empty if asked.query.get("type") == "3" else tree)

    return Site(site.pages, site.columns, {**site.endpoints, "/public/column/": answer})


def test_only_the_lists_of_the_agencies_that_are_asked_for_are_walked(looked):
    walked = {path.partition("?")[0] for path in looked.paths["alone"] if "/public/column/" in path}

    assert walked == {"/public/column/6600400", "/public/column/6600401"}
    assert looked.outcomes("alone", FIRST) == {Outcome.COMPLETE}


def test_an_agency_that_the_picker_lacks_is_not_said_to_have_published_nothing(looked):
    assert looked.outcomes("stranger", FIRST) == {Outcome.COMPLETE}
    assert looked.outcomes("stranger", STRANGER) == {Outcome.COMPLETE, Outcome.INCOMPLETE}
    assert "没有找到本机关" in looked.details("stranger")


def test_an_organ_that_says_that_it_has_nothing_is_proven_to_have_nothing(looked):
    assert looked.outcomes("archive", ARCHIVE) == {Outcome.COMPLETE}
    assert f"archive-{ARCHIVE}" not in {candidate.agency for candidate in looked.run.candidates}


def test_one_agencys_own_page_is_not_taken_for_that_of_the_agency_that_is_asked_for(looked):
    own = {str(entry.number) for entry in HOLDING.of(HOLDING.agencies[1])}

    found = [candidate for candidate in looked.run.candidates if (candidate.agency or "").startswith("astray-")]

    assert len(found) == 5
    assert all(any(number in candidate.url for number in own) for candidate in found)
    assert looked.outcomes("astray", HOLDING.agencies[1]) == {Outcome.COMPLETE}


def test_a_column_that_lies_too_deep_to_be_looked_at_is_not_passed_over_in_silence(looked):
    assert looked.outcomes("deep", FIRST) == {Outcome.INCOMPLETE}
    assert "/nb/2024/bm/jd/" in looked.details("deep")


def test_each_agencys_list_has_a_budget_of_its_own_and_the_picker_one_for_all(looked):
    outcomes = [looked.outcomes("all", agency) for agency in HOLDING.agencies]

    assert len([path for path in looked.paths["all"] if "public/column" in path]) > BUDGET
    assert outcomes[:-1] == [{Outcome.COMPLETE}] * (len(outcomes) - 1)
    assert outcomes[-1] == {Outcome.COMPLETE, Outcome.TRAPPED}


@pytest.mark.parametrize("key", ["epoint", "easttone"])
def test_the_text_that_an_article_asks_for_is_captured_with_it(looked, key):
    own = (capture for capture in looked.run.captures if (capture.agency or "").startswith(key))
    capture = next(capture for capture in own if capture.part_of is None and not capture.enclosures)

    text = run_body(looked.folder, capture.digest).decode()

    parts = [run_body(looked.folder, digest).decode() for digest in capture.headers["X-Nianbao-Parts"].split()]
    assert ["总体情况" in part for part in (text, parts[0], parts[-1])] == [True, False, True]


def links(*addresses):
    items = "".join(f'<li><a href="{address}">第{address[3:]}局</a></li>' for address in addresses)
    return read_page(f"<ul>{items}</ul>".encode(), "http://x.cn/")


def place_of(url):
    return url.rpartition("/")[2].partition("?")[0], url


@pytest.mark.parametrize(
    ("page", "count"),
    [
        (links("/o/1", "/o/2"), 2),
        (links("/o/1", "/o/1", "/o/2"), 2),
        (links("/o/1?a=1", "/o/1?a=2"), 0),
        (links("/o/1"), 0),
        (links(*(f"/o/{number}" for number in range(MAX_AGENCIES + 1))), 0),
    ],
    ids=["two", "picture and name", "menu of one", "one", "a trap"],
)
def test_a_picker_offers_several_agencies_each_at_one_address(page, count):
    assert len(picked(page, place_of)) == count


def test_a_row_that_is_met_twice_is_its_publishers():
    row = Row("2023年政府信息公开年度报告", "http://x.cn/1.html", None)
    signed = replace(row, publisher="财政局")

    assert joined([ListWalk(rows=(row,)), ListWalk(rows=(signed,)), ListWalk(rows=(row,))]).rows == (signed,)
