"""What one channel is told: its unsent transitions folded into items, each with careful words.

Pure. Text that came from portals or registries is neutralised: no mention, no markup, no line of its own.
How the items are laid out: `monitor.notices.digest_pages`, `monitor.notices.digest_mail`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from monitor.alerts.book import OPERATOR, REPEAT
from storage.notify_settings import region_prefix
from storage.records import LIVE_STATES, AlertState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from monitor.alerts.corrections import Correction
    from storage.configuration import Channel
    from storage.database import OutboxEntry
    from storage.records import Agency, Alert, Transition

LONGEST_TEXT = 400

EVENTS: Mapping[str, tuple[str, ...]] = {
    "missing": ("missing",),
    "withdrawn": ("withdrawn", "missing"),
    "late": ("late",),
    "malformed": ("malformed",),
    OPERATOR: (OPERATOR,),
}
"""Rule of an alert → the events of a channel under which it is told; who hears of missing hears of withdrawn."""

OPENED, UPDATED, REMINDED, CORRECTED = "opened", "updated", "reminded", "corrected"
KINDS = (OPENED, UPDATED, REMINDED, CORRECTED)

# What a messenger takes for a mention, a tag, a link or code becomes its full-width twin.
_FULL_WIDTH = str.maketrans("@<>[]`﹫", "＠＜＞［］｀＠")
_URL_SAFE = ":/?&=%;,+~#-._!$'"


@dataclass(frozen=True, slots=True)
class Item:
    """One alert in a digest. `transition` is the last of those that it tells, all of which are `told`; where an
    agency objected, it is the objection, where one was answered, the answer.

    `repeats` is the message as which the channel may have got some of it already, None where it has not.
    `correction` is what is taken back, None where it is told for the first time.
    """

    kind: str
    alert: Alert
    transition: Transition
    told: tuple[int, ...]
    repeats: str | None = None
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """What a channel is told, and the transitions that need no telling: of alerts that ended before anybody was
    told, and acts that change nothing outside."""

    items: tuple[Item, ...]
    silent: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What a digest is about beside its items. `held`: alerts that wait for the operator; `stands_in_for`: the
    key of the dead channel for which this one is told, empty for none; `is_deputy`: as of `Recipient`; `language`:
    zh or en."""

    now: datetime
    agencies: Mapping[str, Agency] = field(default_factory=dict)
    portals: Mapping[str, str] = field(default_factory=dict)
    held: int = 0
    stands_in_for: str = ""
    is_deputy: bool = False
    language: str = "zh"

    def name(self, agency: str | None) -> str:
        """An agency's name, harmless; its id where nobody knows it; empty for none."""
        if agency is None:
            return ""
        known = self.agencies.get(agency)
        return neutral(known.name if known else agency)

    def portal(self, alert: Alert) -> str:
        """The name of the portal that an alert is about; empty where it is about none."""
        agency = self.agencies.get(alert.agency or "")
        key = agency.portal if agency else next((e["portal"] for e in alert.evidence if e.get("portal")), "")
        return neutral(self.portals.get(key, key))


def is_wanted(channel: Channel, alert: Alert, agencies: Mapping[str, Agency]) -> bool:
    """Does the channel hear of such an alert? What concerns the operator has no region."""
    if not any(event in channel.events for event in EVENTS.get(alert.rule, ())):
        return False
    if alert.agency is None or not channel.regions:
        return True
    agency = agencies.get(alert.agency)
    return agency is not None and agency.region.startswith(tuple(map(region_prefix, channel.regions)))


def by_alert(entries: Iterable[OutboxEntry]) -> dict[str, list[OutboxEntry]]:
    """Entries of the outbox by the alert that they move, in their order."""
    grouped: dict[str, list[OutboxEntry]] = {}
    for entry in entries:
        grouped.setdefault(entry.alert.id, []).append(entry)
    return grouped


def fold(entries: Sequence[OutboxEntry], channel: str, corrections: Mapping[str, Correction] | None = None) -> Folded:
    """What to tell a channel of these entries, all of which it wants and has not had.

    An alert that was opened and has ended since is not told at all, unless the channel may have got the
    opening; one that was told and has ended is corrected, with what was said and the reason. One that has come
    back to life is told anew, where the channel may have got its end.
    """
    items: list[Item] = []
    silent: list[int] = []
    for own in by_alert(entries).values():
        last = own[-1]
        told = tuple(entry.id for entry in own)
        repeats = next((entry.uncertain[channel] for entry in own if channel in entry.uncertain), None)
        may_think_ended = any(
            channel in entry.uncertain and entry.transition.to_state not in LIVE_STATES for entry in own
        )
        kind = _kind(own, may_know=repeats is not None, may_think_ended=may_think_ended)
        if kind is None:
            silent += told
            continue
        correction = (corrections or {}).get(last.alert.id) if kind == CORRECTED else None
        is_told = is_objection if last.alert.state is AlertState.OBJECTED else is_answer
        word = _latest(own, is_told) if kind in {OPENED, UPDATED} else None
        items.append(Item(kind, last.alert, word or last.transition, told, repeats, correction))
    return Folded(tuple(items), tuple(silent))


def counts(items: Iterable[Item]) -> dict[str, int]:
    """How many items there are of every kind."""
    found = [item.kind for item in items]
    return {kind: found.count(kind) for kind in KINDS}


def neutral(text: str, longest: int = LONGEST_TEXT) -> str:
    """Text from outside as harmless words on one line: no control or direction marks, mentions or markup."""
    plain = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    words = " ".join(plain.split()).translate(_FULL_WIDTH)
    return words if len(words) <= longest else words[: longest - 1] + "…"


def neutral_url(url: str | None) -> str:
    """An address that can only be an address: http or https, everything unusual quoted; else empty."""
    try:
        if not url or urlsplit(url).scheme not in {"http", "https"}:
            return ""
    except ValueError:
        return ""
    return quote(url, safe=_URL_SAFE)


def is_objection(move: Transition) -> bool:
    """Does a person record by it what the agency says? What a check adds to such an alert is none."""
    return move.to_state is AlertState.OBJECTED and bool(move.by)


def is_answer(move: Transition) -> bool:
    """Does a person answer an objection by it? Without a reason it is none."""
    is_taken_up = move.from_state is AlertState.OBJECTED and move.to_state in LIVE_STATES - {AlertState.OBJECTED}
    return is_taken_up and bool(move.reason)


def _latest(own: Sequence[OutboxEntry], is_told: Callable[[Transition], bool]) -> Transition | None:
    return next((entry.transition for entry in reversed(own) if is_told(entry.transition)), None)


def _kind(own: Sequence[OutboxEntry], *, may_know: bool, may_think_ended: bool) -> str | None:
    """What these transitions of one alert are to a channel that has none of them for certain; None: nothing."""
    alert, last = own[-1].alert, own[-1].transition
    was_live = own[0].transition.from_state in LIVE_STATES
    is_live = alert.state in LIVE_STATES
    if is_live and (not was_live or may_think_ended):
        return OPENED
    if not is_live:
        knows = may_know or (was_live and alert.sent_at is not None)
        return CORRECTED if knows else None
    moves = [entry.transition for entry in own]
    if any(move.from_state is move.to_state and move.reason != REPEAT for move in moves):
        return UPDATED
    if last.to_state is AlertState.OBJECTED or _latest(own, is_answer) is not None:
        return UPDATED
    return REMINDED if any(move.reason == REPEAT for move in moves) else None
