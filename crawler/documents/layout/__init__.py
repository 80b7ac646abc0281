"""Fixed-layout formats (PDF, OFD, picture) know only where ink is; here it becomes blocks in reading order."""

from __future__ import annotations

from math import inf
from operator import sub
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout.chains import chains_of
from crawler.documents.layout.furniture import without_furniture
from crawler.documents.layout.halves import single_pages
from crawler.documents.layout.ink import InkPage, InkPicture, Ruling, Word
from crawler.documents.layout.lines import TextLine, lines_of
from crawler.documents.layout.marks import without_marks
from crawler.documents.layout.order import columns_of
from crawler.documents.layout.paragraphs import (
    Measure,
    TextBlock,
    begins_paragraph,
    continued,
    measure_of,
    paragraphs_of,
)
from crawler.documents.layout.placed import PlacedCell, PlacedTable, is_continued, joined, rows_of
from crawler.documents.layout.ruled import Ruled, ruled_tables
from crawler.documents.layout.strays import without_strays
from crawler.documents.model import Paragraph, Picture, Table
from crawler.documents.tables import parts_of_report, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.model import Block

MAX_WORDS = 20_000
"""Of one page that are looked at; a full page of small print has 5,000 letters."""


class _Laid(NamedTuple):
    """A block with what is needed to join it to the next page's."""

    block: TextBlock | PlacedTable | InkPicture
    page: InkPage
    measure: Measure | None
    last_page: int


def blocks_of(pages: Sequence[InkPage]) -> tuple[Block, ...]:
    """The paragraphs, tables and pictures of pages, in reading order.

    A table or paragraph that runs over the end of a page is one; page numbers and repeated heads and
    feet are left out.
    """
    return _blocks_of(pages, [letter_height(page) for page in pages])


def _blocks_of(pages: Sequence[InkPage], sizes: Sequence[float]) -> tuple[Block, ...]:
    return _blocks(pages, sizes, [ruled_tables(page, size) for page, size in zip(pages, sizes, strict=True)])


def blocks_of_print(pages: Sequence[InkPage]) -> tuple[Block, ...]:
    """The same of pages whose words are stored as text: marks across it are left out, two pages on a sheet are two."""
    sizes, widths, tallest = zip(*map(_extents, pages), strict=True) if pages else ((), (), ())
    singles = single_pages(without_marks(without_strays(pages, sizes, widths), sizes, tallest))
    return _blocks_of(pages, sizes) if singles is pages else blocks_of(singles)


def blocks_with_tables(pages: Sequence[InkPage], tables: Sequence[list[PlacedTable]]) -> tuple[Block, ...]:
    """The same where somebody else found the tables of each page; the pages' words are those outside of them."""
    ruled = [Ruled(found, list(page.words), []) for page, found in zip(pages, tables, strict=True)]
    return _blocks(pages, [letter_height(page) for page in pages], ruled)


def _blocks(pages: Sequence[InkPage], sizes: Sequence[float], ruled: Sequence[Ruled]) -> tuple[Block, ...]:
    lines = without_furniture(
        [lines_of(part.words) for part in ruled],
        [page.height for page in pages],
        [[(table.top, table.bottom) for table in part.tables] for part in ruled],
    )
    floors = [max((table.bottom for table in part.tables), default=0.0) for part in ruled]
    chains, lines = chains_of(pages, lines, [part.lines for part in ruled], sizes, floors)
    laid: list[_Laid] = []
    for number, (page, size, part, text) in enumerate(zip(pages, sizes, ruled, lines, strict=True)):
        begun = [chain for chain in chains if chain.first == number]
        lasts = {id(chain.table): pages[chain.last].number for chain in begun}
        blocks = _page_blocks(page, size, [*part.tables, *(chain.table for chain in begun if chain.table)], text)
        laid.extend(one._replace(last_page=lasts.get(id(one.block), one.last_page)) for one in blocks)
    return tuple(_named(_joined(laid)))


def letter_height(page: InkPage) -> float:
    """The usual height of the letters of a page, in its units: what all tolerances are measured in."""
    heights = [bottom - top for _, top, _, bottom, _, _ in page.words[:MAX_WORDS] if bottom > top]
    return median(heights) if heights else page.height / 80


def _extents(page: InkPage) -> tuple[float, Sequence[float], float]:
    """The usual height of the letters of a page, the widths of its words, the height of the tallest one at most."""
    if not page.words:
        return letter_height(page), (), 0.0
    lefts, tops, rights, bottoms, _, _ = zip(*page.words, strict=True)
    widths, heights = list(map(sub, rights, lefts)), list(map(sub, bottoms, tops))
    if len(heights) > MAX_WORDS or not (min(heights) > 0 and sum(heights) < inf):
        # Too many, some without height, or what is no number.
        return letter_height(page), widths, inf
    return median(heights), widths, max(heights)


def _page_blocks(
    page: InkPage, size: float, tables: Sequence[PlacedTable], lines: Sequence[TextLine]
) -> Iterator[_Laid]:
    for column in columns_of(lines, tables, size):
        texts = [item for item in column if isinstance(item, TextLine)]
        measure = measure_of(texts, size) if texts else None
        held: list[TextLine] = []
        for item in column:
            if isinstance(item, TextLine):
                held.append(item)
                continue
            yield from _texts(held, page, measure)
            held = []
            yield _Laid(item, page, None, page.number)
        yield from _texts(held, page, measure)
    yield from (_Laid(picture, page, None, page.number) for picture in page.pictures)


def _texts(lines: Sequence[TextLine], page: InkPage, measure: Measure | None) -> Iterator[_Laid]:
    if measure is not None:
        yield from (_Laid(block, page, measure, page.number) for block in paragraphs_of(lines, measure))


def _joined(laid: Sequence[_Laid]) -> Iterator[_Laid]:
    """The blocks, with a paragraph that runs over the end of a page as one."""
    held: _Laid | None = None
    for part in laid:
        if (
            held is not None
            and held.page is not part.page
            and isinstance(held.block, TextBlock)
            and isinstance(part.block, TextBlock)
            and held.measure is not None
            and not begins_paragraph(held.block.last, part.block.first, held.measure, is_same_page=False)
        ):
            held = part._replace(block=continued(held.block, part.block))
            continue
        if (
            held is not None
            and part.page.number == held.last_page + 1
            and isinstance(held.block, PlacedTable)
            and isinstance(part.block, PlacedTable)
            and is_continued(held.block, part.block)
        ):
            held = held._replace(block=joined(held.block, part.block), last_page=part.page.number)
            continue
        if held is not None:
            yield held
        held = part
    if held is not None:
        yield held


def _named(laid: Iterator[_Laid]) -> Iterator[Block]:
    counts: dict[tuple[int, str], int] = {}

    def place(page: InkPage, kind: str) -> str:
        number = counts[page.number, kind] = counts.get((page.number, kind), 0) + 1
        return f"page {page.number} {kind} {number}"

    for block, page, *_ in laid:
        if isinstance(block, PlacedTable):
            rows = rows_of(block)
            for is_text, part in parts_of_report(rows) or ((False, rows),):
                if is_text:
                    yield from text_of(part, place(page, "paragraph"))
                else:
                    yield Table(part, place(page, "table"), is_aligned=block.is_aligned)
        elif isinstance(block, TextBlock):
            yield Paragraph(block.text, place(page, "paragraph"))
        else:
            name = place(page, "picture")
            yield Picture(name, name, block.data)


__all__ = [
    "InkPage",
    "InkPicture",
    "PlacedCell",
    "PlacedTable",
    "Ruling",
    "Word",
    "blocks_of",
    "blocks_of_print",
    "blocks_with_tables",
    "letter_height",
]
