"""The objects of a page as pdfium gives them: pieces of text, drawn lines, images, in the page's own coordinates."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import compress, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout.matrices import moved, moved_box, product
from crawler.documents.pdf import native
from crawler.documents.pdf.buffer import Buffer
from crawler.documents.pdf.characters import text_of_page, texts_of_objects
from crawler.documents.pdf.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.documents.layout.matrices import Matrix, Rectangle
    from crawler.documents.pdf.buffer import Numbers
    from crawler.documents.pdf.native import Handle

    Piece = tuple[Numbers, str, int]
    """Text that was set at once: its numbers, of the matrix's last scale the height; its text, its object's address."""

_a, _b, _c = itemgetter(4), itemgetter(5), itemgetter(6)
"""The first numbers of a text object's matrix."""
MAX_OBJECTS = 60_000
"""Of one page. A page of text has a thousand; beyond this it is a drawing."""
_MAX_NESTED = 12


class Image(NamedTuple):
    """An image, and how many pieces of text were drawn before it: it may cover them."""

    box: Rectangle
    address: int
    covered: int


@dataclass(slots=True)
class PageObjects:
    """What was found on a page. `lines` are flat or upright; `shades` are areas filled with colour.

    `numbers`, `texts`, `addresses`: of each piece of text; `starts`: the number of its first character, by its address.
    `text` is all of it, in pdfium's order; `is_turned`: some of it does not run from left to right.
    """

    numbers: list[Numbers] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    addresses: list[int] = field(default_factory=list)
    starts: dict[int, int] = field(default_factory=dict)
    lines: list[Rectangle] = field(default_factory=list)
    shades: list[Rectangle] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    paths: int = 0
    text: str = ""
    is_turned: bool = False

    @property
    def pieces(self) -> Iterator[Piece]:
        """The pieces of text, in the order in which they were drawn."""
        return zip(self.numbers, self.texts, self.addresses, strict=True)


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
        self._take(list(map(native.page_object, repeat(native.reference(page)), range(count))), texts, found, None, 0)
        return found

    def _take(
        self, items: Sequence[int], texts: Mapping[int, str], found: PageObjects, outer: Matrix | None, depth: int
    ) -> None:
        own = list(map(texts.get, items))
        others = [number for number, text in enumerate(own) if text is None]
        kinds = self._buffer.kinds([items[number] for number in others])
        first = 0
        paths: list[int] = []
        for number, kind in zip(others, kinds, strict=True):
            item = items[number]
            if kind == native.PATH:
                paths.append(item)
            elif kind == native.IMAGE:
                self._take_texts(items[first:number], own[first:number], found, outer)
                first = number
                (box,) = self._buffer.boxes([item])
                found.images.append(Image(box if outer is None else moved_box(outer, box), item, len(found.texts)))
            elif kind == native.FORM and depth < _MAX_NESTED:
                self._take_texts(items[first:number], own[first:number], found, outer)
                first = number
                inner = self._buffer.matrix(item)
                count = min(native.count_form_objects(item), MAX_OBJECTS)
                objects = [native.form_object(item, position) for position in range(count)]
                self._take(objects, texts, found, inner if outer is None else product(outer, inner), depth + 1)
        self._take_texts(items[first:], own[first:], found, outer)
        self._take_paths(paths, found, outer)

    def _take_texts(
        self, items: Sequence[int], texts: Sequence[str | None], found: PageObjects, outer: Matrix | None
    ) -> None:
        """Adds those of the objects that have a text."""
        addresses = list(compress(items, texts))
        numbers = self._buffer.texts(addresses)
        if outer is not None:
            numbers = [_moved_text(outer, own) for own in numbers]
        if any(map(_b, numbers)) or any(map(_c, numbers)) or min(map(_a, numbers), default=0.0) < 0:
            found.is_turned = True
            numbers = [_straight(own) for own in numbers]
        found.numbers += numbers
        found.texts += filter(None, texts)
        found.addresses += addresses

    def _take_paths(self, paths: Sequence[int], found: PageObjects, outer: Matrix | None) -> None:
        found.paths += len(paths)
        if outer is None:
            self._paths.take(paths, found.lines, found.shades)
            return
        lines: list[Rectangle] = []
        shades: list[Rectangle] = []
        self._paths.take(paths, lines, shades)
        found.lines += [moved_box(outer, box) for box in lines]
        found.shades += [moved_box(outer, box) for box in shades]


_idle: list[Collector] = []


@contextmanager
def collector() -> Iterator[Collector]:
    """A collector that nobody else uses in the meantime; its buffer, which takes long to make, is kept for the next."""
    own = _idle.pop() if _idle else Collector()
    try:
        yield own
    finally:
        _idle.append(own)


def _straight(numbers: Numbers) -> Numbers:
    """The same numbers with the height of the letters in the place of a matrix's last scale, where they are turned."""
    left, bottom, right, top, a, b, c, d, x, y, size = numbers
    return left, bottom, right, top, a, b, 0.0, (c * c + d * d) ** 0.5 if b or c or a < 0 else d, x, y, size


def _moved_text(outer: Matrix, numbers: Numbers) -> Numbers:
    """The numbers of a text object after the matrix of the form it is in."""
    left, bottom, right, top, a, b, _, scale, x, y, size = _straight(numbers)
    x, y = moved(outer, x, y)
    a, b = outer[0] * a + outer[2] * b, outer[1] * a + outer[3] * b
    scale *= (outer[2] ** 2 + outer[3] ** 2) ** 0.5
    left, bottom, right, top = moved_box(outer, (left, bottom, right, top))
    return left, bottom, right, top, a, b, 0.0, scale, x, y, size
