"""What of a grid's ink is its lines, and may be wiped from the picture before its cells are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from crawler.documents.picture.quantiles import percentile_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crawler.documents.picture.cells import Box, GridCell
    from crawler.documents.picture.page import Pixels

    Marks = NDArray[np.bool_]

_BESIDE, _NEAR = 0.35, 0.15
"""Ems from the side of a cell: where a double line has its other half; where one goes on."""
_FLANK, _USUAL, _LINE = 5, 70, 130
"""Pixels beside a line that are wiped with it; per cent of them that are as pale, or paler; darker is the line."""
_WHITE, _STROKE = 255, 190
"""The ground; what is darker, of what was given back, is a stroke."""
_GAP = 0.25
"""Ems: the widest between two dashes."""
_MANY_DASHES = 4
"""Starts of dashes down a cell: where a digit is thin it has three at most in one column."""
_UNBROKEN = 0.97
"""The share of a cell's height that a line fills whose dashes were joined; no digit does."""
_FREE = 0.12
"""The share of a column that is inked at most where nothing stands: the lying lines above and below."""
_ALONG, _ALL_ALONG = 0.7, 0.92
"""The share of a cell's height that a line fills, and that a dashed one does with its gaps; a digit fills less."""


def sides_of(cells: Sequence[GridCell], box: Box, em: float) -> Pixels:
    """255 near the sides of cells: a row of strokes that looked like a line is print all the same."""
    sides = np.zeros((box.bottom - box.top, box.right - box.left), dtype=np.uint8)
    thickness = 2 * max(round(em * _BESIDE), 3) + 1
    for cell in cells:
        first = cell.box.left - box.left, cell.box.top - box.top
        last = cell.box.right - 1 - box.left, cell.box.bottom - 1 - box.top
        cv2.rectangle(sides, first, last, (255.0,), thickness)
    return sides


def keep_beside(wiped: Pixels, grey: Pixels, cell: Box, widest: int = _FLANK) -> None:
    """Gives back what was wiped with the solid lines left and right of a cell, but is not them: digits that touch.

    A line is dark all along; what is darker than its flank usually is, is print. What is wiped all along is the
    flank, no wider than `widest` pixels.
    """
    rows = slice(cell.top + _FLANK, cell.bottom - _FLANK)
    if cell.bottom - cell.top <= 3 * _FLANK or cell.right - cell.left <= 3 * _FLANK:
        return
    widest = min(max(widest, _FLANK), (cell.right - cell.left) // 3)
    for is_left in (True, False):
        near = wiped[rows, cell.left : cell.left + widest] if is_left else wiped[rows, cell.right - widest : cell.right]
        is_bare = (near == _WHITE).mean(axis=0) >= _ALL_ALONG
        wide = max(int((is_bare if is_left else is_bare[::-1]).argmin()) if not is_bare.all() else widest, _FLANK)
        columns = slice(cell.left, cell.left + wide) if is_left else slice(cell.right - wide, cell.right)
        own = grey[rows, columns].astype(np.int16)
        usual = percentile_rows(own, _USUAL).astype(np.int16)
        is_line = usual < _LINE
        # Beyond the line as seen from the cell is another cell.
        is_line = np.logical_or.accumulate(is_line[::-1])[::-1] if is_left else np.logical_or.accumulate(is_line)
        kept = np.where(is_line, _WHITE, np.minimum(own + _WHITE - usual, _WHITE)).astype(np.uint8)
        wiped[rows, columns] = np.minimum(wiped[rows, columns], kept)


def give_back_rims(wiped: Pixels, grey: Pixels, rims: Pixels, whole: Pixels) -> None:
    """Gives back the `rims` of wiped lines where they are the other side of a stroke that was given back.

    `whole` is all that was wiped. A stroke that touches a line thickens it, and is wiped as far as that goes.
    """
    stroke = cv2.bitwise_and(cv2.threshold(wiped, _STROKE, 255, cv2.THRESH_BINARY_INV)[1], whole)
    if not stroke.any():
        return
    beside = cv2.bitwise_and(cv2.dilate(stroke, np.ones((1, 3), np.uint8)), rims)
    cv2.copyTo(cv2.min(wiped, grey), beside, wiped)


def left_over(cells: Sequence[GridCell], ink: Marks, box: Box, em: float) -> Pixels:
    """255 where along a side of a cell a line goes on that was only found beside it."""
    rest = np.zeros(ink.shape, dtype=np.uint8)
    gap = np.ones((max(round(em * _GAP), 2) + 1, 1), np.uint8)
    solid = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, gap)
    reach = max(round(em * _NEAR), 3) + 1
    for cell in cells:
        top, bottom = cell.box.top - box.top, cell.box.bottom - box.top
        for side in (cell.box.left - box.left, cell.box.right - 1 - box.left):
            first, last = max(side - reach, 0), side + reach + 1
            tall = bottom - top
            is_line = ink[top:bottom, first:last].sum(axis=0) >= _ALONG * tall
            is_line |= solid[top:bottom, first:last].sum(axis=0) >= _ALL_ALONG * tall
            rest[top:bottom, first:last] |= is_line.astype(np.uint8) * np.uint8(255)
    return rest


def dashed_twins(cells: Sequence[GridCell], ink: Marks, box: Box, em: float) -> Pixels:
    """255 where beside the upright side of a cell, within it, the other half of a double dashed line stands.

    A digit is no such line: it has fewer starts down the cell, or it is wider, or it ends before the cell does.
    """
    rest = np.zeros(ink.shape, dtype=np.uint8)
    gap = np.ones((max(round(em * _GAP), 2) + 1, 1), np.uint8)
    solid = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, gap)
    near, reach, free = max(round(em * _NEAR), 3), round(em * _BESIDE), max(round(em * _NEAR), 2)
    for cell in cells:
        top, bottom = cell.box.top - box.top, cell.box.bottom - box.top
        left, right = cell.box.left - box.left, cell.box.right - 1 - box.left
        if right - left <= 4 * reach:
            continue
        for inward, side in ((1, left), (-1, right)):
            own = ink[top:bottom, side + inward * near : side + inward * (reach + 2 * free + 1) : inward]
            tall = solid[top:bottom, side + inward * near : side + inward * (reach + 1) : inward].sum(axis=0)
            starts = (own[1:] & ~own[:-1]).sum(axis=0)[: len(tall)]
            is_line = (starts >= _MANY_DASHES) | (own.mean(axis=0)[: len(tall)] >= _UNBROKEN)
            places = np.flatnonzero(is_line & (tall >= _ALL_ALONG * (bottom - top)))
            if not len(places):
                continue
            shares = own[:, places[-1] + 1 : places[-1] + 1 + 2 * free].mean(axis=0)
            if len(shares) and shares.min() <= _FREE:
                # Its rim is inked where its dashes are.
                first, last = int(places[0]), int(places[-1]) + 1 + int((shares <= _FREE).argmax())
                start, end = sorted((side + inward * (near + first), side + inward * (near + last)))
                rest[top:bottom, start : end + 1] = 255
    return rest
