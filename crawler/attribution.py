"""Whose report of which year a capture is: what its list row says, held against what it says itself.

Pure. The row decides where it speaks: its agency and year, or its title. Where it is silent, the report
does. Our failure to read is never theirs, and another agency's report in an agency's column is not the
agency's own.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from crawler.links import is_too_early
from crawler.titles import may_be_report, read_title, unclear_name
from storage.agency_names import (
    holds_name,
    is_joint,
    may_abbreviate,
    names_agree,
    plain_name,
    stands_within,
    without_inner_office,
)
from storage.agency_short_names import is_short_for, may_mean
from storage.received import Dismissal, ReadCapture

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crawler.reading.records import ReadOutcome
    from storage.records import Agency, Capture
    from storage.report import Report

_OWN_PLACES = ("title", "heading", "signature", "body")
"""Where a report names the agency that made it; the page's `source` is often the portal's own office."""


class Attribution(NamedTuple):
    """What a capture counts for; both empty where it counts for nobody.

    `may_be`: the agencies of its scan whose report it may be, where neither its row nor what could be
    read of it says whose or of which year it is; `report_year` None: of any year.
    """

    readings: tuple[ReadCapture, ...] = ()
    dismissals: tuple[Dismissal, ...] = ()
    may_be: frozenset[str] = frozenset()
    report_year: int | None = None


class Agencies:
    """The agencies of the registry, found by name."""

    def __init__(self, agencies: Iterable[Agency]) -> None:
        self._names = {agency.id: (agency.name, *agency.aliases) for agency in agencies}
        self._exact: dict[str, set[str]] = defaultdict(set)
        for key, names in self._names.items():
            for name in names:
                self._exact[plain_name(name)].add(key)

    def names(self, agency: str) -> tuple[str, ...]:
        """Name and aliases; empty for an agency that the registry does not have."""
        return self._names.get(agency, ())

    def named(self, printed: str, among: Iterable[str]) -> str | None:
        """The one of these agencies that a printed name means; None for none, and where two could be meant."""
        candidates = frozenset(among)
        exact = self._exact.get(plain_name(printed), frozenset[str]()) & candidates
        if exact:
            return next(iter(exact)) if len(exact) == 1 else None
        found = [key for key in candidates if any(names_agree(printed, name) for name in self.names(key))]
        if not found and not self.is_known(printed):
            found = [key for key in candidates if any(is_short_for(printed, name) for name in self.names(key))]
            found = found or [
                key for key in candidates if any(stands_within(printed, name) for name in self.names(key))
            ]
        return found[0] if len(found) == 1 else None

    def is_known_elsewhere(self, printed: str, among: frozenset[str]) -> bool:
        """Does an agency of the registry go by exactly this name, and none of these?"""
        bearers = self._exact.get(plain_name(printed), frozenset[str]())
        return bool(bearers) and among.isdisjoint(bearers)

    def is_known(self, printed: str) -> bool:
        """Does some agency of the registry go by exactly this name?"""
        return bool(self._exact.get(plain_name(printed)))


def attribute(
    capture: Capture, reading: ReadOutcome, looked_for: Iterable[str], agencies: Agencies, *, parser_version: str
) -> Attribution:
    """The agency-year that a capture counts for. `looked_for` are the agencies of its scan."""
    report = reading.report
    among = frozenset(looked_for)
    own_year = _year_of(report, capture) if report is not None else None
    is_slip = report is not None and _is_slip_of_row(capture, report, own_year)
    year = own_year if is_slip else capture.report_year or own_year
    agency = capture.agency or (_agency_of(report, among, agencies, capture.title) if report else None)
    if agency is None or year is None:
        owners = frozenset({agency}) if agency is not None else among
        return Attribution(may_be=_possible_owners(capture, reading, owners, agencies), report_year=year)
    if report is None:
        if reading.reason == "not_a_report" and not _promises(capture, agencies):
            return Attribution(dismissals=_dismissals(capture, "not_a_report"))
    elif capture.agency and not _title_names(capture, agencies) and _is_of_another(report, agencies.names(agency)):
        other = _agency_of(report, among, agencies)
        # A name that nobody in the registry bears may be the agency's own new one: its row stays a sighting.
        is_known = other is not None or any(agencies.is_known(printed) for printed in printed_names(report))
        return Attribution(
            readings=_counts(capture, other, year, reading, parser_version).readings if other else (),
            dismissals=_dismissals(capture, "other_agency") if is_known else (),
        )
    counted = _counts(capture, agency, year, reading, parser_version)
    return counted._replace(dismissals=_dismissals(capture, "other_year")) if is_slip else counted


def _is_slip_of_row(capture: Capture, report: Report, own_year: int | None) -> bool:
    """Does a report say another year than its row, and that it came before the row's year had ended?

    Of a row without a date: where it has one, the scan held its year against that.
    """
    if capture.report_year is None or capture.listed_on is not None or own_year in {None, capture.report_year}:
        return False
    came = max((stated.date for stated in report.dates), default=None)
    return is_too_early(capture.report_year, came)


def _year_of(report: Report, capture: Capture) -> int | None:
    """The year that the report is on, as far as title, period and the days on which it came agree.

    Its title's; its period's where the scan took its row's year for a slip, or where that year had not ended when the
    report came. None where the period is of that year too: the slip is in the date, or in both.
    """
    said = {day.year for day in report.period} if report.period else set()
    year = said.pop() if len(said) == 1 else None
    titled = report.report_year
    came = capture.listed_on or max((stated.date for stated in report.dates), default=None)
    is_rows = titled is not None and read_title(capture.title).report_year == titled
    if not is_rows and not is_too_early(titled, came):
        return titled
    if year is not None and not is_too_early(year, came):
        return year
    return None if is_too_early(titled, came) else titled


def _possible_owners(
    capture: Capture, reading: ReadOutcome, among: frozenset[str], agencies: Agencies
) -> frozenset[str]:
    """Which of these agencies a report without a known owner or year may be of: none, if it names somebody else.

    What cannot be read is nobody's where its title does not promise a report. A page without a report is
    no promise kept unless its title says for whom.
    """
    title = read_title(capture.title)
    named: tuple[str, ...] = (title.agency_name,) if title.agency_name else ()
    if reading.report is None:
        unclear = unclear_name(capture.title)
        if unclear is not None and (reading.reason != "not_a_report" or "公开" in capture.title):
            return frozenset(key for key in among if _is_meant(capture.title, unclear, agencies.names(key)))
        # A page that links the reports of many is none itself, and still nobody's absence is shown.
        is_nothing = reading.reason == "not_a_report" and not named and not title.of_many
        if is_nothing or not may_be_report(capture.title):
            return frozenset()
        printed = named
    else:
        printed = printed_names(reading.report) or named
    if not printed:
        return among
    open_names = [name for name in printed if not agencies.is_known_elsewhere(name, among)]
    return frozenset(key for key in among if any(_may_own(name, agencies.names(key)) for name in open_names))


def _is_meant(title: str, name: str, names: tuple[str, ...]) -> bool:
    """May a title that does not say what it reports on mean the agency of these names, where it names `name`?"""
    return not name or _may_own(name, names) or any(holds_name(title, each) for each in names)


def _may_own(printed: str, names: tuple[str, ...]) -> bool:
    """Could the report be of the agency of these names, going by a name in it: the agency's, or what is above it?"""
    of_office = without_inner_office(printed)
    is_place = printed.endswith(tuple("省市县区旗州盟"))
    return any(
        may_mean(printed, name)
        or stands_within(printed, name)
        or is_joint(printed, name)
        or names_agree(of_office, without_inner_office(name))
        or (is_place and plain_name(name).startswith(of_office))
        for name in names
    )


def _counts(capture: Capture, agency: str, year: int, reading: ReadOutcome, parser_version: str) -> Attribution:
    read = ReadCapture(
        capture=capture,
        agency=agency,
        report_year=year,
        report=reading.report,
        reason=reading.reason,
        detail=reading.detail,
        parser_version=parser_version,
    )
    return Attribution(readings=(read,))


def _dismissals(capture: Capture, reason: str) -> tuple[Dismissal, ...]:
    if capture.agency is None or capture.report_year is None:
        return ()
    return (Dismissal(capture, capture.agency, capture.report_year, reason),)


def _promises(capture: Capture, agencies: Agencies) -> bool:
    """Does the row's own title announce the report of the agency-year it is said to be?

    A title without any agency does where the row stands in the agency's own column. Then a page without
    a report is one that we cannot read: drawn by a script, in pictures, in an attached file.
    """
    title = read_title(capture.title)
    if capture.agency is None or not title.is_report or title.report_year != capture.report_year:
        return False
    return title.agency_name is None or _may_be(title.agency_name, agencies.names(capture.agency))


def _title_names(capture: Capture, agencies: Agencies) -> bool:
    printed = read_title(capture.title).agency_name
    return capture.agency is not None and printed is not None and _may_be(printed, agencies.names(capture.agency))


def _agency_of(report: Report, among: frozenset[str], agencies: Agencies, row_title: str = "") -> str | None:
    """The agency that the report names; where it names none at all, the one that its row names."""
    own = printed_names(report)
    named = read_title(row_title).agency_name if row_title and not own else None
    for printed in own or ((named,) if named else ()):
        found = agencies.named(printed, among)
        if found is not None:
            return found
    # «部门信息公开目录 > 区住建局 > 年度报告» says whose a report is that names nobody; it takes none away.
    trail = report.agency_readings.get("trail")
    is_named = row_title and read_title(row_title).agency_name is not None
    is_silent = not is_named and not any(place in report.agency_readings for place in _OWN_PLACES)
    return agencies.named(trail, among) if trail and is_silent else None


def _is_of_another(report: Report, names: tuple[str, ...]) -> bool:
    """Does the report name an agency, and nowhere one that could be this?"""
    printed = printed_names(report)
    return bool(printed and names) and not any(_may_be(text, names) for text in printed)


def _may_be(printed: str, names: tuple[str, ...]) -> bool:
    """Could the printed name be one of these, shortened, by its inner office or by what is above it?"""
    of_office = without_inner_office(printed)
    return any(
        names_agree(printed, name)
        or names_agree(of_office, without_inner_office(name))
        or may_abbreviate(printed, name)
        or may_abbreviate(name, printed)
        or is_short_for(printed, name)
        or plain_name(name).startswith(of_office)
        for name in names
    )


def printed_names(report: Report) -> tuple[str, ...]:
    """What the report calls the agency that made it, in all the places that say so."""
    readings: Mapping[str, str] = report.agency_readings
    own = tuple(readings[place] for place in _OWN_PLACES if place in readings)
    return own or ((report.agency_name,) if report.agency_name else ())
