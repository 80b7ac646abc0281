"""The watch as `test_watch_machine` drives it: on a real database, or on its pure parts alone.

Both take what happened as `watch_model` tells it and give standings and the alert book. `Stored` goes the
way of the service; `Pure` lays the same facts out as records and calls the deciding functions themselves,
many times faster and without a disk.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from monitor.agency_years.case import lay_out
from monitor.agency_years.obligations import EVERY_RULE, obligations, waived_rules
from monitor.agency_years.standing import readable_report, standing_of
from monitor.alerts.accusations import Matter, content_findings
from monitor.alerts.book import act
from monitor.checks import content_verdict
from monitor.judgement.bookkeeping import Known, decided
from monitor.judgement.judging import Memory
from monitor.judgement.verdicts import check_due, check_year
from storage.configuration import WatchSettings
from storage.database import (
    OutboxEntry,
    abandoned_attempts,
    alerts,
    begin_attempt,
    end_attempt,
    load_standings,
    open_database,
    rebuilt_alerts,
    save_attestation,
    save_registry,
    save_run,
    save_transitions,
    settle_transitions,
    unsent_transitions,
)
from storage.errors import DatabaseError
from storage.received import ReadCapture
from storage.records import (
    SHANGHAI,
    AlertState,
    AttemptState,
    Candidate,
    Capture,
    Evidence,
    Look,
    Outcome,
    Severity,
    Sighting,
    StoredReport,
)
from storage.report import DateSource, StatedDate
from tests.monitor.watch_model import YEAR, Log
from tests.monitor.watch_records import address, attestation, body_of, digest_of, findings_on, scan_of

WATCH = WatchSettings()
SELDOM = timedelta(days=400)
"""So seldom everybody is judged whatever is known: what a check overlooks is to be seen, not mended in passing."""
CRASHES = (sqlite3.OperationalError, DatabaseError)


class Stored:
    """The watch on a database file of its own, opened anew after every crash."""

    def __init__(self, folder: Path, template: Path, *, is_sparing: bool = True):
        """`is_sparing`: as the service checks, only what may have changed."""
        self.is_sparing = is_sparing
        self.path = folder / "nianbao.db"
        shutil.copy(template, self.path)
        self.memory = Memory()
        self.runs = 0
        self._open()

    def _open(self):
        self.db = open_database(self.path)
        # Crashes here are of the process: what the disk has confirmed is not what is tested.
        self.db.execute("PRAGMA synchronous = OFF")

    def close(self):
        self.db.close()

    def crash(self, work, after):
        """Do the work, dropped at the given count of steps of SQLite's machine; True where it was cut short."""
        left = [after]

        def is_over():
            left[0] -= 1
            return left[0] < 0

        self.db.conn.set_progress_handler(is_over, 50)
        is_cut = False
        try:
            work()
        except CRASHES:
            is_cut = True
        with suppress(*CRASHES):
            self.db.close()
        self.memory = Memory()
        self._open()
        return is_cut

    def save(self, registry, now):
        save_registry(self.db, registry, now)

    def scan(self, scanned):
        self.runs += 1
        scan = scan_of(scanned, self.runs)
        candidates, captures, readings = [], [], []
        for agency, row in scanned.rows.items():
            url = address(scanned.portal, agency)
            candidates.append(Candidate(scan.id, "2024年年报", url, row.listed_on, agency, YEAR))
        for agency, read in scanned.reads.items():
            url = address(scanned.portal, agency)
            digest = digest_of(agency, read)
            captures.append(
                Capture(digest, scan.id, url, url, 200, "text/html", scanned.at, 9, agency=agency, report_year=YEAR)
            )
            body = body_of(read)
            reason = None if body else "encrypted"
            readings.append(ReadCapture(captures[-1], agency, YEAR, body, reason, parser_version="1"))
        save_run(
            self.db,
            run_id=scan.run,
            scans=[scan],
            candidates=candidates,
            captures=captures,
            reports=readings,
            at=scanned.at,
        )

    def has_last_run(self):
        return bool(self.db.execute("SELECT 1 FROM runs WHERE id = ?", (f"run-{self.runs}",)).fetchone())

    def say(self, agency, word):
        save_attestation(self.db, attestation(agency, word))

    def check(self, registry, now):
        self.save(registry, now)
        if not self.is_sparing:
            return check_year(self.db, registry, WATCH, now, YEAR, memory=self.memory).changes
        return check_due(self.db, registry, WATCH, now, YEAR, memory=self.memory, whole_every=SELDOM).changes

    def overlooked(self, registry, now):
        """What a check of everybody comes to that the last one did not."""
        before = self.standings()
        changes = check_year(self.db, registry, WATCH, now, YEAR, memory=Memory()).changes
        return changes, {key: one for key, one in self.standings().items() if before[key] != one}

    def standings(self):
        return {standing.agency: standing for standing in load_standings(self.db, YEAR)}

    def book(self):
        return alerts(self.db)

    def history(self):
        return rebuilt_alerts(self.db)

    def act(self, alert, verb, now):
        save_transitions(self.db, [act(alert, verb, now, by="王敏", reason="已核实")])

    def outbox(self):
        return unsent_transitions(self.db)

    def leave(self, keys, channel, now):
        return begin_attempt(self.db, f"message {channel}", channel, keys, now)

    def end(self, number, state, now):
        end_attempt(self.db, number, state, now, None if state is AttemptState.SENT else "500")

    def abandoned(self, channel):
        return abandoned_attempts(self.db, channel)

    def settle(self, keys):
        settle_transitions(self.db, keys)


class Pure:
    """The same on the deciding functions alone, the facts and the book in memory."""

    def __init__(self):
        self.log = Log()
        self.numbers = {}
        self.alerts = {}
        self.transitions = []
        self.delivered = defaultdict(set)
        self.uncertain = defaultdict(dict)
        self.attempts = count(1)
        self.sending = {}
        self.unsettled = {}
        self.judged = {}
        self.turns = defaultdict(list)

    def close(self):
        """Nothing is held."""

    def save(self, registry, now):
        """Nothing is stored."""

    def scan(self, scanned):
        self.log.add(scanned)

    def say(self, agency, word):
        self.log.words.setdefault(agency, []).append(word)

    def check(self, registry, now):
        matters = [self._matter(*each, registry, now) for each in self._owed(registry, now)]
        newest = self.log.scans[-1].at if self.log.scans else None
        known = Known(scans=self.scans, turns=self.turns, newest=newest)
        changes = decided(matters, self.book(), known, YEAR, now, watch=WATCH)
        self._keep(changes)
        self.judged = {matter.agency.id: matter.standing for matter in matters}
        return changes

    def standings(self):
        return self.judged

    def book(self):
        return tuple(self.alerts.values())

    def history(self):
        return self.book()

    def act(self, alert, verb, now):
        self._keep([act(alert, verb, now, by="王敏", reason="已核实")])

    def outbox(self):
        return tuple(
            OutboxEntry(
                id=key,
                transition=transition,
                alert=self.alerts[transition.alert],
                delivered=frozenset(self.delivered[key]),
                attempts={},
                errors={},
                uncertain=dict(self.uncertain[key]),
            )
            for key, transition in self.unsettled.items()
        )

    def leave(self, keys, channel, _now):
        number = next(self.attempts)
        self.sending[number] = channel, keys
        return number

    def end(self, number, state, now):
        channel, keys = self.sending.pop(number)
        for key in keys:
            if state is AttemptState.UNCERTAIN:
                self.uncertain[key][channel] = f"message {channel}"
            elif state is AttemptState.SENT:
                self.delivered[key].add(channel)
                alert = self.alerts[self.unsettled[key].alert]
                self.alerts[alert.id] = replace(alert, sent_at=alert.sent_at or now)

    def abandoned(self, channel):
        return tuple(number for number, (own, _) in self.sending.items() if own == channel)

    def settle(self, keys):
        for key in keys:
            del self.unsettled[key]

    def _keep(self, changes):
        for alert, transition in changes:
            self.alerts[alert.id] = alert
            self.transitions.append(transition)
            self.unsettled[len(self.transitions)] = transition
            if transition.from_state is None or transition.to_state is AlertState.RESOLVED:
                self.turns[alert.id].append(transition.at)

    @property
    def scans(self):
        return {f"run-{number}/1": scan_of(scanned, number) for number, scanned in enumerate(self.log.scans)}

    def _owed(self, registry, now):
        owed = obligations(registry.agencies, YEAR, registry.waivers, now)
        return [(agency, owed[agency.id]) for agency in registry.agencies]

    def _matter(self, agency, owed, registry, now):
        case = lay_out(owed, self.evidence(agency.id, agency.portal), now, confirm_after_hours=20)
        today = now.astimezone(SHANGHAI).date()
        silenced = frozenset(waived_rules(agency.id, YEAR, registry.waivers, today)) - {EVERY_RULE}
        standing = standing_of(case)
        readable = readable_report(case.evidence)
        if readable is None:
            return Matter(agency, case, standing, (), silenced)
        found = tuple(one for one in findings_on(agency, self._read(readable)) if one.rule not in silenced)
        standing = replace(
            standing, content=content_verdict(found), errors=len(content_findings(found, Severity.ERROR))
        )
        return Matter(agency, case, standing, found, silenced)

    def evidence(self, agency, portal):
        """The records that the facts on one agency come to."""
        numbered = [each for each in enumerate(self.log.scans) if agency in each[1].agencies]
        numbered.sort(key=lambda each: each[1].at)
        looks = tuple(
            Look(
                run=f"run-{number}",
                scans=(f"run-{number}/1",),
                started_at=scan.at,
                outcome=Outcome(scan.outcome),
                detail="",
                control="平川市水利局2023年年报" if scan.control else None,
                found=scan.saw(agency),
                is_time_doubted=scan.doubted,
            )
            for number, scan in numbered
        )
        bulk = frozenset().union(*(scan.bulk for scan in self.log.scans if scan.portal == portal))
        listed = defaultdict(list)
        read = defaultdict(list)
        for _, scan in numbered:
            if agency in scan.rows:
                listed[scan.rows[agency].listed_on].append(scan.at)
            if agency in scan.reads:
                read[scan.reads[agency]].append(scan.at)
        url = address(portal, agency)
        sightings = tuple(
            Sighting(url, "2024年年报", times[0], times[-1], day, day in bulk) for day, times in listed.items()
        )
        latest = max(read, key=lambda each: read[each][-1], default=None)
        reports = tuple(
            StoredReport(
                id=number,
                agency=agency,
                report_year=YEAR,
                url=url,
                digest=digest_of(agency, each),
                title=None,
                first_seen_at=times[0],
                fetched_at=times[0],
                published_on=each.dates[0] if each.dates else None,
                dates=tuple(StatedDate(day, DateSource.META_PUBDATE) for day in each.dates),
                bulk_dates=frozenset(each.dates) & bulk,
                reason="encrypted" if each.quality == "unreadable" else None,
                is_current=each == latest,
                is_attested=False,
            )
            for number, (each, times) in enumerate(read.items())
        )
        words = sorted(self.log.words.get(agency, ()), key=lambda word: word.at)
        return Evidence(looks, sightings, reports, tuple(attestation(agency, word) for word in words))

    def _read(self, stored):
        """The reading that a stored version came from."""
        if stored.digest not in self.numbers:
            reads = {each for scan in self.log.scans for each in scan.reads.values()}
            self.numbers |= {digest_of(stored.agency, each): each for each in reads}
        return self.numbers[stored.digest]


def made_template(folder: Path) -> Path:
    """An empty database, made once: the others are copies."""
    path = folder / "empty.db"
    db = open_database(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path
