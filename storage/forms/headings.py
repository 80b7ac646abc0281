"""Is this line one of the six section headings? One answer for readers, parser and tests."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from storage.forms.common import SECTIONS

MAX_HEADING = 40
"""Characters after white space is gone; a longer line that starts like a heading is a sentence."""

_SPACE = re.compile(r"[\s\u200b-\u200f\ufeff\u00ad]+")
_MAIN = re.compile(r"^(?:第([一二三四五六七八九])(?:部分|章)[、.,:]?|([一二三四五六七八九])[、.,:])(.+)$")
_ANY_NUMERAL = re.compile(
    r"^(?:第?([一二三四五六七八九壹贰叁肆伍陆])(?:部分|章)?|\(([一二三四五六七八九])\)|([1-9])|(IV|V?I{1,3}|V))[、.,:)]{0,2}(.+)$"
)
_SENTENCE = re.compile(r"[;。!?]|,(?!.*(?:情况|事项|问题|措施)$)")
# Converters write headings as Markdown.
_EDGE = "#*_:。 "
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
_DIGITS = {
    character: number
    for digits in ("一二三四五六七八九", "壹贰叁肆伍陆", "123456789", _ROMAN)
    for number, character in enumerate(digits, start=1)
}
_KNOWN = {_SPACE.sub("", text): section.number for section in SECTIONS for text in (section.heading, *section.aliases)}
_FORMS_OWN = frozenset(_SPACE.sub("", section.heading) for section in SECTIONS)
_STARTS = tuple("一二三四五六七八九壹贰叁肆伍陆第(（123456789ⅠⅡⅢⅣⅤⅥIV#* \u3000\xa0\t") + tuple(
    {text[0] for text in _KNOWN}
)


class ReadHeading(NamedTuple):
    """`number` is the section that the words name, `numeral` the printed one (None where absent).

    `is_official`: the words are the form's own, not a variant met in reports. Extra sections have a `number` above 6.
    """

    number: int
    numeral: int | None
    words: str
    is_official: bool


def read_heading(text: str) -> ReadHeading | None:
    """The section that a line heads, or None.

    The words decide, not the numeral: rows of table 3 begin with 一、二、三、四、 too. A heading
    without any numeral, or with another numeral than 一、 counts only in the form's own words.
    """
    if len(text) > MAX_HEADING * 3 or not text.startswith(_STARTS):
        return None
    return _read(text)


@lru_cache(maxsize=2048)
def _read(text: str) -> ReadHeading | None:
    printed = _SPACE.sub("", unicodedata.normalize("NFKC", text))
    flat = printed.strip(_EDGE)
    if not flat or len(flat) > MAX_HEADING:
        return None
    if flat in _KNOWN:
        return ReadHeading(_KNOWN[flat], None, flat, is_official=flat in _FORMS_OWN)
    numbered = _ANY_NUMERAL.match(flat)
    if numbered is None:
        return None
    words = numbered[5]
    if words in _KNOWN:
        numeral = next(group for group in numbered.groups() if group)
        return ReadHeading(_KNOWN[words], _DIGITS[numeral], words, is_official=words in _FORMS_OWN)
    return _in_own_words(flat) if not printed.endswith("。") else None


def _in_own_words(flat: str) -> ReadHeading | None:
    """Only a main numeral (一、) heads a section in words of its own; （一） and 1. head its parts."""
    main = _MAIN.match(flat)
    if main is None or _SENTENCE.search(main[3]):
        return None
    numeral = _DIGITS[main[1] or main[2]]
    for section in SECTIONS:
        if numeral == section.number and any(keyword in main[3] for keyword in section.keywords):
            return ReadHeading(section.number, numeral, main[3], is_official=False)
    return None
