"""The ink of a page that is ruling lines: solid, dashed, dotted, or so thin that the scan left a shade of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.hairlines import MUCH, beside, hairlines, without_letters
from crawler.documents.picture.marks import connected
from crawler.documents.picture.network import drawn_lines, surely_lines
from crawler.documents.picture.pieces import lying_pieces, upright_pieces
from crawler.documents.picture.uprights import upright_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.marks import Connected
    from crawler.documents.picture.page import Pixels

    Lengths = NDArray[np.float64]

RUN, RISE = 1.25, 1.0
"""The shortest piece of a line, in ems: strokes of letters are shorter, or touch no grid."""
_DASH_THICK, _DASH_GAP, _DASHES = 0.24, 0.4, 3
"""In ems: the thickest dash, the widest gap between two. So many at least are a piece of a line."""
_LEAN = 2.5
_CHAIN, _ALL_CHAINS = 0.75, 4.0
"""Ems: the shortest piece of a dashed line from crossing to crossing, the least that they come to."""
_PIECE = 0.2
_BROKEN = 2.0
"""Ems: where so long a piece of a line is missing, its dashes, or its shade, were not seen; strokes of small letters
leave shorter ones."""


_DENSE = 23
"""Pixels of the shortest piece of a line: in smaller print strokes are no further apart than the breaks of a line."""
_NO_LETTERS = 0.3
"""The share of hairlines that are beside no print, where there are any."""
_FILLED, _LONG = 0.5, (6.0, 4.0)
"""Ems: what is all ink is filled; lines of that length, lying and upright, are no strokes and no stars."""


class Rules(NamedTuple):
    """The ink that is lines: 255 in `across` or `down`; `both` is either; `ink` is all ink, dashed lines closed.

    `is_banded`: the upright ones were found by the lying ones, so none is a stroke of a letter.
    """

    across: Pixels
    down: Pixels
    both: Pixels
    ink: Pixels
    is_banded: bool


def find_rules(grey: Pixels, ink: Pixels, em: float) -> Rules:
    """The straight lines of a page. A line may be broken for a few pixels and lean by one or two."""
    run, rise = max(int(em * RUN), 8), max(int(em * RISE), 8)
    # Filled areas are no lines, whatever line runs into them: the star of a seal, a logo.
    filled = _areas(ink, em)
    whole = _with_dashes(ink, em)
    ink = cv2.subtract(whole, filled)
    lying, upright = np.ones((1, run), np.uint8), np.ones((rise, 1), np.uint8)
    across, down = _lines(ink, lying), _lines(ink, upright)
    hair = hairlines(grey, ink, rise)
    # Where all lines are ink, what is faint is none.
    long = max(round(em * _BROKEN), 8)
    is_faint = beside(hair, across, long) > MUCH * em or _has_hair_down(grey, ink, across, down, em)
    if is_faint:
        across = _lines(cv2.bitwise_or(ink, hair), lying)
    pieces = lying_pieces(grey, em)
    # Where some lines are faint, so may be a part of one that else is ink.
    if is_faint or beside(surely_lines(pieces, grey.shape[1], em), across, long) > MUCH * em:
        is_faint = True
        drawn = drawn_lines(pieces, upright_pieces(grey, pieces, em), em)
        whole = cv2.bitwise_or(whole, cv2.bitwise_or(drawn.across, drawn.down))
        across = cv2.bitwise_or(across, drawn.across)
    if is_faint:
        # Where lines are dashed or pale, each dash below another, and each stroke in a row, looks like one.
        down = upright_lines(grey, across, em)
    return Rules(across, down, cv2.bitwise_or(across, down), whole, is_faint)


def _has_hair_down(grey: Pixels, ink: Pixels, across: Pixels, down: Pixels, em: float) -> bool:
    """Do hairlines stand beside the upright lines of ink? Print is as high as low rows: some strokes look like one."""
    rise = max(int(em * RISE), 8)
    lines = cv2.bitwise_or(across, down)
    turned, turned_ink, turned_lines, turned_down = (cv2.transpose(each) for each in (grey, ink, lines, down))
    hair = hairlines(turned, turned_ink, rise)
    count = beside(hair, turned_down, rise)
    if count <= 2 * MUCH * em:
        return False
    rest = beside(without_letters(hair, turned, turned_lines, rise, em), turned_down, rise)
    return rest > max(2 * MUCH * em, _NO_LETTERS * count)


def _areas(ink: Pixels, em: float) -> Pixels:
    """The filled areas, but those on long lines: rows without any height, bold letters that touch a line."""
    side = max(round(em * _FILLED), 7)
    filled = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    if not filled.any():
        return filled
    lying, upright = (max(round(em * long), 8) for long in _LONG)
    # A run along a row concerns that row alone: only those are looked at in which something is filled.
    rows, columns = filled.any(axis=1), filled.any(axis=0)
    lines = cv2.morphologyEx(ink[rows], cv2.MORPH_OPEN, np.ones((1, lying), np.uint8))
    filled[rows] = cv2.subtract(filled[rows], lines)
    lines = cv2.morphologyEx(ink[:, columns], cv2.MORPH_OPEN, np.ones((upright, 1), np.uint8))
    filled[:, columns] = cv2.subtract(filled[:, columns], lines)
    return filled


def _lines(ink: Pixels, run: Pixels) -> Pixels:
    """The ink that goes on as long as the run; a line may lean by a pixel and be broken for two."""
    lean, gap = ((3, 1), (1, 3)) if run.shape[0] == 1 else ((1, 3), (3, 1))
    thick = cv2.dilate(ink, np.ones(lean, np.uint8))
    if max(run.shape) >= _DENSE:
        thick = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones(gap, np.uint8))
    return cv2.morphologyEx(thick, cv2.MORPH_OPEN, run)


def _with_dashes(ink: Pixels, em: float) -> Pixels:
    """The ink with the gaps of dashed lines filled."""
    marks = connected(ink)
    lying = _chains(_dashes(marks, em, 1), ink, em, 1)
    if lying.any():
        # What hangs on a lying line is a dash of the line that crosses it.
        marks = connected(cv2.subtract(ink, cv2.dilate(lying, np.ones((3, 1), np.uint8))))
    return cv2.bitwise_or(cv2.bitwise_or(ink, lying), _chains(_dashes(marks, em, 0), ink, em, 0))


def _dashes(marks: Connected, em: float, axis: int) -> Pixels:
    """The marks that are thin, lying (`axis` 1) or upright."""
    _, labels, stats, _ = marks
    length, thickness = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    if not axis:
        length, thickness = thickness, length
    thin = (thickness <= max(em * _DASH_THICK, 4)) & (length <= 2 * em)
    thin[0] = False
    return np.asarray(np.where(thin, 255, 0).astype(np.uint8)[labels], dtype=np.uint8)


def _chains(dashes: Pixels, ink: Pixels, em: float, axis: int) -> Pixels:
    """The lines that rows (`axis` 1) or columns of dashes make."""
    gap = max(round(em * _DASH_GAP), 4) + 1

    def along(length: int, across: int = 1) -> Pixels:
        return np.ones((across, length) if axis else (length, across), np.uint8)

    closed = cv2.morphologyEx(cv2.dilate(dashes, along(1, 3)), cv2.MORPH_CLOSE, along(gap))
    long = cv2.morphologyEx(closed, cv2.MORPH_OPEN, along(max(round(em * _PIECE), 3)))
    if not long.any():
        return long
    count, labels, stats, middles = connected(long)
    starts = cv2.bitwise_and(cv2.subtract(dashes, np.roll(dashes, 1, axis)), long) > 0
    thick = stats[:, cv2.CC_STAT_HEIGHT if axis else cv2.CC_STAT_WIDTH]
    lengths = stats[:, cv2.CC_STAT_WIDTH if axis else cv2.CC_STAT_HEIGHT].astype(np.float64)
    # Each dash begins on as many rows as it is thick, less the two by which it was thickened.
    dashed = np.bincount(labels[starts], minlength=count) >= _DASHES * np.maximum(thick - 2, 1) * 0.5
    dashed &= lengths >= _CHAIN * em
    dashed[0] = False
    # Where a crossing or a low row leaves two dashes, they are of the line that the others are of.
    kept = _beside(middles[:, axis], dashed, lengths) >= _ALL_CHAINS * em
    kept[0] = False
    if not kept.any():
        return np.zeros_like(long)
    chains = np.where(kept, 255, 0).astype(np.uint8)[labels]
    reach = cv2.dilate(chains, along(4 * gap))
    joined = cv2.morphologyEx(cv2.bitwise_or(ink, chains), cv2.MORPH_CLOSE, along(gap))
    return cv2.bitwise_or(chains, cv2.bitwise_and(joined, reach))


def _beside(levels: NDArray[np.float64], counted: NDArray[np.bool_], lengths: NDArray[np.float64]) -> Lengths:
    """For each level how long those counted are together that lie level with it."""
    order = np.argsort(levels[counted])
    others = levels[counted][order]
    sums = np.concatenate(([0.0], np.cumsum(lengths[counted][order])))
    first, last = np.searchsorted(others, levels - _LEAN), np.searchsorted(others, levels + _LEAN, side="right")
    return np.asarray(sums[last] - sums[first], dtype=np.float64)
