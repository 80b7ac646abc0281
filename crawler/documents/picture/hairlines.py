"""Lines so thin that the scan left a shade of them: where they are, and whether a page has any that are no ink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from crawler.documents.picture.bits import packed
from crawler.documents.picture.cleaning import find_ink
from crawler.documents.picture.marks import connected

if TYPE_CHECKING:
    from crawler.documents.picture.bits import Bits
    from crawler.documents.picture.page import Pixels

MUCH = 60
"""Pixels of hairlines, for each pixel of an em: a line over half the page."""
_HAIR, _FAINT = 9, 7
"""Pixels: the thickest hairline; shades: how much darker than its ground it is at least."""
_LARGEST, _LENGTH, _BREADTH = 1.5, 0.4, 0.2
"""Ems: the longest side of a character; the least length and breadth of a digit, which is broader than a line."""


def hairlines(grey: Pixels, ink: Bits, run: int) -> Bits:
    """Where a line (lying) is, be it too faint to be ink: along its length the noise cancels out."""
    along = cv2.blur(grey, (run // 2 * 2 + 1, 1))
    hat = cv2.morphologyEx(along, cv2.MORPH_BLACKHAT, np.ones((_HAIR, 1), np.uint8))
    # Not beside letters, which are a band of grey once they are blurred; lines that cross are no letters.
    letters = ink.opened(1, 4) - ink.opened(1, run).dilated(5, 1)
    return packed(hat > _FAINT) - letters.dilated(run, _HAIR + 4)


def beside(hair: Bits, lines: Bits, run: int) -> int:
    """How many pixels of hairlines (lying, as long as the run) lie beside these lines."""
    return (hair - lines.dilated(7, 7)).opened(run, 1).count()


def without_letters(hair: Bits, grey: Pixels, lines: Pixels, run: int, em: float) -> Bits:
    """The hairlines (lying, of so long a run) that are not beside print, were it too pale to be ink beside the lines.

    Strokes of pale digits that stand above each other in a column of low rows look like a line.
    """
    bare = grey.copy()
    bare[cv2.dilate(lines, np.ones((3, 3), np.uint8)) > 0] = 255
    _, labels, stats, _ = connected(find_ink(bare, em))
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    large, small = np.maximum(wide, tall), np.minimum(wide, tall)
    is_letter = (large <= _LARGEST * em) & (large >= _LENGTH * em) & (small >= _BREADTH * em)
    is_letter[0] = False
    letters = (is_letter.astype(np.uint8) * np.uint8(255))[labels]
    return hair - packed(letters).dilated(run, _HAIR + 4)
