"""What was found out about the content of reports, kept so that nothing is judged twice.

A `key` tells all that a judgement follows from; while it is the same, so are the findings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.database.connection import answer, answers, each_answer, put, put_all, writing
from storage.database.values import json_text, read_json
from storage.records import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlite_utils import Database


class Judged(NamedTuple):
    """A judgement without its findings: by its key, and how many of them count as errors and warnings."""

    key: str
    errors: int
    warnings: int


def load_judgements(db: Database, report_year: int, agencies: Collection[str] | None = None) -> dict[str, Judged]:
    """Agency → the last judgement on its report for that year, of all or of these agencies."""
    sql = 'SELECT agency, "key", errors, warnings FROM judgements WHERE report_year = ?'
    if agencies is None:
        return {agency: Judged(*row) for agency, *row in each_answer(db, sql, (report_year,))}
    of = " AND agency IN (SELECT value FROM json_each(?))"
    values = (report_year, json_text(sorted(agencies)))
    return {agency: Judged(*row) for agency, *row in each_answer(db, sql + of, values)}


def judged_findings(db: Database, report_year: int, agencies: Collection[str]) -> dict[str, tuple[Finding, ...]]:
    """Agency → the findings of its last judgement, of those agencies that have one."""
    rows = each_answer(
        db,
        "SELECT agency, findings FROM judgements WHERE report_year = ? AND agency IN (SELECT value FROM json_each(?))",
        (report_year, json_text(sorted(agencies))),
    )
    return {
        agency: tuple(
            Finding(rule, Severity(severity), where, message, evidence)
            for rule, severity, where, message, evidence in read_json(text)
        )
        for agency, text in rows
    }


def save_judgements(db: Database, report_year: int, judged: Iterable[tuple[str, Judged, Sequence[Finding]]]) -> None:
    """Keep judgements, each in the place of the agency's last one."""
    with writing(db):
        put_all(
            db,
            'INSERT OR REPLACE INTO judgements (report_year, agency, "key", errors, warnings, findings) '
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    *(report_year, agency, judgement.key, judgement.errors, judgement.warnings),
                    json_text([(f.rule, f.severity.value, f.where, f.message, f.evidence) for f in findings]),
                )
                for agency, judgement, findings in judged
            ),
        )


def likeness_of(db: Database, report_year: int, group: str, ids: str) -> dict[int, tuple[int, ...]] | None:
    """Report → those it may be a copy of, as it was found for just these reports of a group; None: never."""
    sql = 'SELECT alike FROM likenesses WHERE report_year = ? AND "group" = ? AND ids = ?'
    row = answer(db, sql, (report_year, group, ids))
    return None if row is None else {int(key): tuple(others) for key, others in read_json(row[0]).items()}


def save_likeness(db: Database, report_year: int, group: str, ids: str, alike: Mapping[int, Sequence[int]]) -> None:
    """Keep what was found about a group's reports."""
    with writing(db):
        put(
            db,
            "INSERT OR REPLACE INTO likenesses VALUES (?, ?, ?, ?)",
            (report_year, group, ids, json_text({str(key): list(others) for key, others in alike.items()})),
        )


def rereadings(db: Database) -> dict[int, int]:
    """Report → how often its reading was put in the place of another one, of those where it ever was."""
    return dict(answers(db, "SELECT id, rereadings FROM report_versions WHERE rereadings > 0"))
