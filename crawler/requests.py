"""What one crawl is asked to do: which places to look at, for whom, and which years to fetch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crawler.run_records import candidate_from_json, candidate_to_json, memory_from_json, memory_to_json
from storage.configuration import MAX_DELAY
from storage.records import Agency, AgencyKind, Portal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from storage.configuration import Configuration
    from storage.known import PortalMemory
    from storage.records import Candidate

PROXY_VARIABLE = "NIANBAO_PROXY"
"""Environment variable in which the crawl's process is told the proxy: it may hold a password, so no file has it."""

DELAY = 2.0
"""Seconds between two requests to one portal where nobody says otherwise."""

PAGE_BUDGET = 200
"""List pages that one place may take in one run; a list that goes on is a trap."""


@dataclass(frozen=True, slots=True)
class CrawlRequest:
    """One crawl. `now` is the instant at which it begins, aware.

    Reports of `years` and of `control_years` are fetched; rows of other years are only noted.
    `delay` is seconds between two requests to one portal where the portal has none of its own.
    `proxy` is empty where there is none; it may hold a password, so it is never written down.
    `known` is what earlier crawls learnt of the portals; without it everything is fetched anew.
    `vanished` are the rows of reports that the lists showed and, when last read, showed no more: they are asked for
    at their own addresses (`crawler.vanished`).
    `is_probe`: no agency is looked for, each portal's front page and one page of its column are (`crawler.probes`).
    """

    now: datetime
    portals: tuple[Portal, ...]
    agencies: tuple[Agency, ...]
    years: tuple[int, ...]
    control_years: tuple[int, ...] = ()
    contact: str = "mailto:ops@example.org"
    delay: float = DELAY
    browser: str = "never"
    allow_private_hosts: bool = False
    proxy: str = field(default="", repr=False)
    language: str = "zh"
    page_budget: int = PAGE_BUDGET
    known: tuple[PortalMemory, ...] = ()
    vanished: tuple[Candidate, ...] = ()
    is_probe: bool = False

    @property
    def wanted_years(self) -> frozenset[int]:
        """Every report year whose reports are fetched."""
        return frozenset(self.years) | frozenset(self.control_years)


def configured_request(
    configuration: Configuration,
    *,
    now: datetime,
    portals: Iterable[Portal],
    agencies: Iterable[Agency],
    years: tuple[int, ...],
    control_years: tuple[int, ...] = (),
    is_probe: bool = False,
) -> CrawlRequest:
    """A crawl of these places in the manners that the operator's configuration asks for; nothing is known yet."""
    settings = configuration.crawl
    return CrawlRequest(
        now=now,
        portals=tuple(portals),
        agencies=tuple(agencies),
        years=years,
        control_years=control_years,
        contact=settings.contact,
        delay=settings.delay,
        browser=settings.browser,
        allow_private_hosts=settings.allow_private_hosts,
        proxy=settings.proxy,
        language=configuration.language,
        is_probe=is_probe,
    )


@dataclass(frozen=True, slots=True)
class Place:
    """One column of a portal and the agencies that publish there; `column_url` None: to be found."""

    column_url: str | None
    agencies: tuple[Agency, ...]


def places(portal: Portal, agencies: tuple[Agency, ...]) -> tuple[Place, ...]:
    """The distinct places of a portal, in the order in which its agencies name them.

    An agency without a column of its own is looked for in each of the portal's columns.
    """
    found: dict[str | None, list[Agency]] = {}
    for agency in agencies:
        if agency.portal == portal.id:
            for column in (agency.column_url,) if agency.column_url else portal.columns or (None,):
                found.setdefault(column, []).append(agency)
    return tuple(Place(column, tuple(owners)) for column, owners in found.items())


def work_of(request: CrawlRequest) -> tuple[tuple[Portal, tuple[Place, ...]], ...]:
    """Each portal at which something is to be looked for, with its places."""
    if request.is_probe:
        return tuple((portal, (Place(next(iter(portal.columns), None), ()),)) for portal in request.portals)
    paired = ((portal, places(portal, request.agencies)) for portal in request.portals)
    return tuple((portal, found) for portal, found in paired if found)


def request_to_json(request: CrawlRequest) -> dict[str, Any]:
    """The request as `request.json` keeps it, without the proxy."""
    return {
        "now": request.now.isoformat(),
        "years": list(request.years),
        "control_years": list(request.control_years),
        "contact": request.contact,
        "delay": request.delay,
        "browser": request.browser,
        "allow_private_hosts": request.allow_private_hosts,
        "language": request.language,
        "page_budget": request.page_budget,
        "portals": [_portal_to_json(portal) for portal in request.portals],
        "agencies": [_agency_to_json(agency) for agency in request.agencies],
        "known": [memory_to_json(memory) for memory in request.known],
        "vanished": [candidate_to_json(candidate) for candidate in request.vanished],
        "is_probe": request.is_probe,
    }


def request_from_json(values: Mapping[str, Any], *, proxy: str = "") -> CrawlRequest:
    """The request that `request_to_json` wrote; KeyError, ValueError or TypeError where it did not."""
    now = datetime.fromisoformat(values["now"])
    if now.tzinfo is None:
        raise ValueError(values["now"])
    delay = _seconds(values["delay"])
    return CrawlRequest(
        now=now,
        portals=tuple(_portal_from_json(portal) for portal in values["portals"]),
        agencies=tuple(_agency_from_json(agency) for agency in values["agencies"]),
        years=tuple(values["years"]),
        control_years=tuple(values["control_years"]),
        contact=values["contact"],
        delay=DELAY if delay is None else delay,
        browser=values["browser"],
        allow_private_hosts=values["allow_private_hosts"],
        proxy=proxy,
        language=values["language"],
        page_budget=values["page_budget"],
        # Requests of earlier editions had none.
        known=tuple(memory_from_json(memory) for memory in values.get("known", ())),
        vanished=tuple(candidate_from_json(candidate) for candidate in values.get("vanished", ())),
        is_probe=values.get("is_probe", False),
    )


def _portal_to_json(portal: Portal) -> dict[str, Any]:
    return {
        "id": portal.id,
        "name": portal.name,
        "base_url": portal.base_url,
        "hosts": list(portal.hosts),
        "family": portal.family,
        "columns": list(portal.columns),
        "delay": portal.delay,
        "listing": portal.listing,
        "max_pages": portal.max_pages,
    }


def _portal_from_json(values: Mapping[str, Any]) -> Portal:
    return Portal(
        id=values["id"],
        name=values["name"],
        base_url=values["base_url"],
        hosts=tuple(values["hosts"]),
        family=values["family"],
        columns=tuple(values["columns"]),
        delay=_seconds(values["delay"]),
        # Requests of the first edition had neither.
        listing=values.get("listing"),
        max_pages=values.get("max_pages"),
    )


def _seconds(value: object) -> float | None:
    """A delay as it can be kept; None for what is none, so that a wrong one means the usual pace and no crash."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= MAX_DELAY else None


def _agency_to_json(agency: Agency) -> dict[str, Any]:
    return {
        "id": agency.id,
        "name": agency.name,
        "kind": agency.kind.value,
        "region": agency.region,
        "portal": agency.portal,
        "column_url": agency.column_url,
        "aliases": list(agency.aliases),
        "parent": agency.parent,
        "active_from": _day_to_json(agency.active_from),
        "active_to": _day_to_json(agency.active_to),
        "due": list(agency.due) if agency.due else None,
        "due_basis": agency.due_basis,
    }


def _agency_from_json(values: Mapping[str, Any]) -> Agency:
    due = values["due"]
    return Agency(
        id=values["id"],
        name=values["name"],
        kind=AgencyKind(values["kind"]),
        region=values["region"],
        portal=values["portal"],
        column_url=values["column_url"],
        aliases=tuple(values["aliases"]),
        parent=values["parent"],
        active_from=_day_from_json(values["active_from"]),
        active_to=_day_from_json(values["active_to"]),
        due=(due[0], due[1]) if due else None,
        due_basis=values["due_basis"],
    )


def _day_to_json(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day_from_json(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
