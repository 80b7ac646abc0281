"""Tables whose cells are set off by bars: one row a line, or a bar behind every cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.documents.text_parts import LONGEST_VALUE, VALUE, is_rule, paragraphs, table
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.model import Block

_SPLIT_PIPE = re.compile(r"(?<!\\)\|")
_INLINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_CELL_END = re.compile(r"[^|]*\|+")
_STOPS = frozenset("。；：:;！？")
_MIN_CELLS = 40
_CELL_LINES = 4


def has_pipes(lines: Sequence[str]) -> bool:
    """Are there rows of the kind `| 0 | 0 |`?"""
    return sum(line.count("|") > 1 for line in lines) > 2  # noqa: PLR2004 (a header and two rows)


def has_cells(lines: Sequence[str]) -> bool:
    """Does nearly every bar end a line, and with it one cell?"""
    barred = [line.strip() for line in lines if "|" in line]
    ended = sum(_CELL_END.fullmatch(line) is not None for line in barred)
    return ended >= _MIN_CELLS and ended > len(barred) // 2


def pipe_blocks(lines: Sequence[str]) -> Iterator[Block]:
    """The blocks of a text with one row a line, bars between the cells."""
    # Without bars at both ends of every row, a row that begins with one begins with a blank cell.
    barred = [line.strip() for line in lines if line.count("|") > 1 and not is_rule(line)]
    opening = "|" if all(line.startswith("|") for line in barred) else ""
    closing = "|" if all(line.endswith("|") for line in barred) else ""
    rows: list[list[str]] = []
    plain: list[tuple[int, str]] = []
    start = 0
    for number, line in enumerate(lines):
        if line.count("|") > 1 or (line.count("|") == 1 and rows):
            if not rows:
                yield from paragraphs(plain, joins_breaks=False)
                plain, start = [], number
            if not is_rule(line):
                inner = line.strip().removeprefix(opening).removesuffix(closing)
                rows.append([_INLINE_BREAK.sub("\n", cell) for cell in _SPLIT_PIPE.split(inner)])
        elif (rows and not line.strip()) or (is_rule(line) and "+" in line):
            continue
        else:
            if rows:
                yield from table(rows, start)
                rows = []
            plain.append((number, line))
    if rows:
        yield from table(rows, start)
    yield from paragraphs(plain, joins_breaks=False)


def cell_blocks(lines: Sequence[str]) -> Iterator[Block]:
    """The blocks of a text with a bar behind every cell, on its line or on the next."""
    # The lines since the last bar: a cell of several lines, or the text between two tables.
    held: list[tuple[int, str]] = []
    rows: list[list[str]] = []
    is_open = False
    start = 0
    for number, line in enumerate(lines):
        text = line.strip()
        if "|" not in text:
            if text:
                held.append((number, line))
            continue
        own = text.rstrip("| \t")
        plain, words = _split_cell([*held, (number, own)] if own else held)
        if plain:
            if rows:
                yield from table(rows, start)
            yield from paragraphs(plain, joins_breaks=False)
            rows, start, is_open = [], number, False
        bars = text[len(own) :].count("|")
        if words or (not held and bars == 1):
            # A word begins a row; numbers, marks for blank and empty cells go on with it.
            if is_open and (not words or VALUE.fullmatch(words)):
                rows[-1].append(words)
            else:
                rows.append([words])
        # Several bars at once fill a row up that has fewer cells than others: it ends there.
        is_open = bars == 1
        held = []
    if rows:
        yield from table(rows, start)
    yield from paragraphs(held, joins_breaks=False)


def _split_cell(lines: Sequence[tuple[int, str]]) -> tuple[list[tuple[int, str]], str]:
    """The lines of text before a cell, and the words of the cell: short lines at the end without a full stop."""
    first = len(lines)
    while first > 0 and first > len(lines) - _CELL_LINES and _is_cell_line(lines[first - 1][1]):
        first -= 1
    return list(lines[:first]), "\n".join(line.strip() for _, line in lines[first:])


def _is_cell_line(line: str) -> bool:
    text = line.strip()
    return len(text) <= LONGEST_VALUE and text[-1:] not in _STOPS and read_heading(text) is None
