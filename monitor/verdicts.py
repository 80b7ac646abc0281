"""One check: from what is stored to where every agency stands, what is wrong, and what the alert book says.

Reports are judged first, which takes long; then, in one transaction that shuts out every other writer,
all the rest is read, decided and saved, so that no verdict rests on what has just ceased to be so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.accusations import (
    Matter,
    accusations,
    content_findings,
    cures,
    evidence_scans,
    left_registry,
    published_findings,
    unknown_rules,
)
from monitor.alerts import Docket, fingerprint, reconcile, settled
from monitor.breakers import incidents
from monitor.case import known_at, lay_out
from monitor.checks import content_verdict
from monitor.judging import Memory, judge_year
from monitor.obligations import EVERY_RULE, obligations, shanghai_date, waived_rules
from monitor.standing import readable_report, standing_of
from storage.database import alerts, evidence_of_year, load_scans, save_verdicts
from storage.database.connection import writing
from storage.records import LIVE_STATES, Evidence, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from monitor.alerts import Change
    from monitor.case import Case
    from storage.configuration import WatchSettings
    from storage.database import Database
    from storage.records import Agency, Alert, Finding, Registry, Standing


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to: every standing, and the changes of the alert book that it saved."""

    standings: tuple[Standing, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Sitting:
    """What is the same for all agencies of one check."""

    report_year: int
    now: datetime
    watch: WatchSettings
    language: str


def check_year(
    db: Database,
    registry: Registry,
    watch: WatchSettings,
    now: datetime,
    report_year: int,
    *,
    language: str = "zh",
    memory: Memory | None = None,
) -> Checked:
    """Judge one report year as of `now` and save what it comes to."""
    sitting = Sitting(report_year, now, watch, language)
    known = memory or Memory()
    judge_year(db, registry.agencies, _evidence(db, sitting), report_year, language=language, memory=known)
    with writing(db):
        matters = _matters(db, registry, sitting, known)
        book = tuple(alert for alert in alerts(db) if alert.report_year == report_year)
        changes = reconcile(book, _docket(db, matters, book, sitting), now, language=language)
        save_verdicts(
            db,
            standings=[matter.standing for matter in matters],
            obligations=[matter.case.obligation for matter in matters],
            findings={
                (matter.agency.id, report_year): (*published_findings(matter, language), *matter.findings)
                for matter in matters
            },
            transitions=changes,
            as_of=now,
        )
    return Checked(tuple(matter.standing for matter in matters), changes)


def standings_of_year(
    db: Database | None,
    registry: Registry,
    watch: WatchSettings,
    now: datetime,
    report_year: int,
    *,
    language: str = "zh",
) -> tuple[Standing, ...]:
    """What a check at `now` would say of every agency; nothing is saved. `db` None: nothing is stored yet."""
    matters = _matters(db, registry, Sitting(report_year, now, watch, language), Memory())
    return tuple(matter.standing for matter in matters)


def _evidence(db: Database, sitting: Sitting) -> dict[str, Evidence]:
    """Agency → what was known of it at the sitting's instant."""
    stored = evidence_of_year(db, sitting.report_year)
    return {agency: known_at(evidence, sitting.now) for agency, evidence in stored.items()}


def _matters(db: Database | None, registry: Registry, sitting: Sitting, memory: Memory) -> list[Matter]:
    """Every agency of the registry, judged."""
    year, now = sitting.report_year, sitting.now
    owed = obligations(registry.agencies, year, registry.waivers, now, language=sitting.language)
    evidence: Mapping[str, Evidence] = {}
    findings: Mapping[str, tuple[Finding, ...]] = {}
    if db is not None:
        evidence = _evidence(db, sitting)
        findings = judge_year(db, registry.agencies, evidence, year, language=sitting.language, memory=memory)
    waived = {waiver.agency for waiver in registry.waivers}
    matters = []
    for agency in registry.agencies:
        waivers = registry.waivers if agency.id in waived else ()
        silenced = frozenset(waived_rules(agency.id, year, waivers, shanghai_date(now))) - {EVERY_RULE}
        case = lay_out(
            owed[agency.id],
            evidence.get(agency.id, Evidence()),
            now,
            confirm_after_hours=sitting.watch.confirm_after_hours,
            grace_days=sitting.watch.grace_days,
        )
        matters.append(_matter(agency, case, findings.get(agency.id), silenced))
    return matters


def _matter(agency: Agency, case: Case, findings: tuple[Finding, ...] | None, silenced: frozenset[str]) -> Matter:
    """One agency-year with the verdict on its content; `findings` None: no report of it could be read."""
    verdict = standing_of(case)
    if findings is None or readable_report(case.evidence) is None:
        return Matter(agency, case, verdict, (), silenced)
    held = tuple(finding for finding in findings if finding.rule not in silenced)
    verdict = replace(
        verdict,
        content=content_verdict(held),
        errors=len(content_findings(held, Severity.ERROR)),
        warnings=len(content_findings(held, Severity.WARNING)),
    )
    return Matter(agency, case, verdict, held, silenced)


def _docket(db: Database, matters: Sequence[Matter], book: Sequence[Alert], sitting: Sitting) -> Docket:
    """Everything that the matters have to say to the alert book."""
    language = sitting.language
    scans = load_scans(db, evidence_scans(matters))
    accused = [
        accusation
        for matter in matters
        for accusation in accusations(matter, scans, grace_days=sitting.watch.grace_days, language=language)
    ]
    asked = incidents(matters, book, settled(accused, book), sitting.report_year, sitting.now, language=language)
    reasons = {key: reason for matter in matters for key, reason in cures(matter, language)}
    present = {matter.agency.id for matter in matters}
    for alert in book:
        if alert.state in LIVE_STATES and alert.agency is not None and alert.agency not in present:
            reasons[fingerprint(alert)] = left_registry(language)
    return Docket(
        accusations=(*accused, *asked.accusations),
        unknown=frozenset(key for matter in matters for key in unknown_rules(matter)),
        held=asked.held,
        cures=reasons,
    )
