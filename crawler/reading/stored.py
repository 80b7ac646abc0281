"""From the archive to what is read, and from a bundle in the archive to a capture for each of its members."""

from __future__ import annotations

import dataclasses
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from crawler.reading.records import ReadOutcome, Source, SourceFile
from crawler.reading.room import only_report
from storage.enclosures import EnclosureKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crawler.reading.records import OtherReport
    from storage.captures import Captures
    from storage.enclosures import Enclosure
    from storage.records import Capture

ATTESTED = "attested:"
"""Before the digest of a file that a person handed in without its address."""


def source_of(capture: Capture, captures: Captures) -> Source:
    """An archived body with all that belongs to it. CaptureMissingError where the archive lost any of it."""
    pictures = {}
    files = []
    for part in capture.enclosures:
        if part.kind is EnclosureKind.PICTURE and part.digest is not None:
            pictures[part.source] = captures.get(part.digest)
        else:
            # A picture that was not had may be a page of the report, as a file may.
            files.append(_file(part, captures))
    return Source(
        captures.get(capture.digest),
        capture.media_type,
        None if capture.url.startswith(ATTESTED) else capture.url,
        capture.listed_on,
        pictures,
        tuple(files),
    )


def as_captures(
    capture: Capture, outcomes: Sequence[ReadOutcome], keep: Callable[[bytes], str]
) -> Iterator[tuple[Capture, ReadOutcome]]:
    """What was read, each with the capture it was read from: this one, or one for each member of the bundle.

    `keep` is given the bytes of a member and answers their digest. The only report of a bundle is what its
    list row promised; of other members their own names tell what they may be. A bundle in which nothing can be
    read is itself what cannot be read.
    """
    readable = [outcome for outcome in outcomes if outcome.report is not None]
    if not readable or not outcomes[0].member:
        outcome = only_report(outcomes)
        yield capture, outcome
        for other in outcome.others:
            yield _other_capture(capture, other, keep), ReadOutcome(other.report, None, "")
        return
    for outcome in outcomes:
        yield member_capture(capture, outcome, keep(outcome.data), is_promised=readable == [outcome]), outcome


def member_capture(bundle: Capture, outcome: ReadOutcome, digest: str, *, is_promised: bool) -> Capture:
    """The capture of one member: its address is the bundle's with the member's name behind `#`."""
    member = dataclasses.replace(
        bundle,
        digest=digest,
        url=f"{bundle.url}#{quote(outcome.member)}",
        media_type=outcome.media_type or "",
        size=len(outcome.data),
    )
    if is_promised:
        return member
    return dataclasses.replace(member, title=PurePosixPath(outcome.member).stem, agency=None, report_year=None)


def _other_capture(article: Capture, other: OtherReport, keep: Callable[[bytes], str]) -> Capture:
    """The capture of an attached report that is not its article's: of whom it is, it must say itself."""
    address, _, name = other.url.partition("#")
    had = {part.url: part.digest for part in article.enclosures if part.digest is not None}
    return dataclasses.replace(
        article,
        digest=keep(other.member) if name else had[address],
        url=other.url,
        final_url=address,
        media_type="",
        size=other.size,
        title=PurePosixPath(unquote(name)).stem,
        agency=None,
        report_year=None,
        headers={},
        enclosures=(),
    )


def _file(part: Enclosure, captures: Captures) -> SourceFile:
    data = captures.get(part.digest) if part.digest is not None else b""
    return SourceFile(part.url, part.media_type, data, part.kind, part.page, part.source, part.failure)
