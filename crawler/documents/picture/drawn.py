"""Was a straight piece drawn with a ruler, or is it a row of strokes of letters?

What is drawn is solid, or stands alone, or repeats itself; strokes of letters have gaps, other strokes
above and below them, and no rule. Measured on 1,900 lines and 12,000 rows of strokes of worn pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.quantiles import percentiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

    Values = NDArray[Any]

_SOLID = 0.7
"""The palest stretches of a fifth of an em against the dark ones; rows of strokes reach 0.6."""
_FINE = 0.2
_EVEN, _LIKELY_EVEN, _QUITE_EVEN, _VERY_EVEN = 0.35, 0.4, 0.55, 0.65
"""The same of stretches that hold a dash and its gap."""
_ALONE, _FREE = (0.25, 0.45), 0.5
"""How dark it is beside a piece, on the paler and on the darker side."""
_BESIDE = 0.45
_REPEATED, _LIKELY_REPEATED = 0.65, 0.5
"""The likeness of a row of dashes to itself, moved by one."""
_LONGEST_PITCH = 0.85
_STEEP = 12.0
"""Ems in which no line leans by more than a pixel."""


class Look(NamedTuple):
    """What a piece is: `is_drawn` beyond doubt; `is_likely` if both its ends lie on other lines."""

    is_drawn: bool
    is_likely: bool


def looks(shades: Pixels, even: Pixels, boxes: NDArray[np.int32], em: float, step: int) -> Iterator[Look]:
    """For the lying piece in each box (left, top, width, height) of `shades`; `even` are the shades evened out.

    Along the lines the pictures hold one point in `step`.
    """
    fine = cv2.blur(shades, (max(round(em * _FINE / step), 1), 1))
    reach = max(round(em * _BESIDE), 4)
    for left, top, across, tall in boxes.tolist():
        if tall > reach + 2:
            yield Look(is_drawn=False, is_likely=False)
            continue
        first, last = top, top + tall
        if across * step <= _STEEP * em:
            # A short one is where it is darkest; in a row of strokes each point has one at some level.
            best = top + int(even[top : top + tall, left : left + across].mean(axis=1).argmax())
            first, last = max(best - 1, 0), best + 2
        own = np.s_[first:last, left : left + across]
        along = even[own].max(axis=0).astype(np.float32)
        low, high = percentiles(along, 8, 92)
        evenness = low / max(high, 1.0)
        strokes = fine[own].max(axis=0)
        pale, dark = percentiles(strokes, 20, 75)
        is_solid = bool(pale >= _SOLID * max(dark, 1.0))
        if is_solid or evenness < _EVEN:
            yield Look(is_solid, is_solid)
            continue
        columns = slice(left, left + across)
        sides = sorted(
            _darkness(even[max(start, 0) : max(end, 0), columns], along)
            for start, end in ((first - 2 - reach, first - 2), (last + 2, last + 2 + reach))
        )
        is_drawn = bool(sides[0] <= _ALONE[0] and sides[1] <= _ALONE[1])
        is_likely = is_drawn
        if not is_drawn and evenness >= _LIKELY_EVEN and sides[0] <= _FREE:
            repetition = _repetition(shades[own].max(axis=0), em / step)
            is_drawn = evenness >= _QUITE_EVEN and repetition >= _REPEATED
            is_likely = is_drawn or repetition >= _LIKELY_REPEATED or evenness >= _VERY_EVEN
        yield Look(bool(is_drawn), bool(is_likely))


def _darkness(beside: Pixels, along: Values) -> float:
    """How dark a band beside a piece is, as a share of the piece."""
    return float((beside.max(axis=0) / np.maximum(along, 1.0)).mean()) if beside.size else 0.0


def _repetition(profile: Pixels, em: float) -> float:
    """How like a row of shades is to itself when it is moved by the pitch of dashes, at most 1."""
    values = profile.astype(np.float32)
    values -= values.mean()
    power = float(np.square(values).mean())
    if power < 1:
        return 0.0
    most = min(int(em * _LONGEST_PITCH), len(values) // 2)
    likeness = [float((values[pitch:] * values[:-pitch]).mean()) for pitch in range(2, most + 1)]
    return max(likeness, default=0.0) / power
