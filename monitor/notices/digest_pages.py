"""A digest as plain text, for every channel: in pages that its receiver takes, cut between items.

Pure. Few items are told with their evidence; many have a line each; where even the lines would take too many
pages, only id, agency and year. None is ever left out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.agency_years.proofs import minute_text
from monitor.alerts.book import holds_alerts
from monitor.notices.digest_texts import SOURCES, TEXTS
from monitor.notices.digests import (
    CORRECTED,
    EVENTS,
    LONGEST_TEXT,
    OPENED,
    REMINDED,
    UPDATED,
    counts,
    is_answer,
    is_objection,
    neutral,
    neutral_url,
)
from storage.faults import LANGUAGES
from storage.records import AlertState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from monitor.notices.digests import Frame, Item
    from storage.records import Alert

    Writer = Callable[[Item, Frame], Iterator[str]]

DETAILED = 20
"""Up to so many alerts are told with their evidence; of more, each has one line."""
MOST_PAGES = 5
"""More pages than that are not worth their evidence, or their words."""
LONGEST_LINE = 160
ENTRIES_SHOWN = 6
ID_LENGTH = 12
MARGIN = 60
"""Bytes by which a title with its counts and marks may be longer than that of nothing."""
HEADING = 8
"""Bytes that stand around a section's heading: an empty line, and a larger count."""
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Page:
    """One message. `id` is the same whenever the same is told again; `items` are those that it tells."""

    id: str
    title: str
    body: str
    items: tuple[Item, ...]

    @property
    def told(self) -> tuple[int, ...]:
        """The transitions that it carries."""
        return tuple(key for item in self.items for key in item.told)


def pages(items: Sequence[Item], channel: str, frame: Frame, most_bytes: int | None = None) -> tuple[Page, ...]:
    """The items as messages of no more than `most_bytes` in UTF-8 (None: one message), none of them split.

    An item that no message could hold loses its last lines, never its first.
    """
    if not items:
        return ()
    ordered = _ordered(items)
    writers = (_in_detail, _in_a_line, _in_brief) if len(items) <= DETAILED else (_in_a_line, _in_brief)
    for write in writers:
        portions = _portions(ordered, frame, write, most_bytes)
        if len(portions) <= MOST_PAGES:
            break
    told = []
    for place, portion in enumerate(portions, 1):
        key = message_id(portion, channel, place)
        at = (place, len(portions))
        body = _cut(_body(portion, frame, write, at, key), most_bytes)
        told.append(Page(key, title_of(portion, frame, at), body, tuple(portion)))
    return tuple(told)


def title_of(items: Sequence[Item], frame: Frame, place: tuple[int, int] = (1, 1)) -> str:
    """The title: how many there are of what, whether it may be a repetition, and which page of how many."""
    texts = TEXTS[frame.language]
    number = counts(items)
    title = texts["title"].format(
        opened=number[OPENED], updated=number[UPDATED] + number[REMINDED], corrected=number[CORRECTED]
    )
    maybe = texts["maybe"] if any(item.repeats for item in items) else ""
    return maybe + title + (texts["page"].format(page=place[0], pages=place[1]) if place[1] > 1 else "")


def message_id(items: Sequence[Item], channel: str, page: int = 1) -> str:
    """The stable name of a message: that of the message which it repeats, else made of what it carries."""
    repeated = next((item.repeats for item in items if item.repeats), None) if page == 1 else None
    told = sorted(key for item in items for key in item.told)
    return repeated or hashlib.sha256(f"{channel}|{told}".encode()).hexdigest()[:ID_LENGTH]


def notes(items: Sequence[Item], frame: Frame) -> Iterator[str]:
    """What stands above the items."""
    texts = TEXTS[frame.language]
    if frame.is_deputy and any(holds_alerts(item.alert) for item in items):
        yield texts["deputy"]
    if frame.stands_in_for:
        yield texts["stands_in"].format(channel=frame.stands_in_for)
    if any(item.repeats for item in items):
        yield texts["maybe_why"]
    if frame.held:
        yield texts["held"].format(held=frame.held)


def _ordered(items: Sequence[Item]) -> list[Item]:
    """New alerts by their rules, then changes, reminders, corrections; each in the order in which they came."""
    rules = list(EVENTS)
    kinds = (OPENED, UPDATED, REMINDED, CORRECTED)
    return sorted(
        items,
        key=lambda item: (kinds.index(item.kind), rules.index(item.alert.rule) if item.kind == OPENED else 0),
    )


def _portions(items: Sequence[Item], frame: Frame, write: Writer, most_bytes: int | None) -> list[list[Item]]:
    if most_bytes is None:
        return [list(items)]
    above = sum(_size(words) + 1 for words in notes(items, frame))
    portions: list[list[Item]] = [[]]
    size = _size(_body((), frame, write, (1, 99), "0" * ID_LENGTH)) + above + MARGIN
    section = ""
    for item in items:
        heading, *lines = list(_lines((item,), frame, write))[1:]
        own = sum(_size(line) + 1 for line in lines)
        own += _size(heading) + HEADING if heading != section else 0
        if portions[-1] and size + own > most_bytes:
            portions.append([])
            size = _size(_body((), frame, write, (2, 99), "0" * ID_LENGTH)) + MARGIN + own
            size += 0 if heading != section else _size(heading) + HEADING
        else:
            size += own
        portions[-1].append(item)
        section = heading
    return portions


def _cut(text: str, most_bytes: int | None) -> str:
    if most_bytes is None or _size(text) <= most_bytes:
        return text
    return text.encode()[: most_bytes - _size(_ELLIPSIS)].decode(errors="ignore") + _ELLIPSIS


def _size(text: str) -> int:
    return len(text.encode())


def _body(items: Sequence[Item], frame: Frame, write: Writer, place: tuple[int, int], key: str) -> str:
    texts = TEXTS[frame.language]
    top = [texts["as_of"].format(now=minute_text(frame.now)), *notes(items, frame)] if place[0] == 1 else []
    lines = [
        title_of(items, frame, place),
        *top,
        *_lines(items, frame, write),
        "",
        texts["message_id"].format(id=key),
    ]
    return "\n".join(lines)


def _lines(items: Sequence[Item], frame: Frame, write: Writer) -> Iterator[str]:
    texts = TEXTS[frame.language]
    opened = [item for item in items if item.kind == OPENED]
    sections = [(texts[rule], [item for item in opened if item.alert.rule == rule]) for rule in EVENTS]
    sections += [(texts[kind], [i for i in items if i.kind == kind]) for kind in (UPDATED, REMINDED, CORRECTED)]
    for heading, own in sections:
        if own:
            yield ""
            yield texts["heading"].format(heading=heading, count=len(own))
        for item in own:
            first, *further = write(item, frame)
            yield first + (texts["maybe"] if item.repeats else "")
            yield from further


def _in_detail(item: Item, frame: Frame) -> Iterator[str]:
    texts = TEXTS[frame.language]
    if item.kind == CORRECTED:
        yield from _correction(item, frame)
        return
    yield texts["item"].format(id=item.alert.id, message=neutral(item.alert.message))
    yield from _change(item, texts, LONGEST_TEXT)
    yield from _evidence(item.alert, frame)


def _in_a_line(item: Item, frame: Frame) -> Iterator[str]:
    if item.kind == CORRECTED:
        yield from _correction(item, frame, LONGEST_LINE)
    else:
        message = neutral(item.alert.message, LONGEST_LINE)
        yield TEXTS[frame.language]["item"].format(id=item.alert.id, message=message)
        if is_objection(item.transition) or is_answer(item.transition):
            yield from _change(item, TEXTS[frame.language], LONGEST_LINE)


def _change(item: Item, texts: Mapping[str, str], longest: int) -> Iterator[str]:
    """What the agency objects, what was answered, or what else has changed since it was told."""
    move = item.transition
    is_said = is_objection(move) or is_answer(move)
    if item.kind == UPDATED or (item.kind == OPENED and is_said):
        key = "answered" if is_answer(move) else "changed"
        key = "objected" if is_objection(move) else key
        yield texts[key].format(by=neutral(move.by), reason=neutral(move.reason, longest))


def _in_brief(item: Item, frame: Frame) -> Iterator[str]:
    alert = item.alert
    if alert.agency is None or item.kind == CORRECTED:
        yield from _in_a_line(item, frame)
    else:
        name = frame.name(alert.agency)
        yield TEXTS[frame.language]["brief"].format(id=alert.id, name=name, year=alert.report_year or "")


def _correction(item: Item, frame: Frame, longest: int | None = None) -> Iterator[str]:
    alert, texts = item.alert, TEXTS[frame.language]
    told_at = item.correction.told_at if item.correction else alert.sent_at
    yield texts["waived" if alert.state is AlertState.WAIVED else "ended"].format(
        id=alert.id,
        who=texts["who"].format(name=frame.name(alert.agency), year=alert.report_year) if alert.agency else "",
        heading=texts[alert.rule],
        told=minute_text(told_at) if told_at else "",
        reason=neutral(item.transition.reason),
    )
    words = item.correction.told if item.correction else alert.message
    if longest is None:
        yield texts["quote"].format(words=neutral(words))
        if item.transition.by:
            yield texts["ended_by"].format(by=neutral(item.transition.by))


def _evidence(alert: Alert, frame: Frame) -> Iterator[str]:
    texts = TEXTS[frame.language]
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for entry in alert.evidence:
        by_kind.setdefault(entry["kind"], []).append(entry)
    findings = by_kind.get("finding", []) if alert.rule == "malformed" else []
    yield from _shown([neutral(f"{entry['message']}") for entry in findings], alert, texts)
    for entry in by_kind.get("law", []):
        yield texts["basis"].format(citation=neutral(entry["citation"]), due=entry["due"])
    for entry in by_kind.get("scan", [])[:ENTRIES_SHOWN]:
        yield _scan(entry, texts)
    for entry in by_kind.get("attestation", []):
        yield texts["attested"].format(by=neutral(entry["by"]), at=entry["at"], reason=neutral(entry["reason"]))
    dates = stated_dates(alert, frame)
    if dates:
        yield texts["dates"].format(dates=dates)
    for url in links(alert):
        yield texts["link"].format(url=url)
    yield from _shown([frame.name(entry["agency"]) for entry in by_kind.get("agency", [])], alert, texts)


def stated_dates(alert: Alert, frame: Frame) -> str:
    """The dates that the publisher states, each with where it states it; empty where it states none."""
    texts = TEXTS[frame.language]
    sources: dict[str, dict[str, None]] = {}
    for entry in alert.evidence:
        if entry["kind"] == "date":
            known = SOURCES.get(str(entry["source"]))
            words = known[LANGUAGES.index(frame.language)] if known else neutral(str(entry["source"]))
            sources.setdefault(neutral(str(entry["date"])), {})[words] = None
    said = (texts["date"].format(date=date, sources=texts["and"].join(found)) for date, found in sources.items())
    return texts["and"].join(said)


def links(alert: Alert) -> tuple[str, ...]:
    """Where the report is, or was: addresses that are harmless, the first few."""
    entries = [entry for kind in ("report", "sighting") for entry in alert.evidence if entry["kind"] == kind]
    return tuple(dict.fromkeys(filter(None, (neutral_url(entry["url"]) for entry in entries))))[:ENTRIES_SHOWN]


def _shown(rows: Sequence[str], alert: Alert, texts: Mapping[str, str]) -> Iterator[str]:
    for row in rows[:ENTRIES_SHOWN]:
        yield texts["row"].format(row=row)
    if len(rows) > ENTRIES_SHOWN:
        yield texts["more"].format(count=len(rows) - ENTRIES_SHOWN, id=alert.id)


def _scan(entry: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    digest = next((page["digest"] for page in entry["pages"] if page["digest"]), None)
    return texts["scan"].format(
        started=entry["started_at"],
        url=neutral_url(entry["column_url"]),
        rows=entry["rows_seen"],
        control=neutral(entry["control_title"]) if entry["control_title"] else texts["no_control"],
        digest=digest[:16] if digest else texts["no_control"],
    )
