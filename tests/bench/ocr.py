"""Seconds that a scanned page takes on one core, the model warm, against the half second that is allowed."""

from __future__ import annotations

import random
import statistics
import time
from typing import TYPE_CHECKING

from crawler.documents.model import Table
from crawler.documents.picture import PageImage, recognise
from crawler.documents.picture.files import page_images
from crawler.simulator.made_up import made_up_report
from tests.writers.picture_writer import as_jpeg, page_html, printed_by_chromium, random_wear, rendered, worn

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORTS = 3
ALLOWED = 0.5
DPI = 200


def scanned_pages(reports: int = REPORTS) -> Iterator[tuple[str, ...]]:
    """Worn pages of whole reports: all, those with a table, those with text alone."""
    seconds: dict[str, list[float]] = {"with a table": [], "of text": []}
    for number, page in enumerate(_pages(reports)):
        if not number:
            recognise([page])
        begin = time.process_time()
        blocks = recognise([page]).blocks
        kind = "with a table" if any(isinstance(block, Table) for block in blocks) else "of text"
        seconds[kind].append(time.process_time() - begin)
    seconds = {"of whole reports": [*seconds["with a table"], *seconds["of text"]], **seconds}
    for kind, taken in seconds.items():
        if taken:
            mean = statistics.mean(taken)
            what = f"scanned pages {kind}, {DPI} dpi, mean of {len(taken)}: seconds of one core a page | allowed"
            yield what, f"{mean:.2f} s", f"{ALLOWED:.2f} s", f"{mean / ALLOWED:.2f}", "≤ 1.0"


def _pages(reports: int) -> Iterator[PageImage]:
    documents = []
    for seed in range(reports):
        source = random.Random(seed)
        report = made_up_report(source, year=2024 - 4 * (seed % 2), agency="安丘市教育局", activity=0.4)
        documents.append(page_html(report, source))
    source = random.Random(7)
    for data in printed_by_chromium(documents):
        for number, pixels in enumerate(rendered(data, DPI)):
            wear = random_wear(source)
            scan = as_jpeg(worn(pixels, wear, source, DPI), wear.quality, DPI)
            yield page_images(scan)[0]._replace(number=number + 1)
