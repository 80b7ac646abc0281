"""`make bench`: what each stage costs, each beside its limit measured in the same run.

A limit is the least that any program must do for the same input: parse the bytes, fetch the pages,
write the rows. Parsing is in milliseconds of one core, medians of runs taken in turn.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import trafilatura
from lxml import html

from crawler.parser import read_report
from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.unknown_template import html_unknown_template
from crawler.simulator.renderers.word import html_word
from monitor.checks import Subject, judge
from tests.bench.crawling import crawl_figures
from tests.bench.inserting import insert_figures

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.simulator.made_up import MadeUpReport

PAGES = 12
TURNS = 7


class Figure(NamedTuple):
    """One row: what was measured, ours, its limit, and how many times the limit ours may be (None: no bound)."""

    what: str
    ours: float
    limit: float
    unit: str
    bound: float | None


def main() -> int:
    """Print every figure; exit 1 where one is beyond its bound."""
    print(f"Python {sys.version.split()[0]}, lxml {html.etree.__version__}, trafilatura {trafilatura.__version__}\n")
    is_good = True
    for figure in (*parse_figures(), *insert_part(), *crawl_part()):
        ratio = figure.ours / figure.limit
        bound = f"(at most {figure.bound:g}x)" if figure.bound else ""
        is_good = is_good and (figure.bound is None or ratio <= figure.bound)
        numbers = f"{figure.ours:9.1f} {figure.unit:<9} limit {figure.limit:9.1f} {figure.unit:<9} {ratio:5.2f}x"
        print(f"{figure.what:<64} {numbers} {bound}", flush=True)
    return 0 if is_good else 1


def parse_figures() -> list[Figure]:
    """Bytes of a page to report and findings, against a bare parse, and on an unknown template against trafilatura."""
    word, unknown = word_pages(PAGES), unknown_pages(PAGES)
    size = statistics.median(map(len, word)) / 1000
    ours, bare = in_turn(word, read_and_judge, html.document_fromstring)
    ours_unknown, alone = in_turn(unknown, read_and_judge, lambda data: trafilatura.extract(data.decode()))
    return [
        Figure(f"Word-pasted report of {size:.0f} KB → findings / bare lxml parse", ours, bare, "ms", 4.0),
        Figure("unknown template → findings / trafilatura alone", ours_unknown, alone, "ms", 1.5),
    ]


def word_pages(count: int) -> list[bytes]:
    """Reports as Word pastes them, every style in full."""
    random = Random(20260101)
    return [html_word(report, random, is_verbose=True).encode() for report in _reports(random, count)]


def unknown_pages(count: int) -> list[bytes]:
    """Reports on a template that no family knows, without the six headings."""
    random = Random(20260102)
    return [html_unknown_template(report, random).encode() for report in _reports(random, count)]


def _reports(random: Random, count: int) -> list[MadeUpReport]:
    return [made_up_report(random, year=2020 + number % 5, agency="云河县水利局") for number in range(count)]


def read_and_judge(data: bytes) -> object:
    """What `nianbao read` does with the bytes."""
    return judge(Subject(read_report(data)))


def in_turn(pages: list[bytes], *acts: Callable[[bytes], object]) -> tuple[float, ...]:
    """Median milliseconds a page of each act; the acts take turns, so that a slow moment hits all alike."""
    taken: list[list[float]] = [[] for _ in acts]
    for turn in range(TURNS + 1):
        for page in pages:
            for act, times in zip(acts, taken, strict=True):
                began = time.process_time()
                act(page)
                if turn:
                    times.append(1000 * (time.process_time() - began))
    return tuple(statistics.median(times) for times in taken)


def insert_part() -> list[Figure]:
    """10,000 reports into the database, against the same rows by bare executemany."""
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = insert_figures(Path(folder))
    return [Figure("10,000 reports into the database / bare executemany", ours, bare, "s", None)]


def crawl_part() -> list[Figure]:
    """500 local reports crawled and ingested, against bare Scrapy fetching the same pages; and memory."""
    with tempfile.TemporaryDirectory() as folder:
        figures = crawl_figures(Path(folder))
    return [
        Figure("crawl and ingest 500 local reports / bare Scrapy", figures.ours, figures.bare, "s", None),
        Figure("peak memory of that crawl / of a crawl of 50", figures.memory, figures.memory_of_few, "MB", None),
        Figure("peak memory of that crawl / of bare Scrapy", figures.memory, figures.memory_of_bare, "MB", None),
    ]


if __name__ == "__main__":
    sys.exit(main())
