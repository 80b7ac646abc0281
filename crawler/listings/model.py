"""What walking a list is told in: requests for its pages, and what each page shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.rows import Row

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
SCRIPTED = ("X-Requested-With", "XMLHttpRequest")
"""Header that the portals' own scripts send, without which some endpoints answer with a whole page."""


NO_LIST = "no list"
"""Dialect of a request for a page that is no list: the browser draws it without looking for rows."""


class PageRequest(NamedTuple):
    """One request for a page: of a list, or with the text of an article.

    `dialect` names which of several ways to ask this is, so that the next page is asked for in the way that
    worked. `drawn`: which page of the list a browser is to draw at this address, 0 where none is needed.
    """

    url: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    dialect: str = ""
    drawn: int = 0

    @property
    def key(self) -> str:
        """What tells it from every other request: for a GET its address."""
        if self.drawn:
            return f"{self.url} drawn {self.drawn}"
        return self.url if self.method == "GET" else f"{self.method} {self.url} {self.body.decode('utf-8', 'replace')}"


def form_request(
    url: str, fields: Mapping[str, str] | Sequence[tuple[str, str]], *, referer: str, dialect: str = ""
) -> PageRequest:
    """A POST of these fields, as a script of the page at `referer` would send it."""
    own = (("Content-Type", FORM), ("Referer", referer), SCRIPTED)
    return PageRequest(url, "POST", urlencode(fields).encode(), own, dialect)


def json_request(url: str, value: object, *, referer: str, dialect: str = "") -> PageRequest:
    """A POST of this value as JSON, as a script of the page at `referer` would send it."""
    own = (("Content-Type", JSON), ("Referer", referer), SCRIPTED)
    return PageRequest(url, "POST", json.dumps(value, ensure_ascii=False).encode(), own, dialect)


def get_request(url: str, *, referer: str, dialect: str = "") -> PageRequest:
    """A GET as a script of the page at `referer` would send it."""
    return PageRequest(url, headers=(("Referer", referer), SCRIPTED), dialect=dialect)


class Paging(NamedTuple):
    """What one page of a list says about the pages after it.

    `requests`: how the next page may be had, best guess first, more only where a numbering or an
    endpoint is ambiguous. `is_end`: the page says that it is the last; where it has `requests` all the same,
    they may hold more of the list, and where they bring no rows that is its end. `is_doubted`: a link leads on
    though its words say that it is the last; where that brings nothing new, the words are right. `is_single`:
    nothing on it hints at further pages. `fault`: there are further pages, or may be, and they cannot be told; a key of
    `crawler.details`, whose sentence takes `values`, by default the page's address; `outcome` is what it comes to.
    Where it has `requests` too, they are guesses: it counts only if they bring nothing new.
    """

    requests: tuple[PageRequest, ...] = ()
    is_end: bool = False
    is_doubted: bool = False
    is_single: bool = False
    fault: str = ""
    values: tuple[object, ...] = ()
    outcome: Outcome = Outcome.INCOMPLETE


class InnerColumn(NamedTuple):
    """A list inside a column. `publisher`: the agency whose own list it is, as its link calls it; empty: not one's.

    An address that differs from the column's only behind # is another list of the same page, which is not asked
    for again: its `PageRequest` holds the whole address. `is_others`: it leads to other agencies' lists, so it is
    left alone where one agency's own list is walked.
    """

    url: str
    publisher: str = ""
    is_others: bool = False


class ListPage(NamedTuple):
    """What one page of a list shows.

    `rows` are the list's own; `links` every link of the page, where it is one that people read.
    `totals` are the numbers of rows that the list states: none, one, or several that contradict each
    other. `columns` are lists inside this one. `is_empty`: it says itself that it has no rows.
    """

    rows: tuple[Row, ...] = ()
    paging: Paging = Paging()
    totals: frozenset[int] = frozenset()
    links: tuple[Row, ...] = ()
    columns: tuple[InnerColumn, ...] = ()
    is_empty: bool = False
