"""Units of Hanweb's publish-server and its search server: which hold a list, how they page, what is no list at all."""

import json
from pathlib import Path

import pytest

from crawler.listings import InnerColumn, PageRequest, read_list
from crawler.listings.jpaas_search import read_search
from crawler.listings.jpaas_units import UNIT, read_units, units_of
from crawler.pages import read_page
from crawler.portals import Listing, family_of

COLUMN = "http://www.example.gov.cn/col/col7/index.html"
ENDPOINT = "http://www.example.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit"
SAMPLES = Path(__file__).parents[3].parent / "shared" / "portal_samples"
REPORT = "平川县财政局2023年政府信息公开工作年度报告"


def shell(*tags, url=COLUMN):
    scripts = "".join(
        f'<script src="/unitbuild.js" url="/api-gateway/jpaas-publish-server/front/page/build/unit" queryData="'
        f"{{'parseType':'bulidstatic','webId':'3185','tagId':'{tag}','pageId':'7'}}\"></script>"
        for tag in tags
    )
    return read_page(f"<html><body>{scripts}</body></html>".encode(), url)


def first_request(opening):
    return read_units(opening, opening, 1, PageRequest(opening.url)).paging.requests[0]


def answered(markup, *, success=True, place=1, request=None, opening=None):
    """What page `place` of the only unit of a shell shows, whose answer holds this markup."""
    opening = opening or shell("信息列表")
    text = json.dumps({"success": success, "code": "200", "data": {"html": markup} if success else {}})
    page = read_page(text.encode(), ENDPOINT)
    return read_units(opening, page, place + 1, request or first_request(opening))


def rows(count, start=0):
    return "".join(
        f'<li><a title="{REPORT}" href="/art/2024/1/9/art_7_{number}.html">{REPORT[:9]}...</a>'
        "<span>2024-01-09</span></li>"
        for number in range(start, start + count)
    )


def test_the_fields_of_a_unit_are_read_from_single_quotes():
    (unit,) = units_of(shell("信息列表"))

    assert unit.url == ENDPOINT
    assert dict(unit.fields) == {"parseType": "bulidstatic", "webId": "3185", "tagId": "信息列表", "pageId": "7"}
    # The server knows its names in UTF-8 only.
    assert "tagId=%E4%BF%A1%E6%81%AF%E5%88%97%E8%A1%A8" in first_request(shell("信息列表")).url


def test_the_frame_of_a_page_is_no_list():
    names = ["导航", "信息列表", "右侧内容", "通用底部", "当前位置"]

    assert [unit.name for unit in units_of(shell(*names))] == ["信息列表", "右侧内容"]


def test_each_of_several_units_is_a_list_of_its_own():
    opening = shell("信息列表", "右侧内容")

    shown = read_units(opening, opening, 1, PageRequest(COLUMN))
    second = read_units(opening, opening, 1, PageRequest(f"{COLUMN}{UNIT}1"))

    assert shown.columns == (InnerColumn(f"{COLUMN}{UNIT}0"), InnerColumn(f"{COLUMN}{UNIT}1"))
    assert [request.url.partition("tagId=")[2][:18] for request in second.paging.requests] == ["%E5%8F%B3%E4%BE%A7"]


@pytest.mark.parametrize(
    "pager",
    [
        '<table class="pagination default_pgToolbar" rows="15" unitid="信息列表" count="388" pageNo="1"></table>',
        "<div class='pagination' rows=15 count=388 pageNo=1></div>",
        '<script>oLayPageRender({rows:"15",count:"388",pageNo:"1"});</script>',
        "<p>共388条</p>",
    ],
)
def test_the_number_of_rows_is_read_in_each_of_its_spellings(pager):
    shown = answered(f"<ul>{rows(15)}</ul>{pager}")

    assert shown.totals == {388}
    assert len(shown.rows) == 15
    json_way, bare_way = (request.url for request in shown.paging.requests)
    assert "paramJson=%7B%22pageNo%22%3A2%2C%22pageSize%22%3A15%7D" in json_way
    assert bare_way.endswith("pageNo=2&pageSize=15")


def test_the_zeros_that_a_script_fills_in_are_no_total():
    printed = '共 <span class="default_pgTotalPage">0</span> 页 检索到 <span>0</span> 条记录'
    pager = f'<table class="pagination" rows="15" count="20"><tr><td>{printed}</td></tr></table>'

    shown = answered(f"<ul>{rows(15)}</ul>{pager}")

    assert shown.totals == {20}


def test_a_list_ends_when_all_the_rows_that_it_states_have_come():
    pager = '<div class="pagination" rows="15" count="20"></div>'
    second = answered(f"<ul>{rows(15)}</ul>{pager}").paging.requests[0]

    shown = answered(f"<ul>{rows(5, 15)}</ul>{pager}", place=2, request=second)

    assert shown.paging.is_end
    assert not shown.paging.requests


def test_a_list_that_states_nothing_is_asked_on_until_a_page_without_rows():
    shown = answered(f"<ul>{rows(15)}</ul>")
    last = answered("<ul></ul>", place=2, request=shown.paging.requests[0])

    assert shown.paging.is_end
    assert shown.paging.requests
    assert last.rows == ()
    assert not last.is_empty


def test_a_pager_without_a_total_is_no_end_until_a_page_has_been_turned():
    markup = f'<ul>{rows(15)}</ul><div class="pagination"></div>'
    first = answered(markup)
    second = answered(
        f'<ul>{rows(15, 15)}</ul><div class="pagination"></div>', place=2, request=first.paging.requests[0]
    )

    assert not first.paging.is_end
    assert second.paging.is_end
    assert second.paging.requests


@pytest.mark.parametrize("name", ["信息列表", "顶部信息列表", "位置公示", "navlist", "头条", "内容1", "zw"])
def test_a_unit_is_frame_only_by_its_whole_name(name):
    assert [unit.name for unit in units_of(shell("导航", name))] == [name]


def test_a_short_list_without_a_pager_is_one_page():
    assert answered(f"<ul>{rows(3)}</ul>").paging.is_single


def test_news_without_a_pager_are_not_the_list():
    news = (
        '<ul><li><a href="/art/2024/1/9/art_7_1.html">县医院新院区开诊首日平稳有序</a><span>2024-01-09</span></li></ul>'
    )

    shown = answered(news)

    assert shown.rows == ()
    assert shown.is_empty


def test_links_are_read_in_every_shape_and_with_their_whole_title():
    markup = (
        f'<ul><li><a title="{REPORT[:6]}\n{REPORT[6:]}" href="/col/col1/art/2024/art_{"a" * 32}.html">平川…</a></li>'
        f'<li><a title="{REPORT}" href="//other.example.gov.cn/art/2024/1/9/art_1_2.html">…</a></li>'
        f'<li><a title="{REPORT}" href="hd/art/2024/art_{"b" * 32}.html">…</a></li></ul>'
    )

    shown = answered(markup)

    assert [row.url for row in shown.rows] == [
        f"http://www.example.gov.cn/col/col1/art/2024/art_{'a' * 32}.html",
        "http://other.example.gov.cn/art/2024/1/9/art_1_2.html",
        f"http://www.example.gov.cn/col/col7/hd/art/2024/art_{'b' * 32}.html",
    ]
    assert shown.rows[0].title.replace(" ", "") == REPORT


def test_a_unit_that_the_server_does_not_know_is_a_fault():
    assert answered("", success=False).paging.fault == "answer_without_list"


@pytest.mark.parametrize("text", ["<html>请登录<input type=password></html>", "{broken", "[]", "{}", '{"data":null}'])
def test_what_is_no_answer_of_a_unit_is_a_fault(text):
    opening = shell("信息列表")

    shown = read_units(opening, read_page(text.encode(), ENDPOINT), 2, first_request(opening))

    assert shown.paging.fault == "answer_not_understood"


def test_titles_with_script_and_control_characters_are_plain():
    title = "<script>x()</script>平川县\x07财政局2023年政府信息公开工作年度报告"
    markup = f'<ul><li><a href="/art/2024/1/9/art_7_1.html">{title}</a></li></ul>'

    (row,) = answered(markup).rows

    assert "财政局2023年政府信息公开" in row.title


SEARCHING = "<script>u='/search-front-server/api/search/info?websiteid=1100&amp;q=&pg=15&cateid=58&p=1';</script>"


def search(value, *, place=2, source=SEARCHING):
    opening = read_page(f"<html><body>{source}</body></html>".encode(), COLUMN)
    request = read_search(opening, opening, 1, PageRequest(COLUMN)).paging.requests[0]
    text = value if isinstance(value, str) else json.dumps(value)
    return read_search(opening, read_page(text.encode(), request.url), place, request)


def results(count, **total):
    data = {"title": "<em>平川县</em>财政局年报", "url": "/art/1.html", "jsearch_date": "2024-01-28 09:00"}
    found = [{"data": data | {"url": f"/art/{number}.html"}} for number in range(count)]
    return {"data": {"searchResult": {"dataResults": found, **total}}}


@pytest.mark.parametrize("name", ["total", "totalCount"])
def test_a_search_states_its_rows(name):
    shown = search(results(15, **{name: 20}))

    assert shown.totals == {20}
    assert shown.rows[0].title == "平川县财政局年报"
    assert str(shown.rows[0].listed_on) == "2024-01-28"
    assert "p=2" in shown.paging.requests[0].url


def test_a_search_without_rows_is_an_empty_list():
    assert search(results(0, total=0)).is_empty


@pytest.mark.parametrize("value", ["<html>登录</html>", {}, {"data": {}}, results(3), {"data": {"searchResult": []}}])
def test_what_is_no_answer_of_a_search_is_a_fault(value):
    assert search(value).paging.fault == "answer_not_understood"


def test_the_fields_of_a_search_may_stand_in_a_script():
    source = "<script>$.ajax({url:'/search-front-server/api/search/info',data:{websiteid:'1100',cateid:'58'}})</script>"

    assert search(results(1, total=1), source=source).paging.is_end


def test_a_search_box_does_not_make_a_column_a_search():
    source = "<script>var s='/search-front-server/api/search/info';</script>"
    opening = read_page(f"<html><body>{source}</body></html>".encode() + shell("信息列表").text.encode(), COLUMN)

    shown = read_list(Listing.JPAAS_SEARCH, opening, opening, 1, PageRequest(COLUMN))

    assert [request.url.partition("?")[0] for request in shown.paging.requests] == [ENDPOINT]


@pytest.mark.shared
def test_the_sample_column_and_its_unit_are_read():
    opening = read_page((SAMPLES / "hanweb_jpaas_zj_fzggw_col1229565788_index.html").read_bytes(), COLUMN)
    answer = read_page((SAMPLES / "hanweb_jpaas_zj_fzggw_unit.json").read_bytes(), ENDPOINT)

    family = family_of(opening.text)
    request = read_list(family.listing(opening.text), opening, opening, 1, PageRequest(COLUMN)).paging.requests[0]
    shown = read_units(opening, answer, 2, request)

    assert family.key == "jpaas"
    assert shown.totals == {388}
    assert [str(row.listed_on) for row in shown.rows] == ["2026-06-05", "2026-05-29", "2025-11-04", "2025-02-14"]
