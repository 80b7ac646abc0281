"""Panels of which a page shows one at a time (tabs): hidden for now, and read by every visitor all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.documents.whitespace import inner_text
from storage.forms import FORMS, label, read_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

_WORDS = frozenset(
    label(text)
    for form in FORMS.values()
    for table in form.tables
    for line in (*table.rows, *(column for block in table.blocks for column in block.columns))
    for text in (line.label, *line.aliases)
)
"""The names of rows and columns in the form's tables."""
_MIN_WORDS = 4
_ALIKE = 0.5
_LONGEST = 60


def panels(root: _Element, hidden: Sequence[_Element]) -> frozenset[_Element]:
    """Which of the hidden elements are panels: they hold a table of the form that stands nowhere else on the page.

    What a script holds back beside its visible like is none. With a panel come the hidden elements next to it that
    are of its class or begin with a heading of the form.
    """
    tables = {table: words for table in root.iter("table") if len(words := _words(table)) >= _MIN_WORDS}
    own = {
        table
        for table, words in tables.items()
        if not any(other is not table and len(words & theirs) > _ALIKE * len(words) for other, theirs in tables.items())
    }
    holders = [element for element in hidden if element.tag != "table" and not own.isdisjoint(element.iter("table"))]
    return frozenset((*holders, *(element for element in hidden if _is_beside(element, holders))))


def _words(table: _Element) -> frozenset[str]:
    """The form's words in a table's cells; none for a table that holds others."""
    if table.find(".//table") is not None:
        return frozenset()
    texts = (inner_text(cell) for cell in table.iter("td", "th"))
    return _WORDS & {label(text) for text in texts if len(text) <= _LONGEST}


def _is_beside(element: _Element, holders: Sequence[_Element]) -> bool:
    for holder in holders:
        if element.getparent() is holder.getparent() and element.tag == holder.tag:
            first = next((text.strip() for text in element.itertext() if text.strip()), "")
            is_alike = bool(element.get("class")) and element.get("class") == holder.get("class")
            if is_alike or read_heading(first[:_LONGEST]) is not None:
                return True
    return False
