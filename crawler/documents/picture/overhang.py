"""Where a table ends above and below: at its first and last lying line, if not most of its upright ones go on.

A page may tear a row, and then the lines between its cells run on beyond the last lying line. The strokes of a
heading that touches the table run on as well, but of few lines only, and seldom of those at the table's sides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Marks = NDArray[np.bool_]

_WIDE = 0.4
"""The share of the table's width that its first and its last line fill at least."""
_BESIDE, _BEYOND = 0.25, 0.5
"""Ems from the line: so near are the upright ones that it parts; what goes on for so long stands out."""
_MOST = 0.6
_SAME = 0.3
"""Ems: ink nearer than this is of the same upright line."""


def ends_of(across: Marks, down: Marks, em: float) -> tuple[int, int]:
    """The first row of a table and the row behind its last, in the picture of its lines."""
    rows = len(across)
    # A line may lean by two pixels.
    weight = np.convolve(across.sum(axis=1), np.ones(3), "same")
    wide = np.flatnonzero(weight >= _WIDE * across.shape[1])
    if len(wide) < 2:  # noqa: PLR2004 (nothing lies between)
        return 0, rows
    bottom = int(wide[-1]) + 1
    top = rows - 1 - int(wide[0]) + 1
    last = bottom if _only_touches(down, bottom, em) else rows
    first = rows - top if _only_touches(down[::-1], top, em) else 0
    return (first, last) if last - first > em else (0, rows)


def _only_touches(down: Marks, level: int, em: float) -> bool:
    """Is what stands below this level no row of the table?"""
    beside, beyond = max(round(em * _BESIDE), 3), max(round(em * _BEYOND), 3)
    if len(down) - level <= beyond:
        return len(down) > level
    above = _places(np.asarray(down[max(level - beside - beyond, 0) : max(level - beside, 1)].any(axis=0)), em)
    below = _places(np.asarray(down[level + beside : level + beside + beyond].all(axis=0)), em)
    if not len(above):
        return False
    near = _SAME * em
    goes_on = np.asarray((np.abs(above[:, None] - below) <= near).any(axis=1))
    has_sides = bool(goes_on[0] and goes_on[-1])
    return not has_sides and float(goes_on.mean()) < _MOST


def _places(inked: NDArray[Any], em: float) -> NDArray[np.float64]:
    """The middles of the lines that are inked."""
    columns = np.flatnonzero(inked)
    if not len(columns):
        return np.zeros(0)
    return np.array([group.mean() for group in np.split(columns, np.flatnonzero(np.diff(columns) > _SAME * em) + 1)])
