"""Walking one list from its first page to its proven end: what came, what it showed, what stopped it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.columns import frames, is_sub_column, sub_columns
from crawler.downloads import MAX_PAGE, UNCHANGED
from crawler.known import KNOWN_ROWS
from crawler.listings import InnerColumn, ListPage, ListRequest, read_list
from crawler.outcomes import GONE_STATUSES, Trouble, conclude, is_home_page, is_soft_404, says_it_is_empty
from crawler.pages import DAMAGE, index_key, page_title, read_page, visible_words
from crawler.portals import Listing, family_of, listing_of
from crawler.rows import Row, without_twins
from crawler.titles import read_title, same_agency
from storage.errors import UnreadableError
from storage.records import Outcome, ScanPage

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.downloads import Answer, Visit
    from crawler.pages import Page

_SECTION_MARKS = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请", "行政复议", "存在的主要问题")
_MARKS_OF_REPORT = 3


class AgencyList(NamedTuple):
    """The list of one agency inside a column, as the column's picker calls it. `trouble` None: read to its
    proven end, or left alone because nobody asks for that agency."""

    publisher: str
    url: str
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class ListWalk:
    """What was seen of one list, or of several that lie in one column.

    `rows` are the list's own, each article once; `others` are the pages' further links; `articles`
    are reports that stood where a list was expected. `trouble` None: read to the proven end, except
    what `agency_lists` say of the lists of single agencies inside.
    """

    pages: tuple[ScanPage, ...] = ()
    rows: tuple[Row, ...] = ()
    others: tuple[Row, ...] = ()
    stated_total: int | None = None
    end_proof: str | None = None
    trouble: Trouble | None = None
    articles: tuple[Row, ...] = ()
    agency_lists: tuple[AgencyList, ...] = ()


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
        status = UNCHANGED if self.answer.is_unchanged else self.answer.status
        return ScanPage(self.answer.final_url, status, self.answer.digest, len(self.rows))


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
        # When an earlier crawl read the rows that this one did not walk to.
        self.walked_at: datetime | None = None

    @property
    def key(self) -> str:
        """What tells the list from every other of its portal."""
        return f"{self.publisher} {self.url}".strip()

    def take(self, read: _Read) -> bool:
        """Adds a page; the answer is whether it showed any row that the earlier ones did not."""
        self.pages.append(read.evidence)
        self.asked |= {index_key(read.request.key), index_key(read.answer.final_url)}
        new = {row.url: self.signed(row) for row in read.rows if row.url not in self.rows}
        self.rows |= new
        self.others |= {row.url: row for row in read.shown.links if row.url not in self.others}
        # Totals are taken from the first page that states any: while a list is walked a row may be added to it.
        self.totals = self.totals or read.shown.totals
        return bool(new)

    def signed(self, row: Row) -> Row:
        """The row as one of the publisher whose own list this is."""
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
            end_proof=KNOWN_ROWS if self.walked_at and verdict.end_proof == "stated_total" else verdict.end_proof,
            trouble=verdict.trouble,
            articles=(self.article,) if self.article is not None else (),
        )


_DRAWABLE = frozenset({Listing.LINKED_PAGES, Listing.SCRIPT_PAGER})
"""Ways for want of a better one: where they show nothing, a browser may."""


_NEW_ROWS_LAST = frozenset({"vsb"})
"""Families whose pages are numbered from the last on: what stands on which page moves with every new row."""


class ListWalker:
    """One list while it is walked. `seen` is what its pages have shown, `columns` the lists inside it."""

    def __init__(self, visit: Visit, column: InnerColumn, ground: Ground) -> None:
        self._visit = visit
        self._ground = ground
        self._seen = _List(column.url, column.publisher)
        self._listing = Listing.LINKED_PAGES
        self._family = ""
        self._opening: Page | None = None
        self.columns: tuple[InnerColumn, ...] = ()

    async def walk(self, *, from_year: int) -> ListWalk:
        """Reads every page of the list, and looks for columns inside it, from `from_year` on for those by year."""
        walk = self._seen.walk(await self._read_pages(from_year))
        self._remember(walk)
        return walk

    def _remember(self, walk: ListWalk) -> None:
        """Notes the list for the next crawl, where it may then be told whole by its first page."""
        memory, seen = self._visit.memory, self._seen
        is_told = walk.end_proof in {"stated_total", KNOWN_ROWS} and walk.stated_total is not None
        if is_told and self._may_stop_early() and len(walk.pages) + (seen.walked_at is not None) > 1:
            total = walk.stated_total or 0
            memory.note_list(seen.key, seen.rows.values(), seen.others.values(), total, seen.walked_at)
        else:
            memory.note_lost_list(seen.key)

    def _may_stop_early(self) -> bool:
        """Do new rows of such a list come first, so that its first page tells of all?"""
        return self._listing is not Listing.BROWSER and self._family not in _NEW_ROWS_LAST

    def _take_known_rest(self) -> bool:
        """Adds the rows of further pages where what was seen proves that they are as an earlier crawl saw them."""
        seen = self._seen
        rest = self._visit.memory.rest_of(seen.key, tuple(seen.rows.values()), seen.totals)
        if rest is None or not self._may_stop_early():
            return False
        seen.rows |= {row.url: row for row in rest.rows}
        seen.others |= {row.url: row for row in rest.others if row.url not in seen.others}
        seen.walked_at = rest.known.walked_at
        return True

    async def _read_pages(self, from_year: int) -> Trouble | None:
        """What stopped the walk, None where the list's end was reached."""
        seen = self._seen
        read = await self._read(ListRequest(seen.url), 1)
        if read.page is None:
            seen.take(read)
            return read.trouble
        opening = read.page
        read = self._open(read, opening, from_year)
        trouble = self._opening_trouble(read, opening)
        if self._visit.can_draw and self._is_undrawn(read, opening, trouble):
            read, trouble = await self._draw(read.answer.final_url, from_year)
        number = 1
        while trouble is None:
            paging = read.shown.paging
            guesses = tuple(guess for guess in paging.requests if index_key(guess.key) not in seen.asked)
            if not guesses:
                seen.proof, trouble = _end(read)
                break
            if not paging.fault and self._take_known_rest():
                break
            if self._ground.left <= 0:
                return Trouble(Outcome.TRAPPED, "budget", (self._ground.pages, seen.url))
            number += 1
            asker, read = read, await self._read_first_of(guesses, number, is_end=paging.is_end)
            if paging.fault and self._is_dead_end(read):
                return _fault(asker)
            if paging.is_end and not read.rows and self._is_dead_end(read) and not read.shown.paging.fault:
                seen.proof = "last_page"
                break
            trouble = _later_trouble(read, number, seen, is_new=seen.take(read))
        return trouble

    def _is_undrawn(self, read: _Read, opening: Page, trouble: Trouble | None) -> bool:
        """Are the rows still to be drawn: no endpoint is known, and the page neither shows rows nor denies any?"""
        if trouble is not None and trouble.key != "no_rows":
            return False
        if self._listing is Listing.BROWSER:
            return True
        is_silent = not (read.rows or self.columns or self._seen.article or read.shown.is_empty)
        is_known = bool(read.shown.paging.requests) or self._listing not in _DRAWABLE
        return is_silent and not is_known and not says_it_is_empty(visible_words(opening), opening.text)

    async def _draw(self, url: str, from_year: int) -> tuple[_Read, Trouble | None]:
        """The first page once more, drawn by the browser: it takes the place of the empty one."""
        self._opening, self._listing = None, Listing.BROWSER
        read = await self._read(ListRequest(url, drawn=1), 1)
        if read.page is None:
            self._seen.take(read)
            return read, read.trouble
        opening = read.page
        read = self._open(read, opening, from_year)
        return read, self._opening_trouble(read, opening)

    def _open(self, read: _Read, opening: Page, from_year: int) -> _Read:
        """Takes the first page; the answer is it without its links to columns inside the list."""
        shown, seen = read.shown, self._seen
        article = seen.signed(Row(page_title(opening), opening.url, None))
        seen.article = article if _is_report(opening) and not _is_listed(article, shown.rows) else None
        # Several lists of one page are told apart by what stands behind # in their addresses.
        self.columns = tuple(column for column in shown.columns if page_of(column.url) == page_of(opening.url))
        inner = (InnerColumn(url) for url in sub_columns(shown.links, opening.url, from_year=from_year))
        is_whole = len(self.columns) < len(shown.columns) or "#" in read.request.url
        self.columns = shown.columns if is_whole else (*self.columns, *inner)
        # Only a link that people follow can be a column; a row of another kind is an article, whatever its address.
        rows = tuple(row for row in shown.rows if not (shown.links and is_sub_column(row, opening.url)))
        seen.take(own := read._replace(shown=shown._replace(rows=rows)))
        if not (rows or self.columns or shown.paging.requests):
            self.columns = tuple(
                InnerColumn(url)
                for url in frames(opening)
                if self._visit.is_own(url) and url not in self._ground.entered
            )
        return own

    async def _read_first_of(self, guesses: tuple[ListRequest, ...], number: int, *, is_end: bool) -> _Read:
        """The page that comes for the first of these requests that has one with new rows: numberings differ by one.

        `is_end`: the list may have ended, so that of pages without new rows an empty one says more than a repeat.
        """
        reads: list[_Read] = []
        for guess in guesses:
            read = await self._read(guess, number)
            if not self._is_dead_end(read):
                return read
            reads.append(read)
        honest = (read for read in reads if read.page is not None and not read.shown.paging.fault)
        best = next((read for read in honest if bool(read.rows) is not is_end), None)
        best = best or next((read for read in reads if read.rows), None)
        return best or next((read for read in reads if read.shown.paging.fault), reads[0])

    def _is_dead_end(self, read: _Read) -> bool:
        """Is there nothing new behind this request?"""
        if read.page is None:
            return read.answer.status in GONE_STATUSES
        return all(row.url in self._seen.rows for row in read.rows) and not read.shown.is_empty

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
            if not request.drawn:
                family = family_of(page.text, self._visit.portal.family)
                self._listing = listing_of(page.text, family, self._visit.portal.listing)
                self._family = family.key
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
        leads_on = any(not column.is_others for column in self.columns)
        if read.trouble is not None or read.rows or leads_on or read.shown.paging.requests:
            return read.trouble
        if self._seen.article is not None:
            return Trouble(Outcome.INCOMPLETE, "column_is_report", (page.url,))
        is_fault = bool(read.shown.paging.fault) and self._listing not in _DRAWABLE
        if read.shown.is_empty or is_fault or says_it_is_empty(shown, page.text):
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
        stub = Trouble(Outcome.INCOMPLETE, "stub", (number, read.answer.final_url))
        return _fault(read) if read.shown.paging.fault else stub
    return None if is_new else Trouble(Outcome.INCOMPLETE, "repeats", (number, read.answer.final_url))


def _end(read: _Read) -> tuple[str | None, Trouble | None]:
    """What a page proves after which no page is asked for: its proof of the end, or what is wrong."""
    paging = read.shown.paging
    if paging.fault:
        return None, _fault(read)
    if paging.requests and not paging.is_end:
        return None, Trouble(Outcome.INCOMPLETE, "pager_circle", (read.answer.final_url,))
    return ("single_page" if paging.is_single else "last_page"), None


def page_of(url: str) -> str:
    """The address of the page that a list is of: what stands behind # tells several lists of one page apart."""
    return url.partition("#")[0]


def _fault(read: _Read) -> Trouble:
    """What a page's fault comes to."""
    paging = read.shown.paging
    return Trouble(paging.outcome, paging.fault, paging.values or (read.answer.final_url,))


def _is_listed(article: Row, rows: tuple[Row, ...]) -> bool:
    """Is a report that a column shows in itself, above its list, one of the list's rows?"""
    own = read_title(article.title)
    name = own.agency_name or article.publisher
    if own.agency_name and article.publisher and not same_agency(own.agency_name, (article.publisher,)):
        return False
    listed = (read_title(row.title) for row in rows)
    return own.report_year is not None and any(
        row.report_year == own.report_year and row.is_report and row.agency_name in {None, name} for row in listed
    )


def _is_report(page: Page) -> bool:
    """Is the page itself a report, with its sections, rather than a list of reports?"""
    text = visible_words(page)
    return read_title(page_title(page)).is_report and sum(mark in text for mark in _SECTION_MARKS) >= _MARKS_OF_REPORT
