"""In which order a person reads what stands on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.documents.layout.lines import TextLine, line_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.placed import PlacedTable

    Item = TextLine | PlacedTable

_GUTTER = 1.5
"""Columns of text have at least so much between them, in letter heights."""
_HEADING = 3.0
"""So far above two tables side by side, in letter heights, may their headings stand."""
_MIN_LINES = 5
_MIN_LETTERS = 8


def columns_of(lines: Sequence[TextLine], tables: Sequence[PlacedTable], size: float) -> list[list[Item]]:
    """What stands on a page in columns, each from top to bottom: mostly one.

    Two pages printed on one sheet, or two columns of tables: all of the left one comes first. What
    runs across both stands before or behind them.
    """
    x = _gutter(lines, tables, size)
    pair = _first_pair(tables)
    if x is None or (pair is not None and _is_below_text(pair, x, lines)):
        if pair is not None:
            return _around(lines, tables, pair, size)
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


def _first_pair(tables: Sequence[PlacedTable]) -> tuple[PlacedTable, PlacedTable] | None:
    """The uppermost of the tables that have another one to their right."""
    for table in sorted(tables, key=_place):
        for other in tables:
            if table.right <= other.left and other.top < table.bottom and table.top < other.bottom:
                return table, other
    return None


def _is_below_text(pair: tuple[PlacedTable, PlacedTable], x: float, lines: Sequence[TextLine]) -> bool:
    """Does text of several lines run across above the tables? Then they are no columns of the page."""
    above = [line for line in lines if line.bottom <= min(table.top for table in pair)]
    across = [line for line in above if line.left < x < line.right]
    return any(line.top < one.top for one in across for line in above if line.right <= x)


def _around(
    lines: Sequence[TextLine], tables: Sequence[PlacedTable], pair: tuple[PlacedTable, PlacedTable], size: float
) -> list[list[Item]]:
    """A page on which two tables stand side by side under text that runs across: their headings go with them."""
    left, right = pair
    x = (left.right + right.left) / 2
    bottom = max(left.bottom, right.bottom)
    top = min(left.top, right.top)
    halves: dict[int, list[TextLine]] = {}
    for line in sorted(lines, key=_place, reverse=True):
        if top - _HEADING * size < line.bottom and line.top < bottom:
            parts = _parts(line, x)
            if len(parts) > 1 and parts[1].left - parts[0].right < _GUTTER * size:
                parts = [line]
            if line.bottom <= top + size and len(parts) == 1:
                # Text that runs across ends what belongs to the tables.
                break
            top = min(top, line.top)
            halves[id(line)] = parts
    sides: list[Item] = [part for parts in halves.values() for part in parts]
    sides += [table for table in tables if top <= table.top < bottom]
    others = [line for line in lines if id(line) not in halves]
    apart = [table for table in tables if not top <= table.top < bottom]
    columns: list[list[Item]] = [
        [*(line for line in others if line.top < top), *(table for table in apart if table.top < top)],
        [item for item in sides if item.left < x],
        [item for item in sides if item.left >= x],
    ]
    below = [line for line in others if line.top >= top], [table for table in apart if table.top >= bottom]
    return [*(sorted(column, key=_place) for column in columns if column), *columns_of(*below, size)]


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
    return [line_of(words) for words in sides if words]
