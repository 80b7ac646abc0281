"""`explain`: everything on which the verdict on one agency-year rests, and why not its neighbour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.commands.printing import print_table
from monitor.commands.session import Session, configuration_of, one_agency, reader_of, registry_of
from monitor.commands.step_words import step_text
from monitor.commands.texts import heading, say, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from monitor.case import Case
    from monitor.standing import Step
    from storage.records import Agency, Finding, Scan


@click.command()
@click.argument("agency", metavar="AGENCY")
@click.argument("year", required=False, metavar="[YEAR]", type=click.IntRange(2008, 2999))
@click.pass_obj
def explain(session: Session, agency: str, year: int | None) -> None:
    """某机关某年度：法律依据、期限、每次扫描及其证明、各日期及来源，为什么是这个状态而不是相邻的那个。"""
    from monitor.case import lay_out
    from monitor.obligations import obligation, shanghai_date
    from monitor.standing import steps
    from storage.database import evidence_of_year, findings_of, load_scans
    from storage.records import Evidence

    configuration = configuration_of(session)
    language, watch = configuration.language, configuration.watch
    registry = registry_of(configuration)
    owner = one_agency(registry, agency, language)
    now, report_year = session.now(), year or session.default_year()
    owed = obligation(owner, report_year, registry.waivers, shanghai_date(now), language=language)
    with reader_of(configuration) as db:
        evidence = evidence_of_year(db, report_year, agency=owner.id).get(owner.id, Evidence())
        scans = load_scans(db, {key for look in evidence.looks for key in look.scans})
        findings = findings_of(db, owner.id, report_year)
    case = lay_out(owed, evidence, now, confirm_after_hours=watch.confirm_after_hours, grace_days=watch.grace_days)
    tried = steps(case)
    _print_law(owner, case, tried[-1], language)
    _print_part(language, "why", ("status", "holds", "reason"), _step_rows(tried, language))
    _print_part(
        language, "scans", ("time", "outcome", "found", "control", "proof", "url"), _scan_rows(case, scans, language)
    )
    _print_part(language, "dates", ("date", "source", "bulk", "url"), _date_rows(case, language))
    _print_part(language, "sightings", ("time", "title", "url"), _sighting_rows(case))
    _print_part(language, "versions", ("time", "current", "outcome", "sha256", "url"), _version_rows(case, language))
    _print_part(
        language, "words", ("time", "by", "outcome", "published", "reason", "sha256"), _word_rows(case, language)
    )
    _print_part(language, "findings", ("severity", "rule", "place", "message"), _finding_rows(findings, language))


def _print_law(owner: Agency, case: Case, last: Step, language: str) -> None:
    from monitor.obligations import basis_text
    from monitor.proofs import minute_text

    owed = case.obligation
    click.echo(f"{owner.name}（{owner.id}） {owed.report_year}")
    click.echo(f"{heading(language, 'status')}  {word(language, last.status)}：{step_text(last, language)}")
    basis = basis_text(owed.basis) or word(language, "none")
    statutory = say(language, "statutory" if owed.is_statutory else "practice")
    click.echo(f"{heading(language, 'basis')}  {basis}（{statutory}）")
    due = say(language, "due_until", owed.due) if owed.due else owed.exempt_reason
    click.echo(f"{heading(language, 'due')}  {due}")
    click.echo(f"{heading(language, 'as_of')}  {minute_text(case.now)}")


def _print_part(language: str, title: str, keys: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    found = list(rows)
    click.echo("\n" + say(language, f"part_{title}"))
    if not found:
        click.echo("  " + word(language, "none"))
        return
    print_table([heading(language, key) for key in keys], found)


def _step_rows(tried: Sequence[Step], language: str) -> Iterator[tuple[str, ...]]:
    for step in tried:
        if step.code or step.holds:
            yield word(language, step.status), _yes(language, is_so=step.holds), step_text(step, language)


def _scan_rows(case: Case, scans: Mapping[str, Scan], language: str) -> Iterator[tuple[str, ...]]:
    from monitor.proofs import minute_text

    for look in case.evidence.looks:
        for key in look.scans:
            scan = scans[key]
            outcome = word(language, scan.outcome) + (f"：{scan.detail}" if scan.detail else "")
            yield (
                minute_text(scan.started_at),
                outcome,
                _yes(language, is_so=look.found),
                scan.control_title or "",
                say(language, "scan_proof", len(scan.pages), scan.rows_seen, word(language, scan.end_proof or "none")),
                scan.column_url,
            )


def _date_rows(case: Case, language: str) -> Iterator[tuple[str, ...]]:
    for stated in case.stated:
        yield (
            stated.date.isoformat(),
            word(language, str(stated.source)),
            _yes(language, is_so=stated.is_bulk),
            stated.url or "",
        )


def _sighting_rows(case: Case) -> Iterator[tuple[str, ...]]:
    from monitor.proofs import minute_text

    for sighting in case.evidence.sightings:
        seen = f"{minute_text(sighting.first_seen_at)} – {minute_text(sighting.last_seen_at)}"
        yield seen, sighting.title, sighting.url


def _version_rows(case: Case, language: str) -> Iterator[tuple[str, ...]]:
    from monitor.proofs import minute_text

    for report in case.evidence.reports:
        outcome = report.reason or report.title or ""
        is_current = _yes(language, is_so=report.is_current)
        yield minute_text(report.fetched_at), is_current, outcome, report.digest, report.url


def _word_rows(case: Case, language: str) -> Iterator[tuple[str, ...]]:
    from monitor.proofs import minute_text

    for given in case.evidence.attestations:
        yield (
            minute_text(given.at),
            given.by,
            say(language, "attested_absent") if given.absent else given.url or say(language, "attested_file"),
            given.published_on.isoformat() if given.published_on else "",
            given.reason,
            given.digest or "",
        )


def _finding_rows(findings: Sequence[Finding], language: str) -> Iterator[tuple[str, ...]]:
    for finding in findings:
        yield word(language, finding.severity), finding.rule, finding.where, finding.message


def _yes(language: str, *, is_so: bool) -> str:
    return word(language, "yes" if is_so else "no")
