"""What datasette asks of us while it serves: routes, permissions, SQL functions, words for its templates.

The hooks are module functions because that is how datasette finds them; they know nothing but the `Site`
that they are called with.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, NotFound, Response
from datasette.views.base import DatasetteError
from pluggy import HookimplMarker

from monitor.agency_years.obligations import basis_text
from monitor.checks.rules import RULES
from monitor.checks.wording import place_name, section_numeral
from monitor.site import cells, health, pages
from monitor.site.excerpts import excerpt
from monitor.site.exports import SafeRowView, SafeTableView
from monitor.site.metadata import DATABASE, column_label
from monitor.site.overview import report_years, year_at_a_glance
from monitor.site.queries import canned_queries as queries_of
from monitor.site.shield import shielded
from monitor.site.tables import PUBLIC_TABLES, column_heading, column_words
from monitor.site.texts import LOOKUPS, spoken, text
from storage.bigrams import search_phrase
from storage.errors import DatabaseError
from storage.forms import FORM_2021, FORMS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Mapping

    from datasette.utils.asgi import Request
    from markupsafe import Markup

    from monitor.site.overview import Year
    from monitor.site.server import Site

hookimpl = HookimplMarker("datasette")
"""As datasette's own, which has no type."""

LOG = logging.getLogger(__name__)

NOTHING = '""'
"""An FTS5 expression that finds nothing."""

_COUNTED = frozenset({"counts", "missing", "late", "malformed", "obligations", "alerts", "findings"})
"""Tables and queries that may show a number of missing reports: the year's other counts stand above them."""

_LONGEST_PATTERN = 200
_OURS = 500


@hookimpl
def asgi_wrapper(datasette: Site) -> Callable[[Any], Any]:  # noqa: ARG001 - the hook names it
    """Only reading, and strict headers, on every way in."""
    return shielded


@hookimpl
def register_routes(datasette: Site) -> list[tuple[str, Any]]:
    """Our pages, and datasette's tables with safe CSV; the rest of its addresses leads nowhere."""
    table, row = SafeTableView.as_view(datasette), SafeRowView.as_view(datasette)
    return [
        (r"/$", pages.home),
        (rf"/{DATABASE}$", pages.data),
        (r"/agency/(?P<agency>[^/]+)$", pages.agency),
        (r"/capture/(?P<digest>[0-9a-f]{64})$", pages.capture),
        (r"/robots\.txt$", pages.robots),
        (r"/healthz$", health.healthz),
        (r"/metrics$", health.metrics),
        (rf"/(?P<database>{DATABASE})/(?P<table>[^/.]+)(\.(?P<format>csv|json))?$", table),
        (rf"/(?P<database>{DATABASE})/(?P<table>[^/.]+)/(?P<pks>[^/]+?)(\.(?P<format>csv|json))?$", row),
        (r"/(?!static/|favicon\.ico).*", pages.nothing),
    ]


@hookimpl
def permission_allowed(action: str, resource: object) -> bool | None:
    """Only the promised tables may be read, and no SQL of one's own may be run."""
    if action == "view-table":
        return (
            None if isinstance(resource, tuple) and resource[0] == DATABASE and resource[1] in PUBLIC_TABLES else False
        )
    return False if action in {"execute-sql", "view-database-download"} else None


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """The functions of the canned queries; patterns are kept short because one LIKE cannot be interrupted."""
    if database == DATABASE:
        conn.create_function("search_words", 1, _search_words, deterministic=True)
        conn.create_function("excerpt", 2, lambda body, words: excerpt(body or "", words or ""), deterministic=True)
        conn.create_function("column_label", 2, column_label, deterministic=True)
        conn.setlimit(_LIKE_PATTERN_LENGTH, _LONGEST_PATTERN)


@hookimpl
def canned_queries(datasette: Site, database: str) -> Callable[[], Awaitable[dict[str, Any]]] | None:
    """The questions with a name."""
    if database != DATABASE:
        return None

    async def queries() -> dict[str, Any]:
        return queries_of(await datasette.reader.ask(report_years), datasette.language)

    return queries


@hookimpl
def render_cell(
    row: Mapping[str, Any], value: object, column: str, table: str | None, datasette: Site
) -> Markup | None:
    """Values in words and links."""
    return cells.shown(column, value, datasette.language, row=row, table=table)


@hookimpl
def extra_template_vars(view_name: str, request: Request, datasette: Site) -> Callable[[], Awaitable[dict[str, Any]]]:
    """The words and links that every template uses, and the year's counts where missing ones may be counted."""
    language = datasette.language

    async def variables() -> dict[str, Any]:
        return {
            "language": language,
            "t": lambda key, *values: text(language, key, *values),
            "spoken": lambda key: spoken(language, key),
            "chip": lambda value: cells.chip(value, language),
            "rule_title": lambda rule: cells.rule_title(rule, language),
            "place": lambda where, form: place_name(where, FORMS.get(form, FORM_2021), language),
            "numeral": lambda number: section_numeral(number, language),
            "basis_text": basis_text,
            "agency_path": cells.agency_path,
            "row_path": cells.row_path,
            "advice": lambda rule: RULES[rule].advice.spoken(language) if rule in RULES else "",
            "address_link": cells.address_link,
            "capture_link": cells.capture_link,
            "moment": cells.moment,
            "heading": lambda table, column: column_heading(table, column, language),
            "words": lambda table, column: column_words(table, column, language),
            "public_tables": PUBLIC_TABLES,
            "lookups": LOOKUPS,
            "cell_class": cells.cell_class,
            "version": datasette.version,
            "glance": await _glance(view_name, request, datasette),
        }

    return variables


@hookimpl
def forbidden(datasette: Site, request: Request) -> Callable[[], Awaitable[Response]]:
    """What is not public."""
    return _error(datasette, request, 403, text(datasette.language, "forbidden"))


@hookimpl
def handle_exception(datasette: Site, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]]:
    """An error as a page in people's language, or as JSON; what is our fault goes to the log."""
    status, title, detail = _explained(exception)
    if status >= _OURS:
        LOG.error("a page failed: %s", request.path, exc_info=exception)
    return _error(datasette, request, status, text(datasette.language, title), detail)


def _explained(exception: Exception) -> tuple[int, str, str]:
    """HTTP status, the key of the title, and what else may be told."""
    match exception:
        case NotFound():
            return exception.status, "not_found", str(exception)
        case Base400():
            return exception.status, "bad_request", str(exception)
        case QueryInterrupted() | DatasetteError(title="SQL Interrupted"):
            return 400, "too_slow", ""
        case DatasetteError():
            # datasette calls it 500 when a column to sort by does not exist.
            return 400 if exception.status == _OURS else exception.status, "bad_request", str(exception.message)
        case _:
            return 503 if isinstance(exception, DatabaseError) else 500, "failed", ""


def _error(
    datasette: Site, request: Request, status: int, title: str, detail: str = ""
) -> Callable[[], Awaitable[Response]]:
    async def response() -> Response:
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "status": status, "error": detail or title}, status=status)
        context = {"status": status, "title": title, "detail": detail if detail != title else ""}
        body = await datasette.render_template("error.html", context, request=request, view_name="error")
        return Response.html(body, status=status)

    return response


async def _glance(view_name: str, request: Request, datasette: Site) -> Year | None:
    if view_name != "table" or request is None or request.url_vars.get("table") not in _COUNTED:
        return None
    years = await datasette.reader.ask(report_years)
    asked = request.args.get("year") or request.args.get("report_year") or ""
    year = next((year for year in years if str(year) == asked.strip()), years[0] if years else None)
    return await datasette.reader.ask(lambda db: year_at_a_glance(db, year)) if year is not None else None


def _search_words(words: str | None) -> str:
    return search_phrase(words or "") or NOTHING


_LIKE_PATTERN_LENGTH = 8
"""SQLITE_LIMIT_LIKE_PATTERN_LENGTH of sqlite3.h."""
