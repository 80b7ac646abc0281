"""Where on a page tables without ruling lines stand: rows of words with wide gaps between, and what belongs to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout.alignment import BORDER, NUMBER, AlignedRow, row_of
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.lines import TextLine

_LONG = 0.62
"""A line of one part that takes more of the text's width is prose."""
_NARROW = 0.3
_MAX_TAIL = 8
_MAX_NARROW_TAIL = 40
"""So many lines without numbers may stand between two rows; more where they are as short as a narrow label's."""
_MIN_ROWS = 2
_SCRAP = 3
_MIN_NUMBERS = 4
STARTS = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十][)）]|[一二三四五六七八九]、|\d{1,2}[.、．](?!\d)|第[一二三四五六七八九十]+条|第[一二三四五六七八九十]*$|[（(]本列)"
)
_TITLE = re.compile(r"\s*第[一二三四五六七八九十]+条第?[（(]?[一二三四五六七八九十][)）]?项\s*$")
_MARKS = re.compile(r"[。，；：，;:]")
_SIGNED = re.compile(r"\d|年|月")
_PROSE = re.compile(r"[。；]")


class Region(NamedTuple):
    """Lines of a page that are a table's, from top to bottom. `is_rest`: it begins the page, behind a table before."""

    rows: list[AlignedRow]
    is_rest: bool


class Zone(NamedTuple):
    """From where to where the labels of a table stand."""

    left: float
    right: float


class Regions(NamedTuple):
    """The regions found on a page, and the lines that belong to none."""

    regions: list[Region]
    lines: list[TextLine]


def regions_of(lines: Sequence[TextLine], size: float, width: float, labels: Zone | None = None) -> Regions:
    """The regions of lines of text that tables without upright lines take; `width` is that of the text.

    `labels`: of a table with which the page before ends; it may go on here with a single row or the
    rest of a label.
    """
    if labels is None and not any(len(line.words) > 1 for line in lines):
        return Regions([], list(lines))
    rows = [row_of(line, size) for line in lines]
    regions: list[Region] = []
    kept: list[TextLine] = []
    position = 0
    while position < len(rows):
        is_rest = labels is not None and position == 0
        end = _region(rows, position, width, labels if position == 0 else None, size)
        if end > position and (is_rest or _is_table(rows[position:end], is_rest=_is_end(rows, end))):
            regions.append(Region(rows[position:end], is_rest))
            position = end
        else:
            kept.append(rows[position].line)
            position += 1
    return Regions(regions, kept)


def zone_of(rows: Sequence[AlignedRow], size: float) -> Zone:
    """Where the labels of these rows stand: left of the first number of those with several."""
    firsts = sorted(next(part.left for part in row.parts if part.is_number) for row in rows if row.numbers > 1)
    left = min(row.line.left for row in rows)
    right = max(row.line.right for row in rows)
    return Zone(left - size, firsts[len(firsts) // 2] if firsts else (left + right) / 2)


def _region(rows: Sequence[AlignedRow], start: int, width: float, labels: Zone | None, size: float) -> int:
    """The end of the table that may begin at this row; the start itself where none does."""
    end = _rest(rows, width, labels) if labels is not None else start
    if end == start and not _may_begin(rows, start, width):
        return start
    for position in range(start, len(rows)):
        row = rows[position]
        if not (_may_belong(row, width) or _heads_numbers(rows, position)):
            break
        if _is_row(row):
            end = max(end, position + 1)
        elif position - end >= (_MAX_NARROW_TAIL if _is_narrow(row, width) else _MAX_TAIL):
            break
    # Labels wrap below the last numbers; what begins anew behind a wide gap is text again.
    while end < len(rows) and end > start and _is_tail(rows, end, width):
        end += 1
    return _with_last_label(rows, start, end, width, size) if end > start else end


def _rest(rows: Sequence[AlignedRow], width: float, labels: Zone) -> int:
    """The end of what a page break left of a row: the rest of its label, the ends of wrapped numbers."""
    end = 0
    while end < len(rows) and (
        (_is_label(rows[end], labels) and _may_belong(rows[end], width))
        or all(part.is_number for part in rows[end].parts)
    ):
        end += 1
    return end


def _with_last_label(rows: Sequence[AlignedRow], start: int, end: int, width: float, size: float) -> int:
    """The end with lines of the last label that stand farther below, down to a heading or the end of the page."""
    zone = zone_of(rows[start:end], size)
    last = end
    while last < len(rows) and _is_label(rows[last], zone) and _may_belong(rows[last], width):
        last += 1
    if last == len(rows) or (
        last - end < _MAX_TAIL and read_heading(rows[last].line.text) is not None and not _begins_any(rows[end:last])
    ):
        return last
    if end == len(rows) - 1 and STARTS.match(rows[end].line.text) and _may_belong(rows[end], width):
        # The caption of a block whose rows stand on the next page.
        return len(rows)
    return end


def _begins_any(rows: Sequence[AlignedRow]) -> bool:
    return any(STARTS.match(row.line.text) for row in rows)


def _is_narrow(row: AlignedRow, width: float) -> bool:
    return row.line.right - row.line.left < _NARROW * width


def _is_label(row: AlignedRow, labels: Zone) -> bool:
    return labels.left <= row.line.left and row.line.right <= labels.right


def _is_end(rows: Sequence[AlignedRow], end: int) -> bool:
    """Does nothing follow on the page but what is left of a column's head?"""
    return all(len(row.line.text) <= _SCRAP for row in rows[end:])


def _may_begin(rows: Sequence[AlignedRow], start: int, width: float) -> bool:
    row = rows[start]
    if not _may_belong(row, width):
        return False
    if row.is_apart or _is_letters(row):
        return True
    # A caption over the whole width, or the first line of a header, right before a row.
    is_near = start + 1 < len(rows) and rows[start + 1].is_apart and _may_belong(rows[start + 1], width)
    if not is_near:
        return False
    if _TITLE.match(row.line.text):
        return True
    if not row.line.right - row.line.left < _LONG * width / 2:
        return False
    return STARTS.match(row.line.text) is not None or (
        row.line.left > rows[start + 1].parts[0].right and rows[start + 1].numbers == 0
    )


def _heads_numbers(rows: Sequence[AlignedRow], position: int) -> bool:
    """Are these the heads of narrow columns, with numbers below?"""
    return any(row.numbers >= _MIN_NUMBERS for row in rows[position + 1 : position + 4]) and not _MARKS.search(
        rows[position].line.text
    )


def _may_belong(row: AlignedRow, width: float) -> bool:
    text = row.parts[0].text
    if _is_letters(row):
        return True
    if len(row.parts) == 1 or not row.is_apart:
        if row.line.right - row.line.left > _LONG * width or _PROSE.search(row.line.text):
            return False
        return read_heading(row.line.text) is None or STARTS.match(text) is None
    return not (len(row.parts) < 4 and _PROSE.search(row.line.text))  # noqa: PLR2004 (prose that was spread)


def _is_letters(row: AlignedRow) -> bool:
    """Are these heads of narrow columns, written a few letters below one another?"""
    short = sum(len(part.text) <= _SCRAP for part in row.parts)
    return (not row.numbers and not _SIGNED.search(row.line.text) and short >= _MIN_NUMBERS) and (
        short == len(row.parts) or (short > len(row.parts) / 2 and not _MARKS.search(row.line.text))
    )


def _is_row(row: AlignedRow) -> bool:
    if len(row.line.words) == 1:
        return False
    if _is_letters(row):
        return True
    # A label may stand close to its number.
    is_near = row.line.words[-1].left - row.line.words[-2].right > BORDER * (row.line.bottom - row.line.top)
    return row.is_apart or row.numbers > 0 or (is_near and NUMBER.fullmatch(row.line.words[-1].text) is not None)


def _is_tail(rows: Sequence[AlignedRow], position: int, width: float) -> bool:
    row, before = rows[position], rows[position - 1]
    size = before.line.bottom - before.line.top
    gap = row.line.top - before.line.bottom
    if not (0 <= gap + 0.3 * size < 0.9 * size and row.line.right - row.line.left < _LONG * width / 2):
        return False
    if row.numbers:
        # The ends of wrapped numbers.
        return before.numbers > 0 and all(part.is_number for part in row.parts)
    return _may_belong(row, width) and STARTS.match(row.line.text) is None


def _is_table(rows: Sequence[AlignedRow], *, is_rest: bool) -> bool:
    numbered = [row for row in rows if row.numbers and len(row.parts) > 1]
    single = [row for row in rows if row.numbers == 0 and _is_row(row) and not row.is_apart]
    if len(numbered) + len(single) >= _MIN_ROWS or any(row.numbers >= _MIN_NUMBERS for row in rows):
        return True
    # The page break may leave a single row, or the header alone.
    is_header = any(
        len(row.parts) > 1
        and _MARKS.search(row.line.text) is None
        and (len(row.parts) > 2 or not _SIGNED.search(row.line.text))  # noqa: PLR2004 (agency and date)
        for row in rows
    )
    return is_rest and bool(numbered or single or is_header)
