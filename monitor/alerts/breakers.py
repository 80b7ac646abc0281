"""When a portal looks broken rather than its agencies at fault: what is held, and what the operator is told.

Pure. A breaker holds alerts, never statuses: while it is tripped nothing is opened for `missing` and
`withdrawn` on that portal, live alerts stay, and one operator incident says why. A portal trips when

- *vanished*: of the agencies whose report our scans had seen, at least 20 % and at least three are not
  in their latest complete scan; a redesign loses what was there, a tardy agency never was;
- *alone*: a report vanished, and no other of its year that was listed as early is there still; a list that began
  anew, or was cut off behind its newest rows, loses few while few are published;
- *controls gone*: scans that used to see rows of other reports no longer see any, for at least 20 % of
  the agencies that had a control and at least three of them, or all;
- *many at once*: at least half of the agencies that are due, and at least five, would be opened as
  missing together; the reports of the year may have gone to another column.

The last bound is wider than a fifth on purpose: a portal of five agencies of which two published
nothing is the ordinary case, and their alerts must leave. With 50 portals or more, a twentieth of them
(and three) tripped at once, or three in ten not to be looked at within a day though they could be in the
week before, speak of ourselves, and everything is held by one incident in the place of theirs.

A breaker that has tripped, which its live incident tells, stays so until the sign has fallen below half
of what trips it; then it releases by itself. Whoever acknowledges or waives the incident has looked, and
so releases what it holds, as far as it went then. `monitor.alerts.questions` has the incidents that hold nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from monitor.agency_years.case import AFTER_NOW
from monitor.agency_years.proofs import minute_text
from monitor.alerts.accusations import AGENCY_RULES
from monitor.alerts.book import OPERATOR, Accusation, Fingerprint, fingerprint, is_released
from monitor.alerts.breaker_texts import TEXTS
from monitor.alerts.questions import about, agency_entries, questions
from monitor.alerts.signs import Bound, trips_of
from monitor.alerts.subjects import named
from storage.records import LIVE_STATES, Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from monitor.alerts.accusations import Matter
    from storage.records import Alert

HELD_RULES = frozenset({Status.MISSING.value, Status.WITHDRAWN.value})
FLEET = 50
"""Portals from which on many broken ones speak of ourselves."""
LOOKED_WITHIN = timedelta(days=1)
COULD_LOOK_WITHIN = timedelta(days=7)
"""A portal that had a complete scan in so long before the last day could be looked at."""
GROUP, GROUP_FROM = "portals", 20
"""Subject of the one incident for all portals that trip together, and from how many on there is one: portals that
are made by one firm are redesigned together."""
NAMED = 5


PORTALS = Bound(0.05, 3)
NETWORK = Bound(0.3, 3)
"""Wider, because on an ordinary day one scan in twenty is refused (`tests/bench/season.py`), and refused scans
accuse nobody."""
_FLEETS = {"fleet": PORTALS, "network": NETWORK}


@dataclass(frozen=True, slots=True)
class Incidents:
    """What the operator is told; which accusations may not be opened now, each with the incident that holds
    it; and of which alerts nothing can be said now, so that they stay as they are."""

    accusations: tuple[Accusation, ...]
    held: Mapping[Fingerprint, Fingerprint]
    unknown: frozenset[Fingerprint] = frozenset()


class Others(NamedTuple):
    """The portals that are not judged now: how many, and which of them are cut off. None of them is tripped."""

    portals: int
    cut_off: frozenset[str]


NO_OTHERS = Others(0, frozenset())
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def incidents(
    matters: Iterable[Matter],
    book: Collection[Alert],
    settled: Collection[Fingerprint],
    report_year: int,
    now: datetime,
    *,
    language: str = "zh",
    newest: datetime | None = None,
    others: Others = NO_OTHERS,
    names: Mapping[str, str] = NO_NAMES,
) -> Incidents:
    """The operator incidents of one report year.

    `book` tells which incidents are live, and which of them a person has released. `settled` are accusations
    that the book bears already, alive or waived, and that hence are not new. `newest` is when the scan began
    that was stored last; where it lies ahead of `now`, one of the two clocks was wrong, and nothing is changed.
    `others` are the portals that there are beside those of the matters; `names` are portals' names by id.
    """
    texts = TEXTS[language]
    by_portal: dict[str, list[Matter]] = defaultdict(list)
    for matter in matters:
        by_portal[matter.agency.portal].append(matter)
    live = {fingerprint(alert): alert for alert in book if alert.rule == OPERATOR and alert.state in LIVE_STATES}
    if newest is not None and newest > now + AFTER_NOW:
        return _clock(by_portal, book, now, newest=newest, key=about(report_year, "clock"), texts=texts)
    said = {portal: named(portal, names, language) for portal in by_portal}
    tripped = _tripped(by_portal, settled, report_year, live, texts, said=said)
    cut_off = _cut_off(by_portal, now, live.get(about(report_year, "network"))) | others.cut_off
    suspects = {"fleet": sorted(tripped), "network": sorted(cut_off)}
    found = _fleet(suspects, len(by_portal) + others.portals, report_year, live, texts)
    held: dict[Fingerprint, Fingerprint] = {}
    covered: set[str] = set()
    for fleet in found:
        if is_released(fleet, book):
            # What came after the person looked goes portal by portal.
            covered |= _portals(live.get(fleet.fingerprint, fleet))
        else:
            covered |= _portals(fleet)
            held = _held((matter for own in by_portal.values() for matter in own), fleet.fingerprint)
    silent = set(covered)
    rest = {portal: one for portal, one in tripped.items() if portal not in covered or one.fingerprint in live}
    for incident, portals in _told(rest, report_year, live, texts, said=said):
        found.append(incident)
        if not is_released(incident, book):
            silent |= portals
            free = portals - covered
            held = _held((one for portal in free for one in by_portal[portal]), incident.fingerprint) | held
    asked = questions(by_portal, report_year, now, live=live.keys(), silent=silent, language=language, said=said)
    return Incidents((*found, *asked), held)


def _tripped(
    by_portal: Mapping[str, Sequence[Matter]],
    settled: Collection[Fingerprint],
    report_year: int,
    live: Mapping[Fingerprint, Alert],
    texts: Mapping[str, str],
    *,
    said: Mapping[str, str],
) -> dict[str, Accusation]:
    """Portal → its incident, for every portal that is tripped; `said` is how each portal is called."""
    tripped = {}
    for portal, own in sorted(by_portal.items()):
        key = about(report_year, f"portal:{portal}")
        before = _signs(live.get(key), portal) | _signs(live.get(about(report_year, GROUP)), portal)
        trips = trips_of(own, settled, before)
        if trips:
            words = [
                texts[trip.sign].format(portal=said[portal], of=trip.of, count=len(trip.agencies)) for trip in trips
            ]
            agencies = sorted({agency for trip in trips for agency in trip.agencies})
            signs = ({"kind": "sign", "sign": trip.sign, "portal": portal} for trip in trips)
            evidence = (*signs, *agency_entries(agencies, portal))
            tripped[portal] = Accusation(key, "；".join(words) + texts["held"], evidence)
    return tripped


def _fleet(
    suspects: Mapping[str, Sequence[str]],
    of: int,
    report_year: int,
    live: Collection[Fingerprint],
    texts: Mapping[str, str],
) -> list[Accusation]:
    """The incidents of the whole fleet, by the portals that speak for each."""
    found = []
    for subject, portals in suspects.items():
        key = about(report_year, subject)
        if of >= FLEET and _FLEETS[subject].trips(len(portals), of, is_tripped=key in live):
            entries = tuple({"kind": "portal", "portal": portal} for portal in portals)
            found.append(Accusation(key, texts[subject].format(count=len(portals), of=of), entries))
    return found


def _told(
    tripped: Mapping[str, Accusation],
    report_year: int,
    live: Collection[Fingerprint],
    texts: Mapping[str, str],
    *,
    said: Mapping[str, str],
) -> list[tuple[Accusation, frozenset[str]]]:
    """The incidents by which the operator hears of the portals, with the portals of each: one of its own for a
    portal, or one for all of them that come to be tripped together."""
    group = about(report_year, GROUP)
    new = {portal: one for portal, one in tripped.items() if one.fingerprint not in live}
    if len(new) < GROUP_FROM and not (new and group in live):
        new = {}
    told = [(one, frozenset({portal})) for portal, one in tripped.items() if portal not in new]
    if new:
        some = "、".join(said[portal] for portal in sorted(new)[:NAMED])
        words = texts["portals"].format(count=len(new), portals=some) + texts["held"]
        entries = tuple(entry for one in new.values() for entry in one.evidence)
        told.append((Accusation(group, words, entries), frozenset(new)))
    return told


def _signs(incident: Alert | None, portal: str) -> frozenset[str]:
    """By which signs a portal is tripped already."""
    entries = incident.evidence if incident is not None else ()
    return frozenset(str(entry["sign"]) for entry in entries if entry["kind"] == "sign" and entry["portal"] == portal)


def _cut_off(by_portal: Mapping[str, Sequence[Matter]], now: datetime, incident: Alert | None) -> frozenset[str]:
    """Portals that were tried within the last day without one complete look, and had one in the week before or
    are in the incident already."""
    before = _portals(incident) if incident is not None else frozenset[str]()
    return frozenset(p for p, own in by_portal.items() if is_cut_off(own, now, was_cut_off=p in before))


def is_cut_off(own: Sequence[Matter], now: datetime, *, was_cut_off: bool = False) -> bool:
    """Was the portal tried within the last day without one complete look, and had one in the week before?"""
    was_tried, could_look = False, was_cut_off
    known: set[int] = set()
    for matter in own:
        for look in reversed(matter.case.evidence.looks):
            age = now - look.started_at
            if age > LOOKED_WITHIN + COULD_LOOK_WITHIN:
                break
            # Agencies of one column share their looks.
            if id(look) in known:
                continue
            known.add(id(look))
            is_complete = look.outcome is Outcome.COMPLETE
            if age > LOOKED_WITHIN:
                could_look = could_look or is_complete
            elif is_complete:
                return False
            else:
                was_tried = True
    return was_tried and could_look


def _clock(
    by_portal: Mapping[str, Sequence[Matter]],
    book: Iterable[Alert],
    now: datetime,
    *,
    newest: datetime,
    key: Fingerprint,
    texts: Mapping[str, str],
) -> Incidents:
    """Nothing is opened and nothing ended while the clock is in doubt."""
    incident = Accusation(key, texts["clock"].format(now=minute_text(now), newest=minute_text(newest)), ())
    matters = [matter for own in by_portal.values() for matter in own]
    held = {_key(matter, rule): key for matter in matters for rule in AGENCY_RULES}
    live = frozenset(fingerprint(alert) for alert in book if alert.state in LIVE_STATES) - {key}
    return Incidents((incident,), held, live)


def _held(matters: Iterable[Matter], by: Fingerprint) -> dict[Fingerprint, Fingerprint]:
    """The accusations of these matters that a breaker keeps from being opened."""
    return {
        _key(matter, matter.standing.status.value): by
        for matter in matters
        if matter.standing.status.value in HELD_RULES
    }


def _key(matter: Matter, rule: str) -> Fingerprint:
    return Fingerprint(matter.agency.id, matter.standing.report_year, rule, "")


def _portals(told: Alert | Accusation) -> frozenset[str]:
    return frozenset(str(entry["portal"]) for entry in told.evidence if entry["kind"] == "portal")
