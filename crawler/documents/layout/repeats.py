"""The head of a table that is printed anew on every page it runs on."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.ink import Word

_NEAR = 0.25
_MIN_LETTERS = 8
_SHARE = 0.15
"""Of the head's letters at least: its first lines may have been taken for the head of the page."""


def repeated(head: Sequence[Word], words: Sequence[Word], size: float) -> set[Word]:
    """Those of the words of a page that repeat the words of the head above: the same at the same places.

    A head is printed whole or cut off below; the row under it may be printed over it.
    """
    letters = {letter for word in head for letter in word.text}
    found: dict[int, set[Word]] = defaultdict(set)
    near = _NEAR * size
    for word in words:
        if not letters.issuperset(word.text):
            continue
        for one in head:
            if one.left - near < word.left and word.right < one.right + near and _is_in(word, one, 2 * near):
                # The same distance may fall on both sides of a border between two buckets.
                bucket = int((word.top - one.top) // near)
                found[bucket].add(word)
                found[bucket + 1].add(word)
    best = max(found.values(), key=_letters, default=set())
    if _letters(best) < max(_MIN_LETTERS, _SHARE * _letters(head)):
        return set()
    return best


def _is_in(word: Word, one: Word, near: float) -> bool:
    """Is the first the second, or a piece of it that was cut off at the lines of the row under it?"""
    at = one.text.find(word.text)
    if at < 0:
        return False
    step = (one.right - one.left) / len(one.text)
    return abs(one.left + at * step - word.left) < near


def _letters(words: Sequence[Word] | set[Word]) -> int:
    return sum(len(word.text.strip()) for word in words)
