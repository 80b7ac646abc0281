"""The ruled tables of a page, by their lines: which cells there are, where, and what each spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.borders import left_over, sides_of
from crawler.documents.picture.faint import crossing_lines, line_shades
from crawler.documents.picture.rules import RISE, RUN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels
    from crawler.documents.picture.rules import Rules

    Marks = NDArray[np.bool_]

_MIN_SIDE = 1.5
_SAME = 0.35
"""Lines nearer than this, in ems, are one line."""
_DRAWN = 0.55
"""The share of a cell's side that must be inked for the side to stand."""
_SURELY_RULE = 6.0
_SOLID, _UNBROKEN = 0.9, 0.97
_TOUCHED, _HARDLY_TOUCHED = 0.3, 0.12
_END = 3
_IN_LINE = 2
_PALE = 150
"""No print is so pale all along."""
_LONG = 2.0
_TORN = 1.8
"""Ems: lines that the page cuts off are longer; strokes of a heading above or below a table are not."""
_LOWEST = 1.4
"""Ems: no table is lower; the strokes of a bold heading are."""
_ROUNDS = 3
_CORNER, _NEAR = 0.25, 0.15
"""Ems by which a line may miss the line that it ends on; a short one, which may be a stroke of a digit, by less."""
_BESIDE, _HALF = 4, 0.5
MAX_LINES = 400


class Box(NamedTuple):
    """Pixels from `left` and `top` up to, not including, `right` and `bottom`."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def part(self) -> tuple[slice, slice]:
        """What of a page is in this box."""
        return np.s_[self.top : self.bottom, self.left : self.right]


class GridCell(NamedTuple):
    """A cell: its place and span in the grid, and the box inside its lines."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box


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
        ink, shade = rules.ink[group.box.part] > 0, grey[group.box.part]
        across = _ending_on(group.across, group.down, ink, shade, em)
        down = _supported(_ending_on(group.down.T, group.across.T, ink.T, shade.T, em).T, em)
        # Without the strokes of the letters between them, two tables are two.
        for own in _groups(across, down, group.box, em):
            if _longest(own.across) < max(5 * em, own.across.shape[1] / 3) or _longest(own.down.T) < em * RISE:
                continue
            for part in _parts(own, em):
                if len(part.across) < _LOWEST * em:
                    continue
                lines, uprights, cells = _completed(part.across, part.down, grey[part.box.part], em, part.box)
                if len(cells) > 1:
                    found.append(Grid(part.box, cells))
                    ruled[part.box.part] |= (lines | uprights).astype(np.uint8) * sides_of(cells, part.box, em)
                    ruled[part.box.part] |= left_over(cells, rules.ink[part.box.part] > 0, part.box, em)
    outer = [grid for grid in found if not any(other is not grid and _within(grid.box, other.box) for other in found)]
    return tuple(sorted(outer, key=lambda grid: (grid.box.top, grid.box.left))), ruled


class _Group(NamedTuple):
    """Lines that touch each other, and the box around them."""

    box: Box
    across: Marks
    down: Marks


def _groups(across: Any, down: Any, around: Box, em: float) -> Iterator[_Group]:  # noqa: ANN401 (bits or bytes)
    """Lines that touch; `around` is the box on the page that they are in."""
    across, down = (np.asarray(lines > 0, dtype=np.uint8) for lines in (across, down))
    # A dashed line need not reach the line that it ends on.
    far = max(round(em * _CORNER), 2) * 2 + 1
    longer = cv2.bitwise_or(
        cv2.dilate(across, np.ones((1, far), np.uint8)), cv2.dilate(down, np.ones((far, 1), np.uint8))
    )
    half = cv2.resize(longer * np.uint8(255), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    _, half = cv2.threshold(half, 0, 255, cv2.THRESH_BINARY)
    reach = max(int(em * 0.15), 2)
    joined = cv2.dilate(half, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
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


def _completed(
    across: Marks, down: Marks, grey: Pixels, em: float, box: Box
) -> tuple[Marks, Marks, tuple[GridCell, ...]]:
    """The lines of a grid and its cells, with those lines that are only seen once it is known what they part."""
    cells = _cells(across, down, em, box)
    if not cells:
        return across, down, cells
    shades = line_shades(grey)
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
            for column in crossing_lines(shades.down[left:right, top:bottom], em):
                down[top:bottom, left + column - 1 : left + column + 2] = True
                count += 1
        if not count:
            break
        cells = _cells(across, down, em, box)
    return across, down, cells


def _parts(group: _Group, em: float) -> Iterator[_Group]:
    """The tables that a group of lines is: what stands between two without lines at its sides is of neither.

    Each has columns of its own, which may lie so near to those of the other that they seem one.
    """
    box, across, down = group
    cells = _cells(across, down, em, box)
    left = min((cell.box.left for cell in cells), default=box.left)
    right = max((cell.box.right for cell in cells), default=box.right)
    bands = sorted({(cell.box.top, cell.box.bottom) for cell in cells if cell.box.left == left})
    gaps = [(top, bottom) for top, bottom in bands if _is_open(Box(left, top, right, bottom), down, box)]
    if not gaps or len(gaps) == len(bands):
        yield group
        return
    tops = [box.top, *(bottom - 1 - _BESIDE for _, bottom in gaps)]
    bottoms = [*(top + 1 + _BESIDE for top, _ in gaps), box.bottom]
    for top, bottom in zip(tops, bottoms, strict=True):
        if bottom - top > em:
            rows = np.s_[top - box.top : bottom - box.top]
            yield _Group(Box(box.left, top, box.right, bottom), across[rows], down[rows])


def _is_open(band: Box, down: Marks, box: Box) -> bool:
    """Is there no line along more than half of the left side of a band of a grid, nor of its right one?"""
    top, bottom = band.top - box.top, band.bottom - box.top
    ends = (band.left - box.left, band.right - 1 - box.left)
    sides = (down[top:bottom, max(end - _BESIDE, 0) : end + _BESIDE + 1].any(axis=1) for end in ends)
    return all(int(side.sum()) < _HALF * (bottom - top) for side in sides)


def _longest(lines: Marks) -> int:
    """The length of the longest line (lying)."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8), connectivity=8)
    return int(stats[1:, cv2.CC_STAT_WIDTH].max(initial=0))


def _within(inner: Box, outer: Box) -> bool:
    return (
        inner.left >= outer.left
        and inner.top >= outer.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


def _ending_on(lines: Marks, others: Marks, ink: Marks, grey: Pixels, em: float) -> Marks:
    """The lines (lying) both ends of which lie on one of the others, or at the edge: strokes of letters do not.

    The feet of digits that fill a narrow cell do; but they have gaps, and the digits stand on them.
    """
    width = lines.shape[1]
    near, far, edge = max(round(em * _NEAR), 3), max(round(em * _CORNER), 3), max(round(em * 0.6), 8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8), connectivity=8)
    kept = np.zeros(count, dtype=bool)
    for number in range(1, count):
        left, top, across, down = (int(value) for value in stats[number, :4])
        reach = far if across > _LONG * em else near
        first, last = max(top - reach, 0), top + down + reach
        kept[number] = across > _SURELY_RULE * em or (
            all(
                (across > _TORN * em and not edge <= end <= width - edge)
                or others[first:last, max(end - reach, 0) : end + reach + 1].any()
                for end in (left, left + across - 1)
            )
            and _is_bare(ink, grey, Box(left, top, left + across, top + down), em)
        )
    return np.asarray((kept | _continuing(np.asarray(stats), kept, em))[labels], dtype=np.bool_)


def _supported(lines: Marks, em: float) -> Marks:
    """The upright lines without those of one low row that go on neither above nor below: strokes of digits."""
    _, labels, stats, middles = cv2.connectedComponentsWithStats(lines.astype(np.uint8), connectivity=8)
    is_long = stats[:, cv2.CC_STAT_HEIGHT] > _LONG * em
    is_long[0] = False
    if not is_long.any():
        return lines
    apart = np.abs(middles[:, 0][:, None] - middles[is_long, 0]).min(axis=1)
    kept = apart <= _IN_LINE + 1
    kept[0] = False
    return np.asarray(kept[labels], dtype=np.bool_)


def _continuing(stats: NDArray[Any], kept: Marks, em: float) -> Marks:
    """The pieces of a line that a seal or a blot has broken: those that lie in line with a long piece."""
    levels = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] / 2
    wide, thick = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    long = levels[kept & (wide > _LONG * em)]
    if not len(long):
        return np.zeros_like(kept)
    near = np.abs(levels[:, None] - long).min(axis=1) <= _IN_LINE
    found = near & (wide >= em) & (thick <= max(em * _SAME, 5))
    found[0] = False
    return np.asarray(found, dtype=np.bool_)


def _is_bare(ink: Marks, grey: Pixels, line: Box, em: float) -> bool:
    """Is this line (lying) without gaps, and free above and below?

    A long one without any gap may have print on one side.
    """
    left, top, right, bottom = line
    solid = ink[top:bottom, left:right].any(axis=0).mean()
    if np.percentile(grey[top:bottom, left:right].min(axis=0), 10) > _PALE:
        solid = 1.0  # a hairline: print is nowhere so pale
    # At its ends other lines begin.
    inner = slice(left + _END, max(right - _END, left + _END + 1))
    above, below = ink[max(top - 2, 0) : top, inner], ink[bottom : bottom + 2, inner]
    is_long = right - left > _LONG * em
    touched = _TOUCHED if is_long else _HARDLY_TOUCHED
    free = sum(side.size == 0 or side.mean() <= touched for side in (above, below))
    return bool((free == 2 and solid >= _SOLID) or (free == 1 and solid >= _UNBROKEN and is_long))  # noqa: PLR2004 (both)


def _cells(across: Marks, down: Marks, em: float, box: Box) -> tuple[GridCell, ...]:
    height, width = across.shape
    rows = _positions(across, em, em * RUN, axis=0)
    columns = _positions(down, em, em * RISE, axis=1)
    if not rows or not columns or len(rows) > MAX_LINES or len(columns) > MAX_LINES:
        return ()
    # A table torn by the page, or drawn open at its sides, ends where its lines end.
    rows = _closed(rows, height, em)
    columns = _closed(columns, width, em)
    if len(rows) * len(columns) < 6:  # noqa: PLR2004 (less is a frame)
        return ()
    below = _sides(across, rows, columns, em)
    beside = _sides(down.T, columns, rows, em).T
    return tuple(_joined(below, beside, rows, columns, box))


def _positions(marks: Marks, em: float, least: float, *, axis: int) -> list[int]:
    """Where lines lie: each a cluster of inked places, in the middle of its ink."""
    weight = marks.sum(axis=1 - axis)
    places = np.flatnonzero(weight >= least * 0.8)
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > max(em * _SAME, 3)) + 1
    return [round(float(np.average(group, weights=weight[group]))) for group in np.split(places, breaks)]


def _closed(places: list[int], size: int, em: float) -> list[int]:
    near = em * 0.8
    first = [] if places[0] < near else [0]
    last = [] if places[-1] > size - 1 - near else [size - 1]
    return [*first, *places, *last]


def _sides(lines: Marks, rows: Sequence[int], columns: Sequence[int], em: float) -> Marks:
    """For each row line and each gap between columns: is the line drawn there?"""
    reach = max(round(em * 0.25), 2)
    drawn = np.zeros((len(rows), len(columns) - 1), dtype=bool)
    for number, row in enumerate(rows):
        band = np.asarray(lines[max(row - reach, 0) : row + reach + 1].any(axis=0), dtype=np.bool_)
        for gap in range(len(columns) - 1):
            inner = band[columns[gap] + 2 : columns[gap + 1] - 1]
            drawn[number, gap] = len(inner) > 0 and float(inner.mean()) >= _DRAWN
    return drawn


def _joined(below: Marks, beside: Marks, rows: Sequence[int], columns: Sequence[int], box: Box) -> list[GridCell]:
    """Rectangles of places without a line between them, each from its first place in reading order."""
    taken = np.zeros((len(rows) - 1, len(columns) - 1), dtype=bool)
    cells = []
    for row in range(len(rows) - 1):
        for column in range(len(columns) - 1):
            if taken[row, column]:
                continue
            right = column + 1
            while right < len(columns) - 1 and not beside[row, right] and not taken[row, right]:
                right += 1
            bottom = row + 1
            while (
                bottom < len(rows) - 1
                and not below[bottom, column:right].any()
                and _goes_on(beside, taken, bottom, column, right)
            ):
                bottom += 1
            taken[row:bottom, column:right] = True
            inner = Box(
                box.left + columns[column],
                box.top + rows[row],
                box.left + columns[right] + 1,
                box.top + rows[bottom] + 1,
            )
            cells.append(GridCell(row, column, bottom - row, right - column, inner))
    return cells


def _goes_on(beside: Marks, taken: Marks, row: int, left: int, right: int) -> bool:
    """Is the cell above as wide in this row, or open?"""
    return not beside[row, left + 1 : right].any() and not taken[row, left:right].any()
