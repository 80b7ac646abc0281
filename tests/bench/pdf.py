"""A PDF with a text layer to its document, against what pdfium needs for its text alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pypdfium2

from crawler.documents.pdf import read_pdf
from crawler.simulator.made_up import made_up_report
from tests.bench.timing import against
from tests.writers.pdf_writer import libreoffice_pdfs
from tests.writers.print_writer import office_document

if TYPE_CHECKING:
    from collections.abc import Iterator

PAIRS = 60


def text_pdf(pairs: int = PAIRS) -> Iterator[tuple[str, ...]]:
    """A report exported by LibreOffice: words, lines, tables joined over pages, against pdfium's own text."""
    data = _exported()
    pages = len(pypdfium2.PdfDocument(data))
    measured = against(lambda: read_pdf(data), lambda: _text(data), pairs=pairs)
    yield (
        f"PDF by LibreOffice, {pages} pages: bytes → document, tables joined | pdfium's text alone",
        f"{measured.ours:.2f} ms",
        f"{measured.limit:.2f} ms",
        f"{measured.ratio:.2f}",
        "≤ 1.7",
    )


def _exported() -> bytes:
    source = random.Random(2024)
    report = made_up_report(source, year=2024, agency="安丘市教育局", activity=0.5)
    return libreoffice_pdfs([office_document(report, source)], "docx")[0]


def _text(data: bytes) -> int:
    document = pypdfium2.PdfDocument(data)
    letters = sum(len(page.get_textpage().get_text_range()) for page in document)
    document.close()
    return letters
