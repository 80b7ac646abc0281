"""Reading the archive again with today's parser, and every number that then differs."""

from __future__ import annotations

from datetime import datetime, time
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from crawler.attribution import Agencies, attribute
from crawler.parser import PARSER_VERSION
from crawler.reading import ReadingRoom, as_captures, only_report, source_of
from storage.captures import digest_of
from storage.database import (
    confirm_readings,
    count_stored,
    is_stored,
    load_agencies,
    load_reports,
    replace_readings,
    save_dismissals,
    save_reports,
    stored_captures,
)
from storage.errors import CaptureMissingError
from storage.received import ReadCapture
from storage.records import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from sqlite_utils import Database

    from crawler.reading import ReadOutcome, Source
    from storage.captures import Captures
    from storage.database import StoredCapture
    from storage.report import Number, Report

    _Read = tuple[StoredCapture, Sequence[ReadOutcome]]

CHUNK = 100
"""Reports compared and replaced together."""

READABLE = "readable"
CAPTURE = "capture"


class Difference(NamedTuple):
    """One thing that reading again changes in one report.

    `report` is None for a capture that now counts for an agency-year and did not before. `place` is the
    path of a cell, with its two values (None: no number); or `readable`, with the reasons why not (None:
    it could be read); or `capture`, where the archive lost the bytes and nothing could be done.
    """

    report: int | None
    agency: str
    report_year: int
    url: str
    place: str
    old: Number | str | None
    new: Number | str | None


def reparsed_reports(
    db: Database,
    captures: Captures,
    *,
    since: date | None = None,
    at: datetime,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Difference]:
    """Read again what was fetched on or after `since` (None: ever), and give what that changes.

    What is given has been saved, unless `dry_run`. Whose report a capture is stays as it was decided; one
    that counted for nobody is decided anew. `progress` is told how many bodies were read, and of how many.
    """
    midnight = datetime.combine(since, time(), tzinfo=SHANGHAI) if since else None
    agencies = Agencies(load_agencies(db))
    with ReadingRoom() as room:
        answers = room.read_all((entry, _source(captures, entry)) for entry in stored_captures(db, midnight))
        done, total = 0, count_stored(db, midnight) if progress else 0
        while chunk := tuple(islice(answers, CHUNK)):
            read = [(entry, outcomes) for entry, outcomes in chunk if entry.report is not None]
            unread = [(entry, outcomes) for entry, outcomes in chunk if entry.report is None]
            yield from _read_again(db, read, dry_run=dry_run)
            yield from _decided_anew(db, captures, unread, agencies, at=at, dry_run=dry_run)
            done += len(chunk)
            if progress is not None:
                progress(done, total)


def _source(captures: Captures, entry: StoredCapture) -> Source | None:
    """What is to be read again; None where the archive lost it."""
    try:
        return source_of(entry.capture, captures)
    except CaptureMissingError:
        return None


def _read_again(db: Database, chunk: Iterable[_Read], *, dry_run: bool) -> Iterator[Difference]:
    entries = {entry.report: (entry, outcomes) for entry, outcomes in chunk if entry.report is not None}
    old = dict(load_reports(db, entries))
    changed: list[tuple[int, ReadCapture]] = []
    confirmed: list[int] = []
    differences: list[Difference] = []
    for key, (entry, outcomes) in entries.items():
        reading = _reading(entry, outcomes)
        if reading is None:
            differences.append(_difference(entry, CAPTURE, entry.capture.digest, None))
        elif reading.report == old.get(key) and reading.reason == entry.reason:
            confirmed.append(key)
        else:
            changed.append((key, reading))
            differences += _differences(entry, old.get(key), reading)
    if not dry_run:
        replace_readings(db, changed)
        confirm_readings(db, confirmed, PARSER_VERSION)
    yield from differences


def _decided_anew(
    db: Database,
    captures: Captures,
    chunk: Iterable[_Read],
    agencies: Agencies,
    *,
    at: datetime,
    dry_run: bool,
) -> Iterator[Difference]:
    keep = digest_of if dry_run else captures.put
    found = [
        attribute(part, outcome, entry.looked_for, agencies, parser_version=PARSER_VERSION)
        for entry, outcomes in chunk
        if outcomes
        for part, outcome in as_captures(entry.capture, outcomes, keep)
        # A member of a bundle that was taken out before is a capture of its own, and comes by itself.
        if part == entry.capture or not is_stored(db, part)
    ]
    readings = [reading for attribution in found for reading in attribution.readings]
    if not dry_run:
        save_reports(db, readings, at=at)
        save_dismissals(db, (item for attribution in found for item in attribution.dismissals), at=at)
    for reading in readings:
        place = (None, reading.agency, reading.report_year, reading.capture.url)
        yield Difference(*place, READABLE, "unattributed", reading.reason)


def _reading(entry: StoredCapture, outcomes: Sequence[ReadOutcome]) -> ReadCapture | None:
    if entry.agency is None or entry.report_year is None or not outcomes:
        return None
    outcome = only_report(outcomes)
    return ReadCapture(
        capture=entry.capture,
        agency=entry.agency,
        report_year=entry.report_year,
        report=outcome.report,
        reason=outcome.reason,
        detail=outcome.detail,
        parser_version=PARSER_VERSION,
        is_attested=entry.is_attested,
    )


def _differences(entry: StoredCapture, old: Report | None, reading: ReadCapture) -> Iterator[Difference]:
    if entry.reason != reading.reason:
        yield _difference(entry, READABLE, entry.reason, reading.reason)
    before = old.facts if old else {}
    after = reading.report.facts if reading.report else {}
    for cell in sorted(before.keys() | after.keys()):
        was = before[cell].value if cell in before else None
        becomes = after[cell].value if cell in after else None
        if was != becomes:
            yield _difference(entry, cell.path, was, becomes)


def _difference(entry: StoredCapture, place: str, old: Number | str | None, new: Number | str | None) -> Difference:
    return Difference(entry.report, entry.agency or "", entry.report_year or 0, entry.capture.url, place, old, new)
