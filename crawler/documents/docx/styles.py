"""What a document's named styles say of a paragraph: heading level, place in a numbered list, hidden text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

from crawler.documents.docx import names as n
from crawler.documents.docx.tree import part_tree, usual_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

_HEADING = re.compile(r"(?:heading|标题)\s*([1-6])", re.IGNORECASE)
_MAX_LEVEL = 6
_ROOT = re.compile(rb"<((?:\w+:)?)styles\b[^<>]*>")
_STYLE_TAG = re.compile(rb"<((?:\w+:)?style)\b[^<>]*?(/?)>")
_MANY = 100
_BEGINNING = 32 * 1024
_LONG = 4 * 1024 * 1024
_MAX_LINE = 20
"""Word refuses styles that are based on each other more than ten deep."""
_STYLE, _NAME, _BASED_ON = n.W + "style", n.W + "name", n.W + "basedOn"
_NUMBERED, _VANISH = f"{n.PARAGRAPH_MARKS}/{n.NUMBERED}", f"{n.RUN_MARKS}/{n.VANISH}"
_STYLE_ID, _STYLE_TYPE = n.W + "styleId", n.W + "type"


class ListPlace(NamedTuple):
    """Which list a paragraph is numbered by (its `numId`, "0" for none) and on which level; None where not said."""

    number: str | None
    level: int | None


class Styles:
    """The styles of a document, each read when it is first asked for: files define hundreds and use five."""

    def __init__(self, read: Callable[[int | None], bytes]) -> None:
        """`read` answers the styles part, or only so many bytes of its beginning."""
        self._found: dict[str, _Element | None] = {}
        self._levels: dict[str, int] = {}
        self._places: dict[str, ListPlace | None] = {}
        self._rest: Callable[[int | None], bytes] | None = read
        self._data = self._head = self._tail = b""

    def level(self, identity: str) -> int:
        """The heading level 1–6 of a paragraph in this style, 0 for text."""
        if identity not in self._levels:
            self._levels[identity] = next((level for style in self._line(identity) if (level := _level(style))), 0)
        return self._levels[identity]

    def place(self, identity: str) -> ListPlace | None:
        """By which list a paragraph in this style is numbered, None for none."""
        if identity not in self._places:
            marks = (style.find(_NUMBERED) for style in self._line(identity))
            said = [place for mark in marks if (place := list_place(mark)) is not None]
            number = next((place.number for place in said if place.number is not None), None)
            level = next((place.level for place in said if place.level is not None), None)
            self._places[identity] = ListPlace(number, level) if said else None
        return self._places[identity]

    def hides(self, identity: str) -> bool:
        """Is text in this style not printed?"""
        marks = (style.find(_VANISH) for style in self._line(identity))
        vanish = next((mark for mark in marks if mark is not None), None)
        return vanish is not None and n.is_on(vanish.get(n.VALUE))

    def _line(self, identity: str) -> Iterator[_Element]:
        """A style and those it is based on, nearest first; a circle ends where it closes."""
        seen: set[str] = set()
        while identity not in seen and len(seen) < _MAX_LINE:
            seen.add(identity)
            if identity not in self._found:
                self._found[identity] = self._read(identity) if identity else None
            style = self._found[identity]
            if style is None:
                return
            yield style
            base = style.find(_BASED_ON)
            identity = "" if base is None else base.get(n.VALUE) or ""

    def _read(self, identity: str) -> _Element | None:
        """One style alone, cut out of the part: to parse all of it takes longer than the rest of the document."""
        if self._rest is not None and not self._data:
            self._take(self._rest(_BEGINNING))
        style = self._cut(identity)
        if style is None and self._rest is not None:
            # Word puts the styles of text before those of tables, which are most of the part.
            self._take_all(self._rest)
            style = self._cut(identity)
        if len(self._found) > _MANY or len(self._data) > _LONG:
            # To search the part for each of them would take too long.
            if self._rest is not None:
                self._take_all(self._rest)
            self._parse()
        return style

    def _take(self, data: bytes) -> None:
        self._data = usual_form(data)
        head = _ROOT.search(self._data)
        self._head, self._tail = (head[0], b"</%sstyles>" % head[1]) if head else (b"", b"")

    def _take_all(self, read: Callable[[int | None], bytes]) -> None:
        self._take(read(None))
        self._rest = None

    def _parse(self) -> None:
        """Reads all styles that were not asked for yet."""
        root = part_tree(self._data, "styles") if self._data else None
        for style in () if root is None else root.iterchildren(_STYLE):
            self._found.setdefault(style.get(_STYLE_ID) or "", style)
        self._data = b""

    def _cut(self, identity: str) -> _Element | None:
        name = escape(identity).encode()
        at = next((at for mark in (b'"', b"'") if (at := self._data.find(b"styleId=" + mark + name + mark)) >= 0), -1)
        start = self._data.rfind(b"<", 0, max(at, 0))
        opened = _STYLE_TAG.match(self._data, start) if start >= 0 else None
        if opened is None:
            return None
        closing = b"</%s>" % opened[1]
        end = opened.end() - len(closing) if opened[2] else self._data.find(closing, at)
        if end < 0:
            return None
        return part_tree(self._head + self._data[start : end + len(closing)] + self._tail, "styles").find(_STYLE)


def list_place(numbered: _Element | None) -> ListPlace | None:
    """What a `w:numPr` says."""
    if numbered is None:
        return None
    number = level = None
    for mark in numbered:
        if mark.tag == n.NUMBER_LIST:
            number = mark.get(n.VALUE)
        elif mark.tag == n.NUMBER_LEVEL:
            level = whole(mark.get(n.VALUE))
    return ListPlace(number, level)


def whole(value: str | None) -> int | None:
    """A small whole number of an attribute, None for anything else."""
    return int(value) if value is not None and value.isascii() and value.isdecimal() and len(value) < 6 else None  # noqa: PLR2004


def _level(style: _Element) -> int:
    if style.get(_STYLE_TYPE) not in {None, "paragraph"}:
        return 0
    outline = style.find(f"{n.PARAGRAPH_MARKS}/{n.OUTLINE_LEVEL}")
    if outline is not None:
        return outline_level(outline)
    name = style.find(_NAME)
    heading = _HEADING.fullmatch((name.get(n.VALUE) or "") if name is not None else "")
    return int(heading[1]) if heading else 0


def outline_level(mark: _Element) -> int:
    """The heading level 1–6 of a `w:outlineLvl`, 0 for text."""
    level = whole(mark.get(n.VALUE))
    return level + 1 if level is not None and level < _MAX_LEVEL else 0
