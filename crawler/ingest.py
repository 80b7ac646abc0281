"""From a run folder to the database: archive the bytes, read them, save what they say.

Bytes are archived before anything reads them, and every step can be done again: a process killed at any
point is simply started anew, and nothing is lost or counted twice.
"""

from __future__ import annotations

import dataclasses
import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.attribution import Agencies, Attribution, attribute
from crawler.details import detail
from crawler.links import years_meant
from crawler.parser import PARSER_VERSION
from crawler.reading import ATTESTED, ReadingRoom, as_captures, read_capture, source_of
from crawler.runs import finished_runs, has_body, read_run, run_body, run_id
from storage.database import (
    ingested_runs,
    load_agencies,
    save_attestation,
    save_reports,
    save_run,
    stored_attributions,
)
from storage.errors import CaptureMissingError, ReportsError, RunFolderError
from storage.received import ReadCapture
from storage.records import Capture, Outcome

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    from sqlite_utils import Database

    from crawler.reading import ReadOutcome, Source
    from crawler.runs import Run
    from storage.captures import Captures
    from storage.received import Dismissal
    from storage.records import Attestation, Scan

_LOG = logging.getLogger(__name__)

BATCH = 100
"""Readings held in memory; a run with more saves them on the way, a run with less in one transaction."""

RUN_FAILED = "run_failed"
"""Key of the error of a run folder that is sound, and at which this program fails."""


@dataclass(frozen=True, slots=True)
class IngestedRun:
    """What one run brought. `readings` count for an agency-year, `unreadable` of them could not be read;
    `unattributed` captures count for nobody."""

    run: str
    scans: int
    captures: int
    readings: int
    unreadable: int
    unattributed: int


def ingest_finished(
    db: Database, captures: Captures, runs: Path, *, at: datetime
) -> Iterator[IngestedRun | RunFolderError]:
    """Take over every finished run that the database does not have, oldest first.

    A run folder that is damaged, or at which this program fails, is left where it is and given as its error; the
    others are taken over.
    """
    known = ingested_runs(db)
    # A folder that bears the name of a known run is not opened again; one under another name may be a copy.
    waiting = (path for path in finished_runs(runs) if path.name not in known)
    for result in ingest_folders(db, captures, waiting, at=at):
        if result is not None:
            yield result


def ingest_folders(
    db: Database, captures: Captures, folders: Iterable[Path], *, at: datetime
) -> Iterator[IngestedRun | RunFolderError | None]:
    """Take over these run folders and give for each what came of it: its error where it is damaged or this program
    fails at it, None where the database has that run already."""
    with ReadingRoom() as room:
        for path in folders:
            try:
                result: IngestedRun | RunFolderError | None = _ingest(db, captures, path, room, at=at)
            except RunFolderError as error:
                result = error
            except (ReportsError, OSError, MemoryError):
                raise
            except Exception as error:  # noqa: BLE001 (a fault of ours that one page brings out costs no other run)
                _LOG.exception("the run %s could not be taken over", path)
                result = RunFolderError(RUN_FAILED, path, f"{type(error).__name__}: {error}")
            yield result


def ingest_run(db: Database, captures: Captures, path: Path, *, at: datetime) -> IngestedRun | None:
    """Take over one run folder; None where the database has that run already, maybe from a copy.

    Raises RunFolderError where the folder is damaged; then nothing of it counts.
    """
    with ReadingRoom() as room:
        return _ingest(db, captures, path, room, at=at)


def _ingest(db: Database, captures: Captures, path: Path, room: ReadingRoom, *, at: datetime) -> IngestedRun | None:
    if run_id(path) in ingested_runs(db):
        return None
    run = read_run(path)
    _archive(captures, run, path)
    agencies = Agencies(load_agencies(db))
    readings: list[ReadCapture] = []
    dismissals: list[Dismissal] = []
    saved = 0
    unattributed = 0
    unsure: dict[str, list[tuple[Capture, Attribution]]] = defaultdict(list)
    fetched = {(capture.url, capture.digest) for capture in run.captures}
    members: list[Capture] = []
    for capture, attribution in _attributions(db, captures, run, agencies, room):
        if (capture.url, capture.digest) not in fetched:
            members.append(capture)
        readings += attribution.readings
        dismissals += attribution.dismissals
        unattributed += not attribution.readings
        if attribution.may_be:
            unsure[capture.scan].append((capture, attribution))
        if len(readings) - saved >= BATCH:
            save_reports(db, readings[saved:], at=at)
            # The run's own transaction sees them again, to tie them to its scans.
            readings[saved:] = map(_stored, readings[saved:])
            saved = len(readings)
    promised = {(candidate.agency, candidate.report_year) for candidate in run.candidates}
    dismissed = {(dismissal.agency, dismissal.report_year) for dismissal in dismissals}
    settled = {(reading.agency, reading.report_year) for reading in readings} | (promised - dismissed)
    save_run(
        db,
        run_id=run.id,
        scans=tuple(each for scan in run.scans for each in _as_proven(scan, unsure[scan.id], settled, run.request)),
        candidates=run.candidates,
        captures=(*run.captures, *members),
        reports=readings,
        dismissals=dismissals,
        memories=run.memories,
        at=at,
    )
    return IngestedRun(
        run=run.id,
        scans=len(run.scans),
        captures=len(run.captures),
        readings=len(readings),
        unreadable=sum(reading.reason is not None for reading in readings),
        unattributed=unattributed,
    )


def _as_proven(
    scan: Scan,
    unsure: Sequence[tuple[Capture, Attribution]],
    settled: Container[tuple[str | None, int | None]],
    request: Mapping[str, Any],
) -> tuple[Scan, ...]:
    """The scan as it counts: a report that may be an agency's, without a row of its own, leaves its absence unproven.

    `settled` are the agency-years that were found. Where the report may be any of the scan's agencies, none
    is proven absent; else a second scan says of whom.
    """
    if scan.outcome is not Outcome.COMPLETE:
        return (scan,)
    doubted: set[str] = set()
    first: Capture | None = None
    for capture, attribution in unsure:
        years = years_meant(attribution.report_year, capture.listed_on, request["years"], title=capture.title)
        found = {key for key in attribution.may_be if any((key, year) not in settled for year in years)}
        first = first if first is not None or not found else capture
        doubted |= found
    if first is None:
        return (scan,)
    is_anybodys = doubted >= set(scan.agencies)
    said = detail(request["language"], "row_of_nobody" if is_anybodys else "row_of_some", first.title, first.url)
    if is_anybodys:
        return (dataclasses.replace(scan, outcome=Outcome.INCOMPLETE, detail=f"{scan.detail} {said}".strip()),)
    agencies = tuple(key for key in scan.agencies if key in doubted)
    doubt = dataclasses.replace(
        scan, id=f"{scan.id}-doubt", agencies=agencies, outcome=Outcome.INCOMPLETE, detail=said, pages=(), bulk_dates=()
    )
    return (scan, doubt)


def ingest_attestation(
    db: Database, captures: Captures, attestation: Attestation, data: bytes, *, media_type: str = ""
) -> ReadOutcome:
    """Keep a report that a person handed in, together with that person's word; gives what was read.

    The file counts for the agency-year that the person named, whatever it says itself.
    """
    digest = captures.put(data)
    url = attestation.url or f"{ATTESTED}{digest}"
    capture = Capture(
        digest=digest,
        scan="",
        url=url,
        final_url=url,
        status=0,
        media_type=media_type,
        fetched_at=attestation.at,
        size=len(data),
        agency=attestation.agency,
        report_year=attestation.report_year,
    )
    reading = read_capture(data, media_type=media_type, url=attestation.url, listed_on=None)
    save_attestation(
        db,
        dataclasses.replace(attestation, digest=digest),
        ReadCapture(
            capture=capture,
            agency=attestation.agency,
            report_year=attestation.report_year,
            report=reading.report,
            reason=reading.reason,
            detail=reading.detail,
            parser_version=PARSER_VERSION,
            is_attested=True,
        ),
    )
    return reading


def _archive(captures: Captures, run: Run, path: Path) -> None:
    """Keep the bodies of fetched reports and of list pages: both are evidence. And what the next crawl is told of,
    as far as the run has it: a robots.txt of an earlier day may lie in an older run alone."""
    fetched = {capture.digest for capture in run.captures}
    listed = {page.digest for scan in run.scans for page in scan.pages if page.digest is not None}
    evidence = fetched | listed
    for digest in sorted(evidence.union(*(memory.bodies for memory in run.memories))):
        try:
            captures.get(digest)
        except CaptureMissingError:
            if digest in evidence or has_body(path, digest):
                captures.put(run_body(path, digest))


def _attributions(
    db: Database, captures: Captures, run: Run, agencies: Agencies, room: ReadingRoom
) -> Iterator[tuple[Capture, Attribution]]:
    """What every capture that is read by itself counts for, and every member of a bundle."""
    looked_for = {scan.id: scan.agencies for scan in run.scans}
    read: tuple[ReadOutcome, ...] = ()
    for (capture, known), outcomes in room.read_all(_to_read(db, captures, run)):
        if known:
            yield capture, Attribution(readings=known)
            continue
        read = outcomes or read
        among = looked_for.get(capture.scan, ())
        for part, outcome in as_captures(capture, read, captures.put):
            yield part, attribute(part, outcome, among, agencies, parser_version=PARSER_VERSION)


def _to_read(
    db: Database, captures: Captures, run: Run
) -> Iterator[tuple[tuple[Capture, tuple[ReadCapture, ...]], Source | None]]:
    """Every capture with what is known of it; its source only where it must be read and the one before is another."""
    last: object = None
    own = (capture for capture in run.captures if capture.part_of is None)
    # Equal bytes stand side by side, so that a page fetched for two scans is read once.
    for capture in sorted(own, key=lambda capture: (capture.digest, capture.url, capture.edition, capture.fetched_at)):
        known = _known(db, capture)
        source = (capture.edition, capture.url, capture.listed_on)
        is_new = not known and source != last
        last = source if is_new else last
        yield (capture, known), source_of(capture, captures) if is_new else None


def _known(db: Database, capture: Capture) -> tuple[ReadCapture, ...]:
    """The agency-years for which this parser has read the same bytes at the same address before."""
    return tuple(
        ReadCapture(capture, agency, year, report=None, parser_version=PARSER_VERSION)
        for agency, year in stored_attributions(db, capture.url, capture.digest, PARSER_VERSION, capture.enclosures)
        if capture.agency in {None, agency} and capture.report_year in {None, year}
    )


def _stored(reading: ReadCapture) -> ReadCapture:
    return dataclasses.replace(reading, report=None)
