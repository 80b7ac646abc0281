"""Where every agency-year stands and what is wrong with its report: the result of one check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.database.agencies import ensure_agencies
from storage.database.agenda import mark_agencies
from storage.database.alerts import save_transitions
from storage.database.connection import answer, answers, each_answer, put, put_all, writing
from storage.database.reports import write_reports
from storage.database.values import day_text, instant_text, json_text, read_day, read_instant, read_json
from storage.records import Content, Finding, Obligation, Severity, Standing, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlite_utils import Database

    from storage.received import ReadCapture
    from storage.records import Alert, Attestation, Transition

_STANDING_COLUMNS = (
    "agency, report_year, due, status, published_on, days_late, proof, content, errors, warnings, url, reason"
)
_OBLIGATION_COLUMNS = (
    "agency, report_year, due, basis, is_statutory, exempt_reason, status, published_on, days_late, proof, content, "
    "errors, warnings, url, reason, as_of"
)
_SAVE_OBLIGATION = f"""
    INSERT OR REPLACE INTO obligations ({_OBLIGATION_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_SAVE_CHECK = """
    INSERT INTO checks (report_year, as_of) VALUES (?, ?) ON CONFLICT (report_year) DO UPDATE SET as_of = excluded.as_of
"""
CHUNK = 20_000
"""Agency-years whose stored rows are held against the new ones at once."""

_SAVE_FINDING = """
    INSERT INTO findings (agency, report_year, report, rule, severity, place, message, evidence)
    VALUES (?, ?, (SELECT id FROM reports WHERE agency = ? AND report_year = ?), ?, ?, ?, ?, ?)
"""


def save_verdicts(
    db: Database,
    *,
    standings: Sequence[Standing],
    obligations: Sequence[Obligation],
    findings: Mapping[tuple[str, int], Sequence[Finding]],
    transitions: Sequence[tuple[Alert, Transition]],
    as_of: datetime,
) -> None:
    """Save the result of a check, all of it or nothing: no alert without its standing, nothing to send
    without its alert.

    `standings` and `obligations` are of the same agency-years; ValueError where they are not. Those of the
    same years whose agency has left the registry and was not judged are removed. `findings` replace, per
    (agency, report year) named, all that were stored; agency-years not named keep theirs. Each of
    `transitions` comes with its alert as it is afterwards; every one goes into the outbox.
    """
    with writing(db):
        save_changed_verdicts(
            db, standings=standings, obligations=obligations, findings=findings, transitions=transitions, as_of=as_of
        )
        remove_dropped(db, standings)
        years = sorted({standing.report_year for standing in standings})
        put_all(db, _SAVE_CHECK, ((year, instant_text(as_of)) for year in years))


def is_accused(db: Database, alert: Alert) -> bool:
    """Did the last check say of the agency-year what its alert says?"""
    sql = "SELECT 1 FROM obligations WHERE agency = ? AND report_year = ? AND ? IN (status, content)"
    return answer(db, sql, (alert.agency, alert.report_year, alert.rule)) is not None


def save_changed_verdicts(
    db: Database,
    *,
    standings: Sequence[Standing],
    obligations: Sequence[Obligation],
    findings: Mapping[tuple[str, int], Sequence[Finding]],
    transitions: Sequence[tuple[Alert, Transition]],
    as_of: datetime,
) -> None:
    """The same for some agency-years, the others and the year's last check left as they are.

    An agency-year that stands as it is stored keeps its row: `as_of` there is when it came to stand so.
    """
    owed = {(obligation.agency, obligation.report_year): obligation for obligation in obligations}
    if owed.keys() != {(standing.agency, standing.report_year) for standing in standings}:
        raise ValueError("standings and obligations are not of the same agency-years")
    with writing(db):
        for start in range(0, len(standings), CHUNK):
            _save_standings(db, standings[start : start + CHUNK], owed, as_of)
        ensure_agencies(db, {agency for agency, _ in findings}, as_of)
        put_all(
            db,
            "UPDATE report_versions SET content = ?1 WHERE agency = ?2 AND report_year = ?3 AND is_current = 1 "
            "AND content IS NOT ?1",
            (
                (standing.content.value if standing.content else None, standing.agency, standing.report_year)
                for standing in standings
            ),
        )
        _replace_findings(db, findings)
        save_transitions(db, transitions)


def load_standings(db: Database, report_year: int) -> tuple[Standing, ...]:
    """Where every agency stood for that year at the last check, by agency id."""
    rows = answers(
        db,
        f"SELECT {_STANDING_COLUMNS} FROM obligations WHERE report_year = ? ORDER BY agency",
        (report_year,),
    )
    return tuple(
        Standing(
            agency=agency,
            report_year=year,
            due=read_day(due),
            status=Status(status),
            published_on=read_day(published),
            days_late=days_late,
            proof=proof,
            content=Content(content) if content else None,
            errors=errors,
            warnings=warnings,
            url=url,
            reason=reason,
        )
        for agency, year, due, status, published, days_late, proof, content, errors, warnings, url, reason in rows
    )


def load_obligations(db: Database, report_year: int) -> tuple[Obligation, ...]:
    """What every agency owed for that year at the last check, by agency id."""
    rows = answers(
        db,
        "SELECT agency, report_year, due, basis, is_statutory, exempt_reason FROM obligations "
        "WHERE report_year = ? ORDER BY agency",
        (report_year,),
    )
    return tuple(
        Obligation(agency, year, read_day(due), basis, bool(is_statutory), exempt_reason)
        for agency, year, due, basis, is_statutory, exempt_reason in rows
    )


def checked_at(db: Database, report_year: int) -> datetime | None:
    """The moment as of which that year was last judged, None where it never was."""
    row = answer(db, "SELECT as_of FROM checks WHERE report_year = ?", (report_year,))
    return read_instant(row[0]) if row else None


def findings_of(db: Database, agency: str, report_year: int) -> tuple[Finding, ...]:
    """What the last check found about one agency-year, in the order in which it was found."""
    rows = answers(
        db,
        "SELECT rule, severity, place, message, evidence FROM findings "
        "WHERE agency = ? AND report_year = ? ORDER BY id",
        (agency, report_year),
    )
    return tuple(
        Finding(rule, Severity(severity), place, message, read_json(evidence))
        for rule, severity, place, message, evidence in rows
    )


def save_attestation(db: Database, attestation: Attestation, handed_in: ReadCapture | None = None) -> None:
    """Record a person's word, with the report that came with it. It is never changed, only followed by
    another one."""
    with writing(db):
        if handed_in is not None:
            write_reports(db, (handed_in,), at=attestation.at)
        ensure_agencies(db, (attestation.agency,), attestation.at)
        mark_agencies(db, (attestation.agency,))
        put(
            db,
            'INSERT INTO attestations (agency, report_year, absent, published_on, url, digest, "by", reason, "at") '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                attestation.agency,
                attestation.report_year,
                attestation.absent,
                day_text(attestation.published_on),
                attestation.url,
                attestation.digest,
                attestation.by,
                attestation.reason,
                instant_text(attestation.at),
            ),
        )


def remove_dropped(db: Database, judged: Iterable[Standing]) -> None:
    """Remove what is stored of the same years of agencies that have left the registry and were not judged."""
    keys = {(standing.agency, standing.report_year) for standing in judged}
    years = json_text(sorted({year for _, year in keys}))
    with writing(db):
        stored = answers(
            db,
            "SELECT o.agency, o.report_year FROM agencies AS a JOIN obligations AS o ON o.agency = a.id "
            "WHERE a.dropped_at IS NOT NULL AND o.report_year IN (SELECT value FROM json_each(?))",
            (years,),
        )
        sql = "DELETE FROM obligations WHERE agency = ? AND report_year = ?"
        put_all(db, sql, (row for row in stored if row not in keys))


def _save_standings(
    db: Database, standings: Sequence[Standing], owed: Mapping[tuple[str, int], Obligation], as_of: datetime
) -> None:
    """Write the rows that are not stored just so."""
    rows = {}
    for standing in standings:
        key = (standing.agency, standing.report_year)
        rows[key] = _standing_row(standing, owed[key])
    columns = _OBLIGATION_COLUMNS.removesuffix(", as_of")
    stored = each_answer(
        db,
        f"SELECT {columns} FROM obligations WHERE report_year IN (SELECT value FROM json_each(?)) "
        "AND agency IN (SELECT value FROM json_each(?))",
        (json_text(sorted({year for _, year in rows})), json_text(sorted({agency for agency, _ in rows}))),
    )
    for row in stored:
        if rows.get(row[:2]) == row:
            del rows[row[:2]]
    ensure_agencies(db, {agency for agency, _ in rows}, as_of)
    put_all(db, _SAVE_OBLIGATION, ((*row, instant_text(as_of)) for row in rows.values()))


def _replace_findings(db: Database, findings: Mapping[tuple[str, int], Sequence[Finding]]) -> None:
    put_all(db, "DELETE FROM findings WHERE agency = ? AND report_year = ?", findings)
    put_all(
        db,
        _SAVE_FINDING,
        (
            (
                *(agency, year, agency, year),
                *(finding.rule, finding.severity.value, finding.where, finding.message),
                json_text(finding.evidence),
            )
            for (agency, year), found in findings.items()
            for finding in found
        ),
    )


def _standing_row(standing: Standing, obligation: Obligation) -> tuple[Any, ...]:
    return (
        standing.agency,
        standing.report_year,
        day_text(obligation.due),
        obligation.basis,
        obligation.is_statutory,
        obligation.exempt_reason,
        standing.status.value,
        day_text(standing.published_on),
        standing.days_late,
        standing.proof,
        standing.content.value if standing.content else None,
        standing.errors,
        standing.warnings,
        standing.url,
        standing.reason,
    )
