"""A text object of an OFD page to words: every character where its object's deltas put it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout.matrices import moved_box
from crawler.documents.ofd_package import read_numbers
from crawler.documents.part import local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

    from crawler.documents.layout.matrices import Matrix

MAX_CHARACTERS = 20_000
"""Of one text object; a page has 2000."""
_ASCENT = 0.88
_DESCENT = 0.12
_FIRST_IDEOGRAPH = 0x2E7F
_GAP = 0.6
_LATIN_GAP = 0.2
"""In ems: wider gaps part words. Numbers of two cells may stand as near as two letters; words of one line are
joined again by the layout, with spaces where the print has them."""
_OVERLAP = 0.5
_NARROW = frozenset("iljtfI.,;:'|!()[]")
_WIDE_PUNCTUATION = frozenset("—…“”‘’·〇")
_DEFAULT_SIZE = 3.7
"""Millimetres: five-point type of the tables."""
_STRAIGHT = 0.15


class Glyph(NamedTuple):
    """One character before it is turned with its page: the box on the page, its em, and where its line runs to."""

    left: float
    top: float
    right: float
    bottom: float
    text: str
    em: float
    direction: tuple[float, float]


def glyph_runs(element: _Element, matrix: Matrix) -> Iterator[list[Glyph]]:
    """The characters of each run of a text object, in order; `matrix` leads from the object to the page."""
    size = _number(element.get("Size"), _DEFAULT_SIZE)
    scale = _number(element.get("HScale"), 1.0)
    is_downwards = _number(element.get("ReadDirection"), 0) % 180 == 90  # noqa: PLR2004 (degrees)
    length = math.hypot(matrix[0], matrix[1]) or 1.0
    em = size * (math.hypot(matrix[2], matrix[3]) or 1.0)
    direction = (matrix[0] / length, matrix[1] / length)
    x = y = 0.0
    for code in element:
        if local_name(code) != "TextCode":
            continue
        x = _number(code.get("X"), x)
        y = _number(code.get("Y"), y)
        text = "".join(code.itertext())[:MAX_CHARACTERS]
        places = _places(text, code, (x, y), size * scale, is_downwards=is_downwards, size=size)
        yield [
            Glyph(
                *moved_box(matrix, (at, base - _ASCENT * size, at + width, base + _DESCENT * size)),
                letter,
                em,
                direction,
            )
            for letter, at, base, width in places
        ]


def _places(
    text: str, code: _Element, start: tuple[float, float], em: float, *, is_downwards: bool, size: float
) -> Iterator[tuple[str, float, float, float]]:
    """Every printed character with its place on the baseline, and its width; white space only takes room."""
    across = deltas(code.get("DeltaX"), len(text))
    down = deltas(code.get("DeltaY"), len(text))
    x, y = start
    for number, letter in enumerate(text):
        advance = em * width_of(letter)
        step = across[number] if number < len(across) else None
        if letter.isprintable() and not letter.isspace():
            # Kerned closer than usual, a character ends where the next begins.
            yield letter, x, y, min(advance, step) if step is not None and step > 0.2 * advance else advance
        if step is not None:
            x += step
        elif not is_downwards and not (down and number < len(down)):
            x += advance
        if number < len(down):
            y += down[number]
        elif is_downwards and step is None:
            y += size


def deltas(text: str | None, most: int) -> list[float]:
    """The distances between characters: `g 5 3.2 1.6` is five times 3.2, then 1.6."""
    if not text:
        return []
    found: list[float] = []
    words = iter(text.replace(",", " ").split())
    for word in words:
        if len(found) >= most:
            break
        if word.lower() != "g":
            found.append(_number(word, 0.0))
            continue
        count = min(max(int(_number(next(words, None), 0)), 0), most)
        found += [_number(next(words, None), 0.0)] * count
    return found


def width_of(letter: str) -> float:
    """The usual width of a character in ems: fonts are not looked into."""
    if ord(letter) > _FIRST_IDEOGRAPH or letter in _WIDE_PUNCTUATION:
        return 1.0
    return 0.3 if letter in _NARROW else 0.5


def words_of_run(run: Iterable[Glyph]) -> Iterator[Glyph]:
    """The characters of a run, already upright, as words: parted where gaps are wide or the line goes on elsewhere."""
    held: list[Glyph] = []
    for glyph in run:
        if held:
            before = held[-1]
            overlap = min(before.bottom, glyph.bottom) - max(before.top, glyph.top)
            gap = glyph.left - before.right
            most = _LATIN_GAP if before.text.isascii() or glyph.text.isascii() else _GAP
            is_far = gap > most * glyph.em or glyph.left < before.left - 0.1 * glyph.em
            if is_far or overlap < _OVERLAP * min(before.bottom - before.top, glyph.bottom - glyph.top):
                yield _word(held)
                held = []
        held.append(glyph)
    if held:
        yield _word(held)


def _word(glyphs: list[Glyph]) -> Glyph:
    first = glyphs[0]
    return Glyph(
        first.left,
        min(glyph.top for glyph in glyphs),
        max(glyph.right for glyph in glyphs),
        max(glyph.bottom for glyph in glyphs),
        "".join(glyph.text for glyph in glyphs),
        first.em,
        first.direction,
    )


def quarter_turns(direction: tuple[float, float]) -> int | None:
    """How often the text must be turned left by 90° to run to the right; None where it slants."""
    across, down = direction
    if abs(down) < _STRAIGHT:
        return 0 if across > 0 else 2
    if abs(across) < _STRAIGHT:
        return 1 if down > 0 else 3
    return None


def _number(text: str | None, otherwise: float) -> float:
    numbers = read_numbers(text)
    return numbers[0] if numbers else otherwise
