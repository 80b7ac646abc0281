"""A report's table laid out as the form prints it, with the findings at the cells they name.

Pure: a form's table, the facts and the findings go in, a grid of cells with spans comes out. What the grid
looks like follows from the form's own data: groups become cells that span their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.checks.wording import figure
from storage.forms.common import APPLICANT_HEADER, ITEM_HEADER, LITIGATION_HEADER, ORGANISATION_HEADER
from storage.records import Severity
from storage.report import Cell, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from storage.forms import Block, FormTable, Group, Line
    from storage.records import Finding
    from storage.report import Fact

_FULL_WIDTH = str.maketrans("(),", "（），")
_RANK = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """One cell of the printed table. `severity` tints it; `notes` are the numbers of the findings that
    name it; `printed` is what the report has where that is not simply `text`."""

    text: str
    is_header: bool = False
    columns: int = 1
    rows: int = 1
    severity: str = ""
    notes: tuple[int, ...] = ()
    is_blank: bool = False
    printed: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """One table: its title, its rows, the notes that name the whole of it. `rows` is empty where the report
    has no such table."""

    key: str
    title: str
    rows: tuple[tuple[PrintedCell, ...], ...]
    notes: tuple[int, ...] = ()


class Marks:
    """Where findings stand: path → the worst severity and the numbers of the findings that name it.

    Findings count from 1 in the order given. A sum that does not hold bears its number where it begins and at
    its total; the cells between are tinted as part of it.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._named: dict[str, Severity] = {}
        self._summed: dict[str, Severity] = {}
        self._notes: dict[str, list[int]] = {}
        for number, finding in enumerate(findings, start=1):
            operands = list(finding.evidence.get("operands") or ())
            cells = list(finding.evidence.get("cells") or ())
            for path in operands:
                _worsen(self._summed, path, finding.severity)
            for path in dict.fromkeys((finding.where, *operands[-1:], *cells)):
                _worsen(self._named, path, finding.severity)
                self._notes.setdefault(path, []).append(number)

    def notes(self, path: str) -> tuple[int, ...]:
        """The numbers of the findings at that place."""
        return tuple(self._notes.get(path, ()))

    def severity(self, *paths: str) -> str:
        """The worst severity of the first of these places that is named, with `-sum` for a part of a sum that
        does not hold; empty for none."""
        for path in paths:
            if path in self._named:
                return self._named[path].value
        return next((f"{self._summed[path].value}-sum" for path in paths if path in self._summed), "")


def _worsen(severities: dict[str, Severity], path: str, severity: Severity) -> None:
    worst = severities.get(path)
    if worst is None or _RANK.index(severity) < _RANK.index(worst):
        severities[path] = severity


def full_width(label: str) -> str:
    """A label as Chinese text prints it; the forms keep labels in half width."""
    return label.translate(_FULL_WIDTH)


def printed_table(table: FormTable, facts: Mapping[Cell, Fact], marks: Marks, *, is_present: bool) -> PrintedTable:
    """The table as the form prints it, filled with the facts."""
    rows: tuple[tuple[PrintedCell, ...], ...] = ()
    if is_present:
        layout = _flat if table.is_flat else _grouped if table.groups else _blocks
        rows = tuple(layout(table, facts, marks))
    return PrintedTable(table.key, table.title, rows, marks.notes(table.key))


def _value(cell: Cell, facts: Mapping[Cell, Fact], marks: Marks) -> PrintedCell:
    fact = facts.get(cell)
    severity = marks.severity(cell.path, f"{cell.table}/{cell.row}")
    notes = marks.notes(cell.path)
    if fact is None:
        return PrintedCell("", severity=severity, notes=notes, printed=_ABSENT, path=cell.path)
    text = figure(fact.value) if fact.value is not None else fact.text.strip()
    printed = fact.text.strip() if fact.text.strip() != text else ""
    return PrintedCell(
        text,
        severity=severity,
        notes=notes,
        is_blank=fact.reading is Reading.BLANK,
        printed=printed,
        path=cell.path,
    )


def _label(table: FormTable, row: Line, marks: Marks, *, columns: int = 1) -> PrintedCell:
    path = f"{table.key}/{row.key}"
    return PrintedCell(
        full_width(row.label),
        is_header=True,
        columns=columns,
        severity=marks.severity(path),
        notes=marks.notes(path),
        path=path,
    )


def _values(
    table: FormTable, row: str, columns: Sequence[Line], facts: Mapping[Cell, Fact], marks: Marks
) -> Iterator[PrintedCell]:
    return (_value(Cell(table.key, row, column.key), facts, marks) for column in columns)


def _head(text: str, *, columns: int = 1, rows: int = 1) -> PrintedCell:
    return PrintedCell(full_width(text), is_header=True, columns=columns, rows=rows)


def _blocks(table: FormTable, facts: Mapping[Cell, Fact], marks: Marks) -> Iterator[tuple[PrintedCell, ...]]:
    """Blocks under each other, each with columns of its own that share the width of the table."""
    width = max(len(block.columns) for block in table.blocks)
    for block in table.blocks:
        spans = _spans(block, width)
        yield (_head(block.label, columns=width + 1),)
        yield (
            _head(ITEM_HEADER),
            *(_head(column.label, columns=span) for column, span in zip(block.columns, spans, strict=True)),
        )
        for row in block.rows:
            values = _values(table, row.key, block.columns, facts, marks)
            yield (
                _label(table, row, marks),
                *(_spanning(value, span) for value, span in zip(values, spans, strict=True)),
            )


def _spans(block: Block, width: int) -> list[int]:
    """How many of `width` columns each column of the block takes: all alike, the last what is left."""
    count = len(block.columns)
    return [width // count] * (count - 1) + [width - width // count * (count - 1)]


def _spanning(cell: PrintedCell, columns: int) -> PrintedCell:
    return PrintedCell(
        cell.text,
        columns=columns,
        severity=cell.severity,
        notes=cell.notes,
        is_blank=cell.is_blank,
        printed=cell.printed,
        path=cell.path,
    )


def _grouped(table: FormTable, facts: Mapping[Cell, Fact], marks: Marks) -> Iterator[tuple[PrintedCell, ...]]:
    """One block whose rows stand under groups, and groups under groups, as their ranges contain each other."""
    (block,) = table.blocks
    ranges = _ranges(table)
    depth = 1 + max(_level(group, ranges) for group in table.groups) + 1
    yield from _applicant_header(table, block, depth)
    for position, row in enumerate(block.rows):
        level = 0
        cells = []
        for group in sorted(table.groups, key=lambda group: _level(group, ranges)):
            if position in ranges[group.key]:
                level += 1
                if position == ranges[group.key].start:
                    cells.append(_head(group.label, rows=len(ranges[group.key])))
        yield (
            *cells,
            _label(table, row, marks, columns=depth - level),
            *_values(table, row.key, block.columns, facts, marks),
        )


def _applicant_header(table: FormTable, block: Block, depth: int) -> Iterator[tuple[PrintedCell, ...]]:
    """Three header rows: applicants, then natural persons beside organisations, then the organisations."""
    first, *organisations, last = block.columns
    yield (_head(table.corner, columns=depth, rows=3), _head(APPLICANT_HEADER, columns=len(block.columns)))
    yield (
        _head(first.label, rows=2),
        _head(ORGANISATION_HEADER, columns=len(organisations)),
        _head(last.label, rows=2),
    )
    yield tuple(_head(column.label) for column in organisations)


def _ranges(table: FormTable) -> dict[str, range]:
    """Group → the rows from its first to its last, also those of groups in between."""
    positions: dict[str, list[int]] = {group.key: [] for group in table.groups}
    for position, row in enumerate(table.rows):
        if row.group:
            positions[row.group].append(position)
    return {key: range(min(found), max(found) + 1) for key, found in positions.items()}


def _level(group: Group, ranges: Mapping[str, range]) -> int:
    """How many other groups contain the group."""
    own = ranges[group.key]
    return sum(other.start <= own.start and own.stop <= other.stop for other in ranges.values()) - 1


def _flat(table: FormTable, facts: Mapping[Cell, Fact], marks: Marks) -> Iterator[tuple[PrintedCell, ...]]:
    """All numbers in one row: reviews beside the two groups of litigation."""
    (block,) = table.blocks
    review, *suits = block.rows
    width = len(block.columns)
    yield (
        PrintedCell(
            full_width(review.label),
            is_header=True,
            columns=width,
            rows=2,
            notes=marks.notes(f"{table.key}/{review.key}"),
        ),
        _head(LITIGATION_HEADER, columns=width * len(suits)),
    )
    yield tuple(_label(table, suit, marks, columns=width) for suit in suits)
    yield tuple(_head(column.label) for _ in block.rows for column in block.columns)
    yield tuple(value for row in block.rows for value in _values(table, row.key, block.columns, facts, marks))
