"""Tables for people: on a terminal as wide as it is, elsewhere as wide as they need to be."""

from __future__ import annotations

import io
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.texts import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crawler.crawl import Progress

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


@contextmanager
def progress_bar(total: int | None) -> Iterator[Callable[[int, int | None], None]]:
    """A bar over so many on standard error, told how many are done and of how many; on a terminal, else nothing.

    `total` None: not known yet.
    """
    if not sys.stderr.isatty() or total in {0, 1}:
        yield lambda _done, _total: None
        return
    # Loaded only where there is something to look at.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress

    # What is printed on the same terminal meanwhile goes above the bar; a file or a pipe is left alone.
    shown = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
    )
    with shown:
        task = shown.add_task("", total=total)
        yield lambda done, of: shown.update(task, completed=done, total=of)


@contextmanager
def portal_bar(language: str) -> Iterator[Callable[[Progress], None] | None]:
    """A bar over the portals, on a terminal; None elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    # Loaded only where there is something to look at.
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    screen = Console(stderr=True)
    with Bar(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=screen) as bar:
        task = bar.add_task("", total=None)

        def show(done: Progress) -> None:
            text = say(language, "progress", done.pages, done.reports)
            bar.update(task, completed=done.portals_done, total=done.portals_total, description=text)

        yield show


def one_line(text: str) -> str:
    """The text without line breaks and control characters, which a report may put into a title."""
    return "".join(char if char.isprintable() else " " for char in text)
