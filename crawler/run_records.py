"""Scans, candidates, captures and what was learnt of portals as lines of JSON, and back: what a run folder holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from storage.enclosures import enclosures_from_json, enclosures_to_json
from storage.known import (
    PortalMemory,
    answer_from_json,
    answer_to_json,
    list_from_json,
    list_to_json,
    manners_from_json,
    manners_to_json,
)
from storage.records import Candidate, Capture, EndProof, Outcome, Scan, ScanPage

if TYPE_CHECKING:
    from collections.abc import Mapping


def scan_to_json(scan: Scan) -> dict[str, Any]:
    """One scan as a line of `scans.jsonl`."""
    return {
        "id": scan.id,
        "run": scan.run,
        "portal": scan.portal,
        "column_url": scan.column_url,
        "agencies": list(scan.agencies),
        "started_at": scan.started_at.isoformat(),
        "finished_at": scan.finished_at.isoformat(),
        "outcome": scan.outcome.value,
        "detail": scan.detail,
        "pages": [
            {
                "url": page.url,
                "status": page.status,
                "digest": page.digest,
                "rows": page.rows,
                "headers": dict(page.headers),
            }
            for page in scan.pages
        ],
        "rows_seen": scan.rows_seen,
        "stated_total": scan.stated_total,
        "end_proof": scan.end_proof,
        "control_title": scan.control_title,
        "control_url": scan.control_url,
        "bulk_dates": [day.isoformat() for day in scan.bulk_dates],
        "from_year": scan.from_year,
    }


def scan_from_json(values: Mapping[str, Any]) -> Scan:
    """The scan on a line of `scans.jsonl`."""
    return Scan(
        id=values["id"],
        run=values["run"],
        portal=values["portal"],
        column_url=values["column_url"],
        agencies=tuple(values["agencies"]),
        started_at=_instant(values["started_at"]),
        finished_at=_instant(values["finished_at"]),
        outcome=Outcome(values["outcome"]),
        detail=values["detail"],
        pages=tuple(ScanPage(**page) for page in values["pages"]),
        rows_seen=values["rows_seen"],
        stated_total=values["stated_total"],
        end_proof=EndProof(values["end_proof"]) if values["end_proof"] else None,
        control_title=values["control_title"],
        control_url=values["control_url"],
        bulk_dates=tuple(date.fromisoformat(day) for day in values["bulk_dates"]),
        # Runs of earlier editions do not tell.
        from_year=values.get("from_year"),
    )


def candidate_to_json(candidate: Candidate) -> dict[str, Any]:
    """One candidate as a line of `candidates.jsonl`."""
    return {
        "scan": candidate.scan,
        "title": candidate.title,
        "url": candidate.url,
        "listed_on": _day(candidate.listed_on),
        "agency": candidate.agency,
        "report_year": candidate.report_year,
    }


def candidate_from_json(values: Mapping[str, Any]) -> Candidate:
    """The candidate on a line of `candidates.jsonl`."""
    return Candidate(
        scan=values["scan"],
        title=values["title"],
        url=values["url"],
        listed_on=_read_day(values["listed_on"]),
        agency=values["agency"],
        report_year=values["report_year"],
    )


def capture_to_json(capture: Capture) -> dict[str, Any]:
    """One capture as a line of `captures.jsonl`."""
    return {
        "digest": capture.digest,
        "scan": capture.scan,
        "url": capture.url,
        "final_url": capture.final_url,
        "status": capture.status,
        "media_type": capture.media_type,
        "fetched_at": capture.fetched_at.isoformat(),
        "size": capture.size,
        "title": capture.title,
        "listed_on": _day(capture.listed_on),
        "agency": capture.agency,
        "report_year": capture.report_year,
        "headers": dict(capture.headers),
        "part_of": capture.part_of,
        "enclosures": enclosures_to_json(capture.enclosures),
    }


def capture_from_json(values: Mapping[str, Any]) -> Capture:
    """The capture on a line of `captures.jsonl`."""
    return Capture(
        digest=values["digest"],
        scan=values["scan"],
        url=values["url"],
        final_url=values["final_url"],
        status=values["status"],
        media_type=values["media_type"],
        fetched_at=_instant(values["fetched_at"]),
        size=values["size"],
        title=values["title"],
        listed_on=_read_day(values["listed_on"]),
        agency=values["agency"],
        report_year=values["report_year"],
        headers=dict(values["headers"]),
        # Runs of the first edition had neither.
        part_of=values.get("part_of"),
        enclosures=enclosures_from_json(values.get("enclosures", ())),
    )


def memory_to_json(memory: PortalMemory) -> dict[str, Any]:
    """What is known of one portal, or was learnt of it: a part of `request.json` or a line of `portals.jsonl`."""
    return {
        "portal": memory.portal,
        "at": memory.at.isoformat(),
        "answers": [answer_to_json(each) for each in memory.answers],
        "articles": [capture_to_json(each) for each in memory.articles],
        "lists": [list_to_json(each) for each in memory.lists],
        "lost_lists": list(memory.lost_lists),
        **manners_to_json(memory),
    }


def memory_from_json(values: Mapping[str, Any]) -> PortalMemory:
    """What `memory_to_json` wrote."""
    return PortalMemory(
        portal=values["portal"],
        at=_instant(values["at"]),
        answers=tuple(map(answer_from_json, values["answers"])),
        articles=tuple(map(capture_from_json, values["articles"])),
        lists=tuple(map(list_from_json, values["lists"])),
        lost_lists=tuple(values["lost_lists"]),
        **manners_from_json(values),
    )


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
