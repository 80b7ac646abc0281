"""A network of ruling lines to a grid: its cells are the smallest rectangles that lines close."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from crawler.documents.layout.placed import PlacedCell
from crawler.documents.layout.rulings import positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.ink import Word
    from crawler.documents.layout.rulings import Line, Network

    Slot = tuple[list[Word], float, float]
    """The words of a cell, its left and its right side."""

_COLUMN = 0.55
"""Lines nearer than this, in letter heights, bound no column between them; the narrowest column holds one letter."""
_ROW = 0.45
_OPEN = 0.9
"""How far lines run beyond the last crossing one where the outer border is left out."""
MAX_SLOTS = 200_000
_FREE: Slot = ([], 0.0, 0.0)


class Grid:
    """The cells of a network, as yet without words. `owner[row][column]` is what covers the place.

    `is_open_above`: no line runs over the first row, as where a page begins within a row; `has_open_top`:
    over a part of it.
    """

    def __init__(self, xs: list[float], ys: list[float], cells: list[PlacedCell], owner: list[list[Slot]]) -> None:
        self.is_open_above = self.is_open_below = False
        self.has_open_bottom = self.has_open_top = False
        self.xs = xs
        self.ys = ys
        self.cells = cells
        self.owner = owner
        self.inner_xs, self.inner_ys = xs[1:-1], ys[1:-1]
        self.left, self.right, self.top, self.bottom = xs[0], xs[-1], ys[0], ys[-1]

    def cell_at(self, x: float, y: float) -> Slot:
        """The cell in which the point lies; the nearest one for a point outside."""
        return self.owner[bisect_right(self.inner_ys, y)][bisect_right(self.inner_xs, x)]


def grid_of(network: Network, size: float) -> Grid | None:
    """The grid that the lines of a network close; None where they close nothing.

    Outer borders may be left out (tables without side lines, a page break through a row): where
    lines run on beyond the last one that crosses them, their ends are the border.
    """
    xs = positions((line.at for line in network.upright), _COLUMN * size)
    ys = positions((line.at for line in network.flat), _ROW * size)
    xs = _with_open_ends(xs, network.flat, _OPEN * size)
    first, last = ys[0], ys[-1]
    ys = _with_open_ends(ys, network.upright, _OPEN * size)
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > MAX_SLOTS:  # noqa: PLR2004 (two borders)
        return None
    # walls[i][row]: an upright line at xs[i] beside that row; floors[j][column]: a flat one at ys[j].
    walls = _covering(network.upright, xs, ys)
    floors = _covering(network.flat, ys, xs)
    cells: list[PlacedCell] = []
    owner = [[_FREE] * (len(xs) - 1) for _ in range(len(ys) - 1)]
    sides = [(left, right, right - left) for left, right in pairwise(xs)]
    # A named tuple's own constructor takes three times as long.
    new = tuple.__new__
    for row, (owners, below) in enumerate(zip(owner, floors[1:], strict=True)):
        closed = [wall[row] for wall in walls]
        for column, (left, right, width) in enumerate(sides):
            if owners[column] is not _FREE:
                continue
            words: list[Word] = []
            if below[column] and closed[column + 1]:
                owners[column] = words, left, right
                cells.append(new(PlacedCell, (row, column, 1, 1, words, width)))
                continue
            across = _width(walls, floors, owners, row, column)
            down = _height(walls, floors, row, column, across)
            slot = words, left, xs[column + across]
            for covered in owner[row : row + down]:
                covered[column : column + across] = [slot] * across
            cells.append(new(PlacedCell, (row, column, down, across, words, xs[column + across] - left)))
    grid = Grid(xs, ys, cells, owner)
    grid.is_open_above, grid.is_open_below = ys[0] < first, ys[-1] > last
    grid.has_open_top, grid.has_open_bottom = not all(floors[0]), not all(floors[-1])
    return grid


def _width(
    walls: Sequence[Sequence[bool]], floors: Sequence[Sequence[bool]], owners: Sequence[Slot], row: int, column: int
) -> int:
    across = 1
    while (
        column + across < len(owners)
        and not walls[column + across][row]
        and owners[column + across] is _FREE
        # A line above only part of the way begins another cell: the side of a step, not a span.
        and (row == 0 or floors[row][column] == floors[row][column + across])
    ):
        across += 1
    return across


def _height(
    walls: Sequence[Sequence[bool]], floors: Sequence[Sequence[bool]], row: int, column: int, across: int
) -> int:
    down = 1
    while row + down < len(floors) - 1:
        below = row + down
        if any(floors[below][column : column + across]):
            break
        if any(walls[inner][below] for inner in range(column + 1, column + across)):
            break
        if walls[column][below] != walls[column][row] or walls[column + across][below] != walls[column + across][row]:
            break
        down += 1
    return down


def _with_open_ends(places: list[float], crossing: Sequence[Line], reach: float) -> list[float]:
    """The places, and the ends of the crossing lines where at least two of them run on beyond the last place."""
    if not places:
        return places
    before = [line.start for line in crossing if line.start < places[0] - reach]
    behind = [line.end for line in crossing if line.end > places[-1] + reach]
    first = [min(before)] if len(before) > 1 else []
    last = [max(behind)] if len(behind) > 1 else []
    return [*first, *places, *last]


def _covering(lines: Sequence[Line], places: Sequence[float], across: Sequence[float]) -> list[list[bool]]:
    """For each place, beside which of the intervals of the other direction a line stands there."""
    covered = [[False] * (len(across) - 1) for _ in places]
    middles = [(before + after) / 2 for before, after in pairwise(across)]
    for at, start, end in lines:
        nearest = bisect_right(places, at)
        if nearest == len(places) or (nearest and at - places[nearest - 1] < places[nearest] - at):
            nearest -= 1
        first, beyond = bisect_right(middles, start), bisect_right(middles, end)
        covered[nearest][first:beyond] = [True] * (beyond - first)
    return covered
