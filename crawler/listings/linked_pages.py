"""Lists that link their further pages: 下一页, or their numbers. The way for everything that is not known better.

Where the links are not there, what the page holds of its pager as data is read; where it only states how many
pages there are, the next is looked for by the shape of its own address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from crawler.hidden_pagers import decoded_pager, guessed_pages, written_pages
from crawler.listings.forms import next_of_form
from crawler.listings.model import ListPage, PageRequest, Paging
from crawler.pagers import (
    has_unreadable_signs,
    is_clicked,
    linked_pager,
    may_have_more,
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
        return end_but(page)
    following = _following(pager, page, number)
    if following is not None:
        return Paging((PageRequest(following),))
    leads_on = _leads_on(pager, page)
    is_hidden = count is not None or may_have_more(page, number) or is_clicked(page) or has_unreadable_signs(page)
    is_hidden = is_hidden or (number == 1 and rows > 0 and goes_on(page, rows))
    if not (is_hidden or leads_on) and _is_last(pager, page, number):
        return Paging(is_end=True)
    total = max(stated_totals(page), default=0)
    if leads_on or (rows and (count is not None or (is_hidden and total > rows))):
        counted = next_of_form(page, number)
        guesses = (counted,) if counted else tuple(PageRequest(url) for url in guessed_pages(page, number))
        return Paging(guesses, fault="pager_unreadable")
    if is_hidden or pager.is_there or says_pager_words(page):
        return Paging(fault="pager_unreadable")
    return Paging(is_single=True) if number == 1 else Paging(fault="pager_gone")


def end_but(page: Page) -> Paging:
    """The end of a list by words or calls, which may be another list's: a next page that is linked may hold more."""
    linked = linked_next(page)
    return Paging((PageRequest(linked),), is_end=True, is_doubted=True) if linked else Paging(is_end=True)


def linked_next(page: Page) -> str | None:
    """The address that 下一页 leads to; None where none is linked but the page's own."""
    return _linked(linked_pager(page), page)


def _linked(pager: LinkedPager, page: Page) -> str | None:
    own = index_key(page.url)
    return next((url for url in pager.following if url is not None and index_key(url) != own), None)


def _following(pager: LinkedPager, page: Page, number: int) -> str | None:
    """The address of the next page as the page itself has it: linked, or written into its pager's handlers."""
    linked = _linked(pager, page) or pager.numbers.get(number + 1)
    return linked or written_pages(page, number).get(number + 1)


def _leads_on(pager: LinkedPager, page: Page) -> bool:
    """Does a pager whose numbers end here lead further on all the same: by `...`, 下一组, 尾页?"""
    own = index_key(page.url)
    if any(url is None or not (_is_later(page.url, url) or index_key(url) == own) for url in pager.onwards):
        return True
    # The last page may link itself by another address: only one that counts on is another.
    return bool(pager.numbers) and pager.last_url is not None and _is_later(pager.last_url, page.url)


def _is_later(url: str, other: str) -> bool:
    """Does an address count a later page than another: in its query, else in the name of its file?"""
    fields, known = (dict(parse_qsl(urlsplit(each).query)) for each in (url, other))
    if fields or known:
        counted = {name: int(value) for name, value in fields.items() if value.isdecimal()}
        return any(
            value > int(known.get(name, "1")) for name, value in counted.items() if known.get(name, "1").isdecimal()
        )
    places = [re.search(r"(\d{1,5})(?:\.\w+)?$", urlsplit(each).path) for each in (url, other)]
    numbers = [int(place[1]) for place in places if place is not None]
    return len(numbers) == len(places) and numbers[0] > numbers[1]


def _is_last(pager: LinkedPager, page: Page, number: int) -> bool:
    """Does a pager of links show that this page is the last?"""
    own = index_key(page.url)
    is_last = pager.last_url is not None and index_key(pager.last_url) == own
    leads_back = number > 1 and (pager.has_word or bool(pager.numbers))
    is_counted = number == 1 and bool(pager.numbers)
    # On the first page a script may turn a 下一页 that leads to the page itself.
    leads_here = any(url is not None and index_key(url) == own for url in pager.following)
    return (
        is_last
        or (leads_here and (leads_back or is_counted))
        or pager.is_off
        or (pager.is_dead and leads_back)
        or max(pager.numbers, default=number) < number
    )
