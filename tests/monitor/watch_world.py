"""The world around a watch: agencies, portals and what they show, the operator's edits, the receivers."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from monitor.notices.digests import CORRECTED, by_alert, fold, is_wanted
from storage.configuration import Channel
from storage.records import AttemptState
from tests.builders import NAME
from tests.monitor.watch_model import Body, Read, Row
from tests.monitor.watch_records import OTHER_NAME

IN_TIME, LATE, LATER, MOVED = date(2025, 1, 20), date(2025, 2, 5), date(2025, 4, 10), date(2025, 4, 12)

BODIES = (
    *(Body(f"a{number}", NAME, "local_department", "a") for number in range(5)),
    Body("b0", NAME, "city_government", "b"),
    Body("b1", NAME, "township_government", "b"),
    Body("c0", NAME, "local_department", "c"),
)

COMPLETE = "complete"
OUTCOMES = (
    *(COMPLETE,) * 12,
    *("incomplete", "blocked", "robots_refused", "robots_unreachable", "unreachable", "moved", "soft_404"),
    *("needs_browser", "undecodable", "trapped"),
)


class Shown(NamedTuple):
    """How a portal shows the reports that a scan sees: their row, what is read behind it, and bulk dates."""

    row: Row | None = None
    read: Read | None = None
    bulk: frozenset[date] = frozenset()


SHOWN = (
    Shown(Row()),
    Shown(Row(IN_TIME)),
    Shown(Row(LATE)),
    Shown(Row(LATER)),
    Shown(Row(MOVED), bulk=frozenset({MOVED})),
    Shown(Row(LATER), Read((LATER,), "ok")),
    Shown(Row(), Read((IN_TIME,), "ok")),
    Shown(Row(LATE), Read((LATE,), "malformed")),
    Shown(None, Read((), "malformed")),
    Shown(Row(), Read((MOVED,), "ok"), frozenset({MOVED})),
    Shown(Row(LATER), Read((), "unreadable")),
)

CHANNELS = {
    "all": Channel("json://127.0.0.1:1/all"),
    "a": Channel("json://127.0.0.1:1/a", events=("missing", "late", "operator"), regions=("3707",)),
}


ANSWERS = {"up": AttemptState.SENT, "down": AttemptState.REFUSED, "uncertain": AttemptState.UNCERTAIN}


class Edit(NamedTuple):
    """One change of the operator's files."""

    what: str
    rule: str = "*"
    lasts: int | None = None


EDITS = (
    Edit("rename"),
    Edit("drop"),
    Edit("restore"),
    Edit("end"),
    Edit("unend"),
    Edit("waive"),
    Edit("waive", "missing"),
    Edit("waive", "late"),
    Edit("waive", "malformed", 2),
    Edit("waive", "*", 3),
    Edit("unwaive"),
)

TAKEN: Counter[str] = Counter()
"""Steps by machine, over all examples of this process."""

STEPS: Counter[str] = Counter()
"""What was done in them, and in what followed them: the soak prints it."""

REACHED: Counter[str] = Counter()
"""What was said of agencies and which alerts were opened: a machine that never gets anywhere proves nothing."""


class Receivers:
    """Who is told, by channel: which alerts they believe in, and how they answer now."""

    def __init__(self):
        self.mode = dict.fromkeys(CHANNELS, "up")
        self.told = defaultdict(set)
        self.corrected = defaultdict(set)

    def take(self, channel, items):
        """The receiver reads a digest."""
        for item in items:
            self.believe(channel, item.alert.id, is_live=item.kind != CORRECTED)

    def believe(self, channel, alert, *, is_live):
        """The receiver has read that the alert stands, or that it is taken back."""
        (self.told if is_live else self.corrected)[channel].add(alert)
        (self.corrected if is_live else self.told)[channel].discard(alert)


def edited(body, edit, today):
    """The agency after that change."""
    match edit.what:
        case "rename":
            return replace(body, name=OTHER_NAME if body.name == NAME else NAME)
        case "end":
            return replace(body, active_to=date(2025, 1, 15))
        case "unend":
            return replace(body, active_to=None)
        case "waive":
            until = None if edit.lasts is None else today + timedelta(days=edit.lasts)
            return replace(body, waivers=((edit.rule, until),))
        case "unwaive":
            return replace(body, waivers=())
    raise ValueError(edit.what)


def send(layer, receivers, agencies, now):
    """As the service does it: one digest a channel of what it has not had, then what all have is settled.

    A message whose sender died before it noted the answer may have arrived.
    """
    for key in CHANNELS:
        for number in layer.abandoned(key):
            layer.end(number, AttemptState.UNCERTAIN, now)
    entries = layer.outbox()
    done = Counter()
    for key, channel in CHANNELS.items():
        mine = [one for one in entries if key not in one.delivered and is_wanted(channel, one.alert, agencies)]
        folded = fold(mine, key)
        told = {each for item in folded.items for each in item.told}
        taken = told if told and _hand_over(layer, receivers, key, folded.items, now) else set()
        wants = {one.id for one in mine}
        done.update(one.id for one in entries if one.id not in wants or one.id in taken or one.id in folded.silent)
    settled = [own for own in by_alert(entries).values() if all(done[one.id] == len(CHANNELS) for one in own)]
    layer.settle([one.id for own in settled for one in own])


def _hand_over(layer, receivers, key, items, now):
    """One message to one receiver; True where it said that it took it."""
    mode = receivers.mode[key]
    number = layer.leave(sorted(each for item in items for each in item.told), key, now)
    if mode != "down":
        receivers.take(key, items)
    if mode != "deaf":
        layer.end(number, ANSWERS[mode], now)
    return mode == "up"
