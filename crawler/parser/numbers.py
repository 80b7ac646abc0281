"""One printed cell to a number, or to the news that it is blank or no number."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from storage.report import Fact, Number, Reading

BLANK_MARKS = frozenset({"", "/", "-", "--", "---", "—", "——", "–", "―", "−", "\\", "无", "空", "·", ".", "*", "#"})
"""What agencies print where they mean to leave a cell empty; never 0."""

UNITS = ("万元", "亿元", "元", "件次", "件", "项", "条", "次", "个", "份", "宗", "人次", "篇")

_PLAIN = re.compile(r"[0-9]{1,15}", re.ASCII)
_NUMBER = re.compile(
    r"""(?P<sign>[+\-−﹣±]|增加?|减少?|新增|上升|下降)?
        (?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)[.。;、]?
        (?P<unit>万元|亿元|元|件次|件|项|条|人次|次|个|份|宗|篇)?""",
    re.VERBOSE | re.ASCII,
)
_ZERO_PAIR = re.compile(r"[+]?0/[-]?0")
_NOTE = re.compile(r"^(?P<number>[^()\[\]【】:;,。]*\d[^()\[\]【】:;。]*?)[(\[【](?P<note>[^()\[\]【】]*)[)\]】]$")
_RAISED = re.compile(r"(?<=\d)\s*(?:[⁰¹²³⁴-⁹①-⑳]|\[[①-⑳]\])+$")
# «8.» is what a page break may leave of a label; «0.» is a zero.
_NUMERAL_ALONE = re.compile(r"[1-9][.．。]")
_SPACE = re.compile(r"[\s\u200b-\u200f\ufeff\u00ad]+")
_GROUPED_BY_SPACE = re.compile(r"^[+\-−]?[1-9]\d{0,2}(?: \d{3})+(?:\.\d+)?$")
_TORN = re.compile(r"(?<=[\d.,])\s+(?=[\d.,])")
_WHOLE_JOIN = re.compile(r"(?<=\d)\s+(?=[.,]\d)|(?<=[.,])\s+(?=\d)")
WRAPPED = re.compile(r"[+\-−]?[\d,.]+(?:\n[\d,.]+)+")
"""Lines of digits: one number in a narrow cell, or several."""
_ZERO_SIGNS = str.maketrans({"〇": "0", "○": "0", "零": "0", "﹣": "-", "‐": "-", "‑": "-"})
_MINUS = frozenset({"-", "−", "﹣", "减", "减少", "下降"})


LONGEST = 120
"""Characters of a number with its note; a longer text is none."""


class ReadCell(NamedTuple):
    """A Fact, and what had to be done to read it: `normalised` (another spelling), `note` (words beside it)."""

    fact: Fact
    normalised: bool
    note: str | None


def read_number(text: str, *, is_money: bool, is_signed: bool) -> ReadCell:
    """The number printed in a cell.

    Read as numbers, and noted: full-width digits, `1,234`, `0件`, `〇`, `22（其中修订16件）`. Counts are
    whole; a count printed with a fraction is NOT_WHOLE. Signs of a change column are kept. Digits with
    a gap between them are not glued together: two numbers in one cell are not one.
    """
    if len(text) > LONGEST:
        return ReadCell(Fact(None, f"{text[:LONGEST]}…", Reading.NOT_A_NUMBER), normalised=False, note=None)
    return _read(text, is_money=is_money, is_signed=is_signed)


@lru_cache(maxsize=4096)
def _read(text: str, *, is_money: bool, is_signed: bool) -> ReadCell:
    if _PLAIN.fullmatch(text):
        value: Number = Decimal(text) if is_money else int(text)
        return ReadCell(Fact(value, text, Reading.NUMBER), normalised=False, note=None)
    printed = text.strip()
    # NFKC would make 122 of 12², a count with a footnote's mark.
    raised = _RAISED.search(printed)
    bare = printed[: raised.start()] if raised else printed
    if any(character.isdigit() and not character.isdecimal() for character in bare):
        return ReadCell(Fact(None, printed, Reading.NOT_A_NUMBER), normalised=False, note=None)
    flat = unicodedata.normalize("NFKC", bare).translate(_ZERO_SIGNS)
    flat = _WHOLE_JOIN.sub("", flat.strip(" \u3000"))
    if _GROUPED_BY_SPACE.match(flat):
        flat = flat.replace(" ", ",")
    if _TORN.search(flat):
        return ReadCell(Fact(None, printed, Reading.NOT_A_NUMBER), normalised=False, note=None)
    flat = _SPACE.sub("", flat)
    if flat in BLANK_MARKS:
        return ReadCell(Fact(None, printed, Reading.BLANK), normalised=False, note=None)
    note = raised[0].strip("[]") if raised else None
    with_note = _NOTE.match(flat)
    if with_note is not None:
        flat, note = with_note["number"], with_note["note"]
    fact = _fact(flat, printed, is_money=is_money, is_signed=is_signed)
    is_read = fact.reading is Reading.NUMBER
    is_plain = str(fact.value) == printed or (is_signed and printed == f"+{fact.value}")
    return ReadCell(fact, normalised=is_read and not is_plain, note=note if is_read else None)


@lru_cache(maxsize=4096)
def plain_count(text: str) -> Fact | None:
    """The count in a cell that holds nothing but its digits, as nearly every cell does; None for any other."""
    return Fact(int(text), text, Reading.NUMBER) if _PLAIN.fullmatch(text) else None


def is_number_like(text: str) -> bool:
    """Could this cell be a value (a number or a mark for blank) rather than a label?"""
    if not text or _PLAIN.fullmatch(text):
        return True
    if len(text) > 40 or _NUMERAL_ALONE.fullmatch(text):  # noqa: PLR2004 (a value with its note is shorter)
        return False
    if WRAPPED.fullmatch(text):
        return True
    return read_number(text, is_money=True, is_signed=True).fact.reading is not Reading.NOT_A_NUMBER


def _fact(flat: str, printed: str, *, is_money: bool, is_signed: bool) -> Fact:
    if is_signed and _ZERO_PAIR.fullmatch(flat):
        return Fact(0, printed, Reading.NUMBER)
    match = _NUMBER.fullmatch(flat)
    if match is None or (match["sign"] and not is_signed and match["sign"] not in "+-−"):
        return Fact(None, printed, Reading.NOT_A_NUMBER)
    value = Decimal(match["digits"].replace(",", ""))
    if match["sign"] in _MINUS:
        value = -value
    if is_money:
        return Fact(value, printed, Reading.NUMBER)
    if value != value.to_integral_value():
        return Fact(None, printed, Reading.NOT_WHOLE)
    return Fact(int(value), printed, Reading.NUMBER)
