"""From a run folder to the database: archive the bytes, read them, save what they say.

Bytes are archived before anything reads them, and every step can be done again: a process killed at any
point is simply started anew, and nothing is lost or counted twice.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.attribution import Agencies, Attribution, ReadOutcome, attribute
from crawler.details import detail
from crawler.parser import PARSER_VERSION, read_report
from crawler.runs import finished_runs, read_run, run_body
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
    from collections.abc import Iterator
    from datetime import date, datetime
    from pathlib import Path

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
    for path in finished_runs(runs):
        if path.name not in known:
            try:
                ingested = ingest_run(db, captures, path, at=at)
            except RunFolderError as error:
                yield error
            else:
                if ingested is not None:
                    yield ingested


def ingest_run(db: Database, captures: Captures, path: Path, *, at: datetime) -> IngestedRun | None:
    """Take over one run folder; None where the database has it already.

    Raises RunFolderError where the folder is damaged; then nothing of it counts.
    """
    run = read_run(path)
    if run.id in ingested_runs(db):
        return None
    _archive(captures, run, path)
    agencies = Agencies(load_agencies(db))
    readings: list[ReadCapture] = []
    dismissals: list[Dismissal] = []
    saved = 0
    unattributed = 0
    ownerless: dict[str, Capture] = {}
    for capture, attribution in _attributions(db, captures, run, agencies):
        readings += attribution.readings
        dismissals += attribution.dismissals
        unattributed += not attribution.readings
        if attribution.is_ownerless and capture.report_year in {None, *run.request["years"]}:
            ownerless.setdefault(capture.scan, capture)
        if len(readings) - saved >= BATCH:
            save_reports(db, readings[saved:], at=at)
            # The run's own transaction sees them again, to tie them to its scans.
            readings[saved:] = map(_stored, readings[saved:])
            saved = len(readings)
    save_run(
        db,
        run_id=run.id,
        scans=tuple(_unproven(scan, ownerless.get(scan.id), run.request["language"]) for scan in run.scans),
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


def _unproven(scan: Scan, ownerless: Capture | None, language: str) -> Scan:
    """The scan as it counts: a list that holds somebody's report, nobody knows whose, proves no absence."""
    if ownerless is None or scan.outcome is not Outcome.COMPLETE:
        return scan
    said = detail(language, "row_of_nobody", ownerless.title, ownerless.url)
    return dataclasses.replace(scan, outcome=Outcome.INCOMPLETE, detail=f"{scan.detail} {said}".strip())


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
