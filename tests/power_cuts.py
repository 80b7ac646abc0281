"""What a disk holds at a random instant while a process writes: always a sound database, and whole transactions.

The writer is stopped (SIGSTOP) and the database copied with its log as they are; the copy is opened like after a
power cut.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from storage.database import live_alerts, open_database, save_registry, save_transitions, settle_transitions
from storage.records import SHANGHAI, Agency, AgencyKind, Alert, AlertState, Portal, Registry, Transition

AT = datetime(2025, 2, 4, 9, tzinfo=SHANGHAI)
PORTAL = Portal("town", "澄湖县人民政府", "http://127.0.0.1:1/", ("127.0.0.1:1",))
RESOLVED = AlertState.RESOLVED
LONGEST_WAIT = 0.02
"""Seconds between two copies at most."""

_HALF_WRITTEN = {
    "transitions without a place in the outbox": "SELECT count(*) FROM transitions AS t WHERE t.id > "
    "(SELECT coalesce(max(id), 0) FROM transitions) - 5 AND NOT EXISTS (SELECT 1 FROM outbox WHERE transition = t.id)",
    "alerts in another state than their last transition": "SELECT count(*) FROM alerts AS a WHERE state != "
    "(SELECT to_state FROM transitions WHERE alert = a.id ORDER BY id DESC LIMIT 1)",
    "agencies of two editions of the registry": "SELECT count(DISTINCT aliases) > 1 FROM agencies",
}


def faults_of_copies(folder: Path, copies: int) -> list[str]:
    """Copy a database that is being written so many times: everything that is unsound in the copies."""
    path = folder / "nianbao.db"
    open_database(path).close()
    random = Random(copies)
    found = []
    with subprocess.Popen([sys.executable, "-m", "tests.power_cuts", str(path)]) as writer:
        try:
            while not _has_begun(path):
                time.sleep(0.01)
            for number in range(copies):
                time.sleep(random.uniform(0, LONGEST_WAIT))
                copy = folder / f"copy{number}"
                copy.mkdir()
                os.kill(writer.pid, signal.SIGSTOP)
                for name in ("nianbao.db", "nianbao.db-wal"):
                    if (folder / name).exists():
                        shutil.copyfile(folder / name, copy / name)
                os.kill(writer.pid, signal.SIGCONT)
                found += [f"copy {number}: {fault}" for fault in _faults(copy / "nianbao.db")]
                shutil.rmtree(copy)
            if writer.poll() is not None:
                found.append(f"the writer has ended with {writer.returncode}")
        finally:
            writer.kill()
    return found


def _has_begun(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute("SELECT count(*) FROM transitions").fetchone()[0] >= 5


def _faults(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as conn:
        found = [str(row[0]) for row in conn.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"foreign key {row}" for row in conn.execute("PRAGMA foreign_key_check")]
        found += [name for name, query in _HALF_WRITTEN.items() if conn.execute(query).fetchone()[0]]
    return found


def _write(path: Path) -> None:
    """Write until killed: registries, alerts, the outbox, each as the product does it; the log is emptied often."""
    db = open_database(path)
    for number in count():
        at = AT + timedelta(minutes=number)
        agency = Agency("a", "澄湖县教育局", AgencyKind.LOCAL_DEPARTMENT, "990123", "town", aliases=(str(number),))
        agencies = tuple(replace(agency, id=f"a{row}", name=f"澄湖县第{row}局") for row in range(20))
        save_registry(db, Registry(agencies, (PORTAL,), ()), at)
        ended = [
            (replace(alert, state=RESOLVED), Transition(alert.id, at, alert.state, RESOLVED, "依据不再成立"))
            for alert in live_alerts(db)
        ]
        opened = [
            (alert, Transition(alert.id, at, None, AlertState.OPEN, "开启"))
            for row in range(5)
            for alert in [Alert(f"{number}-{row}", f"a{row}", 2024, "missing", "", AlertState.OPEN, at, "未检索到")]
        ]
        save_transitions(db, [*ended, *opened])
        old = db.execute("SELECT transition FROM outbox ORDER BY transition DESC LIMIT -1 OFFSET 20").fetchall()
        settle_transitions(db, [row[0] for row in old])
        if number % 7 == 0:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
