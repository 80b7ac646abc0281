"""Plain text to a document: what word processors and PDF extractors leave of a report.

Five dialects of tables are met. *Word*: every cell starts a line with a tab, an empty line ends the
row, two end the table. *Rows*: one row a line, cells between tabs, header and label columns drift.
*Pipes*: `| 0 | 0 |`. *Cells*: a bar behind every cell, on its line or on the next. *Lines*: neither tabs
nor bars; a row is a label and the values after it, on lines of their own or behind it.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from crawler.documents.model import Block, Document, Paragraph, Table, TableCell
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_BOOKMARK = re.compile(r"\[bookmark: ?[^\]]*\]")
_LINE_ENDS = re.compile(r"\r\n?|\v|\x85|\u2028|\u2029")
_PAGE_BREAK = re.compile(r"(?m)^\f+|\f+$")
_EMPTY_LINES = re.compile(r"\n{4,}")
_LARGE = 1_000_000
_RULE_MARKS = frozenset(" \t|+:=-")
_SPLIT_PIPE = re.compile(r"(?<!\\)\|")
_MARKUP = re.compile(r"\*\*|&nbsp;|\\(?=[|*_#])")
_INLINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_VALUE = re.compile(
    r"(?:[+\-−－]?[\d０-９][\d０-９,，.．]*(?:件|项|条|次|个|宗|万元|元)?(?:[(（][^()（）]{0,30}[)）])?|〇|/|／|-|—|——|－|无|0/0)"
)
_PRINTED_PAGE = re.compile(r"[-—–―·]+ *\d{1,3} *[-—–―·]+|第 *\d{1,3} *页.{0,12}")
_WORD = re.compile(r"\S+")
# Two blanks, or one before the numeral of a second label: group and row stand on one line.
_PART = re.compile(r"[ \u3000]{2,}|[ \u3000](?=[(（][一二三四五六七八][)）]|[1-8][.．、])")
_SENTENCE_END = "。；：:;！？!?…”》"
_STOPS = frozenset("。；：:;！？")
_LIST_ITEM = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+[、.]|[((（][一二三四五六七八九十\d]+[)）]|\d+[.、．]|[一二三四五六七八九十]是)"
)
# Titles and headings have no inner punctuation; a torn sentence has some.
_CLAUSE_MARK = re.compile(r"[，。；：,;:]")
_CELL_END = re.compile(r"[^|]*\|+")
_MIN_CELLS = 40
_CELL_LINES = 4
_MIN_VALUES = 20
_MIN_TABBED = 3
_LONGEST_VALUE = 60
_LONGEST_ROW = 400
MAX_ROWS = 5000
"""Of one table; the longest of the form has 30."""
_TABLE_SECTIONS = frozenset({2, 3, 4})


def read_text(text: str) -> Document:
    """The document of a plain text file, in whichever dialect its tables are."""
    plain = _PAGE_BREAK.sub("", _LINE_ENDS.sub("\n", text)).replace("\f", "\n")
    lines = (plain if len(plain) < _LARGE else _EMPTY_LINES.sub("\n\n\n", plain)).split("\n")
    return Document("text/plain", tuple(text_blocks(lines)))


def holds_text_tables(lines: Sequence[str]) -> bool:
    """Do these lines, without any tab, hold tables in the dialects *pipes*, *cells* or *lines*?"""
    return _has_pipes(lines) or _has_cells(lines) or _count_values(lines) >= _MIN_VALUES


def text_blocks(lines: Sequence[str]) -> Iterator[Block]:
    """The paragraphs and tables of the lines of a text."""
    if _has_cells(lines):
        return _cell_blocks(lines)
    tabbed = [line for line in lines if "\t" in line]
    if _has_pipes(lines) and sum(line.count("|") > 1 for line in lines) >= len(tabbed):
        return _pipe_blocks(lines)
    # A tab in prose must not hide that the tables are written otherwise.
    if len(tabbed) < _MIN_TABBED and _count_values(lines) >= _MIN_VALUES:
        return _line_blocks(lines)
    if tabbed:
        several = sum(line.count("\t") > 1 or "\t" in line.strip() for line in tabbed)
        single = sum(line.startswith("\t") and "\t" not in line[1:] for line in tabbed)
        return _row_blocks(lines) if several > single else _word_blocks(lines)
    return _paragraphs(enumerate(lines), joins_breaks=False)


def _has_pipes(lines: Sequence[str]) -> bool:
    return sum(line.count("|") > 1 for line in lines) > 2  # noqa: PLR2004 (a header and two rows)


def _has_cells(lines: Sequence[str]) -> bool:
    barred = [line.strip() for line in lines if "|" in line]
    ended = sum(_CELL_END.fullmatch(line) is not None for line in barred)
    return ended >= _MIN_CELLS and ended > len(barred) // 2


def _count_values(lines: Iterable[str]) -> int:
    return sum(len(_values_behind(line)[1]) for line in lines if line.strip() != "无")


def _word_blocks(lines: Sequence[str]) -> Iterator[Block]:
    rows: list[list[str]] = []
    row: list[str] = []
    plain: list[tuple[int, str]] = []
    start = 0
    blank = 0
    for number, line in enumerate(lines):
        if line.startswith("\t") and (rows or row or "。" not in line):
            if not rows and not row:
                yield from _paragraphs(plain, joins_breaks=False)
                plain, start = [], number
            row.append(line[1:])
            blank = 0
        elif not line.strip(" ") and (rows or row):
            blank += 1
            if row:
                rows.append(row)
                row = []
            if blank > 1:
                yield from _table(rows, start, is_grid=False)
                rows = []
        elif row and read_heading(line.strip()) is None:
            row[-1] += "\n" + line
        else:
            if rows or row:
                yield from _table([*rows, row] if row else rows, start, is_grid=False)
                rows, row = [], []
            plain.append((number, line))
    if rows or row:
        yield from _table([*rows, row] if row else rows, start, is_grid=False)
    yield from _paragraphs(plain, joins_breaks=False)


def _row_blocks(lines: Sequence[str]) -> Iterator[Block]:
    # A blank line inside a table is a page break, so only a line of text ends the table.
    held: list[tuple[int, str]] = []
    is_table = False
    for number, line in enumerate(lines):
        is_row = "\t" in line and "。" not in line
        if is_table and not is_row and (not line.strip() or _is_rule(line)):
            continue
        if is_row != is_table:
            yield from _row_block(held, is_table=is_table)
            held, is_table = [], is_row
        held.append((number, line))
    yield from _row_block(held, is_table=is_table)


def _row_block(lines: list[tuple[int, str]], *, is_table: bool) -> Iterator[Block]:
    if is_table:
        rows = [line.split("\t") for _, line in lines]
        yield from _table(rows, lines[0][0], is_grid=False, keeps_blanks=False)
    else:
        yield from _paragraphs(lines, joins_breaks=True)


def _pipe_blocks(lines: Sequence[str]) -> Iterator[Block]:
    # Without bars at both ends of every row, a row that begins with one begins with a blank cell.
    barred = [line.strip() for line in lines if line.count("|") > 1 and not _is_rule(line)]
    opening = "|" if all(line.startswith("|") for line in barred) else ""
    closing = "|" if all(line.endswith("|") for line in barred) else ""
    rows: list[list[str]] = []
    plain: list[tuple[int, str]] = []
    start = 0
    for number, line in enumerate(lines):
        if line.count("|") > 1 or (line.count("|") == 1 and rows):
            if not rows:
                yield from _paragraphs(plain, joins_breaks=False)
                plain, start = [], number
            if not _is_rule(line):
                inner = line.strip().removeprefix(opening).removesuffix(closing)
                rows.append([_INLINE_BREAK.sub("\n", cell) for cell in _SPLIT_PIPE.split(inner)])
        elif rows and not line.strip():
            continue
        else:
            if rows:
                yield from _table(rows, start, is_grid=False)
                rows = []
            plain.append((number, line))
    if rows:
        yield from _table(rows, start, is_grid=False)
    yield from _paragraphs(plain, joins_breaks=False)


def _cell_blocks(lines: Sequence[str]) -> Iterator[Block]:
    # The lines since the last bar: a cell of several lines, or the text between two tables.
    held: list[tuple[int, str]] = []
    rows: list[list[str]] = []
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
                yield from _table(rows, start, is_grid=False)
            yield from _paragraphs(plain, joins_breaks=False)
            rows, start = [], number
        if words or not held:
            _add_cell(rows, words, text[len(own) :].count("|"))
        held = []
    if rows:
        yield from _table(rows, start, is_grid=False)
    yield from _paragraphs(held, joins_breaks=False)


def _split_cell(lines: Sequence[tuple[int, str]]) -> tuple[list[tuple[int, str]], str]:
    """The lines of text before a cell, and the words of the cell: short lines at the end without a full stop."""
    first = len(lines)
    while first > 0 and first > len(lines) - _CELL_LINES and _is_cell_line(lines[first - 1][1]):
        first -= 1
    return list(lines[:first]), "\n".join(line.strip() for _, line in lines[first:])


def _is_cell_line(line: str) -> bool:
    text = line.strip()
    return len(text) <= _LONGEST_VALUE and text[-1:] not in _STOPS and read_heading(text) is None


def _add_cell(rows: list[list[str]], words: str, bars: int) -> None:
    """A word begins a row; numbers, marks for blank and empty cells go on with it. Further bars end empty cells."""
    if rows and (not words or _VALUE.fullmatch(words)):
        rows[-1].append(words)
    else:
        rows.append([words])
    rows[-1].extend([""] * (bars - 1))


def _line_blocks(lines: Sequence[str]) -> Iterator[Block]:
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
            yield from _paragraphs(members, joins_breaks=False)


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
        yield from _table(rows, lines[0][0], is_grid=False)


def _values_behind(line: str) -> tuple[list[str], list[str]]:
    """The labels of a line, and the numbers (or marks for blank) that stand at its end."""
    if len(line) > _LONGEST_ROW:
        return [line], []
    end = len(line)
    values: list[str] = []
    for word in reversed(list(_WORD.finditer(line))):
        if word.end() - word.start() > _LONGEST_VALUE or _VALUE.fullmatch(word[0]) is None:
            break
        values.insert(0, word[0])
        end = word.start()
    words = _PART.split(line[:end].strip())
    # A line of header words has single blanks between them; inside a torn word the pieces are single characters.
    if not values and len(words) == 1 and all(len(word) > 1 for word in words[0].split()):
        words = words[0].split()
    return [text for text in words if text], values


def _is_rule(line: str) -> bool:
    return "---" in line and _RULE_MARKS.issuperset(line.strip())


def _table(rows: Sequence[Sequence[str]], start: int, *, is_grid: bool, keeps_blanks: bool = True) -> Iterator[Block]:
    cells = tuple(
        tuple(TableCell(index, column, _clean(text)) for column, text in enumerate(row))
        for index, row in enumerate(rows[:MAX_ROWS])
    )
    printed = [[cell.text for cell in row if cell.text] for row in cells]
    if any(len(row) > 1 or (row and _VALUE.fullmatch(row[0][:_LONGEST_VALUE])) for row in printed):
        yield Table(cells, f"line {start + 1}", is_grid=is_grid, keeps_blanks=keeps_blanks)
    else:
        # Lines that are only indented by tabs: a caption, a signature.
        yield from (Paragraph(text, f"line {start + 1}") for row in printed for text in row)


def _paragraphs(lines: Iterable[tuple[int, str]], *, joins_breaks: bool) -> Iterator[Paragraph]:
    """Non-empty lines; with `joins_breaks`, a sentence torn by a page break is one paragraph again."""
    held: Paragraph | None = None
    was_blank = False
    for number, line in lines:
        text = _clean(line).replace("\t", " ")
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
    plain = _MARKUP.sub(" " if "&" in text else "", _BOOKMARK.sub("", text))
    return plain.replace("\ufeff", "").replace("\xa0", " ").strip(" \t\u3000\n").lstrip("#").lstrip()
