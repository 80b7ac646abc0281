"""Is this nought the same picture as one that was read? Most cells of a report are noughts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

_DARK = 150
_SIZE = (16, 24)
_WIDEST = 0.75
"""One digit is narrower, in ems."""
_FURTHEST = 0.24
"""The most by which two noughts may differ anywhere, of the contrast between ink and ground.

Measured on 25,000 pairs of different digits from worn pages of 150 and 200 dpi: a nought and a six
differ by 0.40 at least, all others by more. Half of the pairs of equal digits differ by less than 0.22.
"""
_FURTHEST_MEAN = 0.08
"""The same of the root of the mean square: of 2,786 other digits, broken ones too, the nearest lay at 0.093."""
_SAME_SIZE = 2


class Shape(NamedTuple):
    """A digit brought to one size, and its width and height in pixels before."""

    values: NDArray[np.float32]
    width: int
    height: int


def digit_shape(pixels: Pixels, em: float) -> Shape | None:
    """The shape of a strip that may hold one digit, None where it surely holds more or less.

    Pale print leaves two halves of a nought; nothing that is no nought is like them.
    """
    dark = pixels < _DARK
    columns, rows = np.flatnonzero(dark.any(axis=0)), np.flatnonzero(dark.any(axis=1))
    if not len(columns):
        return None
    left, right, top, bottom = int(columns[0]), int(columns[-1]) + 1, int(rows[0]), int(rows[-1]) + 1
    if right - left > _WIDEST * em or bottom - top > em:
        return None
    own = pixels[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1].astype(np.float32)
    lowest, highest = float(own.min()), float(own.max())
    scaled = cv2.resize((own - lowest) / max(highest - lowest, 1.0), _SIZE, interpolation=cv2.INTER_AREA)
    return Shape(np.asarray(cv2.GaussianBlur(scaled, (0, 0), 1.0), dtype=np.float32), right - left, bottom - top)


def is_alike(one: Shape, other: Shape) -> bool:
    """Do both show the same digit, beyond doubt?"""
    if abs(one.width - other.width) > _SAME_SIZE or abs(one.height - other.height) > _SAME_SIZE:
        return False
    apart = np.abs(one.values - other.values)
    return float(apart.max()) <= _FURTHEST and float(np.sqrt(np.square(apart).mean())) <= _FURTHEST_MEAN
