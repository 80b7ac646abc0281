"""Hanweb's directories of agencies: how a shell asks for its table, what a page of the table shows, whose it is."""

from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.listings import InnerColumn, PageRequest, Paging, read_list
from crawler.listings.xxgk_search import read_xxgk
from crawler.pages import read_page
from crawler.portals import Listing, family_of

SAMPLES = Path(__file__).parents[3].parent / "shared" / "portal_samples"
SITE = "http://www.example.gov.cn"
SHELL = f"{SITE}/col/col33381/index.html?vc_xxgkarea=11370800004312466C-ZF&number=B0303&jh=263"
REPORT = "平川镇2023年政府信息公开工作年度报告"
TYPED = (
    "<script>$.ajax({type:'POST',url:'/module/xxgk/search.jsp?standardXxgk=0&isAllList=1&texttype=1&fbtime=-1&vc_all="
    "&vc_filenumber=&vc_title=&vc_number=&currpage=1&sortfield=,createdatetime:0,orderid:0',"
    'data:"infotypeId=A0212&jdid=3096&area=&divid=div1229498488"});</script>'
)
PUT_TOGETHER = (
    "<iframe src='/module/xxgk/tree.jsp?standardXxgk=1&amp;area=002276772&amp;divid=div4'></iframe>"
    "<script>function find(a,b,c){loadDynamic('/module/xxgk/search.jsp?standardXxgk=1&infotypeId='+a+'&vc_title='"
    "+encodeURI(b)+'&vc_number='+encodeURI(c)+'&area=002276772', 'div4', '0','0','950','2','','');}</script>"
)


def page(body, url=SHELL):
    return read_page(f"<html><head><meta charset='utf-8'></head><body>{body}</body></html>".encode(), url)


def first(body, url=SHELL):
    opening = page(body, url)
    return read_list(family_of(opening.text).listing(opening.text), opening, opening, 1, PageRequest(url))


def answered(text, request=None, *, body=TYPED, number=2):
    request = request or first(body).paging.requests[0]
    return read_xxgk(page(body), read_page(text.encode(), request.url), number, request)


def table(count, pager):
    rows = "".join(
        f'<tr class="tr_main_value_odd"><td>{n}</td><td><a class="bt_link" href="/art/2024/1/25/art_33381_{n}.html"'
        f' title="{REPORT}">{REPORT[:9]}…</a></td><td>2024-01-25</td></tr>'
        for n in range(count)
    )
    return f'<table class="tr_main"><tr class="tr_main_title"><td>标题</td></tr>{rows}</table><div>{pager}</div>'


def fields(request):
    asked = parse_qs(urlsplit(request.url).query, keep_blank_values=True)
    posted = parse_qs(request.body.decode(), keep_blank_values=True)
    return {name: values[-1] for name, values in {**asked, **posted}.items()}


def test_a_shell_is_asked_for_its_table_as_its_own_script_asks():
    posted, got = first(TYPED, f"{SITE}/col/col1229005922/index.html").paging.requests

    assert (posted.method, urlsplit(posted.url).path) == ("POST", "/module/xxgk/search.jsp")
    assert "sortfield=,createdatetime:0,orderid:0" in posted.url
    asked = fields(posted)
    assert (asked["infotypeId"], asked["jdid"], asked["area"], asked["divid"], asked["currpage"]) == (
        "A0212", "3096", "", "div1229498488", "1",
    )  # fmt: skip
    assert asked["isAllList"] == "1"
    assert dict(posted.headers)["X-Requested-With"] == "XMLHttpRequest"
    assert got.method == "GET"
    assert fields(got) == asked


def test_a_call_that_is_put_together_leaves_empty_what_visitors_type():
    posted, _ = first(PUT_TOGETHER, f"{SITE}/col/col13008/index.html").paging.requests

    assert fields(posted) == {
        "standardXxgk": "1", "infotypeId": "", "vc_title": "", "vc_number": "", "area": "002276772",
        "divid": "div4", "jdid": "2", "currpage": "1",
    }  # fmt: skip


def test_the_address_of_a_column_says_whose_directory_and_which_type():
    body = PUT_TOGETHER.replace("002276772", "11370800004312466C-ZF")
    asked = fields(first(body).paging.requests[0])

    assert (asked["area"], asked["infotypeId"]) == ("11370800004312466C-ZF", "B0303")


@pytest.mark.parametrize(
    ("body", "url"),
    [
        (PUT_TOGETHER, SHELL),
        (TYPED.replace("area=&", "area=01&") + TYPED.replace("area=&", "area=02&"), f"{SITE}/col/col1/index.html"),
    ],
)
def test_a_shell_that_names_several_directories_is_not_guessed_at(body, url):
    assert first(body, url).paging == Paging(fault="pager_unreadable")


def test_the_links_of_a_tree_say_nothing_of_the_table():
    tree = "<a href='/module/xxgk/tree.jsp?area=002276772&infotypeId=A01'>机构职能</a>"

    assert fields(first(tree + PUT_TOGETHER, f"{SITE}/col/col1/index.html").paging.requests[0])["infotypeId"] == ""


@pytest.mark.shared
def test_a_page_of_the_table_is_read_with_whole_titles():
    shown = answered((SAMPLES / "hanweb_module_xxgk_search_fragment.html").read_text(encoding="utf-8"))

    assert [(row.title, row.listed_on) for row in shown.rows] == [
        ("XX镇2023年政府信息公开工作年度报告", date(2024, 1, 25)),
        ("XX镇2022年政府信息公开工作年度报告", date(2023, 1, 20)),
    ]
    assert shown.totals == {32}
    assert fields(shown.paging.requests[0])["currpage"] == "2"
    again = answered(table(2, "共有 32 条&nbsp;&nbsp;共2页&nbsp;"), shown.paging.requests[0], number=3)
    assert again.paging == Paging(is_end=True)


@pytest.mark.parametrize(
    ("pager", "paging"),
    [
        ("&nbsp;&nbsp;共1页&nbsp;", Paging(is_end=True)),
        ("第1页 <a onclick='gotopage(1)'>尾页</a>", Paging(is_end=True)),
        ("", Paging(is_single=True)),
        ("下一页", Paging(fault="pager_unreadable")),
    ],
)
def test_the_end_of_a_table_is_what_its_pager_says(pager, paging):
    assert answered(table(3, pager)).paging == paging


def test_a_table_whose_pager_only_calls_a_script_goes_on():
    shown = answered(table(3, "<a class='bt_link' onclick=\"gotopage('2')\">下一页</a>"))

    assert fields(shown.paging.requests[0])["currpage"] == "2"


def test_an_endpoint_is_believed_to_have_nothing_when_every_way_to_ask_was_tried():
    posted, got = first(TYPED).paging.requests
    nothing = table(0, "共有 0 条&nbsp;&nbsp;共0页&nbsp;")

    assert not answered(nothing, posted).is_empty
    assert answered(nothing, got).is_empty


@pytest.mark.parametrize("text", ["<form action='/sso/login'><a href='/'>首页</a></form>", "{}", "null"])
def test_an_answer_that_is_no_table_is_a_fault(text):
    shown = answered(text)

    assert (shown.rows, shown.is_empty) == ((), False)
    assert shown.paging.fault == "answer_not_understood"


def test_a_table_that_lies_in_the_shell_is_its_first_page():
    shown = first(TYPED + table(3, "共有 5 条&nbsp;共2页"))

    assert len(shown.rows) == 3
    assert shown.totals == {5}
    assert fields(shown.paging.requests[0])["currpage"] == "2"


def test_a_column_without_an_area_offers_those_that_it_links():
    column = f"{SITE}/col/col33381/index.html"
    own = [("平川县财政局", "01"), ("平川县教育局", "02"), ("乡镇街道", "03"), ("政府信息公开", "04")]
    links = "".join(f"<li><a href='{column}?vc_xxgkarea={area}&number=B0303'>{name}</a></li>" for name, area in own)
    other = f"<a href='{SITE}/col/col9/index.html?vc_xxgkarea=05'>平川县民政局</a>"

    assert family_of(links).listing(links) is Listing.XXGK_SEARCH
    # A group of agencies is nobody's own; the menu's link is the portal's.
    assert first(links + other, column).columns == (
        InnerColumn(f"{column}?vc_xxgkarea=01&number=B0303", "平川县财政局"),
        InnerColumn(f"{column}?vc_xxgkarea=02&number=B0303", "平川县教育局"),
        InnerColumn(f"{column}?vc_xxgkarea=03&number=B0303", ""),
    )
    assert first(links + TYPED).columns == ()


def test_the_whole_directory_is_read_too_where_a_picker_offers_groups():
    column = f"{SITE}/col/col33381/index.html"
    agencies = "".join(
        f"<li><a href='?vc_xxgkarea=0{n}'>平川县{name}</a></li>" for n, name in enumerate(("财政局", "教育局"))
    )
    group = "<li><a href='?vc_xxgkarea=09'>乡镇街道</a></li>"

    assert first(agencies + TYPED, column).paging == Paging(is_end=True)
    # An agency may be in none of the groups.
    assert len(first(agencies + group + TYPED, column).paging.requests) == 2


def test_a_link_into_a_directory_makes_no_directory_of_a_printed_list():
    items = "".join(f"<li><a href='/art/2024/1/29/art_284_{n}.html'>{REPORT}</a>2024-01-29</li>" for n in range(3))
    shown = first(f"<a href='/module/xxgk/guide.jsp'>指南</a><ul>{items}</ul><a href='?pageNum=2'>下一页</a>")

    assert len(shown.rows) == 3
    assert shown.paging == Paging((PageRequest(f"{SITE}/col/col33381/index.html?pageNum=2"),))
