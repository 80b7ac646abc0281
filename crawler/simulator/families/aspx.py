"""Fake ASP.NET portals: old pages in GB2312 whose pager posts the page's form back, and refuses any other form."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import partial
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page
from crawler.simulator.families.pages_of_lists import chunks, list_markup, row
from crawler.simulator.portals import REPORT_COLUMN, homepage
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

COLUMN = "/zwgk/list.aspx"
COUNTED = "/InfoPublic.aspx"
DETAIL = "/zwgk/show.aspx"
_TARGET = "ctl00$ContentPlaceHolder1$AspNetPager1"
_GRID = "ctl00$ContentPlaceHolder1$GridView1"
_BUTTON = "ctl00$ContentPlaceHolder1$lbtnNext"
_HEADERS = {"X-Powered-By": "ASP.NET", "X-AspNet-Version": "2.0.50727"}
_INVALID = (
    "<html><head><title>Invalid postback or callback argument.</title></head><body><h1>Server Error in '/' Application."
    "</h1><h2><i>Invalid postback or callback argument. Event validation is enabled</i></h2></body></html>"
)


def _portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    pages = _files(holding) | {"/": homepage(holding.look, (Link(REPORT_COLUMN, f"{COLUMN}?cid=1019"),))}
    endpoints = {COLUMN: partial(_posted, holding, quirks), DETAIL: partial(_detail, holding, quirks)}
    return FakePortal(Site(pages, (COLUMN,), endpoints), (f"{COLUMN}?cid=1019",))


def _counted_portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    pages = {"/": homepage(holding.look, (Link(REPORT_COLUMN, f"{COUNTED}?cid=1019&pid=971"),))}
    endpoints = {COUNTED: partial(_counted, holding), DETAIL: partial(_detail, holding, quirks)}
    return FakePortal(Site(pages, (COUNTED,), endpoints))


def _address(entry: Entry) -> str:
    return f"{DETAIL}?id={entry.number}"


def _detail(holding: Holding, quirks: frozenset[str], asked: Asked) -> Page:
    entry = next((entry for entry in holding.entries if asked.query.get("id") == str(entry.number)), None)
    if entry is None:
        return Page(b"<html><body><script>alert('no such record')</script></body></html>", headers=_HEADERS)
    link = f'<p>附件：<a href="/UploadFiles/2024/年报{entry.number}.doc">{entry.title}</a></p>'
    body = link if "files_only" in quirks and entry.report else None
    return article_page(holding.look, entry, container='<div id="zoom">', body=body)


def _files(holding: Holding) -> dict[str, Page]:
    word = Page(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "application/msword")
    return {quote(f"/UploadFiles/2024/年报{entry.number}.doc"): word for entry in holding.entries if entry.report}


def _posted(holding: Holding, quirks: frozenset[str], asked: Asked) -> Page:
    number = 1
    if asked.method == "POST":
        wanted = _page_wanted(asked, quirks)
        if wanted is None or "always_invalid" in quirks:
            return Page(_INVALID.encode(), "text/html; charset=utf-8", 500, _HEADERS)
        number = 1 if "ignores_postback" in quirks else wanted
    return _page(holding, number, quirks)


def _page_wanted(asked: Asked, quirks: frozenset[str]) -> int | None:
    """The page that a form asks for; None where it is not the form of the page that the state belongs to."""
    form = asked.form
    at = next((number for number in range(1, 100) if form.get("__VIEWSTATE") == _state(number)), None)
    if at is None or form.get("__EVENTVALIDATION") != _validation(at) or asked.query.get("cid") != "1019":
        return None
    if "ctl00$txtKey" not in form or form.get("ctl00$ddlYear") != "all":
        return None
    target, argument = form.get("__EVENTTARGET"), form.get("__EVENTARGUMENT", "")
    if "link_button" in quirks:
        return at + 1 if (target, argument) == (_BUTTON, "") else None
    if "grid" in quirks:
        return int(argument.removeprefix("Page$")) if target == _GRID and argument.startswith("Page$") else None
    return int(argument) if target == _TARGET and argument.isdigit() else None


def _page(holding: Holding, number: int, quirks: frozenset[str]) -> Page:
    lists = chunks(holding.entries)
    rows = [row(entry, f"show.aspx?id={entry.number}") for entry in lists[number - 1]]
    fields = {
        "__EVENTTARGET": "",
        "__EVENTARGUMENT": "",
        "__VIEWSTATE": _state(number),
        "__EVENTVALIDATION": _validation(number),
    }
    hidden = "".join(
        f'<input type="hidden" name="{name}" id="{name}" value="{value}" />' for name, value in fields.items()
    )
    form = f"""<form name="aspnetForm" method="post" action="list.aspx?cid=1019" id="aspnetForm">{hidden}
<script type="text/javascript">function __doPostBack(eventTarget, eventArgument) {{ theForm.submit(); }}</script>
<input name="ctl00$txtKey" type="text" value="请输入关键字" />
<input type="submit" name="ctl00$btnSearch" value="搜索" />
<select name="ctl00$ddlYear"><option value="all" selected="selected">全部</option>
<option value="2024">2024</option></select>
<ul class="list">{"".join(rows)}</ul>{_pager(len(lists), number, len(holding.entries), quirks)}</form>"""
    text = list_markup(holding, (), form, charset="gb2312")
    return Page(text.encode("gb18030"), "text/html; charset=gb2312", headers=_HEADERS)


def _pager(count: int, number: int, rows: int, quirks: frozenset[str]) -> str:
    if "link_button" in quirks:
        ahead = _link(_BUTTON, "", "下一页") if number < count else '<a disabled="disabled">下一页</a>'
        return f"<div>第{number}页/共{count}页 {ahead}</div>"
    if "grid" in quirks:
        cells = "".join(
            f"<td><span>{to}</span></td>" if to == number else f"<td>{_link(_GRID, f'Page${to}', str(to))}</td>"
            for to in range(1, count + 1)
        )
        return f"<table><tr>{cells}</tr></table>"
    numbers = "".join(_link(_TARGET, str(to), str(to)) for to in range(1, count + 1) if to != number)
    ahead = _link(_TARGET, str(number + 1), "下一页") if number < count else '<a disabled="disabled">下一页</a>'
    return f'<div id="AspNetPager1">共{rows}条 当前第{number}页/共{count}页 {numbers}{ahead}</div>'


def _link(target: str, argument: str, text: str) -> str:
    return f'<a href="javascript:__doPostBack({escape(repr(target))},{escape(repr(argument))})">{text}</a>'


def _counted(holding: Holding, asked: Asked) -> Page:
    """A column whose pages are counted in the address; the form on it is only the search."""
    lists = chunks(holding.entries)
    number = min(int(asked.query.get("page") or 1), len(lists))
    rows = [row(entry, _address(entry)) for entry in lists[number - 1]]
    at = f"{COUNTED}?cid=1019&amp;pid=971&amp;page={{}}&amp;kw="
    ahead = f'<a href="{at.format(number + 1)}">下一页</a>' if number < len(lists) else "下一页"
    form = f'<form method="post" action="./"><input type="hidden" name="__VIEWSTATE" value="{_state(number)}" /></form>'
    pager = f'<div class="page"><a href="{at.format(1)}">首页</a>{ahead} 第{number}页/共{len(lists)}页</div>'
    return Page(list_markup(holding, rows, form + pager).encode(), "text/html; charset=utf-8", headers=_HEADERS)


def _state(number: int) -> str:
    return "/wEPDwUK" + b64encode(hashlib.sha256(f"state {number}".encode()).digest() * 8).decode()


def _validation(number: int) -> str:
    return "/wEWBAL" + b64encode(hashlib.sha256(f"validation {number}".encode()).digest()).decode()


FAKES = (
    Fake(
        "aspx",
        "aspx",
        "ASP.NET：AspNetPager 回发翻页，GB2312",
        _portal,
        (
            Quirk("grid", "GridView 的页码表，没有下一页"),
            Quirk("link_button", "下一页是不带页号的按钮"),
            Quirk("files_only", "年报只有 Word 附件，文件名是中文"),
            Quirk("ignores_postback", "回发后仍是第 1 页", Outcome.INCOMPLETE, finds_all=False),
            Quirk("always_invalid", "回发一律 500 Invalid postback", Outcome.UNREACHABLE, finds_all=False),
        ),
    ),
    Fake("aspx-counted", "aspx", "ASP.NET：InfoPublic.aspx?cid=&page=，栏目要从首页找", _counted_portal),
)
