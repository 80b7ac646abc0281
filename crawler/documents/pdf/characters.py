"""The characters of a page, and which of them each text object drew."""

from __future__ import annotations

import re
from ctypes import c_char, create_string_buffer
from itertools import chain, compress, groupby, islice, repeat
from operator import itemgetter, ne
from typing import TYPE_CHECKING

from crawler.documents.pdf import native

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.documents.pdf.native import Handle, Reference

MAX_CHARACTERS = 100_000
_USUAL = 8_000
_BLANKS = " \r\n"
_BLANK = re.compile(f"[{_BLANKS}]")
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

    One call a character costs less than pdfium's own search for the text of each object. Blanks are asked about
    only where they stand inside a text: between two of them they are nobody's, or an end that is left out.
    """
    page = native.reference(text_page)
    inked = [number for number, letter in enumerate(text) if letter not in _BLANKS]
    if not inked:
        return {}, {}
    owners: list[int] = list(map(native.character_object, repeat(page), inked))
    changes = list(map(ne, owners, islice(owners, 1, None)))
    addresses = list(compress(owners, chain((True,), changes)))
    firsts = list(compress(inked, chain((True,), changes)))
    lasts = list(compress(inked, chain(changes, (True,))))
    texts = {
        address: text[first : last + 1].strip() for address, first, last in zip(addresses, firsts, lasts, strict=True)
    }
    # Mostly all is known by now: one object's characters follow one another, without a blank between.
    has_blanks = sum(lasts) - sum(firsts) + len(firsts) > len(inked)
    if has_blanks or len(texts) < len(addresses) or 0 in texts or "" in texts.values():
        return _run_by_run(page, text, zip(addresses, firsts, lasts, strict=True))
    return texts, dict(zip(addresses, firsts, strict=True))


def _run_by_run(
    page: Reference, text: str, runs: Iterable[tuple[int, int, int]]
) -> tuple[dict[int, str], dict[int, int]]:
    """The same of runs of one object's characters, each with its address, its first character, its last."""
    texts: dict[int, str] = {}
    starts: dict[int, int] = {}
    for address, first, last in runs:
        if not address:
            continue
        own = text[first : last + 1]
        own = own.strip() if _BLANK.search(own) is None else _without_strange(page, address, text, first, last + 1)
        if own:
            if address in texts:
                texts[address] += own
            else:
                texts[address] = own
                starts[address] = first
    return texts, starts


def _without_strange(page: Reference, address: int, text: str, start: int, end: int) -> str:
    """The text from `start` to `end` without the blanks that pdfium put between characters of an object."""
    owners = map(native.character_object, repeat(page), range(start, end))
    runs = groupby(zip(owners, text[start:end], strict=True), key=itemgetter(0))
    return "".join(["".join([letter for _, letter in run]).strip() for owner, run in runs if owner == address])


def _printable(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "  # noqa: PLR2004 (surrogates)
