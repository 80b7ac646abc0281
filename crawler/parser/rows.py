"""The rows of every table of a document, sorted by what they can be, before any form is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from crawler.parser.labels import (
    CORNER,
    FORM_LABELS,
    HEADER_WORDS,
    REVIEW_HEADERS,
    ROW_LABELS,
    cell_label,
    review_group,
)
from crawler.parser.numbers import is_number_like
from storage.forms import FORMS, Label, form_for_year

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.documents.model import Table, TableCell


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One row: its printed cells, their labels (empty for values), and the table it stands in.

    `header_words` counts cells that are column headers, `review_words` those of table 4.
    `is_recognised`: some text of its table was recognised from a picture; `is_aligned`: no lines rule it.
    """

    cells: tuple[TableCell, ...]
    labels: tuple[Label, ...]
    table: int
    is_grid: bool
    keeps_blanks: bool
    place: str
    header_words: int
    review_words: int
    is_recognised: bool = False
    is_aligned: bool = False

    @property
    def is_traced(self) -> bool:
        """Must it be known of its numbers where they stand, because they are less than certain?"""
        return self.is_recognised or self.is_aligned

    @property
    def text(self) -> str:
        """The whole row as one line, for doubts."""
        return " | ".join(cell.text.replace("\n", "") for cell in self.cells)


_LONGEST_LABEL = 2000
_MIN_GROUPS = 2


class Markers(NamedTuple):
    """The labels in the tables that only one form has."""

    of_2019: tuple[str, ...]
    of_2021: tuple[str, ...]


@lru_cache(maxsize=8192)
def _label_or_value(text: str) -> Label:
    """The label of a cell, empty for a value. A numeral alone («8.») is what a page break may leave of a label."""
    if len(text) > _LONGEST_LABEL:
        return Label("")
    return Label("") if is_number_like(text) else cell_label(text) or Label(text)


def printed_rows(tables: Sequence[Table]) -> list[PrintedRow]:
    """Every row of the tables, in order; a table broken over pages is simply rows that follow."""
    rows: list[PrintedRow] = []
    for number, table in enumerate(tables):
        is_recognised = any(cell.confidence < 1 for cells in table.rows for cell in cells)
        for cells in _with_lowered_labels(table):
            labels = tuple([_label_or_value(cell.text) for cell in cells])
            headers = len([name for name in labels if name in HEADER_WORDS])
            reviews = len([name for name in labels if name in REVIEW_HEADERS or review_group(name) is not None])
            rows.append(
                PrintedRow(
                    cells,
                    labels,
                    number,
                    table.is_grid,
                    table.keeps_blanks,
                    table.place,
                    headers,
                    reviews,
                    is_recognised,
                    table.is_aligned,
                )
            )
    return rows


def _with_lowered_labels(table: Table) -> Iterable[tuple[TableCell, ...]]:
    """The rows of a table, with a label that stands only beside the lower half of its numbers in their row.

    A browser that breaks a table over pages draws the border of a group a little too high.
    """
    if not table.is_grid:
        return table.rows
    rows: list[tuple[TableCell, ...]] = []
    for cells in table.rows:
        above = rows[-1] if rows else ()
        values = [cell for cell in above if cell.text]
        if (
            len(values) > 1
            and all(cell.row_span > 1 and is_number_like(cell.text) for cell in values)
            and any(cell.text for cell in cells)
            and not any(cell.text and is_number_like(cell.text) for cell in cells)
        ):
            rows[-1] = tuple(sorted((*cells, *(cell for cell in above if cell.row_span > 1)), key=lambda cell: cell[1]))
        else:
            rows.append(cells)
    return rows


def markers(rows: Iterable[PrintedRow]) -> Markers:
    """Which labels of only one form the tables print."""
    printed = {name for row in rows for name in row.labels if name}
    found = {
        key: tuple(text for text, marker in labels.markers if any(marker in name for name in printed))
        for key, labels in FORM_LABELS.items()
    }
    return Markers(found["2019"], found["2021"])


def fitting_form(rows: Iterable[PrintedRow], found: Markers, report_year: int | None) -> str | None:
    """The form whose labels cover the tables best; the year only breaks ties. None: no table of a form."""
    printed = {name for row in rows for name in row.labels if name}
    if (
        printed.isdisjoint(ROW_LABELS)
        and CORNER not in printed
        and len({line.key for name in printed if (line := review_group(name)) is not None}) < _MIN_GROUPS
    ):
        return None
    own = {"2019": found.of_2019, "2021": found.of_2021}
    scores = {
        key: len({labels.rows[name].line.key for name in printed if name in labels.rows}) + 2 * len(own[key])
        for key, labels in FORM_LABELS.items()
    }
    best = max(scores.values())
    tied = [key for key, score in scores.items() if score == best]
    expected = form_for_year(report_year) if report_year is not None else None
    if expected is not None and expected.key in tied:
        return expected.key
    return tied[-1] if len(tied) < len(FORMS) else "2021"
