"""Strokes of a character that happen to stand where a column of the table ends, in a row as low as the print.

Such a stroke seems to be the side of a cell. But a ruling line reaches the lying lines above and below it; a stroke
leaves a gap there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crawler.documents.picture.quantiles import percentiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from crawler.documents.picture.cells import Box, GridCell
    from crawler.documents.picture.page import Pixels

    Marks = NDArray[np.bool_]

_LOW = 2.0
"""Ems: in a higher row no stroke seems to be a side."""
_BESIDE, _LYING = 2, 2
"""Pixels by which a line leans; by which lying lines are thicker than they were found."""
_NEAR = 0.25
"""Ems from a column within which lines are its sides."""
_GAP, _END = 0.06, 0.35
"""Ems: the least gap, and how near to the end of the side it begins."""
_PALE = 0.5
"""The share of the darkness of a side that a gap has at most."""
_ABOVE, _GOES_ON = 0.6, 0.8
"""Ems above and below the row in which a line goes on; the share of them that is inked."""


def without_strokes(down: Marks, cells: Sequence[GridCell], dark: Pixels, box: Box, em: float) -> Marks:
    """The upright lines without those sides of cells that are strokes.

    `dark` is how dark each point of the grid is (0 to 255), dashes without their gaps; `box` is where it lies.
    """
    kept = down.copy()
    reach = round(_NEAR * em) + 1
    for top, bottom, column in _sides(cells, em):
        first, last, start = (
            top - box.top + 1 + _LYING,
            bottom - box.top - 1 - _LYING,
            max(column - box.left - reach, 0),
        )
        if last - first < em / 2:
            continue
        around = slice(start, start + 2 * reach + 1)
        # On the whole page a line may lean by more than it does in a row.
        place = start + int(down[first:last, around].sum(axis=0).argmax())
        near = slice(max(place - _BESIDE, 0), place + _BESIDE + 1)
        if _goes_on(down, top - box.top, bottom - box.top, near, em):
            continue
        if _has_gap(dark[first:last, near].max(axis=1).astype(np.float64), em):
            kept[first - 1 : last + 1, around] = False
    return kept


def _sides(cells: Iterable[GridCell], em: float) -> Iterator[tuple[int, int, int]]:
    """Top, bottom and column of each side between two cells of one low row."""
    starts = {(cell.box.top, cell.box.bottom, cell.box.left) for cell in cells}
    for cell in cells:
        _, top, right, bottom = cell.box
        if bottom - top <= _LOW * em and (top, bottom, right - 1) in starts:
            yield top, bottom, right - 1


def _goes_on(down: Marks, top: int, bottom: int, near: slice, em: float) -> bool:
    """Does a line stand there above the row as well as below it?"""
    reach = round(_ABOVE * em)
    above, below = down[max(top - reach, 0) : max(top - _LYING, 0), near], down[bottom + _LYING : bottom + reach, near]
    return all(len(rows) > 0 and float(rows.any(axis=1).mean()) >= _GOES_ON for rows in (above, below))


def _has_gap(dark: NDArray[np.float64], em: float) -> bool:
    """Is a side (how dark it is at each row) pale for a while near one of its ends?"""
    is_pale = dark < _PALE * percentiles(dark, 75)[0]
    least, end = max(round(_GAP * em), 2), round(_END * em)
    starts = range(max(end - least, 0) + 1)
    return any(rows[start : start + least].all() for rows in (is_pale, is_pale[::-1]) for start in starts)
