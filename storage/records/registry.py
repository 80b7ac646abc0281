"""Who must report and where, as the operator's files say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class AgencyKind(StrEnum):
    """What an agency is in law; the due date and who names it depend on it (Art. 49, 54)."""

    STATE_COUNCIL_DEPARTMENT = "state_council_department"
    LOCAL_DEPARTMENT = "local_department"
    VERTICAL_AGENCY = "vertical_agency"
    AUTHORISED_ORGANISATION = "authorised_organisation"
    PROVINCE_GOVERNMENT = "province_government"
    CITY_GOVERNMENT = "city_government"
    COUNTY_GOVERNMENT = "county_government"
    TOWNSHIP_GOVERNMENT = "township_government"
    STREET_OFFICE = "street_office"
    DEVELOPMENT_ZONE = "development_zone"


@dataclass(frozen=True, slots=True)
class Agency:
    """One body that owes an annual report.

    `due` is (month, day) where the operator overrides the law, with the paper that says so in
    `due_basis`; None means the law's date for the kind. `column_url` None means the portal's columns.
    """

    id: str
    name: str
    kind: AgencyKind
    region: str
    portal: str
    column_url: str | None = None
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    active_from: date | None = None
    active_to: date | None = None
    due: tuple[int, int] | None = None
    due_basis: str | None = None


@dataclass(frozen=True, slots=True)
class Portal:
    """One website. `hosts`: all its own host:port pairs, `base_url`'s first, ports written. The last two override."""

    id: str
    name: str
    base_url: str
    hosts: tuple[str, ...]
    family: str | None = None
    columns: tuple[str, ...] = ()
    delay: float | None = None
    listing: str | None = None
    max_pages: int | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """An operator's decision that a rule (`"*"`: every rule) is not held against an agency-year."""

    agency: str
    year: int
    rule: str
    reason: str
    by: str
    until: date | None


class SuccessionKind(StrEnum):
    """What became of an agency; all but a split end it."""

    MERGED = "merged"
    RENAMED = "renamed"
    SPLIT = "split"
    DISSOLVED = "dissolved"


@dataclass(frozen=True, slots=True)
class Succession:
    """An agency ended or shrank and another took over. `on` is the first day on which that holds, `paper`
    the document that says so. `successor` is None only where an agency was dissolved and nobody took over."""

    agency: str
    successor: str | None
    on: date
    kind: SuccessionKind
    paper: str

    @property
    def ends(self) -> bool:
        """The agency no longer exists from that day on."""
        return self.kind is not SuccessionKind.SPLIT


@dataclass(frozen=True, slots=True)
class Registry:
    """Who must report and where, what is not held against them and who took over from whom: the operator's files."""

    agencies: tuple[Agency, ...]
    portals: tuple[Portal, ...]
    waivers: tuple[Waiver, ...]
    successions: tuple[Succession, ...] = ()
