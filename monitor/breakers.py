"""When a portal looks broken rather than its agencies at fault: what the operator is asked, what is held.

Pure. A breaker holds alerts, never statuses: while it is tripped nothing is opened for `missing` and
`withdrawn` on that portal, live alerts stay, and one operator incident says why. A portal trips when

- *vanished*: of the agencies whose report our scans had seen, at least 20 % and at least three are not
  in their latest complete scan; a redesign loses what was there, a tardy agency never was;
- *controls gone*: scans that used to see rows of other reports no longer see any, for at least 20 % of
  the agencies that had a control and at least three of them, or all;
- *many at once*: at least half of the agencies that are due, and at least five, would be opened as
  missing together; the reports of the year may have gone to another column.

The last bound is wider than a fifth on purpose: a portal of five agencies of which two published
nothing is the ordinary case, and their alerts must leave. Whoever acknowledges or waives the incident
has looked, and so releases what it holds. With 50 portals or more, a twentieth of them (and three)
tripped at once speak of ourselves, and everything is held.

Two more incidents hold nothing: agencies whose scans have no control, about whom a person is asked, and
portals that could not be looked at for three days.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from monitor.alerts import OPERATOR, Accusation, Fingerprint
from monitor.case import proves_absence
from monitor.proofs import minute_text
from monitor.standing import NO_CONTROL, NOT_SCANNED
from storage.records import LIVE_STATES, AlertState, Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from monitor.accusations import Matter
    from storage.records import Alert, Look

HELD_RULES = frozenset({Status.MISSING.value, Status.WITHDRAWN.value})
SHARE = 0.2
AT_LEAST = 3
MANY_SHARE = 0.5
MANY_AT_LEAST = 5
FLEET = 50
FLEET_SHARE = 0.05
CANNOT_LOOK_AFTER = timedelta(hours=72)

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "vanished": "门户{portal}：此前检索到的{of}个机关的年度报告中，有{count}个同时检索不到，可能是网站改版或故障",
        "controls": "门户{portal}：{of}个机关的检索此前可见其他年度报告作为对照，现有{count}个已无任何对照，"
        "可能是网站改版或故障",
        "many": "门户{portal}：应公布年度报告的{of}个机关中，有{count}个同时未检索到，可能是报告改在其他栏目公布",
        "held": "。有关告警暂不发出，请人工核查网站；确认（ack）本事件即放行。",
        "no_control": "门户{portal}：{count}个机关的栏目两次完整检索均未见年度报告，栏目内也没有可作对照的年度报告，"
        "无法自动认定，请人工核查后以 attest 记录。",
        "cannot_look": "门户{portal}：自{since}起未能完成检索（{outcomes}），{count}个机关的年度报告情况不明。",
        "fleet": "{of}个门户中有{count}个同时异常，可能是本系统的网络或程序故障；所有“未检索到”和“撤下”告警暂不发出。"
        "确认（ack）本事件即放行。",
    },
    "en": {
        "vanished": "Portal {portal}: of {of} agencies whose report had been seen, {count} can no longer be found at "
        "once; the site may have been redesigned or be broken",
        "controls": "Portal {portal}: scans for {of} agencies used to see other reports as a control; for {count} of "
        "them none is left; the site may have been redesigned or be broken",
        "many": "Portal {portal}: of {of} agencies that are due, {count} were not found at once; the reports may have "
        "gone to another column",
        "held": ". Their alerts are held; look at the site, and acknowledge (ack) this incident to release them.",
        "no_control": "Portal {portal}: two complete scans of the columns of {count} agencies saw no annual report, "
        "nor any other report as a control; a person must look and record it with attest.",
        "cannot_look": "Portal {portal}: no scan could be completed since {since} ({outcomes}); nothing is known of "
        "the reports of {count} agencies.",
        "fleet": "{count} of {of} portals are abnormal at once, perhaps by a fault of our own network or program; "
        "every alert on missing and withdrawn reports is held. Acknowledge (ack) this incident to release them.",
    },
}


@dataclass(frozen=True, slots=True)
class Incidents:
    """What the operator is told, and which accusations may not be opened now."""

    accusations: tuple[Accusation, ...]
    held: frozenset[Fingerprint]


class _Trip(NamedTuple):
    text: str
    agencies: tuple[str, ...]
    of: int


def incidents(
    matters: Iterable[Matter],
    book: Collection[Alert],
    settled: Collection[Fingerprint],
    report_year: int,
    now: datetime,
    *,
    language: str = "zh",
) -> Incidents:
    """The operator incidents of one report year.

    `book` tells which incidents a person has released. `settled` are accusations that the book bears
    already, alive or waived, and that hence are not new.
    """
    texts = _TEXTS[language]
    by_portal: dict[str, list[Matter]] = defaultdict(list)
    for matter in matters:
        by_portal[matter.agency.portal].append(matter)
    found: list[Accusation] = []
    held: set[Fingerprint] = set()
    tripped: dict[str, tuple[str, ...]] = {}
    for portal, own in sorted(by_portal.items()):
        trips = _trips(own, settled)
        if trips:
            agencies = tuple(sorted({agency for trip in trips for agency in trip.agencies}))
            words = [texts[trip.text].format(portal=portal, of=trip.of, count=len(trip.agencies)) for trip in trips]
            about = _about(report_year, f"portal:{portal}")
            found.append(_incident(about, "；".join(words) + texts["held"], portal, agencies))
            if not _is_released(about, book):
                tripped[portal] = agencies
                held |= _held(own)
        found += _questions(portal, own, report_year, now, texts)
    fleet = _fleet(by_portal, tripped, report_year, texts)
    if fleet:
        found.append(fleet)
        if not _is_released(fleet.fingerprint, book):
            held |= {key for own in by_portal.values() for key in _held(own)}
    return Incidents(tuple(found), frozenset(held))


def _trips(own: Sequence[Matter], settled: Collection[Fingerprint]) -> list[_Trip]:
    """Which of the three signs a portal shows."""
    looks = {matter.agency.id: _complete_looks(matter) for matter in own if matter.standing.status is not Status.EXEMPT}
    seen = [matter for matter in own if looks.get(matter.agency.id) and matter.case.last_seen is not None]
    vanished = [matter for matter in seen if _has_vanished(matter, looks[matter.agency.id][-1])]
    had_control = [agency for agency, complete in looks.items() if any(look.control for look in complete[:-1])]
    lost_control = [agency for agency in had_control if not looks[agency][-1].control]
    due = [matter for matter in own if matter.standing.due is not None and matter.case.now >= matter.case.due_end]
    fresh = [
        matter
        for matter in due
        if matter.standing.status is Status.MISSING and _key(matter, Status.MISSING.value) not in settled
    ]
    trips = []
    if _is_share(len(vanished), len(seen), SHARE, AT_LEAST):
        trips.append(_Trip("vanished", _ids(vanished), len(seen)))
    is_all = bool(lost_control) and len(lost_control) == len(had_control)
    if is_all or _is_share(len(lost_control), len(had_control), SHARE, AT_LEAST):
        trips.append(_Trip("controls", tuple(lost_control), len(had_control)))
    if _is_share(len(fresh), len(due), MANY_SHARE, MANY_AT_LEAST):
        trips.append(_Trip("many", _ids(fresh), len(due)))
    return trips


def _questions(
    portal: str, own: Sequence[Matter], report_year: int, now: datetime, texts: Mapping[str, str]
) -> list[Accusation]:
    """Incidents that hold nothing: agencies without a control, and a portal that cannot be looked at."""
    found = []
    bare = [matter for matter in own if matter.standing.reason == NO_CONTROL]
    if bare:
        words = texts["no_control"].format(portal=portal, count=len(bare))
        found.append(_incident(_about(report_year, f"no-control:{portal}"), words, portal, _ids(bare)))
    unknown = [m for m in own if m.standing.status is Status.UNKNOWN and m.standing.reason != NOT_SCANNED]
    failed = [
        look for matter in unknown for look in matter.case.evidence.looks if look.started_at >= matter.case.due_end
    ]
    since = min((look.started_at for look in failed), default=now)
    if unknown and now - since >= CANNOT_LOOK_AFTER:
        outcomes = "、".join(sorted({look.outcome.value for look in failed}))
        words = texts["cannot_look"].format(
            portal=portal, since=minute_text(since), outcomes=outcomes, count=len(unknown)
        )
        found.append(_incident(_about(report_year, f"cannot-look:{portal}"), words, portal, _ids(unknown)))
    return found


def _fleet(
    by_portal: Mapping[str, object],
    tripped: Mapping[str, tuple[str, ...]],
    report_year: int,
    texts: Mapping[str, str],
) -> Accusation | None:
    if len(by_portal) < FLEET or not _is_share(len(tripped), len(by_portal), FLEET_SHARE, AT_LEAST):
        return None
    words = texts["fleet"].format(count=len(tripped), of=len(by_portal))
    agencies = tuple(sorted(agency for own in tripped.values() for agency in own))
    return _incident(_about(report_year, "fleet"), words, None, agencies)


def _incident(about: Fingerprint, message: str, portal: str | None, agencies: Iterable[str]) -> Accusation:
    entries = tuple({"kind": "agency", "agency": agency, "portal": portal} for agency in agencies)
    return Accusation(about, message, entries)


def _about(report_year: int, subject: str) -> Fingerprint:
    return Fingerprint(None, report_year, OPERATOR, subject)


def _key(matter: Matter, rule: str) -> Fingerprint:
    return Fingerprint(matter.agency.id, matter.standing.report_year, rule, "")


def _held(own: Iterable[Matter]) -> set[Fingerprint]:
    return {_key(matter, rule) for matter in own for rule in HELD_RULES}


def _ids(matters: Iterable[Matter]) -> tuple[str, ...]:
    return tuple(matter.agency.id for matter in matters)


def _is_share(count: int, of: int, share: float, at_least: int) -> bool:
    return count >= at_least and count >= share * of


def _complete_looks(matter: Matter) -> tuple[Look, ...]:
    return tuple(look for look in matter.case.evidence.looks if look.outcome is Outcome.COMPLETE)


def _has_vanished(matter: Matter, latest: Look) -> bool:
    seen = matter.case.last_seen
    return seen is not None and proves_absence(latest) and latest.started_at > seen and not matter.case.is_vouched


def _is_released(about: Fingerprint, book: Iterable[Alert]) -> bool:
    """A person has taken note of the incident: acknowledged it, or waived it."""
    return any(
        alert.rule == about.rule
        and alert.subject == about.subject
        and alert.report_year == about.report_year
        and alert.state in {*LIVE_STATES - {AlertState.OPEN}, AlertState.WAIVED}
        for alert in book
    )
