"""Why a list that was read to its end proves nobody's absence, or not everybody's. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.links import RowReading, owners_of, possible_owners
from crawler.outcomes import Trouble, stale_age
from crawler.pages import index_key
from crawler.titles import read_title
from crawler.unread import may_be_of
from storage.records import Candidate, EndProof, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.list_evidence import ListWalk
    from storage.records import Agency

ROUND_NUMBERS = frozenset({10, 12, 15, 16, 18, 20, 24, 25, 30, 40, 50, 60, 100})
"""Rows of a page of a list, as content systems are set to; a list of just so many may be cut there."""
_HOUR = 3600


def unlinked_rows(
    agencies: Sequence[Agency], walk: ListWalk, column_url: str, scan_id: str
) -> list[tuple[RowReading, str]]:
    """What a column's pages name without leading to it, as rows that were not read, with the wording of why."""
    titles = [read_title(row.title) for row in (*walk.rows, *walk.wordings, *walk.articles)]
    years_read = frozenset(title.report_year for title in titles if title.is_report and title.report_year is not None)
    shown = {row.title for row in (*walk.rows, *walk.wordings, *walk.others)}
    found = []
    for entry in walk.unread:
        if entry.is_source or entry.is_part:
            continue
        owners = may_be_of(entry, agencies, years_read) if entry.text not in shown else frozenset()
        candidate = Candidate(scan_id, entry.text, column_url, None, None, entry.year)
        key = "year_unread" if entry.is_year else "row_unlinked"
        found.append((RowReading(candidate, names_agency=False, names_other=False, may_be=owners), key))
        if entry.is_year and entry.year is not None and owners:
            # A menu may be of the years of publication: behind 2025 stand the reports on 2024.
            before = entry.year - 1
            unsure = may_be_of(entry._replace(year=before), agencies, years_read)
            earlier = replace(candidate, report_year=before)
            found.append((RowReading(earlier, names_agency=False, names_other=False, may_be=unsure), key))
    return found


def named_in_source(
    agencies: Sequence[Agency], walk: ListWalk, column_url: str, scan_id: str, readings: Iterable[RowReading]
) -> list[tuple[RowReading, str]]:
    """What the source of a column's pages holds of these agencies beside the rows that were read, as rows that were
    not: titles of reports, and where agencies share a column their names in menus, where none has a list of its own."""
    titles = [_flat(reading.candidate.title) for reading in readings]
    told = {(title.agency_name, title.report_year) for title in map(read_title, titles)}
    read = "\n".join(titles)
    is_shared = not walk.agency_lists and not (len(agencies) == 1 and agencies[0].column_url == column_url)
    found = []
    for entry in walk.unread:
        title = read_title(entry.text)
        is_read = (title.agency_name, title.report_year) in told or _flat(entry.text) in read
        if not entry.is_source or (entry.year is not None and is_read) or (entry.year is None and not is_shared):
            continue
        name = entry.text if entry.year is None else title.agency_name or ""
        owners = frozenset(owners_of(name, agencies) or possible_owners(name, agencies))
        candidate = Candidate(scan_id, entry.text, column_url, None, None, entry.year)
        found.append((RowReading(candidate, names_agency=False, names_other=False, may_be=owners), "in_source"))
    return found


def rows_beyond(
    agencies: Sequence[Agency], walk: ListWalk, column_url: str, scan_id: str, readings: Iterable[RowReading]
) -> list[tuple[RowReading, str]]:
    """Of a single page of a round number of rows: a row that may stand beyond it, of whom it names nowhere.

    Where the pager is drawn by a script that leaves no trace, the first page reads like the whole list.
    """
    if walk.end_proof is not EndProof.SINGLE_PAGE or len(walk.rows) not in ROUND_NUMBERS or len(agencies) < 2:  # noqa: PLR2004 (an agency's own column)
        return []
    named = frozenset(owner for reading in readings for owner in (reading.candidate.agency, *reading.may_be))
    owners = frozenset(agency.id for agency in agencies) - named
    beyond = Candidate(scan_id, str(len(walk.rows)), column_url, None, None, None)
    return [(RowReading(beyond, names_agency=False, names_other=False, may_be=owners), "may_go_on")]


def stale_page(walk: ListWalk) -> Trouble | None:
    """Why a list whose page came from a cache of another day tells nothing of today; None for one that is fresh."""
    for page in walk.pages:
        age = stale_age(page.headers)
        if age is not None:
            return Trouble(Outcome.INCOMPLETE, "stale_copy", (age // _HOUR, page.url))
    return None


def parts_unseen(
    agencies: Sequence[Agency],
    walk: ListWalk,
    column_url: str,
    scan_id: str,
    readings: Iterable[RowReading],
    *,
    from_year: int,
) -> list[tuple[RowReading, str]]:
    """The parts of a shared column's pages that were not looked into: of whom the rows name nowhere.

    Not the columns of years before `from_year`, nor what was entered in the end.
    """
    if len(agencies) == 1 and agencies[0].column_url == column_url:
        return []
    named = frozenset(owner for reading in readings for owner in (reading.candidate.agency, *reading.may_be))
    owners = frozenset(agency.id for agency in agencies) - named
    entered = {index_key(page.url) for page in walk.pages}
    parts = (
        Candidate(scan_id, entry.text, column_url, None, None, None)
        for entry in walk.unread
        if entry.is_part and (entry.year or from_year) >= from_year and index_key(entry.text) not in entered
    )
    return [(RowReading(part, names_agency=False, names_other=False, may_be=owners), "part_unseen") for part in parts]


def _flat(text: str) -> str:
    return "".join(text.split())
