"""What the raw source of a list page holds of reports and agencies, whether or not it is shown or linked.

Scripts, attributes, comments, choices of menus and links that share an address with another all count: an agency that
stands in one of them was not looked for by reading the page's rows. Pure.
"""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import TYPE_CHECKING

from crawler.pages import address, base_address, squeezed, words
from crawler.portals import leads_to_article
from crawler.titles import MAX_TITLE, names_a_body, read_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from crawler.pages import Page

_NAMES_OF_THE_PAGE = re.compile(r"<title\b.*?</title\s*>|<h1\b.*?</h1\s*>|<meta\b[^>]*>", re.IGNORECASE | re.DOTALL)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_PIECES = re.compile(r"<!--|-->|[<>\"'`\n\r\t]|\\[nrt\"'/]")
_SENTENCE = re.compile(r"[。，；!?！？]")
_PLACE = re.compile(r"位置|首页|[>»›]")
_DATE = re.compile(r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?")
_ROW_TAGS = ("li", "tr", "dd", "dt", "option", "button")
_NAME_TAGS = ("li", "td", "dd", "dt", "span", "a", "button", "label", "div", "p", "em", "b")
_MOST_IN_ROW = 40
_AROUND = 6
_AWAY = re.compile(
    r"head|foot|copyright|friend|yqlj|link|nav|menu|banner|crumb|position|location|dqwz|weizhi|search|share|login",
    re.IGNORECASE,
)
"""Names of the parts of a page that every page of a portal has."""
_EVERYBODY = re.compile(r"^(?:全部|所有|不限|请?选择|-)|网站")
_CURRENT = re.compile(r"(?:^|[\s_-])(?:on|cur|curr|current|active|selected|checked)(?:$|[\s_-])", re.IGNORECASE)
_OF_REPORTS = re.compile(r"年报|年度.{0,8}报告|(?:19|20)\d\d\s*年")
_NO_TITLE = re.compile(
    r"^\W*(?:点击)?(?:查看|阅读|浏览|下载|打开|进入|详情|详细|原文|全文|附件|链接)?(?:(?:19|20)\d\d年?度?)?\W*(?:查看|下载|详情)?\W*$"
)
_LONGEST_HEADING = 40
_FEWEST = 2
_NEAR = 3


def titles_in_source(page: Page) -> Iterator[tuple[str, int]]:
    """The titles of reports that name an agency and a year, anywhere in the source, with the year."""
    seen: set[str] = set()
    for piece in (*_raw_pieces(page.text), *_torn_titles(page)):
        text = squeezed(piece)
        if text in seen or "公开" not in text or "报" not in text or len(text) > MAX_TITLE:
            continue
        seen.add(text)
        reading = read_title(_DATE.sub(" ", text))
        is_named = reading.is_report and reading.agency_name is not None and reading.report_year is not None
        if is_named and not _SENTENCE.search(text) and not _PLACE.search(text):
            yield text, reading.report_year or 0


def names_in_menus(page: Page) -> Iterator[str]:
    """The names of agencies behind which a page may keep their reports: choices of a menu, entries of a tree that no
    address belongs to, links of nothing but a name under a heading of reports, cells beside a link without a title."""
    for select in page.root.iter("select"):
        yield from _chosen_from(select)
    base = base_address(page)
    groups: dict[_Element, list[str]] = {}
    for element in page.root.iter(*_NAME_TAGS):
        if len(element) or not names_a_body(element.text or "") or _is_away(element):
            continue
        name = words(element)
        anchor = element if element.tag == "a" else next(element.iterancestors("a"), None)
        url = address(base, anchor.get("href")) if anchor is not None else None
        if url is None and element.tag != "td":
            groups.setdefault(_menu_of(element), []).append(name)
        elif _is_beside_untitled_link(element, base) if url is None else _leads_to_report(element, url, page.url):
            yield name
    for menu, names in groups.items():
        if len(names) >= _FEWEST and not _stands_at_everybody(menu):
            yield from names


def _raw_pieces(source: str) -> Iterator[str]:
    text = _NAMES_OF_THE_PAGE.sub(" ", source)
    text = html.unescape(_ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), text))
    return (piece for piece in _PIECES.split(text) if "公开" in piece and len(piece) <= MAX_TITLE * 2)


def _torn_titles(page: Page) -> Iterator[str]:
    """The words of links and of rows without any, which the source holds in pieces."""
    base = base_address(page)
    for element in page.root.iter("a"):
        if len(element):
            yield words(element)
    for element in page.root.iter(*_ROW_TAGS):
        inside = list(islice(element.iter(), _MOST_IN_ROW))
        is_linked = any(each.tag == "a" and address(base, each.get("href")) is not None for each in inside)
        if 1 < len(inside) < _MOST_IN_ROW and not is_linked:
            yield words(element)


def _chosen_from(select: _Element) -> Iterator[str]:
    """The agencies of a menu that stands at one of them: until another is chosen only that one's reports are shown."""
    options = [option for option in select.iter("option") if words(option)]
    chosen = [option for option in options if option.get("selected") is not None] or options[:1]
    named = [
        option
        for option in options
        if names_a_body(words(option)) and not _EVERYBODY.search(words(option)) and "/" not in option.get("value", "")
    ]
    if len(named) >= _FEWEST and all(option in named for option in chosen):
        yield from (words(option) for option in named)


def _leads_to_report(element: _Element, url: str, page_url: str) -> bool:
    """Does a link that is nothing but a name lead to an article, under words that speak of reports?"""
    folder = page_url.rpartition("/")[0] + "/"
    is_article = leads_to_article(url) or (url.startswith(folder) and not url.endswith("/") and "/index." not in url)
    if not is_article:
        return False
    around: list[str] = []
    for parent in islice(element.iterancestors(), _NEAR):
        before = parent.getprevious()
        around.append(parent.text or "")
        if before is not None:
            around.append(words(before)[:_LONGEST_HEADING])
    return any(_OF_REPORTS.search(text) for text in around)


def _is_beside_untitled_link(cell: _Element, base: str) -> bool:
    row = next(cell.iterancestors("tr"), None)
    links = [] if row is None else [each for each in row.iter("a") if address(base, each.get("href")) is not None]
    return bool(links) and all(_NO_TITLE.match(words(link)) for link in links)


def _menu_of(element: _Element) -> _Element:
    """What holds the entry that is nothing but this name: a list, a tree."""
    whole = words(element)
    around = islice(element.iterancestors(), _AROUND)
    return next((parent for parent in around if words(parent) != whole), element)


def _stands_at_everybody(parent: _Element) -> bool:
    """Does a list of names stand at «全部»?"""
    everybody = [each for each in parent.iter() if isinstance(each.tag, str) and _EVERYBODY.search(each.text or "")]
    others = (each for each in parent.iter() if isinstance(each.tag, str) and each not in everybody)
    return bool(everybody) and not any(
        _CURRENT.search(each.get("class") or "") for each in others if each is not parent
    )


def _is_away(element: _Element) -> bool:
    around = (element, *element.iterancestors())
    return any(
        each.tag in {"header", "footer", "nav", "h1", "h2", "h3", "h4", "th", "title"}
        or (each.tag not in {"body", "html"} and _AWAY.search(f"{each.get('id') or ''} {each.get('class') or ''}"))
        for each in around
    )
