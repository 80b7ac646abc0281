"""The acts of the watch, each from what the one before it stored: scan, ingest, check, notify.

The rim: here the database, the portals, the environment and the receivers meet. Any act can be run again,
by a person or by the service (`run_service`); what is due is always asked of the database.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import sys
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crawler.crawl import crawl
from crawler.ingest import ingest_finished, ingest_folders
from crawler.requests import configured_request
from monitor.case import lay_out
from monitor.judging import Memory
from monitor.locks import held_lock
from monitor.notices import LIMIT, send_unsent
from monitor.obligations import obligations
from monitor.registry import registry_of
from monitor.seasons import due_agencies
from monitor.service import Backoff, Job, keep_time, run_child, stop_on_signal
from monitor.verdicts import check_year
from storage.captures import Captures
from storage.database import checked_at, evidence_of_year, load_memory, open_database, save_registry
from storage.errors import CrawlBusyError, CrawlError
from storage.records import SHANGHAI, Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from crawler.crawl import Progress
    from crawler.ingest import IngestedRun
    from monitor.notices import Delivery
    from monitor.verdicts import Checked
    from storage.configuration import Configuration
    from storage.database import Database
    from storage.errors import RunFolderError
    from storage.records import Agency, Registry

PORTALS_A_RUN = 100
"""Portals that one crawl visits; what it saw is ingested before the next one starts."""

NOTIFY_LOCK = "notify.lock"
SERVICE_LOCK = "service.lock"

SCHEDULE: Mapping[str, timedelta] = {
    "scan": timedelta(minutes=10),
    "ingest": timedelta(minutes=5),
    "check": timedelta(minutes=15),
    "notify": timedelta(minutes=1),
}
"""How often the service asks whether an act has something to do."""

CLOCK_BACK = timedelta(minutes=1)
"""A clock that stands so long before the last verdict has gone back: nothing is judged by it."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of every channel's digest; channels with nothing to hear are absent."""

    deliveries: tuple[Delivery, ...]

    @property
    def sent(self) -> int:
        """Digests that their receivers took."""
        return sum(delivery.error is None for delivery in self.deliveries)

    @property
    def failed(self) -> int:
        """Digests that were not taken; they stay unsent."""
        return len(self.deliveries) - self.sent


def default_year(now: datetime) -> int:
    """The report year that is watched at that instant: the year before, in Asia/Shanghai."""
    return now.astimezone(SHANGHAI).year - 1


def scan_due(db: Database, registry: Registry, configuration: Configuration, now: datetime) -> tuple[Agency, ...]:
    """The agencies that are to be looked at now, by the season's plan, longest unseen first."""
    year = default_year(now)
    owed = obligations(registry.agencies, year, registry.waivers, now, language=configuration.language)
    evidence = evidence_of_year(db, year)
    watch = configuration.watch
    cases = {
        agency.id: lay_out(
            owed[agency.id],
            evidence.get(agency.id, Evidence()),
            now,
            confirm_after_hours=watch.confirm_after_hours,
            grace_days=watch.grace_days,
        )
        for agency in registry.agencies
    }
    return due_agencies(registry.agencies, cases, now)


def scan(
    db: Database,
    registry: Registry,
    configuration: Configuration,
    clock: Callable[[], datetime],
    agencies: Sequence[Agency],
    *,
    years: Sequence[int] = (),
    progress: Callable[[Progress], None] | None = None,
) -> Iterator[IngestedRun | RunFolderError | CrawlError]:
    """Look at the portals for these agencies, ingest what was seen, and give what every run of this brought.

    `clock` tells the instant of each act; `years` are the report years to fetch, by default the watched
    one; the years before them come along as controls. A crawl that fails is tried again portal by portal,
    so that one portal that kills it costs no other its scan; what fails alone is given as its error.
    What earlier crawls learnt of the portals spares this one most of its requests.
    CrawlBusyError where another crawl is under way.
    """
    save_registry(db, registry, clock())
    fetched = tuple(years) or (default_year(clock()),)
    whole = configured_request(
        configuration,
        now=clock(),
        portals=registry.portals,
        agencies=agencies,
        years=fetched,
        control_years=tuple(sorted({year - 1 for year in fetched} - set(fetched))),
    )
    archive = Captures(configuration.captures)
    order = tuple(dict.fromkeys(agency.portal for agency in agencies))
    portions = deque(order[start : start + PORTALS_A_RUN] for start in range(0, len(order), PORTALS_A_RUN))
    while portions:
        portion = portions.popleft()
        request = dataclasses.replace(
            whole,
            now=clock(),
            portals=tuple(portal for portal in whole.portals if portal.id in portion),
            agencies=tuple(agency for agency in agencies if agency.portal in portion),
        )
        known = load_memory(db, portion, request.now, archive.has)
        try:
            told = dataclasses.replace(request, known=known)
            run = crawl(told, data=configuration.data, progress=progress, archive=archive)
        except CrawlBusyError:
            raise
        except CrawlError as error:
            if len(portion) == 1:
                yield error
            else:
                portions.extend((portal,) for portal in portion)
        else:
            results = ingest_folders(db, archive, (run,) if run else (), at=clock())
            yield from (result for result in results if result is not None)


def ingest(
    db: Database, registry: Registry, configuration: Configuration, at: datetime
) -> Iterator[IngestedRun | RunFolderError]:
    """Take over every finished run that the database does not have; damaged ones are given as their errors."""
    save_registry(db, registry, at)
    yield from ingest_finished(db, Captures(configuration.captures), configuration.runs, at=at)


def check(
    db: Database,
    registry: Registry,
    configuration: Configuration,
    now: datetime,
    report_year: int,
    *,
    memory: Memory | None = None,
) -> Checked:
    """Bring obligations, findings and alerts of a report year up to `now`."""
    save_registry(db, registry, now)
    return check_year(
        db, registry, configuration.watch, now, report_year, language=configuration.language, memory=memory
    )


def notify(
    db: Database, configuration: Configuration, now: datetime, *, limit: float = LIMIT, resting: Collection[str] = ()
) -> Sent:
    """Send what is unsent; BusyError where another process is sending. `resting` channels are left alone."""
    with held_lock(configuration.data / NOTIFY_LOCK):
        return Sent(send_unsent(db, configuration, now, os.environ, limit=limit, resting=resting))


def run_service(configuration: Configuration, *, site: Sequence[str] | None = None) -> None:
    """The service: the acts by SCHEDULE and the site's process, until SIGTERM or SIGINT.

    `site` is the command that serves the site, by default `nianbao serve`; empty for none. BusyError where
    another service works on the same data.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    command = _nianbao(configuration, "serve") if site is None else site
    with held_lock(configuration.data / SERVICE_LOCK):
        open_database(configuration.database).close()
        stop = threading.Event()
        watch = Watch(configuration, stop)
        acts = {"scan": watch.scan, "ingest": watch.ingest, "check": watch.check, "notify": watch.notify}
        jobs = [Job(name, every, acts[name]) for name, every in SCHEDULE.items()]
        with stop_on_signal(stop):
            keep_time(jobs, command, stop)


@dataclass(slots=True)
class Watch:
    """The acts as the service calls them, each in a thread and with a database connection of its own.

    The registry is read anew for every act, so that an edit counts without a restart. What is remembered
    only spares work: findings that cannot have changed, and whom to leave alone after a failure.
    """

    configuration: Configuration
    stop: threading.Event
    memories: dict[int, Memory] = field(default_factory=dict)
    remembered_on: str = ""
    crawls: Backoff = field(default_factory=lambda: Backoff(timedelta(hours=1), timedelta(days=1)))
    channels: Backoff = field(default_factory=lambda: Backoff(timedelta(minutes=1), timedelta(days=1)))

    def scan(self) -> None:
        """Start `nianbao crawl` where something is due; it ends with the service."""
        if self.crawls.resting(time.monotonic()):
            return
        with self._database() as db:
            due = scan_due(db, self._registry(), self.configuration, datetime.now(SHANGHAI))
        if not due:
            return
        _LOG.info("scan: %d agencies are due", len(due))
        code = run_child(_nianbao(self.configuration, "crawl"), self.stop)
        self.crawls.note("crawl", time.monotonic(), failed=code not in {0, None})

    def ingest(self) -> None:
        """Take over runs that were left: by workers elsewhere, or by a crawl that was cut short."""
        with self._database() as db:
            for result in ingest(db, self._registry(), self.configuration, datetime.now(SHANGHAI)):
                _LOG.info("ingest: %s", result)

    def check(self) -> None:
        """Judge the watched year, and the year before where it was ever judged."""
        now = datetime.now(SHANGHAI)
        year = default_year(now)
        if self.remembered_on != now.date().isoformat():
            self.memories, self.remembered_on = {}, now.date().isoformat()
        with self._database() as db:
            for report_year in (year, year - 1):
                last = checked_at(db, report_year)
                if last is not None and now < last - CLOCK_BACK:
                    _LOG.error("check: the clock stands before the last verdicts (%s); nothing is judged", last)
                elif last is not None or report_year == year:
                    memory = self.memories.setdefault(report_year, Memory())
                    done = check(db, self._registry(), self.configuration, now, report_year, memory=memory)
                    _LOG.info("check %d: %d changes of the alert book", report_year, len(done.changes))

    def notify(self) -> None:
        """Send what is unsent to every channel that is not resting after a failure."""
        resting = self.channels.resting(time.monotonic())
        with self._database() as db:
            done = notify(db, self.configuration, datetime.now(SHANGHAI), resting=resting)
        for delivery in done.deliveries:
            self.channels.note(delivery.channel, time.monotonic(), failed=delivery.error is not None)

    def _registry(self) -> Registry:
        return registry_of(self.configuration)

    @contextmanager
    def _database(self) -> Iterator[Database]:
        db = open_database(self.configuration.database)
        try:
            yield db
        finally:
            db.close()


def _nianbao(configuration: Configuration, *verb: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "monitor.cli", "--config", str(configuration.path), *verb)
