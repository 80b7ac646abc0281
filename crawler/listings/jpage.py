"""Hanweb's jpage lists: the first group of rows lies in the page as XML, dataproxy.jsp hands out the others.

How the endpoint counts differs from site to site: some go by the number of the first row, some by the group's
number alone, from 0 or from 1 on. So each way of asking is tried once, and the one that brings new rows is kept.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from zlib import crc32

from crawler.listings.datastore import Datastore, call_of, calls, datastores, read_datastore
from crawler.listings.linked_pages import paging_of_links
from crawler.listings.model import ListPage, PageRequest, Paging, form_request, get_request
from crawler.listings.script_pager import read_scripted_page
from crawler.listings.xxgk_search import areas
from crawler.pages import base_address
from crawler.rows import list_rows, read_rows
from crawler.titles import may_be_report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.listings.datastore import Call
    from crawler.pages import Page
    from crawler.rows import Row

PROXY = "/module/web/jpage/dataproxy.jsp"
"""Where the endpoint is if the page does not say."""

_GROUP = 30
_PAGE = re.compile(r"(?<=[?&]page=)\d{1,6}")


class _Unit(NamedTuple):
    """One list of a page: its first group, how many rows it states (None: not), how its further groups are had."""

    rows: tuple[Row, ...]
    total: int | None
    group: int
    per_page: int
    proxy: str
    fields: Mapping[str, str]
    next_group: str | None

    def is_whole(self, seen: int) -> bool:
        """Are so many rows all that there are?"""
        return seen >= self.total if self.total is not None else self.next_group == ""


class _State(NamedTuple):
    """Where a walk stands, written into the dialect of a request.

    `way` is how it is asked, `unit` which list of the page, `position` the number of the first row or of
    the group that is asked for, `seen` the distinct rows so far, `last` the last of them: some endpoints
    put a group's first row at the end of the group before.
    """

    way: str
    unit: int
    position: int
    seen: int
    last: int

    @property
    def dialect(self) -> str:
        """The state as a request carries it."""
        return " ".join(map(str, self))


def read_jpage(opening: Page, page: Page, number: int, request: PageRequest) -> ListPage:
    """What page `number` of a jpage list shows: the first is the opening page, the others are the endpoint's."""
    units = _units(opening)
    if not units or (number > 1 and not request.dialect):
        return read_scripted_page(opening, page, number, request)
    if number == 1:
        return _first_page(opening, units)
    way, *numbers = request.dialect.split()
    state = _State(way, *map(int, numbers))
    store = read_datastore(page.text, opening)
    if store is None:
        return ListPage(paging=Paging(fault="answer_not_understood", values=(page.url,)))
    return ListPage(store.rows, _later(opening, units, state, request, store), _total(units, store))


def _first_page(opening: Page, units: tuple[_Unit, ...]) -> ListPage:
    rows = {row.url: row for unit in units for row in unit.rows}
    links = read_rows(opening)
    # Where rows are printed the pager may be too: then nothing need be asked of the endpoint.
    printed = Paging() if datastores(opening) else paging_of_links(opening, 1)
    is_linked = bool(printed.requests) and not printed.fault
    paging = printed if is_linked else _from_unit(opening, units, 0)
    return ListPage(tuple(rows.values()), paging, _total(units), links, areas(opening), is_empty=_total(units) == {0})


def _later(opening: Page, units: tuple[_Unit, ...], state: _State, request: PageRequest, store: Datastore) -> Paging:
    """What comes after a group."""
    unit = units[state.unit]
    known = {row.url for row in unit.rows}
    new = [row.url for row in store.rows if row.url not in known and _print(row.url) != state.last]
    seen = state.seen + len(new)
    unit = unit._replace(
        total=store.total if unit.total is None else unit.total,
        next_group=store.next_group,
    )
    is_last = state.way == "page" and store.pages is not None and state.position >= store.pages and unit.total is None
    if unit.is_whole(seen) or is_last:
        return _from_unit(opening, units, state.unit + 1)
    if not store.rows:
        return Paging()
    if unit.total is None and unit.next_group is None:
        return Paging(fault="pager_unreadable")
    last = _print(store.rows[-1].url)
    if state.way == "page":
        following = state._replace(position=state.position + 1, seen=seen, last=last)
        return Paging((_by_page(opening, unit, following, request.url),))
    # A group that came shorter than it was asked for was capped: what is missing of it comes next.
    position = state.position + min(len(store.rows), unit.group)
    return Paging((_by_start(opening, unit, state._replace(position=position, seen=seen, last=last)),))


def _from_unit(opening: Page, units: tuple[_Unit, ...], first: int) -> Paging:
    """How the walk goes on with the lists of the page from this one on, each of which has shown its first group."""
    for index, unit in enumerate(units[first:], first):
        seen = len(unit.rows)
        if unit.is_whole(seen):
            continue
        state = _State("post", index, seen + 1, seen, _print(unit.rows[-1].url) if unit.rows else 0)
        if unit.next_group:
            by_page = state._replace(way="page", position=_page_of(unit.next_group))
            one_on = by_page._replace(position=by_page.position + 1)
            further = tuple(_by_page(opening, unit, each, unit.next_group) for each in (by_page, one_on))
        elif unit.fields:
            further = (_by_start(opening, unit, state._replace(way="get")),)
        else:
            further = ()
        by_start = (_by_start(opening, unit, state),) if unit.fields else ()
        requests = (*by_start, *further)
        return Paging(requests) if requests else Paging(fault="pager_unreadable")
    return Paging(is_end=True)


def _by_start(opening: Page, unit: _Unit, state: _State) -> PageRequest:
    """A group by the number of its first row."""
    span = {
        "startrecord": str(state.position),
        "endrecord": str(state.position + unit.group - 1),
        "perpage": str(unit.per_page),
    }
    proxy = urljoin(base_address(opening), unit.proxy)
    if state.way == "get":
        url = f"{proxy}?{urlencode({**unit.fields, **span})}"
        return get_request(url, referer=opening.url, dialect=state.dialect)
    url = f"{proxy}?{urlencode(span)}"
    return form_request(url, unit.fields, referer=opening.url, dialect=state.dialect)


def _by_page(opening: Page, unit: _Unit, state: _State, previous: str) -> PageRequest:
    """A group by its number, at the address that the page or the last answer names, sent back as it is written.

    Some portals encrypt its column and unit; only the number is ever put in its place.
    """
    named = unit.next_group if unit.next_group and _page_of(unit.next_group) == state.position else previous
    url = urljoin(base_address(opening), _PAGE.sub(str(state.position), named))
    return get_request(url, referer=opening.url, dialect=state.dialect)


@lru_cache(maxsize=1)
def _units(opening: Page) -> tuple[_Unit, ...]:
    """The lists of a page that may hold reports, without copies of one another; empty where script draws none."""
    found = calls(opening.text)
    units = [_unit(store, _call_for(found, element, store)) for element, store in datastores(opening)]
    if not units:
        call = max(reversed(found), key=lambda call: bool(call.proxy), default=None)
        # A total of 0 beside no datastore is a place to be filled in, not a count.
        call = call._replace(total=call.total or None) if call is not None else None
        units = [_unit(Datastore(_printed_rows(opening, call.element)), call)] if call is not None else []
    column = re.search(r"/col/(?:col)?(\w+)/", opening.url)
    own = [unit for unit in units if _is_of(unit, column[1] if column else "")]
    if not own and units and not any(may_be_report(row.title) for row in list_rows(read_rows(opening), opening.url)):
        own = units
    kept: list[_Unit] = []
    covered: set[str] = set()
    # Phones have a list of their own with the same rows; a box of the newest may repeat some.
    for unit in sorted(own, key=lambda unit: len(unit.rows), reverse=True):
        urls = {row.url for row in unit.rows}
        if not kept or not urls <= covered or (not urls and unit.total):
            kept.append(unit)
            covered |= urls
    return tuple(kept)


def _call_for(found: tuple[Call, ...], element: str, store: Datastore) -> Call | None:
    """The call that draws a datastore: into the element around it, else into the one that its next group names."""
    named = dict(parse_qsl(urlsplit(store.next_group or "").query)).get("unitid", "")
    given = [call for call in found if call.has_store]
    return call_of(found, element) or call_of(found, named) or (given[0] if len(given) == 1 else None)


def _unit(store: Datastore, call: Call | None) -> _Unit:
    total = call.total if call is not None and call.total is not None else store.total
    named = urlsplit(store.next_group or "")
    fields = dict(call.fields) if call is not None and call.fields else dict(parse_qsl(named.query))
    fields.pop("page", None)
    proxy = (call.proxy if call is not None else "") or named.path or PROXY
    group = (call.group if call is not None else None) or len(store.rows) or _GROUP
    per_page = (call.per_page if call is not None else None) or group
    return _Unit(store.rows, total, group, per_page, proxy, fields, store.next_group)


def _printed_rows(opening: Page, element: str) -> tuple[Row, ...]:
    """Rows that stand in the page itself, although it calls the script: in the script's element, else its list."""
    links = read_rows(opening)
    inside = tuple(row for row in links if f"#{element}/" in f"{row.group}/")
    rows = inside or list_rows(links, opening.url)
    return rows if inside or any(may_be_report(row.title) for row in rows) else ()


def _is_of(unit: _Unit, column: str) -> bool:
    """Is it the column's own list, or one of reports, rather than news beside it? Encrypted ones may be its own."""
    named = unit.fields.get("columnid", "")
    return not named.isdigit() or named == column or any(may_be_report(row.title) for row in unit.rows)


def _total(units: tuple[_Unit, ...], store: Datastore | None = None) -> frozenset[int]:
    totals = [unit.total for unit in units]
    if len(units) == 1 and totals[0] is None and store is not None:
        totals = [store.total]
    return frozenset({sum(total for total in totals if total is not None)}) if None not in totals else frozenset()


def _page_of(address: str) -> int:
    match = _PAGE.search(address)
    return int(match[0]) if match else 1


def _print(url: str) -> int:
    return crc32(url.encode())
