"""Spreadsheets to a document: the visible sheets, as they show their numbers, in order."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from crawler.documents.model import Document, Paragraph
from crawler.documents.sheet_grid import SheetGrid, sheet_blocks
from crawler.documents.sheet_xls import read_xls_sheets, read_xlsb_sheets
from crawler.documents.sheet_xlsx import read_xlsx_sheets
from crawler.documents.sniff import Kind
from storage.errors import UnreadableError
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.model import Block

_OLE = b"\xd0\xcf\x11\xe0"
_BINARY_WORKBOOK = b"xl/workbook.bin"
_ALIKE = 0.8
_MIN_LABELS = 10


def read_sheet(data: bytes) -> Document:
    """The document of a workbook (XLSX, XLSM, XLSB, XLS).

    Hidden sheets, rows and columns are not read. Raises UnreadableError: `damaged`, `encrypted`,
    `unsafe_archive`, `too_large`, `empty` (no visible sheet prints anything), `unsupported` (several
    sheets with the same rows: the reports of several agencies, of which nobody says which is meant).
    """
    if data.startswith(_OLE):
        media_type, sheets = Kind.XLS, read_xls_sheets(data)
    elif _BINARY_WORKBOOK in data:
        media_type, sheets = Kind.XLSX, read_xlsb_sheets(data)
    else:
        media_type, sheets = Kind.XLSX, read_xlsx_sheets(data)
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
    for sheet in sheets:
        blocks = list(sheet_blocks(sheet))
        # With a sheet for every table, the sheet's name may be all the heading there is.
        named = read_heading(sheet.name)
        if named is not None and not any(
            isinstance(block, Paragraph)
            and (own := read_heading(block.text)) is not None
            and own.number == named.number
            for block in blocks
        ):
            yield Paragraph(sheet.name, f"name of sheet {sheet.name}")
        yield from blocks


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
