"""Signs that a list goes on which are no links: numbers to click, components, words about scrolling, calls of scripts.

They say only that there is more, or may be; not where. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.documents.tree import HIDING_STYLE
from crawler.pages import PICTURES_OF, address, base_address, words, words_outside_links

if TYPE_CHECKING:
    from lxml.etree import _Element

    from crawler.pages import Page

_NUMBERED = ("a", "span", "li", "button", "em", "i", "b", "strong", "td", "div", "input")
_BETWEEN = re.compile(r"^[\s\d<>«»‹›.…·|/\[\]上下一后前页首尾末共第条跳转到至GO确定go]*$")
"""All that stands in the box of a pager."""
_COUNTED = re.compile(r"^[\s<>«»‹›]*1\s*/\s*(\d{1,4})[\s<>«»‹›]*$")
_ARROW = re.compile(r"[<>«»‹›]")
_ON_SCROLL = re.compile(r"[上下]拉(?:可以|可)?(?:加载|刷新|查看)|(?:滚动|滑动|下滑|上滑)(?:可以|可)?(?:加载|查看|获取)")
_LOAD_MORE = re.compile(r"^\W*(?:(?:点击|点此|单击)?加载|(?:点击)?查看)更多(?:内容|信息|数据)?\W*$")
_LOADING = re.compile(
    r"^\W*(?:数据|列表|内容|信息)?(?:正在)?(?:努力|拼命|玩命)?加载(?:(?<=正在加载)(?:数据|列表|内容|信息|更多)?|(?:数据|更多)?中)"
    r"\W*(?:请?稍[候等后])?\W*$"
)
_HIDING_CLASS = re.compile(r"(?:^|[\s_-])(?:hide|hidden|none)(?:$|[\s_-])", re.IGNORECASE)
_TITLES = re.compile(r"公开.*报|年报|年度报告")
_CALL = re.compile(
    r"\b\w*[pP](?:age|aging|aginat)\w*\s*\(\s*['\"]?(?P<total>\d{2,7})['\"]?\s*,\s*['\"]?(?P<size>\d{1,3})['\"]?\s*,\s*['\"]?\d+['\"]?"
)
_TOTALS = (":total", "v-bind:total", "total", "data-total", "data-count", "data-totalcount", "data-total-count")
_SIZES = (":page-size", "page-size", "data-size", "data-pagesize", "data-page-size", "data-limit", ":limit")
_LAST_DAY = 28
"""A box with so many numbers is a calendar."""


def goes_on(page: Page, rows: int) -> bool:
    """Does the first page of a list, with so many rows, show in some way that there are more?"""
    return (
        _has_numbers(page)
        or _has_picture(page)
        or _has_component(page, rows)
        or _ON_SCROLL.search(words_outside_links(page)) is not None
        or _offers_more(page)
        or _is_loading(page)
        or any(int(call["total"]) > int(call["size"]) >= rows > 0 for call in _CALL.finditer(page.text))
    )


def _has_numbers(page: Page) -> bool:
    """A pager whose page 2 has no address, or one elsewhere: `1 2 3` to click, or `1/4` between arrows."""
    base = base_address(page)
    folder = base.rpartition("/")[0] + "/"
    for element in page.root.iter(*_NUMBERED):
        label = (element.get("value") or "" if element.tag == "input" else words(element)).strip()
        if label == "2" and len(element) == 0 and not _is_linked(element, base, folder) and _is_pager(element):
            return True
        counted = _COUNTED.match(label)
        if counted is not None and int(counted[1]) > 1 and (_ARROW.search(label) or _has_arrow(element)):
            return True
    return False


def _is_linked(element: _Element, base: str, folder: str = "") -> bool:
    around = [element, *element.iterancestors()][:3]
    links = (address(base, each.get("href")) for each in around if each.tag == "a")
    return any(url is not None and url.startswith(folder) for url in links)


def _is_pager(element: _Element) -> bool:
    """Does the number stand with 1 in a box that holds nothing but what a pager does?"""
    if any(element.get(name) == "2" for name in ("data-page", "data-pageno", "data-index", "data-p")):
        return True
    for box in list(element.iterancestors())[:2]:
        labels = [words(each).strip() for each in box.iter(*_NUMBERED) if len(each) == 0]
        if "1" in labels:
            return _BETWEEN.match(words(box)) is not None and len(labels) < _LAST_DAY
    return False


def _has_arrow(element: _Element) -> bool:
    parent = element.getparent()
    said = words(parent) if parent is not None else ""
    return _BETWEEN.match(said) is not None and _ARROW.search(said) is not None


def _offers_more(page: Page) -> bool:
    """Is there something to click that a script listens to without saying so in the page's source?"""
    base = base_address(page)
    return any(
        _LOAD_MORE.match(words(each)) and not _is_linked(each, base) and not _is_hidden(each)
        for each in page.root.iter("div", "a", "button", "span", "p")
        if len(each) == 0
    )


def _is_loading(page: Page) -> bool:
    """Does it say right below the rows that more of them are on their way? Elsewhere a veil waits for its use."""
    for element in page.root.iter("div", "p", "li", "span", "td", "em", "i"):
        said = element.text or ""
        if _LOADING.match(said.strip()) and not _is_hidden(element):
            around = (element, *element.iterancestors())[:2]
            before = (sibling for each in around for sibling in each.itersiblings(preceding=True))
            nearest = next((each for each in before if isinstance(each.tag, str) and each.tag != "script"), None)
            if nearest is not None and any(_TITLES.search(words(anchor)) for anchor in nearest.iter("a")):
                return True
    return False


def _is_hidden(element: _Element) -> bool:
    return any(
        each.get("hidden") is not None
        or HIDING_STYLE.search(each.get("style") or "")
        or _HIDING_CLASS.search(each.get("class") or "")
        for each in (element, *element.iterancestors())
    )


def _has_picture(page: Page) -> bool:
    """A button that is only the picture of an arrow to the next page; a link that is one leads somewhere."""
    base = base_address(page)
    for picture in page.root.iter("img", "input"):
        if picture.tag == "input" and (picture.get("type") or "").lower() != "image":
            continue
        if PICTURES_OF["下一页"].search(picture.get("src") or "") and not _is_linked(picture, base):
            return True
    return False


def _has_component(page: Page, rows: int) -> bool:
    """An element that is told of more rows than stand here: `<el-pagination :total="60">`, `data-total="60"`."""
    for element in page.root.iter():
        total = _number(element, _TOTALS) if isinstance(element.tag, str) else None
        if total is None:
            continue
        size = _number(element, _SIZES)
        if total > rows and ("pag" in str(element.tag) or size is not None):
            return True
    return False


def _number(element: _Element, names: tuple[str, ...]) -> int | None:
    values = ((element.get(name) or "").strip() for name in names)
    return next((int(value) for value in values if value.isdecimal()), None)
