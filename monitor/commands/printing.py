"""Tables for people: on a terminal as wide as it is, elsewhere as wide as they need to be."""

from __future__ import annotations

import io
import shutil
import sys
from typing import TYPE_CHECKING

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FILE_WIDTH = 160
"""Columns of a terminal that a file or a pipe is taken for; long texts are folded there."""


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """The rows under their headings, on standard output; nothing in them is taken for markup."""
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in headings:
        made.add_column(Text(heading), overflow="fold")
    for row in rows:
        made.add_row(*(Text(one_line(cell)) for cell in row))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else FILE_WIDTH
    drawn = io.StringIO()
    Console(file=drawn, width=width, color_system=None, highlight=False, emoji=False, markup=False).print(made)
    for line in drawn.getvalue().splitlines():
        click.echo(line.rstrip())


def one_line(text: str) -> str:
    """The text without line breaks and control characters, which a report may put into a title."""
    return "".join(char if char.isprintable() else " " for char in text)
