"""Cells drawn once more over the text of the next page, where the page before says that they stand.

Some programs put a cell that spans rows of two pages on the second one at its place on the first, with its box and
its words. It holds none of the words that run over it, and its own are no text of the page.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.layout.ink import InkPage, Ruling, Word

_TALL, _WIDEST = 6.0, 12.0
"""In letter heights: the least height of such a box, its greatest width."""
_OVER, _LINES = 4.0, 2
"""In letter heights, how far a word runs on behind the box; so many words at least begin at its left side."""
_PADDING = 0.3
"""In letter heights: the words of a cell keep away from its side, those of the page begin there."""
_MIDDLE = 0.25
"""Of a box's height: its words are no further from its middle."""
_SAME = 0.5
"""Units of the page: what was drawn at one place."""


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


def without_strays(
    pages: Sequence[InkPage], sizes: Sequence[float], widths: Sequence[Sequence[float]]
) -> Sequence[InkPage]:
    """The pages without such cells, their lines and words; the pages themselves where there are none.

    `sizes` are the usual letter heights of the pages, `widths` the widths of their words.
    """
    whole = [_without(page, size, wide) for page, size, wide in zip(pages, sizes, widths, strict=True)]
    return pages if all(one is page for one, page in zip(whole, pages, strict=True)) else whole


def _without(page: InkPage, size: float, widths: Sequence[float]) -> InkPage:
    # Of the many words, only few are wide enough to run over a box.
    far = _OVER * size
    wide = [word for word, width in zip(page.words, widths, strict=True) if width > far]
    if len(wide) < _LINES:
        return page
    strays = [box for box in _boxes(page, _TALL * size, size) if _is_crossed(box, wide, size)]
    if not strays:
        return page
    strays += [box for box in _boxes(page, 2 * size, size) if any(_hangs_on(box, stray, size) for stray in strays)]
    return replace(
        page,
        words=tuple(word for word in page.words if not any(_holds(box, word, size) for box in strays)),
        rulings=tuple(line for line in page.rulings if not any(_is_side(line, box) for box in strays)),
    )


def _boxes(page: InkPage, least: float, size: float) -> Iterator[_Box]:
    """What stands between two upright lines next to each other that begin and end level, at `least` so tall."""
    uprights: dict[tuple[int, int], list[float]] = {}
    # Most lines are the sides of low cells: those are passed over first, in the least time.
    for left, top, right, bottom in [line for line in page.rulings if line[3] - line[1] > least]:
        if right - left < size / 2:
            uprights.setdefault((round(top), round(bottom)), []).append((left + right) / 2)
    for (top, bottom), places in uprights.items():
        for left, right in pairwise(sorted(places)):
            if size < right - left < _WIDEST * size:
                yield _Box(left, top, right, bottom)


def _is_crossed(box: _Box, words: Sequence[Word], size: float) -> bool:
    """Do words that begin at the left side of a box run far over its right one, on several lines?"""
    far = box.right + _OVER * size
    near = _PADDING * size
    crossing = (
        word
        for word in words
        if word.right > far and abs(word.left - box.left) < near and box.top < (word.top + word.bottom) / 2 < box.bottom
    )
    return sum(1 for _ in crossing) >= _LINES


def _hangs_on(box: _Box, stray: _Box, size: float) -> bool:
    """Does a box stand beside a stray one, the inner cell of it?"""
    is_level = stray.top - 1 < box.top and box.bottom < stray.bottom + 1
    return is_level and abs(box.left - stray.right) < _PADDING * size


def _holds(box: _Box, word: Word, size: float) -> bool:
    """Is this a word of the box? Those stand around its middle; a table below it may have cells at its ends."""
    off = abs((word.top + word.bottom) - (box.top + box.bottom)) / 2
    is_inside = word.left > box.left + _PADDING * size and word.right < box.right
    return is_inside and off < _MIDDLE * (box.bottom - box.top)


def _is_side(line: Ruling, box: _Box) -> bool:
    """Is a line one of the sides of a box, and no longer?"""
    return (
        box.left - _SAME <= line.left
        and line.right <= box.right + _SAME
        and box.top - 1 <= line.top
        and line.bottom <= box.bottom + 1
    )
