"""Strokes of a character that happen to stand where a column of the table ends, in a row as low as the print.

Such a stroke seems to be the side of a cell. But a ruling line reaches the lying lines above and below it, and is as
dark and as thin all the way; a stroke leaves a gap there, or has other strokes at its sides. Measured on 3,230 sides
and 188 strokes of tables with solid lines (150 to 300 dpi): 177 of the strokes are told, and one side is taken for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crawler.documents.picture.quantiles import percentiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from crawler.documents.picture.cells import Box, GridCell
    from crawler.documents.picture.page import Pixels

    Marks = NDArray[np.bool_]

LOW, _LOWER = 2.6, 2.0
"""Ems: in a higher row no strokes seem to be a side, where lines are solid; the same where they may be dashed, and of
what goes on above and below."""
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
_SOLID, _BROAD, _HALF = 0.6, 9, 0.5
"""The share of its darkness that a solid line has everywhere; so many of the broadest cells tell whether lines are;
the share at the rims of its thickness."""
_BROKEN, _HARDLY_BROKEN, _GONE = 0.65, 0.5, 0.3
"""The share of its darkness that a side has at its ends at least, if print is beside it; the same where a line goes on
above and below it; and if no print is beside it: below a stamp that was wiped lines are pale."""
_UNEVEN, _NEARLY_EVEN = 0.8, 0.9
"""The share of its darkness that it has everywhere at least, if print is beside it; and if print touches it."""
_PRINT, _HARDLY_PRINT, _TOUCHING, _BESET = 0.2, 0.05, 0.1, 0.4
"""How dark, as a share of its own darkness, print is left and right of a stroke: near it on both sides, if it has gaps
where a line goes on, right beside it on both sides, and on one of them."""
_RAGGED, _RATHER_EVEN, _CLOSE = 0.75, 0.85, 0.5
"""The share of its darkness that it has everywhere, if print stands near it on one side; the same, and without print,
in a column of strokes. How dark that print is."""
_SAME, _VOTES = 3, 0.4
"""Pixels by which strokes above each other differ; the share of a column's sides that are strokes, so that all are."""
_THICK, _AROUND, _BLUR = 0.35, 0.45, 2
"""Ems: no line of a low row is thicker; so near is print beside a stroke. Pixels beside a line that are its blur."""


class Dark(NamedTuple):
    """How dark each point of a grid is, 0 to 255: as it is `seen`; and with the gaps of dashed lines `closed`."""

    seen: Pixels
    closed: Pixels


def without_strokes(down: Marks, cells: Sequence[GridCell], dark: Dark, box: Box, em: float) -> Marks:
    """The upright lines without those sides of cells that are strokes; `box` is where the grid lies."""
    kept = down.copy()
    reach = round(_NEAR * em) + 1
    is_solid = _has_solid_lines(cells, dark.seen, box)
    looked: list[tuple[int, slice, slice, Look, bool]] = []
    for top, bottom, column in _sides(cells, em * (LOW if is_solid else _LOWER)):
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
        goes_on = _goes_on(down, top - box.top, bottom - box.top, near, em)
        if is_solid:
            if goes_on and bottom - top > _LOWER * em:
                continue
            look = look_at(dark.seen[first:last], near, em)
            looked.append((place, slice(first - 1, last + 1), around, look, look.is_stroke(goes_on=goes_on)))
        elif not goes_on and _has_gap(dark.closed[first:last, near].max(axis=1).astype(np.float64), em):
            kept[first - 1 : last + 1, around] = False
    places, found = np.array([each[0] for each in looked]), np.array([each[4] for each in looked], dtype=np.bool_)
    for place, rows, around, look, is_print in looked:
        votes = found[np.abs(places - place) <= _SAME]
        is_column = votes.sum() > 1 and votes.mean() >= _VOTES
        if is_print or (is_column and (look.even < _RATHER_EVEN or look.most > _CLOSE)):
            kept[rows, around] = False
    return kept


def _has_solid_lines(cells: Sequence[GridCell], seen: Pixels, box: Box) -> bool:
    """Have the lines above the broadest cells no gaps?"""
    evenness = []
    for cell in sorted(cells, key=lambda cell: cell.box.left - cell.box.right)[:_BROAD]:
        level, left, right = cell.box.top - box.top, cell.box.left - box.left, cell.box.right - box.left
        low, usual = percentiles(seen[max(level - _BESIDE, 0) : level + _BESIDE + 1, left:right].max(axis=0), 4, 75)
        evenness.append(low / max(usual, 1.0))
    return bool(evenness) and sorted(evenness)[len(evenness) // 2] >= _SOLID


class Look(NamedTuple):
    """How what seems to be a side looks, each as a share of its own darkness, but `is_thick`.

    How dark it is at its palest, `even` anywhere, `at_ends` at one of its ends; how dark print is near it, at `most`
    on one side and at `least` on both, and right beside it (`touching` and `touching_both`).
    """

    even: float
    at_ends: float
    least: float
    most: float
    touching: float
    touching_both: float
    is_thick: bool

    def is_stroke(self, *, goes_on: bool) -> bool:
        """Is it no solid line: broken off, or thick, or with other strokes beside it?

        `goes_on`: a line does, above and below.
        """
        return bool(
            (self.at_ends < _GONE and not goes_on)
            or (self.at_ends < _BROKEN and not goes_on and (self.least > _HARDLY_PRINT or self.most > _BESET))
            or (self.at_ends < _HARDLY_BROKEN and self.least > _HARDLY_PRINT)
            or (self.even < _UNEVEN and (self.least > _PRINT or self.is_thick))
            or (self.even < _NEARLY_EVEN and self.least > _PRINT and self.touching_both > _TOUCHING)
            or (self.even < _RAGGED and self.most > _CLOSE)
            or (self.least > _BESET and self.touching_both > _PRINT)
            or (self.is_thick and self.touching > _BESET)
        )


def look_at(row: Pixels, near: slice, em: float) -> Look:
    """How what stands in a row looks: how dark each of its points is, and the columns in which the side would be."""
    own = row[:, near].max(axis=1)
    usual = max(percentiles(own, 75)[0], 1.0)
    end, around = max(round(_END * em), 3), round(_AROUND * em)
    first = max(near.start - around, 0)
    mean = row[:, first : near.stop + around].mean(axis=0)
    middle = near.start - first + int(mean[near.start - first : near.stop - first].argmax())
    share = mean / max(float(mean[middle]), 1.0)
    is_line = share >= _HALF
    left, right = int(is_line[middle::-1].argmin()) or middle + 1, int(is_line[middle:].argmin()) or len(mean) - middle
    before, behind = share[max(middle - around, 0) : max(middle - left - _BLUR + 1, 0)], share[middle + right + _BLUR :]
    near_it = before.max(initial=0.0), behind[:around].max(initial=0.0)
    touching = before[-2:].max(initial=0.0), behind[:2].max(initial=0.0)
    return Look(
        float(own.min()) / usual,
        float(min(own[:end].min(), own[-end:].min())) / usual,
        float(min(near_it)),
        float(max(near_it)),
        float(max(touching)),
        float(min(touching)),
        left + right - 1 > _THICK * em,
    )


def _sides(cells: Iterable[GridCell], highest: float) -> Iterator[tuple[int, int, int]]:
    """Top, bottom and column of each side between two cells of one row that is no higher (in pixels)."""
    starts = {(cell.box.top, cell.box.bottom, cell.box.left) for cell in cells}
    for cell in cells:
        _, top, right, bottom = cell.box
        if bottom - top <= highest and (top, bottom, right - 1) in starts:
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
