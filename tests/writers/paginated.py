"""Reports set on pages by a small engine of our own: where every letter and every border stands, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from crawler.simulator.renderers.grids import table_grid
from crawler.simulator.renderers.printed import Kind, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.renderers.grids import Grid, GridCell

HEADER_ROWS = {"disclosure": 0, "applications": 3, "reviews": 3}


class Letter(NamedTuple):
    """A character at its place: the left end of its baseline, and its width."""

    x: float
    y: float
    text: str
    width: float


class Run(NamedTuple):
    """Letters of one size that stand on one baseline; `row` joins those of one row of a table, -1 for none."""

    letters: tuple[Letter, ...]
    size: float
    row: int = -1


class Frame(NamedTuple):
    """The borders of a cell on one page."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(slots=True)
class Page:
    runs: list[Run] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a report is set: millimetres, and shares of a size."""

    width: float
    height: float
    margin: float
    text: float
    table: float
    leading: float
    padding: float
    digit: float
    latin: float
    tracking: float
    breaks_rows: bool
    repeats_headers: bool
    middles: bool
    number_align: str


def random_setting(random: Random) -> Setting:
    is_wide = random.randrange(6) == 0
    return Setting(
        width=297 if is_wide else 210,
        height=210 if is_wide else 297,
        margin=random.choice((20, 25.4, 28, 31.8)),
        text=random.choice((4.23, 4.94, 5.64)),
        table=random.choice((3.18, 3.7, 3.7, 4.23)),
        leading=random.choice((1.25, 1.4, 1.6)),
        padding=random.choice((0.8, 1.4, 1.9)),
        digit=random.choice((0.5, 0.5, 0.55, 0.6)),
        latin=random.choice((0.5, 0.55)),
        tracking=random.choice((0, 0, 0, 0.02)),
        breaks_rows=random.randrange(2) == 0,
        repeats_headers=random.randrange(2) == 0,
        middles=random.randrange(3) > 0,
        number_align=random.choice(("center", "center", "left", "right")),
    )


def paginated(report: MadeUpReport, random: Random, setting: Setting) -> list[Page]:
    """The report's pages, without heads and feet."""
    return _Setter(random, setting).pages_of(report)


class _Segment(NamedTuple):
    page: int
    top: float
    bottom: float


class _Setter:
    def __init__(self, random: Random, setting: Setting) -> None:
        self.random = random
        self.set = setting
        self.pages = [Page()]
        self.y = setting.margin
        self.rows = 0

    @property
    def bottom(self) -> float:
        return self.set.height - self.set.margin

    def pages_of(self, report: MadeUpReport) -> list[Page]:
        body = self.set.width - 2 * self.set.margin
        for part in parts(report):
            if part.kind is Kind.TABLE:
                self._table(table_grid(report, part.table), HEADER_ROWS[part.table])
            elif part.kind is Kind.TITLE:
                size = self.set.text * 1.35
                self._lines(self._wrapped(part.text, size, body), size, body, align="center")
                self.y += size
            elif part.kind is Kind.SIGNATURE:
                self._lines([part.text], self.set.text, body, align="right")
            else:
                lines = self._wrapped(part.text, self.set.text, body, indent=2 * self.set.text)
                self._lines(lines, self.set.text, body, indent=2 * self.set.text)
        return self.pages

    def _new_page(self) -> None:
        self.pages.append(Page())
        self.y = self.set.margin

    def _advance(self, letter: str, size: float) -> float:
        if ord(letter) > 0x2E7F or letter in "—…“”‘’·〇":
            share = 1.0
        else:
            share = self.set.digit if letter.isdigit() else self.set.latin
        return size * (share + self.set.tracking)

    def _length(self, text: str, size: float) -> float:
        return sum(self._advance(letter, size) for letter in text)

    def _wrapped(self, text: str, size: float, width: float, *, indent: float = 0) -> list[str]:
        """Lines no wider than the width; a number or a word is torn only where it is longer than a line."""
        lines = []
        line, room = "", width - indent
        for word in _words(text):
            length = self._length(word, size)
            if length > room and line:
                lines.append(line)
                line, room = "", width
            while length > room:
                fitting = 1
                while self._length(word[: fitting + 1], size) <= room:
                    fitting += 1
                lines.append(line + word[:fitting])
                word, line, room = word[fitting:], "", width  # noqa: PLW2901
                length = self._length(word, size)
            line += word
            room -= length
        return [*lines, line] if line else lines

    def _lines(
        self, lines: Sequence[str], size: float, width: float, *, align: str = "left", indent: float = 0
    ) -> None:
        height = size * self.set.leading
        for number, line in enumerate(lines):
            if self.y + height > self.bottom:
                self._new_page()
            first = indent if number == 0 else 0
            x = self.set.margin + first + _shift(align, width - first - self._length(line, size))
            self.pages[-1].runs.append(self._run(line, x, self.y + size, size))
            self.y += height

    def _run(self, text: str, x: float, y: float, size: float, row: int = -1) -> Run:
        letters = []
        for letter in text:
            width = self._advance(letter, size)
            letters.append(Letter(x, y, letter, width))
            x += width
        return Run(tuple(letters), size, row)

    def _table(self, grid: Grid, header_rows: int) -> None:
        edges = self._edges(grid)
        cells = list(_placed(grid))
        line = self.set.table * self.set.leading
        texts = {
            (row, column): [
                part
                for piece in cell.text.split("\n")
                for part in self._wrapped(
                    piece, self.set.table, edges[column + cell.column_span] - edges[column] - 2 * self.set.padding
                )
            ]
            for row, column, cell in cells
        }
        heights = [line + 2 * self.set.padding] * len(grid)
        for row, column, cell in cells:
            if cell.row_span == 1:
                heights[row] = max(heights[row], len(texts[row, column]) * line + 2 * self.set.padding)
        for row, column, cell in cells:
            rows = range(row, min(row + cell.row_span, len(grid)))
            lacking = (len(texts[row, column]) + 1) * line + 2 * self.set.padding - sum(heights[at] for at in rows)
            if cell.row_span > 1 and lacking > 0:
                heights[rows[-1]] += lacking
        segments: list[list[_Segment]] = []
        for row, height in enumerate(heights):
            segments.append(self._place_row(row, height, line, grid, texts, edges, header_rows))
        for row, column, cell in cells:
            covered = [part for at in range(row, min(row + cell.row_span, len(grid))) for part in segments[at]]
            align = self.set.number_align if cell.role.is_value else "center" if cell.role.is_header else "left"
            self._cell(covered, texts[row, column], edges[column], edges[column + cell.column_span], align, row)
        self.rows += len(grid)
        self.y += self.set.text * 0.8

    def _place_row(
        self,
        row: int,
        height: float,
        line: float,
        grid: Grid,
        texts: dict[tuple[int, int], list[str]],
        edges: Sequence[float],
        header_rows: int,
    ) -> list[_Segment]:
        room = self.bottom - self.y
        if height <= room:
            self.y += height
            return [_Segment(len(self.pages) - 1, self.y - height, self.y)]
        fitting = int((room - 2 * self.set.padding) / line)
        most = max((len(text) for (at, _), text in texts.items() if at == row), default=1)
        # A page may tear a label; one that tears a number leaves nobody able to say which it was.
        numbers = [texts[at, c] for at, c, cell in _placed(grid) if at == row and cell.role.is_value]
        is_torn = self.set.breaks_rows and 1 <= fitting < most and all(len(lines) < 2 for lines in numbers)
        upper = []
        if is_torn:
            end = self.y + fitting * line + 2 * self.set.padding
            upper = [_Segment(len(self.pages) - 1, self.y, end)]
            height = max((most - fitting) * line + 2 * self.set.padding, height - (end - self.y))
        self._new_page()
        if self.set.repeats_headers and row >= header_rows > 0 and not is_torn:
            self._repeat(grid, texts, edges, header_rows, line)
        self.y += height
        return [*upper, _Segment(len(self.pages) - 1, self.y - height, self.y)]

    def _repeat(
        self, grid: Grid, texts: dict[tuple[int, int], list[str]], edges: Sequence[float], count: int, line: float
    ) -> None:
        tops = [self.y]
        for row in range(count):
            most = max(
                (len(texts[at, c]) for at, c, cell in _placed(grid) if at == row and cell.row_span == 1), default=1
            )
            tops.append(tops[-1] + most * line + 2 * self.set.padding)
        for row, column, cell in _placed(grid[:count]):
            part = _Segment(len(self.pages) - 1, tops[row], tops[row + cell.row_span])
            self._cell([part], texts[row, column], edges[column], edges[column + cell.column_span], "center", -1)
        self.y = tops[-1]

    def _cell(
        self, covered: Sequence[_Segment], lines: Sequence[str], left: float, right: float, align: str, row: int
    ) -> None:
        size, line = self.set.table, self.set.table * self.set.leading
        whole: list[_Segment] = []
        for part in covered:
            if whole and whole[-1].page == part.page:
                whole[-1] = whole[-1]._replace(bottom=part.bottom)
            else:
                whole.append(part)
        rest = list(lines)
        for number, (page, top, bottom) in enumerate(whole):
            self.pages[page].frames.append(Frame(left, top, right, bottom))
            room = int((bottom - top - 2 * self.set.padding) / line + 0.01)
            here = rest if number == len(whole) - 1 else rest[:room]
            rest = rest[len(here) :]
            y = top + self.set.padding
            if self.set.middles:
                y = (top + bottom - len(here) * line) / 2
            for text in here:
                x = left + self.set.padding
                x += _shift(align, right - left - 2 * self.set.padding - self._length(text, size))
                baseline = y + line / 2 + size * 0.38
                self.pages[page].runs.append(self._run(text, x, baseline, size, self.rows + row if row >= 0 else -1))
                y += line

    def _edges(self, grid: Grid) -> list[float]:
        count = sum(cell.column_span for cell in grid[0])
        weights = [2.6] * count
        for _, column, cell in _placed(grid):
            if cell.column_span == 1:
                ems = self._length(cell.text, 1.0)
                wanted = min(ems, 4.0 if cell.role.is_value else 7.0)
                weights[column] = max(weights[column], wanted)
        weights = [weight * self.random.uniform(0.9, 1.25) for weight in weights]
        # A column holds at least one letter, whatever the others need.
        body = self.set.width - 2 * self.set.margin
        least = 1.15 * self.set.table + 2 * self.set.padding
        share = (body - count * least) / sum(weights)
        edges = [self.set.margin]
        for weight in weights:
            edges.append(edges[-1] + least + max(share, 0) * weight)
        return edges


def _shift(align: str, room: float) -> float:
    return max(room, 0) * {"left": 0.0, "center": 0.5, "right": 1.0}[align]


def _words(text: str) -> list[str]:
    """Single ideographs, and whole numbers and Latin words."""
    found: list[str] = []
    for letter in text:
        if found and letter.isascii() and letter != " " and found[-1][-1].isascii() and found[-1][-1] != " ":
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _placed(grid: Grid) -> Iterator[tuple[int, int, GridCell]]:
    """Every cell with its row and column."""
    taken: set[tuple[int, int]] = set()
    for row, cells in enumerate(grid):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            taken.update((row + down, column + at) for down in range(cell.row_span) for at in range(cell.column_span))
            yield row, column, cell
            column += cell.column_span
