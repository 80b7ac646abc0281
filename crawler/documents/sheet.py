"""Spreadsheets to a document: the visible sheets, as they show their numbers, in order."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from crawler.documents.model import Document, Paragraph
from crawler.documents.sheet_grid import SheetGrid, sheet_blocks
from crawler.documents.sheet_ods import read_ods_sheets
from crawler.documents.sheet_xls import read_xls_sheets
from crawler.documents.sheet_xlsb import read_xlsb_sheets
from crawler.documents.sheet_xlsx import read_xlsx_sheets
from crawler.documents.sheet_xml import read_xml_sheets
from crawler.documents.sniff import Kind
from storage.errors import UnreadableError
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crawler.documents.model import Block

_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK"
_BINARY_WORKBOOK = b"xl/workbook.bin"
_ALIKE = 0.8
_MIN_LABELS = 10


def read_sheet(data: bytes) -> Document:
    """The document of a workbook (XLSX, XLSM, XLSB, XLS, XML Spreadsheet).

    Hidden sheets, rows and columns are not read. Raises UnreadableError: `damaged`, `encrypted`,
    `unsafe_archive`, `too_large`, `empty` (no visible sheet prints anything), `unsupported` (several
    sheets with the same rows: the reports of several agencies, of which nobody says which is meant).
    """
    if data.startswith(_OLE):
        media_type, sheets = Kind.XLS, read_xls_sheets(data)
    elif not data.startswith(_ZIP):
        media_type, sheets = Kind.SHEET_XML, read_xml_sheets(data)
    elif _BINARY_WORKBOOK in data:
        media_type, sheets = Kind.XLSX, read_xlsb_sheets(data)
    else:
        media_type, sheets = Kind.XLSX, read_xlsx_sheets(data)
    return _document(media_type, sheets)


def read_open_sheet(data: bytes) -> Document:
    """The document of an OpenDocument spreadsheet. Raises as `read_sheet` does."""
    return _document(Kind.ODS, read_ods_sheets(data))


def _document(media_type: Kind, sheets: Sequence[SheetGrid]) -> Document:
    printed = _without_templates([sheet for sheet in sheets if sheet.texts])
    if not printed:
        raise UnreadableError("empty", "no visible sheet of the workbook prints anything")
    for one, other in combinations(printed, 2):
        if _is_alike(one, other):
            raise UnreadableError(
                "unsupported",
                f"sheets {one.name!r} and {other.name!r} have the same rows: one workbook, several reports",
            )
    return Document(media_type.value, tuple(_blocks(printed)))


def _blocks(sheets: Sequence[SheetGrid]) -> Iterator[Block]:
    """The blocks of all sheets; a sheet of one section's table stands where another one has that section's heading."""
    parts = [_named_blocks(sheet) for sheet in sheets]
    numbers = [_sections(part) for part in parts]
    main = max(range(len(parts)), key=lambda number: len(numbers[number]))
    moved: dict[int, list[Block]] = {}
    for number, part in enumerate(parts):
        if number != main and len(numbers[number]) == 1 and numbers[number] < numbers[main]:
            (section,) = numbers[number]
            moved.setdefault(section, []).extend(block for block in part if _section(block) is None)
    for number, part in enumerate(parts):
        if number == main:
            yield from _with(part, moved)
        elif not (len(numbers[number]) == 1 and numbers[number] < numbers[main]):
            yield from part


def _with(blocks: Sequence[Block], moved: Mapping[int, Sequence[Block]]) -> Iterator[Block]:
    """The blocks, and behind the heading of a section those that belong to it."""
    # A list of contents may name the section before its own heading does.
    last = {number: at for at, block in enumerate(blocks) if (number := _section(block)) is not None}
    for at, block in enumerate(blocks):
        yield block
        for number, place in last.items():
            if place == at:
                yield from moved.get(number, ())


def _sections(blocks: Iterable[Block]) -> set[int]:
    return {number for block in blocks if (number := _section(block)) is not None}


def _section(block: Block) -> int | None:
    """The number of the section that a line heads; None for what is no heading."""
    heading = read_heading(block.text) if isinstance(block, Paragraph) else None
    return heading.number if heading is not None else None


def _named_blocks(sheet: SheetGrid) -> list[Block]:
    blocks = list(sheet_blocks(sheet))
    # With a sheet for every table, the sheet's name may be all the heading there is.
    named = read_heading(sheet.name)
    if named is not None and named.number not in _sections(blocks):
        return [Paragraph(sheet.name, f"name of sheet {sheet.name}"), *blocks]
    return blocks


def _without_templates(sheets: Sequence[SheetGrid]) -> list[SheetGrid]:
    """The sheets without copies, and without the empty form that another of them fills in."""
    kept: list[SheetGrid] = []
    for sheet in sheets:
        if not any(sheet.texts == other.texts for other in kept):
            kept.append(sheet)
    return [
        sheet
        for sheet in kept
        if _has_numbers(sheet) or not any(_has_numbers(other) and _is_alike(sheet, other) for other in kept)
    ]


def _has_numbers(sheet: SheetGrid) -> bool:
    return any(text.isdecimal() for text in sheet.texts.values())


def _is_alike(one: SheetGrid, other: SheetGrid) -> bool:
    """Do the sheets print the same words, whatever their numbers?"""
    ours, theirs = ({text for text in sheet.texts.values() if not text.isascii()} for sheet in (one, other))
    return len(ours & theirs) >= _MIN_LABELS and len(ours & theirs) >= _ALIKE * min(len(ours), len(theirs))
