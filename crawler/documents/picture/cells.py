"""The cells that the ruling lines of a table part: which there are, where, and what each spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.bits import packed
from crawler.documents.picture.rules import RISE, RUN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Marks = NDArray[np.bool_]

_SAME = 0.35
"""Lines nearer than this, in ems, are one line."""
_ROW, _FAINTEST = 0.8, 0.3
"""Ems: no row is as low. Nearer to a line lies no other, but strokes that are together a smaller share as long."""
_DRAWN = 0.55
"""The share of a cell's side that must be inked for the side to stand."""
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


def cells_of(across: Marks, down: Marks, em: float, box: Box) -> tuple[GridCell, ...]:
    """The cells of a table in `box` by the points of its lines; none where they are no table."""
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
    weight = packed(cv2.transpose(marks.astype(np.uint8)) if axis else marks).counts()
    places = np.flatnonzero(weight >= least * 0.8)
    if not axis and len(places):
        # Strokes of print that touches a line fill low rows from line to line.
        near = np.abs(places[:, None] - places) <= em * _ROW
        places = places[weight[places] >= _FAINTEST * np.where(near, weight[places], 0).max(axis=1)]
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > max(em * _SAME, 3)) + 1
    groups = np.split(places, breaks)
    return [round(float((group * weight[group]).sum() / weight[group].sum())) for group in groups]


def _closed(places: list[int], size: int, em: float) -> list[int]:
    near = em * 0.8
    first = [] if places[0] < near else [0]
    last = [] if places[-1] > size - 1 - near else [size - 1]
    return [*first, *places, *last]


def _sides(lines: Marks, rows: Sequence[int], columns: Sequence[int], em: float) -> Marks:
    """For each row line and each gap between columns: is the line drawn there?"""
    reach = max(round(em * 0.25), 2)
    drawn = np.zeros((len(rows), len(columns) - 1), dtype=bool)
    first, last = np.asarray(columns[:-1]) + 2, np.asarray(columns[1:]) - 1
    long = last - first
    last = np.maximum(last, first)
    for number, row in enumerate(rows):
        band = np.asarray(lines[max(row - reach, 0) : row + reach + 1].any(axis=0), dtype=np.bool_)
        inked = np.concatenate(([0], np.cumsum(band)))
        drawn[number] = (long > 0) & ((inked[last] - inked[first]) / np.maximum(long, 1) >= _DRAWN)
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
