"""Hanweb's directories of agencies: a shell whose table comes from module/xxgk/search.jsp, page by page.

The endpoint does not go by column: it hands out the whole directory of the area that is asked for. All of it
is kept: what it states is the number of all rows, and a report may be filed under another column than its own.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from lxml import etree

from crawler.columns import COLUMN_NAMES, DISCLOSURE_NAMES, GROUP_NAMES
from crawler.listings.answers import not_understood
from crawler.listings.datastore import record_rows
from crawler.listings.model import InnerColumn, ListPage, PageRequest, Paging, form_request, get_request
from crawler.listings.script_pager import read_scripted_page
from crawler.pagers import page_count, says_pager_words, stated_totals
from crawler.pages import base_address, visible_words
from crawler.rows import list_rows, read_rows
from crawler.titles import names_a_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

    from crawler.pages import Page
    from crawler.rows import Row

ENDPOINT = "/module/xxgk/search.jsp"
AREA = "vc_xxgkarea"
"""Field of a column's address that says whose directory it is: an organ's code, a credit code, a number of the site."""

_CALL = re.compile(r"/module/xxgk/search\.jsp(?:\?[^;<]*)?")
_MAX_CALLS = 10
_JOINT = re.compile(r"(['\"])\s*\+[^,;'\"]*?\+\s*\1|(['\"])\s*\+\s*\2")
"""Where a script puts a string together: what it puts in is typed by visitors, and empty before they do."""
_QUOTED = re.compile(r"(['\"])(.*?)\1")
_WAYS = ("post", "get")
_NAMES = ("infotypeId", "jdid", "area", "divid")
_SITE_ARGUMENT = 4
_VALUE = re.compile(r"(?:^|\s)tr_main_value")
_TURN = re.compile(r"\bgotopage\(\s*['\"]?(\d{1,5})\b", re.IGNORECASE)
_POSTED = re.compile(r"(?<=['\"])(?=[^'\"\s<>/]*\bdivid=)(?=[^'\"\s<>/]*\binfotypeId=)[^'\"\s<>/]+")
_TREE = re.compile(r"/module/xxgk/tree\.jsp\?[^'\"\s<>]*")
_NONE = re.compile(r"共\s*有?\s*0\s*(?:条|页)|(?:暂无|没有)(?:相关)?(?:信息|记录|数据|内容)")


class _Directory(NamedTuple):
    """How a shell asks for its table: what stands in the query, and what is posted.

    `is_clear`: the shell does not name several directories or types of which it may mean any.
    """

    query: Mapping[str, str]
    posted: Mapping[str, str]
    is_clear: bool

    def request(self, opening: Page, way: str, number: int) -> PageRequest:
        """The request for page `number` of the table, from 1 on."""
        endpoint = urljoin(base_address(opening), ENDPOINT)
        turning = {"currpage": str(number)}
        dialect = f"{way} {number}"
        if way == "get":
            fields = {**self.query, **self.posted, **turning}
            return get_request(f"{endpoint}?{urlencode(fields, safe=',:')}", referer=opening.url, dialect=dialect)
        url = f"{endpoint}?{urlencode({**self.query, **turning}, safe=',:')}"
        return form_request(url, {**self.posted, **self.query, **turning}, referer=opening.url, dialect=dialect)


def read_xxgk(opening: Page, page: Page, number: int, request: PageRequest) -> ListPage:
    """What page `number` of a directory shows: the first is its shell, the others are the endpoint's."""
    directory = _directory(opening)
    if directory is not None and number > 1:
        way, _, count = request.dialect.partition(" ")
        return _fragment(opening, directory, page, way, int(count))
    columns = areas(opening) if number == 1 else ()
    if directory is None:
        return read_scripted_page(opening, page, number, request)._replace(columns=columns)
    links = read_rows(opening)
    if _values(opening):
        # The first page of the table lies in the shell already.
        return _fragment(opening, directory, opening, _WAYS[0], 1)._replace(links=links, columns=columns)
    if columns and all(column.publisher for column in columns):
        return ListPage(links=links, columns=columns, paging=Paging(is_end=True))
    if not directory.is_clear:
        return ListPage(links=links, columns=columns, paging=Paging(fault="pager_unreadable"))
    requests = tuple(directory.request(opening, way, 1) for way in _WAYS)
    return ListPage(paging=Paging(requests), links=links, columns=columns)


def _fragment(opening: Page, directory: _Directory, page: Page, way: str, number: int) -> ListPage:
    """What page `number` of the table shows."""
    rows = _rows(opening, page)
    is_table = "tr_main" in page.text or page_count(page, number) is not None
    if not is_table:
        return not_understood(page.url)
    # Asked for in a way that it does not know, the endpoint says 共0页 too: it is believed when no way is left.
    is_empty = not rows and way == _WAYS[-1] and _NONE.search(visible_words(page)) is not None
    paging = _paging(opening, directory, page, way, number) if rows or is_empty else Paging()
    return ListPage(rows, paging, stated_totals(page), is_empty=is_empty)


def _rows(opening: Page, page: Page) -> tuple[Row, ...]:
    records = (etree.tostring(each, encoding="unicode", with_tail=False) for each in _values(page))
    return record_rows(records, opening) or list_rows(read_rows(page), opening.url)


def _values(page: Page) -> list[_Element]:
    """The rows of the table that lies in a page."""
    return [each for each in page.root.iter() if _VALUE.search(each.get("class") or "")]


def _paging(opening: Page, directory: _Directory, page: Page, way: str, number: int) -> Paging:
    count = page_count(page, number)
    turns = [int(match[1]) for match in _TURN.finditer(page.text)]
    if count is None and not turns:
        is_single = number == 1 and not says_pager_words(page)
        return Paging(is_single=True) if is_single else Paging(fault="pager_unreadable")
    if number >= (count if count is not None else max(turns)):
        return Paging(is_end=True)
    return Paging((directory.request(opening, way, number + 1),))


def _directory(opening: Page) -> _Directory | None:
    """How the page asks for its table, None where it does not: by its first call that says whose or where."""
    source = opening.text.replace("&amp;", "&")
    for match in islice(_CALL.finditer(source), _MAX_CALLS):
        call = _JOINT.sub("", match[0])
        address, *rest = re.split(r"['\"]", call, maxsplit=1)
        query = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        arguments = [quoted for _, quoted in _QUOTED.findall(rest[0] if rest else "")]
        called = {
            "divid": next((argument for argument in arguments if argument.startswith("div")), ""),
            "jdid": arguments[_SITE_ARGUMENT] if len(arguments) > _SITE_ARGUMENT else "",
        }
        posted = {name: _told(name, opening, source, {**called, **query}) for name in _NAMES}
        if any(posted.values()) or query:
            is_clear = all(len(told) <= 1 for told in posted.values())
            plain = {name: min(told, default="") for name, told in posted.items()}
            return _Directory({name: plain.get(name, value) for name, value in query.items()}, plain, is_clear)
    return None


def _told(name: str, opening: Page, source: str, called: Mapping[str, str]) -> set[str]:
    """What the page says of a field, "" never: its call, its own address, what is posted beside it, its tree.

    Only what no better place tells is looked for in the next; the call and the address are alike.
    """
    own = dict(parse_qsl(urlsplit(opening.url).query)).get({"area": AREA, "infotypeId": "number"}.get(name, ""), "")
    first = {called.get(name, ""), own}
    bodies = (dict(parse_qsl(body)).get(name, "") for body in _POSTED.findall(source))
    # A tree's links name one type each; only its own address says whose directory all of it is.
    trees = (dict(parse_qsl(urlsplit(tree).query)).get(name, "") for tree in _TREE.findall(source))
    places = (first, set(bodies), set(trees) if name in {"area", "divid"} else set())
    return next((told - {""} for told in places if told - {""}), set())


def areas(opening: Page) -> tuple[InnerColumn, ...]:
    """The directories that a page without an area of its own offers: one for each agency, or group of them."""
    if dict(parse_qsl(urlsplit(opening.url).query)).get(AREA):
        return ()
    path = urlsplit(opening.url).path
    found: dict[str, InnerColumn] = {}
    for row in read_rows(opening):
        parts = urlsplit(row.url)
        area = dict(parse_qsl(parts.query)).get(AREA, "")
        name = re.sub(r"\s", "", row.title)
        # The portal's menu may lead to its own directory here too.
        if area and parts.path == path and name not in COLUMN_NAMES and name not in DISCLOSURE_NAMES:
            is_one = names_a_body(name) and not GROUP_NAMES.match(name)
            found.setdefault(area, InnerColumn(row.url, name if is_one else ""))
    return tuple(found.values()) if len(found) > 1 else ()
