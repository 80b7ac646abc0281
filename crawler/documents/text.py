"""Plain text to a document: what word processors and PDF extractors leave of a report.

Six dialects of tables are met. *Commas*: a sheet written out as CSV. *Word*: every cell starts a line
with a tab, an empty line ends the row, two end the table. *Rows*: one row a line, cells between tabs,
header and label columns drift. *Pipes*: `| 0 | 0 |`. *Cells*: a bar behind every cell, on its line or on
the next. *Lines*: neither tabs nor bars; a row is a label and the values after it, on lines of their own
or behind it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.documents.model import Block, Document
from crawler.documents.text_bars import cell_blocks, has_cells, has_pipes, pipe_blocks
from crawler.documents.text_commas import comma_blocks, comma_rows
from crawler.documents.text_lines import count_values, line_blocks
from crawler.documents.text_parts import is_rule, paragraphs, table
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LINE_ENDS = re.compile(r"\r\n?|\v|\x85|\u2028|\u2029")
_PAGE_BREAK = re.compile(r"(?m)^\f+|\f+$")
_FRONT_MATTER = re.compile(r"\A\s*---\n((?:[A-Za-z_-]+:.*\n){1,20})---\n")
_FRONT_TITLE = re.compile(r"(?m)^title:[ \t]*[\"']?(.*?)[\"']?[ \t]*$")
_EMPTY_LINES = re.compile(r"\n{4,}")
_LARGE = 1_000_000
_MIN_VALUES = 20
_MIN_TABBED = 3


def read_text(text: str) -> Document:
    """The document of a plain text file, in whichever dialect its tables are."""
    plain = _PAGE_BREAK.sub("", _LINE_ENDS.sub("\n", text)).replace("\f", "\n")
    # Writers of Markdown put the title into a block of keys and values above the text, and again into the text.
    front = _FRONT_MATTER.match(plain)
    named = _FRONT_TITLE.search(front[1]) if front else None
    title = named[1] or None if named else None
    plain = plain[front.end() :] if front else plain
    rows = comma_rows(plain)
    if rows is not None:
        return Document("text/plain", tuple(comma_blocks(rows)), title)
    lines = (plain if len(plain) < _LARGE else _EMPTY_LINES.sub("\n\n\n", plain)).split("\n")
    return Document("text/plain", tuple(text_blocks(lines)), title)


def holds_text_tables(lines: Sequence[str]) -> bool:
    """Do these lines, without any tab, hold tables in the dialects *pipes*, *cells* or *lines*?"""
    return has_pipes(lines) or has_cells(lines) or count_values(lines) >= _MIN_VALUES


def text_blocks(lines: Sequence[str]) -> Iterator[Block]:
    """The paragraphs and tables of the lines of a text."""
    if has_cells(lines):
        return cell_blocks(lines)
    tabbed = [line for line in lines if "\t" in line]
    if has_pipes(lines) and sum(line.count("|") > 1 for line in lines) >= len(tabbed):
        return pipe_blocks(lines)
    # A tab in prose must not hide that the tables are written otherwise.
    if len(tabbed) < _MIN_TABBED and count_values(lines) >= _MIN_VALUES:
        return line_blocks(lines)
    if tabbed:
        several = sum(line.count("\t") > 1 or "\t" in line.strip() for line in tabbed)
        single = sum(line.startswith("\t") and "\t" not in line[1:] for line in tabbed)
        return _row_blocks(lines) if several > single else _word_blocks(lines)
    return paragraphs(enumerate(lines), joins_breaks=False)


def _word_blocks(lines: Sequence[str]) -> Iterator[Block]:
    rows: list[list[str]] = []
    row: list[str] = []
    plain: list[tuple[int, str]] = []
    start = 0
    blank = 0
    for number, line in enumerate(lines):
        if line.startswith("\t") and (rows or row or "。" not in line):
            if not rows and not row:
                yield from paragraphs(plain, joins_breaks=False)
                plain, start = [], number
            row.append(line[1:])
            blank = 0
        elif not line.strip(" ") and (rows or row):
            blank += 1
            if row:
                rows.append(row)
                row = []
            if blank > 1:
                yield from table(rows, start)
                rows = []
        elif row and read_heading(line.strip()) is None:
            row[-1] += "\n" + line
        else:
            if rows or row:
                yield from table([*rows, row] if row else rows, start)
                rows, row = [], []
            plain.append((number, line))
    if rows or row:
        yield from table([*rows, row] if row else rows, start)
    yield from paragraphs(plain, joins_breaks=False)


def _row_blocks(lines: Sequence[str]) -> Iterator[Block]:
    # A blank line inside a table is a page break, so only a line of text ends the table.
    held: list[tuple[int, str]] = []
    is_table = False
    for number, line in enumerate(lines):
        is_row = "\t" in line and "。" not in line
        if is_table and not is_row and (not line.strip() or is_rule(line)):
            continue
        if is_row != is_table:
            yield from _row_block(held, is_table=is_table)
            held, is_table = [], is_row
        held.append((number, line))
    yield from _row_block(held, is_table=is_table)


def _row_block(lines: list[tuple[int, str]], *, is_table: bool) -> Iterator[Block]:
    if is_table:
        yield from table([line.split("\t") for _, line in lines], lines[0][0], keeps_blanks=False)
    else:
        yield from paragraphs(lines, joins_breaks=True)
