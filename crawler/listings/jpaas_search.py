"""Columns that are a search of Hanweb's search server (miit and others): rows as JSON, page after page.

The page names the server's address with its fields, or the address alone and the fields in a script.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.listings.answers import fields, got_before, not_understood, number, parsed, part, row
from crawler.listings.jpaas_units import read_units
from crawler.listings.model import ListPage, PageRequest, Paging, get_request
from crawler.pages import address, base_address
from crawler.rows import read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.pages import Page
    from crawler.rows import Row

_ADDRESS = re.compile(r"['\"]([^'\"\s<>]*/search-front-server/api/search/info)(\?[^'\"\s<>]*)?['\"]")
_FIELD = re.compile(r"\b(websiteid|scope|q|pg|cateid|category|tpl|pos|sortFields)['\"]?\s*:\s*['\"]([^'\"]*)['\"]")
_SIZE = 15


def read_search(opening: Page, page: Page, place: int, request: PageRequest) -> ListPage:
    """What page `place` shows: 1 is the column as people see it, from 2 on they are the server's answers."""
    asked = _search(opening)
    if asked is None:
        # A search box on a column of units names the server too, but no category.
        return read_units(opening, page, place, request)
    if place == 1:
        return ListPage(links=read_rows(page), paging=Paging((_request(opening, *asked, 1, 0),)))
    result = part(parsed(page.text), "data", "searchResult")
    found = part(result, "dataResults")
    total = number(part(result, "total"))
    total = total if total is not None else number(part(result, "totalCount"))
    if not isinstance(found, list) or total is None:
        return not_understood(page.url)
    rows = tuple(shown for each in found if (shown := _row(opening, each)) is not None)
    if total == 0:
        return ListPage(is_empty=place == 2, totals=frozenset({0}))  # noqa: PLR2004 (the first answer)
    got = got_before(request.dialect)[1] + len(found)
    paging = Paging(is_end=True) if got >= total else Paging((_request(opening, *asked, place, got),))
    return ListPage(rows, paging, frozenset({total}))


def _search(opening: Page) -> tuple[str, Mapping[str, str]] | None:
    """Where the column's search is asked for, with which fields; None where the page does not say what it wants."""
    named = _ADDRESS.search(opening.text)
    url = address(base_address(opening), named[1]) if named is not None else None
    if named is None or url is None:
        return None
    query = dict(parse_qsl(urlsplit(unescape(named[2] or "")).query, keep_blank_values=True))
    query = query or {match[1]: match[2] for match in _FIELD.finditer(opening.text)}
    is_whole = query.get("websiteid") and (query.get("cateid") or query.get("category"))
    return (url, query) if is_whole else None


def _request(opening: Page, url: str, query: Mapping[str, str], page: int, got: int) -> PageRequest:
    own = {"pg": str(_SIZE), **query, "p": str(page)}
    return get_request(f"{url}?{urlencode(own)}", referer=opening.url, dialect=f"search {got}")


def _row(opening: Page, each: object) -> Row | None:
    data = fields(part(each, "data")) or fields(each)
    title = data.get("title") or data.get("title_text")
    days = (data.get(name) for name in ("jsearch_date", "deploytime", "publishtime", "cdate"))
    return row(base_address(opening), title, data.get("url"), *days)
