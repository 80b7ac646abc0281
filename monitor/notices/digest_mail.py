"""A digest as an HTML mail that a person likes to read: counts first, then portal by portal, agency by agency.

Pure. It says what the plain text says (`monitor.notices.digest_pages`), from the same items.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from monitor.agency_years.proofs import minute_text
from monitor.notices import mail_parts as parts
from monitor.notices.digest_pages import ENTRIES_SHOWN, links, notes, stated_dates, title_of
from monitor.notices.digest_texts import TEXTS
from monitor.notices.digests import (
    CORRECTED,
    EVENTS,
    KINDS,
    OPENED,
    UPDATED,
    counts,
    is_answer,
    is_objection,
    neutral,
    neutral_url,
)
from monitor.notices.mail_parts import COLOURS, Tally, fact, joined
from storage.records import AlertState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from monitor.notices.digests import Frame, Item
    from storage.records import Alert

DETAILED = 40
"""Up to so many alerts are told in full; of more, each has one row."""
DIGEST_SHOWN = 16
SUBJECT_SHOWN = 60


def mail(items: Sequence[Item], frame: Frame, message: str) -> str:
    """The items as one HTML document; `message` is the message's stable id."""
    texts = TEXTS[frame.language]
    title = title_of(items, frame)
    masthead = parts.masthead(
        texts["masthead"], _headline(items, frame), texts["mail_as_of"].format(now=minute_text(frame.now))
    )
    top = masthead + parts.squares(_tallies(items, texts)) + joined(map(parts.note, notes(items, frame)))
    write = _group if len(items) <= DETAILED else _group_in_rows
    groups = joined(parts.panel(write(name, own, frame)) for name, own in _by_portal(items, frame))
    small = (texts["mail_note"], texts["message_id"].format(id=message))
    return parts.document(
        title, _preview(items, frame), frame.language, parts.panel(top) + groups + parts.footer(small)
    )


def _headline(items: Sequence[Item], frame: Frame) -> str:
    texts = TEXTS[frame.language]
    number = counts(items)
    said = [f"{texts[f'{kind}_short']} {number[kind]}" for kind in KINDS if number[kind]]
    return " · ".join(said)


def _preview(items: Sequence[Item], frame: Frame) -> str:
    """The first few agencies by name."""
    names = dict.fromkeys(frame.name(item.alert.agency) for item in items if item.alert.agency)
    shown = list(names)[:3]
    return "、".join(shown) + ("…" if len(names) > len(shown) else "")


def _tallies(items: Sequence[Item], texts: Mapping[str, str]) -> list[Tally]:
    opened = [item.alert.rule for item in items if item.kind == OPENED]
    number = counts(items)
    tallies = [Tally(COLOURS[rule], texts[f"{rule}_short"], opened.count(rule)) for rule in EVENTS]
    return tallies + [Tally(COLOURS[kind], texts[f"{kind}_short"], number[kind]) for kind in KINDS if kind != OPENED]


def _by_portal(items: Iterable[Item], frame: Frame) -> Iterator[tuple[str, list[Item]]]:
    """The items by the portal that they are about, what is about none first; within one by agency."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(frame.portal(item.alert), []).append(item)
    for name in sorted(groups, key=lambda name: (name != "", name)):
        own = sorted(groups[name], key=_weight)
        yield name or TEXTS[frame.language]["elsewhere"], own


def _weight(item: Item) -> tuple[bool, int, str]:
    """Corrections last, before them the graver first; else by agency."""
    return item.kind == CORRECTED, list(EVENTS).index(item.alert.rule), item.alert.agency or ""


def _group(name: str, items: Sequence[Item], frame: Frame) -> Markup:
    return parts.heading(name, len(items)) + joined(
        parts.card(_colour(item), joined(_told(item, frame))) for item in items
    )


def _group_in_rows(name: str, items: Sequence[Item], frame: Frame) -> Markup:
    texts = TEXTS[frame.language]
    two_lines = Markup('{}<br><span style="color:{};font-size:12px">{}</span>')
    rows = (
        (
            two_lines.format(_subject(item, frame), parts.FAINT, parts.faint_id(item.alert.id)),
            two_lines.format(parts.badge(_label(item, texts), _colour(item)), parts.FAINT, _due(item.alert, texts)),
        )
        for item in items
    )
    return parts.heading(name, len(items)) + parts.grid(rows)


def _subject(item: Item, frame: Frame) -> str:
    """Whom it is about, in a line."""
    if item.alert.agency is None:
        return neutral(item.alert.message, SUBJECT_SHOWN)
    year = item.alert.report_year
    return f"{frame.name(item.alert.agency)} {TEXTS[frame.language]['year'].format(year=year) if year else ''}".strip()


def _told(item: Item, frame: Frame) -> Iterator[Markup]:
    """One alert in full."""
    alert, texts = item.alert, TEXTS[frame.language]
    labels = [parts.badge(_label(item, texts), _colour(item))]
    if item.repeats:
        labels.append(parts.badge(texts["maybe"].strip("【】[] "), parts.AMBER))
    name = frame.name(alert.agency)
    year = texts["year"].format(year=alert.report_year) if alert.report_year else ""
    head = Markup('{} <span style="font-weight:700">{}</span> <span style="white-space:nowrap">{}</span>').format(
        Markup(" ").join(labels), name, year
    )
    yield parts.line(head)
    if item.kind == CORRECTED:
        yield from _taken_back(item, frame)
    else:
        yield from _message(alert, texts)
        yield from _changes(item, texts)
        yield from _proof(alert, frame)
    yield parts.line(parts.faint_id(alert.id))


def _message(alert: Alert, texts: Mapping[str, str]) -> Iterator[Markup]:
    """The alert's own words; of a malformed report the first errors, of which its words would repeat one."""
    findings = [neutral(str(entry["message"])) for entry in _entries(alert, "finding")]
    if alert.rule != "malformed" or not findings:
        yield parts.line(neutral(alert.message))
        return
    yield parts.line(texts["findings"].format(count=len(findings)))
    yield from (parts.line(f"· {words}", "font-size:13px") for words in findings[:ENTRIES_SHOWN])
    if len(findings) > ENTRIES_SHOWN:
        more = texts["more_rows"].format(count=len(findings) - ENTRIES_SHOWN, id=alert.id)
        yield parts.line(f"· {more}", f"font-size:13px;color:{parts.FAINT}")


def _taken_back(item: Item, frame: Frame) -> Iterator[Markup]:
    """What was told, when, in its own words; then what holds now."""
    alert, texts, correction = item.alert, TEXTS[frame.language], item.correction
    told_at = correction.told_at if correction else alert.sent_at
    label = texts["label_told"].format(at=minute_text(told_at) if told_at else "")
    yield parts.quote(label, neutral(correction.told if correction else alert.message))
    is_retraction = correction is not None and correction.is_retraction
    key = "label_retracted" if is_retraction else "label_reason"
    if alert.state is AlertState.WAIVED:
        key = "label_waived"
    strong = Markup('<span style="color:{};font-weight:600">{}</span>')
    yield fact(texts[key], strong.format(parts.GREEN, neutral(item.transition.reason)))
    if item.transition.by:
        yield fact(texts["label_by"], neutral(item.transition.by))


def _changes(item: Item, texts: Mapping[str, str]) -> Iterator[Markup]:
    is_said = is_objection(item.transition) or is_answer(item.transition)
    if item.kind != UPDATED and not (item.kind == OPENED and is_said):
        return
    reason = neutral(item.transition.reason)
    if is_objection(item.transition):
        words = texts["label_objected_text"].format(by=neutral(item.transition.by), reason=reason)
        yield fact(texts["label_objected"], words)
    elif is_answer(item.transition):
        words = texts["label_objected_text"].format(by=neutral(item.transition.by), reason=reason)
        yield fact(texts["label_answered"], words)
    else:
        yield fact(texts["label_changed"], reason)


def _proof(alert: Alert, frame: Frame) -> Iterator[Markup]:
    """Due date, basis, scans, dates, links, a person's word: everything that the accusation rests on."""
    texts = TEXTS[frame.language]
    for entry in _entries(alert, "law"):
        if entry["due"]:
            yield fact(texts["label_due"], texts["label_due_until"].format(due=entry["due"]))
        yield fact(texts["label_basis"], neutral(entry["citation"]))
    for entry in _entries(alert, "scan")[:ENTRIES_SHOWN]:
        yield fact(texts["label_scan"], _scan(entry, texts))
    for entry in _entries(alert, "attestation"):
        at = neutral(str(entry["at"])).replace("T", " ")[:16]
        words = texts["label_word_text"].format(by=neutral(entry["by"]), at=at, reason=neutral(entry["reason"]))
        yield fact(texts["label_word"], words)
    dates = stated_dates(alert, frame)
    if dates:
        yield fact(texts["label_dates"], dates)
    for url in links(alert):
        yield fact(texts["label_link"], parts.link(url))
    names = [frame.name(entry["agency"]) for entry in _entries(alert, "agency")]
    if names:
        more = texts["more_rows"].format(count=len(names) - ENTRIES_SHOWN, id=alert.id)
        shown = "、".join(names[:ENTRIES_SHOWN]) + (f"；{more}" if len(names) > ENTRIES_SHOWN else "")
        yield fact(texts["label_agencies"], shown)


def _scan(entry: Mapping[str, Any], texts: Mapping[str, str]) -> Markup:
    digest = next((page["digest"] for page in entry["pages"] if page["digest"]), None)
    control = neutral(entry["control_title"]) if entry["control_title"] else texts["no_control"]
    started = neutral(str(entry["started_at"])).replace("T", " ")[:16]
    words = texts["label_scan_text"].format(started=started, rows=entry["rows_seen"], control=control)
    url = neutral_url(entry["column_url"])
    shown = Markup("{}<br>{}").format(words, parts.link(url)) if url else Markup("{}").format(words)
    if digest is None:
        return shown
    archive = texts["label_archive"].format(digest=neutral(str(digest))[:DIGEST_SHOWN])
    return Markup("{}<br>{}").format(shown, parts.faint_id(archive))


def _entries(alert: Alert, kind: str) -> list[Mapping[str, Any]]:
    return [entry for entry in alert.evidence if entry["kind"] == kind]


def _due(alert: Alert, texts: Mapping[str, str]) -> str:
    due = next((entry["due"] for entry in _entries(alert, "law")), None)
    return f"{texts['label_due']} {due}" if due else ""


def _colour(item: Item) -> str:
    return COLOURS[item.alert.rule if item.kind == OPENED else item.kind]


def _label(item: Item, texts: Mapping[str, str]) -> str:
    """What the alert is about, and for what is not new what has happened to it."""
    rule = texts[f"{item.alert.rule}_short"]
    if item.kind == OPENED:
        return rule
    is_retraction = item.correction is not None and item.correction.is_retraction
    return f"{texts['retracted_short' if is_retraction else f'{item.kind}_short']} · {rule}"
