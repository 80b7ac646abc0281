"""Which file an address shows or hands out: download handlers, and viewers that take the file's own address."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.pages import address

ENDINGS = ("pdf", "ofd", "docx", "doc", "wps", "xlsx", "xls", "et", "rtf", "zip", "rar", "7z")
"""Files that a report comes in; what cannot be read of them is unreadable, not absent."""

PICTURE_ENDINGS = ("jpg", "jpeg", "png", "bmp", "tif", "tiff", "webp")
"""Pictures that an article links to as its attachments. A gif is an ornament."""

HANDLERS = re.compile(
    r"/down(?:load|file)?(?:attach\w*|file)?\.(?:jsp|do|aspx|ashx|php|action|htm)\b"  # Hanweb, VSB, ASPX
    r"|/module/download/|DownloadAttachUrl|/(?:file|attach\w*)/?download\b|/download(?:File|Attach\w*)?(?:/\w|\?)"
    r"|/group\d+/M\d\d/",  # FastDFS, as LonSun uses it
    re.IGNORECASE,
)
"""Addresses that hand out a file without its ending in their path."""

VIEWERS = re.compile(r"viewer|pdf\.?js|preview|/web/|generic/web|flexpaper|showpdf|pdfshow|readpdf", re.IGNORECASE)
"""Pages that only show the file named in their query."""

VIEWER_KEYS = frozenset(
    {"file", "fileurl", "file_url", "filepath", "path", "pdf", "pdfurl", "pdfpath", "src", "url", "attach", "document"}
)

_ENDING = re.compile(rf"\.(?:{'|'.join((*ENDINGS, *PICTURE_ENDINGS))})$", re.IGNORECASE)
_PICTURE = re.compile(rf"\.(?:{'|'.join(PICTURE_ENDINGS)})$", re.IGNORECASE)
_MAX_VALUE = 2000


def names_file(text: str) -> bool:
    """Does an address, a path or a name end like a file that a report may be in?"""
    return _ENDING.search(text.partition("#")[0].partition("?")[0]) is not None


def names_picture(url: str) -> bool:
    """Does the address end like a picture's?"""
    return _PICTURE.search(urlsplit(url).path) is not None


def leads_to_file(url: str) -> bool:
    """Is this the address of a file, by its path, by its query, or by the handler that it calls?"""
    parts = urlsplit(url)
    if names_file(parts.path) or HANDLERS.search(url):
        return True
    return any(names_file(value) for _, value in parse_qsl(parts.query))


def shown_file(url: str) -> str | None:
    """The address of the file that a viewer's address shows; None where it is no viewer's.

    The file's address may be percent-encoded, twice too, in base64 (kkFileView), and relative to the viewer.
    """
    parts = urlsplit(url)
    if not (VIEWERS.search(parts.path) or parts.path.endswith((".html", ".htm", ".jsp", "/", "Preview"))):
        return None
    if names_file(parts.path):
        return None
    for query in (parts.query, parts.fragment):
        for key, value in parse_qsl(query):
            if key.lower() in VIEWER_KEYS:
                found = _plain(value)
                if found is not None:
                    return address(url.partition("#")[0], found)
    return None


def _plain(value: str) -> str | None:
    """The file's address in a query's value, None where there is none in it."""
    if len(value) > _MAX_VALUE:
        return None
    text = unquote(value) if "%2f" in value.lower() else value
    if names_file(text) or HANDLERS.search(text):
        return text
    try:
        text = base64.b64decode(unquote(value), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return text if text.startswith(("http://", "https://", "/")) and leads_to_file(text) else None
