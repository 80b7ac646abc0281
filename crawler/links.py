"""Is a list row a report, whose, and of which year: title, address and date to a Candidate. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crawler.titles import read_title, same_agency
from storage.records import Candidate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from storage.records import Agency


class RowReading(NamedTuple):
    """A row that reads like a report. `names_other`: its title names an agency, and that is none of ours."""

    candidate: Candidate
    names_agency: bool
    names_other: bool


def read_row(
    title: str, url: str, listed_on: date | None, *, scan: str, agencies: Sequence[Agency], is_in_list: bool
) -> RowReading | None:
    """What a row is; None where it is no annual report.

    A bare title belongs to the column's agency if it has exactly one and the row stands in the
    column's own list. A title that names another agency is never given to one of ours.
    """
    reading = read_title(title)
    if not reading.is_report:
        return None
    names_agency = reading.agency_name is not None
    if reading.agency_name is not None:
        owners = owners_of(reading.agency_name, agencies)
    else:
        owners = tuple(agency.id for agency in agencies) if is_in_list else ()
    owner = owners[0] if len(owners) == 1 else None
    candidate = Candidate(
        scan=scan, title=title, url=url, listed_on=listed_on, agency=owner, report_year=reading.report_year
    )
    return RowReading(candidate, names_agency, names_other=names_agency and not owners)


def owners_of(printed: str, agencies: Sequence[Agency]) -> tuple[str, ...]:
    """The ids of the agencies that a printed name can mean: of those that bear it exactly, else of those alike."""
    exact = tuple(agency.id for agency in agencies if printed in {agency.name, *agency.aliases})
    return exact or tuple(agency.id for agency in agencies if same_agency(printed, (agency.name, *agency.aliases)))


def is_wanted(reading: RowReading, years: frozenset[int]) -> bool:
    """Is the row's report to be fetched: ours or nobody's by its title, of a wanted year or of none that it says?"""
    candidate = reading.candidate
    if reading.names_other:
        return False
    if candidate.report_year is not None:
        return candidate.report_year in years
    listed = candidate.listed_on
    # A report comes out in the year after the one it is about, or somewhat later.
    return listed is None or bool(years & {listed.year, listed.year - 1, listed.year - 2})


def is_control(reading: RowReading) -> bool:
    """Does the row's title name an agency and a report year, so that it shows that reports are found here?"""
    return reading.names_agency and reading.candidate.report_year is not None
