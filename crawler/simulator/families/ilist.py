"""Fake portals of iList.jsp: one page for every column, named by its fields, that pages by the field cur_page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk
from crawler.simulator.families.pages_of_lists import articles, chunks, list_page, row
from crawler.simulator.portals import REPORT_COLUMN, homepage
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

PATH = "/info/iList.jsp"
_QUERY = "?node_id=GKmzs&cat_id=15971"


def _portal(is_named: bool, holding: Holding, quirks: frozenset[str]) -> FakePortal:  # noqa: FBT001 (bound in FAKES)
    pages = articles(holding, _address)
    pages["/"] = homepage(holding.look, (Link(REPORT_COLUMN, f"{PATH}{_QUERY}"),))
    columns = (f"{PATH}{_QUERY}&cur_page=1",) if is_named else ()
    return FakePortal(Site(pages, (PATH,), {PATH: partial(_list, holding, quirks)}), columns)


def _address(entry: Entry) -> str:
    return f"/gk/ndbg/{entry.number}.htm"


def _list(holding: Holding, quirks: frozenset[str], asked: Asked) -> Page:
    lists = chunks(holding.entries)
    if asked.query.get("cat_id") != "15971":
        return list_page(holding, (), "<p>没有找到相关信息</p>")
    number = min(int(asked.query.get("cur_page") or 1), len(lists))
    if "page_ignored" in quirks:
        number = 1
    rows = [row(entry, ".." + _address(entry)) for entry in lists[number - 1]]
    return list_page(holding, rows, _pager(len(lists), number, len(holding.entries), quirks))


def _pager(count: int, number: int, rows: int, quirks: frozenset[str]) -> str:
    stated = f"<span>共{rows}条信息 当前第{number}页/共{count}页</span>"
    if "drawn_pager" in quirks:
        script = f"function turn(n){{ location.href = 'iList.jsp?cur_page=' + n + '{_QUERY.replace('?', '&')}'; }}"
        ahead = f'<a href="javascript:turn({number + 1})">下一页</a>'
        return f'<div class="page">{stated}{ahead}</div><script>{script}</script>'
    if number == count:
        return f'<div class="page">{stated}<a href="{_at(number - 1)}">上一页</a></div>'
    return f'<div class="page">{stated}<a href="{_at(number + 1)}">下一页</a><a href="{_at(count)}">尾页</a></div>'


def _at(number: int) -> str:
    return f"iList.jsp{_QUERY}&amp;cur_page={number}"


FAKES = (
    Fake(
        "ilist",
        "ilist",
        "iList.jsp：cur_page 翻页",
        partial(_portal, True),  # noqa: FBT003 (is_named)
        (
            Quirk("drawn_pager", "翻页由脚本跳转，页面只写第几页、共几页"),
            Quirk("page_ignored", "不管第几页都给第 1 页", Outcome.INCOMPLETE, finds_all=False),
        ),
    ),
    Fake("ilist-found", "ilist", "iList.jsp：栏目要从首页找", partial(_portal, False)),  # noqa: FBT003
)
