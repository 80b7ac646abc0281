"""Walking a column and the columns inside it: by year, by group of agencies, by agency."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.list_walk import Ground, ListWalk, ListWalker
from crawler.listings import InnerColumn
from crawler.rows import row_key
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.downloads import Visit
    from crawler.rows import Row

MAX_DEPTH = 2
"""Levels of columns inside a column: year, then group."""


async def walk_column(visit: Visit, url: str, *, from_year: int) -> ListWalk:
    """A column with the columns inside it, from `from_year` on for those by year."""
    budget = visit.request.page_budget
    ground = Ground(budget, budget, {url})
    return await _walk(visit, InnerColumn(url), from_year=from_year, depth=0, ground=ground)


def joined(parts: Sequence[ListWalk]) -> ListWalk:
    """Several lists as one: complete only if each is."""
    rows: dict[str, Row] = {}
    others: dict[str, Row] = {}
    for part in parts:
        rows |= {row_key(row.url): row for row in part.rows if row_key(row.url) not in rows}
        others |= {row_key(row.url): row for row in part.others}
    trouble = next((part.trouble for part in parts if part.trouble is not None), None)
    proofs = {part.end_proof for part in parts}
    totals = [part.stated_total for part in parts]
    return ListWalk(
        pages=tuple(page for part in parts for page in part.pages),
        rows=tuple(rows.values()),
        others=tuple(row for key, row in others.items() if key not in rows),
        stated_total=sum(total for total in totals if total is not None) if None not in totals else None,
        end_proof=None if trouble is not None else proofs.pop() if len(proofs) == 1 else "last_page",
        trouble=trouble,
        articles=tuple(article for part in parts for article in part.articles),
    )


async def _walk(visit: Visit, column: InnerColumn, *, from_year: int, depth: int, ground: Ground) -> ListWalk:
    walker = ListWalker(visit, column, ground)
    own = await walker.walk(from_year=from_year if depth < MAX_DEPTH else None)
    parts = [own]
    for inner in walker.columns:
        if inner.url not in ground.entered:
            ground.entered.add(inner.url)
            signed = inner if inner.publisher else inner._replace(publisher=column.publisher)
            part = await _walk(visit, signed, from_year=from_year, depth=depth + 1, ground=ground)
            parts.append(_as_part(part))
    return own if len(parts) == 1 else joined(parts)


def _as_part(walk: ListWalk) -> ListWalk:
    """A column inside a column: that it is gone does not mean that the whole is."""
    if walk.trouble is None:
        return walk
    if walk.trouble.key == "column_is_report":
        # What is named like a year's column may be that year's report itself: then there is no list to prove.
        return replace(walk, trouble=None, end_proof="single_page")
    if walk.trouble.outcome in {Outcome.MOVED, Outcome.SOFT_404}:
        return replace(walk, trouble=walk.trouble._replace(outcome=Outcome.INCOMPLETE))
    return walk
