"""A first look at a portal: its front page and one page of its column, to see whether it can be watched at all.

Nobody's report is looked for and nothing else is fetched; where robots.txt or a firewall refuses, no more is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crawler.details import detail
from crawler.discovery import find_columns
from crawler.downloads import MAX_PAGE
from crawler.list_walk import Ground, ListWalker
from crawler.listings import InnerColumn
from storage.records import Outcome, Scan, ScanPage

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.downloads import Visit
    from crawler.list_evidence import ListWalk
    from crawler.outcomes import Trouble
    from crawler.requests import Place

PAGES = 2
"""List pages that a probe takes: a shell, and the first answer of its endpoint."""

_GOES_ON = "budget"


class _Look(NamedTuple):
    """What was looked at; `trouble` None: all that was asked for came and could be read."""

    column: str
    pages: tuple[ScanPage, ...]
    trouble: Trouble | None
    walk: ListWalk | None = None


async def probe_place(visit: Visit, place: Place, scan_id: str) -> tuple[Scan, ...]:
    """What the portal and its column look like, as a scan that looked for no agency and so proves nothing of any.

    Its outcome is `complete` where the column could be read as far as it was; its first page is the front page's.
    """
    started_at = visit.clock()
    front = await visit.fetch(visit.portal.base_url, max_size=MAX_PAGE)
    pages: tuple[ScanPage, ...] = (ScanPage(front.final_url, front.status, front.digest, 0),)
    if front.trouble is not None:
        return (_scan(visit, scan_id, started_at, _Look(visit.portal.base_url, pages, front.trouble)),)
    column = place.column_url
    if column is None:
        found = await find_columns(visit)
        pages = found.pages
        if found.trouble is not None:
            return (_scan(visit, scan_id, started_at, _Look(visit.portal.base_url, pages, found.trouble)),)
        column = found.columns[0]
    walker = ListWalker(visit, InnerColumn(column), Ground(PAGES, PAGES, {column}))
    walk = await walker.walk(from_year=visit.request.now.year)
    is_well = walk.trouble is None or walk.trouble.key == _GOES_ON or bool(walker.columns)
    trouble = None if is_well else walk.trouble
    return (_scan(visit, scan_id, started_at, _Look(column, (*pages, *walk.pages), trouble, walk)),)


def _scan(visit: Visit, scan_id: str, started_at: datetime, look: _Look) -> Scan:
    trouble, walk = look.trouble, look.walk
    scan = Scan(
        id=scan_id,
        run=visit.writer.id,
        portal=visit.portal.id,
        column_url=look.column,
        agencies=(),
        started_at=started_at,
        finished_at=visit.clock(),
        outcome=trouble.outcome if trouble is not None else Outcome.COMPLETE,
        detail=detail(visit.request.language, trouble.key, *trouble.values) if trouble is not None else "",
        pages=look.pages,
        rows_seen=len(walk.rows) if walk is not None else 0,
        stated_total=walk.stated_total if walk is not None else None,
        end_proof=None,
        control_title=None,
        control_url=None,
    )
    visit.writer.add_scan(scan)
    return scan
