"""Text without tabs: tables with pipes, or one value a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.simulator.renderers.grids import spread, table_grid
from crawler.simulator.renderers.printed import Kind, parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.renderers.grids import Grid


def text_pipe(report: MadeUpReport, random: Random) -> str:
    """Tables as rows between pipes, a covered place as an empty field; a rule under the header or not."""
    has_rule = random.randrange(2) == 0
    lines: list[str] = []
    for part in parts(report):
        match part.kind:
            case Kind.TABLE:
                lines += [*_pipe_lines(table_grid(report, part.table), has_rule=has_rule), ""]
            case Kind.PICTURE | Kind.ATTACHMENT:
                lines.append("")
            case Kind.TITLE | Kind.HEADING | Kind.PARAGRAPH | Kind.SIGNATURE:
                lines += [part.text, ""]
    return "\n".join(lines)


def _pipe_lines(grid: Grid, *, has_rule: bool) -> Iterator[str]:
    for number, row in enumerate(spread(grid)):
        fields = [slot.cell.text if slot.is_origin else "" for slot in row]
        yield f"| {' | '.join(fields)} |"
        if number == 0 and has_rule:
            yield f"|{'|'.join(' --- ' for _ in fields)}|"


def text_lines(report: MadeUpReport, random: Random) -> str:
    """One value a line with blank lines between: a blank cell leaves no trace, so none can be carried."""
    gap = random.choice(("\n\n", "\n\n\n"))
    lines: list[str] = []
    for part in parts(report):
        match part.kind:
            case Kind.TABLE:
                lines += [cell.text for row in table_grid(report, part.table) for cell in row if cell.text]
            case Kind.PICTURE | Kind.ATTACHMENT:
                pass
            case Kind.TITLE | Kind.HEADING | Kind.PARAGRAPH | Kind.SIGNATURE:
                lines.append(part.text)
    return gap.join(lines) + "\n"
