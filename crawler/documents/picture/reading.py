"""Pictures of pages to blocks, with what is doubtful about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from crawler.documents.model import Document
from crawler.documents.sniff import Kind, binary_kind
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from crawler.documents.model import Block, CellPlace
    from crawler.documents.picture.page import PageImage
    from storage.report import Doubt

SURE = 0.9
"""A number of lower confidence is to be doubted."""
_PACKAGE = "crawler.documents.picture"


@dataclass(frozen=True, slots=True)
class Recognition:
    """Blocks of the pages in reading order, doubts about them.

    `again` reads the cells named once more, with more care, and answers all blocks with those cells settled.
    """

    blocks: tuple[Block, ...]
    doubts: tuple[Doubt, ...]
    again: Callable[[Collection[CellPlace]], Recognition] = field(repr=False, compare=False)


def recognise(pages: Sequence[PageImage]) -> Recognition:
    """The blocks on these pages; pages without any print have none.

    Raises UnreadableError `picture_without_ocr` where the extra `ocr` is not installed.
    """
    recognition: Recognition = _part("assembling").assembled(pages)
    return recognition


def page_images(data: bytes) -> list[PageImage]:
    """The pages in a picture file: one, or the frames of a TIFF.

    Raises UnreadableError `damaged`, `too_large`, `illegible`, `picture_without_ocr`.
    """
    images: list[PageImage] = _part("files").page_images(data)
    return images


def read_picture(data: bytes) -> Document:
    """The document in the bytes of a PNG, JPEG, GIF, BMP, TIFF or WEBP file; the frames of a TIFF are its pages.

    Raises UnreadableError `damaged`, `too_large`, `illegible`, `picture_without_ocr`.
    """
    kind = binary_kind(data) or Kind.PNG
    recognition = recognise(_part("files").page_images(data))
    if not recognition.blocks:
        raise UnreadableError("illegible", "no print was recognised in the picture")
    return _document(kind, recognition)


def _document(kind: Kind, recognition: Recognition) -> Document:
    return Document(
        kind.value,
        recognition.blocks,
        is_recognised=True,
        doubts=recognition.doubts,
        again=lambda places: _document(kind, recognition.again(places)),
    )


def _part(name: str) -> Any:  # noqa: ANN401 (a module)
    """A part of the package that needs the extra `ocr`: loaded on first need, as few installations have it."""
    try:
        return import_module(f"{_PACKAGE}.{name}")
    except ImportError as error:
        raise UnreadableError(
            "picture_without_ocr", f"the extra `ocr` is not installed: pip install 'nianbao[ocr]' ({error})"
        ) from error
