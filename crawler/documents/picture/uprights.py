"""The upright lines of tables, by the lying ones: what fills a band from line to line, evenly, and not by chance.

A row of print has strokes that stand as high as the row itself, and where dashes lie above dashes they seem to
stand. But a ruling line is about as dark all the way from one lying line to the next, and it goes on beyond
them, or has a row all to itself. Measured on 37,000 sides of cells and 62,000 strokes of worn pages.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.marks import connected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

    Values = NDArray[Any]

_LYING = 6.0
"""Ems: the shortest lying line that parts two bands; no print has such strokes."""
_SAME = 0.35
"""Ems: lying lines nearer than this part the same bands."""
_THICKEST = 0.3
"""Ems: what is thicker is an area."""
_STRETCH = 0.45
"""Ems over which the gaps between dashes and noise are evened out."""
_POINTS = 10
"""An em is looked at in so many places along the line."""
_PALEST = 4
"""Per cent of a band's height in which a line may be paler."""
_DARK, _EVEN = 24.0, 0.5
"""How much darker than its ground the palest stretch of a line is: in shades, and as a share of its mean."""
_SHORT, _SHORT_EVEN = 1.7, 0.6
"""Ems: in a low band strokes are nearly as high, and a line must be more even."""
_LETTER, _TALL, _LEAST = 0.9, 1.2, 0.25
"""A line's run through bands weighs 1 for a band that is higher than a letter (ems) by so much (ems), less for one
that is lower, but no less than this."""
_ENOUGH, _KNOWN = 1.0, 2.0
"""The weight of a run that is a line; that of the runs of a column which goes on beyond a merged cell."""
_FIRM, _FIRM_WEIGHT = 0.85, 0.5
"""What is so even from line to line weighs so much at least: of letters seldom two above each other are."""
_LIKE = 0.4
"""The share of the darkness that a line has elsewhere."""
_LEAN = 0.12
"""Ems by which a line leans from band to band."""
_SIDE = 0.5
"""Ems from the ends of lying lines, where the sides of a table stand."""
_OPEN = 0.8
"""Ems by which a line stands out beyond the last lying one, where the page has torn the table."""
_WALL = 190
"""What is darker, of a lying line, hides what crosses it."""
_BARE, _HARDLY_BARE = 0.5, 0.35
"""The share of a stretch that lying lines must leave to be seen; where no stretch has so much, less."""
_TRUSTED = (0.6, 0.3)
"""In a low band and in a high one, how dark a line is at least, as a share of the lines in high ones."""


def upright_lines(grey: Pixels, across: Pixels, em: float) -> Pixels:
    """255 where lines stand between (and a little beyond) the lying ones in `across`; none where none lies."""
    down = np.zeros_like(across)
    lying = cv2.morphologyEx(across, cv2.MORPH_OPEN, np.ones((1, max(int(_LYING * em), 8)), np.uint8))
    levels = _levels(lying, em)
    if len(levels) < 2:  # noqa: PLR2004 (one line parts nothing)
        return down
    shades = _shades(grey, lying, em)
    bands = [_band(shades, top, bottom, em) for top, bottom in pairwise(levels)]
    reach = max(em * _LEAN, 3.0)
    _without_strokes(bands)
    for table in _tables(bands, lying, em):
        _weigh(table, reach)
        known = _known(table, reach)
        for band in table:
            drawn = [
                place
                for place, strong, run in zip(
                    band.places.tolist(), band.strong.tolist(), band.runs.tolist(), strict=True
                )
                if (strong and run >= _ENOUGH) or known.has(place, float(band.low[place]))
            ]
            # A digit that touches a line makes an area of it, which does not stand out from what is beside it.
            solid = _palest(*_seen(shades.solid, shades, _rows_of(shades, band.top, band.bottom), em))
            drawn += known.lacking(drawn, solid)
            for place in drawn:
                first, last = _extent(band.low if band.low[place] else solid, place, em)
                down[band.top : band.bottom + 1, first:last] = 255
    _go_on(down, shades, levels, em)
    return down


def _tables(bands: Sequence[_Band], lying: Pixels, em: float) -> list[list[_Band]]:
    """The bands of each table, with sides or without; one alone without sides is what stands between two tables."""
    near = _SIDE * em
    sided = []
    for band in bands:
        inked = np.flatnonzero(lying[max(band.top - 2, 0) : band.bottom + 3].any(axis=0))
        strong = band.places[band.strong]
        sided.append(bool(len(inked) and (np.abs(strong[:, None] - inked[[0, -1]]) <= near).any()))
    if 2 * sum(sided) < len(bands):
        return [list(bands)]
    runs = [list(run) for _, run in groupby(zip(bands, sided, strict=True), key=itemgetter(1))]
    return [[band for band, _ in run] for run in runs if run[0][1] or len(run) > 1]


class _Band(NamedTuple):
    """The rows from one lying line to the next.

    `low` is how dark the palest stretch of each column is; `places` are the columns that are darker than those
    beside them, `strong` those of them that look like a line, `weights` what each weighs, `runs` how much weighs what
    goes on above and below.
    """

    top: int
    bottom: int
    weight: float
    is_low: bool
    low: Values
    places: Values
    strong: Values
    weights: Values
    runs: Values


class _Known(NamedTuple):
    """The columns, in order, in which some band has a line, how much the line weighs, and how dark it is."""

    columns: Values
    weights: Values
    dark: Values
    reach: float

    def has(self, place: int, low: float) -> bool:
        """Is what stands there a line of those known?"""
        near = slice(*np.searchsorted(self.columns, (place - self.reach, place + self.reach + 1)))
        weights = self.weights[near]
        return bool(weights.sum() >= _KNOWN and low >= _LIKE * np.average(self.dark[near], weights=weights))

    def lacking(self, drawn: Sequence[int], solid: Values) -> list[int]:
        """The columns of lines that were not drawn, though they are dark all along, be it by what is beside them."""
        found: list[int] = []
        if not len(self.columns):
            return found
        for group in np.split(self.columns, np.flatnonzero(np.diff(self.columns) > self.reach) + 1):
            middle = float(np.median(group))
            if all(abs(middle - place) > 2 * self.reach for place in drawn):
                first = max(round(middle - self.reach), 0)
                place = first + int(solid[first : round(middle + self.reach) + 1].argmax())
                if self.has(place, float(solid[place]) if solid[place] >= _DARK else 0.0):
                    found.append(place)
        return found


class _Shades(NamedTuple):
    """How much darker each point is than what is left and right of it, one row in `step`; 0 where lines lie.

    `solid` is how dark it is at all; `bare` is the share of a point that no lying line covers.
    """

    dark: Values
    solid: Values
    bare: Values
    step: int


def _without_strokes(bands: Sequence[_Band]) -> None:
    """Drops what is strong, but much paler than the lines in high bands."""
    sure = np.concatenate([band.low[band.places[band.strong]] for band in bands if not band.is_low] or [np.zeros(0)])
    if len(sure):
        low, high = np.percentile(sure, 25) * _TRUSTED[0], np.median(sure) * _TRUSTED[1]
        for band in bands:
            band.strong[:] &= band.low[band.places] >= (low if band.is_low else high)


def _weigh(bands: Sequence[_Band], reach: float) -> None:
    """Sets how much the run weighs that each strong place is part of."""
    for turned in (False, True):
        before: _Band | None = None
        sums: Values = np.zeros(0)
        for band in reversed(bands) if turned else bands:
            own = np.where(band.strong, band.weights, 0.0)
            if before is not None and len(before.places) and len(band.places):
                apart = np.abs(band.places[:, None] - before.places[None])
                nearest = apart.argmin(axis=1)
                goes_on = band.strong & (apart[np.arange(len(nearest)), nearest] <= reach)
                own += np.where(goes_on, sums[nearest], 0.0)
            before, sums = band, own
            band.runs[:] += own
    for band in bands:
        band.runs[:] -= band.weights * band.strong


def _known(bands: Sequence[_Band], reach: float) -> _Known:
    kept = [band.strong & (band.runs >= _ENOUGH) for band in bands]
    columns = np.concatenate([band.places[own] for band, own in zip(bands, kept, strict=True)])
    weights = np.concatenate([np.full(own.sum(), band.weight) for band, own in zip(bands, kept, strict=True)])
    dark = np.concatenate([band.low[band.places[own]] for band, own in zip(bands, kept, strict=True)])
    order = np.argsort(columns, kind="stable")
    return _Known(columns[order], weights[order], dark[order], reach)


def _levels(lying: Pixels, em: float) -> list[int]:
    """The rows in which lines lie."""
    _, _, _, middles = connected(lying)
    groups: list[list[float]] = []
    for level in np.sort(middles[1:, 1]).tolist():
        if groups and level - groups[-1][-1] < _SAME * em:
            groups[-1].append(level)
        else:
            groups.append([level])
    return [round(sum(group) / len(group)) for group in groups]


def _shades(grey: Pixels, lying: Pixels, em: float) -> _Shades:
    reach = max(round(em * _THICKEST), 5) | 1
    # Lines were found thicker than they are, and a row of print between thick ones looks as high as its band.
    _, dark = cv2.threshold(grey, _WALL, 255, cv2.THRESH_BINARY_INV)
    wall = cv2.dilate(cv2.bitwise_and(lying, dark), np.ones((3, 3), np.uint8))
    hat = cv2.morphologyEx(cv2.max(grey, wall), cv2.MORPH_BLACKHAT, np.ones((1, reach), np.uint8))
    # A line may lean by a pixel.
    hat = cv2.dilate(hat, np.ones((1, 3), np.uint8))
    step = max(int(em / _POINTS), 1)
    size = (grey.shape[1], max(len(grey) // step, 1))
    bare = cv2.resize(cv2.bitwise_not(wall), size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    free = cv2.bitwise_not(wall)
    dark, solid = (
        cv2.resize(cv2.bitwise_and(each, free), size, interpolation=cv2.INTER_AREA).astype(np.float32)
        for each in (hat, cv2.bitwise_not(grey))
    )
    return _Shades(dark, solid, bare, step)


def _evened(values: Values, shades: _Shades, rows: slice, em: float) -> Values:
    """The values of some rows, evened out along them; infinite where a lying line leaves too little to tell."""
    window = (1, max(round(em * _STRETCH / shades.step), 1))
    bare = cv2.blur(shades.bare[rows], window, borderType=cv2.BORDER_CONSTANT)
    dark = cv2.blur(values[rows], window, borderType=cv2.BORDER_CONSTANT)
    least = np.where(bare.max(axis=0) >= _BARE, np.float32(_BARE), np.float32(_HARDLY_BARE))
    return np.where(bare >= least, dark / np.maximum(bare, np.float32(_HARDLY_BARE)), np.float32(np.inf))


def _band(shades: _Shades, top: int, bottom: int, em: float) -> _Band:
    ordered, seen = _seen(shades.dark, shades, _rows_of(shades, top, bottom), em)
    hidden = np.isinf(ordered)
    low = _palest(ordered, seen)
    mean = np.where(hidden, 0, ordered).sum(axis=0) / np.maximum(seen, 1)
    wide = 2 * max(round(em * _THICKEST), 2) + 1
    most = cv2.dilate(low[None].astype(np.float32), np.ones((1, wide), np.uint8))[0]
    places = np.flatnonzero((low == most) & (low >= _DARK * _LIKE))
    is_low = bottom - top < _SHORT * em
    strong = (low[places] >= _DARK) & (low[places] >= (_SHORT_EVEN if is_low else _EVEN) * mean[places])
    weight = min(max(((bottom - top) / em - _LETTER) / _TALL, _LEAST), 1.0)
    weights = np.where(low[places] >= _FIRM * mean[places], max(weight, _FIRM_WEIGHT), weight)
    return _Band(top, bottom, weight, is_low, low, places, strong, weights, np.zeros(len(places)))


def _rows_of(shades: _Shades, top: int, bottom: int) -> slice:
    first = min(top // shades.step, len(shades.dark) - 1)
    return slice(first, max(-(-bottom // shades.step), first + 1))


def _seen(values: Values, shades: _Shades, rows: slice, em: float) -> tuple[Values, Values]:
    """The evened values of each column in order, what is not seen last; and how many are seen."""
    ordered = np.sort(_evened(values, shades, rows, em), axis=0)
    return ordered, len(ordered) - np.isinf(ordered).sum(axis=0)


def _palest(ordered: Values, seen: Values) -> Values:
    """How dark the palest stretch of each column is."""
    low = np.take_along_axis(ordered, ((seen * _PALEST) // 100)[None], axis=0)[0]
    return np.where(seen > 0, low, np.float32(0))


def _extent(low: Values, place: int, em: float) -> tuple[int, int]:
    """From which column to which, not included, a line is thick."""
    reach = max(round(em * _THICKEST), 2)
    first = last = place
    while first > max(place - reach, 0) and low[first - 1] >= low[place] / 2:
        first -= 1
    while last < min(place + reach, len(low) - 1) and low[last + 1] >= low[place] / 2:
        last += 1
    return first, last + 1


def _go_on(down: Pixels, shades: _Shades, levels: Sequence[int], em: float) -> None:
    """Draws what stands out beyond the first and the last lying line."""
    step = shades.step
    for level, turn in ((levels[0], -1), (levels[-1], 1)):
        row = level // step
        outside = _evened(shades.dark, shades, slice(0, row) if turn < 0 else slice(row + 1, None), em)[::turn]
        columns = np.flatnonzero(down[level])
        if not len(outside) or not len(columns):
            continue
        is_pale = outside[:, columns] < _DARK
        length = np.where(is_pale.any(axis=0), is_pale.argmax(axis=0), len(outside)) * step
        for column, long in zip(columns.tolist(), length.tolist(), strict=True):
            if long >= _OPEN * em:
                first, last = sorted((level, level + turn * long))
                down[max(first, 0) : last + 1, column] = 255
