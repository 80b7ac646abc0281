"""A picture of which recognition got too little is not read at all: what it lacks is our loss, not the agency's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.documents.model import Paragraph, Table
from crawler.documents.picture import SURE
from storage.errors import UnreadableError
from storage.forms import FORMS
from storage.report import DoubtKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.documents.model import Document, TableCell
    from storage.report import Report

MIN_SHARE = 0.5
"""Of the form's cells; a scan that was read with fewer of them says nothing reliable, not even of its year."""

MIN_TEXT = 60
"""Characters; a scan of which fewer were recognised may be anything."""


def legible(report: Report, document: Document) -> Report:
    """The report, where it was not recognised from pictures or enough of it was. UnreadableError `illegible` else."""
    if report.form is None or not document.is_recognised:
        return report
    cells = sum(table.cell_count for table in FORMS[report.form].tables)
    if len(report.facts) < MIN_SHARE * cells:
        raise UnreadableError("illegible", f"of {cells} cells {len(report.facts)} were recognised")
    return report


def as_illegible(error: UnreadableError, document: Document) -> UnreadableError:
    """The error, or `illegible` where it says `not_a_report` of pictures that were hardly recognised.

    A list row that leads to no report promises none, so that must be certain.
    """
    if error.reason != "not_a_report":
        return error
    text = sum(len(block.text) for block in document.blocks if isinstance(block, Paragraph))
    text += sum(len(cell.text) for cell in _cells(document) if cell.confidence >= SURE)
    if _is_coarse(document) or (document.is_recognised and text < MIN_TEXT):
        return UnreadableError("illegible", f"{text} characters were recognised, and no report in them")
    return error


def _is_coarse(document: Document) -> bool:
    return any(doubt.kind is DoubtKind.PICTURE_COARSE for doubt in document.doubts)


def _cells(document: Document) -> Iterator[TableCell]:
    tables = (block for block in document.blocks if isinstance(block, Table))
    return (cell for table in tables for row in table.rows for cell in row)
