"""The sheets of an XLSB workbook, straight from its binary records ([MS-XLSB]).

calamine tells neither merged areas nor formats nor hidden rows of it, and passes over the short records
of some writers, whose column is the one behind the cell before: every number then stands in the wrong place.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from crawler.documents.archive import Archive
from crawler.documents.sheet_biff import ERRORS, rk_number
from crawler.documents.sheet_grid import SheetGrid, Span, sheet_grid
from crawler.documents.sheet_numbers import BUILT_IN, GENERAL, number_format, number_text
from crawler.documents.sheet_package import Package
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_SHEETS = 100
MAX_CELLS = 100_000
"""Printed cells of one sheet; a report has 300."""
MAX_SPANS = 20_000
MAX_RECORDS = 3_000_000
_MAX_HIDDEN = 100_000
_LAST_ROW = 1_048_575
_LAST_COLUMN = 16_383


class _Value(IntEnum):
    """What a cell's record holds."""

    RK = 2
    ERROR = 3
    TRUTH = 4
    REAL = 5
    TEXT = 6
    SHARED = 7
    RICH_TEXT = 62


_ROW, _COLUMNS, _MERGED = 0, 60, 176
_FORMULAS = {8: _Value.TEXT, 9: _Value.REAL, 10: _Value.TRUTH, 11: _Value.ERROR}
_SHORT = range(12, 19)
_SHORT_BY = 11
"""A short record is one of kinds 1 to 7 without its column."""
_SHARED_TEXT, _FORMAT, _PROPERTIES, _SHEET, _STYLES, _STYLES_END, _STYLE = 19, 44, 153, 156, 617, 618, 47
_HIDDEN_ROW = 0x10
_NO_TEXT = 0xFFFFFFFF


@dataclass(slots=True)
class _Book:
    """What the sheets share: their texts, and how each cell style shows a number."""

    strings: list[str] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=lambda: dict(BUILT_IN))
    styles: list[int] = field(default_factory=list)
    since_1904: bool = False

    def number(self, number: float, style: int) -> str:
        code = self.codes.get(self.styles[style], "") if style < len(self.styles) else ""
        return number_text(number, number_format(code) if code else GENERAL, since_1904=self.since_1904)


def read_xlsb_sheets(data: bytes) -> tuple[SheetGrid, ...]:
    """The visible sheets of an XLSB file, in order. Raises UnreadableError as Archive does, `damaged`, `too_large`."""
    with Archive(data) as archive:
        package = Package(archive)
        try:
            return tuple(_sheets(package))
        except (struct.error, IndexError) as error:
            raise UnreadableError("damaged", f"a record of the workbook is too short: {error}") from error


def _sheets(package: Package) -> Iterator[SheetGrid]:
    path = package.main_part("xl/workbook.bin")
    workbook = package.read(path)
    targets = package.targets(path)
    book = _book(package, workbook, dict(targets.values()))
    for relation, name in _visible_sheets(workbook):
        content, part = targets.get(relation, ("", ""))
        if content == "worksheet":
            sheet = _Sheet(name, book)
            for kind, body in _records(package.read(part)):
                sheet.take(kind, body)
            yield sheet_grid(
                name, sheet.texts, sheet.spans, hidden_rows=sheet.hidden_rows, hidden_columns=sheet.hidden_columns
            )


def _visible_sheets(workbook: bytes) -> list[tuple[str, str]]:
    """Relation and name of each."""
    found = []
    for kind, body in _records(workbook):
        if kind == _SHEET and struct.unpack_from("<I", body)[0] == 0:
            relation, at = _wide_text(body, 8)
            found.append((relation, _wide_text(body, at)[0]))
    if len(found) > MAX_SHEETS:
        raise UnreadableError("too_large", f"{len(found)} sheets, {MAX_SHEETS} are read at most")
    return found


def _book(package: Package, workbook: bytes, parts: Mapping[str, str]) -> _Book:
    """What the workbook's parts (their kind → their name) give to all sheets."""
    book = _Book(since_1904=any(kind == _PROPERTIES and body[0] & 1 for kind, body in _records(workbook)))
    if "sharedStrings" in parts:
        records = _records(package.read(parts["sharedStrings"]))
        book.strings = [_wide_text(body, 1)[0] for kind, body in records if kind == _SHARED_TEXT]
    if "styles" in parts:
        _take_styles(book, package.read(parts["styles"]))
    return book


def _take_styles(book: _Book, part: bytes) -> None:
    is_open = False
    for kind, body in _records(part):
        if kind == _FORMAT:
            book.codes[struct.unpack_from("<H", body)[0]] = _wide_text(body, 2)[0]
        elif kind in {_STYLES, _STYLES_END}:
            is_open = kind == _STYLES
        elif kind == _STYLE and is_open:
            book.styles.append(struct.unpack_from("<H", body, 2)[0])


@dataclass(slots=True)
class _Sheet:
    """A sheet while its records go by. `row` and `column` are the last cell's, -1 before the first of its row."""

    name: str
    book: _Book
    row: int = -1
    column: int = -1
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def take(self, kind: int, body: bytes) -> None:
        """One more record."""
        if kind == _ROW:
            (self.row,), self.column = struct.unpack_from("<I", body), -1
            if body[11] & _HIDDEN_ROW and len(self.hidden_rows) < _MAX_HIDDEN:
                self.hidden_rows.add(self.row)
        elif kind in _SHORT:
            self._take_cell(self.column + 1, kind - _SHORT_BY, body)
        elif kind <= max(_FORMULAS) or kind == _Value.RICH_TEXT:
            self._take_cell(struct.unpack_from("<I", body)[0], _FORMULAS.get(kind, kind), body[4:])
        elif kind == _MERGED:
            self._take_span(*struct.unpack_from("<4I", body))
        elif kind == _COLUMNS:
            first, last = struct.unpack_from("<2I", body)
            if body[16] & 1:
                self.hidden_columns.update(range(first, min(last, _LAST_COLUMN) + 1))

    def _take_cell(self, column: int, kind: int, body: bytes) -> None:
        """A cell by its record from its style on."""
        self.column = column
        text = self._text(kind, struct.unpack_from("<I", body)[0] & 0xFFFFFF, body[4:])
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
        if text and 0 <= self.row <= _LAST_ROW and column <= _LAST_COLUMN:
            self.texts[self.row, column] = text
        if len(self.texts) > MAX_CELLS:
            raise UnreadableError("too_large", f"sheet {self.name} has more than {MAX_CELLS} printed cells")

    def _text(self, kind: int, style: int, value: bytes) -> str:
        """What a value prints; nothing for a blank cell."""
        text = ""
        match kind:
            case _Value.RK:
                text = self.book.number(rk_number(struct.unpack_from("<I", value)[0]), style)
            case _Value.REAL:
                text = self.book.number(struct.unpack_from("<d", value)[0], style)
            case _Value.ERROR:
                text = ERRORS.get(value[0], "#N/A")
            case _Value.TRUTH:
                text = "TRUE" if value[0] else "FALSE"
            case _Value.SHARED:
                text = _shared(self.book, struct.unpack_from("<I", value)[0])
            case _Value.TEXT:
                text = _wide_text(value, 0)[0]
            case _Value.RICH_TEXT:
                text = _wide_text(value, 1)[0]
        return text

    def _take_span(self, up: int, down: int, left: int, right: int) -> None:
        if up <= down <= _LAST_ROW and left <= right <= _LAST_COLUMN:
            self.spans.append(Span(up, left, down - up + 1, right - left + 1))
        if len(self.spans) > MAX_SPANS:
            raise UnreadableError("too_large", f"sheet {self.name} has more than {MAX_SPANS} merged areas")


def _shared(book: _Book, number: int) -> str:
    """The text of that number; a part that lost some of its texts must not pass for cells left blank."""
    if number >= len(book.strings):
        raise UnreadableError("damaged", f"a cell shows text {number} of {len(book.strings)}")
    return book.strings[number]


def _wide_text(body: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends."""
    (length,) = struct.unpack_from("<I", body, at)
    if length == _NO_TEXT:
        return "", at + 4
    end = at + 4 + 2 * length
    if end > len(body):
        raise UnreadableError("damaged", f"a text of {length} characters in a record of {len(body)} bytes")
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """The kinds of the records of a part with their bodies."""
    at = 0
    for _ in range(MAX_RECORDS):
        if at >= len(part):
            return
        kind, at = _number(part, at, 2)
        length, at = _number(part, at, 4)
        if at + length > len(part):
            raise UnreadableError("damaged", "a part of the workbook ends inside a record")
        yield kind, part[at : at + length]
        at += length
    raise UnreadableError("too_large", f"a part of the workbook has more than {MAX_RECORDS} records")


def _number(part: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = 0
    for place, byte in enumerate(part[at : at + most]):
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:  # noqa: PLR2004 (the bit that says that more follows)
            return value, at + place + 1
    return value, at + most
