"""The bytes of a web page to a tree that holds what a reader of the page sees, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from crawler.documents.panels import panels
from crawler.documents.whitespace import LINE_BREAK, inner_text
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from lxml.etree import _Element

_DROPPED = ("script", "style", "noscript", "template", "select", "textarea", "xml", "del", "s", "strike")
_HIDING = (b"display", b"DISPLAY", b"hidden")
HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
"""In an element's own style: what it holds is not shown."""
_TYPED = frozenset({"", "text", "number", "tel"})
_CELLS = frozenset({"td", "th"})
_TABLE_PARTS = frozenset({"tr", "td", "th", "tbody", "thead", "tfoot"})
_ROLES = {
    **dict.fromkeys(("table", "grid"), "table"),
    "row": "tr",
    **dict.fromkeys(("cell", "gridcell", "columnheader", "rowheader"), "td"),
}
_SPANS = ("colspan", "rowspan")
_UNOPENED_ROW = re.compile(rb"(</tr\s*>\s*)(<t[dh]\b)", re.IGNORECASE)
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MIN_ROWS = 4


def page_tree(data: bytes) -> _Element:
    """The tree of one page in UTF-8, with its head.

    Raises UnreadableError: `truncated`, `empty`, `nested_too_deeply`.
    """
    root = _parsed(data)
    if any(next(holder.iterchildren(*_CELLS), None) is not None for holder in root.iter("table", "tbody")):
        # Rows that are closed but were never opened: libxml2 would run them together.
        root = _parsed(_UNOPENED_ROW.sub(rb"\1<tr>\2", data))
    return root


def _parsed(data: bytes) -> _Element:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError("truncated", f"no element could be read: {error}") from error
    if root is None:
        raise UnreadableError("empty", "the page holds no element")
    # libxml2 stops silently at its own limits; what it cut off is not in the tree.
    for entry in parser.error_log:
        message = entry.message.lower()
        if "depth" in message:
            raise UnreadableError("nested_too_deeply", "the parser's depth limit was reached")
        if "limit exceeded" in message:
            raise UnreadableError("truncated", f"the parser stopped reading: {entry.message.strip()}")
    return root


def keep_the_visible(root: _Element, data: bytes) -> None:
    """Takes out of the tree what the page does not show, writes in what it shows otherwise than as text.

    `data` are the page's bytes: they tell cheaply whether anything can be hidden.
    """
    if data.find(b"role=") >= 0:
        _name_tables(root)
    for element in list(root.iter("br", *_DROPPED, "input", "sup")):
        tag = element.tag
        if tag == "br":
            break_line(element)
        elif tag == "input":
            if (element.get("type") or "").lower() in _TYPED:
                element.text = writable(element.get("value") or "")
        elif tag == "sup":
            _mark_note(element)
        else:
            empty(element)
    # From behind: on bytes without the word that is twice as fast as from the front.
    if any(data.rfind(word) >= 0 for word in _HIDING):
        _remove_hidden(root)


def _name_tables(root: _Element) -> None:
    """Grids made of other elements, which say by their roles what they are (WAI-ARIA), become tables."""
    for grid in root.xpath("//*[@role='table' or @role='grid'][not(self::table)]"):
        for element in grid.iter():
            tag = _ROLES.get(element.get("role") or "")
            if tag is None:
                continue
            element.tag = tag
            for span in _SPANS if tag == "td" else ():
                told = element.get(f"aria-{span}")
                if told is not None:
                    element.set(span, told)


def break_line(element: _Element) -> None:
    """Writes a line break behind an element, where a page shows one."""
    element.tail = LINE_BREAK + writable(element.tail or "")


def writable(text: str) -> str:
    """The text without the control characters that lxml reads from a page but refuses to write."""
    return _REFUSED.sub("", text)


def empty(element: _Element) -> None:
    """Leaves nothing of an element but its place; the text behind it stays."""
    element.clear(keep_tail=True)
    element.tag = "span"


def _remove_hidden(root: _Element) -> None:
    hidden = [
        element
        for element in root.xpath("//body//*[@style or @hidden]")
        if element.get("hidden") is not None or HIDING_STYLE.search(element.get("style") or "")
    ]
    shown = panels(root, hidden) if any(element.find(".//table") is not None for element in hidden) else frozenset()
    for element in hidden:
        if element in shown or _holds_all_tables(element, root):
            continue
        parent = element.getparent()
        if element.tag in _TABLE_PARTS and parent is not None:
            # A hidden row or cell takes no place in the grid.
            parent.remove(element)
        else:
            empty(element)


def _holds_all_tables(element: _Element, root: _Element) -> bool:
    """Is the report itself in there, to be shown by a script? What stays hidden has a visible counterpart."""
    inside = [table for table in element.iter("table") if _is_data(table)]
    if not inside:
        return False
    return all(element in table.iterancestors() for table in root.iter("table") if _is_data(table))


def _is_data(table: _Element) -> bool:
    return len(table.findall(".//tr")) >= _MIN_ROWS


def _mark_note(element: _Element) -> None:
    """A footnote's mark is put into brackets: 12 with a raised 1 is not 121."""
    mark = inner_text(element).strip()
    if mark.isalnum() and _has_text_before(element):
        for child in list(element):
            element.remove(child)
        element.text = f"[{mark}]"


def _has_text_before(element: _Element) -> bool:
    """Does something stand in the same cell before this element?"""
    while element.tag not in _CELLS:
        before, parent = element.getprevious(), element.getparent()
        if parent is None:
            return False
        while before is not None:
            if inner_text(before).strip() or (before.tail or "").strip():
                return True
            before = before.getprevious()
        if (parent.text or "").strip():
            return True
        element = parent
    return False
