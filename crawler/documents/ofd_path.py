"""A path object of an OFD page to ruling lines: flat or upright strokes, and areas too thin for anything else."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout.matrices import moved
from crawler.documents.ofd_package import read_numbers
from crawler.documents.part import local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

    from crawler.documents.layout.matrices import Matrix

MAX_SEGMENTS = 4000
_THIN = 1.1
"""Millimetres; a filled area at most so thick is a line."""
_WHITE = 250
_TOKEN = re.compile(r"[MSLQBACZmslqbacz]|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_ARGUMENTS = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0, "Z": 0}
"""Numbers behind each command of GB/T 33190 table 35; the last two are where it ends."""

Point = tuple[float, float]
Side = tuple[float, float, float, float]
"""Left, top, right, bottom of a line."""


class _Part(NamedTuple):
    """A piece of a path that is drawn without lifting the pen. `curves`: some of it is bent."""

    points: list[Point]
    curves: bool


def rulings_of(element: _Element, matrix: Matrix) -> Iterator[Side]:
    """The lines that a path object draws on its page; `matrix` leads from the object to the page.

    Areas of colour are none: a shaded cell has borders of its own.
    """
    strokes = (element.get("Stroke") or "true").lower() != "false" and not _is_unseen(element, "StrokeColor")
    fills = (element.get("Fill") or "false").lower() == "true" and not _is_unseen(element, "FillColor")
    if not (strokes or fills):
        return
    for part in _parts("".join(each.text or "" for each in element if local_name(each) == "AbbreviatedData")):
        points = [moved(matrix, x, y) for x, y in part.points]
        box = _box(points)
        if len(points) > 1 and min(box[2] - box[0], box[3] - box[1]) <= _THIN and not part.curves:
            yield _middle(box)
        elif strokes:
            yield from _sides(points)


def _parts(data: str) -> Iterator[_Part]:
    points: list[Point] = []
    curves = False
    for count, (command, numbers) in enumerate(_commands(data)):
        if count >= MAX_SEGMENTS:
            break
        if command in {"M", "S"}:
            if points:
                yield _Part(points, curves)
            points, curves = [(numbers[0], numbers[1])], False
        elif command in {"C", "Z"}:
            if points:
                points.append(points[0])
        else:
            curves = curves or command != "L"
            points.append((numbers[-2], numbers[-1]))
    if points:
        yield _Part(points, curves)


def _commands(data: str) -> Iterator[tuple[str, Sequence[float]]]:
    """Every command with its numbers; one whose numbers are missing ends the path."""
    command = ""
    numbers: list[float] = []
    for token in _TOKEN.findall(data):
        if token[0].isalpha():
            if command and numbers:
                return
            command = token.upper()
            if not _ARGUMENTS[command]:
                yield command, ()
                command = ""
            continue
        numbers += read_numbers(token)
        if command and len(numbers) == _ARGUMENTS[command]:
            yield command, numbers
            numbers = []
            # Numbers that go on behind a complete command repeat it; behind a move they are lines.
            command = "L" if command in {"M", "S"} else command


def _sides(points: Sequence[Point]) -> Iterator[Side]:
    for (x1, y1), (x2, y2) in pairwise(points):
        if abs(x1 - x2) <= _THIN or abs(y1 - y2) <= _THIN:
            yield min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _middle(box: Side) -> Side:
    left, top, right, bottom = box
    if right - left < bottom - top:
        return (left + right) / 2, top, (left + right) / 2, bottom
    return left, (top + bottom) / 2, right, (top + bottom) / 2


def _box(points: Sequence[Point]) -> Side:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _is_unseen(element: _Element, name: str) -> bool:
    """Is this colour white or wholly transparent? A white rectangle hides what lies below and borders nothing."""
    color = next((each for each in element if local_name(each) == name), None)
    if color is None:
        return element.get("Alpha") == "0"
    values = read_numbers(color.get("Value"))
    return color.get("Alpha") == "0" or (len(values) == 3 and min(values) >= _WHITE)  # noqa: PLR2004 (red, green, blue)
