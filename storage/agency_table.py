"""The table of agencies as text: `agencies.csv` → rows with their lines → agencies, and back."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from storage.faults import Faults, WrongValueError, shown
from storage.records import Agency, AgencyKind
from storage.value_readers import identifier, iso_date, line_of_text, web_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

COLUMNS = (
    "id",
    "name",
    "kind",
    "region",
    "portal",
    "column_url",
    "aliases",
    "parent",
    "active_from",
    "active_to",
    "due",
    "due_basis",
)
REQUIRED = COLUMNS[:5]
ALIAS_MARK = "|"

_DELIMITERS = {";": "；", "\t": "Tab", "，": "，", "；": "；", "|": "|"}
_DUE = re.compile(r"([0-9]{2})-([0-9]{2})")
_COMMON_YEAR = 2023


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One row as text: `line` counts from 1 as an editor or a spreadsheet shows it; absent cells are missing."""

    line: int
    cells: Mapping[str, str]

    def cell(self, column: str) -> str:
        """The text of a cell, empty where the table has no such column."""
        return self.cells.get(column, "")


def read_agency_rows(text: str, faults: Faults) -> tuple[tuple[str, ...], tuple[AgencyRow, ...]]:
    """The header and the rows of `agencies.csv`; every fault of the table's shape is noted."""
    records = csv_records(text, faults, delimiter_of(text, faults))
    header_line, header = next(records, (1, ()))
    if not header:
        faults.add(1, "*", "no_header_row", ",".join(COLUMNS))
        return (), ()
    check_header(header_line, header, faults)
    return header, tuple(rows_under(header, records, faults))


def delimiter_of(text: str, faults: Faults | None) -> str:
    """What separates the columns, by the first line; anything but a comma is a fault where faults are asked for."""
    first = text.lstrip().split("\n", 1)[0]
    if "," in first:
        return ","
    found = max(_DELIMITERS, key=first.count)
    if found not in first:
        return ","
    if faults is not None:
        faults.add(1, "*", "delimiter", f"“{_DELIMITERS[found]}”")
    return found


def csv_records(text: str, faults: Faults, delimiter: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every record with the line it begins in, cells stripped; blank ones are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = tuple(cell.strip() for cell in next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            faults.add(line, "*", "quote", error)
            continue
        if any(record):
            yield line, record


def check_header(line: int, header: Sequence[str], faults: Faults) -> None:
    """Note the columns that are unknown, missing or there twice."""
    for name in dict.fromkeys(name for name in header if name):
        if name not in COLUMNS:
            near = get_close_matches(name.lower(), COLUMNS, n=1)
            faults.add(line, name, "unknown_column", ", ".join(near or COLUMNS))
        elif header.count(name) > 1:
            faults.add(line, name, "repeated_column")
    for name in REQUIRED:
        if name not in header:
            faults.add(line, name, "missing_column")


def rows_under(
    header: Sequence[str], records: Iterable[tuple[int, Sequence[str]]], faults: Faults
) -> Iterator[AgencyRow]:
    """The records as rows of the header's columns; ragged ones and cells under no name are noted.

    Of a ragged row only the id is kept, so that rows that refer to it are not called wrong as well.
    """
    for line, record in records:
        if len(record) != len(header):
            faults.add(line, "*", "ragged", len(record), len(header))
            yield AgencyRow(line, {name: cell for name, cell in zip(header, record, strict=False) if name == "id"})
            continue
        for number, (name, cell) in enumerate(zip(header, record, strict=True), start=1):
            if cell and not name:
                faults.add(line, "*", "unnamed_column", number)
        yield AgencyRow(line, {name: cell for name, cell in zip(header, record, strict=True) if name in COLUMNS})


def read_agency(row: AgencyRow, faults: Faults) -> Agency | None:
    """The agency of a row; None after noting every cell that is not what its column expects."""
    before = len(faults.found)
    values: dict[str, Any] = {}
    for column in COLUMNS:
        if text := row.cell(column):
            values[column] = faults.read(row.line, column, _READERS[column], text)
        elif column in REQUIRED and column in row.cells:
            faults.add(row.line, column, "required")
    start, end = values.get("active_from"), values.get("active_to")
    if start and end and end < start:
        faults.add(row.line, "active_to", "dates_reversed", start)
    if row.cell("due") and not row.cell("due_basis"):
        faults.add(row.line, "due_basis", "without_basis")
    if row.cell("due_basis") and not row.cell("due"):
        faults.add(row.line, "due", "without_due")
    if len(faults.found) > before or not all(column in values for column in REQUIRED):
        return None
    aliases = tuple(alias for alias in values.pop("aliases", ()) if alias != values["name"])
    return Agency(aliases=aliases, **values)


def agency_cells(agency: Agency) -> dict[str, str]:
    """An agency as the cells of its row, every column of the contract present."""
    return {
        "id": agency.id,
        "name": agency.name,
        "kind": agency.kind.value,
        "region": agency.region,
        "portal": agency.portal,
        "column_url": agency.column_url or "",
        "aliases": ALIAS_MARK.join(agency.aliases),
        "parent": agency.parent or "",
        "active_from": agency.active_from.isoformat() if agency.active_from else "",
        "active_to": agency.active_to.isoformat() if agency.active_to else "",
        "due": "{:02}-{:02}".format(*agency.due) if agency.due else "",
        "due_basis": agency.due_basis or "",
    }


def write_agency_table(agencies: Iterable[Agency], columns: Sequence[str], newline: str = "\n") -> str:
    """The agencies as CSV text with those columns."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=newline)
    writer.writerow(columns)
    for agency in agencies:
        cells = agency_cells(agency)
        writer.writerow([cells[column] for column in columns])
    return stream.getvalue()


def _kind(value: object) -> AgencyKind:
    try:
        return AgencyKind(str(value))
    except ValueError as error:
        raise WrongValueError("kind", shown(value), ", ".join(AgencyKind)) from error


def _region(value: object) -> str:
    text = str(value)
    if not re.fullmatch(r"[0-9]{6}(?:[0-9]{3})?", text):
        raise WrongValueError("region", shown(value))
    return text


def _aliases(value: object) -> tuple[str, ...]:
    parts = (part.strip() for part in str(value).split(ALIAS_MARK))
    return tuple(dict.fromkeys(line_of_text(part) for part in parts if part))


def _due(value: object) -> tuple[int, int]:
    match = _DUE.fullmatch(str(value))
    if match is None:
        raise WrongValueError("due", shown(value))
    month, day = int(match[1]), int(match[2])
    try:
        date(_COMMON_YEAR, month, day)
    except ValueError as error:
        raise WrongValueError("due", shown(value)) from error
    return month, day


_READERS: Mapping[str, Callable[[object], Any]] = {
    "id": identifier,
    "name": line_of_text,
    "kind": _kind,
    "region": _region,
    "portal": identifier,
    "column_url": web_address,
    "aliases": _aliases,
    "parent": identifier,
    "active_from": iso_date,
    "active_to": iso_date,
    "due": _due,
    "due_basis": str,
}
