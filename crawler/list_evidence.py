"""What has been seen of one list: its pages and rows, what they prove of its end, or what is wrong with them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.answers import UNCHANGED
from crawler.listings import ListPage, PageRequest
from crawler.outcomes import Trouble, conclude
from crawler.pages import index_key, page_title, visible_words
from crawler.rows import Row, without_twins
from crawler.titles import read_title, same_agency
from crawler.unread import Unread, unread_entries
from crawler.wordings import by_address, further_titles
from storage.records import EndProof, Outcome, ScanPage

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.answers import Answer
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

    `rows` are the list's own, each article once; `wordings` further titles of their addresses that say something
    else; `others` are the pages' further links; `articles` are reports that stood where a list was expected.
    `trouble` None: read to the proven end, except what `agency_lists` say of the lists of single agencies inside,
    and what the pages name without linking it: `unread`.
    """

    pages: tuple[ScanPage, ...] = ()
    rows: tuple[Row, ...] = ()
    wordings: tuple[Row, ...] = ()
    others: tuple[Row, ...] = ()
    stated_total: int | None = None
    end_proof: EndProof | None = None
    trouble: Trouble | None = None
    articles: tuple[Row, ...] = ()
    agency_lists: tuple[AgencyList, ...] = ()
    unread: tuple[Unread, ...] = ()


class ReadPage(NamedTuple):
    """One page of a list as it came; `page` None where there is `trouble`, `shown` then nothing."""

    request: PageRequest
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
        count = len({row.url for row in self.rows})
        return ScanPage(self.answer.final_url, status, self.answer.digest, count, self.answer.headers)


class SeenList:
    """The list that is being walked: what its pages have shown so far."""

    def __init__(self, url: str, publisher: str = "") -> None:
        self.url = url
        self.publisher = publisher
        self.pages: list[ScanPage] = []
        self.asked: set[str] = set()
        self.rows: dict[str, Row] = {}
        self.worded: dict[tuple[str, str], Row] = {}
        self.others: dict[tuple[str, str], Row] = {}
        self.article: Row | None = None
        self.totals: frozenset[int] = frozenset()
        self.unread: dict[Unread, None] = {}
        self.proof: EndProof | None = None
        # When an earlier crawl read the rows that this one did not walk to.
        self.walked_at: datetime | None = None

    @property
    def key(self) -> str:
        """What tells the list from every other of its portal."""
        return f"{self.publisher} {self.url}".strip()

    def take(self, read: ReadPage) -> bool:
        """Adds a page; the answer is whether it showed any row that the earlier ones did not."""
        self.pages.append(read.evidence)
        self.unread |= dict.fromkeys(unread_entries(read.page) if read.page is not None else ())
        self.asked |= {index_key(read.request.key), index_key(read.answer.final_url)}
        signed = tuple(self.signed(row) for row in read.rows)
        new = {url: row for url, row in by_address(signed).items() if url not in self.rows}
        self.rows |= new
        self.worded = {(row.url, row.title): row for row in signed} | self.worded
        self.others = {(row.url, row.title): row for row in read.shown.links} | self.others
        # Totals are taken from the first page that states any: while a list is walked a row may be added to it.
        self.totals = self.totals or read.shown.totals
        return bool(new)

    def take_known(self, rows: tuple[Row, ...], others: tuple[Row, ...]) -> None:
        """Adds what an earlier crawl saw on further pages."""
        self.rows |= {row.url: row for row in rows}
        self.others = {(row.url, row.title): row for row in others} | self.others

    @property
    def beside(self) -> tuple[Row, ...]:
        """What is remembered of the list besides a row for each address."""
        return (*further_titles(self.worded.values(), self.rows.values()), *self.others.values())

    def signed(self, row: Row) -> Row:
        """The row as one of the publisher whose own list this is."""
        return replace(row, publisher=self.publisher) if self.publisher and not row.publisher else row

    def walk(self, trouble: Trouble | None) -> ListWalk:
        """What was seen, and whether it is the whole list."""
        rows = without_twins(self.rows.values())
        wordings = further_titles(self.worded.values(), rows)
        known = {row.url for row in rows} | self.rows.keys()
        beside = tuple(row for row in self.others.values() if row.url not in known)
        counted = frozenset({len(self.rows), len(rows)})
        verdict = conclude(url=self.url, trouble=trouble, proof=self.proof, totals=self.totals, counted=counted)
        is_stated = verdict.end_proof is EndProof.STATED_TOTAL
        return ListWalk(
            pages=tuple(self.pages),
            rows=rows,
            wordings=wordings,
            others=(*beside, *further_titles(self.others.values(), (*rows, *wordings))),
            stated_total=next(iter(self.totals)) if len(self.totals) == 1 else None,
            end_proof=EndProof.KNOWN_ROWS if self.walked_at and is_stated else verdict.end_proof,
            trouble=verdict.trouble,
            articles=(self.article,) if self.article is not None else (),
            unread=tuple(self.unread),
        )


def later_trouble(read: ReadPage, number: int, seen: SeenList, *, is_new: bool) -> Trouble | None:
    """What is wrong with page `number` (2 or later) of a list, if anything is."""
    if read.trouble is not None:
        is_gone = read.trouble.outcome == Outcome.MOVED
        return read.trouble._replace(outcome=Outcome.INCOMPLETE) if is_gone else read.trouble
    if not read.rows and read.shown.is_empty and not seen.rows:
        return None
    if not read.rows:
        stub = Trouble(Outcome.INCOMPLETE, "stub", (number, read.answer.final_url))
        return fault_of(read) if read.shown.paging.fault else stub
    return None if is_new else Trouble(Outcome.INCOMPLETE, "repeats", (number, read.answer.final_url))


def proof_of_end(read: ReadPage) -> tuple[EndProof | None, Trouble | None]:
    """What a page proves after which no page is asked for: its proof of the end, or what is wrong."""
    paging = read.shown.paging
    if paging.fault:
        return None, fault_of(read)
    if paging.requests and not paging.is_end:
        return None, Trouble(Outcome.INCOMPLETE, "pager_circle", (read.answer.final_url,))
    return (EndProof.SINGLE_PAGE if paging.is_single else EndProof.LAST_PAGE), None


def page_of(url: str) -> str:
    """The address of the page that a list is of: what stands behind # tells several lists of one page apart."""
    return url.partition("#")[0]


def fault_of(read: ReadPage) -> Trouble:
    """What a page's fault comes to."""
    paging = read.shown.paging
    return Trouble(paging.outcome, paging.fault, paging.values or (read.answer.final_url,))


def is_listed(article: Row, rows: tuple[Row, ...]) -> bool:
    """Is a report that a column shows in itself, above its list, one of the list's rows?"""
    own = read_title(article.title)
    name = own.agency_name or article.publisher
    if own.agency_name and article.publisher and not same_agency(own.agency_name, (article.publisher,)):
        return False
    listed = (read_title(row.title) for row in rows)
    return own.report_year is not None and any(
        row.report_year == own.report_year and row.is_report and row.agency_name in {None, name} for row in listed
    )


def is_report_page(page: Page) -> bool:
    """Is the page itself a report, with its sections, rather than a list of reports?"""
    text = visible_words(page)
    return read_title(page_title(page)).is_report and sum(mark in text for mark in _SECTION_MARKS) >= _MARKS_OF_REPORT
