"""Grey seals: found by their round rim, and wiped where their ink is paler than print.

A red seal on a grey scan, or on a copy, is as dark as pale print. Its rim and its letters look like lines and
characters of the table below; but its ink is of one tone, and what is darker than that tone is print.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.marks import connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

_STAR, _FILLED = 0.9, 0.5
"""Ems: no seal is without a star or an emblem that is filled; no heading's stroke is as thick."""
_SMALLEST, _LARGEST = 3.0, 12.0
"""Ems: the radius of the rim."""
_CANDIDATES, _TRIED = 8, 6
_TURN = np.arange(360) * (2 * np.pi / 360)
_OFF = 0.35
"""Ems by which a star is not in the middle of its rim."""
_REACH, _NEAR = 0.5, 0.1
"""Ems from the circle that was found, and from the one that fits it best, in which the rim is looked for."""
_ROUND, _FEW = 0.85, 60
"""The share of its angles at which a rim is inked; so few of them fit no circle."""
_THICKEST = 0.5
"""Ems: a thicker rim is none."""
_APART, _MARGIN, _NOISE = 20.0, 0.3, 10.0
"""Shades between the seal and print, less than which nobody can tell them apart; how much of that noise may take."""
_LONG = 3.0
"""Ems: no stroke of a seal's letters is as long."""
_DARK_SHARE = 0.06
"""The share of a mark's points that are darker than the seal, from which the mark is print."""


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
    side = max(round(em * _FILLED), 7)
    filled = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    if not filled.any():
        return []
    _, _, stats, middles = connected(filled)
    sides = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA])
    stars = [number for number in order.tolist() if sides[number].min() >= _STAR * em]
    seals: list[Seal] = []
    for number in stars[:_CANDIDATES]:
        x, y = middles[number + 1].tolist()
        if not any(np.hypot(x - one.x, y - one.y) < one.radius for one in seals):
            rims = (_fitted(ink, Seal(x, y, radius, 0.0), em) for radius in _rims(ink, x, y, em))
            seals += [seal for seal in rims if seal is not None][:1]
    return seals


def _rims(ink: Pixels, x: float, y: float, em: float) -> list[float]:
    """The radii of the circles around a point that are inked most."""
    radii = np.arange(_SMALLEST * em, _LARGEST * em)
    points = _around(ink, Seal(x, y, 0.0, 0.0), radii, _TURN) > 0
    wide = max(round(em * _OFF), 1)
    near = cv2.dilate(points.astype(np.uint8), np.ones((1, 2 * wide + 1), np.uint8))
    inked = near.mean(axis=0)
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
    for reach in (_REACH, _REACH / 2, _REACH / 2):
        radii = np.arange(max(seal.radius - reach * em, 1.0), seal.radius + reach * em, 0.5)
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


def without_seals(grey: Pixels, ink: Pixels, seals: list[Seal], em: float) -> Pixels:
    """The page (its ground white) without what of these seals is no darker than a seal."""
    clean = grey.copy()
    for part, own in _parts(grey, seals):
        page, marks = grey[part], ink[part]
        rows, columns = np.ogrid[part]
        apart = np.hypot(columns - own.x, rows - own.y)
        rim = np.abs(apart - own.radius) <= own.thick / 2 + 1
        tone = float(np.median(page[(np.abs(apart - own.radius) <= own.thick / 4 + 0.5) & (marks > 0)]))
        darkest = cv2.erode(page, np.ones((3, 3), np.uint8))
        outside = (apart > own.radius + own.thick) & (marks > 0)
        deep = float(np.percentile(darkest[outside], 20)) if outside.any() else 0.0
        limit = tone - max(_MARGIN * (tone - deep), _NOISE) if tone - deep >= _APART else 0.0
        is_print = darkest < limit
        inside = apart < own.radius + 2 * own.thick
        seal = cv2.dilate(rim.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        side = max(round(em * _FILLED), 7)
        filled = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
        seal |= (cv2.dilate(filled, np.ones((5, 5), np.uint8)) > 0) & (apart < own.radius / 2)
        letters = np.zeros_like(seal)
        if limit:
            rest = cv2.bitwise_and(marks, cv2.bitwise_not(_long_lines(marks, em))) * ((~seal | is_print) & inside)
            count, labels, stats, _ = connected(np.ascontiguousarray(rest))
            dark = np.bincount(labels[is_print & (page < limit)], minlength=count)
            pale = dark < _DARK_SHARE * stats[:, cv2.CC_STAT_AREA]
            pale[0] = False
            letters = cv2.dilate(pale[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        clean[part][(seal | letters) & ~is_print & inside] = 255
    return clean


def _long_lines(ink: Pixels, em: float) -> Pixels:
    """255 where lines of a table lie or stand."""
    long = max(round(em * _LONG), 8)
    lying, standing = (cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(run, np.uint8)) for run in ((1, long), (long, 1)))
    return cv2.dilate(cv2.bitwise_or(lying, standing), np.ones((3, 3), np.uint8))


def _parts(grey: Pixels, seals: list[Seal]) -> Iterator[tuple[tuple[slice, slice], Seal]]:
    """For each seal what of the page it and its surroundings are."""
    height, width = grey.shape
    for seal in seals:
        reach = seal.radius * 1.5
        top, bottom = max(round(seal.y - reach), 0), min(round(seal.y + reach), height)
        left, right = max(round(seal.x - reach), 0), min(round(seal.x + reach), width)
        yield np.s_[top:bottom, left:right], seal
