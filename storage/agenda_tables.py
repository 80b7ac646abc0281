"""The tables by which a check knows what may have changed, as one migration of `storage.schema` makes them.

Nothing here is evidence of anything: all of it follows from the rest by one whole check.
"""

from __future__ import annotations

AGENDA_TABLES = """
    CREATE TABLE checks (
        report_year INTEGER PRIMARY KEY NOT NULL, as_of TEXT NOT NULL, whole_at TEXT, basis TEXT,
        last_transition INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    INSERT INTO checks (report_year, as_of) SELECT report_year, max(as_of) FROM obligations GROUP BY report_year;
    CREATE TABLE agenda (
        report_year INTEGER NOT NULL, agency TEXT NOT NULL, check_at TEXT, look_at TEXT, looked_at TEXT,
        mark TEXT NOT NULL, PRIMARY KEY (report_year, agency)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX agenda_of_checks ON agenda(report_year, check_at) WHERE check_at IS NOT NULL;
    CREATE INDEX agenda_of_looks ON agenda(report_year, look_at) WHERE look_at IS NOT NULL;
    CREATE TABLE portal_agenda (
        report_year INTEGER NOT NULL, portal TEXT NOT NULL, check_at TEXT, is_cut_off INTEGER NOT NULL,
        PRIMARY KEY (report_year, portal)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE unchecked (
        report_year INTEGER NOT NULL, portal TEXT NOT NULL, PRIMARY KEY (report_year, portal)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE judgements (
        report_year INTEGER NOT NULL, agency TEXT NOT NULL, "key" TEXT NOT NULL, errors INTEGER NOT NULL,
        warnings INTEGER NOT NULL, findings TEXT NOT NULL, PRIMARY KEY (report_year, agency)
    ) STRICT;
    CREATE TABLE likenesses (
        report_year INTEGER NOT NULL, "group" TEXT NOT NULL, ids TEXT NOT NULL, alike TEXT NOT NULL,
        PRIMARY KEY (report_year, "group")
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE registry_stamp (number INTEGER PRIMARY KEY CHECK (number = 1), digest TEXT NOT NULL) STRICT;
    ALTER TABLE report_versions ADD COLUMN rereadings INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX versions_read_again ON report_versions(id) WHERE rereadings > 0;
    CREATE INDEX scans_with_bulk_dates ON scans(portal, column_url) WHERE bulk_dates != '[]';
"""
"""`checks`: the last check of a year, `whole_at` the last one of all agencies, `basis` a digest of all that such a
one rests on and evidence does not tell, `last_transition` the last one of the alert book that it knew. `agenda`: per
agency-year the earliest instants at which its standing could change, or a look is due, without anything new
(NULL: never), when it was looked at last, and a mark of what its findings follow from. `portal_agenda`: the same
for what portals as a whole are judged by, and whether one is cut off now; portals without either are absent.
`unchecked`: portals with news since. `judgements`: the findings on the content of the report that is judged, by
a `key` of all they follow from; `likenesses`: which reports of a group may be copies. `rereadings`: how often a
version's own reading was put in the place of another."""
