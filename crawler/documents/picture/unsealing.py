"""Grey seals wiped from a page, and what is printed below them kept.

A red seal on a grey scan, or on a copy, is as dark as pale print. Its rim and its star are where its circle says:
there the page is divided by what it usually is at the same distance from the rim, so that ink below a seal is as
dark as beside it. Its letters are anywhere, but of one tone: what is darker than that tone is print, and what
stands apart from print is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.cleaning import find_ink
from crawler.documents.picture.marks import connected
from crawler.documents.picture.seals import FILLED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels
    from crawler.documents.picture.seals import Seal

    Marks = NDArray[np.bool_]

_APART, _MARGIN, _NOISE = 20.0, 0.2, 10.0
"""Shades between the seal and print, less than which nobody can tell them apart; how much of that noise may take."""
_SURELY = 0.08
"""The same where noise has already made both darker: the share of what is between them."""
_BEYOND, _ENOUGH = 1.15, 60
"""Radii from the middle beyond which no letter of a seal stands; points of print there, too few to tell its tone."""
_LONG = 3.0
"""Ems: no stroke of a seal's letters is as long."""
_DARK_SHARE, _FEW = 0.06, 3
"""The share of a mark's points that are darker than the seal, from which the mark is print; and the least of them."""
_WIDEST, _TALLEST = 0.7, 0.95
"""Ems: a larger mark is no digit alone."""
_NEAR, _NEAR_ALONE = 0.2, 0.5
"""Ems from the dark points of a mark in which its pale ones are print's: of a larger mark, and of a digit."""
_PER_PIXEL, _RIM, _DEEP = 2, 4.0, 6.0
"""Levels for each pixel of distance; pixels beside a rim that are its blur, pixels within a star that are."""
_COUNTED = 8
"""The points of a level, fewer of which tell nothing."""
_LEFT = 0.35
"""The share of a seal's darkness that may be left of it; print is darker."""


class Unsealed(NamedTuple):
    """A page without its seals: the `grey` page; 255 in `guessed` where print and seal could not be surely parted."""

    grey: Pixels
    guessed: Pixels


def without_seals(grey: Pixels, ink: Pixels, seals: Sequence[Seal], em: float) -> Unsealed:
    """The page (its ground white) without what of these seals is no darker than a seal."""
    clean, guessed = grey.copy(), np.zeros_like(ink)
    for part, own in _parts(grey, seals):
        page, marks = clean[part], np.ascontiguousarray(ink[part])
        rows, columns = np.ogrid[part]
        apart = np.hypot(columns - own.x, rows - own.y)
        lines = _long_lines(marks, em)
        tone, limit = _tones(page, marks, lines, apart, own)
        inside = apart < own.radius + 2 * own.thick
        bare = _without_shapes(page, marks, apart, own, em)
        faint = bare.shape_of & (bare.page > 255 - _LEFT * (255 - tone)) & (lines == 0)
        bare.page[faint] = 255
        if limit:
            print_, unsure = _print_of(bare.page, lines, inside, (limit, (limit + tone) / 2), em)
            bare.page[inside & ~print_ & (lines == 0)] = 255
            guessed[part][unsure] = 255
        clean[part] = np.where(inside, bare.page, page)
    return Unsealed(clean, guessed)


def _tones(page: Pixels, marks: Pixels, lines: Pixels, apart: NDArray[Any], own: Seal) -> tuple[float, float]:
    """How dark the seal is, and what is darker than a seal can be; 0 where print is no darker."""
    darkest = cv2.erode(page, np.ones((3, 3), np.uint8))
    rim = (np.abs(apart - own.radius) <= own.thick / 4 + 0.5) & (marks > 0)
    tone, noisy = float(np.median(page[rim])), float(np.median(darkest[rim]))
    beyond = (apart > _BEYOND * own.radius) & (marks > 0) & (lines == 0)
    if beyond.sum() < _ENOUGH:
        beyond = (apart > own.radius + own.thick) & (marks > 0)
    deep = float(np.percentile(darkest[beyond], 20)) if beyond.any() else 0.0
    if tone - deep < _APART or noisy - deep < _APART / 2:
        return tone, 0.0
    return tone, min(tone - max(_MARGIN * (tone - deep), _NOISE), noisy - _SURELY * (noisy - deep))


class _Bare(NamedTuple):
    """A page without rim and star, and where these were."""

    page: Pixels
    shape_of: Marks


def _without_shapes(page: Pixels, marks: Pixels, apart: NDArray[Any], own: Seal, em: float) -> _Bare:
    reach = own.thick / 2 + _RIM
    rim = np.abs(apart - own.radius) <= reach
    bare = _levelled(page, apart - own.radius + reach, rim)
    side = max(round(em * FILLED), 7)
    filled = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    filled[apart >= own.radius / 2] = 0
    if not filled.any():
        return _Bare(bare, rim)
    filled = cv2.bitwise_and(cv2.dilate(filled, np.ones((5, 5), np.uint8)), marks)
    within, beside = (cv2.distanceTransform(each, cv2.DIST_L2, 5) for each in (filled, cv2.bitwise_not(filled)))
    depth = np.where(filled > 0, np.minimum(within, _DEEP), 1 - beside) + _RIM - 1
    star = depth > 0
    return _Bare(_levelled(bare, depth, star), rim | star)


def _levelled(page: Pixels, depth: NDArray[Any], where: Marks) -> Pixels:
    """The page divided, at these points, by what is usual for points of the same depth (in pixels, from 0)."""
    levels, values = np.asarray(depth[where] * _PER_PIXEL, dtype=np.intp), page[where]
    order = np.argsort(levels, kind="stable")
    bounds = np.searchsorted(levels[order], np.arange(levels.max() + 2))
    usual = np.full(len(bounds) - 1, 255.0)
    for level, (first, last) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        if last - first >= _COUNTED:
            usual[level] = max(float(np.median(values[order[first:last]])), 1.0)
    clean = page.copy()
    clean[where] = np.minimum(values * 255.0 / usual[levels], 255.0).astype(np.uint8)
    return clean


def _print_of(
    page: Pixels, lines: Pixels, inside: Marks, limits: tuple[float, float], em: float
) -> tuple[Marks, Marks]:
    """Where print is within a seal, with the rims of its strokes; and where that is a guess.

    Below the first of the `limits` is print, above the second is none.
    """
    rest = cv2.bitwise_and(find_ink(page, em), cv2.bitwise_not(lines)) * inside
    count, labels, stats, _ = connected(np.ascontiguousarray(rest))
    dark, dim = (page < limit for limit in limits)
    points = np.bincount(labels[dark], minlength=count)
    is_print = points >= np.maximum(_DARK_SHARE * stats[:, cv2.CC_STAT_AREA], _FEW)
    is_print[0] = False
    is_large = (stats[:, cv2.CC_STAT_WIDTH] > _WIDEST * em) | (stats[:, cv2.CC_STAT_HEIGHT] > _TALLEST * em)
    printed = is_print[labels]
    near = np.where(is_large, _NEAR * em, _NEAR_ALONE * em)[labels]
    away = cv2.distanceTransform((~(dark & printed)).astype(np.uint8), cv2.DIST_L2, 5)
    kept = printed & (away <= near)
    # What was taken from print may be print, and so may a mark that is darker than a seal's strokes are.
    is_unsure = ~is_print & ((points > 0) | (np.bincount(labels[dim], minlength=count) >= _FEW))
    is_unsure[0] = False
    unsure = (printed & ~kept) | is_unsure[labels]
    return cv2.dilate(kept.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0, unsure


def _long_lines(ink: Pixels, em: float) -> Pixels:
    """255 where lines of a table lie or stand."""
    long = max(round(em * _LONG), 8)
    lying, standing = (cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(run, np.uint8)) for run in ((1, long), (long, 1)))
    return cv2.dilate(cv2.bitwise_or(lying, standing), np.ones((3, 3), np.uint8))


def _parts(grey: Pixels, seals: Sequence[Seal]) -> Iterator[tuple[tuple[slice, slice], Seal]]:
    """For each seal what of the page it and its surroundings are."""
    height, width = grey.shape
    for seal in seals:
        reach = seal.radius * 1.5
        top, bottom = max(round(seal.y - reach), 0), min(round(seal.y + reach), height)
        left, right = max(round(seal.x - reach), 0), min(round(seal.x + reach), width)
        yield np.s_[top:bottom, left:right], seal
