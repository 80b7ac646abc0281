"""A page as scanned to a page that can be read: grey, upright, straight, without stamps and uneven light."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from storage.errors import UnreadableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

    Connected = tuple[int, NDArray[Any], NDArray[np.int32], NDArray[np.float64]]

LARGEST_EM = 44.0
"""Pixels; print that is larger is scaled down, which costs no character and saves time."""
SCALED_EM = 34.0
_MIN_MARKS = 12
_FILLED = 0.8
_STEEPEST = 3.5
"""Degrees to which a page is put straight."""
_COLUMNS = 32
_STRAIGHT = 0.97
"""A page is left as it lies where it is nearly as sharp as it could be."""
_NEIGHBOURS = 1500
_LYING = 0.37
"""The share of characters whose nearest neighbour stands beside them: 0.36 at most if they lie on their side.

Of upright ones it is 0.64, but 0.39 where narrow columns hold a digit, or a label set downwards, each.
"""
_CONTRAST = 18
_COLOURED = 40
_STAMP_EMS, _LONGEST_STAMP = 4.0, 2.2
_DENSITIES = np.log(256.0 / (np.arange(256, dtype=np.float32) + 1.0)).astype(np.float32)
_SEAL_SHARE, _SEAL_MARGIN, _FULL = 60, 1.1, 70
"""Per cent of a seal's points that are no darker in its own colour's light, for how dark they are in the others;
the rest has print below it. What noise adds to that. Per cent of them that have no more of its colour."""
_MARK, _MANY_MARKS, _DENSE = 0.3, 2000, 1.1
"""So many marks of at least so many ems, so many of them on a square em, are no print: pages of reports have 0.3."""


class Clean(NamedTuple):
    """A page ready to be read.

    `grey`: dark on light, the ground white. `ink`: 255 where something is printed. `em`: the height
    of a usual character in pixels. `scale`: pixels of this page per pixel of the picture.
    """

    grey: Pixels
    ink: Pixels
    em: float
    scale: float


def clean(pixels: Pixels, *, quarters: int = 0) -> Clean:
    """The page without what wear did to it, its lines lying; it is turned by so many `quarters` more than they ask for.

    Raises UnreadableError `illegible` for a page that is full of marks that are no print: noise, a photograph.
    """
    grey = without_stamps(pixels)
    marks = marks_of(find_ink(grey, 24.0))
    _check_legible(marks, grey)
    turns = (marks.lies_sideways + quarters) % 4
    if turns:
        grey = np.ascontiguousarray(np.rot90(grey, -turns))
    em = marks.em
    scale = 1.0
    if em > LARGEST_EM:
        scale = SCALED_EM / em
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        em = SCALED_EM
    grey = even_light(grey, em)
    ink = find_ink(grey, em)
    angle = skew(ink)
    if angle:
        grey = turned(grey, -angle)
        ink = find_ink(grey, em)
    return Clean(grey, ink, em, scale)


def _check_legible(marks: Marks, grey: Pixels) -> None:
    """Seconds, not minutes: what follows takes the longer the more marks there are."""
    sizes = marks.boxes[:, 2:4].max(axis=1, initial=0)
    count = int((sizes >= _MARK * marks.em).sum())
    if count > _MANY_MARKS and count * marks.em**2 > _DENSE * grey.size:
        raise UnreadableError("illegible", f"{count} marks on the page, too many and too close to be print")


def find_ink(grey: Pixels, em: float) -> Pixels:
    """255 where a point is clearly darker than its surroundings."""
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    block = int(em * 2.5) | 1
    return cv2.adaptiveThreshold(
        smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, max(block, 15), _CONTRAST
    )


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


def even_light(grey: Pixels, em: float) -> Pixels:
    """The page with its ground at white, however the light fell."""
    step = 4
    small = cv2.resize(grey, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    window = max(int(em * 1.6 / step), 3) | 1
    ground = cv2.dilate(small, np.ones((window, window), np.uint8))
    ground = cv2.GaussianBlur(ground, (window, window), 0)
    full = cv2.resize(ground, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(grey, np.maximum(full, 60), scale=255)


def without_stamps(pixels: Pixels) -> Pixels:
    """The grey page; the red ink of large round marks is gone, what is printed below it stays."""
    if pixels.ndim == 2:  # noqa: PLR2004 (already grey)
        return pixels
    blue, green, red = cv2.split(pixels)
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    others = cv2.max(blue, green)
    reddish = cv2.threshold(cv2.subtract(red, others), _COLOURED, 255, cv2.THRESH_BINARY)[1]
    if cv2.countNonZero(reddish) < 200:  # noqa: PLR2004
        return grey
    height, width = grey.shape
    unit = max(min(height, width) // 60, 4)
    joined = cv2.morphologyEx(reddish, cv2.MORPH_CLOSE, np.ones((unit, unit), np.uint8))
    covered = np.zeros_like(grey)
    for left, top, across, down, _ in marks_of(joined).boxes.tolist():
        if min(across, down) > _STAMP_EMS * unit and max(across, down) < _LONGEST_STAMP * min(across, down):
            within = np.s_[max(top - unit, 0) : top + down + unit, max(left - unit, 0) : left + across + unit]
            covered[within] = reddish[within]
    if not covered.any():
        return grey
    # Inks that lie on each other add their densities: print darkens red light alone, a seal the others far more.
    in_red, in_others = (_DENSITIES[channel] for channel in (red, others))
    coloured = np.maximum(in_others - in_red, 0)
    is_seal = covered > 0
    share = float(np.percentile(in_red[is_seal] / coloured[is_seal], _SEAL_SHARE)) * _SEAL_MARGIN
    # Where print is darkest, what colour it has is noise.
    coloured = np.minimum(coloured, np.percentile(coloured[is_seal], _FULL))
    print_alone = np.exp(-np.maximum(in_red - share * coloured, 0)) * np.float32(255)
    near = cv2.dilate(covered, np.ones((15, 15), np.uint8)) > 0
    return np.where(near, print_alone.astype(np.uint8), grey)


def skew(ink: Pixels) -> float:
    """By how many degrees lines of print fall to the right; 0 where nothing tells."""
    height, width = ink.shape
    # Narrow columns of the page, each as the ink of its rows: turning by little is moving columns up and down.
    columns = cv2.resize(ink, (_COLUMNS, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    if not columns.any():
        return 0.0
    middles = (np.arange(_COLUMNS) + 0.5) * (width / _COLUMNS) - width / 2
    # Room above and below for what the steepest angle tried moves up and down.
    room = int(np.tan(np.radians(_STEEPEST + 1)) * width / 2) + 1
    roomy = np.ascontiguousarray(np.pad(columns, ((room, room), (0, 0)), mode="edge").T)
    best, reach = 0.0, _STEEPEST
    for step in (0.5, 0.1, 0.02):
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(angles[int(np.argmax([_sharpness(roomy, room, middles, angle) for angle in angles]))])
        reach = step
    is_straight = _sharpness(roomy, room, middles, 0.0) >= _STRAIGHT * _sharpness(roomy, room, middles, best)
    return 0.0 if is_straight or abs(best) > _STEEPEST else best


def _sharpness(columns: NDArray[np.float32], room: int, middles: NDArray[np.float64], angle: float) -> float:
    """How much the rows differ from each other when columns are moved as this angle asks; they have so much room."""
    height = columns.shape[1] - 2 * room
    rows = np.zeros(height, dtype=np.float32)
    for column, shift in zip(columns, np.rint(middles * np.tan(np.radians(angle))).astype(int).tolist(), strict=True):
        rows += column[room + shift : room + shift + height]
    return float(np.square(np.diff(rows)).sum())


def turned(grey: Pixels, angle: float) -> Pixels:
    """The page turned clockwise by so many degrees, on white."""
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1.0)
    return cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255.0,))
