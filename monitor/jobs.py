"""The acts of the watch, each from what the one before it stored: scan, ingest, check, notify.

The rim: here the database, the portals, the environment and the receivers meet. Any act can be run again,
by a person or by the service (`monitor.service.watchman`); what is due is always asked of the database.
"""

from __future__ import annotations

import dataclasses
import os
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.crawl import crawl
from crawler.ingest import ingest_finished, ingest_folders
from crawler.requests import configured_request
from monitor.agency_years.lifetimes import former_names
from monitor.judgement.judging import Memory
from monitor.judgement.matters import Sitting
from monitor.judgement.scope import agencies_to_scan, learn
from monitor.judgement.verdicts import check_due, check_year
from monitor.notices.channels import recipients
from monitor.notices.restored import mark_as_doubtful, restoring_of
from monitor.notices.sending import LIMIT, send_unsent
from storage.captures import Captures
from storage.database import load_memory, save_registry, vanished_reports
from storage.database.connection import writing
from storage.database.scans import doubt_scans_after
from storage.errors import CrawlBusyError, CrawlError
from storage.records import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime

    from crawler.crawl import Progress
    from crawler.ingest import IngestedRun
    from monitor.judgement.verdicts import Checked
    from monitor.notices.sending import Delivery
    from storage.configuration import Configuration
    from storage.database import Database
    from storage.errors import RunFolderError
    from storage.records import Agency, Registry

PORTALS_A_RUN = 100
"""Portals that one crawl visits; what it saw is ingested before the next one starts."""


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
        """Digests that were not taken, and dead channels for which something waits; all of it stays unsent."""
        return sum(delivery.error is not None and not delivery.is_waiting for delivery in self.deliveries)


def default_year(now: datetime) -> int:
    """The report year that is watched at that instant: the year before, in Asia/Shanghai."""
    return now.astimezone(SHANGHAI).year - 1


def scan_due(
    db: Database, registry: Registry, configuration: Configuration, now: datetime, *, memory: Memory | None = None
) -> tuple[Agency, ...]:
    """The agencies that are to be looked at now, by the season's plan, longest unseen first.

    `memory` spares a service that knows its registry already to take it in again. Who was renamed since the report
    year ended is looked for under the former name too.
    """
    year = default_year(now)
    sitting = Sitting(registry, year, now, configuration.watch, configuration.language)
    due = agencies_to_scan(db, sitting, memory or Memory())
    former = former_names(due, registry.agencies, registry.successions, year)
    return (*due, *former)


def scan(
    db: Database,
    registry: Registry,
    configuration: Configuration,
    clock: Callable[[], datetime],
    agencies: Sequence[Agency],
    *,
    years: Sequence[int] = (),
    is_afresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Iterator[IngestedRun | RunFolderError | CrawlError]:
    """Look at the portals for these agencies, ingest what was seen, and give what every run of this brought.

    `clock` tells the instant of each act; `years` are the report years to fetch, by default the watched
    one; the years before them come along as controls. A crawl that fails is tried again portal by portal,
    so that one portal that kills it costs no other its scan; what fails alone is given as its error.
    What earlier crawls learnt of the portals spares this one most of its requests; with `is_afresh`, as a
    person who asks for a look wants it, lists are read whole and articles fetched again.
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
        known = load_memory(db, portion, request.now, archive.has, is_afresh=is_afresh)
        vanished = vanished_reports(db, portion, request.years)
        try:
            told = dataclasses.replace(request, known=known, vanished=vanished)
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
    """Take over every finished run that the database does not have; damaged ones are given as their errors.

    Stored scans that claim a time to come are marked: the clock was wrong when they were made, or is now.
    """
    save_registry(db, registry, at)
    doubt_scans_after(db, at)
    yield from ingest_finished(db, Captures(configuration.captures), configuration.runs, at=at)


def check(
    db: Database,
    registry: Registry,
    configuration: Configuration,
    now: datetime,
    report_year: int,
    *,
    memory: Memory | None = None,
    guard: Callable[[Database], None] | None = None,
) -> Checked:
    """Bring obligations, findings and alerts of a report year up to `now`; `guard` is called where it is saved.

    With the `memory` of a service only what may have changed since is judged, without one everything is.
    """
    known = Memory() if memory is None else memory
    learn(known, registry)
    with writing(db):
        if guard is not None:
            guard(db)
        save_registry(db, registry, now, digest=known.digest)
    how = check_year if memory is None else check_due
    language = configuration.language
    return how(db, registry, configuration.watch, now, report_year, language=language, memory=known, guard=guard)


def notify(
    db: Database,
    configuration: Configuration,
    now: datetime,
    *,
    limit: float = LIMIT,
    resting: Collection[str] = (),
    is_paced: bool = False,
    guard: Callable[[Database], None] | None = None,
) -> Sent:
    """Send what is unsent. `resting` channels, and those that another process is sending to, are left alone.

    `is_paced`: as the service does it, minding quiet hours, intervals and rests after failures; a person who
    asks for it gets everything sent at once. `guard` raises where sending is not ours to do any more.
    """
    if guard is not None:
        with writing(db):
            guard(db)
    if restoring_of(db, now) is not None:
        keys = [recipient.key for recipient in recipients(configuration.notify)]
        resting = {*resting, *mark_as_doubtful(db, keys, now, is_paced=is_paced)}
    return Sent(send_unsent(db, configuration, now, os.environ, limit=limit, resting=resting, is_paced=is_paced))
