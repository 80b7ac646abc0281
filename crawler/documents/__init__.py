"""Bytes of any format to one document model."""

from __future__ import annotations

import re

from crawler.documents.encoding import as_utf8
from crawler.documents.html import read_html
from crawler.documents.model import Document
from crawler.documents.text import read_text
from storage.errors import UnreadableError

MAX_BYTES = 48 * 1024 * 1024

SIGNATURES = (
    (b"%PDF-", "unsupported", "PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unsupported", "Word/WPS/Excel 97"),
    (b"PK\x03\x04", "unsupported", "DOCX, XLSX, OFD or ZIP"),
    (b"{\\rtf", "unsupported", "RTF"),
    (b"Rar!", "unsupported", "RAR"),
    (b"7z\xbc\xaf", "unsupported", "7z"),
    (b"\x1f\x8b", "unsupported", "gzip"),
    (b"\x89PNG", "picture_without_ocr", "PNG"),
    (b"\xff\xd8\xff", "picture_without_ocr", "JPEG"),
    (b"GIF8", "picture_without_ocr", "GIF"),
    (b"BM", "picture_without_ocr", "BMP"),
)
"""First bytes → why the format is not read yet. Portals serve HTML as .doc and login pages as .pdf."""

_PAGE_TAG = re.compile(
    rb"<(?:!doctype|html|head|body|meta|div|p|table|tr|td|h[1-6]|center|section|article|ul|form)\b[^<>]*>",
    re.IGNORECASE,
)
_INLINE_TAG = re.compile(rb"<(?:br|span|font|a|b|strong|script)\b[^<>]*>", re.IGNORECASE)
_PIPES = re.compile(rb"\|[^|\n]*\|")
_SNIFFED = 60_000
_MIN_PIPES = 6


def read_document(data: bytes, *, media_type: str = "") -> Document:
    """The document in these bytes, whatever its name or header says it is.

    `media_type` is kept only for a format that the bytes do not tell. Raises UnreadableError with the
    reason; nothing else is raised on any input.
    """
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise UnreadableError("empty", f"{len(data)} bytes without content")
    if len(data) > MAX_BYTES:
        raise UnreadableError("too_large", f"{len(data)} bytes, {MAX_BYTES} are read at most")
    for magic, reason, kind in SIGNATURES:
        if data.startswith(magic) and not (magic == b"BM" and data[:40].isascii()):
            raise UnreadableError(reason, f"a {kind} file{f' sent as {media_type}' if media_type else ''}")
    text = as_utf8(data)
    return read_html(text) if _is_page(text) else read_text(text.decode("utf-8", "replace"))


def _is_page(text: bytes) -> bool:
    """Is it HTML? Pipe tables hold line breaks as tags and are text all the same."""
    if _PAGE_TAG.search(text, 0, _SNIFFED):
        return True
    return _INLINE_TAG.search(text, 0, _SNIFFED) is not None and len(_PIPES.findall(text[:_SNIFFED])) < _MIN_PIPES


__all__ = ["Document", "read_document"]
