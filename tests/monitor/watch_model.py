"""What a watch must say, told once more in the plainest way: the reference of `test_watch_machine`.

Written from the promised meanings of the statuses and from nothing of `monitor`: a list of what happened,
walked anew for every question.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
YEAR = 2024
DUE = {"local_department": date(2025, 1, 31), "township_government": date(2025, 1, 31)}
DUE["city_government"] = date(2025, 3, 31)
CONFIRM = timedelta(hours=20)
SLACK = timedelta(minutes=2)
"""What a crawl may take to start: two scans so much less than CONFIRM apart still confirm each other."""
CLOCKS_DIFFER = timedelta(hours=1)
"""So much a scan's time may lie after the clock by which a run is taken over, before one of the two is doubted."""
FORESIGHT = timedelta(hours=1)
"""A scan that began so long after `now` is still known: the crawl's clock runs on while it works."""


class Row(NamedTuple):
    """One list row of an agency's report, with the date that stands beside it."""

    listed_on: date | None = None


class Read(NamedTuple):
    """What was read behind the row: the publisher's dates in it, and `ok`, `malformed` or `unreadable`."""

    dates: tuple[date, ...]
    quality: str


@dataclass
class Scanned:
    """One scan of one portal. `rows` and `reads` by agency; `bulk` are dates that 20 or more rows share.
    `doubted`: by the clock of a later run it had not begun yet."""

    at: datetime
    portal: str
    agencies: tuple[str, ...]
    outcome: str
    control: bool
    rows: dict[str, Row] = field(default_factory=dict)
    reads: dict[str, Read] = field(default_factory=dict)
    bulk: frozenset[date] = frozenset()
    doubted: bool = False

    def saw(self, agency: str) -> bool:
        return agency in self.rows or agency in self.reads


class Word(NamedTuple):
    """A person's word on one agency."""

    at: datetime
    absent: bool
    published_on: date | None


@dataclass(frozen=True)
class Body:
    """One agency as the registry has it; `waivers` are (rule, last day or None)."""

    key: str
    name: str
    kind: str
    portal: str
    active_to: date | None = None
    waivers: tuple[tuple[str, date | None], ...] = ()

    @property
    def end(self) -> datetime:
        return datetime.combine(DUE[self.kind] + timedelta(days=1), datetime.min.time(), CHINA)

    def waived(self, now: datetime) -> set[str]:
        today = now.astimezone(CHINA).date()
        return {rule for rule, until in self.waivers if until is None or today <= until}


class Expected(NamedTuple):
    """What the model says of one agency: status, the reason where the promise names one, the content's verdict."""

    status: str
    reason: str | None = None
    proof: str | None = None
    content: str | None = None


@dataclass
class Log:
    """Everything that happened so far."""

    scans: list[Scanned] = field(default_factory=list)
    words: dict[str, list[Word]] = field(default_factory=dict)

    def add(self, scanned: Scanned) -> None:
        """Take over a scan at the time that it says; those that lie after it were made by a wrong clock, or it is."""
        self.scans.append(scanned)
        for scan in self.scans:
            scan.doubted = scan.doubted or scan.at > scanned.at + CLOCKS_DIFFER

    def known(self, body: Body, now: datetime) -> list[Scanned]:
        """The scans that looked for the agency, as known at that moment, in time."""
        mine = [scan for scan in self.scans if body.key in scan.agencies and scan.at <= now + FORESIGHT]
        return sorted(mine, key=lambda scan: scan.at)

    def word(self, body: Body, now: datetime) -> Word | None:
        given = [word for word in self.words.get(body.key, ()) if word.at <= now + FORESIGHT]
        return max(given, key=lambda word: word.at, default=None)

    def lacking(self, body: Body, now: datetime) -> list[Scanned]:
        """Complete scans that did not see the report, and whose time is to be believed."""
        scans = [scan for scan in self.known(body, now) if scan.outcome == "complete" and not scan.doubted]
        return [scan for scan in scans if not scan.saw(body.key)]

    def absences(self, body: Body, now: datetime) -> list[Scanned]:
        """Those of them after the due day."""
        return [scan for scan in self.lacking(body, now) if scan.at >= body.end]

    def qualifying(self, body: Body, now: datetime) -> list[Scanned]:
        """Those of them that may accuse: with a control of their own, or a person's word that nothing is there."""
        word = self.word(body, now)
        vouches = word is not None and word.absent and word.at >= body.end
        return [scan for scan in self.absences(body, now) if scan.control or vouches]

    def expected(self, body: Body, now: datetime) -> Expected:
        """The status that the promise gives to what is known."""
        if "*" in body.waived(now) or (body.active_to is not None and body.active_to < DUE[body.kind]):
            return Expected("exempt")
        scans, word = self.known(body, now), self.word(body, now)
        seen = [scan for scan in scans if scan.saw(body.key)]
        vouched = word if word is not None and not word.absent else None
        if not seen and vouched is None:
            return self._not_found(body, now)
        content = self._content(body, seen)
        if seen and self._is_withdrawn(self.lacking(body, now), seen, vouched):
            return Expected("withdrawn", content=content)
        bulk = frozenset().union(*(scan.bulk for scan in self.scans if scan.portal == body.portal))
        dates = {scan.rows[body.key].listed_on for scan in seen if body.key in scan.rows}
        dates |= {day for scan in seen if body.key in scan.reads for day in scan.reads[body.key].dates}
        theirs = {vouched.published_on} - {None} if vouched else set()
        stated = (dates - {None}) | theirs
        sighted = [scan.at for scan in seen] + ([vouched.at] if vouched else [])
        if any(day <= DUE[body.kind] for day in stated) or min(sighted) < body.end:
            return Expected("on_time", content=content)
        if self._can_be(body, seen, vouched) and not (dates & bulk):
            first = min((scan.at for scan in seen), default=None)
            lacked = first is not None and any(scan.at < first for scan in self.absences(body, now))
            return Expected("late", proof="witnessed" if lacked else "stated", content=content)
        return Expected("date_unknown", content=content)

    def _can_be(self, body: Body, seen: list[Scanned], vouched: Word | None) -> set[date]:
        """The stated dates on which it can have been published: not after the day on which each was first seen."""
        firsts: dict[tuple[date, object], datetime] = {}
        for scan in seen:
            row, read = scan.rows.get(body.key), scan.reads.get(body.key)
            places = [(row.listed_on, "row")] if row is not None and row.listed_on is not None else []
            places += [(day, read) for day in read.dates] if read is not None else []
            for place in places:
                firsts[place] = min(firsts.get(place, scan.at), scan.at)
        if vouched is not None and vouched.published_on is not None:
            firsts[vouched.published_on, "word"] = vouched.at
        return {day for (day, _), at in firsts.items() if day <= at.astimezone(CHINA).date()}

    def _not_found(self, body: Body, now: datetime) -> Expected:
        if now < body.end:
            return Expected("not_due")
        proofs = self.qualifying(body, now)
        if len(proofs) > 1 and proofs[-1].at - proofs[0].at >= CONFIRM - SLACK:
            return Expected("missing")
        if self.absences(body, now):
            return Expected("suspected_missing")
        after = [scan for scan in self.known(body, now) if scan.at >= body.end and not scan.doubted]
        return Expected("unknown", after[-1].outcome if after else "not_scanned")

    def _is_withdrawn(self, lacking: list[Scanned], seen: list[Scanned], vouched: Word | None) -> bool:
        last = seen[-1].at
        if vouched is not None and vouched.at > last:
            return False
        gone = [scan for scan in lacking if scan.at > last]
        return len(gone) >= 3 and gone[-1].at - gone[0].at >= timedelta(days=7)

    def _content(self, body: Body, seen: list[Scanned]) -> str:
        """The verdict on what its address showed last; a report that was never read is for us to solve."""
        reads = [scan.reads[body.key].quality for scan in seen if body.key in scan.reads]
        return reads[-1] if reads else "unreadable"


def accused(body: Body, expected: Expected, now: datetime) -> set[str]:
    """The rules under which an alert may be open for what the model says."""
    rules = set()
    is_practice = body.kind == "township_government"
    if expected.status in {"missing", "late", "withdrawn"}:
        excused = is_practice and (
            expected.status == "late" or (expected.status == "missing" and now < datetime(YEAR + 1, 4, 1, tzinfo=CHINA))
        )
        if not excused:
            rules.add(expected.status)
    if expected.content == "malformed" and expected.status != "exempt":
        rules.add("malformed")
    return rules - body.waived(now)


def undecided(expected: Expected) -> set[str]:
    """The rules of which nothing can be said now: an alert that is alive under one of them stays so."""
    rules = set()
    if expected.status in {"unknown", "suspected_missing"}:
        rules |= {"missing", "late", "withdrawn"}
    if expected.content not in {"ok", "malformed"} and expected.status != "exempt":
        rules.add("malformed")
    return rules
