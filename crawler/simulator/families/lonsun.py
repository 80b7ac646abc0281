"""Fake LonSun portals: an organ list, organs with a menu of years, organs with a catalogue that a script asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page, body_of
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

LABEL = "/site/label/8888"
_FIRST_ORGAN = 6_600_400
_CATALOGUE = 6_708_461
_PER_PAGE = 8
_CATALOGUED = (6, 7)
"""Places of the agencies whose reports stand in a catalogue alone."""
_BROKEN = 3
"""Place of the agency that the quirks of one organ strike."""
_LENGTH = 25
_GONE = Page(b"<html><head><title>404</title></head><body>404 Not Found</body></html>", UTF8, 404)
_FAILED = Page(b"<html><head><title>500</title></head><body>HTTP Status 500</body></html>", UTF8, 500)
_TREE = "<script>$(function(){ Ls.tree('#catalogTree', {organId: organId}); });</script><ul id='catalogTree'></ul>"


@dataclass(frozen=True)
class _Portal:
    """One such portal; `prefix` stands before /public in every address."""

    holding: Holding
    quirks: frozenset[str]
    prefix: str = ""

    def column(self, place: int, rest: str) -> str:
        """The address of a page of the organ at this place of the agencies; -1 is the government's own."""
        return f"{self.prefix}/public/column/{_FIRST_ORGAN + 1 + place}?{rest}"

    def catalogue(self, place: int) -> tuple[Entry, ...]:
        """What an organ's catalogue of annual reports lists: all strays lie there too."""
        own = self.holding.of(self.holding.agencies[place])
        return tuple(entry for entry in self.holding.entries if entry in own or not entry.agency)

    def article(self, entry: Entry, place: int) -> str:
        """Where an article of a catalogue is."""
        return f"{self.prefix}/public/{_FIRST_ORGAN + 1 + place}/{entry.number}.html"

    def answer_column(self, asked: Asked) -> Page:
        """An organ's page, by its query."""
        place = int(asked.path.rpartition("/")[2]) - _FIRST_ORGAN - 1
        query = asked.query
        if query.get("action") == "rel":
            return self._page(self._organs())
        if not 0 <= place < len(self.holding.agencies):
            return _GONE
        if place == _BROKEN and "organ_500" in self.quirks:
            return _FAILED
        if query.get("type") == "3":
            return self._years(place, query.get("title"))
        if query.get("type") == "4" and query.get("catId"):
            return self._page(self._menu(place) + self._script(place, query["catId"]))
        return self._page(self._menu(place) + self._script(place, ""))

    def answer_label(self, asked: Asked) -> Page:
        """A page of a catalogue as a fragment; a whole page for who is no script."""
        query = {**asked.query, **asked.form}
        if asked.headers.get("X-Requested-With") != "XMLHttpRequest" or "whole_page" in self.quirks:
            return homepage(self.holding.look, ())
        place = int(query.get("organId") or _FIRST_ORGAN) - _FIRST_ORGAN - 1
        is_ours = place in _CATALOGUED and query.get("catId") == str(_CATALOGUE + place)
        entries = self.catalogue(place) if is_ours else ()
        if not entries or query.get("labelName") != "publicInfoList":
            return Page(f'<div class="xxgk_navli">{query.get("result", "")}</div>'.encode(), UTF8)
        index = 1 if "repeats" in self.quirks else int(query.get("pageIndex") or 1)
        shown = entries[(index - 1) * _PER_PAGE : index * _PER_PAGE]
        count = -(-len(entries) // _PER_PAGE)
        rows = "".join(self._row(number, entry, place) for number, entry in enumerate(shown, start=1))
        pages = "".join(f'<a paged="{number}">{number}</a>' for number in range(1, count + 1))
        total = "" if "no_total" in self.quirks else f",recordCount:{len(entries)}"
        text = f"""{rows}<div id="page_public_info">{pages}</div>
<script>$(function(){{ Ls.pagination("#page_public_info",{{pageIndex:{index},pageCount:{count}{total}}});
}});</script>"""
        return Page(text.encode(), UTF8)

    def _row(self, number: int, entry: Entry, place: int) -> str:
        short = entry.title if len(entry.title) <= _LENGTH else f"{entry.title[:_LENGTH]}..."
        return (
            f'<div class="xxgk_navli"><ul class="clearfix"><li class="xh">{number}</li><li class="mc">'
            f'<a href="{self.article(entry, place)}" title="{escape(entry.title)}" target="_blank">{escape(short)}</a>'
            f'</li><li class="rq"><span class="date">{entry.day}</span></li></ul></div>'
        )

    def _organs(self) -> str:
        names = list(enumerate(self.holding.agencies))
        if "organ_gone" in self.quirks:
            del names[_BROKEN]
        items = "".join(
            f'<li><a title="{escape(name)}" href="{escape(self.column(place, "type=4&action=list"))}">'
            f"{escape(name[:6])}</a></li>"
            for place, name in [*names, (len(self.holding.agencies), f"{self.holding.place}档案馆")]
        )
        return f'<h3>部门</h3><ul class="clearfix">{items}</ul>'

    def _menu(self, place: int) -> str:
        names = {1: "政府信息公开制度", 2: "政府信息公开指南", 3: REPORT_COLUMN, 4: "法定主动公开内容"}
        items = "".join(
            f'<li><a href="{escape(self.column(place, f"type={kind}"))}">{name}</a></li>'
            for kind, name in names.items()
        )
        return f'<ul class="xxgk_nav">{items}</ul>'

    def _tree(self, place: int) -> str:
        if "tree_by_script" in self.quirks:
            return _TREE
        names = {1_000: "政策文件", 2_000: "财政资金"} | (
            {_CATALOGUE: "政府信息公开年度报告"} if place in _CATALOGUED else {}
        )
        items = "".join(
            f'<li><a href="{escape(self.column(place, f"type=4&action=list&nav=3&sub=&catId={key + place}"))}">'
            f"{name}</a></li>"
            for key, name in names.items()
        )
        return f'<ul class="tree">{items}</ul>'

    def _script(self, place: int, catalogue: str) -> str:
        return self._tree(place) + (
            '<div id="xxgk_list"></div><script>function pageList(pageIndex){ Ls.ajax({ url: "/site/label/8888",\n'
            'data: { labelName: "publicInfoList", siteId: "6781961", pageSize: 8, pageIndex: pageIndex,\n'
            "action: 'list', isDate: true, dateFormat: 'yyyy-MM-dd', length: 50, organId: \""
            + str(_FIRST_ORGAN + 1 + place)
            + '", '
            f"type: \"4\", catId: '{catalogue}', catIds: '', cId: '', result: '暂无相关信息',\n"
            'file: "/xxgk/publicInfoList_new_ah" }, success: show }); }</script>'
        )

    def _years(self, place: int, title: str | None) -> Page:
        own = () if place in _CATALOGUED else self.holding.of(self.holding.agencies[place])
        if not own:
            return self._page(self._menu(place) + '<div class="xxgk_content">暂无相关信息</div>')
        shown = next((entry for entry in own if str(entry.report_year) == title), None) if title else own[0]
        if shown is None:
            return _GONE
        links = "".join(
            f'<li><a href="{escape(self._detail(place, entry))}">{entry.report_year}年</a></li>' for entry in own
        )
        body = f'{self._menu(place)}<ul id="timeFrame">{links}</ul>'
        return article_page(self.holding.look, shown, container=f'{body}<div class="gkwz_contnet j-fontContent">')

    def _detail(self, place: int, entry: Entry) -> str:
        return self.column(place, f"type=3&action=detail&title={entry.report_year}&nav={entry.number}")

    def _page(self, inside: str) -> Page:
        look = self.holding.look
        text = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(look.site_name)}</title></head>
<body><ul class="nav">{menu_items(look)}</ul>{inside}{footer(look)}</body></html>"""
        return Page(text.encode(), UTF8)


def _site(portal: _Portal, links: Sequence[Link]) -> Site:
    holding = portal.holding
    pages = {"/": homepage(holding.look, tuple(links))}
    for place in _CATALOGUED:
        for entry in portal.catalogue(place):
            page = article_page(holding.look, entry, container='<div class="j-fontContent">', body=body_of(entry))
            pages[portal.article(entry, place)] = page
    prefix = f"{portal.prefix}/public/column/"
    return Site(pages, (prefix,), {prefix: portal.answer_column, LABEL: portal.answer_label})


def _found(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """The organ list is what the homepage calls the column of annual reports."""
    portal = _Portal(holding, quirks)
    return FakePortal(_site(portal, (Link(REPORT_COLUMN, portal.column(-1, "type=4&action=rel")),)))


def _led_astray(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """The homepage's column is one organ's own page; the others are behind the organ list."""
    portal = _Portal(holding, quirks)
    return FakePortal(_site(portal, (Link(REPORT_COLUMN, portal.column(0, "type=3")),)))


def _named(holding: Holding, quirks: frozenset[str], *, kind: str) -> FakePortal:
    """The registry names each organ's own page."""
    portal = _Portal(holding, quirks, "/zwgk")
    own = {name: portal.column(place, kind) for place, name in enumerate(holding.agencies)}
    return FakePortal(_site(portal, ()), (), own)


FAKES = (
    Fake(
        "lonsun",
        "lonsun",
        "龙讯：机关列表、年份菜单、目录",
        _found,
        (
            Quirk("organ_500", "一个机关的页面返回 500", Outcome.UNREACHABLE, finds_all=False),
            Quirk("organ_gone", "机关列表里少一个机关", Outcome.INCOMPLETE, finds_all=False),
            Quirk("repeats", "目录接口无视 pageIndex，总给第一页", Outcome.INCOMPLETE, finds_all=False),
            Quirk("no_total", "目录接口不给 recordCount"),
            Quirk("whole_page", "目录接口返回整个首页", Outcome.INCOMPLETE, finds_all=False),
            Quirk("tree_by_script", "目录树由脚本生成，看不到", Outcome.INCOMPLETE, finds_all=False),
        ),
    ),
    Fake("lonsun-own-page", "lonsun", "龙讯：首页只链接一个机关的年报页", _led_astray),
    Fake("lonsun-type-3", "lonsun", "龙讯：各机关年报页", partial(_named, kind="type=3")),
    Fake("lonsun-type-4", "lonsun", "龙讯：各机关目录页", partial(_named, kind="type=4&action=list")),
)
