"""One asking for evidence: whom it is about, and what is read for one agency and serves others.

A season is millions of rows that say which scan looked for whom and saw what. SQLite gathers them into one
text of scan numbers per agency and per list row; what is made of a text is shared by all who have the same.
"""

from __future__ import annotations

from datetime import datetime
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from storage.database.connection import answers, each_answer
from storage.database.report_rows import read_dates
from storage.database.values import instant_text, json_text, read_instant
from storage.records import SHANGHAI, Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlite_utils import Database

    from storage.report import StatedDate

BULK = 20
"""From so many documents alike, a date is a migration's and proves nothing of any of them."""

YEARS_BY_DEFAULT = 2
"""A crawl that nobody asked for a year looks for the year before its own, and for the one before that as control."""

_Text = TypeVar("_Text", str, str | None)

_SCAN_COLUMNS = (
    "number, id, run, portal, column_url, started_at, outcome, detail, control_title, is_time_doubted, from_year"
)
_SCANS = f"SELECT {_SCAN_COLUMNS} FROM scans WHERE started_at >= :since"
_SOME_SCANS = f"SELECT {_SCAN_COLUMNS} FROM scans WHERE number IN (SELECT value FROM json_each(?))"


class ScanRow(NamedTuple):
    """What of a scan bears on standings. `place` is its portal and column, `from_year` the first report year that
    it looked for: of scans that do not tell, the earliest that a crawl of then could be for by default."""

    number: int
    id: str
    run: str
    place: tuple[str, str]
    started_at: datetime
    outcome: Outcome
    detail: str
    control: str | None
    is_time_doubted: bool
    from_year: int


class Seen(NamedTuple):
    """By which scans a list row was seen, from when to when, and in which lists."""

    scans: tuple[int, ...]
    first: datetime
    last: datetime
    places: frozenset[tuple[str, str]]


class Asked:
    """One asking: whom it is about, and what was read for one agency and serves others."""

    def __init__(self, db: Database, report_year: int, agencies: Collection[str] | None) -> None:
        self.db = db
        self.report_year = report_year
        self.is_of_all = agencies is None
        ended = instant_text(datetime(report_year + 1, 1, 1, tzinfo=SHANGHAI))
        self.values: dict[str, int | str] = {"year": report_year, "since": ended, "bulk": BULK}
        if agencies is not None:
            self.values["agencies"] = json_text(sorted(agencies))
        self.since = read_instant(ended)
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._scans: dict[int, ScanRow] = {}
        self._seen: dict[str, Seen] = {}
        self._instants: dict[str, datetime] = {}
        self._dates: dict[str, tuple[StatedDate, ...]] = {}
        self._texts: dict[str | None, str | None] = {}

    def rows(self, sql: str, table: str = "r") -> Iterator[tuple[Any, ...]]:
        """The rows of a question, about these agencies alone where not all are asked about."""
        if self.is_of_all:
            return each_answer(self.db, sql.format(of=""), self.values)
        if sql not in self._rows:
            of = f"AND {table}.agency IN (SELECT value FROM json_each(:agencies))"
            self._rows[sql] = answers(self.db, sql.format(of=of), self.values)
        return iter(self._rows[sql])

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

    def scans(self, numbers: Iterable[int]) -> list[ScanRow]:
        """The scans of these numbers, those that were never loaded by one more question."""
        wanted = tuple(numbers)
        absent = [number for number in wanted if number not in self._scans]
        if absent:
            self._keep(each_answer(self.db, _SOME_SCANS, (json_text(absent),)))
        return [self._scans[number] for number in wanted]

    def portals(self) -> set[str]:
        """The portals of all scans that were loaded."""
        return {scan.place[0] for scan in self._scans.values()}

    def seen(self, text: str) -> Seen:
        """What the scans of a gathered text amount to."""
        if text not in self._seen:
            scans = self.scans(numbers_of(text))
            instants = [scan.started_at for scan in scans]
            places = frozenset(scan.place for scan in scans)
            self._seen[text] = Seen(tuple([scan.number for scan in scans]), min(instants), max(instants), places)
        return self._seen[text]

    def forget_rows(self) -> None:
        """Let go of what only list rows needed."""
        self._seen = {}

    def _keep(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for number, key, run, portal, column_url, started, outcome, detail, control, doubted, year in rows:
            at = self.instant(started)
            from_year = at.astimezone(SHANGHAI).year - YEARS_BY_DEFAULT if year is None else year
            self._scans[number] = ScanRow(
                *(number, key, intern(run), (intern(portal), intern(column_url)), at),
                *(Outcome(outcome), detail, control or None, bool(doubted), from_year),
            )


def numbers_of(text: str) -> tuple[int, ...]:
    """The scan numbers of a gathered text."""
    return tuple(map(int, text.split(",")))
