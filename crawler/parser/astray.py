"""What a fixed layout prints, though not where it was looked for: it is not missing, we did not see how it belongs.

Overprinted pages and tables with few lines leave a heading in a cell, or labels without their numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.documents.model import Table
from crawler.documents.sniff import Kind
from crawler.parser.labels import AMBIGUOUS, FORM_LABELS, cell_label
from crawler.parser.sections import SECTION_COUNT
from storage.errors import UnreadableError
from storage.forms import FORMS, label, read_heading
from storage.report import Doubt, DoubtKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.documents.model import Document
    from crawler.parser.sections import Divided
    from crawler.parser.tables import ReadTables
    from storage.forms import Label

_FIXED = frozenset({Kind.PDF.value, Kind.OFD.value})
_NAMED_ROWS = 4
_MIN_HEADING = 6


def refuse_astray_headings(document: Document, divided: Divided) -> None:
    """Refuse a document that lacks a section whose heading stands in a table's cell: its text is astray as well.

    UnreadableError `illegible`: the words are there, and nobody can tell in which order.
    """
    missing = set(range(1, SECTION_COUNT + 1)) - {part.number for part in divided.sections}
    if len(missing) in {0, SECTION_COUNT} or not _is_fixed(document):
        return
    for line in _lines(document):
        heading = read_heading(line)
        if heading is None or heading.number not in missing or len(heading.words) < _MIN_HEADING:
            continue
        if heading.is_official or heading.numeral == heading.number:
            raise UnreadableError("illegible", f"the heading {line[:40]!r} stands in a cell of a table")


def astray_doubts(document: Document, divided: Divided, tables: ReadTables, form: str | None) -> Iterator[Doubt]:
    """A doubt for each table, or row of a table, whose labels are printed though no number was read beside them."""
    if form is None or not _is_fixed(document):
        return
    printed = {cell_label(line) for line in _lines(document)}
    printed |= {label(line) for part in divided.sections for line in part.text.split("\n") if len(line) <= 60}  # noqa: PLR2004 (no label is longer)
    met = {(cell.table, cell.row) for cell in tables.facts}
    told = {doubt.where for doubt in tables.doubts}
    for table in FORMS[form].tables:
        lost = [line for line in table.rows if (table.key, line.key) not in met]
        named = [line for line in lost if not printed.isdisjoint(_names(form, table.key, line.key))]
        if len(lost) == len(table.rows):
            heads = [column for column in table.columns(table.rows[0].key) if label(column.label) in printed]
            if len(named) + len(heads) >= _NAMED_ROWS:
                why = "文件中有表格的项目名称，但未能读出表格"
                yield Doubt(DoubtKind.TABLE_UNUSED, table.key, "、".join(line.label for line in named[:4]), why)
            continue
        for line in named:
            where = f"{table.key}/{line.key}"
            if where not in told:
                why = "文件中有这一项目的名称，但未能读出这一行的数，请核对原件"
                yield Doubt(DoubtKind.CELL_UNSURE, where, line.label, why, {"readings": []})


def _is_fixed(document: Document) -> bool:
    """Pictures have doubts of their own for what recognition lost."""
    return document.media_type in _FIXED and not document.is_recognised


def _lines(document: Document) -> Iterator[str]:
    """The texts of all cells, whole and line by line."""
    for block in document.blocks:
        for cell in (cell for row in block.rows for cell in row) if isinstance(block, Table) else ():
            yield cell.text
            if "\n" in cell.text:
                yield from cell.text.split("\n")


def _names(form: str, table: str, row: str) -> set[Label]:
    """How a row may be called; none for one whose name other rows and columns share."""
    rows = FORM_LABELS[form].rows.items()
    return {name for name, found in rows if (found.table.key, found.line.key) == (table, row)} - AMBIGUOUS
