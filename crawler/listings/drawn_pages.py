"""Lists that a browser has drawn: their links, and the rows that a click showed the addresses of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.listings.model import ListPage, PageRequest, Paging
from crawler.pagers import page_count, says_pager_words, stated_totals
from crawler.pages import address, base_address, words
from crawler.rows import Row, list_rows, read_rows

if TYPE_CHECKING:
    from crawler.pages import Page


def read_drawn_page(_: Page, page: Page, number: int, request: PageRequest) -> ListPage:
    """What page `number` of a drawn list shows; of a page that was not drawn nothing but its links.

    A row that nobody clicked, as it is not wanted, is counted under an address made of its title.
    """
    written = page.root.find(".//ul[@data-nianbao-rows]")
    links = read_rows(page)
    if not request.drawn:
        return ListPage(links=links)
    totals = stated_totals(page)
    if written is None:
        return ListPage(list_rows(links, page.url), _paging(page, number, request), totals, links)
    by_address = {row.url: row for row in links}
    rows, lost = [], []
    for anchor in written.iter("a"):
        url = address(base_address(page), anchor.get("href"))
        title = words(anchor)
        if url is None and anchor.get("data-nianbao-clicked"):
            lost.append(title)
        row = by_address.get(url or "") or Row(title, url or f"{page.url}#{title}", None)
        rows.append(row)
    paging = _paging(page, number, request)
    if lost:
        paging = Paging(fault="rows_without_address", values=(len(lost), page.url))
    return ListPage(tuple(rows), paging, totals, links)


def _paging(page: Page, number: int, request: PageRequest) -> Paging:
    pager = page.root.get("data-nianbao-pager")
    count = page_count(page, number)
    if pager == "more" and (count is None or number < count):
        return Paging((request._replace(drawn=number + 1),))
    if pager == "last" or count is not None:
        return Paging(is_end=True)
    return Paging(fault="pager_unreadable") if says_pager_words(page) else Paging(is_single=True)
