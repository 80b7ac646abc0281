"""Whose turn it is: of several services on one database one works, the others stand by.

The lease in the database says who. It is renewed three times in its length; whoever finds it gone, or could
not renew it in time, stops every act. An act that was under way when it was lost is refused by its token.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import sqlite3
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.failures import failure_text
from storage.database import open_database, release_lease, renew_lease, require_lease, take_lease
from storage.database.connection import writing
from storage.errors import ReportsError
from storage.records import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from storage.database import Database

SERVICE = "service"
"""The lease of the schedule."""

LONGEST_WAIT = timedelta(minutes=5)
"""Between two tries to open a database that cannot be opened."""

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Turn:
    """One time of holding the lease. `over` is set when it has ended, for whatever reason."""

    owner: str
    token: int
    over: threading.Event = field(default_factory=threading.Event)

    def guard(self, db: Database) -> None:
        """LeaseLostError where the lease has gone to another; called within the transactions of the acts."""
        require_lease(db, SERVICE, self.token, datetime.now(SHANGHAI))


def owner_name() -> str:
    """What tells this process from every other on any machine: host, process and a random part."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(3)}"


def take_turns(
    database: Path,
    lasting: timedelta,
    stop: threading.Event,
    work: Callable[[Turn], AbstractContextManager[None]],
    *,
    language: str = "zh",
) -> None:
    """Until `stop`: wait for the lease, then keep `work` going for as long as it is held.

    `work` starts the acts when it is entered and has ended all of them when it is left.
    """
    owner = owner_name()
    is_standing_by, failures = False, 0
    while not stop.is_set():
        token, error = _take(database, owner, lasting)
        if error is not None:
            failures += 1
            wait = min(timedelta(seconds=2) * 2 ** min(failures, 16), LONGEST_WAIT)
            _LOG.error("service: %s", failure_text(error, language), extra={"error": type(error).__name__})
            stop.wait(wait.total_seconds())
            continue
        failures = 0
        if token is None:
            if not is_standing_by:
                _LOG.info("service: another one holds the lease; standing by", extra={"outcome": "standby"})
                is_standing_by = True
            stop.wait(lasting.total_seconds() / 3)
            continue
        is_standing_by = False
        _LOG.info("service: at work as %s, token %d", owner, token, extra={"outcome": "active"})
        _hold(database, Turn(owner, token), lasting, stop, work)


def _hold(
    database: Path,
    turn: Turn,
    lasting: timedelta,
    stop: threading.Event,
    work: Callable[[Turn], AbstractContextManager[None]],
) -> None:
    ended = threading.Event()
    keeper = threading.Thread(target=_keep, args=(database, turn, lasting, ended), name="lease")
    keeper.start()
    try:
        with work(turn):
            while not stop.is_set() and not turn.over.wait(min(lasting.total_seconds() / 10, 0.5)):
                pass
            turn.over.set()
    finally:
        turn.over.set()
        # Until here the lease was kept, so that the acts could come to their own end.
        ended.set()
        keeper.join()
        with suppress(ReportsError, OSError, sqlite3.Error), closing(open_database(database)) as db:
            release_lease(db, SERVICE, turn.token, datetime.now(SHANGHAI))


def _keep(database: Path, turn: Turn, lasting: timedelta, ended: threading.Event) -> None:
    """Renews the lease until `ended`; the turn is over when it has gone, or when nothing could be said in time."""
    good_until = time.monotonic() + lasting.total_seconds()
    while not ended.wait(lasting.total_seconds() / 3):
        try:
            with closing(open_database(database)) as db, writing(db):
                kept = renew_lease(db, SERVICE, turn.token, datetime.now(SHANGHAI), lasting)
        except (ReportsError, OSError, sqlite3.Error) as error:
            _LOG.warning("service: the lease could not be renewed: %s", type(error).__name__)
            kept = time.monotonic() < good_until
        else:
            good_until = time.monotonic() + lasting.total_seconds() if kept else good_until
        if not kept:
            if not turn.over.is_set():
                _LOG.error("service: the lease is lost; every act stops", extra={"outcome": "lease_lost"})
            turn.over.set()
            return


def _take(database: Path, owner: str, lasting: timedelta) -> tuple[int | None, Exception | None]:
    try:
        # The time is read once the lock is had: others may hold it for long.
        with closing(open_database(database)) as db, writing(db):
            return take_lease(db, SERVICE, owner, datetime.now(SHANGHAI), lasting), None
    except (ReportsError, OSError, sqlite3.Error) as error:
        return None, error
