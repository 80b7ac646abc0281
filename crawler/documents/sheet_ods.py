"""The sheets of an OpenDocument spreadsheet (ODS, or flat FODS): every cell holds its text as the sheet shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.documents.archive import Archive
from crawler.documents.part import local_name, part_tree
from crawler.documents.sheet_grid import SheetGrid, Span, sheet_grid
from crawler.documents.sheet_numbers import number_text
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

MAX_SHEETS = 100
MAX_CELLS = 100_000
MAX_SPANS = 20_000
_CONTENT = "content.xml"
_LAST_ROW = 1_048_576
_LAST_COLUMN = 16_384
_MAX_HIDDEN = 100_000
_HOLDERS = frozenset(
    {
        "table-row-group",
        "table-header-rows",
        "table-rows",
        "table-column-group",
        "table-header-columns",
        "table-columns",
    }
)
_SHAPES = {"line-break": "\n", "tab": "\t", "s": " "}


def read_ods_sheets(data: bytes) -> tuple[SheetGrid, ...]:
    """The visible sheets, in order. Raises UnreadableError as Archive does, `damaged`, `too_large`."""
    if data.startswith(b"PK"):
        with Archive(data) as archive:
            if _CONTENT not in archive:
                raise UnreadableError("damaged", f"the spreadsheet has no part {_CONTENT}")
            data = archive.read(_CONTENT)
    root = part_tree(data, _CONTENT)
    body = next((element for element in root.iter() if local_name(element) == "spreadsheet"), None)
    if body is None:
        raise UnreadableError("unsupported", "an OpenDocument file that is no spreadsheet")
    unseen = {
        _told(style, "name")
        for style in root.iter()
        if local_name(style) == "style"
        for shown in style
        if local_name(shown) == "table-properties" and _told(shown, "display") == "false"
    }
    tables = [table for table in body if local_name(table) == "table" and _told(table, "style-name") not in unseen]
    if len(tables) > MAX_SHEETS:
        raise UnreadableError("too_large", f"{len(tables)} sheets, {MAX_SHEETS} are read at most")
    return tuple(_read_sheet(table) for table in tables)


def _told(element: _Element, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def _count(element: _Element, name: str) -> int:
    """How often or how far, as an attribute tells; 1 where it tells nothing."""
    told = _told(element, name)
    return max(int(told), 1) if told.isascii() and told.isdecimal() and len(told) < 8 else 1  # noqa: PLR2004 (rows have seven digits)


def _is_hidden(element: _Element) -> bool:
    return _told(element, "visibility") in {"collapse", "filter"}


@dataclass(slots=True)
class _Sheet:
    """A sheet while its rows go by."""

    name: str
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def take_row(self, row: _Element, number: int) -> None:
        """The cells of a row; a cell may stand for many like it."""
        column = 0
        for cell in row:
            if local_name(cell) not in {"table-cell", "covered-table-cell"}:
                continue
            repeated = _count(cell, "number-columns-repeated")
            text = _text(cell) if local_name(cell) == "table-cell" else ""
            down, across = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
            for at in range(column, min(column + repeated, _LAST_COLUMN)) if text or down > 1 or across > 1 else ():
                if text:
                    self.texts[number, at] = text
                if down > 1 or across > 1:
                    self.spans.append(Span(number, at, down, across))
            column += repeated
            if len(self.texts) > MAX_CELLS or len(self.spans) > MAX_SPANS:
                raise UnreadableError("too_large", f"sheet {self.name} has too many printed cells or merged areas")


def _read_sheet(table: _Element) -> SheetGrid:
    sheet = _Sheet(_told(table, "name"))
    row = column = 0
    for element in _rows_and_columns(table):
        if local_name(element) == "table-column":
            count = _count(element, "number-columns-repeated")
            if _is_hidden(element):
                sheet.hidden_columns.update(range(column, min(column + count, _LAST_COLUMN)))
            column = min(column + count, _LAST_COLUMN)
            continue
        count = min(_count(element, "number-rows-repeated"), _LAST_ROW - row)
        if _is_hidden(element) and len(sheet.hidden_rows) < _MAX_HIDDEN:
            sheet.hidden_rows.update(range(row, min(row + count, row + _MAX_HIDDEN)))
        else:
            before = len(sheet.texts), len(sheet.spans)
            sheet.take_row(element, row)
            # Most rows that stand for many are the empty rest of the sheet.
            for number in range(row + 1, row + count) if (len(sheet.texts), len(sheet.spans)) != before else ():
                sheet.take_row(element, number)
        row += count
    return sheet_grid(
        sheet.name, sheet.texts, sheet.spans, hidden_rows=sheet.hidden_rows, hidden_columns=sheet.hidden_columns
    )


def _rows_and_columns(table: _Element) -> Iterator[_Element]:
    for child in table:
        name = local_name(child)
        if name in {"table-row", "table-column"}:
            yield child
        elif name in _HOLDERS:
            yield from _rows_and_columns(child)


def _text(cell: _Element) -> str:
    """The paragraphs of a cell, not those of its comment; its value where a writer left them out."""
    lines = [_line(child) for child in cell if local_name(child) == "p"]
    text = "\n".join(lines).strip()
    if text or lines:
        return text
    try:
        return number_text(float(_told(cell, "value")))
    except ValueError:
        return ""


def _line(element: _Element) -> str:
    pieces = [element.text or ""]
    for child in element:
        name = local_name(child)
        if name in _SHAPES:
            pieces.append(_SHAPES[name])
        elif name not in {"annotation", "ruby-text"}:
            pieces.append(_line(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
