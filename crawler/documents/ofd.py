"""OFD files (GB/T 33190) to a document: the layout of their text, scanned pages by recognition."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from crawler.documents.archive import Archive
from crawler.documents.layout import blocks_of_print
from crawler.documents.model import Document
from crawler.documents.ofd_package import Package, page_files
from crawler.documents.ofd_page import ink_page
from crawler.documents.sniff import Kind
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crawler.documents.layout import InkPage
    from crawler.documents.layout.ink import InkPicture
    from crawler.documents.model import Block, CellPlace
    from crawler.documents.picture import PageImage, Recognition
    from storage.report import Doubt

MAX_INK = 300_000
"""Words and lines of all pages; a report of 20 pages set letter by letter has 30,000."""
MAX_PIXEL_BYTES = 400_000_000
"""Of all scanned pages unpacked: 15 of them in colour at 300 dpi, 48 in grey."""
_WHOLE_PAGE = 0.5
_FEW_LETTERS = 30
"""A scanned page may bear a printed page number or an archive's stamp."""
_MILLIMETRES = 25.4


def read_ofd(data: bytes) -> Document:
    """The document in the bytes of an OFD file.

    Annotations and signatures (seals) are not read. Raises UnreadableError: `damaged`, `encrypted`,
    `unsafe_archive`, `too_large`, `empty`, and as recognition does where pages are scans.
    """
    with Archive(data) as archive:
        package = Package(archive)
        # A picture that stands on every page is held once.
        read = cache(package.read)
        pages: list[InkPage] = []
        ink = 0
        for number, page in enumerate(page_files(package), start=1):
            pages.append(ink_page(number, page, read))
            ink += len(pages[-1].words) + len(pages[-1].rulings)
            if ink > MAX_INK:
                raise UnreadableError("too_large", f"more than {MAX_INK} words and lines on {number} pages")
    if not any(page.words or page.pictures for page in pages):
        raise UnreadableError("empty", f"{len(pages)} pages without text or pictures")
    return _document(
        [
            _recognised(list(run)) if is_scan else blocks_of_print(list(run))
            for is_scan, run in groupby(pages, key=lambda page: _scan(page) is not None)
        ]
    )


def _document(parts: Sequence[tuple[Block, ...] | Recognition]) -> Document:
    """The document of runs of pages, some laid out from text and some recognised."""
    blocks: list[Block] = []
    doubts: list[Doubt] = []
    for part in parts:
        if isinstance(part, tuple):
            blocks += part
        else:
            blocks += part.blocks
            doubts += part.doubts

    def again(places: Collection[CellPlace]) -> Document:
        return _document([part if isinstance(part, tuple) else part.again(places) for part in parts])

    is_recognised = any(not isinstance(part, tuple) for part in parts)
    return Document(
        Kind.OFD.value,
        tuple(blocks),
        is_recognised=is_recognised,
        doubts=tuple(doubts),
        again=again if is_recognised else None,
    )


def _scan(page: InkPage) -> InkPicture | None:
    """The picture that is the page; None where there is text to read."""
    if sum(len(word.text) for word in page.words) > _FEW_LETTERS:
        return None
    largest = max(page.pictures, key=_area, default=None)
    if largest is None or largest.data is None or _area(largest) < _WHOLE_PAGE * page.width * page.height:
        return None
    return largest


def _area(picture: InkPicture) -> float:
    return (picture.right - picture.left) * (picture.bottom - picture.top)


def _recognised(pages: Sequence[InkPage]) -> Recognition:
    # Loaded on first need: a file of text must not wait for OpenCV.
    from crawler.documents.picture import recognise  # noqa: PLC0415

    images: list[PageImage] = []
    for page in pages:
        images.append(_image(page))
        if sum(image.pixels.nbytes for image in images) > MAX_PIXEL_BYTES:
            raise UnreadableError(
                "too_large", f"the pictures of {len(pages)} pages take more than {MAX_PIXEL_BYTES} bytes"
            )
    return recognise(images)


def _image(page: InkPage) -> PageImage:
    """The pixels of a scanned page, with the density that its place on the page gives them.

    Raises UnreadableError `damaged`, `too_large`, as `picture.files` does.
    """
    try:
        from crawler.documents.picture.files import page_images  # noqa: PLC0415
    except ImportError as error:
        raise UnreadableError("picture_without_ocr", f"the extra `ocr` is not installed ({error})") from error
    picture = _scan(page)
    if picture is None or picture.data is None:
        raise UnreadableError("illegible", f"page {page.number} has no picture that can be read")
    image = next(iter(page_images(picture.data)))
    dpi = image.pixels.shape[1] / max(picture.right - picture.left, 1.0) * _MILLIMETRES
    return image._replace(number=page.number, dpi=dpi)
