"""The shared parser: a document to a report. It knows the forms, and neither Scrapy nor the database."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from typing import TYPE_CHECKING

from crawler.documents import Document, read_document
from crawler.parser.calendar import date_in_url
from crawler.parser.illustrations import with_illustrations
from crawler.parser.legible import as_illegible, legible
from crawler.parser.parsing import parse, parsed, publication_date, stated_dates, unread_dates
from crawler.parser.parts import document_of_parts
from crawler.parser.second_look import looked_again
from crawler.parser.sections import SECTION_COUNT
from storage.errors import UnreadableError
from storage.report import DateSource, Report, StatedDate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

PARSER_VERSION = "7"
"""Raised whenever the same bytes may give another number; stored with every report."""

TABLE_COUNT = 3
_CLOSING = re.compile(rb"</(?:html|body)", re.IGNORECASE)
_NO_PICTURES: Mapping[str, bytes] = {}


def read_report(
    data: bytes,
    *,
    media_type: str = "",
    url: str | None = None,
    listed_on: date | None = None,
    pictures: Mapping[str, bytes] = _NO_PICTURES,
) -> Report:
    """The report in these bytes.

    `url` and `listed_on` (the date of its list row) add their dates. `pictures` are the images that
    stand in a page, by their address as written there: they are read where the page itself lacks tables.
    Raises UnreadableError with one of `UNREADABLE_REASONS` where the bytes cannot be read or are no such
    report.
    """
    document = read_document(data, media_type=media_type)
    report = _read(document, pictures)
    _refuse_torn_page(data, document, report)
    return _dated(report, url, listed_on)


def read_parts(
    members: Sequence[tuple[str, bytes]], *, url: str | None = None, listed_on: date | None = None
) -> Report | None:
    """The one report whose pages or tables these files (name and bytes) are; None where they are not such parts.

    Whatever they are, nothing is raised but faults of ours: None means that each is to be read by itself.
    """
    document = document_of_parts(members)
    if document is None:
        return None
    try:
        return _dated(_read(document, _NO_PICTURES), url, listed_on)
    except UnreadableError:
        return None


def _dated(report: Report, url: str | None, listed_on: date | None) -> Report:
    dates = (*report.dates, *outer_dates(url, listed_on))
    return dataclasses.replace(report, dates=dates, published_on=publication_date(dates))


def outer_dates(url: str | None, listed_on: date | None) -> list[StatedDate]:
    """The dates that stand outside the document: in its list row and in its address."""
    dates = []
    if listed_on is not None:
        dates.append(StatedDate(listed_on, DateSource.LIST_ROW))
    in_url = date_in_url(url) if url else None
    if in_url is not None:
        dates.append(StatedDate(in_url, DateSource.URL))
    return dates


def _read(document: Document, pictures: Mapping[str, bytes]) -> Report:
    try:
        first = parsed(document)
    except UnreadableError as error:
        illustrated = with_illustrations(document, pictures)
        if illustrated is None:
            raise as_illegible(error, document) from None
        try:
            return _recognised(illustrated)
        except UnreadableError as second:
            if error.reason == "picture_without_ocr":
                raise UnreadableError("illegible", f"the article holds nothing but pictures: {second.detail}") from None
            raise as_illegible(error, document) from None
    if len(first.report.tables) < TABLE_COUNT:
        illustrated = with_illustrations(document, pictures)
        if illustrated is not None:
            # Where its pictures are illegible, what the page itself says still stands.
            with contextlib.suppress(UnreadableError):
                return _recognised(illustrated)
    return legible(looked_again(document, first), document)


def _recognised(illustrated: Document) -> Report:
    return legible(looked_again(illustrated, parsed(illustrated)), illustrated)


def _refuse_torn_page(data: bytes, document: Document, report: Report) -> None:
    """A page that ends in the middle is our failure to load it, not the agency's to write it."""
    if document.media_type != "text/html":
        return
    if b"<html" not in data[:4000].lower() or _CLOSING.search(data, len(data) - min(len(data), 4000)):
        return
    if len({part.number for part in report.sections}) < SECTION_COUNT or len(report.tables) < TABLE_COUNT:
        raise UnreadableError("truncated", f"the page ends without its closing tags after {len(data)} bytes")


__all__ = [
    "PARSER_VERSION",
    "Document",
    "outer_dates",
    "parse",
    "publication_date",
    "read_document",
    "read_parts",
    "read_report",
    "stated_dates",
    "unread_dates",
]
