"""Finding the column of annual reports from a portal's front page, as a person would: by the names of links."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crawler.columns import (
    MAX_COLUMNS,
    MAX_DISCLOSURE_PAGES,
    disclosure_pages,
    doubtful_columns,
    report_columns,
    site_map,
)
from crawler.downloads import MAX_PAGE
from crawler.listings.gkmlpt import tree_links
from crawler.listings.model import NO_LIST, PageRequest
from crawler.outcomes import Trouble
from crawler.pages import read_page
from crawler.rows import read_rows
from storage.errors import UnreadableError
from storage.records import Outcome, ScanPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.downloads import Visit
    from crawler.rows import Row


class Discovery(NamedTuple):
    """The columns that were found, best first, and the pages on which they were looked for.

    Without columns, `trouble` says why. `is_portal_well`: its front page came and could be read. `left` are columns
    named alike that are too many to be looked at.
    """

    columns: tuple[str, ...]
    pages: tuple[ScanPage, ...]
    trouble: Trouble | None
    is_portal_well: bool
    left: tuple[str, ...] = ()


async def find_columns(visit: Visit) -> Discovery:
    """The report columns that the front page or the pages on information disclosure link, else the site map."""
    front = await _look(visit, visit.portal.base_url)
    if front.trouble is not None:
        return Discovery((), (front.evidence,), front.trouble, is_portal_well=False)
    on_front = frozenset(row.url for row in front.rows)
    looked = [front]
    columns = report_columns(front.rows, lambda _: False)
    waiting = list(disclosure_pages(front.rows))
    is_on_front = bool(columns)
    while waiting and not is_on_front and len(looked) <= MAX_DISCLOSURE_PAGES:
        page = await _look(visit, waiting.pop(0))
        looked.append(page)
        # Once a column is found, a further page's 年报 may be statistics: only a sure name adds to it.
        belongs = _belongs_to(page.evidence.url, on_front) if not columns else lambda _: False
        found = report_columns(page.rows, belongs)
        known = {entry.evidence.url for entry in looked}
        if not (columns or found):
            waiting += [url for url in disclosure_pages(page.rows) if url not in known and url not in waiting]
        columns = tuple(dict.fromkeys((*columns, *found)))
    trouble = next((page.trouble for page in looked if page.trouble is not None), None)
    chart = site_map(front.rows)
    if not columns and trouble is None and chart is not None:
        # A map that cannot be had says nothing: many portals link one that is long gone.
        page = await _look(visit, chart)
        looked.append(page)
        columns = report_columns(page.rows, lambda _: False)
        is_refused = page.trouble is not None and page.trouble.outcome == Outcome.BLOCKED
        trouble = page.trouble if is_refused else None
    columns = columns or next((urls for page in looked if (urls := doubtful_columns(page.rows))), ())
    pages = tuple(page.evidence for page in looked)
    if columns:
        return Discovery(columns[:MAX_COLUMNS], pages, None, is_portal_well=True, left=columns[MAX_COLUMNS:])
    not_found = Trouble(Outcome.INCOMPLETE, "column_not_found", (visit.portal.base_url,))
    return Discovery((), pages, trouble or not_found, is_portal_well=True)


class _Looked(NamedTuple):
    """A page on which the column was looked for, with the links that stay on the portal."""

    evidence: ScanPage
    rows: tuple[Row, ...] = ()
    trouble: Trouble | None = None


def _belongs_to(url: str, on_front: frozenset[str]) -> Callable[[str], bool]:
    """Whether a link belongs to this page: the front page's menu is on every page, and there 年报 may be statistics."""
    folder = url.rpartition("/")[0] + "/"
    return lambda link: link not in on_front or link.startswith(folder)


async def _look(visit: Visit, url: str) -> _Looked:
    """A page as it came; drawn by the browser where it came without any link and there is a browser."""
    plain = await _look_at(visit, PageRequest(url))
    if plain.trouble is not None or plain.rows or not visit.can_draw:
        return plain
    drawn = await _look_at(visit, PageRequest(url, drawn=1, dialect=NO_LIST))
    return drawn if drawn.rows or (drawn.trouble and drawn.trouble.outcome == Outcome.BLOCKED) else plain


async def _look_at(visit: Visit, request: PageRequest) -> _Looked:
    answer = await visit.fetch(request, max_size=MAX_PAGE)
    evidence = ScanPage(answer.final_url, answer.status, answer.digest, 0, answer.headers)
    if answer.trouble is not None:
        return _Looked(evidence, trouble=answer.trouble)
    try:
        page = read_page(answer.body, answer.final_url)
    except UnreadableError:
        return _Looked(evidence, trouble=Trouble(Outcome.UNDECODABLE, "undecodable", (answer.final_url,)))
    links = (*read_rows(page), *tree_links(page))
    return _Looked(evidence, tuple(row for row in links if visit.is_own(row.url)))
