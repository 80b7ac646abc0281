"""Tables without ruling lines, or with flat ones only: by words that stand under one another."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout.alignment import (
    BORDER,
    NUMBER,
    AlignedRow,
    columns_of,
    first_value_column,
    fitting,
    row_of,
    spanned,
    torn,
    without_stray,
)
from crawler.documents.layout.placed import PlacedCell, PlacedTable
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.ink import Word
    from crawler.documents.layout.lines import TextLine
    from crawler.documents.layout.rulings import Line

_LONG = 0.62
"""A line of one part that takes more of the text's width is prose."""
_MAX_TAIL = 8
_MIN_ROWS = 2
_FEW = 6
_SCRAP = 3
_MIN_NUMBERS = 4
_BREAKS_SHARE = 0.6
_STARTS = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十][)）]|[一二三四五六七八九]、|\d{1,2}[.、．](?!\d)|第[一二三四五六七八九十]+条|[（(]本列)"
)
_MARKS = re.compile(r"[。，；：,;:]")
_PROSE = re.compile(r"[。；]")


class Aligned(NamedTuple):
    """The tables found, and the lines that belong to none."""

    tables: list[PlacedTable]
    lines: list[TextLine]


def aligned_tables(
    lines: Sequence[TextLine], breaks: Sequence[Line], size: float, *, follows_table: bool = False
) -> Aligned:
    """The tables that lines of text form by alignment; `breaks` are flat ruling lines that stand alone.

    `follows_table`: the page before ends with such a table, which may go on here with a single row.
    """
    if not any(len(line.words) > 1 for line in lines):
        return Aligned([], list(lines))
    rows = [row_of(line, size) for line in lines]
    width = max(line.right for line in lines) - min(line.left for line in lines)
    tables: list[PlacedTable] = []
    kept: list[TextLine] = []
    position = 0
    while position < len(rows):
        end = _region(rows, position, width)
        is_rest = (follows_table and position == 0) or _is_end(rows, end)
        table = _table(rows[position:end], breaks, size, is_rest=is_rest) if end > position else None
        if table is None:
            kept.append(rows[position].line)
            position += 1
        else:
            tables.append(table)
            position = end
    return Aligned(tables, kept)


def _region(rows: Sequence[AlignedRow], start: int, width: float) -> int:
    """The end of the table that may begin at this row; the start itself where none does."""
    end = start
    if not _may_begin(rows, start, width):
        return start
    for position in range(start, len(rows)):
        row = rows[position]
        if not (_may_belong(row, width) or _heads_numbers(rows, position)):
            break
        if _is_row(row):
            end = position + 1
        elif position - end >= _MAX_TAIL:
            break
    # Labels wrap below the last numbers; what begins anew behind a wide gap is text again.
    while end < len(rows) and end > start and _is_tail(rows, end, width):
        end += 1
    if start < end == len(rows) - 1 and _STARTS.match(rows[end].line.text) and _may_belong(rows[end], width):
        # The caption of a block whose rows stand on the next page.
        end += 1
    return end


def _is_end(rows: Sequence[AlignedRow], end: int) -> bool:
    """Does nothing follow on the page but what is left of a column's head?"""
    return all(len(row.line.text) <= _SCRAP for row in rows[end:])


def _may_begin(rows: Sequence[AlignedRow], start: int, width: float) -> bool:
    row = rows[start]
    if not _may_belong(row, width):
        return False
    if row.is_apart:
        return True
    # A caption over the whole width, or the first line of a header, right before a row.
    is_near = start + 1 < len(rows) and rows[start + 1].is_apart and _may_belong(rows[start + 1], width)
    if not is_near or not row.line.right - row.line.left < _LONG * width / 2:
        return False
    return _STARTS.match(row.line.text) is not None or (
        row.line.left > rows[start + 1].parts[0].right and rows[start + 1].numbers == 0
    )


def _heads_numbers(rows: Sequence[AlignedRow], position: int) -> bool:
    """Are these the heads of narrow columns, with numbers below?"""
    return any(row.numbers >= _MIN_NUMBERS for row in rows[position + 1 : position + 4]) and not _MARKS.search(
        rows[position].line.text
    )


def _may_belong(row: AlignedRow, width: float) -> bool:
    text = row.parts[0].text
    if len(row.parts) == 1 or not row.is_apart:
        if row.line.right - row.line.left > _LONG * width or _PROSE.search(row.line.text):
            return False
        return read_heading(row.line.text) is None or _STARTS.match(text) is None
    return not (len(row.parts) < 4 and _PROSE.search(row.line.text))  # noqa: PLR2004 (prose that was spread)


def _is_row(row: AlignedRow) -> bool:
    if len(row.line.words) == 1:
        return False
    # A label may stand close to its number.
    is_near = row.line.words[-1].left - row.line.words[-2].right > BORDER * (row.line.bottom - row.line.top)
    return row.is_apart or row.numbers > 0 or (is_near and NUMBER.fullmatch(row.line.words[-1].text) is not None)


def _is_tail(rows: Sequence[AlignedRow], position: int, width: float) -> bool:
    row, before = rows[position], rows[position - 1]
    if not _may_belong(row, width) or _STARTS.match(row.line.text) or row.numbers:
        return False
    size = before.line.bottom - before.line.top
    gap = row.line.top - before.line.bottom
    return 0 <= gap + 0.3 * size < 0.9 * size and row.line.right - row.line.left < _LONG * width / 2


def _table(rows: Sequence[AlignedRow], breaks: Sequence[Line], size: float, *, is_rest: bool) -> PlacedTable | None:
    numbered = [row for row in rows if row.numbers and len(row.parts) > 1]
    single = [row for row in rows if row.numbers == 0 and _is_row(row) and not row.is_apart]
    if len(numbered) + len(single) < _MIN_ROWS and not any(row.numbers >= _MIN_NUMBERS for row in rows):
        # The page break may leave a single row, or the header alone.
        is_header = any(len(row.parts) > 2 and _MARKS.search(row.line.text) is None for row in rows)  # noqa: PLR2004
        if not is_rest or not (numbered or single or is_header):
            return None
    columns = columns_of(rows)
    rows = [torn(row, columns, size) for row in rows]
    columns = columns_of(rows)
    values = first_value_column(rows, columns)
    if len(rows) > _FEW:
        columns, values = without_stray(rows, columns, values)
    if len(columns) < 2 or values >= len(columns):  # noqa: PLR2004 (labels and numbers)
        return None
    groups = _rows_of(rows, columns, values, breaks, size)
    edges = [columns[0][0] - size, *[(a[1] + b[0]) / 2 for a, b in pairwise(columns)]]
    edges.append(columns[-1][1] + size)
    cells: list[PlacedCell] = []
    for number, group in enumerate(groups):
        cells += _cells(group, number, columns, values, edges)
    top, bottom = rows[0].line.top, max(row.line.bottom for row in rows)
    return PlacedTable(edges[0], top, edges[-1], bottom, cells, edges, size, is_aligned=True)


class _Group(NamedTuple):
    """Lines of one row of the table."""

    rows: list[AlignedRow]
    is_header: bool


def _rows_of(
    rows: Sequence[AlignedRow],
    columns: Sequence[tuple[float, float]],
    values: int,
    breaks: Sequence[Line],
    size: float,
) -> list[_Group]:
    """The rows of a table: each begins with its label's numeral, with numbers, or below a line."""
    lines = sorted(line.at for line in breaks if rows[0].line.top < line.at < rows[-1].line.bottom)
    is_banded = len(lines) >= _BREAKS_SHARE * sum(row.numbers > 0 for row in rows)
    groups: list[_Group] = []
    has_numbers = False
    for row in rows:
        heads = [part for part in row.parts if not part.is_number and spanned(part, columns)[1] >= values]
        labels = [part for part in row.parts if not part.is_number and spanned(part, columns)[1] < values]
        is_header = bool(heads) and not row.numbers
        before = groups[-1].rows[-1].line if groups else None
        crossed = before is not None and any(
            before.bottom - 0.3 * size < at < row.line.top + 0.3 * size for at in lines
        )
        starts = any(_STARTS.match(part.text) for part in labels[-1:])
        wraps = (
            bool(groups)
            and not labels
            and row.numbers > 0
            and before is not None
            and (row.line.top - before.bottom < 0.6 * size)
        )
        if not groups or is_header != groups[-1].is_header:
            is_new = True
        elif is_banded:
            is_new = crossed
        elif is_header:
            is_new = crossed or (before is not None and row.line.top - before.bottom > 0.8 * size)
        else:
            is_new = crossed or starts or (row.numbers > 0 and has_numbers and not wraps)
        if is_new:
            groups.append(_Group([row], is_header))
            has_numbers = row.numbers > 0
        else:
            groups[-1].rows.append(row)
            has_numbers = has_numbers or row.numbers > 0
    return groups


def _cells(
    group: _Group, number: int, columns: Sequence[tuple[float, float]], values: int, edges: Sequence[float]
) -> list[PlacedCell]:
    held: dict[tuple[int, int], list[Word]] = {}
    for row in group.rows:
        for part in row.parts:
            span = spanned(part, columns)
            if part.is_number and span[0] != span[1]:
                # An amount wider than its column: it begins or ends there, and reaches over others' places.
                span = fitting(part, span, columns)
            held.setdefault(span, []).extend(part.words)
    taken: set[int] = set()
    spans: dict[tuple[int, int], list[Word]] = {}
    for (first, last), words in sorted(held.items(), key=lambda item: item[0][1] - item[0][0], reverse=True):
        # A label over two columns and another line of it over one of them are one cell.
        whole = next((span for span in spans if span[0] <= first and last <= span[1]), None)
        if whole is not None:
            spans[whole] += words
        elif taken.isdisjoint(range(first, last + 1)):
            spans[first, last] = list(words)
            taken.update(range(first, last + 1))
        else:
            nearest = next(span for span in spans if span[0] <= last and first <= span[1])
            spans[nearest] += words
    if not group.is_header:
        _widen_label(spans, values, taken)
    spans.update({(column, column): [] for column in range(len(columns)) if column not in taken})
    return [
        PlacedCell(number, first, 1, last - first + 1, words, edges[last + 1] - edges[first])
        for (first, last), words in sorted(spans.items())
    ]


def _widen_label(spans: dict[tuple[int, int], list[Word]], values: int, taken: set[int]) -> None:
    """The last label of a row reaches to its numbers: an empty place before them is no blank number."""
    labels = [span for span in spans if span[0] < values]
    if not labels:
        return
    first, last = max(labels)
    if last < values - 1:
        spans[first, values - 1] = spans.pop((first, last))
        taken.update(range(first, values))
