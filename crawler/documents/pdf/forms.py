"""How often the forms of a PDF would be drawn: pdfium makes every drawing anew, and forms that draw forms multiply."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MAX_DRAWN = 100_000
"""Forms in forms; a page of stamps and logos has a hundred."""
_LEVELS = 30
"""So deep does pdfium follow forms."""
_FORM = re.compile(rb"/Subtype\s*/Form\b")
_OBJECT = re.compile(rb"(?<!\d)(\d{1,9})\s+\d{1,5}\s+obj\b")
_STREAM = re.compile(rb"\bstream\r?\n")
_HEADER = 4000
"""Bytes before a stream in which its dictionary ends."""
_NAMED = re.compile(rb"/([^\s/<>\[\]()]{1,60})\s+(\d{1,9})\s+\d{1,5}\s+R\b")
_DRAWN = re.compile(rb"/([^\s/<>\[\]()]{1,60})\s+Do\b")
_MAX_FORMS = 2000
_MAX_CONTENT = 1 << 20


def draws_too_often(data: bytes) -> bool:
    """Do forms draw one another, or themselves, beyond all measure?

    Which form a name means is known only where the file says so in plain text; what is hidden is not counted.
    """
    if _FORM.search(data) is None:
        return False
    heads = _form_heads(data)
    named = {number: _references(head, heads.keys()) for number, (head, _) in heads.items()}
    if not any(named.values()):
        return False
    drawn = {
        number: _drawn(_content(head, data, start), named[number]) if named[number] else Counter()
        for number, (head, start) in heads.items()
    }
    return _times(drawn) > MAX_DRAWN


def _form_heads(data: bytes) -> dict[int, tuple[bytes, int]]:
    """The dictionary of each form by its number, and where its content begins."""
    heads: dict[int, tuple[bytes, int]] = {}
    for found in _OBJECT.finditer(data):
        stream = _STREAM.search(data, found.end(), found.end() + _HEADER)
        if stream is None:
            continue
        head = data[found.end() : stream.start()]
        if _FORM.search(head) and b"endobj" not in head:
            heads[int(found[1])] = (head, stream.end())
            if len(heads) >= _MAX_FORMS:
                break
    return heads


def _references(head: bytes, forms: Collection[int]) -> dict[bytes, int]:
    """The forms that a form's own dictionary gives names to."""
    return {name: int(number) for name, number in _NAMED.findall(head) if int(number) in forms}


def _content(head: bytes, data: bytes, start: int) -> bytes:
    """What a form draws; nothing where it is packed otherwise than by zlib, or not at all."""
    end = data.find(b"endstream", start)
    packed = data[start : end if end >= 0 else len(data)]
    if b"/Filter" not in head:
        return packed[:_MAX_CONTENT]
    try:
        return zlib.decompressobj().decompress(packed, _MAX_CONTENT)
    except zlib.error:
        return b""


def _drawn(content: bytes, named: Mapping[bytes, int]) -> Counter[int]:
    """How often it draws each of the forms."""
    return Counter(named[name] for name in _DRAWN.findall(content) if name in named)


def _times(drawn: Mapping[int, Counter[int]]) -> int:
    """How many forms the worst of them draws, with all that these draw, as deep as pdfium follows."""
    times = dict.fromkeys(drawn, 1)
    for _ in range(_LEVELS):
        times = {
            number: min(1 + sum(count * times[inner] for inner, count in inside.items()), MAX_DRAWN + 1)
            for number, inside in drawn.items()
        }
    return max(times.values())
