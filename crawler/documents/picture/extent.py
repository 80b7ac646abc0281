"""How far the print of a page extends: what is beyond takes as much time and says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crawler.documents.picture.bits import packed
from crawler.documents.picture.cells import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.cleaning import Clean

_AROUND, _STEP, _WORTH = 3.0, 4, 0.9
"""Ems of white around what is printed that are looked at, to a point that a picture half or a quarter as large has
too; the share of a page above which it is no less work."""
_SPECK = 0.11
"""Ems: what goes on for less is dirt."""


def printed_part(page: Clean) -> Box | None:
    """The part of a page on which anything is printed, with room around it; None where that is nearly all."""
    height, width = page.ink.shape
    ink, speck = packed(page.ink), max((round(_SPECK * page.em) - 1) | 1, 3)
    marks = (ink.opened(speck, 1) | ink.opened(1, speck)).pixels
    # The shadow of one edge lies across what is printed as seen from the others.
    rim = round(page.em)
    left, right, top, bottom = rim, width - rim, rim, height - rim
    for _ in range(2):
        left, right = _inked(np.asarray(marks[top:bottom].any(axis=0)), page.em)
        top, bottom = _inked(np.asarray(marks[:, left:right].any(axis=1)), page.em)
    room = round(_AROUND * page.em)
    left, top = (max(side - room, 0) // _STEP * _STEP for side in (left, top))
    right, bottom = (first + -(-(end + room - first) // _STEP) * _STEP for first, end in ((left, right), (top, bottom)))
    box = Box(left, top, min(right, width), min(bottom, height))
    return box if (box.right - left) * (box.bottom - top) < _WORTH * page.ink.size else None


def _inked(has_ink: NDArray[np.bool_], em: float) -> tuple[int, int]:
    """From where to where there is ink, without the thin shadow of a scan's edge and the white beside it."""
    places = np.flatnonzero(has_ink)
    if not len(places):
        return 0, len(has_ink)
    first, last = int(places[0]), int(places[-1])
    gaps = np.flatnonzero(np.diff(places) > _AROUND * em)
    if len(gaps) and places[gaps[0]] < em:
        first = int(places[gaps[0] + 1])
    if len(gaps) and places[gaps[-1] + 1] > len(has_ink) - em:
        last = int(places[gaps[-1]])
    return first, max(last, first) + 1
