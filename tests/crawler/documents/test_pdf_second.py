"""The second opinion on a PDF is quiet, and gives up where it would take minutes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from crawler.documents.model import Paragraph
from crawler.documents.pdf.second import MAX_PAGES, second_opinion
from storage.errors import UnreadableError
from tests.crawler.documents.test_pdf import pdf, table
from tests.writers.pdf_objects import plain_pdf

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas


def test_fonts_without_a_box_are_not_spoken_of(caplog: pytest.LogCaptureFixture) -> None:
    font = b"<</Type/Font/Subtype/TrueType/BaseFont/X/FontDescriptor 6 0 R/Encoding/WinAnsiEncoding>>"
    descriptor = b"<</Type/FontDescriptor/FontName/X/Flags 32>>"
    data = plain_pdf(
        b"BT /F 12 Tf 100 700 Td (Total) Tj ET", more=[font, descriptor], resources=b"<</Font<</F 5 0 R>>>>"
    )
    logging.getLogger("pdfminer").setLevel(logging.NOTSET)

    document = second_opinion(data)

    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["Total"]
    assert caplog.records == []


def mesh(canvas: Canvas) -> None:
    """Lines as on graph paper: 40,000 cells."""
    for number in range(201):
        canvas.line(20 + 2.7 * number, 20, 20 + 2.7 * number, 820)
        canvas.line(20, 20 + 4 * number, 560, 20 + 4 * number)


@pytest.mark.parametrize("pages", [[mesh], [table] * (MAX_PAGES + 1)], ids=["cells", "pages"])
def test_what_would_take_minutes_is_not_read_twice(pages: list[object]) -> None:
    data = pdf(*pages)  # type: ignore[arg-type]

    with pytest.raises(UnreadableError) as refused:
        second_opinion(data)

    assert refused.value.reason == "too_large"
