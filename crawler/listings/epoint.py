"""Epoint portals: a category's rows as JSON from getgovinfolist, with what the site calls itself in one of its scripts.

The list's page draws nothing by itself. `siteGuid` and `projectName` stand in the page or in
webBuilderCommon.js (ajaxReq.js on others); `categorynum` and `deptcode` in the page's address.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit

from crawler.listings.answers import fields, got_before, not_understood, number, parsed, part, row
from crawler.listings.linked_pages import read_linked_page
from crawler.listings.model import ListPage, PageRequest, Paging, get_request, json_request
from crawler.pages import address, base_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.pages import Page
    from crawler.rows import Row

LIST_ACTION = "/rest/lightfrontaction/getgovinfolist"
PAGE_SIZE = 20
SCRIPT = "script"
"""Dialect of the request for the site's own script."""

_SCRIPT_NAME = re.compile(
    r"/(?:\w*webBuilderCommon\w*|ajaxReq\w*|siteInfo\w*)(?:[.-][\w.-]*)?\.js(?:\?|$)", re.IGNORECASE
)
_SITE_INFO = re.compile(r"\bsiteInfo\s*=\s*\{(.*?)\}", re.DOTALL)
_GUID = re.compile(r"['\"]?siteGuid['\"]?\s*:\s*['\"]([^'\"]+)['\"]", re.IGNORECASE)
_PROJECT = re.compile(r"['\"]?projectName['\"]?\s*:\s*['\"]([^'\"]*)['\"]", re.IGNORECASE)
_CATEGORY = re.compile(r"\bcategory_?num['\"]?\s*[:=]\s*['\"](\d{3,})['\"]", re.IGNORECASE)
_WRAPS = re.compile(r"['\"]?params['\"]?\s*:\s*(?:\{|JSON|data|str\b)")
_LINKS = ("visiturl", "linkurl", "infourl")
"""Where a row leads, what is filled in first wins."""


class SiteInfo(NamedTuple):
    """What a site calls itself towards its endpoints. `project`: the path before /rest, empty for none."""

    guid: str
    project: str


class _Way(NamedTuple):
    """One way to ask for a list: the fields inside `params` or bare; the first page is 0 or 1."""

    name: str
    wraps: bool
    first: int


_WAYS = (
    _Way("bare-0", wraps=False, first=0),
    _Way("wrapped-0", wraps=True, first=0),
    _Way("bare-1", wraps=False, first=1),
    _Way("wrapped-1", wraps=True, first=1),
)


def read_epoint(opening: Page, page: Page, page_number: int, request: PageRequest) -> ListPage:
    """What page `page_number` shows: the empty opening page, the site's script, or an answer with rows."""
    if request.dialect and request.dialect != SCRIPT:
        return _answered(opening, page, request)
    if _category(opening) is None:
        return read_linked_page(opening, page, page_number, request)
    info = site_info(page.text)
    if info is not None:
        ways = _ways(page.text)
        return ListPage(paging=Paging(tuple(_first(opening, info, way, ways) for way in ways)), is_empty=True)
    scripts = site_scripts(opening) if request.dialect != SCRIPT else ()
    if not scripts:
        return not_understood(page.url)
    return ListPage(paging=Paging(tuple(get_request(url, referer=opening.url, dialect=SCRIPT) for url in scripts)))


def site_info(source: str) -> SiteInfo | None:
    """What a page or script says of its site; None where it says nothing."""
    block = _SITE_INFO.search(source)
    if block is None:
        return None
    guid, project = _GUID.search(block[1]), _PROJECT.search(block[1])
    return SiteInfo(guid[1] if guid else "", project[1].rstrip("/")) if project is not None else None


def site_scripts(page: Page) -> tuple[str, ...]:
    """The page's scripts on its own host that may say what the site calls itself, in page order."""
    found = (address(base_address(page), element.get("src")) for element in page.root.iter("script"))
    host = urlsplit(page.url).netloc
    named = (url for url in found if url is not None and urlsplit(url).netloc == host and _SCRIPT_NAME.search(url))
    return tuple(dict.fromkeys(named))


def _ways(source: str) -> tuple[_Way, ...]:
    """The ways to ask, those first that the site's own script seems to go."""
    wraps = _WRAPS.search(source) is not None
    return tuple(sorted(_WAYS, key=lambda way: (way.first, way.wraps is not wraps)))


def _first(opening: Page, info: SiteInfo, way: _Way, ways: tuple[_Way, ...]) -> PageRequest:
    asked = parse_qs(urlsplit(opening.url).query)
    values = {
        "deptcode": asked.get("deptcode", [""])[0],
        "categorynum": _category(opening) or "",
        "pageIndex": str(way.first) if way.wraps else way.first,
        "pageSize": PAGE_SIZE,
        "siteGuid": info.guid,
    }
    # Only what the last of the ways says can prove that a list is empty: one that is not understood says so too.
    name = f"{way.name}{'-last' if way is ways[-1] else ''}"
    url = urljoin(opening.url, f"{info.project}{LIST_ACTION}")
    return json_request(url, {"params": values} if way.wraps else values, referer=opening.url, dialect=f"{name} 0")


def _answered(opening: Page, page: Page, request: PageRequest) -> ListPage:
    custom = part(parsed(page.text), "custom")
    if isinstance(custom, str):
        custom = parsed(custom)
    items, total = part(custom, "data"), number(part(custom, "total"))
    if not isinstance(items, list) or total is None:
        return not_understood(page.url)
    name, before = got_before(request.dialect)
    rows = tuple(found for item in items if (found := _row(opening.url, fields(item))) is not None)
    if not items:
        is_empty = total == 0 and (name.endswith("-last") or before > 0)
        return ListPage(totals=frozenset({total}), paging=Paging(is_end=is_empty), is_empty=is_empty)
    got = before + len(items)
    paging = Paging(is_end=True) if got >= total else Paging(_following(request, name, before, len(items)))
    return ListPage(rows, paging, frozenset({total}))


def _following(request: PageRequest, name: str, before: int, count: int) -> tuple[PageRequest, ...]:
    """The requests for the next page. Behind page 0 comes 1; where 0 and 1 are the same page, 2."""
    body = json.loads(request.body)
    values = body.get("params", body)
    index = int(values["pageIndex"])
    # A server that caps the page at less than was asked for would leave gaps otherwise.
    size = count if before == 0 else values["pageSize"]
    steps = (1, 2) if before == 0 and index == 0 else (1,)
    return tuple(_with_index(request, index + step, size, f"{name} {before + count}") for step in steps)


def _with_index(request: PageRequest, index: int, size: int, dialect: str) -> PageRequest:
    body = json.loads(request.body)
    values = body.get("params", body)
    values["pageIndex"] = str(index) if isinstance(values["pageIndex"], str) else index
    values["pageSize"] = size
    return request._replace(body=json.dumps(body, ensure_ascii=False).encode(), dialect=dialect)


def _row(page_url: str, item: Mapping[str, object]) -> Row | None:
    link = next((value for name in _LINKS if (value := item.get(name))), None)
    return row(page_url, item.get("realtitle") or item.get("title"), link, item.get("infodate"))


def _category(page: Page) -> str | None:
    asked = {key.lower(): values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}
    written = _CATEGORY.search(page.text)
    return asked.get("categorynum") or (written[1] if written else None)
