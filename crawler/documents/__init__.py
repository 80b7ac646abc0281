"""Bytes of any format to one document model."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.encoding import as_utf8
from crawler.documents.model import Document
from crawler.documents.sniff import OFFICE, PICTURES, Kind, binary_kind, is_page
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 48 * 1024 * 1024


class Reader(NamedTuple):
    """Where the function is that reads a format: it takes bytes, answers a Document, raises UnreadableError only."""

    module: str
    function: str


# A reader is imported when its format is met: a page of HTML must not wait for OpenCV.
READERS: Mapping[Kind, Reader] = {
    Kind.DOCX: Reader("crawler.documents.docx", "read_docx"),
    Kind.WORD_XML: Reader("crawler.documents.word_xml", "read_word_xml"),
    Kind.MHTML: Reader("crawler.documents.mhtml", "read_mhtml"),
    Kind.PDF: Reader("crawler.documents.pdf", "read_pdf"),
    Kind.OFD: Reader("crawler.documents.ofd", "read_ofd"),
    Kind.XLSX: Reader("crawler.documents.sheet", "read_sheet"),
    Kind.XLS: Reader("crawler.documents.sheet", "read_sheet"),
    Kind.SHEET_XML: Reader("crawler.documents.sheet", "read_sheet"),
    Kind.ODS: Reader("crawler.documents.sheet", "read_open_sheet"),
    Kind.ZIP: Reader("crawler.documents.bundle", "read_bundle"),
    **dict.fromkeys(PICTURES, Reader("crawler.documents.picture", "read_picture")),
}


def read_document(data: bytes, *, media_type: str = "") -> Document:
    """The document in these bytes, whatever its name or header says it is.

    `media_type` is kept only for a format that the bytes do not tell. Raises UnreadableError with the
    reason; nothing else is raised on any input.
    """
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise UnreadableError("empty", f"{len(data)} bytes without content")
    if len(data) > MAX_BYTES:
        raise UnreadableError("too_large", f"{len(data)} bytes, {MAX_BYTES} are read at most")
    kind = binary_kind(data)
    if kind is None:
        return read_characters(data)
    if kind in OFFICE:
        raise UnreadableError("office_missing", f"{kind.name} is read only after LibreOffice has converted it")
    reader = READERS.get(kind)
    if reader is None:
        raise UnreadableError("unsupported", f"a {kind.name} file{f' sent as {media_type}' if media_type else ''}")
    document: Document = getattr(import_module(reader.module), reader.function)(data)
    return document


def read_characters(data: bytes) -> Document:
    """The document in bytes that are text of some encoding: a page of HTML, or a text dump."""
    # Loaded on first need, as all readers are; trafilatura alone takes a third of a second.
    from crawler.documents.html import read_html  # noqa: PLC0415
    from crawler.documents.text import read_text  # noqa: PLC0415

    text = as_utf8(data)
    return read_html(text) if is_page(text) else read_text(text.decode("utf-8", "replace"))


__all__ = ["Document", "Kind", "read_document"]
