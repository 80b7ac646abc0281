"""A PDF file to a document: the layout of its text, pages without text by recognition."""

from __future__ import annotations

import dataclasses
import gc
from contextlib import contextmanager
from ctypes import byref
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout import InkPage, Ruling, blocks_of_print
from crawler.documents.model import Document, Table
from crawler.documents.pdf import native
from crawler.documents.pdf.forms import draws_too_often
from crawler.documents.pdf.frame import Frame
from crawler.documents.pdf.layers import Layer, full_image, layer_of
from crawler.documents.pdf.objects import PageObjects, collector
from crawler.documents.pdf.soundness import is_cut_off, is_damaged
from crawler.documents.pdf.words import main_turns, words_of
from crawler.documents.sniff import Kind
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from crawler.documents.layout import InkPicture, Word
    from crawler.documents.model import Block, CellPlace
    from crawler.documents.pdf.native import Handle
    from crawler.documents.pdf.objects import Collector, Image
    from crawler.documents.picture import Recognition

MAX_PAGES = 600
MAX_SCANNED = 30
"""Pages without text that are recognised; a page takes half a second and ten megabytes."""
_TOGETHER = 8
_MANY_OBJECTS = 10_000
"""So many pages are held at once, fewer where they are drawings."""
_ENCRYPTED = 4


class _Page(NamedTuple):
    """A page that was read, or what is needed to render it: its index, quarter turns, resolution."""

    layer: Layer
    ink: InkPage | None
    render: tuple[int, int, float | None]


class _Loaded(NamedTuple):
    """A page that pdfium holds, by its index; `page` is None where it could not be loaded."""

    number: int
    page: Handle | None
    text_page: Handle

    def close(self) -> None:
        """Give the page back."""
        if self.page is not None:
            native.close_text_page(self.text_page)
            native.close_page(self.page)


class _Run(NamedTuple):
    """Successive pages of one kind: their blocks, or what was recognised on them."""

    blocks: tuple[Block, ...]
    recognition: Recognition | None


def read_pdf(data: bytes) -> Document:
    """The document in the bytes of a PDF file.

    Raises UnreadableError `encrypted`, `damaged`, `truncated`, `too_large`, and for pages without text
    `picture_without_ocr` and `illegible`.
    """
    with _opened(data) as document:
        count = native.page_count(document)
        if count > MAX_PAGES:
            raise UnreadableError("too_large", f"{count} pages, {MAX_PAGES} are read at most")
        if draws_too_often(data):
            raise UnreadableError("damaged", "its forms draw one another without end")
        pages: list[_Page] = []
        with _uncollected(), collector() as own:
            while len(pages) < count:
                with _loaded(document, len(pages), count) as loaded:
                    pages += _pages(loaded, own, data)
    _refuse_lost_pages(data, pages)
    if sum(page.layer is Layer.PICTURE for page in pages) > MAX_SCANNED:
        raise UnreadableError("too_large", f"more than {MAX_SCANNED} pages without text")
    runs = [_run(data, layer, list(group)) for layer, group in groupby(pages, key=lambda page: page.layer)]
    return _document(data, runs)


def _document(data: bytes, runs: Sequence[_Run]) -> Document:
    blocks = tuple(block for run in runs for block in run.blocks)
    recognised = [run.recognition for run in runs if run.recognition is not None]
    if not blocks:
        raise UnreadableError("illegible" if recognised else "damaged", "no page shows any text")
    doubts = tuple(doubt for recognition in recognised for doubt in recognition.doubts)
    again = _sharper(data, runs) if recognised else _by_another_reader(data)
    return Document(Kind.PDF.value, blocks, is_recognised=bool(recognised), doubts=doubts, again=again)


def _sharper(data: bytes, runs: Sequence[_Run]) -> Callable[[Collection[CellPlace]], Document]:
    def again(places: Collection[CellPlace]) -> Document:
        sharper = []
        for run in runs:
            tables = {block.place for block in run.blocks if isinstance(block, Table)}
            own = [place for place in places if place.table in tables]
            if run.recognition is not None and own:
                recognition = run.recognition.again(own)
                sharper.append(_Run(recognition.blocks, recognition))
            else:
                sharper.append(run)
        return _document(data, sharper)

    return again


def _by_another_reader(data: bytes) -> Callable[[Collection[CellPlace]], Document] | None:
    from crawler.documents.pdf.second import is_installed, second_opinion  # noqa: PLC0415 (only where sums fail)

    if not is_installed():
        return None

    def again(places: Collection[CellPlace]) -> Document:
        del places
        return dataclasses.replace(second_opinion(data), again=None)

    return again


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for objects that hold one another: thousands of new tuples start it, and none of them do."""
    is_searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_searched:
            gc.enable()


@contextmanager
def _opened(data: bytes) -> Iterator[int]:
    document = native.load_document(data, len(data), None)
    if not document:
        if native.last_error() == _ENCRYPTED:
            raise UnreadableError("encrypted", "the file needs a password")
        if is_cut_off(data):
            raise UnreadableError("truncated", f"the file ends in the middle, after {len(data)} bytes")
        raise UnreadableError("damaged", f"{len(data)} bytes that pdfium cannot open")
    try:
        yield document
    finally:
        native.close_document(document)


@contextmanager
def _loaded(document: int, first: int, count: int) -> Iterator[Sequence[_Loaded]]:
    """The next pages of so many, at least one.

    To load a page drives from the processor's cache what reads it, and the other way round: pages loaded together
    are read in four fifths of the time.
    """
    some: list[_Loaded] = []
    objects = 0
    try:
        while first + len(some) < count and len(some) < _TOGETHER and objects < _MANY_OBJECTS:
            one = _load(document, first + len(some))
            some.append(one)
            objects += native.count_objects(one.page) if one.page is not None else 0
        yield some
    finally:
        for one in some:
            one.close()


def _load(document: int, number: int) -> _Loaded:
    page = native.load_page(document, number)
    if page and native.annotation_count(page) and _has_written_annotations(page) and native.flatten(page, 0) == 1:
        native.close_page(page)
        page = native.load_page(document, number)
    return _Loaded(number, page, native.text_page(page)) if page else _Loaded(number, None, native.Handle())


def _pages(loaded: Sequence[_Loaded], own: Collector, data: bytes) -> list[_Page]:
    found = [None if page is None else own.collect(page, text_page) for _, page, text_page in loaded]
    return [
        _Page(Layer.BLANK, None, (one.number, 0, None)) if objects is None else _page(one, objects, data)
        for one, objects in zip(loaded, found, strict=True)
    ]


def _page(loaded: _Loaded, found: PageObjects, data: bytes) -> _Page:
    number, page, text_page = loaded
    box = native.Box()
    native.page_box(page, byref(box))
    turns = main_turns(found)
    rotation = native.page_rotation(page)
    frame = Frame(box.left, box.bottom, box.right, box.top, rotation if turns is None else turns)
    layer = layer_of(found, frame)
    if layer is not Layer.TEXT:
        image = full_image(found, frame)
        return _Page(layer, None, (number, 0, _dpi(image) if image is not None else None))
    words = words_of(found, frame, text_page)
    width, height = frame.size
    pictures = _pictures(found, frame, words, data, number) if found.images else ()
    ink = InkPage(number + 1, width, height, tuple(words), _rulings(found, frame), pictures)
    return _Page(layer, ink, (number, 0, None))


def _has_written_annotations(page: int) -> bool:
    for number in range(min(native.annotation_count(page), 1000)):
        annotation = native.annotation(page, number)
        kind = native.annotation_type(annotation)
        native.close_annotation(annotation)
        if kind in native.WRITTEN_ANNOTATIONS:
            return True
    return False


def _rulings(found: PageObjects, frame: Frame) -> tuple[Ruling, ...]:
    if frame.turns:
        return tuple([Ruling(*frame.box(*line)) for line in found.lines])
    x, y = frame.left, frame.top
    # A named tuple's own constructor takes three times as long.
    new = tuple.__new__
    return tuple([new(Ruling, (left - x, y - top, right - x, y - bottom)) for left, bottom, right, top in found.lines])


def _refuse_lost_pages(data: bytes, pages: Sequence[_Page]) -> None:
    """A file that was cut off may still open, with its last pages blank or gone: they are not the agency's fault."""
    if not pages:
        raise UnreadableError("damaged", "the file holds no page")
    if is_damaged(data):
        raise UnreadableError("truncated" if is_cut_off(data) else "damaged", "parts of the file cannot be unpacked")
    if is_cut_off(data) and any(page.layer is Layer.BLANK for page in pages):
        raise UnreadableError("truncated", f"the file ends in the middle, after {len(data)} bytes")


def _run(data: bytes, layer: Layer, pages: Sequence[_Page]) -> _Run:
    if layer is Layer.PICTURE:
        from crawler.documents.pdf.pictures import rendered  # noqa: PLC0415 (loads Pillow and numpy)
        from crawler.documents.picture import recognise  # noqa: PLC0415

        recognition = recognise(rendered(data, [page.render for page in pages]))
        return _Run(recognition.blocks, recognition)
    with _uncollected():
        return _Run(blocks_of_print([page.ink for page in pages if page.ink is not None]), None)


def _dpi(image: Image) -> float | None:
    from crawler.documents.pdf.pictures import native_dpi  # noqa: PLC0415 (loads Pillow)

    return native_dpi(image)


def _pictures(
    found: PageObjects, frame: Frame, words: Sequence[Word], data: bytes, number: int
) -> tuple[InkPicture, ...]:
    from crawler.documents.pdf.pictures import ink_pictures  # noqa: PLC0415 (loads Pillow)

    return tuple(ink_pictures(found, frame, words, data, number))
