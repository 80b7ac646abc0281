"""Epoint categories: what the site's script says, both bases of page numbers, and what is no list at all."""

import json
from pathlib import Path

import pytest

from crawler.listings import PageRequest
from crawler.listings.epoint import SiteInfo, read_epoint, site_info, site_scripts
from crawler.pages import read_page
from crawler.portals import Listing, family_of

SAMPLES = Path(__file__).parents[3].parent / "shared" / "portal_samples"
COLUMN = "http://www.example.gov.cn/dynamic/zwgk/govInfoPub.html?deptcode=&categorynum=003002"
SCRIPT = 'var siteInfo = {"siteName":"平川县","siteGuid":"7eb5-831a","projectName":"/EWB-FRONT"};'
OPENING = '<html><head><script src="/js/webBuilderCommon.js"></script></head><body></body></html>'
REPORT = "平川县财政局2023年政府信息公开工作年度报告"


def opening(source=OPENING):
    return read_page(source.encode(), COLUMN)


def ways(script=SCRIPT):
    """The requests for the first page, in the order in which they are tried."""
    start = opening()
    asked = read_epoint(start, start, 1, PageRequest(COLUMN)).paging.requests[0]
    return read_epoint(start, read_page(script.encode(), asked.url), 2, asked).paging.requests


def item(number, **links):
    return {
        "title": REPORT[:12],
        "realtitle": REPORT,
        "infourl": f"/003/{number}.html",
        "infodate": "2024-01-26",
        **links,
    }


def answered(value, request=None):
    text = value if isinstance(value, str) else json.dumps(value)
    request = request or ways()[0]
    return read_epoint(opening(), read_page(text.encode(), request.url), 3, request)


def answer(count, total, start=1):
    return {
        "custom": {"total": total, "data": [item(number) for number in range(start, start + count)]},
        "status": {"code": "1"},
    }


def body(request):
    return json.loads(request.body)


def test_the_sites_script_is_asked_for_before_its_rows():
    start = opening()

    shown = read_epoint(start, start, 1, PageRequest(COLUMN))

    assert [request.url for request in shown.paging.requests] == ["http://www.example.gov.cn/js/webBuilderCommon.js"]


def test_a_page_that_says_it_itself_needs_no_script():
    start = opening(f"<html><body><script>{SCRIPT}</script></body></html>")

    shown = read_epoint(start, start, 1, PageRequest(COLUMN))

    assert shown.paging.requests[0].url == "http://www.example.gov.cn/EWB-FRONT/rest/lightfrontaction/getgovinfolist"


def test_a_category_is_asked_for_bare_and_from_page_0_first():
    first = ways()[0]

    assert body(first) == {
        "deptcode": "",
        "categorynum": "003002",
        "pageIndex": 0,
        "pageSize": 20,
        "siteGuid": "7eb5-831a",
    }
    assert dict(first.headers)["Referer"] == COLUMN


def test_a_script_that_wraps_its_fields_is_asked_in_its_way_first():
    first = ways(SCRIPT + " $.ajax({data: JSON.stringify({params: str})})")[0]

    assert body(first)["params"]["pageIndex"] == "0"


def test_behind_page_0_comes_1_or_where_they_are_the_same_2():
    shown = answered(answer(20, 64))

    assert [body(request)["pageIndex"] for request in shown.paging.requests] == [1, 2]
    assert shown.totals == {64}


def test_later_pages_go_on_in_the_way_that_worked():
    second = answered(answer(20, 64)).paging.requests[1]

    shown = answered(answer(20, 64, start=21), second)

    assert [body(request)["pageIndex"] for request in shown.paging.requests] == [3]


def test_a_server_that_caps_its_pages_is_asked_for_what_it_gives():
    shown = answered(answer(15, 64))

    assert {body(request)["pageSize"] for request in shown.paging.requests} == {15}


def test_the_total_ends_the_list():
    assert answered(answer(3, 3)).paging.is_end


def test_only_the_last_way_to_ask_can_say_that_there_is_nothing():
    nothing = answer(0, 0)

    assert [answered(nothing, way).is_empty for way in ways()] == [False, False, False, True]


def test_rows_that_stop_before_the_total_are_no_end():
    shown = answered(answer(0, 64), answered(answer(20, 64)).paging.requests[0])

    assert not shown.is_empty
    assert not shown.paging.is_end


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ({"visiturl": "/a/1.html", "linkurl": "/b/1.html"}, "http://www.example.gov.cn/a/1.html"),
        ({"visiturl": "", "linkurl": "/b/1.html"}, "http://www.example.gov.cn/b/1.html"),
        ({}, "http://www.example.gov.cn/003/1.html"),
    ],
)
def test_a_row_leads_where_the_portal_would_lead(links, url):
    shown = answered({"custom": {"total": 1, "data": [item(1, **links)]}})

    assert [(row.title, row.url, str(row.listed_on)) for row in shown.rows] == [(REPORT, url, "2024-01-26")]


@pytest.mark.parametrize(
    "text",
    [
        "<html><body><form>登录</form></body></html>",
        "{",
        "[]",
        '{"success":false,"data":{}}',
        '{"custom":{"data":[]}}',
        '{"custom":{"total":"many","data":[]}}',
        '{"custom":{"total":3,"data":{"a":1}}}',
        '{"custom":"no"}',
    ],
)
def test_an_answer_of_another_shape_is_a_fault_never_an_empty_list(text):
    shown = answered(text)

    assert shown.paging.fault == "answer_not_understood"
    assert not shown.is_empty
    assert not shown.rows


def test_an_answer_inside_an_answer_is_read():
    inner = json.dumps(answer(1, 1)["custom"])

    assert len(answered({"custom": inner}).rows) == 1


def test_titles_with_markup_and_control_characters_are_plain():
    odd = item(
        1, realtitle="<font color='red'>平川县\u0007财政局</font>2023年政府信息公开工作年度报告<script>x</script>"
    )

    shown = answered({"custom": {"total": 1, "data": [odd]}})

    assert [row.title for row in shown.rows] == ["平川县财政局2023年政府信息公开工作年度报告x"]


def test_a_script_without_the_sites_name_is_a_fault():
    start = opening()
    asked = read_epoint(start, start, 1, PageRequest(COLUMN)).paging.requests[0]

    shown = read_epoint(start, read_page(b"var a = 1;", asked.url), 2, asked)

    assert shown.paging.fault == "answer_not_understood"


def test_site_info_needs_a_project():
    assert site_info(SCRIPT) == SiteInfo("7eb5-831a", "/EWB-FRONT")
    assert site_info("var siteInfo = {a: 1};") is None
    assert site_info("nothing") is None


def test_only_scripts_of_the_own_host_are_looked_into():
    page = opening(
        '<html><script src="//cdn.example.com/ajaxReq.js"></script><script src="/js/jquery.js"></script></html>'
    )

    assert site_scripts(page) == ()


def test_a_page_without_a_category_is_read_as_people_read_it():
    page = read_page(
        f'<ul><li><a href="/003/1.html">{REPORT}</a></li></ul>'.encode(), "http://www.example.gov.cn/zwgk/nb.html"
    )

    shown = read_epoint(page, page, 1, PageRequest(page.url))

    assert [row.title for row in shown.rows] == [REPORT]


@pytest.mark.shared
def test_the_answer_that_scrapers_met_is_read():
    shown = answered((SAMPLES / "epoint_getgovinfolist.json").read_text(encoding="utf-8"))

    assert [(row.title, str(row.listed_on)) for row in shown.rows] == [
        ("XX局2023年政府信息公开工作年度报告", "2024-01-26")
    ]
    assert shown.totals == {2}


def test_such_pages_give_the_family_away():
    for source in (OPENING, '<script src="/js/ajaxReq.js"></script>'):
        assert family_of(source).listing(source) is Listing.EPOINT
