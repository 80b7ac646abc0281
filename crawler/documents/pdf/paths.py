"""Drawn paths of a page: which of them are lines, and which are areas filled with colour."""

from __future__ import annotations

from ctypes import byref, c_uint
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from crawler.documents.layout.matrices import moved
from crawler.documents.pdf import native

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.matrices import Rectangle
    from crawler.documents.pdf.buffer import Buffer

MAX_SEGMENTS = 4000
_LINE_SEGMENTS = 2
_RECTANGLE_SEGMENTS = 6
_WHITE = 250
_THIN = 3.2
"""Points; a filled rectangle at most so thick is a line."""
_GROUNDS = 300
"""So many areas drawn before a white one may be the ground that it lies on."""
_CURVE, _MOVE = 1, 2


class Paths:
    """What drawn paths come to: `lines` are flat or upright; `shades` are areas filled with colour."""

    def __init__(self, buffer: Buffer) -> None:
        self._buffer = buffer

    def take(self, paths: Sequence[int], lines: list[Rectangle], shades: list[Rectangle]) -> None:
        """Add what each path is to the lines, or to the shades."""
        boxes, modes = self._buffer.boxes(paths), self._buffer.draw_modes(paths)
        for path, box, (fills, strokes) in zip(paths, boxes, modes, strict=True):
            if not (fills or strokes):
                continue
            left, bottom, right, top = box
            if right - left <= _THIN or top - bottom <= _THIN:
                lines.append(box)
            else:
                self._take_large(path, box, lines, shades, strokes=bool(strokes), fills=bool(fills))

    def _take_large(
        self,
        path: int,
        box: Rectangle,
        lines: list[Rectangle],
        shades: list[Rectangle],
        *,
        strokes: bool,
        fills: bool,
    ) -> None:
        left, bottom, right, top = box
        count = native.count_segments(path)
        if count <= _LINE_SEGMENTS:
            # The box of a stroke is up to twice as thick as it; what else has two ends is a slanting line.
            if min(right - left, top - bottom) <= 2.2 * self._buffer.stroke_width(path):
                lines.append(_middle(left, bottom, right, top))
        elif count <= _RECTANGLE_SEGMENTS:
            if strokes and not _is_white(native.stroke_color, path):
                half = self._buffer.stroke_width(path) / 2
                lines += _sides(left + half, bottom + half, right - half, top - half)
            elif fills and not _is_white(native.fill_color, path):
                shades.append(box)
            elif fills and any(_is_inside(box, shade) for shade in islice(reversed(shades), _GROUNDS)):
                # White cells on a dark ground: what is left of it between them is the lines.
                lines += _sides(*box)
        elif count <= MAX_SEGMENTS:
            self._take_segments(path, count, lines, shades, strokes=strokes)

    def _take_segments(
        self, path: int, count: int, lines: list[Rectangle], shades: list[Rectangle], *, strokes: bool
    ) -> None:
        """A path of several parts: each straight part is a line, each filled rectangle is one by itself."""
        matrix = self._buffer.matrix(path)
        part: list[tuple[float, float]] = []
        parts: list[list[tuple[float, float]]] = []
        for number in range(count):
            segment = native.path_segment(path, number)
            kind = native.segment_type(segment)
            if kind == _MOVE or not parts:
                part = []
                parts.append(part)
            if kind == _CURVE:
                # A rounded corner or a letter drawn as a shape.
                part.append((float("nan"), float("nan")))
            part.append(moved(matrix, *self._buffer.point(segment)))
            if native.segment_closes(segment):
                part.append(part[0])
        for points in parts:
            _take_part(points, lines, shades, strokes=strokes)


def _take_part(
    points: list[tuple[float, float]], lines: list[Rectangle], shades: list[Rectangle], *, strokes: bool
) -> None:
    straight = [(x, y) for x, y in points if x == x]  # noqa: PLR0124 (not a number marks a curve)
    if strokes:
        for (x1, y1), (x2, y2) in pairwise(points):
            if abs(x1 - x2) <= _THIN or abs(y1 - y2) <= _THIN:
                lines.append((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
        return
    if len(straight) < len(points) or not 4 <= len(points) <= _RECTANGLE_SEGMENTS:  # noqa: PLR2004
        return
    xs, ys = [x for x, _ in points], [y for _, y in points]
    box = (min(xs), min(ys), max(xs), max(ys))
    (lines if min(box[2] - box[0], box[3] - box[1]) <= _THIN else shades).append(box)


def _is_inside(box: Rectangle, outer: Rectangle) -> bool:
    return (
        outer[0] - _THIN < box[0]
        and outer[1] - _THIN < box[1]
        and box[2] < outer[2] + _THIN
        and box[3] < outer[3] + _THIN
    )


def _middle(left: float, bottom: float, right: float, top: float) -> Rectangle:
    if right - left < top - bottom:
        return (left + right) / 2, bottom, (left + right) / 2, top
    return left, (bottom + top) / 2, right, (bottom + top) / 2


def _sides(left: float, bottom: float, right: float, top: float) -> list[Rectangle]:
    return [
        (left, bottom, right, bottom),
        (left, top, right, top),
        (left, bottom, left, top),
        (right, bottom, right, top),
    ]


def _is_white(color_of: native.Function, path: int) -> bool:
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint(255)
    if not color_of(path, byref(red), byref(green), byref(blue), byref(alpha)):
        return False
    return min(red.value, green.value, blue.value) >= _WHITE or alpha.value == 0
