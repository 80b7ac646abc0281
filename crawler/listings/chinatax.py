"""Channels of the tax authorities, SASAC and their kin: rows as JSON from getFileListByCodeId, by the page's channelId.

A page may have a channel for each of its tabs; the one that its address or its words name is the column.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, urljoin, urlsplit

from crawler.listings.answers import got_before, not_understood, number, parsed, part, plain_title, row
from crawler.listings.linked_pages import read_linked_page
from crawler.listings.model import InnerColumn, ListPage, PageRequest, Paging, form_request
from crawler.pages import base_address
from crawler.rows import read_rows

if TYPE_CHECKING:
    from crawler.pages import Page
    from crawler.rows import Row

CHANNEL = "#channel-"
"""What an address has behind it that means one channel of a page with several."""

_ENDPOINT = re.compile(r"['\"]((?:https?:)?//[^'\"/\s]+)?(/[^'\"\s]*)?/?getFileListByCodeId\b")
_CHANNEL = re.compile(r"channelId['\"]?\s*[=:]\s*['\"]([0-9a-f]{16,})['\"]", re.IGNORECASE)
_CODE = re.compile(r"\bcodeId['\"]?\s*[=:]\s*['\"](\w*)['\"]")
_WITHOUT_SUB = re.compile(r"relateSubChannels['\"]?\s*[=:]\s*['\"]?false")
_REPORTS = re.compile(r"年报|年度报告|gknb|xxgknb")
_AROUND = 120
"""Characters before and behind a channel's number in which the page says what it is."""

_SIZE = 20


def channels_of(opening: Page) -> tuple[str, ...]:
    """The channels that the page asks for: those said to be of annual reports where it says so of any, else all."""
    tab = parse_qs(urlsplit(opening.url).query).get("tab", [""])[0]
    found: dict[str, str] = {}
    for match in _CHANNEL.finditer(opening.text):
        words = opening.text[max(match.start() - _AROUND, 0) : match.end() + _AROUND]
        found[match[1]] = found.get(match[1], "") + words
    if len(found) == 1:
        return tuple(found)
    named = [key for key, words in found.items() if tab and re.search(rf"['\"=]{re.escape(tab)}\b", words)]
    named = named or [key for key, words in found.items() if _REPORTS.search(words)]
    return tuple(named or found)


def read_files(opening: Page, page: Page, place: int, request: PageRequest) -> ListPage:
    """What page `place` shows: 1 is the column as people see it, from 2 on they are the endpoint's answers."""
    if place > 1 and request.method == "POST":
        return _answer(opening, page, request)
    channels = channels_of(opening)
    if not channels:
        # The portals' common script names the endpoint on pages whose list is plain.
        return read_linked_page(opening, page, place, request)
    links = read_rows(opening)
    chosen = request.url.partition(CHANNEL)[2]
    if len(channels) > 1 and chosen not in channels:
        return ListPage(links=links, columns=tuple(InnerColumn(f"{page.url}{CHANNEL}{key}") for key in channels))
    return ListPage(links=links, paging=Paging((_request(opening, chosen or channels[0], 1, _SIZE, 0),)))


def _request(opening: Page, channel: str, page: int, size: int, got: int) -> PageRequest:
    code = _CODE.search(opening.text)
    asked = {
        "codeId": code[1] if code is not None else "",
        "channelId": channel,
        "page": str(page),
        "size": str(size),
        "relateSubChannels": "false" if _WITHOUT_SUB.search(opening.text) else "true",
    }
    named = _ENDPOINT.search(opening.text)
    folder = (named[2] or "").rstrip("/") if named is not None and not named[1] else ""
    url = urljoin(opening.url, f"{folder}/getFileListByCodeId")
    return form_request(url, asked, referer=opening.url, dialect=f"{channel} {got}")


def _answer(opening: Page, page: Page, request: PageRequest) -> ListPage:
    data = part(parsed(page.text), "results", "data")
    results, total = part(data, "results"), number(part(data, "total"))
    channel, got = got_before(request.dialect)
    asked = dict(parse_qsl(request.body.decode()))
    if not isinstance(results, list) or total is None:
        return not_understood(page.url)
    if not results and total == 0:
        return ListPage(is_empty=asked["page"] == "1", totals=frozenset({0}))
    rows = tuple(shown for each in results if (shown := _row(opening, each)) is not None)
    got += len(results)
    size = min(_SIZE, len(results)) if asked["page"] == "1" else int(asked["size"])
    following = _request(opening, channel, int(asked["page"]) + 1, size, got)
    paging = Paging(is_end=True) if got >= total else Paging((following,))
    return ListPage(rows, paging, frozenset({total}))


def _row(opening: Page, each: object) -> Row | None:
    names = (plain_title(part(each, name)) for name in ("titleHtml", "title", "subTitleHtml", "subTitle"))
    hrefs = (part(each, name) for name in ("url", "redirectUrl"))
    href = next((href for href in hrefs if isinstance(href, str) and href.strip() not in {"", "null"}), None)
    days = (part(each, name) for name in ("publishedTimeStr", "publishedTime"))
    return row(base_address(opening), next((name for name in names if name), ""), href, *days)
