"""What a section `[[notify]]` says about when its channel is told: digests, groups, quiet hours (Asia/Shanghai)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any

from storage.faults import WrongValueError, shown
from storage.value_readers import number_between, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GROUPS = ("recipient", "portal", "region")
"""What one digest is about: everything for its recipient, one portal, or one city (four digits of its code)."""

MAX_INTERVAL_HOURS = 24 * 31
DAY_HOURS = 24
PROVINCE_DIGITS, TOWNSHIP_DIGITS = 2, 9
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class Pace:
    """When the service tells a channel: a digest every `interval_hours` from `digest_at` on, 0 for at once, and
    nothing from the first to the second of `quiet_hours`, which may lie on either side of midnight."""

    group: str = "recipient"
    interval_hours: float = DAY_HOURS
    digest_at: time = time(8, 30)
    quiet_hours: tuple[time, time] | None = None

    def is_quiet_at(self, at: time) -> bool:
        """Does the time of the day lie in the quiet hours? Their first minute does, their last does not."""
        if self.quiet_hours is None:
            return False
        begin, end = self.quiet_hours
        return begin <= at < end if begin < end else at >= begin or at < end

    @property
    def ever_comes(self) -> bool:
        """Is there a minute of the day at which a digest may leave: from `digest_at` to midnight, and not quiet?"""
        first = self.digest_at if self.interval_hours else time()
        minutes = (time(*divmod(minute, 60)) for minute in range(DAY_HOURS * 60))
        return any(at >= first and not self.is_quiet_at(at) for at in minutes)


def region_prefix(code: str) -> str:
    """What codes of the places in a region begin with: 370000 is the province 37, 370700 the city 3707.

    By GB/T 2260 the digits of the levels that a code does not reach are zeros, two a level; the three of a township
    stand behind them (GB/T 10114).
    """
    code = code[:-3] if len(code) == TOWNSHIP_DIGITS and code.endswith("000") else code
    while len(code) > PROVINCE_DIGITS and len(code) % 2 == 0 and code.endswith("00"):
        code = code[:-2]
    return code


def _time_of_day(value: object) -> time:
    """A time written HH:MM."""
    if isinstance(value, str) and _TIME.fullmatch(value):
        return time.fromisoformat(value)
    raise WrongValueError("time", shown(value))


def _quiet_hours(value: object) -> tuple[time, time] | None:
    """Two different times, or an empty list for none."""
    if value == []:
        return None
    if isinstance(value, list) and len(value) == 2 and value[0] != value[1]:  # noqa: PLR2004 - from and until
        return _time_of_day(value[0]), _time_of_day(value[1])
    raise WrongValueError("quiet_hours", shown(value))


PACE_READERS: Mapping[str, Callable[[object], Any]] = {
    "group": one_of(GROUPS),
    "interval_hours": number_between(0, MAX_INTERVAL_HOURS),
    "digest_at": _time_of_day,
    "quiet_hours": _quiet_hours,
}
"""Key of `[[notify]]` → what reads its value."""
