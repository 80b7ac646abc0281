"""Two pages that were printed side by side on one sheet, as the two pages that they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.documents.layout.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.layout.ink import InkPage, Word
    from crawler.documents.layout.lines import TextLine

_WIDE = 1.15
"""Width by height from which on a sheet may hold two pages."""
_LONG = 0.55
"""Of a page's width that a line of its text takes, or one of its ruling lines."""
_MIN_LETTERS = 15
_NEAR = 1.0
_MARGIN = 0.015
"""Of a sheet's width; so near its middle no flat line comes where it holds two pages."""
_GUTTER = 2.0
"""Letter heights that two pages on a sheet have between their texts at least: their margins."""


def single_pages(pages: Sequence[InkPage]) -> Sequence[InkPage]:
    """The pages in reading order, numbered anew where a sheet holds two; the same pages where none does.

    A sheet is two pages where nothing crosses its middle, and either side has a long line of text or a long
    ruling line: the numbers of a wide table have neither. Where one sheet is, others with a clear middle are.
    """
    clear = [_is_clear(page) for page in pages]
    if not any(is_clear and all(map(_is_page, _halves(page))) for is_clear, page in zip(clear, pages, strict=True)):
        return pages
    singles = [
        single
        for is_clear, page in zip(clear, pages, strict=True)
        for single in (_halves(page) if is_clear else (page,))
    ]
    return [replace(page, number=number) for number, page in enumerate(singles, start=1)]


def _is_clear(page: InkPage) -> bool:
    """Is the page wide, and crosses nothing its middle?"""
    middle = page.width / 2
    if page.width < _WIDE * page.height or not page.words:
        return False
    sides = [(word.left, word.right) for word in page.words] + [(ruling.left, ruling.right) for ruling in page.rulings]
    if any(left < middle - _NEAR and right > middle + _NEAR for left, right in sides):
        return False
    # A table's lines may be drawn cell by cell, with a border in the middle.
    gutter = _MARGIN * page.width
    flats = [(ruling.left, ruling.right) for ruling in page.rulings if ruling.right - ruling.left > gutter]
    if any(left < middle + gutter and right > middle - gutter for left, right in flats):
        return False
    return not any(_runs_across(line, middle) for line in lines_of(page.words))


def _runs_across(line: TextLine, middle: float) -> bool:
    """Do words stand close on both sides of the middle, as where text is set letter by letter?"""
    before = max([word.right for word in line.words if word.left + word.right < 2 * middle], default=None)
    after = min([word.left for word in line.words if word.left + word.right >= 2 * middle], default=None)
    return before is not None and after is not None and after - before < _GUTTER * (line.bottom - line.top)


def _is_page(half: InkPage) -> bool:
    long = _LONG * half.width
    if any(ruling.right - ruling.left > long for ruling in half.rulings):
        return bool(half.words)
    return any(_letters(line.words) >= _MIN_LETTERS and line.right - line.left > long for line in lines_of(half.words))


def _letters(words: Sequence[Word]) -> int:
    return sum(len(word.text) for word in words)


def _halves(page: InkPage) -> Iterator[InkPage]:
    """Both sides of a sheet, each with its own left edge at 0."""
    middle = page.width / 2
    for x in (0.0, middle):

        def is_here(left: float, right: float, *, is_right: bool = x > 0) -> bool:
            return ((left + right) / 2 >= middle) == is_right

        words = [word for word in page.words if is_here(word.left, word.right)]
        rulings = [ruling for ruling in page.rulings if is_here(ruling.left, ruling.right)]
        pictures = [picture for picture in page.pictures if is_here(picture.left, picture.right)]
        yield replace(
            page,
            width=middle,
            words=tuple(word._replace(left=word.left - x, right=word.right - x) for word in words),
            rulings=tuple(ruling._replace(left=ruling.left - x, right=ruling.right - x) for ruling in rulings),
            pictures=tuple(picture._replace(left=picture.left - x, right=picture.right - x) for picture in pictures),
        )
