"""What a file is, by its content: portals serve HTML as .doc, login pages as .pdf, and anything as octet-stream."""

from __future__ import annotations

import io
import re
from enum import StrEnum

import olefile

from crawler.documents.archive import Archive
from storage.errors import UnreadableError


class Kind(StrEnum):
    """The formats that are told apart; the value is the media type."""

    HTML = "text/html"
    TEXT = "text/plain"
    MHTML = "multipart/related"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    DOC = "application/msword"
    RTF = "application/rtf"
    WORD_XML = "application/vnd.ms-word.xml"
    ODT = "application/vnd.oasis.opendocument.text"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    PDF = "application/pdf"
    OFD = "application/ofd"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    XLS = "application/vnd.ms-excel"
    SHEET_XML = "application/vnd.ms-excel.xml"
    ZIP = "application/zip"
    RAR = "application/vnd.rar"
    SEVEN_ZIP = "application/x-7z-compressed"
    GZIP = "application/gzip"
    PNG = "image/png"
    JPEG = "image/jpeg"
    GIF = "image/gif"
    BMP = "image/bmp"
    TIFF = "image/tiff"
    WEBP = "image/webp"
    OLE = "application/x-ole-storage"


PICTURES = frozenset({Kind.PNG, Kind.JPEG, Kind.GIF, Kind.BMP, Kind.TIFF, Kind.WEBP})
OFFICE = frozenset({Kind.DOC, Kind.RTF, Kind.ODT})
"""What LibreOffice must convert before it can be read."""

_SIGNATURES = (
    (b"{\\rtf", Kind.RTF),
    (b"Rar!", Kind.RAR),
    (b"7z\xbc\xaf", Kind.SEVEN_ZIP),
    (b"\x1f\x8b", Kind.GZIP),
    (b"\x89PNG", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"GIF8", Kind.GIF),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK", b"PK00PK")
"""A file's header, the end of an empty archive, and what precedes an archive that was meant for several disks."""
_PACKAGES = {"ofd.xml": Kind.OFD, "word/": Kind.DOCX, "xl/": Kind.XLSX}
_CONTENT_TYPES = "[content_types].xml"
_OPEN_TEXT = "application/vnd.oasis.opendocument.text"
_PDF = b"%PDF-"
_PDF_WITHIN = 1024
"""Readers of PDF accept rubbish before the signature, and portals produce it."""
_WORD_XML = re.compile(rb"<\?mso-application\s+progid=\"Word\.Document\"|<w:wordDocument\b|<pkg:package\b")
_SHEET_XML = re.compile(
    rb"<\?mso-application\s+progid=\"Excel\.Sheet\"|<(?:\w+:)?Workbook\b[^<>]*urn:schemas-microsoft-com:office:spreadsheet"
)
# A flat text is told from a flat sheet by its reader: what names its kind may stand anywhere in the file.
_FLAT_OPEN = re.compile(rb"<office:document\b[^<>]*urn:oasis:names:tc:opendocument")
_WRITTEN = ((_WORD_XML, Kind.WORD_XML), (_SHEET_XML, Kind.SHEET_XML), (_FLAT_OPEN, Kind.ODS))
"""Formats that are one XML file."""
_MIME = re.compile(rb"\A\s*(?:[\w-]+:[^\n]*\n[ \t]*)*?(?:MIME-Version|Content-Type)\s*:", re.IGNORECASE)
_HEAD = 2000
_BITMAP_HEADER = 14

_PAGE_TAG = re.compile(
    rb"<(?:!doctype|html|head|body|meta|div|p|table|tr|td|h[1-6]|center|section|article|ul|form)\b[^<>]*>",
    re.IGNORECASE,
)
_INLINE_TAG = re.compile(rb"<(?:br|span|font|a|b|strong|script)\b[^<>]*>", re.IGNORECASE)
_PIPES = re.compile(rb"\|[^|\n]*\|")
_SNIFFED = 60_000
_MIN_PIPES = 6


def binary_kind(data: bytes) -> Kind | None:
    """The format of these bytes where it is not plain text of some encoding, else None.

    Raises UnreadableError `encrypted`, `damaged` or `unsafe_archive` for containers that cannot be opened.
    """
    head = data[:_HEAD]
    kind = _signed_kind(head)
    if kind is not None:
        return kind
    if head.startswith(_OLE):
        return _ole_kind(data)
    if head.startswith(_ZIPS):
        return _zip_kind(data)
    written = next((kind for pattern, kind in _WRITTEN if pattern.search(head)), None)
    if written is not None:
        return written
    return Kind.MHTML if _MIME.match(head) and b"multipart/related" in data[:20_000].lower() else None


def _signed_kind(head: bytes) -> Kind | None:
    """The format whose mark stands at the beginning."""
    for magic, kind in _SIGNATURES:
        if head.startswith(magic):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head.startswith(b"BM") and not head[:40].isascii() and int.from_bytes(head[2:6], "little") >= _BITMAP_HEADER:
        return Kind.BMP
    return Kind.PDF if _PDF in head[:_PDF_WITHIN] and not head.startswith((_OLE, *_ZIPS)) else None


def is_page(text: bytes) -> bool:
    """Is this text HTML? Pipe tables hold line breaks as tags and are text all the same."""
    if _PAGE_TAG.search(text, 0, _SNIFFED):
        return True
    return _INLINE_TAG.search(text, 0, _SNIFFED) is not None and len(_PIPES.findall(text[:_SNIFFED])) < _MIN_PIPES


def _zip_kind(data: bytes) -> Kind:
    with Archive(data) as archive:
        names = {member.name.replace("\\", "/").lstrip("/").lower(): member.name for member in archive.members}
        for start, kind in _PACKAGES.items():
            if any(name.startswith(start) for name in names):
                return kind
        if "mimetype" in names:
            media_type = archive.read(names["mimetype"])[:_HEAD].decode("latin-1")
            if media_type.startswith(_OPEN_TEXT):
                return Kind.ODT
            if media_type.startswith(Kind.ODS):
                return Kind.ODS
            raise UnreadableError("unsupported", f"a package of {media_type[:80]!r}")
        if _CONTENT_TYPES in names:
            raise UnreadableError("unsupported", "an office package that is neither Word nor Excel")
    return Kind.ZIP


_FIB_FLAGS = 0x0B
_FIB_ENCRYPTED = 0x01


def _ole_kind(data: bytes) -> Kind:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            kind = _stored_kind(ole)
    except Exception as error:  # olefile raises whatever its struct and index operations raise
        raise UnreadableError("damaged", f"no OLE storage: {type(error).__name__}: {error}") from error
    if kind is None:
        raise UnreadableError("encrypted", "an encrypted Office document")
    return kind


def _stored_kind(ole: olefile.OleFileIO) -> Kind | None:
    """What the storage holds; None for a document behind a password."""
    if ole.exists("EncryptedPackage"):
        return None
    if ole.exists("WordDocument"):
        flags = ole.openstream("WordDocument").read(_FIB_FLAGS + 1)
        return None if len(flags) > _FIB_FLAGS and flags[_FIB_FLAGS] & _FIB_ENCRYPTED else Kind.DOC
    return Kind.XLS if ole.exists("Workbook") or ole.exists("Book") else Kind.OLE
