"""Does the report follow from last year's, differ from it in words, and stand as it was published?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.checks.findings import found
from monitor.checks.similarity import compared_text, similarity, without_digits, without_years
from monitor.checks.wording import column_name, figure, listed, place_name, plain
from storage.forms import FORM_2021
from storage.records import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.checks.subject import Subject
    from storage.forms import Form
    from storage.records import Finding
    from storage.report import Cell, Fact, Report

ONLY_YEARS_CHANGED = 0.98
ALIKE = 0.90
SHOWN_CHANGES = 5


def history_findings(subject: Subject, form: Form) -> Iterator[Finding]:
    """What last year's report, the earlier version and other agencies' reports say against this one."""
    previous = subject.previous
    if previous is not None:
        if _is_the_year_before(previous, subject):
            yield from _carried_over(subject, form, previous)
            yield from _in_force(subject, form, previous)
        yield from _copied(subject, previous)
    yield from _copied_from_peers(subject)
    if subject.earlier_version is not None:
        yield from _revised(subject, form, subject.earlier_version)


def _is_the_year_before(previous: Report, subject: Subject) -> bool:
    return previous.report_year is None or subject.year is None or previous.report_year == subject.year - 1


def _carried_over(subject: Subject, form: Form, previous: Report) -> Iterator[Finding]:
    key, carried_forward, carried_over = form.carried_forward
    table = form.table(key)
    for column in table.columns(carried_over):
        now = subject.report.number(key, carried_over, column.key)
        before = previous.number(key, carried_forward, column.key)
        if now is None or before is None or now == before:
            continue
        name = column_name(table, carried_over, column.key, subject.language)
        words = {"column": name, "printed": figure(now), "carried": figure(before)}
        evidence = {"carried_over": plain(now), "carried_forward_last_year": plain(before)}
        yield found(
            "carry-over-mismatch", f"{key}/{carried_over}/{column.key}", subject.language, words, evidence=evidence
        )


def _in_force(subject: Subject, form: Form, previous: Report) -> Iterator[Finding]:
    if form is not FORM_2021 or previous.form != FORM_2021.key:
        return
    for row in ("rules", "normative_documents"):
        issued, repealed, in_force = (
            subject.report.number("disclosure", row, column) for column in ("issued", "repealed", "in_force")
        )
        before = previous.number("disclosure", row, "in_force")
        if issued is None or repealed is None or in_force is None or before is None:
            continue
        expected = before + issued - repealed
        if in_force != expected:
            figures = {
                "before": before,
                "issued": issued,
                "repealed": repealed,
                "expected": expected,
                "in_force": in_force,
            }
            where = f"disclosure/{row}/in_force"
            words = {"place": place_name(where, form, subject.language), **figures}
            evidence = {name: plain(value) for name, value in figures.items()}
            yield found("in-force-mismatch", where, subject.language, words, evidence=evidence)


def _copied(subject: Subject, previous: Report) -> Iterator[Finding]:
    text, before = compared_text(subject.report), compared_text(previous)
    alike = similarity(without_digits(text), without_digits(before))
    if alike < ALIKE:
        return
    is_zh = subject.language == "zh"
    source = "上一年报告" if is_zh else "last year's report"
    only_years = similarity(without_years(text), without_years(before))
    if only_years >= ONLY_YEARS_CHANGED:
        manner = "，只有年份不同" if is_zh else "; only the years differ"
        yield _copy("copied-from-last-year", subject, only_years, source, manner=manner)
    else:
        manner = "（不计数字）" if is_zh else " (digits left out)"
        yield _copy("copied-from-last-year", subject, alike, source, manner=manner, severity=Severity.WARNING)


def _copied_from_peers(subject: Subject) -> Iterator[Finding]:
    if not subject.peers:
        return
    is_zh = subject.language == "zh"
    text = without_digits(compared_text(subject.report))
    manner = "（不计数字）" if is_zh else " (digits left out)"
    for name, report in subject.peers:
        alike = similarity(text, without_digits(compared_text(report)))
        if alike >= ALIKE:
            source = f"“{name}”的报告" if is_zh else f"the report of “{name}”"
            yield _copy("copied-from-peer", subject, alike, source, manner=manner)


def _copy(
    rule: str, subject: Subject, alike: float, source: str, *, manner: str, severity: Severity | None = None
) -> Finding:
    # Cut, not rounded: 99.96 is not 100.
    words = {"percent": f"{int(alike * 1000) / 10:g}", "source": source, "manner": manner}
    evidence = {"similarity": round(alike, 4), "compared_with": source}
    return found(rule, "sections/1", subject.language, words, evidence=evidence, severity=severity)


def _revised(subject: Subject, form: Form, earlier: Report) -> Iterator[Finding]:
    """Numbers that changed in cells which both versions print; a cell that only one has may be our misreading."""
    report = subject.report
    changes = [
        (cell, before, now)
        for cell, now in report.facts.items()
        if (before := earlier.facts.get(cell)) is not None and before.value != now.value
    ]
    if not changes:
        return
    language = subject.language
    shown = [
        f"{place_name(cell.path, form, language)}{_value(before, language)}→{_value(now, language)}"
        for cell, before, now in changes[:SHOWN_CHANGES]
    ]
    if len(changes) > SHOWN_CHANGES:
        shown.append("…")
    words = {"count": len(changes), "changes": listed(shown, language)}
    evidence = {"changes": [_change(cell, before, now) for cell, before, now in changes]}
    yield found("revised", "", language, words, evidence=evidence)


def _change(cell: Cell, before: Fact, now: Fact) -> dict[str, object]:
    return {"where": cell.path, "before": plain(before.value), "now": plain(now.value)}


def _value(fact: Fact, language: str) -> str:
    if fact.value is not None:
        return f" {figure(fact.value)}" if language == "en" else figure(fact.value)
    return {"zh": "空", "en": " none"}[language]
