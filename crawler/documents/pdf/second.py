"""A PDF read by pdfplumber: a second opinion by another reader, where the first one's sums fail."""

from __future__ import annotations

import io
import logging
import time
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from crawler.documents.layout import InkPage, PlacedCell, PlacedTable, Word, blocks_with_tables, letter_height
from crawler.documents.model import Document
from crawler.documents.pdf.words import plain
from crawler.documents.sniff import Kind
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_PAGES = 40
"""It takes a tenth of a second for a page; reports have six to ten."""
MAX_SECONDS = 20.0
"""Looked at after every page."""
MAX_CHARACTERS = 20_000
MAX_SIDES = 20_000
"""Sides of boxes on one page; a table that Chromium printed has 6,000, four or more to a cell."""
MAX_SLOTS = 20_000
"""Crossings of one page's lines, if all met; finding ten thousand cells takes three seconds."""
_NEAR = 3.0


@cache
def is_installed() -> bool:
    """Is the extra `pdfcheck` there?"""
    return find_spec("pdfplumber") is not None


def second_opinion(data: bytes) -> Document:
    """The document in the bytes of a PDF file, by pdfplumber's words and its tables from ruling lines.

    Raises UnreadableError `damaged`, `too_large`.
    """
    import pdfplumber  # noqa: PLC0415 (an extra, seldom needed, slow to load)

    # It warns of every font without a box, a line for each, on the terminal.
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            read = _pages(pdf.pages)
    except UnreadableError:
        raise
    except Exception as error:  # pdfminer raises whatever it stumbles upon
        raise UnreadableError("damaged", f"pdfplumber: {type(error).__name__}: {error}") from error
    pages = [page for page, _ in read]
    return Document(Kind.PDF.value, blocks_with_tables(pages, [tables for _, tables in read]))


def _pages(pages: Sequence[Any]) -> list[tuple[InkPage, list[PlacedTable]]]:
    if len(pages) > MAX_PAGES:
        raise UnreadableError("too_large", f"{len(pages)} pages, {MAX_PAGES} are read twice at most")
    read: list[tuple[InkPage, list[PlacedTable]]] = []
    end = time.monotonic() + MAX_SECONDS
    for page in pages:
        if time.monotonic() > end:
            raise UnreadableError("too_large", f"{len(read)} of {len(pages)} pages took {MAX_SECONDS:.0f} s")
        if len(page.chars) > MAX_CHARACTERS or len(page.edges) > MAX_SIDES or _crossings(page) > MAX_SLOTS:
            raise UnreadableError("too_large", f"page {page.page_number} has too many letters or lines")
        read.append(_page(page))
        page.close()
    return read


def _crossings(page: Any) -> int:  # noqa: ANN401 (pdfplumber is untyped)
    upright = {round(edge["x0"]) for edge in page.edges if edge["orientation"] == "v"}
    flat = {round(edge["top"]) for edge in page.edges if edge["orientation"] == "h"}
    return len(upright) * len(flat)


def _page(page: Any) -> tuple[InkPage, list[PlacedTable]]:  # noqa: ANN401 (pdfplumber is untyped)
    left, top = page.bbox[:2]
    upright = page.dedupe_chars()
    words = [
        Word(word["x0"] - left, word["top"] - top, word["x1"] - left, word["bottom"] - top, plain(word["text"]))
        for word in upright.extract_words(keep_blank_chars=False, x_tolerance=2)
    ]
    ink = InkPage(page.page_number, page.width, page.height, tuple(words))
    size = letter_height(ink)
    tables = []
    inside: set[int] = set()
    for found in page.find_tables():
        cells = [(x0 - left, y0 - top, x1 - left, y1 - top) for x0, y0, x1, y1 in found.cells]
        table = _table(cells, words, inside, size)
        if table is not None:
            tables.append(table)
    outside = tuple(word for number, word in enumerate(words) if number not in inside)
    return InkPage(ink.number, ink.width, ink.height, outside), tables


def _table(
    boxes: Sequence[tuple[float, float, float, float]], words: Sequence[Word], inside: set[int], size: float
) -> PlacedTable | None:
    xs = _places([x for box in boxes for x in (box[0], box[2])])
    ys = _places([y for box in boxes for y in (box[1], box[3])])
    if len(boxes) < 2 or len(xs) < 2 or len(ys) < 2:  # noqa: PLR2004 (two cells, two sides)
        return None
    cells = []
    for left, top, right, bottom in boxes:
        held = []
        for number, word in enumerate(words):
            x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
            if number not in inside and left <= x <= right and top <= y <= bottom:
                held.append(word)
                inside.add(number)
        column, row = _nearest(left, xs), _nearest(top, ys)
        spans = max(_nearest(bottom, ys) - row, 1), max(_nearest(right, xs) - column, 1)
        cells.append(PlacedCell(row, column, *spans, held, right - left))
    return PlacedTable(xs[0], ys[0], xs[-1], ys[-1], cells, xs, size)


def _places(values: Sequence[float]) -> list[float]:
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _NEAR:
            places.append(value)
    return places


def _nearest(value: float, places: Sequence[float]) -> int:
    return min(range(len(places)), key=lambda number: abs(places[number] - value))
