"""Pictures of lines to text: Chinese narrowed, numbers at their full width, and how sure each reading is.

The recogniser's time goes by the width of the picture. A Chinese character is told at a third of its
width; a digit is not, and two equal digits would melt into one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.quick import LOW
from crawler.documents.picture.recogniser import HEIGHT, Letters, recogniser
from crawler.documents.picture.shapes import digit_shape, is_alike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.picture.page import Pixels
    from crawler.documents.picture.recogniser import Recogniser
    from crawler.documents.picture.shapes import Shape


class Look(NamedTuple):
    """How words are brought to the recogniser: `height` in pixels, `chinese` and `mixed` how far they are narrowed.

    `mixed` is for digits and Latin letters in a text. 1.0 is as they are printed.
    """

    height: int
    chinese: float
    mixed: float


FIRST = Look(LOW, 0.9, 1.4)
CLOSER = Look(HEIGHT, 0.65, 0.7)
"""For a second look, by the whole model, at words that were not sure."""
_THIN = 0.66
"""Digits and Latin letters are narrower, in ems, except M and W."""
_LOWEST, _HIGHEST = 0.5, 0.84
"""How high they stand, in ems; parts of Chinese characters stand higher."""
_WORD_GAP = 0.45
_DARK = 150
_BETWEEN = 0.14


class Strip(NamedTuple):
    """One line to read, dark on white: `em` is the height of its characters; `is_cell` where numbers are expected."""

    pixels: Pixels
    em: float
    is_cell: bool


class Reading(NamedTuple):
    """What a strip says: `confidence` is the probability of the whole text, `least` of its least sure character."""

    text: str
    confidence: float
    least: float


_TRIED, _ROUNDS = 5, 6
"""So many digits are read before the others are held against them, so often."""
_CERTAIN = 0.97
_UNSURE = 0.93
_DOUBTED = 0.7
"""The probability of a character, on average over its word and of its least sure one, below which the word is
looked at again."""
BLANK = Reading("", 1.0, 1.0)


def side_by_side(crops: Sequence[Pixels], em: float) -> Pixels:
    """The lines of a cell as one line, so that a word or a number broken by the cell's width is whole again."""
    if len(crops) == 1:
        return crops[0]
    height = max(len(crop) for crop in crops)
    gap = np.full((height, max(round(em * _BETWEEN), 1)), 255, dtype=np.uint8)
    parts: list[Pixels] = []
    for crop in crops:
        above = (height - len(crop)) // 2
        parts += [
            gap,
            cv2.copyMakeBorder(crop, above, height - len(crop) - above, 0, 0, cv2.BORDER_CONSTANT, value=(255.0,)),
        ]
    return np.hstack([*parts, gap])


def read_strips(strips: Sequence[Strip]) -> list[Reading]:
    """The text of each strip."""
    model = recogniser()
    fitted = [_fitted(strip) for strip in strips]
    letters = _read_once(model, strips, fitted)
    again = [
        place
        for place, (strip, (_, is_whole), read) in enumerate(zip(strips, fitted, letters, strict=True))
        if strip.is_cell and not is_whole and _is_numeric(read.text)
    ]
    whole = model.read([at_height(strips[place].pixels) for place in again], [True] * len(again))
    for place, read in zip(again, whole, strict=True):
        letters[place] = read
    unsure = [
        place
        for place, (read, (_, is_whole)) in enumerate(zip(letters, fitted, strict=True))
        if not is_whole and place not in again and _is_unsure(read)
    ]
    wider = model.read([_fitted(strips[place], CLOSER)[0] for place in unsure])
    for place, read in zip(unsure, wider, strict=True):
        if read.whole > letters[place].whole:
            letters[place] = read
    return [_reading(read) for read in letters]


def _read_once(model: Recogniser, strips: Sequence[Strip], fitted: Sequence[tuple[Pixels, bool]]) -> list[Letters]:
    """The letters of each strip; of the noughts, which fill the tables, only those that look new."""
    shapes = {
        place: shape
        for place, (strip, (_, is_whole)) in enumerate(zip(strips, fitted, strict=True))
        if is_whole and (shape := digit_shape(strip.pixels, strip.em)) is not None
    }
    found: dict[int, Letters] = {}
    noughts: list[tuple[Shape, Letters]] = []
    tried = 0
    waiting = list(range(len(strips)))
    while waiting:
        # The first digits by themselves: most of the others look like one of them.
        first = [place for place in waiting if place in shapes][:_TRIED] if tried < _ROUNDS else []
        part = first or waiting
        tried += 1
        read = model.read([fitted[place][0] for place in part], [fitted[place][1] for place in part])
        for place, letters in zip(part, read, strict=True):
            found[place] = letters
            if place in shapes and letters.text == "0" and letters.whole >= _CERTAIN:
                noughts.append((shapes[place], letters))
        waiting = [place for place in waiting if place not in found]
        for place in waiting:
            if place in shapes:
                alike = next((letters for shape, letters in noughts if is_alike(shape, shapes[place])), None)
                if alike is not None:
                    found[place] = alike
        waiting = [place for place in waiting if place not in found]
    return [found[place] for place in range(len(strips))]


def _reading(letters: Letters) -> Reading:
    return Reading(letters.text, letters.whole, letters.least)


def _is_unsure(read: Letters) -> bool:
    return bool(read.text) and (read.whole < _UNSURE ** len(read.text) or read.least < _DOUBTED)


def _is_numeric(text: str) -> bool:
    """Is this rather a number than words?"""
    return 2 * sum(character.isascii() for character in text) >= len(text)


def at_height(pixels: Pixels) -> Pixels:
    """The strip at the recogniser's height, as wide as it is in proportion."""
    height, width = pixels.shape
    return _resized(pixels, max(round(width * HEIGHT / height), 1), HEIGHT)


def _resized(pixels: Pixels, width: int, height: int) -> Pixels:
    kind = cv2.INTER_AREA if width < pixels.shape[1] or len(pixels) > height else cv2.INTER_LINEAR
    return cv2.resize(pixels, (max(width, 1), height), interpolation=kind)


def _fitted(strip: Strip, look: Look = FIRST) -> tuple[Pixels, bool]:
    """The strip as a look takes it, Chinese narrowed; a number at its full size and width, and True."""
    pixels, em = strip.pixels, strip.em
    spans = _thin_spans(pixels, em)
    height, width = pixels.shape
    wide = sum(end - start for start, end in spans)
    inked = np.flatnonzero((pixels < _DARK).any(axis=0))
    extent = int(inked[-1] - inked[0]) + 1 if len(inked) else 0
    if strip.is_cell and (extent <= 1.3 * em or wide >= 0.75 * extent):
        return at_height(pixels), True
    scale = look.height / height
    parts, before = [], 0
    for start, end in [*spans, (width, width)]:
        if start > before:
            parts.append(_resized(pixels[:, before:start], round((start - before) * scale * look.chinese), look.height))
        if end > start:
            parts.append(_resized(pixels[:, start:end], round((end - start) * scale * look.mixed), look.height))
        before = end
    return np.hstack(parts), False


def _thin_spans(pixels: Pixels, em: float) -> list[tuple[int, int]]:
    """The columns, from–to, where characters are as narrow and as low as digits."""
    dark = pixels < _DARK
    inked = np.flatnonzero(dark.any(axis=0))
    if not len(inked):
        return []
    spans: list[tuple[int, int]] = []
    wide_before = -1
    breaks = np.flatnonzero(np.diff(inked) > 1) + 1
    first = np.concatenate(([0], breaks))
    starts, ends = inked[first], inked[np.append(breaks, len(inked)) - 1] + 1
    top, bottom = dark.argmax(axis=0)[inked], len(dark) - dark[::-1].argmax(axis=0)[inked]
    heights = np.maximum.reduceat(bottom, first) - np.minimum.reduceat(top, first)
    for start, end, tall in zip(starts.tolist(), ends.tolist(), heights.tolist(), strict=True):
        is_thin = end - start <= _THIN * em and tall <= _HIGHEST * em
        is_mark = is_thin and tall < _LOWEST * em
        follows = bool(spans) and spans[-1][1] > wide_before and start - spans[-1][1] <= _WORD_GAP * em
        if follows and is_thin:
            spans[-1] = (spans[-1][0], end)
        elif is_thin and not is_mark:
            spans.append((start, end))
        elif not is_thin:
            wide_before = end
    reach = max(round(em * 0.08), 1)
    return [(max(start - reach, 0), min(end + reach, pixels.shape[1])) for start, end in spans]
