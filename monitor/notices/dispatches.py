"""Which messages a channel is due now: repetitions, what is urgent, its digests, what it tells for a dead one.

Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.alerts.book import OPERATOR
from monitor.notices.digests import fold
from monitor.notices.escalation import is_about_channel, stand_ins, still_owed, waiting_for
from monitor.notices.pacing import OF_NO_PLACE, group_of, is_due

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from monitor.alerts.corrections import Correction
    from monitor.notices.channels import Recipient
    from monitor.notices.digests import Item
    from storage.database import OutboxEntry
    from storage.records import Agency


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What goes out together. `groups` are the digests that it is, whose intervals begin anew with it; empty for
    what is told outside of digests."""

    items: tuple[Item, ...]
    groups: tuple[str, ...] = ()
    stands_in_for: str = ""


@dataclass(frozen=True, slots=True)
class Outbox:
    """What is unsent, and everything that decides to whom it goes when. `rounds`: group → the last digest of it
    that went to the channel in question; `corrections` are those for that channel, `told` are the
    alerts that it knows of."""

    entries: Sequence[OutboxEntry]
    crew: Sequence[Recipient]
    dead: frozenset[str] = frozenset()
    agencies: Mapping[str, Agency] = field(default_factory=dict)
    corrections: Mapping[str, Correction] = field(default_factory=dict)
    told: Collection[str] = ()
    rounds: Mapping[str, datetime] = field(default_factory=dict)


def dispatches(recipient: Recipient, outbox: Outbox, now: datetime, *, is_paced: bool) -> tuple[Dispatch, ...]:
    """The messages that a channel is due now, in their order."""
    owed = still_owed(recipient, outbox.entries, outbox.agencies, outbox.told)
    mine = (*waiting_for(recipient, outbox.entries, outbox.agencies), *owed)
    items = fold(mine, recipient.key, outbox.corrections).items
    found = [*_repetitions(items)]
    fresh = [item for item in items if item.repeats is None]
    if is_paced:
        found += _paced(recipient, fresh, outbox, now)
    elif fresh:
        found.append(Dispatch(tuple(fresh), tuple(_groups(recipient, fresh, outbox))))
    for (stand_in, dead), entries in stand_ins(outbox.entries, outbox.crew, outbox.dead, outbox.agencies).items():
        if stand_in == recipient.key:
            for part in _by_repetition(fold(entries, recipient.key, outbox.corrections).items):
                found.append(Dispatch(part, stands_in_for=dead))
    return tuple(found)


def _repetitions(items: Sequence[Item]) -> Iterator[Dispatch]:
    """What may have arrived goes out as the message that it was, by itself."""
    for part in _by_repetition(items):
        if part[0].repeats is not None:
            yield Dispatch(part)


def _by_repetition(items: Sequence[Item]) -> Iterator[tuple[Item, ...]]:
    parts: dict[str | None, list[Item]] = {}
    for item in items:
        parts.setdefault(item.repeats, []).append(item)
    yield from map(tuple, parts.values())


def _paced(recipient: Recipient, items: Sequence[Item], outbox: Outbox, now: datetime) -> Iterator[Dispatch]:
    """Trouble with channels at once, also everything for who hears of nothing but trouble; the rest in digests."""
    is_at_once = recipient.events == {OPERATOR}
    urgent = tuple(item for item in items if is_at_once or is_about_channel(item.alert))
    if urgent:
        yield Dispatch(urgent)
    if is_at_once:
        return
    calm = [item for item in items if not is_about_channel(item.alert)]
    for group, own in _groups(recipient, calm, outbox).items():
        if is_due(recipient.pace, outbox.rounds.get(group), now):
            yield Dispatch(tuple(own), (group,))


def _groups(recipient: Recipient, items: Sequence[Item], outbox: Outbox) -> dict[str, list[Item]]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        agency = outbox.agencies.get(item.alert.agency or "")
        group = OF_NO_PLACE if agency is None else group_of(recipient.pace, agency)
        groups.setdefault(group, []).append(item)
    return groups
