"""The head of a table that is printed anew on every page it runs on."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.ink import Word

_NEAR = 0.25
_MIN_LETTERS = 8
_SHARE = 0.4


def repeated(head: Sequence[Word], words: Sequence[Word], size: float) -> set[Word]:
    """Those of the words of a page that repeat the words of the head above: the same at the same places.

    A head is printed whole or cut off below; the row under it may be printed over it.
    """
    places: dict[str, list[Word]] = defaultdict(list)
    for word in head:
        places[word.text].append(word)
    found: dict[int, set[Word]] = defaultdict(set)
    near = _NEAR * size
    for word in words:
        for one in places.get(word.text, ()):
            if abs(one.left - word.left) < near and abs(one.right - word.right) < near:
                # The same distance may fall on both sides of a border between two buckets.
                bucket = int((word.top - one.top) // near)
                found[bucket].add(word)
                found[bucket + 1].add(word)
    best = max(found.values(), key=_letters, default=set())
    if _letters(best) < max(_MIN_LETTERS, _SHARE * _letters(head)):
        return set()
    return best


def _letters(words: Sequence[Word] | set[Word]) -> int:
    return sum(len(word.text.strip()) for word in words)
