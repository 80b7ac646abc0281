"""What a list page shows of its pager: calls of scripts, links, words, totals, and signs of what cannot be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from crawler.hidden_pagers import decoded_pager
from crawler.pages import address, base_address, calendar_links, picture_words, words, words_outside_links

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

    from crawler.pages import Page

_DEAD_HANDLERS = frozenset({"javascript:;", "javascript:void(0)", "javascript:void(0);"})
_PRINTED_IN = ("span", "li", "em", "b", "font", "td", "div", "i", "strong")

MAX_PARTS = 20
"""Pages that one article is followed over."""

_CALL = re.compile(
    r"createPageHTML\s*\(\s*(?:(?P<element>['\"])[^'\"]*['\"]\s*,\s*)?"
    r"['\"]?(?P<count>\d+)['\"]?\s*,\s*['\"]?(?P<current>\d+)['\"]?\s*,\s*"
    r"['\"](?P<prefix>[^'\"]+)['\"]\s*,\s*['\"]\.?(?P<extension>\w+)['\"](?P<rest>[^)]*)\)"
)
_ANY_CALL = re.compile(r"createPageHTML\s*\(\s*['\"\d]")
_SCRIPTED = re.compile(
    r"\b(?:pageCount|totalPages?|totalPageCount|pageTotal|totalRecords?|recordCount|totalCount)\b['\"]?\s*[:=]\s*['\"]?(?!0\b|1\b)\d"
    r"|\blaypage\s*(?:\.render\s*)?\(|\.(?:pagination|jqPaginator|bootstrapPaginator|createPage|Paging|whjPaging)\s*\("
    r"|\bkkpager\s*\.|\batob\s*\(|<a\b[^>]*\spaged\s*="
    r"|<option\b[^>]*value\s*=\s*['\"]?[^'\">]*_\d+\.s?html?\b"
)
"""Calls and variables of pagers that a script draws from data of its own."""

_VARIABLE = re.compile(r"\b(?P<name>countPage|maxPage)\s*=\s*(?:parseInt\s*\(\s*)?['\"]?(?P<count>\d+)")
_EXTENSION = re.compile(r"['\"]\.?(s?html?)\\?['\"]")
_PAGES = re.compile(
    r"(?:共|总)\s*(?:计|有)?\s*[:：]?\s*(\d{1,5})\s*页|(?:总页数|页数|总页)\s*[:：]\s*(\d{1,5})|(?:第|页次[:：]?)?\s*\d{1,5}\s*(?:页)?\s*/\s*共?\s*(\d{1,5})\s*页"
)
_ROWS = re.compile(
    r"(?<![本每]页)(?<![本每]页\s)(?<!当前页)(?:共|总)\s*(?:计|有|查询到|检索到)?\s*[:：]?\s*(\d{1,7})\s*(?:条|篇|个?记录)"
    r"|(?:总记录数|记录总数|总条数|总数)\s*[:：]\s*(\d{1,7})"
)
_SLASHED = re.compile(r"(?<![\d/.-])(\d{1,4})\s*/\s*(\d{1,4})(?![\d/.-])")
_PAGER_WORD = re.compile(r"下一?页|后一?页|尾页|末页|最后一页|(?<!返回)上一?页")
_NEXT = re.compile(r"^(?:下一?页|后一?页|next(?:page)?|[>›»→])$", re.IGNORECASE)
_MORE = re.compile(r"^(?:点击|查看|加载)*更多(?:内容|信息)?$|^(?:load)?more$", re.IGNORECASE)
_LAST = re.compile(r"^(?:尾页|末页|最后一?页|last(?:page)?|>>|››)$", re.IGNORECASE)
_AROUND = re.compile(r"^[\s<>›»→\[\]|.]+(?=\S{2})|(?<=\S{2})[\s<>›»→\[\]|.]+$")
_ONWARDS = re.compile(r"^(?:下一?组|[下后]\s*\d{1,2}\s*页|向后)$")
_DOTS = re.compile(r"^(?:\.{2,}|…+|⋯+)$")
_DISABLED = re.compile(
    r"(?:^|\s)(?:(?:[\w-]*[_-])?dis(?:able\w*)?|(?:\w*[_-])?off|\w+_d|d-none"
    r"|(?:(?:page|pager|next|btn|is|ui|layui)[_-])?(?:d|no|none|gray|grey))(?=$|\s)",
    re.IGNORECASE,
)
"""Whole names of classes: Bootstrap calls a box that nothing is wrong with d-flex or text-end."""
_EMPTY_PAGER = re.compile(
    r"(?:^|[_-])(?:page(?:s|r|bar|nav|list|html|div|_div)?|paging|pagination|fenye|laypage\w*)(?:$|[_-])", re.IGNORECASE
)


class ScriptPager(NamedTuple):
    """A pager call: `first` is the index of the first page, 0 or 1; `total` the trailing row count, None for none.

    `current` is the index that the page gives itself, None where it gives none.
    """

    pages: int
    first: int
    prefix: str
    extension: str
    total: int | None
    current: int | None = None

    def page_url(self, base: str, number: int, first: int) -> str:
        """Where page `number` (from 2 on) is, if indexes begin at `first`."""
        index = number - 1 + first
        stem = f"{self.prefix}_{index}" if self.prefix else str(index)
        return urljoin(base, f"{stem}.{self.extension}")


def stated_totals(page: Page) -> frozenset[int]:
    """The numbers of rows that the list itself states: none, one, or several that contradict each other."""
    pager = script_pager(page)
    called = {pager.total} if pager is not None and pager.total is not None else set()
    decoded = decoded_pager(page)
    shown = words_outside_links(page) + (f" {words_outside_links(decoded)}" if decoded is not None else "")
    return frozenset(called | {int(match[1] or match[2]) for match in _ROWS.finditer(shown)})


def script_pager(page: Page) -> ScriptPager | None:
    """The pager call or variable of a list page, None for none; the call that names the page's own file wins."""
    own = stem_of(page.url)
    calls = list(_CALL.finditer(page.text))
    calls.sort(key=lambda call: (call["prefix"] == own, int(call["count"])), reverse=True)
    for call in calls:
        numbers = [int(number) for number in re.findall(r"(?<![\w'\"])\d+(?![\w'\"])", call["rest"])]
        return ScriptPager(
            int(call["count"]),
            min(int(call["current"]), 1),
            call["prefix"],
            call["extension"],
            numbers[-1] if numbers else None,
            int(call["current"]),
        )
    variable = _VARIABLE.search(page.text)
    if variable is None:
        return None
    extension = _EXTENSION.search(page.text, variable.end())
    suffix = extension[1] if extension else _extension(page.url)
    # «maxPage» pagers name their pages 1.html, 2.html; «countPage» ones index.html, index_1.html.
    if variable["name"] == "maxPage":
        return ScriptPager(int(variable["count"]), 1, "", suffix, None)
    return ScriptPager(int(variable["count"]), 0, own or "index", suffix, None)


class LinkedPager(NamedTuple):
    """The pager that a page links: where 下一页 leads (None: nowhere), the numbered pages, the last page.

    `has_word`: 上一页 or 尾页 is linked. `is_off`: 下一页 is marked as disabled; `is_dead`: it is there
    in print only. `onwards`: where what stands behind the last number leads, `...` or 下一组 (None: to a script).
    """

    following: tuple[str | None, ...]
    numbers: Mapping[int, str]
    last_url: str | None
    has_word: bool
    is_off: bool
    is_dead: bool
    onwards: tuple[str | None, ...] = ()

    @property
    def is_there(self) -> bool:
        """Is there any sign of it?"""
        return bool(self.following or self.numbers or self.has_word or self.is_dead)


def is_next(text: str) -> bool:
    """Do these words of a link or button lead to the next page?"""
    return _NEXT.match(_bare(text)) is not None


def linked_pager(page: Page) -> LinkedPager:
    """The pager that a page links; all empty where it links none."""
    base = base_address(page)
    folder = base.rpartition("/")[0] + "/"
    following: list[str | None] = []
    numbers: dict[int, str] = {}
    last_url = None
    has_word = False
    off: list[_Element] = []
    onwards: list[str | None] = []
    days = calendar_links(page)
    for anchor in page.root.iter("a"):
        if anchor in days:
            continue
        text = _bare(_shown(anchor))
        url = address(base, anchor.get("href"))
        if _NEXT.match(text) or (anchor.get("rel") or "").lower() == "next":
            following.append(url)
            off += [anchor] if url is None and _is_disabled(anchor) else []
        elif _LAST.match(text):
            last_url, has_word = url, True
        elif re.fullmatch(r"上一?页", text):
            has_word = True
        elif re.fullmatch(r"\d{1,3}", text) and url is not None and url.startswith(folder):
            numbers.setdefault(int(text), url)
            # Dots before a number lead back.
            onwards = []
        elif (numbers and _DOTS.match(_shown(anchor).strip())) or _ONWARDS.match(text):
            onwards += [] if _is_disabled(anchor) else [url]
    dead = [element for element in page.root.iter(*_PRINTED_IN) if _is_dead(element)]
    off += [element for element in dead if _is_disabled(element)]
    return LinkedPager(tuple(following), numbers, last_url, has_word, bool(off), bool(dead), tuple(onwards))


def page_count(page: Page, number: int) -> int | None:
    """The number of pages that the list states, None where it states none; «1/11» counts on page 1 only."""
    words_around = words_outside_links(page)
    counts = _page_counts(words_around)
    if len(counts) == 1:
        return counts.pop()
    if not counts and _PAGER_WORD.search(words_around + "".join(words(anchor) for anchor in page.root.iter("a"))):
        slashed = {(int(match[1]), int(match[2])) for match in _SLASHED.finditer(words_around)}
        fitting = {count for current, count in slashed if current == number and count >= number}
        if len(fitting) == 1:
            return fitting.pop()
    return None


def may_have_more(page: Page, number: int) -> bool:
    """Does the page state several numbers of pages, as where it shows two lists, one of them beyond `number`?"""
    counts = _page_counts(words_outside_links(page))
    return len(counts) > 1 and max(counts) > number


def _page_counts(words_around: str) -> set[int]:
    return {int(next(group for group in match.groups() if group)) for match in _PAGES.finditer(words_around)}


def is_clicked(page: Page) -> bool:
    """Is there something to click that turns the page or shows more rows, but no address behind it?"""
    for element in page.root.iter("a", "span", "button", "input", "li", "div", "em", "i"):
        href = (element.get("href") or "").strip().lower()
        handler = element.get("onclick") or element.get("@click") or (href if href.startswith("javascript:") else "")
        text = _bare(element.get("value") or words(element)) if handler else ""
        if (_NEXT.match(text) and handler not in _DEAD_HANDLERS) or _MORE.match(text):
            return not _is_disabled(element)
    return False


def draws_pager(page: Page) -> bool:
    """Does a script hold what another than createPageHTML draws a pager from?"""
    return _SCRIPTED.search(page.text) is not None


def has_unreadable_signs(page: Page) -> bool:
    """Does a script draw the pager: from data of its own, or into an element that is empty here?"""
    return _ANY_CALL.search(page.text) is not None or draws_pager(page) or _has_empty_pager(page)


def says_pager_words(page: Page) -> bool:
    """Do words such as 下一页 stand on the page, outside its links?"""
    return _PAGER_WORD.search(words_outside_links(page)) is not None


def article_parts(text: str, url: str) -> tuple[str, ...]:
    """The further pages of an article that its own pager splits, in order; empty where it is whole."""
    stem = stem_of(url)
    for call in _CALL.finditer(text):
        if stem and call["prefix"] == stem and int(call["count"]) > 1:
            pages = range(1, min(int(call["count"]), MAX_PARTS))
            return tuple(urljoin(url, f"{stem}_{index}.{call['extension']}") for index in pages)
    return ()


def stem_of(url: str) -> str:
    """The name of the file at an address without its ending, empty for a folder."""
    name = urlsplit(url).path.rpartition("/")[2]
    return name.rpartition(".")[0] if "." in name else ""


def _has_empty_pager(page: Page) -> bool:
    for element in page.root.iter("div", "ul", "span", "td"):
        names = f"{element.get('id') or ''} {element.get('class') or ''}".split()
        if any(_EMPTY_PAGER.search(name) for name in names) and len(element) == 0 and not words(element):
            return True
    return False


def _shown(anchor: _Element) -> str:
    """What a link says, in words or by its picture."""
    return words(anchor) or anchor.get("title") or picture_words(anchor)


def _is_dead(element: _Element) -> bool:
    """Is this 下一页 in print only, without a link?"""
    return len(element) == 0 and _NEXT.match(_bare(words(element))) is not None and len(words(element)) > 1


def _is_disabled(element: _Element) -> bool:
    parent = element.getparent()
    names = (element.get("class") or "", (parent.get("class") or "") if parent is not None else "")
    # «end» is what the last page's button is called, and the last of some buttons.
    is_end = not element.get("onclick") and any("end" in name.split() for name in names)
    return is_end or element.get("disabled") is not None or any(_DISABLED.search(name) for name in names)


def _bare(text: str) -> str:
    return _AROUND.sub("", text.strip())


def _extension(url: str) -> str:
    return urlsplit(url).path.rpartition(".")[2] if stem_of(url) else "html"
