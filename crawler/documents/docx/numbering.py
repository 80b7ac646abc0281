"""Automatic numbers written out: «一、» before a heading and «1.» before a label often exist only as list settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.docx import names as n
from crawler.documents.docx.numerals import numeral
from crawler.documents.docx.styles import ListPlace, Styles, list_place, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_LIST, _ABSTRACT, _LEVEL, _OVERRIDE = (n.W + name for name in ("num", "abstractNum", "lvl", "lvlOverride"))
_LIST_LINK, _START_OVERRIDE = n.W + "numStyleLink", n.W + "startOverride"
_START, _FORMAT, _TEXT, _RESTART, _LEGAL = (
    n.W + name for name in ("start", "numFmt", "lvlText", "lvlRestart", "isLgl")
)
_ABSTRACT_ID = n.W + "abstractNumId"
_MAX_COUNT = 99_999


class Level(NamedTuple):
    """One level of a list: `text` is the print with %1 … %9 for the numbers of the levels.

    `restart` is the level (from 0) whose use begins this one anew, with all above it; None: any above.
    """

    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None
    is_legal: bool = False
    style: str | None = None


@dataclass(frozen=True, slots=True)
class List:
    """A list that paragraphs refer to; lists of one `family` count on from each other, unless one begins anew."""

    family: str
    levels: Mapping[int, Level]
    starts: Mapping[int, int] = field(default_factory=dict)


class Lists:
    """The lists of a numbering part, each read when a paragraph is met that uses it: Word keeps dozens unused."""

    def __init__(self, root: _Element, styles: Styles) -> None:
        self._styles = styles
        self._families = {each.get(_ABSTRACT_ID) or "": each for each in root.iterchildren(_ABSTRACT)}
        self._lists = {each.get(n.NUMBER_LIST) or "": each for each in root.iterchildren(_LIST)}
        self._read: dict[str, List | None] = {}

    def get(self, number: str) -> List | None:
        """The list of that `numId`, None for none."""
        if number not in self._read:
            # A list whose style names the list itself must not be read for ever.
            self._read[number] = None
            element = self._lists.get(number)
            self._read[number] = None if element is None else self._list(element)
        return self._read[number]

    def _list(self, element: _Element) -> List | None:
        used = element.find(_ABSTRACT_ID)
        key = "" if used is None else used.get(n.VALUE) or ""
        family = self._families.get(key)
        levels = {} if family is None else _levels(family)
        link = None if family is None or levels else family.find(_LIST_LINK)
        if link is not None:
            # The levels stand in another list, which a style names.
            place = self._styles.place(link.get(n.VALUE) or "")
            other = None if place is None or place.number is None else self.get(place.number)
            if other is not None:
                key, levels = other.family, dict(other.levels)
        starts: dict[int, int] = {}
        for override in element.iterchildren(_OVERRIDE):
            number = whole(override.get(n.NUMBER_LEVEL))
            start = override.find(_START_OVERRIDE)
            first = None if start is None else whole(start.get(n.VALUE))
            levels.update(_levels(override))
            if number is not None and first is not None:
                starts[number] = first
        return List(key, levels, starts)


def _levels(holder: _Element) -> dict[int, Level]:
    return {
        number: _level(level)
        for level in holder.iterchildren(_LEVEL)
        if (number := whole(level.get(n.NUMBER_LEVEL))) is not None and number < _LEVELS
    }


def _level(level: _Element) -> Level:
    said = {mark.tag: mark.get(n.VALUE) for mark in level}
    first, restarted = whole(said.get(_START)), whole(said.get(_RESTART))
    return Level(
        start=1 if first is None else first,
        format=said.get(_FORMAT) or "decimal",
        text=said.get(_TEXT) or "",
        restart=None if restarted is None else restarted - 1,
        is_legal=_LEGAL in said and n.is_on(said[_LEGAL]),
        style=said.get(n.STYLE_USED),
    )


class Numbers:
    """The count of every list so far."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def next(self, place: ListPlace, style: str | None) -> str:
        """The number of the next paragraph there; empty where nothing is printed (a bullet, an unknown list)."""
        found = self._lists.get(place.number or "")
        if found is None:
            return ""
        at = place.level
        if at is None:
            at = next((number for number, level in found.levels.items() if style and level.style == style), 0)
        level = found.levels.get(at)
        if level is None:
            return ""
        counts = self._counts.setdefault(found.family, {})
        number = place.number or ""
        if at in found.starts and (number, at) not in self._begun:
            counts[at] = found.starts[at]
        else:
            counts[at] = min(counts[at] + 1, _MAX_COUNT) if at in counts else level.start
        self._begun.add((number, at))
        for deeper, other in found.levels.items():
            if deeper > at and (other.restart is None or at <= other.restart):
                counts.pop(deeper, None)
        if level.format == "bullet":
            return ""
        return _PLACE.sub(lambda match: _number(int(match[1]) - 1, counts, found, is_legal=level.is_legal), level.text)


def _number(at: int, counts: Mapping[int, int], found: List, *, is_legal: bool) -> str:
    level = found.levels.get(at, Level())
    kind = "decimal" if is_legal else level.format
    return "" if kind in {"none", "bullet"} else numeral(counts.get(at, level.start), kind)


def write_numbers(root: _Element, lists: Lists, styles: Styles) -> None:
    """Writes the number of every numbered paragraph into the tree, before its text."""
    numbers = Numbers(lists)
    listed: dict[_Element, ListPlace | None] = {}
    styled: dict[_Element, str] = {}
    for mark in root.iter(n.STYLE_USED, n.NUMBERED):
        marks = mark.getparent()
        if marks is None:
            continue
        if mark.tag == n.NUMBERED:
            listed[marks] = list_place(mark)
        else:
            styled[marks] = mark.get(n.VALUE) or ""
            if styles.place(styled[marks]) is not None:
                listed.setdefault(marks, None)
    for marks, own in listed.items():
        style = styled.get(marks)
        inherited = styles.place(style) if style is not None else None
        place = own or inherited or ListPlace(None, None)
        if place.number is None and inherited is not None:
            place = place._replace(number=inherited.number)
        text = numbers.next(place, style)
        if text:
            # What follows a number is a tab or a blank; behind «一、» it is nothing to a reader of the words.
            marks.tail = f"{text} " if text[-1].isalnum() else text
