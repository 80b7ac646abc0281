"""The head of a table that is printed anew on every page it runs on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.documents.layout.ink import Word

REPEATED_ROWS = 2
"""So many rows of numbers may be repeated together with the head."""
# A word's fields here are mostly asked for by their places, in half the time that their names take.
_left, _top = itemgetter(0), itemgetter(1)
_NEAR = 0.25
_MIN_LETTERS = 8
_SHARE = 0.15
"""Of the head's letters at least: its first lines may have been taken for the head of the page."""


def repeated(head: Sequence[Sequence[Word]], words: Sequence[Word], size: float) -> set[Word]:
    """Those of the words of a page that repeat the first rows of the table above: the same at the same places.

    A head is printed whole or cut off below; the row under it may be printed over it. A row with
    numbers is repeated whole or not at all.
    """
    plain: list[Word] = []
    numbered: list[Sequence[Word]] = []
    for row in head:
        if _has_numbers(row):
            numbered.append(row)
        else:
            plain += row
    near = _NEAR * size
    found = _whole_head(plain, words, near) or (
        _pieces(plain, words, near) if _may_repeat(plain, head, words, size) else None
    )
    if found is None or _letters(found[1]) < max(_MIN_LETTERS, _SHARE * _letters(plain)):
        return set()
    step, gone = found
    ordered = sorted(words, key=_top) if numbered else []
    for row in numbered:
        # How far each word stands below its like falls into this bucket, or into the one before.
        again = {
            word
            for bucket, word in _same(row, _below(row, ordered, step * near, 2 * near), near)
            if step - bucket in {0, 1}
        }
        if _letters(again) >= _letters(row):
            gone |= again
    return gone


def _whole_head(plain: Sequence[Word], words: Sequence[Word], near: float) -> tuple[int, set[Word]] | None:
    """How far below the words of a head all of them are printed again, in steps of `near`, and these words."""
    if not plain:
        return None
    first = max(plain, key=_length)
    _, upper, _, _, text, _ = first
    likely = [word.top - upper for word in words if word[4] == text and abs(word.left - first.left) < near]
    if len(likely) != 1:
        return None
    (down,) = likely
    by_text: dict[str, list[Word]] = defaultdict(list)
    for word in _below(plain, sorted(words, key=_top), down, near):
        by_text[word[4]].append(word)
    buckets: set[int] = set()
    gone: set[Word] = set()
    for left, top, _, _, text, _ in plain:
        same = [word for word in by_text[text] if abs(word[0] - left) < near and abs(word[1] - top - down) < near]
        if len(same) != 1:
            return None
        gone.add(same[0])
        buckets.add(int((same[0].top - top) // near))
    return (max(buckets), gone) if max(buckets) - min(buckets) <= 1 else None


def _below(row: Sequence[Word], words: list[Word], down: float, near: float) -> list[Word]:
    """Those of the words, sorted from top to bottom, that stand about so far below those of a row."""
    tops = [word[1] for word in row]
    first, last = min(tops) + down - near, max(tops) + down + near
    return words[bisect_right(words, first, key=_top) : bisect_left(words, last, key=_top)]


def _pieces(plain: Sequence[Word], words: Sequence[Word], near: float) -> tuple[int, set[Word]] | None:
    """The same where a head is cut off: the distance at which most letters of it are found, and their words."""
    found: dict[int, set[Word]] = defaultdict(set)
    for bucket, word in _same(plain, words, near):
        # The same distance may fall on both sides of a border between two buckets.
        found[bucket].add(word)
        found[bucket + 1].add(word)
    return max(found.items(), key=lambda item: _letters(item[1]), default=None)


def _same(row: Sequence[Word], words: Sequence[Word], near: float) -> Iterator[tuple[int, Word]]:
    """The words that say what a row says at its places, or a part of it, each with how far below it stands."""
    is_written = set().union(*[word[4] for word in row]).issuperset
    candidates = sorted([word for word in words if is_written(word[4])], key=_left)
    lefts = [word[0] for word in candidates]
    for one in row:
        first, last = bisect_right(lefts, one.left - near), bisect_left(lefts, one.right + near)
        for word in candidates[first:last]:
            if word.right < one.right + near and _is_in(word, one, 2 * near):
                yield int((word.top - one.top) // near), word


def _may_repeat(plain: Sequence[Word], head: Sequence[Sequence[Word]], words: Sequence[Word], size: float) -> bool:
    """Do enough words of the page stand under a word of the head that says the same? Most pages repeat nothing."""
    is_written = set().union(*[word[4] for word in plain]).issuperset
    if _letters([word for word in words if is_written(word[4])]) < _MIN_LETTERS:
        return False
    places: dict[str, set[int]] = defaultdict(set)
    for row in head:
        for word in row:
            places[word[4]].add(round(word[0] / size))
    likely = [word for word in words if word[4] in places]
    return _letters([word for word in likely if _is_beside(round(word[0] / size), places[word[4]])]) >= _MIN_LETTERS


def _is_beside(place: int, places: set[int]) -> bool:
    return place in places or place - 1 in places or place + 1 in places


def _has_numbers(row: Sequence[Word]) -> bool:
    return any(word[4].strip().isdecimal() for word in row)


def _is_in(word: Word, one: Word, near: float) -> bool:
    """Is the first the second, or a piece of it that was cut off at the lines of the row under it?"""
    at = one.text.find(word.text)
    if at < 0:
        return False
    step = (one.right - one.left) / len(one.text)
    return abs(one.left + at * step - word.left) < near


def _length(word: Word) -> int:
    return len(word[4])


def _letters(words: Iterable[Word]) -> int:
    return sum([len(word[4].strip()) for word in words])
