"""What the service did last: one row an act, for whoever asks whether it lives (`/healthz`, `status`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from storage.database.connection import answer, answers, put, writing
from storage.database.values import instant_text, json_text, read_instant, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlite_utils import Database


class ActOutcome(StrEnum):
    """How an act ended: `good` also where there was nothing to do; `waiting`: it must not be done now."""

    GOOD = "good"
    FAILED = "failed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Act:
    """The latest turn of one act. `outcome`, `ended_at` and `seconds` None: it is under way.

    `seconds` is by a clock that nobody sets; `succeeded_at` is when a turn last ended well, this one or an
    earlier; `detail` is for people and for the next turn.
    """

    name: str
    owner: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: ActOutcome | None = None
    seconds: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    succeeded_at: datetime | None = None


_COLUMNS = "name, owner, started_at, ended_at, outcome, seconds, detail, succeeded_at"


def save_act(db: Database, act: Act) -> None:
    """Put the turn in place of the one before; what was known of the last success stays where it brings none."""
    succeeded = act.ended_at if act.outcome is ActOutcome.GOOD else act.succeeded_at
    with writing(db):
        put(
            db,
            f"INSERT INTO acts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
            "owner = excluded.owner, started_at = excluded.started_at, ended_at = excluded.ended_at, "
            "outcome = excluded.outcome, seconds = coalesce(excluded.seconds, seconds), detail = excluded.detail, "
            "succeeded_at = coalesce(excluded.succeeded_at, succeeded_at)",
            (
                *(act.name, act.owner, instant_text(act.started_at)),
                *(instant_text(act.ended_at) if act.ended_at else None, act.outcome.value if act.outcome else None),
                *(act.seconds, json_text(dict(act.detail)), instant_text(succeeded) if succeeded else None),
            ),
        )


def load_acts(db: Database) -> dict[str, Act]:
    """Name → the latest turn of every act that there ever was."""
    return {row[0]: _act(row) for row in answers(db, f"SELECT {_COLUMNS} FROM acts ORDER BY name")}


def load_act(db: Database, name: str) -> Act | None:
    """The latest turn of one act, None where there never was one."""
    row = answer(db, f"SELECT {_COLUMNS} FROM acts WHERE name = ?", (name,))
    return _act(row) if row else None


def _act(row: tuple[Any, ...]) -> Act:
    name, owner, started, ended, outcome, seconds, detail, succeeded = row
    return Act(
        name=name,
        owner=owner,
        started_at=read_instant(started),
        ended_at=read_instant(ended) if ended else None,
        outcome=ActOutcome(outcome) if outcome else None,
        seconds=seconds,
        detail=read_json(detail),
        succeeded_at=read_instant(succeeded) if succeeded else None,
    )
