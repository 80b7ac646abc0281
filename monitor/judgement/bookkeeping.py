"""What one check of a report year has to say to the alert book, and how the book changes by it.

`book_changes` reads the book, its history and the scans that the evidence names; `decided` is the pure part of it.
Nothing is saved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.alerts.accusations import accusations, cures, evidence_scans, left_registry, unknown_rules
from monitor.alerts.book import NEVER, REPEAT, Docket, fingerprint, reconcile, settled
from monitor.alerts.breakers import NO_OTHERS, Others, incidents
from monitor.alerts.flapping import damped, flapping, may_flap, turned
from storage.database import alerts_of_year, last_told, load_scans, newest_scan, portal_names, turns_of
from storage.records import LIVE_STATES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from monitor.alerts.accusations import Matter
    from monitor.alerts.book import Change, Fingerprint
    from monitor.alerts.corrections import Cure
    from storage.configuration import WatchSettings
    from storage.database import Database
    from storage.records import Alert, Scan


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored beside the book and bears on it: the scans that the evidence names, by id; when each alert
    that may flap was opened or ended by a check; when an alert was last told; when the newest scan began; and the
    portals' names by id."""

    scans: Mapping[str, Scan]
    turns: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    told: Mapping[str, datetime] = field(default_factory=dict)
    newest: datetime | None = None
    portals: Mapping[str, str] = field(default_factory=dict)


def book_changes(
    db: Database,
    matters: Sequence[Matter],
    report_year: int,
    now: datetime,
    watch: WatchSettings,
    *,
    language: str = "zh",
    others: Others | None = None,
    left_out: Collection[str] = (),
) -> tuple[Change, ...]:
    """The changes of the alert book that follow from where every agency of the registry stands.

    `others`: the matters are not of every agency but of whole portals, and these portals are left out, of
    which nothing new can be said (`monitor.judgement.scope`), and `left_out` are the ids of incidents of theirs;
    None: none are.
    """
    among = None if others is None else {matter.agency.id for matter in matters}
    book = tuple(alert for alert in alerts_of_year(db, report_year, among) if alert.id not in left_out)
    known = Known(
        scans=load_scans(db, evidence_scans(matters)),
        turns=turns_of(db, may_flap(book)),
        told=last_told(db, REPEAT) if watch.repeat_days else {},
        newest=newest_scan(db),
        portals=portal_names(db, {matter.agency.portal for matter in matters}),
    )
    return decided(matters, book, known, report_year, now, watch=watch, language=language, others=others or NO_OTHERS)


def decided(
    matters: Sequence[Matter],
    book: Sequence[Alert],
    known: Known,
    report_year: int,
    now: datetime,
    *,
    watch: WatchSettings,
    language: str = "zh",
    others: Others = NO_OTHERS,
) -> tuple[Change, ...]:
    """The same from records alone: pure. `book` holds every alert of the report year (and these matters)."""
    accused = [
        accusation
        for matter in matters
        for accusation in accusations(matter, known.scans, grace_days=watch.grace_days, language=language)
    ]
    borne = settled(accused, book)
    asked = incidents(
        matters,
        book,
        borne,
        report_year,
        now,
        language=language,
        newest=known.newest,
        others=others,
        names=known.portals,
    )
    docket = Docket(
        accusations=(*accused, *asked.accusations),
        unknown=frozenset(key for matter in matters for key in unknown_rules(matter)) | asked.unknown,
        held=asked.held,
        cures=_endings(matters, book, language),
    )
    names = {matter.agency.id: matter.agency.name for matter in matters}
    repeat_after = timedelta(days=watch.repeat_days) if watch.repeat_days else NEVER

    def brought_in_line(alerts: Collection[Alert], turns: Mapping[str, Sequence[datetime]]) -> tuple[Change, ...]:
        damping = damped(docket, alerts, turns, now, names, language=language)
        return reconcile(alerts, damping, now, language=language, told=known.told, repeat_after=repeat_after)

    changes = brought_in_line(book, known.turns)
    after = {alert.id: alert for alert in (*book, *(alert for alert, _ in changes))}
    turns = turned(known.turns, changes)
    if flapping(after.values(), turns, now).keys() <= flapping(book, known.turns, now).keys():
        return changes
    # The turn that was one too many is this check's own: a second one would tell of it.
    return changes + tuple(
        (alert, move) for alert, move in brought_in_line(after.values(), turns) if move.reason != REPEAT
    )


def _endings(matters: Sequence[Matter], book: Sequence[Alert], language: str) -> dict[Fingerprint, Cure]:
    """How the live alerts of agencies would end. Of most agencies nothing is in the book: no words for those."""
    live = [alert for alert in book if alert.state in LIVE_STATES and alert.agency is not None]
    accused = {alert.agency for alert in live}
    endings = {key: cure for matter in matters if matter.agency.id in accused for key, cure in cures(matter, language)}
    present = {matter.agency.id for matter in matters}
    return endings | {fingerprint(alert): left_registry(language) for alert in live if alert.agency not in present}
