"""The closed set of ways to walk a list: from a list page to the next, and how the list proves its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from crawler.pagers import (
    has_unreadable_signs,
    is_clicked,
    linked_pager,
    page_count,
    says_pager_words,
    script_pager,
    stem_of,
)
from crawler.pages import base_address, index_key
from crawler.portals import Listing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.pagers import LinkedPager
    from crawler.pages import Page


class Paging(NamedTuple):
    """What one list page says about the pages after it.

    `next_urls`: where the next page is, best guess first, more only where a numbering is ambiguous.
    `is_end`: the page says that it is the last. `is_single`: nothing on it hints at further pages.
    `fault`: there are further pages, or may be, and they cannot be told; a key of `crawler.details`.
    """

    next_urls: tuple[str, ...] = ()
    is_end: bool = False
    is_single: bool = False
    fault: str = ""


def read_paging(listing: Listing, opening: Page, page: Page, number: int) -> Paging:
    """What page `number` (from 1 on) of a list says; `opening` is the list's first page."""
    return _WAYS[listing](opening, page, number)


def _walk_script(opening: Page, page: Page, number: int) -> Paging:
    pager, current = script_pager(opening), script_pager(page)
    if pager is None:
        return _walk_links(opening, page, number)
    if number >= max(pager.pages, current.pages if current else 0):
        return Paging(is_end=True)
    base = base_address(opening)
    if number > 1:
        # The numbering that led here is kept, also where the call's own did not fit.
        index = re.search(r"(\d+)$", stem_of(page.url))
        first = int(index[1]) - number + 1 if index else pager.first
        return Paging((pager.page_url(base, number + 1, first),))
    guesses = (pager.first, 1 - pager.first) if pager.prefix else (pager.first,)
    return Paging(tuple(pager.page_url(base, 2, first) for first in guesses))


def _walk_links(_: Page, page: Page, number: int) -> Paging:
    pager = linked_pager(page)
    count = page_count(page, number)
    if count is not None and number >= count:
        return Paging(is_end=True)
    following = next(
        (url for url in pager.following if url is not None and index_key(url) != index_key(page.url)), None
    )
    following = following or pager.numbers.get(number + 1)
    if following is not None:
        return Paging((following,))
    is_hidden = count is not None or is_clicked(page) or has_unreadable_signs(page)
    if not is_hidden and _is_last(pager, page, number):
        return Paging(is_end=True)
    if is_hidden or pager.is_there or says_pager_words(page):
        return Paging(fault="pager_unreadable")
    return Paging(is_single=True) if number == 1 else Paging(fault="pager_gone")


def _is_last(pager: LinkedPager, page: Page, number: int) -> bool:
    """Does a pager of links show that this page is the last?"""
    ahead = {index_key(url) for url in (*pager.following, pager.last_url) if url is not None}
    leads_back = number > 1 and (pager.has_word or bool(pager.numbers))
    return (
        index_key(page.url) in ahead
        or pager.is_off
        or (pager.is_dead and leads_back)
        or max(pager.numbers, default=number) < number
    )


def _walk_nothing(_: Page, __: Page, ___: int) -> Paging:
    return Paging(fault="family_not_walked")


_WAYS: Mapping[Listing, Callable[[Page, Page, int], Paging]] = {
    Listing.LINKED_PAGES: _walk_links,
    Listing.SCRIPT_PAGER: _walk_script,
    Listing.NONE: _walk_nothing,
}
