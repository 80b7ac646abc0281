"""The sheets of an XML Spreadsheet (Excel 2003): a workbook in one XML file, which report systems save as .xls."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from crawler.documents.part import local_name, part_tree
from crawler.documents.sheet_grid import SheetGrid, Span, sheet_grid
from crawler.documents.sheet_numbers import number_format, number_text, value_text
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

MAX_SHEETS = 100
MAX_CELLS = 100_000
MAX_SPANS = 20_000
_MAX_HIDDEN = 10_000
_LAST_ROW = 1_048_576
_LAST_COLUMN = 16_384
_NAMED_FORMATS = {
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Currency": "#,##0.00",
    "Euro Currency": "#,##0.00",
    "Percent": "0.00%",
    "General Number": "General",
}
"""Formats that go by a name; those of dates are given as days are, whatever their name."""


def read_xml_sheets(data: bytes) -> tuple[SheetGrid, ...]:
    """The visible sheets, in order. Raises UnreadableError `damaged`, `too_large`."""
    workbook = part_tree(data, "workbook")
    formats = {
        _told(style, "ID"): _told(shown, "Format")
        for holder in _children(workbook, "Styles")
        for style in _children(holder, "Style")
        for shown in _children(style, "NumberFormat")
    }
    shown = [sheet for sheet in _children(workbook, "Worksheet") if not _is_hidden_sheet(sheet)]
    if len(shown) > MAX_SHEETS:
        raise UnreadableError("too_large", f"{len(shown)} sheets, {MAX_SHEETS} are read at most")
    return tuple(_read_sheet(sheet, formats) for sheet in shown)


def _children(element: _Element, name: str) -> Iterator[_Element]:
    return (child for child in element if local_name(child) == name)


def _told(element: _Element, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def _count(element: _Element, name: str) -> int:
    """A whole number that an attribute tells, 0 where it tells none."""
    told = _told(element, name)
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 8 else 0  # noqa: PLR2004 (rows have seven digits)


def _is_hidden_sheet(sheet: _Element) -> bool:
    visible = (child for options in _children(sheet, "WorksheetOptions") for child in _children(options, "Visible"))
    return any((child.text or "").strip() in {"SheetHidden", "SheetVeryHidden"} for child in visible)


@dataclass(slots=True)
class _Sheet:
    """A sheet while its rows go by."""

    name: str
    formats: Mapping[str, str]
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def take_row(self, row: _Element, number: int) -> None:
        """The cells of a row; those that tell no place stand behind the one before."""
        column = 0
        for cell in _children(row, "Cell"):
            column = _count(cell, "Index") - 1 if _count(cell, "Index") else column
            text = self._text(cell)
            if text and column < _LAST_COLUMN:
                self.texts[number, column] = text
            across, down = _count(cell, "MergeAcross"), _count(cell, "MergeDown")
            if across or down:
                self.spans.append(Span(number, column, down + 1, across + 1))
            column += across + 1
        if len(self.texts) > MAX_CELLS or len(self.spans) > MAX_SPANS:
            raise UnreadableError("too_large", f"sheet {self.name} has too many printed cells or merged areas")

    def _text(self, cell: _Element) -> str:
        data = next(_children(cell, "Data"), None)
        if data is None:
            return ""
        text = "".join(str(piece) for piece in data.itertext()).replace("\r\n", "\n").replace("\r", "\n").strip()
        try:
            match _told(data, "Type"):
                case "Number":
                    code = self.formats.get(_told(cell, "StyleID"), "")
                    return number_text(float(text), number_format(_NAMED_FORMATS.get(code, code)))
                case "DateTime":
                    return value_text(datetime.fromisoformat(text))
                case "Boolean":
                    return "TRUE" if text == "1" else "FALSE"
                case _:
                    return text
        except ValueError:
            return text


def _read_sheet(element: _Element, formats: Mapping[str, str]) -> SheetGrid:
    sheet = _Sheet(_told(element, "Name"), formats)
    for table in _children(element, "Table"):
        row = column = 0
        for child in table:
            kind, repeated = local_name(child), _count(child, "Span")
            at = _count(child, "Index") - 1
            if kind == "Column":
                column = at if at >= 0 else column
                if _told(child, "Hidden") == "1" and len(sheet.hidden_columns) < _MAX_HIDDEN:
                    sheet.hidden_columns.update(range(column, min(column + repeated + 1, _LAST_COLUMN)))
                column += repeated + 1
            elif kind == "Row":
                row = at if at >= 0 else row
                if row >= _LAST_ROW:
                    break
                if _told(child, "Hidden") == "1" and len(sheet.hidden_rows) < _MAX_HIDDEN:
                    sheet.hidden_rows.update(range(row, min(row + repeated + 1, _LAST_ROW)))
                sheet.take_row(child, row)
                row += repeated + 1
    return sheet_grid(
        sheet.name, sheet.texts, sheet.spans, hidden_rows=sheet.hidden_rows, hidden_columns=sheet.hidden_columns
    )
