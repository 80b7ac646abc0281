"""What a bundle says of its alert in JSON: the alert, its history, rules, law, and the scans behind it.

Pure. Instants are ISO 8601 with +08:00; null is what is not known or does not apply.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor.agency_years.obligations import deciding_law
from monitor.agency_years.proofs import shanghai_text
from monitor.checks import RULES
from storage.law import LAWS, due_rule
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.checks import Rule
    from storage.records import Agency, Alert, Capture, Scan, Telling, Transition

TLS_NOTE = "X-Nianbao-Tls"
"""Header that the crawler adds where TLS was old or its certificate could not be verified."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that is known of one alert, but for the archived bytes.

    `history` and `tellings` are in time order. `scans` are those that the evidence names and that are stored,
    `captures` the reports that it names with their enclosures; `agency` None: an incident of the operator's.
    `agencies` and `portals` are the names of those that it concerns, by id.
    """

    alert: Alert
    history: tuple[Transition, ...]
    tellings: tuple[Telling, ...]
    agency: Agency | None
    scans: tuple[Scan, ...]
    captures: tuple[Capture, ...]
    agencies: Mapping[str, str] = field(default_factory=dict)
    portals: Mapping[str, str] = field(default_factory=dict)


def whole_evidence(material: Material) -> tuple[Mapping[str, Any], ...]:
    """Every entry that the alert ever rested on, as told: what it says now and what it said before."""
    said = [transition.evidence for transition in material.history if transition.evidence is not None]
    entries = [entry for evidence in (*said, material.alert.evidence) for entry in evidence]
    return tuple({json.dumps(entry, sort_keys=True, default=str): entry for entry in entries}.values())


def tls_note(url: str, headers: Mapping[str, str]) -> str:
    """How far a page's connection is to be believed: what was wrong with it, or that nothing was.

    The headers of list pages of earlier versions of this program were not kept.
    """
    if TLS_NOTE in headers:
        return headers[TLS_NOTE]
    if urlsplit(url).scheme != "https":
        return "no TLS"
    return "verified" if headers else "not recorded"


def alert_record(material: Material) -> Mapping[str, Any]:
    """The alert with its history, who was told, the rules behind it and the law behind those."""
    alert = material.alert
    rules = {alert.rule, *(entry["rule"] for entry in whole_evidence(material) if entry["kind"] == "finding")}
    laws = [entry for entry in whole_evidence(material) if entry["kind"] == "law"]
    bases = {entry["basis"] for entry in laws} | {key for entry in laws if (key := law_of(material, entry))}
    return {
        "alert": {
            "id": alert.id,
            "agency": alert.agency,
            "agency_name": material.agency.name if material.agency else None,
            "report_year": alert.report_year,
            "rule": alert.rule,
            "subject": alert.subject,
            "state": alert.state.value,
            "opened_at": shanghai_text(alert.opened_at),
            "sent_at": shanghai_text(alert.sent_at) if alert.sent_at else None,
            "message": alert.message,
            "evidence": alert.evidence,
        },
        "transitions": [_transition(transition) for transition in material.history],
        "deliveries": [
            {
                "transition": telling.number,
                "channel": telling.channel,
                "sent_at": shanghai_text(telling.sent_at) if telling.sent_at else None,
                "stand_in": telling.stand_in,
                "error": telling.error,
            }
            for telling in material.tellings
        ],
        "rules": [_rule(RULES[rule]) for rule in sorted(rules) if rule in RULES],
        "law": [_law(basis) for basis in sorted(bases)],
        "due_rule": _due_rule(material),
    }


def law_of(material: Material, entry: Mapping[str, Any]) -> str | None:
    """The key of the law behind an entry of kind `law`; None where only a paper is behind it."""
    if material.agency is None or material.alert.report_year is None:
        return entry["basis"] if entry["basis"] in LAWS else None
    kind, year = material.agency.kind, material.alert.report_year
    return deciding_law(entry["basis"], kind, year, is_statutory=entry["is_statutory"])


def _due_rule(material: Material) -> Mapping[str, Any] | None:
    """The row of DUE_RULES that dates the report: which kinds in which report years, by which law; null where the
    alert is of no agency that the registry names."""
    year = material.alert.report_year
    rule = due_rule(material.agency.kind, year) if material.agency is not None and year is not None else None
    if rule is None:
        return None
    return {
        "kinds": sorted(kind.value for kind in rule.kinds),
        "first_year": rule.first_year,
        "last_year": rule.last_year,
        "month": rule.month,
        "day": rule.day,
        "law": rule.law,
        "is_statutory": rule.is_statutory,
    }


def _transition(transition: Transition) -> Mapping[str, Any]:
    return {
        "at": shanghai_text(transition.at),
        "from_state": transition.from_state.value if transition.from_state else None,
        "to_state": transition.to_state.value,
        "reason": transition.reason,
        "by": transition.by,
        "message": transition.message,
        "evidence": transition.evidence,
    }


def _rule(rule: Rule) -> Mapping[str, Any]:
    return {
        "name": rule.name,
        "severity": rule.severity.value,
        "severity_also": [severity.value for severity in rule.also],
        "title": rule.title.zh,
        "title_en": rule.title.en,
        "advice": rule.advice.zh,
        "advice_en": rule.advice.en,
        "law": [_law(basis) for basis in rule.law],
    }


def _law(basis: str) -> Mapping[str, Any]:
    """A key of LAWS with its citation and, of those that set a date, its text; the operator's own paper as it is
    written."""
    law = LAWS.get(basis)
    if law is None:
        return {"key": None, "citation": basis, "text": None}
    return {
        "key": basis,
        "citation": law.citation,
        "title": law.title,
        "title_en": law.title_en,
        "number": law.number,
        "article": law.article,
        "in_force_from": law.in_force_from.isoformat(),
        "in_force_to": law.in_force_to.isoformat() if law.in_force_to else None,
        "text": law.text or None,
    }


def scan_record(scan: Scan, names: Mapping[str, str]) -> Mapping[str, Any]:
    """One scan with its pages; `names`: digest → the name of the file with the bytes, None where it is absent."""
    return {
        "id": scan.id,
        "run": scan.run,
        "portal": scan.portal,
        "column_url": scan.column_url,
        "started_at": shanghai_text(scan.started_at),
        "finished_at": shanghai_text(scan.finished_at),
        "outcome": scan.outcome.value,
        "is_complete": scan.outcome is Outcome.COMPLETE,
        "detail": scan.detail,
        "rows_seen": scan.rows_seen,
        "stated_total": scan.stated_total,
        "end_proof": scan.end_proof,
        "control_title": scan.control_title,
        "control_url": scan.control_url,
        "pages": [
            {
                "final_url": page.url,
                "status": page.status,
                "rows": page.rows,
                "sha256": page.digest,
                "file": names.get(page.digest) if page.digest else None,
                "tls": tls_note(page.url, page.headers),
                "headers": dict(page.headers),
            }
            for page in scan.pages
        ],
    }
