"""The characters of a page, and which of them each text object drew."""

from __future__ import annotations

from ctypes import c_char, create_string_buffer
from itertools import chain, compress, islice, pairwise, repeat
from operator import ne
from typing import TYPE_CHECKING

from crawler.documents.pdf import native

if TYPE_CHECKING:
    from crawler.documents.pdf.native import Handle

MAX_CHARACTERS = 100_000
_USUAL = 8_000
_Usual = c_char * (2 * _USUAL)
"""A page has a thousand characters. To make a type for each page's own count takes longer than to write its text."""


def text_of_page(text_page: Handle) -> str:
    """The text of a page, one character of it for each that pdfium counts."""
    count = min(native.count_characters(text_page), MAX_CHARACTERS)
    if count <= 0:
        return ""
    buffer = _Usual() if count < _USUAL else create_string_buffer(2 * count + 2)
    written = native.page_text(text_page, 0, count, buffer)
    text = str(memoryview(buffer)[: 2 * max(written - 1, 0)], "utf-16le", "replace")
    if len(text) == count:
        return text
    # Characters that pdfium leaves out of the text, or that are pairs: one by one.
    return "".join([_printable(native.character(text_page, number)) for number in range(count)])


def texts_of_objects(text_page: Handle, text: str) -> tuple[dict[int, str], dict[int, int]]:
    """For each text object of a page (by its address) its text, and the number of its first character.

    One call a character costs less than pdfium's own search for the text of each object.
    """
    texts: dict[int, str] = {}
    starts: dict[int, int] = {}
    count = len(text)
    owners: list[int] = list(map(native.character_object, repeat(text_page), range(count)))
    changes = compress(range(1, count), map(ne, owners, islice(owners, 1, None)))
    for start, end in pairwise(chain((0,), changes, (count,))):
        address = owners[start] if start < end else 0
        if address and (own := text[start:end].strip()):
            if address in texts:
                texts[address] += own
            else:
                texts[address] = own
                starts[address] = start
    return texts, starts


def _printable(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "  # noqa: PLR2004 (surrogates)
