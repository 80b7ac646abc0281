"""What is left of a table's upright lines where they lean or are ragged: on each row, the ink that runs through them.

A ruling line that leans by a pixel or two leaves a thin piece of itself beside where it was found, and in a crop such
a piece is read as a 1. Row by row a line is as thick as it usually is; where it is thicker, print touches it.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from crawler.documents.picture.quantiles import percentiles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from crawler.documents.picture.cells import GridCell
    from crawler.documents.picture.page import Pixels

    Marks = NDArray[np.bool_]
    Places = NDArray[np.intp]

_LEAN, _THICKEST = 0.16, 0.3
"""Ems: how far from the middle of its side a line may stand on a row; no line is thicker."""
_ALONG = 0.8
"""The share of a side's rows on which a line must stand."""
_LEANING, _BESIDE, _ENOUGH = 2.0, 1.0, 8
"""Pixels by which the middle of a line's ink is elsewhere on some rows because it leans, and because it is ragged;
rows from which is told how it leans."""
_USUAL, _THIN, _RAGGED = 40, 20, 1
"""Per cent of the rows on which a line is as thick or thinner; pixels by which it may be thicker."""


def line_remains(ink: Pixels, cells: Iterable[GridCell], em: float) -> Pixels:
    """255 where the upright sides of cells are drawn, on the rows where nothing but the line is inked there.

    `ink` is all ink of the page, lines and print.
    """
    remains = np.zeros_like(ink)
    lean, reach = max(round(em * _LEAN), 3), max(round(em * (_LEAN + _THICKEST)), 6) + 2
    sides = {(side, cell.box.top, cell.box.bottom) for cell in cells for side in (cell.box.left, cell.box.right - 1)}
    drawn: list[tuple[int, int, Places, Places, Places]] = []
    usual: list[float] = []
    for side, own_sides in groupby(sorted(sides), key=itemgetter(0)):
        spans = [(top, bottom) for _, top, bottom in own_sides]
        highest, lowest, first = spans[0][0], max(bottom for _, bottom in spans), max(side - reach, 0)
        near = ink[highest:lowest, first : side + reach + 1] > 0
        rows, starts, ends = _runs(near, side - first, lean)
        for top, bottom in spans:
            part = slice(*np.searchsorted(rows, (top - highest, bottom - highest)))
            if part.stop - part.start >= _ALONG * (bottom - top):
                drawn.append((side, top, rows[part] - (top - highest), first + starts[part], first + ends[part]))
                usual.append(_usually(ends[part] - starts[part]))
    columns, thicknesses = np.array([each[0] for each in drawn]), np.array(usual)
    for (side, top, rows, starts, ends), own in zip(drawn, usual, strict=True):
        # Where a digit stands beside a line in a low row, the line seems thicker there than in other rows.
        same = thicknesses[np.abs(columns - side) <= lean]
        most = min(own, *percentiles(same, 50))
        if most > max(em * _THICKEST, 3):
            continue
        is_line = (ends - starts <= most + _RAGGED) & _in_line(rows, (starts + ends) / 2)
        first, last = int(starts.min()), int(ends.max())
        places = np.arange(first, last)
        own_rows, begin, end = rows[is_line] + top, starts[is_line, None], ends[is_line, None]
        remains[own_rows, first:last] |= ((places >= begin) & (places < end)).astype(np.uint8) * np.uint8(255)
    return remains


def _in_line(rows: Places, middles: NDArray[np.float64]) -> Marks:
    """Are these runs of ink where the line is? Between two dashes the stroke of a digit beside them is the nearest."""
    near = np.abs(middles - percentiles(middles, 50)[0]) <= _LEANING
    if near.sum() < _ENOUGH:
        return near
    # A straight line by least squares: numpy's takes ten times as long over so few values.
    row, middle = rows[near].mean(), middles[near].mean()
    away = rows - row
    slope = (away[near] * (middles[near] - middle)).sum() / max(float(np.square(away[near]).sum()), 1.0)
    return np.asarray(np.abs(middles - (slope * away + middle)) < _BESIDE, dtype=np.bool_)


def _usually(thick: Places) -> float:
    """How thick a line is on most rows; on the thinner ones, where a digit beside it fills most."""
    ordered = np.sort(thick)
    thin, usual = (ordered[per_cent * (len(ordered) - 1) // 100] for per_cent in (_THIN, _USUAL))
    return float(thin if usual - thin > _RAGGED else usual)


def _runs(near: Marks, middle: int, lean: int) -> tuple[Places, Places, Places]:
    """The rows on which there is ink near the middle, and where the run of ink nearest to it starts and ends."""
    width = near.shape[1]
    places = np.arange(width)
    away = np.where(near & (abs(places - middle) <= lean), abs(places - middle), width)
    seeds = away.argmin(axis=1)
    rows = np.flatnonzero(away.min(axis=1) < width)
    columns = np.where(near[rows], -1, places)
    before = np.where(places <= seeds[rows, None], columns, -1).max(axis=1)
    after = np.where((places > seeds[rows, None]) & ~near[rows], places, width).min(axis=1)
    return rows, before + 1, after
