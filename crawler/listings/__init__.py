"""The closed set of ways to walk a list: what a page shows, how the next is asked for, how the end is proven.

Each way is a pure function in a module of its own. It is given the list's opening page (the web page that
people see), the page that came last (the opening itself, or the answer of an endpoint), its number from 1
on, and the request that brought it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.listings.chinatax import read_files
from crawler.listings.drawn_pages import read_drawn_page
from crawler.listings.easttone import read_easttone
from crawler.listings.epoint import read_epoint
from crawler.listings.gkmlpt import read_tree
from crawler.listings.jpaas_search import read_search
from crawler.listings.jpaas_units import read_units
from crawler.listings.jpage import read_jpage
from crawler.listings.linked_pages import read_linked_page
from crawler.listings.lonsun import read_lonsun
from crawler.listings.model import InnerColumn, ListPage, PageRequest, Paging
from crawler.listings.openness import read_openness
from crawler.listings.postback import read_posted_page
from crawler.listings.script_pager import read_scripted_page
from crawler.listings.truecms import read_truecms
from crawler.listings.ucap_search import read_channel
from crawler.listings.was_search import read_search_page
from crawler.listings.xxgk_search import read_xxgk
from crawler.portals import Listing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.pages import Page

__all__ = ["WAYS", "InnerColumn", "ListPage", "PageRequest", "Paging", "read_list"]


def read_list(listing: Listing, opening: Page, page: Page, number: int, request: PageRequest) -> ListPage:
    """What page `number` (from 1 on) of a list shows, walked in this way."""
    return WAYS[listing](opening, page, number, request)


WAYS: Mapping[Listing, Callable[[Page, Page, int, PageRequest], ListPage]] = {
    Listing.LINKED_PAGES: read_linked_page,
    Listing.JPAAS_UNITS: read_units,
    Listing.JPAAS_SEARCH: read_search,
    Listing.UCAP_SEARCH: read_channel,
    Listing.GKMLPT: read_tree,
    Listing.CHINATAX: read_files,
    Listing.SCRIPT_PAGER: read_scripted_page,
    Listing.TRUECMS: read_truecms,
    Listing.XXGK_SEARCH: read_xxgk,
    Listing.POSTBACK: read_posted_page,
    Listing.WAS_SEARCH: read_search_page,
    Listing.JPAGE: read_jpage,
    Listing.BROWSER: read_drawn_page,
    Listing.LONSUN: read_lonsun,
    Listing.OPENNESS: read_openness,
    Listing.EPOINT: read_epoint,
    Listing.EASTTONE: read_easttone,
}
"""The function of each way."""
