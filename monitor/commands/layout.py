"""Text laid out for a terminal: columns that align, Chinese wrapped where it may be, nothing beyond the edge.

Widths count cells: a Chinese character takes two.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, NamedTuple

import click
from rich.cells import cell_len

from monitor.commands.printing import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NARROWEST, WIDEST, USUAL = 60, 110, 96
INDENT, GAP = 2, 2
LEAST_TEXT = 24
"""A last column that would be narrower goes under its row instead."""

_PIECE = re.compile(r"[!-~]+|.")
_NOT_FIRST = frozenset("，。；：、！？）》〉」』】”’%％,.;:!?)]")
_NOT_LAST = frozenset("（《〈「『【“‘")


class Styled(NamedTuple):
    """A cell in a colour (None: the terminal's own), perhaps bold."""

    text: str
    colour: str | None = None
    is_bold: bool = False


Cell = str | Styled


def page_width() -> int:
    """Cells of a line: the terminal's within bounds; a file or a pipe gets the usual."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((USUAL, 24)).columns))


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most so many cells: Latin words and numbers stay whole where they fit, Chinese may
    break anywhere but before a closing and behind an opening mark."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(one_line(text), width):
        if line and piece.strip() and cell_len(line) + cell_len(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.rstrip() or not lines else lines


def aligned(rows: Iterable[Sequence[Cell]], width: int, *, indent: int = INDENT) -> list[str]:
    """Rows with their columns under each other; the last one is wrapped in what is left of the line."""
    found = [tuple(map(_styled, row)) for row in rows]
    if not found:
        return []
    widths = [max(cell_len(row[place].text) for row in found) for place in range(len(found[0]) - 1)]
    left = indent + sum(column + GAP for column in widths)
    is_beside = width - left >= min(LEAST_TEXT, max(cell_len(row[-1].text) for row in found))
    hanging = left if is_beside else indent + GAP + GAP
    lines = []
    for row in found:
        head = " " * indent + "".join(
            _dyed(cell) + " " * (column - cell_len(cell.text) + GAP)
            for cell, column in zip(row[:-1], widths, strict=True)
        )
        texts = [_dyed(row[-1]._replace(text=text)) for text in wrapped(row[-1].text, width - hanging)]
        if not is_beside:
            lines.append(head.rstrip())
            head = " " * hanging
        lines.append((head + texts[0]).rstrip())
        lines += [" " * hanging + text for text in texts[1:]]
    return lines


def paragraph(text: Cell, width: int, *, indent: int = 0) -> list[str]:
    """A text on lines of its own."""
    cell = _styled(text)
    return [" " * indent + _dyed(cell._replace(text=line)) for line in wrapped(cell.text, width - indent)]


def _pieces(text: str, width: int) -> Iterator[str]:
    """What may not be broken: words, and characters with the marks that cling to them."""
    held = ""
    for match in _PIECE.finditer(text):
        piece = match[0]
        while cell_len(piece) > width:
            if held:
                yield held
                held = ""
            yield piece[:width]
            piece = piece[width:]
        clings = bool(held) and (piece[0] in _NOT_FIRST or held[-1] in _NOT_LAST) and cell_len(held + piece) <= width
        if held and not clings:
            yield held
            held = ""
        held += piece
    if held:
        yield held


def _styled(cell: Cell) -> Styled:
    return cell._replace(text=one_line(cell.text)) if isinstance(cell, Styled) else Styled(one_line(cell))


def _dyed(cell: Styled) -> str:
    if not cell.text or (cell.colour is None and not cell.is_bold):
        return cell.text
    return click.style(cell.text, fg=cell.colour, bold=cell.is_bold or None)
