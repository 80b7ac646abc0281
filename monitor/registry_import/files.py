"""Reads an operator's list of agencies from CSV or a workbook into rows of the registry's columns."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import python_calamine

from monitor.registry_import.words import HEADER_WORDS, cell_text, column_of_header, is_ignored_header
from storage.agency_table import REQUIRED, AgencyRow, csv_records, delimiter_of
from storage.faults import Faults, WrongValueError
from storage.operator_files import WHOLE_FILE, read_operator_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

HEADER_ROWS = 20
"""A list may begin with a title and notes; its header is looked for in so many rows."""

MAX_SHEET = 400_000_000
"""Bytes of an unpacked workbook; a small file can unpack to more than a machine holds."""

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_LEAST_KNOWN = 2


class ImportedTable(NamedTuple):
    """`columns` are the registry's columns that the list has; `ignored` headers were left out on purpose."""

    columns: tuple[str, ...]
    rows: tuple[AgencyRow, ...]
    ignored: tuple[str, ...]


Record = tuple[int, tuple[object, ...]]


def read_import_file(path: Path, faults: Faults) -> ImportedTable | None:
    """The rows of a list; None after noting that no list could be found in the file."""
    data = read_operator_file(path, faults, "absent_import")
    if data is None:
        return None
    sheets = list(_sheets(data, faults) if data.startswith(_WORKBOOKS) else _text(data, faults))
    found = [(name, records, place) for name, records in sheets if (place := _header_place(records)) is not None]
    if len(found) > 1:
        faults.add(1, WHOLE_FILE, "two_sheets", ", ".join(name for name, _, _ in found))
        return None
    if not found:
        if not faults.found:
            expected = ", ".join(f"{column}（{HEADER_WORDS[column][0]}）" for column in REQUIRED)
            faults.add(1, WHOLE_FILE, "no_header", HEADER_ROWS, expected)
        return None
    _, records, place = found[0]
    return _table(records[place], records[place + 1 :], faults)


def _text(data: bytes, faults: Faults) -> Iterator[tuple[str, list[Record]]]:
    text = _decoded(data)
    if text is None or "\0" in text:
        faults.add(1, WHOLE_FILE, "not_utf8" if text is None else "nul", "")
        return
    yield "", [(line, record) for line, record in csv_records(text, faults, delimiter_of(text, None))]


def _decoded(data: bytes) -> str | None:
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _sheets(data: bytes, faults: Faults) -> Iterator[tuple[str, list[Record]]]:
    """Every visible sheet with its rows, numbered as the spreadsheet shows them; blank rows are left out."""
    if data.startswith(b"PK") and not _fits(data, faults):
        return
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for sheet in book.sheets_metadata:
                if sheet.visible == python_calamine.SheetVisibleEnum.Visible:
                    grid = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                    rows = ((number, tuple(row)) for number, row in enumerate(grid, start=1))
                    yield sheet.name, [(number, row) for number, row in rows if any(cell != "" for cell in row)]
    except python_calamine.PasswordError:
        faults.add(1, WHOLE_FILE, "encrypted")
    except (python_calamine.CalamineError, OSError) as error:
        faults.add(1, WHOLE_FILE, "bad_sheet", error)


def _fits(data: bytes, faults: Faults) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        faults.add(1, WHOLE_FILE, "bad_sheet", error)
        return False
    if size > MAX_SHEET:
        faults.add(1, WHOLE_FILE, "too_large", MAX_SHEET // 1_000_000)
    return size <= MAX_SHEET


def _header_place(records: Sequence[Record]) -> int | None:
    """The index of the first record that names at least two columns of the registry."""
    for place, (_, cells) in enumerate(records[:HEADER_ROWS]):
        known = {column_of_header(str(cell)) for cell in cells} - {None}
        if len(known) >= _LEAST_KNOWN:
            return place
    return None


def _table(header: Record, records: Iterable[Record], faults: Faults) -> ImportedTable:
    line, cells = header
    printed = tuple(str(cell).strip() for cell in cells)
    columns = tuple(column_of_header(text) if text else None for text in printed)
    # From here on faults name a column as the operator's own list does.
    faults.headers = {column: text for column, text in zip(columns, printed, strict=True) if column}
    ignored = tuple(text for text in printed if is_ignored_header(text))
    for text, column in zip(printed, columns, strict=True):
        if text and column is None and text not in ignored:
            faults.add(line, text, "unknown_column", ", ".join(words[0] for words in HEADER_WORDS.values()))
    for column in dict.fromkeys(column for column in columns if column):
        if columns.count(column) > 1:
            faults.add(line, column, "repeated_column")
    for column in REQUIRED:
        if column not in columns:
            faults.add(line, f"{column}（{HEADER_WORDS[column][0]}）", "missing_column")
    rows = tuple(_rows(columns, printed, records, faults))
    return ImportedTable(tuple(column for column in columns if column), rows, ignored)


def _rows(
    columns: Sequence[str | None], printed: Sequence[str], records: Iterable[Record], faults: Faults
) -> Iterator[AgencyRow]:
    for line, cells in records:
        if len(cells) != len(columns):
            faults.add(line, WHOLE_FILE, "ragged", len(cells), len(columns))
            continue
        row: dict[str, str] = {}
        for number, (column, name, cell) in enumerate(zip(columns, printed, cells, strict=True), start=1):
            if column is None:
                if not name and str(cell).strip():
                    faults.add(line, WHOLE_FILE, "unnamed_column", number)
                continue
            row[column] = _cell(line, column, cell, faults)
        yield AgencyRow(line, row)


def _cell(line: int, column: str, value: object, faults: Faults) -> str:
    try:
        return cell_text(column, value)
    except WrongValueError as wrong:
        faults.add(line, column, wrong.key, *wrong.values)
        return str(value)
