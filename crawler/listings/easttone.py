"""easttone portals: a page that only calls `new CMS(…)`, its channel's rows as JSON from front/api/data/search.

`channelList` must be an array: anything else is ignored there, and the whole site's rows come back. So the
rows are held against the channel, and rows of other columns are a fault.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crawler.listings.answers import fields, got_before, not_understood, number, parsed, part, row
from crawler.listings.linked_pages import read_linked_page
from crawler.listings.model import ListPage, PageRequest, Paging, json_request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.pages import Page

PAGE_SIZE = 15

_CALL = re.compile(r"new\s+CMS\s*\(\s*['\"][^'\"]*['\"]\s*,\s*\{(.*?)\}", re.DOTALL)
_IDS = re.compile(r"\bids['\"]?\s*:\s*(?:'([^']*)'|\"([^\"]*)\"|\[([^\]]*)\]|(\d+))")
_HTTP = re.compile(r"\bhttp['\"]?\s*:\s*['\"]([^'\"]+)['\"]")
_CHANNELS = ("channel_id", "channelId", "column_id", "columnId", "channel")
"""What a row may call the channel that it is of."""

_SPREAD = 2
"""Folders that the articles of one channel may lie in: its own, and one that it took over."""


def read_easttone(opening: Page, page: Page, page_number: int, request: PageRequest) -> ListPage:
    """What page `page_number` shows: the empty opening page, or an answer with rows."""
    call = _CALL.search(opening.text)
    ids = _IDS.search(call[1]) if call is not None else None
    path = _HTTP.search(call[1]) if call is not None else None
    if ids is None or path is None:
        return read_linked_page(opening, page, page_number, request)
    channels = re.findall(r"\w+", next(group for group in ids.groups() if group is not None))
    url = urljoin(opening.url, path[1])
    if page_number == 1:
        return ListPage(paging=Paging((_request(opening, url, channels, 1, 0),)))
    return _answered(opening, page, request, channels)


def _request(opening: Page, url: str, channels: Sequence[str], index: int, before: int) -> PageRequest:
    values = {
        "channelList": list(channels),
        "pageNo": index,
        "pageSize": PAGE_SIZE,
        "orderFields": ["display_date", "id"],
        "orderTypes": ["desc", "desc"],
    }
    return json_request(url, values, referer=opening.url, dialect=f"{index} {before}")


def _answered(opening: Page, page: Page, request: PageRequest, channels: Sequence[str]) -> ListPage:
    answer = parsed(page.text)
    data = part(answer, "data")
    items, total = part(data, "list"), number(part(data, "totalCount"))
    pages = number(part(data, "totalPage"))
    if number(part(answer, "code")) not in {0, 200} or not isinstance(items, list) or total is None or pages is None:
        return not_understood(page.url)
    name, before = got_before(request.dialect)
    index = int(name)
    found = [fields(item) for item in items]
    rows = tuple(
        row_
        for item in found
        if (row_ := row(opening.url, item.get("title"), item.get("url"), item.get("display_date"))) is not None
    )
    totals = frozenset({total})
    if not _are_of(found, [entry.url for entry in rows], channels):
        return ListPage(rows, Paging(fault="rows_of_whole_site", values=(page.url,)), totals)
    if not items:
        return ListPage(paging=Paging(is_end=total == 0), totals=totals, is_empty=total == 0)
    got = before + len(items)
    if index >= pages:
        return ListPage(rows, Paging(is_end=True), totals)
    return ListPage(rows, Paging((_request(opening, request.url, channels, index + 1, got),)), totals)


def _are_of(items: Sequence[Mapping[str, object]], urls: Sequence[str], channels: Sequence[str]) -> bool:
    """Are these rows of the channels that were asked for? Where they do not say, by the folders they lie in."""
    said = {str(value) for item in items for name in _CHANNELS if (value := item.get(name)) not in {None, ""}}
    if said:
        return said <= set(channels)
    folders = {_folder(url) for url in urls}
    return len(folders) <= _SPREAD * len(channels)


def _folder(url: str) -> str:
    """The column's part of an article's address: what stands before its year and number."""
    parts = urlsplit(url)
    steps = parts.path.rpartition("/")[0].split("/")
    named = [step for step in steps if step and not re.fullmatch(r"\d+", step)]
    return "/".join((parts.netloc, *named))
