"""The metronome: a few jobs at fixed intervals, the site beside them, and an orderly end.

APScheduler only says when. Its jobs live in memory and hold no state: a job that was killed or slept
through is simply run again, because all that is due is asked of the database.
"""

from __future__ import annotations

import logging
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from monitor.service.children import run_child
from storage.records import SHANGHAI

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence

RESTART_AFTER, LONGEST_RESTART = timedelta(seconds=5), timedelta(minutes=5)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One act of the schedule: run at once, then `every` so often, never twice at a time."""

    name: str
    every: timedelta
    act: Callable[[], object]


@dataclass(slots=True)
class Backoff:
    """Leaves alone what failed: first for `first`, after every further failure twice as long, up to `longest`.

    Instants are monotonic seconds.
    """

    first: timedelta
    longest: timedelta
    _failures: dict[str, int] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)

    def note(self, key: str, at: float, *, failed: bool) -> None:
        """Remember how an attempt ended."""
        if not failed:
            self._failures.pop(key, None)
            self._until.pop(key, None)
            return
        count = self._failures[key] = self._failures.get(key, 0) + 1
        wait = min(self.first * 2 ** min(count - 1, 32), self.longest)
        self._until[key] = at + wait.total_seconds()

    def resting(self, at: float) -> frozenset[str]:
        """What is to be left alone at that moment."""
        return frozenset(key for key, until in self._until.items() if at < until)


@contextmanager
def scheduled(jobs: Sequence[Job]) -> Iterator[None]:
    """The jobs run at their times for as long as this lasts; when it has ended, every job has ended."""
    scheduler = BackgroundScheduler(
        timezone=SHANGHAI, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for job in jobs:
        scheduler.add_job(
            job.act,
            "interval",
            seconds=job.every.total_seconds(),
            id=job.name,
            name=job.name,
            next_run_time=datetime.now(SHANGHAI),
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=True)


@contextmanager
def stop_on_signal(stop: threading.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set `stop` instead of ending the process; only in the main thread."""

    def ask(number: int, _frame: object) -> None:
        _LOG.info("signal %d: stopping", number)
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def keep_site(command: Sequence[str], stop: threading.Event) -> None:
    """Run the site's own process until `stop`; one that ends is started again, ever later while it keeps ending."""
    wait = RESTART_AFTER
    while not stop.is_set():
        started = time.monotonic()
        code = run_child(command, stop.is_set, name="site")
        if code is not None and not stop.is_set():
            lived = timedelta(seconds=time.monotonic() - started)
            wait = RESTART_AFTER if lived > LONGEST_RESTART else min(wait * 2, LONGEST_RESTART)
            _LOG.warning("the site ended with code %d after %.0f seconds", code, lived.total_seconds())
            stop.wait(wait.total_seconds())
