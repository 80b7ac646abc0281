"""getFileListByCodeId: which channel a page means, how its rows come, and what is no answer."""

import json
from urllib.parse import parse_qs

import pytest

from crawler.listings import InnerColumn, PageRequest, read_list
from crawler.listings.chinatax import CHANNEL, channels_of, read_files
from crawler.pages import read_page
from crawler.portals import Listing, family_of

COLUMN = "http://www.example.gov.cn/chinatax/n810214/c102384r/index.html?tab=gknb"
KEY, OTHER = "61eaab3127b040d4950fff177f09e561", "29a88b67e4b149cfa9fac7919dfb08a5"
CALL = "<script>$.post('/getFileListByCodeId', {channelId: channelId, page: p, relateSubChannels: true})</script>"
FAR = " " * 300


def opening(source=f'<script>var channelId = "{KEY}";</script>', url=COLUMN):
    return read_page(f"<html><body>{CALL}{FAR}{source}</body></html>".encode(), url)


def opened(page):
    return read_files(page, page, 1, PageRequest(page.url))


def asked(request):
    return {name: values[0] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}


def answer(value, *, page=None, request=None):
    page = page or opening()
    request = request or opened(page).paging.requests[0]
    text = value if isinstance(value, str) else json.dumps(value)
    return read_files(page, read_page(text.encode(), request.url), 2, request)


def results(*numbers, total, **more):
    found = [
        {
            "titleHtml": f"平川县{number}局2023年<em>政府信息</em>公开年报",
            "subTitleHtml": "null",
            "url": f"/chinatax/n810214/c{number}/content.html",
            "redirectUrl": "",
            "publishedTimeStr": "2024-01-24 17:18:49",
            **more,
        }
        for number in numbers
    ]
    return {"code": 200, "results": {"data": {"total": total, "page": 1, "rows": 20, "results": found}}}


def test_the_channel_of_the_page_is_asked_for_by_post():
    page = opening()

    (request,) = opened(page).paging.requests

    assert read_list(family_of(page.text).listing(page.text), page, page, 1, PageRequest(COLUMN)) == opened(page)
    assert family_of(page.text).listing(page.text) is Listing.CHINATAX
    assert (request.method, request.url) == ("POST", "http://www.example.gov.cn/getFileListByCodeId")
    assert asked(request) == {
        "codeId": "", "channelId": KEY, "page": "1", "size": "20", "relateSubChannels": "true",
    }  # fmt: skip
    assert ("Referer", COLUMN) in request.headers


@pytest.mark.parametrize(
    ("source", "channels"),
    [
        (f"<a data-tab='gknb' data-channelId='{KEY}'></a>{FAR}<a data-tab='zc' data-channelId='{OTHER}'></a>", (KEY,)),
        (
            f"<p>公开年报</p><script>x={{channelId:'{KEY}'}}</script>{FAR}<script>y={{channelId:'{OTHER}'}}</script>",
            (KEY,),
        ),
        (f"<script>x={{channelId:'{KEY}'}}</script>{FAR}<script>y={{channelId:'{OTHER}'}}</script>", (KEY, OTHER)),
        ("", ()),
    ],
)
def test_of_several_channels_that_of_the_reports_is_taken(source, channels):
    assert channels_of(opening(source)) == channels


def test_channels_that_nothing_tells_apart_are_lists_of_their_own():
    page = opening(f"<script>x={{channelId:'{KEY}'}}</script>{FAR}<script>y={{channelId:'{OTHER}'}}</script>")

    second = read_files(page, page, 1, PageRequest(f"{COLUMN}{CHANNEL}{OTHER}"))

    assert opened(page).columns == (InnerColumn(f"{COLUMN}{CHANNEL}{KEY}"), InnerColumn(f"{COLUMN}{CHANNEL}{OTHER}"))
    assert asked(second.paging.requests[0])["channelId"] == OTHER


def test_rows_have_plain_titles_days_and_addresses():
    shown = answer(results(7, total=1))

    (row,) = shown.rows
    assert row.title == "平川县7局2023年政府信息公开年报"
    assert row.url == "http://www.example.gov.cn/chinatax/n810214/c7/content.html"
    assert str(row.listed_on) == "2024-01-24"
    assert shown.paging.is_end


def test_a_row_that_is_only_a_redirect_leads_there():
    shown = answer(results(7, total=1, url="", redirectUrl="//other.example.gov.cn/a.html"))

    assert shown.rows[0].url == "http://other.example.gov.cn/a.html"


def test_a_size_that_is_capped_is_asked_for_from_then_on():
    page = opening()
    (second,) = answer(results(*range(10), total=25), page=page).paging.requests
    (third,) = answer(results(*range(10, 20), total=25), page=page, request=second).paging.requests

    assert (asked(second)["page"], asked(second)["size"]) == ("2", "10")
    assert (asked(third)["page"], asked(third)["size"]) == ("3", "10")


def test_a_channel_without_files_is_empty():
    assert answer(results(total=0)).is_empty


@pytest.mark.parametrize(
    "value",
    [
        "<html>请登录</html>",
        "{broken",
        "null",
        {"code": 500, "err": {}},
        {"code": 200, "results": {"data": None}},
        [],
        {},
    ],
)
def test_what_is_no_answer_is_a_fault(value):
    assert answer(value).paging.fault == "answer_not_understood"


def test_a_page_without_a_channel_is_a_list_of_links():
    rows = "".join(
        f"<li><a href='c{number}/content.html'>平川县{number}局2023年政府信息公开年报</a></li>" for number in range(3)
    )

    shown = opened(opening(f"<ul>{rows}</ul>"))

    assert len(shown.rows) == 3
    assert shown.paging.is_single
