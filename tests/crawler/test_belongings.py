"""How an article's files, frames and pictures are fetched: politely, boundedly, and each of them once."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import pytest

from crawler.crawl import CrawlRequest, crawl
from crawler.runs import read_run
from crawler.simulator.enclosing import REFUSAL
from crawler.simulator.made_up import Medium, made_up_report
from crawler.simulator.renderers.markup import plain_body
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from storage.enclosures import EnclosureKind
from storage.records import SHANGHAI, Agency, AgencyKind, Outcome, Portal

if TYPE_CHECKING:
    from storage.records import Capture, Scan

NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
PDF = Page(b"%PDF-1.4\n1 0 obj << >> endobj\n%%EOF\n", "application/pdf")
PNG = Page(b"\x89PNG\r\n\x1a\n", "image/png")
SPLIT = "/a/t20250101_1.html"
TOWNS = ("望川", "石梁", "青禾", "白鹭")
FILE, FRAME, PICTURE = EnclosureKind.FILE, EnclosureKind.FRAME, EnclosureKind.PICTURE


def title(town):
    return f"{town}镇人民政府2024年政府信息公开工作年度报告"


def article(body, town=TOWNS[0]):
    text = f"<html><head><meta charset=utf-8><title>{title(town)}</title></head><body><h1>{title(town)}</h1>"
    return Page(f"{text}<div class='TRS_Editor'>{body}</div></body></html>".encode())


def framed(body):
    return Page(f"<html><body>{body}</body></html>".encode())


def whole_text(**media):
    report = made_up_report(Random(7), year=2024, agency="望川镇人民政府", kind=AgencyKind.TOWNSHIP_GOVERNMENT)
    return plain_body(replace(report, media=media))


PORTALS = {
    "guarded": {
        **{
            f"/a/100{number}.html": article(f"<a href='{number}.pdf'>附件</a>", town)
            for number, town in enumerate(TOWNS)
        },
        **{f"/a/{number}.pdf": REFUSAL for number in range(len(TOWNS))},
    },
    "deep": {
        "/a/1000.html": article("<iframe src='f1.html'></iframe>"),
        "/a/f1.html": framed("<iframe src='f2.html'></iframe>"),
        "/a/f2.html": framed("<iframe src='f3.html'></iframe><embed src='x.pdf'>"),
        "/a/f3.html": framed(whole_text()),
        "/a/x.pdf": PDF,
    },
    "album": {
        "/a/1000.html": article("<p>见图</p>" + "".join(f"<img src='W{number}.png'>" for number in range(43))),
        **{f"/a/W{number}.png": PNG for number in range(43)},
    },
    "pile": {
        "/a/1000.html": article("".join(f"<a href='{number}.docx'>附件{number}</a>" for number in range(12))),
        **{f"/a/{number}.docx": PDF for number in range(12)},
    },
    "robots": {
        "/robots.txt": Page(b"User-agent: *\nDisallow: /files/\n", "text/plain"),
        "/a/1000.html": article("<a href='/files/1.pdf'>附件</a>"),
        "/files/1.pdf": PDF,
    },
    "shared": {
        **{f"/a/100{number}.html": article("<a href='all.pdf'>附件</a>", TOWNS[number]) for number in range(2)},
        "/a/all.pdf": PDF,
    },
    "noise": {
        "/a/1000.html": article(
            whole_text(reviews=Medium.LOST) + "<iframe src='/count.html'></iframe></div>"
            "<iframe src='/tianqi.html'></iframe><iframe src='/share.html'></iframe>"
            "<iframe src='http://127.0.0.1:9/v.html'></iframe><div>"
        ),
        "/count.html": framed("访问 7 次"),
        "/share.html": framed("分享到"),
    },
    "frame gone": {
        "/a/1000.html": article(whole_text(reviews=Medium.LOST) + "<iframe src='f1.html'></iframe>"),
    },
    "nothing but frames": {
        "/a/1000.html": article(
            "</div><iframe src='/tianqi.html'></iframe><iframe src='/share.html'></iframe>"
            "<iframe src='http://127.0.0.1:9/v.html'></iframe><div>"
        ),
        "/share.html": framed("分享到"),
    },
    "viewer by number": {
        "/a/1000.html": article("<iframe src='/view.jsp?id=3'></iframe>"),
        "/view.jsp": framed("<embed src='/u/3.pdf'><img src='/u/none.gif'>"),
        "/u/3.pdf": PDF,
    },
    "page for a file": {
        "/a/1000.html": article("<a href='1.doc'>附件</a><a href='2.doc'>附件二</a>"),
        "/a/1.doc": article(whole_text()),
        "/a/2.doc": framed("系统繁忙"),
    },
    "photographs beside the file": {
        "/a/1000.html": article(f"<a href='1.pdf'>{title(TOWNS[0])}.pdf</a><img src='W1.png'>"),
        "/a/1.pdf": PDF,
        "/a/W1.png": PNG,
    },
    "picture is a page": {
        "/a/1000.html": article("<p>见图</p><img src='W1.png'><img src='W2.png'>"),
        "/a/W1.png": framed("图片不存在"),
        "/a/W2.png": PDF,
    },
    "in two parts": {
        SPLIT: article(
            "<p>一、总体情况</p><p>略略略略略略略略略略略略</p><a href='1.pdf'>附件</a>"
            "<script>createPageHTML(2, 0, 't20250101_1', 'html');</script>"
        ),
        "/a/t20250101_1_1.html": article(
            "<p>六、其他需要报告的事项</p><p>略略略略略略略略略略</p><a href='2.pdf'>附件</a>"
        ),
        "/a/1.pdf": PDF,
        "/a/2.pdf": PDF,
    },
}


class Crawled(NamedTuple):
    captures: tuple[Capture, ...]
    scans: dict[str, Scan]
    visits: dict[str, list[str]]
    bases: dict[str, str]

    def articles(self, key) -> list[Capture]:
        own = (one for one in self.captures if one.url.startswith(self.bases[key]) and one.part_of is None)
        return sorted(own, key=lambda one: one.url)

    def article(self, key) -> Capture:
        (capture,) = self.articles(key)
        return capture

    def enclosed(self, key):
        return [(part.kind, self.path(key, part.url), part.failure) for part in self.article(key).enclosures]

    def path(self, key, url):
        return url.removeprefix(self.bases[key])

    def files(self, key):
        return [path for path in self.visits[key] if path not in {"/robots.txt", "/nb/"} and "/100" not in path]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    with ExitStack() as stack:
        servers, portals, agencies = {}, [], []
        for key, pages in PORTALS.items():
            rows = [path for path in pages if "/100" in path or path == SPLIT]
            items = "".join(
                f"<li><a href='{path}'>{title(town)}</a><span>2025-01-20</span></li>"
                for path, town in zip(rows, TOWNS, strict=False)
            )
            listing = Page(f"<html><meta charset=utf-8><body><ul>{items}</ul></body></html>".encode())
            server = servers[key] = stack.enter_context(PortalServer(Site({**pages, "/nb/": listing})))
            portals.append(Portal(key, key, server.base_url, (server.host,), columns=(f"{server.base_url}nb/",)))
            agencies += [
                Agency(f"{key}{town}", f"{town}镇人民政府", AgencyKind.TOWNSHIP_GOVERNMENT, "990123101", key)
                for town in TOWNS
            ]
        request = CrawlRequest(
            NOW, tuple(portals), tuple(agencies), (2024,), delay=0.01, allow_private_hosts=True, language="en"
        )
        run = read_run(crawl(request, data=tmp_path_factory.mktemp("data")))
        visits = {key: [visit.path for visit in server.visits] for key, server in servers.items()}
        bases = {key: server.base_url.rstrip("/") for key, server in servers.items()}
    return Crawled(run.captures, {scan.portal: scan for scan in run.scans}, visits, bases)


def test_a_guarded_folder_of_files_costs_neither_the_articles_nor_the_list(crawled):
    articles = crawled.articles("guarded")

    assert [each.enclosures[0].failure for each in articles] == ["refused", "refused", "files_refused", "files_refused"]
    assert crawled.files("guarded") == ["/a/0.pdf", "/a/1.pdf"]
    assert crawled.scans["guarded"].outcome is Outcome.COMPLETE
    assert crawled.scans["guarded"].detail.startswith("4 attached files, pictures or frames could not be had: ")


def test_frames_are_followed_into_each_other_twice(crawled):
    assert crawled.files("deep") == ["/a/f1.html", "/a/f2.html", "/a/x.pdf"]
    assert crawled.enclosed("deep") == [(FRAME, "/a/f1.html", ""), (FRAME, "/a/f2.html", ""), (FILE, "/a/x.pdf", "")]
    assert [crawled.path("deep", part.page) for part in crawled.article("deep").enclosures] == [
        "/a/1000.html",
        "/a/f1.html",
        "/a/f2.html",
    ]


@pytest.mark.parametrize(("key", "most", "count", "kind"), [("album", 40, 43, PICTURE), ("pile", 10, 12, FILE)])
def test_there_is_an_end_to_what_is_fetched_and_the_rest_is_noted(crawled, key, most, count, kind):
    enclosed = crawled.enclosed(key)

    assert len(crawled.files(key)) == most
    assert [(part, failure) for part, _, failure in enclosed] == [(kind, "")] * most + [(kind, "file_budget")] * (
        count - most
    )


def test_robots_txt_holds_for_files_too(crawled):
    assert crawled.files("robots") == []
    assert crawled.enclosed("robots") == [(FILE, "/files/1.pdf", "robots_refused")]


def test_a_file_of_two_articles_is_fetched_and_captured_once_and_belongs_to_both(crawled):
    one, other = crawled.articles("shared")

    assert crawled.files("shared") == ["/a/all.pdf"]
    assert len([each for each in crawled.captures if each.url.endswith("all.pdf")]) == 1
    assert [part.digest for part in one.enclosures] == [part.digest for part in other.enclosures] != [None]


def test_frames_with_weather_and_share_buttons_excuse_nobody_who_published_a_text(crawled):
    assert crawled.files("noise") == ["/count.html", "/tianqi.html", "/share.html"]
    assert crawled.enclosed("noise") == []


def test_a_frame_in_the_text_that_was_not_had_may_hold_what_the_text_lacks(crawled):
    assert crawled.enclosed("frame gone") == [(FRAME, "/a/f1.html", "status")]


def test_where_there_is_nothing_at_all_any_frame_may_be_the_report(crawled):
    assert crawled.enclosed("nothing but frames") == [
        (FRAME, "/tianqi.html", "status"),
        (FRAME, "/share.html", "file_is_page"),
        (FRAME, "http://127.0.0.1:9/v.html", "file_off_host"),
    ]


def test_a_viewer_that_takes_a_number_is_followed_to_its_file(crawled):
    assert crawled.enclosed("viewer by number") == [(FRAME, "/view.jsp?id=3", ""), (FILE, "/u/3.pdf", "")]


def test_a_page_under_a_files_name_is_taken_if_it_is_a_report_and_is_an_excuse_otherwise(crawled):
    assert crawled.enclosed("page for a file") == [(FRAME, "/a/1.doc", ""), (FILE, "/a/2.doc", "file_is_page")]


def test_photographed_pages_beside_the_reports_file_are_spared(crawled):
    assert crawled.enclosed("photographs beside the file") == [(FILE, "/a/1.pdf", "")]


def test_what_is_no_picture_is_not_taken_for_one(crawled):
    assert crawled.enclosed("picture is a page") == [
        (PICTURE, "/a/W1.png", "file_is_page"),
        (PICTURE, "/a/W2.png", "file_is_page"),
    ]


def test_every_part_of_a_split_article_is_asked_for_its_files(crawled):
    assert crawled.enclosed("in two parts") == [(FILE, "/a/1.pdf", ""), (FILE, "/a/2.pdf", "")]
