"""`make soak`: a season on a virtual clock, from the first of January, with all that goes wrong in one.

`python -m tests.bench.season [AGENCIES PORTALS DAYS SEED]`. Every decision is the real one (`monitor`); portals, the
operator and the receivers are made up. Prints how right the watch was; ends with 1 where a figure is missed.

What must be right is what is sent: breakers hold alerts and never statuses, so at a redesigned portal a status can
be wrong while nobody is told of it. An agency could be called missing from the twentieth hour after its due day on,
late from the hour on at which its report is listed with a date of its own.
"""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from monitor.alerts.book import OPERATOR, act
from monitor.notices.digests import fold, is_wanted
from monitor.notices.pacing import is_due
from storage.configuration import Channel
from storage.database import OutboxEntry
from storage.records import LIVE_STATES, AlertState, Attestation, Status
from tests.bench.season_referee import Referee
from tests.bench.season_truth import REGIONS, YEAR, Size, Truth, count_fates, instant
from tests.bench.season_watch import STATUSES, Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.records import Alert, Transition

MORNING, NOON, EVENING, POST = 0.75, 12.75, 21.0, 8.5
NEAR = 24.0 * 4
ACCUSATIONS = ("missing", "late", "withdrawn", "malformed")


@dataclass
class Recipients:
    """Thirty recipients by region and the operator, each with what it has not had."""

    channels: dict[str, Channel] = field(
        default_factory=lambda: {
            **{
                f"region {11 + number}": Channel(
                    f"json://127.0.0.1/{number}", events=ACCUSATIONS, regions=(str(11 + number),)
                )
                for number in range(REGIONS)
            },
            "operator": Channel("json://127.0.0.1/operator", events=(OPERATOR,)),
        }
    )
    waiting: dict[str, list[tuple[int, Transition]]] = field(default_factory=lambda: defaultdict(list))
    last: dict[str, object] = field(default_factory=dict)
    sent: Counter[tuple[str, int]] = field(default_factory=Counter)
    """(channel, day) → digests."""
    told: Counter[str] = field(default_factory=Counter)
    uncorrected: set[tuple[str, str]] = field(default_factory=set)
    """(channel, alert) that was told and has not been taken back."""
    count: int = 0

    def post(self, watch: Watch, hour: float) -> None:
        """What the service does all day: take over what is new, and send a digest where one is due."""
        now = instant(hour)
        agencies = watch.records
        for transition in watch.outbox:
            self.count += 1
            alert = watch.alerts[transition.alert]
            for key, channel in self.channels.items():
                if is_wanted(channel, alert, agencies):
                    self.waiting[key].append((self.count, transition))
        watch.outbox.clear()
        for key, channel in self.channels.items():
            last = self.last.get(key)
            if self.waiting[key] and is_due(channel.pace, last, now):
                self._send(watch, key, hour)

    def _send(self, watch: Watch, key: str, hour: float) -> None:
        entries = [
            OutboxEntry(number, transition, watch.alerts[transition.alert], frozenset(), {}, {})
            for number, transition in self.waiting[key]
        ]
        folded = fold(entries, key)
        self.waiting[key].clear()
        if not folded.items:
            return
        self.sent[key, int(hour // 24)] += 1
        self.last[key] = instant(hour)
        for item in folded.items:
            self.told[item.kind] += 1
            alert = watch.alerts[item.alert.id]
            watch.alerts[alert.id] = replace(alert, sent_at=alert.sent_at or instant(hour))
            (self.uncorrected.add if alert.state in LIVE_STATES else self.uncorrected.discard)((key, alert.id))


class Operator:
    """A person who looks at every incident the day after it was told: mends the registry where a portal was
    redesigned, says what they saw where there is no control, and acknowledges what is as the incident says."""

    def __init__(self, watch: Watch, seed: int) -> None:
        self.watch = watch
        self.random = Random(seed)
        self.acts: Counter[str] = Counter()

    def work(self, hour: float) -> None:
        """One morning."""
        for alert in [self.watch.alerts[key] for key in self.watch.of_agency[None]]:
            is_told = alert.sent_at is not None and alert.sent_at < instant(hour - 20)
            if is_told and alert.state is AlertState.OPEN:
                self._see_to(alert, hour)

    def _see_to(self, alert: Alert, hour: float) -> None:
        kind, _, portal = alert.subject.partition(":")
        number = self.watch.place_of.get(portal)
        if number is None:
            return
        site = self.watch.places[number].site
        if site.redesigned_at <= hour < site.fixed_at:
            self.acts["mended"] += site.fixed_at > hour + 24 * 4
            site.fixed_at = min(site.fixed_at, hour + 24 * self.random.uniform(0.2, 3))
        elif kind == "no-control":
            for entry in alert.evidence:
                agency = self.watch.numbers.get(str(entry.get("agency")), -1)
                if agency >= 0 and agency not in self.watch.words and not self.watch.truth.is_there(agency, hour):
                    word = Attestation(
                        entry["agency"], YEAR, True, None, None, None, "王敏", "已查看栏目", instant(hour)
                    )
                    self.watch.words[agency] = word
                    self.watch.touched.add(agency)
                    self.acts["attested"] += 1
        elif kind == "portal":
            self.acts["acknowledged"] += 1
            self.watch.keep(*act(alert, "ack", instant(hour), by="王敏", reason="已核查网站"))


@dataclass
class Season:
    """A season that was replayed."""

    truth: Truth
    watch: Watch
    referee: Referee
    recipients: Recipients
    operator: Operator
    incidents: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def replay(
    size: Size,
    each_day: Callable[[Season, int], None] | None = None,
    *,
    made: Callable[[Truth, Referee], Watch] = Watch,
) -> Season:
    """The whole season, day by day; `each_day` is called at the end of every one. `made` makes the watch."""
    began = time.process_time()
    truth = Truth(size)
    referee = Referee(truth)
    watch = made(truth, referee)
    season = Season(truth, watch, referee, Recipients(), Operator(watch, size.seed))
    for day in range(size.days):
        start = 24.0 * day
        watch.begin_day(start)
        _look(season, start + MORNING, range(len(watch.places)))
        season.recipients.post(watch, start + POST)
        season.operator.work(start + POST + 0.5)
        for hour in (start + NOON, start + EVENING):
            near = _near(season, hour)
            if near:
                _look(season, hour, near)
        referee.close_day(day, lambda agency: STATUSES[watch.status[agency]])
        if each_day is not None:
            each_day(season, day)
    season.seconds = time.process_time() - began
    return season


def _look(season: Season, hour: float, among: range | list[int]) -> None:
    """Scan what is due of these portals, then judge."""
    for number in season.watch.due_places(hour, among):
        season.watch.scan(number, hour)
    for alert, transition in season.watch.check(hour):
        if alert.rule == OPERATOR and transition.from_state is None:
            season.incidents[alert.subject.partition(":")[0]] += 1


def _near(season: Season, hour: float) -> list[int]:
    """Portals with an agency unseen whose due day is near: of the others none is due twice a day."""
    truth = season.truth
    return [
        number
        for number, place in enumerate(season.watch.places)
        if any(abs(hour - truth.due_end(agency)) < NEAR for agency in place.unseen)
    ]


def failures(season: Season) -> list[str]:
    """Which of the figures that must be reached are not; of fewer than a hundred one may come after its time."""
    found = []
    for rule in (Status.MISSING, Status.LATE, Status.WITHDRAWN):
        score = season.referee.alerts[rule]
        if score.wrong:
            found.append(f"precision of {rule.value}: {len(score.wrong)} of {score.said} are wrong: {score.wrong[:5]}")
        if score.eligible - score.met > max(1, score.eligible // 100):
            found.append(f"recall of {rule.value}: {score.met} of {score.eligible}")
    worst = max(season.recipients.sent.values(), default=0)
    if worst > 1:
        found.append(f"{worst} digests to one recipient on one day")
    return found


def main() -> int:
    """Replay one season, with a line a day, and print the figures."""
    given = [int(word) for word in sys.argv[1:]]
    size = Size(*given)
    console = Console(width=140)

    def tell(season: Season, day: int) -> None:
        watch = season.watch
        print(
            f"day {day + 1:3d}/{size.days}  {time.process_time() - began:6.0f} s  scans {watch.scanned:8,d}  "
            f"judged {watch.judged:10,d}  alerts {len(watch.alerts):6,d}",
            flush=True,
        )

    began = time.process_time()
    season = replay(size, tell)
    console.print(figures(season))
    missed = failures(season)
    for line in missed:
        print("not reached:", line)
    return 1 if missed else 0


def figures(season: Season) -> Table:
    """The figures of a season as a table."""
    truth, watch, referee = season.truth, season.watch, season.referee
    table = Table("what", "figure", title=f"a season: {truth.size}")
    table.add_row("fates", ", ".join(f"{fate} {count:,}" for fate, count in count_fates(truth).items()))
    for name, scores in (("status", referee.statuses), ("alert", referee.alerts)):
        for rule, score in scores.items():
            text = f"said {score.said:,}, wrong {len(score.wrong)}, precision {score.precision:.4%}"
            if score.eligible:
                text += f"; eligible {score.eligible:,}, of these in five days {score.recall:.3%}"
                text += f" ({score.recall_where_possible:.3%} where the portal could be looked at)"
                text += f"; the others: {dict(score.instead)}"
            for (redesign, size), count in Counter((one.redesign, one.size) for one in score.wrong).most_common(8):
                text += f"; wrong: {count} at a portal of {size} ({redesign or 'sound'})"
            table.add_row(f"{name} {rule.value}", text)
    days = Counter(key for key, _ in season.recipients.sent)
    most = max(season.recipients.sent.values(), default=0)
    text = f"{days.total():,} to {len(days)} recipients, at most {most} a day each"
    table.add_row("digests", f"{text}; items {dict(season.recipients.told)}")
    table.add_row("incidents", str(dict(season.incidents)))
    table.add_row("operator", str(dict(season.operator.acts)))
    live = [alert for alert in watch.alerts.values() if alert.state in LIVE_STATES]
    statuses = Counter(STATUSES[each].value for each in watch.status)
    table.add_row("at the end", f"alerts alive {len(live):,} of {len(watch.alerts):,}; statuses {dict(statuses)}")
    table.add_row(
        "cost",
        f"{watch.scanned:,} scans, {watch.judged:,} judgements, {season.seconds:.0f} s of processor, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB",
    )
    return table


if __name__ == "__main__":
    sys.exit(main())
