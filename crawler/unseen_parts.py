"""Parts of a list page that were not looked into: frames, what a script loads, tabs without an address, empty boxes.

Beside them the page may show rows enough to read like a whole list. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.columns import GROUP_NAMES, YEAR_NAME
from crawler.pages import address, base_address, squeezed, words
from crawler.portals import FILE
from crawler.rows import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from crawler.pages import Page

_LOADED = re.compile(r"\.load\(\s*[\"']([^\"'\s]+)")
_LAZY = ("data-url", "data-src", "data-href", "data-load")
_PAGE = re.compile(r"/(?:[^./]*|[^/]*\.(?:s?html?|jspx?|php|aspx?|do))(?:\?.*)?$", re.IGNORECASE)
_BOUND_ROW = re.compile(r"\bv-for=[\"'][^\"']+[\"']|\bng-repeat=", re.IGNORECASE)
_DRAWN_TITLE = re.compile(r"\{\{[^{}]*title[^{}]*\}\}", re.IGNORECASE)
_LOADING = re.compile(r"loading|jiazai", re.IGNORECASE)
_FAILED = re.compile(r"系统繁忙|(?:请求|访问).{0,8}异常.{0,12}拦截|(?:数据|内容|列表|页面)加载失败")
_LONGEST_NOTICE = 60
_HIDDEN = re.compile(
    r"display\s*:\s*none|(?:^|[\s_-])(?:hide|hidden|modal|dialog|layer|popup|toast|tips?)(?:$|[\s_-])", re.IGNORECASE
)
_ALL_OF_THEM = re.compile(r"^(?:查看|浏览)?(?:全部|所有|更多)(?:年报|年度报告|报告)[>»…]*$|^查看全部[>»…]*$")
_TABS = ("li", "a", "span", "div", "button", "dd", "td", "label")
_FEWEST = 2
_FRONTS = ("/", "/index.html", "/index.htm", "/index.shtml", "/list.html", "/list.htm")


def unseen_parts(page: Page) -> Iterator[tuple[str, int | None]]:
    """What a page shows of parts that its rows are not from, as it stands there or by its address, each perhaps more
    than once; with the year of a link to one. Frames of other folders than the page's are the portal's.
    """
    base = base_address(page)
    folder = page.url.partition("#")[0].rpartition("/")[0] + "/"
    linked = {row.url for row in read_rows(page)} | {page.url}
    for target in _targets(page):
        url = address(base, target)
        if url is not None and url.startswith(folder) and url not in linked and _PAGE.search(url):
            yield url, None
    yield from _links_to_more(page, folder)
    yield from ((name, None) for name in _tabs(page, base))
    if _BOUND_ROW.search(page.text) and _DRAWN_TITLE.search(page.text):
        yield "{{title}}", None
    for picture in page.root.iter("img"):
        box = picture.getparent()
        if box is not None and _LOADING.search(picture.get("src") or "") and not words(box) and not _is_hidden(box):
            yield squeezed(picture.get("src") or ""), None


def failure_shown(page: Page) -> str | None:
    """The server's words where a part of the page did not come, None for none. What is hidden is a script's."""
    for element in page.root.iter():
        texts = (element.text, *(child.tail for child in element)) if isinstance(element.tag, str) else ()
        for text in texts:
            told = _FAILED.search(text or "") if element.tag not in {"script", "style", "template"} else None
            if told is not None and len(squeezed(text or "")) <= _LONGEST_NOTICE and not _is_hidden(element):
                return squeezed(text or "")
    return None


def _targets(page: Page) -> Iterator[str]:
    for element in page.root.iter("iframe", "frame", "object", "embed"):
        target = element.get("src") or element.get("data") or ""
        if target and not FILE.search(target) and not _is_hidden(element):
            yield target
    for script in page.root.iter("script"):
        yield from (match[1] for match in _LOADED.finditer(script.text or ""))
    for element in page.root.iter("div", "ul", "section"):
        named = (element.get(name) or "" for name in _LAZY)
        yield from (target for target in named if target and not FILE.search(target))


def _links_to_more(page: Page, folder: str) -> Iterator[tuple[str, int | None]]:
    """Links to years in a sister folder (col12 beside col14), and to all of the reports."""
    for row in read_rows(page):
        title = row.title.replace(" ", "")
        year = YEAR_NAME.match(title)
        is_beside = not row.url.startswith(folder) and row.url.endswith(_FRONTS)
        if year is not None and is_beside:
            yield row.url, int(year[1])
        elif _ALL_OF_THEM.match(title):
            yield row.url, None


def _tabs(page: Page, base: str) -> Iterator[str]:
    groups: dict[_Element, list[str]] = {}
    for element in page.root.iter(*_TABS):
        parent = element.getparent()
        is_group = len(element) == 0 and GROUP_NAMES.match(words(element)) is not None
        if is_group and parent is not None and not _is_linked(element, base):
            groups.setdefault(parent, []).append(words(element))
    yield from (names[-1] for names in groups.values() if len(names) >= _FEWEST)


def _is_linked(element: _Element, base: str) -> bool:
    around = (element, *element.iterancestors("a"))
    return any(each.tag == "a" and address(base, each.get("href")) is not None for each in around)


def _is_hidden(element: _Element) -> bool:
    around = (element, *element.iterancestors())
    return any(
        each.get("hidden") is not None
        or _HIDDEN.search(each.get("style") or "") is not None
        or _HIDDEN.search(each.get("class") or "") is not None
        for each in around
    )
