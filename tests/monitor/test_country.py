"""The rows that the benchmarks' made-up country is filled with are those that the real functions write."""

from dataclasses import replace
from itertools import islice

from storage.database import open_database, save_registry, save_run
from storage.received import ReadCapture
from storage.records import Candidate, Capture, Outcome
from storage.report import DateSource, StatedDate
from tests.bench import watch
from tests.bench.watch import YEAR, World
from tests.builders import NAME

ROWS = {
    "scans": "SELECT id, run, portal, column_url, started_at, finished_at, outcome, detail, rows_seen, stated_total, "
    "end_proof, control_title, control_url, bulk_dates, pages, is_time_doubted FROM scans",
    "scan_agencies": "SELECT agency, id FROM scan_agencies JOIN scans ON number = scan",
    "candidates": "SELECT url, title, listed_on, agency, report_year FROM candidates",
    "sightings": "SELECT c.url, s.id FROM sightings JOIN candidates AS c ON c.id = candidate "
    "JOIN scans AS s ON number = scan",
    "captures": "SELECT url, digest, final_url, status, media_type, size, title, listed_on, agency, report_year, scan, "
    "headers, part_of, enclosures, first_fetched_at, last_fetched_at FROM captures",
    "versions": "SELECT *, NULL AS id, NULL AS capture FROM report_versions",
    "captured": "SELECT r.url, c.digest FROM report_captures AS rc JOIN report_versions AS r ON r.id = report "
    "JOIN captures AS c ON c.id = rc.capture",
    "fetched": "SELECT r.url, s.id FROM report_scans JOIN report_versions AS r ON r.id = report "
    "JOIN scans AS s ON number = scan",
    "dates": 'SELECT s.portal, s."date", s.source, r.url FROM stated_dates AS s '
    "JOIN report_versions AS r ON r.id = report",
    "facts": "SELECT r.url, f.cell, f.value, f.digits, f.text, f.reading FROM facts AS f "
    "JOIN report_versions AS r ON r.id = report",
    "sections": "SELECT r.url, s.number, s.heading, s.text, s.position, s.pictures, s.attachments FROM sections AS s "
    "JOIN report_versions AS r ON r.id = report",
}


def rows_of(db):
    """Every row that came with the season, without numbers that only say in which order they were written."""
    found = {}
    for name, sql in ROWS.items():
        cursor = db.execute(sql)
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor]
        found[name] = sorted(
            str({**row, "id": None, "capture": None} if name == "versions" else row)
            for row in rows
            if "templates" not in str(row)
        )
    return found


def save_by_hand(db, world):
    """The same season run by run through the real functions."""
    roles = tuple(watch.roles_of(world))
    registry = watch.registry_of(world, roles)
    save_registry(db, registry, watch.scanned_at(world, 0))
    fetched = set()
    for day in range(world.scans):
        scans, candidates, captures, readings = [], [], [], []
        for portal in range(world.portals):
            own = list(enumerate(roles))[portal * world.agencies : (portal + 1) * world.agencies]
            scan = watch.scan_of(world, portal, day, tuple(role.agency.id for _, role in own))
            scans.append(scan)
            for number, role in own:
                if role.listed_from is None or role.listed_from > day or scan.outcome is not Outcome.COMPLETE:
                    continue
                url, title = watch.url_of(world, number), watch.title_of(role.agency.name)
                listed = watch.listed_on(world, role.listed_from)
                candidates.append(Candidate(scan.id, title, url, listed, role.agency.id, YEAR))
                if number not in fetched:
                    fetched.add(number)
                    digest = f"{10**6 + number:064x}"
                    capture = Capture(
                        *(digest, scan.id, url, url, 200, "text/html", scan.started_at, 20_000, title, listed),
                        agency=role.agency.id,
                        report_year=YEAR,
                    )
                    captures.append(capture)
                    body = named(watch.template_of(number % watch.TEMPLATES), role.agency.name, listed)
                    readings.append(ReadCapture(capture, role.agency.id, YEAR, body, parser_version="3"))
        at = watch.scanned_at(world, day)
        save_run(
            db, run_id=scans[0].run, scans=scans, candidates=candidates, captures=captures, reports=readings, at=at
        )


def named(body, name, day):
    """A template in another agency's name."""
    return replace(
        body,
        title=body.title.replace(NAME, name),
        agency_name=name,
        signature=name,
        preamble=body.preamble.replace(NAME, name),
        sections=tuple(replace(part, text=part.text.replace(NAME, name)) for part in body.sections),
        agency_readings={key: value.replace(NAME, name) for key, value in body.agency_readings.items()},
        dates=(StatedDate(day, DateSource.META_PUBDATE),),
        published_on=day,
        facts=dict(islice(body.facts.items(), 3)),
    )


def test_a_country_filled_fast_holds_the_rows_of_one_that_was_ingested_run_by_run(tmp_path):
    world = World(portals=3, agencies=20, scans=7)
    fast, real = (open_database(tmp_path / f"{name}.db") for name in ("fast", "real"))

    watch.fill(fast, world)
    save_by_hand(real, world)

    filled, ingested = rows_of(fast), rows_of(real)
    fast.close()
    real.close()
    assert all(ingested.values())
    assert filled == ingested
