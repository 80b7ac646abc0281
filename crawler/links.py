"""Is a list row a report, whose, and of which year: title, address and date to a Candidate. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crawler.titles import begins_like_words, read_title, same_agency
from storage.agency_names import begins_name
from storage.agency_short_names import may_mean
from storage.records import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from crawler.titles import TitleReading
    from storage.records import Agency

LATEST = 2
"""Years after the one that it is about, within which a report comes out."""

SHORTEST_CUT_NAME = 4
"""Characters of an agency's name that a cut title without a year shows at least."""


class RowReading(NamedTuple):
    """A row that reads like a report, or may be one's.

    `names_agency`: its title is a report's and names an agency. `names_other`: that is none of ours.
    `may_be`: the ids of those of ours whose report it may be, the owner's alone where the title says whose.
    """

    candidate: Candidate
    names_agency: bool
    names_other: bool
    may_be: frozenset[str] = frozenset()


def read_row(
    title: str,
    url: str,
    listed_on: date | None,
    *,
    scan: str,
    agencies: Sequence[Agency],
    is_in_list: bool,
    publisher: str = "",
) -> RowReading | None:
    """What a row is; None where it is no annual report.

    A bare title belongs to the column's agency if it has exactly one and the row stands in the
    column's own list; to the publisher's in whose own list it stands, as the portal calls it. A title
    that names another agency is never given to one of ours; one that is cut, or names an agency in short,
    is nobody's until the report itself says whose it is.
    """
    reading = read_title(title)
    if not reading.is_report:
        may_be = () if reading.cut is None else _of_cut_title(reading, agencies, is_in_list=is_in_list)
        if not may_be:
            return None
        unsure = Candidate(
            scan=scan, title=title, url=url, listed_on=listed_on, agency=None, report_year=reading.report_year
        )
        return RowReading(unsure, names_agency=False, names_other=False, may_be=frozenset(may_be))
    named = reading.agency_name or publisher
    names_agency = bool(named)
    everyone = tuple(agency.id for agency in agencies) if is_in_list else ()
    owners = owners_of(named, agencies) if named else everyone
    owner = owners[0] if len(owners) == 1 else None
    may_be = owners or (possible_owners(named, agencies) if named else ())
    candidate = Candidate(
        scan=scan, title=title, url=url, listed_on=listed_on, agency=owner, report_year=reading.report_year
    )
    return RowReading(candidate, names_agency, names_agency and not may_be, frozenset(may_be))


def owners_of(printed: str, agencies: Sequence[Agency]) -> tuple[str, ...]:
    """The ids of the agencies that a printed name can mean: of those that bear it exactly, else of those alike."""
    exact = tuple(agency.id for agency in agencies if printed in {agency.name, *agency.aliases})
    return exact or tuple(agency.id for agency in agencies if same_agency(printed, (agency.name, *agency.aliases)))


def possible_owners(printed: str, agencies: Sequence[Agency]) -> tuple[str, ...]:
    """The ids of the agencies that a printed name may be short for, or that it writes out."""
    return tuple(
        agency.id for agency in agencies if any(may_mean(printed, name) for name in (agency.name, *agency.aliases))
    )


def _of_cut_title(reading: TitleReading, agencies: Sequence[Agency], *, is_in_list: bool) -> tuple[str, ...]:
    if reading.agency_name is not None:
        return owners_of(reading.agency_name, agencies) or possible_owners(reading.agency_name, agencies)
    seen = reading.cut or ""
    if not seen:
        return tuple(agency.id for agency in agencies) if is_in_list and reading.report_year is not None else ()
    if len(seen) < SHORTEST_CUT_NAME and reading.report_year is None:
        return ()
    return tuple(
        agency.id for agency in agencies if any(_goes_on(seen, name) for name in (agency.name, *agency.aliases))
    )


def _goes_on(seen: str, name: str) -> bool:
    """Is what is seen the beginning of the name, or the name with the beginning of a report's next words?"""
    return any(
        begins_name(seen[:end], name, is_whole=end < len(seen)) and begins_like_words(seen[end:])
        for end in range(len(seen), 0, -1)
    )


def is_wanted(reading: RowReading, years: frozenset[int], settled: frozenset[tuple[str, int]] = frozenset()) -> bool:
    """Is the row's report to be fetched: ours or nobody's by its title, of a wanted year or of none that it says?

    `settled` are the agency-years that have a row of their own: a row that may only be one of theirs is
    somebody else's.
    """
    candidate = reading.candidate
    if reading.names_other:
        return False
    year = candidate.report_year
    is_doubtful = candidate.agency is None and bool(reading.may_be) and year is not None
    if is_doubtful and all((agency, year) in settled for agency in reading.may_be):
        return False
    if candidate.report_year is not None:
        return candidate.report_year in years
    listed = candidate.listed_on
    return listed is None or any(0 <= listed.year - year <= LATEST for year in years)


def years_meant(report_year: int | None, listed_on: date | None, years: Iterable[int]) -> frozenset[int]:
    """Of these report years, those that a row can be about: the year it says, else all that had ended when it came."""
    if report_year is not None:
        return frozenset(years) & {report_year}
    return frozenset(year for year in years if listed_on is None or year < listed_on.year <= year + LATEST)


def is_control(reading: RowReading) -> bool:
    """Does the row's title name an agency and a report year, so that it shows that reports are found here?"""
    return reading.names_agency and reading.candidate.report_year is not None
