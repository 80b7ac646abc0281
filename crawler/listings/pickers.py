"""Pickers of agencies: lists, menus and tables whose links lead to one place for each agency of a portal. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.listings.model import InnerColumn
from crawler.pages import address, base_address, squeezed, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml.etree import _Element

    from crawler.pages import Page

MAX_AGENCIES = 2000
"""Agencies that a picker offers at most; a province's has some hundreds. More is no picker but a trap."""

_MIN_AGENCIES = 2
_LONGEST_NAME = 60
_BOXES = ("ul", "ol", "dl", "table", "select")


def picked(page: Page, place_of: Callable[[str], tuple[str, str] | None]) -> tuple[InnerColumn, ...]:
    """The agencies that the page lets one pick, each at its place; empty where it has no picker.

    `place_of` says of an address whose place it belongs to (a key) and where that one's reports are
    listed; None for any other address. A menu that links one agency's pages again and again is no picker;
    a box with one agency is one beside others of its kind.
    """
    boxes: list[tuple[str, Mapping[str, InnerColumn]]] = []
    for box in page.root.iter(*_BOXES):
        found: dict[str, InnerColumn] = {}
        addresses: set[str] = set()
        for element in box.iter("a", "option"):
            if _box_of(element) is not box:
                continue
            url = address(base_address(page), element.get("href") or element.get("value"))
            place = place_of(url) if url is not None else None
            name = squeezed(element.get("title") or "") or words(element)
            if place is not None and 0 < len(name) <= _LONGEST_NAME:
                addresses.add(str(url))
                found.setdefault(place[0], InnerColumn(place[1], name))
        if found and len(addresses) == len(found):
            boxes.append((f"{box.tag!s} {box.get('class') or ''}", found))
    kinds = {kind for kind, found in boxes if len(found) >= _MIN_AGENCIES}
    agencies = {key: column for kind, found in boxes if kind in kinds for key, column in found.items()}
    return tuple(agencies.values()) if len(agencies) <= MAX_AGENCIES else ()


def _box_of(element: _Element) -> _Element | None:
    """The nearest box around a link."""
    return next((parent for parent in element.iterancestors() if parent.tag in _BOXES), None)
