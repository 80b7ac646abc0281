"""What `[service]` in `nianbao.toml` says: how often the acts of `nianbao run` come, how it tells that it lives."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from storage.faults import WrongValueError, shown
from storage.value_readers import VARIABLE, one_of, whole_between

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ACTS: Mapping[str, timedelta] = {
    "scan": timedelta(minutes=10),
    "ingest": timedelta(minutes=5),
    "check": timedelta(minutes=15),
    "notify": timedelta(minutes=1),
    "upkeep": timedelta(minutes=1),
}
"""The acts of the service and how often it asks whether each has something to do."""

LOGS = ("text", "json")
LEASE = timedelta(minutes=2)
HEARTBEAT_EVERY = timedelta(minutes=5)

_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SPAN = re.compile(r"([0-9]{1,6})\s*(ms|s|m|h|d)")
_SHORTEST, _LONGEST = timedelta(milliseconds=100), timedelta(days=7)
_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f]+")
_MAX_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """How `nianbao run` lives. `heartbeat_url` is as written, `${VAR}` unexpanded, empty for none.

    `lease`: how long the service may be silent before another one takes over. `min_free_mib` None: 2 GiB or
    5 % of the disk, whichever is less.
    """

    log: str = "text"
    heartbeat_url: str = field(default="", repr=False)
    heartbeat_every: timedelta = HEARTBEAT_EVERY
    lease: timedelta = LEASE
    min_free_mib: int | None = None
    every: Mapping[str, timedelta] = field(default_factory=lambda: dict(ACTS))


def span(value: object) -> timedelta:
    """A length of time such as "90s" or "10m": one whole number and one unit of ms, s, m, h, d; up to a week."""
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
    if length is None or not _SHORTEST <= length <= _LONGEST:
        raise WrongValueError("span", shown(value))
    return length


def _every(value: object) -> dict[str, timedelta]:
    if not isinstance(value, dict):
        raise WrongValueError("spans", shown(value), ", ".join(ACTS))
    return dict(ACTS) | {one_of(ACTS)(act): span(length) for act, length in value.items()}


def _heartbeat(value: object) -> str:
    """An http(s) address whose variables are well written; the message never repeats it, it may hold a key."""
    if value == "":
        return ""
    if isinstance(value, str) and "${" not in VARIABLE.sub("", value):
        whole = VARIABLE.sub("x", value)
        if _ADDRESS.fullmatch(whole) or VARIABLE.match(value):
            return value
    raise WrongValueError("heartbeat")


SERVICE_READERS: Mapping[str, Callable[[object], Any]] = {
    "log": one_of(LOGS),
    "heartbeat_url": _heartbeat,
    "heartbeat_every": span,
    "lease": span,
    "min_free_mib": whole_between(0, _MAX_MIB),
    "every": _every,
}
"""Key of `[service]` → what reads its value."""
