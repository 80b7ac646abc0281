"""Which lines of a page bear a table, and which are strokes of letters: what they end on, and what is beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from crawler.documents.picture.cells import Box
from crawler.documents.picture.marks import lying_marks
from crawler.documents.picture.quantiles import percentiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

    Marks = NDArray[np.bool_]

_SURELY_RULE = 6.0
_SAME, _THICKENED = 0.35, 0.5
"""Ems: no line is thicker; nor one that a digit touches."""
_SOLID, _UNBROKEN = 0.9, 0.97
_TOUCHED, _HARDLY_TOUCHED = 0.3, 0.12
_GAP = 0.15
_END = 3
_IN_LINE = 2
_BREAK = 0.8
"""Ems of a line that a seal or a fold has wiped away."""
_PALE = 150
"""No print is so pale all along."""
_LONG = 2.0
_TORN = 1.8
"""Ems: lines that the page cuts off are longer; strokes of a heading above or below a table are not."""
_TORN_TOO, _MANY = 0.9, 3
"""Ems: where so many longer lines are cut off, shorter ones are."""
_HEADING = 1.8
"""Ems: the tallest characters of a heading."""
_TWINS = 0.3
"""Ems: the widest gap of a double line."""
_CORNER, _NEAR = 0.25, 0.15
"""Ems by which a line may miss the line that it ends on; a short one, which may be a stroke of a digit, by less."""


def ending_on(lines: Marks, others: Marks, ink: Marks, grey: Pixels, em: float, *, are_turned: bool = False) -> Marks:
    """The lines (lying) both ends of which lie on one of the others, or at the edge: strokes of letters do not.

    The feet of digits that fill a narrow cell do; but they have gaps, and the digits stand on them. Upright lines
    (`are_turned`) may be broken, dashed and thickened: strokes stand beside each other, seldom above each other.
    """
    width = lines.shape[1]
    near, far, edge = max(round(em * _NEAR), 3), max(round(em * _CORNER), 3), max(round(em * 0.6), 8)
    (count, labels, stats, _), rows = lying_marks(lines)
    kept, is_ended = np.zeros((2, count), dtype=bool)
    goes_on = _facing(np.asarray(stats), em) if are_turned else np.zeros((count, 2), dtype=bool)
    gap = max(round(em * _GAP), 2) + 1 if are_turned else 1
    # The long ones first: where the page tears many, it tears short ones too.
    torn = {True: 0, False: 0}
    for number in sorted(range(1, count), key=lambda number: -int(stats[number, cv2.CC_STAT_WIDTH])):
        left, top, across, down = (int(value) for value in stats[number, :4])
        reach = far if across > _LONG * em else near
        first, last = max(top - reach, 0), top + down + reach
        is_ended[number] = all(
            (
                not edge <= end <= width - edge
                and (across > _TORN * em or (across > _TORN_TOO * em and torn[end < edge] >= _MANY))
            )
            or others[first:last, max(end - reach, 0) : end + reach + 1].any()
            or is_facing
            for end, is_facing in zip((left, left + across - 1), goes_on[number].tolist(), strict=True)
        )
        kept[number] = across > _SURELY_RULE * em or (
            is_ended[number] and _is_bare(ink, grey, Box(left, top, left + across, top + down), em, gap)
        )
        if kept[number]:
            torn[True] += left < edge
            torn[False] += left + across > width - edge
    strokes = np.zeros_like(lines)
    if are_turned:
        long = np.flatnonzero(~kept[1:] & (stats[1:, cv2.CC_STAT_WIDTH] > _LONG * em)) + 1
        for number, line, own in _without_headings(np.asarray(stats), long, others, em):
            if _is_bare(ink, grey, own, em, gap):
                kept[number] = True
                strokes[line.top : line.bottom, line.left : own.left] = True
                strokes[line.top : line.bottom, own.right : line.right] = True
    kept |= _continuing(np.asarray(stats), kept, is_ended if are_turned else None, em)
    found = np.zeros(lines.shape, dtype=np.bool_)
    found[rows] = kept[labels]
    return found & ~strokes


def _without_headings(
    stats: NDArray[Any], numbers: NDArray[np.intp], others: Marks, em: float
) -> Iterator[tuple[int, Box, Box]]:
    """Of these lines those that a stroke of a heading prolongs: the number, the line, and what is from line to line.

    A heading may touch the last line of the table above it, or the first of the one below.
    """
    if not len(numbers):
        return
    sure = cv2.morphologyEx(
        others.astype(np.uint8), cv2.MORPH_OPEN, np.ones((max(round(_SURELY_RULE * em), 8), 1), np.uint8)
    )
    for number in numbers.tolist():
        left, top, across, down = (int(value) for value in stats[number, :4])
        crossed = np.flatnonzero(sure[top : top + down, left : left + across].any(axis=0))
        if not len(crossed) or max(crossed[0], across - 1 - crossed[-1]) > _HEADING * em:
            continue
        own = Box(left + int(crossed[0]), top, left + int(crossed[-1]) + 1, top + down)
        if own.right - own.left > _LONG * em:
            yield number, Box(left, top, left + across, top + down), own


def _facing(stats: NDArray[Any], em: float) -> Marks:
    """For each line (lying), does another begin where it is broken off, before its start and behind its end?"""
    start, wide = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_WIDTH]
    level = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] / 2
    is_level = np.abs(level[:, None] - level) <= _IN_LINE
    is_level[:, 0] = False
    gap = start[:, None] - (start + wide)
    is_near = is_level & (gap > 0) & (gap <= _BREAK * em)
    return np.stack([is_near.any(axis=1), is_near.T.any(axis=1)], axis=1)


def supported(lines: Marks, em: float) -> Marks:
    """The upright lines without those of one low row that go on neither above nor below: strokes of digits."""
    # Double lines part a line of the table into one piece for each row.
    twins = np.ones((1, 2 * max(round(em * _TWINS / 2), 1) + 1), np.uint8)
    turned = np.ascontiguousarray(lines.T).view(np.uint8)
    (_, labels, stats, middles), rows = lying_marks(cv2.morphologyEx(turned, cv2.MORPH_CLOSE, twins) > 0)
    left = stats[:, cv2.CC_STAT_TOP]
    right = left + stats[:, cv2.CC_STAT_HEIGHT] - 1
    is_long = stats[:, cv2.CC_STAT_WIDTH] > _LONG * em
    is_long[0] = False
    if not is_long.any():
        return lines
    long = middles[is_long, 1]
    # A digit that touches a line makes a wide one of it.
    apart = np.maximum(left[:, None] - long, long - right[:, None]).min(axis=1)
    kept = apart <= _IN_LINE + 1
    kept[0] = False
    found = np.zeros(turned.shape, dtype=np.bool_)
    found[rows] = kept[labels]
    return np.asarray(found.T & lines, dtype=np.bool_)


def _continuing(stats: NDArray[Any], kept: Marks, is_ended: Marks | None, em: float) -> Marks:
    """The pieces of a line that a seal or a blot has broken: those that lie in line with a long piece.

    Where it is known that both their ends lie on other lines, a digit may have thickened them.
    """
    top, thick = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
    levels, wide = top + thick / 2, stats[:, cv2.CC_STAT_WIDTH]
    long = levels[kept & (wide > _LONG * em)]
    if not len(long):
        return np.zeros_like(kept)
    near = (np.abs(levels[:, None] - long).min(axis=1) <= _IN_LINE) & (thick <= max(em * _SAME, 5))
    if is_ended is not None:
        beside = np.maximum(top[:, None] - long, long - (top + thick)[:, None]).min(axis=1)
        near |= is_ended & (beside <= 0) & (thick <= max(em * _THICKENED, 5))
    found = near & (wide >= em)
    found[0] = False
    return np.asarray(found, dtype=np.bool_)


def _is_bare(ink: Marks, grey: Pixels, line: Box, em: float, gap: int) -> bool:
    """Is this line (lying) without gaps, but those narrower than `gap` pixels, and free above and below?

    A long one without any gap may have print on one side.
    """
    left, top, right, bottom = line
    inked = np.asarray(ink[top:bottom, left:right].any(axis=0), dtype=np.uint8)[None]
    # Thick dashes have narrower gaps than strokes.
    solid = cv2.morphologyEx(inked, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8)).mean()
    if percentiles(grey[top:bottom, left:right].min(axis=0), 10)[0] > _PALE:
        solid = 1.0  # a hairline: print is nowhere so pale
    # At its ends other lines begin.
    inner = slice(left + _END, max(right - _END, left + _END + 1))
    above, below = ink[max(top - 2, 0) : top, inner], ink[bottom : bottom + 2, inner]
    is_long = right - left > _LONG * em
    touched = _TOUCHED if is_long else _HARDLY_TOUCHED
    free = sum(side.size == 0 or side.mean() <= touched for side in (above, below))
    return bool((free == 2 and solid >= _SOLID) or (free == 1 and solid >= _UNBROKEN and is_long))  # noqa: PLR2004 (both)
