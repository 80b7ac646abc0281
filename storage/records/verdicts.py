"""What is owed, what is known of it, where it stands, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from storage.records.scans import Look, Sighting
    from storage.report import StatedDate


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


@dataclass(frozen=True, slots=True)
class StoredReport:
    """One version of a report in the database. `reason` says why it is unreadable, None where it is not.

    `dates` are (date, source) as in `Report.dates`; `bulk_dates` those of them that 20 or more captures
    or rows of the same portal share. `is_current`: the version that is judged. `has_unread_date`: it states a day of
    publication that could not be read.
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
    has_unread_date: bool = False


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
