"""Whose report of which year a capture is: what its list row says, held against what it says itself.

Pure. The row decides where it speaks: its agency and year, or its title. Where it is silent, the report
does. Our failure to read is never theirs, and another agency's report in an agency's column is not the
agency's own.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from crawler.titles import read_title
from storage.agency_names import may_abbreviate, names_agree, plain_name, without_inner_office
from storage.received import Dismissal, ReadCapture

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from storage.records import Agency, Capture
    from storage.report import Report

_OWN_PLACES = ("title", "heading", "signature", "body")
"""Where a report names the agency that made it; the page's `source` is often the portal's own office."""


class ReadOutcome(NamedTuple):
    """What reading a capture came to: a report, or the reason and detail of why not."""

    report: Report | None
    reason: str | None
    detail: str


class Attribution(NamedTuple):
    """What a capture counts for; both empty where it counts for nobody.

    `is_ownerless`: neither its row nor what could be read of it says whose it is, so it may be the
    report of any agency that its scan looked for.
    """

    readings: tuple[ReadCapture, ...] = ()
    dismissals: tuple[Dismissal, ...] = ()
    is_ownerless: bool = False


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
        return found[0] if len(found) == 1 else None

    def is_known(self, printed: str) -> bool:
        """Does some agency of the registry go by exactly this name?"""
        return bool(self._exact.get(plain_name(printed)))


def attribute(
    capture: Capture, reading: ReadOutcome, looked_for: Iterable[str], agencies: Agencies, *, parser_version: str
) -> Attribution:
    """The agency-year that a capture counts for. `looked_for` are the agencies of its scan."""
    report = reading.report
    year = capture.report_year or (report.report_year if report else None)
    agency = capture.agency or (_agency_of(report, looked_for, agencies) if report else None)
    if agency is None or year is None:
        among = frozenset(looked_for)
        return Attribution(is_ownerless=agency is None and _may_be_of_any(capture, reading, among, agencies))
    if report is None:
        if reading.reason == "not_a_report" and not _promises(capture, agencies):
            return Attribution(dismissals=_dismissals(capture, "not_a_report"))
    elif capture.agency and not _title_names(capture, agencies) and _is_of_another(report, agencies.names(agency)):
        other = _agency_of(report, looked_for, agencies)
        # A name that nobody in the registry bears may be the agency's own new one: its row stays a sighting.
        is_known = other is not None or any(agencies.is_known(printed) for printed in _printed_names(report))
        return Attribution(
            readings=_counts(capture, other, year, reading, parser_version).readings if other else (),
            dismissals=_dismissals(capture, "other_agency") if is_known else (),
        )
    return _counts(capture, agency, year, reading, parser_version)


def _may_be_of_any(capture: Capture, reading: ReadOutcome, among: frozenset[str], agencies: Agencies) -> bool:
    """Could a report without a known owner be one of these agencies'? Not if it names somebody else."""
    if reading.report is None:
        return reading.reason != "not_a_report" and read_title(capture.title).is_report
    printed = _printed_names(reading.report)
    return not printed or any(_may_be(name, agencies.names(key)) for name in printed for key in among)


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


def _agency_of(report: Report, looked_for: Iterable[str], agencies: Agencies) -> str | None:
    among = frozenset(looked_for)
    for printed in _printed_names(report):
        found = agencies.named(printed, among)
        if found is not None:
            return found
    return None


def _is_of_another(report: Report, names: tuple[str, ...]) -> bool:
    """Does the report name an agency, and nowhere one that could be this?"""
    printed = _printed_names(report)
    return bool(printed and names) and not any(_may_be(text, names) for text in printed)


def _may_be(printed: str, names: tuple[str, ...]) -> bool:
    """Could the printed name be one of these, shortened, by its inner office or by what is above it?"""
    of_office = without_inner_office(printed)
    return any(
        names_agree(printed, name)
        or names_agree(of_office, without_inner_office(name))
        or may_abbreviate(printed, name)
        or may_abbreviate(name, printed)
        or plain_name(name).startswith(of_office)
        for name in names
    )


def _printed_names(report: Report) -> tuple[str, ...]:
    readings: Mapping[str, str] = report.agency_readings
    own = tuple(readings[place] for place in _OWN_PLACES if place in readings)
    return own or ((report.agency_name,) if report.agency_name else ())
