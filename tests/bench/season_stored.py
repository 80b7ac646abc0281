"""A small season on a real database beside the one in memory, to see that both come to the same, check by check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.judgement.judging import Memory
from monitor.judgement.verdicts import check_due
from storage.database import (
    alerts,
    load_standings,
    save_attestation,
    save_registry,
    save_run,
    save_transitions,
)
from storage.records import Candidate, Outcome, Portal, Registry, Scan
from tests.bench.season_truth import YEAR, Truth, instant
from tests.bench.season_watch import STATUSES, WATCH, Watch

if TYPE_CHECKING:
    from storage.database import Database
    from storage.records import Alert, Transition
    from tests.bench.season_referee import Referee


class StoredWatch(Watch):
    """The watch in memory, and everything that it sees and that people do put into a database too."""

    def __init__(self, truth: Truth, referee: Referee, db: Database) -> None:
        super().__init__(truth, referee)
        self.db = db
        self.memory = Memory()
        self.scans: list[Scan] = []
        self.rows: list[Candidate] = []
        self.attested: set[int] = set()
        self.is_checking = False
        self.compared = 0
        portals = tuple(
            Portal(site.key, site.key, f"http://{site.key}.example/", (f"{site.key}.example:80",))
            for site in truth.sites
        )
        self.registry = Registry(tuple(truth.agencies), portals, ())
        save_registry(db, self.registry, instant(0))

    def scan(self, number: int, hour: float) -> None:
        """One scan, to be saved with the others of its run."""
        super().scan(number, hour)
        place = self.places[number]
        at = len(place.scans) - 1
        run = f"run-{hour:08.2f}"
        migrated = instant(place.site.bulk_at).date() if place.site.bulk_at < hour else None
        members = place.site.members
        made = replace(
            self.scans_of(f"{place.site.key}/{at}"),
            id=f"{run}/{place.site.key}",
            run=run,
            agencies=tuple(self.truth.agencies[agency].id for agency in members),
            bulk_dates=(migrated,) if migrated else (),
        )
        self.scans.append(made)
        if made.outcome is not Outcome.COMPLETE:
            return
        for agency in members:
            if self.first[agency] >= 0 and at not in self.gaps.get(agency, ()):
                url = f"http://{place.site.key}.example/nb/{agency}.html"
                listed_on = migrated or self.truth.stated[agency]
                self.rows.append(Candidate(made.id, "2024年年报", url, listed_on, self.truth.agencies[agency].id, YEAR))

    def check(self, hour: float) -> tuple[tuple[Alert, Transition], ...]:
        """A check of both; AssertionError where they differ."""
        now = instant(hour)
        if self.scans:
            save_run(
                self.db,
                run_id=self.scans[0].run,
                scans=self.scans,
                candidates=self.rows,
                captures=[],
                reports=[],
                at=now,
            )
            self.scans, self.rows = [], []
        for agency in self.words.keys() - self.attested:
            save_attestation(self.db, self.words[agency])
            self.attested.add(agency)
        check_due(self.db, self.registry, WATCH, now, YEAR, memory=self.memory)
        self.is_checking = True
        changes = super().check(hour)
        self.is_checking = False
        self._compare(now)
        return changes

    def keep(self, alert: Alert, transition: Transition) -> None:
        """A change of the book; what a person did is saved."""
        super().keep(alert, transition)
        if not self.is_checking:
            stored = next(one for one in alerts(self.db) if one.id == alert.id)
            save_transitions(self.db, [(replace(stored, state=alert.state), transition)])

    def _compare(self, now: datetime) -> None:
        stored: Mapping[str, str] = {one.agency: one.status.value for one in load_standings(self.db, YEAR)}
        mine = {agency.id: STATUSES[self.status[number]].value for number, agency in enumerate(self.truth.agencies)}
        differing = {key: (stored[key], mine[key]) for key in mine if stored[key] != mine[key]}
        assert not differing, (now, differing)
        book = {(one.id, one.agency, one.rule, one.subject, one.state.value) for one in alerts(self.db)}
        own = {(one.id, one.agency, one.rule, one.subject, one.state.value) for one in self.alerts.values()}
        assert book == own, (now, book ^ own)
        self.compared += 1
