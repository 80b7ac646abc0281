"""What one channel is told: its unsent transitions folded into one message of careful words.

Pure. Text that came from portals or registries is neutralised: no mention, no markup, no line of its own.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from monitor.alerts import OPERATOR
from monitor.digest_texts import TEXTS
from monitor.proofs import minute_text
from storage.records import LIVE_STATES, AlertState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from storage.configuration import Channel
    from storage.database import OutboxEntry
    from storage.records import Agency, Alert, Transition

DETAILED = 20
"""Up to so many alerts are told with their evidence; of more, each has one line."""
LONGEST_TEXT = 400
LONGEST_LINE = 160
ENTRIES_SHOWN = 6

EVENTS: Mapping[str, tuple[str, ...]] = {
    "missing": ("missing",),
    "withdrawn": ("withdrawn", "missing"),
    "late": ("late",),
    "malformed": ("malformed",),
    OPERATOR: (OPERATOR,),
}
"""Rule of an alert → the events of a channel under which it is told; who hears of missing hears of withdrawn."""

OPENED, UPDATED, CORRECTED = "opened", "updated", "corrected"

_FULL_WIDTH = str.maketrans("@<>[]`", "＠＜＞［］｀")
_URL_SAFE = ":/?&=%;,+~#-._!$'"


@dataclass(frozen=True, slots=True)
class Digest:
    """One message for one channel. `told` are the transitions that it carries, `silent` those that need
    no telling: of alerts that ended before anybody was told, and acts that change nothing outside."""

    title: str
    body: str
    told: tuple[int, ...]
    silent: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    kind: str
    alert: Alert
    transition: Transition


def is_wanted(channel: Channel, alert: Alert, agencies: Mapping[str, Agency]) -> bool:
    """Does the channel hear of such an alert? What concerns the operator has no region."""
    if not any(event in channel.events for event in EVENTS.get(alert.rule, ())):
        return False
    if alert.agency is None or not channel.regions:
        return True
    agency = agencies.get(alert.agency)
    return agency is not None and agency.region.startswith(channel.regions)


def by_alert(entries: Iterable[OutboxEntry]) -> dict[str, list[OutboxEntry]]:
    """Entries of the outbox by the alert that they move, in their order."""
    grouped: dict[str, list[OutboxEntry]] = {}
    for entry in entries:
        grouped.setdefault(entry.alert.id, []).append(entry)
    return grouped


def fold(
    entries: Sequence[OutboxEntry], agencies: Mapping[str, Agency], now: datetime, *, language: str = "zh"
) -> Digest:
    """What to tell a channel of these entries, all of which it wants and has not had.

    An alert that was opened and has ended since is not told at all; one that was told and has ended is
    corrected, with the reason.
    """
    items: list[_Item] = []
    told: list[int] = []
    silent: list[int] = []
    for own in by_alert(entries).values():
        kind = _kind(own)
        (silent if kind is None else told).extend(entry.id for entry in own)
        if kind is not None:
            items.append(_Item(kind, own[-1].alert, own[-1].transition))
    texts = TEXTS[language]
    title = texts["title"].format(**{kind: sum(i.kind == kind for i in items) for kind in (OPENED, UPDATED, CORRECTED)})
    lines = [title, texts["as_of"].format(now=minute_text(now)), *_lines(items, agencies, texts)]
    return Digest(title, "\n".join(lines), tuple(told), tuple(silent))


def neutral(text: str, longest: int = LONGEST_TEXT) -> str:
    """Text from outside as harmless words on one line: no control or direction marks, mentions or markup."""
    plain = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    words = " ".join(plain.split()).translate(_FULL_WIDTH)
    return words if len(words) <= longest else words[: longest - 1] + "…"


def neutral_url(url: str | None) -> str:
    """An address that can only be an address: http or https, everything unusual quoted; else empty."""
    if not url or urlsplit(url).scheme not in {"http", "https"}:
        return ""
    return quote(url, safe=_URL_SAFE)


def _kind(own: Sequence[OutboxEntry]) -> str | None:
    """What these transitions of one alert are to a channel that had none of them; None: nothing."""
    alert = own[-1].alert
    was_live = own[0].transition.from_state in LIVE_STATES
    is_live = alert.state in LIVE_STATES
    if not was_live:
        return OPENED if is_live else None
    if not is_live:
        return CORRECTED if alert.sent_at is not None else None
    has_changed = any(entry.transition.from_state is entry.transition.to_state for entry in own)
    return UPDATED if has_changed else None


def _lines(items: Sequence[_Item], agencies: Mapping[str, Agency], texts: Mapping[str, str]) -> Iterator[str]:
    is_detailed = len(items) <= DETAILED
    opened = [item for item in items if item.kind == OPENED]
    sections = [(texts[rule], [item for item in opened if item.alert.rule == rule]) for rule in EVENTS]
    sections += [(texts[kind], [item for item in items if item.kind == kind]) for kind in (UPDATED, CORRECTED)]
    for heading, own in sections:
        if own:
            yield ""
            yield texts["heading"].format(heading=heading, count=len(own))
        for item in own:
            if item.kind == CORRECTED:
                yield _correction(item, agencies, texts)
                continue
            message = neutral(item.alert.message, LONGEST_TEXT if is_detailed else LONGEST_LINE)
            yield texts["item"].format(id=item.alert.id, message=message)
            if is_detailed:
                yield from _evidence(item.alert, agencies, texts)


def _correction(item: _Item, agencies: Mapping[str, Agency], texts: Mapping[str, str]) -> str:
    alert = item.alert
    key = "waived" if alert.state is AlertState.WAIVED else "ended"
    return texts[key].format(
        id=alert.id,
        name=_name(alert.agency, agencies),
        year=alert.report_year or "",
        heading=texts[alert.rule],
        told=minute_text(alert.sent_at) if alert.sent_at else "",
        reason=neutral(item.transition.reason),
    )


def _evidence(alert: Alert, agencies: Mapping[str, Agency], texts: Mapping[str, str]) -> Iterator[str]:
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
    dates = [f"{entry['date']}（{neutral(entry['source'])}）" for entry in by_kind.get("date", [])]
    if dates:
        yield texts["dates"].format(dates="、".join(dict.fromkeys(dates)))
    links = [neutral_url(entry["url"]) for kind in ("report", "sighting") for entry in by_kind.get(kind, [])]
    for url in list(dict.fromkeys(filter(None, links)))[:ENTRIES_SHOWN]:
        yield texts["link"].format(url=url)
    names = [_name(entry["agency"], agencies) for entry in by_kind.get("agency", [])]
    yield from _shown(names, alert, texts)


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


def _name(agency: str | None, agencies: Mapping[str, Agency]) -> str:
    if agency is None:
        return ""
    known = agencies.get(agency)
    return neutral(known.name if known else agency)
