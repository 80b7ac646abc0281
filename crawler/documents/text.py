"""Plain text to a document: what word processors and PDF extractors leave of a report.

Four dialects of tables are met. *Word*: every cell starts a line with a tab, an empty line ends the
row, two end the table. *Rows*: one row a line, cells between tabs, header and label columns drift.
*Pipes*: `| 0 | 0 |`. *Lines*: one value a line, no tabs at all; there a row is a label and the
values after it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.documents.model import Block, Document, Paragraph, Table, TableCell
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOOKMARK = re.compile(r"\[bookmark: ?[^\]]*\]")
_RULE = re.compile(r"^[\s|+:=-]*-{3,}[\s|+:=-]*$")
_VALUE = re.compile(
    r"^[\s]*(?:[+\-−－]?[\d０-９][\d０-９,，.．\s]*(?:件|项|条|次|个|宗|万元|元)?(?:[(（][^()（）]{0,30}[)）])?|〇|/|／|-|—|－|无|0/0)[\s]*$"
)
_SENTENCE_END = "。；：:;！？!?…”》"
_LIST_ITEM = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+[、.]|[((（][一二三四五六七八九十\d]+[)）]|\d+[.、．]|[一二三四五六七八九十]是)"
)
# Titles and headings have no inner punctuation; a torn sentence has some.
_CLAUSE_MARK = re.compile(r"[，。；：,;:]")
_MIN_LINE_VALUES = 20


def read_text(text: str) -> Document:
    """The document of a plain text file, in whichever dialect its tables are."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    blocks = tuple(_blocks(lines))
    return Document("text/plain", blocks)


def _blocks(lines: list[str]) -> Iterator[Block]:
    if any("\t" in line for line in lines):
        several = sum(line.count("\t") > 1 or "\t" in line.strip() for line in lines)
        single = sum(line.startswith("\t") and "\t" not in line[1:] for line in lines)
        yield from _row_blocks(lines) if several > single else _word_blocks(lines)
    elif sum(line.count("|") > 1 for line in lines) > 2:  # noqa: PLR2004 (a header and two rows)
        yield from _pipe_blocks(lines)
    elif sum(_VALUE.match(line) is not None and line.strip() != "无" for line in lines) >= _MIN_LINE_VALUES:
        yield from _line_blocks(lines)
    else:
        yield from _paragraphs(list(enumerate(lines)), joins_breaks=False)


def _word_blocks(lines: list[str]) -> Iterator[Block]:
    rows: list[list[str]] = []
    row: list[str] = []
    plain: list[tuple[int, str]] = []
    start = 0
    blank = 0
    for number, line in enumerate(lines):
        if line.startswith("\t"):
            if not rows and not row:
                yield from _paragraphs(plain, joins_breaks=False)
                plain, start = [], number
            row.append(line[1:])
            blank = 0
        elif not line.strip("\n") and (rows or row):
            blank += 1
            if row:
                rows.append(row)
                row = []
            if blank > 1:
                yield _table(rows, start, is_grid=True)
                rows = []
        elif row and read_heading(line.strip()) is None:
            row[-1] += "\n" + line
        else:
            if rows or row:
                yield _table([*rows, row] if row else rows, start, is_grid=True)
                rows, row = [], []
            plain.append((number, line))
    if rows or row:
        yield _table([*rows, row] if row else rows, start, is_grid=True)
    yield from _paragraphs(plain, joins_breaks=False)


def _row_blocks(lines: list[str]) -> Iterator[Block]:
    # A blank line inside a table is a page break, so only a line of text ends the table.
    rows: list[list[str]] = []
    plain: list[tuple[int, str]] = []
    start = 0
    for number, line in enumerate(lines):
        if "\t" in line:
            if not rows:
                yield from _paragraphs(plain, joins_breaks=True)
                plain, start = [], number
            rows.append(line.split("\t"))
        elif rows and (not line.strip() or _RULE.match(line)):
            continue
        else:
            if rows:
                yield _table(rows, start, is_grid=False)
                rows = []
            plain.append((number, line))
    if rows:
        yield _table(rows, start, is_grid=False)
    yield from _paragraphs(plain, joins_breaks=True)


def _pipe_blocks(lines: list[str]) -> Iterator[Block]:
    rows: list[list[str]] = []
    plain: list[tuple[int, str]] = []
    start = 0
    for number, line in enumerate(lines):
        if line.count("|") > 1 or (line.count("|") == 1 and rows):
            if not rows:
                yield from _paragraphs(plain, joins_breaks=False)
                plain, start = [], number
            if not _RULE.match(line):
                rows.append(line.strip().removeprefix("|").removesuffix("|").split("|"))
        elif rows and not line.strip():
            continue
        else:
            if rows:
                yield _table(rows, start, is_grid=True)
                rows = []
            plain.append((number, line))
    if rows:
        yield _table(rows, start, is_grid=True)
    yield from _paragraphs(plain, joins_breaks=False)


def _line_blocks(lines: list[str]) -> Iterator[Block]:
    # Sections 2 to 4 hold the tables; in the others a line of digits is text.
    plain: list[tuple[int, str]] = []
    rows: list[list[str]] = []
    start = 0
    is_tabular = False
    for number, line in enumerate(lines):
        heading = read_heading(line.strip())
        if heading is not None and heading.numeral is not None:
            if rows:
                yield _table(rows, start, is_grid=False)
                rows = []
            plain.append((number, line))
            is_tabular = heading.number in {2, 3, 4}
        elif is_tabular and line.strip():
            if plain:
                yield from _paragraphs(plain, joins_breaks=False)
                plain, start = [], number
            if _VALUE.match(line) and rows:
                rows[-1].append(line)
            else:
                rows.append([line])
        else:
            plain.append((number, line))
    if rows:
        yield _table(rows, start, is_grid=False)
    yield from _paragraphs(plain, joins_breaks=False)


def _table(rows: list[list[str]], start: int, *, is_grid: bool) -> Table:
    cells = tuple(
        tuple(TableCell(index, column, _clean(text)) for column, text in enumerate(row))
        for index, row in enumerate(rows)
    )
    return Table(cells, f"line {start + 1}", is_grid=is_grid)


def _paragraphs(lines: list[tuple[int, str]], *, joins_breaks: bool) -> Iterator[Paragraph]:
    """Non-empty lines; with `joins_breaks`, a sentence torn by a page break is one paragraph again."""
    held: Paragraph | None = None
    was_blank = False
    for number, line in lines:
        text = _clean(line)
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


def _clean(text: str) -> str:
    return _BOOKMARK.sub("", text).replace("\ufeff", "").replace("\xa0", " ").strip(" \t\u3000\n")
