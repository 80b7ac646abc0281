"""What is read and what came of it, on both sides of the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.enclosures import EnclosureKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crawler.documents.sniff import Kind
    from storage.report import Report

_NO_PICTURES: Mapping[str, bytes] = {}


class Converted(NamedTuple):
    """What LibreOffice made of a member of an attached archive: a DOCX, or the reason and detail of why none."""

    data: bytes
    reason: str | None = None
    detail: str = ""


_NO_MEMBERS: Mapping[str, Converted] = {}


class SourceFile(NamedTuple):
    """A file attached to a page, or a page framed in it.

    `page` is the address of the page that names it, by the address `source` as written there. `failure`
    says why it could not be had (then `data` is empty), `reason` and `detail` why LibreOffice could not
    make it readable. `converted` are those members of an archive that LibreOffice was asked for, by their names.
    """

    url: str
    media_type: str
    data: bytes
    kind: EnclosureKind = EnclosureKind.FILE
    page: str = ""
    source: str = ""
    failure: str = ""
    reason: str | None = None
    detail: str = ""
    converted: Mapping[str, Converted] = _NO_MEMBERS


class Source(NamedTuple):
    """Bytes that may hold a report, with what is known of them from outside.

    `media_type` is what their sender says; `listed_on` the date of their list row. `pictures` are the images
    of a page by their address as written there, `files` what is attached to it or framed in it.
    `converted_from` is the format before LibreOffice made this DOCX of it, `member` its name in the bundle
    that it was taken from.
    """

    data: bytes
    media_type: str = ""
    url: str | None = None
    listed_on: date | None = None
    pictures: Mapping[str, bytes] = _NO_PICTURES
    files: tuple[SourceFile, ...] = ()
    converted_from: str = ""
    member: str = ""

    @property
    def size(self) -> int:
        """Bytes in all."""
        return len(self.data) + sum(map(len, self.pictures.values())) + sum(len(file.data) for file in self.files)


class OtherReport(NamedTuple):
    """A report that an article has attached, and that is another agency's or of another year.

    `url` is the file's, `size` its bytes; `member` holds them where it was taken out of an archive.
    """

    url: str
    report: Report
    size: int
    member: bytes = b""


class ReadOutcome(NamedTuple):
    """What reading came to: a report, or the reason and detail of why not.

    `media_type` is what the bytes are, None where they do not even tell that. `member` is the name inside
    the bundle that was read and `data` its bytes; without a bundle both are empty. `trace` is for the log,
    where a fault of ours is the reason. `others` are attached reports that are not this one.
    """

    report: Report | None
    reason: str | None
    detail: str
    media_type: str | None = None
    member: str = ""
    data: bytes = b""
    trace: str = ""
    others: tuple[OtherReport, ...] = ()


class OfficeMember(NamedTuple):
    """A member of an attached archive that LibreOffice must convert: the place of the archive, its name and bytes."""

    place: int
    name: str
    kind: Kind
    data: bytes


class Unconverted(NamedTuple):
    """What LibreOffice must convert before a source can be read: the format by its place, which is 0 for the
    source itself and from 1 for its files; and members of archives among these."""

    kinds: Mapping[int, Kind]
    members: tuple[OfficeMember, ...] = ()


class Bundle(NamedTuple):
    """The members of an archive that may be reports: their names and bytes."""

    members: tuple[tuple[str, bytes], ...]
