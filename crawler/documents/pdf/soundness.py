"""Whether a PDF that opens is whole: pdfium repairs silently, and what it could not repair is missing text."""

from __future__ import annotations

import base64
import re
import zlib
from collections import Counter
from enum import Enum, auto

_TAIL = 2048
_START = re.compile(rb"startxref\s+(\d{1,12})")
_TABLE = re.compile(rb"\s*(?:xref|\d{1,9}\s+\d{1,5}\s+obj)")
# Led by its letters, since a pattern that begins with a look back is thirty times slower.
_STREAM = re.compile(rb"stream(?<!\wstream)\r?\n")
_FILTERS = re.compile(rb"/Filter\s*(?:\[\s*)?(/ASCII85Decode\s*)?/FlateDecode")
_LARGE = re.compile(rb"/Length1\b|/FontFile|/Type1C|/CIDFontType0C|/OpenType|/Image\b")
"""Programs of fonts, and pictures: nine tenths of a file, and none of its numbers."""
_GLYPHS = re.compile(rb"/CharProcs\s*<<([^<>]*)>>")
_REFERENCE = re.compile(rb"(\d+) \d+ R")
"""Chromium draws the letters of some fonts one by one: a thousand short streams, and none of a page's numbers."""
_NUMBER = 24
_DICTIONARY = 600
_HEADER = 1024
MAX_STREAMS = 5000
_EVERYWHERE = 3
"""So many streams, all without a right sum, are a program's habit; fewer may have been damaged each."""
MAX_PIECE = 1 << 20


def is_cut_off(data: bytes) -> bool:
    """Does the file lack its end?"""
    return b"%%EOF" not in data[-_TAIL:]


def is_damaged(data: bytes) -> bool:
    """Do parts of the file fail to unpack, so that text is missing?

    Of a file whose table of contents stands where its end says, fonts and pictures are not looked into.
    """
    return _has_broken_stream(data, skipped=_LARGE if _leads_to_table(data) else None)


def _leads_to_table(data: bytes) -> bool:
    """Does the end of the file say where its table of contents is, and is it there?"""
    found = list(_START.finditer(data, max(len(data) - _TAIL, 0)))
    if not found:
        return False
    # Portals put rubbish before the header; places count from the header then.
    shift = max(data.find(b"%PDF-", 0, _HEADER), 0)
    place = int(found[-1][1])
    return any(_TABLE.match(data, place + move) is not None for move in {0, shift})


class _State(Enum):
    """What unpacking came to; UNSUMMED: all of it came out, but its check sum is wrong or was never written."""

    SOUND = auto()
    UNSUMMED = auto()
    BROKEN = auto()


def _has_broken_stream(data: bytes, *, skipped: re.Pattern[bytes] | None) -> bool:
    states: Counter[_State] = Counter()
    letters = _letters(data) if skipped is not None else frozenset()
    for number, start in enumerate(_STREAM.finditer(data)):
        if number >= MAX_STREAMS:
            break
        place = data.rfind(b"obj", max(start.start() - _DICTIONARY, 0), start.start())
        if place < 0 or not letters.isdisjoint(data[max(place - _NUMBER, 0) : place].split()[-2:-1]):
            continue
        own = data[place : start.start()]
        filters = _FILTERS.search(own)
        if filters is None or (skipped is not None and skipped.search(own)):
            continue
        end = data.find(b"endstream", start.end())
        state = _state(data[start.end() : end], is_text=bool(filters[1])) if end >= 0 else _State.BROKEN
        if state is _State.BROKEN:
            return b"/Encrypt" not in data
        states[state] += 1
    if not states[_State.UNSUMMED] or b"/Encrypt" in data:
        return False
    # There are programs that write no sums, or wrong ones; those do it everywhere.
    return skipped is None or states[_State.SOUND] > 0 or states[_State.UNSUMMED] < _EVERYWHERE


def _letters(data: bytes) -> frozenset[bytes]:
    """The numbers of the objects that draw a letter each."""
    if b"/CharProcs" not in data:
        return frozenset()
    return frozenset(number for found in _GLYPHS.finditer(data) for number in _REFERENCE.findall(found[1]))


def _state(packed: bytes, *, is_text: bool) -> _State:
    """Does it unpack to its end, with the right sum? A little at a time: it may be a bomb."""
    unpacker = zlib.decompressobj()
    try:
        rest = base64.a85decode(packed.strip().removesuffix(b"~>")) if is_text else packed
        while rest and not unpacker.eof:
            unpacker.decompress(rest, MAX_PIECE)
            rest = unpacker.unconsumed_tail
    except ValueError:
        return _State.BROKEN
    except zlib.error as error:
        return _State.UNSUMMED if "incorrect data check" in str(error) else _State.BROKEN
    return _State.SOUND if unpacker.eof else _State.UNSUMMED
