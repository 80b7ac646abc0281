"""The ruled tables of a page, by their lines: which cells there are, where, and what each spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.bearing import ending_on, supported
from crawler.documents.picture.bits import packed
from crawler.documents.picture.borders import dashed_twins, left_over, sides_of
from crawler.documents.picture.cells import Box, GridCell, cells_of
from crawler.documents.picture.faint import crossing_lines, line_shades
from crawler.documents.picture.marks import connected, lying_marks, marks_of
from crawler.documents.picture.overhang import ends_of
from crawler.documents.picture.rules import RISE, find_rules
from crawler.documents.picture.strokes import LOW, Dark, look_at, without_strokes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels
    from crawler.documents.picture.rules import Rules

    Marks = NDArray[np.bool_]

_CORNER = 0.25
"""Ems by which a line may miss the line that it ends on."""
_LOWEST = 1.4
"""Ems: no table is lower; the strokes of a bold heading are."""
_SMALLEST, _SMALL, _ROOM = 0.5, 0.75, 4
"""The height of a table's characters as a share of that of the page's: the least, and below which its lines are
looked for again; pixels around it."""
_TALL = 1.35
"""Ems: strokes of letters cross what is lower."""
_ROUNDS = 3
_BESIDE, _HALF, _WHOLE = 4, 0.5, 0.85


class Grid(NamedTuple):
    """A ruled table and its cells, by rows."""

    box: Box
    cells: tuple[GridCell, ...]


def find_grids(grey: Pixels, rules: Rules, em: float) -> tuple[tuple[Grid, ...], Pixels]:
    """The tables of the page from top to bottom, and the ink of their lines (255).

    One cell alone is a frame, not a table.
    """
    found: list[Grid] = []
    ruled = np.zeros_like(rules.both)
    for group in _groups(rules.across, rules.down, Box(0, 0, *reversed(rules.both.shape)), em):
        own = _print_height(group, rules, em)
        if own < _SMALL * em:
            # Between small letters nothing is seen of the gaps that a page of larger ones has.
            box = _roomy(group.box, rules.both.shape)
            part = np.ascontiguousarray(grey[box.part])
            finer = find_rules(part, np.ascontiguousarray(rules.ink[box.part]), own)
            grids = [
                _moved(grid, box)
                for inner in _groups(finer.across, finer.down, Box(0, 0, *reversed(part.shape)), own)
                for grid in _grids_of(inner, finer, part, (own, own), ruled[box.part])
            ]
        else:
            grids = list(_grids_of(group, rules, grey, (em, own), ruled))
        found += grids
    outer = [grid for grid in found if not any(other is not grid and _within(grid.box, other.box) for other in found)]
    return tuple(sorted(outer, key=lambda grid: (grid.box.top, grid.box.left))), ruled


def _grids_of(group: _Group, rules: Rules, grey: Pixels, ems: tuple[float, float], ruled: Pixels) -> Iterator[Grid]:
    """The tables that lines which touch each other rule; their ink is noted in `ruled`.

    `ems` are the heights of the page's characters and of the table's.
    """
    em, print_em = ems
    ink, shade = rules.ink[group.box.part] > 0, grey[group.box.part]
    across = ending_on(group.across, group.down, ink, shade, em)
    down = group.down
    if not rules.is_banded:
        turned = ending_on(down.T, group.across.T, ink.T, shade.T, print_em, are_turned=True)
        down = supported(turned.T, print_em)
    # Without the strokes of the letters between them, two tables are two.
    for own in _groups(across, down, group.box, em):
        if _longest(own.across) < max(5 * em, own.across.shape[1] / 3) or _longest(own.down.T) < em * RISE:
            continue
        for one in _parts(_without_overhang(own, em), em):
            part = one if rules.is_banded else _without_strokes(one, grey, rules.ink, em)
            if len(part.across) < _LOWEST * em:
                continue
            lines, uprights, cells = _completed(part, grey[part.box.part], em, is_banded=rules.is_banded)
            if len(cells) > 1:
                ruled[part.box.part] |= (lines | uprights).astype(np.uint8) * sides_of(cells, part.box, em)
                inked = rules.ink[part.box.part] > 0
                ruled[part.box.part] |= left_over(cells, inked, part.box, em)
                if rules.is_banded:
                    ruled[part.box.part] |= dashed_twins(cells, inked, part.box, em)
                yield Grid(part.box, cells)


def _roomy(box: Box, shape: tuple[int, ...]) -> Box:
    height, width = shape[:2]
    return Box(
        max(box.left - _ROOM, 0),
        max(box.top - _ROOM, 0),
        min(box.right + _ROOM, width),
        min(box.bottom + _ROOM, height),
    )


def _moved(grid: Grid, within: Box) -> Grid:
    """A grid of a part of the page as one of the page."""

    def moved(box: Box) -> Box:
        return Box(box.left + within.left, box.top + within.top, box.right + within.left, box.bottom + within.top)

    return Grid(moved(grid.box), tuple(cell._replace(box=moved(cell.box)) for cell in grid.cells))


def _print_height(group: _Group, rules: Rules, em: float) -> float:
    """The height of a table's characters, which may be smaller than those of the page's headings."""
    lines = (group.across | group.down).astype(np.uint8) * np.uint8(255)
    marks = marks_of(cv2.subtract(rules.ink[group.box.part], cv2.dilate(lines, np.ones((3, 3), np.uint8))))
    return min(max(marks.em, em * _SMALLEST), em)


class _Group(NamedTuple):
    """Lines that touch each other, and the box around them."""

    box: Box
    across: Marks
    down: Marks


def _groups(across: Any, down: Any, around: Box, em: float) -> Iterator[_Group]:  # noqa: ANN401 (bits or bytes)
    """Lines that touch; `around` is the box on the page that they are in."""
    across, down = ((lines > 0).view(np.uint8) for lines in (across, down))
    left, top, width, height = cv2.boundingRect(cv2.bitwise_or(across, down))
    if width < 2 * em:
        return
    # What is grown below stays within; half as large, all is where it was.
    room = 2 * round(em) + 8
    left, top, right, bottom = max(left - room, 0) // 2 * 2, max(top - room, 0) // 2 * 2, left + width, top + height
    across, down = (lines[top : bottom + room, left : right + room] for lines in (across, down))
    around = Box(around.left + left, around.top + top, around.right, around.bottom)
    # A dashed line need not reach the line that it ends on.
    far = max(round(em * _CORNER), 2) * 2 + 1
    longer = packed(across).dilated(far, 1) | packed(down).dilated(1, far)
    half = cv2.resize(longer.pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    _, half = cv2.threshold(half, 0, 255, cv2.THRESH_BINARY)
    reach = max(int(em * 0.15), 2)
    joined = cv2.dilate(half, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = connected(joined)
    for number in range(1, count):
        left, top, width, height = (2 * int(value) for value in stats[number, :4])
        if width < 4 * em or height < em:
            continue
        part = np.s_[top : top + height, left : left + width]
        height, width = across[part].shape
        share = (labels[top // 2 : (top + height + 1) // 2, left // 2 : (left + width + 1) // 2] == number).astype(
            np.uint8
        )
        own = cv2.resize(share, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)[:height, :width]
        both = (across[part] | down[part]) & own
        rows, columns = np.flatnonzero(both.any(axis=1)), np.flatnonzero(both.any(axis=0))
        if not len(rows):
            continue
        tight = np.s_[int(rows[0]) : int(rows[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]
        corner = around.left + left, around.top + top
        yield _Group(
            Box(
                corner[0] + int(columns[0]),
                corner[1] + int(rows[0]),
                corner[0] + int(columns[-1]) + 1,
                corner[1] + int(rows[-1]) + 1,
            ),
            ((across[part] & own) > 0)[tight],
            ((down[part] & own) > 0)[tight],
        )


def _completed(group: _Group, grey: Pixels, em: float, *, is_banded: bool) -> tuple[Marks, Marks, tuple[GridCell, ...]]:
    """The lines of a grid and its cells, with those lines that are only seen once it is known what they part.

    Where pale upright lines were looked for band by band (`is_banded`), what crosses a low cell is a stroke.
    """
    box, across, down = group
    cells = cells_of(across, down, em, box)
    if not cells:
        return across, down, cells
    shades, dark = line_shades(grey), cv2.bitwise_not(grey)
    known = np.convolve(down.sum(axis=0) >= LOW * em, np.ones(2 * _BESIDE + 1), "same") > 0
    for _ in range(_ROUNDS):
        across, down = across.copy(), down.copy()
        count = 0
        for cell in cells:
            left, top, right, bottom = (
                cell.box.left - box.left,
                cell.box.top - box.top,
                cell.box.right - box.left,
                cell.box.bottom - box.top,
            )
            for row in crossing_lines(shades.across[top:bottom, left:right], em):
                across[top + row - 1 : top + row + 2, left:right] = True
                count += 1
            is_low = bottom - top < (_TALL if is_banded else LOW) * em
            if is_banded and is_low:
                continue
            for column in crossing_lines(shades.down[left:right, top:bottom], em):
                # Among solid lines a pale one in a low row is but a part of one that is seen elsewhere.
                if is_low and (not known[left + column] or _is_print(dark[top:bottom, left:right], column, em)):
                    continue
                down[top:bottom, left + column - 1 : left + column + 2] = True
                count += 1
        if not count:
            break
        cells = cells_of(across, down, em, box)
    return across, down, cells


def _is_print(cell: Pixels, column: int, em: float) -> bool:
    """Is what seems to cross a low cell, by how dark it is, a stroke?"""
    return look_at(cell[_BESIDE:-_BESIDE], slice(max(column - 2, 0), column + 3), em).is_stroke(goes_on=False)


def _parts(group: _Group, em: float) -> Iterator[_Group]:
    """The tables that a group of lines is: what stands between two without lines at its sides is of neither.

    Each has columns of its own, which may lie so near to those of the other that they seem one.
    """
    box, across, down = group
    cells = cells_of(across, down, em, box)
    left = min((cell.box.left for cell in cells), default=box.left)
    right = max((cell.box.right for cell in cells), default=box.right)
    bands = sorted({(cell.box.top, cell.box.bottom) for cell in cells if cell.box.left == left})
    gaps = [(top, bottom) for top, bottom in bands if _is_open(Box(left, top, right, bottom), across, down, box)]
    if not gaps or len(gaps) == len(bands):
        yield group
        return
    tops = [box.top, *(bottom - 1 - _BESIDE for _, bottom in gaps)]
    bottoms = [*(top + 1 + _BESIDE for top, _ in gaps), box.bottom]
    for top, bottom in zip(tops, bottoms, strict=True):
        if bottom - top > em:
            rows = np.s_[top - box.top : bottom - box.top]
            yield _Group(Box(box.left, top, box.right, bottom), across[rows], down[rows])


def _is_open(band: Box, across: Marks, down: Marks, box: Box) -> bool:
    """Is there no line along more than half of the left side of a band of a grid, nor of its right one, nor within?

    Of two tables that seem one, one may be narrower: then its sides are where the lines above and below it end.
    """
    top, bottom = band.top - box.top, band.bottom - box.top
    standing = np.flatnonzero(down[top:bottom].mean(axis=0) >= _WHOLE)
    if len(standing) and standing[-1] - standing[0] > _BESIDE * 2 and _go_on(standing, down, top, bottom):
        return False
    ends = {band.left - box.left, band.right - 1 - box.left}
    for level in (top, bottom - 1):
        inked = np.flatnonzero(across[max(level - _BESIDE, 0) : level + _BESIDE + 1].any(axis=0))
        ends |= {int(inked[0]), int(inked[-1])} if len(inked) else set()
    sides = (down[top:bottom, max(end - _BESIDE, 0) : end + _BESIDE + 1].any(axis=1) for end in ends)
    return all(int(side.sum()) < _HALF * (bottom - top) for side in sides)


def _go_on(columns: NDArray[np.intp], down: Marks, top: int, bottom: int) -> bool:
    """Do most of the lines that stand right above a band, or right below it, go on in these columns of it?

    In strokes of a heading between two tables few do, be it as high as the room between them.
    """
    for rows in (
        down[max(top - 3 * _BESIDE, 0) : max(top - _BESIDE, 0)],
        down[bottom + _BESIDE : bottom + 3 * _BESIDE],
    ):
        inked = np.flatnonzero(rows.mean(axis=0) >= _WHOLE) if len(rows) else np.zeros(0, dtype=np.intp)
        lines = np.split(inked, np.flatnonzero(np.diff(inked) > _BESIDE) + 1) if len(inked) else []
        count = sum(bool((np.abs(columns - (line[0] + line[-1]) / 2) <= _BESIDE).any()) for line in lines)
        if 2 * count > len(lines):
            return True
    return False


def _without_strokes(group: _Group, grey: Pixels, ink: Pixels, em: float) -> _Group:
    box, across, down = group
    seen = cv2.bitwise_not(grey[box.part])
    dark = Dark(seen, cv2.max(seen, ink[box.part]))
    for _ in range(_ROUNDS):
        # Of a row of strokes those that stood beside others are seen once these are gone.
        kept = without_strokes(down, cells_of(across, down, em, box), dark, box, em)
        if (kept == down).all():
            break
        down = kept
    return _Group(box, across, down)


def _without_overhang(group: _Group, em: float) -> _Group:
    first, last = ends_of(group.across, group.down, em)
    box = group.box._replace(top=group.box.top + first, bottom=group.box.top + last)
    return _Group(box, group.across[first:last], group.down[first:last])


def _longest(lines: Marks) -> int:
    """The length of the longest line (lying)."""
    (_, _, stats, _), _ = lying_marks(lines)
    return int(stats[1:, cv2.CC_STAT_WIDTH].max(initial=0))


def _within(inner: Box, outer: Box) -> bool:
    return (
        inner.left >= outer.left
        and inner.top >= outer.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )
