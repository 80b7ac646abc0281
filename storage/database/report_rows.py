"""A report as rows of the database and back, so that what comes out equals what went in."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from storage.database.values import day_text, json_text, read_day, read_json
from storage.report import (
    Breakdown,
    Cell,
    Contact,
    DateSource,
    Doubt,
    DoubtKind,
    Fact,
    Reading,
    Report,
    Section,
    StatedDate,
    Statement,
    StatementKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from storage.report import Number

Row = tuple[Any, ...]

REPORT_COLUMNS = (
    "form",
    "title",
    "agency_name",
    "printed_year",
    "published_on",
    "dates",
    "period_from",
    "period_to",
    "signed_on",
    "signature",
    "contact_phone",
    "contact_address",
    "contact_email",
    "contact_postcode",
    "contact_url",
    "preamble",
    "reading",
)
"""The columns of `report_versions` that a Report fills itself; `reading` is JSON of what needs no column."""

_LARGEST = 2**63 - 1


def report_row(report: Report) -> Row:
    """The values of REPORT_COLUMNS."""
    contact = report.contact
    return (
        report.form,
        report.title,
        report.agency_name,
        report.report_year,
        day_text(report.published_on),
        json_text([{"date": stated.date, "source": stated.source} for stated in report.dates]),
        *((day_text(report.period[0]), day_text(report.period[1])) if report.period else (None, None)),
        day_text(report.signed_on),
        report.signature,
        contact.phone,
        contact.address,
        contact.email,
        contact.postcode,
        contact.url,
        report.preamble,
        json_text(
            {
                "tables": sorted(report.tables),
                "statements": [_fields(statement) for statement in report.statements],
                "breakdowns": [_fields(breakdown) for breakdown in report.breakdowns],
                "year_readings": report.year_readings,
                "agency_readings": report.agency_readings,
                "confidences": {cell.path: confidence for cell, confidence in report.confidences.items()},
            }
        ),
    )


def is_plain(fact: Fact) -> bool:
    """Is the value all that its row holds, as of nearly every fact?"""
    value = fact.value
    return (
        isinstance(value, int) and abs(value) <= _LARGEST and fact.reading is Reading.NUMBER and fact.text == str(value)
    )


def fact_row(fact: Fact) -> Row:
    """Value, digits, text and reading of one fact; text and digits only where they say more."""
    value, digits = _number_row(fact.value)
    plain = str(fact.value) if fact.value is not None else ""
    return (
        value,
        digits,
        None if fact.text == plain else fact.text,
        None if fact.reading is Reading.NUMBER else fact.reading.value,
    )


def section_rows(report: Report) -> Iterable[Row]:
    """Position, number, heading, text, pictures and attachments of every section."""
    for position, part in enumerate(report.sections):
        yield (
            position,
            part.number,
            part.heading,
            part.text,
            json_text(part.pictures),
            json_text(part.attachments),
        )


def doubt_rows(report: Report) -> Iterable[Row]:
    """Position, kind, place, text, why and details of every doubt."""
    for position, doubt in enumerate(report.doubts):
        yield (position, doubt.kind.value, doubt.where, doubt.text, doubt.why, json_text(doubt.details))


def read_dates(text: str) -> tuple[StatedDate, ...]:
    """The dates of a report, from their column."""
    return tuple(
        StatedDate(date, DateSource(entry["source"])) for entry in read_json(text) if (date := read_day(entry["date"]))
    )


def read_fact(value: float | str | None, digits: str | None, text: str | None, reading: str | None) -> Fact:
    """The fact of one row."""
    number = _read_number(value, digits)
    plain = str(number) if number is not None else ""
    return Fact(number, plain if text is None else text, Reading(reading) if reading else Reading.NUMBER)


def read_report(row: Row, facts: Mapping[Cell, Fact], sections: Iterable[Row], doubts: Iterable[Row]) -> Report:
    """The report of one row of REPORT_COLUMNS and of its other rows, as the functions above made them."""
    columns = dict(zip(REPORT_COLUMNS, row, strict=True))
    rest = read_json(columns["reading"])
    start, end = read_day(columns["period_from"]), read_day(columns["period_to"])
    return Report(
        form=columns["form"],
        title=columns["title"],
        agency_name=columns["agency_name"],
        report_year=columns["printed_year"],
        published_on=read_day(columns["published_on"]),
        dates=read_dates(columns["dates"]),
        period=(start, end) if start and end else None,
        signed_on=read_day(columns["signed_on"]),
        signature=columns["signature"],
        contact=Contact(
            phone=columns["contact_phone"],
            address=columns["contact_address"],
            email=columns["contact_email"],
            postcode=columns["contact_postcode"],
            url=columns["contact_url"],
        ),
        preamble=columns["preamble"],
        sections=tuple(
            Section(number, heading, text, tuple(read_json(pictures)), tuple(read_json(attachments)))
            for _, number, heading, text, pictures, attachments in sections
        ),
        tables=frozenset(rest["tables"]),
        facts=facts,
        statements=tuple(
            Statement(StatementKind(entry["kind"]), entry["value"], entry["section"], entry["text"])
            for entry in rest["statements"]
        ),
        breakdowns=tuple(
            Breakdown(entry["total"], tuple(entry["parts"]), entry["section"], entry["text"])
            for entry in rest["breakdowns"]
        ),
        year_readings=rest["year_readings"],
        agency_readings=rest["agency_readings"],
        doubts=tuple(
            Doubt(DoubtKind(kind), place, text, why, read_json(details))
            for _, kind, place, text, why, details in doubts
        ),
        # Reports of the first edition were never recognised from pictures.
        confidences={Cell(*path.split("/")): sure for path, sure in rest.get("confidences", {}).items()},
    )


def _fields(record: Statement | Breakdown) -> dict[str, Any]:
    # As dataclasses.asdict, which copies every value first.
    return {field: getattr(record, field) for field in record.__slots__}


def _number_row(number: Number | None) -> tuple[float | str | None, str | None]:
    match number:
        case None:
            return None, None
        case int():
            # A count that no government has is kept as text, which SQLite still adds and compares poorly.
            return (number, None) if abs(number) <= _LARGEST else (str(number), None)
        case Decimal():
            return float(number), str(number)


def _read_number(value: float | str | None, digits: str | None) -> Number | None:
    if value is None:
        return None
    return Decimal(digits) if digits is not None else int(value)
