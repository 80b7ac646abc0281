"""The tables of `nianbao.db` and how an older database becomes one of today.

Every migration is a small function that is never edited after a release; sqlite-utils records in the
database which of them were applied. The views are not migrations: they follow the forms (`storage.views`).

Instants are ISO 8601 text with +08:00, so that their order as text is their order in time; dates are
ISO 8601 text; lists and mappings are JSON. Ids of agencies and portals are the operator's own.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from storage.agenda_tables import AGENDA_TABLES
from storage.bulk_tables import BULK_TABLES
from storage.delivery_tables import DELIVERY_TABLES

APPLICATION_ID = 0x6E69616E
"""«nian» in ASCII: tells this program's databases from any other SQLite file."""

MIGRATIONS = Migrations("nianbao")


def migration_names() -> frozenset[str]:
    """The migrations that this program knows; a database with another one is newer."""
    empty = Database(memory=True)
    try:
        return frozenset(migration.name for migration in MIGRATIONS.pending(empty))
    finally:
        empty.close()


@MIGRATIONS()
def registry_tables(db: Database) -> None:
    """Who must report and where. `dropped_at`: no longer in the operator's files; never deleted."""
    db.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
    db.table("portals").create(
        {
            "id": str,
            "name": str,
            "base_url": str,
            "hosts": str,
            "family": str,
            "columns": str,
            "delay": float,
            "dropped_at": str,
        },
        pk="id",
        not_null={"id", "name"},
        strict=True,
    )
    agencies = db.table("agencies").create(
        {
            "id": str,
            "name": str,
            "kind": str,
            "region": str,
            "portal": str,
            "column_url": str,
            "aliases": str,
            "parent": str,
            "active_from": str,
            "active_to": str,
            "due": str,
            "due_basis": str,
            "dropped_at": str,
        },
        pk="id",
        not_null={"id", "name"},
        foreign_keys=[("portal", "portals", "id")],
        strict=True,
    )
    agencies.create_index(["portal"])
    agencies.create_index(["region"])


@MIGRATIONS()
def crawl_tables(db: Database) -> None:
    """What was looked at and what came. A scan's short key is `number`; `id` is the run folder's.

    A row of `candidates` is one wording of one list row, `sightings` says which scans saw it. A row of
    `captures` is one body at one address, however often it was fetched. `dismissals` are captures that
    turned out not to be the report of the agency-year that their list row promised.
    """
    db.executescript("""
        CREATE TABLE runs (
            id TEXT PRIMARY KEY NOT NULL, ingested_at TEXT NOT NULL,
            scans INTEGER NOT NULL, candidates INTEGER NOT NULL, captures INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE scans (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, run TEXT NOT NULL REFERENCES runs(id),
            portal TEXT NOT NULL REFERENCES portals(id), column_url TEXT NOT NULL,
            started_at TEXT NOT NULL, finished_at TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL,
            rows_seen INTEGER NOT NULL, stated_total INTEGER, end_proof TEXT,
            control_title TEXT, control_url TEXT, bulk_dates TEXT NOT NULL, pages TEXT NOT NULL
        ) STRICT;
        CREATE INDEX scans_of_a_portal ON scans(portal, started_at);
        CREATE INDEX scans_of_a_run ON scans(run);
        CREATE INDEX scans_in_time ON scans(started_at);
        CREATE TABLE scan_agencies (
            agency TEXT NOT NULL, scan INTEGER NOT NULL REFERENCES scans(number), PRIMARY KEY (agency, scan)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX agencies_of_a_scan ON scan_agencies(scan);
        CREATE TABLE candidates (
            id INTEGER PRIMARY KEY, url TEXT NOT NULL, title TEXT NOT NULL, listed_on TEXT,
            agency TEXT, report_year INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX candidates_once ON candidates(
            url, title, coalesce(listed_on, ''), coalesce(agency, ''), coalesce(report_year, 0));
        CREATE INDEX candidates_of_a_year ON candidates(report_year, agency);
        CREATE TABLE sightings (
            candidate INTEGER NOT NULL REFERENCES candidates(id),
            scan INTEGER NOT NULL REFERENCES scans(number), PRIMARY KEY (candidate, scan)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE captures (
            id INTEGER PRIMARY KEY, url TEXT NOT NULL, digest TEXT NOT NULL, final_url TEXT NOT NULL,
            status INTEGER NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL, title TEXT NOT NULL,
            listed_on TEXT, agency TEXT, report_year INTEGER, scan TEXT NOT NULL, headers TEXT NOT NULL,
            first_fetched_at TEXT NOT NULL, last_fetched_at TEXT NOT NULL, UNIQUE (url, digest)
        ) STRICT;
        CREATE INDEX captures_of_a_digest ON captures(digest);
        CREATE TABLE dismissals (
            agency TEXT NOT NULL, report_year INTEGER NOT NULL, url TEXT NOT NULL, digest TEXT NOT NULL,
            reason TEXT NOT NULL, dismissed_at TEXT NOT NULL, PRIMARY KEY (agency, report_year, url, digest)
        ) STRICT, WITHOUT ROWID;
    """)


@MIGRATIONS()
def report_tables(db: Database) -> None:
    """What was read. One row of `report_versions` is one version; `is_current` marks the one that
    is judged, and the view `reports` shows those alone.

    `agency` and `report_year` say whose obligation the report counts for; `agency_name` and
    `printed_year` what it says itself. A fact's `value` is a number as SQLite has them; `digits` is the
    exact number where `value` cannot hold it, `text` the print where it is not simply the number, and
    `reading` is NULL for a number. `stated_dates` repeats the publisher's dates per portal: a date that
    many pages share proves nothing. `report_captures` has every body that reads the same, of which
    `report_versions.capture` was the first; `report_scans` every scan that fetched one.
    """
    db.executescript("""
        CREATE TABLE cells (
            id INTEGER PRIMARY KEY, table_key TEXT NOT NULL, row_key TEXT NOT NULL, column_key TEXT NOT NULL,
            UNIQUE (table_key, row_key, column_key)
        ) STRICT;
        CREATE TABLE form_rows (
            form TEXT NOT NULL, table_key TEXT NOT NULL, position INTEGER NOT NULL, row_key TEXT NOT NULL,
            label TEXT NOT NULL, PRIMARY KEY (form, table_key, position)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE report_versions (
            id INTEGER PRIMARY KEY, agency TEXT NOT NULL REFERENCES agencies(id), report_year INTEGER NOT NULL,
            form TEXT, title TEXT, url TEXT NOT NULL, published_on TEXT, content TEXT,
            is_current INTEGER NOT NULL DEFAULT 0, readable INTEGER NOT NULL, reason TEXT, detail TEXT NOT NULL,
            agency_name TEXT, printed_year INTEGER, dates TEXT NOT NULL, period_from TEXT, period_to TEXT,
            signed_on TEXT, signature TEXT, contact_phone TEXT, contact_address TEXT, contact_email TEXT,
            contact_postcode TEXT, contact_url TEXT, preamble TEXT NOT NULL, reading TEXT NOT NULL,
            parser_version TEXT NOT NULL, portal TEXT, digest TEXT NOT NULL, final_url TEXT NOT NULL,
            capture INTEGER NOT NULL REFERENCES captures(id), is_attested INTEGER NOT NULL,
            first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL, fetched_at TEXT NOT NULL,
            UNIQUE (agency, report_year, url, digest)
        ) STRICT;
        CREATE INDEX versions_of_a_year ON report_versions(report_year, agency);
        CREATE INDEX versions_at_an_address ON report_versions(url);
        CREATE INDEX versions_of_a_capture ON report_versions(capture);
        CREATE UNIQUE INDEX one_current_version ON report_versions(agency, report_year) WHERE is_current = 1;
        CREATE TABLE report_captures (
            report INTEGER NOT NULL REFERENCES report_versions(id), capture INTEGER NOT NULL REFERENCES captures(id),
            PRIMARY KEY (report, capture)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX versions_in_a_capture ON report_captures(capture);
        CREATE TABLE report_scans (
            report INTEGER NOT NULL REFERENCES report_versions(id), scan INTEGER NOT NULL REFERENCES scans(number),
            PRIMARY KEY (report, scan)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE stated_dates (
            portal TEXT NOT NULL, "date" TEXT NOT NULL, source TEXT NOT NULL,
            report INTEGER NOT NULL REFERENCES report_versions(id), PRIMARY KEY (portal, "date", source, report)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX stated_dates_of_a_report ON stated_dates(report);
        CREATE TABLE facts (
            report INTEGER NOT NULL REFERENCES report_versions(id), cell INTEGER NOT NULL REFERENCES cells(id),
            value ANY, digits TEXT, text TEXT, reading TEXT, PRIMARY KEY (report, cell)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE sections (
            id INTEGER PRIMARY KEY AUTOINCREMENT, report INTEGER NOT NULL REFERENCES report_versions(id),
            number INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL, position INTEGER NOT NULL,
            pictures TEXT NOT NULL, attachments TEXT NOT NULL, UNIQUE (report, position)
        ) STRICT;
        CREATE TABLE doubts (
            report INTEGER NOT NULL REFERENCES report_versions(id), position INTEGER NOT NULL, kind TEXT NOT NULL,
            place TEXT NOT NULL, text TEXT NOT NULL, why TEXT NOT NULL, details TEXT NOT NULL,
            PRIMARY KEY (report, position)
        ) STRICT, WITHOUT ROWID;
    """)


@MIGRATIONS()
def search_index(db: Database) -> None:
    """The words of the sections as bigrams (`storage.bigrams`); the text itself stays in `sections`."""
    # The tokens are made by us: `ascii` splits them at spaces and takes every other character as it is.
    db.execute("CREATE VIRTUAL TABLE section_words USING fts5(tokens, content = '', tokenize = ascii)")


@MIGRATIONS()
def verdict_tables(db: Database) -> None:
    """What is owed, where each agency-year stands, what is wrong with its report, what people said."""
    db.executescript("""
        CREATE TABLE obligations (
            agency TEXT NOT NULL REFERENCES agencies(id), report_year INTEGER NOT NULL, due TEXT,
            basis TEXT NOT NULL, is_statutory INTEGER NOT NULL, exempt_reason TEXT, status TEXT NOT NULL,
            published_on TEXT, days_late INTEGER, proof TEXT, content TEXT, errors INTEGER NOT NULL,
            warnings INTEGER NOT NULL, url TEXT, reason TEXT, as_of TEXT NOT NULL,
            PRIMARY KEY (report_year, agency)
        ) STRICT;
        CREATE INDEX obligations_of_an_agency ON obligations(agency);
        CREATE INDEX obligations_by_status ON obligations(report_year, status);
        CREATE TABLE findings (
            id INTEGER PRIMARY KEY, agency TEXT NOT NULL REFERENCES agencies(id), report_year INTEGER NOT NULL,
            report INTEGER REFERENCES report_versions(id), rule TEXT NOT NULL, severity TEXT NOT NULL,
            place TEXT NOT NULL, message TEXT NOT NULL, evidence TEXT NOT NULL
        ) STRICT;
        CREATE INDEX findings_of_an_agency ON findings(agency, report_year);
        CREATE INDEX findings_by_rule ON findings(report_year, rule);
        CREATE INDEX findings_of_a_report ON findings(report);
        CREATE TABLE attestations (
            id INTEGER PRIMARY KEY, agency TEXT NOT NULL REFERENCES agencies(id), report_year INTEGER NOT NULL,
            absent INTEGER NOT NULL, published_on TEXT, url TEXT, digest TEXT, "by" TEXT NOT NULL,
            reason TEXT NOT NULL, "at" TEXT NOT NULL
        ) STRICT;
        CREATE INDEX attestations_of_a_year ON attestations(report_year, agency);
    """)
    _append_only(db, "attestations")


@MIGRATIONS()
def alert_tables(db: Database) -> None:
    """Accusations and their history. `outbox` holds the transitions that are not settled yet."""
    db.executescript("""
        CREATE TABLE alerts (
            id TEXT PRIMARY KEY NOT NULL, agency TEXT REFERENCES agencies(id), report_year INTEGER,
            rule TEXT NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL, opened_at TEXT NOT NULL,
            message TEXT NOT NULL, evidence TEXT NOT NULL, sent_at TEXT
        ) STRICT;
        CREATE UNIQUE INDEX one_live_alert ON alerts(
            coalesce(agency, ''), coalesce(report_year, 0), rule, subject)
            WHERE state IN ('open', 'acknowledged', 'objected');
        CREATE INDEX alerts_of_an_agency ON alerts(agency, report_year);
        CREATE TABLE transitions (
            id INTEGER PRIMARY KEY AUTOINCREMENT, alert TEXT NOT NULL REFERENCES alerts(id), "at" TEXT NOT NULL,
            from_state TEXT, to_state TEXT NOT NULL, reason TEXT NOT NULL, "by" TEXT NOT NULL
        ) STRICT;
        CREATE INDEX transitions_of_an_alert ON transitions(alert);
        CREATE TABLE outbox (transition INTEGER PRIMARY KEY REFERENCES transitions(id), queued_at TEXT NOT NULL) STRICT;
        CREATE TABLE deliveries (
            transition INTEGER NOT NULL REFERENCES transitions(id), channel TEXT NOT NULL, sent_at TEXT,
            attempts INTEGER NOT NULL, last_attempt_at TEXT NOT NULL, last_error TEXT,
            PRIMARY KEY (transition, channel)
        ) STRICT, WITHOUT ROWID;
    """)
    _append_only(db, "transitions")


@MIGRATIONS()
def enclosures(db: Database) -> None:
    """What belongs to an article: `part_of` of a capture is the address of the article it was fetched for;
    `enclosures` is what an article had, when it was fetched last or when that version was first read.

    `digest` of a version that has enclosures stands for the body and all of them together.
    """
    for sql in (
        "ALTER TABLE captures ADD COLUMN part_of TEXT",
        "ALTER TABLE captures ADD COLUMN enclosures TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE report_versions ADD COLUMN enclosures TEXT NOT NULL DEFAULT '[]'",
        "CREATE INDEX captures_of_an_article ON captures(part_of) WHERE part_of IS NOT NULL",
    ):
        db.execute(sql)


@MIGRATIONS()
def crawl_memory(db: Database) -> None:
    """What the next crawl of a portal is told (`storage.known`); nothing here is evidence of anything.

    `manners` is JSON: robots.txt, refusals, delay, rest. `known_answers` are pages and files with a
    validator, `is_article` where they are a report or belong to one; `known_lists` are lists seen whole.
    """
    db.executescript("""
        CREATE TABLE portal_memory (
            portal TEXT PRIMARY KEY NOT NULL REFERENCES portals(id), as_of TEXT NOT NULL, manners TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE known_answers (
            portal TEXT NOT NULL REFERENCES portals(id), "key" TEXT NOT NULL, is_article INTEGER NOT NULL,
            full_at TEXT NOT NULL, checked_at TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (portal, "key")
        ) STRICT;
        CREATE TABLE known_lists (
            portal TEXT NOT NULL REFERENCES portals(id), "key" TEXT NOT NULL, walked_at TEXT NOT NULL,
            record TEXT NOT NULL, PRIMARY KEY (portal, "key")
        ) STRICT;
    """)


@MIGRATIONS()
def leases(db: Database) -> None:
    """Who may do a thing now (`storage.database.leases`); a row stays when its lease ends, for its token."""
    db.execute("""
        CREATE TABLE leases (
            name TEXT PRIMARY KEY NOT NULL, owner TEXT NOT NULL, token INTEGER NOT NULL, expires_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
    """)


@MIGRATIONS()
def alert_events(db: Database) -> None:
    """The history of an alert says everything: `message` and `evidence` are what it says from that transition
    on (NULL: as before), `about` in its first one tells agency, report year, rule and subject.

    Of older alerts only what they say today is known: it stands where it last changed.
    """
    for column in ("message", "evidence", "about"):
        db.execute(f"ALTER TABLE transitions ADD COLUMN {column} TEXT")
    db.execute("DROP TRIGGER transitions_no_update")
    db.execute("""
        UPDATE transitions SET
            message = (SELECT message FROM alerts WHERE alerts.id = alert),
            evidence = (SELECT evidence FROM alerts WHERE alerts.id = alert)
        WHERE id IN (SELECT max(id) FROM transitions WHERE from_state IS NULL OR from_state = to_state GROUP BY alert)
    """)
    db.execute("""
        UPDATE transitions SET
            message = coalesce(message, ''), evidence = coalesce(evidence, '[]'),
            about = (SELECT json_object('agency', agency, 'report_year', report_year, 'rule', rule, 'subject', subject)
                FROM alerts WHERE alerts.id = alert)
        WHERE from_state IS NULL
    """)
    db.execute("DROP TRIGGER transitions_no_delete")
    _append_only(db, "transitions")


@MIGRATIONS()
def service_acts(db: Database) -> None:
    """What the service did last (`storage.database.acts`): one row an act, `detail` is JSON. `ended_at` NULL: it
    is under way; `seconds` is how long it took, `succeeded_at` when it last ended well."""
    db.execute("""
        CREATE TABLE acts (
            name TEXT PRIMARY KEY NOT NULL, owner TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT,
            outcome TEXT, seconds REAL, detail TEXT NOT NULL, succeeded_at TEXT
        ) STRICT, WITHOUT ROWID
    """)


@MIGRATIONS()
def delivery_attempts(db: Database) -> None:
    """Every try to tell a channel something, and how the channels fare (`storage.database.deliveries`).

    Of a delivery without `sent_at`, `uncertain_at` says when it may have arrived, as the message `message`;
    `stand_in` is the channel that took it in the place of a dead one. `rounds` are the last whole digests.
    """
    for column in ("uncertain_at", "message", "stand_in"):
        db.execute(f"ALTER TABLE deliveries ADD COLUMN {column} TEXT")
    db.executescript(DELIVERY_TABLES)


@MIGRATIONS()
def doubted_times(db: Database) -> None:
    """`is_time_doubted`: by the clock of a later run this scan had not begun yet; it proves no absence."""
    db.execute("ALTER TABLE scans ADD COLUMN is_time_doubted INTEGER NOT NULL DEFAULT 0")


@MIGRATIONS()
def agendas(db: Database) -> None:
    """What may have changed since the last check (`storage.agenda_tables`); nothing here is evidence of anything."""
    db.executescript(AGENDA_TABLES)


def _append_only(db: Database, table: str) -> None:
    for act in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} are only appended to'); END"
        )


@MIGRATIONS()
def years_looked_for(db: Database) -> None:
    """`from_year`: columns of older report years were not entered; NULL: not told, two years before at most."""
    db.execute("ALTER TABLE scans ADD COLUMN from_year INTEGER")


@MIGRATIONS()
def dates_in_lists(db: Database) -> None:
    """On which portals each list row with a date was seen (`storage.bulk_tables`)."""
    db.executescript(BULK_TABLES)
