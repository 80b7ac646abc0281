"""One agency-year as one JSON object: what `explain` prints, for programs. Instants are ISO 8601 with +08:00."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from monitor.agency_years.dates import backdating, date_changes, every_date
from monitor.agency_years.lifetimes import lifetime
from monitor.agency_years.outlook import outlook
from monitor.agency_years.proofs import attestation_entry, law_entry, scan_entry, shanghai_text
from monitor.agency_years.standing import standing_of, steps
from monitor.commands.explain_words import prospect_text
from monitor.commands.step_words import step_text
from monitor.texts import word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.agency_years.standing import Step
    from monitor.commands.explain import Chain
    from storage.records import Alert, Look, Scan, Transition

JsonObject = dict[str, Any]


def chain_json(chain: Chain, language: str) -> JsonObject:
    """The whole chain; `why` and `next` have a code, its figures and the words that `explain` prints."""
    case = chain.case
    standing = standing_of(case)
    first, last = lifetime(chain.agency, chain.registry.successions)
    suspected = backdating(case)
    return {
        "as_of": shanghai_text(case.now),
        "agency": chain.agency.id,
        "name": chain.agency.name,
        "report_year": case.obligation.report_year,
        "status": standing.status.value,
        "reason": standing.reason,
        "published_on": standing.published_on,
        "days_late": standing.days_late,
        "proof": standing.proof,
        "url": standing.url,
        "law": law_entry(case),
        "exempt_reason": case.obligation.exempt_reason,
        "active_from": first,
        "active_to": last,
        "heirs": [{"agency": heir.agency, "found": heir.is_found, "owes": heir.owes} for heir in case.heirs],
        "why": [_step(step, language) for step in steps(case)],
        "next": [
            {
                "code": prospect.code,
                "to": prospect.to.value if prospect.to else None,
                "figures": _figures(prospect.figures),
                "text": prospect_text(prospect, word(language, prospect.to), language),
            }
            for prospect in outlook(case)
        ],
        "dates": [
            {
                "date": one.date,
                "source": str(one.source),
                "url": one.url,
                "bulk": one.is_bulk,
                "ahead": one.is_ahead,
                "counts": one.counts,
                "seen_at": shanghai_text(one.seen_at),
            }
            for one in every_date(case)
        ],
        "date_changed": [_figures(change._asdict()) for change in date_changes(case)],
        "backdated": _figures({**suspected.stated._asdict(), "scan_at": suspected.look.started_at})
        if suspected
        else None,
        "looks": [_look(look, chain.scans) for look in case.evidence.looks],
        "attestations": [dict(attestation_entry(given)) for given in case.evidence.attestations],
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "where": finding.where,
                "message": finding.message,
                "evidence": dict(finding.evidence),
            }
            for finding in chain.findings
        ],
        "alerts": [_alert(alert, history, chain.told.get(alert.id)) for alert, history in chain.alerts],
    }


def _step(step: Step, language: str) -> JsonObject:
    return {
        "status": step.status.value,
        "holds": step.holds,
        "code": step.code,
        "figures": _figures(step.figures),
        "text": step_text(step, language),
    }


def _look(look: Look, scans: Mapping[str, Scan]) -> JsonObject:
    return {
        "started_at": shanghai_text(look.started_at),
        "outcome": look.outcome.value,
        "found": look.found,
        "time_doubted": look.is_time_doubted,
        "looked_from": look.looked_from,
        "scans": [dict(scan_entry(scans[key])) for key in look.scans if key in scans],
    }


def _alert(alert: Alert, history: tuple[Transition, ...], last_told: datetime | None) -> JsonObject:
    return {
        "id": alert.id,
        "rule": alert.rule,
        "state": alert.state.value,
        "opened_at": shanghai_text(alert.opened_at),
        "sent_at": shanghai_text(alert.sent_at) if alert.sent_at else None,
        "last_sent_at": shanghai_text(last_told) if last_told else None,
        "message": alert.message,
        "history": [
            {
                "at": shanghai_text(one.at),
                "from": one.from_state.value if one.from_state else None,
                "to": one.to_state.value,
                "by": one.by,
                "reason": one.reason,
            }
            for one in history
        ],
    }


def _figures(figures: Mapping[str, Any]) -> JsonObject:
    return {name: _plain(value) for name, value in figures.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return shanghai_text(value)
    return value if value is None or isinstance(value, bool | int | date) else str(value)
