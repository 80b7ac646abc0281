"""A database that came out of a backup does not know what was sent since: nothing of it goes out unmarked.

For DOUBT after the restoring, everything that is told may have been told before: what was unsent in the copy,
and what is found anew because the copy had not seen it yet. All of it is marked as possibly a duplicate, and
the service sends it once a day at most.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from storage.database import begin_attempt, end_attempt, unsent_transitions
from storage.database.acts import Act, ActOutcome, load_act, save_act
from storage.database.connection import writing
from storage.records import AttemptState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.database import Database

DOUBT = timedelta(days=14)
"""By then every place has been looked at twice again, in the slow season too."""

BETWEEN = timedelta(hours=20)
"""The service tells a channel of doubtful things so often at most."""

TOLD = "doubtful"
"""The act that holds when each channel was told of doubtful things."""

ID_LENGTH = 12
WHY = "restored from a backup: the message may have been sent after the backup was made"


class Restoring(NamedTuple):
    """When the copy was made, when it was brought back, until when its messages are in doubt."""

    made_at: datetime
    restored_at: datetime
    until: datetime


def restoring_of(db: Database, now: datetime) -> Restoring | None:
    """The restoring whose doubt has not passed yet, None where there is none."""
    act = load_act(db, "restore")
    if act is None or act.ended_at is None or now >= act.ended_at + DOUBT:
        return None
    return Restoring(act.started_at, act.ended_at, act.ended_at + DOUBT)


def mark_as_doubtful(db: Database, channels: Iterable[str], now: datetime, *, is_paced: bool) -> frozenset[str]:
    """Note of what is unsent that these channels may have it already; the channels that are to wait.

    `is_paced`: a channel that was told today waits until tomorrow, unless it has yet to take what it was told.
    """
    with writing(db):
        entries = unsent_transitions(db)
        act = load_act(db, TOLD)
        told = dict(act.detail) if act is not None else {}
        waiting = set()
        for channel in channels:
            last = datetime.fromisoformat(told[channel]) if channel in told else None
            is_told = last is not None and timedelta() <= now - last < BETWEEN
            if is_paced and is_told and not any(channel in entry.uncertain for entry in entries):
                waiting.add(channel)
                continue
            ids = [e.id for e in entries if channel not in e.delivered and channel not in e.uncertain]
            if ids:
                message = hashlib.sha256(f"restored|{channel}|{ids}".encode()).hexdigest()[:ID_LENGTH]
                end_attempt(db, begin_attempt(db, message, channel, ids, now), AttemptState.UNCERTAIN, now, WHY)
                told[channel] = now.isoformat()
        save_act(db, Act(TOLD, "", now, now, ActOutcome.GOOD, detail=told))
    return frozenset(waiting)
