"""What is wrong with a report: one function that judges, and the catalogue of what it can say.

Pure: a `Subject` goes in, findings come out. What could not be read is never held against the agency.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.checks.arithmetic import arithmetic_findings
from monitor.checks.attribution import attribution_findings
from monitor.checks.cells import cell_findings
from monitor.checks.disclosure import disclosure_findings
from monitor.checks.findings import content_verdict, in_order
from monitor.checks.history import history_findings
from monitor.checks.narrative import narrative_findings
from monitor.checks.privacy import privacy_findings
from monitor.checks.publication import publication_findings
from monitor.checks.residue import residue_findings
from monitor.checks.rules import RULES, Rule
from monitor.checks.structure import structure_findings
from monitor.checks.subject import Subject

if TYPE_CHECKING:
    from storage.records import Finding

_CONTENT_CHECKS = (
    structure_findings,
    cell_findings,
    arithmetic_findings,
    disclosure_findings,
    narrative_findings,
    residue_findings,
    privacy_findings,
    history_findings,
)


def judge(subject: Subject) -> tuple[Finding, ...]:
    """Every finding on one report, errors first, then in the order of the form.

    A report on a year before 2019 had no unified form: only its year, agency and date are looked at.
    """
    findings = list(attribution_findings(subject))
    form = subject.form
    if form is not None:
        for check in _CONTENT_CHECKS:
            findings += check(subject, form)
    return in_order(findings)


__all__ = ["RULES", "Rule", "Subject", "content_verdict", "judge", "publication_findings"]
