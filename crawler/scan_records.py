"""A column as it was walked, and the scan that it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crawler.details import detail
from crawler.links import is_control
from crawler.outcomes import Trouble
from crawler.portals import FAMILIES
from crawler.rows import bulk_dates
from storage.records import Outcome, Scan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crawler.downloads import Visit
    from crawler.links import RowReading
    from crawler.list_evidence import ListWalk
    from storage.records import Agency


class WalkedColumn(NamedTuple):
    """A column as it was walked; `notes` say how it was found where that was not at its own address."""

    column_url: str
    walk: ListWalk
    notes: tuple[Trouble, ...] = ()


def first_year(visit: Visit) -> int:
    """The first report year that is looked for: columns of older ones are not entered."""
    return min(visit.request.wanted_years, default=visit.request.now.year - 1)


def scan_record(
    visit: Visit,
    agencies: tuple[Agency, ...],
    walked: WalkedColumn,
    scan_id: str,
    started_at: datetime,
    *,
    readings: Sequence[RowReading] = (),
) -> Scan:
    """The scan on behalf of these agencies; its control is among the `readings` of its rows."""
    walk = walked.walk
    said = (*((walk.trouble,) if walk.trouble is not None else ()), *walked.notes, *_notes_on_registry(visit))
    listed = {row.url for row in walk.rows}
    controls = (reading.candidate for reading in readings if is_control(reading))
    control = next((candidate for candidate in controls if candidate.url in listed), None)
    return Scan(
        id=scan_id,
        run=visit.writer.id,
        portal=visit.portal.id,
        column_url=walked.column_url,
        agencies=tuple(agency.id for agency in agencies),
        started_at=started_at,
        finished_at=visit.clock(),
        outcome=walk.trouble.outcome if walk.trouble is not None else Outcome.COMPLETE,
        detail=" ".join(detail(visit.request.language, part.key, *part.values) for part in said),
        pages=walk.pages,
        rows_seen=len(walk.rows),
        stated_total=walk.stated_total,
        end_proof=walk.end_proof,
        control_title=control.title if control else None,
        control_url=control.url if control else None,
        bulk_dates=bulk_dates(walk.rows),
        from_year=min(visit.request.years, default=first_year(visit)),
    )


def _notes_on_registry(visit: Visit) -> tuple[Trouble, ...]:
    family = visit.portal.family
    return (Trouble(Outcome.COMPLETE, "family_unknown", (family,)),) if family and family not in FAMILIES else ()
