"""The proof that goes with an accusation: law, scans with the digests of their pages, dates, reports.

Pure. Every entry is a mapping that JSON can hold; its `kind` says what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from monitor.agency_years.case import gone_since
from monitor.agency_years.obligations import basis_text
from storage.records import SHANGHAI, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.agency_years.case import Case, Heir
    from storage.records import Attestation, Look, Scan

Entry = Mapping[str, Any]

SCANS_IN_EVIDENCE = 6


def proving_looks(case: Case, status: Status) -> tuple[Look, ...]:
    """The looks on which the accusation rests: first and last for `missing`, all that lacked it otherwise."""
    if status is Status.MISSING:
        return (case.accusing[0], case.accusing[-1])
    if status is Status.WITHDRAWN:
        return gone_since(case)
    first = case.first_seen
    return tuple(look for look in case.absent if first is not None and look.started_at < first)[-1:]


def publication_proof(case: Case, status: Status, scans: Mapping[str, Scan]) -> Iterator[Entry]:
    """Everything that bears on `missing`, `late` or `withdrawn`; of many scans the first and the latest."""
    yield law_entry(case)
    keys = [key for look in proving_looks(case, status) for key in look.scans if key in scans]
    for key in keys if len(keys) <= SCANS_IN_EVIDENCE else [*keys[:2], *keys[2 - SCANS_IN_EVIDENCE :]]:
        yield scan_entry(scans[key])
    if case.word is not None:
        yield attestation_entry(case.word)
    for heir in case.heirs:
        yield heir_entry(heir)
    yield from report_proof(case)


def report_proof(case: Case) -> Iterator[Entry]:
    """What was found: the dates that it states, the version that is judged, where it was listed."""
    for stated in case.stated:
        yield {"kind": "date", "date": stated.date.isoformat(), "source": stated.source, "url": stated.url}
    for report in case.evidence.reports:
        if report.is_current:
            fetched = shanghai_text(report.fetched_at)
            yield {"kind": "report", "id": report.id, "url": report.url, "digest": report.digest, "fetched_at": fetched}
    for sighting in case.evidence.sightings:
        seen = shanghai_text(sighting.last_seen_at)
        yield {"kind": "sighting", "url": sighting.url, "title": sighting.title, "last_seen_at": seen}


def law_entry(case: Case) -> Entry:
    """By which law or paper the report was due, and until which instant."""
    owed = case.obligation
    return {
        "kind": "law",
        "basis": owed.basis,
        "citation": basis_text(owed.basis),
        "due": owed.due.isoformat() if owed.due else None,
        "due_end": shanghai_text(case.due_end) if owed.due else None,
        "is_statutory": owed.is_statutory,
    }


def scan_entry(scan: Scan) -> Mapping[str, Any]:
    """A scan as evidence: where and when, what proves that it was whole, and the pages with their digests."""
    return {
        "kind": "scan",
        "id": scan.id,
        "run": scan.run,
        "portal": scan.portal,
        "column_url": scan.column_url,
        "started_at": shanghai_text(scan.started_at),
        "finished_at": shanghai_text(scan.finished_at),
        "outcome": scan.outcome.value,
        "rows_seen": scan.rows_seen,
        "stated_total": scan.stated_total,
        "end_proof": scan.end_proof,
        "control_title": scan.control_title,
        "control_url": scan.control_url,
        "pages": [
            {"url": page.url, "status": page.status, "digest": page.digest, "rows": page.rows} for page in scan.pages
        ],
    }


def attestation_entry(word: Attestation) -> Entry:
    """A person's word, shown as such."""
    return {
        "kind": "attestation",
        "absent": word.absent,
        "published_on": word.published_on.isoformat() if word.published_on else None,
        "url": word.url,
        "digest": word.digest,
        "by": word.by,
        "reason": word.reason,
        "at": shanghai_text(word.at),
    }


def heir_entry(heir: Heir) -> Entry:
    """Who took over, and by which scans it is known that its report does not take the place of the missing one."""
    looks = () if heir.case is None else heir.case.accusing
    return {
        "kind": "succession",
        "agency": heir.agency,
        "name": heir.name,
        "owes": heir.owes,
        "found": heir.is_found,
        "scans": [key for look in (*looks[:1], *looks[1:][-1:]) for key in look.scans],
    }


def shanghai_text(instant: datetime) -> str:
    """An instant as data: ISO 8601 with +08:00."""
    return instant.astimezone(SHANGHAI).isoformat()


def minute_text(instant: datetime) -> str:
    """An instant for people: date, hour and minute in China."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
