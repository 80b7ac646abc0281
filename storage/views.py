"""The views that users query: `reports`, a row per report, and the wide ones, a row per report and row key.

`reports` shows of every agency-year the version that is judged; `report_versions` has them all. Facts are
stored long, one row a cell; `disclosures`, `applications` and `reviews` show them as the forms print them, a
column per column key, for the same versions. A new form needs no migration: the views and the dictionaries
of cells and rows are brought up to date whenever the database is opened for writing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.forms import FORMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlite_utils import Database

WIDE_VIEWS = {"disclosures": "disclosure", "applications": "applications", "reviews": "reviews"}
"""View → the forms' table that it shows."""

REPORT_COLUMNS = (
    *("id", "agency", "report_year", "form", "title", "url", "published_on", "content", "readable", "reason", "detail"),
    *("agency_name", "printed_year", "dates", "period_from", "period_to", "signed_on", "signature"),
    *("contact_phone", "contact_address", "contact_email", "contact_postcode", "contact_url", "preamble"),
    *("parser_version", "portal", "digest", "final_url", "is_attested", "first_seen_at", "last_seen_at", "fetched_at"),
)
"""What `reports` shows of a version: all but what only this program can use."""

_OF_THE_BODY = "(SELECT c.digest FROM captures AS c WHERE c.id = capture) AS digest"
"""A version's own digest may stand for the body and its attached files together."""

_COLUMNS = ", ".join(_OF_THE_BODY if column == "digest" else column for column in REPORT_COLUMNS)
_REPORTS = f"SELECT {_COLUMNS}\nFROM report_versions WHERE is_current = 1"

_FACT = """(
    SELECT f.value FROM facts AS f WHERE f.report = r.id AND f.cell = (
        SELECT c.id FROM cells AS c
        WHERE c.table_key = '{table}' AND c.row_key = w.row_key AND c.column_key = '{column}'))"""

_WIDE = """SELECT r.id AS report, r.agency, r.report_year, r.form, w.row_key AS "row", w.label,
    {columns}
FROM report_versions AS r
JOIN form_rows AS w ON w.form = r.form AND w.table_key = '{table}'
WHERE r.is_current = 1 AND EXISTS (
    SELECT 1 FROM cells AS c JOIN facts AS f ON f.report = r.id AND f.cell = c.id
    WHERE c.table_key = '{table}' AND c.row_key = w.row_key)"""


def view_queries() -> dict[str, str]:
    """The SELECT of every view, by name."""
    return {"reports": _REPORTS} | {
        view: _WIDE.format(
            table=table,
            columns=",\n    ".join(
                f'{_FACT.format(table=table, column=column)} AS "{column}"' for column in column_keys(table)
            ),
        )
        for view, table in WIDE_VIEWS.items()
    }


def column_keys(table: str) -> tuple[str, ...]:
    """Every column key that any form has in that table, newest form first, in printed order."""
    forms = sorted(FORMS.values(), key=lambda form: form.first_year, reverse=True)
    return tuple(
        dict.fromkeys(column.key for form in forms for block in form.table(table).blocks for column in block.columns)
    )


def form_cells() -> Iterator[tuple[str, str, str]]:
    """Table, row and column key of every cell of every form; cells of two forms come twice."""
    for form in FORMS.values():
        for table in form.tables:
            for block in table.blocks:
                yield from ((table.key, row.key, column.key) for row in block.rows for column in block.columns)


def form_rows() -> Iterator[tuple[str, str, int, str, str]]:
    """Form, table key, position from 0, row key and official label of every row of every form."""
    for form in FORMS.values():
        for table in form.tables:
            yield from ((form.key, table.key, position, row.key, row.label) for position, row in enumerate(table.rows))


def are_views_fresh(db: Database) -> bool:
    """Are the views and the dictionaries in the database those of this program's forms?"""
    found = {view.name: view.schema for view in db.views}
    return (
        all(found.get(name) == _create(name, sql) for name, sql in view_queries().items())
        and set(db.execute("SELECT form, table_key, position, row_key, label FROM form_rows")) == set(form_rows())
        and set(form_cells()) <= set(db.execute("SELECT table_key, row_key, column_key FROM cells"))
    )


def refresh_views(db: Database) -> None:
    """Make them so; call it within one transaction for writing."""
    for name, sql in view_queries().items():
        db.execute(f'DROP VIEW IF EXISTS "{name}"')
        db.execute(_create(name, sql))
    db.execute("DELETE FROM form_rows")
    db.conn.executemany("INSERT INTO form_rows VALUES (?, ?, ?, ?, ?)", form_rows())
    db.conn.executemany("INSERT OR IGNORE INTO cells (table_key, row_key, column_key) VALUES (?, ?, ?)", form_cells())


def _create(name: str, sql: str) -> str:
    return f'CREATE VIEW "{name}" AS {sql}'
