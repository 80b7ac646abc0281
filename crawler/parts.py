"""The pages of one split article as one page: what differs between them is the article, the rest is the portal's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from crawler.documents.html import BODY_CLASSES, BODY_IDS, BODY_TAGS
from crawler.pages import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

    from crawler.pages import Page

_LAYOUT = frozenset(
    {"html", "body", "div", "table", "tbody", "tr", "td", "section", "article", "main", "form", "center"}
)
_NOT_COMPARED = frozenset({"script", "style", "noscript", "link", "meta", "head"})


def joined_parts(pages: Sequence[Page]) -> bytes:
    """The first page with the bodies of the others behind its own, in UTF-8.

    The trees of `pages` are used up.
    """
    first, *others = pages
    container = named_body(first.root)
    for other in others:
        theirs = named_body(other.root)
        if container is None or theirs is None:
            container, theirs = _differing(first.root, other.root)
        theirs.tag = "div"
        container.append(theirs)
    return etree.tostring(first.root, method="html", encoding="utf-8")


def named_body(root: _Element) -> _Element | None:
    """The largest element that is named as an article's body is."""
    named = [element for element in root.iter("div", "td", "section", "article", *BODY_TAGS) if _is_named(element)]
    return max(named, key=lambda element: len(words(element)), default=None)


def _is_named(element: _Element) -> bool:
    classes = (element.get("class") or "").lower().split()
    identity = (element.get("id") or "").lower()
    return element.tag in BODY_TAGS or identity in BODY_IDS or not BODY_CLASSES.isdisjoint(classes)


def _differing(one: _Element, other: _Element) -> tuple[_Element, _Element]:
    """The smallest pair of layout elements within which two pages of one template differ."""
    while True:
        ours, theirs = list(_compared(one)), list(_compared(other))
        differing = [pair for pair in zip(ours, theirs, strict=False) if words(pair[0]) != words(pair[1])]
        if len(ours) != len(theirs) or len(differing) != 1:
            return one, other
        inner, their_inner = differing[0]
        if inner.tag != their_inner.tag or inner.tag not in _LAYOUT or _is_data_table(inner):
            return one, other
        one, other = inner, their_inner


def _compared(element: _Element) -> Iterator[_Element]:
    return (child for child in element if child.tag not in _NOT_COMPARED)


def _is_data_table(element: _Element) -> bool:
    """Is this a table of the report, and not one that lays out the page? Its rows must never be mixed."""
    return element.tag == "table" and element.find(".//table") is None
