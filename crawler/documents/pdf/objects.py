"""The objects of a page as pdfium gives them: pieces of text, drawn lines, images, in the page's own coordinates."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout.matrices import moved, moved_box, product
from crawler.documents.pdf import native
from crawler.documents.pdf.buffer import Buffer
from crawler.documents.pdf.characters import text_of_page, texts_of_objects
from crawler.documents.pdf.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crawler.documents.layout.matrices import Matrix, Rectangle
    from crawler.documents.pdf.native import Handle

MAX_OBJECTS = 60_000
"""Of one page. A page of text has a thousand; beyond this it is a drawing."""
_MAX_NESTED = 12


class Image(NamedTuple):
    """An image, and how many pieces of text were drawn before it: it may cover them."""

    box: Rectangle
    handle: Handle
    covered: int


class Piece(NamedTuple):
    """Text that was set at once. (x, y) is where its line begins; (a, b) in which direction it runs; em its size."""

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


@dataclass(slots=True)
class PageObjects:
    """What was found on a page. `lines` are flat or upright; `shades` are areas filled with colour.

    `starts`: the number of the first character of each piece, by its address.
    `text` is all of it, in pdfium's order; `is_turned`: some of it does not run from left to right.
    """

    pieces: list[Piece] = field(default_factory=list)
    starts: dict[int, int] = field(default_factory=dict)
    lines: list[Rectangle] = field(default_factory=list)
    shades: list[Rectangle] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    paths: int = 0
    text: str = ""
    is_turned: bool = False


class Collector:
    """Collects page by page."""

    def __init__(self) -> None:
        self._buffer = Buffer()
        self._paths = Paths(self._buffer)

    def collect(self, page: Handle, text_page: Handle) -> PageObjects:
        """The objects of a page."""
        found = PageObjects()
        count = min(native.count_objects(page), MAX_OBJECTS)
        found.text = text_of_page(text_page)
        texts, found.starts = texts_of_objects(text_page, found.text)
        self._take(map(native.page_object, repeat(page), range(count)), texts, found, None, 0)
        return found

    def _take(
        self,
        objects: Iterable[Handle],
        texts: Mapping[int, str],
        found: PageObjects,
        outer: Matrix | None,
        depth: int,
    ) -> None:
        matrix_at, size_at, numbers = self._buffer.matrix_at, self._buffer.size_at, self._buffer.all
        left_at, bottom_at, right_at, top_at = self._buffer.box_at
        bounds, matrix_of, size_of = native.object_bounds, native.object_matrix, native.font_size
        append = found.pieces.append
        new = tuple.__new__
        for item in objects:
            address: int = item.value  # type: ignore[assignment]
            text = texts.get(address)
            if text is None:
                self._take_other(item, texts, found, outer, depth)
                continue
            bounds(item, left_at, bottom_at, right_at, top_at)
            matrix_of(item, matrix_at)
            size_of(item, size_at)
            left, bottom, right, top, a, b, c, d, x, y, size = numbers()
            if b or c or a < 0:
                found.is_turned = True
                scale = (c * c + d * d) ** 0.5
            else:
                scale = d
            if outer is not None:
                x, y = moved(outer, x, y)
                a, b = outer[0] * a + outer[2] * b, outer[1] * a + outer[3] * b
                found.is_turned = found.is_turned or b != 0 or a < 0
                scale *= (outer[2] ** 2 + outer[3] ** 2) ** 0.5
                left, bottom, right, top = moved_box(outer, (left, bottom, right, top))
            append(new(Piece, (x, y, left, bottom, right, top, abs(size * scale), a, b, text, address)))

    def _take_other(
        self,
        item: Handle,
        texts: Mapping[int, str],
        found: PageObjects,
        outer: Matrix | None,
        depth: int,
    ) -> None:
        kind = native.object_type(item)
        if kind == native.PATH:
            found.paths += 1
            if outer is None:
                self._paths.take(item, found.lines, found.shades)
                return
            lines: list[Rectangle] = []
            shades: list[Rectangle] = []
            self._paths.take(item, lines, shades)
            found.lines += [moved_box(outer, box) for box in lines]
            found.shades += [moved_box(outer, box) for box in shades]
        elif kind == native.IMAGE:
            box = self._buffer.box(item)
            found.images.append(Image(box if outer is None else moved_box(outer, box), item, len(found.pieces)))
        elif kind == native.FORM and depth < _MAX_NESTED:
            inner = self._buffer.matrix(item)
            count = min(native.count_form_objects(item), MAX_OBJECTS)
            objects = [native.form_object(item, number) for number in range(count)]
            self._take(objects, texts, found, inner if outer is None else product(outer, inner), depth + 1)
