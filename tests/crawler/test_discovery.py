"""The column is found from the front page, found again where it is gone, and never taken for proven where it is not."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from crawler.columns import doubtful_columns, report_columns
from crawler.crawl import CrawlRequest, crawl
from crawler.rows import Row
from crawler.runs import read_run
from crawler.simulator.families import FAKES
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from storage.records import Agency, AgencyKind, Outcome, Portal
from tests.crawler.families import NOW, crawl_fakes

FINANCE = "澄湖县财政局"
HTML = "text/html; charset=utf-8"


def without_columns(fake):
    return fake._replace(build=lambda holding, quirks: fake.build(holding, quirks)._replace(columns=()))


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    named = [fake for fake in FAKES if fake.key in KEYS]
    found = crawl_fakes([(without_columns(fake), frozenset()) for fake in named], tmp_path_factory.mktemp("found"))
    return dict(zip([fake.key for fake in named], found, strict=True))


# One of each family whose fakes have their columns in the registry; the others are found in test_families.
KEYS = (
    "gkmlpt_groups",
    "jpaas_years",
    "hanweb_old",
    "openness-php",
    "trs",
    "vsb",
    "ilist",
    "static-query",
    "static-frame",
)


@pytest.mark.parametrize("key", KEYS)
def test_a_column_that_the_registry_does_not_name_is_found_from_the_front_page(seen, key):
    this = seen[key]

    assert set(this.outcomes) == {Outcome.COMPLETE}, this.details
    assert set(this.found) == this.expected


def page(body, status=200, **headers):
    return Page(f"<html><body>{body}</body></html>".encode(), HTML, status, headers)


def row(number, agency, year):
    title = f"{agency}{year}年政府信息公开工作年度报告"
    return f'<li><a href="/202501/t20250120_{number}.html">{title}</a><span>2025-01-20</span></li>'


ARTICLE = page("<h1>年报</h1>")
ROWS = f"<ul>{row(1, FINANCE, 2024)}{row(2, FINANCE, 2023)}</ul>"
ARTICLES = {f"/202501/t20250120_{number}.html": ARTICLE for number in (1, 2)}
REPORT = page(
    f"<h1>{FINANCE}2024年政府信息公开工作年度报告</h1><p>一、总体情况</p><p>二、主动公开政府信息情况</p>"
    "<p>三、收到和处理政府信息公开申请情况</p><p>五、存在的主要问题及改进情况</p>"
).body.replace(b"<html>", "<html><title>澄湖县财政局2024年政府信息公开工作年度报告</title>".encode())
LINKED = page('<a href="/new/nb/">政府信息公开年报</a><a href="/xw/">要闻</a>')
GONE = page("<p>抱歉，您访问的页面不存在</p>")

SITES = {
    "soft 404": {"/": LINKED, "/nb/": GONE, "/new/nb/": page(ROWS), **ARTICLES},
    "home instead": {"/": LINKED, "/nb/": page("", 302, Location="/"), "/new/nb/": page(ROWS), **ARTICLES},
    "gone": {"/": LINKED, "/nb/": page("", 410), "/new/nb/": page(ROWS), **ARTICLES},
    "gone for good": {"/": page('<a href="/xw/">要闻</a>'), "/nb/": GONE},
    "sent on": {"/nb/": page("", 301, Location="/new/nb/"), "/new/nb/": page(ROWS), **ARTICLES},
    "sent elsewhere": {
        "/nb/": page("", 302, Location="/jd/"),
        "/jd/": page(f"<h1>政策解读</h1>{ROWS}"),
        **ARTICLES,
    },
    "last year instead": {
        "/nb/": page('<ul><li><a href="/nb/2024/">2024年</a></li><li><a href="/nb/2025/">2025年</a></li></ul>'),
        "/nb/2024/": page(f"<ul>{row(1, FINANCE, 2024)}{row(2, FINANCE, 2023)}</ul>"),
        "/nb/2025/": page("", 302, Location="/nb/2024/"),
        **ARTICLES,
    },
    "newest report": {
        "/": page('<a href="/202501/t20250120_7.html">政府信息公开年报</a>'),
        "/202501/t20250120_7.html": Page(REPORT, HTML),
    },
    "on the map": {
        "/": page('<a href="/xw/">要闻</a><a href="/map.html">网站地图</a>'),
        "/map.html": page('<a href="/tj/nb/">年报</a><a href="/nb/">政府信息公开年报</a>'),
        "/nb/": page(ROWS),
        **ARTICLES,
    },
    "two pages on disclosure": {
        "/": page('<a href="/zwgk/">政务公开</a><a href="/xxgk/">政府信息公开</a>'),
        "/xxgk/": page('<a href="/szf/">政府信息公开年报</a>'),
        "/zwgk/": page('<a href="/tj/">年报</a><a href="/bm/">政府信息公开年报</a>'),
        "/szf/": page(f"<ul>{row(2, FINANCE, 2023)}</ul>"),
        "/bm/": page(f"<ul>{row(1, FINANCE, 2024)}</ul>"),
        **ARTICLES,
    },
    "map gone": {"/": page('<a href="/xw/">要闻</a><a href="/map.html">网站地图</a>')},
    "map refused": {
        "/": page('<a href="/xw/">要闻</a><a href="/map.html">网站地图</a>'),
        "/map.html": page("", 403),
    },
    "group by group": {
        "/": page('<a href="/zwgk/">政务公开</a>'),
        "/zwgk/": page('<a href="/zwgk/nb/">年度报告</a>'),
        "/zwgk/nb/": page('<a href="/zwgk/nb/2024n/">2024年</a>'),
        "/zwgk/nb/2024n/": page('<a href="/zwgk/nb/2024n/szfgzbm/">市政府工作部门</a>'),
        "/zwgk/nb/2024n/szfgzbm/": page(ROWS),
        **ARTICLES,
    },
}
TO_BE_FOUND = {"newest report", "group by group", "two pages on disclosure", "on the map", "map gone", "map refused"}


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    with ExitStack() as stack:
        servers = {key: stack.enter_context(PortalServer(Site(pages))) for key, pages in SITES.items()}
        portals, agencies = [], []
        for key, server in servers.items():
            columns = () if key in TO_BE_FOUND else (f"{server.base_url}nb/",)
            portals.append(Portal(key, key, server.base_url, (server.host,), None, columns, 0.0))
            agencies.append(Agency(key, FINANCE, AgencyKind.LOCAL_DEPARTMENT, "990123", key))
        request = CrawlRequest(
            now=NOW,
            portals=tuple(portals),
            agencies=tuple(agencies),
            years=(2024,),
            delay=0.0,
            allow_private_hosts=True,
            language="en",
        )
        run = read_run(crawl(request, data=tmp_path_factory.mktemp("data")))
    owners = {scan.id: scan.portal for scan in run.scans}
    found = {
        key: {candidate.report_year for candidate in run.candidates if owners[candidate.scan] == key} for key in SITES
    }
    return {scan.portal: (scan.outcome, found[scan.portal]) for scan in run.scans}


@pytest.mark.parametrize(
    ("key", "outcome", "years"),
    [
        ("soft 404", Outcome.MOVED, {2024, 2023}),
        ("home instead", Outcome.MOVED, {2024, 2023}),
        ("gone", Outcome.MOVED, {2024, 2023}),
        ("gone for good", Outcome.SOFT_404, set()),
        ("sent on", Outcome.COMPLETE, {2024, 2023}),
        ("sent elsewhere", Outcome.MOVED, {2024, 2023}),
        ("last year instead", Outcome.INCOMPLETE, {2024, 2023}),
        ("newest report", Outcome.INCOMPLETE, {2024}),
        ("group by group", Outcome.COMPLETE, {2024, 2023}),
        ("on the map", Outcome.COMPLETE, {2024, 2023}),
        ("two pages on disclosure", Outcome.COMPLETE, {2024, 2023}),
        ("map gone", Outcome.INCOMPLETE, set()),
        ("map refused", Outcome.BLOCKED, set()),
    ],
)
def test_where_the_column_is_not_at_its_address_it_is_looked_for(scanned, key, outcome, years):
    assert scanned[key] == (outcome, years)


def link(name, address):
    return Row(name, f"http://www.example.gov.cn{address}", None)


@pytest.mark.parametrize(
    "address",
    [
        "/xxgk/list.php?id=338",
        "/InfoPublic.aspx?cid=1019&pid=971&id=3",
        "/zwgk/4081330/4081347/index.html",
        "/zwgk/nb/",
    ],
)
def test_a_script_that_shows_a_list_may_be_the_column_whatever_its_fields_are_called(address):
    rows = [link("政府信息公开年报", address)]

    assert (report_columns(rows, lambda _: False), doubtful_columns(rows)) == ((rows[0].url,), ())


def test_a_column_of_the_departments_reports_is_found_beside_the_governments_own_and_ambiguous_names_are_not():
    rows = (
        link("县直部门政府信息公开年报", "/bm/"),
        *(link("政府信息公开年报", f"/{number}/") for number in range(4)),
        link("年报", "/tj/nb/"),
    )

    assert set(report_columns(rows, lambda _: True)) == {row.url for row in rows[:-1]}


def test_an_article_under_the_columns_name_is_taken_for_want_of_better_and_a_file_never_is():
    rows = [link("政府信息公开年报", "/202501/t20250120_7.html"), link("政府信息公开年报", "/2024.pdf")]

    assert (report_columns(rows, lambda _: False), doubtful_columns(rows)) == ((), (rows[0].url,))


SHELL = Page(
    b'<html><head><title>x</title></head><body><div id="app"></div><script src="/app.js"></script></body></html>', HTML
)
SCRIPT = Page(
    """setTimeout(function () { document.getElementById('app').innerHTML =
    '<ul><li><a href="/xw/">要闻</a></li><li><a href="/nb/">政府信息公开年报</a></li></ul><p>' +
    '有关工作正在按计划推进，详情以正式公告为准。'.repeat(5) + '</p>'; }, 300);""".encode(),
    "application/javascript; charset=utf-8",
)


@pytest.mark.browser
@pytest.mark.parametrize(("browser", "outcome"), [("auto", Outcome.COMPLETE), ("never", Outcome.INCOMPLETE)])
def test_the_column_is_found_on_a_front_page_that_a_script_draws_where_there_is_a_browser(tmp_path, browser, outcome):
    pages = {"/": SHELL, "/app.js": SCRIPT, "/nb/": page(ROWS), **ARTICLES}
    with PortalServer(Site(pages)) as server:
        portal = Portal("drawn", "drawn", server.base_url, (server.host,), delay=0.0)
        request = CrawlRequest(
            now=NOW,
            portals=(portal,),
            agencies=(Agency("cz", FINANCE, AgencyKind.LOCAL_DEPARTMENT, "990123", "drawn"),),
            years=(2024,),
            delay=0.0,
            browser=browser,
            allow_private_hosts=True,
        )
        (scan,) = read_run(crawl(request, data=tmp_path)).scans

    assert (scan.outcome, scan.rows_seen) == ((outcome, 2) if browser == "auto" else (outcome, 0)), scan.detail
