"""LonSun portals: an organ list, each organ's reports behind a menu of years (type=3) or in a catalogue (type=4).

Reports stand in either place, so an organ's list always names the other one as a list inside it: only where
both were looked at is the organ's list whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

from crawler.columns import AMBIGUOUS_NAMES, COLUMN_NAMES
from crawler.listings.linked_pages import read_linked_page
from crawler.listings.model import InnerColumn, ListPage, PageRequest, Paging, get_request
from crawler.listings.pickers import picked
from crawler.pages import address, base_address, visible_words, words
from crawler.rows import Row, read_rows
from crawler.titles import may_be_report
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawler.pages import Page

LABEL = "/site/label/8888"
"""Where every block of such a portal is asked for."""

MENU = "timeFrame"
"""The element with the links to an organ's years."""

REPORT_NAME = "政府信息公开年度报告"
"""What stands behind a year that is the whole text of its link."""

_ORGAN = re.compile(r"^(.*/public/column/(\w+))/?(?:\?|$)")
_YEAR = re.compile(r"^((?:19|20)\d\d)\s*年?\s*(?:度|年度)?$")
_EMPTY = re.compile(r"暂无(?:相关)?(?:信息|数据|内容)")
_PAIR = re.compile(
    r"""['"]?\b(labelName|siteId|pageSize|action|isDate|dateFormat|length|organId|type|catId|catIds|cId|result|file)"""
    r"""['"]?\s*:\s*(?:'([^']*)'|"([^"]*)"|(\d+|true|false))"""
)
_CALL = re.compile(r"/site/label/8888\?([^'\"<>\s]*labelName=publicInfoList[^'\"<>\s]*)")
_COUNT = re.compile(r"\b(pageIndex|pageCount|recordCount)\b['\"]?\s*:\s*['\"]?(\d{1,7})\b")
_COUNTED = re.compile(r"[（(]\d+[)）]$")
_WHOLE_PAGE = re.compile(r"<!doctype|<html\b", re.IGNORECASE)
_FIRST = {"IsAjax": "1", "dataType": "html", "labelName": "publicInfoList", "action": "list", "isDate": "true"}
_BOX = "xxgk_navli"


def read_lonsun(opening: Page, page: Page, number: int, request: PageRequest) -> ListPage:
    """What page `number` shows: the organ list, an organ's years, or one page of its catalogue."""
    asked = parse_qs(urlsplit(opening.url).query)
    kind = asked.get("type", [""])[0]
    if _ORGAN.match(opening.url) is None or asked.get("action") == ["rel"] or not kind:
        organs = picked(page, _place_of)
        shown = read_linked_page(opening, page, number, request)
        if any(may_be_report(row.title) and row.title not in COLUMN_NAMES for row in shown.rows):
            # Beside a list of some reports the organs may have theirs for themselves.
            return shown._replace(columns=organs)
        return ListPage(columns=organs, paging=shown.paging, is_empty=True) if organs else shown
    if number > 1:
        return _fragment(opening, page, request)
    if kind == "3":
        return _years(page)
    if kind == "4" and not asked.get("catId", [""])[0]:
        return _directory(page)
    return _opened(page)._replace(columns=_other_places(page, kind="4"))


def _place_of(url: str) -> tuple[str, str] | None:
    organ = _ORGAN.match(url)
    return (organ[2], f"{organ[1]}?type=3") if organ is not None else None


def _years(page: Page) -> ListPage:
    """An organ's reports by year. The page itself shows the newest of them."""
    columns = _other_places(page, kind="3")
    menu = next((element for element in page.root.iter("ul", "div", "select") if element.get("id") == MENU), None)
    if menu is None:
        return _opened(page)._replace(columns=columns)
    organ = _ORGAN.match(page.url)
    rows: dict[str, Row] = {}
    for anchor in menu.iter("a"):
        year = _YEAR.match(words(anchor))
        if year is None:
            return ListPage(tuple(rows.values()), Paging(fault="pager_unreadable"), columns=columns)
        url = address(base_address(page), anchor.get("href"))
        if url is None and organ is not None:
            url = f"{organ[1]}?type=3&action=detail&title={year[1]}"
        if url is not None:
            rows.setdefault(url, Row(f"{year[1]}年{REPORT_NAME}", url, None, group="timeFrame"))
    is_empty = not rows and _says_empty(page)
    return ListPage(tuple(rows.values()), Paging(is_single=True), columns=columns, is_empty=is_empty)


def _directory(page: Page) -> ListPage:
    """An organ's catalogues: of all of them only the one of annual reports is looked into."""
    columns = _other_places(page, kind="4")
    is_told = any("catId=" in (anchor.get("href") or "") for anchor in page.root.iter("a"))
    if not is_told and not _says_empty(page):
        return ListPage(paging=Paging(fault="catalogue_not_told"), columns=columns)
    return ListPage(paging=Paging(is_single=True), columns=columns, is_empty=True)


def _other_places(page: Page, *, kind: str) -> tuple[InnerColumn, ...]:
    """Where else the organ's reports may stand, seen from its page of this type."""
    organ = _ORGAN.match(page.url)
    if organ is None:
        return ()
    catalogues = dict.fromkeys(_catalogues(page, organ[2]))
    asked = urlsplit(page.url).query
    is_whole = bool(catalogues) or (kind == "4" and "catId=" not in asked)
    others = tuple(catalogues) if is_whole or "catId=" in asked else (f"{organ[1]}?type=4&action=list",)
    places = (*others, f"{organ[1]}?type=3")
    own = tuple(InnerColumn(url) for url in places if url != page.url)
    return (*own, InnerColumn(f"{organ[1]}?type=4&action=rel", is_others=True))


def _catalogues(page: Page, organ: str) -> Iterator[str]:
    for anchor in page.root.iter("a"):
        url = address(base_address(page), anchor.get("href"))
        match = _ORGAN.match(url) if url else None
        if url is None or match is None or match[2] != organ or "catId=" not in url:
            continue
        name = _COUNTED.sub("", re.sub(r"\s", "", anchor.get("title") or "") or re.sub(r"\s", "", words(anchor)))
        if name in COLUMN_NAMES or name in AMBIGUOUS_NAMES:
            yield url


def _opened(page: Page) -> ListPage:
    """The first page of a catalogue: some portals draw it themselves, most ask for it like for the others."""
    shown = _listed(page, is_fragment=False)
    if shown.rows or shown.is_empty:
        return shown
    first = _label_request(page, 1)
    if first is None and _says_empty(page):
        return ListPage(paging=Paging(is_single=True), is_empty=True)
    if first is None:
        return ListPage(paging=Paging(fault="no_rows", values=(page.url,), outcome=Outcome.NEEDS_BROWSER))
    return ListPage(paging=Paging((first,)))


def _fragment(opening: Page, page: Page, request: PageRequest) -> ListPage:
    """One answer of the label: rows and the call that draws the pager, or the words that there is nothing."""
    index = _index(request)
    shown = _listed(page, is_fragment=True)
    if _WHOLE_PAGE.search(page.text) or not (shown.rows or shown.is_empty):
        return ListPage(paging=Paging(fault="answer_not_understood", values=(page.url,)))
    counts = {match[1]: int(match[2]) for match in _COUNT.finditer(page.text)}
    if shown.rows and counts.get("pageIndex", index) != index:
        return shown._replace(paging=Paging(fault="repeats", values=(index, page.url)))
    if shown.paging.is_end or shown.paging.fault or shown.is_empty:
        return shown
    following = _label_request(opening, index + 1)
    return shown._replace(paging=Paging((following,)) if following else Paging(fault="pager_unreadable"))


def _listed(page: Page, *, is_fragment: bool) -> ListPage:
    """The rows of a page or fragment with its pager; requests for more only where the page can name them."""
    rows = tuple(row for row in read_rows(page) if not _ORGAN.match(row.url))
    if not is_fragment or _BOX in page.text:
        rows = tuple(row for row in rows if _BOX in row.group)
    counts = {match[1]: int(match[2]) for match in _COUNT.finditer(page.text)}
    paged = [
        int(text) for anchor in page.root.iter("a") if re.fullmatch(r"[0-9]{1,6}", text := anchor.get("paged") or "")
    ]
    pages = counts.get("pageCount") or max(paged, default=0)
    totals = frozenset({counts["recordCount"]}) if "recordCount" in counts else frozenset[int]()
    if not rows:
        return ListPage(totals=totals, is_empty=(is_fragment or _BOX in page.text) and _says_empty(page))
    if not pages:
        fault = "" if len(rows) in totals else "pager_gone"
        return ListPage(rows, Paging(is_end=not fault, fault=fault, values=(page.url,)), totals)
    index = counts.get("pageIndex", 1)
    if index >= pages:
        return ListPage(rows, Paging(is_end=True), totals)
    following = _label_request(page, index + 1)
    return ListPage(rows, Paging((following,)) if following else Paging(), totals)


def _label_request(page: Page, index: int) -> PageRequest | None:
    """The request for a page of the catalogue, with the values that the organ's own page sends."""
    values = dict(_own_values(page.text))
    if not values:
        return None
    asked = dict(parse_qsl(urlsplit(page.url).query))
    organ = _ORGAN.match(page.url)
    # The script reads these from its page's address where it does not spell them out.
    for key in ("catId", "type", "organId"):
        if not values.get(key):
            values[key] = asked.get(key) or (organ[2] if organ and key == "organId" else "")
    fields = {**_FIRST, **values, "pageIndex": str(index)}
    url = urljoin(page.url, f"{LABEL}?{urlencode(fields)}")
    request = get_request(url, referer=page.url)
    return request._replace(headers=(*request.headers, ("Ls-Language", "zh")))


def _own_values(source: str) -> Mapping[str, str]:
    call = _CALL.search(source)
    if call is not None:
        return {key: value for key, value in parse_qsl(call[1].replace("&amp;", "&")) if key not in {"_", "pageIndex"}}
    start = source.find("publicInfoList")
    block = source[max(0, source.rfind("{", 0, start)) : source.find("}", start) + 1] if start >= 0 else ""
    return {match[1]: match[2] or match[3] or match[4] or "" for match in _PAIR.finditer(block)}


def _index(request: PageRequest) -> int:
    asked = parse_qs(urlsplit(request.url).query).get("pageIndex", ["1"])[0]
    return int(asked) if re.fullmatch(r"[0-9]{1,6}", asked) else 1


def _says_empty(page: Page) -> bool:
    return _EMPTY.search(visible_words(page)) is not None
