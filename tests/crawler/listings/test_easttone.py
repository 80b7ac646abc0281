"""easttone channels: the call in the page, rows that must be the channel's, instants in milliseconds."""

import json
from pathlib import Path

import pytest

from crawler.listings import PageRequest
from crawler.listings.easttone import read_easttone
from crawler.pages import read_page
from crawler.portals import Listing, family_of

SAMPLES = Path(__file__).parents[3].parent / "shared" / "portal_samples"
COLUMN = "http://www.example.gov.cn/zhengwu/zwgk-nb/"
CALL = "<script>new CMS('#columnlist',{ids:'1899',http:'/front/api/data/search'})</script>"
REPORT = "平川县财政局2023年政府信息公开工作年度报告"


def opening(call=CALL):
    return read_page(f"<html><body><ul id='columnlist'></ul>{call}</body></html>".encode(), COLUMN)


def first(call=CALL):
    start = opening(call)
    return read_easttone(start, start, 1, PageRequest(COLUMN)).paging.requests[0]


def item(number, url=None, **more):
    return {
        "id": number,
        "title": REPORT,
        "display_date": 1706198400000,
        "url": url or f"/zhengwu/zwgk-qzfwj/2024/26/{number}.html",
        **more,
    }


def answer(items, total=None, pages=1, code=0):
    return {
        "code": code,
        "data": {"pageNo": 1, "totalPage": pages, "totalCount": len(items) if total is None else total, "list": items},
    }


def answered(value, request=None):
    text = value if isinstance(value, str) else json.dumps(value)
    request = request or first()
    return read_easttone(opening(), read_page(text.encode(), request.url), 2, request)


@pytest.mark.parametrize(
    ("call", "channels"),
    [
        (CALL, ["1899"]),
        (
            "<script>new CMS( '#l', {\n ids : '1899,1900',\n http:\"/front/api/data/search\"})</script>",
            ["1899", "1900"],
        ),
        ("<script>new CMS('#l',{ids:['1899'],http:'/front/api/data/search'})</script>", ["1899"]),
    ],
)
def test_channels_are_asked_for_as_an_array(call, channels):
    request = first(call)

    assert json.loads(request.body) == {
        "channelList": channels,
        "pageNo": 1,
        "pageSize": 15,
        "orderFields": ["display_date", "id"],
        "orderTypes": ["desc", "desc"],
    }
    assert request.url == "http://www.example.gov.cn/front/api/data/search"


def test_a_row_came_on_the_day_it_was_at_beijing():
    shown = answered(answer([item(1)]))

    assert [(row.title, row.url, str(row.listed_on)) for row in shown.rows] == [
        (REPORT, "http://www.example.gov.cn/zhengwu/zwgk-qzfwj/2024/26/1.html", "2024-01-26")
    ]
    assert shown.totals == {1}
    assert shown.paging.is_end


def test_the_next_page_is_asked_for_until_the_last():
    shown = answered(answer([item(1)], total=2, pages=2))
    second = shown.paging.requests[0]

    assert json.loads(second.body)["pageNo"] == 2
    assert answered(answer([item(2)], total=2, pages=2), second).paging.is_end


def test_rows_of_the_whole_site_are_no_list_of_the_channel():
    everywhere = [
        item(number, f"/zhengwu/{folder}/2024/26/{number}.html") for number, folder in enumerate(["yw", "zt", "hdjl"])
    ]

    assert answered(answer(everywhere, total=10_000, pages=667)).paging.fault == "rows_of_whole_site"


@pytest.mark.parametrize(("channel", "fault"), [("1899", ""), ("77", "rows_of_whole_site")])
def test_a_row_that_names_its_channel_is_believed(channel, fault):
    assert answered(answer([item(1, channel_id=channel)])).paging.fault == fault


def test_a_channel_without_rows_says_so():
    assert answered(answer([], total=0, pages=0)).is_empty


def test_nothing_where_a_total_is_stated_is_not_empty():
    assert not answered(answer([], total=64, pages=5)).is_empty


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>登录</body></html>",
        "{",
        '{"success":false,"data":{}}',
        '{"code":500,"data":null}',
        '{"code":0,"data":{"list":[],"totalCount":-1,"totalPage":0}}',
        '{"code":0,"data":{"list":"none","totalCount":0,"totalPage":0}}',
    ],
)
def test_an_answer_of_another_shape_is_a_fault_never_an_empty_list(text):
    shown = answered(text)

    assert shown.paging.fault == "answer_not_understood"
    assert not shown.is_empty


def test_a_page_without_the_call_is_read_as_people_read_it():
    page = read_page(f'<ul><li><a href="/zhengwu/1.html">{REPORT}</a></li></ul>'.encode(), COLUMN)

    assert [row.title for row in read_easttone(page, page, 1, PageRequest(COLUMN)).rows] == [REPORT]


@pytest.mark.shared
def test_the_answer_that_scrapers_met_is_read():
    shown = answered((SAMPLES / "easttone_data_search.json").read_text(encoding="utf-8"))

    assert [(row.title, str(row.listed_on)) for row in shown.rows] == [
        ("XX局2023年政府信息公开工作年度报告", "2024-01-26")
    ]
    assert shown.totals == {1463}


def test_such_a_page_gives_the_family_away():
    assert family_of(CALL).listing(CALL) is Listing.EASTTONE
