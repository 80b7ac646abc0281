"""The records that cross floors: who must report, what was looked at, what was found, who was told.

Years are report years (the year a report is about), dates are `date`, instants are aware `datetime`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from storage.enclosures import edition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from storage.enclosures import Enclosure
    from storage.report import StatedDate

SHANGHAI = ZoneInfo("Asia/Shanghai")


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


@dataclass(frozen=True, slots=True)
class Registry:
    """Who must report and where, as the operator's three files say."""

    agencies: tuple[Agency, ...]
    portals: tuple[Portal, ...]
    waivers: tuple[Waiver, ...]


class Outcome(StrEnum):
    """What one scan of one place came to. Only `complete` can prove an absence."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    BLOCKED = "blocked"
    ROBOTS_REFUSED = "robots_refused"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    UNREACHABLE = "unreachable"
    MOVED = "moved"
    SOFT_404 = "soft_404"
    NEEDS_BROWSER = "needs_browser"
    UNDECODABLE = "undecodable"
    TRAPPED = "trapped"


@dataclass(frozen=True, slots=True)
class ScanPage:
    """One list page of a scan: the evidence that it was read. `digest` None: no body was kept.

    `status` 304: the server said that the archived body of that digest still stands.
    """

    url: str
    status: int | None
    digest: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class Scan:
    """One look at one place (a portal column) on behalf of the agencies that publish there.

    `stated_total` is the row count that the list itself states, None where it states none.
    `end_proof` says how the end of paging was proven (`stated_total`, `last_page`, `single_page`; `known_rows`:
    the first rows are the last whole scan's, and its total and what is new make the total now stated).
    `control_title` is a row of the same scan that names an agency and a report year.
    `bulk_dates` are list-row dates that 20 or more rows share: a migration's, they prove nothing.
    """

    id: str
    run: str
    portal: str
    column_url: str
    agencies: tuple[str, ...]
    started_at: datetime
    finished_at: datetime
    outcome: Outcome
    detail: str = ""
    pages: tuple[ScanPage, ...] = ()
    rows_seen: int = 0
    stated_total: int | None = None
    end_proof: str | None = None
    control_title: str | None = None
    control_url: str | None = None
    bulk_dates: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A list row whose title reads like an annual report.

    `agency` and `report_year` are None where the row alone does not say; `listed_on` is the row's date.
    """

    scan: str
    title: str
    url: str
    listed_on: date | None
    agency: str | None
    report_year: int | None


@dataclass(frozen=True, slots=True)
class Capture:
    """Bytes as they came, with how they came. `digest` is the SHA-256 of the body in hex.

    `status` 0 means that a person handed the file in (`attest`). `agency` and `report_year` repeat
    what the candidate said, None where it did not. `part_of` is the address of the article that a file,
    frame or picture was fetched for; what an article has of such, in page order, stands in `enclosures`.
    """

    digest: str
    scan: str
    url: str
    final_url: str
    status: int
    media_type: str
    fetched_at: datetime
    size: int
    title: str = ""
    listed_on: date | None = None
    agency: str | None = None
    report_year: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    part_of: str | None = None
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def edition(self) -> str:
        """What is read together: the digest of the body, or of the body and all that could be had with it."""
        return edition(self.digest, self.enclosures)


@dataclass(frozen=True, slots=True)
class Obligation:
    """One agency-year. `due` None: nothing is owed, `exempt_reason` says why. `basis` is a key of LAWS
    or the operator's own paper; `is_statutory` tells a statute's date from practice."""

    agency: str
    report_year: int
    due: date | None
    basis: str
    is_statutory: bool
    exempt_reason: str | None = None


class Severity(StrEnum):
    """`error` makes a report malformed, `warning` is worth a person's look, `info` is for the record."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that one report or agency-year broke.

    `where` is a path such as `applications/new_received/total` or `sections/5`, empty for the whole.
    `message` is for the person who must correct the report; `evidence` holds the figures it names.
    """

    rule: str
    severity: Severity
    where: str
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


class Status(StrEnum):
    """Where an agency-year stands; derived from stored facts and now, never stored by hand."""

    NOT_DUE = "not_due"
    ON_TIME = "on_time"
    LATE = "late"
    DATE_UNKNOWN = "date_unknown"
    SUSPECTED_MISSING = "suspected_missing"
    MISSING = "missing"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    EXEMPT = "exempt"


class Content(StrEnum):
    """Verdict on a report's content; `unreadable` is ours to solve and never an accusation."""

    OK = "ok"
    MALFORMED = "malformed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Attestation:
    """A person's word where no robot may look. `absent` True: the person looked and saw none."""

    agency: str
    report_year: int
    absent: bool
    published_on: date | None
    url: str | None
    digest: str | None
    by: str
    reason: str
    at: datetime


class AlertState(StrEnum):
    """A live alert is open, acknowledged or objected to; the other two have ended."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    OBJECTED = "objected"
    RESOLVED = "resolved"
    WAIVED = "waived"


LIVE_STATES = frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.OBJECTED})


@dataclass(frozen=True, slots=True)
class Alert:
    """One accusation or operator incident. `subject` tells apart what agency, year and rule do not
    (an operator incident's portal); at most one live alert has the same agency, year, rule, subject."""

    id: str
    agency: str | None
    report_year: int | None
    rule: str
    subject: str
    state: AlertState
    opened_at: datetime
    message: str
    evidence: tuple[Mapping[str, Any], ...] = ()
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of an alert's state, appended and never edited; unsent ones are the outbox."""

    alert: str
    at: datetime
    from_state: AlertState | None
    to_state: AlertState
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """All scans of one run that looked for one agency, as one: `complete` only if each of them was.

    `started_at` is the earliest scan's begin. `control` is a row naming an agency and a report year,
    None where none of the scans saw one. `found`: a row or capture of the agency-year was in it.
    """

    run: str
    scans: tuple[str, ...]
    started_at: datetime
    outcome: Outcome
    detail: str
    control: str | None
    found: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """One address at which our scans saw the report of an agency-year listed.

    `last_seen_at` is the begin of the latest scan that listed it. `is_bulk`: 20 or more rows of
    the same list bear `listed_on`.
    """

    url: str
    title: str
    first_seen_at: datetime
    last_seen_at: datetime
    listed_on: date | None
    is_bulk: bool


@dataclass(frozen=True, slots=True)
class StoredReport:
    """One version of a report in the database. `reason` says why it is unreadable, None where it is not.

    `dates` are (date, source) as in `Report.dates`; `bulk_dates` those of them that 20 or more captures
    or rows of the same portal share. `is_current`: the version that is judged.
    """

    id: int
    agency: str
    report_year: int
    url: str
    digest: str
    title: str | None
    first_seen_at: datetime
    fetched_at: datetime
    published_on: date | None
    dates: tuple[StatedDate, ...]
    bulk_dates: frozenset[date]
    reason: str | None
    is_current: bool
    is_attested: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything stored that bears on the status of one agency-year, each part in time order."""

    looks: tuple[Look, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    reports: tuple[StoredReport, ...] = ()
    attestations: tuple[Attestation, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdict on one agency-year as `status --json` prints it. `proof` is `stated` or `witnessed`
    for `late`, else None; `content` None: nothing was there to judge."""

    agency: str
    report_year: int
    due: date | None
    status: Status
    published_on: date | None = None
    days_late: int | None = None
    proof: str | None = None
    content: Content | None = None
    errors: int = 0
    warnings: int = 0
    url: str | None = None
    reason: str | None = None
