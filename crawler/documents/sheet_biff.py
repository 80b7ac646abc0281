"""What calamine does not tell of an XLS workbook: how numbers are shown, errors, what is hidden, how wide it is."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.documents.sheet_numbers import BUILT_IN, GENERAL, NumberFormat, number_format, number_text
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_RECORDS = 3_000_000
MAX_SIZE = 1 << 24
"""Rows by columns that a sheet may claim: all that the format has. calamine reserves room for each."""
MAX_PLACES = 4_000_000
"""Between the first and the last cell of a sheet; calamine lays out every one of them."""
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}

_BOF, _EOF, _ENCRYPTED, _BOUND_SHEET, _YEAR_1904 = 0x0809, 0x000A, 0x002F, 0x0085, 0x0022
_FORMAT, _XF, _DIMENSIONS, _ROW, _COLUMN = 0x041E, 0x00E0, 0x0200, 0x0208, 0x007D
_NUMBER, _RK, _MULTIPLE_RK, _BOOLEAN, _FORMULA = 0x0203, 0x027E, 0x00BD, 0x0205, 0x0006
_STRINGS = frozenset({0x00FD, 0x0204, 0x00D6})
_NUMBERS = frozenset({_NUMBER, _RK, _MULTIPLE_RK, _BOOLEAN, _FORMULA})
_BIFF8 = 0x0600
_NO_NUMBER = b"\xff\xff"
_IS_TRUE, _IS_ERROR = 1, 2
_HIDDEN_ROW = 0x20
_WIDE = 1
_SHORT_DIMENSIONS = 10


@dataclass(slots=True)
class BiffSheet:
    """One sheet: texts of the cells that hold numbers, truths or errors, as they are shown; what is hidden."""

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Globals:
    """What the sheets share: the shown form of each cell style, and where each sheet's records begin."""

    is_biff8: bool = True
    codes: dict[int, str] = field(default_factory=lambda: dict(BUILT_IN))
    styles: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    since_1904: bool = False

    def shown(self, style: int) -> NumberFormat:
        code = self.codes.get(self.styles[style], "") if style < len(self.styles) else ""
        return number_format(code) if code else GENERAL

    def text(self, number: float, style: int) -> str:
        return number_text(number, self.shown(style), since_1904=self.since_1904)


def read_biff(stream: bytes) -> list[BiffSheet]:
    """The sheets of a workbook stream, in the order of their names.

    Raises UnreadableError `damaged`, `encrypted`, `too_large`.
    """
    shared = _Globals()
    try:
        for kind, body in _records(stream, 0):
            _take_global(shared, kind, body)
        return [_read_sheet(shared, stream, start) for start in shared.starts]
    except struct.error as error:
        raise UnreadableError("damaged", f"a record of the workbook is too short: {error}") from error


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream with their bodies; those of substreams inside it are passed over."""
    depth = 0
    for _ in range(MAX_RECORDS):
        if start + 4 > len(stream):
            return
        kind, length = struct.unpack_from("<HH", stream, start)
        body = stream[start + 4 : start + 4 + length]
        start += 4 + length
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, body
    raise UnreadableError("too_large", f"the workbook has more than {MAX_RECORDS} records")


def _take_global(shared: _Globals, kind: int, body: bytes) -> None:
    if kind == _BOF:
        shared.is_biff8 = struct.unpack_from("<H", body)[0] >= _BIFF8
    elif kind == _ENCRYPTED:
        raise UnreadableError("encrypted", "an encrypted Excel workbook")
    elif kind == _BOUND_SHEET:
        shared.starts.append(struct.unpack_from("<I", body)[0])
    elif kind == _YEAR_1904:
        shared.since_1904 = struct.unpack_from("<H", body)[0] == 1
    elif kind == _XF:
        shared.styles.append(struct.unpack_from("<H", body, 2)[0])
    elif kind == _FORMAT and shared.is_biff8:
        number, length, flags = struct.unpack_from("<HHB", body)
        wide = flags & _WIDE
        shared.codes[number] = body[5 : 5 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")
    elif kind == _FORMAT:
        number, length = struct.unpack_from("<HB", body)
        shared.codes[number] = body[3 : 3 + length].decode("gb18030", "replace")


def _read_sheet(shared: _Globals, stream: bytes, start: int) -> BiffSheet:
    sheet = BiffSheet()
    rows: set[int] = set()
    columns: set[int] = set()
    for kind, body in _records(stream, start):
        if kind == _DIMENSIONS:
            _refuse_wide(body)
        elif kind == _ROW:
            (row,) = struct.unpack_from("<H", body)
            if struct.unpack_from("<H", body, 12)[0] & _HIDDEN_ROW:
                sheet.hidden_rows.add(row)
        elif kind == _COLUMN:
            first, last, _, _, flags = struct.unpack_from("<5H", body)
            if flags & 1:
                sheet.hidden_columns.update(range(first, min(last, 255) + 1))
        elif kind in _NUMBERS or kind in _STRINGS:
            row, column = struct.unpack_from("<HH", body)
            rows.add(row)
            columns.add(column)
            if kind in _NUMBERS:
                sheet.texts.update(_cells(shared, kind, body))
    if rows and (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) > MAX_PLACES:
        raise UnreadableError("too_large", "the cells of a sheet lie too far apart")
    return sheet


def _cells(shared: _Globals, kind: int, body: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    row, column, style = struct.unpack_from("<3H", body)
    if kind == _NUMBER:
        yield (row, column), shared.text(struct.unpack_from("<d", body, 6)[0], style)
    elif kind == _RK:
        yield (row, column), shared.text(rk_number(struct.unpack_from("<I", body, 6)[0]), style)
    elif kind == _MULTIPLE_RK:
        for number in range((len(body) - 6) // 6):
            style, packed = struct.unpack_from("<HI", body, 4 + 6 * number)
            yield (row, column + number), shared.text(rk_number(packed), style)
    elif kind == _BOOLEAN:
        value, is_error = struct.unpack_from("<2B", body, 6)
        yield (row, column), ERRORS.get(value, "#N/A") if is_error else "TRUE" if value else "FALSE"
    elif body[12:14] != _NO_NUMBER:
        yield (row, column), shared.text(struct.unpack_from("<d", body, 6)[0], style)
    else:
        result, _, value = struct.unpack_from("<3B", body, 6)
        if result == _IS_ERROR:
            yield (row, column), ERRORS.get(value, "#N/A")
        elif result == _IS_TRUE:
            yield (row, column), "TRUE" if value else "FALSE"


def rk_number(packed: int) -> float:
    """A number packed into 30 bits: the head of a float or a whole number, maybe a hundredth of it."""
    if packed & 2:
        number = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        number = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return number / 100 if packed & 1 else number


def _refuse_wide(body: bytes) -> None:
    """Refuse what calamine would reserve more room for than there is; it goes by the record's length, as we do."""
    first, last, left, right = struct.unpack_from("<IIHH" if len(body) > _SHORT_DIMENSIONS else "<HHHH", body)
    if last and right and (first > last or left > right):
        raise UnreadableError("damaged", f"a sheet claims rows {first} to {last}, columns {left} to {right}")
    if max(last - first, 0) * max(right - left, 0) > MAX_SIZE:
        raise UnreadableError("too_large", f"a sheet claims {last - first} rows by {right - left} columns")
