"""JSON Schemas (draft 2020-12) of the printed objects, made from the forms and the vocabularies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.forms import FORMS
from storage.records import AgencyKind, Content, Severity, Status
from storage.report import UNREADABLE_REASONS, DateSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import StrEnum

    from storage.forms import FormTable, Line

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
PROOFS = ("stated", "witnessed")

_NULL: Schema = {"type": "null"}
_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_DAY: Schema = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_MAYBE_DAY: Schema = {"anyOf": [_DAY, _NULL]}
_INSTANT: Schema = {
    "type": "string",
    "format": "date-time",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}$",
}
_DIGEST: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def report_schema() -> Schema:
    """What one line of `read --json` looks like: a report on one of the forms, one without a form, or no report."""
    table_keys = tuple(dict.fromkeys(table.key for form in FORMS.values() for table in form.tables))
    shapes = {
        "path": _TEXT,
        "media_type": _MAYBE_TEXT,
        "sha256": {"anyOf": [_DIGEST, _NULL]},
        "readable": {"type": "boolean"},
        "reason": {"enum": [*UNREADABLE_REASONS, None]},
        "form": {"enum": [*FORMS, None]},
        "title": _MAYBE_TEXT,
        "agency_name": _MAYBE_TEXT,
        "report_year": {"type": ["integer", "null"]},
        "published_on": _MAYBE_DAY,
        "dates": _maybe_list(_object({"date": _DAY, "source": _one_of(DateSource)})),
        "period": {"anyOf": [{"type": "array", "items": _DAY, "minItems": 2, "maxItems": 2}, _NULL]},
        "signed_on": _MAYBE_DAY,
        "contact": {
            "anyOf": [
                _object(dict.fromkeys(("phone", "address", "email", "postcode", "url"), _MAYBE_TEXT)),
                _NULL,
            ]
        },
        "sections": _maybe_list(
            _object({"number": {"type": "integer", "minimum": 1}, "heading": _TEXT, "text": _TEXT})
        ),
        **{key: {"type": ["object", "null"]} for key in table_keys},
        "doubts": _maybe_list(_object({"where": _TEXT, "text": _TEXT, "why": _TEXT})),
        "findings": _maybe_list({"$ref": "#/$defs/finding"}),
    }
    said = {
        key: {"not": _NULL} for key in ("media_type", "sha256", "dates", "contact", "sections", "doubts", "findings")
    }
    readable = {"readable": {"const": True}, "reason": _NULL, **said}
    unreadable = {key: _NULL for key in shapes if key not in {"path", "media_type", "sha256", "readable", "reason"}}
    kinds: list[Schema] = [
        {
            "title": f"a report on the form of {form.key}",
            "properties": {
                **readable,
                "form": {"const": form.key},
                **{table.key: {"anyOf": [{"$ref": f"#/$defs/{form.key}-{table.key}"}, _NULL]} for table in form.tables},
            },
        }
        for form in FORMS.values()
    ]
    kinds += [
        {
            "title": "a report on no unified form",
            "properties": {**readable, "form": _NULL, **dict.fromkeys(table_keys, _NULL)},
        },
        {
            "title": "no report could be read",
            "properties": {"readable": {"const": False}, "reason": {"enum": [*UNREADABLE_REASONS]}, **unreadable},
        },
    ]
    line = _object(shapes)
    # Not every line has it: the name inside the bundle that is at `path`, where several of its members were read.
    line["properties"]["member"] = _TEXT
    tables = {f"{form.key}-{table.key}": _table(table) for form in FORMS.values() for table in form.tables}
    return {
        "$schema": DRAFT,
        "title": "nianbao read --json: one line",
        **line,
        "oneOf": kinds,
        "$defs": {"finding": _finding(), **tables},
    }


def status_schema() -> Schema:
    """What `status --json` looks like."""
    agency = _object(
        {
            "id": _TEXT,
            "name": _TEXT,
            "kind": _one_of(AgencyKind),
            "due": _MAYBE_DAY,
            "status": _one_of(Status),
            "published_on": _MAYBE_DAY,
            "days_late": {"anyOf": [_COUNT, _NULL]},
            "proof": {"enum": [*PROOFS, None]},
            "content": {"enum": [*(content.value for content in Content), None]},
            "errors": _COUNT,
            "warnings": _COUNT,
            "url": _MAYBE_TEXT,
            "reason": _MAYBE_TEXT,
        }
    )
    return {
        "$schema": DRAFT,
        "title": "nianbao status --json",
        **_object(
            {
                "as_of": _INSTANT,
                "report_year": {"type": "integer"},
                "agencies": {"type": "array", "items": agency},
                "counts": _object(dict.fromkeys((status.value for status in Status), _COUNT)),
            }
        ),
    }


def _table(table: FormTable) -> Schema:
    rows = {row.key: _row(row.label, table.columns(row.key)) for row in table.rows}
    return {"title": table.title, **_object(rows)}


def _row(label: str, columns: Iterable[Line]) -> Schema:
    return {"title": label, **_object({column.key: _cell(column) for column in columns})}


def _cell(column: Line) -> Schema:
    """A blank, an absent cell and one that is no number are null; a count is whole."""
    return {"title": column.label, "type": ["number" if column.is_money else "integer", "null"]}


def _finding() -> Schema:
    return _object(
        {
            "rule": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
            "severity": _one_of(Severity),
            "where": _TEXT,
            "message": _TEXT,
            "evidence": {"type": "object"},
        }
    )


def _object(properties: Mapping[str, Schema]) -> Schema:
    """An object with just these keys, all of them present."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _maybe_list(item: Schema) -> Schema:
    return {"anyOf": [{"type": "array", "items": item}, _NULL]}


def _one_of(words: type[StrEnum]) -> Schema:
    return {"enum": [word.value for word in words]}
