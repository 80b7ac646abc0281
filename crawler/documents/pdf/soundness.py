"""Whether a PDF that opens is whole: pdfium repairs silently, and what it could not repair is missing text."""

from __future__ import annotations

import base64
import re
import zlib

_TAIL = 2048
_START = re.compile(rb"startxref\s+(\d{1,12})")
_TABLE = re.compile(rb"\s*(?:xref|\d{1,9}\s+\d{1,5}\s+obj)")
_STREAM = re.compile(rb"\bstream\r?\n")
_FILTERS = re.compile(rb"/Filter\s*(?:\[\s*)?(/ASCII85Decode\s*)?/FlateDecode")
_DICTIONARY = 600
_HEADER = 1024
MAX_STREAMS = 5000
MAX_PIECE = 1 << 20


def is_cut_off(data: bytes) -> bool:
    """Does the file lack its end?"""
    return b"%%EOF" not in data[-_TAIL:]


def is_damaged(data: bytes) -> bool:
    """Do parts of a file that was repaired fail to unpack? A sound file is not looked into."""
    return not _leads_to_table(data) and _has_broken_stream(data)


def _leads_to_table(data: bytes) -> bool:
    """Does the end of the file say where its table of contents is, and is it there?"""
    found = list(_START.finditer(data, max(len(data) - _TAIL, 0)))
    if not found:
        return False
    # Portals put rubbish before the header; places count from the header then.
    shift = max(data.find(b"%PDF-", 0, _HEADER), 0)
    place = int(found[-1][1])
    return any(_TABLE.match(data, place + move) is not None for move in {0, shift})


def _has_broken_stream(data: bytes) -> bool:
    if b"/Encrypt" in data:
        return False
    for number, start in enumerate(_STREAM.finditer(data)):
        if number >= MAX_STREAMS:
            return False
        head = data[max(start.start() - _DICTIONARY, 0) : start.start()]
        own = head[head.rfind(b"obj") :]
        filters = _FILTERS.search(own)
        if filters is None:
            continue
        end = data.find(b"endstream", start.end())
        if end < 0 or not _unpacks(data[start.end() : end], is_text=bool(filters[1])):
            return True
    return False


def _unpacks(packed: bytes, *, is_text: bool) -> bool:
    """Does it unpack to its end, with the right sum? A little at a time: it may be a bomb."""
    unpacker = zlib.decompressobj()
    try:
        rest = base64.a85decode(packed.strip().removesuffix(b"~>")) if is_text else packed
        while rest and not unpacker.eof:
            unpacker.decompress(rest, MAX_PIECE)
            rest = unpacker.unconsumed_tail
    except (zlib.error, ValueError):
        return False
    return unpacker.eof
