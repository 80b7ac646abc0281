"""Text as a Word converter writes it: a line with a tab for every cell, a blank line after every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.simulator.renderers.broken_tables import with_caption_row, with_split_header
from crawler.simulator.renderers.grids import spread, table_grid
from crawler.simulator.renderers.printed import Kind, parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.renderers.grids import Grid, GridCell

_BOOKMARK = "[bookmark: _GoBack]"
_PADDINGS = ("", "", "", "", "　", "\xa0", "　　")
_LOST_NUMERALS = {"（一）": "（1） ", "（二）": "（2） "}


def text_w(report: MadeUpReport, random: Random) -> str:
    """The whole report; line breaks inside names, blank header rows and lost numbering come and go."""
    has_captions = random.randrange(3) == 0
    has_split_header = random.randrange(3) == 0
    bookmark_at = random.randrange(12)
    lines: list[str] = []
    for number, part in enumerate(parts(report)):
        text = part.text
        match part.kind:
            case Kind.TITLE:
                lines += _title_lines(random, report)
            case Kind.HEADING:
                if lines and lines[-1] == "" and random.randrange(3) == 0:
                    lines.append("\xa0")
                lines.append(random.choice(("", "", "　　")) + text + random.choice(("", "", "\xa0")))
            case Kind.PARAGRAPH:
                text = _renumbered(random, text)
                lines.append((_BOOKMARK if number == bookmark_at else "") + random.choice(("", "", " ")) + text)
                if random.randrange(8) == 0:
                    lines.append("")
            case Kind.SIGNATURE:
                lines.append(text)
            case Kind.TABLE:
                grid = table_grid(report, part.table)
                grid = with_split_header(random, part.table, grid) if has_split_header else grid
                grid = with_caption_row(report, part.table, grid) if has_captions else grid
                lines += [*_table_lines(random, grid), ""]
            case Kind.PICTURE | Kind.ATTACHMENT:
                lines.append("")
    ending = random.choice(("", "\n", "\n "))
    return "\n".join(lines) + ending


def _title_lines(random: Random, report: MadeUpReport) -> list[str]:
    title = report.title
    mark = title.find("政府信息公开")
    lines = [title[:mark], title[mark:]] if mark > 0 and random.randrange(2) else [title]
    return [*lines, *([""] if random.randrange(2) else [])]


def _renumbered(random: Random, text: str) -> str:
    """List numbers that the converter resolved wrongly."""
    for numeral, lost in _LOST_NUMERALS.items():
        if text.startswith(numeral) and random.randrange(6) == 0:
            return lost + text.removeprefix(numeral)
    return text


def _table_lines(random: Random, grid: Grid) -> Iterator[str]:
    for row in spread(grid):
        previous: GridCell | None = None
        for cell, is_origin in row:
            # A cell merged sideways is one cell; one merged downwards is an empty cell in every row below.
            if not is_origin and cell is previous:
                continue
            previous = cell
            if not is_origin:
                yield "\t"
            elif cell.role.is_value:
                yield f"\t{_padded(random, cell.text)}"
            else:
                yield "\t" + _wrapped(random, cell)
        yield ""


def _padded(random: Random, text: str) -> str:
    padding = random.choice(_PADDINGS)
    return padding + text if padding == "\xa0" else text + padding


def _wrapped(random: Random, cell: GridCell) -> str:
    """A name broken where the column was too narrow; the next line has no tab."""
    text = cell.text
    if cell.role.is_header and 2 <= len(text) <= 6 and random.randrange(3) == 0:  # noqa: PLR2004
        step = random.choice((1, 2))
        return "\n".join(text[at : at + step] for at in range(0, len(text), step))
    if len(text) > 12 and random.randrange(6) == 0:  # noqa: PLR2004
        at = random.randrange(4, len(text) - 3)
        return f"{text[:at]}\n{text[at:]}"
    return text
