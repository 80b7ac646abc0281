"""Is the service well? One answer for people and monitoring systems, from what it left in the database.

Asked by the site, which only reads and may run beside a service that is dead: nothing here asks the service.
Names of problems are fixed (docs/operations.md says what each means); nothing here holds a secret.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from monitor.service.disk import size_of
from monitor.service.tenure import SERVICE
from storage.database import delivery_figures, lease_holder
from storage.database.acts import Act, ActOutcome, load_acts
from storage.database.service import service_counts
from storage.service_settings import ACTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from storage.database import Database, DeliveryFigures
    from storage.database.service import Counts

SLACK = timedelta(minutes=15)
"""An act may be so much later than three of its intervals before it counts as overdue."""

LONGEST_SCAN = timedelta(hours=24)
"""A scan may be under way for so long: it is neither overdue nor keeps the sign of life back (`heartbeat`)."""

OLDEST_UNSENT = timedelta(hours=48)
"""Digests usually go out once a day; what is older than two days does not get out. Where channels have longer
intervals the service has said so (`monitor.notices.pacing.longest_wait`), and that counts while none of them fails."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Health:
    """How the service is. `problems` are names, none when it is well; `holder` is who holds the lease, until when.

    `free` and `least_free` are bytes of the disk; `least_free` None: the service never said.
    """

    at: datetime
    problems: tuple[str, ...]
    acts: Mapping[str, Act]
    holder: tuple[str, datetime] | None
    is_writable: bool
    size: int
    wal: int
    free: int
    least_free: int | None
    counts: Counts
    figures: DeliveryFigures


def health_of(db: Database, database: Path, now: datetime) -> Health:
    """How the service on this database is. DatabaseError where it cannot be read."""
    acts = load_acts(db)
    holder = lease_holder(db, SERVICE)
    counts, figures = service_counts(db, now - DAY), delivery_figures(db)
    told = acts["upkeep"].detail if "upkeep" in acts else {}
    free, least = shutil.disk_usage(database.parent).free, told.get("least_free")
    is_writable = os.access(database, os.W_OK) and os.access(database.parent, os.W_OK)
    problems = [*_act_problems(acts, told.get("every", {}), now)]
    if holder is None or holder[1] <= now:
        problems.append("no_service")
    if not is_writable:
        problems.append("database_not_writable")
    if least is not None and free < least:
        problems.append("disk_low")
    if figures.oldest_unsent_at is not None and now - figures.oldest_unsent_at > _may_wait(figures, told):
        problems.append("unsent_old")
    if figures.dead:
        problems.append("dead_channel")
    return Health(
        at=now,
        problems=tuple(problems),
        acts=acts,
        holder=holder,
        is_writable=is_writable,
        size=size_of(database),
        wal=size_of(database.with_name(database.name + "-wal")),
        free=free,
        least_free=least,
        counts=counts,
        figures=figures,
    )


def _may_wait(figures: DeliveryFigures, told: Mapping[str, Any]) -> timedelta:
    """How old what is unsent may be: as the channels' intervals let it, unless one of them fails."""
    if any(state.failures for state in figures.channels):
        return OLDEST_UNSENT
    return timedelta(seconds=told.get("unsent_after", OLDEST_UNSENT.total_seconds()))


def as_json(health: Health) -> dict[str, Any]:
    """What `/healthz` answers."""
    holder, since = health.holder, health.figures.oldest_unsent_at
    return {
        "status": "degraded" if health.problems else "ok",
        "at": health.at.isoformat(timespec="seconds"),
        "problems": list(health.problems),
        "acts": {name: _act_json(act, health.at) for name, act in health.acts.items()},
        "lease": {"owner": holder[0], "expires_at": holder[1].isoformat(timespec="seconds")} if holder else None,
        "database": {"writable": health.is_writable, "bytes": health.size, "wal_bytes": health.wal},
        "disk": {"free_bytes": health.free, "least_free_bytes": health.least_free},
        "outbox": {
            "unsent": health.figures.unsent,
            "oldest_age_seconds": round((health.at - since).total_seconds()) if since else None,
        },
    }


def unreadable_json(now: datetime, problem: str) -> dict[str, Any]:
    """What `/healthz` answers where the database cannot be read."""
    return {"status": "degraded", "at": now.isoformat(timespec="seconds"), "problems": [problem]}


def _act_problems(acts: Mapping[str, Act], every: Mapping[str, float], now: datetime) -> Iterator[str]:
    """`failed_…`, `waiting_…`, `overdue_…` by the acts' names; `damaged` for what the daily check found."""
    for name, usual in ACTS.items():
        act = acts.get(name)
        if act is None:
            continue
        length = timedelta(seconds=every.get(name, usual.total_seconds()))
        latest = 3 * length + SLACK
        if act.outcome is ActOutcome.FAILED:
            yield f"failed_{name}"
        elif act.outcome is ActOutcome.WAITING:
            yield f"waiting_{name}_{act.detail.get('why', '')}".rstrip("_")
        elif act.outcome is None and name == "scan" and now - act.started_at <= LONGEST_SCAN:
            continue
        elif now - (act.succeeded_at or act.started_at) > latest:
            yield f"overdue_{name}"
    sound, beat = acts.get("quick_check"), acts.get("heartbeat")
    if sound is not None and sound.outcome is ActOutcome.FAILED:
        yield "damaged"
    if beat is not None and beat.outcome is ActOutcome.FAILED:
        yield "failed_heartbeat"


def _act_json(act: Act, now: datetime) -> dict[str, Any]:
    succeeded = act.succeeded_at
    return {
        "outcome": act.outcome.value if act.outcome else "under_way",
        "started_at": act.started_at.isoformat(timespec="seconds"),
        "succeeded_at": succeeded.isoformat(timespec="seconds") if succeeded else None,
        "age_seconds": round((now - succeeded).total_seconds()) if succeeded else None,
        "seconds": act.seconds,
        "why": act.detail.get("why"),
    }
