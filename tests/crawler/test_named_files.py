"""What of all that a page names belongs to its article, and what of that is asked for."""

from __future__ import annotations

from random import Random
from urllib.parse import quote

import pytest

from crawler.files import WHOLE, Holds, holds, wanted
from crawler.pages import read_page
from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.markup import plain_body
from storage.enclosures import EnclosureKind

URL = "http://127.0.0.1/a/t20250120_1.html"
HERE = "http://127.0.0.1/a/"
TITLE = "澄湖县财政局2024年政府信息公开工作年度报告"
NOTHING = Holds(0, 0)
FILE, FRAME, PICTURE = EnclosureKind.FILE, EnclosureKind.FRAME, EnclosureKind.PICTURE


def asked(body, own=NOTHING, *, around="", head=""):
    text = f"<html><head>{head}</head><body>{around}<div class='TRS_Editor'><p>正文</p>{body}</div></body></html>"
    return [(each.kind, each.url.removeprefix(HERE)) for each in wanted(read_page(text.encode(), URL), own)]


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ('<a href="./P01.pdf">附件1</a>', (FILE, "P01.pdf")),
        ('<a href="P01.ofd" appendix="true">附件1</a>', (FILE, "P01.ofd")),
        ('<a class="nfw-cms-attachment" href="/attachment/0/619/61" alt="1.pdf">下载</a>',
         (FILE, "http://127.0.0.1/attachment/0/619/61")),
        ('<a href="/group1/M00/0A/1B/x">附件</a>', (FILE, "http://127.0.0.1/group1/M00/0A/1B/x")),
        ("""<a href="#" onclick="down3('4F2A.PDF')">下载</a>""", (FILE, "4F2A.PDF")),
        ("""<a href="javascript:downFile('/u/1.docx');">下载</a>""", (FILE, "http://127.0.0.1/u/1.docx")),
        ("""<button onclick='openPdf("1.pdf")'>查看</button>""", (FILE, "1.pdf")),
        ('<iframe src="1.pdf"></iframe>', (FILE, "1.pdf")),
        ('<iframe src="/pdfjs/web/viewer.html?file=%2Fa%2F1.pdf"></iframe>', (FILE, "1.pdf")),
        ('<iframe data-src="1.html" width="100%"></iframe>', (FRAME, "1.html")),
        ('<embed src="1.pdf">', (FILE, "1.pdf")),
        ('<object data="1.pdf" type="application/pdf"></object>', (FILE, "1.pdf")),
        ('<div id="pdfshow" data-value="/cms_files/x/1.pdf"></div>', (FILE, "http://127.0.0.1/cms_files/x/1.pdf")),
        ("<script>var f = '/u/1.pdf'; PDFObject.embed(f, '#show');</script>", (FILE, "http://127.0.0.1/u/1.pdf")),
        ('<img src="/images/grey.gif" data-original="W01.jpg">', (PICTURE, "W01.jpg")),
        ('<img src="./W01.png" oldsrc="W01.png" width="800" height="1100">', (PICTURE, "W01.png")),
        ('<img src="/upload/image/2025/1.jpeg" style="width:640px">',
         (PICTURE, "http://127.0.0.1/upload/image/2025/1.jpeg")),
        ('<a href="big.jpg"><img src="small.jpg" width="400"></a>', (PICTURE, "big.jpg")),
        ('<a href="1.jpg"><img src="1.jpg"></a>', (PICTURE, "1.jpg")),
        ('<a href="http://127.0.0.9/oss/1.pdf">附件</a>', (FILE, "http://127.0.0.9/oss/1.pdf")),
    ],
)  # fmt: skip
def test_each_way_of_naming_a_file_is_known(markup, found):
    assert asked(markup) == [found]


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="t20250120_2.html">下一篇</a>',
        '<a href="javascript:window.print()">打印</a>',
        '<img src="fileTypeImages/icon_pdf.gif">',
        '<img src="icon_pdf.png">',
        '<img src="1.jpg" width="16" height="16">',
        '<img src="1.jpg" style="display:none">',
        '<img src="qrcode.png"><img src="ewm1.jpg"><img src="logo.png">',
        '<img src="data:image/png;base64,AAAA">',
        '<iframe src="/tianqi.html" width="120" height="40"></iframe>',
        '<iframe src="1.html" style="display: none"></iframe>',
        '<iframe src="about:blank"></iframe>',
        '<embed src="banner.swf">',
        "<script>var log = 'a.pdf';</script>",
        '<a href="1.pdf">政府信息公开指南</a>',
    ],
)
def test_what_is_no_part_of_the_report_is_not_asked_for(markup):
    assert asked(markup) == []


def test_a_whole_report_is_asked_only_for_what_it_shows_and_for_what_announces_a_report():
    body = (
        f'<a href="1.docx">{TITLE}.docx</a><a href="2.xlsx">附件</a><iframe src="3.pdf"></iframe>'
        '<iframe src="4.html"></iframe><img src="5.jpg">'
    )

    assert asked(body, WHOLE) == [(FILE, "3.pdf"), (FILE, "1.docx")]
    assert asked(body) == [(FILE, "3.pdf"), (FILE, "1.docx"), (FILE, "2.xlsx"), (FRAME, "4.html"), (PICTURE, "5.jpg")]


def test_a_file_is_told_by_its_name_too():
    name = f"{quote(TITLE)}.pdf"

    assert asked(f'<a href="{name}">点击下载</a>', WHOLE) == [(FILE, name)]


@pytest.mark.parametrize(
    "around",
    [
        '<div class="nav"><a href="1.pdf">办事指引</a></div>',
        '<footer><img src="/u/x/y/police.png"></footer>',
        '<div class="right-side"><a href="1.docx">表格下载</a></div>',
        '<div class="list related"><a href="1.docx">表格下载</a></div>',
        '<img src="/images/s_bj.jpg">',
        '<a href="1.jpg">风光图片</a>',
    ],
)
def test_what_stands_around_an_article_is_the_portals(around):
    assert asked("<p>略</p>" * 99, around=around) == []


def test_an_attachment_beside_the_body_is_the_articles():
    assert asked("", around='<div class="fujian"><a href="1.docx">附件1</a></div>') == [(FILE, "1.docx")]


def test_addresses_start_from_where_the_page_says():
    assert asked('<a href="1.pdf">附件</a>', head='<base href="/b/">') == [(FILE, "http://127.0.0.1/b/1.pdf")]


def test_a_page_that_is_itself_a_viewer_shows_its_file():
    page = read_page(b"<html><body><div id=viewer></div></body></html>", "http://127.0.0.1/v/viewer.html?file=/u/1.pdf")

    assert [each.url for each in wanted(page, holds(page))] == ["http://127.0.0.1/u/1.pdf"]


@pytest.mark.parametrize("year", [2020, 2024])
def test_a_page_tells_how_much_of_a_report_it_holds(year):
    report = made_up_report(Random(year), year=year, agency="澄湖县财政局", activity=0.3)
    text = plain_body(report)
    prose = "".join(f"<p>{line}</p>" for part in report.sections for line in (part.line, *part.paragraphs))

    def held(body):
        return holds(read_page(f"<html><body><h1>{TITLE}</h1>{body}</body></html>".encode(), URL))

    assert (held(text), held(prose), held("<p>详见附件</p>")) == (Holds(3, 6), Holds(0, 6), Holds(0, 0))
    assert (held(text).is_whole, held(prose).is_whole, held(prose).is_nothing) == (True, False, False)
    assert held("").is_nothing
