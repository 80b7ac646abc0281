"""What is remembered of a portal between crawls, so that an unchanged one costs it and us almost nothing.

A crawl is told it in its request and leaves what it learnt in its run folder; the database keeps it in between.
All of it only spares requests: a crawl without it sees the same. Instants are aware.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.records import Capture


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A page or file that came with a validator (ETag, Last-Modified, both among `headers`).

    `key` is what was asked, for now the address of a GET. `full_at` is when its body came, `checked_at` when
    the server last said that it still stands.
    """

    key: str
    final_url: str
    media_type: str
    headers: Mapping[str, str]
    digest: str
    full_at: datetime
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class KnownRow:
    """One row of a list, as `crawler.rows.Row` has it."""

    title: str
    url: str
    listed_on: date | None
    publisher: str


@dataclass(frozen=True, slots=True)
class KnownList:
    """A list that was seen whole and states how many rows it has.

    `rows` in the list's own order; `others` are links of its pages beside the list that read like reports.
    `walked_at` is when it was last read from its first page to its last.
    """

    key: str
    total: int
    rows: tuple[KnownRow, ...]
    others: tuple[KnownRow, ...]
    walked_at: datetime


@dataclass(frozen=True, slots=True)
class KnownRobots:
    """A robots.txt that was had: a file with 200, or the server's word (4xx) that there is none, or none for us."""

    host: str
    status: int
    digest: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class KnownRefusal:
    """A document that was refused, or a whole host where `key` is the address of its robots.txt."""

    key: str
    said: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PortalMemory:
    """What is known of one portal, or what one crawl learnt of it at `at`.

    `articles` are the captures of its articles as they were last fetched; a crawl leaves them empty, for its
    captures say so themselves. `lost_lists` are the keys of lists that were not seen whole this time.
    `crawl_delay` is what its robots.txt asks for, in seconds; `rests_until` the instant before which the
    server (Retry-After) asked to be left alone; `asked_at` is when its last answer came.
    """

    portal: str
    at: datetime
    answers: tuple[KnownAnswer, ...] = ()
    articles: tuple[Capture, ...] = ()
    lists: tuple[KnownList, ...] = ()
    lost_lists: tuple[str, ...] = ()
    robots: tuple[KnownRobots, ...] = ()
    refusals: tuple[KnownRefusal, ...] = ()
    crawl_delay: float = 0.0
    rests_until: datetime | None = None
    asked_at: datetime | None = None

    @property
    def bodies(self) -> frozenset[str]:
        """Digests of the bodies without which answers and robots.txt are of no use."""
        return frozenset(each.digest for each in self.answers) | frozenset(each.digest for each in self.robots)


def answer_to_json(answer: KnownAnswer) -> dict[str, Any]:
    """An answer as a run folder and the database keep it."""
    return {
        "key": answer.key,
        "final_url": answer.final_url,
        "media_type": answer.media_type,
        "headers": dict(answer.headers),
        "digest": answer.digest,
        "full_at": answer.full_at.isoformat(),
        "checked_at": answer.checked_at.isoformat(),
    }


def answer_from_json(values: Mapping[str, Any]) -> KnownAnswer:
    """The answer that `answer_to_json` wrote."""
    return KnownAnswer(
        key=values["key"],
        final_url=values["final_url"],
        media_type=values["media_type"],
        headers=dict(values["headers"]),
        digest=values["digest"],
        full_at=_instant(values["full_at"]),
        checked_at=_instant(values["checked_at"]),
    )


def list_to_json(known: KnownList) -> dict[str, Any]:
    """A list as a run folder and the database keep it."""
    return {
        "key": known.key,
        "total": known.total,
        "rows": [_row_to_json(row) for row in known.rows],
        "others": [_row_to_json(row) for row in known.others],
        "walked_at": known.walked_at.isoformat(),
    }


def list_from_json(values: Mapping[str, Any]) -> KnownList:
    """The list that `list_to_json` wrote."""
    return KnownList(
        key=values["key"],
        total=values["total"],
        rows=tuple(map(_row_from_json, values["rows"])),
        others=tuple(map(_row_from_json, values["others"])),
        walked_at=_instant(values["walked_at"]),
    )


def manners_to_json(memory: PortalMemory) -> dict[str, Any]:
    """How the portal wants to be treated: its robots.txt, refusals, delay and rest."""
    return {
        "robots": [
            {"host": each.host, "status": each.status, "digest": each.digest, "fetched_at": each.fetched_at.isoformat()}
            for each in memory.robots
        ],
        "refusals": [{"key": each.key, "said": each.said, "at": each.at.isoformat()} for each in memory.refusals],
        "crawl_delay": memory.crawl_delay,
        "rests_until": memory.rests_until.isoformat() if memory.rests_until else None,
        "asked_at": memory.asked_at.isoformat() if memory.asked_at else None,
    }


def manners_from_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a PortalMemory that `manners_to_json` wrote."""
    return {
        "robots": tuple(
            KnownRobots(each["host"], each["status"], each["digest"], _instant(each["fetched_at"]))
            for each in values["robots"]
        ),
        "refusals": tuple(KnownRefusal(each["key"], each["said"], _instant(each["at"])) for each in values["refusals"]),
        "crawl_delay": float(values["crawl_delay"]),
        "rests_until": _instant(values["rests_until"]) if values["rests_until"] else None,
        "asked_at": _instant(values["asked_at"]) if values["asked_at"] else None,
    }


def _row_to_json(row: KnownRow) -> list[Any]:
    day = row.listed_on.isoformat() if row.listed_on else None
    return [row.title, row.url, day, row.publisher]


def _row_from_json(values: list[Any]) -> KnownRow:
    title, url, day, publisher = values
    return KnownRow(title, url, date.fromisoformat(day) if day else None, publisher)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant
