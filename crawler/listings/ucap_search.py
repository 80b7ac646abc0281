"""UCAP channels (开普云): a static list with a script's pager, and the same rows as JSON; which is proven whole.

The static pages are written now and then, the JSON comes from an index: either may lack the newest row, and some
portals write only the first static page. What the page states decides which is asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler.listings.answers import got_before, not_understood, number, parsed, part, plain_title, row
from crawler.listings.model import ListPage, PageRequest, Paging, get_request
from crawler.listings.script_pager import read_scripted_page
from crawler.pagers import script_pager
from crawler.pages import address, base_address
from crawler.rows import list_rows, read_rows
from storage.records import Outcome

if TYPE_CHECKING:
    from crawler.pages import Page
    from crawler.rows import Row

STATIC, JSON = "static", "json"
"""The two ways to ask for a channel's rows."""

_NAMED = re.compile(r"(/(?:common/search|searchList|search))/(?:([0-9a-f]{16,})|['\"]\s*\+)")
_CHANNEL = re.compile(
    r"\bchannelId['\"]?\s*[=:]\s*['\"]([0-9a-f]{16,})|name=['\"]channelId['\"]\s+content=['\"]([0-9a-f]{16,})"
)
_TOKEN = re.compile(
    r"/(?:common/search|searchList|search)/[^;\n]{0,160}?(?:token|sign(?:ature)?\b|encrypt)", re.IGNORECASE
)
_SIZE = 50
_SCHEME = re.compile(r"^https?:")


class Channel(NamedTuple):
    """Where a channel's rows are asked for as JSON. `is_named`: the page itself says so; `is_guarded`: with a token
    that its script makes."""

    url: str
    is_named: bool
    is_guarded: bool

    def request(self, opening: Page, page: int, size: int, got: int) -> PageRequest:
        """The request for one page, as the list's own script makes it."""
        asked = {
            "_isAgg": "true", "_isJson": "true", "_pageSize": str(size), "_template": "index", "_rangeTimeGte": "",
            "_channelName": "", "page": str(page),
        }  # fmt: skip
        return get_request(f"{self.url}?{urlencode(asked)}", referer=opening.url, dialect=f"{JSON} {got}")


def channel_of(opening: Page) -> Channel | None:
    """The channel that a list page is of; None where it does not say."""
    named = _NAMED.search(opening.text)
    said = _CHANNEL.search(opening.text)
    key = (named[2] if named is not None else None) or (said[1] or said[2] if said is not None else None)
    url = address(opening.url, f"{named[1] if named is not None else '/common/search'}/{key}") if key else None
    if url is None:
        return None
    return Channel(url, named is not None, _TOKEN.search(opening.text) is not None)


def read_channel(opening: Page, page: Page, place: int, request: PageRequest) -> ListPage:
    """What page `place` shows: the first is the static list, from 2 on it is what `request` asked for."""
    channel = channel_of(opening)
    name, count = got_before(request.dialect)
    if place == 1:
        return _opening(opening, channel)
    if name == JSON and channel is not None:
        return _answer(opening, channel, page, request, count)
    return _static(opening, channel, page, count or place)


def _opening(opening: Page, channel: Channel | None) -> ListPage:
    links = read_rows(opening)
    rows = list_rows(links, opening.url)
    is_whole = _is_whole(opening, len(rows))
    if channel is None or (is_whole and not channel.is_named):
        return _static(opening, channel, opening, 1)
    if channel.is_guarded:
        if is_whole:
            return _static(opening, None, opening, 1)
        fault = Paging(fault="list_needs_token", values=(channel.url,), outcome=Outcome.NEEDS_BROWSER)
        return ListPage(rows, fault, links=links)
    if rows and is_whole is None and not channel.is_named:
        return _static(opening, channel, opening, 1)
    # The static list once more, from its first page, where the endpoint is not there.
    again = (PageRequest(f"{opening.url}#{STATIC}", dialect=f"{STATIC} 1"),) if rows else ()
    return ListPage(links=links, paging=Paging((channel.request(opening, 1, _SIZE, 0), *again)))


def _is_whole(opening: Page, shown: int) -> bool | None:
    """Do the rows of the first static page fit what its pager states? None: it states no number of rows."""
    pager = script_pager(opening)
    if pager is None or pager.total is None:
        return None
    return (pager.pages - 1) * shown < pager.total <= pager.pages * shown


def _static(opening: Page, channel: Channel | None, page: Page, place: int) -> ListPage:
    shown = read_scripted_page(opening, page, place, PageRequest(page.url))
    following = tuple(each._replace(dialect=f"{STATIC} {place + 1}") for each in shown.paging.requests)
    if following and channel is not None and not channel.is_guarded:
        following += (channel.request(opening, 1, _SIZE, 0),)
    return shown._replace(paging=shown.paging._replace(requests=following))


def _answer(opening: Page, channel: Channel, page: Page, request: PageRequest, got: int) -> ListPage:
    data = part(parsed(page.text), "data")
    results, total = part(data, "results"), number(part(data, "total"))
    if not isinstance(results, list) or total is None:
        return not_understood(page.url)
    asked = parse_qs(urlsplit(request.url).query)
    place, size = int(asked["page"][0]), int(asked["_pageSize"][0])
    if not results and place == 1:
        # Some endpoints tell a visitor without the browser's token that there is nothing.
        fault = Paging(fault="answer_empty", values=(page.url,), outcome=Outcome.NEEDS_BROWSER)
        return ListPage(paging=fault)
    rows = tuple(shown for each in results if (shown := _row(opening, each)) is not None)
    got += len(results)
    extra = _only_static(opening, rows, is_all=got >= total) if place == 1 else ()
    # Sizes are capped, mostly silently: from the second page on what came is asked for.
    size = min(size, len(results)) if place == 1 else size
    paging = Paging(is_end=True) if got >= total else Paging((channel.request(opening, place + 1, size, got),))
    return ListPage((*rows, *extra), paging, frozenset({total + len(extra)}))


def _row(opening: Page, each: object) -> Row | None:
    title = plain_title(part(each, "title")) or plain_title(part(each, "subTitle"))
    days = (part(each, "publishedTimeStr"), part(each, "publishedTime"))
    return row(base_address(opening), title, part(each, "url"), *days)


def _only_static(opening: Page, rows: tuple[Row, ...], *, is_all: bool) -> tuple[Row, ...]:
    """The rows of the static list that the index does not have yet."""
    static = list_rows(read_rows(opening), opening.url)
    known = {_SCHEME.sub("", each.url) for each in rows}
    if not is_all and len(rows) < len(static):
        return ()
    return tuple(each for each in static if _SCHEME.sub("", each.url) not in known)
