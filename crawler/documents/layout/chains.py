"""Tables without ruling lines over the pages they run on: their lines as one, under the columns of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.documents.layout.aligned import aligned_table
from crawler.documents.layout.alignment import AlignedRow, row_of
from crawler.documents.layout.lines import line_of
from crawler.documents.layout.placed import NEXT_PAGE
from crawler.documents.layout.regions import Regions, Zone, regions_of, zone_of
from crawler.documents.layout.repeats import REPEATED_ROWS, repeated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.ink import InkPage, Word
    from crawler.documents.layout.lines import TextLine
    from crawler.documents.layout.placed import PlacedTable
    from crawler.documents.layout.rulings import Line


@dataclass
class Chain:
    """The lines of a table and the pages they stand on, counted from 0, from the first to the last."""

    first: int
    last: int
    size: float
    rows: list[AlignedRow]
    breaks: list[float]
    own: list[tuple[int, list[TextLine]]]
    table: PlacedTable | None = None

    def add(self, page: int, rows: Sequence[AlignedRow], breaks: Sequence[Line]) -> None:
        """Puts the lines of the next page below, without the head that is printed there anew."""
        self.own.append((page, [row.line for row in rows]))
        down = (page - self.first) * NEXT_PAGE
        gone = repeated(_head(self.rows), [word for row in rows for word in row.line.words], self.size)
        for row in rows:
            words = [word for word in row.line.words if word not in gone]
            if words:
                self.rows.append(row_of(_moved(words, down), self.size))
        self.breaks += [line.at + down for line in breaks]
        self.last = page


def _head(rows: Sequence[AlignedRow]) -> list[Sequence[Word]]:
    """The words of the lines above the first number, and of some below."""
    first = next((number for number, row in enumerate(rows) if row.numbers), len(rows))
    return [row.line.words for row in rows[: first + REPEATED_ROWS]]


def _moved(words: Sequence[Word], down: float) -> TextLine:
    return line_of([word._replace(top=word.top + down, bottom=word.bottom + down) for word in words])


def chains_of(
    pages: Sequence[InkPage],
    lines: Sequence[Sequence[TextLine]],
    breaks: Sequence[Sequence[Line]],
    sizes: Sequence[float],
    floors: Sequence[float],
) -> tuple[list[Chain], list[list[TextLine]]]:
    """The tables that lines of text form by alignment, and each page's lines that belong to none.

    `breaks` are flat ruling lines that stand alone; `floors` the y down to which other tables reach on a page.
    """
    chains: list[Chain] = []
    kept: list[list[TextLine]] = []
    before: Chain | None = None
    for number, (page, text, size) in enumerate(zip(pages, lines, sizes, strict=True)):
        labels: Zone | None = None
        width = _width(text)
        if before is not None and pages[before.last].number + 1 == page.number:
            labels = zone_of(before.rows, before.size)
            width = max(width, _width([row.line for row in before.rows]))
        found: Regions = regions_of(text, size, width, labels)
        kept.append(found.lines)
        latest = None
        for region in found.regions:
            rows = region.rows
            if region.is_rest and before is not None:
                before.add(number, rows, breaks[number])
                latest = before
                continue
            own = [(number, [row.line for row in rows])]
            latest = Chain(number, number, size, list(rows), [line.at for line in breaks[number]], own)
            chains.append(latest)
        end = max([*(line.bottom for line in found.lines), floors[number]], default=0.0)
        is_last = bool(found.regions) and found.regions[-1].rows[-1].line.bottom > end
        before = latest if is_last else None
    done = []
    for chain in chains:
        chain.table = aligned_table(chain.rows, chain.breaks, chain.size)
        if chain.table is not None:
            bottom = max(line.bottom for line in chain.own[0][1])
            chain.table = chain.table._replace(bottom=bottom)
            done.append(chain)
            continue
        for number, own_lines in chain.own:
            kept[number] = sorted([*kept[number], *own_lines], key=lambda line: line.top + line.bottom)
    return done, kept


def _width(lines: Sequence[TextLine]) -> float:
    return max(line.right for line in lines) - min(line.left for line in lines) if lines else 0.0
