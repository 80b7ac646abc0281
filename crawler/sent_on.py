"""Columns whose address sends its reader on: is what came still the asked agencies' column of reports?

A server that redirects an agency's column to another agency's, or to last year's, answers with a whole list of
somebody's reports. It would prove that the agency has published nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from crawler.outcomes import Trouble
from crawler.pages import page_title
from crawler.stand_ins import names_reports, page_at
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from urllib.parse import SplitResult

    from crawler.downloads import Visit
    from crawler.links import RowReading
    from crawler.requests import Place

_FRONT = re.compile(r"(?:/(?:index|default|list)?(?:\.\w+)?)?$")


def is_sent_on(asked: str, answered: str) -> bool:
    """Is the answer's address another page's: not the same by https, with a slash or an index's name behind it?

    Of what stands behind ? only what both say can differ: a session may be added.
    """
    one, other = urlsplit(asked), urlsplit(answered)
    fields, told = dict(parse_qsl(one.query)), dict(parse_qsl(other.query))
    is_one_page = _page(one) == _page(other) and all(told.get(key, value) == value for key, value in fields.items())
    return not is_one_page


def _page(parts: SplitResult) -> tuple[str, str]:
    return (parts.hostname or "").removeprefix("www."), _FRONT.sub("", re.sub(r"/+", "/", parts.path).rstrip("/"))


async def sent_away(
    visit: Visit, place: Place, column: str, answered: str, readings: Iterable[RowReading]
) -> Trouble | None:
    """Why a column that was sent on to `answered` is no proof for its agencies; None where it is still theirs.

    Never where another agency's column, or another of the portal's, stands there. Of an agency's own column a row or
    the page itself has to name the agency; of a shared one the page must not call itself something else.
    """
    if not is_sent_on(column, answered):
        return None
    moved = Trouble(Outcome.MOVED, "column_sent_on", (column, answered))
    others = {agency.column_url for agency in visit.request.agencies} | set(visit.portal.columns)
    if any(url and url != column and not is_sent_on(url, answered) for url in others):
        return moved
    page = await page_at(visit, column)
    if page is None:
        return moved
    name = page_title(page)
    if len(place.agencies) == 1 and place.agencies[0].column_url == column:
        own = place.agencies[0]
        is_named = any(known in name for known in (own.name, *own.aliases))
        is_listed = any(reading.names_agency and reading.candidate.agency == own.id for reading in readings)
        return None if is_named or is_listed else moved
    is_something_else = bool(name) and visit.portal.name not in name and not names_reports(page)
    return moved if is_something_else else None
