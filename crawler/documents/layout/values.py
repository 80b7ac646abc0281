"""The columns of numbers of a table without upright lines, by the order of the numbers in its full rows."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout.alignment import APART, columns_of, torn
from crawler.documents.layout.regions import STARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.alignment import AlignedRow, Part

    Interval = tuple[float, float]

_MIN_COUNT = 3
_MIN_ALONE = 4
_SEEDS = 6
_AGREEING = 0.6
_LETTER = 1.4
_TOUCH = 2.0


class Columns(NamedTuple):
    """The rows torn at their columns, the columns as intervals of x, and the first of those with numbers."""

    rows: list[AlignedRow]
    columns: list[Interval]
    values: int


def with_values(rows: Sequence[AlignedRow], size: float) -> Columns | None:
    """The columns where rows with the same count of numbers tell them; None where they do not.

    Numbers of one column stand at its left, middle and right from row to row, so that none need stand
    under another; but the third number of every full row is the third column's.
    """
    groups: dict[int, list[Sequence[Part]]] = defaultdict(list)
    for row in rows:
        if row.numbers >= _MIN_COUNT:
            groups[row.numbers].append([part for part in row.parts if part.is_number])
    for count in sorted(groups, key=lambda count: (len(groups[count]), count), reverse=True):
        intervals = _intervals(groups[count]) if len(groups[count]) > 1 else _alone(groups[count][0], rows)
        if intervals is not None and _is_sound(intervals, rows, size):
            return _placed(rows, intervals, size)
    return None


def _intervals(lists: Sequence[Sequence[Part]]) -> list[Interval] | None:
    """Where the first, second, … parts of lists of one length stand; None where most disagree."""
    best: list[Interval] | None = None
    most = 0
    for seed in lists[:_SEEDS]:
        held = [(part.left, part.right) for part in seed]
        agreeing = 0
        for parts in lists:
            wider = [(min(a, part.left), max(b, part.right)) for (a, b), part in zip(held, parts, strict=True)]
            if all(before[1] < after[0] for before, after in pairwise(wider)):
                held = wider
                agreeing += 1
        if agreeing > most:
            best, most = held, agreeing
    return best if most >= max(2, _AGREEING * len(lists)) else None


def _alone(parts: Sequence[Part], rows: Sequence[AlignedRow]) -> list[Interval] | None:
    """Where the columns stand that a single row of numbers has, and the lines of its head."""
    if len(parts) < _MIN_ALONE:
        # The heads of as many columns, behind that of the labels.
        heads = [row.parts[-len(parts) :] for row in rows if not row.numbers and len(row.parts) == len(parts) + 1]
        return _intervals([parts, *heads]) if heads else None
    size = parts[0].words[0].bottom - parts[0].words[0].top
    left = parts[0].left - size
    columns = columns_of(
        [
            row._replace(parts=tuple(part for part in row.parts if part.left > left and _is_letter(part)))
            for row in rows
            if not row.numbers
        ]
    )
    if len(columns) < len(parts):
        return [(part.left, part.right) for part in parts]
    places = [_nearest(part, columns) for part in parts]
    if len(columns) == len(parts) and len(set(places)) < len(parts):
        places = list(range(len(parts)))
    if any(after <= before for before, after in pairwise(places)):
        return None
    for place, part in zip(places, parts, strict=True):
        columns[place] = (min(columns[place][0], part.left), max(columns[place][1], part.right))
    return columns if all(before[1] < after[0] for before, after in pairwise(columns)) else None


def _is_letter(part: Part) -> bool:
    """Heads of narrow columns are written one letter below the other."""
    return part.right - part.left < _LETTER * (part.words[0].bottom - part.words[0].top)


def _is_sound(intervals: Sequence[Interval], rows: Sequence[AlignedRow], size: float) -> bool:
    """Does no line have two parts in one of the columns? Else a column was missed."""
    bound = intervals[0][0] - size
    for row in rows:
        inside = [part for part in row.parts if part.left > bound]
        for before, after in pairwise(inside):
            if not (before.is_number and after.is_number) and after.left - before.right < APART * size:
                continue
            if _nearest(before, intervals) == _nearest(after, intervals):
                return False
    return True


def _nearest(part: Part, intervals: Sequence[Interval]) -> int:
    middle = (part.left + part.right) / 2
    return min(
        range(len(intervals)), key=lambda number: max(intervals[number][0] - middle, middle - intervals[number][1], 0.0)
    )


def _placed(rows: Sequence[AlignedRow], intervals: list[Interval], size: float) -> Columns:
    bound = _bound(rows, intervals)
    labels = _labels(rows, bound)
    columns = [*_label_columns(labels), *intervals]
    done = [_without_numerals(torn(row, columns, size), bound) for row in rows]
    labels = _labels(done, bound)
    columns = [*_label_columns(labels), *intervals]
    return Columns(done, columns, len(columns) - len(intervals))


def _label_columns(rows: Sequence[AlignedRow]) -> list[Interval]:
    """The columns of labels: between two of them is a gap in every line that has both."""
    gaps = sorted(
        (
            # The numeral of a row's label proves that a label begins there.
            (min(before.right, after.left), max(before.right, after.left), 1 + (STARTS.match(after.text) is not None))
            for row in rows
            for before, after in pairwise(row.parts)
        ),
        key=lambda gap: gap[1] - gap[0],
    )
    borders: list[Interval] = []
    counts: list[int] = []
    for left, right, weight in gaps:
        met = [number for number, (start, end) in enumerate(borders) if left < end and start < right]
        for number in met:
            counts[number] += weight
        if len(met) == 1:
            start, end = borders[met[0]]
            borders[met[0]] = (max(left, start), min(right, end))
        elif not met:
            borders.append((left, right))
            counts.append(weight)
    places = sorted((a + b) / 2 for (a, b), count in zip(borders, counts, strict=True) if count > 1 or len(gaps) == 1)
    columns: list[Interval] = []
    parts = [part for row in rows for part in row.parts]
    for start, end in pairwise([float("-inf"), *places, float("inf")]):
        inside = [part for part in parts if start <= (part.left + part.right) / 2 <= end]
        own = [part for part in inside if part.left > start - _TOUCH and part.right < end + _TOUCH] or inside
        if own:
            columns.append((max(min(part.left for part in own), start), min(max(part.right for part in own), end)))
    return columns


def _bound(rows: Sequence[AlignedRow], intervals: Sequence[Interval]) -> float:
    """The x between labels and numbers."""
    left = intervals[0][0]
    ends = [
        part.right for row in rows if row.numbers for part in row.parts if not part.is_number and part.right <= left
    ]
    # A number may stand left of those of the full rows.
    return 0.75 * max(ends, default=left) + 0.25 * left


def _labels(rows: Sequence[AlignedRow], bound: float) -> list[AlignedRow]:
    kept = [row._replace(parts=tuple(part for part in row.parts if part.right <= bound)) for row in rows]
    return [row for row in kept if row.parts]


def _without_numerals(row: AlignedRow, bound: float) -> AlignedRow:
    """The row with a label's own number as text."""
    parts = tuple(part._replace(is_number=part.is_number and part.left + part.right > 2 * bound) for part in row.parts)
    return row._replace(parts=parts, numbers=sum(part.is_number for part in parts))
