"""A text that a spreadsheet wrote out, one row a line with commas between the cells (CSV)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

from crawler.documents.sheet_grid import sheet_blocks, sheet_grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.model import Block

_LONGEST = 2_000_000
"""Characters; a report has ten thousand."""
_MIN_COMMAS = 60
_MIN_ROWS = 10
_MIN_CELLS = 4
_MOST = 0.8
"""Share of the rows that must have one and the same number of cells; sentences have any number of commas."""


def comma_rows(text: str) -> list[list[str]] | None:
    """The cells of each row; None for a text that is no such sheet. Lines end as in Unix."""
    if len(text) > _LONGEST or text.count(",") < _MIN_COMMAS:
        return None
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), strict=True))
    except csv.Error:
        return None
    widths = Counter(len(row) for row in rows if row)
    width, count = max(widths.items(), key=lambda pair: pair[1], default=(0, 0))
    return rows if width >= _MIN_CELLS and count >= max(_MIN_ROWS, _MOST * widths.total()) else None


def comma_blocks(rows: Sequence[Sequence[str]]) -> Iterator[Block]:
    """The blocks of such a sheet: what stands alone in its row is text. Nothing tells of merged cells."""
    texts = {
        (number, column): text.strip()
        for number, row in enumerate(rows)
        for column, text in enumerate(row)
        if text.strip()
    }
    return sheet_blocks(sheet_grid("csv", texts, ()))
