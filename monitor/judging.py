"""Every readable report of a year held against the rules, with what it must be compared with.

Reports are loaded group by group (agencies of one parent, else of one region), because a report is held
against others of its group. What was judged before from the same reports is not judged again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from monitor.checks import Subject, judge
from monitor.checks.similarity import compared_text, without_digits
from monitor.peers import likely_copies
from monitor.standing import readable_report
from storage.database import current_reports, load_reports
from storage.records import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from storage.database import Database
    from storage.records import Agency, Finding, StoredReport
    from storage.report import Report

GROUP = 300
"""Agencies whose reports are held against each other, and in memory, at once."""


class _Case(NamedTuple):
    """What one judgement depends on: while it is equal, so are the findings. Reports are named by id."""

    agency: Agency
    report_year: int
    current: int
    previous: int | None
    earlier: int | None
    peers: tuple[int, ...]
    names: frozenset[str]
    language: str


@dataclass(slots=True)
class Memory:
    """What a running service remembers from one check to the next, so that it judges only what is new."""

    findings: dict[_Case, tuple[Finding, ...]] = field(default_factory=dict)
    copies: dict[tuple[int, ...], dict[int, tuple[int, ...]]] = field(default_factory=dict)


def judge_year(
    db: Database,
    agencies: Sequence[Agency],
    evidence: Mapping[str, Evidence],
    report_year: int,
    *,
    language: str = "zh",
    memory: Memory | None = None,
) -> dict[str, tuple[Finding, ...]]:
    """Agency → the findings on its report, as `evidence` has it; agencies without a readable one are absent."""
    judged = {key: readable_report(known) for key, known in evidence.items()}
    current = {key: report.id for key, report in judged.items() if report is not None}
    previous = current_reports(db, report_year - 1)
    before, after = memory or Memory(), Memory()
    found: dict[str, tuple[Finding, ...]] = {}
    for group in _groups(agency for agency in agencies if agency.id in current):
        ids = tuple(current[agency.id] for agency in group)
        copies = before.copies[ids] if ids in before.copies else _copies(db, ids)
        after.copies[ids] = copies
        names = frozenset(agency.name for agency in group)
        cases = [
            _Case(
                agency=agency,
                report_year=report_year,
                current=current[agency.id],
                previous=previous.get(agency.id),
                earlier=_earlier_version(evidence.get(agency.id, Evidence()).reports),
                peers=copies.get(current[agency.id], ()),
                names=names,
                language=language,
            )
            for agency in group
        ]
        known = {case: before.findings[case] for case in cases if case in before.findings}
        owners = {current[agency.id]: agency.name for agency in group}
        known.update(_judged(db, [case for case in cases if case not in known], owners))
        after.findings.update(known)
        found |= {case.agency.id: known[case] for case in cases if case in known}
    if memory is not None:
        memory.findings, memory.copies = after.findings, after.copies
    return found


def _groups(agencies: Iterable[Agency]) -> Iterator[list[Agency]]:
    """Agencies of one parent or one region, in the order of the registry, GROUP of them at most."""
    grouped: dict[str, list[Agency]] = defaultdict(list)
    for agency in agencies:
        grouped[agency.parent or f"region {agency.region[:6]}"].append(agency)
    for group in grouped.values():
        for start in range(0, len(group), GROUP):
            yield group[start : start + GROUP]


def _copies(db: Database, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Report → reports of the same group that it may have been copied from, or they from it."""
    if len(ids) < 2:  # noqa: PLR2004 - it takes two to copy
        return {}
    return likely_copies({key: without_digits(compared_text(report)) for key, report in load_reports(db, ids)})


def _judged(
    db: Database, cases: Sequence[_Case], owners: Mapping[int, str]
) -> Iterator[tuple[_Case, tuple[Finding, ...]]]:
    wanted = {
        key for case in cases for key in (case.current, case.previous, case.earlier, *case.peers) if key is not None
    }
    reports = dict(load_reports(db, sorted(wanted)))
    for case in cases:
        # A report that a reparse made unreadable in this very moment is left to the next check.
        if case.current in reports:
            yield case, judge(_subject(case, reports, owners))


def _subject(case: _Case, reports: Mapping[int, Report], owners: Mapping[int, str]) -> Subject:
    return Subject(
        report=reports[case.current],
        agency=case.agency,
        report_year=case.report_year,
        previous=reports.get(case.previous) if case.previous is not None else None,
        earlier_version=reports.get(case.earlier) if case.earlier is not None else None,
        other_names=case.names - {case.agency.name},
        peers=tuple((owners[key], reports[key]) for key in case.peers if key in reports),
        language=case.language,
    )


def _earlier_version(reports: Sequence[StoredReport]) -> int | None:
    """The readable version that stood at the current one's address before it; None where it is the first."""
    current = next((report for report in reports if report.is_current), None)
    if current is None:
        return None
    before = [
        report
        for report in reports
        if report.url == current.url and report.reason is None and report.first_seen_at < current.first_seen_at
    ]
    return max(before, key=lambda report: report.first_seen_at).id if before else None
