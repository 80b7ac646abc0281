"""The acts of the watch as the service calls them: each noted, guarded by the lease, and held when it must not be.

What is remembered only spares work or holds it: findings that cannot have changed, whom to leave alone after
a failure, whether the clock is to be believed. All that is due is asked of the database.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from crawler.ingest import RUN_FAILED
from crawler.runs import only_crawl
from monitor import jobs
from monitor.agency_years.proofs import minute_text
from monitor.failures import failure_text
from monitor.judgement.judging import Memory
from monitor.notices.channels import is_nobody_reached, recipients
from monitor.service import troubles
from monitor.service.children import run_child
from monitor.service.clock import MOST_SKEW, Clock, gainsaying, skew
from monitor.service.heartbeat import BUSY
from monitor.service.metronome import Backoff
from monitor.service.upkeep import Upkeep
from storage.database import alerts_about, channel_states, checked_at, load_scans, open_database
from storage.database.acts import Act, ActOutcome, load_acts
from storage.database.alerts import accused_years
from storage.database.service import portal_answers, scans_ingested_since
from storage.errors import CrawlBusyError, LeaseLostError, ReportsError, SpokenError
from storage.records import AlertState
from storage.service_settings import ACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from monitor.service.tenure import Turn
    from storage.configuration import Configuration
    from storage.database import Database
    from storage.records import Registry

CLOCK_BACK = timedelta(minutes=1)
"""A clock that stands so long before the last verdict has gone back: nothing is judged by it."""

RESTED = timedelta(hours=1)
"""A service that was down for longer looks afresh before it judges anything."""

LONGEST_DOUBT = timedelta(hours=6)
"""So long a fresh look may be owed after a clock's jump, before the operator is told."""

DAY, MONTH = timedelta(days=1), timedelta(days=30)

LONGEST_BUSY = timedelta(hours=6)
"""So long another crawl may hold the right to crawl while something is due, before the operator is told."""

LONGEST_REST = timedelta(minutes=15)
"""Between two tries while the database cannot be used."""

DATABASE, CRAWL = "database", "crawl"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """How an act ended, with what is worth keeping of it."""

    outcome: ActOutcome = ActOutcome.GOOD
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Watchman:
    """The acts of one turn of holding the lease; each is called in a thread of its own, never twice at a time."""

    configuration: Configuration
    turn: Turn
    command: Callable[..., Sequence[str]]
    clock: Clock = field(default_factory=Clock)
    memories: dict[int, Memory] = field(default_factory=dict)
    looked: Memory = field(default_factory=Memory)
    remembered_on: str = ""
    crawls: Backoff = field(default_factory=lambda: Backoff(timedelta(hours=1), timedelta(days=1)))
    keeper: Upkeep = field(init=False)
    resting: Backoff = field(init=False)
    was_up: bool = False
    busy_since: float | None = None

    def __post_init__(self) -> None:
        self.keeper = Upkeep(self.configuration, self.turn)
        self.resting = Backoff(self.configuration.service.every["upkeep"], LONGEST_REST)

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """Name → what the schedule calls."""
        bodies: Mapping[str, Callable[[Database], Ended]] = {
            "scan": self.scan,
            "ingest": self.ingest,
            "check": self.check,
            "notify": self.notify,
            "upkeep": self.upkeep,
        }
        return {name: partial(self._act, name, body) for name, body in bodies.items()}

    def scan(self, db: Database) -> Ended:
        """Start `nianbao crawl` where something is due and nothing speaks against it; it ends with the turn."""
        begun = self.clock.monotonic()
        if self.crawls.resting(time.monotonic()):
            return Ended(ActOutcome.WAITING, {"why": "resting"})
        if self.keeper.must_wait():
            return Ended(ActOutcome.WAITING, {"why": troubles.DISK})
        reading = self.keeper.registry.read()
        now = self.clock.wall()
        # A memory of its own: a check may be learning another registry in its thread. It only spares work, because
        # who is due is told by the agenda and the registry that is given.
        due = jobs.scan_due(db, reading.registry, self.configuration, now, memory=self.looked)
        if not due:
            self._at_liberty(db, now)
        else:
            try:
                # A crawl by hand, or one that a killed service left, is waited for; what killed ones left goes.
                with only_crawl(self.configuration.runs, patience=0):
                    pass
            except CrawlBusyError:
                return self._busy(db, now, len(due))
            self._at_liberty(db, now)
            _LOG.info("scan: %d agencies are due", len(due), extra={"act": "scan"})
            code = run_child(self.command("crawl", "--registry", str(reading.folder)), self._must_end, name="scan")
            if code is None:
                return Ended(ActOutcome.WAITING, {"why": "ended", "due": len(due)})
            seen = self._tell_scans(db, now)
            if seen:
                # Others were looked at: one portal that kills the crawl must not hold up all of them for long.
                self.crawls.note(CRAWL, time.monotonic(), failed=False)
            self.crawls.note(CRAWL, time.monotonic(), failed=code != 0)
            if code != 0:
                _LOG.error("scan: the crawl ended with code %d", code, extra={"act": "scan", "outcome": "failed"})
                if seen:
                    # What one portal does to its crawl must not hold the verdicts on all the others.
                    self._settle(db, begun, now)
                return Ended(ActOutcome.FAILED, {"code": code, "due": len(due)})
        self._settle(db, begun, now)
        return Ended(detail={"due": len(due)})

    def ingest(self, db: Database) -> Ended:
        """Take over runs that were left: by workers elsewhere, or by a crawl that was cut short."""
        taken = damaged = 0
        outcome = ActOutcome.GOOD
        for result in jobs.ingest(db, self._registry(), self.configuration, self.clock.wall()):
            is_damaged = isinstance(result, ReportsError)
            damaged, taken = damaged + is_damaged, taken + (not is_damaged)
            text = failure_text(result, self.configuration.language) if isinstance(result, ReportsError) else result
            _LOG.log(logging.ERROR if is_damaged else logging.INFO, "ingest: %s", text, extra={"act": "ingest"})
            if isinstance(result, SpokenError) and result.key == RUN_FAILED:
                outcome = ActOutcome.FAILED
        return Ended(outcome, {"taken": taken, "damaged": damaged})

    def check(self, db: Database) -> Ended:
        """Judge the watched year, the year before where it was ever judged, and older ones that are still accused."""
        now = self.clock.wall()
        ahead, held = self._held_by_clock(db, now)
        if held is not None:
            return held
        year = jobs.default_year(now)
        if self.remembered_on != now.date().isoformat():
            self.memories, self.remembered_on = {}, now.date().isoformat()
        changes, failed = 0, 0
        older = (accused for accused in accused_years(db) if accused < year - 1)
        for report_year in (year, year - 1, *older):
            last = checked_at(db, report_year)
            if last is not None and now < last - CLOCK_BACK and ahead is None:
                self.keeper.troubles.tell(db, troubles.CLOCK_BACK, now, last=minute_text(last))
                _LOG.error("check: the clock stands before the last verdicts (%s); nothing is judged", last)
                return Ended(ActOutcome.WAITING, {"why": "clock_back"})
            if last is not None or report_year == year:
                memory = self.memories.setdefault(report_year, Memory())
                done = jobs.check(
                    db,
                    self._registry(),
                    self.configuration,
                    now,
                    report_year,
                    memory=memory,
                    guard=self.turn.guard,
                )
                self.keeper.troubles.end(db, troubles.CLOCK_BACK, now)
                changes, failed = changes + len(done.changes), failed + len(done.failed)
                _LOG.info("check %d: %d changes of the alert book", report_year, len(done.changes))
        if failed:
            return Ended(ActOutcome.FAILED, {"changes": changes, "reports_not_judged": failed})
        return Ended(detail={"changes": changes})

    def notify(self, db: Database) -> Ended:
        """Send what is unsent to every channel that is due it. While none of them can be reached all is not well."""
        now = self.clock.wall()
        done = jobs.notify(db, self.configuration, now, is_paced=True, guard=self.turn.guard)
        detail = {"sent": done.sent, "failed": done.failed}
        if is_nobody_reached(recipients(self.configuration.notify), channel_states(db), now):
            return Ended(ActOutcome.FAILED, {"why": "nobody", **detail})
        return Ended(detail=detail)

    def upkeep(self, db: Database) -> Ended:
        """See to the disk, the registry's files, the database's health, and give the sign of life."""
        return Ended(detail=self.keeper.see_to_all(db, self.clock.wall()))

    def _act(self, name: str, body: Callable[[Database], Ended]) -> None:
        """One turn of an act, noted before and after; what a person must act on is logged in their language."""
        if self.turn.over.is_set() or self.resting.resting(time.monotonic()):
            return
        started, begun = self.clock.wall(), self.clock.monotonic()
        try:
            with closing(open_database(self.configuration.database)) as db:
                self._start_up(db)
                self.clock.look()
                self.keeper.note(db, Act(name, self.turn.owner, started))
                ended = self._outcome(name, body, db)
                seconds = round(self.clock.monotonic() - begun, 3)
                self.keeper.note(
                    db, Act(name, self.turn.owner, started, self.clock.wall(), ended.outcome, seconds, ended.detail)
                )
        except LeaseLostError:
            self._lost(name)
            return
        except (ReportsError, OSError, sqlite3.Error) as error:
            # The database itself: nothing can be noted, and every act would say the same each time.
            self.resting.note(DATABASE, time.monotonic(), failed=True)
            self._complain(name, error)
            return
        self.resting.note(DATABASE, time.monotonic(), failed=False)
        extra = {"act": name, "outcome": ended.outcome.value, "seconds": seconds}
        _LOG.log(logging.DEBUG if name in {"upkeep", "notify"} else logging.INFO, "%s: ended", name, extra=extra)

    def _outcome(self, name: str, body: Callable[[Database], Ended], db: Database) -> Ended:
        try:
            return body(db)
        except LeaseLostError:
            raise
        except (ReportsError, OSError, sqlite3.Error) as error:
            self._complain(name, error)
            kind = type(error).__name__
            key = error.key if isinstance(error, SpokenError) else None
            return Ended(ActOutcome.FAILED, {"error": kind, "key": key})
        except Exception as error:  # noqa: BLE001 - a fault of this program: the other acts go on, and all can see it
            _LOG.exception("%s: a fault of the program", name, extra={"act": name, "outcome": "failed"})
            return Ended(ActOutcome.FAILED, {"error": type(error).__name__})

    def _complain(self, name: str, error: Exception) -> None:
        text = failure_text(error, self.configuration.language)
        extra = {"act": name, "outcome": "failed", "error": type(error).__name__}
        _LOG.error("%s: %s: %s", name, type(error).__name__, text, extra=extra)

    def _lost(self, name: str) -> None:
        _LOG.error("%s: refused, another service has taken over", name, extra={"act": name, "outcome": "lease_lost"})
        self.turn.over.set()

    def _start_up(self, db: Database) -> None:
        """At the first act: after a long standstill, or where the clock has gone back, look before judging."""
        if self.was_up:
            return
        self.was_up = True
        ends = [act.ended_at or act.started_at for act in load_acts(db).values() if act.name in ACTS]
        now = self.clock.wall()
        if ends and not -CLOCK_BACK <= now - max(ends) <= RESTED:
            self.clock.doubt(f"the last act of a service was at {max(ends)}")

    def _must_end(self) -> bool:
        return self.turn.over.is_set() or self.keeper.must_wait()

    def _busy(self, db: Database, now: datetime, due: int) -> Ended:
        """Another crawl has the right to crawl. It is waited for, and told of when it does not end."""
        at = self.clock.monotonic()
        self.busy_since = at if self.busy_since is None else self.busy_since
        detail = {"why": BUSY, "due": due}
        if at - self.busy_since < LONGEST_BUSY.total_seconds():
            return Ended(detail=detail)
        self.keeper.troubles.tell(db, troubles.BUSY, now, hours=int(LONGEST_BUSY.total_seconds() // 3600), due=due)
        return Ended(ActOutcome.WAITING, detail)

    def _at_liberty(self, db: Database, now: datetime) -> None:
        self.busy_since = None
        self.keeper.troubles.end(db, troubles.BUSY, now)

    def _held_by_clock(self, db: Database, now: datetime) -> tuple[timedelta | None, Ended | None]:
        """How far our clock is ahead by the portals' (None: too few speak), and why nothing is judged by it, if so."""
        doubted = self.clock.doubted_since
        if doubted is not None:
            if self.clock.monotonic() - doubted >= LONGEST_DOUBT.total_seconds():
                self.keeper.troubles.tell(db, troubles.NO_LOOK, now)
            return None, Ended(ActOutcome.WAITING, {"why": "clock"})
        self.keeper.troubles.end(db, troubles.NO_LOOK, now)
        ahead = skew(self._answers(db, now, DAY))
        if ahead is not None and abs(ahead) > MOST_SKEW:
            return ahead, self._wrong_clock(db, now, ahead, troubles.CLOCK)
        self.keeper.troubles.end(db, troubles.CLOCK, now)
        gainsaid = gainsaying(self._answers(db, now, MONTH), now - DAY) if ahead is None else None
        if gainsaid is None:
            self.keeper.troubles.end(db, troubles.CLOCK_PORTAL, now)
        elif not self._is_taken_note_of(db, troubles.CLOCK_PORTAL):
            return ahead, self._wrong_clock(db, now, gainsaid, troubles.CLOCK_PORTAL)
        return ahead, None

    def _answers(self, db: Database, now: datetime, within: timedelta) -> list[tuple[str, datetime, Mapping[str, str]]]:
        """What portals answered lately. What a clock that ran ahead says of a time to come is no answer."""
        return [heard for heard in portal_answers(db, now - within) if heard[1] <= now]

    def _wrong_clock(self, db: Database, now: datetime, ahead: timedelta, trouble: str) -> Ended:
        minutes = round(ahead.total_seconds() / 60)
        self.keeper.troubles.tell(db, trouble, now, minutes=minutes)
        _LOG.error("check: our clock is %d minutes ahead of the portals'; nothing is judged", minutes)
        return Ended(ActOutcome.WAITING, {"why": "skew", "minutes": minutes})

    def _is_taken_note_of(self, db: Database, trouble: str) -> bool:
        """Has a person said of a trouble that is going on that all is well?"""
        own = [alert for alert in alerts_about(db, trouble) if alert.subject == trouble and alert.report_year is None]
        return any(alert.state is AlertState.ACKNOWLEDGED for alert in own)

    def _settle(self, db: Database, begun: float, now: datetime) -> None:
        if self.clock.settle(begun):
            self.keeper.note(db, Act("clock", self.turn.owner, now, self.clock.wall(), ActOutcome.GOOD))
            _LOG.info("clock: a fresh look has ended; judging goes on", extra={"act": "clock"})

    def _registry(self) -> Registry:
        return self.keeper.registry.read().registry

    def _tell_scans(self, db: Database, since: datetime) -> int:
        """A line in the log for every scan that came in since; how many there are."""
        scans = load_scans(db, scans_ingested_since(db, since))
        for scan in scans.values():
            seconds = (scan.finished_at - scan.started_at).total_seconds()
            extra = {"act": "scan", "portal": scan.portal, "outcome": scan.outcome.value, "seconds": seconds}
            if len(scan.agencies) == 1:
                extra["agency"] = scan.agencies[0]
            _LOG.info("scan of %s: %s, %d rows", scan.portal, scan.outcome.value, scan.rows_seen, extra=extra)
        return len(scans)
