"""The rest of what one agency-year rests on, for `explain`: dates, versions, words, alerts, findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.agency_years.dates import COUNTED, backdating, conflict, date_changes, every_date
from monitor.agency_years.proofs import minute_text
from monitor.agency_years.standing import steps
from monitor.alerts.book import held_alerts
from monitor.commands.explain_words import said
from monitor.commands.layout import Styled, aligned, paragraph
from monitor.texts import word
from storage.records import LIVE_STATES, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from monitor.agency_years.case import Case, Stated
    from monitor.agency_years.dates import Dated
    from monitor.commands.explain import Chain
    from storage.records import Finding, Transition

MOST_FINDINGS = 12


def date_lines(case: Case, language: str, width: int) -> list[str]:
    """Every date with its place, those that prove nothing too; then what they say about each other."""
    places: dict[str, list[Dated]] = {}
    for one in every_date(case):
        places.setdefault(one.url or word(language, str(one.source)), []).append(one)
    lines: list[str] = []
    for place, dates in places.items():
        lines += paragraph(place, width, indent=2)
        lines += aligned((_date_row(one, case, language) for one in dates), width, indent=6)
    for note in _date_notes(case, language):
        lines += paragraph(Styled("! " + note, "yellow"), width, indent=2)
    return lines


def version_lines(case: Case, language: str, width: int) -> list[str]:
    """The versions of the report, each with its archived bytes."""
    lines: list[str] = []
    for report in case.evidence.reports:
        marks = [said(language, "current" if report.is_current else "earlier")]
        if report.is_attested:
            marks.append(said(language, "handed_in"))
        seen = minute_text(report.first_seen_at)
        lines += aligned([(seen, "、".join(marks), report.reason or report.title or "")], width)
        lines += paragraph(f"sha256 {report.digest}", width, indent=6)
        lines += paragraph(report.url, width, indent=6)
    return lines


def word_lines(case: Case, language: str, width: int) -> list[str]:
    """What people said, each with name, reason and file."""
    lines: list[str] = []
    for given in case.evidence.attestations:
        what = said(language, "word_absent" if given.absent else "word_present")
        if given.published_on is not None:
            what += said(language, "word_date", date=given.published_on)
        lines += aligned([(minute_text(given.at), given.by, what)], width)
        for detail in (given.reason, given.url, f"sha256 {given.digest}" if given.digest else None):
            lines += paragraph(detail, width, indent=6) if detail else []
    return lines


def alert_lines(chain: Chain, language: str, width: int) -> list[str]:
    """The alerts of the agency-year and the incidents that name it, each with its history."""
    lines: list[str] = []
    for alert, history in chain.alerts:
        rule = word(language, alert.rule) if alert.agency is not None else said(language, "incident")
        colour = "red" if alert.state in LIVE_STATES else None
        told = _told(alert.sent_at, chain.told.get(alert.id), language)
        lines += aligned([(alert.id, Styled(rule, colour), word(language, alert.state), told)], width)
        lines += paragraph(alert.message, width, indent=6)
        lines += aligned(_history_rows(history, language), width, indent=6)
    for incident, held in held_alerts(alert for alert, _ in chain.alerts).items():
        for _, rule in (entry for entry in held if entry[0] == chain.agency.id):
            note = said(language, "held", rule=word(language, rule), incident=incident)
            lines += paragraph(Styled("! " + note, "yellow"), width, indent=2)
    return lines


def _told(first: datetime | None, last: datetime | None, language: str) -> str:
    """When an alert was told: a correction quotes it as of the last time, so that both are named where they differ."""
    if first is None:
        return said(language, "untold")
    if last is None or last == first:
        return said(language, "told_at", at=first)
    return said(language, "told_since", first=first, last=last)


def finding_lines(findings: Sequence[Finding], language: str, width: int, *, is_whole: bool) -> list[str]:
    """What the last check found; of many the gravest."""
    order = list(Severity)
    ranked = sorted(findings, key=lambda finding: order.index(finding.severity))
    shown = ranked if is_whole else ranked[:MOST_FINDINGS]
    lines: list[str] = []
    for finding in shown:
        colour = "red" if finding.severity is Severity.ERROR else None
        lines += aligned([(Styled(word(language, finding.severity), colour), finding.rule, finding.where)], width)
        lines += paragraph(finding.message, width, indent=6)
        lines += aligned(_change_rows(finding, language, is_whole=is_whole), width, indent=6)
    if len(ranked) > len(shown):
        lines += paragraph(said(language, "more_findings", count=len(ranked) - len(shown)), width, indent=2)
    return lines


def _change_rows(finding: Finding, language: str, *, is_whole: bool) -> Iterator[tuple[str, str]]:
    """The numbers that a revision changed, old and new."""
    changes = finding.evidence.get("changes", ())
    for change in changes if is_whole else changes[:MOST_FINDINGS]:
        before, now = (said(language, "blank") if change[key] is None else change[key] for key in ("before", "now"))
        yield change["where"], f"{before} → {now}"


def _date_row(one: Dated, case: Case, language: str) -> tuple[str | Styled, ...]:
    due = case.obligation.due
    if due is None:
        relation: str | Styled = said(language, "no_due")
    elif one.date <= due:
        relation = Styled(said(language, "in_time"), "green" if one.source in COUNTED else None)
    else:
        relation = Styled(said(language, "days_after", days=(one.date - due).days), "yellow" if one.counts else None)
    weight = next(
        key
        for holds, key in (
            (one.counts, "counts"),
            (one.source not in COUNTED, "no_source"),
            (one.is_bulk, "bulk"),
            (one.is_ahead, "ahead"),
        )
        if holds
    )
    return one.date.isoformat(), relation, word(language, str(one.source)), said(language, weight)


def _date_notes(case: Case, language: str) -> Iterator[str]:
    timely, late = conflict(case)
    if timely:
        is_on_time = steps(case)[-1].status is Status.ON_TIME
        key = "conflict" if is_on_time else "conflict_seen"
        yield said(language, key, timely=_listed(timely, language), late=_listed(late, language))
    for change in date_changes(case):
        source = word(language, change.source)
        yield said(
            language,
            "date_changed",
            source=source,
            before=change.before,
            after=change.after,
            at=change.at,
            url=change.url,
        )
    suspected = backdating(case)
    if suspected is not None:
        source = word(language, suspected.stated.source)
        yield said(language, "backdated", source=source, date=suspected.stated.date, at=suspected.look.started_at)


def _listed(stated: Sequence[Stated], language: str) -> str:
    texts = (f"{one.date.isoformat()}（{word(language, str(one.source))}）" for one in stated)
    return "、".join(dict.fromkeys(texts))


def _history_rows(history: Sequence[Transition], language: str) -> Iterator[tuple[str, str, str]]:
    for one in history:
        moved = word(language, one.to_state)
        if one.from_state is not None and one.from_state is not one.to_state:
            moved = f"{word(language, one.from_state)} → {moved}"
        yield minute_text(one.at), moved, " ".join(filter(None, (one.by, one.reason)))
