"""What a visit remembers of its portal: what earlier crawls learnt, and what this one adds for the next.

It only spares requests. Where it does not fit what is seen, it is not used, and everything is fetched as if
nothing were known.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from crawler.outcomes import Trouble
from crawler.rows import Row
from crawler.titles import read_title
from storage.known import (
    KnownAnswer,
    KnownList,
    KnownRefusal,
    KnownRobots,
    KnownRow,
    PortalMemory,
)
from storage.records import SHANGHAI, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from crawler.listings.model import PageRequest
    from crawler.runs import RunWriter
    from storage.records import Candidate, Capture

MEMORY = "memory"
"""Key of the request's meta: the portal's Memory."""

REFUSED_FOR = timedelta(hours=20)
"""So long after a refusal the document, or the host, is not asked again: one look a day at most."""

MAX_REST = timedelta(hours=24)
"""A server that asks to be left alone longer is asked again after that all the same."""

_CONDITIONS = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
_LASTING_FAILURES = frozenset({"", "file_off_host"})
"""How an enclosure may have failed so that looking again brings nothing else."""


class Rest(NamedTuple):
    """The rows of a list that need not be walked to, with its links beside the list; the list as it was."""

    rows: tuple[Row, ...]
    others: tuple[Row, ...]
    known: KnownList


class Memory:
    """One portal's. `known` None: nothing is known of it."""

    def __init__(
        self, portal: str, known: PortalMemory | None, *, writer: RunWriter, clock: Callable[[], datetime]
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._portal = portal
        begun = clock()
        # Of a clock that stood later nothing is used.
        known = known if known is not None and known.at <= begun else PortalMemory(portal, begun)
        self._answers = {answer.key: answer for answer in known.answers}
        self._articles = {(article.url, article.title, article.listed_on): article for article in known.articles}
        self._lists = {each.key: each for each in known.lists}
        self._robots = {each.host: each for each in known.robots}
        self._refusals = {each.key: each for each in known.refusals if begun - each.at < REFUSED_FOR}
        self._rests_until = known.rests_until
        self._asked_at = known.asked_at
        self._crawl_delay = known.crawl_delay
        self._learnt_answers: dict[str, KnownAnswer] = {}
        self._learnt_lists: dict[str, KnownList] = {}
        self._lost_lists: set[str] = set()

    def learnt(self) -> PortalMemory:
        """What is to be told to the next crawl."""
        return PortalMemory(
            portal=self._portal,
            at=self._clock(),
            answers=tuple(self._learnt_answers.values()),
            lists=tuple(self._learnt_lists.values()),
            lost_lists=tuple(sorted(self._lost_lists - self._learnt_lists.keys())),
            robots=tuple(self._robots.values()),
            refusals=tuple(self._refusals.values()),
            crawl_delay=self._crawl_delay,
            rests_until=self._rests_until,
            asked_at=self._asked_at,
        )

    def wait(self, delay: float) -> float:
        """Seconds until the portal's delay since its last answer, in an earlier crawl, has passed.

        `delay` is the operator's; the portal's own counts where it is longer.
        """
        delay = max(delay, self._crawl_delay)
        since = (self._clock() - self._asked_at).total_seconds() if self._asked_at is not None else delay
        return min(max(0.0, delay - since), delay)

    def note_asked(self) -> None:
        """An answer has come, whatever it was."""
        self._asked_at = self._clock()

    def objection(self, key: str) -> Trouble | None:
        """Why the document is not to be asked for now: the server wants rest, or it was refused a short while ago."""
        now = self._clock()
        if self._rests_until is not None and now < self._rests_until:
            return Trouble(Outcome.UNREACHABLE, "rests", (_minute(self._rests_until),))
        refused = self._refusals.get(key)
        if refused is None or now - refused.at >= REFUSED_FOR:
            return None
        return Trouble(Outcome.BLOCKED, "refused_lately", (refused.said, _minute(refused.at), key))

    def note_refusal(self, key: str, said: str) -> None:
        """A document was refused, for the reason `said`."""
        self._refusals[key] = KnownRefusal(key, said, self._clock())

    def note_rest(self, seconds: float) -> None:
        """The server asked to be left alone for so long."""
        self._rests_until = self._clock() + min(timedelta(seconds=min(seconds, MAX_REST.total_seconds())), MAX_REST)

    def conditions(self, asked: PageRequest) -> tuple[KnownAnswer, dict[str, str]] | None:
        """The archived answer that a request may come to again, with the headers that ask whether it still stands."""
        known = self._answers.get(asked.key)
        if known is None or asked.method != "GET" or asked.drawn or not self._writer.has_known(known.digest):
            return None
        headers = {condition: known.headers[name] for name, condition in _CONDITIONS if name in known.headers}
        return (known, headers) if headers else None

    def confirmed(self, known: KnownAnswer, headers: Mapping[str, str]) -> tuple[KnownAnswer, bytes] | None:
        """A known answer that the server says still stands, with its body; None where that is not there whole."""
        body = self._writer.known_body(known.digest)
        if body is None:
            return None
        fresh = {name: text for name, text in headers.items() if not name.startswith("Content-")}
        again = replace(known, headers={**known.headers, **fresh}, checked_at=self._clock())
        self._learnt_answers[known.key] = again
        return again, body

    def note_answer(self, asked: PageRequest, answer: KnownAnswer) -> None:
        """A page or file has come; it is remembered where it may be asked for with a condition."""
        self._refusals.pop(asked.key, None)
        headers = answer.headers
        # A page that is put together at each request was always modified just now.
        is_new = "ETag" not in headers and headers.get("Last-Modified") == headers.get("Date")
        has_validator = any(name in headers for name, _ in _CONDITIONS)
        if asked.method == "GET" and not asked.drawn and has_validator and not is_new:
            self._learnt_answers[asked.key] = answer

    def robots(self, host: str) -> tuple[int, bytes] | None:
        """Status and body of a host's robots.txt where it need not be asked for again."""
        known = self._robots.get(host)
        body = self._writer.known_body(known.digest) if known is not None else None
        return (known.status, body) if known is not None and body is not None else None

    def note_robots(self, host: str, status: int, body: bytes) -> None:
        """A robots.txt has come whose rules count."""
        self._robots[host] = KnownRobots(host, status, self._writer.keep(body), self._clock())

    def note_crawl_delay(self, seconds: float) -> None:
        """What the robots.txt in force asks for, 0 for nothing."""
        self._crawl_delay = seconds

    def article(self, candidate: Candidate) -> Capture | None:
        """The capture that stands for a row's article, where it was fetched lately from an unchanged row.

        None as well where something that belongs to it could not be had and may be had now.
        """
        known = self._articles.get((candidate.url, candidate.title, candidate.listed_on))
        if known is None or any(part.failure not in _LASTING_FAILURES for part in known.enclosures):
            return None
        return replace(
            known, scan=candidate.scan, agency=candidate.agency, report_year=candidate.report_year, part_of=None
        )

    def rest_of(self, key: str, seen: Sequence[Row], totals: frozenset[int]) -> Rest | None:
        """What follows the rows seen so far, where they and the list's total prove that it is as it was.

        The rows known among them must be the first of the known list, in its order and as they were; rows
        new to it must make up exactly what its total has grown by. Where the list is not sorted by time this says
        nothing: one row may have gone further down, and another come.
        """
        known = self._lists.get(key)
        if known is None or len(totals) != 1 or not _is_newest_first(known.rows):
            return None
        of_old = {row.url: row for row in known.rows}
        old = [row for row in seen if row.url in of_old]
        is_start = [_known(row) for row in old] == list(known.rows[: len(old)])
        if not old or not is_start or next(iter(totals)) != known.total + len(seen) - len(old):
            return None
        return Rest(tuple(map(_row, known.rows[len(old) :])), tuple(map(_row, known.others)), known)

    def note_list(
        self, key: str, rows: Iterable[Row], others: Iterable[Row], total: int, walked_at: datetime | None
    ) -> None:
        """A list was seen whole and states its total. `walked_at` None: it was walked from end to end just now."""
        reports = (row for row in others if (title := read_title(row.title)).is_report or title.cut is not None)
        self._learnt_lists[key] = KnownList(
            key, total, tuple(map(_known, rows)), tuple(map(_known, reports)), walked_at or self._clock()
        )

    def note_lost_list(self, key: str) -> None:
        """A list was not seen whole: what was known of it proves nothing any more."""
        self._lost_lists.add(key)


def _is_newest_first(rows: Sequence[KnownRow]) -> bool:
    """Do the rows' dates, or the years in their titles where none is dated, nowhere rise?"""
    dates = [row.listed_on for row in rows if row.listed_on is not None]
    years = [year for row in rows if (year := read_title(row.title).report_year) is not None]
    falling = [date.toordinal() for date in dates] or years
    return all(later <= earlier for earlier, later in pairwise(falling))


def _known(row: Row) -> KnownRow:
    # Where a row stood on its page says nothing once it was chosen.
    return KnownRow(row.title, row.url, row.listed_on, row.publisher)


def _row(known: KnownRow) -> Row:
    return Row(known.title, known.url, known.listed_on, publisher=known.publisher)


def _minute(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
