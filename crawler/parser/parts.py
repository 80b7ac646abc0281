"""One report in several files (a picture for every page, a file for every table): their documents as one.

What the files say decides, not what they are called: they are parts where none is a report by itself, each has
something of the form, and nothing comes twice. Names only give the order.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents import read_document
from crawler.documents.model import Document, Table
from crawler.documents.sniff import PICTURES, Kind, binary_kind
from crawler.parser.identity import title_in_text
from crawler.parser.parsing import parsed
from crawler.parser.sections import SECTION_COUNT, divide
from crawler.parser.tables import read_tables
from storage.agency_names import names_agree
from storage.errors import UnreadableError
from storage.forms import FORMS
from storage.report import DoubtKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from crawler.documents.model import Block, CellPlace
    from crawler.documents.picture import Recognition
    from storage.report import Report

MAX_PARTS = 40
"""A report of thirty pages is a long one; a bundle of more files is one of many reports."""
_NUMBERS = re.compile(r"(\d+|[一二三四五六七八九十]+)")
_NUMERALS = "一二三四五六七八九"
_PAGES = frozenset({Kind.PDF, Kind.OFD})
"""Formats of which a single page may be a file, with nothing of the form on it."""


class _Part(NamedTuple):
    """The document of one file, or of pictures that follow one another; `name` goes before its tables' places.

    `kind` None: text of some encoding.
    """

    name: str
    document: Document
    kind: Kind | None


def document_of_parts(members: Sequence[tuple[str, bytes]]) -> Document | None:
    """The document that these files (name and bytes) make together, in the natural order of their names.

    None where they are no parts of one report, or cannot all be read: then each is to be read by itself.
    """
    if not 1 < len(members) <= MAX_PARTS:
        return None
    ordered = sorted(members, key=lambda member: natural_order(member[0]))
    try:
        parts = []
        for part in _parts(ordered):
            if not _is_part(part):
                return None
            parts.append(part)
        if not _are_alike(parts):
            return None
        document = _joined(parts)
        report = parsed(document).report
    except UnreadableError:
        return None
    return document if _is_sound(report) else None


def natural_order(name: str) -> tuple[tuple[int, str], ...]:
    """What names are sorted by: 2 comes before 10, and 第二页 before 第三页."""
    return tuple((_number(piece), piece) if _NUMBERS.fullmatch(piece) else (0, piece) for piece in _NUMBERS.split(name))


def _number(piece: str) -> int:
    if piece.isdecimal():
        return int(piece)
    tens, _, units = piece.rpartition("十")
    first = _NUMERALS.find(tens) + 1 if tens else int("十" in piece)
    return 10 * first + _NUMERALS.find(units) + 1 if len(units) < 2 else _NUMERALS.find(piece[0]) + 1  # noqa: PLR2004 (no numeral)


def _parts(members: Sequence[tuple[str, bytes]]) -> Iterator[_Part]:
    """The documents of the members; pictures that follow one another are the pages of one."""
    pictures: list[tuple[str, bytes]] = []
    for name, data in members:
        kind = binary_kind(data)
        if kind in PICTURES:
            pictures.append((name, data))
            continue
        if pictures:
            yield _pictured(pictures)
            pictures = []
        yield _Part(name, read_document(data), kind)
    if pictures:
        yield _pictured(pictures)


def _pictured(pictures: Sequence[tuple[str, bytes]]) -> _Part:
    # OpenCV and the models take two seconds to load.
    from crawler.documents.picture import page_images, recognise  # noqa: PLC0415

    images = [image for _, data in pictures for image in page_images(data)]
    recognition = recognise([image._replace(number=number) for number, image in enumerate(images, start=1)])
    return _Part("、".join(name for name, _ in pictures), _recognised(recognition), Kind.PNG)


def _recognised(recognition: Recognition) -> Document:
    return Document(
        Kind.PNG.value,
        recognition.blocks,
        is_recognised=True,
        doubts=recognition.doubts,
        again=lambda places: _recognised(recognition.again(places)),
    )


def _is_part(part: _Part) -> bool:
    """Is it no report by itself, and is there a heading of the form in it, or a row of its tables?"""
    divided = divide(part.document.blocks)
    tables = read_tables(divided.tables, None)
    if part.kind is Kind.PNG:
        return True
    if len(divided.sections) >= SECTION_COUNT and len(tables.tables) > 1:
        return False
    return part.kind in _PAGES or bool(divided.sections) or tables.form is not None


def _are_alike(parts: Sequence[_Part]) -> bool:
    """Do the titles of all of them name one agency and one year, as far as they name any?"""
    titles = [title_in_text(divide(part.document.blocks).head, part.document.title).reading for part in parts]
    years = {title.report_year for title in titles if title is not None and title.report_year is not None}
    names = [title.agency_name for title in titles if title is not None and title.agency_name]
    return len(years) <= 1 and all(names_agree(names[0], name) for name in names)


def _is_sound(report: Report) -> bool:
    """Does nothing come twice, and is there most of a report?"""
    if report.form is None or any(doubt.kind is DoubtKind.SECTION_ORDER for doubt in report.doubts):
        return False
    if any(doubt.details.get("cause") == "repeated" for doubt in report.doubts):
        return False
    return len(report.sections) > 1 or len(report.tables) == len(FORMS[report.form].tables)


def _joined(parts: Sequence[_Part]) -> Document:
    """The documents as one, whose tables are told apart by the names of their files."""

    def again(places: Collection[CellPlace]) -> Document:
        return _joined([_again(part, places) for part in parts])

    first = parts[0].document
    return dataclasses.replace(
        first,
        media_type=Kind.ZIP.value,
        blocks=tuple(_placed(block, part.name) for part in parts for block in part.document.blocks),
        title=next((part.document.title for part in parts if part.document.title), None),
        is_recognised=any(part.document.is_recognised for part in parts),
        doubts=tuple(doubt for part in parts for doubt in part.document.doubts),
        again=again if any(part.document.again for part in parts) else None,
    )


def _placed(block: Block, name: str) -> Block:
    return dataclasses.replace(block, place=f"{name}: {block.place}") if isinstance(block, Table) else block


def _again(part: _Part, places: Collection[CellPlace]) -> _Part:
    prefix = f"{part.name}: "
    own = [place._replace(table=place.table.removeprefix(prefix)) for place in places if place.table.startswith(prefix)]
    if part.document.again is None or not own:
        return part
    return part._replace(document=part.document.again(own))
