"""The head of a table that is printed anew on every page it runs on."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crawler.documents.layout.ink import Word

REPEATED_ROWS = 2
"""So many rows of numbers may be repeated together with the head."""
_NEAR = 0.25
_MIN_LETTERS = 8
_SHARE = 0.15
"""Of the head's letters at least: its first lines may have been taken for the head of the page."""


def repeated(head: Sequence[Sequence[Word]], words: Sequence[Word], size: float) -> set[Word]:
    """Those of the words of a page that repeat the first rows of the table above: the same at the same places.

    A head is printed whole or cut off below; the row under it may be printed over it. A row with
    numbers is repeated whole or not at all.
    """
    letters = {letter for row in head for word in row for letter in word.text}
    candidates = [word for word in words if letters.issuperset(word.text)]
    near = _NEAR * size
    found: dict[int, dict[Word, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number, row in enumerate(head):
        for one in row:
            for word in candidates:
                if one.left - near < word.left and word.right < one.right + near and _is_in(word, one, 2 * near):
                    # The same distance may fall on both sides of a border between two buckets.
                    bucket = int((word.top - one.top) // near)
                    found[bucket][word].add(number)
                    found[bucket + 1][word].add(number)
    best = max(found.values(), key=lambda matches: _letters(_plain(head, matches)), default={})
    plain = _plain(head, best)
    if _letters(plain) < max(_MIN_LETTERS, _SHARE * sum(_letters(row) for row in head if not _has_numbers(row))):
        return set()
    whole = {
        number
        for number, row in enumerate(head)
        if _has_numbers(row) and _letters([word for word, rows in best.items() if number in rows]) >= _letters(row)
    }
    return plain | {word for word, rows in best.items() if rows & whole}


def _plain(head: Sequence[Sequence[Word]], matches: Mapping[Word, set[int]]) -> set[Word]:
    return {word for word, rows in matches.items() if any(not _has_numbers(head[number]) for number in rows)}


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
