"""Leases: who may do a thing now, so that of two processes on one database only one does it.

A lease is a row with an owner, an end and a *fencing token* that grows each time the lease changes hands.
Whoever wrote under an older token has been overtaken (it was stopped, or its machine slept) and must not
write: `require_lease` inside a transaction says so. Every process of a lease asks for it with the same
`lasting`; an end further away than that, and than who waited for the database can tell, was written by a clock
that ran ahead, and holds nobody back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.database.connection import answer, put, writing
from storage.database.values import instant_text, read_instant
from storage.errors import LeaseLostError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlite_utils import Database


WAITED = timedelta(minutes=2)
"""How old an instant may be by the time its question reaches the database: others wrote meanwhile."""


def take_lease(db: Database, name: str, owner: str, now: datetime, lasting: timedelta) -> int | None:
    """The fencing token under which `owner` holds the lease until `now` + `lasting`.

    None where another owner holds it. `owner` must tell this process from every other; who holds the lease
    already keeps its token.
    """
    with writing(db):
        row = answer(db, "SELECT owner, token, expires_at FROM leases WHERE name = ?", (name,))
        if row is not None and row[0] != owner and now < read_instant(row[2]) <= now + lasting + WAITED:
            return None
        token = 1 if row is None else int(row[1]) + (row[0] != owner)
        put(db, "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)", (name, owner, token, instant_text(now + lasting)))
        return token


def renew_lease(db: Database, name: str, token: int, now: datetime, lasting: timedelta) -> bool:
    """Move the end of a lease; False where it has gone to another owner meanwhile."""
    with writing(db):
        moved = put(
            db,
            "UPDATE leases SET expires_at = ? WHERE name = ? AND token = ? AND owner != ''",
            (instant_text(now + lasting), name, token),
        )
        return moved.rowcount == 1


def release_lease(db: Database, name: str, token: int, now: datetime) -> None:
    """End a lease now, so that the next owner need not wait; nothing happens where it is another's already.

    The row stays: its token is what the next owner's token goes beyond.
    """
    with writing(db):
        put(
            db,
            "UPDATE leases SET expires_at = ?, owner = '' WHERE name = ? AND token = ?",
            (instant_text(now), name, token),
        )


def holds_lease(db: Database, name: str, token: int, now: datetime) -> bool:
    """Is the lease held under that token at that instant?"""
    row = answer(db, "SELECT token, expires_at FROM leases WHERE name = ?", (name,))
    return row is not None and row[0] == token and now < read_instant(row[1])


def require_lease(db: Database, name: str, token: int, now: datetime) -> None:
    """LeaseLostError where the lease is not held under that token; called within the transaction that it guards."""
    if not holds_lease(db, name, token, now):
        raise LeaseLostError(name)


def lease_holder(db: Database, name: str) -> tuple[str, datetime] | None:
    """Who holds the lease and until when, by its row; None where nobody ever did or it was given back."""
    row = answer(db, "SELECT owner, expires_at FROM leases WHERE name = ? AND owner != ''", (name,))
    return (row[0], read_instant(row[1])) if row else None
