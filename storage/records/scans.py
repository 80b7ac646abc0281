"""What was looked at, what was seen, what came."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.enclosures import edition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from storage.enclosures import Enclosure


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


class EndProof(StrEnum):
    """How the end of a list was proven, so that a whole list was read and not its beginning.

    `known_rows`: the first rows are the last whole scan's, and its total and what is new make the total now stated.
    `own_address`: no list was read; the scan looked at the address of a report that its list shows no more.
    """

    STATED_TOTAL = "stated_total"
    LAST_PAGE = "last_page"
    SINGLE_PAGE = "single_page"
    KNOWN_ROWS = "known_rows"
    OWN_ADDRESS = "own_address"


@dataclass(frozen=True, slots=True)
class ScanPage:
    """One list page of a scan: the evidence that it was read. `digest` None: no body was kept.

    `status` 304: the server said that the archived body of that digest still stands. `headers` are those that
    came with the body and are kept; what was scanned before they were has none.
    """

    url: str
    status: int | None
    digest: str | None
    rows: int
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Scan:
    """One look at one place (a portal column) on behalf of the agencies that publish there.

    `stated_total` is the row count that the list itself states, None where it states none.
    `end_proof` None: the end of paging was not proven. Where it is `own_address`, `column_url` is the report's.
    `control_title` is a row of the same scan that names an agency and a report year.
    `bulk_dates` are list-row dates that 20 or more rows share: a migration's, they prove nothing.
    `from_year`: of older report years than this it proves no absence; None where it is not told.
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
    end_proof: EndProof | None = None
    control_title: str | None = None
    control_url: str | None = None
    bulk_dates: tuple[date, ...] = ()
    from_year: int | None = None


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
class Look:
    """All scans of one run that looked for one agency, as one: `complete` only if each of them was.

    `started_at` is the earliest scan's begin. `control` is a row naming an agency and a report year,
    None where one of the lists showed none. `found`: a row or capture of the agency-year was in it.
    `is_time_doubted`: it began, by the clock of then, after it or a later run was taken over. A clock that
    has gone wrong since or was wrong then cannot tell what it saw before the due date from what it saw after.
    `looked_from`: columns of older report years than this were not entered, and the year asked about is older:
    the look is `incomplete` then; None where it is not, or where the report was found.
    `places` are the lists that were read, each by its portal and column; empty where that is not known.
    """

    run: str
    scans: tuple[str, ...]
    started_at: datetime
    outcome: Outcome
    detail: str
    control: str | None
    found: bool
    is_time_doubted: bool = False
    looked_from: int | None = None
    places: tuple[tuple[str, str], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One address at which our scans saw the report of an agency-year listed.

    `last_seen_at` is the begin of the latest scan that listed it. `is_bulk`: 20 or more rows of
    the same list bear `listed_on`. `places` are the lists that showed it, as of a look.
    """

    url: str
    title: str
    first_seen_at: datetime
    last_seen_at: datetime
    listed_on: date | None
    is_bulk: bool
    places: frozenset[tuple[str, str]] = field(default=frozenset(), compare=False)
