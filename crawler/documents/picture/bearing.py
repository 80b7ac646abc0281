"""Which lines of a page bear a table, and which are strokes of letters: what they end on, and what is beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from crawler.documents.picture.cells import Box
from crawler.documents.picture.cleaning import connected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

    Marks = NDArray[np.bool_]

_SURELY_RULE = 6.0
_SAME = 0.35
"""Ems: no line is thicker."""
_SOLID, _UNBROKEN = 0.9, 0.97
_TOUCHED, _HARDLY_TOUCHED = 0.3, 0.12
_END = 3
_IN_LINE = 2
_PALE = 150
"""No print is so pale all along."""
_LONG = 2.0
_TORN = 1.8
"""Ems: lines that the page cuts off are longer; strokes of a heading above or below a table are not."""
_TORN_TOO, _MANY = 0.9, 3
"""Ems: where so many longer lines are cut off, shorter ones are."""
_CORNER, _NEAR = 0.25, 0.15
"""Ems by which a line may miss the line that it ends on; a short one, which may be a stroke of a digit, by less."""


def ending_on(lines: Marks, others: Marks, ink: Marks, grey: Pixels, em: float) -> Marks:
    """The lines (lying) both ends of which lie on one of the others, or at the edge: strokes of letters do not.

    The feet of digits that fill a narrow cell do; but they have gaps, and the digits stand on them.
    """
    width = lines.shape[1]
    near, far, edge = max(round(em * _NEAR), 3), max(round(em * _CORNER), 3), max(round(em * 0.6), 8)
    count, labels, stats, _ = connected(lines.astype(np.uint8))
    kept = np.zeros(count, dtype=bool)
    # The long ones first: where the page tears many, it tears short ones too.
    torn = {True: 0, False: 0}
    for number in sorted(range(1, count), key=lambda number: -int(stats[number, cv2.CC_STAT_WIDTH])):
        left, top, across, down = (int(value) for value in stats[number, :4])
        reach = far if across > _LONG * em else near
        first, last = max(top - reach, 0), top + down + reach
        kept[number] = across > _SURELY_RULE * em or (
            all(
                (
                    not edge <= end <= width - edge
                    and (across > _TORN * em or (across > _TORN_TOO * em and torn[end < edge] >= _MANY))
                )
                or others[first:last, max(end - reach, 0) : end + reach + 1].any()
                for end in (left, left + across - 1)
            )
            and _is_bare(ink, grey, Box(left, top, left + across, top + down), em)
        )
        if kept[number]:
            torn[True] += left < edge
            torn[False] += left + across > width - edge
    return np.asarray((kept | _continuing(np.asarray(stats), kept, em))[labels], dtype=np.bool_)


def supported(lines: Marks, em: float) -> Marks:
    """The upright lines without those of one low row that go on neither above nor below: strokes of digits."""
    _, labels, stats, middles = connected(lines.astype(np.uint8))
    is_long = stats[:, cv2.CC_STAT_HEIGHT] > _LONG * em
    is_long[0] = False
    if not is_long.any():
        return lines
    apart = np.abs(middles[:, 0][:, None] - middles[is_long, 0]).min(axis=1)
    kept = apart <= _IN_LINE + 1
    kept[0] = False
    return np.asarray(kept[labels], dtype=np.bool_)


def _continuing(stats: NDArray[Any], kept: Marks, em: float) -> Marks:
    """The pieces of a line that a seal or a blot has broken: those that lie in line with a long piece."""
    levels = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] / 2
    wide, thick = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    long = levels[kept & (wide > _LONG * em)]
    if not len(long):
        return np.zeros_like(kept)
    near = np.abs(levels[:, None] - long).min(axis=1) <= _IN_LINE
    found = near & (wide >= em) & (thick <= max(em * _SAME, 5))
    found[0] = False
    return np.asarray(found, dtype=np.bool_)


def _is_bare(ink: Marks, grey: Pixels, line: Box, em: float) -> bool:
    """Is this line (lying) without gaps, and free above and below?

    A long one without any gap may have print on one side.
    """
    left, top, right, bottom = line
    solid = ink[top:bottom, left:right].any(axis=0).mean()
    if np.percentile(grey[top:bottom, left:right].min(axis=0), 10) > _PALE:
        solid = 1.0  # a hairline: print is nowhere so pale
    # At its ends other lines begin.
    inner = slice(left + _END, max(right - _END, left + _END + 1))
    above, below = ink[max(top - 2, 0) : top, inner], ink[bottom : bottom + 2, inner]
    is_long = right - left > _LONG * em
    touched = _TOUCHED if is_long else _HARDLY_TOUCHED
    free = sum(side.size == 0 or side.mean() <= touched for side in (above, below))
    return bool((free == 2 and solid >= _SOLID) or (free == 1 and solid >= _UNBROKEN and is_long))  # noqa: PLR2004 (both)
