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


def marks_of(ink: Pixels) -> Marks:
    """The connected marks of inked pixels."""
    _, _, stats, _ = connected(ink)
    return Marks(np.asarray(stats[1:], dtype=np.int32))


def connected(ink: Pixels) -> Connected:
    """The connected marks of inked pixels as OpenCV gives them: count, labels, statistics, middles; 0 is the ground."""
    try:
        # Less than half the time that labels of 32 bits take.
        found = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_16U)
    except cv2.error:  # more than 65,534 marks
        found = cv2.connectedComponentsWithStats(ink, connectivity=8)
    count, labels, stats, middles = found
    return count, labels, np.asarray(stats, dtype=np.int32), np.asarray(middles, dtype=np.float64)
