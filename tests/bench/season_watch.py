"""The watch over a season in memory: the deciding functions of `monitor`, and as little state as they can do with.

What is kept is what scans saw, per portal and per agency; evidence is made of it when an agency is judged. An
agency is judged when a look says something new of it, when its due day has ended, and whenever its portal may
concern a breaker. `judge_everybody` judges all of them, for a test that the shortcut leaves nothing out.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from monitor.agency_years.case import lay_out
from monitor.agency_years.obligations import obligation, shanghai_date
from monitor.agency_years.seasons import is_due
from monitor.agency_years.standing import BACKDATED, NO_CONTROL, standing_of
from monitor.alerts.accusations import Matter
from monitor.alerts.book import OPERATOR
from monitor.alerts.breakers import Others
from monitor.alerts.signs import MANY
from monitor.judgement.bookkeeping import Known, decided
from storage.configuration import WatchSettings
from storage.records import (
    LIVE_STATES,
    SHANGHAI,
    Agency,
    AgencyKind,
    AlertState,
    EndProof,
    Evidence,
    Look,
    Obligation,
    Outcome,
    Scan,
    ScanPage,
    Sighting,
    Status,
)
from tests.bench.season_truth import YEAR, Site, Truth, hours, instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.agency_years.case import Case
    from storage.records import Alert, Attestation, Transition
    from tests.bench.season_referee import Referee

WATCH = WatchSettings()
STATUSES = tuple(Status)
CONTROL = "澄江县水利局2023年政府信息公开工作年度报告"
DAY = 24.0
PRACTICE_ENDS = hours(datetime(YEAR + 1, 4, 1, tzinfo=SHANGHAI))
RECENT = 12
"""So many of a quiet portal's latest looks tell whether it can be reached."""


class Scanned(NamedTuple):
    """One scan as it is kept: hour, outcome, control seen."""

    hour: float
    outcome: Outcome
    control: bool


@dataclass
class Place:
    """What is known of one portal."""

    site: Site
    scans: list[Scanned] = field(default_factory=list)
    complete_until: float = -1.0
    is_migrated: bool = False
    had_control: bool = False
    lost_control: bool = False
    gone: set[int] = field(default_factory=set)
    """Agencies whose report was seen, and not by the latest complete scan."""
    unseen: set[int] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)
    """Agencies of whom a person is asked something."""
    incidents: set[str] = field(default_factory=set)
    looks: tuple[int, list[Look], list[Look]] = (-1, [], [])


class Watch:
    """Everything that the watch has seen, said and told."""

    def __init__(self, truth: Truth, referee: Referee) -> None:
        count = len(truth.agencies)
        self.truth = truth
        self.referee = referee
        self.words: dict[int, Attestation] = {}
        self.places = [Place(site, unseen=set(site.members)) for site in truth.sites]
        self.first = array("h", [-1]) * count
        self.gaps: dict[int, set[int]] = {}
        self.status = bytearray([STATUSES.index(Status.NOT_DUE)]) * count
        self.touched: set[int] = set()
        self.pending: set[int] = set()
        """Agencies that are missing or withdrawn without an alert: new ones, and those that are held."""
        self.alerts: dict[str, Alert] = {}
        self.of_agency: dict[str | None, list[str]] = defaultdict(list)
        self.turns: dict[str, list[datetime]] = defaultdict(list)
        self.numbers = {agency.id: number for number, agency in enumerate(truth.agencies)}
        self.records = {agency.id: agency for agency in truth.agencies}
        self.place_of = {place.site.key: number for number, place in enumerate(self.places)}
        self.outbox: list[Transition] = []
        self.newest: datetime | None = None
        self.judged = 0
        self.scanned = 0

    # Looking.

    def due_places(self, hour: float, among: Iterable[int]) -> list[int]:
        """The portals to scan now, as the season's plan says of one agency of every sort that they have."""
        now = instant(hour)
        return [number for number in among if any(is_due(case, now) for case in self._sorts(number, now))]

    def scan(self, number: int, hour: float) -> None:
        """One scan of one portal, and whom it touches."""
        place = self.places[number]
        shown = self.truth.shows(place.site, hour)
        index = len(place.scans)
        place.scans.append(Scanned(hour, shown.outcome, shown.control))
        self.scanned += 1
        self.newest = instant(hour)
        if shown.outcome is not Outcome.COMPLETE:
            self.touched |= place.unknown
            return
        visible = shown.visible
        if visible is None and place.gone:
            visible = self.truth.there(place.site, hour)
        if visible is None:
            listed = self.truth.new(place.site, place.complete_until, hour)
            new = [agency for agency in listed if self.first[agency] < 0]
            gone: set[int] = set()
            place.complete_until = hour
        else:
            new = [agency for agency in visible if self.first[agency] < 0]
            gone = {agency for agency in place.site.members if self.first[agency] >= 0} - visible
        for agency in new:
            self.first[agency] = index
        place.unseen.difference_update(new)
        for agency in gone:
            self.gaps.setdefault(agency, set()).add(index)
        self.touched.update(new, gone, place.gone)
        self.touched |= {a for a in place.unseen if self._status(a) is not Status.MISSING and self._is_due(a, hour)}
        if place.site.bulk_at <= hour and not place.is_migrated:
            place.is_migrated = True
            self.touched |= {agency for agency in place.site.members if self.first[agency] >= 0}
        place.gone = gone
        place.lost_control = place.had_control and not shown.control
        place.had_control = place.had_control or shown.control

    def begin_day(self, hour: float) -> None:
        """The agencies whose report was not seen when their due day ended are to be judged, and those of whom no
        article names the date when practice has its last day behind it."""
        for place in self.places:
            self.touched |= {agency for agency in place.unseen if 0 <= hour - self.truth.due_end(agency) < DAY}
            if hour == PRACTICE_ENDS:
                self.touched |= place.unseen

    # Judging.

    def check(self, hour: float) -> tuple[tuple[Alert, Transition], ...]:
        """Judge whom something new is known of, and the whole portals that a breaker may concern."""
        now = instant(hour)
        known = {agency: self.matter(agency, now) for agency in self.touched}
        self.note(known.values())
        wanted = self._wanted()
        others = {agency: self.matter(agency, now) for own in wanted.values() for agency in own - self.touched}
        self.note(others.values())
        matters = [each for _, each in sorted((known | others).items())]
        others = [number for number in range(len(self.places)) if number not in wanted]
        blind = [self._blind(number, now) for number in others if self._may_be_cut_off(number, hour)]
        judged = {matter.agency.id for matter in matters} | {None}
        book = [self.alerts[key] for agency in judged for key in self.of_agency.get(agency, ())]
        changes = self.decide([*matters, *blind], book, now, Others(len(others) - len(blind), frozenset()))
        self.touched.clear()
        return changes

    def judge_everybody(self, hour: float) -> tuple[tuple[Alert, Transition], ...]:
        """What a check of everybody would change beyond what is in the book; nothing is kept."""
        now = instant(hour)
        matters = [self.matter(agency, now) for agency in range(len(self.first))]
        differing = [m for m in matters if self._status(self.numbers[m.agency.id]) is not m.standing.status]
        assert not differing, differing[:3]
        return decided(matters, list(self.alerts.values()), self._known(), YEAR, now, watch=WATCH)

    def decide(
        self, matters: Sequence[Matter], book: Sequence[Alert], now: datetime, others: Others
    ) -> tuple[tuple[Alert, Transition], ...]:
        """The alert book after these matters; the changes go into the outbox."""
        changes = decided(matters, book, self._known(), YEAR, now, watch=WATCH, others=others)
        for alert, transition in changes:
            self.keep(alert, transition)
        return changes

    def keep(self, alert: Alert, transition: Transition) -> None:
        """One change of the book."""
        if alert.id not in self.alerts:
            self.of_agency[alert.agency].append(alert.id)
        self.alerts[alert.id] = alert
        self.outbox.append(transition)
        if transition.from_state is None or transition.to_state is AlertState.RESOLVED:
            self.turns[alert.id].append(transition.at)
        if transition.from_state is None and alert.agency is not None:
            self.referee.accused(self.numbers[alert.agency], alert)
            self.pending.discard(self.numbers[alert.agency])
        if alert.rule == OPERATOR:
            portal = alert.subject.partition(":")[2]
            if portal in self.place_of and alert.subject.startswith("portal:"):
                incidents = self.places[self.place_of[portal]].incidents
                (incidents.add if alert.state in LIVE_STATES else incidents.discard)(alert.id)

    def matter(self, agency: int, now: datetime) -> Matter:
        """One agency-year, judged from what was seen."""
        self.judged += 1
        record = self.truth.agencies[agency]
        owed = obligation(record, YEAR, (), shanghai_date(now))
        case = lay_out(owed, self.evidence(agency), now, confirm_after_hours=WATCH.confirm_after_hours)
        return Matter(record, case, standing_of(case))

    def note(self, matters: Iterable[Matter]) -> None:
        """Keep where these agencies stand."""
        for matter in matters:
            agency = self.numbers[matter.agency.id]
            place, status = self.places[self.truth.site_of[agency]], matter.standing.status
            if self._status(agency) is not status:
                self.referee.judged(agency, matter)
            self.status[agency] = STATUSES.index(status)
            is_accused = status in {Status.MISSING, Status.WITHDRAWN} and not self._is_excused(matter)
            has_alert = any(self.alerts[key].state in LIVE_STATES for key in self.of_agency.get(matter.agency.id, ()))
            (self.pending.add if is_accused and not has_alert else self.pending.discard)(agency)
            (place.unknown.add if status is Status.UNKNOWN else place.unknown.discard)(agency)
            is_asked = matter.standing.reason in {NO_CONTROL, BACKDATED}
            (place.asked.add if is_asked else place.asked.discard)(agency)

    def evidence(self, agency: int) -> Evidence:
        """The records that bear on one agency-year."""
        place = self.places[self.truth.site_of[agency]]
        absent, found = self._looks(place)
        first = self.first[agency]
        words = (self.words[agency],) if agency in self.words else ()
        if first < 0:
            return Evidence(tuple(absent), attestations=words)
        gaps = self.gaps.get(agency, frozenset())
        looks = absent[:first] + [absent[at] if at in gaps else found[at] for at in range(first, len(absent))]
        return Evidence(tuple(looks), tuple(self._sightings(agency, place, looks)), (), words)

    def scans_of(self, key: str) -> Scan:
        """The scan of that id, as evidence names it."""
        portal, _, at = key.partition("/")
        place = self.places[self.place_of[portal]]
        scan = place.scans[int(at)]
        begun = instant(scan.hour)
        url = f"http://{portal}.example/nb/"
        is_whole = scan.outcome is Outcome.COMPLETE
        return Scan(
            id=key,
            run=key,
            portal=portal,
            column_url=url,
            agencies=(),
            started_at=begun,
            finished_at=begun + timedelta(minutes=1),
            outcome=scan.outcome,
            pages=(ScanPage(url, 200, "f" * 64, 60),) if is_whole else (),
            rows_seen=60 if is_whole else 0,
            end_proof=EndProof.SINGLE_PAGE if is_whole else None,
            control_title=CONTROL if scan.control else None,
        )

    def _known(self) -> Known:
        return Known(scans=_Scans(self), turns=self.turns, newest=self.newest)

    def _wanted(self) -> dict[int, set[int]]:
        """Portal → its agencies that must be judged now: all, where a breaker may trip, hold or release; else those
        of whom something is new, asked or unknown, or whose alert waits."""
        wanted: dict[int, set[int]] = defaultdict(set)
        for agency in self.touched | self.pending:
            wanted[self.truth.site_of[agency]].add(agency)
        waiting = Counter(self.truth.site_of[agency] for agency in self.pending)
        for number, place in enumerate(self.places):
            may_trip = place.incidents or place.lost_control or place.gone
            if may_trip or waiting[number] >= MANY.at_least:
                wanted[number].update(place.site.members)
            elif place.unknown or place.asked:
                wanted[number] |= place.unknown | place.asked
        return wanted

    def _may_be_cut_off(self, number: int, hour: float) -> bool:
        """Was the portal tried within a day, without one complete scan? Then the breaker asks when it last had one."""
        recent = [scan for scan in self.places[number].scans[-4:] if hour - scan.hour <= DAY]
        return bool(recent) and all(scan.outcome is not Outcome.COMPLETE for scan in recent)

    def _blind(self, number: int, now: datetime) -> Matter:
        """A portal of which the breaker need only know whether it can be reached."""
        place = self.places[number]
        absent, _ = self._looks(place)
        record = Agency(f"~{place.site.key}", "", AgencyKind.LOCAL_DEPARTMENT, "", place.site.key)
        owed = Obligation(record.id, YEAR, None, "", is_statutory=False, exempt_reason="not judged")
        case = lay_out(owed, Evidence(tuple(absent[-RECENT:])), now, confirm_after_hours=WATCH.confirm_after_hours)
        return Matter(record, case, standing_of(case))

    def _sorts(self, number: int, now: datetime) -> Iterator[Case]:
        """The case of one agency of every sort at a portal: due day, seen or not. Their looks are the same."""
        place = self.places[number]
        sorts: dict[tuple[object, bool], int] = {}
        for agency in place.site.members:
            sorts.setdefault(
                (self.truth.agencies[agency].kind is AgencyKind.COUNTY_GOVERNMENT, agency in place.unseen), agency
            )
        for agency in sorts.values():
            owed = obligation(self.truth.agencies[agency], YEAR, (), shanghai_date(now))
            yield lay_out(owed, self.evidence(agency), now, confirm_after_hours=WATCH.confirm_after_hours)

    def _looks(self, place: Place) -> tuple[list[Look], list[Look]]:
        """The looks at a portal, without and with an agency's report in them."""
        known, absent, found = place.looks
        if known < len(place.scans):
            absent, found = list(absent), list(found)
            for at in range(max(known, 0), len(place.scans)):
                scan = place.scans[at]
                key = f"{place.site.key}/{at}"
                control = CONTROL if scan.control else None
                look = Look(key, (key,), instant(scan.hour), scan.outcome, "", control, found=False)
                absent.append(look)
                found.append(replace(look, found=True) if scan.outcome is Outcome.COMPLETE else look)
            place.looks = len(place.scans), absent, found
        return absent, found

    def _sightings(self, agency: int, place: Place, looks: Sequence[Look]) -> Iterator[Sighting]:
        """Its row, with the date that stands beside it; a migration gives all rows one date."""
        times = [look.started_at for look in looks if look.found]
        moved = instant(place.site.bulk_at) if place.site.bulk_at < hours(times[-1]) else None
        before = [at for at in times if moved is None or at < moved]
        url = f"http://{place.site.key}.example/nb/{agency}.html"
        if before:
            yield Sighting(url, "2024年年报", before[0], before[-1], self.truth.stated[agency], is_bulk=False)
        if moved is not None and len(before) < len(times):
            yield Sighting(url, "2024年年报", times[len(before)], times[-1], shanghai_date(moved), is_bulk=True)

    def _status(self, agency: int) -> Status:
        return STATUSES[self.status[agency]]

    def _is_excused(self, matter: Matter) -> bool:
        """Of a township nothing is accused before April."""
        is_practice = matter.agency.kind is AgencyKind.TOWNSHIP_GOVERNMENT
        return is_practice and matter.standing.status is Status.MISSING and hours(matter.case.now) < PRACTICE_ENDS

    def _is_due(self, agency: int, hour: float) -> bool:
        return self.truth.due_end(agency) <= hour


class _Scans(Mapping[str, Scan]):
    """Every scan by its id, made when it is asked for."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def __getitem__(self, key: str) -> Scan:
        return self.watch.scans_of(key)

    def __contains__(self, key: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError

    def __len__(self) -> int:
        return sum(len(place.scans) for place in self.watch.places)
