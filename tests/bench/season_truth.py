"""A season as it really was: who published what when, and what every portal shows whoever looks at it.

Made up from a seed. The watch of `season_watch` sees of it only what `shows` gives; the rest is for the
referee. Times are hours since START.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from storage.law import due_rule
from storage.records import SHANGHAI, Agency, AgencyKind, Outcome

YEAR = 2024
START = datetime(2025, 1, 1, tzinfo=SHANGHAI)
NEVER = math.inf
REGIONS = 30
OUTAGE_DAY = 34
"""Our own network is down: no portal can be reached, three days after the departments' due day."""
EMPTY_DAY = 45
"""A tenth of the portals answer with empty lists, as after a mistake of our own."""

IN_TIME, LATE, MISSING, LISTED_LATER = "in time", "late", "missing", "listed later"
"""`listed later`: dated in time, on the list only weeks after the due day."""

REFUSALS = (Outcome.BLOCKED, Outcome.ROBOTS_REFUSED, Outcome.ROBOTS_UNREACHABLE, Outcome.UNREACHABLE, Outcome.SOFT_404)
CAUGHT = (Outcome.MOVED, Outcome.NEEDS_BROWSER, Outcome.INCOMPLETE)
EMPTIED, RESET, CUT, SEEN_THROUGH = "emptied", "reset", "cut", "seen through"
"""How a redesign looks to a scan: no rows at all; this year's rows gone, the old ones there as a control; only the
newest rows; a scan that notices and does not call itself complete."""
NEWEST = 10


@dataclass(frozen=True)
class Size:
    """How large a season is, and which of all possible ones."""

    agencies: int = 200_000
    portals: int = 4_000
    days: int = 120
    seed: int = 1


@dataclass
class Site:
    """One portal: its agencies as a range of numbers, and what goes wrong with it."""

    key: str
    members: range
    control: bool = True
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    """Day → what a scan of that day comes to, where it is not complete."""
    redesign: str = ""
    redesigned_at: float = NEVER
    fixed_at: float = NEVER
    """From when the operator's files name the new place."""
    bulk_at: float = NEVER
    listed: list[tuple[float, int]] = field(default_factory=list)
    has_withdrawn: bool = False


@dataclass(frozen=True)
class Shown:
    """One scan: its outcome, whether it saw a control, and who is on the list (None: everybody that `new` says)."""

    outcome: Outcome
    control: bool
    visible: frozenset[int] | None = None


class Truth:
    """The season. Agencies and portals go by their numbers."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.random = Random(size.seed)
        self.sites: list[Site] = []
        self.agencies: list[Agency] = []
        self.site_of: list[int] = []
        self.listed_at: list[float] = []
        self.gone_at: dict[int, float] = {}
        self.stated: list[date | None] = []
        self.fate: list[str] = []
        for number, count in enumerate(_sizes(size, self.random)):
            self._found(number, count)

    def due(self, agency: int) -> date:
        """The last day in time."""
        rule = due_rule(self.agencies[agency].kind, YEAR)
        assert rule is not None
        return date(YEAR + 1, rule.month, rule.day)

    def due_end(self, agency: int) -> float:
        """The hour at which the due day ends."""
        return hours(datetime.combine(self.due(agency) + timedelta(days=1), datetime.min.time(), SHANGHAI))

    def is_there(self, agency: int, hour: float) -> bool:
        """Could anybody who knows where to look find the report at that hour?"""
        return self.listed_at[agency] <= hour < self.gone_at.get(agency, NEVER)

    def there(self, site: Site, hour: float) -> frozenset[int]:
        """Whose report is on the portal at that hour."""
        return frozenset(agency for agency in site.members if self.is_there(agency, hour))

    def shows(self, site: Site, hour: float) -> Shown:
        """What a scan of the portal sees that begins at that hour."""
        day = int(hour // 24)
        if day == OUTAGE_DAY:
            return Shown(Outcome.UNREACHABLE, control=False)
        if day in site.outcomes:
            return Shown(site.outcomes[day], control=False)
        if day == EMPTY_DAY and site.members.start % 10 == 0:
            return Shown(Outcome.COMPLETE, control=False, visible=frozenset())
        if site.redesigned_at <= hour < site.fixed_at:
            return self._redesigned(site, hour)
        if site.redesign or site.has_withdrawn:
            return Shown(Outcome.COMPLETE, site.control, self.there(site, hour))
        return Shown(Outcome.COMPLETE, site.control)

    def new(self, site: Site, after: float, until: float) -> list[int]:
        """The agencies whose report came onto the list within these hours."""
        first, last = (bisect_right(site.listed, (hour, len(self.agencies))) for hour in (after, until))
        return [agency for _, agency in site.listed[first:last]]

    def _redesigned(self, site: Site, hour: float) -> Shown:
        if site.redesign == SEEN_THROUGH:
            return Shown(CAUGHT[site.members.start % len(CAUGHT)], control=False)
        newest = [agency for at, agency in site.listed if at <= hour and self.is_there(agency, hour)][-NEWEST:]
        visible = frozenset(newest) if site.redesign == CUT else frozenset()
        return Shown(Outcome.COMPLETE, site.control and site.redesign == RESET, visible)

    def _found(self, number: int, count: int) -> None:
        """One more portal, with its agencies."""
        first = len(self.agencies)
        site = Site(f"p{number:04d}", range(first, first + count))
        self.sites.append(site)
        self._troubles(site)
        region = f"{11 + number % REGIONS}0{number // REGIONS % 900 + 100:03d}"
        for agency in site.members:
            kind = _kind(agency - first, self.random)
            name = f"澄江{number}县{agency - first}局"
            self.agencies.append(Agency(f"g{agency:06d}", name, kind, region, site.key))
            self.site_of.append(number)
            self._publish(agency, site)
        site.listed.sort()

    def _troubles(self, site: Site) -> None:
        draw, days = self.random, self.size.days
        if draw.random() < 0.002:  # so few refuse for ever
            site.outcomes = dict.fromkeys(range(days), Outcome.ROBOTS_REFUSED)
            return
        day = 0
        while day < days:
            if draw.random() < 0.042:  # for a day or several: one scan in twenty is refused
                outcome = draw.choice(REFUSALS)
                for each in range(day, day + 1 + _geometric(draw, 0.8)):
                    site.outcomes[each] = outcome
                day = max(site.outcomes) + 1
            day += 1
        if draw.random() < 0.02:  # one portal in fifty is redesigned
            site.redesign = draw.choice((EMPTIED, RESET, CUT, SEEN_THROUGH))
            site.redesigned_at = draw.uniform(24, 24 * (days - 15))
            site.fixed_at = site.redesigned_at + 24 * 30
        elif draw.random() < 0.01:  # one in a hundred is mis-encoded for a while
            begin = draw.randrange(days - 10)
            for each in range(begin, begin + draw.randrange(3, 12)):
                site.outcomes[each] = Outcome.UNDECODABLE
        elif draw.random() < 0.01 and len(site.members) >= 20:  # a migration dates all rows alike
            site.bulk_at = draw.uniform(24, 24 * (days - 15))
        elif draw.random() < 0.003:  # a list that has never shown another report
            site.control = False

    def _publish(self, agency: int, site: Site) -> None:
        draw = self.random
        due = self.due(agency)
        end = self.due_end(agency)
        fate = draw.random()
        if fate < 0.01:  # one in a hundred publishes nothing
            self._note(agency, MISSING, NEVER, None)
            return
        if fate < 0.04:  # three in a hundred are late
            at = end + draw.expovariate(1 / (24 * 12)) + draw.uniform(8, 10)
            kind, day = LATE, (START + timedelta(hours=at)).date()
        elif fate < 0.043:  # a few stand on the list weeks after their date
            at = end + draw.uniform(24 * 7, 24 * 40)
            kind, day = LISTED_LATER, due - timedelta(days=draw.randrange(1, 10))
        else:
            first = 24 * 2 if end < 24 * 40 else 24 * 20
            at = first + (end - first - 8) * draw.betavariate(2.5, 1.2)
            kind, day = IN_TIME, (START + timedelta(hours=at)).date()
        self._note(agency, kind, at, day if draw.random() < 0.88 else None)  # the rest state no date
        site.listed.append((at, agency))
        if draw.random() < 0.0005:  # few are taken away again
            self.gone_at[agency] = at + draw.uniform(24 * 3, 24 * 60)
            site.has_withdrawn = True

    def _note(self, agency: int, fate: str, at: float, stated: date | None) -> None:
        assert agency == len(self.fate)
        self.fate.append(fate)
        self.listed_at.append(at)
        self.stated.append(stated)


def hours(instant: datetime) -> float:
    """Hours since START."""
    return (instant - START) / timedelta(hours=1)


def instant(hour: float) -> datetime:
    """The instant at that hour."""
    return START + timedelta(hours=hour)


def _sizes(size: Size, draw: Random) -> list[int]:
    """How many agencies each portal has: most some dozens, a few hundreds, a tenth of them fewer than five."""
    weights = [0.05 if draw.random() < 0.1 else draw.lognormvariate(0, 0.7) for _ in range(size.portals)]
    scale = size.agencies / sum(weights)
    edges = [round(edge * scale) for edge in accumulate(weights)]
    return [max(1, edge - before) for before, edge in zip([0, *edges], edges, strict=False)]


def _kind(place: int, draw: Random) -> AgencyKind:
    if place == 0:
        return AgencyKind.COUNTY_GOVERNMENT
    return AgencyKind.TOWNSHIP_GOVERNMENT if draw.random() < 0.25 else AgencyKind.LOCAL_DEPARTMENT


def _geometric(draw: Random, stop: float) -> int:
    count = 0
    while draw.random() > stop:
        count += 1
    return count


def count_fates(truth: Truth) -> dict[str, int]:
    """How many agencies met which fate."""
    counts: dict[str, int] = defaultdict(int)
    for fate in truth.fate:
        counts[fate] += 1
    return dict(counts)
