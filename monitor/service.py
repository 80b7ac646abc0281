"""The metronome: a few jobs at fixed intervals, the site beside them, and an orderly end.

APScheduler only says when. Its jobs live in memory and hold no state: a job that was killed or slept
through is simply run again, because all that is due is asked of the database.
"""

from __future__ import annotations

import logging
import signal
import sqlite3
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from storage.errors import ReportsError
from storage.records import SHANGHAI

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence

STEP = 0.5
"""Seconds between two looks at what is running."""
RESTART_AFTER = timedelta(seconds=10)
PATIENCE = 15.0
"""Seconds that a child may take to end when it is asked to; then it is killed."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One act of the schedule: run at once, then `every` so often, never twice at a time."""

    name: str
    every: timedelta
    act: Callable[[], None]


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


def keep_time(jobs: Sequence[Job], site: Sequence[str], stop: threading.Event) -> None:
    """Run the jobs and the site's own process until `stop`; an empty `site` runs none.

    When it returns every job has ended and no child is left.
    """
    scheduler = BackgroundScheduler(
        timezone=SHANGHAI, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for job in jobs:
        scheduler.add_job(
            _guarded(job),
            "interval",
            seconds=job.every.total_seconds(),
            id=job.name,
            name=job.name,
            next_run_time=datetime.now(SHANGHAI),
        )
    scheduler.start()
    try:
        _keep_site(site, stop)
    finally:
        stop.set()
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


def run_child(command: Sequence[str], stop: threading.Event) -> int | None:
    """Run a program to its end; its exit code, None where `stop` was set first and it was ended."""
    child = subprocess.Popen(list(command), stdin=subprocess.DEVNULL)  # noqa: S603 - our own program
    try:
        while child.poll() is None:
            if stop.wait(STEP):
                return None
        return child.returncode
    finally:
        end_child(child)


def end_child(child: subprocess.Popen[bytes]) -> None:
    """Ask a child to end, and kill it where it does not in time."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _guarded(job: Job) -> Callable[[], None]:
    """The job's act; what a person must act on is logged, anything else APScheduler logs with its traceback."""

    def run() -> None:
        try:
            job.act()
        except (ReportsError, OSError, sqlite3.Error) as error:
            _LOG.error("%s: %s: %s", job.name, type(error).__name__, error)

    return run


def _keep_site(command: Sequence[str], stop: threading.Event) -> None:
    if not command:
        stop.wait()
        return
    while not stop.is_set():
        started = time.monotonic()
        code = run_child(command, stop)
        if code is not None:
            _LOG.warning("the site ended with code %d after %.0f seconds", code, time.monotonic() - started)
            stop.wait(RESTART_AFTER.total_seconds())
