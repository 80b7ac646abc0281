"""What one agency-year is accused of, in words that claim no more than was seen, with its evidence.

Pure. A finding of a publication rule is for the record of the agency-year; it becomes an accusation,
which opens an alert, only when it is an error and no waiver silences its rule.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from monitor.alerts import Accusation, Fingerprint
from monitor.case import ATTESTED
from monitor.checks import RULES, publication_findings
from monitor.obligations import basis_text
from monitor.proofs import minute_text, proving_looks, publication_proof, report_proof
from storage.records import Content, Finding, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from monitor.case import Case
    from storage.records import Agency, Scan, Standing

MALFORMED = "malformed"
PUBLICATION_STATUSES = (Status.MISSING, Status.LATE, Status.WITHDRAWN)
AGENCY_RULES = (*(status.value for status in PUBLICATION_STATUSES), MALFORMED)
"""The rules under which an agency-year can be accused."""

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "missing": "截至{now}，在{places}两次完整检索（{first}、{last}）均未检索到{name}{year}年度政府信息公开"
        "工作年度报告；应公布日期为{due}（{basis}）。",
        "late": "{name}{year}年度政府信息公开工作年度报告载明的公布日期为{published}，应公布日期为{due}"
        "（{basis}），相差{days}天。",
        "withdrawn": "{name}{year}年度政府信息公开工作年度报告曾于{seen}检索到，{first}至{last}的{count}次完整检索"
        "均未再检索到。",
        "malformed": "{name}{year}年度政府信息公开工作年度报告有{count}处内容有待核对，其中：{first}",
        "found": "已检索到该报告",
        "found_late": "已检索到该报告，载明的公布日期为{published}",
        "vouched": "经人工核实，该报告已公布",
        "not_due": "尚未到应公布日期",
        "date_unknown": "现有日期不足以认定逾期",
        "corrected": "现行版本未再发现错误",
        "registry": "该机关已不在名录中",
        "silenced": "名录中已登记豁免",
    },
    "en": {
        "missing": "As of {now}, two complete scans of {places} ({first}, {last}) did not find the annual report "
        "of {name} on {year}, due on {due} ({basis}).",
        "late": "The annual report of {name} on {year} states {published} as its date of publication; it was due "
        "on {due} ({basis}), {days} days before.",
        "withdrawn": "The annual report of {name} on {year} was found until {seen}; {count} complete scans from "
        "{first} to {last} did not find it again.",
        "malformed": "The annual report of {name} on {year} has {count} places to be verified, among them: {first}",
        "found": "the report was found",
        "found_late": "the report was found; it states {published} as its date of publication",
        "vouched": "a person has seen that the report is published",
        "not_due": "the due date has not passed",
        "date_unknown": "the dates found do not prove that it was late",
        "corrected": "no more errors in the current version",
        "registry": "the agency is no longer in the registry",
        "silenced": "a waiver is registered",
    },
}


@dataclass(frozen=True, slots=True)
class Matter:
    """One agency-year as a check has judged it.

    `findings` are the content's, without those that a waiver silences; `silenced` are the rules that
    waivers name.
    """

    agency: Agency
    case: Case
    standing: Standing
    findings: tuple[Finding, ...] = ()
    silenced: frozenset[str] = frozenset()


def published_findings(matter: Matter, language: str = "zh") -> tuple[Finding, ...]:
    """The finding of `missing`, `late` or `withdrawn`; none where the status is another or the rule waived."""
    if matter.standing.status.value in matter.silenced:
        return ()
    owed = matter.case.obligation
    agency = matter.agency
    if owed.is_statutory:
        # The statute set the date, so the finding cites it and not a local paper with a later one.
        agency = replace(agency, due=None, due_basis=None)
    return publication_findings(matter.standing, agency, matter.case.now, language=language)


def accusations(
    matter: Matter, scans: Mapping[str, Scan], *, grace_days: int = 0, language: str = "zh"
) -> Iterator[Accusation]:
    """What is held against the agency-year now: at most one of `missing`, `late`, `withdrawn`, and `malformed`.

    `scans` are those that the evidence names, by id. A report that is late by no more than the days of
    grace has a finding but is accused of nothing.
    """
    standing = matter.standing
    if standing.status is Status.EXEMPT:
        return
    in_grace = standing.status is Status.LATE and (standing.days_late or 0) <= grace_days
    for finding in published_findings(matter, language):
        if finding.severity is Severity.ERROR and not in_grace:
            evidence = (
                _finding(finding, days_late=standing.days_late),
                *publication_proof(matter.case, matter.standing.status, scans),
            )
            yield Accusation(_fingerprint(matter, finding.rule), _message(matter, scans, language), evidence)
    errors = content_findings(matter.findings, Severity.ERROR)
    if standing.content is Content.MALFORMED and errors and MALFORMED not in matter.silenced:
        words = _TEXTS[language][MALFORMED]
        message = words.format(
            name=matter.agency.name, year=standing.report_year, count=len(errors), first=errors[0].message
        )
        evidence = (*map(_finding, errors), *report_proof(matter.case))
        yield Accusation(_fingerprint(matter, MALFORMED), message, evidence)


def content_findings(findings: Iterable[Finding], severity: Severity) -> list[Finding]:
    """The findings of that severity that say something about what the report contains."""
    return [
        finding for finding in findings if finding.severity is severity and RULES[finding.rule].counts_towards_content
    ]


def unknown_rules(matter: Matter) -> Iterator[Fingerprint]:
    """The accusations about which nothing can be said now: their live alerts stay as they are.

    A suspicion is no cure of a missing report, nor is a scan that could not look; a report that cannot
    be read proves neither that its errors are still there nor that they are gone.
    """
    status = matter.standing.status
    if status in {Status.UNKNOWN, Status.SUSPECTED_MISSING}:
        yield from (_fingerprint(matter, rule.value) for rule in PUBLICATION_STATUSES)
    if status is not Status.EXEMPT and matter.standing.content not in {Content.OK, Content.MALFORMED}:
        yield _fingerprint(matter, MALFORMED)


def cures(matter: Matter, language: str = "zh") -> Iterator[tuple[Fingerprint, str]]:
    """Why each accusation ended, if it ended now."""
    for rule in AGENCY_RULES:
        yield _fingerprint(matter, rule), _cure(matter, rule, _TEXTS[language])


def left_registry(language: str = "zh") -> str:
    """Why alerts of an agency end that the registry no longer names."""
    return _TEXTS[language]["registry"]


def _cure(matter: Matter, rule: str, texts: Mapping[str, str]) -> str:
    standing = matter.standing
    if standing.status is Status.EXEMPT and standing.reason:
        return standing.reason
    found = "found" if standing.published_on is None else "found_late"
    for holds, key in (
        (rule in matter.silenced, "silenced"),
        (rule == MALFORMED, "corrected"),
        (standing.status is Status.NOT_DUE, "not_due"),
        (rule == Status.LATE.value and standing.status is Status.DATE_UNKNOWN, "date_unknown"),
        (standing.reason == ATTESTED, "vouched"),
    ):
        if holds:
            return texts[key]
    return texts[found].format(published=standing.published_on)


def _message(matter: Matter, scans: Mapping[str, Scan], language: str) -> str:
    standing, case = matter.standing, matter.case
    looks = proving_looks(matter.case, matter.standing.status)
    places = {scans[key].column_url: None for look in looks for key in look.scans if key in scans}
    return _TEXTS[language][standing.status.value].format(
        name=matter.agency.name,
        year=standing.report_year,
        due=standing.due,
        basis=basis_text(case.obligation.basis),
        now=minute_text(case.now),
        places="、".join(places),
        first=minute_text(looks[0].started_at) if looks else "",
        last=minute_text(looks[-1].started_at) if looks else "",
        count=len(looks),
        seen=minute_text(case.last_seen) if case.last_seen else "",
        published=standing.published_on,
        days=standing.days_late,
    )


def evidence_scans(matters: Iterable[Matter]) -> frozenset[str]:
    """The ids of all scans that the accusations will name, to be loaded by one question."""
    return frozenset(
        key
        for matter in matters
        if matter.standing.status in PUBLICATION_STATUSES
        for look in proving_looks(matter.case, matter.standing.status)
        for key in look.scans
    )


def _finding(finding: Finding, *, days_late: int | None = None) -> Mapping[str, Any]:
    entry = {
        "kind": "finding",
        "rule": finding.rule,
        "where": finding.where,
        "severity": finding.severity.value,
        "message": finding.message,
    }
    return entry if days_late is None else {**entry, "days_late": days_late}


def _fingerprint(matter: Matter, rule: str) -> Fingerprint:
    return Fingerprint(matter.agency.id, matter.standing.report_year, rule, "")
