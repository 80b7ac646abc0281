"""A PDF with a text layer to its document, against what pdfium needs for its text alone.

The limit is all that pdfium does for the text of a file, through pypdfium2: it opens the document, loads every page
and its text page, takes the text of all of it, and closes the document. Ours does that too, and then the rest.
"""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

import pypdfium2

from crawler.documents.pdf import read_pdf
from crawler.simulator.made_up import made_up_report
from tests.bench.timing import against
from tests.writers.pdf_writer import chromium_pdfs, libreoffice_pdfs, print_html
from tests.writers.print_writer import office_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from crawler.simulator.made_up import MadeUpReport

PAIRS = 60
PAGES = 6
_TRIED = 24
"""So many reports are printed; one in six or so comes to six pages."""


def text_pdf(pairs: int = PAIRS) -> Iterator[tuple[str, ...]]:
    """A report of six pages by each of two programs: words, lines, tables joined over pages."""
    for name, write, printed in (
        ("LibreOffice", office_document, _exported),
        ("Chromium", print_html, chromium_pdfs),
    ):
        data = _of_six_pages(write, printed)
        measured = against(partial(read_pdf, data), partial(_text, data), pairs=pairs)
        yield (
            f"PDF by {name}, {PAGES} pages: bytes → document, tables joined | pdfium's text alone",
            f"{measured.ours:.2f} ms",
            f"{measured.limit:.2f} ms",
            f"{measured.ratio:.2f}",
            "≤ 1.7",
        )


def _exported(documents: Sequence[bytes]) -> list[bytes]:
    return libreoffice_pdfs(documents, "docx")


def _of_six_pages(
    write: Callable[[MadeUpReport, Random], bytes], printed: Callable[[Sequence[bytes]], list[bytes]]
) -> bytes:
    """The first report, of reports drawn in order, that comes to six pages."""
    files = []
    for seed in range(_TRIED):
        source = random.Random(seed)
        report = made_up_report(source, year=2024, agency="安丘市教育局", activity=0.5)
        files.append(write(report, source))
    return next(data for data in printed(files) if _page_count(data) == PAGES)


def _page_count(data: bytes) -> int:
    document = pypdfium2.PdfDocument(data)
    try:
        return len(document)
    finally:
        document.close()


def _text(data: bytes) -> int:
    document = pypdfium2.PdfDocument(data)
    letters = sum(len(page.get_textpage().get_text_range()) for page in document)
    document.close()
    return letters
