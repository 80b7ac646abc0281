"""A scan that recognition could hardly read is unreadable, which accuses nobody; a bad picture costs only itself."""

from __future__ import annotations

import dataclasses
import random

import pytest

from crawler.documents import read_document
from crawler.documents.model import Document, Paragraph, Table, TableCell
from crawler.parser import parse
from crawler.parser.legible import as_illegible, legible
from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.shapes import SHAPES
from storage.errors import UnreadableError
from storage.report import Doubt, DoubtKind

MADE = made_up_report(random.Random("legible"), year=2024, agency="安丘市教育局", activity=1.0)


def document(*, garbled: int, confidence: float = 0.99) -> Document:
    """The made-up report, recognised with that confidence, the labels of its first tables illegible."""
    plain = read_document(SHAPES["html_clean"].render(MADE, random.Random(1)))
    tables = [block for block in plain.blocks if isinstance(block, Table)]
    blocks = []
    for block in plain.blocks:
        if isinstance(block, Table):
            is_garbled = block in tables[:garbled]
            rows = tuple(
                tuple(
                    cell._replace(confidence=confidence, text="菜槽" if is_garbled and cell.text else cell.text)
                    for cell in row
                )
                for row in block.rows
            )
            blocks.append(dataclasses.replace(block, rows=rows))
        else:
            blocks.append(block)
    return dataclasses.replace(plain, blocks=tuple(blocks), is_recognised=confidence < 1)


def test_a_scan_whose_tables_could_not_be_recognised_is_illegible():
    scan = document(garbled=3)

    with pytest.raises(UnreadableError) as caught:
        legible(parse(scan), scan)

    assert caught.value.reason == "illegible"


def test_a_scan_of_few_dots_without_a_table_is_illegible():
    scan = document(garbled=0)
    paragraphs = tuple(block for block in scan.blocks if isinstance(block, Paragraph))
    doubts = (Doubt(DoubtKind.PICTURE_COARSE, "page 1", "", "", {"page": 1, "dpi": 100}),)
    scan = dataclasses.replace(scan, blocks=paragraphs, doubts=doubts)

    with pytest.raises(UnreadableError) as caught:
        legible(parse(scan), scan)

    assert caught.value.reason == "illegible"


@pytest.mark.parametrize(("garbled", "confidence"), [(1, 0.99), (3, 1.0)])
def test_a_scan_that_was_mostly_recognised_and_a_page_that_is_no_scan_are_reports(garbled, confidence):
    read = document(garbled=garbled, confidence=confidence)

    assert legible(parse(read), read) == parse(read)


def _said(document: Document) -> str:
    return as_illegible(UnreadableError("not_a_report", "nothing of one"), document).reason


def test_a_scan_of_which_hardly_a_word_was_recognised_is_not_called_no_report():
    cell = TableCell(0, 0, "h", confidence=0.2)
    blocks = (Table(((cell,),), "page 1 table 1"), Paragraph("A", "page 1"))
    scan = Document("application/pdf", blocks, is_recognised=True)
    printed = Document("application/pdf", (Table(((cell._replace(confidence=1.0),),), "page 1 table 1"),))
    long = dataclasses.replace(scan, blocks=(*scan.blocks, Paragraph("通知公告" * 60, "page 2")))

    assert [_said(scan), _said(long), _said(printed)] == ["illegible", "not_a_report", "not_a_report"]
    assert _said(Document("image/png", (), is_recognised=True)) == "illegible"
    assert _said(Document("text/html", ())) == "not_a_report"
