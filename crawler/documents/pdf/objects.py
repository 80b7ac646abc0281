"""The objects of a page as pdfium gives them: pieces of text, drawn lines, images, in the page's own coordinates."""

from __future__ import annotations

from ctypes import addressof, byref, c_float, c_int, c_uint, create_string_buffer
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.pdf import native

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_OBJECTS = 60_000
"""Of one page. A page of text has a thousand; beyond this it is a drawing."""
MAX_SEGMENTS = 4000
MAX_CHARACTERS = 100_000
_LINE_SEGMENTS = 2
_RECTANGLE_SEGMENTS = 6
_MAX_NESTED = 12
_WHITE = 250
_THIN = 3.2
"""Points; a filled rectangle at most so thick is a line."""


Rectangle = tuple[float, float, float, float]
"""Left, bottom, right, top."""


class Image(NamedTuple):
    """An image, and how many pieces of text were drawn before it: it may cover them."""

    box: Rectangle
    address: int
    covered: int


class Piece(NamedTuple):
    """Text that was set at once. (x, y) is where its line begins; (a, b) in which direction it runs; em its size.

    `start` is the number of its first character on the page.
    """

    x: float
    y: float
    left: float
    bottom: float
    right: float
    top: float
    em: float
    a: float
    b: float
    text: str
    address: int
    start: int


@dataclass(slots=True)
class PageObjects:
    """What was found on a page. `lines` are flat or upright; `shades` are areas filled with colour.

    `text` is all of it, in pdfium's order; `is_turned`: some of it does not run from left to right.
    """

    pieces: list[Piece] = field(default_factory=list)
    lines: list[Rectangle] = field(default_factory=list)
    shades: list[Rectangle] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    paths: int = 0
    text: str = ""
    is_turned: bool = False


class Collector:
    """Collects page by page; its buffers are made once, since a report has thousands of objects."""

    def __init__(self) -> None:
        # Eleven numbers that pdfium writes: a box, a matrix, a size. Read at once, they cost one call.
        self._floats = (c_float * 11)()
        self._view: memoryview[float] = memoryview(self._floats).cast("B").cast("f")
        start = addressof(self._floats)
        self._box_at = tuple(start + 4 * number for number in range(4))
        self._matrix_at, self._size_at = start + 16, start + 40
        self._fill, self._stroke = c_int(), c_int()
        self._mode_at = (byref(self._fill), byref(self._stroke))

    def collect(self, page: int, text_page: int) -> PageObjects:
        """The objects of a page."""
        found = PageObjects()
        count = min(native.count_objects(page), MAX_OBJECTS)
        get = native.page_object
        found.text = text_of_page(text_page)
        texts = texts_of_objects(text_page, found.text)
        self._take([get(page, number) for number in range(count)], texts, found, None, 0)
        return found

    def _take(
        self,
        objects: list[int],
        texts: Mapping[int, tuple[int, str]],
        found: PageObjects,
        outer: tuple[float, ...] | None,
        depth: int,
    ) -> None:
        matrix_at, size_at = self._matrix_at, self._size_at
        floats: Callable[[], list[float]] = self._view.tolist  # type: ignore[assignment]
        left_at, bottom_at, right_at, top_at = self._box_at
        bounds, matrix_of, size_of = native.object_bounds, native.object_matrix, native.font_size
        append = found.pieces.append
        new = tuple.__new__
        for address in objects:
            if address not in texts:
                self._take_other(address, texts, found, outer, depth)
                continue
            start, text = texts[address]
            bounds(address, left_at, bottom_at, right_at, top_at)
            matrix_of(address, matrix_at)
            size_of(address, size_at)
            left, bottom, right, top, a, b, c, d, x, y, size = floats()
            if b or c or a < 0:
                found.is_turned = True
                scale = (c * c + d * d) ** 0.5
            else:
                scale = d
            if outer is not None:
                x, y = _moved(outer, x, y)
                a, b = outer[0] * a + outer[2] * b, outer[1] * a + outer[3] * b
                found.is_turned = found.is_turned or b != 0 or a < 0
                scale *= (outer[2] ** 2 + outer[3] ** 2) ** 0.5
                left, bottom, right, top = _moved_box(outer, (left, bottom, right, top))
            append(new(Piece, (x, y, left, bottom, right, top, abs(size * scale), a, b, text, address, start)))

    def _take_other(
        self,
        address: int,
        texts: Mapping[int, tuple[int, str]],
        found: PageObjects,
        outer: tuple[float, ...] | None,
        depth: int,
    ) -> None:
        kind = native.object_type(address)
        if kind == native.PATH:
            found.paths += 1
            if outer is None:
                self._take_path(address, found.lines, found.shades)
                return
            lines: list[Rectangle] = []
            shades: list[Rectangle] = []
            self._take_path(address, lines, shades)
            found.lines += [_moved_box(outer, box) for box in lines]
            found.shades += [_moved_box(outer, box) for box in shades]
        elif kind == native.IMAGE:
            box = self._box(address)
            found.images.append(Image(box if outer is None else _moved_box(outer, box), address, len(found.pieces)))
        elif kind == native.FORM and depth < _MAX_NESTED:
            native.object_matrix(address, self._matrix_at)
            inner = tuple(self._view.tolist()[4:10])
            count = min(native.count_form_objects(address), MAX_OBJECTS)
            objects = [native.form_object(address, number) for number in range(count)]
            self._take(objects, texts, found, inner if outer is None else _product(outer, inner), depth + 1)

    def _box(self, address: int) -> Rectangle:
        native.object_bounds(address, *self._box_at)
        left, bottom, right, top = self._view.tolist()[:4]
        return left, bottom, right, top

    def _width(self, address: int) -> float:
        native.stroke_width(address, self._size_at)
        return self._view[10]

    def _take_path(self, address: int, lines: list[Rectangle], shades: list[Rectangle]) -> None:
        native.draw_mode(address, *self._mode_at)
        fills, strokes = bool(self._fill.value), bool(self._stroke.value)
        if not (fills or strokes):
            return
        left, bottom, right, top = self._box(address)
        width, height = right - left, top - bottom
        if min(width, height) <= _THIN:
            lines.append((left, bottom, right, top))
            return
        count = native.count_segments(address)
        if count <= _LINE_SEGMENTS:
            # The box of a stroke is up to twice as thick as it; what else has two ends is a slanting line.
            if min(width, height) <= 2.2 * self._width(address):
                lines.append(_middle(left, bottom, right, top))
        elif count <= _RECTANGLE_SEGMENTS:
            if strokes and not _is_white(native.stroke_color, address):
                half = self._width(address) / 2
                lines += _sides(left + half, bottom + half, right - half, top - half)
            elif fills and not _is_white(native.fill_color, address):
                shades.append((left, bottom, right, top))
        elif count <= MAX_SEGMENTS:
            self._take_segments(address, count, lines, shades, strokes=strokes)

    def _take_segments(
        self, address: int, count: int, lines: list[Rectangle], shades: list[Rectangle], *, strokes: bool
    ) -> None:
        """A path of several parts: each straight part is a line, each filled rectangle is one by itself."""
        native.object_matrix(address, self._matrix_at)
        matrix = tuple(self._view.tolist()[4:10])
        part: list[tuple[float, float]] = []
        parts: list[list[tuple[float, float]]] = []
        for number in range(count):
            segment = native.path_segment(address, number)
            native.segment_point(segment, *self._box_at[:2])
            kind = native.segment_type(segment)
            if kind == _MOVE or not parts:
                part = []
                parts.append(part)
            if kind == _CURVE:
                # A rounded corner or a letter drawn as a shape.
                part.append((float("nan"), float("nan")))
            part.append(_moved(matrix, self._view[0], self._view[1]))
            if native.segment_closes(segment):
                part.append(part[0])
        for points in parts:
            _take_part(points, lines, shades, strokes=strokes)


_CURVE, _MOVE = 1, 2


def text_of_page(text_page: int) -> str:
    """The text of a page, one character of it for each that pdfium counts."""
    count = min(native.count_characters(text_page), MAX_CHARACTERS)
    if count <= 0:
        return ""
    buffer = create_string_buffer(2 * count + 2)
    written = native.page_text(text_page, 0, count, buffer)
    text = str(memoryview(buffer)[: 2 * max(written - 1, 0)], "utf-16le", "replace")
    if len(text) == count:
        return text
    # Characters that pdfium leaves out of the text, or that are pairs: one by one.
    return "".join([_printable(native.character(text_page, number)) for number in range(count)])


def texts_of_objects(text_page: int, text: str) -> dict[int, tuple[int, str]]:
    """For each text object of a page (by its address) the number of its first character, and its text.

    One call a character costs less than pdfium's own search for the text of each object.
    """
    owner = native.character_object
    texts: dict[int, tuple[int, str]] = {}
    held, start = None, 0
    for number in range(len(text)):
        address = owner(text_page, number)
        if address != held:
            if held:
                _keep(texts, held, start, text[start:number])
            held, start = address, number
    if held:
        _keep(texts, held, start, text[start:])
    return texts


def _keep(texts: dict[int, tuple[int, str]], address: int, start: int, text: str) -> None:
    text = text.strip()
    if text:
        if address in texts:
            start, before = texts[address]
            text = before + text
        texts[address] = (start, text)


def _printable(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "  # noqa: PLR2004 (surrogates)


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


def _is_white(color_of: native.Function, address: int) -> bool:
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint(255)
    if not color_of(address, byref(red), byref(green), byref(blue), byref(alpha)):
        return False
    return min(red.value, green.value, blue.value) >= _WHITE or alpha.value == 0


def _moved(matrix: tuple[float, ...], x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _moved_box(matrix: tuple[float, ...], box: Rectangle) -> Rectangle:
    corners = [_moved(matrix, x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _product(outer: tuple[float, ...], inner: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, _, _ = outer
    return (
        a * inner[0] + c * inner[1],
        b * inner[0] + d * inner[1],
        a * inner[2] + c * inner[3],
        b * inner[2] + d * inner[3],
        *_moved(outer, inner[4], inner[5]),
    )
