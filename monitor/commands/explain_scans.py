"""The scans of one agency-year for `explain`: each with what proves that it was whole, and where it was found."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from monitor.agency_years.dates import backdating
from monitor.agency_years.proofs import minute_text, proving_looks
from monitor.agency_years.standing import steps
from monitor.commands.explain_words import said
from monitor.commands.layout import Styled, aligned, paragraph
from monitor.texts import word
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from monitor.agency_years.case import Case
    from storage.records import Look, Scan, ScanPage

MOST_LOOKS = 8
"""So many looks are shown one by one; of more, those on which the verdict rests and the first and last ones."""

ENDS = 2
MOST_PAGES = 3


def scan_lines(case: Case, scans: Mapping[str, Scan], language: str, width: int, *, is_whole: bool) -> list[str]:
    """Every look in time order with its scans; of many, those that matter, and the others counted."""
    looks = case.evidence.looks
    shown = looks if is_whole or len(looks) <= MOST_LOOKS else tuple(_telling(case))
    lines: list[str] = []
    left: list[Look] = []
    for look in looks:
        if look not in shown:
            left.append(look)
            continue
        lines += _left_out(left, language, width)
        left = []
        lines += _look_lines(look, scans, language, width, is_whole=is_whole)
    return lines + _left_out(left, language, width)


def sighting_lines(case: Case, width: int) -> list[str]:
    """Where our scans saw it listed: from when to when, under which title, at which address."""
    lines = []
    for sighting in case.evidence.sightings:
        first, last = minute_text(sighting.first_seen_at), minute_text(sighting.last_seen_at)
        lines += paragraph(first if first == last else f"{first} – {last}", width, indent=2)
        lines += paragraph(sighting.title, width, indent=6)
        lines += paragraph(sighting.url, width, indent=6)
    return lines


def _telling(case: Case) -> Iterator[Look]:
    """The looks on which the verdict rests, and the first and the last ones."""
    looks = case.evidence.looks
    yield from looks[:ENDS]
    yield from proving_looks(case, steps(case)[-1].status)
    found = [look for look in looks if look.found]
    yield from found[:1]
    yield from found[-1:]
    suspected = backdating(case)
    if suspected is not None:
        yield suspected.look
    yield from looks[-ENDS:]


def _look_lines(look: Look, scans: Mapping[str, Scan], language: str, width: int, *, is_whole: bool) -> Iterator[str]:
    found = Styled(said(language, "found"), "green") if look.found else said(language, "not_found")
    outcome = Styled(word(language, look.outcome), None if look.outcome is Outcome.COMPLETE else "yellow")
    doubts = [said(language, "time_doubted")] if look.is_time_doubted else []
    if look.looked_from is not None:
        doubts.append(said(language, "looked_from", year=look.looked_from))
    yield from aligned([(minute_text(look.started_at), outcome, found, " ".join(doubts))], width)
    for key in look.scans:
        if key in scans:
            yield from aligned(_proof_rows(scans[key], language, is_whole=is_whole), width, indent=6)


def _proof_rows(scan: Scan, language: str, *, is_whole: bool) -> Iterator[tuple[str, str]]:
    yield said(language, "place"), scan.column_url
    if scan.outcome is not Outcome.COMPLETE or scan.detail:
        yield said(language, "detail"), scan.detail or word(language, scan.outcome)
    yield (
        said(language, "end"),
        said(
            language,
            "end_proof" if scan.stated_total is None else "end_total",
            pages=len(scan.pages),
            rows=scan.rows_seen,
            total=scan.stated_total,
            proof=word(language, scan.end_proof or "none"),
        ),
    )
    control = " ".join(filter(None, (scan.control_title, scan.control_url)))
    yield said(language, "control"), control or said(language, "none")
    shown = scan.pages if is_whole else scan.pages[:MOST_PAGES]
    for page in shown:
        yield said(language, "archive"), _page(page, language)
    if len(scan.pages) > len(shown):
        yield "", said(language, "more_pages", count=len(scan.pages) - len(shown))


def _page(page: ScanPage, language: str) -> str:
    if page.digest is None:
        return said(language, "page_bare", status=page.status or "–", url=page.url)
    return said(language, "page", status=page.status, digest=page.digest)


def _left_out(left: Sequence[Look], language: str, width: int) -> list[str]:
    if not left:
        return []
    counts = Counter((look.outcome, look.found) for look in left)
    outcomes = "、".join(
        said(
            language,
            "outcome_count",
            outcome=word(language, outcome) + (f"（{said(language, 'found')}）" if is_found else ""),
            count=count,
        )
        for (outcome, is_found), count in counts.items()
    )
    return paragraph("⋮ " + said(language, "more_looks", count=len(left), outcomes=outcomes), width, indent=2)
