"""Findings: made from a rule's template, put in order, and summed up in a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.checks.rules import RULES
from storage.errors import RuleError
from storage.forms import FORM_2019, FORM_2021
from storage.records import Content, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from storage.forms import FormTable

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def found(
    rule: str,
    where: str,
    language: str,
    words: Mapping[str, object],
    *,
    evidence: Mapping[str, object] | None = None,
    variant: str = "",
    severity: Severity | None = None,
) -> Finding:
    """A finding of that rule; `words` fill its template. KeyError for a rule or variant that is not declared."""
    declared = RULES[rule]
    taken = severity or declared.severity
    if taken is not declared.severity and taken not in declared.also:
        raise RuleError(f"{rule} is never {taken}, expected one of {(declared.severity, *declared.also)}")
    message = declared.messages[variant].spoken(language).format_map(words)
    return Finding(rule, taken, where, message, evidence or {})


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings by severity, then in the order in which the form prints what they are about."""
    return tuple(sorted(findings, key=lambda finding: (_RANK[finding.severity], _ORDER.get(finding.where, _LAST))))


def content_verdict(findings: Iterable[Finding]) -> Content:
    """Is the content well formed? Rules on publication have no say in it."""
    is_malformed = any(
        finding.severity is Severity.ERROR and RULES[finding.rule].counts_towards_content for finding in findings
    )
    return Content.MALFORMED if is_malformed else Content.OK


def _printed_order() -> dict[str, int]:
    places = ["", "title", "published_on", "preamble", "period", "contact", "sections"]
    for section in FORM_2021.sections:
        places.append(f"sections/{section.number}")
        for form in (FORM_2021, FORM_2019):
            for table in form.tables:
                if table.section == section.number:
                    places += _table_places(table)
    order: dict[str, int] = {}
    for place in (*places, "signature"):
        order.setdefault(place, len(order))
    return order


def _table_places(table: FormTable) -> list[str]:
    places = [table.key]
    for row in table.rows:
        places.append(f"{table.key}/{row.key}")
        places += [f"{table.key}/{row.key}/{column.key}" for column in table.columns(row.key)]
    return places


_ORDER = _printed_order()
_LAST = len(_ORDER)
