"""The cells of one sheet to paragraphs and tables: a sheet has no text between its tables, only rows that hold it."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.model import Paragraph, Table, TableCell
from crawler.titles import read_title
from storage.errors import UnreadableError
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crawler.documents.model import Block

MAX_ROWS = 5000
"""Of one table; the longest of the form has 30."""
MAX_COLUMNS = 400
MAX_AREA = 1_000_000
"""Places that the merged areas of one sheet may cover."""
_LONGEST_LABEL = 60
_LONGEST_TITLE = 60
_STOPS = frozenset("。；：;:！？")
_MIN_CELLS = 2


class Span(NamedTuple):
    """A merged area: its upper left place, and how many rows and columns it covers."""

    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(frozen=True, slots=True)
class SheetGrid:
    """One sheet: the text at every place where something is printed, and the merged areas. All count from 0."""

    name: str
    texts: Mapping[tuple[int, int], str]
    spans: tuple[Span, ...] = ()


class _Line(NamedTuple):
    """A row with what is printed in it: the cells that begin there, and those from above that reach into it.

    `covered` are the columns that these take. `blanks` are merged areas without text that begin there.
    """

    row: int
    cells: tuple[TableCell, ...]
    above: frozenset[Span]
    covered: frozenset[int]
    blanks: tuple[TableCell, ...]

    @property
    def is_alone(self) -> bool:
        """Does one cell stand for the whole row?"""
        return len(self.cells) + len(self.above) < _MIN_CELLS

    @property
    def right(self) -> int:
        """The first column behind everything printed."""
        ends = [cell.column + cell.column_span for cell in self.cells]
        return max([*ends, *(span.column + span.column_span for span in self.above)])

    @property
    def left(self) -> int:
        """The first column in which something is printed."""
        return min([*(cell.column for cell in self.cells), *(span.column for span in self.above)])


def sheet_grid(
    name: str,
    texts: Mapping[tuple[int, int], str],
    spans: Iterable[Span],
    *,
    hidden_rows: Collection[int] = (),
    hidden_columns: Collection[int] = (),
) -> SheetGrid:
    """The sheet as it is seen: without what is hidden or lies under a merged area's first cell.

    Hidden rows and columns do not count in the places of the others. A merged area keeps its text where
    any of it is seen. Areas beyond any table's size are cut.
    """
    seen = dict(texts)
    kept = []
    area = 0
    for span in spans:
        rows = [row for row in range(span.row, span.row + min(span.row_span, MAX_ROWS)) if row not in hidden_rows]
        last = span.column + min(span.column_span, MAX_COLUMNS)
        columns = [column for column in range(span.column, last) if column not in hidden_columns]
        text = seen.pop((span.row, span.column), None)
        area += min(span.row_span, MAX_ROWS) * min(span.column_span, MAX_COLUMNS)
        if area > MAX_AREA:
            raise UnreadableError("too_large", f"the merged areas of sheet {name} cover more than {MAX_AREA} places")
        if not rows or not columns:
            continue
        for place in product(rows, columns):
            seen.pop(place, None)
        if text is not None:
            seen[rows[0], columns[0]] = text
        kept.append(Span(rows[0], columns[0], len(rows), len(columns)))
    if not hidden_rows and not hidden_columns:
        return SheetGrid(name, seen, tuple(kept))
    up, left = sorted(hidden_rows), sorted(hidden_columns)
    return SheetGrid(
        name,
        {
            (row - bisect(up, row), column - bisect(left, column)): text
            for (row, column), text in seen.items()
            if row not in hidden_rows and column not in hidden_columns
        },
        tuple(
            span._replace(row=span.row - bisect(up, span.row), column=span.column - bisect(left, span.column))
            for span in kept
        ),
    )


def sheet_blocks(sheet: SheetGrid) -> Iterator[Block]:
    """The blocks of a sheet from top to bottom.

    A row with one printed cell is a paragraph where it heads a section, says a sentence or a title, or
    has no table around it; inside a table it is a row like «第二十条第（一）项», and last in one it is a
    row of blanks.
    """
    number = 0
    for chunk in _joined(_chunks(_lines(sheet))):
        kinds = _in_table(chunk)
        rows: list[_Line] = []
        for line, is_row in zip(chunk, kinds, strict=True):
            if is_row:
                rows.append(line)
                continue
            if rows:
                number += 1
                yield _table(rows, sheet.name, number)
                rows = []
            yield from _paragraphs(line, sheet.name)
        if rows:
            number += 1
            yield _table(rows, sheet.name, number)


def _lines(sheet: SheetGrid) -> list[_Line]:
    """The rows in which something is printed, from top to bottom."""
    spans = {(span.row, span.column): span for span in sheet.spans}
    cells: dict[int, list[TableCell]] = {}
    for (row, column), text in sheet.texts.items():
        if column < MAX_COLUMNS:
            span = spans.get((row, column), Span(row, column, 1, 1))
            cells.setdefault(row, []).append(TableCell(row, column, text, span.row_span, span.column_span))
    above: dict[int, set[Span]] = {}
    covered: dict[int, set[int]] = {}
    blanks: dict[int, list[TableCell]] = {}
    for span in sheet.spans:
        is_blank = (span.row, span.column) not in sheet.texts
        if is_blank:
            blanks.setdefault(span.row, []).append(TableCell(span.row, span.column, "", *span[2:]))
        for row in range(span.row + 1, span.row + span.row_span):
            covered.setdefault(row, set()).update(range(span.column, span.column + span.column_span))
            if not is_blank:
                above.setdefault(row, set()).add(span)
    return [
        _Line(
            row,
            tuple(sorted(cells.get(row, ()))),
            frozenset(above.get(row, ())),
            frozenset(covered.get(row, ())),
            tuple(blanks.get(row, ())),
        )
        for row in sorted(cells.keys() | above.keys())
    ]


def _chunks(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Runs of rows without an empty one between."""
    chunk: list[_Line] = []
    for line in lines:
        if chunk and line.row != chunk[-1].row + 1:
            yield chunk
            chunk = []
        chunk.append(line)
    if chunk:
        yield chunk


def _joined(chunks: Iterator[list[_Line]]) -> Iterator[list[_Line]]:
    """The runs, two of them as one where empty rows only part a table: both are rows of it, of one width."""
    held: list[_Line] = []
    for chunk in chunks:
        if held and not (_is_table_row(held[-1]) and _is_table_row(chunk[0]) and _width(held) == _width(chunk)):
            yield held
            held = []
        held = [*held, *chunk]
    if held:
        yield held


def _is_table_row(line: _Line) -> bool:
    return not line.is_alone


def _width(chunk: Sequence[_Line]) -> tuple[int, int]:
    """From which to which column the table rows of a run reach."""
    rows = [line for line in chunk if _is_table_row(line)]
    return min(line.left for line in rows), max(line.right for line in rows)


def _in_table(chunk: Sequence[_Line]) -> list[bool]:
    """For every row, whether it is a table's. A lone cell belongs to the table that goes on below or ends there."""
    kinds = [_is_table_row(line) for line in chunk]
    # From below: a lone label above a table's row is a row of that table.
    for at in range(len(chunk) - 2, -1, -1):
        if kinds[at + 1] and not kinds[at] and _may_be_row(chunk[at]):
            kinds[at] = True
    # From above: a label with blanks behind it is the row of a table that nobody filled in.
    width = 0
    for at, line in enumerate(chunk):
        if not kinds[at] and at and kinds[at - 1] and _may_be_row(line) and line.right < width:
            kinds[at] = True
        width = max(width, line.right) if kinds[at] else 0
    return kinds


def _may_be_row(line: _Line) -> bool:
    if not line.cells:
        return True
    text = line.cells[0].text
    return (
        len(text) <= _LONGEST_LABEL
        and _STOPS.isdisjoint(text.rstrip("：:"))
        and read_heading(text) is None
        and not (len(text) <= _LONGEST_TITLE and read_title(text).is_report)
    )


def _paragraphs(line: _Line, sheet: str) -> Iterator[Paragraph]:
    for cell in line.cells:
        for text in cell.text.split("\n"):
            if text.strip():
                yield Paragraph(text.strip(), f"sheet {sheet} row {line.row + 1}")


def _table(lines: Sequence[_Line], sheet: str, number: int) -> Table:
    """The rows as a grid: a place that nothing covers is a blank cell, as far as the table reaches."""
    left = min(line.left for line in lines)
    right = min(max(line.right for line in lines), MAX_COLUMNS)
    rows = []
    for line in lines[:MAX_ROWS]:
        own = {cell.column: cell for cell in (*line.blanks, *line.cells)}
        taken = set(line.covered)
        for cell in own.values():
            taken.update(range(cell.column, cell.column + cell.column_span))
        row = tuple(
            own[column] if column in own else TableCell(line.row, column, "")
            for column in range(left, right)
            if column in own or column not in taken
        )
        if row:
            rows.append(row)
    return Table(tuple(rows), f"sheet {sheet} table {number}")
