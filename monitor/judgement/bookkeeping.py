"""What one check of a report year has to say to the alert book, and how the book changes by it.

`book_changes` reads the book, its history and the scans that the evidence names; `decided` is the pure part of it.
Nothing is saved.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.alerts.accusations import accusations, cures, evidence_scans, left_registry, unknown_rules
from monitor.alerts.book import NEVER, REPEAT, Docket, fingerprint, reconcile, settled
from monitor.alerts.breakers import NO_OTHERS, Others, incidents
from monitor.alerts.flapping import damped, may_flap, turned
from storage.database import alerts_of_year, last_told, load_scans, newest_scan, portal_names, turns_of
from storage.records import LIVE_STATES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from monitor.alerts.accusations import Matter
    from monitor.alerts.book import Accusation, Change, Fingerprint
    from monitor.alerts.corrections import Cure
    from storage.configuration import WatchSettings
    from storage.database import Database
    from storage.records import Alert, Scan


_ROUNDS = 3
"""So often the book is brought in line with what it has become; the third time finds nothing to change."""


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
    """The same from records alone: pure. `book` holds every alert of the report year (and these matters).

    A second check of the same moment changes nothing.
    """
    accused = [
        accusation
        for matter in matters
        for accusation in accusations(matter, known.scans, grace_days=watch.grace_days, language=language)
    ]
    changes: tuple[Change, ...] = ()
    # An incident that holds nothing any more, and a turn that is one too many, only show in the book as it is left.
    for _ in range(_ROUNDS):
        more = _brought_in_line(
            matters,
            accused,
            book,
            known,
            report_year=report_year,
            now=now,
            watch=watch,
            language=language,
            others=others,
        )
        if not more:
            break
        changes += more
        book = tuple({alert.id: alert for alert in (*book, *(alert for alert, _ in more))}.values())
        told = {**known.told, **{alert.id: now for alert, _ in more}}
        known = replace(known, turns=turned(known.turns, more), told=told)
    return changes


def _brought_in_line(
    matters: Sequence[Matter],
    accused: Sequence[Accusation],
    book: Sequence[Alert],
    known: Known,
    *,
    report_year: int,
    now: datetime,
    watch: WatchSettings,
    language: str,
    others: Others,
) -> tuple[Change, ...]:
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
    return reconcile(
        book,
        damped(docket, book, known.turns, now, names, language=language),
        now,
        language=language,
        told=known.told,
        repeat_after=timedelta(days=watch.repeat_days) if watch.repeat_days else NEVER,
    )


def _endings(matters: Sequence[Matter], book: Sequence[Alert], language: str) -> dict[Fingerprint, Cure]:
    """How the live alerts of agencies would end. Of most agencies nothing is in the book: no words for those."""
    live = [alert for alert in book if alert.state in LIVE_STATES and alert.agency is not None]
    accused = {alert.agency for alert in live}
    endings = {key: cure for matter in matters if matter.agency.id in accused for key, cure in cures(matter, language)}
    present = {matter.agency.id for matter in matters}
    return endings | {fingerprint(alert): left_registry(language) for alert in live if alert.agency not in present}
