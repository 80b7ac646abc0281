"""The sheets of XLS workbooks: the words by calamine, the numbers as the workbook's own records show them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import olefile
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from crawler.documents.sheet_biff import BiffSheet, read_biff
from crawler.documents.sheet_grid import Span, sheet_grid
from crawler.documents.sheet_numbers import value_text
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_calamine import SheetMetadata

    from crawler.documents.sheet_grid import SheetGrid

MAX_CELLS = 100_000
MAX_SHEETS = 100
MAX_SPANS = 20_000
_STREAMS = ("Workbook", "Book")


def read_xls_sheets(data: bytes) -> tuple[SheetGrid, ...]:
    """The visible sheets of an XLS file, in order. Raises UnreadableError `damaged`, `encrypted`, `too_large`."""
    return _read_sheets(data, read_biff(_stream(data)))


def _stream(data: bytes) -> bytes:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            name = next(name for name in _STREAMS if ole.exists(name))
            stream: bytes = ole.openstream(name).read()
            return stream
    except Exception as error:  # olefile raises whatever its struct and index operations raise
        raise UnreadableError("damaged", f"no Excel workbook: {type(error).__name__}: {error}") from error


def _read_sheets(data: bytes, shown: Sequence[BiffSheet]) -> tuple[SheetGrid, ...]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return tuple(
                _read_sheet(book, number, shown[number] if number < len(shown) else BiffSheet())
                for number, sheet in enumerate(_few(book.sheets_metadata))
                if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
            )
    except PasswordError as error:
        raise UnreadableError("encrypted", "an encrypted Excel workbook") from error
    except UnreadableError:
        raise
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise UnreadableError("damaged", f"no Excel workbook: {error}") from error
    except BaseException as error:
        # A panic of calamine's is no Exception; any other of its kind is somebody stopping us.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableError("damaged", f"no Excel workbook: {error}") from error


def _few(sheets: Sequence[SheetMetadata]) -> Sequence[SheetMetadata]:
    if len(sheets) > MAX_SHEETS:
        raise UnreadableError("too_large", f"{len(sheets)} sheets, {MAX_SHEETS} are read at most")
    return sheets


def _read_sheet(book: CalamineWorkbook, number: int, shown: BiffSheet) -> SheetGrid:
    sheet = book.get_sheet_by_index(number)
    texts: dict[tuple[int, int], str] = {}
    top, left = sheet.start or (0, 0)
    for row, values in enumerate(sheet.to_python(skip_empty_area=True), start=top):
        for column, value in enumerate(values, start=left):
            text = value_text(value).replace("\r\n", "\n").replace("\r", "\n").strip() if value != "" else ""
            if text:
                texts[row, column] = text
    texts.update(shown.texts)
    if len(texts) > MAX_CELLS:
        raise UnreadableError("too_large", f"sheet {sheet.name} has more than {MAX_CELLS} printed cells")
    merged = sheet.merged_cell_ranges or []
    if len(merged) > MAX_SPANS:
        raise UnreadableError("too_large", f"sheet {sheet.name} has more than {MAX_SPANS} merged areas")
    spans = [Span(up, at, down - up + 1, right - at + 1) for (up, at), (down, right) in merged]
    return sheet_grid(sheet.name, texts, spans, hidden_rows=shown.hidden_rows, hidden_columns=shown.hidden_columns)
