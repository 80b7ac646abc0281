"""The connected marks of a page: how large its characters are, and whether its lines lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

    Connected = tuple[int, NDArray[Any], NDArray[np.int32], NDArray[np.float64]]

_MIN_MARKS = 12
_FILLED = 0.8
_NEIGHBOURS = 1500
_LYING = 0.37
"""The share of characters whose nearest neighbour stands beside them: 0.36 at most if they lie on their side.

Of upright ones it is 0.64, but 0.39 where narrow columns hold a digit, or a label set downwards, each.
"""
_DASHED, _MANY = 0.15, 200
"""The share of the marks, if there are so many, from which those in rows may be dashes of lines."""
_SOLID, _USUALLY = 0.66, 0.7
"""How much of its box a dash fills that blur has made rounder, and the middle one of all; characters fill 0.69."""
_LARGER, _LARGE = 0.06, 1.3
"""The share of the marks that is print between dashes; how much taller than a dash its middle one is."""
_ALIKE, _PITCH = 2, 1.8
"""Pixels by which dashes of a line differ in place and size; from one to the next, in lengths of a dash."""


class Marks(NamedTuple):
    """The connected marks of a page: left, top, width, height and inked pixels of each."""

    boxes: NDArray[np.int32]

    def within(self, left: int, top: int, right: int, bottom: int) -> Marks:
        """Those that begin inside a box."""
        boxes = self.boxes
        inside = (boxes[:, 0] >= left) & (boxes[:, 0] < right) & (boxes[:, 1] >= top) & (boxes[:, 1] < bottom)
        return Marks(boxes[inside])

    @property
    def em(self) -> float:
        """The height of a usual character; 24 where there are too few marks to tell."""
        widths, heights = self.boxes[:, 2], self.boxes[:, 3]
        usual = (heights >= 7) & (heights <= 160) & (widths <= 2 * heights) & (heights <= 4 * widths)  # noqa: PLR2004
        # What fills its box is a dash of a line.
        usual &= self.boxes[:, 4] < _FILLED * widths * heights
        if usual.sum() < _MIN_MARKS:
            return 24.0
        usual[usual] = ~_dashes(self.boxes[usual])
        # Half of the marks are parts of characters; the tall ones are whole. Digits stand 0.75 em high.
        return float(np.percentile(heights[usual], 80)) * 1.08

    @property
    def lies_sideways(self) -> bool:
        """Do the lines of print stand upright? Characters of a line are nearer to each other than lines are."""
        sides = self.boxes[:, 2:4].max(axis=1)
        whole = self.boxes[(sides >= self.em * 0.5) & (sides <= self.em * 1.3)][:_NEIGHBOURS].astype(np.float32)
        if len(whole) < _MIN_MARKS:
            return False
        middles = whole[:, :2] + whole[:, 2:4] / 2
        across, down = (np.abs(middles[:, side, None] - middles[:, side]) for side in (0, 1))
        apart = np.maximum(across, down)
        np.fill_diagonal(apart, np.inf)
        nearest = apart.argmin(axis=1)
        own = np.arange(len(whole))
        is_near = apart[own, nearest] < 1.6 * self.em
        return bool((across[own, nearest] > down[own, nearest])[is_near].mean() < _LYING) if is_near.any() else False


def _dashes(boxes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which marks are dashes of lines, or no larger: the most where blurred dashes are not as solid as they were."""
    none = np.zeros(len(boxes), dtype=np.bool_)
    if len(boxes) < _MANY:
        return none
    sizes = boxes[:, 2:4]
    solid = boxes[:, 4] >= _SOLID * sizes[:, 0] * sizes[:, 1]
    in_row = none.copy()
    for along in (0, 1):
        level = 2 * boxes[:, 1 - along] + sizes[:, 1 - along]
        # A row is broken where its level passes from one step to the next: that costs a few dashes.
        order = np.lexsort((boxes[:, along], level // (4 * _ALIKE)))
        start, own, length = boxes[order, along], sizes[order], sizes[order, along]
        alike = (np.abs(np.diff(level[order])) <= 2 * _ALIKE) & (np.abs(np.diff(own, axis=0)) <= _ALIKE).all(axis=1)
        pitch = np.diff(start)
        alike &= (pitch >= length[:-1] - _ALIKE) & (pitch <= _PITCH * length[:-1])
        in_row[order[1:-1]] |= alike[1:] & alike[:-1] & (np.abs(np.diff(pitch)) <= _ALIKE)
    in_row &= solid
    if in_row.sum() < _DASHED * len(boxes):
        return none
    wide, tall = np.percentile(sizes[in_row], 75, axis=0) + _ALIKE
    small = np.asarray((sizes[:, 0] <= wide) & (sizes[:, 1] <= tall), dtype=np.bool_)
    # Characters stand in rows too, but most of them are not as solid, and few of a page are larger.
    filled = np.median(boxes[small, 4] / (sizes[small, 0] * sizes[small, 1]))
    rest = sizes[~small, 1]
    if filled < _USUALLY or len(rest) < _LARGER * len(boxes) or np.median(rest) < _LARGE * tall:
        return none
    return small


def marks_of(ink: Pixels) -> Marks:
    """The connected marks of inked pixels."""
    return Marks(placed(ink)[0])


def lying_marks(ink: NDArray[np.bool_]) -> tuple[Connected, NDArray[np.intp]]:
    """The connected marks of a picture most rows of which are blank, and its other rows: the labels are of these."""
    is_inked = np.asarray(ink.any(axis=1))
    # One blank row parts what was apart.
    rows = np.flatnonzero(is_inked | np.append(False, is_inked[:-1]))
    if not len(rows):
        rows = np.zeros(1, dtype=np.intp)
    count, labels, stats, middles = connected(ink[rows].astype(np.uint8))
    first = stats[1:, cv2.CC_STAT_TOP]
    middles[1:, 1] += rows[first] - first
    stats[1:, cv2.CC_STAT_TOP] = rows[first]
    return (count, labels, stats, middles), rows


def placed(ink: Pixels) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The statistics and the middles of the connected marks, the ground left out."""
    # Ground takes as much time as ink.
    left, top, across, down = cv2.boundingRect(ink)
    _, _, stats, middles = connected(ink[top : top + down, left : left + across] if across else ink[:1, :1])
    stats[:, :2] += left, top
    return stats[1:], middles[1:] + np.array((left, top))


def connected(ink: Pixels) -> Connected:
    """The connected marks of inked pixels as OpenCV gives them: count, labels, statistics, middles; 0 is the ground."""
    try:
        # Less than half the time that labels of 32 bits take.
        found = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_16U)
    except cv2.error:  # more than 65,534 marks
        found = cv2.connectedComponentsWithStats(ink, connectivity=8)
    count, labels, stats, middles = found
    return count, labels, np.asarray(stats, dtype=np.int32), np.asarray(middles, dtype=np.float64)
