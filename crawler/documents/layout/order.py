"""In which order a person reads what stands on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.documents.layout.lines import TextLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.placed import PlacedTable

    Item = TextLine | PlacedTable

_GUTTER = 1.5
"""Columns of text have at least so much between them, in letter heights."""
_MIN_LINES = 5
_MIN_LETTERS = 8


def columns_of(lines: Sequence[TextLine], tables: Sequence[PlacedTable], size: float) -> list[list[Item]]:
    """What stands on a page in columns, each from top to bottom: mostly one.

    Two pages printed on one sheet, or two columns of tables: all of the left one comes first. What
    runs across both stands before or behind them.
    """
    x = _gutter(lines, tables, size)
    if x is None:
        return [sorted([*lines, *tables], key=_place)] if lines or tables else []
    items: list[Item] = [part for line in lines for part in _parts(line, x)]
    items += tables
    crossing = [item for item in items if item.left < x < item.right]
    inside = [item for item in items if not item.left < x < item.right]
    top = min(item.top for item in inside)
    columns = [
        [item for item in crossing if item.top <= top],
        [item for item in inside if item.right <= x],
        [item for item in inside if item.left >= x],
        [item for item in crossing if item.top > top],
    ]
    return [sorted(column, key=_place) for column in columns if column]


def _place(item: Item) -> tuple[float, float]:
    return (item.top + item.bottom) / 2 if isinstance(item, TextLine) else item.top, item.left


def _gutter(lines: Sequence[TextLine], tables: Sequence[PlacedTable], size: float) -> float | None:
    """The x between two columns, None where the page has but one."""
    places = [table.left - 0.1 * size for table in tables if _is_beside(table, tables)]
    gapped = [gap for line in lines if len(line.words) > 1 for gap in _gaps(line, size)]
    if len(gapped) >= _MIN_LINES:
        places += [(left + right) / 2 for left, right in gapped]
    best = None
    for x in set(places):
        halves = [part for line in lines for part in _parts(line, x)]
        crossing = sum(item.left < x < item.right for item in halves) + sum(
            2 * (table.left < x < table.right) for table in tables
        )
        sides = [
            ([line for line in halves if line.right <= x], [table for table in tables if table.right <= x]),
            ([line for line in halves if line.left >= x], [table for table in tables if table.left >= x]),
        ]
        if crossing <= 3 and all(_is_column(*side) for side in sides) and (best is None or crossing < best[0]):  # noqa: PLR2004 (a title of two lines, a foot)
            best = (crossing, x)
    return best[1] if best else None


def _is_beside(table: PlacedTable, tables: Sequence[PlacedTable]) -> bool:
    return any(other.right <= table.left and other.top < table.bottom and table.top < other.bottom for other in tables)


def _is_column(lines: Sequence[TextLine], tables: Sequence[PlacedTable]) -> bool:
    if tables:
        return True
    letters = sum(len(word.text) for line in lines for word in line.words)
    return len(lines) >= _MIN_LINES and letters >= _MIN_LETTERS * len(lines)


def _gaps(line: TextLine, size: float) -> list[tuple[float, float]]:
    found = []
    right = line.words[0].right
    for word in line.words[1:]:
        if word.left - right > _GUTTER * size:
            found.append((right, word.left))
        right = max(right, word.right)
    return found


def _parts(line: TextLine, x: float) -> list[TextLine]:
    """The line as two where x falls between its words."""
    if not line.left < x < line.right or any(word.left < x < word.right for word in line.words):
        return [line]
    sides = ([word for word in line.words if word.right <= x], [word for word in line.words if word.left >= x])
    return [
        TextLine(
            words[0].left,
            min(word.top for word in words),
            max(word.right for word in words),
            max(word.bottom for word in words),
            tuple(words),
        )
        for words in sides
        if words
    ]
