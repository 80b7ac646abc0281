"""A page as scanned to a page that can be read: grey, upright, straight, without stamps and uneven light."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.bits import packed
from crawler.documents.picture.marks import marks_of
from crawler.documents.picture.stamps import without_stamps
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.marks import Marks
    from crawler.documents.picture.page import Pixels

LARGEST_EM = 44.0
"""Pixels; print that is larger is scaled down, which costs no character and saves time."""
SCALED_EM = 34.0
_STEEPEST = 3.5
"""Degrees to which a page is put straight."""
_COLUMNS = 32
_STRAIGHT = 0.97
"""A page is left as it lies where it is nearly as sharp as it could be."""
_CONTRAST = 18
_SMOOTH, _HALF_UP = np.array([0.25, 0.5, 0.25]), 0.001
"""Over three points; what is in the middle between two shades is the lighter one."""
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
    # What GaussianBlur and adaptiveThreshold find, in little more than half the time.
    smooth = cv2.sepFilter2D(grey, -1, _SMOOTH, _SMOOTH, delta=_HALF_UP)
    block = max(int(em * 2.5) | 1, 15)
    mean = cv2.blur(smooth, (block, block), borderType=cv2.BORDER_REPLICATE)
    return cv2.threshold(cv2.subtract(mean, smooth), _CONTRAST - 1, 255, cv2.THRESH_BINARY)[1]


def even_light(grey: Pixels, em: float) -> Pixels:
    """The page with its ground at white, however the light fell."""
    step = 4
    small = cv2.resize(grey, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    window = max(int(em * 1.6 / step), 3) | 1
    ground = cv2.dilate(small, np.ones((window, window), np.uint8))
    ground = cv2.GaussianBlur(ground, (window, window), 0)
    full = cv2.resize(ground, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(grey, np.maximum(full, 60), scale=255)


def skew(ink: Pixels) -> float:
    """By how many degrees lines of print fall to the right; 0 where nothing tells."""
    width = ink.shape[1]
    # Narrow columns of the page, each as the ink of its rows: turning by little is moving columns up and down.
    columns = _columns(ink)
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


def _columns(ink: Pixels) -> NDArray[np.float32]:
    """The mean of each row of each column, as INTER_AREA finds it in ten times the time."""
    words, width = packed(ink).words, ink.shape[1]
    before = np.zeros((len(words), words.shape[1] + 1), dtype=np.int64)
    np.cumsum(np.bitwise_count(words), axis=1, out=before[:, 1:])
    words = np.pad(words, ((0, 0), (0, 1)))
    edges = np.arange(_COLUMNS + 1) * (width / _COLUMNS)
    whole = edges.astype(np.int64)
    place, bit = whole // 64, (whole % 64).astype(np.uint64)
    own = words[:, place]
    counts = before[:, place] + np.bitwise_count(own & ((np.uint64(1) << bit) - np.uint64(1)))
    counts = counts + (own >> bit & np.uint64(1)) * (edges - whole)
    return np.asarray(np.rint(np.diff(counts, axis=1) * (255 * _COLUMNS / width)), dtype=np.float32)


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
