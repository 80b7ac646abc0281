"""Who knows the truth of a season says how right the watch was, and what it told whom.

Precision: of those who were called missing (late), who really had not published at the last scan that says so
(by the due day). Recall: of those who could be called so, who was within DEADLINE.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from storage.records import AgencyKind, Outcome, Status
from tests.bench.season_truth import LATE, NEVER, Truth, hours

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.alerts.accusations import Matter
    from storage.records import Alert

CONFIRMED_AFTER = 20.0
"""Hours from the end of the due day until two scans can have confirmed an absence."""
DEADLINE = 24.0 * 5
RULES = (Status.MISSING, Status.LATE, Status.WITHDRAWN)


class Wrong(NamedTuple):
    """One who was called so wrongly: the agency, the size of its portal, how that had been redesigned."""

    agency: int
    portal: str
    size: int
    redesign: str


@dataclass
class Score:
    """How one status or alert fared: said so often, wrongly of these; of those eligible, so many in time."""

    said: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    eligible: int = 0
    met: int = 0
    could: int = 0
    """Of those eligible, whose portal let itself be looked at often enough within DEADLINE."""
    could_met: int = 0
    instead: Counter[str] = field(default_factory=Counter)
    """Those eligible and not met in time, by the status that they had when the deadline had passed."""

    @property
    def precision(self) -> float:
        return 1 - len(self.wrong) / self.said if self.said else 1.0

    @property
    def recall_where_possible(self) -> float:
        return self.could_met / self.could if self.could else 1.0

    @property
    def recall(self) -> float:
        return self.met / self.eligible if self.eligible else 1.0


class Referee:
    """Keeps the scores of a season."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.statuses = {rule: Score() for rule in RULES}
        self.alerts = {rule: Score() for rule in RULES}
        count = len(truth.agencies)
        self.called = {rule: array("d", [NEVER]) * count for rule in RULES}
        self.alerted = {rule: array("d", [NEVER]) * count for rule in RULES}
        self.last_proof = array("d", [NEVER]) * count
        self.deadlines: dict[int, list[tuple[int, Status]]] = defaultdict(list)
        for agency in range(count):
            for rule, at in self._eligible(agency):
                self.deadlines[int((at + DEADLINE) // 24) + 1].append((agency, rule))

    def judged(self, agency: int, matter: Matter) -> None:
        """The watch has come to another status of an agency."""
        status = matter.standing.status
        if status not in RULES:
            return
        hour = hours(matter.case.now)
        if status is Status.MISSING:
            self.last_proof[agency] = hours(matter.case.accusing[-1].started_at)
        self._score(self.statuses[status], agency, status, hour)
        self.called[status][agency] = min(self.called[status][agency], hour)

    def accused(self, agency: int, alert: Alert) -> None:
        """An alert was opened."""
        rule = Status(alert.rule)
        hour = hours(alert.opened_at)
        self._score(self.alerts[rule], agency, rule, hour)
        self.alerted[rule][agency] = min(self.alerted[rule][agency], hour)

    def close_day(self, day: int, status_of: Callable[[int], Status]) -> None:
        """Count those whose deadline has passed."""
        for agency, rule in self.deadlines.pop(day, ()):
            limit = self._from(agency, rule) + DEADLINE
            is_practice = self.truth.agencies[agency].kind is AgencyKind.TOWNSHIP_GOVERNMENT
            for score, at in ((self.statuses[rule], self.called), (self.alerts[rule], self.alerted)):
                if at is self.alerted and is_practice:
                    continue
                is_met, could = at[rule][agency] <= limit, self._could_look(agency, rule)
                score.eligible += 1
                score.could += could
                score.met += is_met
                score.could_met += is_met and could
                if not is_met:
                    score.instead[status_of(agency).value] += 1

    def _score(self, score: Score, agency: int, rule: Status, hour: float) -> None:
        score.said += 1
        truth = self.truth
        is_right = {
            Status.MISSING: not truth.is_there(agency, self.last_proof[agency]),
            Status.LATE: truth.fate[agency] == LATE,
            Status.WITHDRAWN: truth.gone_at.get(agency, NEVER) < hour,
        }[rule]
        if not is_right:
            site = truth.sites[truth.site_of[agency]]
            score.wrong.append(Wrong(agency, site.key, len(site.members), site.redesign))

    def _could_look(self, agency: int, rule: Status) -> bool:
        """Did its portal answer on two days (for `late` one) of those before the deadline?"""
        site = self.truth.sites[self.truth.site_of[agency]]
        first = self._from(agency, rule) - (CONFIRMED_AFTER if rule is Status.MISSING else 0)
        days = range(int(first // 24) + (rule is Status.LATE), int((self._from(agency, rule) + DEADLINE) // 24) + 1)
        whole = [day for day in days if self.truth.shows(site, 24.0 * day + 1).outcome is Outcome.COMPLETE]
        return len(whole) > (rule is Status.MISSING)

    def _eligible(self, agency: int) -> list[tuple[Status, float]]:
        """Under which rules the agency can be called so, and from when."""
        truth = self.truth
        listed = truth.listed_at[agency]
        found = []
        if listed > self._from(agency, Status.MISSING) + DEADLINE:
            found.append((Status.MISSING, self._from(agency, Status.MISSING)))
        bulk_at = truth.sites[truth.site_of[agency]].bulk_at
        if truth.fate[agency] == LATE and truth.stated[agency] is not None and bulk_at > listed + DEADLINE:
            found.append((Status.LATE, listed))
        return found

    def _from(self, agency: int, rule: Status) -> float:
        if rule is Status.MISSING:
            return self.truth.due_end(agency) + CONFIRMED_AFTER
        return self.truth.listed_at[agency]
