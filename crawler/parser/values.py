"""Which printed value belongs to which column of a row.

Numbers are taken in the order they are printed, after the row's label; a header's place proves
nothing in text dumps. Where the count does not fit, nothing is shifted: either the gaps can be shown
to be blanks of known columns, or the row is left out with a doubt.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.model import CellPlace
from crawler.parser.numbers import UNITS, is_number_like, plain_count, read_number
from storage.report import Doubt, DoubtKind, Fact, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.model import TableCell
    from storage.forms import Line
    from storage.report import Cell


@dataclass(frozen=True, slots=True)
class PlacedValues:
    """A Fact or None (nothing that can be placed) for each column of the row.

    `columns` are the grid columns the values stood in, known only when every value was placed by
    order. `fits` False: the printed count differs from the form's; `all_zero`: and all are 0.
    `sources` are the cells that the facts were read from, one for each; empty where that is not known.
    """

    facts: tuple[Fact | None, ...]
    columns: tuple[int, ...]
    fits: bool
    found: int
    all_zero: bool = False
    sources: tuple[TableCell, ...] = ()


class Origin(NamedTuple):
    """The printed cell that an uncertain number stands in, and how sure its recognition was (0 to 1).

    `is_aligned`: its table has no ruling lines.
    """

    place: CellPlace
    confidence: float
    is_aligned: bool = False


def origin(table: str, cell: TableCell, *, is_aligned: bool = False) -> Origin:
    """Where that cell of the table at `table` stands."""
    return Origin(CellPlace(table, cell.row, cell.column), cell.confidence, is_aligned)


class Padding(StrEnum):
    """Where the rows of a table have empty cells that stand for no column."""

    BEFORE = "before"
    BEHIND = "behind"
    UNCERTAIN = "uncertain"


def padding(cells: Sequence[TableCell], expected: int) -> Padding | None:
    """Where the surplus cells of a row can only be: None where either side will do, UNCERTAIN where neither does."""
    if len(cells) <= expected:
        return None
    behind = all(_is_blank(cell) for cell in cells[expected:])
    before = all(_is_blank(cell) for cell in cells[: len(cells) - expected])
    if behind and before:
        return None
    if behind:
        return Padding.BEHIND
    return Padding.BEFORE if before else Padding.UNCERTAIN


def place_values(
    cells: Sequence[TableCell],
    lines: Sequence[Line],
    known: tuple[int, ...],
    padded: Padding | None = Padding.BEHIND,
) -> PlacedValues:
    """The values of one row.

    `known` are the columns of the last row that fitted, empty for none or where columns prove nothing.
    `padded` says on which side the other rows of the table have empty cells to spare, None where there are none.
    """
    expected = len(lines)
    cells = _without_words(cells, expected)
    if len(cells) == expected:
        has_merged = len({cell.column_span for cell in cells}) > 1
        is_shifted = has_merged and bool(known) and not _cover(cells, known)
        return _merged(cells, lines) if is_shifted else _in_order(cells, lines)
    printed = [cell for cell in cells if cell.text.strip()]
    if len(printed) == expected:
        return _in_order(printed, lines)
    if not printed and cells:
        blank = Fact(None, "", Reading.BLANK)
        return PlacedValues((blank,) * expected, (), fits=True, found=0)
    aligned = _aligned(cells, expected, known, padded)
    if aligned is not None:
        return _in_order(aligned, lines)
    if sum(cell.column_span for cell in cells) == expected:
        return _merged(cells, lines)
    return _not_fitting(printed, lines)


def has_gap(cells: Sequence[TableCell], lines: Sequence[Line]) -> bool:
    """Does the row print some of its values and not all? In a text dump nobody can say which one lacks."""
    printed = len([cell for cell in cells if cell.text.strip()])
    return 0 < printed < len(lines)


def unplaced(cells: Sequence[TableCell], lines: Sequence[Line]) -> PlacedValues:
    """A row of which no number is taken, because none can be placed."""
    return _not_fitting([cell for cell in cells if cell.text.strip()], lines)


def reading_doubts(cell: Cell, fact: Fact, column: Line) -> list[Doubt]:
    """What a reader should know about how a cell became a number; nothing for a plainly printed one."""
    if fact.text.isdigit() and fact.text.isascii():
        return []
    read = read_number(fact.text, is_money=column.is_money, is_signed=column.is_signed)
    if read.note is not None:
        return [Doubt(DoubtKind.NOTE_IN_CELL, cell.path, fact.text, f"格内附有说明“{read.note}”，只取数字{fact.value}")]
    if read.normalised:
        return [Doubt(DoubtKind.NUMBER_NORMALISED, cell.path, fact.text, f"写法不规范，读作{fact.value}")]
    return []


def _in_order(cells: Sequence[TableCell], lines: Sequence[Line]) -> PlacedValues:
    facts = tuple([read_cell(cell.text, line) for cell, line in zip(cells, lines, strict=True)])
    places = tuple([cell.column for cell in cells])
    return PlacedValues(facts, places, fits=True, found=len(cells), sources=tuple(cells))


def read_cell(text: str, line: Line) -> Fact:
    """What stands in a cell of that row or column."""
    plain = None if line.is_money else plain_count(text)
    return plain or read_number(text, is_money=line.is_money, is_signed=line.is_signed).fact


def _without_words(cells: Sequence[TableCell], expected: int) -> Sequence[TableCell]:
    """A row with more cells than columns, without the words before and behind its values (unit, remark)."""
    first, last = 0, len(cells)
    # Other words between label and values name a part of the row («其他事项 | 行政检查 | 0»), and there are more.
    while last - first > expected and cells[first].text.strip("()（）") in UNITS:
        first += 1
    while last - first > expected and not is_number_like(cells[last - 1].text):
        last -= 1
    return cells[first:last]


def _aligned(
    cells: Sequence[TableCell], expected: int, known: tuple[int, ...], padded: Padding | None
) -> Sequence[TableCell] | None:
    """The cells that are values in a row with more cells than columns, where the others are shown to be padding."""
    if len(cells) <= expected:
        return None
    by_column = _by_column(cells, known)
    if by_column is not None:
        return by_column
    if not (_is_blank(cells[0]) or _is_blank(cells[-1])):
        return None
    side = padded if padded is Padding.UNCERTAIN else padding(cells, expected) or padded
    if side is Padding.BEHIND:
        return cells[:expected]
    return cells[-expected:] if side is Padding.BEFORE else None


def _cover(cells: Sequence[TableCell], known: tuple[int, ...]) -> bool:
    """Does each cell cover the known column of its own place in the row? Edges may differ from page to page."""
    return len(cells) == len(known) and all(
        cell.column <= column < cell.column + cell.column_span for cell, column in zip(cells, known, strict=True)
    )


def _by_column(cells: Sequence[TableCell], known: tuple[int, ...]) -> list[TableCell] | None:
    """The cells that stand in the known columns, if every printed value stands in one of them."""
    at = {cell.column: cell for cell in cells}
    if not known or any(cell.text.strip() and cell.column not in known for cell in cells):
        return None
    if any(column not in at for column in known):
        return None
    return [at[column] for column in known]


def _merged(cells: Sequence[TableCell], lines: Sequence[Line]) -> PlacedValues:
    """A cell that spans several columns says a number of none of them: those stay unknown."""
    read = _read_all(cells)
    if all(fact.value == 0 for fact in read):
        return PlacedValues(tuple(_zero(line) for line in lines), (), fits=False, found=len(cells), all_zero=True)
    facts: list[Fact | None] = []
    for cell in cells:
        if cell.column_span == 1 and len(facts) < len(lines):
            line = lines[len(facts)]
            facts.append(read_cell(cell.text, line))
        else:
            facts.extend([None] * cell.column_span)
    fitted = tuple(facts[: len(lines)]) + (None,) * (len(lines) - len(facts))
    return PlacedValues(fitted, (), fits=False, found=len(cells))


def _not_fitting(printed: Sequence[TableCell], lines: Sequence[Line]) -> PlacedValues:
    read = _read_all(printed)
    all_zero = bool(read) and all(fact.value == 0 for fact in read)
    if all_zero and len(printed) > len(lines):
        return PlacedValues(tuple(_zero(line) for line in lines), (), fits=False, found=len(printed), all_zero=True)
    return PlacedValues((None,) * len(lines), (), fits=False, found=len(printed), all_zero=all_zero)


def _read_all(cells: Sequence[TableCell]) -> list[Fact]:
    return [read_number(cell.text, is_money=True, is_signed=True).fact for cell in cells]


def _zero(line: Line) -> Fact:
    return read_number("0", is_money=line.is_money, is_signed=line.is_signed).fact


def _is_blank(cell: TableCell) -> bool:
    return read_number(cell.text, is_money=True, is_signed=True).fact.reading is Reading.BLANK
