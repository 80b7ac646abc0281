"""Pagers whose addresses a page holds as data: encoded, in options and handlers, or in the shape of its own address.

Nothing is run: data is decoded, an address is read where it is written out, and a shape is tried only where the
page itself says that there are further pages.
"""

from __future__ import annotations

import re
from base64 import b64decode
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from crawler.pages import address, base_address, read_page, words
from crawler.portals import ARTICLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

    from crawler.pages import Page

_ENCODED = re.compile(r"(?<![\w+/=%])(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?![\w+/=%])")
_LITERAL = re.compile(r"\batob\s*\(\s*['\"]([A-Za-z0-9+/=]{16,})['\"]")
_LINK = re.compile(r"<a\s[^>]*href", re.IGNORECASE)
_FILE = re.compile(r"[^\s'\"<>()]+\.(?:s?html?|jspx?|aspx?|php|do)(?:\?[^\s'\"<>()]*)?", re.IGNORECASE)
_WRITTEN = re.compile(rf"['\"]({_FILE.pattern})['\"]", re.IGNORECASE)
_NUMBER = re.compile(r"^\D{0,2}(\d{1,4})(?:\D{1,2}|\s*/\s*\d{1,4})?$")
_NEXT = re.compile(r"^[\s<>›»→]*(?:下一?页|后一?页)[\s<>›»→]*$")
_PAGE_FIELDS = (
    "cur_page|curpage|currpage|currentpage|page|pageno|page_no|pagenum|pageindex|pagenumber|pagenow|nowpage|pn|p"
)
_FIELD = re.compile(rf"^(?:{_PAGE_FIELDS})$", re.IGNORECASE)
_FIELD_IN_SCRIPT = re.compile(
    rf"['\"]([^'\"\s]*[?&](?:{_PAGE_FIELDS})=)['\"]\s*\+\s*[\w.()]+(?:\s*\+\s*['\"]([^'\"\s]*)['\"])?", re.IGNORECASE
)
"""An address that a script puts together around the number of a page: what stands before it and behind it."""

_LAST_NUMBER = re.compile(r"(\d+)(?=(?:\.\w+)?$)")


def decoded_pager(page: Page) -> Page | None:
    """The pager that stands in `div#pages` or in a call of atob as base64, as a page of its own; None for none.

    Seen in 云南: links percent-encoded, then base64, whole or each by itself.
    """
    pieces = [piece for text, shown in _encoded_texts(page) if (piece := _decoded(text, shown)) is not None]
    if not pieces:
        return None
    source = f'<html><head><base href="{escape(base_address(page))}"></head><body>{" ".join(pieces)}</body></html>'
    return read_page(source.encode(), page.url)


def written_pages(page: Page, number: int) -> Mapping[int, str]:
    """The pages whose addresses stand in options of a select or in handlers of page `number`'s pager."""
    base = base_address(page)
    folder = base.rpartition("/")[0] + "/"
    found: dict[int, str] = {}
    for element in page.root.iter("option", "a", "span", "button", "input", "li"):
        target = _target(element)
        at = _page_meant(element.get("alt") or words(element) or element.get("value") or "", number) if target else None
        url = address(base, target)
        # Pictures that take turns are numbered too: they lead to articles.
        if at is not None and url is not None and url.startswith(folder) and not ARTICLE.search(url):
            found.setdefault(at, url)
    return found


def guessed_pages(page: Page, number: int) -> tuple[str, ...]:
    """Where the page after `number` may be, by the shape of this one's address; best guess first.

    Asked only of pages that state how many there are: what comes is held against that.
    """
    parts = urlsplit(page.url)
    if parts.query or _FIELD_IN_SCRIPT.search(page.text):
        return _by_field(page, number)
    if number > 1:
        match = _LAST_NUMBER.search(parts.path)
        if match is None:
            return ()
        # The numbering that led here is kept.
        path = parts.path[: match.start()] + str(int(match[1]) + 1) + parts.path[match.end() :]
        return (urljoin(page.url, path),)
    folder, _, name = parts.path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if name and not dot:
        return ()
    stem, ending = (stem, ending) if dot else ("index", "html")
    return tuple(urljoin(page.url, f"{folder}/{stem}_{index}.{ending}") for index in (number, number + 1))


def _encoded_texts(page: Page) -> Iterator[tuple[str, str]]:
    """Base64 with the words that are shown for it, from where pagers keep it."""
    for match in _LITERAL.finditer(page.text):
        yield match[1], ""
    for box in page.root.iter("div", "span", "ul"):
        if box.get("id") != "pages":
            continue
        for element in box.iter():
            held = [] if element.tag == "script" else [element.text or ""]
            for text in (*held, *(str(value) for value in element.attrib.values())):
                for match in _ENCODED.finditer(text):
                    yield match[0], words(element) if text is not element.text else ""


def _decoded(text: str, shown: str) -> str | None:
    """The markup that such data means, None where it means none."""
    try:
        plain = unquote(b64decode(text, validate=True).decode("utf-8"), errors="strict")
    except ValueError:
        return None
    if _LINK.search(plain):
        return plain
    if _FILE.fullmatch(plain.strip()):
        return f'<a href="{escape(plain.strip())}">{escape(shown)}</a>'
    return None


def _target(element: _Element) -> str | None:
    """The address that an element's value or handler writes out, None for none; that of a plain link is no secret."""
    if element.tag == "option":
        value = (element.get("value") or "").strip()
        return value if _FILE.fullmatch(value) else None
    href = element.get("href") or ""
    handler = element.get("onclick") or (href if href.lower().startswith("javascript:") else "")
    match = _WRITTEN.search(unescape(handler))
    return match[1] if match else None


def _page_meant(text: str, number: int) -> int | None:
    if _NEXT.match(text):
        return number + 1
    match = _NUMBER.match(text.strip())
    return int(match[1]) if match else None


def _by_field(page: Page, number: int) -> tuple[str, ...]:
    """The next page by the one field of the address that counts pages, or as the page's script writes it."""
    parts = urlsplit(page.url)
    fields = parse_qsl(parts.query, keep_blank_values=True)
    named = [name for name, value in fields if _FIELD.match(name) and value in {str(number), str(number - 1)}]
    if len(named) == 1:
        changed = [(name, str(int(value) + 1) if name == named[0] else value) for name, value in fields]
        return (parts._replace(query=urlencode(changed)).geturl(),)
    written = {(match[1], match[2] or "") for match in _FIELD_IN_SCRIPT.finditer(page.text)}
    if named or len(written) != 1:
        return ()
    before, behind = written.pop()
    url = f"{page.url}{before}" if before.startswith("&") else urljoin(base_address(page), before)
    return (f"{url}{number + 1}{behind}",)
