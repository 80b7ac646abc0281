"""The datastore of Hanweb's jpage script, which other systems took over: rows as XML, and the call that draws them.

A list lies in it group by group: the opening page holds the first group, an endpoint hands out the others.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from crawler.listings.answers import plain_title
from crawler.pages import Page, base_address, words
from crawler.portals import ARTICLE, FILE
from crawler.rows import read_date, read_rows
from crawler.titles import may_be_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crawler.rows import Row

_START = re.compile(r"<datastore\b", re.IGNORECASE)
_RECORD = re.compile(r"<record>(.*?)</record>", re.IGNORECASE | re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_TOTAL = re.compile(r"<totalrecord>\D{0,20}(\d{1,7})", re.IGNORECASE)
_PAGES = re.compile(r"<totalpage>\D{0,20}(\d{1,6})", re.IGNORECASE)
_NEXT = re.compile(r"<nextgroup\s*/>|<nextgroup>(.*?)</nextgroup>", re.IGNORECASE | re.DOTALL)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_CALL = re.compile(r"(?:\$|jQuery)\(\s*['\"]#([\w-]+)['\"]\s*\)\s*\.jpage\(\s*\{(.*?)\}\s*\)", re.DOTALL)
_NUMBER = re.compile(r"\b(totalRecord|perPage|groupSize)\s*:\s*['\"]?(\d+)")
_PROXY = re.compile(r"\bproxyUrl\s*:\s*(['\"])(.*?)\1")
_FIELDS = re.compile(r"\bajaxParam\s*:\s*(?:\{(.*?)\}|(\w+))", re.DOTALL)
_FIELD = re.compile(r"([\w$]+)['\"]?\s*:\s*(?:'([^']*)'|\"([^\"]*)\"|([^,'\"{}\s]*))")
# Some templates write their links as <a href="javascript:;" onclick="name2('/dir/content/….html')">.
_CLICK = re.compile(r"\bname2\(\s*(['\"])([^'\"]+)\1")


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
    records = (match[1] for match in _RECORD.finditer(source))
    return Datastore(
        record_rows((_unwrapped(record) for record in records), opening),
        int(total[1]) if total else None,
        int(pages[1]) if pages else None,
        _next_group(_unwrapped(following[1] or "")) if following else None,
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
    for place, record in enumerate(records):
        wrapped = f"<table>{record}</table>" if re.match(r"\s*<t[rdb]", record) else f"<ul>{record}</ul>"
        root = etree.fromstring(f"<html><body>{wrapped}</body></html>".encode("utf-8", "replace"), parser)
        for anchor in root.iter("a"):
            click = _CLICK.search(anchor.get("onclick") or "")
            if click is not None:
                anchor.set("href", click[2])
        links = read_rows(Page(base, record, root, is_damaged=False))
        if links:
            best = max(links, key=_worth)
            day = best.listed_on or read_date(words(root)) or read_date(re.sub(r"\s", "", words(root)))
            rows.setdefault(
                best.url,
                replace(best, title=plain_title(best.title), listed_on=day, group="datastore", place=place),
            )
    return tuple(rows.values())


def calls(source: str) -> tuple[Call, ...]:
    """Every call of the script that names an element, in page order; its library's own defaults are none."""
    found = []
    for match in _CALL.finditer(source):
        options = match[2]
        numbers = {name: int(value) for name, value in _NUMBER.findall(options)}
        proxy = _PROXY.search(options)
        found.append(
            Call(
                match[1],
                numbers.get("totalRecord"),
                numbers.get("perPage"),
                numbers.get("groupSize"),
                proxy[2] if proxy else "",
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
        variable = re.search(rf"\b{re.escape(match[2])}\s*=\s*\{{(.*?)\}}", source, re.DOTALL)
        body = variable[1] if variable else ""
    return {name: single or double or bare for name, single, double, bare in _FIELD.findall(body)}


def _unwrapped(source: str) -> str:
    parts = _CDATA.findall(source)
    return "".join(parts) if parts else html.unescape(source)


def _next_group(source: str) -> str:
    href = _HREF.search(source)
    # html.unescape would read the beginning of «&param…» as a sign of its own.
    return (href[1] or href[2] or "").replace("&amp;", "&").strip() if href else ""


def _worth(row: Row) -> tuple[bool, bool, bool]:
    is_article = ARTICLE.search(row.url) is not None or FILE.search(row.url) is not None
    return may_be_report(row.title), is_article, row.listed_on is not None
