"""The table by which dates are found that many list rows of one portal share, as one migration makes it.

A list's own rows are counted by the scan that saw them; a portal with a column for each agency shows a migration
only by all of its lists together.
"""

from __future__ import annotations

BULK_TABLES = """
    CREATE TABLE listed_dates (
        portal TEXT NOT NULL, "date" TEXT NOT NULL, candidate INTEGER NOT NULL REFERENCES candidates(id),
        PRIMARY KEY (portal, "date", candidate)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO listed_dates
        SELECT DISTINCT s.portal, c.listed_on, c.id FROM candidates AS c JOIN sightings AS x ON x.candidate = c.id
        JOIN scans AS s ON s.number = x.scan WHERE c.listed_on IS NOT NULL;
    CREATE INDEX candidates_unattributed ON candidates(url) WHERE agency IS NULL OR report_year IS NULL;
    CREATE INDEX scans_doubted ON scans(number) WHERE is_time_doubted = 1;
"""
"""`listed_dates` repeats of each list row with a date on which portals it was seen. `candidates_unattributed`: the
rows that do not say whose or of which year they are, few of all; `scans_doubted`: the scans whose time is doubted."""
