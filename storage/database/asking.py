"""One asking for evidence: whom it is about, and what is read for one agency and serves others.

A season is millions of rows that say which scan looked for whom and saw what. SQLite gathers them into one
text of scan numbers per agency and per list row; what is made of a text is shared by all who have the same.
"""

from __future__ import annotations

from datetime import datetime
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from storage.database.connection import answer, answers, each_answer
from storage.database.report_rows import read_dates
from storage.database.values import instant_text, json_text, read_instant
from storage.records import SHANGHAI, EndProof, Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlite_utils import Database

    from storage.records import Look
    from storage.report import StatedDate

BULK = 20
"""From so many documents alike, a date is a migration's and proves nothing of any of them."""

REMEMBERED = 50_000
"""Scans that a process remembers, and agencies whose looks: about so many, which are 100 MB at most. 500 portals that
were looked at on a hundred days have as many."""

YEARS_BY_DEFAULT = 2
"""A crawl that nobody asked for a year looks for the year before its own, and for the one before that as control."""

_Text = TypeVar("_Text", str, str | None)

Place: TypeAlias = tuple[str, str]
"""One list: its portal and its column."""

LookKey: TypeAlias = tuple[int | tuple[int, ...], bool]
"""A look by the numbers of its scans, and whether they saw the report."""

_SCAN_COLUMNS = (
    "number, id, run, portal, column_url, started_at, outcome, detail, control_title, is_time_doubted, from_year, "
    f"end_proof IS '{EndProof.OWN_ADDRESS}'"
)
_SCANS = f"SELECT {_SCAN_COLUMNS} FROM scans WHERE started_at >= :since"
_SOME_SCANS = f"SELECT {_SCAN_COLUMNS} FROM scans WHERE number IN (SELECT value FROM json_each(?))"
_STILL_SO = """
    SELECT (SELECT count(*) FROM scans WHERE is_time_doubted = 1), (SELECT id FROM scans WHERE number = ?)
"""
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


class ScanRow(NamedTuple):
    """What of a scan bears on standings. `places` is its one list, `from_year` the first report year that
    it looked for: of scans that do not tell, the earliest that a crawl of then could be for by default.
    `is_of_list`: it read a list, and did not look at a report's own address."""

    number: int
    id: str
    run: str
    places: tuple[Place]
    started_at: datetime
    outcome: Outcome
    detail: str
    control: str | None
    is_time_doubted: bool
    from_year: int
    is_of_list: bool


class Seen(NamedTuple):
    """By which scans a list row was seen, from when to when, and in which lists."""

    scans: tuple[int, ...]
    first: datetime
    last: datetime
    places: frozenset[Place]


class Looks(NamedTuple):
    """Looks by their scans, and all the looks of an agency by the scans that looked for it and that saw its report,
    as they are gathered."""

    one: dict[LookKey, Look]
    every: dict[tuple[str, tuple[tuple[int, ...], ...]], tuple[Look, ...]]


class ScanMemory:
    """Scans as they were read, and the looks that they are, for the next asking by the same process; it only spares
    work.

    Of what is stored of a scan nothing ever changes but the mark that its time is doubted. Where another one has
    it, or the newest scan that is remembered is another one now, everything is forgotten.
    """

    def __init__(self) -> None:
        self.scans: dict[int, ScanRow] = {}
        self.seen: dict[str, Seen] = {}
        self.texts: set[str] = set()
        self._looks: dict[int, Looks] = {}
        self._newest = 0
        self._doubted = 0

    def settle(self, db: Database) -> None:
        """Forget what holds no longer, or is too much. Within the `reading` of the questions to come."""
        doubted, newest = answer(db, _STILL_SO, (self._newest,)) or (0, None)
        known = self.scans.get(self._newest)
        is_other = doubted != self._doubted or (known is not None and known.id != newest)
        agencies = sum(len(looks.every) for looks in self._looks.values())
        if is_other or max(len(self.scans), len(self.seen), agencies) > REMEMBERED:
            self.scans.clear()
            self.seen.clear()
            self.texts.clear()
            self._looks.clear()
        self._doubted = doubted

    def looks(self, report_year: int) -> Looks:
        """The looks that are remembered, as they are for that report year."""
        return self._looks.setdefault(report_year, Looks({}, {}))

    def note(self) -> None:
        """Note which of the scans that are remembered now is the newest."""
        self._newest = max(self.scans, default=0)


class Asked:
    """One asking: whom it is about, and what was read for one agency and serves others."""

    def __init__(
        self, db: Database, report_year: int, agencies: Collection[str] | None, memory: ScanMemory | None = None
    ) -> None:
        self.db = db
        self.report_year = report_year
        self.is_of_all = agencies is None
        ended = instant_text(datetime(report_year + 1, 1, 1, tzinfo=SHANGHAI))
        self.values: dict[str, int | str] = {"year": report_year, "since": ended, "bulk": BULK}
        if agencies is not None:
            self.values["agencies"] = json_text(sorted(agencies))
        self.since = read_instant(ended)
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._memory = memory or ScanMemory()
        self._scans = self._memory.scans
        self._seen = self._memory.seen
        self._instants: dict[str, datetime] = {}
        self._dates: dict[str, tuple[StatedDate, ...]] = {}
        self._places: dict[Place, tuple[Place]] = {}
        self._lists: dict[frozenset[Place], frozenset[Place]] = {}
        self._texts: dict[str | None, str | None] = {}

    def rows(self, sql: str, table: str = "r") -> Iterator[tuple[Any, ...]]:
        """The rows of a question, about these agencies alone where not all are asked about."""
        if self.is_of_all:
            return each_answer(self.db, sql.format(of=""), self.values)
        if sql not in self._rows:
            of = f"AND {table}.agency IN (SELECT value FROM json_each(:agencies))"
            self._rows[sql] = answers(self.db, sql.format(of=of), self.values)
        return iter(self._rows[sql])

    def looks(self) -> Looks:
        """The looks that are known by now."""
        return self._memory.looks(self.report_year)

    def instant(self, text: str) -> datetime:
        """A stored instant; many rows have the same."""
        if text not in self._instants:
            self._instants[text] = read_instant(text)
        return self._instants[text]

    def dates(self, text: str) -> tuple[StatedDate, ...]:
        """The stored dates of a report; many have the same."""
        if text not in self._dates:
            self._dates[text] = read_dates(text)
        return self._dates[text]

    def text(self, text: _Text) -> _Text:
        """The same text as an object that others have too: addresses and titles stand in several tables."""
        return self._texts.setdefault(text, text)  # type: ignore[return-value]

    def load_scans(self) -> None:
        """Every scan since the year ended, by one question."""
        self._keep(each_answer(self.db, _SCANS, self.values))

    def load(self, texts: Iterable[str]) -> None:
        """The scans of these gathered texts, by one question."""
        new = set(texts) - self._memory.texts
        self.scans({number for text in new for number in numbers_of(text)})
        self._memory.texts |= new

    def scans(self, numbers: Iterable[int]) -> list[ScanRow]:
        """The scans of these numbers, those that were never loaded by one more question."""
        wanted = tuple(numbers)
        absent = [number for number in wanted if number not in self._scans]
        if absent:
            self._keep(answers(self.db, _SOME_SCANS, (json_text(absent),)))
        return [self._scans[number] for number in wanted]

    def seen(self, text: str) -> Seen:
        """What the scans of a gathered text amount to."""
        if text not in self._seen:
            scans = self.scans(numbers_of(text))
            instants = [scan.started_at for scan in scans]
            places = frozenset([scan.places[0] for scan in scans])
            places = self._lists.setdefault(places, places)
            self._seen[text] = Seen(tuple([scan.number for scan in scans]), min(instants), max(instants), places)
        return self._seen[text]

    def forget_rows(self) -> None:
        """Let go of what only list rows needed."""
        if self.is_of_all:
            self._seen.clear()

    def _keep(self, rows: Iterable[tuple[Any, ...]]) -> None:
        instants, scans, places = self._instants, self._scans, self._places
        for number, key, run, portal, column_url, started, outcome, detail, control, doubted, year, is_address in rows:
            at = instants.get(started)
            if at is None:
                at = instants[started] = read_instant(started)
            place = portal, column_url
            scans[number] = ScanRow(
                number,
                key,
                intern(run),
                places.setdefault(place, (place,)),
                at,
                _OUTCOMES[outcome],
                detail,
                control or None,
                doubted != 0,
                at.year - YEARS_BY_DEFAULT if year is None else year,
                is_address == 0,
            )


def numbers_of(text: str) -> tuple[int, ...]:
    """The scan numbers of a gathered text."""
    return tuple(map(int, text.split(",")))
