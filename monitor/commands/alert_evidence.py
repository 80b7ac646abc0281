"""Everything that is known of one alert, read from the database and the archive: for `alerts show` and `bundle`."""

from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from monitor.alerts.bundle_records import Material, whole_evidence
from monitor.alerts.bundles import named_bodies
from storage.errors import CaptureDamagedError, CaptureMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlite_utils import Database

    from storage.captures import Captures
    from storage.records import Alert

LIBRARIES = ("lxml", "pypdfium2", "python-calamine", "requests", "scrapy", "sqlite-utils", "trafilatura", "twisted")
"""What fetches, reads and keeps: other versions of these might see a page otherwise."""


def material_of(db: Database, alert: Alert) -> Material:
    """The alert with its history, and what its evidence names as far as it is stored."""
    from storage.database import captures_of, load_scans, named_agencies, portal_names, tellings_of, transitions_of
    from storage.database.connection import reading

    with reading(db):
        bare = Material(alert, transitions_of(db, alert.id), tellings_of(db, alert.id), None, (), ())
        entries = whole_evidence(bare)
        named = [entry["id"] for entry in entries if entry["kind"] == "scan"]
        scans = load_scans(db, named)
        digests = [entry["digest"] for entry in entries if entry["kind"] in {"report", "attestation"}]
        concerned = {str(entry["agency"]) for entry in alert.evidence if entry.get("agency")}
        agencies = named_agencies(db, concerned | {alert.agency or alert.subject.partition(":")[2]})
        portals = {str(entry["portal"]) for entry in alert.evidence if entry.get("portal")}
        return Material(
            alert=alert,
            history=bare.history,
            tellings=bare.tellings,
            agency=agencies.get(alert.agency or ""),
            scans=tuple(scans[key] for key in dict.fromkeys(named) if key in scans),
            captures=captures_of(db, [digest for digest in digests if digest is not None]),
            agencies={key: agency.name for key, agency in agencies.items()},
            portals=portal_names(db, portals | {alert.subject.partition(":")[2]}),
        )


def bodies_of(archive: Captures, material: Material) -> dict[str, bytes]:
    """Digest → bytes of everything that the evidence names and the archive has; CaptureDamagedError where it has
    other bytes under that name."""
    bodies = {}
    for digest in sorted({named.digest for named in named_bodies(material) if named.digest is not None}):
        try:
            bodies[digest] = archive.get(digest)
        except CaptureMissingError as error:
            if archive.has(digest):
                raise CaptureDamagedError(digest, archive.path(digest)) from error
    return bodies


def versions_of(alert: Alert) -> Mapping[str, Any]:
    """By which programs and against which form all of this was made."""
    from crawler.parser import PARSER_VERSION
    from storage.forms import form_for_year

    form = form_for_year(alert.report_year) if alert.report_year is not None else None
    return {
        "nianbao": version("nianbao"),
        "parser": PARSER_VERSION,
        "form_of_the_year": form.key if form else None,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "libraries": {name: version(name) for name in LIBRARIES},
    }
