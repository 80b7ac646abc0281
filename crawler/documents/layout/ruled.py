"""Tables with ruling lines: the words of a page put into the cells that the lines close."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout.grids import Grid, grid_of
from crawler.documents.layout.lines import cell_text, numeric_words, split_at
from crawler.documents.layout.placed import PlacedTable
from crawler.documents.layout.rulings import Line, Network, networks
from storage.forms import FORMS, label, read_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.grids import Slot
    from crawler.documents.layout.ink import InkPage, Word
    from crawler.documents.layout.placed import PlacedCell

_OVERFLOW = 2.4
_MIN_NUMBERS = 3
_APART = 1.0
_PAGE_MARKS = re.compile(r"[\d\W_第页共/]+")
_PAGE_END = 0.8
_CAPTION = 5.0
_LONGEST_CAPTION = 40
_SENTENCE = re.compile(r"[。；，]")
_BLOCK_TITLES = frozenset(
    label(block.label) for form in FORMS.values() for table in form.tables for block in table.blocks if block.label
)


class Ruled(NamedTuple):
    """What the ruling lines of a page make of it: tables, the words outside them, and flat lines that close nothing."""

    tables: list[PlacedTable]
    words: list[Word]
    lines: list[Line]


def ruled_tables(page: InkPage, size: float) -> Ruled:
    """The ruled tables of a page; `size` is the height of its letters.

    A frame around a text is no table: its words stay outside.
    """
    found, loose = networks(page.rulings, size)
    found, loose = _with_captions(found, loose, page.words, size)
    grids = [
        grid
        for network in found
        if (grid := grid_of(network, size)) is not None and (len(grid.cells) > 1 or _is_title(grid, page.words))
    ]
    if not grids:
        return Ruled([], list(page.words), loose)
    # A word in a table inside a frame, or inside a cell of another table, belongs to the inner one.
    grids.sort(key=lambda grid: (grid.right - grid.left) * (grid.bottom - grid.top))
    outside = _placed(page, grids, size)
    tables = []
    for grid in grids:
        full = [cell for cell in grid.cells if len(cell[4]) >= _MIN_NUMBERS]
        if any(_is_whole(cell, grid) and _holds_columns(cell.words, size) for cell in full):
            # Its lines close rows, not cells: the columns are known by their words alone.
            outside += [word for cell in grid.cells for word in cell.words]
            loose += [Line(y, grid.left, grid.right) for y in grid.ys]
        else:
            tables.append(_table(grid, size))
    return Ruled(tables, outside, sorted(loose))


def _placed(page: InkPage, grids: Sequence[Grid], size: float) -> list[Word]:
    """Puts the words of a page into the cells of the grids, the first that holds each; gives those outside of all."""
    words: Sequence[Word] = page.words
    numbers: list[Word] = []
    for grid in grids:
        left, top, right, end = grid.left, grid.top, grid.right, grid.bottom
        bottom = end + _beyond(page, size, end) * grid.has_open_bottom
        owner, xs, ys = grid.owner, grid.inner_xs, grid.inner_ys
        outside: list[Word] = []
        for word in words:
            start, upper, stop, lower, _, _ = word
            x, y = (start + stop) / 2, (upper + lower) / 2
            if not (top <= y <= bottom and left <= x <= right):
                outside.append(word)
                continue
            # What the grid's own answer for the point is, without a call.
            inside, begin, border = owner[bisect_right(ys, y)][bisect_right(xs, x)]
            if y > end and _is_page_mark(word, page.words):
                numbers.append(word)
            elif stop > border or start < begin:
                _put(word, y, grid, (inside, begin, border))
            else:
                inside.append(word)
        words = outside
    if not numbers:
        return list(words)
    apart = {id(word) for word in (*words, *numbers)}
    return [word for word in page.words if id(word) in apart]


def _is_whole(cell: PlacedCell, grid: Grid) -> bool:
    """Do lines run above and below? Where a page ends within a row, it may have none between its cells."""
    is_last = cell.row + cell.row_span == len(grid.ys) - 1
    return not ((grid.has_open_bottom and is_last) or (grid.has_open_top and cell.row == 0))


def _holds_columns(words: Sequence[Word], size: float) -> bool:
    """Do several numbers stand side by side in one cell, far from each other?"""
    numbers = sorted(numeric_words(words))
    if len(numbers) < _MIN_NUMBERS:
        return False
    near = [
        after
        for before, after in pairwise(numbers)
        if after.left - before.right > _APART * size and abs(after.top - before.top) < size / 2
    ]
    return len(near) >= _MIN_NUMBERS - 1


class _Extent(NamedTuple):
    """Lines with the box around them; a line that closes nothing is one, without a network."""

    top: float
    bottom: float
    left: float
    right: float
    network: Network | None
    line: Line | None


def _with_captions(
    found: list[Network], loose: list[Line], words: Sequence[Word], size: float
) -> tuple[list[Network], list[Line]]:
    """The networks, joined over rows of one cell: without side lines nothing connects what is above and below them."""
    if not found:
        return found, loose
    extents = [_extent(network) for network in found]
    extents += [_Extent(line.at, line.at, line.start, line.end, None, line) for line in loose]
    extents.sort()
    kept = [extents[0]]
    for extent in extents[1:]:
        before = kept[-1]
        near = 0.8 * size
        if (
            (before.network or extent.network)
            and abs(before.left - extent.left) < near
            and abs(before.right - extent.right) < near
            and size < extent.top - before.bottom < _CAPTION * size
            and _is_caption(before, extent, words)
        ):
            kept[-1] = _together(before, extent)
        else:
            kept.append(extent)
    return [one.network for one in kept if one.network], [one.line for one in kept if one.line]


def _extent(network: Network) -> _Extent:
    flats = network.flat
    left, right = min(line.start for line in flats), max(line.end for line in flats)
    return _Extent(flats[0].at, flats[-1].at, left, right, network, None)


def _together(before: _Extent, extent: _Extent) -> _Extent:
    parts = [part.network or Network((part.line,) if part.line else (), ()) for part in (before, extent)]
    network = Network(
        tuple(line for part in parts for line in part.flat), tuple(line for part in parts for line in part.upright)
    )
    return _Extent(
        before.top, extent.bottom, min(before.left, extent.left), max(before.right, extent.right), network, None
    )


def _is_caption(before: _Extent, extent: _Extent, words: Sequence[Word]) -> bool:
    # A heading may begin to the left of the table: the whole strip of the page is looked at.
    inside = [word for word in words if before.bottom < (word.top + word.bottom) / 2 < extent.top]
    text = "".join(word.text for word in sorted(inside))
    return 0 < len(text) <= _LONGEST_CAPTION and not _SENTENCE.search(text) and read_heading(text) is None


def _is_title(grid: Grid, words: Sequence[Word]) -> bool:
    """Is this frame the row of a block's title, whose rows stand on the next page?"""
    inside = [
        word
        for word in words
        if grid.top < (word.top + word.bottom) / 2 < grid.bottom
        and grid.left < (word.left + word.right) / 2 < grid.right
    ]
    return 0 < len(inside) <= _LONGEST_CAPTION and label(cell_text(inside, grid.right - grid.left)) in _BLOCK_TITLES


def _beyond(page: InkPage, size: float, bottom: float) -> float:
    """How far the text of a row runs on beyond its lines, where the page ends within it."""
    return (_OVERFLOW if bottom > _PAGE_END * page.height else 1.0) * size


def _is_page_mark(word: Word, words: Sequence[Word]) -> bool:
    """Does this word number the page? Text may be set letter by letter, so that its whole line is looked at."""
    if not _PAGE_MARKS.fullmatch(word.text):
        return False
    middle, near = (word.top + word.bottom) / 2, (word.bottom - word.top) / 2
    return all(_PAGE_MARKS.fullmatch(one.text) for one in words if abs((one.top + one.bottom) / 2 - middle) < near)


def _put(word: Word, y: float, grid: Grid, slot: Slot) -> None:
    """A word that runs over the sides of its cell: two words, where it is not just too long."""
    words, left, right = slot
    border = right if word.right - right > left - word.left else left
    halves = split_at(word, border) if grid.left < border < grid.right else None
    if halves is None:
        words.append(word)
        return
    for half in halves:
        own = grid.cell_at((half.left + half.right) / 2, y)
        inner, left, right = own
        if half.right > right or half.left < left:
            _put(half, y, grid, own)
        else:
            inner.append(half)


def _table(grid: Grid, size: float) -> PlacedTable:
    return PlacedTable(
        grid.left,
        grid.top,
        grid.right,
        grid.bottom,
        grid.cells,
        grid.xs,
        size,
        is_open_above=grid.is_open_above,
        is_open_below=grid.is_open_below,
    )
