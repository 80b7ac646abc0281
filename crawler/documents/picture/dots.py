"""The dots that a scanner of black and white strews over a page: single pixels, far from all print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from crawler.documents.picture.page import Pixels

_ALONE = 9
"""Pixels: the side of the square in whose middle a dot has nothing beside it; dots of a dotted line are nearer."""
_MOST = 0.002
"""The share of a page that such dots are at most; a page of more is noise, and not to be made to look like print."""
_BLACK, _WHITE = 0, 255
_SOME = 64
"""One row in so many is looked at first."""


def without_dots(pixels: Pixels) -> Pixels:
    """A page of black and white without the black pixels that stand alone; any other page as it is."""
    grey = pixels if pixels.ndim == 2 else pixels[:, :, 0]  # noqa: PLR2004 (lines and columns)
    # A few rows tell of most pages that they have more shades.
    some = grey[::_SOME]
    if ((some != _BLACK) & (some != _WHITE)).any():
        return pixels
    is_black = np.asarray(grey == _BLACK, dtype=np.uint8)
    black = cv2.countNonZero(is_black)
    if not black or black + cv2.countNonZero(np.asarray(grey == _WHITE, dtype=np.uint8)) < grey.size:
        return pixels
    beside = cv2.boxFilter(is_black, cv2.CV_16U, (_ALONE, _ALONE), normalize=False, borderType=cv2.BORDER_CONSTANT)
    alone = (is_black == 1) & (beside == 1)
    if not 0 < np.count_nonzero(alone) <= _MOST * grey.size:
        return pixels
    cleaned = pixels.copy()
    cleaned[alone] = _WHITE
    return cleaned
