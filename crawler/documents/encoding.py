"""Bytes to text, whatever header and meta tag declare: portals label GBK as UTF-8 and the reverse."""

from __future__ import annotations

import codecs
import re

from storage.errors import UnreadableError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_DAMAGED = 0.002
"""Share of undecodable places from which a text is not trusted; portals cut pages at byte limits."""


def as_utf8(data: bytes) -> bytes:
    """The same text in UTF-8 without byte order mark; the same object where it already is.

    Order: byte order mark, UTF-8, UTF-16 without mark, GB18030. What the server or the page declares
    is not asked: it is wrong too often, and the encodings cannot be mistaken for one another in
    Chinese. Raises UnreadableError `undecodable` where none of them fits.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _checked(data.decode(name, "replace"), name).encode("utf-8", "replace")
    if b"\x00" not in data:
        # A page cut in the middle of a character is still UTF-8: `final=False` leaves the torn end out.
        try:
            text, used = codecs.utf_8_decode(data, "strict", False)  # noqa: FBT003
        except UnicodeDecodeError:
            pass
        else:
            if text.count("\ufffd") > max(8, len(text) * _DAMAGED):
                raise UnreadableError("undecodable", "the text was already damaged before it was published")
            _checked(text[:4000], "utf-8")
            if data.isascii() or _CHINESE.search(text):
                return data if used == len(data) else data[:used]
            # Some GB18030 characters are valid UTF-8 for Cyrillic and the like: «一» is «һ».
            other = data.decode("gb18030", "replace")
            return other.encode() if _CHINESE.search(other) else data
    elif data[:4000].count(b"\x00") > len(data[:4000]) // 8:
        little = data[1:4000:2].count(b"\x00") >= data[0:4000:2].count(b"\x00")
        text = data.decode("utf-16-le" if little else "utf-16-be", "replace")
        return _checked(text, "utf-16").encode("utf-8", "replace")
    readings = [data.decode(name, "replace") for name in ("utf-8", "gb18030")]
    best = min(readings, key=lambda reading: len(_CONTROL.findall(reading)) / (len(reading) + 1))
    return _checked(best, "utf-8 or gb18030").encode("utf-8", "replace")


def _checked(text: str, tried: str) -> str:
    damaged = len(_CONTROL.findall(text))
    if damaged > max(8, len(text) * _DAMAGED):
        raise UnreadableError("undecodable", f"{damaged} of {len(text)} characters make no sense as {tried}")
    return text
