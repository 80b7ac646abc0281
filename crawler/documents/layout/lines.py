"""Words to lines of text, and lines to the text a person would copy."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.documents.layout.ink import Word

_SPACE = 0.3
"""A gap wider than this, in letter heights, beside a Latin letter or digit is a space."""
_WIDE = 1.6
"""A gap wider than this is a space between any letters."""
_NUMERIC = frozenset("0123456789.,，．-−+%０１２３４５６７８９〇")
_SIDES = 2.6
_LEADING = 2.0
_PAGE = 1000.0
"""A gap so wide, in letter heights, is a page break within the cell."""
_HANGING = 0.25
_MARKS = frozenset("，。、；：）”’》】！？,.;:)")


class TextLine(NamedTuple):
    """Words that stand beside each other, left to right, with the box around them.

    `text` is theirs, with spaces where the print has them: it is asked for again and again.
    """

    left: float
    top: float
    right: float
    bottom: float
    words: tuple[Word, ...]
    text: str


def lines_of(words: Iterable[Word]) -> list[TextLine]:
    """The lines that words form, from top to bottom; words of one line overlap by half their height."""
    return [line_of(held) for held in _beside(words)]


def _beside(words: Iterable[Word]) -> list[list[Word]]:
    """The words of each line, left to right."""
    ordered = sorted(words, key=_twice_middle)
    lines: list[list[Word]] = []
    held: list[Word] = []
    reach = 0.0
    for word in ordered:
        twice = word[1] + word[3]
        if held and twice <= reach:
            held.append(word)
        else:
            held = [word]
            lines.append(held)
            reach = twice + (word[3] - word[1])
    for held in lines:
        if len(held) > 1:
            held.sort()
    return lines


def _twice_middle(word: Word) -> float:
    return word[1] + word[3]


def line_of(words: Sequence[Word]) -> TextLine:
    """Words that stand beside each other, left to right, as a line."""
    # A named tuple's own constructor takes three times as long.
    new = tuple.__new__
    left, top, right, bottom, _, _ = words[0]
    if len(words) > 1:
        _, tops, rights, bottoms, _, _ = zip(*words, strict=True)
        top, right, bottom = min(tops), max(rights), max(bottoms)
    line: TextLine = new(TextLine, (left, top, right, bottom, tuple(words), line_text(words)))
    return line


def line_text(words: Sequence[Word]) -> str:
    """The text of words of one line, left to right."""
    if len(words) == 1:
        return words[0].text
    _, top, end, bottom, before, _ = words[0]
    parts = [before]
    height = bottom - top
    for left, top, right, bottom, text, _ in words[1:]:
        gap, own = left - end, bottom - top
        if gap > _SPACE * own and gap > _SPACE * height:
            size = max(own, height)
            if gap > _WIDE * size or before[-1:].isascii() or text[:1].isascii():
                parts.append(" ")
        parts.append(text)
        before, end, height = text, right, own
    return "".join(parts)


def cell_text(words: list[Word], width: float) -> str:
    """The text of a cell of this width, with a newline where it breaks; a number that was wrapped is one again."""
    if len(words) == 1:
        return words[0].text
    lines = _beside(words)
    texts = [line_text(held) for held in lines]
    if (
        len(texts) > 1
        and all(map(_NUMERIC.issuperset, texts))
        and _is_wrapped([line_of(held) for held in lines], width)
    ):
        return "".join(texts)
    return "\n".join(texts)


def _is_wrapped(lines: Sequence[TextLine], width: float) -> bool:
    """Would the lines not fit on one, with the room that cells leave at their sides? Else they are two numbers."""
    size = lines[0].bottom - lines[0].top
    gaps = [after.top - before.bottom for before, after in pairwise(lines)]
    is_close = all(gap < _LEADING * size or gap > _PAGE * size for gap in gaps)
    # The ink of a full-width digit is narrower than its place.
    needed = sum(max(line.right - line.left, size * sum(map(_advance, line.text))) for line in lines)
    return is_close and needed > width - _SIDES * size


def is_numeric(words: Iterable[Word]) -> bool:
    """Is this text a number or a part of one?"""
    is_blank = True
    for word in words:
        text = word[4]
        if not _NUMERIC.issuperset(text):
            return False
        is_blank = is_blank and not text
    return not is_blank


def numeric_words(words: Iterable[Word]) -> list[Word]:
    """Those of the words that are numbers, or parts of one."""
    return [word for word in words if word[4] and _NUMERIC.issuperset(word[4])]


def split_at(word: Word, x: float) -> tuple[Word, Word] | None:
    """A word as two at an upright line; None where it lies on one side but for less than half a letter.

    A number is never cut: one that runs over the line of its cell is a number too long for it.
    """
    if x - word.left < 0.5 * (word.bottom - word.top) or word.right - x < 0.5 * (word.bottom - word.top):
        return None
    if " " not in word.text and _NUMERIC.issuperset(word.text):
        return None
    advances = [_advance(character) for character in word.text]
    scale = (word.right - word.left) / (sum(advances) or 1.0)
    at, best, cut = word.left, 0, word.left
    nearest = x - word.left
    for number, advance in enumerate(advances, start=1):
        at += advance * scale
        # Words are torn at their spaces, if there are any near the line.
        distance = abs(at - x) - (scale * 2 if " " in word.text[number - 1 : number + 1] else 0.0)
        if distance < nearest:
            nearest, best, cut = distance, number, at
    first, second = word.text[:best].rstrip(), word.text[best:].lstrip()
    if not first or not second or _MARKS.issuperset(second):
        # Marks at the end of a line may hang over the border.
        return None
    if len(second) == 1 and x - cut > _HANGING * scale and _advance(second) == 1.0:
        # So may a letter that began before it, behind a mark that begins no line («三、本»).
        return None
    return word._replace(right=x, text=first), word._replace(left=x, text=second)


def _advance(character: str) -> float:
    return 1.0 if ord(character) > 0x2E7F else 0.5  # noqa: PLR2004 (the first ideographic block)
