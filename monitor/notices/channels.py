"""How a channel is called, how it fares after each attempt, and when it is left alone.

Pure. Addresses hold keys, so nothing of an address ever reaches a log or the database: a channel is called by
its key, its address is known again by a mark, and what receivers say is redacted.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

from monitor.alerts.book import OPERATOR
from monitor.notices.receivers import Word
from storage.records import ChannelState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from monitor.notices.receivers import Receipt
    from storage.configuration import Channel
    from storage.notify_settings import Pace

FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(days=1)
JITTER = 0.25
"""So much of a rest may be spared, by channel and count, so that channels that failed together part ways."""

TROUBLED_AFTER = timedelta(days=1)
TROUBLED_FAILURES = 5

LONGEST_ERROR = 300
MARK_DIGITS = 4
"""Sixteen bits: a changed address is noticed but for one time in 65,536, and no guess of a secret is confirmed."""

_KEY_PARTS = re.compile(r"[^:/?&=@#,;]{3,}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Everything that the configuration says of one address: the sections `[[notify]]` that have it.

    `is_deputy`: no channel hears of the operator's incidents, so this one is told of those that hold alerts.
    """

    key: str
    sections: tuple[Channel, ...]
    is_deputy: bool = False

    @property
    def url(self) -> str:
        """The address as it is written."""
        return self.sections[0].url

    @property
    def pace(self) -> Pace:
        """The pace of the first section: one recipient has one."""
        return self.sections[0].pace

    @property
    def events(self) -> frozenset[str]:
        """What any of the sections hears of."""
        return frozenset(event for section in self.sections for event in section.events)


def recipients(channels: Sequence[Channel]) -> tuple[Recipient, ...]:
    """The channels by their addresses, in their order; where none hears of the operator, one is the deputy: the
    first that hears of every region, else the first."""
    sections: dict[str, list[Channel]] = {}
    for channel in channels:
        sections.setdefault(channel_key(channel), []).append(channel)
    crew = tuple(Recipient(key, tuple(own)) for key, own in sections.items())
    if not crew or any(OPERATOR in recipient.events for recipient in crew):
        return crew
    deputy = next((one for one in crew if any(not section.regions for section in one.sections)), crew[0])
    return tuple(replace(recipient, is_deputy=recipient is deputy) for recipient in crew)


def channel_key(channel: Channel) -> str:
    """A name for a channel that tells nothing of its address but the kind: `json-1a2b3c4d5e6f`.

    It is made from the address as it is written, variables unexpanded, so that a renewed key does not
    make it another channel.
    """
    scheme = channel.url.partition("://")[0]
    kind = scheme if re.fullmatch(r"[A-Za-z0-9+.-]{1,20}", scheme) else "channel"
    return f"{kind}-{hashlib.sha256(channel.url.encode()).hexdigest()[:12]}"


def address_mark(url: str) -> str:
    """By which an address with all variables filled in is known again."""
    return hashlib.sha256(url.encode()).hexdigest()[:MARK_DIGITS]


def redacted(text: str, url: str) -> str:
    """The text without anything that stands in the address: keys, passwords, names of hosts and users."""
    written = _KEY_PARTS.findall(url)
    for part in sorted({*written, *map(unquote, written)}, key=len, reverse=True):
        text = text.replace(part, "***")
    return " ".join(text.split())[:LONGEST_ERROR]


def rest_after(channel: str, failures: int) -> timedelta:
    """How long a channel is left alone after so many failures in a row: a minute, then twice as long each time."""
    longest: timedelta = min(FIRST_REST * (1 << min(failures - 1, 32)), LONGEST_REST)
    digest = hashlib.sha256(f"{channel}|{failures}".encode()).digest()
    return longest * (1 - JITTER * digest[0] / 255)


def after(state: ChannelState, receipt: Receipt, now: datetime, said: str) -> ChannelState:
    """How the channel fares after an attempt; `said` is what the receiver said, redacted."""
    if receipt.word is Word.TAKEN:
        return ChannelState(state.channel, state.address_mark, last_sent_at=now)
    failures = state.failures + 1
    return replace(
        state,
        failures=failures,
        failing_since=state.failing_since or now,
        rest_until=now + rest_after(state.channel, failures),
        # Some number of seconds that no timedelta holds is a wish too.
        asked_until=None
        if receipt.wait is None
        else now + timedelta(seconds=min(receipt.wait, LONGEST_REST.total_seconds())),
        last_error=said,
        dead_since=(state.dead_since or now) if receipt.is_permanent else None,
    )


def revived(state: ChannelState, mark: str) -> ChannelState:
    """A channel that gets another chance: its address has changed, or a person says so."""
    return ChannelState(state.channel, mark, last_sent_at=state.last_sent_at, last_error=state.last_error)


def known_as(states: Mapping[str, ChannelState], key: str, mark: str) -> ChannelState:
    """How a channel fares whose address has that mark: as before, unless its address was another one then."""
    state = states.get(key)
    if state is None:
        return ChannelState(key, mark)
    return state if state.address_mark == mark else revived(state, mark)


def is_left_alone(state: ChannelState, now: datetime, *, is_asked_for: bool) -> bool:
    """Is nothing to be sent now? What a person asks for at once waits only for what the receiver wished."""
    holds = (state.asked_until,) if is_asked_for else (state.asked_until, state.rest_until)
    # An end further away than any rest lasts was written by a clock that ran ahead.
    is_resting = any(until is not None and now < until <= now + LONGEST_REST for until in holds)
    return state.dead_since is not None or is_resting


def is_nobody_reached(crew: Sequence[Recipient], states: Mapping[str, ChannelState], now: datetime) -> bool:
    """Is every channel dead, or has it failed so long that a person must know? Where none is set up: no."""
    own = [states.get(recipient.key) for recipient in crew]
    return bool(own) and all(
        state is not None and (state.dead_since is not None or is_troubled(state, now)) for state in own
    )


def is_troubled(state: ChannelState, now: datetime) -> bool:
    """Has it failed so long that a person must know, though it may still recover by itself?"""
    since = state.failing_since
    return since is not None and state.failures >= TROUBLED_FAILURES and now - since >= TROUBLED_AFTER
