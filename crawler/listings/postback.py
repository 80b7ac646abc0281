"""Lists of ASP.NET whose pager posts the page's own form back: AspNetPager, GridView, link buttons, plain buttons."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urljoin

from crawler.listings.linked_pages import paging_of_links
from crawler.listings.model import ListPage, ListRequest, Paging
from crawler.pagers import is_next, page_count, stated_totals
from crawler.pages import words
from crawler.rows import list_rows, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from crawler.pages import Page

_CALL = re.compile(r"__doPostBack\(\s*'([^']*)'\s*,\s*'([^']*)'\s*\)")
_PAGE = re.compile(r"^(?:Page\$)?(\d{1,4})$")
_PAGER_WORDS = re.compile(r"^[\s\W]*(?:\d{1,4}|第\s*\d+\s*页|[上下前后]一?页|[首尾末]页|最后一?页|)[\s\W]*$")
_CHARSET = re.compile(r"<meta[^>]+charset\s*=\s*['\"]?\s*(gb\w+)", re.IGNORECASE)
_TICKED = frozenset({"checkbox", "radio"})
_NOT_SENT = frozenset({"submit", "button", "image", "reset", "file"})


class _Call(NamedTuple):
    """One way in which a page posts itself back: `fields` beside those that its form holds."""

    element: _Element
    words: str
    fields: tuple[tuple[str, str], ...]

    @property
    def page(self) -> int | None:
        """The page that it leads to by its argument (AspNetPager: 2, GridView: Page$2), None where it has none.

        Tabs and menus post numbers too: a pager's words are numbers, dots, or say where they turn.
        """
        match = _PAGE.match(dict(self.fields).get("__EVENTARGUMENT", ""))
        return int(match[1]) if match and _PAGER_WORDS.match(self.words) else None


def read_posted_page(_: Page, page: Page, number: int, __: ListRequest) -> ListPage:
    """What page `number` of a list shows whose pager posts back; a list of links where none does."""
    links = read_rows(page)
    rows = list_rows(links, page.url)
    return ListPage(rows, _paging(page, number, rows=len(rows)), stated_totals(page), links)


def _paging(page: Page, number: int, *, rows: int) -> Paging:
    calls = tuple(_calls(page))
    count = page_count(page, number)
    if count is not None and number >= count:
        return Paging(is_end=True)
    pages = [call.page for call in calls if call.page is not None]
    following = next((call for call in calls if call.page == number + 1), None)
    # Link buttons have no argument: only their words say where they lead.
    following = following or next((call for call in calls if call.page is None and is_next(call.words)), None)
    if following is not None:
        request = _posted(page, following)
        return Paging((request,)) if request is not None else Paging(fault="pager_unreadable")
    if pages and count is None and max(pages) < number and not any(is_next(call.words) for call in calls):
        return Paging(is_end=True)
    return paging_of_links(page, number, rows=rows)


def _calls(page: Page) -> Iterator[_Call]:
    for element in page.root.iter("a", "input", "button"):
        if element.get("disabled") is not None:
            continue
        handler = unescape(element.get("href") or "") + unescape(element.get("onclick") or "")
        match = _CALL.search(handler)
        shown = words(element) or element.get("value") or element.get("title") or element.get("alt") or ""
        if match is not None:
            yield _Call(element, shown, (("__EVENTTARGET", match[1]), ("__EVENTARGUMENT", match[2])))
        elif element.get("type") in {"submit", "image"} and element.get("name") and is_next(shown):
            name, value = element.get("name") or "", element.get("value") or ""
            sent = ((name, value),) if element.get("type") == "submit" else ((f"{name}.x", "1"), (f"{name}.y", "1"))
            yield _Call(element, shown, sent)


def _posted(page: Page, call: _Call) -> ListRequest | None:
    """The request of a call, with every field that its form would send; None where it stands in no form."""
    form = next(call.element.iterancestors("form"), None)
    if form is None:
        return None
    own = dict(call.fields)
    fields = [field for field in _fields(form) if field[0] not in own]
    charset = _CHARSET.search(page.text)
    # The old pages read what is posted in the encoding in which they were sent.
    encoding = "gb18030" if charset else "utf-8"
    body = urlencode([*fields, *call.fields], encoding=encoding, errors="xmlcharrefreplace").encode()
    headers = (("Content-Type", "application/x-www-form-urlencoded"), ("Referer", page.url))
    return ListRequest(urljoin(page.url, form.get("action") or page.url), "POST", body, headers)


def _fields(form: _Element) -> Iterator[tuple[str, str]]:
    """What a browser would send of a form without any button pressed."""
    for element in form.iter("input", "select", "textarea"):
        name, kind = element.get("name"), (element.get("type") or "text").lower()
        if not name or element.get("disabled") is not None:
            continue
        if element.tag == "select":
            options = list(element.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None] or options[:1]
            yield from ((name, option.get("value") or words(option)) for option in chosen[:1])
        elif element.tag == "textarea":
            yield name, element.text or ""
        elif kind in _TICKED:
            if element.get("checked") is not None:
                yield name, element.get("value") or "on"
        elif kind not in _NOT_SENT:
            yield name, element.get("value") or ""
