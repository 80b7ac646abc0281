"""Fake portals that are scanned again and again, what that costs them, and what is known of them afterwards."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from crawler.ingest import IngestedRun
from crawler.simulator.families import FAKES, Holding
from crawler.simulator.made_up import made_up_report
from crawler.simulator.server import ROBOTS, PortalServer, Validators
from monitor import jobs
from storage.configuration import load_configuration
from storage.database import evidence_of_year, findings_of, load_standings, open_database
from storage.records import SHANGHAI, Agency, AgencyKind, Portal, Registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from crawler.simulator.families.holding import Entry
    from crawler.simulator.site import Visit
    from storage.configuration import Configuration

NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
_WATERS, _SIDES = "江湖溪海河川泉津洲浦", "东南西北中上下"
_CONFIGURATION = '[crawl]\ndelay = 0\nbrowser = "never"\nallow_private_hosts = true\n'


@dataclass(frozen=True)
class Later(Holding):
    """A holding a while later: `with_new` has the report that was missing, without the row numbers of `removed`,
    others titled anew (`retitled`: number → title). `mended`: the row of that number, which was no report, is the
    one that was missing."""

    with_new: bool = False
    mended: int | None = None
    removed: frozenset[int] = frozenset()
    retitled: tuple[tuple[int, str], ...] = ()

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The rows as they stand now, the new one first."""
        before = Holding(self.place, self.seed)
        titles = dict(self.retitled)
        rows = [
            replace(entry, title=titles.get(entry.number, entry.title))
            for entry in before.entries
            if entry.number not in self.removed
        ]
        if self.mended is not None:
            rows = [
                replace(_late_report(before), number=row.number) if row.number == self.mended else row for row in rows
            ]
        if self.with_new:
            rows.insert(0, _late_report(before))
        return tuple(rows)


def _late_report(holding: Holding) -> Entry:
    (agency, year), *_ = sorted(holding.missing)
    report = made_up_report(
        Random(holding.seed), year=year, agency=agency, kind=AgencyKind.LOCAL_DEPARTMENT, activity=0.2
    )
    last = max(entry.number for entry in holding.entries)
    first = holding.entries[0]
    return replace(
        first, number=last + 1, title=report.title, agency=agency, report_year=year, report=report, day=NOW.date()
    )


class Cost(NamedTuple):
    """What a scan cost one portal: requests without robots.txt, answers with a body, bytes of those; the paths."""

    requests: int
    bodies: int
    size: int
    paths: tuple[str, ...]


class Town:
    """Fake portals by key, with the data folder of whoever watches them.

    What is missing is overdue, or, without `is_overdue`, of agencies that did not exist in that year.
    """

    def __init__(
        self,
        data: Path,
        stack: ExitStack,
        keys: Sequence[str],
        validators: Validators,
        *,
        is_overdue: bool = False,
    ) -> None:
        self.fakes = {fake.key: fake for fake in FAKES if fake.key in keys}
        self.holdings: dict[str, Holding] = {}
        self.servers: dict[str, PortalServer] = {}
        portals, agencies = [], []
        for number, key in enumerate(keys):
            place = f"澄{_WATERS[number % len(_WATERS)]}{_SIDES[number // len(_WATERS)]}县"
            holding = Holding(place, 1000 + number)
            built = self.fakes[key].build(holding, frozenset())
            server = stack.enter_context(PortalServer(built.site, validators=validators))
            root = server.base_url.rstrip("/")
            columns = tuple(root + path for path in built.columns)
            portals.append(Portal(key, key, server.base_url, (server.host,), None, columns, 0.0))
            for row, name in enumerate(holding.agencies):
                path = built.agency_columns.get(name)
                column = root + path if path else None
                agencies.append(
                    Agency(
                        *(f"{key}-{row}", name, AgencyKind.LOCAL_DEPARTMENT, "990123", key),
                        column_url=column,
                        active_from=None if is_overdue or (name, 2024) not in holding.missing else date(2025, 1, 1),
                    )
                )
            self.holdings[key], self.servers[key] = holding, server
        self.registry = Registry(tuple(agencies), tuple(portals), ())
        self.data = data
        data.mkdir()
        (data / "nianbao.toml").write_text(_CONFIGURATION)

    def change(self, key: str, **changes: object) -> None:
        """A portal becomes what it is a while later (`Later`)."""
        holding = self.holdings[key]
        later = Later(holding.place, holding.seed, **changes)
        self.servers[key].site = self.fakes[key].build(later, frozenset()).site

    def rewrite(self, key: str, number: int, old: bytes, new: bytes) -> None:
        """The article of that number says something else from now on; its row stays as it is."""
        site = self.servers[key].site
        path = next(path for path in site.pages if str(number) in path)
        page = replace(site.pages[path], body=site.pages[path].body.replace(old, new))
        self.servers[key].site = replace(site, pages={**site.pages, path: page})

    def withdraw(self, key: str, number: int) -> None:
        """The article of that number is gone; its row stays."""
        site = self.servers[key].site
        kept = {path: page for path, page in site.pages.items() if str(number) not in path}
        self.servers[key].site = replace(site, pages=kept)

    def scan(self, now: datetime, *, data: Path | None = None, is_afresh: bool = False) -> dict[str, Cost]:
        """Scans all portals at `now`, and checks; the answer is what that cost each."""
        before = {key: len(server.visits) for key, server in self.servers.items()}
        with self._opened(data) as (db, configuration):
            runs = list(
                jobs.scan(db, self.registry, configuration, lambda: now, self.registry.agencies, is_afresh=is_afresh)
            )
            jobs.check(db, self.registry, configuration, now, 2024)
        assert all(isinstance(run, IngestedRun) for run in runs), runs
        return {key: _cost(server.visits[before[key] :]) for key, server in self.servers.items()}

    def forgetful(self, name: str) -> Path:
        """A copy of the data in which all of the memory of portals is gone."""
        data = self.data.with_name(name)
        shutil.copytree(self.data, data)
        with self._opened(data) as (db, _):
            for table in ("portal_memory", "known_answers", "known_lists"):
                db.execute(f"DELETE FROM {table}")
            db.conn.commit()
        return data

    def verdicts(self, now: datetime, *, data: Path | None = None) -> dict[str, object]:
        """All that is said of the agencies, and by what it is said."""
        with self._opened(data) as (db, configuration):
            jobs.check(db, self.registry, configuration, now, 2024)
            evidence = evidence_of_year(db, 2024)
            seen = db.execute(
                "SELECT s.portal, column_url, date(started_at), c.url, c.title, c.listed_on, c.agency, c.report_year "
                "FROM sightings JOIN scans AS s ON s.number = scan JOIN candidates AS c ON c.id = candidate"
            ).fetchall()
            read = db.execute(
                "SELECT s.portal, column_url, date(started_at), r.agency, r.report_year, r.url, r.digest, is_current "
                "FROM report_scans JOIN scans AS s ON s.number = scan JOIN report_versions AS r ON r.id = report"
            ).fetchall()
            scans = db.execute(
                "SELECT portal, column_url, date(started_at), outcome, rows_seen, stated_total, control_title, "
                "bulk_dates FROM scans"
            ).fetchall()
            return {
                "standings": [(one.agency, one.status, one.reason, one.content) for one in load_standings(db, 2024)],
                "findings": sorted(
                    (key, finding.rule, finding.message) for key in evidence for finding in findings_of(db, key, 2024)
                ),
                "sightings": {
                    key: [
                        (one.url, one.title, one.listed_on, one.first_seen_at.date(), one.last_seen_at.date())
                        for one in sorted(each.sightings, key=attrgetter("url", "title"))
                    ]
                    for key, each in evidence.items()
                },
                "looks": {
                    key: [(look.started_at.date(), look.outcome, look.control, look.found) for look in each.looks]
                    for key, each in evidence.items()
                },
                "seen": sorted(map(repr, seen)),
                "read": sorted(map(repr, read)),
                "scans": sorted(map(repr, scans)),
            }

    def proofs(self) -> dict[str, str]:
        """How the end of each portal's list was proven last."""
        with self._opened(None) as (db, _):
            return dict(db.execute("SELECT portal, end_proof FROM scans ORDER BY number").fetchall())

    @contextmanager
    def _opened(self, data: Path | None) -> Iterator[tuple[object, Configuration]]:
        configuration = load_configuration((data or self.data) / "nianbao.toml")
        db = open_database(configuration.database)
        try:
            yield db, configuration
        finally:
            db.close()


def _cost(visits: Sequence[Visit]) -> Cost:
    asked = [visit for visit in visits if visit.path != ROBOTS]
    return Cost(
        len(asked),
        sum(visit.size > 0 for visit in asked),
        sum(visit.size for visit in asked),
        tuple(visit.path for visit in visits),
    )
