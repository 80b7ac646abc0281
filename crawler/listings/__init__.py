"""The closed set of ways to walk a list: what a page shows, how the next is asked for, how the end is proven.

Each way is a pure function in a module of its own. It is given the list's opening page (the web page that
people see), the page that came last (the opening itself, or the answer of an endpoint), its number from 1
on, and the request that brought it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.listings.linked_pages import read_linked_page
from crawler.listings.model import InnerColumn, ListPage, ListRequest, Paging
from crawler.listings.script_pager import read_scripted_page
from crawler.pagers import stated_totals
from crawler.portals import Listing
from crawler.rows import list_rows, read_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.pages import Page

__all__ = ["InnerColumn", "ListPage", "ListRequest", "Paging", "read_list"]


def read_list(listing: Listing, opening: Page, page: Page, number: int, request: ListRequest) -> ListPage:
    """What page `number` (from 1 on) of a list shows, walked in this way."""
    way = _WAYS.get(listing)
    return way(opening, page, number, request) if way is not None else _read_only(listing, page)


def _read_only(listing: Listing, page: Page) -> ListPage:
    links = read_rows(page)
    fault = Paging(fault="family_not_walked", values=(listing.value, page.url))
    return ListPage(list_rows(links, page.url), fault, stated_totals(page), links)


_WAYS: Mapping[Listing, Callable[[Page, Page, int, ListRequest], ListPage]] = {
    Listing.LINKED_PAGES: read_linked_page,
    Listing.SCRIPT_PAGER: read_scripted_page,
}
