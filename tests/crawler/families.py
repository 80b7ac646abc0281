"""One crawl over fake portals, and what it says of each: used by the tests of families and by their table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from crawler.crawl import CrawlRequest, crawl
from crawler.runs import read_run
from crawler.simulator.families import Fake, Holding
from crawler.simulator.server import PortalServer
from storage.records import SHANGHAI, Agency, AgencyKind, Outcome, Portal

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.runs import Run
    from crawler.simulator.families import FakePortal

NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)


FETCHED = (2024,)
"""The report years whose reports are fetched; of the others the rows are evidence enough."""


class Seen(NamedTuple):
    """What one crawl says of one fake portal.

    `found`: (agency, report year) → the paths of rows that are said to be its; `outcomes` of the scans;
    `requests` that the portal answered, robots.txt included; `captured`: paths of the reports fetched;
    `whole`: the agencies all of whose scans are complete, so that what was not found is proven absent.
    """

    holding: Holding
    built: FakePortal
    run: Run
    found: Mapping[tuple[str, int], frozenset[str]]
    outcomes: tuple[Outcome, ...]
    details: str
    requests: int
    captured: frozenset[str]
    whole: frozenset[str]

    @property
    def expected(self) -> frozenset[tuple[str, int]]:
        """The agency-years that the portal publishes a report of, where they are looked for."""
        pairs = ((entry.agency, entry.report_year) for entry in self.holding.entries if entry.report)
        return frozenset(pair for pair in pairs if not self.built.is_by_year or pair[1] in FETCHED)


def crawl_fakes(
    cases: Iterable[tuple[Fake, frozenset[str]]],
    data: Path,
    *,
    browser: str = "never",
    years: tuple[int, ...] = FETCHED,
) -> list[Seen]:
    """Crawls every fake, each with its quirks, in one run; the answers stand in the order of the cases.

    `years`: the report years that are fetched; of the others the rows are noted.
    """
    built = []
    with ExitStack() as stack:
        portals, agencies = [], []
        for number, (fake, quirks) in enumerate(cases):
            holding = Holding(
                f"澄{'江湖溪海河川泉津洲浦'[number % 10]}{'东南西北中上下'[number // 10 % 7]}县", 1000 + number
            )
            portal = fake.build(holding, quirks)
            server = stack.enter_context(PortalServer(portal.site))
            key = f"portal-{number}"
            columns = tuple(server.base_url.rstrip("/") + path for path in portal.columns)
            family = None
            portals.append(Portal(key, fake.title, server.base_url, (server.host,), family, columns, 0.0))
            for place, name in enumerate(holding.agencies):
                path = portal.agency_columns.get(name)
                column = server.base_url.rstrip("/") + path if path else None
                agencies.append(
                    Agency(f"{key}-{place}", name, AgencyKind.LOCAL_DEPARTMENT, "990123", key, column_url=column)
                )
            built.append((key, holding, portal, server))
        request = CrawlRequest(
            now=NOW,
            portals=tuple(portals),
            agencies=tuple(agencies),
            years=years,
            delay=0.0,
            browser=browser,
            allow_private_hosts=True,
        )
        folder = crawl(request, data=data)
        assert folder is not None
        run = read_run(folder)
        return [_seen(run, key, holding, portal, server, agencies) for key, holding, portal, server in built]


def _seen(
    run: Run, key: str, holding: Holding, portal: FakePortal, server: PortalServer, agencies: list[Agency]
) -> Seen:
    names = {agency.id: agency.name for agency in agencies}
    scans = [scan for scan in run.scans if scan.portal == key]
    ids = {scan.id for scan in scans}
    found: dict[tuple[str, int], set[str]] = {}
    for candidate in run.candidates:
        if candidate.scan in ids and candidate.agency and candidate.report_year:
            path = candidate.url.removeprefix(server.base_url.rstrip("/"))
            found.setdefault((names[candidate.agency], candidate.report_year), set()).add(path)
    captured = {
        capture.url.removeprefix(server.base_url.rstrip("/"))
        for capture in run.captures
        if capture.scan in ids and capture.part_of is None
    }
    return Seen(
        holding,
        portal,
        run,
        {pair: frozenset(paths) for pair, paths in found.items()},
        tuple(scan.outcome for scan in scans),
        " | ".join(scan.detail for scan in scans if scan.detail),
        len(server.visits),
        frozenset(captured),
        frozenset(
            name
            for id_, name in names.items()
            if id_.startswith(f"{key}-")
            and {scan.outcome for scan in scans if id_ in scan.agencies} == {Outcome.COMPLETE}
        ),
    )
