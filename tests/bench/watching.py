"""Checks of a season: the tick that finds what is due, and the judging of everything, each beside its limit.

`python -m tests.bench.watching [PORTALS [FOLDER]]` measures the whole country (4,000 portals of 50 agencies,
ten minutes or so) and says which of the bounds hold: a tick over 200,000 obligations with 500 due in 50 ms of
processor time, all judged anew in 60 s, less than 1 GB. A database in FOLDER is filled once and used again.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.agency_years.standing import standing_of
from monitor.judgement.judging import Memory
from monitor.judgement.matters import Sitting, laid_cases
from monitor.judgement.scope import learn
from monitor.judgement.verdicts import check_due, check_year
from storage.configuration import WatchSettings
from storage.database import evidence_of_year, open_database, save_registry
from storage.database.agenda import due_agencies, last_check
from storage.database.asking import ScanMemory
from storage.database.connection import writing
from storage.database.values import instant_text
from tests.bench.timing import against
from tests.bench.watch import YEAR, World, fill, judge_all, registry_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from storage.database import Database
    from storage.records import Agency, Registry

WATCH = WatchSettings()
DUE = 500
SOON = timedelta(minutes=15)
PORTALS = 4000
TICK, WHOLE, MEMORY = 0.05, 60.0, 1000.0
"""Seconds of processor time of a tick and of judging everything; megabytes."""


def checks_against_queries(folder: Path, portals: int = 200) -> Iterator[tuple[str, ...]]:
    """A tick beside its indexed query, and judging everything beside reading the rows that it rests on."""
    world = World(portals=portals)
    db = open_database(folder / "watch.db")
    registry = fill(db, world)
    judge_all(db, registry)
    check_year(db, registry, WATCH, world.now, YEAR)
    owed, now = len(registry.agencies), world.now + SOON
    make_due(db, world, spread=1)
    found = against(lambda: due_agencies(db, YEAR, now), lambda: _bare_selection(db, world), pairs=20)
    yield (
        f"what is due of {owed} obligations, {DUE} are | the indexed query alone",
        f"{found.ours:.2f} ms",
        f"{found.limit:.2f} ms",
        f"{found.ratio:.2f}",
        "<= 2",
    )
    by_id = {agency.id: agency for agency in registry.agencies}
    judged = against(lambda: judge_due(db, world, registry, by_id), lambda: _bare_rows(db, world), pairs=10)
    yield (
        f"the same with evidence and standings of the {DUE} | the bare rows that these rest on",
        f"{judged.ours:.1f} ms",
        f"{judged.limit:.1f} ms",
        f"{judged.ratio:.1f}",
        "<= 15",
    )
    whole = against(lambda: check_year(db, registry, WATCH, now, YEAR), lambda: _bare_country(db), pairs=3)
    yield (
        f"{owed} obligations judged anew, reports as judged before | the bare rows that these rest on",
        f"{whole.ours / 1000:.2f} s, {whole.ours / owed * 1000:.0f} µs each",
        f"{whole.limit / 1000:.2f} s",
        f"{whole.ratio:.1f}",
        "<= 25",
    )
    db.close()


def make_due(db: Database, world: World, *, spread: int) -> None:
    """Put DUE obligations on the agenda for a moment after the last check: whole portals, or every `spread`th one."""
    every = [
        agency for (agency,) in db.execute("SELECT agency FROM agenda WHERE report_year = ? ORDER BY agency", (YEAR,))
    ]
    at = instant_text(world.now + timedelta(minutes=1))
    with writing(db):
        # What an earlier call made due is so no longer.
        db.execute("UPDATE agenda SET check_at = NULL WHERE report_year = ? AND check_at <= ?", (YEAR, at))
        sql = "UPDATE agenda SET check_at = ? WHERE report_year = ? AND agency = ?"
        db.conn.executemany(sql, ((at, YEAR, agency) for agency in every[::spread][:DUE]))


def judge_due(
    db: Database, world: World, registry: Registry, by_id: Mapping[str, Agency], scans: ScanMemory | None = None
) -> int:
    """What is due, from the index to where each of them stands; how many they were. `by_id` are the agencies,
    `scans` those that this process has read before."""
    sitting = Sitting(registry, YEAR, world.now + SOON, WATCH, "zh")
    due = due_agencies(db, YEAR, sitting.now)
    agencies = [by_id[key] for key in sorted(due)]
    cases = laid_cases(sitting, agencies, evidence_of_year(db, YEAR, agencies=due, memory=scans))
    return len([standing_of(case) for case in cases.values()])


def _bare_selection(db: Database, world: World) -> list[tuple[str]]:
    values = (YEAR, instant_text(world.now + SOON))
    return db.conn.execute("SELECT agency FROM agenda WHERE report_year = ? AND check_at <= ?", values).fetchall()


def _bare_rows(db: Database, world: World) -> int:
    values = {"year": YEAR, "now": instant_text(world.now + SOON)}
    due = "SELECT agency FROM agenda WHERE report_year = :year AND check_at <= :now"
    return sum(
        len(db.conn.execute(sql, values).fetchall())
        for sql in (
            f"SELECT agency, group_concat(scan) FROM scan_agencies WHERE agency IN ({due}) GROUP BY agency",
            f"SELECT url, title FROM candidates WHERE report_year = :year AND agency IN ({due})",
            f"SELECT id, url, title, dates FROM report_versions WHERE report_year = :year AND agency IN ({due})",
        )
    )


def _bare_country(db: Database) -> int:
    return sum(
        len(db.conn.execute(sql).fetchall())
        for sql in (
            "SELECT agency, group_concat(scan) FROM scan_agencies GROUP BY agency",
            "SELECT url, title, (SELECT group_concat(scan) FROM sightings WHERE candidate = id) FROM candidates",
            "SELECT id, agency, url, title, dates, first_seen_at, fetched_at FROM report_versions",
            "SELECT id, run, started_at, outcome, control_title FROM scans",
            "SELECT agency, due, status, published_on, content, url, reason FROM obligations",
        )
    )


def measure_country(folder: Path, portals: int = PORTALS) -> bool:
    """Print what a whole country takes; do all bounds hold?"""
    world = World(portals=portals)
    path = folder / f"watch-{portals}.db"
    is_new = not path.exists()
    db = open_database(path)
    registry = fill(db, world) if is_new else registry_of(world)
    if last_check(db, YEAR) is None:
        judge_all(db, registry)
        _told("the first check, everything is written", lambda: check_year(db, registry, WATCH, world.now, YEAR))
    memory = Memory()
    _told("the registry taken in", lambda: learn(memory, registry))
    by_id = {agency.id: agency for agency in registry.agencies}
    held = []
    for spread in (max(len(registry.agencies) // DUE, 1), 1):
        make_due(db, world, spread=spread)
        _told("selected", lambda: due_agencies(db, YEAR, world.now + SOON), times=9)
        where = f"{DUE} due, one on each of {DUE} portals" if spread > 1 else f"{DUE} due, on {DUE // 50} portals"
        _told(f"{where}, judged for the first time", lambda: judge_due(db, world, registry, by_id), times=9)
        scans = ScanMemory()
        judge_due(db, world, registry, by_id, scans)
        again = lambda: judge_due(db, world, registry, by_id, scans)  # noqa: B023, E731
        held.append(_told(f"{where}, judged again", again, times=9))
    later = iter(range(1, 100))
    check = lambda: check_due(db, registry, WATCH, world.now + SOON * next(later), YEAR, memory=memory)  # noqa: E731
    _told("the same by a check: their portals, saved", check)
    _told("a check with nothing due", check)
    _told("the registry saved, unchanged", lambda: save_registry(db, registry, world.now, digest=memory.digest))
    whole = lambda: check_year(db, registry, WATCH, world.now + SOON * next(later), YEAR)  # noqa: E731
    took = _told("everything judged anew", whole)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(registry.agencies)} obligations; peak of memory {peak:.0f} MB")
    db.close()
    return max(held) <= TICK and took <= WHOLE and peak < MEMORY


def _told(what: str, act: Callable[[], object], times: int = 1) -> float:
    """Do it, and print and give the seconds of processor time that it took; the median of so many `times`."""
    taken = []
    for _ in range(times):
        begin, cpu = time.perf_counter(), time.process_time()
        act()
        taken.append((time.process_time() - cpu, time.perf_counter() - begin))
    took, elapsed = (statistics.median(column) for column in zip(*taken, strict=True))
    print(f"{what:65} {took * 1000:10.1f} ms of processor time, {elapsed:8.2f} s", flush=True)
    return took


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PORTALS
    with tempfile.TemporaryDirectory() as place:
        is_well = measure_country(Path(sys.argv[2]) if len(sys.argv) > 2 else Path(place), count)
    sys.exit(0 if is_well else 1)
