"""The head of a table that is printed anew on every page it runs on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crawler.documents.layout.ink import Word

REPEATED_ROWS = 2
"""So many rows of numbers may be repeated together with the head."""
_left = attrgetter("left")
_NEAR = 0.25
_MIN_LETTERS = 8
_SHARE = 0.15
"""Of the head's letters at least: its first lines may have been taken for the head of the page."""


def repeated(head: Sequence[Sequence[Word]], words: Sequence[Word], size: float) -> set[Word]:
    """Those of the words of a page that repeat the first rows of the table above: the same at the same places.

    A head is printed whole or cut off below; the row under it may be printed over it. A row with
    numbers is repeated whole or not at all.
    """
    if not _may_repeat(head, words, size):
        return set()
    letters = {letter for row in head for word in row for letter in word.text}
    candidates = sorted((word for word in words if letters.issuperset(word.text)), key=_left)
    lefts = [word.left for word in candidates]
    numbered = {number for number, row in enumerate(head) if _has_numbers(row)}
    near = _NEAR * size
    found: dict[int, dict[Word, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number, row in enumerate(head):
        for one in row:
            first, last = bisect_right(lefts, one.left - near), bisect_left(lefts, one.right + near)
            for word in candidates[first:last]:
                if word.right < one.right + near and _is_in(word, one, 2 * near):
                    # The same distance may fall on both sides of a border between two buckets.
                    bucket = int((word.top - one.top) // near)
                    found[bucket][word].add(number)
                    found[bucket + 1][word].add(number)
    best = max(found.values(), key=lambda matches: _letters(_plain(numbered, matches)), default={})
    plain = _plain(numbered, best)
    printed = sum(_letters(row) for number, row in enumerate(head) if number not in numbered)
    if _letters(plain) < max(_MIN_LETTERS, _SHARE * printed):
        return set()
    whole = {
        number
        for number, row in enumerate(head)
        if number in numbered and _letters([word for word, rows in best.items() if number in rows]) >= _letters(row)
    }
    return plain | {word for word, rows in best.items() if rows & whole}


def _may_repeat(head: Sequence[Sequence[Word]], words: Sequence[Word], size: float) -> bool:
    """Do enough words of the page stand under a word of the head that says the same? Most pages repeat nothing."""
    places = {(word.text, round(word.left / size) + step) for row in head for word in row for step in (-1, 0, 1)}
    return _letters(word for word in words if (word.text, round(word.left / size)) in places) >= _MIN_LETTERS


def _plain(numbered: set[int], matches: Mapping[Word, set[int]]) -> set[Word]:
    """The words that repeat one of a row without numbers."""
    return {word for word, rows in matches.items() if not rows <= numbered}


def _has_numbers(row: Sequence[Word]) -> bool:
    return any(word.text.strip().isdecimal() for word in row)


def _is_in(word: Word, one: Word, near: float) -> bool:
    """Is the first the second, or a piece of it that was cut off at the lines of the row under it?"""
    at = one.text.find(word.text)
    if at < 0:
        return False
    step = (one.right - one.left) / len(one.text)
    return abs(one.left + at * step - word.left) < near


def _letters(words: Iterable[Word]) -> int:
    return sum(len(word.text.strip()) for word in words)
