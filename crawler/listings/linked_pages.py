"""Lists that link their further pages: 下一页, or their numbers. The way for everything that is not known better.

Where the links are not there, what the page holds of its pager as data is read; where it only states how many
pages there are, the next is looked for by the shape of its own address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.hidden_pagers import decoded_pager, guessed_pages, written_pages
from crawler.listings.forms import next_of_form
from crawler.listings.model import ListPage, PageRequest, Paging
from crawler.pagers import (
    has_unreadable_signs,
    is_clicked,
    linked_pager,
    page_count,
    says_pager_words,
    stated_totals,
)
from crawler.pages import index_key, is_cut
from crawler.paging_signs import goes_on
from crawler.rows import list_rows, read_rows

if TYPE_CHECKING:
    from crawler.pagers import LinkedPager
    from crawler.pages import Page


def read_linked_page(opening: Page, page: Page, number: int, _: PageRequest) -> ListPage:
    """What page `number` of a list shows whose pager is made of links."""
    links = read_rows(page)
    rows = list_rows(links, page.url)
    paging = paging_of_links(page, number, rows=len(rows))
    return ListPage(rows, cut_or(paging, opening, page), stated_totals(page), links)


def cut_or(paging: Paging, opening: Page, page: Page) -> Paging:
    """What the page says of the pages after it, unless it breaks off itself: then rows of its own are missing."""
    return Paging(fault="truncated") if is_cut(page, opening) else paging


def paging_of_links(page: Page, number: int, *, rows: int = 0) -> Paging:
    """What the links and words of page `number` say about the pages after it.

    `rows`: how many stand in it. Where a script has still to draw them nothing is guessed of the pager either.
    """
    decoded = decoded_pager(page)
    page = page if decoded is None else decoded
    pager = linked_pager(page)
    count = page_count(page, number)
    if count is not None and number >= count:
        return Paging(is_end=True)
    following = _following(pager, page, number)
    if following is not None:
        return Paging((PageRequest(following),))
    is_hidden = count is not None or is_clicked(page) or has_unreadable_signs(page)
    is_hidden = is_hidden or (number == 1 and rows > 0 and goes_on(page, rows))
    if not is_hidden and _is_last(pager, page, number):
        return Paging(is_end=True)
    total = max(stated_totals(page), default=0)
    if rows and (count is not None or (is_hidden and total > rows)):
        counted = next_of_form(page, number)
        guesses = (counted,) if counted else tuple(PageRequest(url) for url in guessed_pages(page, number))
        return Paging(guesses, fault="pager_unreadable")
    if is_hidden or pager.is_there or says_pager_words(page):
        return Paging(fault="pager_unreadable")
    return Paging(is_single=True) if number == 1 else Paging(fault="pager_gone")


def _following(pager: LinkedPager, page: Page, number: int) -> str | None:
    """The address of the next page as the page itself has it: linked, or written into its pager's handlers."""
    own = index_key(page.url)
    linked = next((url for url in pager.following if url is not None and index_key(url) != own), None)
    return linked or pager.numbers.get(number + 1) or written_pages(page, number).get(number + 1)


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
