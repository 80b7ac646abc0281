"""How alike are two texts? Shingles of five characters, compared as sets (Jaccard)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.report import Report

SHINGLE = 5
COMPARED_SECTIONS = (1, 5)
SHORTEST = 50
"""Characters; shorter texts are alike of necessity."""
PROBES = 24

_FULL_WIDTH_DIGITS = "０１２３４５６７８９"
_TO_HALF_WIDTH = str.maketrans(_FULL_WIDTH_DIGITS, "0123456789")
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_DIGITS = re.compile(r"[0-9]+")


def compared_text(report: Report) -> str:
    """The agency's own words, sections 1 and 5, without white space; empty where they are short."""
    text = "".join("".join(part.text.split()) for part in report.sections if part.number in COMPARED_SECTIONS)
    if len(text) < SHORTEST:
        return ""
    return text.translate(_TO_HALF_WIDTH) if any(digit in text for digit in _FULL_WIDTH_DIGITS) else text


def without_years(text: str) -> str:
    """The text with only the years taken out."""
    return _YEAR.sub("", text)


def without_digits(text: str) -> str:
    """The text with every digit taken out."""
    return _DIGITS.sub("", text)


def similarity(one: str, other: str) -> float:
    """1.0 for the same text, 0.0 for texts without five characters in common.

    Texts that plainly differ come out as 0.0 without being counted: where more than half of a few dozen
    evenly spread shingles of one are not in the other, nine tenths of all cannot well be.
    """
    if one == other:
        return 1.0 if len(one) >= SHINGLE else 0.0
    if not _may_be_alike(one, other):
        return 0.0
    shingles, others = _shingles(one), _shingles(other)
    common = len(shingles & others)
    return common / (len(shingles) + len(others) - common)


def _may_be_alike(one: str, other: str) -> bool:
    """Do at least half of some evenly spread shingles of one text stand in the other?"""
    last = len(one) - SHINGLE
    if last < 0:
        return False
    step = max(1, last // PROBES)
    probes = range(0, last + 1, step)
    misses_left = len(probes) // 2
    for at in probes:
        if one[at : at + SHINGLE] not in other:
            misses_left -= 1
            if misses_left < 0:
                return False
    return True


def _shingles(text: str) -> set[str]:
    return {text[at : at + SHINGLE] for at in range(len(text) - SHINGLE + 1)}
