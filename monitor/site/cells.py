"""How one value is shown in a table: states in words, agencies and digests as links, JSON as lists.

Everything that comes from outside goes through `escape`; only addresses of http and https become links.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_encode
from markupsafe import Markup, escape

from monitor.checks.rules import RULES
from monitor.site.excerpts import CLOSE, OPEN
from monitor.site.tables import column_heading
from monitor.site.texts import spoken, text

if TYPE_CHECKING:
    from collections.abc import Callable

Row = Mapping[str, Any]

CHIPS = ("status", "content", "severity", "outcome", "state", "from_state", "to_state")
"""Columns whose values are one of a few states."""

_WORDS = ("kind", "proof", "reason", "source", "what")
_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f]+")
_DATED = re.compile(r"\d{4}-\d\d-\d\d(T|$)")
_NAMING = frozenset(
    {
        "report_year",
        "printed_year",
        "year",
        "id",
        "report",
        "number",
        "section",
        "scan",
        "capture",
        "is_current",
        "status",
    }
)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
_SHORT = 9
_SHOWN_DIGEST = 12
_SHOWN_ADDRESS = 60
_MOST_ITEMS = 200


def shown(
    column: str, value: object, language: str, *, row: Row | None = None, table: str | None = None
) -> Markup | None:
    """The value for a page, None where datasette's own way will do. `table` None: it is a query's."""
    link = _LINKS.get(column)
    if isinstance(value, dict):
        # datasette has looked up the name behind a key.
        return link(value["value"], str(value["label"]), row) if link else None
    if value is None or value == "":
        return None
    if link:
        return link(value, str(value), row)
    if not isinstance(value, str):
        return None
    if column == "name" and (owner := _of_row(row, "id" if table == "agencies" else "agency")):
        return _agency(owner, value, row)
    said = _SAID.get(column)
    return said(value, language) if said else _by_content(value, language)


def cell_class(column: str, value: object) -> str:
    """How a cell is set: numbers to the right, dates on one line. Numbers that only name are no numbers."""
    if isinstance(value, (int, float)) and column not in _NAMING:
        return "number"
    if isinstance(value, dict):
        return cell_class(column, value["label"])
    if not isinstance(value, str):
        return ""
    return "when" if _DATED.match(value) else "long" if len(value) > _SHORT else ""


def chip(value: str, language: str) -> Markup:
    """A state in words and its colour."""
    return Markup('<span class="chip s-{}">{}</span>').format(_css_class(value), spoken(language, value))


def rule_title(rule: str, language: str) -> str:
    """What breaking the rule means; its name where the catalogue does not have it."""
    return RULES[rule].title.spoken(language) if rule in RULES else spoken(language, rule)


def rule_link(rule: str, language: str) -> Markup:
    """A rule's title, with its name behind it."""
    return Markup('<span title="{}">{}</span>').format(rule, rule_title(rule, language))


def agency_path(agency: str, report_year: object = None) -> str:
    """The address of an agency's page."""
    year = f"?year={report_year}" if report_year else ""
    return f"/agency/{tilde_encode(agency)}{year}"


def row_path(table: str, key: object) -> str:
    """The address of one row of a table."""
    return f"/nianbao/{table}/{tilde_encode(str(key))}"


def address_link(address: str) -> Markup:
    """A link that leaves this site; plain text where it is not http or https."""
    if not _ADDRESS.fullmatch(address):
        return escape(address)
    short = address if len(address) <= _SHOWN_ADDRESS else address[: _SHOWN_ADDRESS - 1] + "…"
    return Markup('<a href="{}" rel="noopener noreferrer nofollow" class="out">{}</a>').format(address, short)


def capture_link(digest: str) -> Markup:
    """A link that downloads archived bytes; plain text where it is no digest."""
    if not _DIGEST.fullmatch(digest):
        return escape(digest)
    return Markup('<a href="/capture/{0}" class="digest" title="SHA-256 {0}">{1}</a>').format(
        digest, digest[:_SHOWN_DIGEST]
    )


def moment(instant: str) -> str:
    """A stored instant to the minute, as people read it."""
    return instant[:16].replace("T", " ") if _INSTANT.fullmatch(instant) else instant


def _agency(value: object, label: str, row: Row | None) -> Markup:
    return Markup('<a href="{}">{}</a>').format(agency_path(str(value), _of_row(row, "report_year")), label)


def _report(value: object, _label: str, _row: Row | None) -> Markup:
    return Markup('<a href="/nianbao/evidence?report={0}">{0}</a>').format(value)


def _of_row(row: Row | None, column: str) -> object:
    try:
        return row[column] if row is not None else None
    except (KeyError, IndexError):
        return None


def _words(value: str, language: str) -> Markup:
    return escape(spoken(language, value))


def _rules(value: str, language: str) -> Markup:
    return Markup("；").join(rule_link(rule, language) for rule in value.split(","))


def _digest(value: str, _language: str) -> Markup:
    return capture_link(value)


def _marked(value: str, _language: str) -> Markup:
    return Markup(str(escape(value)).replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S704 - escaped before


_LINKS: Mapping[str, Callable[[object, str, Row | None], Markup]] = {"agency": _agency, "report": _report}
"""Columns that lead to pages of ours."""

_SAID: Mapping[str, Callable[[str, str], Markup]] = {
    **dict.fromkeys(CHIPS, chip),
    **dict.fromkeys(_WORDS, _words),
    "rule": rule_link,
    "rules": _rules,
    "excerpt": _marked,
    "digest": _digest,
}
"""Columns whose values are said in words of ours."""


def _by_content(value: str, language: str) -> Markup | None:
    if _INSTANT.fullmatch(value):
        return escape(moment(value))
    if _ADDRESS.fullmatch(value):
        return address_link(value)
    return _as_list(value, language) if value[0] in "[{" else None


def _as_list(printed: str, language: str) -> Markup | None:
    try:
        value = json.loads(printed)
    except (ValueError, RecursionError):
        return None
    if not value:
        return Markup("")
    return _listed(value, "", language, depth=0)


def _listed(value: object, key: str, language: str, *, depth: int) -> Markup:
    """JSON as nested lists; what is nested deeper than evidence ever is stays text."""
    if depth > 4:  # noqa: PLR2004 - see above
        return escape(json.dumps(value, ensure_ascii=False))
    match value:
        case dict():
            items = list(value.items())[:_MOST_ITEMS]
            parts = [
                (column_heading(None, name, language), _listed(part, name, language, depth=depth + 1))
                for name, part in items
            ]
            return Markup('<dl class="json">{}</dl>').format(
                Markup("").join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*part) for part in parts)
            )
        case list():
            entries = [_listed(part, key, language, depth=depth + 1) for part in value[:_MOST_ITEMS]]
            return Markup('<ul class="json">{}</ul>').format(
                Markup("").join(Markup("<li>{}</li>").format(entry) for entry in entries)
            )
        case None:
            return Markup("")
        case bool():
            return escape(text(language, "yes" if value else "no"))
        case _:
            return shown(key, value, language) or escape(value)


def _css_class(value: str) -> str:
    return re.sub(r"[^a-z_]", "", value) or "none"
