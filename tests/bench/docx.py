"""A Word document read, against what unzipping it and a bare parse of its main part take."""

from __future__ import annotations

import io
import random
import zipfile
from typing import TYPE_CHECKING

from lxml import etree

from crawler.documents.docx import read_docx
from crawler.documents.model import Table
from crawler.simulator.made_up import made_up_report
from tests.bench.timing import against
from tests.writers.word_writer import python_docx_report, raw_ooxml_report

if TYPE_CHECKING:
    from collections.abc import Iterator

PAIRS = 60
_MAIN = "word/document.xml"


def word_document(pairs: int = PAIRS) -> Iterator[tuple[str, ...]]:
    """A report of some 200 cells, as python-docx writes it and as Word and WPS leave it."""
    for name, write in (("python-docx", python_docx_report), ("Word/WPS", raw_ooxml_report)):
        data = next(data for seed in range(100) if _is_plain(data := _written(write, seed)))
        cells = sum(len(row) for block in read_docx(data).blocks if isinstance(block, Table) for row in block.rows)
        measured = against(lambda data=data: read_docx(data), lambda data=data: _parsed(data), pairs=pairs)
        yield (
            f"DOCX by {name}, {len(data) // 1000} KB, {cells} cells: blocks | unzip + lxml parse",
            f"{measured.ours:.2f} ms",
            f"{measured.limit:.2f} ms",
            f"{measured.ratio:.2f}",
            "≤ 3.0",
        )


def _written(write: object, seed: int) -> bytes:
    source = random.Random(seed)
    report = made_up_report(source, year=2024, agency="安丘市教育局", activity=0.5)
    return write(report, source)  # type: ignore[operator,no-any-return]


def _is_plain(data: bytes) -> bool:
    """Has the document neither automatic numbers nor text boxes, as most reports?"""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        main = archive.read(_MAIN) if _MAIN in archive.namelist() else b"numPr"
    return b"numPr" not in main and b"txbxContent" not in main


def _parsed(data: bytes) -> object:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(_MAIN))
