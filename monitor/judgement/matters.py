"""Agency-years from what is stored to where they stand: evidence, cases, judgements, matters.

What is asked about is all of the registry or some of its portals; either way by a few questions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.agency_years.case import known_at, lay_out
from monitor.agency_years.heirs import with_heirs
from monitor.agency_years.obligations import EVERY_RULE, obligations, shanghai_date, waived_rules
from monitor.agency_years.standing import readable_report, standing_of
from monitor.alerts.accusations import Matter, content_findings
from monitor.checks import content_verdict
from monitor.judgement.judging import judge_unsaved, judge_year
from storage.database import evidence_of_year, versions_of_year
from storage.database.judgements import judged_findings
from storage.forms import form_for_year
from storage.records import Content, Evidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from monitor.agency_years.case import Case
    from monitor.judgement.judging import Groups, Verdicts
    from storage.configuration import WatchSettings
    from storage.database import Database
    from storage.database.asking import ScanMemory
    from storage.database.judgements import Judged
    from storage.records import Agency, Finding, Registry


@dataclass(frozen=True, slots=True)
class Sitting:
    """What is the same for all agencies of one check."""

    registry: Registry
    report_year: int
    now: datetime
    watch: WatchSettings
    language: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known of some agencies: evidence as it is stored, cases as of the sitting, and the judgements on
    them and on those that are held against them."""

    agencies: Sequence[Agency]
    evidence: Mapping[str, Evidence]
    cases: Mapping[str, Case]
    verdicts: Verdicts


def gather(
    db: Database, sitting: Sitting, agencies: Sequence[Agency], groups: Groups | None, scans: ScanMemory | None = None
) -> Gathered:
    """Evidence, cases and judgements of these agencies; new judgements are saved. `groups` None: they are all."""
    asked = None if groups is None else [agency.id for agency in agencies]
    evidence = evidence_of_year(db, sitting.report_year, agencies=asked, memory=scans)
    cases = laid_cases(sitting, agencies, evidence)
    around = agencies if groups is None else groups.around(agencies)
    known = {key: case.evidence for key, case in cases.items()}
    outside = [agency.id for agency in around if agency.id not in cases]
    if outside:
        known |= known_versions(db, sitting, outside)
    verdicts = judge_year(db, around, known, sitting.report_year, language=sitting.language)
    return Gathered(agencies, evidence, cases, verdicts)


def known_versions(db: Database, sitting: Sitting, agencies: Sequence[str] | None = None) -> dict[str, Evidence]:
    """Agency → the versions of its report that were known at the sitting's instant, of all or of these."""
    stored = versions_of_year(db, sitting.report_year, agencies=agencies)
    return {key: known_at(versions, sitting.now) for key, versions in stored.items()}


def laid_cases(sitting: Sitting, agencies: Sequence[Agency], evidence: Mapping[str, Evidence]) -> dict[str, Case]:
    """Agency → its case as of the sitting."""
    registry, watch = sitting.registry, sitting.watch
    owed = obligations(
        agencies,
        sitting.report_year,
        registry.waivers,
        sitting.now,
        successions=registry.successions,
        language=sitting.language,
    )
    nothing = Evidence()
    cases = {
        agency.id: lay_out(
            owed[agency.id],
            evidence.get(agency.id, nothing),
            sitting.now,
            confirm_after_hours=watch.confirm_after_hours,
            grace_days=watch.grace_days,
        )
        for agency in agencies
    }
    return with_heirs(cases, agencies, registry.successions, language=sitting.language)


def matters_of(db: Database | None, sitting: Sitting, gathered: Gathered) -> list[Matter]:
    """Every one of the agencies, judged. Findings are loaded where they accuse or where a waiver bears on them."""
    judged = gathered.verdicts.judged
    silenced = _silenced(sitting, gathered.agencies)
    wanted = [
        agency.id
        for agency in gathered.agencies
        if agency.id in judged and (judged[agency.id].errors or agency.id in silenced)
    ]
    findings = dict(gathered.verdicts.findings)
    if db is not None:
        findings = judged_findings(db, sitting.report_year, set(wanted) - findings.keys()) | findings
    return [
        _matter(
            agency,
            gathered.cases[agency.id],
            judged.get(agency.id),
            findings.get(agency.id, ()),
            silenced.get(agency.id, frozenset()),
        )
        for agency in gathered.agencies
    ]


def matters_unsaved(db: Database | None, sitting: Sitting) -> list[Matter]:
    """Every agency of the registry, judged by what is stored, for one who may only read. `db` None: nothing is."""
    agencies = sitting.registry.agencies
    evidence = {} if db is None else evidence_of_year(db, sitting.report_year)
    cases = laid_cases(sitting, agencies, evidence)
    if db is None:
        return [_matter(agency, cases[agency.id], None, (), frozenset()) for agency in agencies]
    known = {key: case.evidence for key, case in cases.items()}
    verdicts = judge_unsaved(db, agencies, known, sitting.report_year, language=sitting.language)
    return matters_of(db, sitting, Gathered(agencies, evidence, cases, verdicts))


def _silenced(sitting: Sitting, agencies: Iterable[Agency]) -> dict[str, frozenset[str]]:
    """Agency → the rules that waivers silence for it, of those that have a waiver."""
    today = shanghai_date(sitting.now)
    waivers = sitting.registry.waivers
    waived = {waiver.agency for waiver in waivers}
    return {
        agency.id: frozenset(waived_rules(agency.id, sitting.report_year, waivers, today)) - {EVERY_RULE}
        for agency in (agencies if waived else ())
        if agency.id in waived
    }


def _matter(
    agency: Agency, case: Case, judged: Judged | None, findings: tuple[Finding, ...], silenced: frozenset[str]
) -> Matter:
    """One agency-year with the verdict on its content; `judged` None: no report of it could be read."""
    standing = standing_of(case)
    if judged is None or readable_report(case.evidence) is None:
        return Matter(agency, case, standing, (), silenced)
    if not silenced:
        content = Content.MALFORMED if judged.errors else _sound(standing.report_year)
        standing = replace(standing, content=content, errors=judged.errors, warnings=judged.warnings)
        return Matter(agency, case, standing, findings, silenced)
    held = tuple(finding for finding in findings if finding.rule not in silenced)
    standing = replace(
        standing,
        content=Content.MALFORMED if content_verdict(held) is Content.MALFORMED else _sound(standing.report_year),
        errors=len(content_findings(held, Severity.ERROR)),
        warnings=len(content_findings(held, Severity.WARNING)),
    )
    return Matter(agency, case, standing, held, silenced)


def _sound(report_year: int) -> Content | None:
    """The verdict on a content without an error; None for a year without a unified form, which is not judged."""
    return Content.OK if form_for_year(report_year) is not None else None
