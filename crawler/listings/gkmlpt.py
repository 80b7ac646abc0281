"""Guangdong's gkmlpt: the report column is a node of the tree that the shell holds, its rows are JSON.

A node may lead off the platform to a list of links (`jump_url`), and may have nodes below it. Each that may hold
reports is walked as a list of its own, known by the number behind # as the portal's own pages are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from crawler.columns import AMBIGUOUS_NAMES, COLUMN_NAMES, GROUP_NAMES, YEAR_NAME
from crawler.documents.embedded import config_value, config_values
from crawler.listings.answers import (
    day,
    fields,
    got_before,
    not_understood,
    number,
    on_scheme_of,
    parsed,
    part,
    plain_title,
    row,
)
from crawler.listings.linked_pages import read_linked_page
from crawler.listings.model import InnerColumn, ListPage, PageRequest, Paging, get_request
from crawler.pages import address
from crawler.row_dates import earliest
from crawler.rows import Row, read_rows
from storage.agency_names import ends_like_an_agency

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crawler.pages import Page

MAX_DEPTH = 6
"""Levels of the tree that are looked into."""

OWN = "-own"
"""What an address has behind a node's number that means its own rows, without those of the nodes inside it."""

_REPORTS = re.compile(r"信息公开.{0,4}(?:年报|年度报告)|政务公开.{0,4}(?:年报|年度报告)")
_PLATFORM = re.compile(r"^(.*?)/gkmlpt(?:/|$)")
_ASKED = re.compile(r"/gkmlpt/api/all/(\d+)\?(?:.*&)?page=(\d+)")


class Node(NamedTuple):
    """One column of the tree."""

    key: str
    name: str
    leads_to: str
    inner: tuple[Node, ...]

    def holds_reports(self) -> bool:
        """Is it called what only the column of annual reports is called?"""
        return self.name in COLUMN_NAMES or _REPORTS.search(self.name) is not None

    def may_hold_reports(self) -> bool:
        """Is it called 年报 or the like, as statistics may be too?"""
        return self.holds_reports() or self.name in AMBIGUOUS_NAMES

    def all(self) -> Iterator[Node]:
        """It and every column inside it."""
        yield self
        for each in self.inner:
            yield from each.all()


def tree_of(value: object, depth: int = 0) -> tuple[Node, ...]:
    """The nodes in a TREE's value; empty for what is none."""
    if not isinstance(value, list) or depth >= MAX_DEPTH:
        return ()
    nodes = []
    for each in value:
        key = number(part(each, "id"))
        leads_to = part(each, "jump_url")
        if key is not None:
            inner = tree_of(part(each, "children"), depth + 1)
            leads_to = leads_to if isinstance(leads_to, str) else ""
            nodes.append(Node(str(key), plain_title(part(each, "name")), leads_to, inner))
    return tuple(nodes)


def tree_links(page: Page) -> tuple[Row, ...]:
    """The page's tree as links that people would click, for finding the column; empty for a page without one."""
    nodes = tree_of(config_value(config_values(page.text).get("TREE")))
    return tuple(Row(node.name, f"{page.url}#{node.key}", None) for top in nodes for node in top.all() if node.name)


def read_tree(opening: Page, page: Page, place: int, request: PageRequest) -> ListPage:
    """What page `place` shows: 1 is the shell with its tree, from 2 on they are answers with one node's rows."""
    if place > 1 and _ASKED.search(request.url):
        return _answer(opening, page, place, request)
    config = config_values(opening.text)
    tree = tree_of(config_value(config.get("TREE")))
    if not tree:
        # The lists that nodes lead to bear the same system's signs, but are made of links.
        return read_linked_page(opening, page, place, request)
    links = read_rows(page)
    everything = [node for root in tree for node in root.all()]
    chosen, _, is_own = request.url.partition("#")[2].partition("-")
    named = [node for node in everything if node.key == chosen]
    nodes = named or _reporting(tree)
    if not nodes:
        return ListPage(links=links, paging=Paging(fault="no_report_node", values=(opening.url,)))
    if len(nodes) == 1 and not nodes[0].leads_to and (is_own or not nodes[0].inner):
        sid = plain_title(config_value(config.get("SID"))) or str(number(config_value(config.get("SID"))) or "")
        return ListPage(links=links, paging=Paging((_request(opening, nodes[0].key, sid, 1, 0),)))
    return ListPage(links=links, columns=tuple(_columns(opening, nodes)))


def _reporting(tree: Sequence[Node]) -> tuple[Node, ...]:
    """The topmost nodes that are called what the column is called; ambiguous names count where there is no other."""
    return tuple(_topmost(tree, Node.holds_reports)) or tuple(_topmost(tree, Node.may_hold_reports))


def _topmost(nodes: Sequence[Node], is_named: Callable[[Node], bool]) -> Iterator[Node]:
    for node in nodes:
        if is_named(node):
            yield node
        else:
            yield from _topmost(node.inner, is_named)


def _columns(opening: Page, nodes: Sequence[Node]) -> Iterator[InnerColumn]:
    for node in (each for top in nodes for each in top.all()):
        is_agency = (
            ends_like_an_agency(node.name) and not GROUP_NAMES.match(node.name) and not YEAR_NAME.match(node.name)
        )
        publisher = node.name if is_agency and not node.may_hold_reports() else ""
        url = address(opening.url, node.leads_to)
        if url is None:
            yield InnerColumn(f"{opening.url}#{node.key}{OWN}", publisher)
        else:
            key = node.leads_to.partition("#")[2]
            yield InnerColumn(on_scheme_of(opening.url, url) + (f"#{key}" if key else ""), publisher)


def _request(opening: Page, key: str, sid: str, page: int, got: int) -> PageRequest:
    """The request for one page of a node. Agencies that share a host have the platform in a folder of their own."""
    platform = _PLATFORM.match(opening.url)
    base = platform[1] if platform is not None else urljoin(opening.url, "/").rstrip("/")
    asked = f"{base}/gkmlpt/api/all/{key}?page={page}" + (f"&sid={sid}" if sid else "")
    return get_request(asked, referer=opening.url, dialect=f"{sid} {got}")


def _answer(opening: Page, page: Page, place: int, request: PageRequest) -> ListPage:
    asked = _ASKED.search(request.url)
    value = fields(parsed(page.text))
    articles, total = value.get("articles"), number(value.get("total"))
    key = number(part(value, "classify", "id"))
    if asked is None or not isinstance(articles, list) or total is None or (key is not None and str(key) != asked[1]):
        return not_understood(page.url)
    # The column's own post_count differs from the list's total nearly everywhere: it is no statement about this list.
    totals = frozenset({total})
    rows = tuple(shown for each in articles if (shown := _row(opening, each)) is not None)
    sid, got = got_before(request.dialect)
    got += len(articles)
    if not articles and totals == {0}:
        return ListPage(is_empty=place == 2, totals=totals)  # noqa: PLR2004 (the first answer)
    is_end = got >= total
    paging = Paging(is_end=True) if is_end else Paging((_request(opening, asked[1], sid, int(asked[2]) + 1, got),))
    return ListPage(rows, paging, totals)


def _row(opening: Page, each: object) -> Row | None:
    # An article that was put in anew shows the day on which it came first; `date` may be the day of its signature.
    came = earliest(day(part(each, name)) for name in ("create_time", "display_publish_time"))
    days = (str(came), *(part(each, name) for name in ("date", "created_at")))
    href = part(each, "url") or part(each, "post_url")
    return row(opening.url, part(each, "title"), href, *days)
