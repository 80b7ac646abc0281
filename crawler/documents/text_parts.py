"""The parts of a text: its paragraphs and tables, whatever dialect they are written in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.documents.model import Block, Paragraph, Table, TableCell
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_ROWS = 5000
"""Of one table; the longest of the form has 30."""
LONGEST_VALUE = 60
VALUE = re.compile(
    r"(?:[+\-−－]?[\d０-９][\d０-９,，.．]*(?:件|项|条|次|个|宗|万元|元)?(?:[(（][^()（）]{0,30}[)）])?|〇|/|／|-|—|——|－|无|0/0)"
)
"""A cell that holds a number or a mark for blank."""

_RULE_MARKS = frozenset(" \t|+:=-")
_BOOKMARK = re.compile(r"\[bookmark: ?[^\]]*\]")
_MARKUP = re.compile(r"\*\*|&nbsp;|\\(?=[|*_#])")
_SENTENCE_END = "。；：:;！？!?…”》"
_LIST_ITEM = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+[、.]|[((（][一二三四五六七八九十\d]+[)）]|\d+[.、．]|[一二三四五六七八九十]是)"
)
# Titles and headings have no inner punctuation; a torn sentence has some.
_CLAUSE_MARK = re.compile(r"[，。；：,;:]")


def table(rows: Sequence[Sequence[str]], start: int, *, keeps_blanks: bool = True) -> Iterator[Block]:
    """The table of these cells; paragraphs where they are only lines that tabs indent. `start`: its first line."""
    cells = tuple(
        tuple(TableCell(index, column, clean(text)) for column, text in enumerate(row))
        for index, row in enumerate(rows[:MAX_ROWS])
    )
    printed = [[cell.text for cell in row if cell.text] for row in cells]
    if any(len(row) > 1 or (row and VALUE.fullmatch(row[0][:LONGEST_VALUE])) for row in printed):
        yield Table(cells, f"line {start + 1}", is_grid=False, keeps_blanks=keeps_blanks)
    else:
        # Lines that are only indented by tabs: a caption, a signature.
        yield from (Paragraph(text, f"line {start + 1}") for row in printed for text in row)


def paragraphs(lines: Iterable[tuple[int, str]], *, joins_breaks: bool) -> Iterator[Paragraph]:
    """Non-empty lines; with `joins_breaks`, a sentence torn by a page break is one paragraph again."""
    held: Paragraph | None = None
    was_blank = False
    for number, line in lines:
        text = clean(line).replace("\t", " ")
        if not text:
            was_blank = True
            continue
        if held is not None and joins_breaks and was_blank and _is_torn(held.text, text):
            held = Paragraph(held.text + text, held.place)
        else:
            if held is not None:
                yield held
            held = Paragraph(text, f"line {number + 1}")
        was_blank = False
    if held is not None:
        yield held


def _is_torn(before: str, after: str) -> bool:
    return (
        _CLAUSE_MARK.search(before) is not None
        and before[-1] not in _SENTENCE_END
        and _LIST_ITEM.match(after) is None
        and read_heading(before) is None
        and read_heading(after) is None
    )


def is_rule(line: str) -> bool:
    """Does this line do nothing but rule off a header?"""
    return ("---" in line or "===" in line) and _RULE_MARKS.issuperset(line.strip())


def clean(text: str) -> str:
    """The words of a line or cell, without a converter's marks."""
    plain = _MARKUP.sub(" " if "&" in text else "", _BOOKMARK.sub("", text))
    return plain.replace("\ufeff", "").replace("\xa0", " ").strip(" \t\u3000\n").lstrip("#").lstrip()
