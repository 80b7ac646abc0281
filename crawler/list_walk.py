"""Walking one list from its first page to its proven end: what came, what it showed, what stopped it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.columns import frames, is_sub_column, sub_columns
from crawler.downloads import MAX_PAGE
from crawler.listings import InnerColumn, ListPage, ListRequest, read_list
from crawler.outcomes import GONE_STATUSES, Trouble, conclude, is_home_page, is_soft_404, says_it_is_empty
from crawler.pages import DAMAGE, index_key, page_title, read_page, visible_words
from crawler.portals import Listing, family_of
from crawler.rows import Row, without_twins
from crawler.titles import read_title
from storage.errors import UnreadableError
from storage.records import Outcome, ScanPage

if TYPE_CHECKING:
    from crawler.downloads import Answer, Visit
    from crawler.pages import Page

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
class Ground:
    """What a place has cost so far: list pages that it may still take, lists entered."""

    pages: int
    left: int
    entered: set[str]


class _Read(NamedTuple):
    """One page of a list as it came; `page` None where there is `trouble`, `shown` then nothing."""

    request: ListRequest
    answer: Answer
    page: Page | None = None
    shown: ListPage = ListPage()
    trouble: Trouble | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The list's own rows."""
        return self.shown.rows

    @property
    def evidence(self) -> ScanPage:
        """What the scan keeps of it."""
        return ScanPage(self.answer.final_url, self.answer.status, self.answer.digest, len(self.rows))


class _List:
    """The list that is being walked: what its pages have shown so far."""

    def __init__(self, url: str, publisher: str = "") -> None:
        self.url = url
        self.publisher = publisher
        self.pages: list[ScanPage] = []
        self.asked: set[str] = set()
        self.rows: dict[str, Row] = {}
        self.others: dict[str, Row] = {}
        self.article: Row | None = None
        self.totals: frozenset[int] = frozenset()
        self.proof: str | None = None

    def take(self, read: _Read) -> bool:
        """Adds a page; the answer is whether it showed any row that the earlier ones did not."""
        self.pages.append(read.evidence)
        self.asked |= {index_key(read.request.key), index_key(read.answer.final_url)}
        new = {row.url: self._signed(row) for row in read.rows if row.url not in self.rows}
        self.rows |= new
        self.others |= {row.url: row for row in read.shown.links if row.url not in self.others}
        # Totals are taken from the first page that states any: while a list is walked a row may be added to it.
        self.totals = self.totals or read.shown.totals
        return bool(new)

    def _signed(self, row: Row) -> Row:
        return replace(row, publisher=self.publisher) if self.publisher and not row.publisher else row

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


class ListWalker:
    """One list while it is walked. `seen` is what its pages have shown, `columns` the lists inside it."""

    def __init__(self, visit: Visit, column: InnerColumn, ground: Ground) -> None:
        self._visit = visit
        self._ground = ground
        self._seen = _List(column.url, column.publisher)
        self._listing = Listing.LINKED_PAGES
        self._opening: Page | None = None
        self.columns: tuple[InnerColumn, ...] = ()

    async def walk(self, *, from_year: int | None) -> ListWalk:
        """Reads every page of the list; `from_year` None: columns inside it are not looked for."""
        return self._seen.walk(await self._read_pages(from_year))

    async def _read_pages(self, from_year: int | None) -> Trouble | None:
        """What stopped the walk, None where the list's end was reached."""
        seen = self._seen
        read = await self._read(ListRequest(seen.url), 1)
        if read.page is None:
            seen.take(read)
            return read.trouble
        opening = read.page
        read = self._open(read, opening, from_year)
        trouble = self._opening_trouble(read, opening)
        number = 1
        while trouble is None:
            paging = read.shown.paging
            if not paging.requests:
                seen.proof = None if paging.fault else "single_page" if paging.is_single else "last_page"
                values = paging.values or (read.answer.final_url,)
                return Trouble(Outcome.INCOMPLETE, paging.fault, values) if paging.fault else None
            guesses = tuple(guess for guess in paging.requests if index_key(guess.key) not in seen.asked)
            if not guesses:
                return Trouble(Outcome.INCOMPLETE, "pager_circle", (read.answer.final_url,))
            if self._ground.left <= 0:
                return Trouble(Outcome.TRAPPED, "budget", (self._ground.pages, seen.url))
            number += 1
            read = await self._read_first_of(guesses, number)
            trouble = _later_trouble(read, number, seen, is_new=seen.take(read))
        return trouble

    def _open(self, read: _Read, opening: Page, from_year: int | None) -> _Read:
        """Takes the first page; the answer is it without its links to columns inside the list."""
        shown, seen = read.shown, self._seen
        seen.article = Row(page_title(opening), opening.url, None) if _is_report(opening) else None
        if from_year is not None:
            inner = (InnerColumn(url) for url in sub_columns(shown.links, opening.url, from_year=from_year))
            self.columns = shown.columns or tuple(inner)
        rows = tuple(row for row in shown.rows if not is_sub_column(row, opening.url))
        seen.take(own := read._replace(shown=shown._replace(rows=rows)))
        if from_year is not None and not (rows or self.columns or shown.paging.requests):
            self.columns = tuple(InnerColumn(url) for url in frames(opening) if self._visit.is_own(url))
        return own

    async def _read_first_of(self, guesses: tuple[ListRequest, ...], number: int) -> _Read:
        """The page that comes for the first of these requests that has one with new rows: numberings differ by one."""
        reads: list[_Read] = []
        for guess in guesses:
            read = await self._read(guess, number)
            is_old = all(row.url in self._seen.rows for row in read.rows) and not read.shown.is_empty
            is_dead_end = is_old if read.page is not None else read.answer.status in GONE_STATUSES
            if not is_dead_end:
                return read
            reads.append(read)
        return next((read for read in reads if read.rows), reads[0])

    async def _read(self, request: ListRequest, number: int) -> _Read:
        self._ground.left -= 1
        answer = await self._visit.fetch(request, max_size=MAX_PAGE)
        if answer.trouble is not None:
            return _Read(request, answer, trouble=answer.trouble)
        try:
            page = read_page(answer.body, answer.final_url)
        except UnreadableError:
            return _Read(request, answer, trouble=Trouble(Outcome.UNDECODABLE, "undecodable", (answer.final_url,)))
        if self._opening is None:
            self._opening = page
            self._listing = family_of(page.text, self._visit.portal.family).listing(page.text)
        shown = read_list(self._listing, self._opening, page, number, request)
        is_damaged = any(DAMAGE in row.title for row in shown.rows)
        trouble = Trouble(Outcome.UNDECODABLE, "damaged", (page.url,)) if is_damaged else None
        return _Read(request, answer, page, shown, trouble)

    def _opening_trouble(self, read: _Read, page: Page) -> Trouble | None:
        """What is wrong with the first page of a list, if anything is."""
        shown = visible_words(page)
        is_home = is_home_page(read.answer.url, page.url, self._visit.portal.base_url)
        if is_home or is_soft_404(shown, page_title(page)):
            return Trouble(Outcome.SOFT_404, "soft_404", (read.answer.url,))
        if read.trouble is not None or read.rows or self.columns or read.shown.paging.requests:
            return read.trouble
        if self._seen.article is not None:
            return Trouble(Outcome.INCOMPLETE, "column_is_report", (page.url,))
        if read.shown.is_empty or read.shown.paging.fault or says_it_is_empty(shown, page.text):
            return None
        return Trouble(Outcome.NEEDS_BROWSER, "no_rows", (page.url,))


def _later_trouble(read: _Read, number: int, seen: _List, *, is_new: bool) -> Trouble | None:
    """What is wrong with page `number` (2 or later) of a list, if anything is."""
    if read.trouble is not None:
        is_gone = read.trouble.outcome == Outcome.MOVED
        return read.trouble._replace(outcome=Outcome.INCOMPLETE) if is_gone else read.trouble
    if not read.rows and read.shown.is_empty and not seen.rows:
        return None
    if not read.rows:
        return Trouble(Outcome.INCOMPLETE, "stub", (number, read.answer.final_url))
    return None if is_new else Trouble(Outcome.INCOMPLETE, "repeats", (number, read.answer.final_url))


def _is_report(page: Page) -> bool:
    """Is the page itself a report, with its sections, rather than a list of reports?"""
    text = visible_words(page)
    return read_title(page_title(page)).is_report and sum(mark in text for mark in _SECTION_MARKS) >= _MARKS_OF_REPORT
