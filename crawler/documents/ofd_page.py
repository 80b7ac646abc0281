"""One page of an OFD package to ink: the objects of its layers and templates, turned upright, in millimetres."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.documents.layout import InkPage, Ruling, Word
from crawler.documents.layout.ink import InkPicture
from crawler.documents.layout.matrices import moved_box, product
from crawler.documents.ofd_package import read_numbers
from crawler.documents.ofd_path import rulings_of
from crawler.documents.ofd_text import Glyph, glyph_runs, quarter_turns, words_of_run
from crawler.documents.part import local_name
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

    from crawler.documents.layout.matrices import Matrix
    from crawler.documents.ofd_package import PageFile
    from crawler.documents.ofd_path import Side

MAX_OBJECTS = 60_000
"""Of one page. A page of text has a thousand; beyond this it is a drawing."""
_MAX_NESTED = 12
_SAME = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_MIN_PICTURE = 0.02
"""Of the page's area; smaller ones are stamps, logos and codes."""


@dataclass(slots=True)
class _Found:
    """What the objects of a page drew, on the page as it lies."""

    runs: list[list[Glyph]] = field(default_factory=list)
    lines: list[Side] = field(default_factory=list)
    pictures: list[tuple[Side, str]] = field(default_factory=list)
    objects: int = 0


def ink_page(number: int, page: PageFile, read: Callable[[str], bytes]) -> InkPage:
    """The page; `read` answers the bytes of a file of the package.

    Text that slants, as watermarks do, is left out; text that runs otherwise than most of the page's
    keeps its box. Raises UnreadableError `too_large`.
    """
    found = _Found()
    start = (1.0, 0.0, 0.0, 1.0, -page.box.x, -page.box.y)
    for tree in (*page.templates, page.tree):
        for content in (child for child in tree if local_name(child) == "Content"):
            _take(content, start, page, found, 0)
    turns = _main_turns(found.runs)
    frame = _Frame(page.box.width, page.box.height, turns)
    pictures = []
    for box, name in found.pictures:
        left, top, right, bottom = frame.turned(box)
        if (right - left) * (bottom - top) >= _MIN_PICTURE * page.box.width * page.box.height:
            pictures.append(InkPicture(left, top, right, bottom, read(name) if name else None))
    return InkPage(
        number,
        *frame.size,
        tuple(_words(found.runs, frame)),
        tuple(Ruling(*frame.turned(line)) for line in found.lines),
        tuple(pictures),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """The page as it lies, and the quarter turns to the left that make most of its text upright."""

    width: float
    height: float
    turns: int

    @property
    def size(self) -> tuple[float, float]:
        return (self.height, self.width) if self.turns % 2 else (self.width, self.height)

    def turned(self, box: Side) -> Side:
        left, top, right, bottom = box
        if self.turns == 1:
            return top, self.width - right, bottom, self.width - left
        if self.turns == 2:  # noqa: PLR2004 (upside down)
            return self.width - right, self.height - bottom, self.width - left, self.height - top
        if self.turns == 3:  # noqa: PLR2004 (the text runs upwards)
            return self.height - bottom, left, self.height - top, right
        return box


def _main_turns(runs: list[list[Glyph]]) -> int:
    counts = Counter(quarter_turns(run[0].direction) for run in runs for _ in run)
    del counts[None]
    return max(counts, key=lambda turns: counts[turns]) or 0 if counts else 0


def _words(runs: list[list[Glyph]], frame: _Frame) -> Iterator[Word]:
    width, height = frame.size
    for run in runs:
        if quarter_turns(run[0].direction) is None:
            continue
        upright = [Glyph(*frame.turned(glyph[:4]), *glyph[4:]) for glyph in run] if frame.turns else run
        for word in words_of_run(upright):
            if word.right >= 0 and word.bottom >= 0 and word.left <= width and word.top <= height:
                yield Word(*word[:5])


def _take(holder: _Element, outer: Matrix, page: PageFile, found: _Found, depth: int) -> None:
    """What the objects in a layer, block or drawing put on the page; `outer` leads from these to the page."""
    if depth > _MAX_NESTED:
        return
    for element in holder:
        name = local_name(element)
        found.objects += 1
        if found.objects > MAX_OBJECTS:
            raise UnreadableError("too_large", f"a page has more than {MAX_OBJECTS} objects")
        if (element.get("Visible") or "true").lower() == "false":
            continue
        if name in {"Layer", "PageBlock"}:
            _take(element, outer, page, found, depth + 1)
        elif name == "CompositeObject":
            for content in _drawing(element, page):
                _take(content, _matrix(element, outer), page, found, depth + 1)
        else:
            _take_object(name, element, outer, page, found)


def _take_object(name: str, element: _Element, outer: Matrix, page: PageFile, found: _Found) -> None:
    if name == "TextObject":
        found.runs += (run for run in glyph_runs(element, _matrix(element, outer)) if run)
    elif name == "PathObject":
        found.lines += rulings_of(element, _matrix(element, outer))
    elif name == "ImageObject":
        picture = page.resources.pictures.get(element.get("ResourceID") or "", "")
        found.pictures.append((_picture_box(element, outer), picture))


def _drawing(element: _Element, page: PageFile) -> list[_Element]:
    """What a composite object draws: the contents of the drawing it refers to."""
    drawing = page.resources.drawings.get(element.get("ResourceID") or "")
    return [] if drawing is None else [each for each in drawing if local_name(each) == "Content"]


def _matrix(element: _Element, outer: Matrix) -> Matrix:
    """From an object's own coordinates to the page's: its matrix first, then the place of its boundary."""
    boundary = read_numbers(element.get("Boundary"))
    x, y = boundary[:2] if len(boundary) >= 2 else (0.0, 0.0)  # noqa: PLR2004 (x, y)
    own = read_numbers(element.get("CTM"))
    a, b, c, d, e, f = own if len(own) == 6 else _SAME  # noqa: PLR2004 (a matrix)
    return product(outer, (a, b, c, d, e + x, f + y))


def _picture_box(element: _Element, outer: Matrix) -> Side:
    """A picture fills the unit square of its own coordinates, or without a matrix its boundary."""
    if element.get("CTM"):
        return moved_box(_matrix(element, outer), (0, 0, 1, 1))
    boundary = read_numbers(element.get("Boundary"))
    if len(boundary) != 4:  # noqa: PLR2004 (x, y, width, height)
        return 0.0, 0.0, 0.0, 0.0
    x, y, width, height = boundary
    return moved_box(outer, (x, y, x + width, y + height))
