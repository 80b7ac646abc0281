"""Tables without any mark: a row is a label and the values after it, on lines of their own or behind it."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from crawler.documents.text_parts import LONGEST_VALUE, VALUE, paragraphs, table
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.documents.model import Block

_PRINTED_PAGE = re.compile(r"[-—–―·]+ *\d{1,3} *[-—–―·]+|第 *\d{1,3} *页.{0,12}")
_WORD = re.compile(r"\S+")
# Two blanks, or one before the numeral of a second label: group and row stand on one line.
_PART = re.compile(r"[ \u3000]{2,}|[ \u3000](?=[(（][一二三四五六七八][)）]|[1-8][.．、])")
_LONGEST_ROW = 400
_TABLE_SECTIONS = frozenset({2, 3, 4})


def count_values(lines: Iterable[str]) -> int:
    """How many numbers stand on lines of their own or at the end of a line."""
    return sum(len(_values_behind(line)[1]) for line in lines if line.strip() != "无")


def line_blocks(lines: Sequence[str]) -> Iterator[Block]:
    """The blocks of such a text; its tables are looked for in sections 2 to 4 only."""
    # Sections 2 to 4 hold the tables; in the others a line of digits is text.
    section = 0
    placed: list[tuple[bool, int, str]] = []
    for number, line in enumerate(lines):
        heading = read_heading(line.strip())
        if heading is not None and (heading.numeral is not None or heading.number != section):
            section = heading.number
            placed.append((False, number, line))
        else:
            placed.append((section in _TABLE_SECTIONS and "。" not in line, number, line))
    for is_table, group in groupby(placed, key=lambda part: part[0]):
        members = [(number, line) for _, number, line in group]
        if is_table:
            yield from _line_table(members)
        else:
            yield from paragraphs(members, joins_breaks=False)


def _line_table(lines: Sequence[tuple[int, str]]) -> Iterator[Block]:
    rows: list[list[str]] = []
    for _, line in lines:
        text = line.strip()
        if not text or _PRINTED_PAGE.fullmatch(text):
            continue
        labels, values = _values_behind(text)
        if labels or not rows:
            rows.append([*labels, *values])
        else:
            rows[-1].extend(values)
    if rows:
        yield from table(rows, lines[0][0])


def _values_behind(line: str) -> tuple[list[str], list[str]]:
    """The labels of a line, and the numbers (or marks for blank) that stand at its end."""
    if len(line) > _LONGEST_ROW:
        return [line], []
    end = len(line)
    values: list[str] = []
    for word in reversed(list(_WORD.finditer(line))):
        if word.end() - word.start() > LONGEST_VALUE or VALUE.fullmatch(word[0]) is None:
            break
        values.insert(0, word[0])
        end = word.start()
    words = _PART.split(line[:end].strip())
    # A line of header words has single blanks between them; inside a torn word the pieces are single characters.
    if not values and len(words) == 1 and all(len(word) > 1 for word in words[0].split()):
        words = words[0].split()
    return [text for text in words if text], values
