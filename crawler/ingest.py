"""From a run folder to the database: archive the bytes, read them, save what they say.

Bytes are archived before anything reads them, and every step can be done again: a process killed at any
point is simply started anew, and nothing is lost or counted twice.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.attribution import Agencies, Attribution, ReadOutcome, attribute
from crawler.details import detail
from crawler.links import years_meant
from crawler.parser import PARSER_VERSION, read_report
from crawler.runs import finished_runs, read_run, run_body, run_id
from storage.database import (
    ingested_runs,
    load_agencies,
    save_attestation,
    save_reports,
    save_run,
    stored_attributions,
)
from storage.errors import CaptureMissingError, RunFolderError, UnreadableError
from storage.received import ReadCapture
from storage.records import Capture, Outcome

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path
    from typing import Any

    from sqlite_utils import Database

    from crawler.runs import Run
    from storage.captures import Captures
    from storage.received import Dismissal
    from storage.records import Attestation, Scan

BATCH = 100
"""Readings held in memory; a run with more saves them on the way, a run with less in one transaction."""

_log = logging.getLogger(__name__)


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

    A run folder that is damaged is left where it is and given as its error; the others are taken over.
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
    """Take over these run folders and give for each what came of it: its error where it is damaged, None
    where the database has that run already."""
    for path in folders:
        try:
            result: IngestedRun | RunFolderError | None = ingest_run(db, captures, path, at=at)
        except RunFolderError as error:
            result = error
        yield result


def ingest_run(db: Database, captures: Captures, path: Path, *, at: datetime) -> IngestedRun | None:
    """Take over one run folder; None where the database has that run already, maybe from a copy.

    Raises RunFolderError where the folder is damaged; then nothing of it counts.
    """
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
    for capture, attribution in _attributions(db, captures, run, agencies):
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
        captures=run.captures,
        reports=readings,
        dismissals=dismissals,
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
        years = years_meant(attribution.report_year, capture.listed_on, request["years"])
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
    url = attestation.url or f"attested:{digest}"
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


def read_capture(data: bytes, *, media_type: str, url: str | None, listed_on: date | None) -> ReadOutcome:
    """What the bytes say, or why they could not be read; whatever they are, this answers."""
    try:
        report = read_report(data, media_type=media_type, url=url, listed_on=listed_on)
    except UnreadableError as error:
        return ReadOutcome(None, error.reason, error.detail)
    except Exception as error:  # noqa: BLE001 (a fault of our parser on one page must not stop the others)
        _log.exception("the parser failed on %s (%s)", url, hashlib.sha256(data).hexdigest())
        return ReadOutcome(None, "parser_failed", f"{type(error).__name__}: {error}")
    return ReadOutcome(report, None, "")


def _archive(captures: Captures, run: Run, path: Path) -> None:
    """Keep the bodies of fetched reports and of list pages: both are evidence."""
    fetched = {capture.digest for capture in run.captures}
    listed = {page.digest for scan in run.scans for page in scan.pages if page.digest is not None}
    for digest in sorted(fetched | listed):
        try:
            captures.get(digest)
        except CaptureMissingError:
            captures.put(run_body(path, digest))


def _attributions(
    db: Database, captures: Captures, run: Run, agencies: Agencies
) -> Iterator[tuple[Capture, Attribution]]:
    looked_for = {scan.id: scan.agencies for scan in run.scans}
    read: tuple[object, ReadOutcome] | None = None
    for capture in sorted(run.captures, key=lambda capture: (capture.digest, capture.url, capture.fetched_at)):
        known = _known(db, capture)
        if known:
            yield capture, Attribution(readings=known)
            continue
        # Equal bytes stand side by side, so that a page fetched for two scans is read once.
        source = (capture.digest, capture.url, capture.listed_on)
        if read is None or read[0] != source:
            data = captures.get(capture.digest)
            read = (
                source,
                read_capture(data, media_type=capture.media_type, url=capture.url, listed_on=capture.listed_on),
            )
        among = looked_for.get(capture.scan, ())
        yield capture, attribute(capture, read[1], among, agencies, parser_version=PARSER_VERSION)


def _known(db: Database, capture: Capture) -> tuple[ReadCapture, ...]:
    """The agency-years for which this parser has read the same bytes at the same address before."""
    return tuple(
        ReadCapture(capture, agency, year, report=None, parser_version=PARSER_VERSION)
        for agency, year in stored_attributions(db, capture.url, capture.digest, PARSER_VERSION)
        if capture.agency in {None, agency} and capture.report_year in {None, year}
    )


def _stored(reading: ReadCapture) -> ReadCapture:
    return dataclasses.replace(reading, report=None)
