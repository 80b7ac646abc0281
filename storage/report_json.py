"""The JSON objects that the command line prints: a report with its findings, and the statuses of a year.

Keys and their order are promised. Amounts of money are JSON numbers with exactly the printed digits,
so the objects hold `Decimal`s and are written by `json_line`, not by the standard encoder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from storage.forms import FORMS
from storage.json_schemas import report_schema, status_schema
from storage.records import SHANGHAI, Agency, Finding, Standing, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.forms import FormTable
    from storage.report import Report

JsonObject = dict[str, Any]

REPORT_KEYS = (
    "path",
    "media_type",
    "sha256",
    "readable",
    "reason",
    "form",
    "title",
    "agency_name",
    "report_year",
    "published_on",
    "dates",
    "period",
    "signed_on",
    "contact",
    "sections",
    "disclosure",
    "applications",
    "reviews",
    "doubts",
    "findings",
)
TABLE_KEYS = tuple(dict.fromkeys(table.key for form in FORMS.values() for table in form.tables))

# They would end the line for some readers of JSON lines, or cannot be written in UTF-8 at all.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def report_json(path: str, media_type: str, sha256: str, report: Report, findings: Iterable[Finding]) -> JsonObject:
    """The object of a report that was read, with what is wrong with it."""
    return {
        "path": path,
        "media_type": media_type,
        "sha256": sha256,
        "readable": True,
        "reason": None,
        "form": report.form,
        "title": report.title,
        "agency_name": report.agency_name,
        "report_year": report.report_year,
        "published_on": _iso(report.published_on),
        "dates": [{"date": stated.date.isoformat(), "source": stated.source.value} for stated in report.dates],
        "period": [day.isoformat() for day in report.period] if report.period else None,
        "signed_on": _iso(report.signed_on),
        "contact": {
            "phone": report.contact.phone,
            "address": report.contact.address,
            "email": report.contact.email,
            "postcode": report.contact.postcode,
            "url": report.contact.url,
        },
        "sections": [
            {"number": section.number, "heading": section.heading, "text": section.text} for section in report.sections
        ],
        **{key: _table(report, key) for key in TABLE_KEYS},
        "doubts": [{"where": doubt.where, "text": doubt.text, "why": doubt.why} for doubt in report.doubts],
        "findings": [finding_json(finding) for finding in findings],
    }


def unreadable_json(path: str, media_type: str | None, sha256: str | None, reason: str) -> JsonObject:
    """The object of a file that could not be read: why, and null for everything that it may have said."""
    known = {"path": path, "media_type": media_type, "sha256": sha256, "readable": False, "reason": reason}
    return {key: known.get(key) for key in REPORT_KEYS}


def finding_json(finding: Finding) -> JsonObject:
    """One finding as `read` and the alert book print it."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "where": finding.where,
        "message": finding.message,
        "evidence": dict(finding.evidence),
    }


def status_json(
    standings: Iterable[Standing], agencies: Iterable[Agency], as_of: datetime, report_year: int
) -> JsonObject:
    """Where every agency of a report year stands, in the order of the standings, those of other years left out.

    Each standing's agency must be among `agencies`.
    """
    by_id = {agency.id: agency for agency in agencies}
    ours = [standing for standing in standings if standing.report_year == report_year]
    counts = dict.fromkeys((status.value for status in Status), 0)
    for standing in ours:
        counts[standing.status.value] += 1
    return {
        "as_of": as_of.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "report_year": report_year,
        "agencies": [_standing(standing, by_id[standing.agency]) for standing in ours],
        "counts": counts,
    }


def json_line(value: object) -> str:
    """A value as JSON on one line; Decimals keep their digits, dates are ISO 8601."""
    if value is None or isinstance(value, bool | int | str | float):
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is no JSON number")
        return format(value, "f")
    if isinstance(value, date):
        return json.dumps(value.isoformat())
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json_line(str(key))}: {json_line(part)}" for key, part in value.items()) + "}"
    if isinstance(value, set | frozenset):
        return json_line(sorted(value))
    if isinstance(value, list | tuple):
        return "[" + ", ".join(json_line(part) for part in value) + "]"
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _table(report: Report, key: str) -> JsonObject | None:
    if report.form is None or key not in report.tables:
        return None
    table: FormTable = FORMS[report.form].table(key)
    return {
        row.key: {column.key: report.number(key, row.key, column.key) for column in table.columns(row.key)}
        for row in table.rows
    }


def _standing(standing: Standing, agency: Agency) -> JsonObject:
    return {
        "id": agency.id,
        "name": agency.name,
        "kind": agency.kind.value,
        "due": _iso(standing.due),
        "status": standing.status.value,
        "published_on": _iso(standing.published_on),
        "days_late": standing.days_late,
        "proof": standing.proof,
        "content": standing.content.value if standing.content else None,
        "errors": standing.errors,
        "warnings": standing.warnings,
        "url": standing.url,
        "reason": standing.reason,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


__all__ = [
    "REPORT_KEYS",
    "finding_json",
    "json_line",
    "report_json",
    "report_schema",
    "status_json",
    "status_schema",
    "unreadable_json",
]
