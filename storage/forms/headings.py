"""Is this line one of the six section headings? One answer for readers, parser and tests."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from storage.forms.common import SECTIONS

MAX_HEADING = 40
"""Characters after white space is gone; a longer line that starts like a heading is a sentence."""

_SPACE = re.compile(r"[\s\u200b-\u200f\ufeff\u00ad]+")
_NUMBERED = re.compile(
    r"^(?:第?([一二三四五六七八九])(?:部分)?[、..,,::]|[((]([一二三四五六七八九])[))]|([1-9])[、..])(.+)$"
)
_DIGITS = {character: number for number, character in enumerate("一二三四五六七八九", start=1)}
_KNOWN = {_SPACE.sub("", text): section.number for section in SECTIONS for text in (section.heading, *section.aliases)}
_OFFICIAL_WORDS = frozenset(_SPACE.sub("", section.heading) for section in SECTIONS)
_STARTS = tuple("一二三四五六七八九第((123456789 \u3000\xa0\t") + tuple({text[0] for text in _KNOWN})


class ReadHeading(NamedTuple):
    """`number` is the section that the words name, `numeral` the printed one (None where absent).

    `is_official`: the words are the form's own. Extra sections have a `number` above 6.
    """

    number: int
    numeral: int | None
    words: str
    is_official: bool


def read_heading(text: str) -> ReadHeading | None:  # noqa: PLR0911 (one return for each shape of a heading)
    """The section that a line heads, or None.

    The words decide, not the numeral: rows of table 3 begin with 一、二、三、四、 too. A heading
    without any numeral counts only in the form's own words.
    """
    if len(text) > MAX_HEADING * 3 or not text.startswith(_STARTS):
        return None
    flat = _SPACE.sub("", unicodedata.normalize("NFKC", text))
    if not flat or len(flat) > MAX_HEADING:
        return None
    match = _NUMBERED.match(flat)
    if match is None:
        number = _KNOWN.get(flat.rstrip(":。"))
        return _known(number, None, flat.rstrip(":。")) if number else None
    words = match[4].rstrip(":。")
    number = _KNOWN.get(words)
    main = match[1]
    if number is not None:
        numeral = _DIGITS[main or match[2]] if main or match[2] else int(match[3])
        return _known(number, numeral, words)
    # Only a main numeral (一、) heads a section in words of its own; （一） and 1. head its parts.
    if main is None or "。" in words:
        return None
    numeral = _DIGITS[main]
    for section in SECTIONS:
        if numeral == section.number and any(keyword in words for keyword in section.keywords):
            return ReadHeading(section.number, numeral, words, is_official=False)
    return None


def _known(number: int, numeral: int | None, words: str) -> ReadHeading:
    return ReadHeading(number, numeral, words, is_official=words in _OFFICIAL_WORDS)
