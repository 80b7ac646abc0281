"""Scans that prove nothing: what could not be seen at a place that otherwise was looked at, and our own failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.links import years_meant
from crawler.list_evidence import ListWalk
from crawler.outcomes import Trouble
from crawler.scan_records import WalkedColumn, scan_record
from crawler.walks import may_own
from storage.records import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.downloads import Visit
    from crawler.links import RowReading
    from crawler.requests import Place
    from storage.records import Agency, Scan


def failed_scan(visit: Visit, place: Place, scan_id: str, started_at: datetime, error: Exception) -> Scan:
    """The scan of a place at which our own code failed: it says nothing about the portal.

    It stands beside what was written of the place before, under an id of its own: of two scans of one id the database
    takes the first, and a whole list of one column would prove what the column not seen was to show.
    """
    trouble = Trouble(Outcome.INCOMPLETE, "our_failure", (f"{type(error).__name__}: {error}",))
    walked = WalkedColumn(place.column_url or visit.portal.base_url, ListWalk(trouble=trouble))
    scan = scan_record(visit, place.agencies, walked, f"{scan_id}-failed", started_at)
    visit.writer.add_scan(scan)
    return scan


def unseen_scans(
    visit: Visit,
    agencies: tuple[Agency, ...],
    missed: list[tuple[RowReading, str]],
    settled: frozenset[tuple[str, int]],
    scan: Scan,
) -> list[Scan]:
    """For the agencies whose wanted report may stand behind a row that was not read: a scan that could not look there.

    `missed` are such rows with the wording of why: at a foreign address, or not to be had. The column's
    completeness proves nothing about these agencies; about the others it does.
    """
    if scan.outcome != Outcome.COMPLETE:
        return []
    scans: list[Scan] = []
    seen: set[str] = set()
    for reading, key in missed:
        candidate = reading.candidate
        asked = years_meant(candidate.report_year, candidate.listed_on, visit.request.years, title=candidate.title)
        unsure = reading.may_be - seen
        owners = tuple(
            agency
            for agency in agencies
            if agency.id in unsure and any((agency.id, year) not in settled for year in asked)
        )
        if owners:
            seen.update(agency.id for agency in owners)
            trouble = Trouble(Outcome.INCOMPLETE, key, (candidate.title, candidate.url))
            walked = WalkedColumn(candidate.url, ListWalk(trouble=trouble))
            scans.append(scan_record(visit, owners, walked, f"{scan.id}-{len(scans) + 1}", scan.started_at))
    for extra in scans:
        visit.writer.add_scan(extra)
    return scans


def unpicked_scans(
    visit: Visit, agencies: tuple[Agency, ...], walked: WalkedColumn, settled: frozenset[tuple[str, int]], scan: Scan
) -> list[Scan]:
    """Where a column has a list for each agency: scans that could not walked, for those whose list is not there
    or was not read to its end."""
    lists = walked.walk.agency_lists
    if scan.outcome != Outcome.COMPLETE or not lists:
        return []
    owners = {own: frozenset(may_own(own.publisher, agencies)) for own in lists}
    in_vain = {
        agency.id
        for agency in agencies
        if not any(agency.id in ids for ids in owners.values())
        and any((agency.id, year) not in settled for year in visit.request.years)
    }
    found = [(own.trouble, own.url, ids) for own, ids in owners.items() if own.trouble is not None and ids]
    if in_vain:
        trouble = Trouble(Outcome.INCOMPLETE, "organ_not_found", (walked.column_url,))
        found.append((trouble, walked.column_url, frozenset(in_vain)))
    scans: list[Scan] = []
    for number, (trouble, url, ids) in enumerate(found, start=1):
        unlooked = tuple(agency for agency in agencies if agency.id in ids)
        own = WalkedColumn(url, ListWalk(trouble=trouble))
        scans.append(scan_record(visit, unlooked, own, f"{scan.id}-p{number}", scan.started_at))
        visit.writer.add_scan(scans[-1])
    return scans
