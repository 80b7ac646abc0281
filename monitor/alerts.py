"""How the alert book changes when a check has judged, and when a person decides.

Pure: the book and the docket of one report year in, alerts with their transitions out. A fingerprint
(agency, year, rule, subject) has at most one live alert. What is *unknown* leaves its live alert alone;
what is *held* (a portal seems broken, `monitor.breakers`) opens nothing; what a person waived is not
opened again by the same finding, only by another or a graver one.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.errors import AlertError
from storage.records import LIVE_STATES, Alert, AlertState, Transition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

OPERATOR = "operator"
"""The rule of incidents that are ours to see to; they name no agency."""

Change = tuple[Alert, Transition]

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "opened": "开启",
        "reopened_by_finding": "出现与已豁免内容不同或更严重的问题，重新开启",
        "grew": "问题有增加",
        "changed": "问题有变化",
        "cured": "依据不再成立",
        "refused": "告警{id}现为“{state}”，不能{verb}",
    },
    "en": {
        "opened": "opened",
        "reopened_by_finding": "opened again: something other or graver than what was waived",
        "grew": "more was found",
        "changed": "what was found has changed",
        "cured": "no longer holds",
        "refused": "alert {id} is {state}: cannot {verb}",
    },
}


class Fingerprint(NamedTuple):
    """What an alert is about."""

    agency: str | None
    report_year: int | None
    rule: str
    subject: str


@dataclass(frozen=True, slots=True)
class Accusation:
    """What a check holds against one fingerprint now, with the evidence that goes into its alert.

    Entries of `evidence` have a `kind`; those of kind `finding` (with `rule` and `where`) and `agency`
    (with `agency`) are what the accusation consists of, `days_late` is how grave it is.
    """

    fingerprint: Fingerprint
    message: str
    evidence: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Docket:
    """Everything that one check of one report year has to say to the alert book.

    `unknown`: nothing can be said now. `held`: accused, but nothing may be opened. `cures`: why an
    accusation ended, in words, where more is known than that it no longer holds.
    """

    accusations: tuple[Accusation, ...] = ()
    unknown: frozenset[Fingerprint] = frozenset()
    held: frozenset[Fingerprint] = frozenset()
    cures: Mapping[Fingerprint, str] = field(default_factory=dict)


def fingerprint(alert: Alert) -> Fingerprint:
    """What an alert of the book is about."""
    return Fingerprint(alert.agency, alert.report_year, alert.rule, alert.subject)


def reconcile(book: Iterable[Alert], docket: Docket, now: datetime, *, language: str = "zh") -> tuple[Change, ...]:
    """The changes that bring the book in line with the docket; none where it is so already.

    `book` holds every alert of the docket's report year, ended ones too. A live alert whose accusation
    still stands keeps its evidence; a transition without a change of state says that the accusation now
    consists of other things (once a person has taken note of an alert: only when it grew).
    """
    texts = _TEXTS[language]
    alerts = tuple(book)
    live = {fingerprint(alert): alert for alert in alerts if alert.state in LIVE_STATES}
    waived = _waived(alerts)
    changes: list[Change] = []
    taken = {alert.id for alert in alerts}
    accused = {accusation.fingerprint: accusation for accusation in docket.accusations}
    for key, accusation in accused.items():
        if key in live:
            changes += _update(live[key], accusation, now, texts)
        elif key not in docket.held and not any(_is_covered(accusation, by) for by in waived.get(key, ())):
            change = _open(accusation, now, taken, texts["reopened_by_finding" if key in waived else "opened"])
            taken.add(change[0].id)
            changes.append(change)
    for key, alert in live.items():
        if key not in accused and key not in docket.unknown:
            changes.append(_moved(alert, AlertState.RESOLVED, now, docket.cures.get(key, texts["cured"])))
    return tuple(changes)


def settled(accusations: Iterable[Accusation], book: Iterable[Alert]) -> frozenset[Fingerprint]:
    """The accusations that the book bears already, alive or waived: they would open nothing new."""
    alerts = tuple(book)
    live = {fingerprint(alert) for alert in alerts if alert.state in LIVE_STATES}
    waived = _waived(alerts)
    return frozenset(
        accusation.fingerprint
        for accusation in accusations
        if accusation.fingerprint in live
        or any(_is_covered(accusation, by) for by in waived.get(accusation.fingerprint, ()))
    )


class Act(NamedTuple):
    """What a person may do to an alert: from which states, and where to."""

    allowed: frozenset[AlertState]
    to_state: AlertState


_S = AlertState
ACTS: Mapping[str, Act] = {
    "ack": Act(frozenset({_S.OPEN, _S.OBJECTED}), _S.ACKNOWLEDGED),
    "waive": Act(LIVE_STATES, _S.WAIVED),
    "reopen": Act(frozenset({_S.ACKNOWLEDGED, _S.OBJECTED, _S.WAIVED}), _S.OPEN),
    "object": Act(frozenset({_S.OPEN, _S.ACKNOWLEDGED}), _S.OBJECTED),
}
"""The verbs of `alerts VERB ID`. A resolved alert opens anew by itself when its finding returns."""


def act(alert: Alert, verb: str, now: datetime, *, by: str, reason: str = "", language: str = "zh") -> Change:
    """The alert after a person's decision; AlertError where its state does not allow it."""
    wanted = ACTS[verb]
    if alert.state not in wanted.allowed:
        message = _TEXTS[language]["refused"].format(id=alert.id, state=alert.state.value, verb=verb)
        raise AlertError(alert.id, message)
    return _moved(alert, wanted.to_state, now, reason, by)


def alert_id(about: Fingerprint, opened_at: datetime, taken: Iterable[str] = ()) -> str:
    """A short name for an alert that depends on nothing but what it is about and when it was opened."""
    text = "|".join([*map(str, about), opened_at.isoformat()])
    known = frozenset(taken)
    names = (hashlib.sha256(f"{text}|{turn}".encode()).hexdigest()[:12] for turn in itertools.count())
    return next(name for name in names if name not in known)


def _open(accusation: Accusation, now: datetime, taken: set[str], reason: str) -> Change:
    about = accusation.fingerprint
    alert = Alert(
        id=alert_id(about, now, taken),
        agency=about.agency,
        report_year=about.report_year,
        rule=about.rule,
        subject=about.subject,
        state=AlertState.OPEN,
        opened_at=now,
        message=accusation.message,
        evidence=accusation.evidence,
    )
    return alert, Transition(alert.id, now, None, AlertState.OPEN, reason)


def _update(alert: Alert, accusation: Accusation, now: datetime, texts: Mapping[str, str]) -> Sequence[Change]:
    has_changed = _matter(alert.evidence) != _matter(accusation.evidence)
    has_grown = has_changed and not _is_covered(accusation, alert)
    if not has_changed or (alert.state is not AlertState.OPEN and not has_grown):
        return ()
    updated = replace(alert, message=accusation.message, evidence=accusation.evidence)
    return (_moved(updated, alert.state, now, texts["grew" if has_grown else "changed"]),)


def _moved(alert: Alert, to_state: AlertState, now: datetime, reason: str, by: str = "") -> Change:
    return replace(alert, state=to_state), Transition(alert.id, now, alert.state, to_state, reason, by)


def _waived(alerts: Iterable[Alert]) -> dict[Fingerprint, list[Alert]]:
    waived: dict[Fingerprint, list[Alert]] = {}
    for alert in alerts:
        if alert.state is AlertState.WAIVED:
            waived.setdefault(fingerprint(alert), []).append(alert)
    return waived


class _Matter(NamedTuple):
    """What an accusation consists of, and how grave it is."""

    items: frozenset[tuple[str, str]]
    days_late: int


def _matter(evidence: Iterable[Mapping[str, Any]]) -> _Matter:
    items: set[tuple[str, str]] = set()
    days_late = 0
    for entry in evidence:
        if entry["kind"] == "finding":
            items.add((str(entry["rule"]), str(entry["where"])))
            days_late = max(days_late, int(entry.get("days_late") or 0))
        elif entry["kind"] == "agency":
            items.add(("agency", str(entry["agency"])))
    return _Matter(frozenset(items), days_late)


def _is_covered(accusation: Accusation, by: Alert) -> bool:
    """Nothing in the accusation goes beyond what the alert already holds."""
    new, old = _matter(accusation.evidence), _matter(by.evidence)
    return new.items <= old.items and new.days_late <= old.days_late
