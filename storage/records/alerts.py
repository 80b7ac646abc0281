"""Accusations and operator incidents, and their history."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class AlertState(StrEnum):
    """A live alert is open, acknowledged or objected to; the other two have ended."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    OBJECTED = "objected"
    RESOLVED = "resolved"
    WAIVED = "waived"


LIVE_STATES = frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.OBJECTED})


@dataclass(frozen=True, slots=True)
class Alert:
    """One accusation or operator incident. `subject` tells apart what agency, year and rule do not
    (an operator incident's portal); at most one live alert has the same agency, year, rule, subject."""

    id: str
    agency: str | None
    report_year: int | None
    rule: str
    subject: str
    state: AlertState
    opened_at: datetime
    message: str
    evidence: tuple[Mapping[str, Any], ...] = ()
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of an alert's state, appended and never edited; unsent ones are the outbox.

    `message` and `evidence` are what the alert says from here on, None where that stays as it was; in what
    the database gives, the first transition of an alert always has both.
    """

    alert: str
    at: datetime
    from_state: AlertState | None
    to_state: AlertState
    reason: str
    by: str = ""
    message: str | None = None
    evidence: tuple[Mapping[str, Any], ...] | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """What became of one transition at one channel. `sent_at` None: the receiver has not said that it has it.

    `number` is the transition's place in the alert's history, from 0. `channel` is a key without secrets;
    `stand_in` is the channel that took it in the place of a dead one; `error` is what was said last.
    """

    number: int
    channel: str
    sent_at: datetime | None
    stand_in: str | None
    error: str | None
