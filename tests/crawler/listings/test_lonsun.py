"""LonSun portals: organs, years, catalogues; what proves that an organ has nothing, and what does not."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.listings import InnerColumn, PageRequest, Paging
from crawler.listings.lonsun import read_lonsun
from crawler.pages import read_page
from crawler.portals import Listing, family_of
from storage.records import Outcome

SAMPLES = Path(__file__).parents[3].parent / "shared" / "portal_samples"
SITE = "http://www.example.gov.cn"
ORGAN = f"{SITE}/public/column/6600401"
CATALOGUE = f"{ORGAN}?type=4&action=list&nav=3&sub=&catId=77"
SCRIPT = """<script>Ls.ajax({url: "/site/label/8888", data: {labelName: "publicInfoList", siteId: "678", pageSize: 18,
pageIndex: pageIndex, action: "list", isDate: true, dateFormat: 'yyyy-MM-dd', length: 50, organId: "6600401",
type: "4", catId: "", result: "暂无相关信息", file: "/xxgk/publicInfoList_new_ah"}})</script>"""
OTHERS = InnerColumn(f"{ORGAN}?type=4&action=rel", is_others=True)
NAMED = f'<ul class="tree"><li><a href="{CATALOGUE}">政府信息公开年度报告（12）</a></li></ul>'


def page(body, url):
    return read_page(f"<html><body>{body}</body></html>".encode(), url)


def opened(body, url):
    opening = page(body, url)
    return read_lonsun(opening, opening, 1, PageRequest(url))


def rows(count, start=1):
    return "".join(
        f'<div class="xxgk_navli"><ul class="clearfix"><li class="mc"><a href="/public/6600401/{number}.html" '
        f'title="平川县财政局{2000 + number}年政府信息公开工作年度报告">平川县财政局{2000 + number}年...</a></li>'
        '<li class="rq"><span class="date">2024-01-26</span></li></ul></div>'
        for number in range(start, start + count)
    )


def pager(index, pages, total=""):
    return f'<script>Ls.pagination("#page_public_info",{{pageIndex:{index},pageCount:{pages}{total}}});</script>'


def answered(fragment, index=1):
    opening = page(SCRIPT, CATALOGUE)
    request = read_lonsun(opening, opening, 1, PageRequest(CATALOGUE)).paging.requests[0]
    request = request._replace(url=request.url.replace("pageIndex=1", f"pageIndex={index}"))
    return read_lonsun(opening, read_page(fragment.encode(), request.url), index + 1, request)


def test_an_organ_list_gives_each_organ_the_place_of_its_reports():
    menu = "".join(f'<li><a href="/public/column/6600400?type={kind}">栏目{kind}</a></li>' for kind in (1, 2, 3))
    organs = "".join(
        f'<li><a title="平川县{name}" href="/public/column/660040{place}?type=4&amp;action=list">{name[:2]}</a></li>'
        for place, name in enumerate(["财政局", "教育局"], start=1)
    )
    alone = '<ul class="clearfix"><li><a href="/public/column/6600409?type=4">平川镇</a></li></ul>'

    shown = opened(
        f'<ul>{menu}</ul><ul class="clearfix">{organs}</ul>{alone}', f"{SITE}/public/column/6600400?type=4&action=rel"
    )

    assert shown.columns == (
        InnerColumn(f"{SITE}/public/column/6600401?type=3", "平川县财政局"),
        InnerColumn(f"{SITE}/public/column/6600402?type=3", "平川县教育局"),
        InnerColumn(f"{SITE}/public/column/6600409?type=3", "平川镇"),
    )
    assert shown.paging == Paging(is_single=True)


def test_each_year_of_the_menu_is_a_report_and_the_catalogues_are_still_to_be_looked_at():
    linked = '<li><a href="?type=3&amp;action=detail&amp;title=2023">2023年</a></li>'
    menu = f'<ul id="timeFrame">{linked}<li><a href="javascript:;">2022年</a></li></ul>'

    shown = opened(menu, f"{ORGAN}?type=3")

    assert [(row.title, row.url) for row in shown.rows] == [
        ("2023年政府信息公开年度报告", f"{ORGAN}?type=3&action=detail&title=2023"),
        ("2022年政府信息公开年度报告", f"{ORGAN}?type=3&action=detail&title=2022"),
    ]
    assert shown.columns == (InnerColumn(f"{ORGAN}?type=4&action=list"), OTHERS)
    assert shown.paging == Paging(is_single=True)


def test_a_page_of_years_that_shows_nothing_and_says_nothing_is_not_empty():
    shown = opened("<div id='main'></div>", f"{ORGAN}?type=3")

    assert (shown.is_empty, shown.paging.fault, shown.paging.outcome) == (False, "no_rows", Outcome.NEEDS_BROWSER)


def test_a_catalogue_of_reports_that_the_page_names_is_looked_into_at_once():
    assert opened(f'<ul id="timeFrame"></ul>{NAMED}', f"{ORGAN}?type=3").columns == (InnerColumn(CATALOGUE), OTHERS)


def test_a_menu_entry_that_is_no_year_is_a_fault():
    shown = opened('<ul id="timeFrame"><li><a href="?title=1">更多</a></li></ul>', f"{ORGAN}?type=3")

    assert shown.paging.fault == "pager_unreadable"


def test_an_organ_that_says_so_has_no_reports_by_year():
    shown = opened("<div>暂无相关信息</div>", f"{ORGAN}?type=3")

    assert shown.is_empty
    assert not shown.rows
    assert shown.columns == (InnerColumn(f"{ORGAN}?type=4&action=list"), OTHERS)


@pytest.mark.parametrize(
    ("tree", "fault", "columns"),
    [
        (NAMED, "", (CATALOGUE, f"{ORGAN}?type=3")),
        (f'<a href="{ORGAN}?type=4&amp;catId=5">政策文件</a>', "", (f"{ORGAN}?type=3",)),
        ("<ul id='catalogTree'></ul>", "catalogue_not_told", (f"{ORGAN}?type=3",)),
    ],
    ids=["named", "none is named so", "cannot be seen"],
)
def test_a_directory_says_which_catalogue_holds_reports_or_that_it_cannot_be_told(tree, fault, columns):
    shown = opened(tree + SCRIPT, f"{ORGAN}?type=4&action=list")

    assert shown.paging.fault == fault
    assert shown.columns == (*(InnerColumn(url) for url in columns), OTHERS)


def test_a_catalogue_is_asked_for_with_the_values_of_its_own_page():
    request = opened(SCRIPT, CATALOGUE).paging.requests[0]

    asked = {key: values[0] for key, values in parse_qs(urlsplit(request.url).query).items()}
    assert asked == {
        "IsAjax": "1",
        "dataType": "html",
        "labelName": "publicInfoList",
        "action": "list",
        "isDate": "true",
        "siteId": "678",
        "pageSize": "18",
        "dateFormat": "yyyy-MM-dd",
        "length": "50",
        "organId": "6600401",
        "type": "4",
        "catId": "77",
        "result": "暂无相关信息",
        "file": "/xxgk/publicInfoList_new_ah",
        "pageIndex": "1",
    }
    assert urlsplit(request.url).path == "/site/label/8888"
    assert dict(request.headers) == {
        "Referer": CATALOGUE,
        "X-Requested-With": "XMLHttpRequest",
        "Ls-Language": "zh",
    }


def test_a_fragment_gives_full_titles_its_total_and_the_next_page():
    shown = answered(rows(2) + pager(1, 2, ",recordCount:3"))

    assert [row.title for row in shown.rows] == [
        "平川县财政局2001年政府信息公开工作年度报告",
        "平川县财政局2002年政府信息公开工作年度报告",
    ]
    assert [str(row.listed_on) for row in shown.rows] == ["2024-01-26"] * 2
    assert shown.totals == {3}
    assert "pageIndex=2&" in shown.paging.requests[0].url + "&"


@pytest.mark.parametrize(
    ("fragment", "index", "paging"),
    [
        (rows(1) + pager(2, 2), 2, Paging(is_end=True)),
        (rows(1) + pager(1, 2), 2, Paging(fault="repeats")),
        (rows(1), 1, Paging(fault="pager_gone")),
        ("<html><body>登录</body></html>", 1, Paging(fault="answer_not_understood")),
        ("{}", 1, Paging(fault="answer_not_understood")),
        ("&nbsp;", 1, Paging(fault="answer_not_understood")),
    ],
    ids=["last page", "page 1 again", "no pager", "whole page", "json", "blank"],
)
def test_only_a_pager_that_says_so_ends_a_catalogue(fragment, index, paging):
    shown = answered(fragment, index)

    assert (shown.paging.is_end, shown.paging.fault) == (paging.is_end, paging.fault)
    assert not shown.is_empty


def test_an_empty_answer_says_so():
    shown = answered('<div class="xxgk_navli">暂无相关信息</div>')

    assert shown.is_empty
    assert not shown.paging.fault


def test_script_and_control_characters_in_titles_leave_the_row_where_it_is():
    odd = rows(1).replace("平川县财政局2001年", "平川县\x07财政局2001年&lt;script&gt;")

    assert [row.url for row in answered(odd + pager(1, 1)).rows] == [f"{SITE}/public/6600401/1.html"]


@pytest.mark.shared
def test_the_fragment_that_scrapers_met_is_read():
    fragment = (SAMPLES / "lonsun_publicinfolist_fragment.html").read_text(encoding="utf-8").partition("<!--")[0]

    shown = answered(fragment)

    assert [(row.title, row.url, str(row.listed_on)) for row in shown.rows] == [
        (
            "天长市XX局2020年政府信息公开工作年度报告",
            "https://www.tianchang.gov.cn/public/161054591/1109731397.html",
            "2021-01-27",
        )
    ]
    assert shown.totals == {210}
    assert len(shown.paging.requests) == 1


def test_every_page_of_such_a_portal_gives_the_family_away():
    for source in (SCRIPT, f'<a href="{ORGAN}?type=3">x</a>'):
        assert family_of(source).listing(source) is Listing.LONSUN
