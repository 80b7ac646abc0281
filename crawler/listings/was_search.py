"""Lists that TRS's search engine WAS draws: /was5/web/search, as JSON that is not quite JSON, or as a page.

The column's page holds the search's address; how many rows it finds is stated by the answer.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crawler.listings.answers import fields, not_understood, number, parsed, row
from crawler.listings.linked_pages import paging_of_links
from crawler.listings.model import ListPage, PageRequest, Paging, get_request
from crawler.pagers import stated_totals
from crawler.pages import base_address, visible_words
from crawler.rows import list_rows, read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.pages import Page
    from crawler.rows import Row

_SEARCH = re.compile(r"/was\d+/(?:web/)?search$")
_ADDRESS = re.compile(
    r"['\"]([^'\"<>\s]*/was\d+/(?:web/)?search\?[^'\"<>\s]*\bchannelid=[^'\"<>\s]*)['\"]", re.IGNORECASE
)
_PAGE = re.compile(r"([?&]page=)\d*")
_SIZE = re.compile(r"[?&]p(?:re|er)page=(\d+)")
_CONTROL = re.compile(r"[\x00-\x1f]+")
_TRAILING = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[\]}])')
_FOUND = re.compile(r"约?有\s*(\d{1,7})\s*(?:项|条)")
_COUNTS = ("count", "total", "totalcount", "recordcount", "num")
_HEADINGS = frozenset({"文章标题", "标题"})
"""What the last row of some templates holds in place of a title, so that the comma before it is not left over."""


def read_search_page(opening: Page, page: Page, at: int, request: PageRequest) -> ListPage:
    """What a page of a search shows: the column's page that holds the search's address, or an answer of it."""
    if not _SEARCH.search(urlsplit(request.url).path):
        return _column(page, at)
    if page.text.lstrip("\ufeff \t\r\n").startswith(("{", "[", "(")):
        return _answer(opening, page, request)
    return _drawn(opening, page, at, request)


def _column(page: Page, at: int) -> ListPage:
    links = read_rows(page)
    template = _template(page)
    if template is None:
        return ListPage(list_rows(links, page.url), paging_of_links(page, at), stated_totals(page), links)
    # Some columns show the first rows themselves: then the search's first page brings nothing new.
    requests = tuple(_request(template, number, page.url) for number in (1, 2))
    return ListPage(list_rows(links, page.url), Paging(requests), frozenset(), links)


def _template(page: Page) -> str | None:
    found = {urljoin(base_address(page), unescape(match[1])) for match in _ADDRESS.finditer(page.text)}
    # The search box of the whole site asks the same engine, but by words.
    found = {url for url in found if "searchword=" not in url.lower()}
    return found.pop() if len(found) == 1 else None


def _answer(opening: Page, page: Page, request: PageRequest) -> ListPage:
    answer = fields(parsed(_mended(page.text)))
    docs = answer.get("docs")
    total = next((number(value) for key, value in answer.items() if key.lower() in _COUNTS), None)
    if not isinstance(docs, list):
        return not_understood(page.url)
    read = [_row(opening.url, fields(doc)) for doc in docs if not _is_filler(fields(doc))]
    rows = tuple(each for each in read if each is not None)
    if len(rows) < len(read):
        return not_understood(page.url)
    totals = frozenset() if total is None else frozenset({total})
    return ListPage(rows, _paging(request, len(rows), total, opening.url), totals, is_empty=total == 0 and not rows)


def _paging(request: PageRequest, count: int, total: int | None, referer: str) -> Paging:
    """The next page of an answer. `dialect` counts the rows that came before it."""
    at = _number_of(request.url)
    size = _SIZE.search(request.url)
    before = int(request.dialect) if request.dialect.isdigit() else (at - 1) * (int(size[1]) if size else count)
    if total is not None and before + count >= total:
        return Paging(is_end=True)
    return Paging((_request(request.url, at + 1, referer)._replace(dialect=str(before + count)),))


def _drawn(opening: Page, page: Page, at: int, request: PageRequest) -> ListPage:
    """An answer that is a page: 约有64项 is what it states of its rows."""
    links = read_rows(page)
    rows = list_rows(links, page.url)
    if not rows and not _SEARCH.search(urlsplit(opening.url).path):
        return not_understood(page.url)
    totals = stated_totals(page) | {int(match[1]) for match in _FOUND.finditer(visible_words(page))}
    paging = paging_of_links(page, at, rows=len(rows))
    if paging.fault or paging.is_single:
        total = next(iter(totals), None) if len(totals) == 1 else None
        paging = paging if total is None else _paging(request, len(rows), total, page.url)
    return ListPage(rows, paging, totals, links)


def _row(column: str, doc: Mapping[str, object]) -> Row | None:
    href = next((doc[key] for key in ("url", "chnldocurl", "docpuburl") if isinstance(doc.get(key), str)), None)
    title = doc.get("title") or doc.get("doctitle")
    return row(column, title, href, *(doc.get(key) for key in ("pubtime", "docreltime", "pubdate", "time")))


def _is_filler(doc: Mapping[str, object]) -> bool:
    return not doc or doc.get("title") in _HEADINGS


def _mended(text: str) -> str:
    """The text without what keeps it from being JSON: control characters, commas before a bracket."""
    return _TRAILING.sub(lambda match: match[1] or "", _CONTROL.sub(" ", text))


def _number_of(url: str) -> int:
    match = re.search(r"[?&]page=(\d+)", url)
    return int(match[1]) if match else 1


def _request(template: str, at: int, referer: str) -> PageRequest:
    url = _PAGE.sub(rf"\g<1>{at}", template) if _PAGE.search(template) else f"{template}&page={at}"
    return get_request(url, referer=referer)
