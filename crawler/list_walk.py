"""Walking one list from its first page to its proven end: what is asked for next, and when to stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.columns import frames, is_sub_column, sub_columns
from crawler.downloads import MAX_PAGE
from crawler.list_evidence import (
    ReadPage,
    SeenList,
    fault_of,
    is_listed,
    is_report_page,
    later_trouble,
    page_of,
    proof_of_end,
)
from crawler.listings import InnerColumn, PageRequest, read_list
from crawler.outcomes import (
    BROKEN_OFF,
    GONE_STATUSES,
    Trouble,
    is_home_page,
    is_soft_404,
    is_wrong_method,
    page_instead,
    says_it_is_empty,
)
from crawler.pages import index_key, is_garbled, page_title, read_page, visible_words
from crawler.portals import Listing, family_of, listing_of
from crawler.rows import Row
from crawler.titles import read_title
from crawler.unread import Unread, linked_years, source_entries
from crawler.unseen_parts import failure_shown, unseen_parts
from storage.errors import UnreadableError
from storage.records import EndProof, Outcome

if TYPE_CHECKING:
    from crawler.downloads import Visit
    from crawler.list_evidence import ListWalk
    from crawler.pages import Page


@dataclass(slots=True)
class Ground:
    """What a place has cost so far: list pages that it may still take, lists entered."""

    pages: int
    left: int
    entered: set[str]


_DRAWABLE = frozenset({Listing.LINKED_PAGES, Listing.SCRIPT_PAGER})
"""Ways for want of a better one: where they show nothing, a browser may."""


class ListWalker:
    """One list while it is walked. `seen` is what its pages have shown, `columns` the lists inside it."""

    def __init__(self, visit: Visit, column: InnerColumn, ground: Ground) -> None:
        self._visit = visit
        self._ground = ground
        self._seen = SeenList(column.url, column.publisher)
        self._listing = Listing.LINKED_PAGES
        self._is_newest_first = True
        self._opening: Page | None = None
        self.columns: tuple[InnerColumn, ...] = ()
        # Links entered as columns whose names a report could bear: an address tells neither kind for sure.
        self.titled: dict[str, Row] = {}

    async def walk(self, *, from_year: int) -> ListWalk:
        """Reads every page of the list, and looks for columns inside it, from `from_year` on for those by year."""
        walk = self._seen.walk(await self._read_pages(from_year))
        self._remember(walk)
        return walk

    def _remember(self, walk: ListWalk) -> None:
        """Notes the list for the next crawl, where it may then be told whole by its first page."""
        memory, seen = self._visit.memory, self._seen
        is_told = walk.end_proof in {EndProof.STATED_TOTAL, EndProof.KNOWN_ROWS} and walk.stated_total is not None
        if is_told and self._may_stop_early() and len(walk.pages) + (seen.walked_at is not None) > 1:
            total = walk.stated_total or 0
            memory.note_list(seen.key, seen.rows.values(), seen.beside, total, seen.walked_at)
        else:
            memory.note_lost_list(seen.key)

    def _may_stop_early(self) -> bool:
        """Do new rows of such a list come first, so that its first page tells of all?"""
        return self._listing is not Listing.BROWSER and self._is_newest_first

    def _take_known_rest(self) -> bool:
        """Adds the rows of further pages where what was seen proves that they are as an earlier crawl saw them."""
        seen = self._seen
        rest = self._visit.memory.rest_of(seen.key, tuple(seen.rows.values()), seen.totals)
        if rest is None or not self._may_stop_early():
            return False
        seen.take_known(rest.rows, rest.others)
        seen.walked_at = rest.known.walked_at
        return True

    async def _read_pages(self, from_year: int) -> Trouble | None:
        """What stopped the walk, None where the list's end was reached."""
        seen = self._seen
        read = await self._read(PageRequest(seen.url), 1)
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
                seen.proof, trouble = proof_of_end(read)
                break
            if not paging.fault and self._take_known_rest():
                break
            if self._ground.left <= 0:
                return Trouble(Outcome.TRAPPED, "budget", (self._ground.pages, seen.url))
            number += 1
            asker, read = read, await self._read_first_of(guesses, number, is_end=paging.is_end)
            if paging.is_doubted and (self._is_dead_end(read) or read.shown.is_empty):
                seen.proof = EndProof.LAST_PAGE
                break
            if paging.fault and self._is_dead_end(read):
                return fault_of(asker)
            if paging.is_end and not read.rows and self._is_dead_end(read) and not read.shown.paging.fault:
                seen.proof = EndProof.LAST_PAGE
                break
            trouble = later_trouble(read, number, seen, is_new=seen.take(read))
        return trouble

    def _is_undrawn(self, read: ReadPage, opening: Page, trouble: Trouble | None) -> bool:
        """Are the rows still to be drawn: no endpoint is known, and the page neither shows rows nor denies any?"""
        if trouble is not None and trouble.key != "no_rows":
            return False
        if self._listing is Listing.BROWSER:
            return True
        is_silent = not (read.rows or self.columns or self._seen.article or read.shown.is_empty)
        is_known = bool(read.shown.paging.requests) or self._listing not in _DRAWABLE
        return is_silent and not is_known and not says_it_is_empty(visible_words(opening), opening.text)

    async def _draw(self, url: str, from_year: int) -> tuple[ReadPage, Trouble | None]:
        """The first page once more, drawn by the browser: it takes the place of the empty one."""
        self._opening, self._listing = None, Listing.BROWSER
        read = await self._read(PageRequest(url, drawn=1), 1)
        if read.page is None:
            self._seen.take(read)
            return read, read.trouble
        opening = read.page
        read = self._open(read, opening, from_year)
        return read, self._opening_trouble(read, opening)

    def _open(self, read: ReadPage, opening: Page, from_year: int) -> ReadPage:
        """Takes the first page; the answer is it without its links to columns inside the list."""
        shown, seen = read.shown, self._seen
        article = seen.signed(Row(page_title(opening), opening.url, None))
        seen.article = article if is_report_page(opening) and not is_listed(article, shown.rows) else None
        # Several lists of one page are told apart by what stands behind # in their addresses.
        self.columns = tuple(column for column in shown.columns if page_of(column.url) == page_of(opening.url))
        links = (*shown.links, *linked_years(opening))
        inner = (InnerColumn(url) for url in sub_columns(links, opening.url, from_year=from_year))
        is_whole = len(self.columns) < len(shown.columns) or "#" in read.request.url
        self.columns = shown.columns if is_whole else (*self.columns, *inner)
        # Only a link that people follow can be a column; a row of another kind is an article, whatever its address.
        rows = tuple(row for row in shown.rows if not (shown.links and is_sub_column(row, opening.url)))
        titled = (row for row in (*shown.links, *shown.rows) if row not in rows and read_title(row.title).is_report)
        self.titled = {row.url: seen.signed(row) for row in titled}
        seen.take(own := read._replace(shown=shown._replace(rows=rows)))
        if not (rows or self.columns or shown.paging.requests):
            self.columns = tuple(
                InnerColumn(url)
                for url in frames(opening)
                if self._visit.is_own(url) and url not in self._ground.entered
            )
        return own

    async def _read_first_of(self, guesses: tuple[PageRequest, ...], number: int, *, is_end: bool) -> ReadPage:
        """The page that comes for the first of these requests that has one with new rows: numberings differ by one.

        `is_end`: the list may have ended, so that of pages without new rows an empty one says more than a repeat.
        """
        reads: list[ReadPage] = []
        refused: set[str] = set()
        for guess in guesses:
            if guess.method in refused:
                continue
            read = await self._read(guess, number)
            if is_wrong_method(read.trouble) and any(other.method != guess.method for other in guesses):
                refused.add(guess.method)
            elif not self._is_dead_end(read):
                return read
            reads.append(read)
        honest = [read for read in reads if read.page is not None and not read.shown.paging.fault]
        best = next((read for read in honest if bool(read.rows) is not is_end), None)
        best = best or next((read for read in reads if read.rows), None) or next(iter(honest), None)
        return best or next((read for read in reads if read.shown.paging.fault), reads[0])

    def _is_dead_end(self, read: ReadPage) -> bool:
        """Is there nothing new behind this request?"""
        if read.page is None:
            return read.answer.status in GONE_STATUSES
        return all(row.url in self._seen.rows for row in read.rows) and not read.shown.is_empty

    async def _read(self, request: PageRequest, number: int) -> ReadPage:
        self._ground.left -= 1
        answer = await self._visit.fetch(request, max_size=MAX_PAGE)
        if answer.trouble is not None:
            return ReadPage(request, answer, trouble=answer.trouble)
        try:
            page = read_page(answer.body, answer.final_url)
        except UnreadableError:
            return ReadPage(request, answer, trouble=Trouble(Outcome.UNDECODABLE, "undecodable", (answer.final_url,)))
        self._seen.unread |= dict.fromkeys(source_entries(page))
        if self._opening is None:
            self._opening = page
            if not request.drawn:
                family = family_of(page.text, self._visit.portal.family)
                self._listing = listing_of(page.text, family, self._visit.portal.listing)
                self._is_newest_first = family.is_newest_first
        if self._listing in _DRAWABLE and page is self._opening:
            parts = (Unread(part, year, is_year=False, is_part=True) for part, year in unseen_parts(page))
            self._seen.unread |= dict.fromkeys(parts)
        shown = read_list(self._listing, self._opening, page, number, request)
        is_damaged = any(is_garbled(row.title) for row in shown.rows)
        trouble = Trouble(Outcome.UNDECODABLE, "damaged", (page.url,)) if is_damaged else None
        if trouble is None and BROKEN_OFF.search(page.text) and BROKEN_OFF.search(visible_words(page)):
            trouble = Trouble(Outcome.INCOMPLETE, "broken_off", (page.url,))
        told = failure_shown(page) if trouble is None and shown.rows else None
        trouble = trouble if told is None else Trouble(Outcome.INCOMPLETE, "part_failed", (told, page.url))
        return ReadPage(request, answer, page, shown, trouble)

    def _opening_trouble(self, read: ReadPage, page: Page) -> Trouble | None:
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
        instead = page_instead(shown, page_title(page), page.url)
        return instead or Trouble(Outcome.NEEDS_BROWSER, "no_rows", (page.url,))
