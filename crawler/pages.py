"""A fetched web page as the crawler looks at it: its text, its tree, its links and the words between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.documents.encoding import as_utf8
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from lxml.etree import _Element

DAMAGE = "\ufffd"
_SILENT = frozenset({"script", "style", "noscript", "template", "head", "title"})
_SPACE = re.compile(r"\s+")
_CALENDAR = re.compile(r"(?:^|[\s_-])(?:calendar|rili|datepicker)(?:$|[\s_-])", re.IGNORECASE)
_WEEK = re.compile(r"一\W*二\W*三\W*四\W*五\W*六|Mon?\W*Tue?\W*Wed?\W*Thu?", re.IGNORECASE)
_CALENDAR_HEAD = 80
_DAY = re.compile(r"^(?:\d{1,2}日?|(?:\d{4}年?)?(?:\d{1,2}月)?|[上下][一个]?[月年]|今[天日]|[\s<>«»‹›←→]+)$")
PICTURES_OF = {
    "更多": re.compile(r"(?:^|[_/-])(?:more|gengduo)\d*[._-]", re.IGNORECASE),
    "下一页": re.compile(r"(?:^|[_/-])(?:next|nextpage|page_?next|xiayiye|xyy)\d*[._-]", re.IGNORECASE),
}
"""What a picture in a link's place means → what its file is called."""
_GARBLED = re.compile(r"锟斤拷|锟斤|烫烫烫|\?{5,}")
"""What is left of words that went through a wrong encoding once and were stored so."""
_WESTERN = re.compile("[\u00a1-\u00ff]")
_EASTERN = re.compile("[\u4e00-\u9fff]")
_MANY_WESTERN = 6
_MEANT = re.compile(r"信息|公开|政府|报告|年度")
_LIST_TAGS = ("ul", "ol", "dl", "table", "div")
_TORN_SHARE = 4
_NUL_SHARE = 8
_NOT_FOLLOWED = re.compile(
    r"^\s*(?:javascript|mailto|tel|data|file|ftp|about|vbscript|blob|sms|weixin)\s*:", re.IGNORECASE
)
_ROUTE = re.compile(r"#!?/\w")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
"""Pasted into titles now and then; a NUL would come out of the parser as damage."""

_SESSION = re.compile(
    r";(?:jsessionid|phpsessid)=[^/?#;]*|/\([A-Z]\([0-9a-z]{16,}\)\)(?=/)"
    r"|(?<=[?&])(?:jsessionid|phpsessid|aspsessionid\w*)=[^&#]*&?",
    re.IGNORECASE,
)
"""Where systems write a visitor's session into every link: with it, one article has a new address at every visit."""

_WHITE = re.compile(r"[\t\r\n]")


@dataclass(frozen=True, slots=True)
class Page:
    """A page at its final address. `is_damaged`: some bytes could not be read as text."""

    url: str
    text: str
    root: _Element
    is_damaged: bool


def read_page(body: bytes, url: str) -> Page:
    """The page in these bytes; UnreadableError where they are no text or no page."""
    text = _CONTROL.sub("", page_text(body))
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError("empty", f"no element could be read: {error}") from error
    if root is None:
        raise UnreadableError("empty", "the page holds no element")
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise UnreadableError("nested_too_deeply", "the parser's depth limit was reached")
    return Page(url, text, root, DAMAGE in text)


def page_text(body: bytes) -> str:
    """The text of a page's bytes, U+FFFD where a byte makes no sense; UnreadableError `undecodable`.

    What header and meta tag declare is not asked.
    """
    # A list cut by bytes has torn characters in its titles; GB18030 would read the whole page as other, valid ones.
    text = body.decode("utf-8-sig", "replace")
    torn = text.count(DAMAGE)
    wide = sum(1 for character in text if character > "\x7f") - torn
    # UTF-16 read as UTF-8 is full of NULs; a few come from titles that were pasted.
    if text.count("\x00") * _NUL_SHARE <= len(text) and (not torn or torn * _TORN_SHARE < wide):
        return text
    return as_utf8(body).decode("utf-8", "replace")


def is_garbled(text: str) -> bool:
    """Can a title not be read: bytes that made no sense, or words that were read in another encoding than their own?"""
    if DAMAGE in text or _GARBLED.search(text):
        return True
    if len(_WESTERN.findall(text)) >= _MANY_WESTERN and len(_WESTERN.findall(text)) > len(_EASTERN.findall(text)):
        return True
    # UTF-8 read as GBK gives rare characters (骞冲窛).
    return _MEANT.search(text.encode("gbk", "ignore").decode("utf-8", "ignore")) is not None


def squeezed(text: str) -> str:
    """Text with every run of white space as one blank."""
    return _SPACE.sub(" ", text).strip()


def address(page_url: str, href: str | None) -> str | None:
    """The absolute http(s) address of a link, without its fragment; None for what is no page.

    A fragment that is a script's route (`#/detail/12`) is another page, and stays.
    """
    if href is None or not href.strip() or _NOT_FOLLOWED.match(href):
        return None
    if href.strip().startswith("#") and not _ROUTE.search(href):
        return None
    try:
        joined = urljoin(page_url, _WHITE.sub("", href).strip())
        parts = urlsplit(joined)
        parts.port  # noqa: B018 (raises ValueError for a port that is none)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    joined = _SESSION.sub("", joined).rstrip("?&") if _SESSION.search(joined) else joined
    return joined if is_route(joined) else joined.partition("#")[0]


def is_route(url: str) -> bool:
    """Does a script of the page show another page at this address: is its fragment a route?"""
    return _ROUTE.search(url) is not None


def index_key(url: str) -> str:
    """What `…/nb/` and `…/nb/index.html` have in common: they are one page."""
    return re.sub(r"(?<=/)index\.s?html?$", "", url.partition("://")[2])


def base_address(page: Page) -> str:
    """What relative links of the page start from."""
    element = page.root.find(".//base[@href]")
    return (address(page.url, element.get("href")) if element is not None else None) or page.url


def words(element: _Element) -> str:
    """The visible words inside an element."""
    if element.find(".//script") is None and element.find(".//style") is None:
        return squeezed("".join(element.itertext()))
    return squeezed("".join(_outside(element, leaves_links=False)))


def picture_words(anchor: _Element) -> str:
    """What a link without words says by its pictures: in their place (alt), or by the names of their files."""
    for picture in anchor.iter("img"):
        said = squeezed(picture.get("alt") or picture.get("title") or "")
        source = picture.get("src") or ""
        named = next((name for name, pattern in PICTURES_OF.items() if pattern.search(source)), "")
        if said or named:
            return said or named
    return ""


def words_outside_links(page: Page) -> str:
    """The page's visible words without those of its links: where pagers print their totals."""
    return squeezed("".join(_outside(page.root, leaves_links=True)))


def visible_words(page: Page) -> str:
    """All visible words of the page."""
    return squeezed("".join(_outside(page.root, leaves_links=False)))


def page_title(page: Page) -> str:
    """What the page calls itself: its ArticleTitle, its first heading, else its title."""
    for element in page.root.iter("meta"):
        if (element.get("name") or "").lower() == "articletitle" and element.get("content"):
            return squeezed(element.get("content") or "")
    heading = page.root.find(".//h1")
    if heading is not None and words(heading):
        return words(heading)
    title = page.root.find(".//title")
    return squeezed(title.text or "") if title is not None else ""


def calendar_links(page: Page) -> frozenset[_Element]:
    """The days, months and years that calendars link: days look like numbers of pages, and there is no last month."""
    boxes = [
        element
        for element in page.root.iter("table", "div", "ul")
        if _CALENDAR.search(f"{element.get('id') or ''} {element.get('class') or ''}")
        or (element.tag == "table" and _WEEK.search(words(element)[:_CALENDAR_HEAD]))
    ]
    # Some lists call the date before each of their rows a calendar.
    return frozenset(anchor for box in boxes for anchor in box.iter("a") if _DAY.match(words(anchor)))


def is_cut(page: Page, opening: Page | None = None) -> bool:
    """Does the page's source break off before its end: in the middle of a list, or where its `opening` goes on?

    Such pages come with 200 and the right length from caches and from servers that ran out of time.
    """
    source = page.text.lower()
    if "</html" in source or "</body" in source or "<html" not in source:
        return False
    if opening is not None and opening is not page and "</html" in opening.text.lower():
        return True
    is_in_tag = source.rfind("<") > source.rfind(">")
    return is_in_tag or any(source.count(f"<{tag}") > source.count(f"</{tag}") for tag in _LIST_TAGS)


def _outside(root: _Element, *, leaves_links: bool) -> list[str]:
    skipped = _SILENT | {"a"} if leaves_links else _SILENT
    parts: list[str] = []
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        is_skipped = element.tag in skipped
        if event == "start":
            depth += is_skipped
            if not depth and element.text:
                parts.append(element.text)
        else:
            depth -= is_skipped
            # A blank keeps «共3页» of one cell from «2024» of the next.
            if not depth and element.tail:
                parts.append(element.tail)
            if not depth and element.tag in {"td", "li", "p", "div", "tr"}:
                parts.append(" ")
    return parts
