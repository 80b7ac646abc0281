"""Rows of a scan whose label could not be read: known by the rows above and below, and doubted as a whole.

A seal over a label, or print too small to read, loses nothing of the numbers beside it. Where exactly as many rows
stand between two that are known as the form has there, they are those rows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.parser.numbers import is_number_like
from storage.forms import label
from storage.report import Doubt, DoubtKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.parser.labels import FormLabels, FoundRow
    from crawler.parser.rows import PrintedRow

WHY = "图片中这一行的项目名称未能识别，按前后行确定，请核对原件"


class Recovered(NamedTuple):
    """All rows, some with another label, and a doubt for each of these."""

    rows: list[PrintedRow]
    doubts: list[Doubt]


def with_recovered_labels(rows: Sequence[PrintedRow], labels: FormLabels) -> Recovered:
    """The rows, those of scans labelled by their place where their own label is none of the form's."""
    order = [
        found
        for table in labels.form.tables
        if not table.is_flat
        for line in table.rows
        if (found := labels.row(label(line.label))) is not None
    ]
    number_of = {(found.table.key, found.line.key): number for number, found in enumerate(order)}
    renewed: list[PrintedRow] = list(rows)
    doubts: list[Doubt] = []
    unknown: list[int] = []
    before = -1

    def recover(missing: Sequence[FoundRow]) -> None:
        if len(missing) != len(unknown):
            return
        for at, one in zip(unknown, missing, strict=True):
            relabelled = _as(rows[at], one)
            if relabelled is not None:
                renewed[at] = relabelled
                doubts.append(Doubt(DoubtKind.CELL_UNSURE, f"{one.table.key}/{one.line.key}", rows[at].text, WHY))

    for place, row in enumerate(rows):
        found = _found(row, labels)
        if found is not None:
            number = number_of[found.table.key, found.line.key]
            recover(order[before + 1 : number])
            unknown, before = [], number
        elif _has_values(row):
            unknown.append(place)
    if before >= 0:
        # The last rows of a table have none below them.
        recover([one for one in order[before + 1 :] if one.table is order[before].table])
    return Recovered(renewed, doubts)


def _found(row: PrintedRow, labels: FormLabels) -> FoundRow | None:
    if row.header_words or row.review_words:
        return None
    names = [name for name in reversed(row.labels) if name]
    exact = next((found for name in names if (found := labels.row(name)) is not None), None)
    return exact or next((found for name in names if (found := labels.similar_row(name)) is not None), None)


def _has_values(row: PrintedRow) -> bool:
    """Is this a row of numbers in a scan, and no header and none of table 4?"""
    is_plain = row.is_recognised and row.is_grid and not row.header_words and not row.review_words
    return is_plain and any(row.labels) and any(cell.text and is_number_like(cell.text) for cell in row.cells)


def _as(row: PrintedRow, found: FoundRow) -> PrintedRow | None:
    """The row under that label, None where it has other cells than that row of the form."""
    at = len(row.cells) - len(found.columns) - 1
    values = row.cells[at + 1 :]
    if at < 0 or any(row.labels[at + 1 :]) or 2 * len(list(_numbers(row, at))) < len(values):
        return None
    cells = list(row.cells)
    names = [*row.labels]
    cells[at], names[at] = cells[at]._replace(text=found.line.label), label(found.line.label)
    return replace(row, cells=tuple(cells), labels=tuple(names))


def _numbers(row: PrintedRow, at: int) -> Iterator[str]:
    return (cell.text for cell in row.cells[at + 1 :] if cell.text.strip() and is_number_like(cell.text))
