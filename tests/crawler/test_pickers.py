"""Columns in which each agency has its own list: only those asked for are walked, one that is lost proves nothing."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from crawler.crawl import CrawlRequest, crawl
from crawler.listings.pickers import picked
from crawler.pages import read_page
from crawler.runs import Run, read_run, run_body
from crawler.simulator.families import Holding, easttone, epoint, lonsun
from crawler.simulator.server import Page, PortalServer, Site
from storage.records import Agency, AgencyKind, Outcome, Portal
from tests.crawler.families import NOW, YEARS

HOLDING = Holding("澄心县", 77)
FAKES = {fake.key: fake for fake in (*lonsun.FAKES, *epoint.FAKES, *easttone.FAKES)}
FIRST, *_, LAST = HOLDING.agencies
STRANGER, ARCHIVE = "澄心县档案局", "澄心县档案馆"
CASES = {
    "alone": ("lonsun", (FIRST,)),
    "stranger": ("lonsun", (FIRST, STRANGER)),
    "archive": ("lonsun", (FIRST, ARCHIVE)),
    "all": ("lonsun", HOLDING.agencies),
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
            built = FAKES[fake].build(HOLDING, frozenset())
            site = _with_empty_archive(built.site) if key == "archive" else built.site
            server = servers[key] = stack.enter_context(PortalServer(site))
            columns = tuple(server.base_url.rstrip("/") + path for path in built.columns)
            portals.append(Portal(key, key, server.base_url, (server.host,), None, columns, 0.0))
            agencies += [Agency(f"{key}-{name}", name, AgencyKind.LOCAL_DEPARTMENT, "990123", key) for name in names]
        request = CrawlRequest(
            now=NOW,
            portals=tuple(portals),
            agencies=tuple(agencies),
            years=YEARS[-2:],
            delay=0.0,
            allow_private_hosts=True,
            page_budget=BUDGET,
        )
        folder = crawl(request, data=tmp_path_factory.mktemp("pickers"))
        paths = {key: [visit.path for visit in server.visits] for key, server in servers.items()}
    return Looked(folder, read_run(folder), paths)


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


def test_a_menu_of_one_agencys_pages_is_no_picker():
    source = "".join(f'<li><a href="/o/1?page={kind}">{kind}</a></li>' for kind in (1, 2))

    assert picked(read_page(f"<ul>{source}</ul>".encode(), "http://x.cn/"), lambda url: ("1", url)) == ()
