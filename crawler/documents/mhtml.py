"""A «single file web page» as Word and WPS save it (.mht, often named .doc): MIME parts, of which one is the page."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from email import message_from_bytes, policy
from typing import TYPE_CHECKING
from urllib.parse import unquote

from crawler.documents.encoding import as_utf8
from crawler.documents.html import read_html
from crawler.documents.model import Block, Document, Picture
from crawler.documents.sniff import Kind
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import Message

MAX_PARTS = 2000
_BOUNDARY = re.compile(rb"^--[^\r\n]{1,200}\r?$", re.MULTILINE)
_DROPPED_HEAD = re.compile(rb"\A[\s\x00]+")


def read_mhtml(data: bytes) -> Document:
    """The document of the page in these bytes; pictures that stand in another part come with their bytes.

    Raises UnreadableError: `damaged` where no part is a page, `too_large`, and what `read_html` raises.
    """
    if sum(1 for _ in _BOUNDARY.finditer(data)) > MAX_PARTS:
        raise UnreadableError("too_large", f"more than {MAX_PARTS} MIME parts")
    try:
        # The old policy takes any header as it is; the new one parses them, and fails on broken ones.
        parts = [
            part
            for part in message_from_bytes(_DROPPED_HEAD.sub(b"", data), policy=policy.compat32).walk()
            if not part.is_multipart()
        ]
        page = next((part for part in parts if part.get_content_type() in {"text/html", "application/xhtml+xml"}), None)
        content = _bytes_of(page) if page is not None else b""
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableError("damaged", f"no MIME message: {type(error).__name__}: {error}") from error
    if not content.strip():
        raise UnreadableError("damaged", "no part of the MIME message is a page")
    document = read_html(as_utf8(content))
    if not any(isinstance(block, Picture) for block in document.blocks):
        return replace(document, media_type=Kind.MHTML)
    return replace(
        document, media_type=Kind.MHTML, blocks=tuple(_with_pictures(document.blocks, _pictures_by_name(parts)))
    )


def _bytes_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _pictures_by_name(parts: list[Message]) -> Mapping[str, Message]:
    """The picture parts by content id, whole address and file name."""
    found: dict[str, Message] = {}
    for part in parts:
        if part.get_content_maintype() == "image":
            location = str(part.get("Content-Location") or "").strip()
            identity = str(part.get("Content-ID") or "").strip().strip("<>")
            for name in (f"cid:{identity}", location, _file_name(location)):
                found.setdefault(name, part)
    return found


def _with_pictures(blocks: tuple[Block, ...], pictures: Mapping[str, Message]) -> Iterator[Block]:
    for block in blocks:
        part = None
        if isinstance(block, Picture) and block.data is None and block.source:
            # The page names a picture by its place in a folder that was never made: only the file's name is sure.
            part = pictures.get(block.source) or pictures.get(_file_name(block.source))
        yield replace(block, data=_bytes_of(part) or None) if isinstance(block, Picture) and part is not None else block


def _file_name(address: str) -> str:
    return posixpath.basename(unquote(address).replace("\\", "/"))
