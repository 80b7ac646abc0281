"""When the service may tell a channel: quiet hours, and digests no nearer to each other than their interval.

Pure. Hours are those of Asia/Shanghai. An instant of the past that lies in the future was written by a clock
that ran ahead; it holds nothing back.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.notify_settings import DAY_HOURS
from storage.records import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage.configuration import Channel
    from storage.notify_settings import Pace
    from storage.records import Agency

OF_NO_PLACE = ""
"""The group of what names no agency, and of everything where a digest is for its recipient as a whole."""

CITY_DIGITS = 4


def is_quiet(pace: Pace, now: datetime) -> bool:
    """Does the instant lie in the quiet hours?"""
    return pace.is_quiet_at(now.astimezone(SHANGHAI).time())


def is_due(pace: Pace, last: datetime | None, now: datetime) -> bool:
    """May a digest leave, the last one having left at `last`? Never before `digest_at` of the day.

    An interval of a day or more counts days, so that a digest that was held up does not push the next one back.
    """
    if pace.interval_hours == 0:
        return True
    at = now.astimezone(SHANGHAI)
    if at.time() < pace.digest_at:
        return False
    if last is None or last > now:
        return True
    if pace.interval_hours < DAY_HOURS:
        return now - last >= timedelta(hours=pace.interval_hours)
    days = (at.date() - last.astimezone(SHANGHAI).date()).days
    return days >= math.ceil(pace.interval_hours / DAY_HOURS)


def longest_wait(channels: Iterable[Channel]) -> timedelta:
    """How long a change may wait for the slowest channel's digest while all is well: its interval in whole days, and
    a day for `digest_at` and quiet hours; two days at least."""
    hours = max((channel.pace.interval_hours for channel in channels), default=DAY_HOURS)
    return timedelta(days=max(math.ceil(hours / DAY_HOURS), 1) + 1)


def group_of(pace: Pace, agency: Agency | None) -> str:
    """The digest to which an alert of that agency belongs; None: it names no agency."""
    if agency is None or pace.group == "recipient":
        return OF_NO_PLACE
    return agency.portal if pace.group == "portal" else agency.region[:CITY_DIGITS]
