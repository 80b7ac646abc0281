"""Shells whose blocks are units of Hanweb's publish-server: which units hold a list, and their pages.

The column's own source has no rows. Each block is a script tag that names an address and, in single quotes,
the fields to ask with. Several units of a page may hold lists: each is walked as a list of its own.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from crawler.listings.answers import fields, got_before, not_understood, parsed, part
from crawler.listings.linked_pages import read_linked_page
from crawler.listings.model import InnerColumn, ListPage, PageRequest, Paging, get_request
from crawler.pagers import stated_totals
from crawler.pages import address, base_address, read_page
from crawler.rows import list_rows, read_rows
from crawler.titles import may_be_report
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.pages import Page

CHROME = re.compile(
    r"(?:通用|公共|网站|页面|本页|手机|首页|新版?|网页)*(?:导航|页头|头部|顶部|页脚|底部|尾部|版权|当前位置|面包屑|位置|搜索|友情链接|轮播图?"
    r"|banner|header?|top|footer?|nav|logo)(?:区域|部分|信息|栏|条|框|\d+)*",
    re.IGNORECASE,
)
"""Names of units that are the page's frame and no list."""

UNIT = "#unit-"
"""What an address has behind it that means one unit of a page."""

_FIELD = re.compile(r"(['\"])(\w+)\1\s*:\s*(['\"])(.*?)\3")
_CALLED = re.compile(r"oLayPageRender\s*\(\s*\{([^{}]*)\}")
_CALLED_FIELD = re.compile(r"['\"]?(\w+)['\"]?\s*:\s*['\"]?(\d{1,9})\b")
_PAGER = re.compile(r"pagination|oLayPageRender|pgToolbar|laypage", re.IGNORECASE)
_SHORTEST_PAGE = 10
"""Rows that a page of a list has at least where there are further pages."""

_USUAL_PAGE = 15
DIALECTS = ("paramJson", "bare")
"""How a unit is asked for a further page: most take JSON in one field, some bare fields; some ignore both."""


class Unit(NamedTuple):
    """One block of a shell: where it is asked for, with which fields."""

    url: str
    fields: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the site's editors call it: 信息列表, 内容区域, 当前栏目list …"""
        return self.fields.get("tagId", "")

    def request(self, opening: Page, dialect: str, page: int, size: int, got: int) -> PageRequest:
        """The request for one of its pages."""
        own = dict(self.fields)
        if page > 1 and dialect == "bare":
            own |= {"pageNo": str(page), "pageSize": str(size)}
        elif page > 1:
            own["paramJson"] = json.dumps({"pageNo": page, "pageSize": size}, separators=(",", ":"))
        joint = "&" if "?" in self.url else "?"
        return get_request(f"{self.url}{joint}{urlencode(own)}", referer=opening.url, dialect=f"{dialect} {got}")


def units_of(page: Page) -> tuple[Unit, ...]:
    """The units that a shell names and that may hold a list, in page order; all of them where none may."""
    base = base_address(page)
    found: dict[str, Unit] = {}
    # The parser writes the names of attributes in lower case.
    for element in page.root.xpath("//*[@querydata][@url]"):
        url = address(base, element.get("url"))
        named = {match[2]: match[4] for match in _FIELD.finditer(element.get("querydata") or "")}
        if url is not None and named:
            found.setdefault(f"{url} {sorted(named.items())}", Unit(url, named))
    units = tuple(found.values())
    return tuple(unit for unit in units if not CHROME.fullmatch(unit.name)) or units


def read_units(opening: Page, page: Page, number: int, request: PageRequest) -> ListPage:
    """What page `number` shows: 1 is the shell, from 2 on they are the pages of one of its units."""
    units = units_of(opening)
    if not units:
        return read_linked_page(opening, page, number, request)
    chosen = request.url.partition(UNIT)[2]
    if number == 1:
        links = read_rows(page)
        if len(units) > 1 and not chosen:
            columns = tuple(InnerColumn(f"{page.url}{UNIT}{place}") for place in range(len(units)))
            return ListPage(links=links, columns=columns)
        unit = units[int(chosen)] if chosen.isdigit() and int(chosen) < len(units) else units[0]
        return ListPage(links=links, paging=Paging((unit.request(opening, "", 1, 0, 0),)))
    return _read_unit(opening, page, number - 1, request)


def _read_unit(opening: Page, answer: Page, place: int, request: PageRequest) -> ListPage:
    """What page `place` (from 1 on) of a unit shows."""
    unit = next((unit for unit in units_of(opening) if _asks_for(request, unit)), None)
    value = fields(parsed(answer.text))
    if unit is None or not value:
        return not_understood(answer.url)
    if value.get("success") is False:
        return ListPage(paging=Paging(fault="answer_without_list", values=(unit.name, answer.url)))
    markup = part(value, "data", "html")
    if not isinstance(markup, str):
        return not_understood(answer.url)
    shown = _shown(opening, markup)
    links = read_rows(shown) if shown is not None else ()
    rows = list_rows(links, opening.url)
    pager = _pager(markup)
    totals = frozenset({pager["count"]}) if "count" in pager else stated_totals(shown) - {0} if shown else frozenset()
    is_paged = bool(totals) or _PAGER.search(markup) is not None
    if not rows or not (is_paged or any(may_be_report(row.title) for row in rows)):
        # The news beside a list are a unit too.
        return ListPage(links=links, is_empty=place == 1)
    dialect, got = got_before(request.dialect)
    got += len(rows)
    stated = max(totals, default=None)
    size = pager.get("rows") or (len(rows) if place == 1 else _USUAL_PAGE)
    ways = (dialect,) if place > 1 else DIALECTS
    following = tuple(unit.request(opening, way, place + 1, size, got) for way in ways)
    if stated is not None:
        paging = Paging(is_end=True) if got >= stated else Paging(following)
    elif place == 1 and not is_paged and len(rows) < _SHORTEST_PAGE:
        paging = Paging(is_single=True)
    else:
        # Nothing says how long the list is: it ends where a further page has no rows, if pages can be turned at all.
        # One that repeats proves nothing.
        paging = Paging(following, is_end=place > 1 or not is_paged)
    return ListPage(rows, paging, totals, links)


def _asks_for(request: PageRequest, unit: Unit) -> bool:
    return request.url.startswith(unit.url) and urlencode(dict(unit.fields)) in request.url


def _shown(opening: Page, markup: str) -> Page | None:
    """A unit's markup as a page that stands where the shell stands; None for none."""
    try:
        return read_page(f"<html><body>{markup}</body></html>".encode("utf-8", "replace"), base_address(opening))
    except UnreadableError:
        return None


def _pager(markup: str) -> Mapping[str, int]:
    """What a unit's pager states: `count` of rows in all, `rows` of a page; nothing where it has none."""
    called = _CALLED.search(markup)
    if called is not None:
        return {match[1]: int(match[2]) for match in _CALLED_FIELD.finditer(called[1])}
    for tag in re.findall(r"<(?:table|div|ul|nav)\b[^<>]*\bpagination\b[^<>]*>", markup):
        stated = {
            match[1].lower(): int(match[2]) for match in re.finditer(r"\b(rows|count)\s*=\s*['\"]?(\d{1,9})\b", tag)
        }
        if stated:
            return stated
    return {}
