"""Is a list row a report, whose, and of which year: title, address and date to a Candidate. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.titles import begins_like_words, read_title, same_agency, unclear_name
from storage.agency_names import SHORTEST_OWN_NAME, begins_name, holds_name
from storage.agency_short_names import may_mean
from storage.records import AgencyKind, Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from crawler.titles import TitleReading
    from storage.records import Agency

_LAST_MONTH = 12

LATEST = 2
"""Years after the one that it is about, within which a report comes out."""

_WHOLE_AREA = re.compile(r"[全本我](省|市|州|盟|县|区|旗|镇|乡|街道)")

_DISCLOSURE_OFFICE = re.compile(
    r"(.+?)(?:人民政府)?(?:政府信息(?:与政务|和政务)?|政务|信息)公开(?:工作)?(?:领导小组)?办公室"
)
_BODIES_WITH_OFFICE = ("", "人民政府", "人民政府办公室", "人民政府办公厅")
"""An office of information disclosure is a part of the government's own office and reports for either."""

GOVERNMENTS: Mapping[str, frozenset[AgencyKind]] = {
    "省": frozenset({AgencyKind.PROVINCE_GOVERNMENT}),
    "市": frozenset({AgencyKind.PROVINCE_GOVERNMENT, AgencyKind.CITY_GOVERNMENT, AgencyKind.COUNTY_GOVERNMENT}),
    "州": frozenset({AgencyKind.CITY_GOVERNMENT}),
    "盟": frozenset({AgencyKind.CITY_GOVERNMENT}),
    "县": frozenset({AgencyKind.COUNTY_GOVERNMENT}),
    "区": frozenset({AgencyKind.PROVINCE_GOVERNMENT, AgencyKind.COUNTY_GOVERNMENT, AgencyKind.DEVELOPMENT_ZONE}),
    "旗": frozenset({AgencyKind.COUNTY_GOVERNMENT}),
    "镇": frozenset({AgencyKind.TOWNSHIP_GOVERNMENT}),
    "乡": frozenset({AgencyKind.TOWNSHIP_GOVERNMENT}),
    "街道": frozenset({AgencyKind.STREET_OFFICE}),
}
"""What a whole area is called by → the kinds of government whose summary (汇总) its report is; 市 is a municipality,
a prefecture or a county."""

_BARE = re.compile(r"^\s*\d{4}\s*年?\s*度?\s*(?:年度)?(?:年报|报告)\s*$")
"""A year's report of nobody and on nothing, as in an agency's own column: 2024年年报."""

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
    today: date | None = None,
) -> RowReading | None:
    """What a row is; None where it is no annual report.

    A bare title belongs to the column's agency if it has exactly one and the row stands in the
    column's own list; to the publisher's in whose own list it stands, as the portal calls it. A title
    that names another agency is never given to one of ours; one that is cut, or names an agency in short,
    is nobody's until the report itself says whose it is. `today`: when a row without a date was seen.
    """
    reading = read_title(title)
    year = reading.report_year
    if is_too_early(year, listed_on or today):
        # No year is reported on before it has ended: the title's is a slip, and the report says itself which.
        year = None
    if not reading.is_report:
        everyone = tuple(agency.id for agency in agencies) if is_in_list and reading.of_many else ()
        if reading.cut is not None:
            may_be = _of_cut_title(reading, agencies, is_in_list=is_in_list)
        else:
            may_be = everyone or (_of_unclear_title(title, agencies) if is_in_list else ())
        if not may_be:
            return None
        unsure = Candidate(scan=scan, title=title, url=url, listed_on=listed_on, agency=None, report_year=year)
        return RowReading(unsure, names_agency=False, names_other=False, may_be=frozenset(may_be))
    named = reading.agency_name or publisher
    names_agency = bool(named)
    everyone = tuple(agency.id for agency in agencies) if is_in_list else ()
    owners = owners_of(named, agencies) or of_whole_area(named, agencies) if named else everyone
    owner = owners[0] if len(owners) == 1 else None
    may_be = owners or (possible_owners(named, agencies) or of_disclosure_office(named, agencies) if named else ())
    candidate = Candidate(scan=scan, title=title, url=url, listed_on=listed_on, agency=owner, report_year=year)
    return RowReading(candidate, names_agency, names_agency and not may_be, frozenset(may_be))


def owners_of(printed: str, agencies: Sequence[Agency]) -> tuple[str, ...]:
    """The ids of the agencies that a printed name can mean: of those that bear it exactly, else of those alike."""
    exact = tuple(agency.id for agency in agencies if printed in {agency.name, *agency.aliases})
    return exact or tuple(agency.id for agency in agencies if same_agency(printed, (agency.name, *agency.aliases)))


def of_whole_area(printed: str, agencies: Sequence[Agency]) -> tuple[str, ...]:
    """The ids of the governments whose own report 全市, 本县 may be: those of that level, never their offices."""
    area = _WHOLE_AREA.fullmatch(printed)
    kinds = GOVERNMENTS.get(area[1], frozenset()) if area else frozenset()
    return tuple(agency.id for agency in agencies if agency.kind in kinds and not agency.name.endswith("办公室"))


def of_disclosure_office(printed: str, agencies: Sequence[Agency]) -> tuple[str, ...]:
    """The ids of the government and the office for which an office of information disclosure may report."""
    office = _DISCLOSURE_OFFICE.fullmatch(printed)
    if office is None:
        return ()
    meant = {f"{office[1]}{body}" for body in _BODIES_WITH_OFFICE}
    return tuple(agency.id for agency in agencies if not meant.isdisjoint((agency.name, *agency.aliases)))


def possible_owners(printed: str, agencies: Sequence[Agency]) -> tuple[str, ...]:
    """The ids of the agencies that a printed name may be short for, or that it writes out, alone or beside others."""
    meant = tuple(
        agency.id for agency in agencies if any(may_mean(printed, name) for name in (agency.name, *agency.aliases))
    )
    return tuple(dict.fromkeys((*meant, *held_in(printed, agencies))))


def held_in(text: str, agencies: Sequence[Agency]) -> tuple[str, ...]:
    """The ids of the agencies whose whole names the text holds, not as parts of longer names of others of them."""
    held = [
        (name, agency.id) for agency in agencies for name in (agency.name, *agency.aliases) if holds_name(text, name)
    ]
    own = (key for name, key in held if not any(name != other and name in other for other, _ in held))
    return tuple(dict.fromkeys(own))


def _of_unclear_title(title: str, agencies: Sequence[Agency]) -> tuple[str, ...]:
    name = unclear_name(title)
    if name is None or (name and len(name) < SHORTEST_OWN_NAME):
        return ()
    if not name:
        return tuple(agency.id for agency in agencies) if _BARE.search(title) else ()
    return owners_of(name, agencies) or possible_owners(name, agencies) or held_in(title, agencies)


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


def without_slips_of_year(readings: Iterable[RowReading]) -> list[RowReading]:
    """The rows; of two of one agency and year, one that came a year later than a report comes says no year.

    «…2023年…» beside last year's «…2023年…», in January 2025: the title may be copied and the report on 2024. It may
    also be a new edition; the report itself says.
    """
    rows = list(readings)
    known = Counter((row.candidate.agency, row.candidate.report_year) for row in rows)
    return [
        row._replace(candidate=replace(row.candidate, report_year=None))
        if known[row.candidate.agency, row.candidate.report_year] > 1 and _may_be_next_years(row.candidate)
        else row
        for row in rows
    ]


def _may_be_next_years(candidate: Candidate) -> bool:
    year, listed = candidate.report_year, candidate.listed_on
    return candidate.agency is not None and year is not None and listed is not None and listed.year == year + LATEST


def is_too_early(report_year: int | None, listed_on: date | None) -> bool:
    """Did the row come before December of the year that is to be reported on, so that the year is a slip?"""
    if report_year is None or listed_on is None:
        return False
    return (listed_on.year, listed_on.month) < (report_year, _LAST_MONTH)


def years_meant(
    report_year: int | None, listed_on: date | None, years: Iterable[int], *, title: str = ""
) -> frozenset[int]:
    """Of these report years, those that a row can be about: the year it says, else all that had ended when it came.

    The year of its title too, where that was set aside: in January the slip may be in the date.
    """
    if report_year is not None:
        return frozenset(years) & {report_year}
    titled = read_title(title).report_year if title else None
    return frozenset(
        year for year in years if listed_on is None or year < listed_on.year <= year + LATEST or year == titled
    )


def is_control(reading: RowReading) -> bool:
    """Does the row's title name an agency and a report year, so that it shows that reports are found here?

    A row that may be one of ours and is not surely so is none: it may be the very report that is said to be missing.
    """
    is_sure = reading.candidate.agency is not None or reading.names_other
    return reading.names_agency and is_sure and reading.candidate.report_year is not None
