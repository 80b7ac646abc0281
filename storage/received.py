"""What reading a capture came to, on its way from ingest into the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.records import Capture
    from storage.report import Report


@dataclass(frozen=True, slots=True)
class ReadCapture:
    """One capture that counts for one agency-year, and what it says.

    `report` None with a `reason` (a key of UNREADABLE_REASONS): it could not be read, `detail` says
    more. Both None: the same bytes at the same address are stored already and need not be read again.
    """

    capture: Capture
    agency: str
    report_year: int
    report: Report | None
    reason: str | None = None
    detail: str = ""
    parser_version: str = ""
    is_attested: bool = False


@dataclass(frozen=True, slots=True)
class Dismissal:
    """One capture that is not the report of the agency-year that its list row promised, and why:
    `not_a_report`, `other_agency` or `other_year`. Its list row is then no sighting of that agency-year."""

    capture: Capture
    agency: str
    report_year: int
    reason: str
