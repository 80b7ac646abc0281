"""The ink of a page that is ruling lines: solid, dashed, dotted, or so thin that the scan left a shade of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.bits import packed
from crawler.documents.picture.hairlines import MUCH, beside, hairlines, without_letters
from crawler.documents.picture.marks import connected
from crawler.documents.picture.network import drawn_lines, missed_lines, surely_lines
from crawler.documents.picture.pieces import lying_pieces, upright_pieces
from crawler.documents.picture.uprights import upright_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.bits import Bits
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
_APART, _MANY_DASHES = 4, 1000
"""Pixels across a line between two of its dashes at most; so many thin marks are looked at more closely."""
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
    whole = _with_dashes(ink, em)
    # Filled areas are no lines, whatever line runs into them: the star of a seal, a logo.
    solid = packed(whole) - _areas(packed(ink), em)
    lying, upright = _lines(solid, run, is_lying=True), _lines(solid, rise, is_lying=False)
    hair = hairlines(grey, solid, rise)
    # Where all lines are ink, what is faint is none.
    long = max(round(em * _BROKEN), 8)
    is_faint = beside(hair, lying, long) > MUCH * em or _has_hair_down(grey, solid, lying, upright, em)
    if is_faint:
        lying = _lines(solid | hair, run, is_lying=True)
    across, down = lying.pixels, upright.pixels
    pieces = lying_pieces(grey, em)
    # Where some lines are faint, so may be a part of one that else is ink.
    if not is_faint and beside(packed(surely_lines(pieces, grey.shape[1], em)), lying, long) > MUCH * em:
        is_faint = beside(packed(missed_lines(pieces, across, solid.pixels, em)), lying, long) > MUCH * em
    if is_faint:
        drawn = drawn_lines(pieces, upright_pieces(grey, pieces, em), em)
        whole = cv2.bitwise_or(whole, cv2.bitwise_or(drawn.across, drawn.down))
        across = cv2.bitwise_or(across, drawn.across)
        # Where lines are dashed or pale, each dash below another, and each stroke in a row, looks like one.
        down = upright_lines(grey, across, em)
    return Rules(across, down, cv2.bitwise_or(across, down), whole, is_faint)


def _has_hair_down(grey: Pixels, ink: Bits, across: Bits, down: Bits, em: float) -> bool:
    """Do hairlines stand beside the upright lines of ink? Print is as high as low rows: some strokes look like one."""
    rise = max(int(em * RISE), 8)
    turned = cv2.transpose(grey)
    turned_ink, turned_down = (packed(cv2.transpose(each.pixels)) for each in (ink, down))
    hair = hairlines(turned, turned_ink, rise)
    count = beside(hair, turned_down, rise)
    if count <= 2 * MUCH * em:
        return False
    lines = cv2.transpose((across | down).pixels)
    rest = beside(without_letters(hair, turned, lines, rise, em), turned_down, rise)
    return rest > max(2 * MUCH * em, _NO_LETTERS * count)


def _areas(ink: Bits, em: float) -> Bits:
    """The filled areas, but those on long lines: rows without any height, bold letters that touch a line."""
    side = max(round(em * _FILLED), 7)
    filled = ink.opened(side, side)
    if not filled.any():
        return filled
    lying, upright = (max(round(em * long), 8) for long in _LONG)
    return filled - ink.opened(lying, 1) - ink.opened(1, upright)


def _lines(ink: Bits, run: int, *, is_lying: bool) -> Bits:
    """The ink that goes on as long as the run; a line may lean by a pixel and be broken for two."""
    thick = ink.dilated(1, 3) if is_lying else ink.dilated(3, 1)
    if run >= _DENSE:
        thick = thick.closed(3, 1) if is_lying else thick.closed(1, 3)
    return thick.opened(run, 1) if is_lying else thick.opened(1, run)


def _with_dashes(ink: Pixels, em: float) -> Pixels:
    """The ink with the gaps of dashed lines filled."""
    marks = connected(ink)
    lying = _chains(_dashes(marks, em, 1), ink, em, 1) if _may_be_dashed(marks, em, 1) else None
    if lying is not None and lying.any():
        # What hangs on a lying line is a dash of the line that crosses it.
        marks = connected(cv2.subtract(ink, cv2.dilate(lying, np.ones((3, 1), np.uint8))))
        ink, bare = cv2.bitwise_or(ink, lying), ink
    else:
        bare = ink
    if _may_be_dashed(marks, em, 0):
        ink = cv2.bitwise_or(ink, _chains(_dashes(marks, em, 0), bare, em, 0))
    return ink


def _thin(stats: NDArray[np.int32], em: float, axis: int) -> NDArray[np.bool_]:
    """Which marks are thin, lying (`axis` 1) or upright."""
    length, thickness = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    if not axis:
        length, thickness = thickness, length
    thin = np.asarray((thickness <= max(em * _DASH_THICK, 4)) & (length <= 2 * em), dtype=np.bool_)
    thin[0] = False
    return thin


def _may_be_dashed(marks: Connected, em: float, axis: int) -> bool:
    """Do thin marks stand in rows that are long enough to be dashed lines? On most pages they do not."""
    boxes = marks[2][_thin(marks[2], em, axis)]
    if len(boxes) > _MANY_DASHES:
        return True
    sides = (boxes[:, :2], boxes[:, 2:4]) if axis else (boxes[:, 1::-1], boxes[:, 3:1:-1])
    (start, at), (long, thick) = (side.T for side in sides)
    end, below = start + long, at + thick
    gap = max(round(em * _DASH_GAP), 4) + 2
    is_near = (start[:, None] <= end + gap) & (start <= end[:, None] + gap)
    is_near &= (at[:, None] <= below + _APART) & (at <= below[:, None] + _APART)
    row = np.arange(len(boxes))
    for one, other in np.argwhere(np.triu(is_near, 1)).tolist():
        if row[one] != row[other]:
            row[row == row[one]] = row[other]
    rows = np.array(
        [
            (at[own].min() - _APART, below[own].max() + _APART, end[own].max() - start[own].min())
            for own in (row == number for number in np.unique(row))
        ]
    ).reshape(-1, 3)
    rows = rows[rows[:, 2] >= _CHAIN * em]
    meets = (rows[:, None, 0] <= rows[:, 1]) & (rows[:, 0] <= rows[:, None, 1])
    return bool((meets @ rows[:, 2] >= _ALL_CHAINS * em).any())


def _dashes(marks: Connected, em: float, axis: int) -> Pixels:
    """The marks that are thin, lying (`axis` 1) or upright."""
    _, labels, stats, _ = marks
    return np.asarray(np.where(_thin(stats, em, axis), 255, 0).astype(np.uint8)[labels], dtype=np.uint8)


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
