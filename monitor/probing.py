"""What each portal of the registry looks like today: its family, its column, whether robots may look."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.crawl import crawl
from crawler.front_pages import family_of_column, family_of_front
from crawler.middlewares import is_own
from crawler.pages import read_page
from crawler.requests import configured_request
from crawler.runs import only_crawl, read_run, run_body
from storage.errors import UnreadableError
from storage.hosts import hosts_of_url
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from crawler.crawl import Progress
    from crawler.pages import Page
    from storage.configuration import Configuration
    from storage.records import Agency, Portal, Scan, ScanPage

_ROBOTS = {Outcome.ROBOTS_REFUSED: "refused", Outcome.ROBOTS_UNREACHABLE: "unreachable"}


@dataclass(frozen=True, slots=True)
class Probe:
    """What one portal came to. `column` None: none was found or looked for; `family` None: not to be told.

    `robots`: `admitted`, `refused`, `unreachable`, or `unknown` where nothing came of the portal at all. `rows` are
    those of the column's first page; `requests` what was asked for, robots.txt of each host among it, no repeats.
    """

    portal: str
    family: str | None
    column: str | None
    robots: str
    outcome: str
    detail: str
    rows: int
    requests: int


def probe(
    configuration: Configuration,
    portals: Iterable[Portal],
    agencies: Iterable[Agency],
    now: datetime,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[Probe, ...]:
    """Visits each of these portals once, in the crawl's own process and manners; keeps nothing.

    Where a portal names no column, the first that one of its agencies names is looked at. CrawlFailedError where
    the crawl's process failed; CrawlError while another crawl is under way.
    """
    owners = tuple(agencies)
    asked = tuple(_with_column(portal, owners) for portal in portals)
    request = configured_request(configuration, now=now, portals=asked, agencies=(), years=(), is_probe=True)
    # Never two at one portal: the run of a probe lies elsewhere, where nobody takes it for a scan.
    with only_crawl(configuration.runs), TemporaryDirectory(prefix="nianbao-probe-") as folder:
        run = crawl(request, data=Path(folder), progress=progress)
        if run is None:
            return ()
        scans = {scan.portal: scan for scan in read_run(run).scans}
        return tuple(_probe(portal, scans[portal.id], run) for portal in asked)


def as_toml(portal: Portal, found: Probe) -> str:
    """The portal's section of `portals.toml` with family and column as they were found, to be pasted."""
    lines = [f"[{portal.id}]", f"name = {_value(portal.name)}", f"base_url = {_value(portal.base_url)}"]
    own = set(hosts_of_url(portal.base_url))
    if more := [host for host in portal.hosts if host not in own]:
        lines.append(f"hosts = {_value(more)}")
    if family := found.family or portal.family:
        lines.append(f"family = {_value(family)}")
    columns = (found.column,) if found.column else portal.columns
    if columns:
        lines.append(f"columns = {_value(list(columns))}")
    if portal.delay is not None:
        lines.append(f"delay = {portal.delay}")
    lines += [f"{key} = {_value(value)}" for key, value in _overrides(portal)]
    return "\n".join(lines) + "\n"


def _overrides(portal: Portal) -> list[tuple[str, str | int]]:
    own = (("listing", portal.listing), ("max_pages", portal.max_pages))
    return [(key, value) for key, value in own if value is not None]


def _value(value: str | int | list[str]) -> str:
    """A value as TOML writes it, which is as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def _with_column(portal: Portal, agencies: tuple[Agency, ...]) -> Portal:
    if portal.columns:
        return portal
    named = (agency.column_url for agency in agencies if agency.portal == portal.id and agency.column_url)
    return replace(portal, columns=tuple(named)[:1])


def _probe(portal: Portal, scan: Scan, run: Path) -> Probe:
    is_column = scan.column_url != portal.base_url
    column = _column_page(scan, is_named=bool(portal.columns)) if is_column else None
    answered = [page for page in scan.pages if page.status is not None]
    hosts = {urlsplit(page.url).netloc for page in scan.pages}
    return Probe(
        portal=portal.id,
        family=_family(portal, scan, column, run),
        column=scan.column_url if is_column and scan.outcome is Outcome.COMPLETE else None,
        robots=_ROBOTS.get(scan.outcome, "admitted" if answered else "unknown"),
        outcome=scan.outcome.value,
        detail=scan.detail,
        rows=scan.rows_seen,
        requests=len(answered) + len(hosts),
    )


def _column_page(scan: Scan, *, is_named: bool) -> ScanPage | None:
    """The column's own page among those that were looked at: after the front page where the registry names it."""
    looked, address = scan.pages[1:], scan.column_url.partition("#")[0]
    return next((page for page in looked if is_named or page.url == address), None)


def _family(portal: Portal, scan: Scan, column: ScanPage | None, run: Path) -> str | None:
    """The family by the column where that tells one, else by the front page."""
    read = _page(column, run)
    key = family_of_column(read.text, read.url) if read is not None else None
    front = _page(scan.pages[0], run) if key in {None, "static"} and scan.pages else None
    given_away = family_of_front(front, lambda url: is_own(url, frozenset(portal.hosts))) if front is not None else None
    return given_away or key


def _page(page: ScanPage | None, run: Path) -> Page | None:
    if page is None or page.digest is None or page.status != 200:  # noqa: PLR2004
        return None
    try:
        return read_page(run_body(run, page.digest), page.url)
    except UnreadableError:
        return None
