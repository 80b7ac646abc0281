"""Forms of a PDF that draw forms are followed as far as that ends."""

from __future__ import annotations

import zlib

import pytest

from crawler.documents.pdf.forms import draws_too_often
from tests.writers.pdf_objects import form, plain_pdf

PAGE = {"resources": b"<</XObject<</X 5 0 R>>>>"}


def packed(content):
    data = zlib.compress(content)
    head = b"/Type/XObject/Subtype/Form/Resources<</XObject<</X 5 0 R>>>>/Filter/FlateDecode"
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(data), data)


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ([form(b"/X Do /X Do")], True),
        ([packed(b"/X Do /X Do")], True),
        ([form(b"/X Do")], False),
        # Many programs name all forms of a page in every one of them, and draw none.
        ([form(b"0 0 9 9 re f")] * 40, False),
        ([form(b"/X Do " * 200).replace(b"5 0 R", b"6 0 R"), form(b"0 0 9 9 re f")], False),
    ],
    ids=["itself twice", "itself twice, packed", "itself once", "named only", "a stamp many times"],
)
def test_forms_that_multiply_are_told_from_those_that_do_not(forms, expected):
    assert draws_too_often(plain_pdf(b"/X Do", more=forms, **PAGE)) is expected
