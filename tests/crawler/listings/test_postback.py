"""Pagers that post their page's form back: what is sent, what is left out, when the end is shown."""

from urllib.parse import parse_qsl

import pytest

from crawler.listings import PageRequest, Paging, read_list
from crawler.pages import read_page
from crawler.portals import Listing, family_of

COLUMN = "http://www.example.gov.cn/zwgk/list.aspx?cid=1019"
STATE = '<input type="hidden" name="__VIEWSTATE" value="/wEPDw==" />'
VALID = '<input type="hidden" name="__EVENTVALIDATION" value="/wEWBA==" />'
ROW = '<ul><li><a href="show.aspx?id=12">甲局2024年政府信息公开工作年度报告</a><span>2025-01-20</span></li></ul>'


def call(target, argument, text):
    return f'<a href="javascript:__doPostBack(&#39;{target}&#39;,&#39;{argument}&#39;)">{text}</a>'


def page(*inside, head="", action="list.aspx?cid=1019"):
    form = f'<form method="post" action="{action}">{STATE}{VALID}{ROW}{"".join(inside)}</form>'
    return read_page(f"<html><head>{head}</head><body>{form}</body></html>".encode(), COLUMN)


def paging(this, number=1):
    assert family_of(this.text).listing(this.text) is Listing.POSTBACK
    return read_list(Listing.POSTBACK, this, this, number, PageRequest(COLUMN)).paging


def sent(this, number=1):
    (request,) = paging(this, number).requests
    assert request.method == "POST"
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def test_the_next_page_is_asked_for_with_every_field_of_the_form():
    this = page(
        '<input name="txtKey" value="关键字"><input type="submit" name="btnSearch" value="搜索">',
        '<input type="checkbox" name="old"><input type="checkbox" name="new" checked>',
        '<select name="year"><option value="all">全部</option><option value="2024" selected>2024</option></select>',
        '<textarea name="note">无</textarea><input name="off" value="1" disabled>',
        call("ctl00$Pager1", "2", "下一页"),
    )

    assert sent(this) == {
        "__VIEWSTATE": "/wEPDw==",
        "__EVENTVALIDATION": "/wEWBA==",
        "__EVENTTARGET": "ctl00$Pager1",
        "__EVENTARGUMENT": "2",
        "txtKey": "关键字",
        "new": "on",
        "year": "2024",
        "note": "无",
    }
    assert paging(this).requests[0].url == COLUMN


def test_the_fields_of_another_form_are_not_sent():
    this = page(call("Pager1", "2", "下一页"))
    text = this.text.replace("<body>", '<body><form><input name="q" value="全站搜索"></form>')

    assert "q" not in sent(read_page(text.encode(), COLUMN))


def test_what_is_posted_to_an_old_page_is_in_its_own_encoding():
    this = page('<input name="txtKey" value="关键字">', call("Pager1", "2", "2"), head='<meta charset="gb2312">')

    assert b"txtKey=%B9%D8%BC%FC%D7%D6" in paging(this).requests[0].body


@pytest.mark.parametrize(
    ("pager", "number", "argument"),
    [
        (call("Pager1", "2", "2") + call("Pager1", "9", "尾页"), 1, "2"),
        (call("Grid1", "Page$1", "1") + call("Grid1", "Page$11", "..."), 10, "Page$11"),
        (call("lbtnPrev", "", "上一页") + call("lbtnNext", "", "下一页"), 2, ""),
        ('<p>第2页/共3页</p><input type="submit" name="btnNext" value="下一页">', 2, None),
    ],
)
def test_the_next_page_is_told_by_its_argument_or_by_its_words(pager, number, argument):
    fields = sent(page(pager), number)

    assert fields.get("__EVENTARGUMENT") == argument
    assert argument is not None or fields["btnNext"] == "下一页"


@pytest.mark.parametrize(
    ("pager", "number"),
    [
        ("<p>第3页/共3页</p>" + call("Pager1", "1", "首页"), 3),
        (call("Pager1", "1", "1") + call("Pager1", "2", "2") + '<a disabled="disabled">下一页</a>', 3),
        (call("Grid1", "Page$1", "1") + call("Grid1", "Page$2", "2") + "<span>3</span>", 3),
    ],
)
def test_the_last_page_is_known_by_its_pager(pager, number):
    assert paging(page(pager), number) == Paging(is_end=True)


def test_a_tab_that_posts_a_number_is_no_page():
    assert paging(page(call("Tab1", "1", "市政府"), call("Tab1", "2", "街道"))) == Paging(is_single=True)


def test_a_pager_outside_every_form_is_not_guessed():
    this = read_page(f"<html><body>{STATE}{ROW}{call('Pager1', '2', '下一页')}</body></html>".encode(), COLUMN)

    assert paging(this).fault == "pager_unreadable"


def test_a_page_of_the_system_may_link_its_pages_as_others_do():
    this = page('<a href="list.aspx?cid=1019&page=2">下一页</a>')

    assert paging(this) == Paging((PageRequest(f"{COLUMN}&page=2"),))
