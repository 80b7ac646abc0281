"""TrueCMS's lists: the first groups lie hidden in the page, getMessage.do hands out the others.

The script is Hanweb's jpage, the answer its datastore inside JSON or JSONP. Sites differ in how many rows they
give at once: for more they answer with nothing, or 404. On some the endpoint is off: then the list cannot be read
beyond what the page holds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urljoin
from zlib import crc32

from lxml import etree

from crawler.listings.answers import not_understood, parsed, part
from crawler.listings.datastore import calls, is_sound, read_datastore, record_rows
from crawler.listings.linked_pages import read_linked_page
from crawler.listings.model import ListPage, PageRequest, Paging, get_request
from crawler.pages import base_address
from crawler.rows import read_rows

if TYPE_CHECKING:
    from lxml.etree import _Element

    from crawler.pages import Page
    from crawler.rows import Row

HIDDEN = "initData"
"""Id of the element in which the first rows lie."""

FEW = 10
"""Rows that every site gives at once."""

_ENDPOINT = re.compile(r"['\"]([^'\"\s]*messageController/getMessage\.do)", re.IGNORECASE)
_COLUMN = re.compile(r"\bcolumnId['\"]?\s*[:=]\s*['\"]([\w-]+)['\"]")
_TOTAL = re.compile(r"\btotalRecord['\"]?\s*:\s*['\"]?(\d{1,7})|<totalrecord>(\d{1,7})", re.IGNORECASE)
_PADDING = re.compile(r"[\w$.]*\s*\(")


class _Hidden(NamedTuple):
    """What the opening page holds: its rows, the total that it states (None: none), how the rest is asked for.

    `is_there`: it has the element for them.
    """

    rows: tuple[Row, ...]
    total: int | None
    endpoint: str
    column: str
    per_page: int
    group: int
    is_there: bool

    def request(self, opening: Page, asked: _Asked) -> PageRequest:
        """The request for so many rows."""
        fields = {
            "startrecord": asked.start,
            "endrecord": asked.start + asked.group - 1,
            "perpage": asked.per_page,
            "columnId": self.column,
            "contentTemplate": "",
            "callback": "cb",
        }
        url = f"{urljoin(base_address(opening), self.endpoint)}?{urlencode(fields)}"
        return get_request(url, referer=opening.url, dialect=" ".join(map(str, asked)))


class _Asked(NamedTuple):
    """What one request asks for: `group` rows from `start` (from 1 on); the dialect of the request carries it.

    `seen` are the distinct rows before it, `last` the last of them.
    """

    start: int
    group: int
    per_page: int
    seen: int
    last: int


def read_truecms(opening: Page, page: Page, number: int, request: PageRequest) -> ListPage:
    """What page `number` of a list shows: the first is the opening page, the others are the endpoint's."""
    hidden = _hidden(opening)
    if hidden is None or (number > 1 and not request.dialect):
        return read_linked_page(opening, page, number, request)
    totals = frozenset({hidden.total} if hidden.total is not None else ())
    if number == 1:
        is_empty = hidden.total == 0 and hidden.is_there
        return ListPage(hidden.rows, _first_paging(opening, hidden), totals, read_rows(opening), is_empty=is_empty)
    store = read_datastore(_markup(page.text) or "", opening)
    if store is None:
        return not_understood(page.url)
    if hidden.total is None and store.total is not None:
        hidden, totals = hidden._replace(total=store.total), frozenset({store.total})
    return ListPage(store.rows, _later_paging(opening, hidden, store.rows, request), totals)


def _first_paging(opening: Page, hidden: _Hidden) -> Paging:
    seen = len(hidden.rows)
    if hidden.total is not None and seen >= hidden.total:
        return Paging(is_end=True)
    if not hidden.endpoint or not hidden.column:
        return Paging(fault="pager_unreadable")
    last = _print(hidden.rows[-1].url) if hidden.rows else 0
    # What the page's own script asks for comes first; a site may give less at once than it asks.
    sizes = {hidden.group: hidden.per_page, hidden.per_page: hidden.per_page, FEW: FEW}
    return Paging(tuple(hidden.request(opening, _Asked(seen + 1, *each, seen, last)) for each in sizes.items()))


def _later_paging(opening: Page, hidden: _Hidden, rows: tuple[Row, ...], request: PageRequest) -> Paging:
    asked = _Asked(*map(int, request.dialect.split()))
    known = {row.url for row in hidden.rows}
    seen = asked.seen + sum(row.url not in known and _print(row.url) != asked.last for row in rows)
    if hidden.total is None:
        return Paging(fault="pager_unreadable")
    if seen >= hidden.total:
        return Paging(is_end=True)
    if not rows:
        return Paging()
    start = asked.start + min(len(rows), asked.group)
    return Paging((hidden.request(opening, asked._replace(start=start, seen=seen, last=_print(rows[-1].url))),))


def _hidden(opening: Page) -> _Hidden | None:
    """What lies hidden in the page, None where neither rows nor an endpoint do."""
    boxes = [element for element in opening.root.iter() if element.get("id") == HIDDEN]
    endpoint, column = _ENDPOINT.search(opening.text), _COLUMN.search(opening.text)
    if not boxes and endpoint is None:
        return None
    call = next((call for call in calls(opening.text) if "getMessage.do" in call.proxy), None)
    stated = _TOTAL.search(opening.text)
    total = call.total if call is not None and call.total is not None else None
    if total is None and stated is not None:
        total = int(stated[1] or stated[2])
    records = (etree.tostring(item, encoding="unicode", with_tail=False) for box in boxes for item in _items(box))
    fields = call.fields if call is not None else {}
    return _Hidden(
        record_rows(records, opening),
        total,
        endpoint[1] if endpoint is not None and is_sound(endpoint[1]) else "",
        fields.get("columnId", "") or (column[1] if column is not None else ""),
        (call.per_page if call is not None else None) or FEW,
        (call.group if call is not None else None) or FEW,
        bool(boxes),
    )


def _items(box: _Element) -> list[_Element]:
    """The hidden rows: each in a list of its own, or all in one."""
    return list(box.iter("li")) or list(box.iter("a"))


def _markup(text: str) -> str | None:
    """The datastore inside an answer, None where there is none: it comes as JSON, as JSONP, or bare."""
    bare = text.strip()
    padded = _PADDING.match(bare)
    inside = bare[padded.end() :].rstrip("; \r\n\t").removesuffix(")") if padded else bare
    value = part(parsed(inside), "result")
    if isinstance(value, str):
        return value
    return bare if bare.startswith("<datastore") else None


def _print(url: str) -> int:
    return crc32(url.encode())
