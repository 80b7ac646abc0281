"""Which portals a check must judge: those with news, those whose time has come, and those out of the ordinary.

Of all others the last check holds still: nothing new is stored about them, no instant has passed at which
anything could change by itself, and the alert book has nothing of theirs that is not settled. Portals are
judged whole, because breakers look at them whole. Where that cannot be told, everything is judged: once a
day, when registry, settings or rules are others, when the clock went back, and while an incident of the
whole fleet lasts.
"""

from __future__ import annotations

import marshal
from dataclasses import astuple
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from monitor.agency_years import seasons
from monitor.alerts.book import REPEAT
from monitor.alerts.flapping import WINDOW
from monitor.judgement.judging import Groups, rules_digest
from monitor.judgement.matters import laid_cases
from storage.database import alerts_of_year, evidence_of_year, last_told
from storage.database.agencies import registry_digest
from storage.database.agenda import (
    agencies_in_news,
    agencies_to_look_at,
    due_agencies,
    due_portals,
    last_check,
    repeated_agencies,
    unchecked_portals,
)
from storage.database.connection import reading
from storage.records import LIVE_STATES, AlertState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from monitor.judgement.judging import Memory
    from monitor.judgement.matters import Sitting
    from storage.database import Database
    from storage.records import Agency, Alert, Registry

FLEETS = frozenset({"fleet", "network", "clock"})
"""Incidents of the operator's that bear on every portal."""

QUESTIONS = frozenset({"no-control", "backdated", "cannot-look"})
"""What incidents of the operator's are about that hold nothing (`monitor.alerts.questions`)."""


WHOLE_EVERY = timedelta(days=1)
"""So often everything is judged, whatever is known of what may have changed."""


class Scope(NamedTuple):
    """What a check must judge: these portals, None for all of them; and whether anything new is stored of them."""

    portals: frozenset[str] | None
    has_news: bool


EVERYTHING = Scope(None, has_news=True)


def learn(memory: Memory, registry: Registry) -> None:
    """Remember this registry until another one comes."""
    if memory.registry is registry:
        return
    by_portal: dict[str, list[Agency]] = {}
    for agency in registry.agencies:
        by_portal.setdefault(agency.portal, []).append(agency)
    memory.registry, memory.digest = registry, registry_digest(registry)
    memory.groups, memory.by_portal = Groups(registry.agencies), by_portal
    memory.portal_of = {agency.id: agency.portal for agency in registry.agencies}


def basis_of(sitting: Sitting, memory: Memory) -> str:
    """A digest of what every verdict of a check rests on beside the evidence."""
    registry = sitting.registry
    waivers = [tuple(map(str, astuple(waiver))) for waiver in registry.waivers]
    successions = [tuple(map(str, astuple(one))) for one in registry.successions]
    watch = tuple(map(str, astuple(sitting.watch)))
    values = (memory.digest, waivers, successions, watch, sitting.language, rules_digest())
    return blake2b(marshal.dumps(values, 2), digest_size=16).hexdigest()


def scope_of(db: Database, sitting: Sitting, memory: Memory, whole_every: timedelta = WHOLE_EVERY) -> Scope:
    """What must be judged at the sitting's instant, by what is stored now."""
    year, now = sitting.report_year, sitting.now
    last = last_check(db, year)
    if last is None or last.whole_at is None or last.basis != basis_of(sitting, memory) or now < last.as_of:
        return EVERYTHING
    if now - last.whole_at >= whole_every:
        return EVERYTHING
    news = unchecked_portals(db, year)
    moved = agencies_in_news(db, year, last.last_transition) | _to_tell_again(db, sitting)
    agencies = due_agencies(db, year, now) | moved
    agencies |= repeated_agencies(db, year, now - WINDOW - timedelta(days=1))
    portals = {memory.portal_of[agency] for agency in agencies if agency is not None and agency in memory.portal_of}
    portals |= {portal for portal in news | due_portals(db, year, now) if portal in memory.by_portal}
    if not portals and not moved:
        return Scope(frozenset(), has_news=False)
    incidents = _incidents(db, sitting)
    if any(alert.subject in FLEETS and _counts_still(alert, now) for alert in incidents):
        return EVERYTHING
    if None in moved:
        portals |= {portal for alert in incidents for portal in _portals_of(alert, memory)}
    return Scope(frozenset(portals), has_news=bool(news)) if portals else EVERYTHING


def may_have_unjudged(db: Database, sitting: Sitting, memory: Memory) -> bool:
    """May there be many reports whose content was never judged as it must be now?"""
    with reading(db):
        last = last_check(db, sitting.report_year)
        is_other = last is None or last.basis != basis_of(sitting, memory)
        return is_other or bool(unchecked_portals(db, sitting.report_year))


def widened(db: Database, sitting: Sitting, memory: Memory, portals: frozenset[str]) -> frozenset[str]:
    """These portals with all that can only be judged together with them: those of one incident, but for
    questions about others alone; and those whose agencies took over from each other."""
    incidents = [(alert, frozenset(_portals_of(alert, memory))) for alert in _incidents(db, sitting)]
    while True:
        more = {
            portal for alert, about in incidents if not _is_question(alert) or about & portals for portal in about
        } | tied(portals, sitting.registry, memory)
        if more <= portals:
            return portals
        portals |= more


def questions_about_others(
    db: Database, sitting: Sitting, memory: Memory, portals: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Id → portals of every incident that asks about other portals alone: nothing new can be said of it."""
    return {
        alert.id: about
        for alert in _incidents(db, sitting)
        if _is_question(alert) and not (about := frozenset(_portals_of(alert, memory))) & portals
    }


def _incidents(db: Database, sitting: Sitting) -> list[Alert]:
    """The operator's incidents of the year that are alive, or that a person waived."""
    return [alert for alert in alerts_of_year(db, sitting.report_year, ()) if alert.state is not AlertState.RESOLVED]


def _is_question(alert: Alert) -> bool:
    """It asks something, is alive, and holds nothing."""
    return alert.state in LIVE_STATES and alert.subject.partition(":")[0] in QUESTIONS


def agencies_to_scan(db: Database, sitting: Sitting, memory: Memory) -> tuple[Agency, ...]:
    """The agencies that are to be looked at now (`monitor.agency_years.seasons`), longest unseen first.

    Evidence is asked for where the agenda of the last check has a look, or where something came since.
    """
    learn(memory, sitting.registry)
    year, now = sitting.report_year, sitting.now
    agencies: Sequence[Agency] = sitting.registry.agencies
    asked: list[str] | None = None
    with reading(db):
        last = last_check(db, year)
        if last is not None and last.basis == basis_of(sitting, memory) and now >= last.as_of:
            keys = agencies_to_look_at(db, year, now) | due_agencies(db, year, now)
            portals = {memory.portal_of[key] for key in keys if key in memory.portal_of} | unchecked_portals(db, year)
            agencies = [agency for agency in agencies if agency.portal in portals]
            asked = [agency.id for agency in agencies]
        cases = laid_cases(sitting, agencies, evidence_of_year(db, year, agencies=asked, memory=memory.scans))
    return seasons.due_agencies(agencies, cases, now)


def _counts_still(incident: Alert, now: datetime) -> bool:
    """It is alive, or a person waived it while it was young: then it may hold still, and nothing tells."""
    return incident.state in LIVE_STATES or now - incident.opened_at <= WINDOW


def _portals_of(incident: Alert, memory: Memory) -> Iterator[str]:
    """The portals that an incident tells of, by its subject and by its evidence."""
    _, _, about = incident.subject.partition(":")
    named = [about, *(str(entry.get(key)) for entry in incident.evidence for key in ("portal", "agency"))]
    for name in named:
        if name in memory.by_portal:
            yield name
        if name in memory.portal_of:
            yield memory.portal_of[name]


def _to_tell_again(db: Database, sitting: Sitting) -> frozenset[str | None]:
    """The agencies of open alerts that are due to be told again; None: the operator's incidents."""
    if not sitting.watch.repeat_days:
        return frozenset()
    rest = timedelta(days=sitting.watch.repeat_days)
    due = {alert for alert, at in last_told(db, REPEAT).items() if sitting.now - at >= rest}
    return frozenset(
        alert.agency
        for alert in (alerts_of_year(db, sitting.report_year) if due else ())
        if alert.id in due and alert.state is AlertState.OPEN
    )


def tied(portals: Iterable[str], registry: Registry, memory: Memory) -> frozenset[str]:
    """The portals with those of whoever an agency of theirs took over from, or was succeeded by."""
    found = set(portals)
    ends = [
        {memory.portal_of[key] for key in (one.agency, one.successor) if key is not None and key in memory.portal_of}
        for one in registry.successions
    ]
    grown = True
    while grown:
        joined = [end for end in ends if end & found and not end <= found]
        found.update(*joined)
        grown = bool(joined)
    return frozenset(found)
