"""What is remembered of portals between crawls: what a run learnt is put in, what the next may use comes out."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.database.connection import answer, answers, put, put_all, reading
from storage.database.fetched import read_capture
from storage.database.settled import addresses_under_doubt, unsettled_portals
from storage.database.values import instant_text, json_text, read_instant, read_json
from storage.known import (
    PortalMemory,
    answer_from_json,
    answer_to_json,
    list_from_json,
    list_to_json,
    manners_from_json,
    manners_to_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable
    from datetime import datetime

    from sqlite_utils import Database

    from storage.known import KnownAnswer, KnownList
    from storage.records import Capture

RELOOK = timedelta(days=7)
"""A list is walked whole, and an article looked at again, after that time: both could have been edited."""

TRUSTED = timedelta(days=28)
"""For so long a server is believed that an article is unchanged, without its sending the body again."""

ROBOTS_LASTS = timedelta(hours=24)
"""For so long a robots.txt may be used without asking for it again (RFC 9309, 2.4)."""

FORGOTTEN = timedelta(days=90)
"""What nobody asked for all that time is forgotten."""

_SAVE_MANNERS = """
    INSERT INTO portal_memory (portal, as_of, manners) VALUES (?, ?, ?)
    ON CONFLICT (portal) DO UPDATE SET as_of = excluded.as_of, manners = excluded.manners
"""
_SAVE_ANSWER = """
    INSERT INTO known_answers (portal, "key", is_article, full_at, checked_at, record) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (portal, "key") DO UPDATE SET is_article = excluded.is_article, full_at = excluded.full_at,
        checked_at = excluded.checked_at, record = excluded.record
"""
_SAVE_LIST = """
    INSERT INTO known_lists (portal, "key", walked_at, record) VALUES (?, ?, ?, ?)
    ON CONFLICT (portal, "key") DO UPDATE SET walked_at = excluded.walked_at, record = excluded.record
"""
_ANSWERS = """
    SELECT portal, is_article, record FROM known_answers WHERE portal IN (SELECT value FROM json_each(:portals)) AND (
        (is_article = 0 AND full_at > :relook) OR (is_article = 1 AND checked_at <= :relook AND full_at > :trusted))
    ORDER BY portal, "key"
"""
_ARTICLES = """
    SELECT s.portal, c.url, c.digest, c.final_url, c.status, c.media_type, c.size, c.title, c.listed_on, c.agency,
        c.report_year, c.headers, c.enclosures, c.scan, c.last_fetched_at
    FROM captures AS c JOIN scans AS s ON s.id = c.scan
    WHERE c.last_fetched_at > :relook AND c.last_fetched_at <= :now AND c.part_of IS NULL AND c.status = 200
        AND s.portal IN (SELECT value FROM json_each(:portals))
    ORDER BY c.last_fetched_at, c.id
"""


def save_memory(db: Database, memory: PortalMemory, *, articles: Container[str]) -> None:
    """Remember what a run learnt of a portal, unless something later is known. Within `writing`.

    `articles` are the digests of bodies that are reports or belong to one.
    """
    portal, at = memory.portal, instant_text(memory.at)
    known = answer(db, "SELECT as_of FROM portal_memory WHERE portal = ?", (portal,))
    if known is not None and read_instant(known[0]) > memory.at:
        return
    put(db, _SAVE_MANNERS, (portal, at, json_text(manners_to_json(memory))))
    put_all(
        db,
        _SAVE_ANSWER,
        (
            (
                portal,
                each.key,
                int(each.digest in articles),
                instant_text(each.full_at),
                instant_text(each.checked_at),
                json_text(answer_to_json(each)),
            )
            for each in memory.answers
        ),
    )
    put_all(db, 'DELETE FROM known_lists WHERE portal = ? AND "key" = ?', ((portal, key) for key in memory.lost_lists))
    put_all(
        db,
        _SAVE_LIST,
        ((portal, each.key, instant_text(each.walked_at), json_text(list_to_json(each))) for each in memory.lists),
    )
    old = instant_text(memory.at - FORGOTTEN)
    put(db, "DELETE FROM known_answers WHERE portal = ? AND checked_at < ?", (portal, old))
    put(db, "DELETE FROM known_lists WHERE portal = ? AND walked_at < ?", (portal, old))


def load_memory(
    db: Database,
    portals: Iterable[str],
    now: datetime,
    has_body: Callable[[str], bool],
    *,
    is_afresh: bool = False,
) -> tuple[PortalMemory, ...]:
    """What a crawl that begins at `now` may use of these portals; those of which nothing is known are absent.

    `has_body`: is there a body of that digest in the archive? What cannot be handed over is left out. Of a
    time when the clock stood later nothing is used. Lists and their pages are left out where a verdict hangs on the
    next look, articles where a correction is waited for (`storage.database.settled`), and all lists and articles
    where a person wants to see the places as they are (`is_afresh`).
    """
    portals = frozenset(portals)
    asked = {
        "portals": json_text(sorted(portals)),
        "now": instant_text(now),
        "relook": instant_text(now - RELOOK),
        "trusted": instant_text(now - TRUSTED),
    }
    kept: dict[str, list[KnownAnswer]] = defaultdict(list)
    pages: dict[str, list[KnownAnswer]] = defaultdict(list)
    lists: dict[str, list[KnownList]] = defaultdict(list)
    articles: dict[str, dict[str, Capture]] = defaultdict(dict)
    with reading(db):
        manners = answers(
            db,
            "SELECT portal, as_of, manners FROM portal_memory "
            "WHERE portal IN (SELECT value FROM json_each(:portals)) AND as_of <= :now ORDER BY portal",
            asked,
        )
        doubted = addresses_under_doubt(db)
        for portal, is_article, record in answers(db, _ANSWERS, asked):
            known = answer_from_json(read_json(record))
            if is_article and (is_afresh or known.key in doubted):
                continue
            if has_body(known.digest):
                (kept if is_article else pages)[portal].append(known)
        for portal, record in answers(
            db,
            "SELECT portal, record FROM known_lists "
            "WHERE portal IN (SELECT value FROM json_each(:portals)) AND walked_at > :relook",
            asked,
        ):
            lists[portal].append(list_from_json(read_json(record)))
        if is_afresh:
            lists.clear()
        for portal in unsettled_portals(db, portals, now):
            lists[portal] = []
            # There are servers that call whatever they have unchanged: a list that may accuse comes with its body.
            pages[portal] = []
        for portal, *row in answers(db, _ARTICLES, asked):
            capture = read_capture(row)
            # An address speaks by what it showed last.
            if not is_afresh and capture.url not in doubted:
                articles[portal][capture.url] = capture
    memories = []
    for portal, as_of, text in manners:
        fields = manners_from_json(read_json(text))
        robots = (each for each in fields.pop("robots") if now - each.fetched_at < ROBOTS_LASTS)
        memories.append(
            PortalMemory(
                portal=portal,
                at=read_instant(as_of),
                answers=(*pages[portal], *kept[portal]),
                articles=tuple(each for each in articles[portal].values() if all(map(has_body, _bodies(each)))),
                lists=tuple(lists[portal]),
                robots=tuple(each for each in robots if has_body(each.digest)),
                **fields,
            )
        )
    return tuple(memories)


def _bodies(article: Capture) -> tuple[str, ...]:
    """The digests of all that is read of an article."""
    return (article.digest, *(part.digest for part in article.enclosures if part.digest is not None))
