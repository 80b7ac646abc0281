"""The sheets of an XLSX workbook, straight from its XML: a sheet is kept as sparse as it is written.

calamine lays out every place between a sheet's first and last cell, and one cell in the last corner of a
file of 5 KB makes it ask for 500 GB and abort the process; it also drops errors and number formats.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.archive import Archive
from crawler.documents.part import forget, local_name, part_elements
from crawler.documents.sheet_grid import SheetGrid, Span, sheet_grid
from crawler.documents.sheet_numbers import BUILT_IN, GENERAL, NumberFormat, number_format, number_text
from crawler.documents.sheet_package import Package
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

MAX_SHEETS = 100
MAX_CELLS = 100_000
"""Printed cells of one sheet; a report has 300."""
MAX_SPANS = 20_000
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
_MAX_HIDDEN = 100_000
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WHOLE = re.compile(r"-?\d{1,15}")
_TRUE = frozenset({"1", "true", "on"})


class _Style(NamedTuple):
    """How a workbook prints numbers: the format of each cell style, in order, and from which year it counts days."""

    formats: Sequence[NumberFormat]
    since_1904: bool


def read_xlsx_sheets(data: bytes) -> tuple[SheetGrid, ...]:
    """The visible sheets, in order. Raises UnreadableError as Archive does, `damaged`, `too_large`."""
    with Archive(data) as archive:
        package = Package(archive)
        path = package.main_part("xl/workbook.xml")
        workbook = package.tree(path)
        targets = package.targets(path)
        parts = {kind: name for _, (kind, name) in targets.items()}
        strings = _shared_strings(package, parts.get("sharedStrings"))
        properties = next(_children(workbook, "workbookPr"), None)
        since_1904 = properties is not None and (properties.get("date1904") or "") in _TRUE
        style = _Style(_formats(package, parts.get("styles")), since_1904)
        sheets = []
        for sheet in _visible_sheets(workbook):
            kind, part = targets.get(_relation(sheet), ("", ""))
            if kind == "worksheet":
                sheets.append(_read_sheet(package.read(part), sheet.get("name") or "", strings, style))
        return tuple(sheets)


def _visible_sheets(workbook: _Element) -> list[_Element]:
    sheets = [sheet for holder in _children(workbook, "sheets") for sheet in _children(holder, "sheet")]
    if len(sheets) > MAX_SHEETS:
        raise UnreadableError("too_large", f"{len(sheets)} sheets, {MAX_SHEETS} are read at most")
    return [sheet for sheet in sheets if (sheet.get("state") or "visible") == "visible"]


def _relation(sheet: _Element) -> str:
    return next((str(value) for key, value in sheet.attrib.items() if str(key).endswith("}id")), "")


def _children(element: _Element, name: str) -> Iterator[_Element]:
    return (child for child in element if local_name(child) == name)


def _shared_strings(package: Package, name: str | None) -> list[str]:
    if name is None:
        return []
    strings = []
    for _, element in part_elements(package.read(name), name, ("si",)):
        strings.append(_string(element))
        forget(element)
    return strings


def _string(element: _Element) -> str:
    """The text of a string with its runs, without the readings that are printed above characters."""
    pieces = []
    for child in element:
        name = local_name(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces += [text.text or "" for text in _children(child, "t")]
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _formats(package: Package, name: str | None) -> list[NumberFormat]:
    if name is None:
        return []
    root = package.tree(name)
    codes = dict(BUILT_IN)
    for holder in _children(root, "numFmts"):
        for each in _children(holder, "numFmt"):
            number = each.get("numFmtId") or ""
            if _WHOLE.fullmatch(number):
                codes[int(number)] = each.get("formatCode") or ""
    found = []
    for holder in _children(root, "cellXfs"):
        for each in _children(holder, "xf"):
            number = each.get("numFmtId") or "0"
            found.append(number_format(codes.get(int(number), "")) if _WHOLE.fullmatch(number) else GENERAL)
    return found


@dataclass(slots=True)
class _Sheet:
    """A sheet while its elements go by."""

    name: str
    strings: Sequence[str]
    style: _Style
    row: int = 0
    column: int = 0
    passed: str | None = None
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def take_cell(self, cell: _Element) -> None:
        reference = cell.get("r")
        if len(cell):
            self._take_place(cell, reference)
            text = _cell_text(cell, self.strings, self.style)
            if text and self.row < LAST_ROW and self.column <= LAST_COLUMN:
                self.texts[self.row, self.column - 1] = text
                if len(self.texts) > MAX_CELLS:
                    raise UnreadableError("too_large", f"sheet {self.name} has more than {MAX_CELLS} printed cells")
        elif reference is not None:
            # Of a million empty cells only the last before a cell without a place matters.
            self.passed = reference
        else:
            self._take_place(cell, None)
        cell.clear()

    def _take_place(self, cell: _Element, reference: str | None) -> None:
        """Some writers leave out the place of a cell: it stands behind the one before."""
        if reference is None:
            if self.column == 0:
                self.row = _row_number(cell.getparent(), self.row)
            self._stand_at(self.passed or "")
            self.column += 1
        else:
            self._stand_at(reference)
        self.passed = None

    def _stand_at(self, reference: str) -> None:
        place = _PLACE.fullmatch(reference)
        if place is not None:
            self.row, self.column = int(place[2]) - 1, _column(place[1])

    def end_row(self, row: _Element) -> None:
        number = _row_number(row, self.row)
        if _is_hidden(row) and len(self.hidden_rows) < _MAX_HIDDEN:
            self.hidden_rows.add(number)
        self.row, self.column, self.passed = number + 1, 0, None
        forget(row)

    def take_columns(self, columns: _Element) -> None:
        first, last = columns.get("min") or "", columns.get("max") or ""
        if _is_hidden(columns) and _WHOLE.fullmatch(first) and _WHOLE.fullmatch(last):
            self.hidden_columns.update(range(int(first) - 1, min(int(last), LAST_COLUMN)))

    def take_span(self, merged: _Element) -> None:
        span = _span(merged.get("ref") or "")
        if span is not None:
            self.spans.append(span)
        if len(self.spans) > MAX_SPANS:
            raise UnreadableError("too_large", f"sheet {self.name} has more than {MAX_SPANS} merged areas")


def _read_sheet(data: bytes, name: str, strings: Sequence[str], style: _Style) -> SheetGrid:
    sheet = _Sheet(name, strings, style)
    takers = {"c": sheet.take_cell, "row": sheet.end_row, "col": sheet.take_columns, "mergeCell": sheet.take_span}
    for kind, element in part_elements(data, f"sheet {name}", takers):
        takers[kind](element)
    return sheet_grid(
        name, sheet.texts, sheet.spans, hidden_rows=sheet.hidden_rows, hidden_columns=sheet.hidden_columns
    )


def _is_hidden(element: _Element) -> bool:
    return (element.get("hidden") or "") in _TRUE


def _row_number(row: _Element | None, following: int) -> int:
    """The number of a row, from 0; the one that follows where it tells none."""
    number = "" if row is None else row.get("r") or ""
    return int(number) - 1 if _WHOLE.fullmatch(number) and int(number) > 0 else following


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _span(reference: str) -> Span | None:
    first, _, last = reference.partition(":")
    begin, end = _PLACE.fullmatch(first), _PLACE.fullmatch(last)
    if begin is None or end is None:
        return None
    rows = sorted((int(begin[2]) - 1, int(end[2]) - 1))
    columns = sorted((_column(begin[1]) - 1, _column(end[1]) - 1))
    return Span(rows[0], columns[0], rows[1] - rows[0] + 1, columns[1] - columns[0] + 1)


def _cell_text(cell: _Element, strings: Sequence[str], style: _Style) -> str:
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        return "".join(_string(child) for child in _children(cell, "is"))
    value = next((child.text or "" for child in _children(cell, "v")), "").strip()
    if kind == "s":
        return _shared(value, strings) if value else ""
    if kind == "b" and value:
        return "TRUE" if value in _TRUE else "FALSE"
    return _unescaped(value) if kind in {"str", "e", "d"} else _shown(value, cell.get("s") or "", style)


def _shared(value: str, strings: Sequence[str]) -> str:
    """The text of that number; a part that lost some of its texts must not pass for cells left blank."""
    number = int(value) if _WHOLE.fullmatch(value) else -1
    if not 0 <= number < len(strings):
        raise UnreadableError("damaged", f"a cell shows text {value[:20]} of {len(strings)}")
    return strings[number]


def _shown(value: str, index: str, style: _Style) -> str:
    """A number as its cell's style shows it; what is no number as it is."""
    try:
        number = float(value)
    except ValueError:
        return _unescaped(value)
    shown = style.formats[int(index)] if _WHOLE.fullmatch(index) and 0 <= int(index) < len(style.formats) else GENERAL
    return number_text(number, shown, since_1904=style.since_1904)
