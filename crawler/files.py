"""What belongs to an article without being in its page: attached files, viewers, frames, pictures. Pure.

Where a page may name such things, and what each is, stands in tables; a row is added when a portal is met
that does it otherwise.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from crawler.documents.images import image_source
from crawler.pages import address, base_address, squeezed, visible_words, words
from crawler.parts import named_body
from crawler.titles import may_be_report, read_title
from crawler.viewers import leads_to_file, names_file, names_picture, shown_file
from storage.enclosures import EnclosureKind
from storage.forms import FORMS, label, read_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml.etree import _Element

    from crawler.pages import Page
    from storage.forms import FormTable

MAX_FILES = 10
MAX_FRAMES = 3
MAX_PICTURES = 40
"""What is fetched of one article at most; what lies beyond counts as not had."""

SHOWING: Mapping[str, tuple[str, ...]] = {
    "iframe": ("src", "data-src"),
    "frame": ("src",),
    "embed": ("src",),
    "object": ("data",),
}
"""Elements that show another document → their attributes with its address."""

SHOWN_BY_SCRIPT = ("data-value", "data-pdf", "data-pdfurl", "data-file", "data-url")
"""Attributes from which a script takes the file that it shows: `#pdfshow[data-value]` of jpaas and the like."""

ATTACHING = frozenset({"nfw-cms-attachment", "appendix", "attachment", "fujian"})
"""Classes of links that lead to an attached file, whatever their address looks like."""

_FILE_CALL = re.compile(r"\b\w*(?:down|open|show|view|read|preview)\w*\s*\(\s*(['\"])([^'\"<>\s]+)\1", re.IGNORECASE)
_IN_SCRIPT = re.compile(r"(['\"])([^'\"<>\s\\]+\.(?:pdf|ofd)(?:\?[^'\"<>\s]*)?)\1", re.IGNORECASE)
_VIEWING_SCRIPT = re.compile(r"pdf\.?js|pdfobject|pdfh5|viewer|<embed|<iframe|\.media\(|showpdf|pdfshow", re.IGNORECASE)
_CHROME_TAGS = frozenset({"nav", "header", "footer", "aside"})
_CHROME = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menu\w*|head(?:er)?|foot\w*|side\w*|friend\w*|related?|xgxx|xgwz|share\w*|ewm|qr\w*"
    r"|bread\w*|crumb\w*|position|recommend\w*|hot|search\w*|copyright|logo)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ORNAMENT = re.compile(
    r"(?:^|[/_.-])(?:icons?|ico|logo\w*|emot\w*|emoji|face|qr\w*|ewm\w*|erweima|weixin|wechat|wx|weibo|banner\w*|spacer"
    r"|blank|line|dot|arrow\w*|share\w*|print\w*|bg\w*|btn\w*|button|loading|grey|gray|top|foot\w*|head\w*|nav\w*|jiucuo"
    r"|gongan|gawb|beian|dzjg|red|blue|zwfw|filetypeimages)(?:$|[/_.\d-])",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(
    r"^/(?:[\w.-]+/)?(?:images?|imgs?|pics?|static|skins?|templates?|themes?|css|styles?|common|res|assets|ui)/[^/]+$",
    re.IGNORECASE,
)
"""Folders of the portal's own pictures. What editors upload lies deeper, or beside the article."""
_ORNAMENT_ENDINGS = (".gif", ".svg", ".ico")
_PIXELS = re.compile(r"^\s*(\d+)(?:\.\d+)?\s*(?:px)?\s*$")
_STYLE = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*(\d+)(?:\.\d+)?px", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_MIN_WIDTH, _MIN_HEIGHT = 200, 80
_SCRIPTED = 3
_NAMED_SHARE = 0.6
_LONGEST_WORDS = 200
_LONGEST_HEADING = 60


class Named(NamedTuple):
    """One thing that a page names. `source` is its address as written, `words` what stands there for it.

    `is_shown`: the page itself shows it. `is_inside`: in the article's body, not beside it.
    """

    kind: EnclosureKind
    url: str
    source: str
    words: str
    is_shown: bool
    is_inside: bool

    @property
    def is_report(self) -> bool:
        """Do its words or its name announce a report?"""
        name = unquote(urlsplit(self.url).path.rpartition("/")[2])
        return may_be_report(self.words) or may_be_report(name)


class Holds(NamedTuple):
    """What a page itself holds of a report: how many of the form's tables, and of its sections' headings."""

    tables: int
    headings: int

    @property
    def is_whole(self) -> bool:
        """Is there nothing that may stand elsewhere?"""
        return self.tables >= WHOLE.tables and self.headings >= WHOLE.headings

    @property
    def is_nothing(self) -> bool:
        """Is there nothing of a report at all?"""
        return not self.tables and self.headings <= 1


WHOLE = Holds(tables=3, headings=5)
"""A report that lacks one heading of six has lost it, not hidden it."""


def holds(page: Page) -> Holds:
    """What the page holds of a report, by the words of the form: cheap, and no reading."""
    text = label(visible_words(page))
    tables = {
        table.key for form in FORMS.values() for table in form.tables if _named_share(table, text) >= _NAMED_SHARE
    }
    headings = {
        heading.number
        for element in page.root.iter("p", "div", "h1", "h2", "h3", "h4", "h5", "td", "span", "strong", "pre")
        for line in _first_lines(element)
        if (heading := read_heading(line)) is not None
    }
    return Holds(len(tables), len(headings))


def wanted(page: Page, own: Holds) -> tuple[Named, ...]:
    """What of all that a page names may hold its report, the likeliest first, pictures last in page order.

    A page that holds the whole report itself is asked for what it shows, and for attachments that
    announce a report: their numbers should be the page's.
    """
    found = tuple(named(page))
    body = named_body(page.root)
    is_known_body = body is not None and (len(words(body)) > _LONGEST_WORDS or any(each.is_inside for each in found))
    files = [each for each in found if each.kind is EnclosureKind.FILE and _is_wanted(each, own)]
    files.sort(key=lambda each: (not each.is_shown, not each.is_report, not each.is_inside))
    if own.is_whole:
        return tuple(files)
    frames = [each for each in found if each.kind is EnclosureKind.FRAME]
    pictures = [each for each in found if each.kind is EnclosureKind.PICTURE and (each.is_inside or not is_known_body)]
    return (*files, *frames, *pictures)


def named(page: Page) -> Iterator[Named]:
    """Everything that a page names, each address once, in page order."""
    base = base_address(page)
    body = named_body(page.root)
    inside: frozenset[_Element] = frozenset(body.iter() if body is not None else ())
    seen: set[str] = set()
    itself = shown_file(page.url)
    if itself is not None:
        seen.add(itself)
        yield Named(EnclosureKind.FILE, itself, page.url, "", is_shown=True, is_inside=True)
    for element in page.root.iter():
        if not isinstance(element.tag, str):
            continue
        is_inside = element in inside
        for each in _of_element(element, base, is_inside=is_inside):
            # A picture that links to a larger one of itself is that one.
            keys = {each.url, f"picture {each.source}"} if each.kind is EnclosureKind.PICTURE else {each.url}
            if keys.isdisjoint(seen) and (is_inside or not _is_chrome(element)):
                seen |= keys
                yield each


def _of_element(element: _Element, base: str, *, is_inside: bool) -> Iterator[Named]:
    tag = str(element.tag)
    if tag == "img":
        yield from _picture(element, base, is_inside=is_inside)
    elif tag == "script":
        yield from _in_script(element, base, is_inside=is_inside)
    elif tag in SHOWING:
        source = _first(element, SHOWING[tag])
        if source and not _is_small(element):
            yield from _shown(source, base, is_frame=tag in {"iframe", "frame"}, is_inside=is_inside)
    else:
        for attribute in SHOWN_BY_SCRIPT:
            value = element.get(attribute)
            if value and names_file(value):
                yield from _shown(value, base, is_frame=False, is_inside=is_inside)
        yield from _linked(element, base, is_inside=is_inside)


def _shown(source: str, base: str, *, is_frame: bool, is_inside: bool) -> Iterator[Named]:
    url = address(base, source)
    if url is None:
        return
    file = shown_file(urlsplit(url)._replace(fragment=source.partition("#")[2]).geturl())
    if file is not None or leads_to_file(url):
        yield Named(EnclosureKind.FILE, file or url, source, "", is_shown=True, is_inside=is_inside)
    elif is_frame:
        yield Named(EnclosureKind.FRAME, url, source, "", is_shown=True, is_inside=is_inside)


def _linked(element: _Element, base: str, *, is_inside: bool) -> Iterator[Named]:
    href = element.get("href") if element.tag == "a" else None
    if not href and not element.get("onclick"):
        return
    url = address(base, href)
    said = squeezed(f"{words(element)} {element.get('title') or element.get('alt') or ''}")[:_LONGEST_WORDS]
    if url is not None and href is not None:
        file = shown_file(url)
        thumbnail = element.find(".//img")
        if thumbnail is not None and names_picture(url):
            source = image_source(thumbnail)
            yield Named(EnclosureKind.PICTURE, url, source, said, is_shown=True, is_inside=is_inside)
            return
        is_marked = element.get("appendix") is not None or not ATTACHING.isdisjoint(_classes(element))
        if file is not None or leads_to_file(url) or is_marked:
            yield Named(EnclosureKind.FILE, file or url, href, said, is_shown=False, is_inside=is_inside)
        return
    for call in (href or "", element.get("onclick") or ""):
        match = _FILE_CALL.search(call)
        target = address(base, match[2]) if match and leads_to_file(match[2]) else None
        if match is not None and target is not None:
            yield Named(EnclosureKind.FILE, target, match[2], said, is_shown=False, is_inside=is_inside)


def _picture(element: _Element, base: str, *, is_inside: bool) -> Iterator[Named]:
    source = image_source(element)
    url = address(base, source)
    if url is None or _is_small(element):
        return
    path = unquote(urlsplit(url).path)
    if path.lower().endswith(_ORNAMENT_ENDINGS) or _ORNAMENT.search(path.rpartition("/")[2]):
        return
    if not is_inside and (_ORNAMENT.search(path) or _TEMPLATE.match(path)):
        return
    yield Named(EnclosureKind.PICTURE, url, source, "", is_shown=True, is_inside=is_inside)


def _in_script(element: _Element, base: str, *, is_inside: bool) -> Iterator[Named]:
    text = element.text or ""
    if not text or not _VIEWING_SCRIPT.search(text):
        return
    for match in list(_IN_SCRIPT.finditer(text))[:_SCRIPTED]:
        yield from _shown(match[2], base, is_frame=False, is_inside=is_inside)


def _is_wanted(each: Named, own: Holds) -> bool:
    if each.is_shown or each.is_report:
        return True
    if own.is_whole or read_title(each.words).confuser is not None:
        return False
    # A picture that is linked from beside the article is no attachment of it.
    return each.is_inside or not names_picture(each.url)


def _named_share(table: FormTable, text: str) -> float:
    lines = _names_of_lines(table)
    met = sum(any(name in text for name in names) for names in lines)
    return met / len(lines)


@cache
def _names_of_lines(table: FormTable) -> tuple[tuple[str, ...], ...]:
    """What each row and column of a table may be called, as `label` writes it."""
    lines = [*table.rows, *(column for block in table.blocks for column in block.columns)]
    return tuple(tuple(label(name) for name in (line.label, *line.aliases)) for line in lines)


def _first_lines(element: _Element) -> Iterator[str]:
    """The element's words where they are as short as a heading's; every line of preformatted text."""
    if element.tag == "pre":
        yield from "".join(element.itertext()).splitlines()
        return
    text = ""
    for piece in element.itertext():
        text += piece.strip()
        if len(text) > _LONGEST_HEADING:
            return
    yield text


def _is_chrome(element: _Element) -> bool:
    """Does it stand in the portal's own frame around the article: its menus, neighbours, footer?"""
    for parent in element.iterancestors():
        if parent.tag in _CHROME_TAGS:
            return True
        if parent.tag not in {"body", "html"} and _CHROME.search(
            f"{parent.get('class') or ''} {parent.get('id') or ''}"
        ):
            return True
    return False


def _is_small(element: _Element) -> bool:
    """Is it printed too small to be a page, or not at all?"""
    style = element.get("style") or ""
    if _HIDDEN.search(style):
        return True
    sizes = {name: element.get(name) or "" for name in ("width", "height")}
    sizes |= {match[1].lower(): match[2] for match in _STYLE.finditer(style)}
    least = {"width": _MIN_WIDTH, "height": _MIN_HEIGHT}
    found = {name: _PIXELS.match(text) for name, text in sizes.items()}
    return any(match is not None and int(match[1]) < least[name] for name, match in found.items())


def _classes(element: _Element) -> list[str]:
    return (element.get("class") or "").lower().split()


def _first(element: _Element, attributes: Iterable[str]) -> str | None:
    return next((value for name in attributes if (value := (element.get(name) or "").strip())), None)
