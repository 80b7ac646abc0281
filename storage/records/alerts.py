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
    """One change of an alert's state, appended and never edited; unsent ones are the outbox."""

    alert: str
    at: datetime
    from_state: AlertState | None
    to_state: AlertState
    reason: str
    by: str = ""
