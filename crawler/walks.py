"""Walking one list from its first page to its proven end, and into the columns inside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.columns import frames, is_sub_column, sub_columns
from crawler.downloads import MAX_PAGE
from crawler.listings import read_paging
from crawler.outcomes import GONE_STATUSES, Trouble, conclude, is_home_page, is_soft_404, says_it_is_empty
from crawler.pagers import stated_totals
from crawler.pages import DAMAGE, index_key, page_title, read_page, visible_words
from crawler.portals import Listing, family_of
from crawler.rows import Row, list_rows, read_rows, row_key, without_twins
from crawler.titles import read_title
from storage.errors import UnreadableError
from storage.records import Outcome, ScanPage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.downloads import Answer, Visit
    from crawler.pages import Page

MAX_DEPTH = 2
"""Levels of columns inside a column: year, then group."""

_SECTION_MARKS = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请", "行政复议", "存在的主要问题")
_MARKS_OF_REPORT = 3


@dataclass(frozen=True, slots=True)
class ListWalk:
    """What was seen of one list, or of several that lie in one column.

    `rows` are the list's own, each article once; `others` are the pages' further links; `articles`
    are reports that stood where a list was expected. `trouble` None: read to the proven end.
    """

    pages: tuple[ScanPage, ...] = ()
    rows: tuple[Row, ...] = ()
    others: tuple[Row, ...] = ()
    stated_total: int | None = None
    end_proof: str | None = None
    trouble: Trouble | None = None
    articles: tuple[Row, ...] = ()


@dataclass(slots=True)
class _Ground:
    """What a place has cost so far: list pages that it may still take, lists entered."""

    pages: int
    left: int
    entered: set[str]


class _Read(NamedTuple):
    """One list page as it came; `page` None where there is `trouble`."""

    answer: Answer
    page: Page | None = None
    links: tuple[Row, ...] = ()
    rows: tuple[Row, ...] = ()
    trouble: Trouble | None = None

    @property
    def evidence(self) -> ScanPage:
        """What the scan keeps of it."""
        return ScanPage(self.answer.final_url, self.answer.status, self.answer.digest, len(self.rows))


class _List:
    """The list that is being walked: what its pages have shown so far."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.pages: list[ScanPage] = []
        self.rows: dict[str, Row] = {}
        self.others: dict[str, Row] = {}
        self.columns: tuple[str, ...] = ()
        self.article: Row | None = None
        self.totals: frozenset[int] = frozenset()
        self.proof: str | None = None

    def take(self, read: _Read) -> bool:
        """Adds a page; the answer is whether it showed any row that the earlier ones did not."""
        self.pages.append(read.evidence)
        new = {row.url: row for row in read.rows if row.url not in self.rows}
        self.rows |= new
        self.others |= {row.url: row for row in read.links if row.url not in self.others}
        return bool(new)

    def walk(self, trouble: Trouble | None) -> ListWalk:
        """What was seen, and whether it is the whole list."""
        rows = without_twins(self.rows.values())
        counted = frozenset({len(self.rows), len(rows)})
        verdict = conclude(url=self.url, trouble=trouble, proof=self.proof, totals=self.totals, counted=counted)
        return ListWalk(
            pages=tuple(self.pages),
            rows=rows,
            others=tuple(row for url, row in self.others.items() if url not in self.rows),
            stated_total=next(iter(self.totals)) if len(self.totals) == 1 else None,
            end_proof=verdict.end_proof,
            trouble=verdict.trouble,
            articles=(self.article,) if self.article is not None else (),
        )


async def walk_column(visit: Visit, url: str, *, from_year: int) -> ListWalk:
    """A column with the columns inside it, from `from_year` on for those by year."""
    budget = visit.request.page_budget
    return await _walk(visit, url, from_year=from_year, depth=0, ground=_Ground(budget, budget, {url}))


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


async def _walk(visit: Visit, url: str, *, from_year: int, depth: int, ground: _Ground) -> ListWalk:
    seen = _List(url)
    own = seen.walk(await _walk_list(visit, seen, ground, from_year=from_year if depth < MAX_DEPTH else None))
    parts = [own]
    for column in seen.columns:
        if column not in ground.entered:
            ground.entered.add(column)
            part = await _walk(visit, column, from_year=from_year, depth=depth + 1, ground=ground)
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


async def _walk_list(visit: Visit, seen: _List, ground: _Ground, *, from_year: int | None) -> Trouble | None:
    """Reads the pages of one list into `seen`; what stopped it, None where its end was reached.

    `from_year` None: columns inside are not entered any more.
    """
    read = await _read_page(visit, (seen.url,), seen, ground)
    opening = read.page
    if opening is None:
        seen.take(read)
        return read.trouble
    family = family_of(opening.text, visit.portal.family)
    seen.totals = stated_totals(opening)
    seen.article = Row(page_title(opening), opening.url, None) if _is_report(opening) else None
    if from_year is not None:
        seen.columns = sub_columns(read.links, opening.url, from_year=from_year)
    read = read._replace(rows=tuple(row for row in read.rows if not is_sub_column(row, opening.url)))
    seen.take(read)
    if from_year is not None and not read.rows and not seen.columns:
        seen.columns = tuple(url for url in frames(opening) if visit.is_own(url))
    trouble = _opening_trouble(visit, read, opening, seen)
    if trouble is None and family.listing == Listing.NONE:
        trouble = Trouble(Outcome.INCOMPLETE, "family_not_walked", (family.title, opening.url))
    page, number = opening, 1
    while trouble is None:
        paging = read_paging(family.listing, opening, page, number)
        if not paging.next_urls:
            seen.proof = None if paging.fault else "single_page" if paging.is_single else "last_page"
            return Trouble(Outcome.INCOMPLETE, paging.fault, (page.url,)) if paging.fault else None
        visited = {index_key(entry.url) for entry in seen.pages}
        guesses = tuple(url for url in paging.next_urls if index_key(url) not in visited)
        if not guesses:
            return Trouble(Outcome.INCOMPLETE, "pager_circle", (page.url,))
        if ground.left <= 0:
            return Trouble(Outcome.TRAPPED, "budget", (ground.pages, seen.url))
        read = await _read_page(visit, guesses, seen, ground)
        is_new = seen.take(read)
        number += 1
        trouble = _later_trouble(read, number, is_new=is_new)
        page = read.page or page
    return trouble


async def _read_page(visit: Visit, guesses: tuple[str, ...], seen: _List, ground: _Ground) -> _Read:
    """The page at the first of these addresses that has one with new rows: numberings differ by one."""
    reads: list[_Read] = []
    for guess in guesses:
        ground.left -= 1
        reads.append(_read(await visit.fetch(guess, max_size=MAX_PAGE)))
        is_repeat = bool(reads[-1].rows) and all(row.url in seen.rows for row in reads[-1].rows)
        is_dead_end = is_repeat or reads[-1].answer.status in GONE_STATUSES
        if not is_dead_end or len(guesses) == 1:
            return reads[-1]
    return next((read for read in reads if read.page is not None), reads[0])


def _read(answer: Answer) -> _Read:
    if answer.trouble is not None:
        return _Read(answer, trouble=answer.trouble)
    try:
        page = read_page(answer.body, answer.final_url)
    except UnreadableError:
        return _Read(answer, trouble=Trouble(Outcome.UNDECODABLE, "undecodable", (answer.final_url,)))
    links = read_rows(page)
    rows = list_rows(links, page.url)
    is_damaged = any(DAMAGE in row.title for row in rows)
    trouble = Trouble(Outcome.UNDECODABLE, "damaged", (page.url,)) if is_damaged else None
    return _Read(answer, page, links, rows, trouble)


def _opening_trouble(visit: Visit, read: _Read, page: Page, seen: _List) -> Trouble | None:
    """What is wrong with the first page of a list, if anything is."""
    shown = visible_words(page)
    is_home = is_home_page(read.answer.url, page.url, visit.portal.base_url)
    if is_home or is_soft_404(shown, page_title(page)):
        return Trouble(Outcome.SOFT_404, "soft_404", (read.answer.url,))
    if read.trouble is not None or read.rows or seen.columns:
        return read.trouble
    if seen.article is not None:
        return Trouble(Outcome.INCOMPLETE, "column_is_report", (page.url,))
    if says_it_is_empty(shown, page.text) or _is_unwalked(visit, page):
        return None
    return Trouble(Outcome.NEEDS_BROWSER, "no_rows", (page.url,))


def _is_unwalked(visit: Visit, page: Page) -> bool:
    return family_of(page.text, visit.portal.family).listing == Listing.NONE


def _later_trouble(read: _Read, number: int, *, is_new: bool) -> Trouble | None:
    """What is wrong with page `number` (2 or later) of a list, if anything is."""
    if read.trouble is not None:
        is_gone = read.trouble.outcome == Outcome.MOVED
        return read.trouble._replace(outcome=Outcome.INCOMPLETE) if is_gone else read.trouble
    if not read.rows:
        return Trouble(Outcome.INCOMPLETE, "stub", (number, read.answer.final_url))
    return None if is_new else Trouble(Outcome.INCOMPLETE, "repeats", (number, read.answer.final_url))


def _is_report(page: Page) -> bool:
    """Is the page itself a report, with its sections, rather than a list of reports?"""
    text = visible_words(page)
    return read_title(page_title(page)).is_report and sum(mark in text for mark in _SECTION_MARKS) >= _MARKS_OF_REPORT
