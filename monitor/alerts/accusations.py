"""What one agency-year is accused of, in words that claim no more than was seen, with its evidence.

Pure. A finding of a publication rule is for the record of the agency-year; it becomes an accusation,
which opens an alert, only when it is an error and no waiver silences its rule.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from monitor.agency_years.case import ATTESTED
from monitor.agency_years.obligations import basis_text
from monitor.agency_years.proofs import minute_text, proving_looks, publication_proof, report_proof
from monitor.agency_years.standing import SUCCEEDED
from monitor.alerts.book import Accusation, Fingerprint
from monitor.alerts.corrections import Cure, Ending
from monitor.checks import RULES, publication_findings
from storage.forms import form_for_year
from storage.records import Content, Finding, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from monitor.agency_years.case import Case
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
        "by_word": "以上含人工核实：{by}，{at}。",
        "malformed": "{name}{year}年度政府信息公开工作年度报告有{count}处内容有待核对，其中：{first}",
        "stated_in_time": "撤回：该报告载明的公布日期为{published}，不晚于应公布日期{due}",
        "seen_in_time": "撤回：此前告警有误，{seen}即已检索到该报告，在应公布日期{due}之内",
        "found_later": "其后已检索到该报告，载明的公布日期为{published}，应公布日期为{due}",
        "found_undated": "其后已检索到该报告，但现有日期不足以认定其何时公布",
        "succeeded": "该机关的职责已由{heir}承接，已检索到其报告",
        "succeeded_in_time": "撤回：该机关的职责已由{heir}承接，其报告已按期公布（公布日期{published}）",
        "former": "已检索到该机关更名前以{heir}名义公布的报告",
        "former_in_time": "撤回：该机关更名前以{heir}名义公布的报告已检索到，按期公布（公布日期{published}）",
        "returned": "该报告已可再次检索到",
        "vouched": "经人工核实，该报告已公布",
        "vouched_in_time": "撤回：经人工核实，该报告已按期公布（公布日期{published}）",
        "corrected_report": "报告已更正，现行版本未再发现错误",
        "date_unknown": "撤回：现有日期不足以认定逾期",
        "not_the_report": "撤回：此前据以认定的文件经核对不是该报告",
        "superseded": "该报告其后又检索不到，另行告警",
        "not_due": "应公布日期已改为{due}，尚未届至",
        "in_grace": "逾期天数在所定宽限之内",
        "waived": "名录中已登记豁免",
        "left_registry": "该机关已不在名录中",
        "no_longer": "依据不再成立",
    },
    "en": {
        "missing": "As of {now}, two complete scans of {places} ({first}, {last}) did not find the annual report "
        "of {name} on {year}, due on {due} ({basis}).",
        "late": "The annual report of {name} on {year} states {published} as its date of publication; it was due "
        "on {due} ({basis}), {days} days before.",
        "withdrawn": "The annual report of {name} on {year} was found until {seen}; {count} complete scans from "
        "{first} to {last} did not find it again.",
        "by_word": " This rests in part on a person's word: {by}, {at}.",
        "malformed": "The annual report of {name} on {year} has {count} places to be verified, among them: {first}",
        "stated_in_time": "retracted: the report states {published} as its date of publication; it was due on {due}",
        "seen_in_time": "retracted: the alert was wrong, the report had been found at {seen}, and was due on {due}",
        "found_later": "the report was found since; it states {published} as its date of publication and was due on "
        "{due}",
        "found_undated": "the report was found since; the dates found do not prove when it was published",
        "succeeded": "{heir} has taken over from the agency, and its report was found",
        "succeeded_in_time": "retracted: {heir} has taken over from the agency, and its report was published in time, "
        "on {published}",
        "former": "the report that the agency published as {heir}, before it was renamed, was found",
        "former_in_time": "retracted: the report that the agency published as {heir}, before it was renamed, was "
        "found; it is in time, of {published}",
        "returned": "the report can be found again",
        "vouched": "a person has seen that the report is published",
        "vouched_in_time": "retracted: a person has seen that the report was published in time, on {published}",
        "corrected_report": "the report was corrected; no more errors in the current version",
        "date_unknown": "retracted: the dates found do not prove that it was late",
        "not_the_report": "retracted: the document that was taken for the report is not it",
        "superseded": "the report has disappeared since: see the other alert",
        "not_due": "the due date is {due} now, and has not passed",
        "in_grace": "late by no more than the days of grace",
        "waived": "a waiver is registered",
        "left_registry": "the agency is no longer in the registry",
        "no_longer": "no longer holds",
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
    status = matter.standing.status
    if status not in PUBLICATION_STATUSES or status.value in matter.silenced:
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
    is_judged = matter.standing.content in {Content.OK, Content.MALFORMED}
    if status is not Status.EXEMPT and not is_judged and form_for_year(matter.standing.report_year) is not None:
        yield _fingerprint(matter, MALFORMED)


def cures(matter: Matter, language: str = "zh") -> Iterator[tuple[Fingerprint, Cure]]:
    """Why each accusation ended, if it ended now."""
    for rule in AGENCY_RULES:
        yield _fingerprint(matter, rule), _cure(matter, rule, language)


def left_registry(language: str = "zh") -> Cure:
    """Why alerts of an agency end that the registry no longer names."""
    return Cure(Ending.LEFT_REGISTRY, _TEXTS[language][Ending.LEFT_REGISTRY.value])


def _cure(matter: Matter, rule: str, language: str) -> Cure:
    standing, case = matter.standing, matter.case
    if standing.status is Status.EXEMPT and standing.reason:
        return Cure(Ending.EXEMPT, standing.reason)
    ending = _ending(matter, rule)
    is_timely = standing.status is Status.ON_TIME and ending in {Ending.FALSE_ALARM, Ending.VOUCHED, Ending.SUCCEEDED}
    current = next((report for report in case.evidence.reports if report.is_current), None)
    return Cure(
        ending,
        _TEXTS[language][_words(matter, ending)].format(
            published=standing.published_on,
            due=standing.due,
            seen=minute_text(case.first_seen) if case.first_seen else "",
            heir=case.heir.name if case.heir else "",
        ),
        is_retraction=is_timely or ending in _RETRACTIONS,
        seen_at=case.last_seen if rule == Status.WITHDRAWN.value else case.first_seen,
        digest=current.digest if current else None,
    )


def _words(matter: Matter, ending: Ending) -> str:
    """Under which key the words of an ending stand: of those in time, by what it was so."""
    standing = matter.standing
    if ending is Ending.FALSE_ALARM:
        return "stated_in_time" if matter.case.timely else "seen_in_time"
    key = "former" if ending is Ending.SUCCEEDED and matter.case.heir and matter.case.heir.is_former else ending.value
    is_dated = standing.status is Status.ON_TIME and standing.published_on is not None
    return f"{key}_in_time" if is_dated and ending in {Ending.VOUCHED, Ending.SUCCEEDED} else key


_RETRACTIONS = frozenset({Ending.DATE_UNKNOWN, Ending.NOT_THE_REPORT})


def _ending(matter: Matter, rule: str) -> Ending:
    """What kind of ending it is for an accusation of that rule that holds no longer."""
    standing = matter.standing
    status = standing.status
    was_there = rule != Status.MISSING.value
    is_found = status in {Status.ON_TIME, Status.LATE, Status.DATE_UNKNOWN}
    for holds, ending in (
        (rule in matter.silenced, Ending.WAIVED),
        (rule == MALFORMED, Ending.CORRECTED_REPORT),
        (status is Status.NOT_DUE, Ending.NOT_DUE),
        (status is Status.LATE and rule == status.value, Ending.IN_GRACE),
        (status is Status.WITHDRAWN, Ending.SUPERSEDED),
        (status is Status.MISSING and was_there, Ending.NOT_THE_REPORT),
        (is_found and standing.reason == ATTESTED, Ending.VOUCHED),
        (is_found and standing.reason == SUCCEEDED, Ending.SUCCEEDED),
        (is_found and rule == Status.WITHDRAWN.value, Ending.RETURNED),
        (status is Status.ON_TIME, Ending.FALSE_ALARM),
        (status is Status.DATE_UNKNOWN and rule == Status.LATE.value, Ending.DATE_UNKNOWN),
        (status is Status.LATE, Ending.FOUND_LATER),
        (status is Status.DATE_UNKNOWN, Ending.FOUND_UNDATED),
    ):
        if holds:
            return ending
    return Ending.NO_LONGER


def _message(matter: Matter, scans: Mapping[str, Scan], language: str) -> str:
    standing, case = matter.standing, matter.case
    looks = proving_looks(matter.case, matter.standing.status)
    places = {scans[key].column_url: None for look in looks for key in look.scans if key in scans}
    message = _TEXTS[language][standing.status.value].format(
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
    if standing.reason == ATTESTED and case.word is not None:
        message += _TEXTS[language]["by_word"].format(by=case.word.by, at=minute_text(case.word.at))
    return message


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
