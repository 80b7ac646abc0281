"""The ruled tables of a page, by their lines: which cells there are, where, and what each spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

    Marks = NDArray[np.bool_]

_RUN, _RISE = 1.25, 1.0
"""The shortest piece of a line, in ems: strokes of letters are shorter, or touch no grid."""
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
_MUCH = 60
"""Pixels of hairlines, for each pixel of an em: a line over half the page."""
_HAIR, _FAINT, _PALE = 9, 7, 150
"""Pixels: the thickest hairline; shades: how much darker than its ground it is, and how pale at most."""
_LONG = 2.0
MAX_LINES = 400


class Box(NamedTuple):
    """Pixels from `left` and `top` up to, not including, `right` and `bottom`."""

    left: int
    top: int
    right: int
    bottom: int


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


class Rules(NamedTuple):
    """The ink that is lines: 255 in `across` or `down`; `both` is a little wider than they."""

    across: Pixels
    down: Pixels
    both: Pixels


def find_rules(grey: Pixels, ink: Pixels, em: float) -> Rules:
    """The straight lines of a page. A line may be broken for a few pixels and lean by one or two."""
    run, rise = max(int(em * _RUN), 8), max(int(em * _RISE), 8)
    # Filled areas are no lines, whatever line runs into them: the star of a seal, a logo.
    side = max(round(em * 0.5), 7)
    filled = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    ink = cv2.subtract(ink, filled)
    lying, upright = np.ones((1, run), np.uint8), np.ones((rise, 1), np.uint8)
    across, down = _lines(ink, lying), _lines(ink, upright)
    hair = _hairlines(grey, ink, rise)
    hair_down = _hairlines(np.ascontiguousarray(grey.T), np.ascontiguousarray(ink.T), rise).T
    # Where all lines are ink, what is faint is none.
    if _is_more(hair, across, lying, em) or _is_more(hair_down, down, upright, em):
        across = _lines(cv2.bitwise_or(ink, hair), lying)
        down = _lines(cv2.bitwise_or(ink, hair_down), upright)
    return Rules(across, down, cv2.bitwise_or(across, down))


def _lines(ink: Pixels, run: Pixels) -> Pixels:
    """The ink that goes on as long as the run; a line may lean by a pixel and be broken for two."""
    lean, gap = ((3, 1), (1, 3)) if run.shape[0] == 1 else ((1, 3), (3, 1))
    thick = cv2.dilate(ink, np.ones(lean, np.uint8))
    closed = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones(gap, np.uint8))
    return cv2.morphologyEx(closed, cv2.MORPH_OPEN, run)


def _is_more(hair: Pixels, lines: Pixels, run: Pixels, em: float) -> bool:
    """Are there long hairlines beside the lines of ink?"""
    others = cv2.subtract(hair, cv2.dilate(lines, np.ones((7, 7), np.uint8)))
    return cv2.countNonZero(cv2.morphologyEx(others, cv2.MORPH_OPEN, run)) > _MUCH * em


def _hairlines(grey: Pixels, ink: Pixels, run: int) -> Pixels:
    """255 where a line (lying) is, be it too faint to be ink: along its length the noise cancels out."""
    along = cv2.blur(grey, (run // 2 * 2 + 1, 1))
    hat = cv2.morphologyEx(along, cv2.MORPH_BLACKHAT, np.ones((_HAIR, 1), np.uint8))
    _, hair = cv2.threshold(hat, _FAINT, 255, cv2.THRESH_BINARY)
    # Not beside letters, which are a band of grey once they are blurred; lines that cross are no letters.
    crossing = cv2.dilate(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((run, 1), np.uint8)), np.ones((1, 5), np.uint8))
    letters = cv2.subtract(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((4, 1), np.uint8)), crossing)
    return cv2.subtract(hair, cv2.dilate(letters, np.ones((_HAIR + 4, run), np.uint8)))


def find_grids(grey: Pixels, ink: Pixels, rules: Rules, em: float) -> tuple[tuple[Grid, ...], Pixels]:
    """The tables of the page from top to bottom, and the ink of their lines (255).

    One cell alone is a frame, not a table.
    """
    half = cv2.resize(rules.both, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    _, half = cv2.threshold(half, 0, 255, cv2.THRESH_BINARY)
    reach = max(int(em * 0.15), 2)
    joined = cv2.dilate(half, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    stats = stats[:, :4] * 2
    found = []
    ruled = np.zeros_like(rules.both)
    for number in range(1, count):
        left, top, width, height = (int(value) for value in stats[number, :4])
        if width < 4 * em or height < em:
            continue
        across = rules.across[top : top + height, left : left + width]
        height, width = across.shape
        share = (labels[top // 2 : (top + height + 1) // 2, left // 2 : (left + width + 1) // 2] == number).astype(
            np.uint8
        )
        own = cv2.resize(share, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)[:height, :width] > 0
        box = Box(left, top, left + width, top + height)
        across = (across > 0) & own
        down = (rules.down[top : top + height, left : left + width] > 0) & own
        part = np.s_[top : top + height, left : left + width]
        inked, shade = ink[part] > 0, grey[part]
        across, down = (
            _ending_on(across, down, inked, shade, em),
            _ending_on(down.T, across.T, inked.T, shade.T, em).T,
        )
        if _longest(across) < max(5 * em, width / 3) or _longest(down.T) < em * _RISE:
            continue
        cells = _cells(across, down, em, box)
        if len(cells) > 1:
            found.append(Grid(box, cells))
            ruled[top : top + height, left : left + width] |= (across | down).astype(np.uint8) * np.uint8(255)
    outer = [grid for grid in found if not any(other is not grid and _within(grid.box, other.box) for other in found)]
    return tuple(sorted(outer, key=lambda grid: (grid.box.top, grid.box.left))), ruled


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
    reach, edge = max(round(em * 0.15), 3), max(round(em * 0.6), 8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8), connectivity=8)
    kept = np.zeros(count, dtype=bool)
    for number in range(1, count):
        left, top, across, down = (int(value) for value in stats[number, :4])
        first, last = max(top - reach, 0), top + down + reach
        kept[number] = across > _SURELY_RULE * em or (
            all(
                end < edge or end > width - edge or others[first:last, max(end - reach, 0) : end + reach + 1].any()
                for end in (left, left + across - 1)
            )
            and _is_bare(ink, grey, Box(left, top, left + across, top + down), em)
        )
    return np.asarray((kept | _continuing(np.asarray(stats), kept, em))[labels], dtype=np.bool_)


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
    rows = _positions(across, em, em * _RUN, axis=0)
    columns = _positions(down, em, em * _RISE, axis=1)
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
