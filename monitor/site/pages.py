"""The pages that datasette does not have: home, an agency, the list of data, archived bytes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Response

from monitor.alerts.book import held_alerts
from monitor.commands.held import held_lines
from monitor.site import dossier
from monitor.site.bars import CONTENT_ORDER, STATUS_ORDER, parts
from monitor.site.overview import overview
from monitor.site.printed_tables import Marks, printed_table
from monitor.site.queries import canned_queries
from monitor.site.tables import PUBLIC_TABLES
from monitor.site.texts import text
from storage.database import findings_of, live_alerts, load_report
from storage.database.connection import reading
from storage.errors import CaptureMissingError
from storage.forms import FORMS

if TYPE_CHECKING:
    from datasette.utils.asgi import Request

    from monitor.site.server import Site
    from storage.database import Database
    from storage.records import Finding
    from storage.report import Report

ALERTS_SHOWN = 10
ERRORS_SHOWN = 8
SCANS_SHOWN = 10

_MAX_YEAR = 9999
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
"""Media types whose downloads keep their suffix; every other is text or bytes, so that no page is executed."""


async def home(request: Request, datasette: Site) -> Response:
    """One report year at a glance: `?year=`, the newest where none is given."""
    asked = _year(request)
    found = await datasette.reader.ask(lambda db: overview(db, asked, alert_limit=ALERTS_SHOWN))
    held = await datasette.reader.ask(lambda db: tuple(held_lines(db, live_alerts(db), datasette.language)))
    context: dict[str, Any] = {"overview": found, "held": held, "queries": canned_queries((), datasette.language)}
    if found is not None:
        context |= {
            "statuses": parts(found.year.statuses, STATUS_ORDER),
            "content_bar": parts(found.year.contents, CONTENT_ORDER),
            "kinds": [(line, parts(line.statuses, STATUS_ORDER)) for line in found.kinds],
            "regions": [(line, parts(line.statuses, STATUS_ORDER)) for line in found.regions],
            "errors": found.errors[:ERRORS_SHOWN],
        }
    return await _page("home.html", context, request, datasette)


async def data(request: Request, datasette: Site) -> Response:
    """The promised tables and the canned queries, with what each of them says."""
    context = {"tables": PUBLIC_TABLES.values(), "queries": canned_queries((), datasette.language)}
    return await _page("data.html", context, request, datasette)


async def agency(request: Request, datasette: Site) -> Response:
    """One agency: where it stood every year, and for one of them the report as printed, findings, evidence."""
    key, asked = tilde_decode(request.url_vars["agency"]), _year(request)
    context = await datasette.reader.ask(lambda db: _agency_context(db, key, asked))
    if context is None:
        raise NotFound(text(datasette.language, "not_found"))
    return await _page("agency.html", context, request, datasette)


async def capture(request: Request, datasette: Site) -> Response:
    """Archived bytes as a file to be saved, never shown: they are whatever a portal sent."""
    digest = request.url_vars["digest"]
    try:
        body = await asyncio.to_thread(datasette.captures.get, digest)
    except CaptureMissingError as error:
        raise NotFound(text(datasette.language, "no_capture")) from error
    media_type = await datasette.reader.ask(lambda db: dossier.media_type_of(db, digest)) or ""
    kind = media_type.partition(";")[0].strip().lower()
    suffix = _SUFFIXES.get(kind, ".txt" if kind.startswith("text/") else ".bin")
    headers = {
        "content-disposition": f'attachment; filename="{digest[:16]}{suffix}"',
        "cache-control": "max-age=86400, immutable",
    }
    return Response(body, headers=headers, content_type="application/octet-stream")


async def robots() -> Response:
    """Search engines are asked to stay away: verdicts on agencies change, copies of them do not."""
    return Response.text("User-agent: *\nDisallow: /\n")


async def nothing(datasette: Site) -> Response:
    """For addresses of datasette that are of no use here."""
    raise NotFound(text(datasette.language, "not_found"))


async def _page(template: str, context: dict[str, Any], request: Request, datasette: Site) -> Response:
    body = await datasette.render_template(template, context, request=request, view_name=template)
    return Response.html(body, headers={"cache-control": "max-age=5"})


def _year(request: Request) -> int | None:
    given = request.args.get("year") or ""
    return int(given) if given.isascii() and given.isdigit() and int(given) <= _MAX_YEAR else None


def _agency_context(db: Database, key: str, asked: int | None) -> dict[str, Any] | None:
    with reading(db):
        return _agency_facts(db, key, asked)


def _holding(db: Database, agency: str) -> tuple[str, ...]:
    """What the open incidents say that hold an alert of the agency back."""
    live = live_alerts(db)
    held = held_alerts(live)
    return tuple(one.message for one in live if agency in {key for key, _ in held.get(one.id, ())})


def _agency_facts(db: Database, key: str, asked: int | None) -> dict[str, Any] | None:
    record = dossier.agency_record(db, key)
    if record is None:
        return None
    years = dossier.agency_years(db, key)
    chosen = next((year for year in years if year.report_year == asked), None) or next(
        (year for year in years if year.report is not None), years[0] if years else None
    )
    context: dict[str, Any] = {
        "agency": record,
        "years": years,
        "chosen": chosen,
        "scans": dossier.latest_scans(db, key, SCANS_SHOWN),
        "held": _holding(db, key),
    }
    if chosen is None:
        return context
    versions = dossier.versions_of(db, key, chosen.report_year)
    current = versions[0] if versions and versions[0].is_current else None
    report = load_report(db, current.id) if current is not None and current.readable else None
    findings = findings_of(db, key, chosen.report_year)
    return context | {
        "versions": versions,
        "current": current,
        "report": report,
        "findings": findings,
        "printed": _printed(report, findings) if report is not None else (),
        "dates": report.dates if report is not None else (),
        "alerts": dossier.alerts_of(db, key, chosen.report_year),
        "attestations": dossier.attestations_of(db, key, chosen.report_year),
    }


def _printed(report: Report, findings: tuple[Finding, ...]) -> list[Any]:
    if report.form is None:
        return []
    marks = Marks(findings)
    tables = FORMS[report.form].tables
    return [printed_table(table, report.facts, marks, is_present=table.key in report.tables) for table in tables]
