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
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class Pace:
    """When the service tells a channel: a digest every `interval_hours` from `digest_at` on, 0 for at once, and
    nothing from the first to the second of `quiet_hours`, which may lie on either side of midnight."""

    group: str = "recipient"
    interval_hours: float = DAY_HOURS
    digest_at: time = time(8, 30)
    quiet_hours: tuple[time, time] | None = None


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
