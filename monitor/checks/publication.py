"""What an agency-year's status amounts to as findings: missing, late, withdrawn."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from monitor.checks.findings import found
from monitor.checks.wording import day
from storage.law import LAWS, PRACTICE_KINDS, PRACTICE_OUTER_BOUND, due_rule
from storage.records import SHANGHAI, Severity, Status

if TYPE_CHECKING:
    from datetime import datetime

    from storage.records import Agency, Finding, Standing

_RULES = {Status.MISSING: "missing", Status.LATE: "late", Status.WITHDRAWN: "withdrawn"}


def publication_findings(
    standing: Standing, agency: Agency, now: datetime, *, language: str = "zh"
) -> tuple[Finding, ...]:
    """The finding that a status amounts to; empty for every status that accuses nobody.

    Of townships, street offices and development zones no article names the date: `late` is a
    warning, and so is `missing` until 31 March (Asia/Shanghai).
    """
    rule = _RULES.get(standing.status)
    if rule is None:
        return ()
    today = now.astimezone(SHANGHAI).date()
    words = {
        "year": standing.report_year,
        "due": day(standing.due, language) if standing.due else "",
        "basis": _basis(agency, standing.report_year, language),
        "now": day(today, language),
        "published_on": day(standing.published_on, language) if standing.published_on else "",
        "days": _days_late(standing),
    }
    evidence = {
        "due": standing.due.isoformat() if standing.due else None,
        "published_on": standing.published_on.isoformat() if standing.published_on else None,
        "days_late": _days_late(standing) if standing.status is Status.LATE else None,
        "proof": standing.proof,
        "as_of": now.isoformat(),
        "url": standing.url,
    }
    severity = _severity(standing, agency, today)
    return (found(rule, "", language, words, evidence=evidence, severity=severity),)


def _severity(standing: Standing, agency: Agency, today: date) -> Severity:
    if agency.kind not in PRACTICE_KINDS:
        return Severity.ERROR
    outer_bound = date(standing.report_year + 1, *PRACTICE_OUTER_BOUND)
    if standing.status is Status.LATE or (standing.status is Status.MISSING and today <= outer_bound):
        return Severity.WARNING
    return Severity.ERROR


def _days_late(standing: Standing) -> int | None:
    if standing.days_late is not None or standing.due is None or standing.published_on is None:
        return standing.days_late
    return (standing.published_on - standing.due).days


def _basis(agency: Agency, report_year: int, language: str) -> str:
    if agency.due is not None and agency.due_basis:
        return agency.due_basis
    rule = due_rule(agency.kind, report_year)
    if rule is None:
        return ""
    law = LAWS[rule.law]
    return law.citation if language == "zh" else f"{law.title_en}, {law.number} {law.article}".strip()
