"""Which parts of a PDF must unpack before its text is believed."""

from __future__ import annotations

import pytest

from crawler.documents.model import Paragraph
from crawler.documents.pdf import read_pdf
from storage.errors import UnreadableError
from tests.writers.pdf_objects import plain_pdf

FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
BROKEN = b"<</Filter/FlateDecode/Length 9>>stream\nno stream\nendstream"
TEXT = b"BT /F1 12 Tf 100 700 Td (Year 2024) Tj ET"


def file_with_a_broken_stream(*, key: bytes) -> bytes:
    """A page in Helvetica, and a font whose dictionary names a stream that does not unpack."""
    drawn = b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]%s<</a 7 0 R>>>>" % key
    return plain_pdf(TEXT, more=(FONT, drawn, BROKEN), resources=b"<</Font<</F1 5 0 R/F2 6 0 R>>>>")


def test_a_letter_drawn_as_a_shape_may_be_broken_since_it_holds_no_text():
    document = read_pdf(file_with_a_broken_stream(key=b"/CharProcs"))

    assert document.blocks == (Paragraph("Year 2024", "page 1 paragraph 1"),)


def test_any_other_stream_that_does_not_unpack_makes_the_file_damaged():
    with pytest.raises(UnreadableError) as caught:
        read_pdf(file_with_a_broken_stream(key=b"/Resources"))

    assert caught.value.reason == "damaged"
