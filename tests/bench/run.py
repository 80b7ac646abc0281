"""`make bench`: each figure beside its limit, measured in the same run, as a ratio.

Nothing fails here on a slow machine: a person reads the ratios against the wanted ones.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.crawling import crawl_against_bare_scrapy
from tests.bench.docx import word_document
from tests.bench.inserting import insert_against_executemany
from tests.bench.ocr import scanned_pages
from tests.bench.parsing import known_template, unknown_template
from tests.bench.pdf import text_pdf
from tests.bench.watching import checks_against_queries


def main() -> None:
    """Run every benchmark and print one table."""
    table = Table("what", "ours", "its limit", "ratio", "wanted", title="nianbao bench")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for bench in (
            known_template,
            unknown_template,
            word_document,
            text_pdf,
            scanned_pages,
            lambda: insert_against_executemany(folder),
            lambda: checks_against_queries(folder),
            lambda: crawl_against_bare_scrapy(folder),
        ):
            for row in bench():
                table.add_row(*row)
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
