"""Fake TRS portals whose lists are drawn by the search engine WAS: JSON that is none, or a page of results."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk
from crawler.simulator.families.pages_of_lists import articles, list_page
from crawler.simulator.portals import REPORT_COLUMN, homepage
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

COLUMN = "/xxgk/zfxxgknb/"
SEARCH = "/was5/web/search"
_QUERY = "channelid=210831&templet=advsch.jsp&sortfield=-docorderpri%2C-docreltime&classsql=chnlid%3D224"
_PER_PAGE = 15


def _portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    script = f"""<script>
function show(n) {{ $.ajax({{ url: "{SEARCH}?{_QUERY}&prepage={_PER_PAGE}&page=" + n, dataType: "text" }}); }}
show(1);</script><div id="pagination"></div>"""
    rows = [_item(entry) for entry in holding.entries[:_PER_PAGE]] if "rows_inline" in quirks else []
    return _site(holding, quirks, list_page(holding, rows, script), _answer, is_named=True)


def _drawn_portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    frame = f'<iframe src="{SEARCH}?{escape(_QUERY)}&amp;prepage={_PER_PAGE}" width="100%"></iframe>'
    return _site(holding, quirks, list_page(holding, (), frame), _results, is_named=False)


def _site(
    holding: Holding,
    quirks: frozenset[str],
    column: Page,
    answer: Callable[[Holding, frozenset[str], Asked], Page],
    *,
    is_named: bool,
) -> FakePortal:
    pages = articles(holding, _address) | {COLUMN: column}
    pages["/"] = homepage(holding.look, (Link(REPORT_COLUMN, COLUMN),))
    endpoints = {SEARCH: partial(answer, holding, quirks)}
    return FakePortal(Site(pages, (COLUMN,), endpoints), (COLUMN,) if is_named else ())


def _address(entry: Entry) -> str:
    return f"{COLUMN}{entry.day:%Y%m}/t{entry.day:%Y%m%d}_{entry.number}.htm"


def _item(entry: Entry) -> str:
    title = escape(entry.title)
    return f'<li><a href="{_address(entry)}" title="{title}">{title}</a><span>{entry.day}</span></li>'


def _wanted(holding: Holding, quirks: frozenset[str], asked: Asked) -> tuple[int, tuple[Entry, ...]]:
    """The number of the page that is asked for and its rows; none where the search is not the column's."""
    number = int(asked.query.get("page") or 1)
    if asked.query.get("classsql") != "chnlid=224":
        return number, ()
    entries = holding.entries[:30] if "capped" in quirks else holding.entries
    return number, entries[(number - 1) * _PER_PAGE : number * _PER_PAGE]


def _answer(holding: Holding, quirks: frozenset[str], asked: Asked) -> Page:
    _, entries = _wanted(holding, quirks, asked)
    if "login" in quirks:
        return Page("<html><head><title>用户登录</title></head><body><form>用户名</form></body></html>".encode())
    docs = "".join(
        f'{{"title":"{entry.title}","content":"正文\t摘要\x0b\n第二行",\n"chnldocurl":"http://{asked.headers["Host"]}{COLUMN}",'
        f'"url":"{_address(entry)}","pubtime":"{entry.day} 10:30:00","fileno":"",}},\n'
        for entry in entries
    )
    filler = '{"title":"文章标题","url":"","pubtime":""}' if "filler" in quirks else ""
    text = f'\r\n\r\n{{"count":"{len(holding.entries)}","docs":[\n{docs}{filler}],}}\r\n'
    return Page(text.encode(), "text/html;charset=UTF-8")


def _results(holding: Holding, quirks: frozenset[str], asked: Asked) -> Page:
    number, entries = _wanted(holding, quirks, asked)
    rows = [_item(entry) for entry in entries]
    pages = -(-len(holding.entries) // _PER_PAGE)
    links = "".join(
        f'<a href="search?page={to}&amp;{escape(_QUERY)}&amp;prepage={_PER_PAGE}">{text}</a>'
        for to, text in ((number - 1, "上一页"), (number + 1, "下一页"))
        if 1 <= to <= pages and "no_links" not in quirks
    )
    return list_page(holding, rows, f'<div class="outline">约有<b>{len(holding.entries)}</b>项 {links}</div>')


FAKES = (
    Fake(
        "trs-search",
        "trs",
        "拓尔思 WAS：JSON 里有控制字符和多余的逗号",
        _portal,
        (
            Quirk("rows_inline", "栏目页自带第 1 页的行"),
            Quirk("filler", "每页末尾有一条“文章标题”凑数"),
            Quirk("capped", "只给前 30 条，总数照写", Outcome.INCOMPLETE, finds_all=False),
            Quirk("login", "接口返回登录页", Outcome.INCOMPLETE, finds_all=False),
        ),
    ),
    Fake(
        "trs-search-page",
        "trs",
        "拓尔思 WAS：内嵌的结果页，约有N项；栏目要从首页找",
        _drawn_portal,
        (
            Quirk("no_links", "结果页没有翻页链接"),
            Quirk("capped", "只给前 30 条，总数照写", Outcome.INCOMPLETE, finds_all=False),
        ),
    ),
)
