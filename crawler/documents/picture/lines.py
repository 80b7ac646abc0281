"""Ink to lines of print: inside a cell by their rows, outside tables by what stands beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from crawler.documents.picture.bits import packed
from crawler.documents.picture.cells import Box
from crawler.documents.picture.marks import marks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.documents.picture.marks import Marks
    from crawler.documents.picture.page import Pixels

_SPECK = 0.11
"""Marks smaller than this, in ems, are dirt: the point of an amount is larger."""
_PARTS = 0.3
"""Strokes of one character are not further apart than this; lines of print are, or nearly touch."""
_ONE_LINE = 1.25
_TWO_LINES = 1.6
_WORD_GAP = 1.3
"""Ink further apart than this, in ems, is not one word outside of tables."""
_LETTER_GAP = 1.1
_LONG_RULE = 5.0
_REST, _AT_EDGE = 0.3, 3
"""Ems and pixels: thin ink at the edge of a cell."""


def without_specks(ink: Pixels, marks: Marks, em: float) -> Pixels:
    """The ink without dirt; `marks` are its connected marks."""
    side = em * _SPECK
    boxes = marks.boxes
    specks = boxes[(boxes[:, 4] < side * side) | (np.maximum(boxes[:, 2], boxes[:, 3]) < side)]
    clean = ink.copy()
    for left, top, width, height, _ in specks.tolist():
        if max(width, height) < 3 * side:
            clean[top : top + height, left : left + width] = 0
    return clean


def lines_in(ink: Pixels, box: Box, em: float) -> list[Box]:
    """The lines of print inside a box, from top to bottom; none where nothing is printed."""
    inner = ink[box.top : box.bottom, box.left : box.right]
    if not inner.any():
        return []
    lines = []
    for top, bottom in _rows(inner, em):
        # What is left of a line, or of the ground that ends at it.
        is_rest = bottom - top < _REST * em and (top <= _AT_EDGE or bottom >= len(inner) - _AT_EDGE)
        if is_rest:
            continue
        columns = np.flatnonzero(inner[top:bottom].any(axis=0))
        lines.append(Box(box.left + int(columns[0]), box.top + top, box.left + int(columns[-1]) + 1, box.top + bottom))
    return lines


def _rows(ink: Pixels, em: float) -> Iterator[tuple[int, int]]:
    """First and behind-last row of each line."""
    weight = cv2.reduce(ink, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    inked = np.flatnonzero(weight)
    groups = np.split(inked, np.flatnonzero(np.diff(inked) > 1) + 1)
    runs = [(int(group[0]), int(group[-1]) + 1) for group in groups]
    joined: list[tuple[int, int]] = []
    for top, bottom in runs:
        if joined and _is_one(joined[-1], (top, bottom), em):
            joined[-1] = (joined[-1][0], bottom)
        else:
            joined.append((top, bottom))
    for top, bottom in joined:
        count = round((bottom - top) / (_ONE_LINE * em)) if bottom - top > _TWO_LINES * em else 1
        yield from _parted(weight, top, bottom, max(count, 1))


def _is_one(above: tuple[int, int], below: tuple[int, int], em: float) -> bool:
    """Do both belong to one line: 二 and ： are two marks above each other?"""
    if below[1] - above[0] > _ONE_LINE * em:
        return False
    gap = below[0] - above[1]
    thinner = min(above[1] - above[0], below[1] - below[0])
    return gap <= _PARTS * em or thinner < _PARTS * em


def _parted(weight: Pixels, top: int, bottom: int, count: int) -> Iterator[tuple[int, int]]:
    """Lines that touch, parted where the least ink is."""
    pitch = (bottom - top) / count
    start = top
    for number in range(1, count):
        near = round(top + number * pitch)
        reach = max(int(pitch * 0.25), 1)
        first = max(near - reach, start + 1)
        cut = first + int(np.argmin(weight[first : near + reach]))
        yield start, cut
        start = cut
    yield start, bottom


def free_lines(ink: Pixels, marks: Marks, em: float) -> list[Box]:
    """The words of print outside tables (whose ink must be gone), by rows; a word ends at a wide gap."""
    half = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    _, half = cv2.threshold(half, 0, 255, cv2.THRESH_BINARY)
    reach = max(round(em * _WORD_GAP / 2), 2)
    # Ink beside each other is a word; marks above each other are a character: 二, 三, 言.
    smeared = cv2.morphologyEx(
        cv2.copyMakeBorder(half, 0, 0, reach, reach, cv2.BORDER_CONSTANT, value=(0.0,)),
        cv2.MORPH_CLOSE,
        np.ones((1, reach), np.uint8),
    )
    smeared = cv2.morphologyEx(smeared, cv2.MORPH_CLOSE, np.ones((max(round(em * 0.06), 1), 1), np.uint8))
    height, width = ink.shape
    boxes = [
        Box(
            max(2 * (left - reach) - 1, 0),
            max(2 * top - 1, 0),
            min(2 * (left - reach + across), width),
            min(2 * (top + down), height),
        )
        for left, top, across, down, _ in marks_of(smeared).boxes.tolist()
    ]
    lines = []
    for box in _whole(boxes, em):
        lines += lines_in(ink, box, _height_of(marks.within(*box), em))
    return sorted(lines, key=lambda box: (box.top + box.bottom, box.left))


def _height_of(marks: Marks, em: float) -> float:
    """The height of the characters among these marks, which may be larger than elsewhere on the page: a title."""
    heights = marks.boxes[:, 3]
    tall = heights[heights > _PARTS * em]
    return max(float(np.percentile(tall, 90)), em) if len(tall) else em


def _whole(boxes: list[Box], em: float) -> list[Box]:
    """Boxes of one line that stand in or near each other made one: an accent, a stop, the dots of a character."""
    merged: list[Box] = []
    for box in sorted(boxes, key=lambda box: box.top - box.bottom):
        for place, other in enumerate(merged):
            overlap = min(box.bottom, other.bottom) - max(box.top, other.top)
            gap = max(box.left, other.left) - min(box.right, other.right)
            near = gap < max(_WORD_GAP * em * 0.6, _LETTER_GAP * (other.bottom - other.top))
            if near and overlap >= 0.5 * (box.bottom - box.top):
                merged[place] = Box(
                    min(box.left, other.left),
                    min(box.top, other.top),
                    max(box.right, other.right),
                    max(box.bottom, other.bottom),
                )
                break
        else:
            merged.append(box)
    return merged


def without_rules(ink: Pixels, across: Pixels, down: Pixels, em: float) -> Pixels:
    """The ink outside of tables without underlines and frames."""
    long = max(round(_LONG_RULE * em), 3)
    gone = packed(across).opened(long, 1) | packed(down).opened(1, long)
    return cv2.bitwise_and(ink, cv2.bitwise_not(gone.pixels)) if gone.any() else ink
