"""Is the clock to be believed? Its jumps, a machine that slept, and what the portals' own clocks say.

Verdicts are for an instant, so a wrong clock would judge the wrong day. The service therefore holds the
clock that people set against one that nobody sets, and judges nothing after a jump or a sleep until a
fresh look has ended (`monitor.service.watchman`).
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median
from typing import TYPE_CHECKING

from storage.records import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

TICK = timedelta(seconds=30)
"""How often the service looks at the clock when nothing else does."""

MOST_SILENCE = 2 * TICK
"""Two looks that lie further apart: the process or the machine stood still."""

MOST_DRIFT = timedelta(minutes=1)
"""So much may the two clocks go apart between two looks; more is a jump."""

MOST_SKEW = timedelta(minutes=10)
"""So far may our clock lie from the middle one of the portals' clocks."""

WITNESSES = 3
"""Portals whose clocks must be known before the middle one of them counts against ours. Where fewer ever speak, one
that disagrees is enough to hold the verdicts and to ask a person (`gainsaying`)."""

NEWEST = 3


_LOG = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(SHANGHAI)


@dataclass(frozen=True, slots=True)
class Jump:
    """The clock did what no clock does by itself. `before` and `at` are what it showed; `by` is how much more
    than truly passed it moved (negative: back); `stood` is how long nobody looked."""

    before: datetime
    at: datetime
    by: timedelta
    stood: timedelta


@dataclass(slots=True)
class Clock:
    """The two clocks of the machine, held against each other at every look; used by several threads.

    `wall` is the one that people set, `monotonic` counts seconds that passed while the machine was awake.
    `doubted_since` are seconds of the latter: since then a fresh look is owed; None: all is well.
    """

    wall: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    doubted_since: float | None = None
    _last: tuple[datetime, float] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> Jump | None:
        """The jump or standstill since the last look, which makes it doubted; None where time went on as it should."""
        with self._lock:
            before, now = self._last, (self.wall(), self.monotonic())
            self._last = now
        if before is None:
            return None
        passed = timedelta(seconds=now[1] - before[1])
        by = now[0] - before[0] - passed
        if abs(by) <= MOST_DRIFT and passed <= MOST_SILENCE:
            return None
        self.doubt(f"it moved by {by} more than passed, and nobody looked for {passed}")
        return Jump(before[0], now[0], by, passed)

    def doubt(self, why: str) -> None:
        """From now on a fresh look is owed."""
        self.doubted_since = self.monotonic()
        _LOG.warning("clock: %s; nothing is judged until a fresh look has ended", why, extra={"act": "clock"})

    def settle(self, begun: float) -> bool:
        """A look that began at that monotonic second has ended: did it end the doubt?"""
        if self.doubted_since is None or self.doubted_since > begun:
            return False
        self.doubted_since = None
        return True


def skew(answers: Iterable[tuple[str, datetime, Mapping[str, str]]]) -> timedelta | None:
    """How far our clock is ahead of the portals' (negative: behind); None where too few of them say.

    `answers` are portal, when by our clock, and the headers that came. Each portal counts once, by the middle
    one of its answers, so that one whose own clock is wrong cannot outvote the others.
    """
    by_portal = _by_portal(answers)
    if len(by_portal) < WITNESSES:
        return None
    return timedelta(seconds=median(median(off for _, off in own) for own in by_portal.values()))


def gainsaying(answers: Iterable[tuple[str, datetime, Mapping[str, str]]], since: datetime) -> timedelta | None:
    """How far our clock is ahead by the portal that gainsays it most, where so few speak at all that none is outvoted;
    None where three do, or none gainsays.

    `answers` come newest first; only portals that spoke `since` then are asked. One gainsays by the best of its newest
    answers, so that a page out of somebody's cache does not.
    """
    by_portal = _by_portal(answers)
    if len(by_portal) >= WITNESSES:
        return None
    newest = [[off for at, off in own if at >= since][:NEWEST] for own in by_portal.values()]
    worst = max((min(own, key=abs) for own in newest if own), key=abs, default=0.0)
    return timedelta(seconds=worst) if abs(worst) > MOST_SKEW.total_seconds() else None


def _by_portal(
    answers: Iterable[tuple[str, datetime, Mapping[str, str]]],
) -> dict[str, list[tuple[datetime, float]]]:
    """Portal → when it answered, and the seconds by which our clock was ahead of its own."""
    found: dict[str, list[tuple[datetime, float]]] = {}
    for portal, at, headers in answers:
        said = _date(headers.get("Date"))
        if said is not None:
            found.setdefault(portal, []).append((at, (at - said).total_seconds()))
    return found


def _date(text: str | None) -> datetime | None:
    try:
        said = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):
        return None
    return said if said is None or said.tzinfo else said.replace(tzinfo=UTC)
