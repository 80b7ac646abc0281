"""How the alert book changes when a check has judged, and when a person decides.

Pure: the book and the docket of one report year in, alerts with their transitions out. A fingerprint
(agency, year, rule, subject) has at most one live alert. What is *unknown* leaves its live alert alone;
what is *held* (a portal seems broken, `monitor.alerts.breakers`; it comes and goes, `monitor.alerts.flapping`) opens
nothing, and the operator's incident that holds it names it; what a person waived is not opened again by
the same finding, only by another or a graver one.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.alerts.corrections import ended, ending_entry
from monitor.texts import word
from storage.errors import AlertError
from storage.records import LIVE_STATES, Alert, AlertState, Transition

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from monitor.alerts.corrections import Cure

OPERATOR = "operator"
"""The rule of incidents that are ours to see to; they name no agency."""

HELD = "held"
"""Kind of an entry in an incident's evidence: an accusation (agency, rule) that it keeps from being opened."""

NEVER = timedelta.max

REPEAT = "repeat"
"""Reason of the transition that tells an alert again, unchanged, after `[watch] repeat_days`."""

Change = tuple[Alert, Transition]

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "opened": "开启",
        "reopened_by_finding": "出现与已豁免内容不同或更严重的问题，重新开启",
        "grew": "问题有增加",
        "changed": "问题有变化",
        "beyond": "确认之后又有新的情况，重新开启",
        "ack": "确认（ack）",
        "waive": "豁免（waive）",
        "reopen": "重新打开（reopen）",
        "object": "登记异议（object）",
        "refused": "告警{id}现为“{state}”，不能{verb}",
    },
    "en": {
        "opened": "opened",
        "reopened_by_finding": "opened again: something other or graver than what was waived",
        "grew": "more was found",
        "changed": "what was found has changed",
        "beyond": "opened again: more than what was acknowledged",
        "ack": "ack",
        "waive": "waive",
        "reopen": "reopen",
        "object": "object",
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

    Entries of `evidence` have a `kind`; those of kind `finding` (with `rule` and `where`), `agency` (with
    `agency`), `sign` (with `sign`) and `held` (with agency and rule) are what the accusation consists of;
    `days_late`, and by powers of two how many are of kind `portal`, is how grave it is.
    """

    fingerprint: Fingerprint
    message: str
    evidence: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Docket:
    """Everything that one check of one report year has to say to the alert book.

    `unknown`: nothing can be said now. `held`: if accused, not to be opened now, with the operator's incident
    that says why. `cures`: why an
    accusation ended, where more is known than that it no longer holds.
    """

    accusations: tuple[Accusation, ...] = ()
    unknown: frozenset[Fingerprint] = frozenset()
    held: Mapping[Fingerprint, Fingerprint] = field(default_factory=dict)
    cures: Mapping[Fingerprint, Cure] = field(default_factory=dict)


def fingerprint(alert: Alert) -> Fingerprint:
    """What an alert of the book is about."""
    return Fingerprint(alert.agency, alert.report_year, alert.rule, alert.subject)


def reconcile(
    book: Iterable[Alert],
    docket: Docket,
    now: datetime,
    *,
    language: str = "zh",
    told: Mapping[str, datetime] | None = None,
    repeat_after: timedelta = NEVER,
) -> tuple[Change, ...]:
    """The changes that bring the book in line with the docket; none where it is so already.

    `book` holds every alert of the docket's report year, ended ones too. A live alert whose accusation
    still stands keeps its evidence; a transition without a change of state says that the accusation now
    consists of other things (once a person has taken note of an alert: only when it grew; an incident of the
    operator's that grew is open again), or that it is told again.
    `told` is when somebody was last told of an alert, by its id; who waits longer than `repeat_after` for a
    person to take note of it, and is not held, is told again.
    """
    texts = _TEXTS[language]
    alerts = tuple(book)
    live = {fingerprint(alert): alert for alert in alerts if alert.state in LIVE_STATES}
    waived = _waived(alerts)
    changes: list[Change] = []
    taken = {alert.id for alert in alerts}
    accused = _with_held(docket, {accusation.fingerprint for accusation in _fresh(docket, live, waived)})
    for key, accusation in accused.items():
        if key in live:
            changes += _update(live[key], accusation, now, texts) or _repeat(
                live[key], docket, now, told or {}, repeat_after
            )
        elif key not in docket.held and not any(_is_covered(accusation, by) for by in waived.get(key, ())):
            change = _open(accusation, now, taken, texts["reopened_by_finding" if key in waived else "opened"])
            taken.add(change[0].id)
            changes.append(change)
    for key, alert in live.items():
        if key not in accused and key not in docket.unknown:
            changes.append(_ended(alert, ended(docket.cures.get(key), alert, language), now))
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


def is_released(incident: Accusation, book: Iterable[Alert]) -> bool:
    """A person has taken note of all that the incident is about, so that it holds nothing any more.

    What a person took note of counts as far as it went: an incident that has grown since holds again.
    """
    own = [alert for alert in book if fingerprint(alert) == incident.fingerprint]
    live = next((alert for alert in own if alert.state in LIVE_STATES), None)
    if live is not None:
        return live.state is not AlertState.OPEN and _is_covered(incident, live)
    return any(alert.state is AlertState.WAIVED and _is_covered(incident, alert) for alert in own)


def holds_alerts(alert: Alert) -> bool:
    """Is this an incident that holds alerts back, or did so before it ended?"""
    return alert.rule == OPERATOR and any(entry["kind"] == HELD for entry in alert.evidence)


def held_alerts(book: Iterable[Alert]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Open incident's id → (agency, rule) of all that it has held back; without any it is absent.

    Some of it may have been settled since: what is not accused any more is not held either.
    """
    held = {
        alert.id: tuple((str(entry["agency"]), str(entry["rule"])) for entry in alert.evidence if entry["kind"] == HELD)
        for alert in book
        if alert.rule == OPERATOR and alert.state is AlertState.OPEN
    }
    return {key: entries for key, entries in held.items() if entries}


class Act(NamedTuple):
    """What a person may do to an alert: from which states, and where to."""

    allowed: frozenset[AlertState]
    to_state: AlertState


_S = AlertState
ACTS: Mapping[str, Act] = {
    "ack": Act(frozenset({_S.OPEN, _S.OBJECTED}), _S.ACKNOWLEDGED),
    "waive": Act(LIVE_STATES, _S.WAIVED),
    "reopen": Act(frozenset({_S.ACKNOWLEDGED, _S.OBJECTED, _S.WAIVED}), _S.OPEN),
    "object": Act(LIVE_STATES, _S.OBJECTED),
}
"""The verbs of `alerts VERB ID`. An agency may object again before it was answered.

A resolved alert opens anew by itself when its finding returns."""


def act(alert: Alert, verb: str, now: datetime, *, by: str, reason: str = "", language: str = "zh") -> Change:
    """The alert after a person's decision; AlertError where its state does not allow it."""
    wanted = ACTS[verb]
    if alert.state not in wanted.allowed:
        message = _TEXTS[language]["refused"].format(
            id=alert.id, state=word(language, alert.state), verb=_TEXTS[language][verb]
        )
        raise AlertError(alert.id, message)
    return _moved(alert, replace(alert, state=wanted.to_state), now, reason, by)


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
    return alert, Transition(
        alert.id, now, None, AlertState.OPEN, reason, message=alert.message, evidence=alert.evidence
    )


def _update(alert: Alert, accusation: Accusation, now: datetime, texts: Mapping[str, str]) -> Sequence[Change]:
    has_grown = not _is_covered(accusation, alert)
    has_changed = has_grown or _matter(alert.evidence)[:-1] != _matter(accusation.evidence)[:-1]
    if not has_changed or (alert.state is not AlertState.OPEN and not has_grown):
        return ()
    is_beyond = alert.rule == OPERATOR and alert.state is not AlertState.OPEN
    after = replace(
        alert,
        state=AlertState.OPEN if is_beyond else alert.state,
        message=accusation.message,
        evidence=accusation.evidence,
    )
    return (_moved(alert, after, now, texts["beyond" if is_beyond else "grew" if has_grown else "changed"]),)


def _repeat(
    alert: Alert, docket: Docket, now: datetime, told: Mapping[str, datetime], repeat_after: timedelta
) -> Sequence[Change]:
    is_due = alert.id in told and now - told[alert.id] >= repeat_after
    if alert.state is not AlertState.OPEN or fingerprint(alert) in docket.held or not is_due:
        return ()
    return (_moved(alert, alert, now, REPEAT),)


def _fresh(
    docket: Docket, live: Mapping[Fingerprint, Alert], waived: Mapping[Fingerprint, Sequence[Alert]]
) -> Iterator[Accusation]:
    """The accusations that would be opened but for what holds them."""
    for accusation in docket.accusations:
        key = accusation.fingerprint
        covering = waived.get(key, ())
        if key in docket.held and key not in live and not any(_is_covered(accusation, by) for by in covering):
            yield accusation


def _with_held(docket: Docket, fresh: Collection[Fingerprint]) -> dict[Fingerprint, Accusation]:
    """Every accusation by what it is about, the incidents with what they hold."""
    holding: dict[Fingerprint, list[Mapping[str, Any]]] = {}
    for key in sorted(fresh, key=str):
        entry = {"kind": HELD, "agency": key.agency, "rule": key.rule}
        holding.setdefault(docket.held[key], []).append(entry)
    return {
        accusation.fingerprint: replace(
            accusation, evidence=(*accusation.evidence, *holding.get(accusation.fingerprint, ()))
        )
        for accusation in docket.accusations
    }


def _ended(alert: Alert, cure: Cure, now: datetime) -> Change:
    after = replace(alert, state=AlertState.RESOLVED, evidence=(*alert.evidence, ending_entry(cure)))
    return _moved(alert, after, now, cure.reason)


def _moved(before: Alert, after: Alert, now: datetime, reason: str, by: str = "") -> Change:
    return after, Transition(
        alert=after.id,
        at=now,
        from_state=before.state,
        to_state=after.state,
        reason=reason,
        by=by,
        message=None if after.message == before.message else after.message,
        evidence=None if after.evidence == before.evidence else after.evidence,
    )


def _waived(alerts: Iterable[Alert]) -> dict[Fingerprint, list[Alert]]:
    waived: dict[Fingerprint, list[Alert]] = {}
    for alert in alerts:
        if alert.state is AlertState.WAIVED:
            waived.setdefault(fingerprint(alert), []).append(alert)
    return waived


class _Matter(NamedTuple):
    """What an accusation consists of, and how grave it is.

    `portals` is 1 + the logarithm of how many there are: hundreds fail one after the other, and each of them
    would be news. Of what is `held` only more is news, not less.
    """

    items: frozenset[tuple[str, str]]
    days_late: int
    portals: int
    held: frozenset[tuple[str, str]]


def _matter(evidence: Iterable[Mapping[str, Any]]) -> _Matter:
    items: set[tuple[str, str]] = set()
    held: set[tuple[str, str]] = set()
    days_late = portals = 0
    for entry in evidence:
        match entry["kind"]:
            case "finding":
                items.add((str(entry["rule"]), str(entry["where"])))
                days_late = max(days_late, int(entry.get("days_late") or 0))
            case "agency" | "sign" as kind:
                items.add((kind, str(entry[kind])))
            case "held":
                held.add((str(entry["agency"]), str(entry["rule"])))
            case "portal":
                portals += 1
            case _:
                pass
    return _Matter(frozenset(items), days_late, portals.bit_length(), frozenset(held))


def _is_covered(accusation: Accusation, by: Alert) -> bool:
    """Nothing in the accusation goes beyond what the alert already holds."""
    new, old = _matter(accusation.evidence), _matter(by.evidence)
    return (
        new.items <= old.items
        and new.days_late <= old.days_late
        and new.portals <= old.portals
        and new.held <= old.held
    )
