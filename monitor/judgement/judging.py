"""Every readable report of a year held against the rules, with what it must be compared with.

Reports are loaded group by group (agencies of one parent, else of one region), because a report is held
against others of its group. What was judged before from the same reports by the same rules is not judged
again: the database keeps every judgement with a key of all it follows from.
"""

from __future__ import annotations

import logging
import marshal
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import cache
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.agency_years.standing import readable_report
from monitor.alerts.accusations import content_findings
from monitor.checks import Subject, judge
from monitor.checks.similarity import compared_text, without_digits
from monitor.judgement.peers import likely_copies
from storage.database import current_reports, load_reports
from storage.database.asking import ScanMemory
from storage.database.judgements import (
    Judged,
    likeness_of,
    load_judgements,
    rereadings,
    save_judgements,
    save_likeness,
)
from storage.records import Agency, Evidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from storage.database import Database
    from storage.records import Finding, Registry, StoredReport
    from storage.report import Report

_LOG = logging.getLogger(__name__)

GROUP = 300
"""Agencies whose reports are held against each other, and in memory, at once."""

SIDE_BY_SIDE = timedelta(hours=6)
"""Versions at two addresses that were first seen no further apart came with one crawl: two scans that are told
apart lie further from each other."""

_ROOT = Path(__file__).resolve().parents[2]
_RULES = (
    "monitor/checks",
    "monitor/judgement/peers.py",
    "monitor/judgement/judging.py",
    "storage/forms",
    "storage/law.py",
)
_TEXTS = ("id", "name", "region", "portal", "column_url", "aliases", "parent", "due", "due_basis")
_TEXTS_OF = attrgetter(*_TEXTS)
_OTHERS_OF = attrgetter(*(each.name for each in fields(Agency) if each.name not in _TEXTS))


class _Case(NamedTuple):
    """One report with what it is held against. Reports are named by id; `peers` with whose they are."""

    agency: Agency
    current: int
    previous: int | None
    earlier: int | None
    peers: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Agency → the judgement on its report; `new` are the agencies of which it is another one than before.
    `findings` are those of the new judgements that were not saved; `failed` the agencies at whose report this
    program failed, which have no judgement."""

    judged: Mapping[str, Judged]
    new: frozenset[str]
    findings: Mapping[str, tuple[Finding, ...]]
    failed: frozenset[str] = frozenset()


def judge_year(
    db: Database,
    agencies: Sequence[Agency],
    evidence: Mapping[str, Evidence],
    report_year: int,
    *,
    language: str = "zh",
) -> Verdicts:
    """The judgements on the reports that `evidence` has, new ones saved; agencies without a readable one are absent.

    `agencies` are whole groups in the order of the registry (`Groups`).
    """
    return _judge(Bench(db, report_year, language, agencies, is_saving=True), agencies, evidence)


def judge_unsaved(
    db: Database,
    agencies: Sequence[Agency],
    evidence: Mapping[str, Evidence],
    report_year: int,
    *,
    language: str = "zh",
) -> Verdicts:
    """The same for one who may only read."""
    return _judge(Bench(db, report_year, language, agencies, is_saving=False), agencies, evidence)


def _judge(bench: Bench, agencies: Sequence[Agency], evidence: Mapping[str, Evidence]) -> Verdicts:
    readable = {agency.id: readable_report(evidence.get(agency.id, Evidence())) for agency in agencies}
    current = {key: report.id for key, report in readable.items() if report is not None}
    judged: dict[str, Judged] = {}
    new: set[str] = set()
    unsaved: dict[str, tuple[Finding, ...]] = {}
    for name, group in groups_of(agency for agency in agencies if agency.id in current):
        keyed = bench.keyed(name, group, current, evidence)
        fresh = {key: case for key, case in keyed.items() if not bench.is_known(case.agency.id, key)}
        made = [
            (case.agency.id, Judged(key, *_counts(findings)), findings)
            for key, (case, findings) in bench.findings(fresh, group).items()
        ]
        if made and bench.is_saving:
            save_judgements(bench.db, bench.report_year, made)
        elif made:
            unsaved |= {agency: findings for agency, _, findings in made}
        judged |= {agency: judgement for agency, judgement, _ in made}
        new |= {agency for agency, _, _ in made}
        for key, case in keyed.items():
            if key not in fresh:
                judged[case.agency.id] = bench.known[case.agency.id]
    return Verdicts(judged, frozenset(new), unsaved, frozenset(bench.failed))


@dataclass(slots=True)
class Memory:
    """What a running service remembers of its registry, and of scans, from one check to the next; it only spares
    work."""

    registry: Registry | None = None
    digest: str = ""
    groups: Groups | None = None
    by_portal: Mapping[str, Sequence[Agency]] = field(default_factory=dict)
    portal_of: Mapping[str, str] = field(default_factory=dict)
    scans: ScanMemory = field(default_factory=ScanMemory)


class Groups:
    """Who is held against whom: agencies of one parent, else of one region, in the order of the registry."""

    def __init__(self, agencies: Iterable[Agency]) -> None:
        self._members: dict[str, list[Agency]] = {}
        for agency in agencies:
            self._members.setdefault(_group_of(agency), []).append(agency)

    def around(self, agencies: Iterable[Agency]) -> list[Agency]:
        """All members of the groups of these agencies."""
        names = dict.fromkeys(map(_group_of, agencies))
        return [mate for name in names for mate in self._members.get(name, ())]


class Bench:
    """One sitting over many groups: what all of them are held against, by a few questions."""

    def __init__(
        self, db: Database, report_year: int, language: str, agencies: Sequence[Agency], *, is_saving: bool
    ) -> None:
        self.db, self.report_year, self.language, self.is_saving = db, report_year, language, is_saving
        ids = {agency.id for agency in agencies}
        self.known = load_judgements(db, report_year, ids)
        self._previous = current_reports(db, report_year - 1, ids)
        self._rereadings = rereadings(db)
        self.failed: set[str] = set()

    def is_known(self, agency: str, key: str) -> bool:
        """Was just this judged before?"""
        return agency in self.known and self.known[agency].key == key

    def keyed(
        self, name: str, group: Sequence[Agency], current: Mapping[str, int], evidence: Mapping[str, Evidence]
    ) -> dict[str, _Case]:
        """Key → case of every member of a group that has a report."""
        owners = {current[agency.id]: agency.name for agency in group}
        copies = self._copies(name, tuple(owners))
        names = sorted(set(owners.values()))
        shared = (rules_digest(), self.language, self.report_year, names)
        common = blake2b(marshal.dumps(shared, 2), digest_size=16).digest()
        cases = (
            _Case(
                agency=agency,
                current=current[agency.id],
                previous=self._previous.get(agency.id),
                earlier=_earlier_version(evidence.get(agency.id, Evidence()).reports),
                peers=tuple((peer, owners[peer]) for peer in copies.get(current[agency.id], ()) if peer in owners),
            )
            for agency in group
        )
        return {self._key(case, common): case for case in cases}

    def findings(
        self, cases: Mapping[str, _Case], group: Sequence[Agency]
    ) -> dict[str, tuple[_Case, tuple[Finding, ...]]]:
        """Key → case with its findings. A report that a reparse made unreadable in this very moment is left
        to the next check, and so is one at which this program fails: it costs no other its verdict."""
        if not cases:
            return {}
        names = frozenset(agency.name for agency in group)
        reports = dict(load_reports(self.db, sorted({key for case in cases.values() for key in _reports_of(case)})))
        found = {}
        for key, case in cases.items():
            try:
                if case.current in reports:
                    found[key] = (case, judge(self._subject(case, reports, names)))
            except Exception:  # noqa: BLE001 (a fault of ours that one report brings out costs no other its verdict)
                _LOG.exception("the report of %s could not be judged (version %d)", case.agency.id, case.current)
                self.failed.add(case.agency.id)
        return found

    def likeness_key(self, ids: tuple[int, ...]) -> str:
        """What the likeness of these reports follows from."""
        return _digest((rules_digest(), [(key, self._rereadings.get(key, 0)) for key in ids]))

    def _copies(self, name: str, ids: tuple[int, ...]) -> Mapping[int, Sequence[int]]:
        """Report → reports of the same group that it may have been copied from, or they from it."""
        if len(ids) < 2:  # noqa: PLR2004 - it takes two to copy
            return {}
        digest = self.likeness_key(ids)
        known = likeness_of(self.db, self.report_year, name, digest)
        if known is not None:
            return known
        texts = {key: without_digits(compared_text(report)) for key, report in load_reports(self.db, ids)}
        alike = likely_copies(texts)
        if self.is_saving:
            save_likeness(self.db, self.report_year, name, digest, alike)
        return alike

    def _key(self, case: _Case, common: bytes) -> str:
        agency = (*_TEXTS_OF(case.agency), *map(str, _OTHERS_OF(case.agency)))
        reports = [(key, self._rereadings.get(key, 0)) for key in _reports_of(case)]
        marks = (case.current, case.previous, case.earlier, case.peers)
        return _digest((common, agency, marks, reports))

    def _subject(self, case: _Case, reports: Mapping[int, Report], names: frozenset[str]) -> Subject:
        return Subject(
            report=reports[case.current],
            agency=case.agency,
            report_year=self.report_year,
            previous=reports.get(case.previous) if case.previous is not None else None,
            earlier_version=reports.get(case.earlier) if case.earlier is not None else None,
            other_names=names - {case.agency.name},
            peers=tuple((name, reports[key]) for key, name in case.peers if key in reports),
            language=self.language,
        )


@cache
def rules_digest() -> str:
    """A digest of what judgements follow from beside the reports; where it changes, all are made anew."""
    paths = [path for name in _RULES for path in sorted((_ROOT / name).rglob("*.py")) or [_ROOT / name]]
    return blake2b(b"\0".join(path.read_bytes() for path in paths), digest_size=16).hexdigest()


def _digest(values: tuple[Any, ...]) -> str:
    # Version 2 writes equal values alike, whoever made them.
    return blake2b(marshal.dumps(values, 2), digest_size=16).hexdigest()


def _counts(findings: Sequence[Finding]) -> tuple[int, int]:
    return len(content_findings(findings, Severity.ERROR)), len(content_findings(findings, Severity.WARNING))


def _group_of(agency: Agency) -> str:
    return agency.parent or f"region {agency.region[:6]}"


def groups_of(agencies: Iterable[Agency]) -> Iterator[tuple[str, list[Agency]]]:
    """Agencies of one parent or one region, in the order of the registry, GROUP of them at most; with a name."""
    grouped: dict[str, list[Agency]] = {}
    for agency in agencies:
        grouped.setdefault(_group_of(agency), []).append(agency)
    for name, group in grouped.items():
        for start in range(0, len(group), GROUP):
            yield f"{name} {start}", group[start : start + GROUP]


def _reports_of(case: _Case) -> Iterator[int]:
    """Everything that must be loaded to judge the case."""
    for key in (case.current, case.previous, case.earlier, *(peer for peer, _ in case.peers)):
        if key is not None:
            yield key


def _earlier_version(reports: Sequence[StoredReport]) -> int | None:
    """The readable version that stood before the current one, at whatever address; None where it is the first.

    What one crawl found at several addresses are copies that stand side by side: none of them replaced another.
    """
    current = next((report for report in reports if report.is_current), None)
    if current is None:
        return None
    before = [
        report
        for report in reports
        if report.reason is None
        and report.first_seen_at < current.first_seen_at - (timedelta() if report.url == current.url else SIDE_BY_SIDE)
    ]
    return max(before, key=lambda report: (report.first_seen_at, report.id)).id if before else None
