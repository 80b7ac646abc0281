"""Red stamps on colour pages: their ink is taken away by its colour, and what is printed below it stays.

All is measured against the paper beside it, be it grey or in shadow: what a stamp leaves of red light is nearly the
paper's, so a page whose stamps were made white would be brighter there than anywhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from crawler.documents.picture.bits import packed
from crawler.documents.picture.marks import marks_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

_COLOURED, _HARDLY_COLOURED = 40, 15
"""Shades by which red light is brighter than the rest where a stamp is, and where its strokes are thin."""
_FEW = 200
"""Pixels: so few of them are no stamp."""
_UNITS = 60
"""A page's shorter side is so many units: about as many characters."""
_STAMP, _LONGEST_STAMP, _GAP = 4.0, 2.2, 4
"""Units: the smallest stamp; how much longer than wide it may be; how far apart its pieces are at most."""
_DENSITIES = np.log(256.0 / (np.arange(256, dtype=np.float32) + 1.0)).astype(np.float32)
_SEAL_SHARE, _SEAL_MARGIN, _FULL = 60, 1.1, 70
"""Per cent of a seal's points that are no darker in its own colour's light, for how dark they are in the others;
the rest has print below it. What noise adds to that. Per cent of them that have no more of its colour."""
_PAPER, _STEP = 4, 4
"""Units: the paper is seen within so many of each point; one point in so many is looked at."""
_NEAR = 15
"""Pixels around coloured ink in which its rims lie."""
_PALEST = 0.05
"""The least density of colour that is told from noise."""
_LEFT = 0.25
"""The share of a stamp's darkness that may be left of it; print is darker."""
_PALE, _LONG = 240.0, 2.5
"""A line under a stamp is darker, and goes on for so many units."""
_WINDOW, _NOISE = 7, 30.0
"""Pixels in which colour follows light; the square of the shades by which noise makes light differ."""


def without_stamps(pixels: Pixels) -> Pixels:
    """The grey page; the red ink of large round marks is gone, what is printed below it stays."""
    if pixels.ndim == 2:  # noqa: PLR2004 (already grey)
        return pixels
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    blue, green, red = cv2.split(pixels)
    colour = cv2.subtract(red, cv2.max(blue, green))
    reddish = cv2.threshold(colour, _COLOURED, 255, cv2.THRESH_BINARY)[1]
    if cv2.countNonZero(reddish) < _FEW:
        return grey
    unit = max(min(grey.shape) // _UNITS, 4)
    stamps = _stamps(reddish, unit)
    covered = cv2.bitwise_and(reddish, stamps)
    if not covered.any():
        return grey
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    room = _PAPER * unit
    part = np.s_[
        max(int(rows[0]) - room, 0) : int(rows[-1]) + room + 1,
        max(int(columns[0]) - room, 0) : int(columns[-1]) + room + 1,
    ]
    bare = grey.copy()
    bare[part] = _print_alone(np.ascontiguousarray(pixels[part]), covered[part], unit)
    # The thin strokes of a stamp's letters are paler than its rim.
    pale = cv2.bitwise_and(cv2.threshold(colour, _HARDLY_COLOURED, 255, cv2.THRESH_BINARY)[1], stamps)
    near = cv2.dilate(cv2.bitwise_or(covered, pale), np.ones((_NEAR, _NEAR), np.uint8))
    return np.asarray(cv2.copyTo(bare, near, grey))


def _print_alone(pixels: Pixels, covered: Pixels, unit: int) -> Pixels:
    """The grey picture as it were without the stamp whose points are `covered`."""
    paper = _paper(pixels, unit)
    own = cv2.divide(pixels, np.maximum(paper, 1), scale=255)
    is_seal = covered > 0
    in_red, coloured = _densities(own)
    # Where print is darkest, what colour it has is noise.
    full = float(np.percentile(coloured[is_seal], _FULL))
    # Print in the middle of a stamp's strokes is as it is; at their rims the colour is too pale.
    inside = np.minimum(coloured / max(full, _PALEST), 1)
    red_at_rims, coloured_at_rims = _densities(_with_sharp_colour(own))
    in_red = inside * in_red + (1 - inside) * red_at_rims
    coloured = np.minimum(inside * coloured + (1 - inside) * coloured_at_rims, full)
    shares = in_red[is_seal] / np.maximum(coloured[is_seal], _PALEST)
    share = float(np.percentile(shares, _SEAL_SHARE)) * _SEAL_MARGIN
    alone = np.exp(-np.maximum(in_red - share * coloured, 0)) * np.float32(255)
    # Where its strokes are thin, a stamp's colour is too pale to tell all of its ink.
    seal = float(np.median(cv2.cvtColor(own, cv2.COLOR_BGR2GRAY)[is_seal]))
    alone[(alone > 255 - _LEFT * (255 - seal)) & ~_on_lines(alone, unit)] = 255
    alone *= cv2.cvtColor(paper, cv2.COLOR_BGR2GRAY) / np.float32(255)
    return np.asarray(alone.astype(np.uint8), dtype=np.uint8)


def _on_lines(alone: NDArray[np.float32], unit: int) -> NDArray[np.bool_]:
    """Where pale lines of a table may lie or stand: no stroke of a stamp is as long."""
    pale = (alone < _PALE).astype(np.uint8)
    long = round(_LONG * unit)
    lying = cv2.morphologyEx(cv2.dilate(pale, np.ones((3, 1), np.uint8)), cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    standing = cv2.morphologyEx(
        cv2.dilate(pale, np.ones((1, 3), np.uint8)), cv2.MORPH_OPEN, np.ones((long, 1), np.uint8)
    )
    return np.asarray(cv2.bitwise_or(lying, standing) > 0, dtype=np.bool_)


def _densities(pixels: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How dense the inks are in red light, and how much denser in the others.

    Inks that lie on each other add their densities: print darkens red light alone, a seal the others far more.
    """
    in_red, in_others = _DENSITIES[pixels[:, :, 2]], _DENSITIES[pixels[:, :, :2].max(axis=2)]
    return in_red, np.maximum(in_others - in_red, 0)


def _stamps(reddish: Pixels, unit: int) -> Pixels:
    """255 in the boxes around red ink that is together as large and as round as stamps."""
    # Thick lines of a table part a stamp's rim: beside them its colour is lost.
    gap = _GAP * unit
    joined = packed(reddish).closed(gap, gap).pixels
    stamps = np.zeros_like(reddish)
    for left, top, across, down, _ in marks_of(joined).boxes.tolist():
        if min(across, down) > _STAMP * unit and max(across, down) < _LONGEST_STAMP * min(across, down):
            stamps[max(top - unit, 0) : top + down + unit, max(left - unit, 0) : left + across + unit] = 255
    return stamps


def _paper(pixels: Pixels, unit: int) -> Pixels:
    """The page's paper, in each colour, as if nothing were printed on it."""
    small = cv2.resize(pixels, None, fx=1 / _STEP, fy=1 / _STEP, interpolation=cv2.INTER_AREA)
    window = max(_PAPER * unit // _STEP, 3) | 1
    bright = cv2.dilate(small, np.ones((window, window), np.uint8))
    paper = cv2.GaussianBlur(bright, (window, window), 0)
    return cv2.resize(paper, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)


def _with_sharp_colour(pixels: Pixels) -> Pixels:
    """The picture with colour that ends where its light does.

    JPEG keeps one point of colour in four: at the rim of a stamp its colour fades before its ink does, and the rim
    looks like print. Near each point colour is taken as what light, equally blurred, tells of it.
    """
    luma, *chroma = (each.astype(np.float32) for each in cv2.split(cv2.cvtColor(pixels, cv2.COLOR_BGR2YCrCb)))
    height, width = luma.shape
    half = cv2.resize(luma, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    blurred = cv2.resize(half, (width, height), interpolation=cv2.INTER_LINEAR)
    window = (_WINDOW, _WINDOW)
    mean = cv2.blur(blurred, window)
    variance = cv2.blur(blurred * blurred, window) - mean * mean + _NOISE
    sharp = [luma]
    for colour in chroma:
        mean_colour = cv2.blur(colour, window)
        slope = (cv2.blur(blurred * colour, window) - mean * mean_colour) / variance
        level = mean_colour - slope * mean
        sharp.append(cv2.blur(slope, window) * luma + cv2.blur(level, window))
    merged = np.clip(cv2.merge(sharp), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(merged, cv2.COLOR_YCrCb2BGR), dtype=np.uint8)
