"""Words that are printed over or under the text of a page as a mark (watermark), which nobody reads with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.layout.ink import InkPage, Word

_LARGE = 2.2
"""In usual letter heights of the page; a title set larger stands in no other line's way."""
_USUAL = 1.6
_SHARE = 0.3
"""Of a usual word's height and width, from which on a large one lies across it."""
_SAME = 0.05


def without_marks(pages: Sequence[InkPage], sizes: Sequence[float], tallest: Sequence[float]) -> Sequence[InkPage]:
    """The pages without large words that lie across others, or that stand at one place of several pages.

    `sizes` are the usual letter heights of the pages, `tallest` the heights of their tallest words at most.
    """
    large = [
        [word for word in page.words if word.bottom - word.top > _LARGE * size and word.confidence == 1.0]
        if height > _LARGE * size
        else []
        for page, size, height in zip(pages, sizes, tallest, strict=True)
    ]
    if not any(large):
        return pages
    marks = set(_across(pages, large, sizes))
    seen = Counter(
        key for page, words in zip(pages, large, strict=True) for key in {_key(page, word) for word in words}
    )
    marks |= {key for key, count in seen.items() if count > 1}
    return [
        replace(page, words=tuple(word for word in page.words if word not in words or _key(page, word) not in marks))
        if words
        else page
        for page, words in zip(pages, large, strict=True)
    ]


def _key(page: InkPage, word: Word) -> tuple[str, int, int]:
    """What is the same of a mark on every page: its letters and its place."""
    return word.text, round(word.left / page.width / _SAME), round(word.top / page.height / _SAME)


def _across(
    pages: Sequence[InkPage], large: Sequence[Sequence[Word]], sizes: Sequence[float]
) -> Iterator[tuple[str, int, int]]:
    """The large words that lie across usual ones, and those beside them in the same line of letters of that height."""
    for page, words, size in zip(pages, large, sizes, strict=True):
        lying = [word for word in words if _lies_across(word, page, size)]
        for word in words:
            if any(abs(word.top - other.top) < size and abs(word.bottom - other.bottom) < size for other in lying):
                yield _key(page, word)


def _lies_across(large: Word, page: InkPage, size: float) -> bool:
    for left, top, right, bottom, _, _ in page.words:
        if (
            bottom - top <= _USUAL * size
            and min(bottom, large.bottom) - max(top, large.top) > _SHARE * (bottom - top)
            and min(right, large.right) - max(left, large.left) > _SHARE * (right - left)
        ):
            return True
    return False
