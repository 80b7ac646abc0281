"""One crawl over many portals on loopback, each with its own behaviour; what the run says of each of them."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.crawl import CrawlRequest, Progress, crawl
from crawler.runs import BODIES, PART, REQUEST, finished_runs, new_run, read_run, run_body
from storage.errors import CrawlError
from storage.records import SHANGHAI, Agency, AgencyKind, Outcome, Portal

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
DELAY = 0.03
PATIENT_DELAY = 0.3
EARLY = 0.005
"""Seconds that a timer may fire too soon."""

BUDGET = 12
FINANCE, CIVIL = "澄湖县财政局", "澄湖县民政局"
SHORTENED = ["澄湖县人力资源和社会保障局", "澄湖县住房和城乡建设局", "澄湖县市场监督管理局"]
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\n%%EOF\n"
CHALLENGE_412 = "<html><head><meta id='x' r='m'></head><body><script>$_ts=window['$_ts'];_$gW();</script></body></html>"
CHALLENGE_521 = "<script>document.cookie=('_')+('_')+('j')+('s')+('l');location.href=location.pathname</script>"
CHALLENGE_200 = "<noscript><h1>请开启JavaScript并刷新该页.</h1></noscript><script>eval(function(p,a){}('…',0))</script>"
SHELL = "<html><body><div id=app></div><script src=/static/app.js></script></body></html>"
ARTICLE = (
    "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>" + "本年度依法公开信息。" * 20 + "</p></body></html>"
)
REPORT = ARTICLE.replace(
    "<p>", "<p>一、总体情况</p><p>二、主动公开政府信息情况</p><p>五、存在的主要问题及改进情况</p><p>", 1
)
LINKED_REPORT = (
    "<html><head><title>澄湖县人民政府</title></head><body>"
    '<div class="nav"><a href="/">首页</a> &gt; <a href="/nb/">政府信息公开年报</a></div>'
    "<h1>2024年政府信息公开工作年度报告</h1><p>" + "澄湖县财政局依法公开信息。" * 20 + "</p>"
    '<p>下一篇：<a href="/nb/1_2024.html">澄湖县民政局2024年政府信息公开工作年度报告</a></p></body></html>'
)


@dataclass(frozen=True)
class Reply:
    body: bytes | str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """A portal on a port of its own that notes who comes when, and how many at once."""

    def __init__(self, pages=(), *, waits_for=None):
        self.pages = {"/robots.txt": Reply("", 404), **dict(pages)}
        self.paths: list[str] = []
        self.rests: list[float] = []
        self.agents: set[str] = set()
        self.cookie: str | None = None
        self.most_at_once = 0
        self.was_visited = threading.Event()
        self.waited_in_vain = False
        self._open = 0
        self._answered_at: float | None = None
        self._lock = threading.Lock()
        self._waits_for = waits_for
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def answer(self, path):
        found = self.pages.get(path, Reply("", 404))
        found = found(self) if callable(found) else found
        return Reply(found) if isinstance(found, bytes | str) else found

    def enter(self, path, agent, cookie):
        with self._lock:
            self.cookie = cookie
            self.paths.append(path)
            if self._answered_at is not None:
                self.rests.append(time.monotonic() - self._answered_at)
            self.agents.add(agent)
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
        self.was_visited.set()
        if self._waits_for is not None:
            self.waited_in_vain |= not self._waits_for.was_visited.wait(20)

    def leave(self):
        with self._lock:
            self._answered_at = time.monotonic()
            self._open -= 1

    def _handler(site):  # noqa: N805 (the handler below has a self of its own)
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.enter(self.path, self.headers["User-Agent"], self.headers["Cookie"])
                reply = site.answer(self.path)
                if reply is None:
                    site.leave()
                    return
                body = reply.body.encode() if isinstance(reply.body, str) else reply.body
                site.leave()
                self.send_response(reply.status)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler


def title(agency, year):
    return f"{agency}{year}年政府信息公开工作年度报告"


def row(address, text, day=""):
    return f'<li><a href="{address}" title="{text}">{text}</a><span>{day}</span></li>'


def listing(rows, *, after="", script="", nav=""):
    return (
        "<html><head><title>政府信息公开年报</title></head><body>"
        f'<div class="nav"><a href="/">首页</a><a href="/xw/">要闻</a>{nav}</div>'
        f'<div class="main"><ul class="list">{"".join(rows)}</ul>{after}</div>'
        f"<script>{script}</script></body></html>"
    )


def trs_row(number, agency, year):
    return row(f"./{year + 1}01/t{year + 1}0120_{number}.html", title(agency, year), f"{year + 1}-01-20")


TRS_ROWS = [
    trs_row(1, FINANCE, 2024),
    row("http://copies.example.org/t20250122_9.html", title(CIVIL, 2024), "2025-01-22"),
    row("./202501/t20250121_3.html", "全县政务公开培训会召开", "2025-01-21"),
    trs_row(4, FINANCE, 2023),
    row("./202401/t20240120_4_wap.html", title(FINANCE, 2023), "2024-01-20"),
    row("./P020240131.pdf", title(CIVIL, 2023), "2024-01-31"),
    trs_row(7, FINANCE, 2022),
    trs_row(8, "澄湖县气象局", 2024),
]
TRS_ARTICLES = {
    "/nb/202501/t20250120_1.html": ARTICLE.format("第一部分")
    + '<script>createPageHTML(2, 0, "t20250120_1", "html");</script>',
    "/nb/202501/t20250120_1_1.html": ARTICLE.format("第二部分"),
    "/nb/202401/t20240120_4.html": ARTICLE.format(title(FINANCE, 2023)),
    "/nb/P020240131.pdf": Reply(PDF, headers={"Content-Type": "text/html"}),
}


def trs_pages(call, *, second="index_1", third="index_2"):
    return {
        "/nb/": listing(TRS_ROWS[:3], script=call(0)),
        f"/nb/{second}.html": listing(TRS_ROWS[3:6], script=call(1)),
        f"/nb/{third}.html": listing(TRS_ROWS[6:], script=call(2)),
        **TRS_ARTICLES,
    }


def one_page(*rows, after=""):
    return {"/nb/": listing(rows, after=after), "/a/1001.html": ARTICLE.format(title(FINANCE, 2024))}


OWN_ROW = row("/a/1001.html", title(FINANCE, 2024), "2025-01-16")
OLD_ROW = row("/a/1000.html", title(FINANCE, 2021), "2022-01-16")


def fails_twice(site):
    return Reply("", 503) if site.paths.count("/nb/") < 3 else Reply(listing([OLD_ROW]))


def comes_after_a_while(site):
    return Reply("", 429, {"Retry-After": "1"}) if site.paths.count("/nb/") < 2 else Reply(listing([OLD_ROW]))


def wants_its_cookie(site):
    return (
        Reply(listing([OLD_ROW]))
        if site.cookie == "CT6T=1"
        else Reply("", 302, {"Location": "/nb/", "Set-Cookie": "CT6T=1"})
    )


def endless(number):
    row_here = row(f"/a/{5000 + number}.html", f"要闻第{number}则", "2025-01-01")
    return listing([row_here], after=f'<a href="/nb/p{number + 1}.html">下一页</a>')


def sites():
    canary = Site()
    slow = Site(one_page(OLD_ROW))
    return {
        "canary": canary,
        "trs": Site(trs_pages(lambda page: f'createPageHTML(3, {page}, "index", "html", "black2", 8);')),
        "hunan": Site(
            trs_pages(
                lambda page: f"createPageHTML('paging', 3, {page + 1}, 'index', 'html', 8);",
                second="index_2",
                third="index_3",
            )
        ),
        "off by one": Site(
            trs_pages(
                lambda page: f"createPageHTML('paging', 3, {page}, 'index', 'html');", second="index_2", third="index_3"
            )
        ),
        "variable": Site(trs_pages(lambda page: f"var currentPage = {page};//所在页\nvar countPage = 3//共多少页")),
        "stub": Site(
            trs_pages(lambda page: f'createPageHTML(3, {page}, "index", "html");')
            | {"/nb/index_1.html": "<html><head><title></title></head><body>" + " " * 300 + "</body></html>"}
        ),
        "total differs": Site(trs_pages(lambda page: f'createPageHTML(3, {page}, "index", "html", "black2", 9);')),
        "repeats": Site(
            {f"/nb/{name}": listing(TRS_ROWS[:3], script="var countPage = 2;") for name in ("", "index_1.html")}
            | TRS_ARTICLES
        ),
        "one page by words": Site(
            {
                "/nb/": listing([OWN_ROW], after='共1页 <a href="list_2.html">下一页</a>'),
                "/nb/list_2.html": listing([OWN_ROW], after='共1页 <a href="list_2.html">下一页</a>'),
                "/a/1001.html": ARTICLE.format(title(FINANCE, 2024)),
            }
        ),
        "another's words": Site(
            {
                "/nb/": listing([OWN_ROW], after='共1页 <a href="list_2.html">下一页</a>'),
                "/nb/list_2.html": listing([OLD_ROW], after='<a href="./">上一页</a> <span>下一页</span>'),
                "/a/1001.html": ARTICLE.format(title(FINANCE, 2024)),
            }
        ),
        "next links": Site(
            {
                "/nb/": listing([OWN_ROW], after='共2条 <a href="list_2.html">下一页</a>'),
                "/nb/list_2.html": listing([OLD_ROW], after='共2条 <a href="./">上一页</a> <span>下一页</span>'),
                "/a/1001.html": ARTICLE.format(title(FINANCE, 2024)),
            }
        ),
        "bare titles": Site(
            one_page(
                row("/a/1001.html", "2024年政府信息公开工作年度报告", "2025-01-16"),
                row("/a/1002.html", title(CIVIL, 2024)),
            )
        ),
        "years": Site(
            {
                "/nb/": listing(
                    [], nav='<a href="2024n/">2024年</a><a href="2023n/">2023年</a><a href="2012n/">2012年</a>'
                ),
                "/nb/2024n/": listing([], nav='<a href="bm/">县政府工作部门</a><a href="xz/">乡镇街道</a>'),
                "/nb/2024n/bm/": listing([OWN_ROW]),
                "/nb/2024n/xz/": listing([row("/a/1003.html", title("石梁镇人民政府", 2024))]),
                "/nb/2023n/": listing([row("/a/1004.html", title(FINANCE, 2023))]),
                "/a/1001.html": ARTICLE.format("甲"),
                "/a/1004.html": ARTICLE.format("乙"),
            }
        ),
        "year is a report": Site(
            {
                "/nb/": listing([], nav='<a href="2024n/">2024年</a><a href="2023n/">2023年</a>'),
                "/nb/2024n/": REPORT.format(title(FINANCE, 2024)),
                "/nb/2023n/": REPORT.format(title(FINANCE, 2023)),
            }
        ),
        "year is a titled report": Site(
            {
                "/nb/": listing(
                    [
                        row("/nb/0_2024.html", "2024年政府信息公开工作年度报告", "2025-01-16"),
                        row("/nb/1_2024.html", title(CIVIL, 2024), "2025-01-17"),
                        row("/nb/2023n/", "2023年政府信息公开年报", "2024-01-17"),
                    ]
                ),
                "/nb/0_2024.html": LINKED_REPORT,
                "/nb/1_2024.html": ARTICLE.format("乙"),
                "/nb/2023n/": listing([row("/nb/0_2023.html", title(FINANCE, 2023), "2024-01-16")]),
                "/nb/0_2023.html": ARTICLE.format("甲"),
            }
        ),
        "column is a report": Site(
            {"/nb/": Reply("", 302, {"Location": "/a/7.html"}), "/a/7.html": REPORT.format(title(FINANCE, 2024))}
        ),
        "year is gone": Site({"/nb/": listing([OLD_ROW], nav='<a href="2024n/">2024年</a>')}),
        "frame": Site({"/nb/": '<iframe src="list.html"></iframe>', "/nb/list.html": listing([OLD_ROW])}),
        "cookie": Site({"/nb/": wants_its_cookie}),
        "dead": Site(),
        "robots hangs up": Site(one_page(OWN_ROW) | {"/robots.txt": None}),
        "jpage": Site(
            {"/nb/": listing([OLD_ROW], script="$('#1').jpage({proxyUrl:'/module/web/jpage/dataproxy.jsp'})")}
        ),
        "undecodable": Site({"/nb/": bytes(range(128, 256)) * 9}),
        "torn title": Site({"/nb/": listing([OLD_ROW]).encode().replace("报告".encode(), b"\xe6\x8a")}),
        "412": Site({"/nb/": Reply(CHALLENGE_412, 412)}),
        "521": Site({"/nb/": Reply(CHALLENGE_521, 521)}),
        "200 challenge": Site({"/nb/": CHALLENGE_200}),
        "403": Site({"/nb/": Reply("Forbidden", 403)}),
        "503": Site({"/nb/": Reply("", 503)}),
        "503 in passing": Site({"/nb/": fails_twice}),
        "429 in passing": Site({"/nb/": comes_after_a_while}),
        "robots 503": Site(one_page(OWN_ROW) | {"/robots.txt": Reply("", 503)}),
        "robots 403": Site(one_page(OWN_ROW) | {"/robots.txt": Reply("no", 403)}),
        "robots challenge": Site(one_page(OWN_ROW) | {"/robots.txt": Reply(CHALLENGE_412, 403)}),
        "robots page": Site(
            one_page(OWN_ROW) | {"/robots.txt": "<!DOCTYPE html><html>User-agent: *\nDisallow: /\n</html>"}
        ),
        "robots disallow": Site(one_page(OWN_ROW) | {"/robots.txt": "User-agent: *\nDisallow: /nb/\n"}),
        "robots for us": Site(
            one_page(OWN_ROW) | {"/robots.txt": "User-agent: *\nDisallow: /\n\nUser-agent: NianBao\nDisallow: /x\n"}
        ),
        "leads away": Site({"/nb/": Reply("", 302, {"Location": f"{canary.url}/nb/"})}),
        "leads away by page": Site({"/nb/": f'<script>location.href="{canary.url}/nb/";</script>'}),
        "leads here by page": Site(
            {"/nb/": '<script>window.location.href="/nb/list/"</script>', "/nb/list/": listing([OLD_ROW])}
        ),
        "moved": Site(
            {
                "/": listing([], nav='<a href="/new/nb/">信息公开年报</a>'),
                "/new/nb/": listing([OWN_ROW, OLD_ROW]),
                "/a/1001.html": ARTICLE.format("甲"),
            }
        ),
        "gone": Site({"/": listing([OLD_ROW])}),
        "gone with the portal": Site({"/": Reply(CHALLENGE_412, 412)}),
        "found": Site(
            {
                "/": listing([OLD_ROW], nav='<a href="/tj/">年报</a><a href="/zwgk/">政务公开</a>'),
                "/zwgk/": listing([], nav='<a href="/zwgk/gknb/">年报</a>'),
                "/zwgk/gknb/": listing([OWN_ROW]),
                "/a/1001.html": ARTICLE.format("甲"),
            }
        ),
        "not found": Site({"/": listing([OLD_ROW])}),
        "mislabelled": Site(
            one_page(OWN_ROW)
            | {"/nb/": listing([OWN_ROW, row("/a/1005.html", title("䶮江镇人民政府", 2024))]).encode("gb18030")}
        ),
        "trap": Site({"/nb/": endless(1), **{f"/nb/p{number}.html": endless(number) for number in range(2, 99)}}),
        "shell": Site({"/nb/": SHELL}),
        "soft 404": Site({"/nb/": "<html><body><p>您访问的页面不存在</p></body></html>"}),
        "home instead": Site({"/nb/": Reply("", 302, {"Location": "/"}), "/": listing([OLD_ROW])}),
        "refuses articles": Site(
            {
                "/nb/": listing(
                    [row(f"/a/{number}.html", title(f"澄湖县第{number}中学", 2024)) for number in range(901, 906)]
                ),
                **{f"/a/{number}.html": Reply("", 403) for number in range(901, 906)},
            }
        ),
        "cut titles": Site(
            {
                "/nb/": listing(
                    [
                        row("/a/1001.html", f"{FINANCE}2024年政府信息公开工…"),
                        row("/a/1002.html", f"{CIVIL}2024年政..."),
                        row("/a/1003.html", "2024年澄湖县民政…"),
                        row("/a/1004.html", "石梁镇2024年政府信息…"),
                        row("/a/1005.html", f"{FINANCE}2021年政府信息公开工…"),
                        row("/a/1006.html", f"{FINANCE}2024年法治政府建设…"),
                        row("/a/1007.html", "县财政局召开警示教育大…"),
                    ]
                ),
                **{f"/a/{number}.html": ARTICLE.format("年报") for number in range(1001, 1008)},
            }
        ),
        "short names": Site(
            {
                "/nb/": listing(
                    [
                        row("/a/1001.html", title("县人社局", 2024)),
                        row("/a/1002.html", title("住建局", 2024)),
                        row("/a/1003.html", title("县市监局", 2024)),
                        row("/a/1004.html", title("澄湖县市场监督管理局", 2024)),
                        row("/a/1005.html", title("澄湖县气象局", 2024)),
                        row("/a/1006.html", title("石梁镇人民政府", 2024)),
                    ]
                ),
                **{f"/a/{number}.html": ARTICLE.format("年报") for number in range(1001, 1007)},
            }
        ),
        "refuses a doubtful row": Site(
            {
                "/nb/": listing(
                    [OLD_ROW, row("/a/1002.html", title("县民政", 2024)), row("/a/1003.html", "2024年政…")]
                ),
                "/a/1002.html": Reply("", 500),
                "/a/1003.html": Reply("", 403),
            }
        ),
        "unknown family": Site(one_page(OWN_ROW)),
        "endless body": Site({"/nb/": Reply(b"x" * (9 * 1024 * 1024))}),
        "patient": Site(one_page(OWN_ROW)),
        "robots delay": Site(one_page(OWN_ROW) | {"/robots.txt": f"User-agent: *\nCrawl-delay: {PATIENT_DELAY}\n"}),
        "slow": slow,
        "waits for slow": Site(one_page(OLD_ROW), waits_for=slow),
    }


def portal_of(key, site):
    columns = () if key in {"found", "not found"} else (f"{site.url}/nb/",)
    return Portal(
        id=key,
        name=key,
        base_url=f"{site.url}/",
        hosts=(f"127.0.0.1:{site.port}",),
        columns=columns,
        family="wordpress" if key == "unknown family" else None,
        delay=PATIENT_DELAY if key == "patient" else None,
    )


def agencies_of(key):
    names = {
        "refuses articles": [f"澄湖县第{number}中学" for number in range(901, 906)],
        "bare titles": [FINANCE],
        "mislabelled": [FINANCE, "䶮江镇人民政府"],
        "short names": SHORTENED,
    }.get(key, [FINANCE, CIVIL])
    kind = AgencyKind.LOCAL_DEPARTMENT
    return tuple(Agency(f"{key}/{name}", name, kind, "990123", key) for name in names)


@dataclass(frozen=True)
class Crawled:
    run: object
    folder: Path
    sites: dict[str, Site]
    progress: list[Progress]

    def scans(self, key):
        return [scan for scan in self.run.scans if scan.portal == key]

    def scan(self, key):
        (scan,) = self.scans(key)
        return scan

    def outcome(self, key):
        return self.scans(key)[0].outcome

    def candidates(self, key):
        own = {scan.id for scan in self.scans(key)}
        return [candidate for candidate in self.run.candidates if candidate.scan in own]

    def captures(self, key):
        own = {scan.id for scan in self.scans(key)}
        return [capture for capture in self.run.captures if capture.scan in own]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    with ExitStack() as stack:
        running = {key: stack.enter_context(site) for key, site in sites().items()}
        running["dead"].close()
        visited = {key: site for key, site in running.items() if key != "canary"}
        request = CrawlRequest(
            now=NOW,
            portals=tuple(portal_of(key, site) for key, site in visited.items()),
            agencies=tuple(agency for key in visited for agency in agencies_of(key)),
            years=(2024,),
            control_years=(2023,),
            delay=DELAY,
            allow_private_hosts=True,
            language="en",
            page_budget=BUDGET,
        )
        progress = []
        folder = crawl(request, data=tmp_path_factory.mktemp("data"), progress=progress.append)
        yield Crawled(read_run(folder), folder, running, progress)


OUTCOMES = {
    "trs": Outcome.COMPLETE,
    "hunan": Outcome.COMPLETE,
    "off by one": Outcome.COMPLETE,
    "variable": Outcome.COMPLETE,
    "stub": Outcome.INCOMPLETE,
    "total differs": Outcome.INCOMPLETE,
    "repeats": Outcome.INCOMPLETE,
    "next links": Outcome.COMPLETE,
    "one page by words": Outcome.COMPLETE,
    "another's words": Outcome.COMPLETE,
    "bare titles": Outcome.COMPLETE,
    "years": Outcome.COMPLETE,
    "year is a report": Outcome.COMPLETE,
    "year is a titled report": Outcome.COMPLETE,
    "column is a report": Outcome.INCOMPLETE,
    "year is gone": Outcome.INCOMPLETE,
    "frame": Outcome.COMPLETE,
    "cookie": Outcome.COMPLETE,
    "dead": Outcome.UNREACHABLE,
    "robots hangs up": Outcome.ROBOTS_UNREACHABLE,
    "jpage": Outcome.INCOMPLETE,
    "undecodable": Outcome.UNDECODABLE,
    "torn title": Outcome.UNDECODABLE,
    "412": Outcome.BLOCKED,
    "521": Outcome.BLOCKED,
    "200 challenge": Outcome.BLOCKED,
    "403": Outcome.BLOCKED,
    "503": Outcome.UNREACHABLE,
    "503 in passing": Outcome.COMPLETE,
    "429 in passing": Outcome.COMPLETE,
    "robots 503": Outcome.ROBOTS_UNREACHABLE,
    "robots 403": Outcome.ROBOTS_REFUSED,
    "robots challenge": Outcome.BLOCKED,
    "robots page": Outcome.COMPLETE,
    "robots disallow": Outcome.ROBOTS_REFUSED,
    "robots for us": Outcome.COMPLETE,
    "leads away": Outcome.MOVED,
    "leads away by page": Outcome.MOVED,
    "leads here by page": Outcome.COMPLETE,
    "moved": Outcome.MOVED,
    "gone": Outcome.MOVED,
    "gone with the portal": Outcome.BLOCKED,
    "found": Outcome.COMPLETE,
    "not found": Outcome.INCOMPLETE,
    "mislabelled": Outcome.COMPLETE,
    "trap": Outcome.TRAPPED,
    "shell": Outcome.NEEDS_BROWSER,
    "soft 404": Outcome.SOFT_404,
    "home instead": Outcome.SOFT_404,
    "refuses articles": Outcome.COMPLETE,
    "cut titles": Outcome.COMPLETE,
    "short names": Outcome.COMPLETE,
    "refuses a doubtful row": Outcome.COMPLETE,
    "unknown family": Outcome.COMPLETE,
    "endless body": Outcome.INCOMPLETE,
    "patient": Outcome.COMPLETE,
    "robots delay": Outcome.COMPLETE,
    "slow": Outcome.COMPLETE,
    "waits for slow": Outcome.COMPLETE,
}


@pytest.mark.parametrize("key", OUTCOMES)
def test_each_behaviour_ends_in_its_own_outcome(crawled, key):
    assert crawled.outcome(key) == OUTCOMES[key], crawled.scans(key)[0].detail


def test_a_list_with_a_stated_total_is_proven_by_it(crawled):
    scan = crawled.scans("trs")[0]

    assert (scan.end_proof, scan.stated_total, scan.rows_seen) == ("stated_total", 8, 7)
    assert [(page.status, page.rows) for page in scan.pages] == [(200, 3), (200, 3), (200, 2)]


@pytest.mark.parametrize(
    ("key", "proof"),
    [
        ("off by one", "last_page"),
        ("variable", "last_page"),
        ("next links", "stated_total"),
        ("one page by words", "last_page"),
        ("another's words", "last_page"),
        ("bare titles", "single_page"),
        ("years", "single_page"),
        ("stub", None),
        ("trap", None),
        ("412", None),
    ],
)
def test_the_end_of_a_list_is_proven_or_it_is_not_complete(crawled, key, proof):
    assert crawled.scans(key)[0].end_proof == proof


def test_a_next_page_that_is_linked_is_read_whatever_the_words_around_say(crawled):
    assert [crawled.scans(key)[0].rows_seen for key in ("one page by words", "another's words")] == [1, 2]


def test_other_totals_than_the_rows_seen_are_named(crawled):
    scan = crawled.scans("total differs")[0]

    assert scan.stated_total == 9
    assert scan.detail == f"the list states 9 rows, 7 were seen: {crawled.sites['total differs'].url}/nb/"


@pytest.mark.parametrize("key", ["trs", "hunan", "off by one", "variable"])
def test_every_dialect_of_the_pager_shows_the_same_rows(crawled, key):
    site = crawled.sites[key]
    found = [
        (candidate.title, candidate.url.removeprefix(f"{site.url}/nb/"), candidate.agency, candidate.report_year)
        for candidate in crawled.candidates(key)
    ]

    assert found == [
        (title(FINANCE, 2024), "202501/t20250120_1.html", f"{key}/{FINANCE}", 2024),
        (title(FINANCE, 2023), "202401/t20240120_4.html", f"{key}/{FINANCE}", 2023),
        (title(CIVIL, 2023), "P020240131.pdf", f"{key}/{CIVIL}", 2023),
        (title(FINANCE, 2022), "202301/t20230120_7.html", f"{key}/{FINANCE}", 2022),
        (title("澄湖县气象局", 2024), "202501/t20250120_8.html", None, 2024),
        (title(CIVIL, 2024), "http://copies.example.org/t20250122_9.html", None, 2024),
    ]


def test_wanted_years_of_our_agencies_are_fetched_and_nothing_else(crawled):
    site = crawled.sites["trs"]

    assert [path for path in site.paths if path.startswith("/nb/") and path[4:] and "index" not in path] == [
        "/nb/202501/t20250120_1.html",
        "/nb/202501/t20250120_1_1.html",
        "/nb/202401/t20240120_4.html",
        "/nb/P020240131.pdf",
    ]
    assert Counter(site.paths).most_common(1)[0][1] == 1


def test_an_article_in_two_parts_is_captured_as_one(crawled):
    capture = crawled.captures("trs")[0]
    whole = run_body(crawled.folder, capture.digest).decode()

    assert whole.index("第一部分") < whole.index("第二部分")
    parts = [run_body(crawled.folder, digest).decode() for digest in capture.headers["X-Nianbao-Parts"].split()]
    assert parts == [TRS_ARTICLES[f"/nb/202501/{name}.html"] for name in ("t20250120_1", "t20250120_1_1")]


def test_a_row_that_is_a_file_is_captured_as_it_is(crawled):
    capture = crawled.captures("trs")[2]

    assert run_body(crawled.folder, capture.digest) == PDF
    assert (capture.title, capture.listed_on, capture.status) == (title(CIVIL, 2023), date(2024, 1, 31), 200)


def test_a_report_listed_on_a_foreign_host_proves_neither_presence_nor_absence(crawled):
    complete, unseen = crawled.scans("trs")

    assert (complete.outcome, complete.agencies) == (Outcome.COMPLETE, (f"trs/{FINANCE}", f"trs/{CIVIL}"))
    assert (unseen.outcome, unseen.agencies) == (Outcome.INCOMPLETE, (f"trs/{CIVIL}",))
    assert "copies.example.org" in unseen.detail


def test_a_control_is_a_row_with_agency_and_year(crawled):
    assert crawled.scans("trs")[0].control_title == title(FINANCE, 2024)
    assert crawled.scan("bare titles").control_title == title(CIVIL, 2024)
    assert crawled.scan("trap").control_title is None


def test_a_bare_title_in_the_column_of_one_agency_is_that_agencys(crawled):
    assert [(candidate.agency, candidate.report_year) for candidate in crawled.candidates("bare titles")] == [
        (f"bare titles/{FINANCE}", 2024),
        (None, 2024),
    ]


def test_columns_by_year_and_group_are_entered_but_not_those_of_years_long_gone(crawled):
    assert crawled.sites["years"].paths == [
        "/robots.txt",
        "/nb/",
        "/nb/2024n/",
        "/nb/2024n/bm/",
        "/nb/2024n/xz/",
        "/nb/2023n/",
        "/a/1001.html",
        "/a/1004.html",
    ]


def test_a_report_that_stands_in_a_columns_place_is_captured(crawled):
    captures = [*crawled.captures("year is a report"), *crawled.captures("column is a report")]

    assert [(capture.agency, capture.report_year) for capture in captures] == [
        (f"year is a report/{FINANCE}", 2024),
        (f"year is a report/{FINANCE}", 2023),
        (f"column is a report/{FINANCE}", 2024),
    ]


def test_a_report_whose_bare_title_looks_like_a_years_column_is_captured(crawled):
    captures = crawled.captures("year is a titled report")

    assert {(capture.url.rpartition("/")[2], capture.agency, capture.report_year) for capture in captures} == {
        ("0_2024.html", None, 2024),
        ("1_2024.html", f"year is a titled report/{CIVIL}", 2024),
        ("0_2023.html", f"year is a titled report/{FINANCE}", 2023),
    }


@pytest.mark.parametrize("key", ["412", "521", "200 challenge", "403"])
def test_a_refusal_is_asked_for_once_and_kept_as_evidence(crawled, key):
    (page,) = crawled.scan(key).pages

    assert crawled.sites[key].paths == ["/robots.txt", "/nb/"]
    assert run_body(crawled.folder, page.digest)


def test_a_server_in_trouble_is_asked_three_times(crawled):
    assert crawled.sites["503"].paths == ["/robots.txt", "/nb/", "/nb/", "/nb/"]


def test_a_server_that_asks_for_a_pause_is_given_it(crawled):
    assert max(crawled.sites["429 in passing"].rests) >= 1 - EARLY


@pytest.mark.parametrize("key", ["robots 503", "robots challenge"])
def test_without_robots_nothing_else_is_asked_for(crawled, key):
    assert set(crawled.sites[key].paths) == {"/robots.txt"}


def test_what_robots_closes_is_not_asked_for(crawled):
    assert crawled.sites["robots disallow"].paths == ["/robots.txt"]


def test_nothing_connects_to_another_port_of_the_same_host(crawled):
    assert crawled.sites["canary"].paths == []


def test_a_column_found_elsewhere_on_the_portal_is_looked_at_instead(crawled):
    scan, site = crawled.scan("moved"), crawled.sites["moved"]

    assert (scan.column_url, scan.pages[0].url) == (f"{site.url}/nb/", f"{site.url}/new/nb/")
    assert scan.detail == f"the column {site.url}/nb/ is gone, {site.url}/new/nb/ was looked at instead"
    assert [(found.agency, found.report_year) for found in crawled.captures("moved")] == [(f"moved/{FINANCE}", 2024)]
    assert len(crawled.candidates("moved")) == 2


def test_a_column_is_found_from_the_front_page_under_information_disclosure(crawled):
    scan, site = crawled.scan("found"), crawled.sites["found"]

    assert scan.column_url == f"{site.url}/zwgk/gknb/"
    assert site.paths == ["/robots.txt", "/", "/zwgk/", "/zwgk/gknb/", "/a/1001.html"]


def test_a_page_in_gb18030_that_claims_utf_8_is_read(crawled):
    assert [candidate.agency for candidate in crawled.candidates("mislabelled")] == [
        f"mislabelled/{FINANCE}",
        "mislabelled/䶮江镇人民政府",
    ]


def test_an_endless_list_is_left_at_the_budget(crawled):
    assert len([path for path in crawled.sites["trap"].paths if path.startswith("/nb/")]) == BUDGET


def test_after_three_refusals_a_portal_is_left_alone(crawled):
    assert [path for path in crawled.sites["refuses articles"].paths if path.startswith("/a/")] == [
        "/a/901.html",
        "/a/902.html",
        "/a/903.html",
    ]
    assert "5 reports could not be fetched" in crawled.scan("refuses articles").detail


def articles_asked_for(crawled, key):
    return [path for path in crawled.sites[key].paths if path.startswith("/a/")]


def test_rows_whose_title_is_cut_are_fetched_and_the_row_alone_says_of_nobody_that_it_is_found(crawled):
    assert articles_asked_for(crawled, "cut titles") == ["/a/1001.html", "/a/1002.html", "/a/1003.html"]
    assert [(found.agency, found.report_year) for found in crawled.candidates("cut titles")] == [
        (None, 2024),
        (None, 2024),
        (None, 2024),
        (None, 2021),
    ]


def test_rows_with_an_agencys_short_name_are_fetched_where_it_has_no_row_of_its_own(crawled):
    assert articles_asked_for(crawled, "short names") == ["/a/1001.html", "/a/1002.html", "/a/1004.html"]
    assert [found.agency for found in crawled.captures("short names")] == [None, None, f"short names/{SHORTENED[2]}"]


def test_a_doubtful_row_that_cannot_be_had_leaves_the_absence_of_those_it_may_be_of_unproven(crawled):
    complete, *unseen = crawled.scans("refuses a doubtful row")

    assert complete.outcome == Outcome.COMPLETE
    assert [(scan.outcome, [agency.partition("/")[2] for agency in scan.agencies]) for scan in unseen] == [
        (Outcome.INCOMPLETE, [FINANCE, CIVIL])
    ]


def test_an_unknown_family_in_the_registry_is_recognised_instead_and_noted(crawled):
    assert "unknown content system “wordpress”" in crawled.scan("unknown family").detail
    assert len(crawled.captures("unknown family")) == 1


def test_each_portal_sees_one_request_at_a_time(crawled):
    assert {key: site.most_at_once for key, site in crawled.sites.items() if site.most_at_once > 1} == {}


def test_the_delay_lies_between_an_answer_and_the_next_request_to_that_portal(crawled):
    rests = {key: min(site.rests, default=None) for key, site in crawled.sites.items()}

    assert {key: rest for key, rest in rests.items() if rest is not None and rest < DELAY - EARLY} == {}


def test_a_portals_own_delay_and_the_crawl_delay_of_its_robots_are_kept(crawled):
    assert min(crawled.sites["patient"].rests) >= PATIENT_DELAY - EARLY
    assert min(crawled.sites["robots delay"].rests) >= PATIENT_DELAY - EARLY


def test_portals_on_one_host_are_visited_at_the_same_time(crawled):
    assert not crawled.sites["waits for slow"].waited_in_vain


def test_every_request_says_who_we_are(crawled):
    (agent,) = {agent for site in crawled.sites.values() for agent in site.agents}

    assert agent.startswith("nianbao/")
    assert agent.endswith(" (+mailto:ops@example.org)")


def test_a_scans_time_counts_from_the_requests_instant(crawled):
    times = [scan.started_at for scan in crawled.run.scans]

    assert NOW <= min(times) <= max(times) < NOW + timedelta(minutes=5)


def test_progress_is_told_while_the_crawl_lasts(crawled):
    last = crawled.progress[-1]

    assert (last.portals_done, last.portals_total) == (len(OUTCOMES), len(OUTCOMES))
    assert len(crawled.progress) >= len(OUTCOMES)


@pytest.fixture
def site():
    with Site(one_page(OWN_ROW)) as running:
        yield running


def asked_of(site, **changes):
    values = {"years": (2024,), "delay": 0.0, "allow_private_hosts": True, "language": "en"} | changes
    return CrawlRequest(now=NOW, portals=(portal_of("one", site),), agencies=agencies_of("one"), **values)


def scrapy(*arguments, **options):
    environment = os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_private_addresses_are_not_connected_to_unless_the_operator_admits_them(site, tmp_path):
    folder = crawl(asked_of(site, allow_private_hosts=False), data=tmp_path)

    (scan,) = read_run(folder).scans
    assert (scan.outcome, scan.detail) == (
        Outcome.UNREACHABLE,
        (
            f"{site.url}/nb/ is a private or loopback address,"
            " which the configuration (crawl.allow_private_hosts) does not admit"
        ),
    )
    assert site.paths == []


def test_a_name_that_leads_to_this_machine_is_not_connected_to(site, tmp_path):
    named = Portal(
        "one",
        "一",
        f"http://localhost:{site.port}/",
        (f"localhost:{site.port}",),
        None,
        (f"http://localhost:{site.port}/nb/",),
    )
    request = CrawlRequest(now=NOW, portals=(named,), agencies=agencies_of("one"), years=(2024,), delay=0.0)

    assert [scan.outcome for scan in read_run(crawl(request, data=tmp_path)).scans] == [Outcome.UNREACHABLE]
    assert site.paths == []


def test_an_offices_proxy_connects_in_our_place(tmp_path):
    home = "http://www.example.gov.cn"
    portal = Portal("one", "一", f"{home}/", ("www.example.gov.cn:80",), None, (f"{home}/nb/",))
    with Site({f"{home}/robots.txt": Reply("", 404), f"{home}/nb/": listing([OLD_ROW])}) as proxy:
        behind = f"http://user:secret@127.0.0.1:{proxy.port}"
        request = replace(asked_of(proxy), portals=(portal,), allow_private_hosts=False, proxy=behind)
        folder = crawl(request, data=tmp_path)

    assert [scan.outcome for scan in read_run(folder).scans] == [Outcome.COMPLETE]
    assert proxy.paths == [f"{home}/robots.txt", f"{home}/nb/"]


def test_nothing_to_look_at_is_no_run(site, tmp_path):
    request = CrawlRequest(now=NOW, portals=(portal_of("one", site),), agencies=(), years=(2024,))

    assert crawl(request, data=tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_crawl_that_dies_raises_with_its_last_words(site, tmp_path):
    request = asked_of(site)
    broken = replace(request, now=NOW.replace(tzinfo=None))

    with pytest.raises(CrawlError, match="is not a readable request"):
        crawl(broken, data=tmp_path)

    assert finished_runs(tmp_path / "runs") == ()


def test_a_killed_crawl_leaves_nothing_that_is_read_and_the_next_clears_it_away(tmp_path):
    with Site() as never, Site(one_page(OWN_ROW), waits_for=never) as site:
        part = new_run(tmp_path / "runs", asked_of(site))
        child = scrapy("crawl", "reports", "-a", f"request={part / REQUEST}")
        site.was_visited.wait(20)
        child.kill()
        child.communicate()
        never.was_visited.set()

        assert finished_runs(tmp_path / "runs") == ()
        assert [path.suffix for path in (tmp_path / "runs").glob("*.part")] == [PART]
        folder = crawl(asked_of(site), data=tmp_path)

        assert finished_runs(tmp_path / "runs") == (folder,)
        assert list((tmp_path / "runs").glob("*.part")) == []


def test_a_crawl_ends_with_its_parent(tmp_path):
    with Site() as never, Site(one_page(OWN_ROW), waits_for=never) as site:
        part = new_run(tmp_path, asked_of(site))
        arguments = ("crawl", "reports", "-a", f"request={part / REQUEST}", "-a", "parent=stdin")
        child = scrapy(*arguments, stdin=subprocess.PIPE)
        site.was_visited.wait(20)
        child.communicate(timeout=20)
        never.was_visited.set()

    assert child.returncode == 1
    assert finished_runs(tmp_path) == ()


def test_our_own_failure_ends_one_places_scan_and_loses_no_other(site, tmp_path):
    with Site(one_page(OLD_ROW)) as other:
        request = replace(
            asked_of(site),
            portals=(portal_of("one", site), portal_of("two", other)),
            agencies=(*agencies_of("one"), *agencies_of("two")),
        )
        part = new_run(tmp_path, request)
        (part / BODIES).mkdir()
        digest = hashlib.sha256(listing([OLD_ROW]).encode()).hexdigest()
        (part / BODIES / f"{digest}.zst").symlink_to(tmp_path / "absent" / "folder")
        child = scrapy("crawl", "reports", "-a", f"request={part / REQUEST}")
        child.communicate(timeout=60)

    run = read_run(part.with_name(part.name.removesuffix(PART)))
    assert {scan.portal: (scan.outcome, "this program failed" in scan.detail) for scan in run.scans} == {
        "one": (Outcome.COMPLETE, False),
        "two": (Outcome.INCOMPLETE, True),
    }


def test_a_failure_of_ours_after_a_scan_was_written_leaves_nobodys_absence_proven(tmp_path):
    report = ARTICLE.format(title(CIVIL, 2024))
    pages = {
        "/": listing([], nav='<a href="/nb/">政府信息公开年报</a><a href="/nb2/">政府信息公开年报</a>'),
        "/nb/": listing([OLD_ROW]),
        "/nb2/": listing([row("/a/1002.html", title(CIVIL, 2024))]),
        "/a/1002.html": report,
    }
    with Site(pages) as site:
        request = asked_of(site)
        part = new_run(tmp_path, replace(request, portals=(replace(request.portals[0], columns=()),)))
        (part / BODIES).mkdir()
        digest = hashlib.sha256(report.encode()).hexdigest()
        (part / BODIES / f"{digest}.zst").symlink_to(tmp_path / "absent" / "folder")
        scrapy("crawl", "reports", "-a", f"request={part / REQUEST}").communicate(timeout=60)

    scans = read_run(part.with_name(part.name.removesuffix(PART))).scans
    assert [(scan.outcome, len(scan.agencies)) for scan in scans] == [(Outcome.COMPLETE, 2), (Outcome.INCOMPLETE, 2)]
    # The database takes one scan of an id, the first.
    assert len({scan.id for scan in scans}) == 2


def test_scrapy_lists_the_one_spider():
    out, _ = scrapy("list", cwd=ROOT).communicate(timeout=60)

    assert out == "reports\n"


def test_by_hand_the_configuration_beside_is_crawled(site, tmp_path):
    (tmp_path / "registry").mkdir()
    (tmp_path / "nianbao.toml").write_text("[crawl]\nallow_private_hosts = true\ndelay = 0.0\n", encoding="utf-8")
    (tmp_path / "registry" / "portals.toml").write_text(
        f'[one]\nname = "一"\nbase_url = "{site.url}/"\ncolumns = ["{site.url}/nb/"]\n', encoding="utf-8"
    )
    (tmp_path / "registry" / "agencies.csv").write_text(
        "id,name,kind,region,portal,column_url,aliases,parent,active_from,active_to,due,due_basis\n"
        f"a,{FINANCE},local_department,990123,one,,,,,,,\n",
        encoding="utf-8",
    )
    _, log = scrapy("crawl", "reports", cwd=tmp_path).communicate(timeout=60)

    runs = finished_runs(tmp_path / "data" / "runs")
    assert len(runs) == 1, log
    assert [scan.outcome for scan in read_run(runs[0]).scans] == [Outcome.COMPLETE]


def test_by_hand_without_a_configuration_the_last_line_says_so(tmp_path):
    child = scrapy("crawl", "reports", cwd=tmp_path)
    _, log = child.communicate(timeout=60)

    assert (child.returncode, "nianbao.toml" in log.strip().splitlines()[-1]) == (1, True)
