"""Readings of pages to blocks: tables from their ruled grids, paragraphs from the lines between them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout import InkPage, Ruling, Word, blocks_of
from crawler.documents.model import CellPlace, Paragraph, Table
from crawler.documents.picture.coarseness import coarse_doubt
from crawler.documents.picture.pages import PrintedCell, Read, cell_picture, read_page
from crawler.documents.picture.reading import Recognition
from crawler.documents.picture.second import settled
from crawler.documents.picture.wording import cell_reading, line_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from crawler.documents.model import Block, TableCell
    from crawler.documents.picture.cells import Box
    from crawler.documents.picture.letters import Reading
    from crawler.documents.picture.page import PageImage, Pixels
    from storage.report import Doubt

_FIRST_TOKEN = 0xF0000
"""Private characters: each stands for a cell while the layout is found, so that its picture is known after."""
_KEPT_BYTES = 120 * 1024 * 1024
"""Of pictures of cells, kept for a second reading."""


class Stored(NamedTuple):
    """A cell as first read, and its picture; None where no more could be kept, or nothing is printed."""

    reading: Reading
    picture: Pixels | None
    em: float


def assembled(images: Sequence[PageImage]) -> Recognition:
    """The blocks of all pages."""
    stored: list[Stored] = []
    pages: list[InkPage] = []
    doubts: list[Doubt] = []
    room = _KEPT_BYTES
    for image in images:
        read = read_page(image)
        first = len(stored)
        for cell, reading in zip(read.page.cells, read.cells, strict=True):
            picture = cell_picture(read.page, cell) if cell.lines and room > 0 else None
            room -= 0 if picture is None else picture.nbytes
            stored.append(Stored(cell_reading(reading), picture, cell.em))
        pages.append(_ink_page(read, first))
        if read.page.cells:
            doubts += coarse_doubt(image, read.page)
    places: dict[CellPlace, Stored] = {}
    blocks = tuple(_block(block, stored, places) for block in blocks_of(pages))
    return Recognition(blocks, tuple(doubts), lambda wanted: _again(blocks, tuple(doubts), places, wanted))


def _ink_page(read: Read, first: int) -> InkPage:
    page = read.page
    height, width = page.grey.shape
    words = [
        Word(box.left, box.top, box.right, box.bottom, line_text(reading.text), min(reading.confidence, 0.999))
        for box, reading in zip(page.lines, read.lines, strict=True)
        if reading.text.strip()
    ]
    words += [_token(cell, first + number) for number, cell in enumerate(page.cells)]
    rulings = tuple(ruling for cell in page.cells for ruling in _sides(cell.box))
    return InkPage(page.number, float(width), float(height), tuple(words), rulings)


def _token(cell: PrintedCell, number: int) -> Word:
    box = cell.box
    middle, level = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    half = min(cell.em / 2, (box.right - box.left) / 3)
    tall = min(cell.em / 2, (box.bottom - box.top) / 3)
    return Word(middle - half, level - tall, middle + half, level + tall, chr(_FIRST_TOKEN + number))


def _sides(box: Box) -> Iterator[Ruling]:
    left, top, right, bottom = box.left, box.top, box.right - 1, box.bottom - 1
    yield Ruling(left, top, right, top)
    yield Ruling(left, bottom, right, bottom)
    yield Ruling(left, top, left, bottom)
    yield Ruling(right, top, right, bottom)


def _block(block: Block, stored: Sequence[Stored], places: dict[CellPlace, Stored]) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, text="".join(_text_of(character, stored) for character in block.text))
    if not isinstance(block, Table):
        return block
    rows = []
    for row in block.rows:
        cells = []
        for cell in row:
            own = [stored[ord(character) - _FIRST_TOKEN] for character in cell.text if ord(character) >= _FIRST_TOKEN]
            if len(own) == 1:
                places[CellPlace(block.place, cell.row, cell.column)] = own[0]
            cells.append(_filled(cell, own) if own else cell)
        rows.append(tuple(cells))
    return replace(block, rows=tuple(rows))


def _text_of(character: str, stored: Sequence[Stored]) -> str:
    number = ord(character) - _FIRST_TOKEN
    return stored[number].reading.text if 0 <= number < len(stored) else character


def _filled(cell: TableCell, own: Sequence[Stored]) -> TableCell:
    text = "\n".join(part.reading.text for part in own if part.reading.text)
    sure = min(part.reading.confidence for part in own)
    return cell._replace(text=text, confidence=min(sure, 0.999) if text else sure)


def _again(
    blocks: tuple[Block, ...],
    doubts: tuple[Doubt, ...],
    places: Mapping[CellPlace, Stored],
    wanted: Collection[CellPlace],
) -> Recognition:
    """All blocks, the cells wanted settled by several readings of each."""
    known = [place for place in dict.fromkeys(wanted) if place in places and places[place].picture is not None]
    readings = settled([(places[place].picture, places[place].em, places[place].reading) for place in known])
    found = dict(zip(known, readings, strict=True))
    renewed = {place: places[place]._replace(reading=reading) for place, reading in found.items()}
    now = {**places, **renewed}

    def block_again(block: Block) -> Block:
        if not isinstance(block, Table):
            return block
        rows = tuple(
            tuple(
                _filled(cell, [renewed[place]])
                if (place := CellPlace(block.place, cell.row, cell.column)) in renewed
                else cell
                for cell in row
            )
            for row in block.rows
        )
        return replace(block, rows=rows)

    fresh = tuple(block_again(block) for block in blocks)
    return Recognition(fresh, doubts, lambda more: _again(fresh, doubts, now, more))
