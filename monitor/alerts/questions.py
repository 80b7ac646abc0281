"""What the operator is asked or told that holds nothing: no control, cannot look, dates that a scan gainsays.

Pure. One incident a portal; where many portals have the same trouble at once, one for all of them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from monitor.agency_years.proofs import minute_text
from monitor.agency_years.standing import BACKDATED, NO_CONTROL, NOT_SCANNED
from monitor.alerts.book import OPERATOR, Accusation, Fingerprint
from monitor.alerts.breaker_texts import TEXTS
from monitor.texts import word
from storage.records import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from monitor.alerts.accusations import Matter

CANNOT_LOOK_AFTER = timedelta(hours=72)

GROUPED_FROM = 10
"""From so many portals on that have no incident of their own yet, one incident tells of all of them."""


def questions(
    by_portal: Mapping[str, Sequence[Matter]],
    report_year: int,
    now: datetime,
    *,
    live: Collection[Fingerprint],
    silent: Collection[str],
    language: str,
    said: Mapping[str, str],
) -> list[Accusation]:
    """The incidents that hold nothing.

    `live` incidents keep being told of while they last; `silent` are portals of which another incident
    tells already, so that no new one is opened. `said` is how each portal is called.
    """
    found, texts = [], TEXTS[language]
    cannot_look: dict[str, tuple[Accusation, datetime, frozenset[str]]] = {}
    for portal, own in sorted(by_portal.items()):
        asked = [
            _question(own, reason, about(report_year, f"{kind}:{portal}"), texts[reason], said)
            for kind, reason in (("no-control", NO_CONTROL), ("backdated", BACKDATED))
        ]
        found += [one for one in asked if one is not None and (portal not in silent or one.fingerprint in live)]
        blind = _cannot_look(own, said, report_year, now, language)
        if blind is not None and (portal not in silent or blind[0].fingerprint in live):
            cannot_look[portal] = blind
    return found + _grouped(cannot_look, live, report_year, language)


def about(report_year: int, subject: str) -> Fingerprint:
    """What an incident of the operator's is about."""
    return Fingerprint(None, report_year, OPERATOR, subject)


def agency_entries(agencies: Iterable[str], portal: str | None) -> tuple[Mapping[str, Any], ...]:
    """The agencies that an incident concerns, as evidence."""
    return tuple({"kind": "agency", "agency": agency, "portal": portal} for agency in agencies)


def _question(
    own: Sequence[Matter], reason: str, key: Fingerprint, words: str, said: Mapping[str, str]
) -> Accusation | None:
    portal = own[0].agency.portal
    agencies = [matter.agency.id for matter in own if matter.standing.reason == reason]
    if not agencies:
        return None
    return Accusation(key, words.format(portal=said[portal], count=len(agencies)), agency_entries(agencies, portal))


def _cannot_look(
    own: Sequence[Matter], said: Mapping[str, str], report_year: int, now: datetime, language: str
) -> tuple[Accusation, datetime, frozenset[str]] | None:
    """The incident of a portal that could not be looked at, since when, and with which outcomes."""
    portal = own[0].agency.portal
    unknown = [
        matter for matter in own if matter.standing.status is Status.UNKNOWN and matter.standing.reason != NOT_SCANNED
    ]
    failed = [
        look for matter in unknown for look in matter.case.evidence.looks if look.started_at >= matter.case.due_end
    ]
    since = min((look.started_at for look in failed), default=now)
    if not unknown or now - since < CANNOT_LOOK_AFTER:
        return None
    outcomes = frozenset(look.outcome.value for look in failed)
    words = TEXTS[language]["cannot_look"].format(
        portal=said[portal], since=minute_text(since), outcomes=_spoken(outcomes, language), count=len(unknown)
    )
    key = about(report_year, f"cannot-look:{portal}")
    return Accusation(key, words, agency_entries((matter.agency.id for matter in unknown), portal)), since, outcomes


def _spoken(outcomes: Iterable[str], language: str) -> str:
    return "、".join(word(language, outcome) for outcome in sorted(outcomes))


def _grouped(
    cannot_look: Mapping[str, tuple[Accusation, datetime, frozenset[str]]],
    live: Collection[Fingerprint],
    report_year: int,
    language: str,
) -> list[Accusation]:
    group = about(report_year, "cannot-look")
    own = [one for one, _, _ in cannot_look.values() if one.fingerprint in live]
    rest = [blind for blind in cannot_look.values() if blind[0].fingerprint not in live]
    if len(rest) < GROUPED_FROM and not (rest and group in live):
        return own + [one for one, _, _ in rest]
    entries = tuple(entry for one, _, _ in rest for entry in one.evidence)
    words = TEXTS[language]["cannot_look_many"].format(
        count=len(rest),
        since=minute_text(min(since for _, since, _ in rest)),
        outcomes=_spoken({outcome for _, _, outcomes in rest for outcome in outcomes}, language),
        agencies=len(entries),
    )
    return [*own, Accusation(group, words, entries)]
