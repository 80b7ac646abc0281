"""What the service does for itself between the acts: room on the disk, a sound database, a registry in order,
and the sign of life to the outside."""

from __future__ import annotations

import logging
import os
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from monitor.channel_cautions import channel_cautions
from monitor.failures import failure_text
from monitor.notices.pacing import longest_wait
from monitor.service import troubles
from monitor.service.disk import MIB, MOST_WAL, is_low, room, size_of
from monitor.service.good_registry import GoodRegistry, Reading
from monitor.service.heartbeat import beat, is_good_cycle
from monitor.service.troubles import Troubles
from storage.database import open_reader
from storage.database.acts import Act, ActOutcome, load_act, load_acts, save_act
from storage.database.connection import writing
from storage.database.service import damage
from storage.errors import ConfigurationError, RegistryError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.service.tenure import Turn
    from storage.configuration import Configuration
    from storage.database import Database

SOUND_FOR = timedelta(days=1)
"""How long a database that was found sound is taken for it."""

LONGEST_LINE = 2000
"""Characters of the registry's faults that the log repeats; `registry check` lists them all."""

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Upkeep:
    """The state of what is kept up during one turn of holding the lease; called by one thread at a time."""

    configuration: Configuration
    turn: Turn
    registry: GoodRegistry = field(init=False)
    troubles: Troubles = field(init=False)
    is_disk_low: bool = False
    beaten_at: datetime | None = None
    cautioned: Reading | None = None

    def __post_init__(self) -> None:
        self.registry = GoodRegistry(self.configuration)
        self.troubles = Troubles(self.configuration.language, self.turn.guard)

    def see_to_all(self, db: Database, now: datetime) -> Mapping[str, Any]:
        """Every part once; what `/healthz` must know of the settings comes back."""
        settings, data = self.configuration.service, self.configuration.data
        self.is_disk_low = is_low(data, settings.min_free_mib, was_low=self.is_disk_low)
        space = room(data, settings.min_free_mib)
        if self.is_disk_low:
            if troubles.DISK not in self.troubles.ongoing:
                _LOG.error("disk: %d MiB free, crawls wait", space.free // MIB, extra={"act": "upkeep"})
            self.troubles.tell(db, troubles.DISK, now, free=space.free // MIB, least=space.least // MIB)
        else:
            self.troubles.end(db, troubles.DISK, now)
        self._see_to_registry(db, now)
        self._see_to_database(db, now)
        self._give_sign_of_life(db, now)
        every = {name: length.total_seconds() for name, length in settings.every.items()}
        waiting = longest_wait(self.configuration.notify).total_seconds()
        return {"every": every, "least_free": space.least, "is_disk_low": self.is_disk_low, "unsent_after": waiting}

    def must_wait(self) -> bool:
        """Is there too little room for a crawl, by the last look or this very moment?"""
        space = room(self.configuration.data, self.configuration.service.min_free_mib)
        return self.is_disk_low or space.free < space.least

    def note(self, db: Database, act: Act) -> None:
        """Save how an act goes, unless another service has taken over."""
        with writing(db):
            self.turn.guard(db)
            save_act(db, act)

    def _see_to_registry(self, db: Database, now: datetime) -> None:
        text = ""
        try:
            reading = self.registry.read()
            fault = reading.fault
            self._tell_cautions(reading)
        except RegistryError as error:
            fault, text = error, troubles.NO_REGISTRY
        if fault is None:
            self.troubles.end(db, troubles.REGISTRY, now)
            return
        if troubles.REGISTRY not in self.troubles.ongoing:
            told = failure_text(fault, self.configuration.language)[:LONGEST_LINE]
            _LOG.error("registry: %s", told, extra={"act": "upkeep"})
        first = str(fault.faults[0]) if fault.faults else ""
        self.troubles.tell(db, troubles.REGISTRY, now, text=text, fault=first)

    def _tell_cautions(self, reading: Reading) -> None:
        """Into the log, once a registry: channels whose regions nobody lies in, and the like."""
        if reading is not self.cautioned:
            self.cautioned = reading
            for caution in channel_cautions(self.configuration, reading.registry, os.environ):
                _LOG.warning("%s", caution, extra={"act": "upkeep"})

    def _see_to_database(self, db: Database, now: datetime) -> None:
        wal = size_of(self.configuration.database.with_name(self.configuration.database.name + "-wal"))
        if wal > MOST_WAL:
            self.troubles.tell(db, troubles.WAL, now, mib=wal // MIB)
        else:
            self.troubles.end(db, troubles.WAL, now)
        last = load_act(db, "quick_check")
        if last is not None and last.ended_at is not None and now - SOUND_FOR < last.ended_at <= now:
            return
        with closing(open_reader(self.configuration.database)) as reader:
            found = damage(reader)
        if found:
            _LOG.error("quick_check: %s", "; ".join(found), extra={"act": "quick_check", "outcome": "failed"})
            self.troubles.tell(db, troubles.DAMAGE, now, found="; ".join(found[:3]))
        else:
            self.troubles.end(db, troubles.DAMAGE, now)
        self.note(db, Act("quick_check", self.turn.owner, now, now, ActOutcome.FAILED if found else ActOutcome.GOOD))

    def _give_sign_of_life(self, db: Database, now: datetime) -> None:
        settings = self.configuration.service
        since = self.beaten_at
        if not settings.heartbeat_url or (since is not None and timedelta() <= now - since < settings.heartbeat_every):
            return
        mine = {name: act for name, act in load_acts(db).items() if act.owner == self.turn.owner}
        if not is_good_cycle(mine, since, now):
            return
        try:
            error = beat(settings, os.environ, self.configuration.language, proxy=self.configuration.crawl.proxy)
        except ConfigurationError as unset:
            error = str(unset)
        # One that failed is not tried again at once either: the next good cycle brings the next.
        self.beaten_at = now
        outcome = ActOutcome.GOOD if error is None else ActOutcome.FAILED
        if error is not None:
            _LOG.warning("heartbeat: %s", error, extra={"act": "heartbeat", "outcome": "failed"})
        self.note(db, Act("heartbeat", self.turn.owner, now, now, outcome, detail={"error": error}))
