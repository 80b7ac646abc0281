"""Straight lines of a page: how much darker than its ground each stretch of it is, wherever it is looked at.

A ruling line may be solid, dashed, dotted or so thin that the scan left a shade of it. What all of them
have, and print has not, is that every stretch of one is about as dark as the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.drawn import looks
from crawler.documents.picture.marks import connected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

    Marks = NDArray[np.bool_]
    Values = NDArray[np.float64]

_LONG_ACROSS, _LONG_DOWN = 4.0, 2.0
"""Ems: the shortest piece."""
_THICKEST = 0.45
"""Ems: what is thicker is an area."""
_STEP = 4
"""Along lines one pixel in so many is enough."""
_STRETCH = 0.7
"""Ems over which gaps between dashes and noise are evened out."""
_DARKER = 12.0
"""Shades by which a line is darker than noise makes the ground."""
_HALF = 0.5
_SURELY = 6.0
"""Ems: no row of strokes is as even for so long."""
_TWINS, _MEETING = 0.4, 0.15
"""Ems: the widest gap of a double line, the widest between lines that meet."""
_PAIRED = 0.5
"""Ems by which the halves of a double line may differ in where they begin and end."""
MAX_PIECES = 6000
"""Of one direction; a page of small print has 2,000."""


class Pieces(NamedTuple):
    """Straight pieces, all lying or all upright, one at each place of the arrays.

    `at` is the middle across the direction, `thick` how wide; `start` and `end` are where they are along it, in
    pixels. `is_drawn`, `is_likely`: see `Look`. `labels` holds the number of the piece at each point, 0 where
    there is none (along the direction one point in _STEP); the arrays' first entry is no piece.
    """

    at: Values
    start: Values
    end: Values
    thick: Values
    is_drawn: Marks
    is_likely: Marks
    labels: NDArray[np.int32]

    @property
    def length(self) -> Values:
        """Of each, in pixels."""
        return self.end - self.start

    def drawn(self, kept: Marks, width: int, limits: tuple[Values, Values] | None = None) -> Marks:
        """The points of those pieces, as lying lines of a picture of that width; each between its limits."""
        low = np.asarray(kept[self.labels], dtype=np.uint8)
        if limits is not None:
            along = np.arange(low.shape[1]) * _STEP
            low &= (along >= limits[0][self.labels]) & (along <= limits[1][self.labels])
        return np.asarray(cv2.resize(low, (width, len(low)), interpolation=cv2.INTER_NEAREST) > 0)


def lying_pieces(grey: Pixels, em: float) -> Pieces:
    """The long straight pieces that lie on a page whose characters are `em` pixels high."""
    return _pieces(_shades(grey, em), em, _LONG_ACROSS)


def upright_pieces(grey: Pixels, across: Pieces, em: float) -> Pieces:
    """Those that stand, as lying ones of the turned page; where a line lies (`across`), they are not broken."""
    crossed = across.drawn(across.is_drawn & (across.length >= _SURELY * em), grey.shape[1])
    return _pieces(_bridged(_shades(cv2.transpose(grey), em), crossed, em), em, _LONG_DOWN)


def _bridged(shades: Pixels, crossed: Marks, em: float) -> Pixels:
    """The shades of lines with those gaps filled in which lines of the other direction, or their twins, cross."""
    wide = max(round(em * _TWINS), 3)
    twins = cv2.morphologyEx(crossed.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((wide, 1), np.uint8))
    twins = cv2.dilate(twins, np.ones((_STEP + 1, 1), np.uint8))
    turned = np.ascontiguousarray(twins.T)
    small = cv2.resize(turned * np.uint8(255), shades.shape[::-1], interpolation=cv2.INTER_AREA)
    starts = int((np.diff(twins.astype(np.int8), axis=0) > 0).sum())
    thick = float(twins.sum()) / starts if starts else 0.0
    gap = max(round((thick + em * _MEETING) / _STEP), 1) | 1
    filled = cv2.morphologyEx(shades, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    return np.where(small > 0, filled, shades)


def _shades(grey: Pixels, em: float) -> Pixels:
    """How much darker each point is than what is above and below, if that is near; along lines one in _STEP."""
    reach = max(round(em * _THICKEST), 4) | 1
    hat = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((reach, 1), np.uint8))
    small = cv2.resize(hat, (max(grey.shape[1] // _STEP, 1), len(grey)), interpolation=cv2.INTER_AREA)
    # A line may lean by a pixel.
    return cv2.dilate(small, np.ones((3, 1), np.uint8))


def _pieces(shades: Pixels, em: float, least: float) -> Pieces:
    """The pieces in a picture of shades that go on for `least` ems, every stretch of them darker than the ground."""
    wide = max(round(em * _STRETCH / _STEP), 1) | 1
    even = cv2.blur(shades, (wide, 1))
    long = cv2.morphologyEx(even, cv2.MORPH_OPEN, np.ones((1, max(round(em * least / _STEP), 2)), np.uint8))
    reach = max(round(em * _THICKEST), 4) | 1
    # The middle of a line is darker than its rims, and its last stretch is half outside.
    peak = cv2.dilate(long, np.ones((reach, wide), np.uint8))
    mask = (long >= float(np.median(even)) + _DARKER) & (long >= peak * _HALF)
    count, labels, stats, middles = connected(mask.astype(np.uint8))
    if count > MAX_PIECES:
        return _pieces(np.zeros_like(shades), em, least)
    thick = stats[:, cv2.CC_STAT_HEIGHT].astype(np.float64)
    start = stats[:, cv2.CC_STAT_LEFT].astype(np.float64) * _STEP
    end = start + stats[:, cv2.CC_STAT_WIDTH] * _STEP
    is_drawn, is_likely = np.zeros((2, count), dtype=np.bool_)
    for number, look in enumerate(looks(shades, even, stats[1:, :4], em, _STEP), start=1):
        is_drawn[number], is_likely[number] = look
    is_drawn |= _twins(middles[:, 1], start, end, is_likely, em)
    return Pieces(middles[:, 1], start, end, thick, is_drawn, is_likely, labels)


def _twins(at: Values, start: Values, end: Values, is_likely: Marks, em: float) -> Marks:
    """Which likely pieces are one of the two halves of a double line, long, and from the same place to the same."""
    own = np.flatnonzero(is_likely & (end - start >= _SURELY * em))
    apart = np.abs(at[own, None] - at[own])
    near = _PAIRED * em
    pairs = (apart <= _TWINS * em) & (np.abs(start[own, None] - start[own]) <= near)
    pairs &= (np.abs(end[own, None] - end[own]) <= near) & ~np.eye(len(own), dtype=np.bool_)
    found = np.zeros(len(at), dtype=np.bool_)
    found[own] = pairs.any(axis=1)
    return found
