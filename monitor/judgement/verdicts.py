"""One check: from what is stored to where every agency stands, what is wrong, and what the alert book says.

Reports are judged first, which takes long; then, in one transaction that shuts out every other writer,
all the rest is read, decided and saved, so that no verdict rests on what has just ceased to be so.
`check_year` judges every agency, `check_due` only those of which something may have changed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.alerts.accusations import published_findings
from monitor.alerts.breakers import Others, is_cut_off
from monitor.judgement import agenda
from monitor.judgement.bookkeeping import book_changes
from monitor.judgement.judging import Memory, judge_year
from monitor.judgement.marks import findings_mark, has_unsettled, judged_key
from monitor.judgement.matters import Sitting, gather, known_versions, matters_of, matters_unsaved
from monitor.judgement.scope import (
    EVERYTHING,
    WHOLE_EVERY,
    basis_of,
    learn,
    may_have_unjudged,
    questions_about_others,
    scope_of,
    widened,
)
from storage.database.agenda import Entry, PortalEntry, cut_off_portals, marks_of, save_agenda, settled_alerts
from storage.database.connection import writing
from storage.database.judgements import judged_findings
from storage.database.verdicts import remove_dropped, save_changed_verdicts
from storage.forms import form_for_year
from storage.records import Content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from monitor.alerts.accusations import Matter
    from monitor.alerts.book import Change
    from monitor.judgement.matters import Gathered
    from storage.configuration import WatchSettings
    from storage.database import Database
    from storage.records import Finding, Registry, Standing, Waiver

_JUDGED = frozenset({Content.OK, Content.MALFORMED})
_JUDGED_WITHOUT_FORM = _JUDGED | {None}
"""On a year without a form nothing is called sound, though year, agency and date are looked at."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to: the standing of every agency that it judged, and the changes of the alert book
    that it saved. `is_whole`: it judged every agency. `failed`: the agencies at whose report this program failed;
    nothing is said of its content, and an alert about it stays as it is."""

    standings: tuple[Standing, ...]
    changes: tuple[Change, ...]
    is_whole: bool = True
    failed: frozenset[str] = frozenset()


def check_year(
    db: Database,
    registry: Registry,
    watch: WatchSettings,
    now: datetime,
    report_year: int,
    *,
    language: str = "zh",
    memory: Memory | None = None,
    guard: Callable[[Database], None] | None = None,
) -> Checked:
    """Judge one report year as of `now` and save what it comes to.

    `guard` is called first in the transaction that saves, and raises where saving is not ours to do any more.
    """
    sitting = Sitting(registry, report_year, now, watch, language)
    known = memory or Memory()
    learn(known, registry)
    if may_have_unjudged(db, sitting, known):
        judge_year(db, registry.agencies, known_versions(db, sitting), report_year, language=language)
    with writing(db):
        if guard is not None:
            guard(db)
        return _check(db, sitting, known, None)


def check_due(
    db: Database,
    registry: Registry,
    watch: WatchSettings,
    now: datetime,
    report_year: int,
    *,
    memory: Memory,
    language: str = "zh",
    guard: Callable[[Database], None] | None = None,
    whole_every: timedelta = WHOLE_EVERY,
) -> Checked:
    """The same, but only of the portals of which anything may have changed since the last check.

    Which these are says `monitor.judgement.scope`.
    """
    sitting = Sitting(registry, report_year, now, watch, language)
    learn(memory, registry)
    with writing(db):
        if guard is not None:
            guard(db)
        scope = scope_of(db, sitting, memory, whole_every)
        if scope != EVERYTHING and not scope.has_news:
            return _check(db, sitting, memory, scope.portals)
    if scope == EVERYTHING:
        return check_year(db, registry, watch, now, report_year, language=language, memory=memory, guard=guard)
    _settled(db, sitting, memory, scope.portals)
    with writing(db):
        if guard is not None:
            guard(db)
        return _check(db, sitting, memory, scope_of(db, sitting, memory, whole_every).portals)


def standings_of_year(
    db: Database | None,
    registry: Registry,
    watch: WatchSettings,
    now: datetime,
    report_year: int,
    *,
    language: str = "zh",
) -> tuple[Standing, ...]:
    """What a check at `now` would say of every agency; nothing is saved. `db` None: nothing is stored yet."""
    sitting = Sitting(registry, report_year, now, watch, language)
    return tuple(matter.standing for matter in matters_unsaved(db, sitting))


def _check(db: Database, sitting: Sitting, memory: Memory, portals: frozenset[str] | None) -> Checked:
    """Everything but the judging of reports; only within the transaction. `portals` None: all."""
    if portals is not None and not portals:
        save_agenda(db, sitting.report_year, (), {}, as_of=sitting.now)
        return Checked((), (), is_whole=False)
    is_whole = portals is None
    year, now, language = sitting.report_year, sitting.now, sitting.language
    gathered, matters = _settled(db, sitting, memory, portals)
    judged = frozenset(matter.agency.portal for matter in matters)
    changes = book_changes(
        db,
        matters,
        year,
        now,
        sitting.watch,
        language=language,
        others=None if is_whole else Others(len(memory.by_portal.keys() - judged), cut_off_portals(db, year) - judged),
        left_out=() if is_whole else questions_about_others(db, sitting, memory, judged),
    )
    before = marks_of(db, year, None if is_whole else {matter.agency.id for matter in matters})
    published = {m.agency.id: found for m in matters if (found := published_findings(m, language))}
    marks = {
        m.agency.id: findings_mark(m, gathered.verdicts.judged.get(m.agency.id), published.get(m.agency.id, ()))
        for m in matters
    }
    changed = [m for m in matters if before.get(m.agency.id) != marks[m.agency.id]]
    standings = [matter.standing for matter in matters]
    save_changed_verdicts(
        db,
        standings=standings,
        obligations=[matter.case.obligation for matter in matters],
        findings=_findings(db, sitting, changed, published),
        transitions=changes,
        as_of=now,
    )
    if is_whole:
        remove_dropped(db, standings)
    save_agenda(
        db,
        year,
        _entries(sitting, gathered, matters, marks),
        _portal_entries(db, sitting, matters, published),
        as_of=now,
        whole_basis=basis_of(sitting, memory) if is_whole else None,
    )
    return Checked(tuple(standings), changes, is_whole, gathered.verdicts.failed)


def _settled(
    db: Database, sitting: Sitting, memory: Memory, portals: frozenset[str] | None
) -> tuple[Gathered, list[Matter]]:
    """What is known of the agencies of these portals, judged; and of those that must be judged with them: of one
    incident with them, or with a report that is held against one of theirs."""
    if portals is None or memory.groups is None:
        gathered = gather(db, sitting, sitting.registry.agencies, None)
        return gathered, matters_of(db, sitting, gathered)
    while True:
        portals = widened(db, sitting, memory, portals)
        agencies = [agency for portal in sorted(portals) for agency in memory.by_portal[portal]]
        gathered = gather(db, sitting, agencies, memory.groups, memory.scans)
        outside = gathered.verdicts.judged.keys() - gathered.cases.keys()
        marks = marks_of(db, sitting.report_year, outside)
        stale = {key for key in outside if judged_key(marks.get(key)) != gathered.verdicts.judged[key].key}
        more = frozenset(memory.portal_of[key] for key in stale)
        matters = matters_of(db, sitting, gathered)
        if agenda.cannot_look(matters, sitting.now):
            asked = questions_about_others(db, sitting, memory, portals)
            more |= {portal for about in asked.values() if len(about) > 1 for portal in about}
        if not more:
            return gathered, matters
        portals |= more


def _findings(
    db: Database, sitting: Sitting, changed: Sequence[Matter], published: Mapping[str, Sequence[Finding]]
) -> dict[tuple[str, int], tuple[Finding, ...]]:
    """The findings of these agency-years, on publication and on content; what waivers silence is left out."""
    bearing = _JUDGED if form_for_year(sitting.report_year) is not None else _JUDGED_WITHOUT_FORM
    content = judged_findings(
        db, sitting.report_year, {matter.agency.id for matter in changed if matter.standing.content in bearing}
    )
    return {
        (matter.agency.id, sitting.report_year): (
            *published.get(matter.agency.id, ()),
            *(finding for finding in content.get(matter.agency.id, ()) if finding.rule not in matter.silenced),
        )
        for matter in changed
    }


def _entries(
    sitting: Sitting, gathered: Gathered, matters: Sequence[Matter], marks: Mapping[str, str]
) -> Iterator[Entry]:
    waivers: dict[str, list[Waiver]] = {}
    for waiver in sitting.registry.waivers:
        if waiver.year == sitting.report_year:
            waivers.setdefault(waiver.agency, []).append(waiver)
    for matter in matters:
        key, case = matter.agency.id, matter.case
        looks = case.evidence.looks
        yield Entry(
            key,
            agenda.next_check(matter.agency, case, gathered.evidence.get(key, case.evidence), waivers.get(key, ())),
            agenda.next_look(case),
            looks[-1].started_at if looks else None,
            marks[key],
        )


def _portal_entries(
    db: Database, sitting: Sitting, matters: Sequence[Matter], published: Mapping[str, Sequence[Finding]]
) -> dict[str, PortalEntry]:
    """Portal → when it must be judged as a whole again: by every check where something of it is not settled."""
    by_portal: dict[str, list[Matter]] = {}
    for matter in matters:
        by_portal.setdefault(matter.agency.portal, []).append(matter)
    now = sitting.now
    settled = settled_alerts(db, sitting.report_year, {matter.agency.id for matter in matters})
    grace = sitting.watch.grace_days
    return {
        portal: PortalEntry(
            now if has_unsettled(own, published, settled, grace_days=grace) else agenda.next_portal_check(own, now),
            is_cut_off(own, now),
        )
        for portal, own in by_portal.items()
    }
