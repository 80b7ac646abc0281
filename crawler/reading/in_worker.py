"""What a worker does with one source: tells what it is, how much it may use, and reads it.

Everything that opens a stranger's bytes happens here. The parser is loaded on first need, so that the
process that only asks does without it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.documents import MAX_BYTES
from crawler.documents.archive import Archive
from crawler.documents.encoding import as_utf8
from crawler.documents.sniff import OFFICE, PICTURES, Kind, binary_kind, is_page
from crawler.reading.records import Bundle, OfficeMember, ReadOutcome, Source, Unconverted
from crawler.sandbox import ORDINARY, Limits
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.reading.together import Together

PAGE_SECONDS = 20
"""For every page or picture whose text must be recognised."""

MOST = Limits(3 * 1024 * 1024 * 1024, 600, 900)
"""What a document of many pictures may use; the models alone take half a gigabyte of address space."""

_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".jb2", ".jbig2")
_PICTURE_HOLDERS = frozenset({Kind.DOCX, Kind.OFD, Kind.XLSX})
_EMBEDDED = re.compile(rb"data:image/|^content-type:\s*image/", re.IGNORECASE | re.MULTILINE)
"""A picture in the text of a page, and one in a page saved as a single file."""
_MANY_PAGES = (".pdf", ".ofd", ".docx", ".tif", ".tiff")
_FRAMES = 10
"""Pages of a TIFF or GIF, and of a file in an attached archive, which are counted as they are read."""


def limits_of(source: Source) -> Limits:
    """What reading this source may use, going by the pictures that may have to be recognised."""
    pictures = len(source.pictures) + _pictures_in(source.data)
    pictures += sum(_pictures_in(data) for data in _attached(source))
    if not pictures:
        return ORDINARY
    seconds = PAGE_SECONDS * pictures
    return Limits(MOST.memory, ORDINARY.cpu_seconds + seconds, ORDINARY.wall_seconds + 2 * seconds)


def read_source(source: Source) -> ReadOutcome | Unconverted | Bundle:
    """What the source says, or what must be done before it can be read. Raises nothing but faults of ours."""
    kind: Kind | None = None
    try:
        kind = _kind(source.data)
        if kind is Kind.ZIP:
            return _bundle(source, kind)
        kinds = (kind, *_file_kinds(source))
        unconverted = {place: found for place, found in enumerate(kinds) if found in OFFICE}
        members = tuple(_office_members(source, kinds))
        if unconverted or members:
            return Unconverted(unconverted, members)
        found = _together(source)
    except UnreadableError as error:
        return ReadOutcome(None, error.reason, error.detail, _media_type(source, kind))
    return ReadOutcome(found.report, found.reason, found.detail, _media_type(source, kind), others=found.others)


def _together(source: Source) -> Together:
    """The report of a source: the one place where body, pictures and attached files come together."""
    from crawler.reading.together import read_together  # noqa: PLC0415

    return read_together(source)


def _bundle(source: Source, kind: Kind) -> Bundle | ReadOutcome:
    """The members of an archive, or the report whose parts they are."""
    from crawler.documents.bundle import members_of  # noqa: PLC0415
    from crawler.parser import read_parts  # noqa: PLC0415

    if source.member:
        raise UnreadableError("unsupported", "an archive in archives")
    members = tuple((member.name, member.data) for member in members_of(source.data))
    if not members:
        raise UnreadableError("empty", "an archive without any file that may hold a report")
    report = read_parts(members, url=source.url, listed_on=source.listed_on)
    if report is not None:
        return ReadOutcome(report, None, "、".join(name for name, _ in members), kind.value)
    return Bundle(members)


def _kind(data: bytes) -> Kind | None:
    # What is too large is refused before it is opened.
    return binary_kind(data) if len(data) <= MAX_BYTES else None


def _media_type(source: Source, kind: Kind | None) -> str | None:
    """What the bytes are; for text that is no page of ours, what their sender says."""
    if source.converted_from:
        return source.converted_from
    if kind is not None:
        return kind.value
    if len(source.data) > MAX_BYTES:
        return source.media_type or None
    try:
        return Kind.HTML if is_page(as_utf8(source.data)) else Kind.TEXT
    except UnreadableError:
        return source.media_type or None


def _attached(source: Source) -> list[bytes]:
    return [file.data for file in source.files if file.reason is None]


def _file_kinds(source: Source) -> list[Kind | None]:
    return [_kind_or_none(file.data) if file.reason is None else None for file in source.files]


def _kind_or_none(data: bytes) -> Kind | None:
    try:
        return _kind(data)
    except UnreadableError:  # the reading of the file says so again
        return None


def _office_members(source: Source, kinds: Sequence[Kind | None]) -> Iterator[OfficeMember]:
    """The members of attached archives that only LibreOffice reads, and that it has not been asked for."""
    from crawler.documents.bundle import members_of  # noqa: PLC0415

    for place, (file, kind) in enumerate(zip(source.files, kinds[1:], strict=True), start=1):
        if kind is not Kind.ZIP or file.converted:
            continue
        try:
            members = members_of(file.data)
        except UnreadableError:  # the reading of the file says so again
            continue
        for member in members:
            found = _kind_or_none(member.data)
            if found is not None and found in OFFICE:
                yield OfficeMember(place, member.name, found, member.data)


def _pictures_in(data: bytes) -> int:
    """How many pictures these bytes hold whose text may have to be recognised; 0 for what cannot be opened.

    Those of an archive may be the pages of one report.
    """
    try:
        kind = _kind(data)
        if kind is Kind.PDF:
            return _pages(data)
        if kind in _PICTURE_HOLDERS:
            with Archive(data) as archive:
                return sum(member.name.lower().endswith(_IMAGES) for member in archive.members)
        if kind is Kind.ZIP:
            with Archive(data) as archive:
                return sum(_pages_at_most(member.name.lower()) for member in archive.members)
    except UnreadableError:
        return 0
    if kind in {None, Kind.MHTML}:
        return sum(1 for _ in _EMBEDDED.finditer(data[: MAX_BYTES + 1]))
    return _FRAMES if kind in {Kind.TIFF, Kind.GIF} else int(kind in PICTURES)


def _pages_at_most(name: str) -> int:
    return _FRAMES if name.endswith(_MANY_PAGES) else int(name.endswith(_IMAGES))


def _pages(data: bytes) -> int:
    import pypdfium2  # noqa: PLC0415

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return 0
    with document:
        return len(document)
