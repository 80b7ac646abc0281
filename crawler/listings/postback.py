"""Lists of ASP.NET whose pager posts the page's own form back: AspNetPager, GridView, link buttons, plain buttons."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from crawler.listings.forms import submitted
from crawler.listings.linked_pages import cut_or, end_but, paging_of_links
from crawler.listings.model import ListPage, PageRequest, Paging
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


def read_posted_page(opening: Page, page: Page, number: int, _: PageRequest) -> ListPage:
    """What page `number` of a list shows whose pager posts back; a list of links where none does."""
    links = read_rows(page)
    rows = list_rows(links, page.url)
    return ListPage(rows, cut_or(_paging(page, number, rows=len(rows)), opening, page), stated_totals(page), links)


def _paging(page: Page, number: int, *, rows: int) -> Paging:
    calls = tuple(_calls(page))
    count = page_count(page, number)
    if count is not None and number >= count:
        return end_but(page)
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


def _posted(page: Page, call: _Call) -> PageRequest | None:
    """The request of a call, with every field that its form would send; None where it stands in no form."""
    form = next(call.element.iterancestors("form"), None)
    return submitted(page, form, call.fields) if form is not None else None
