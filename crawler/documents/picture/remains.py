"""What is left of a table's upright lines where they lean or are ragged: on each row, the ink that runs through them.

A ruling line that leans by a pixel or two leaves a thin piece of itself beside where it was found, and in a crop such
a piece is read as a 1. Row by row a line is as thick as it usually is; where it is thicker, print touches it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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
_USUAL, _RAGGED = 40, 1
"""Per cent of the rows on which a line is as thick or thinner; pixels by which it may be thicker."""


def line_remains(ink: Pixels, cells: Iterable[GridCell], em: float) -> Pixels:
    """255 where the upright sides of cells are drawn, on the rows where nothing but the line is inked there.

    `ink` is all ink of the page, lines and print.
    """
    remains = np.zeros_like(ink)
    lean, reach = max(round(em * _LEAN), 3), max(round(em * (_LEAN + _THICKEST)), 6) + 2
    sides = {(cell.box.top, cell.box.bottom, side) for cell in cells for side in (cell.box.left, cell.box.right - 1)}
    for top, bottom, side in sides:
        first = max(side - reach, 0)
        near = ink[top:bottom, first : side + reach + 1] > 0
        rows, starts, ends = _runs(near, side - first, lean)
        if len(rows) < _ALONG * (bottom - top):
            continue
        thick = ends - starts
        usual = np.percentile(thick, _USUAL, method="lower")
        if usual > max(em * _THICKEST, 3):
            continue
        is_line = thick <= usual + _RAGGED
        for row, start, end in zip(rows[is_line], starts[is_line], ends[is_line], strict=True):
            remains[top + row, first + start : first + end] = 255
    return remains


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
