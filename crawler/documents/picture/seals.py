"""Grey seals: found by their round rim around a star or an emblem.

The rim and the letters of a red seal on a grey scan, or on a copy, look like lines and characters of the table below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.bits import packed
from crawler.documents.picture.marks import placed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

_STAR, FILLED = 0.9, 0.5
"""Ems: no seal is without a star or an emblem that is filled; no heading's stroke is as thick."""
_SMALLEST, _LARGEST = 3.0, 12.0
"""Ems: the radius of the rim."""
_CANDIDATES, _TRIED = 8, 6
_TURN = np.arange(360) * (2 * np.pi / 360)
_OFF, _OFF_SHARE = 0.35, 0.09
"""By how much a star is not in the middle of its rim: ems, or a share of the radius where that is more."""
_REACH, _NEAR = 0.5, 0.1
"""Ems from the circle that was found, and from the one that fits it best, in which the rim is looked for."""
_ROUND, _FEW = 0.85, 60
"""The share of its angles at which a rim is inked; so few of them fit no circle."""
_THICKEST = 0.5
"""Ems: a thicker rim is none."""


class Seal(NamedTuple):
    """Where a seal's rim lies, in pixels, and how thick it is."""

    x: float
    y: float
    radius: float
    thick: float

    def covers(self, left: int, top: int, right: int, bottom: int) -> bool:
        """Does the seal lie over a part of this box?"""
        across = max(left - self.x, self.x - right, 0.0)
        down = max(top - self.y, self.y - bottom, 0.0)
        return bool(np.hypot(across, down) <= self.radius + self.thick)


def find_seals(ink: Pixels, em: float) -> list[Seal]:
    """The round seals on a page, each around a star or an emblem."""
    side = max(round(em * FILLED), 7)
    filled = packed(ink).opened(side, side)
    if not filled.any():
        return []
    stats, middles = placed(filled.pixels)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    order = np.argsort(-stats[:, cv2.CC_STAT_AREA])
    stars = [number for number in order.tolist() if sides[number].min() >= _STAR * em]
    seals: list[Seal] = []
    for number in stars[:_CANDIDATES]:
        x, y = middles[number].tolist()
        if not any(np.hypot(x - one.x, y - one.y) < one.radius for one in seals):
            rims = (_fitted(ink, Seal(x, y, radius, 0.0), em) for radius in _rims(ink, x, y, em))
            seals += [seal for seal in rims if seal is not None][:1]
    return seals


def _rims(ink: Pixels, x: float, y: float, em: float) -> list[float]:
    """The radii of the circles around a point that are inked most."""
    radii = np.arange(_SMALLEST * em, _LARGEST * em)
    points = _around(ink, Seal(x, y, 0.0, 0.0), radii, _TURN) > 0
    wide = max(round(em * _OFF), 1)
    off, place = np.maximum(_OFF_SHARE * radii, wide).astype(np.intp), np.arange(len(radii))
    counts = np.cumsum(np.pad(points, ((0, 0), (1, 0))), axis=1)
    last, first = np.minimum(place + off + 1, len(radii)), np.maximum(place - off, 0)
    inked = (counts[:, last] > counts[:, first]).mean(axis=0)
    best = np.argsort(-inked, kind="stable")
    chosen: list[float] = []
    for place in best.tolist():
        if inked[place] < _ROUND or len(chosen) == _TRIED:
            break
        if all(abs(float(radii[place]) - other) > wide for other in chosen):
            chosen.append(float(radii[place]))
    return chosen


def _fitted(ink: Pixels, seal: Seal, em: float) -> Seal | None:
    """The circle that fits the rim near that one; None where there is no rim all around."""
    far = max(_REACH * em, _OFF_SHARE * seal.radius + _NEAR * em)
    for reach in (far, far / 2, far / 2):
        radii = np.arange(max(seal.radius - reach, 1.0), seal.radius + reach, 0.5)
        points = _around(ink, seal, radii, _TURN) > 0
        at = points.any(axis=1)
        if at.sum() < _FEW:
            return None
        middle = (points * radii).sum(axis=1)[at] / points.sum(axis=1)[at]
        terms = np.stack([np.ones(at.sum()), np.cos(_TURN[at]), np.sin(_TURN[at])], axis=1)
        kept = np.ones(len(middle), dtype=bool)
        for _ in range(3):
            (radius, right, down), *_ = np.linalg.lstsq(terms[kept], middle[kept], rcond=None)
            kept = np.abs(terms @ (radius, right, down) - middle) <= max(_NEAR * em, 2.0)
            if kept.sum() < _FEW:
                return None
        seal = Seal(seal.x + float(right), seal.y + float(down), float(radius), 0.0)
    radii = np.arange(seal.radius - _THICKEST * em, seal.radius + _THICKEST * em, 0.5)
    points = _around(ink, seal, radii, _TURN) > 0
    near = np.abs(radii - seal.radius) <= max(_NEAR * em, 2.0)
    if points[:, near].any(axis=1).mean() < _ROUND:
        return None
    thick = float(np.median(points.sum(axis=1))) * 0.5
    return seal._replace(thick=thick) if thick <= _THICKEST * em else None


def _around(pixels: Pixels, seal: Seal, radii: NDArray[Any], angles: NDArray[Any]) -> Pixels:
    """The points of a page at these distances from a seal's middle (across), for each angle (down)."""
    across = seal.x + np.cos(angles)[:, None] * radii
    down = seal.y + np.sin(angles)[:, None] * radii
    return cv2.remap(pixels, across.astype(np.float32), down.astype(np.float32), cv2.INTER_NEAREST)
