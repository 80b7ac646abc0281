"""Walking a column and the columns inside it: by year, by group of agencies, by agency."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.links import owners_of, possible_owners
from crawler.list_evidence import AgencyList, ListWalk, page_of
from crawler.list_walk import Ground, ListWalker
from crawler.listings import InnerColumn
from crawler.outcomes import Trouble
from crawler.rows import row_key
from crawler.sent_on import is_sent_on
from crawler.titles import read_title
from crawler.wordings import further_titles
from storage.records import EndProof, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.downloads import Visit
    from crawler.rows import Row
    from storage.records import Agency

MAX_DEPTH = 2
"""Levels of columns inside a column: year, then group. Picking an agency, or a list of the same page, is none."""


async def walk_column(visit: Visit, url: str, *, from_year: int, agencies: Sequence[Agency]) -> ListWalk:
    """A column with the columns inside it, from `from_year` on for those by year, those of `agencies` where
    each agency has its own."""
    budget = visit.portal.max_pages or visit.request.page_budget
    ground = Ground(budget, budget, {url})
    is_own = len(agencies) == 1 and agencies[0].column_url == url
    walk = _Walk(visit, from_year, tuple(agencies), is_own, [])
    seen = await walk.column(InnerColumn(url), depth=0, ground=ground)
    entered = {key.rpartition(" ")[2] for key in ground.entered}
    unseen = next((deep for deep in walk.too_deep if deep not in entered), None)
    if unseen is None:
        return seen
    return joined((seen, ListWalk(trouble=Trouble(Outcome.INCOMPLETE, "columns_too_deep", (MAX_DEPTH, unseen)))))


def joined(parts: Sequence[ListWalk]) -> ListWalk:
    """Several lists as one: complete only if each is."""
    rows: dict[str, Row] = {}
    others: dict[str, Row] = {}
    for part in parts:
        for row in part.rows:
            known = rows.get(row_key(row.url))
            if known is None or (row.publisher and not known.publisher):
                rows[row_key(row.url)] = row
        others |= {f"{row_key(row.url)} {row.title}": row for row in part.others}
    listed = tuple(rows.values())
    wordings = further_titles((row for part in parts for row in (*part.rows, *part.wordings)), listed)
    beside = tuple(row for row in others.values() if row_key(row.url) not in rows)
    trouble = next((part.trouble for part in parts if part.trouble is not None), None)
    proofs = {part.end_proof for part in parts if part.pages}
    totals = [part.stated_total for part in parts if part.pages]
    return ListWalk(
        pages=tuple(page for part in parts for page in part.pages),
        rows=listed,
        wordings=wordings,
        others=(*beside, *further_titles(others.values(), (*listed, *wordings))),
        stated_total=sum(total for total in totals if total is not None) if None not in totals else None,
        end_proof=None if trouble is not None else _weakest(proofs),
        trouble=trouble,
        articles=tuple(article for part in parts for article in part.articles),
        agency_lists=tuple(own for part in parts for own in part.agency_lists),
        unread=tuple(dict.fromkeys(entry for part in parts for entry in part.unread)),
    )


def _weakest(proofs: set[EndProof | None]) -> EndProof | None:
    """What proves the end of several lists together."""
    if len(proofs) == 1:
        return next(iter(proofs))
    return EndProof.KNOWN_ROWS if EndProof.KNOWN_ROWS in proofs else EndProof.LAST_PAGE


def may_own(publisher: str, agencies: Sequence[Agency]) -> tuple[str, ...]:
    """The ids of the agencies that a picker may mean by what it calls one."""
    return owners_of(publisher, agencies) or possible_owners(publisher, agencies)


class _Walk(NamedTuple):
    """What stays the same while a column and the columns inside it are walked. `is_own`: the registry says that
    the column is its only agency's. `too_deep` gathers the columns that lie further inside than is looked."""

    visit: Visit
    from_year: int
    agencies: tuple[Agency, ...]
    is_own: bool
    too_deep: list[str]

    async def column(self, column: InnerColumn, *, depth: int, ground: Ground) -> ListWalk:
        """One column with those inside it."""
        walker = ListWalker(self.visit, column, ground)
        own = await walker.walk(from_year=self.from_year)
        parts = [own]
        own_pages = {page_of(column.url), *(page_of(page.url) for page in own.pages[:1])}
        for inner in walker.columns:
            signed = inner if inner.publisher else inner._replace(publisher=column.publisher)
            # The list with which the walk began may be one agency's: then it is walked again as that agency's,
            # without asking for its pages twice.
            key = f"{signed.publisher} {inner.url}".strip()
            if key in ground.entered or self._is_anothers(inner, column.publisher):
                continue
            inside = depth + (not (inner.publisher or inner.is_others or page_of(inner.url) in own_pages))
            if inside > MAX_DEPTH:
                self.too_deep.append(inner.url)
                continue
            ground.entered.add(key)
            if not inner.publisher:
                part = _as_part(await self._inner(signed, depth=inside, ground=ground))
                part = _unless_sent_to(part, inner.url, {column.url, *(each.url for each in walker.columns)})
                parts.append(_with_itself(part, own, walker.titled.get(inner.url)))
            elif may_own(inner.publisher, self.agencies) or inner.url in ground.entered:
                parts.append(await self._of_agency(inner, ground=ground))
            else:
                parts.append(ListWalk(agency_lists=(AgencyList(inner.publisher, inner.url),)))
        return own if len(parts) == 1 else joined(parts)

    def _is_anothers(self, inner: InnerColumn, publisher: str) -> bool:
        """Is a list inside this publisher's, or inside the agency's own column, another agency's?"""
        if inner.is_others:
            return bool(publisher) or self.is_own
        return publisher != "" and inner.publisher not in {"", publisher}

    async def _inner(self, column: InnerColumn, *, depth: int, ground: Ground) -> ListWalk:
        if ground.left <= 0:
            return ListWalk(trouble=Trouble(Outcome.TRAPPED, "budget", (ground.pages, column.url)))
        return await self.column(column, depth=depth, ground=ground)

    async def _of_agency(self, column: InnerColumn, *, ground: Ground) -> ListWalk:
        """An agency's own list: its levels and pages count for itself, what is wrong with it says nothing of the
        others'. No other agency's list is entered from there."""
        left = ground.pages if ground.left > 0 else 0
        ground.left -= 1
        own_ground = Ground(ground.pages, left, ground.entered)
        part = _as_part(await self._inner(column, depth=0, ground=own_ground))
        own_list = AgencyList(column.publisher, column.url, part.trouble)
        return replace(part, trouble=None, agency_lists=(own_list, *part.agency_lists))


def _unless_sent_to(part: ListWalk, url: str, others: set[str]) -> ListWalk:
    """A column inside a column; incomplete where its address led to one of the others, or to the one around it."""
    answered = part.pages[0].url if part.pages else url
    is_others = any(not is_sent_on(other, answered) for other in others - {url})
    if part.trouble is not None or not is_sent_on(page_of(url), answered) or not is_others:
        return part
    return replace(part, end_proof=None, trouble=Trouble(Outcome.INCOMPLETE, "column_sent_on", (url, answered)))


def _with_itself(part: ListWalk, own: ListWalk, link: Row | None) -> ListWalk:
    """A column inside a column, with the link to it as a report to be read where its name is a report's and it lists
    none of any year that the column around it does not: a report links the columns above it and the reports beside."""
    listed = {row.url for row in own.rows}
    titles = (read_title(row.title) for row in part.rows if row.url not in listed)
    is_list = any(title.is_report and title.report_year is not None for title in titles)
    if link is None or is_list or any(article.url == link.url for article in part.articles):
        return part
    return replace(part, articles=(*part.articles, link))


def _as_part(walk: ListWalk) -> ListWalk:
    """A column inside a column: that it is gone does not mean that the whole is."""
    if walk.trouble is None:
        return walk
    if walk.trouble.key == "column_is_report":
        # What is named like a year's column may be that year's report itself: then there is no list to prove.
        return replace(walk, trouble=None, end_proof=EndProof.SINGLE_PAGE)
    if walk.trouble.outcome in {Outcome.MOVED, Outcome.SOFT_404}:
        return replace(walk, trouble=walk.trouble._replace(outcome=Outcome.INCOMPLETE))
    return walk
