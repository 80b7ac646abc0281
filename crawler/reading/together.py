"""One source with all that belongs to it, read together: the page, its pictures, its frames, its attached files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from crawler.documents import read_document
from crawler.documents.sniff import Kind, binary_kind
from crawler.parser import outer_dates, read_parts, read_report, stated_dates, unread_dates
from crawler.reading.records import OtherReport
from crawler.sources import PageSays, ReadSource, assembled
from storage.enclosures import EnclosureKind
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.documents.bundle import Member
    from crawler.reading.records import Source, SourceFile
    from storage.report import Report


class Together(NamedTuple):
    """What it all came to: a report, or the reason and detail of why not; and the reports that are others'."""

    report: Report | None
    reason: str | None = None
    detail: str = ""
    others: tuple[OtherReport, ...] = ()


def read_together(source: Source) -> Together:
    """The report of a source, whatever it is made of."""
    page = _read(source.url or "", source.data, source, media_type=source.media_type, is_attached=False)
    if not source.files:
        return Together(page.report, page.reason, page.detail)
    absent = [f"{file.url} ({file.failure})" for file in source.files if file.failure]
    parts = [part for file in source.files if not file.failure for part in _parts(file, source)]
    enclosed = [part.read for part in parts]
    says = _page_says(source) if page.report is None and enclosed else PageSays()
    found = assembled(page, enclosed, absent, says)
    known = {part.read.url: part for part in parts}
    others = tuple(OtherReport(url, report, known[url].size, known[url].member) for url, report in found.others)
    return Together(found.report, found.reason, found.detail, others)


class _Part(NamedTuple):
    """What one file of so many bytes came to; `member` holds them where it was taken out of an archive."""

    read: ReadSource
    size: int
    member: bytes = b""


def _parts(file: SourceFile, source: Source) -> Iterator[_Part]:
    """What a file came to, or each member of an archive."""
    is_attached = file.kind is not EnclosureKind.FRAME
    if file.reason is not None:
        yield _Part(ReadSource(file.url, None, file.reason, file.detail, is_attached=is_attached), len(file.data))
        return
    try:
        members = _members(file)
    except UnreadableError as error:
        yield _Part(ReadSource(file.url, None, error.reason, error.detail), len(file.data))
        return
    if members is None:
        read = _read(file.url, file.data, source, media_type=file.media_type, is_attached=is_attached)
        yield _Part(read, len(file.data))
        return
    given = [(member.name, _readable(member, file)) for member in members]
    report = read_parts(given, url=file.url, listed_on=source.listed_on)
    if report is not None:
        yield _Part(ReadSource(file.url, report, is_attached=is_attached), len(file.data))
        return
    for member, (name, data) in zip(members, given, strict=True):
        url = f"{file.url}#{quote(name)}"
        refused = file.converted.get(name)
        if refused is not None and refused.reason is not None:
            read = ReadSource(url, None, refused.reason, refused.detail)
        else:
            read = _read(url, data, source)
        yield _Part(read, len(member.data), member.data)


def _readable(member: Member, file: SourceFile) -> bytes:
    """The bytes of a member, or those that LibreOffice made of it."""
    converted = file.converted.get(member.name)
    return converted.data if converted is not None and converted.reason is None else member.data


def _members(file: SourceFile) -> tuple[Member, ...] | None:
    """The members of an archive that may be reports; None for what is no archive."""
    if binary_kind(file.data) is not Kind.ZIP:
        return None
    from crawler.documents.bundle import members_of  # noqa: PLC0415 (loaded on first need, as all readers are)

    return members_of(file.data)


def _read(url: str, data: bytes, source: Source, *, media_type: str = "", is_attached: bool = True) -> ReadSource:
    """What these bytes came to. Their own fault or ours, they cost nothing but themselves."""
    try:
        report = read_report(
            data, media_type=media_type, url=url or None, listed_on=source.listed_on, pictures=source.pictures
        )
    except UnreadableError as error:
        return ReadSource(url, None, error.reason, error.detail, is_attached=is_attached)
    except MemoryError:
        raise
    except Exception as error:
        if not is_attached:
            raise
        return ReadSource(url, None, "parser_failed", f"{type(error).__name__}: {error}")
    return ReadSource(url, report, is_attached=is_attached)


def _page_says(source: Source) -> PageSays:
    """Title and dates of a page whose report stands elsewhere."""
    outer = outer_dates(source.url, source.listed_on)
    try:
        document = read_document(source.data, media_type=source.media_type)
    except UnreadableError:
        return PageSays(None, tuple(outer))
    return PageSays(document.title, (*stated_dates(document), *outer), tuple(unread_dates(document)))
