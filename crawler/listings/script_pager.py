"""Lists whose further pages are named by a script call: createPageHTML and its kin (TRS, UCAP's static lists)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.listings.linked_pages import cut_or, end_but, linked_next, paging_of_links
from crawler.listings.model import ListPage, PageRequest, Paging
from crawler.pagers import draws_pager, script_pager, stated_totals, stem_of
from crawler.pages import base_address
from crawler.rows import list_rows, read_rows

if TYPE_CHECKING:
    from crawler.pages import Page


def read_scripted_page(opening: Page, page: Page, number: int, _: PageRequest) -> ListPage:
    """What page `number` of a list shows whose pager is a script's."""
    links = read_rows(page)
    rows = list_rows(links, page.url)
    paging = _paging(opening, page, number, rows=len(rows))
    return ListPage(rows, cut_or(paging, opening, page), stated_totals(page), links)


def _paging(opening: Page, page: Page, number: int, *, rows: int) -> Paging:
    pager, current = script_pager(opening), script_pager(page)
    is_anothers = pager is not None and pager.prefix not in {"", stem_of(opening.url) or "index"}
    if pager is None or (is_anothers and linked_next(opening) is not None):
        return paging_of_links(page, number, rows=rows)
    if number > 1 and _calls_itself_another(pager.current, current.current if current else None, number):
        return Paging(fault="page_misnumbered", values=(number, page.url))
    if number >= max(pager.pages, current.pages if current else 0):
        # A variable may be another list's too.
        is_unread = is_anothers and draws_pager(page)
        return Paging(fault="pager_unreadable") if is_unread and number == 1 else end_but(page)
    base = base_address(opening)
    if number > 1:
        # The numbering that led here is kept, also where the call's own did not fit.
        index = re.search(r"(\d+)$", stem_of(page.url))
        first = int(index[1]) - number + 1 if index else pager.first
        return Paging((PageRequest(pager.page_url(base, number + 1, first)),))
    guesses = (pager.first, 1 - pager.first) if pager.prefix else (pager.first,)
    return Paging(tuple(PageRequest(pager.page_url(base, 2, first)) for first in guesses))


def _calls_itself_another(first: int | None, current: int | None, number: int) -> bool:
    """Does a page give itself another number than it should have, where the opening gave itself `first`?

    A page that is left out is noticed by that. Portals whose pages all bear the opening's number say nothing.
    """
    return first is not None and current is not None and current not in {first, first + number - 1}
