"""Where processes are killed: named points before and after the steps of the whole chain, as a table.

The product knows nothing of them. `arm` wraps the named function where it is looked up, and the process kills
itself (SIGKILL) before or after a call of it.
"""

from __future__ import annotations

import functools
import os
import signal
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

STAGES = ("crawl", "ingest", "check", "backup", "notify")
"""The acts in their order, by the names of their verbs."""

MARK = "NIANBAO_TEST_KILL_MARK"
"""Environment variable that names the file into which a process writes its number when it has come to its point."""
SIGNAL = "NIANBAO_TEST_KILL_SIGNAL"
"""Environment variable that names the signal that it then sends itself, SIGKILL where it is not set."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point. `place` is `module:name` or `module:Class.name`; `turn` says at which call of it.

    `stage`: the act that is killed there. `is_crawl`: it lies in the crawl's own process. `may_repeat`: the
    receiver may have taken a message that the sender cannot know of. `is_worker`: not the process itself is
    killed but the reading worker that the call is about.
    """

    name: str
    stage: str
    place: str
    is_before: bool = True
    turn: int = 1
    is_crawl: bool = False
    may_repeat: bool = False
    is_worker: bool = False


def before(name: str, stage: str, place: str, turn: int = 1, **more: bool) -> Point:
    """A point before that call."""
    return Point(name, stage, place, turn=turn, **more)


def after(name: str, stage: str, place: str, turn: int = 1, **more: bool) -> Point:
    """A point after that call."""
    return Point(name, stage, place, is_before=False, turn=turn, **more)


_POINTS = (
    # crawl: the command's own process, then the crawl's
    before("registry not saved", "crawl", "monitor.jobs:save_registry"),
    before("run not begun", "crawl", "crawler.crawl:new_run"),
    before("crawl under way", "crawl", "crawler.crawl:_follow"),
    after("second body kept", "crawl", "crawler.runs:RunWriter.keep", 2, is_crawl=True),
    before("scan not noted", "crawl", "crawler.runs:RunWriter.add_scan", is_crawl=True),
    before("run not finished", "crawl", "crawler.runs:RunWriter.finish", is_crawl=True),
    before("manifest not written", "crawl", "crawler.runs:_sha256_on_disk", is_crawl=True),
    before("manifest written", "crawl", "crawler.runs:_sync_folder", is_crawl=True),
    before("run renamed", "crawl", "crawler.runs:_sync_folder", 3, is_crawl=True),
    before("run whole, not ingested", "crawl", "monitor.jobs:ingest_folders"),
    # ingest
    before("run not read", "ingest", "crawler.ingest:read_run"),
    before("capture not written", "ingest", "storage.captures:_write"),
    before("capture not on disk", "ingest", "storage.captures:os.fsync"),
    after("capture on disk, not renamed", "ingest", "storage.captures:os.fsync"),
    before("capture renamed", "ingest", "storage.captures:_sync_folder"),
    after("captures archived", "ingest", "crawler.ingest:_archive"),
    after("worker asked", "ingest", "crawler.reading.room:Pool.submit"),
    before("worker killed", "ingest", "crawler.sandbox.process:WorkerProcess._receive", 3, is_worker=True),
    after("first report read", "ingest", "crawler.ingest:attribute"),
    before("run not saved", "ingest", "crawler.ingest:save_run"),
    after("reports saved, run not committed", "ingest", "storage.database.runs:write_reports"),
    after("run saved, not committed", "ingest", "storage.database.runs:save_memory"),
    after("run committed", "ingest", "crawler.ingest:save_run"),
    # check
    after("registry saved", "check", "monitor.jobs:save_registry"),
    before("not judged", "check", "monitor.judgement.verdicts:judge_year"),
    after("judged, nothing decided", "check", "monitor.judgement.verdicts:judge_year"),
    after("decided, not saved", "check", "monitor.judgement.bookkeeping:reconcile"),
    after("verdicts saved, no alerts", "check", "storage.database.verdicts:_replace_findings"),
    after("alerts saved, not committed", "check", "storage.database.verdicts:save_transitions"),
    after("check committed", "check", "monitor.jobs:check_year"),
    before("database not closed", "check", "sqlite_utils.db:Database.close"),
    after("database closed", "check", "sqlite_utils.db:Database.close"),
    # backup
    before("backup not begun", "backup", "monitor.service.backups:_copy_database"),
    after("database copied, not checked", "backup", "monitor.service.backups:_sync"),
    after("database copied", "backup", "monitor.service.backups:_copy_database"),
    before("second capture not copied", "backup", "monitor.service.backups:_copy", 2),
    before("backup not named", "backup", "monitor.service.backups:_sync_folder"),
    after("backup whole", "backup", "monitor.service.backups:_make_backup"),
    # notify
    after("outbox read", "notify", "monitor.notices.unsent:unsent_transitions"),
    after("lease taken", "notify", "monitor.notices.sending:take_lease"),
    after("lease renewed", "notify", "monitor.notices.sending:renew_lease"),
    before("attempt not recorded", "notify", "monitor.notices.sending:begin_attempt"),
    before("request not made", "notify", "monitor.notices.sending:posted", may_repeat=True),
    after("taken, not marked", "notify", "monitor.notices.sending:posted", may_repeat=True),
    after("marked, not committed", "notify", "monitor.notices.sending:end_attempt", may_repeat=True),
    after("first channel marked", "notify", "monitor.notices.sending:_Counter._attempt"),
    after("second channel taken, not marked", "notify", "monitor.notices.sending:posted", 2, may_repeat=True),
    before("lease not given back", "notify", "monitor.notices.sending:release_lease"),
    before("not settled", "notify", "monitor.notices.unsent:settle_transitions"),
    after("settled", "notify", "monitor.notices.unsent:settle_transitions"),
)

POINTS = {point.name: point for point in _POINTS}


def arm(point: Point) -> None:
    """Let this process end at the point."""
    module_name, _, path = point.place.partition(":")
    owner: Any = import_module(module_name)
    *holders, name = path.split(".")
    for holder in holders:
        owner = getattr(owner, holder)
    whole = getattr(owner, name)
    turns = 0

    @functools.wraps(whole)
    def wrapped(*values: Any, **named: Any) -> Any:
        nonlocal turns
        turns += 1
        is_due = turns == point.turn
        if is_due and point.is_before:
            _kill(point, values)
        answer = whole(*values, **named)
        if is_due and not point.is_before:
            _kill(point, values)
        return answer

    setattr(owner, name, wrapped)


def _kill(point: Point, values: tuple[Any, ...]) -> None:
    Path(os.environ[MARK]).write_text(str(os.getpid()), encoding="ascii")
    if point.is_worker:
        values[0].kill()
    else:
        os.kill(os.getpid(), signal.Signals[os.environ.get(SIGNAL, "SIGKILL")])
