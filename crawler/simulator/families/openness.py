"""Fake openness portals: a picker of branches, and pages that link each year's report by its year alone."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

COLUMN = "/Xxgknb/"
OLD_COLUMN = "/opennessAnnualReport/"
_FIRST_BRANCH = 300
_STRUCK = 2
"""Place of the agency that the quirks of one branch strike."""
_FAILED = Page(b"<html><head><title>500</title></head><body>Internal Server Error</body></html>", UTF8, 500)
_PER_PAGE = 3


def _page(holding: Holding, title: str, inside: str) -> Page:
    text = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(title)}</title></head>
<body><ul class="nav">{menu_items(holding.look)}</ul><div class="position">{escape(title)}</div>
{inside}{footer(holding.look)}</body></html>"""
    return Page(text.encode(), UTF8)


def _newer(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """/Xxgknb/: branches in a list, years as links, three to a page."""
    shown = [agency for place, agency in enumerate(holding.agencies) if place != _STRUCK or "branch_gone" not in quirks]
    named = {f"{COLUMN}index/{_branch(holding, agency)}.html": agency.removeprefix(holding.place) for agency in shown}
    items = "".join(f'<li><a href="{address}">{escape(name)}</a></li>' for address, name in named.items())
    pages = {
        "/": homepage(holding.look, (Link("政府信息公开", "/OpennessContent/"), Link("网站地图", "/map/"))),
        "/OpennessContent/": _page(holding, "政府信息公开", f'<a href="{COLUMN}">{REPORT_COLUMN}</a>'),
        COLUMN: _page(holding, REPORT_COLUMN, f'<ul class="branch">{items}</ul>'),
    }
    for place, agency in enumerate(holding.agencies):
        own = holding.of(agency)
        chunks = [own[start : start + _PER_PAGE] for start in range(0, len(own), _PER_PAGE)]
        for number, chunk in enumerate(chunks, start=1):
            pages[_year_page(holding, agency, number)] = _page(
                holding, REPORT_COLUMN, _years(chunk) + _pager(holding, agency, number, len(chunks), quirks)
            )
        if place == _STRUCK and "branch_500" in quirks:
            pages[_year_page(holding, agency, 1)] = _FAILED
    pages |= {_report(entry): _article(holding, entry) for entry in holding.entries if entry.report}
    return FakePortal(Site(pages, (COLUMN,)))


def _branch(holding: Holding, agency: str) -> int:
    return _FIRST_BRANCH + holding.agencies.index(agency)


def _year_page(holding: Holding, agency: str, number: int) -> str:
    branch = _branch(holding, agency)
    return f"{COLUMN}index/{branch}.html" if number == 1 else f"{COLUMN}index/{branch}/page_{number}.html"


def _report(entry: Entry) -> str:
    return f"{COLUMN}show/{entry.number}.html"


def _years(entries: tuple[Entry, ...]) -> str:
    links = "".join(f'<li><a href="{_report(entry)}">{entry.report_year}年</a></li>' for entry in entries)
    return f'<ul class="year_list">{links}</ul>'


def _pager(holding: Holding, agency: str, number: int, count: int, quirks: frozenset[str]) -> str:
    if "more_by_script" in quirks:
        return '<div class="more"><a href="javascript:void(0)" onclick="loadYears(2)">查看更多</a></div>'
    if number == count:
        return f'<div class="pages"><span>下一页</span> 第{number}页/共{count}页</div>'
    ahead = _year_page(holding, agency, number + 1)
    return f'<div class="pages"><a href="{ahead}">下一页</a> 第{number}页/共{count}页</div>'


def _article(holding: Holding, entry: Entry) -> Page:
    return article_page(holding.look, entry, container='<div class="content">')


def _older(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """PHP: one address, the branch in its query; a menu to pick from, also on the branches' own pages."""
    options = "".join(
        f'<option value="/opennessContent/?branch_id={_branch(holding, agency):024x}">{escape(agency)}</option>'
        for agency in holding.agencies
    )
    picker = f'<select class="branch" onchange="location=this.value">{options}</select>'

    def answer(asked: Asked) -> Page:
        branch = asked.query.get("branch_id")
        if branch is None:
            return _page(holding, REPORT_COLUMN, picker)
        place = int(branch, 16) - _FIRST_BRANCH
        if "empty_directory" in quirks and place == _STRUCK:
            return _page(holding, REPORT_COLUMN, f"{picker}<ul></ul>")
        own = holding.of(holding.agencies[place])
        links = (f'<a href="{OLD_COLUMN}content/?id={entry.number}">{entry.report_year}年度</a>' for entry in own)
        rows = "".join(f"<li>{link}<span>{entry.day}</span></li>" for link, entry in zip(links, own, strict=True))
        return _page(holding, REPORT_COLUMN, f'{picker}<ul class="list">{rows}</ul>')

    articles = {str(entry.number): _article(holding, entry) for entry in holding.entries}
    endpoints = {OLD_COLUMN: answer, f"{OLD_COLUMN}content/": lambda asked: articles[asked.query["id"]]}
    front = homepage(holding.look, (Link(REPORT_COLUMN, OLD_COLUMN),))
    return FakePortal(Site({"/": front}, (OLD_COLUMN,), endpoints), (OLD_COLUMN,))


FAKES = (
    Fake(
        "openness",
        "openness",
        "科讯：Xxgknb，机关列表，年份链接",
        _newer,
        (
            Quirk("branch_500", "一个机关的页面返回 500", Outcome.UNREACHABLE, finds_all=False),
            Quirk("branch_gone", "机关列表里少一个机关", Outcome.INCOMPLETE, finds_all=False),
            Quirk("more_by_script", "其余年份点击后由脚本加载", Outcome.INCOMPLETE, finds_all=False),
        ),
    ),
    Fake(
        "openness-php",
        "openness",
        "科讯：旧版 branch_id，下拉菜单",
        _older,
        (Quirk("empty_directory", "一个机关的列表是空白，没有说明", Outcome.NEEDS_BROWSER, finds_all=False),),
    ),
)
