"""The datastore of Hanweb's jpage script, which other systems took over: rows as XML, and the call that draws them.

A list lies in it group by group: the opening page holds the first group, an endpoint hands out the others.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from lxml import etree

from crawler.listings.answers import plain_title
from crawler.pages import Page, base_address, words
from crawler.portals import leads_to_article
from crawler.row_dates import row_date
from crawler.rows import read_rows
from crawler.titles import may_be_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crawler.rows import Row

_START = re.compile(r"<datastore\b", re.IGNORECASE)
_RECORD = re.compile(r"<record>", re.IGNORECASE)
_RECORD_END = re.compile(r"</record>", re.IGNORECASE)
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_TOTAL = re.compile(r"<totalrecord>\D{0,20}(\d{1,7})", re.IGNORECASE)
_PAGES = re.compile(r"<totalpage>\D{0,20}(\d{1,6})", re.IGNORECASE)
_NEXT = re.compile(r"<nextgroup\s*/>|<nextgroup>", re.IGNORECASE)
_NEXT_END = re.compile(r"</nextgroup>", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_CALL = re.compile(r"(?:\$|jQuery)\(\s*['\"]#([\w-]+)['\"]\s*\)\s*\.jpage\(\s*\{")
_CALL_END = re.compile(r"\}\s*\)")
_MAX_CALLS, _LONGEST_CALL = 40, 20_000
_NUMBER = re.compile(r"\b(totalRecord|perPage|groupSize)\s*:\s*['\"]?(\d{1,7})")
_PROXY = re.compile(r"\bproxyUrl\s*:\s*(['\"])(.*?)\1")
_FIELDS = re.compile(r"\bajaxParam\s*:\s*(?:\{([^{}]*)\}|(\w+))")
_FIELD = re.compile(r"([\w$]+)['\"]?\s*:\s*(?:'([^']*)'|\"([^\"]*)\"|([^,'\"{}\s]*))")
# Some templates write their links as <a href="javascript:;" onclick="name2('/dir/content/….html')">.
_CLICK = re.compile(r"\bname2\(\s*(['\"])([^'\"]+)\1")


MAX_RECORDS = 3000
"""Rows of one group; the endpoints give 300 at most. What lies beyond is missing from what the list states."""


class Datastore(NamedTuple):
    """One group of rows. `total` and `pages` are None where it states none.

    `next_group` is the address under which the endpoint says that the next group is: empty where it says
    that there is none, None where it says nothing.
    """

    rows: tuple[Row, ...]
    total: int | None = None
    pages: int | None = None
    next_group: str | None = None


class Call(NamedTuple):
    """One call of the script: the element that it draws into, and what it is told.

    `total`, `per_page` (rows) and `group_size` (pages) are None where they are not told, `proxy` and
    `fields` then empty. `has_store`: it is handed the first group.
    """

    element: str
    total: int | None
    per_page: int | None
    group_size: int | None
    proxy: str
    fields: Mapping[str, str]
    has_store: bool

    @property
    def group(self) -> int | None:
        """The rows of one group, None where the call does not say."""
        return self.per_page * (self.group_size or 1) if self.per_page else None


def read_datastore(text: str, opening: Page) -> Datastore | None:
    """The first datastore in a text, None for none; its links start from the list's opening page."""
    start = _START.search(text)
    if start is None:
        return None
    source = text[start.end() :].partition("</datastore>")[0]
    total, pages, following = _TOTAL.search(source), _PAGES.search(source), _NEXT.search(source)
    # Cut at their beginnings, and not matched to their ends: a page may hold many beginnings without any end.
    records = (_before(_RECORD_END, piece) for piece in _RECORD.split(source)[1:])
    named = _before(_NEXT_END, source[following.end() :]) if following and "/" not in following[0] else ""
    return Datastore(
        record_rows((_unwrapped(record) for record in records), opening),
        int(total[1]) if total else None,
        int(pages[1]) if pages else None,
        _next_group(_unwrapped(named)) if following else None,
    )


def datastores(page: Page) -> tuple[tuple[str, Datastore], ...]:
    """The datastores that lie in a page, each with the id of the element that it is drawn into; "" for none."""
    found = []
    for script in page.root.iter("script"):
        parent = script.getparent()
        store = read_datastore(script.text or "", page) if (script.get("type") or "").endswith("xml") else None
        if store is not None:
            found.append(((parent.get("id") or "") if parent is not None else "", store))
    return tuple(found)


def record_rows(records: Iterable[str], opening: Page) -> tuple[Row, ...]:
    """One row for each record that links anything: of its links, the one that leads to the article."""
    rows: dict[str, Row] = {}
    base = base_address(opening)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    linking = (record for record in records if "<a" in record.lower())
    for place, record in enumerate(islice(linking, MAX_RECORDS)):
        wrapped = f"<table>{record}</table>" if re.match(r"\s*<t[rdb]", record) else f"<ul>{record}</ul>"
        root = etree.fromstring(f"<html><body>{wrapped}</body></html>".encode("utf-8", "replace"), parser)
        for anchor in root.iter("a"):
            click = _CLICK.search(anchor.get("onclick") or "")
            if click is not None:
                anchor.set("href", click[2])
        links = read_rows(Page(base, record, root, is_damaged=False))
        if links:
            best = max(links, key=_worth)
            day = best.listed_on or row_date(words(root)) or row_date(re.sub(r"\s", "", words(root)))
            rows.setdefault(
                best.url,
                replace(best, title=plain_title(best.title), listed_on=day, group="datastore", place=place),
            )
    return tuple(rows.values())


def calls(source: str) -> tuple[Call, ...]:
    """Every call of the script that names an element, in page order; its library's own defaults are none."""
    found = []
    for match in islice(_CALL.finditer(source), _MAX_CALLS):
        options = _before(_CALL_END, source[match.end() : match.end() + _LONGEST_CALL])
        numbers = {name: int(value) for name, value in _NUMBER.findall(options)}
        proxy = _PROXY.search(options)
        found.append(
            Call(
                match[1],
                numbers.get("totalRecord"),
                numbers.get("perPage"),
                numbers.get("groupSize"),
                proxy[2] if proxy and is_sound(proxy[2]) else "",
                _fields(options + "}", source),
                re.search(r"\bdataStore\s*:", options) is not None,
            )
        )
    return tuple(found)


def call_of(found: Iterable[Call], element: str) -> Call | None:
    """The call that draws into this element: the last that is handed a datastore, else the last; None for none.

    An earlier one of the same element may be the one for searches, which states 1000 rows.
    """
    own = [call for call in found if call.element == element]
    return max(reversed(own), key=lambda call: call.has_store, default=None)


def _fields(options: str, source: str) -> Mapping[str, str]:
    match = _FIELDS.search(options)
    if match is None:
        return {}
    if match[1] is not None:
        body = match[1]
    else:
        variable = re.search(rf"\b{re.escape(match[2])}\s*=\s*\{{([^{{}}]*)\}}", source)
        body = variable[1] if variable else ""
    return {name: single or double or bare for name, single, double, bare in _FIELD.findall(body)}


def is_sound(address: str) -> bool:
    """Can the address be taken apart at all?"""
    try:
        urlsplit(address)
    except ValueError:
        return False
    return True


def _before(end: re.Pattern[str], source: str) -> str:
    return end.split(source, maxsplit=1)[0]


def _unwrapped(source: str) -> str:
    _, *parts = source.split(_CDATA)
    return "".join(part.partition(_CDATA_END)[0] for part in parts) if parts else html.unescape(source)


def _next_group(source: str) -> str | None:
    href = _HREF.search(source)
    if href is None and source.strip():
        return None
    # html.unescape would read the beginning of «&param…» as a sign of its own.
    address = (href[1] or href[2] or "").replace("&amp;", "&").strip() if href else ""
    return address if is_sound(address) else None


def _worth(row: Row) -> tuple[bool, bool, bool]:
    is_article = leads_to_article(row.url)
    return may_be_report(row.title), is_article, row.listed_on is not None
