"""What is printed on a page for the sake of the page: its number, and heads and feet that come again and again."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.lines import TextLine

_NUMERALS = r"(?:\d{1,4}|[一二三四五六七八九十]{1,4}|[ivxIVX]{1,6})"
_PAGE_NUMBER = re.compile(
    rf"[\W_]*(?:第|page|p\.|\-|—|–|－|·|〔|\[)?[\W_]*{_NUMERALS}[\W_]*(?:页|頁)?"
    rf"[\W_]*(?:(?:共|of|/|／)?[\W_]*{_NUMERALS}[\W_]*(?:页|頁)?)?[\W_]*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_DIGITS_ALONE = re.compile(r"[\d\s]+")
_SPACE = re.compile(r"\s+")
_ENDS = 3
"""So many lines at the top and at the bottom of a page may be its heads and feet."""
_MARGIN = 0.14
_LONGEST = 60


def without_furniture(
    pages: Sequence[Sequence[TextLine]], heights: Sequence[float], tables: Sequence[Sequence[tuple[float, float]]]
) -> list[list[TextLine]]:
    """The lines of each page without page numbers and without heads and feet that other pages repeat.

    `tables` are the tops and bottoms of each page's tables: what stands below a table's top is no head.
    """
    ends = [_ends(lines, height, beside) for lines, height, beside in zip(pages, heights, tables, strict=True)]
    seen = Counter(key for found in ends for key in set(found.values()))
    needed = 2 if len(pages) < 4 else 3  # noqa: PLR2004 (of three pages the first often has no head)
    numbered = Counter(
        place
        for lines, height in zip(pages, heights, strict=True)
        for place in {_place(line, height) for line in lines if _is_number(line, height)}
    )
    kept: list[list[TextLine]] = []
    for page, (lines, found, height) in enumerate(zip(pages, ends, heights, strict=True)):
        own = []
        for number, line in enumerate(lines):
            is_furniture = number in found and (seen[found[number]] >= needed or _is_number(line, height))
            is_top = page > 0 and number < _ENDS
            if not is_furniture or _is_torn_off(line, numbered[_place(line, height)] if is_top else 0):
                own.append(line)
        kept.append(own)
    return kept


def _is_torn_off(line: TextLine, count: int) -> bool:
    """Is this the end of wrapped numbers? `count` pages have a number at this place at their top."""
    return _DIGITS_ALONE.fullmatch(line.text) is not None and (count == 1 or len(line.text.split()) > 1)


def _place(line: TextLine, height: float) -> int:
    return round(line.top / height * 50)


def _ends(lines: Sequence[TextLine], height: float, tables: Sequence[tuple[float, float]]) -> dict[int, str]:
    """The lines that may be heads and feet, by their number; each as what pages would repeat of it."""
    top = min((top for top, _ in tables), default=height)
    bottom = max((bottom for _, bottom in tables), default=0.0)
    candidates = [
        number
        for number, line in enumerate(lines)
        if (number < _ENDS and line.bottom < min(height * _MARGIN, top))
        or (number >= len(lines) - _ENDS and line.top > max(height * (1 - _MARGIN), bottom))
    ]
    found = {}
    for number in candidates:
        text = lines[number].text
        if len(text) <= _LONGEST:
            found[number] = f"{_place(lines[number], height)} {_DIGITS.sub('#', _SPACE.sub('', text))}"
    return found


def _is_number(line: TextLine, height: float) -> bool:
    is_outside = line.bottom < height * _MARGIN or line.top > height * (1 - _MARGIN)
    return is_outside and _PAGE_NUMBER.fullmatch(line.text) is not None
