"""What datasette is told about the database, made from the tables' and the forms' own data."""

from __future__ import annotations

from typing import Any

from monitor.site.printed_tables import full_width
from monitor.site.tables import PUBLIC_TABLES, column_words
from monitor.site.texts import text
from storage.forms import FORMS

DATABASE = "nianbao"
"""The name of the database in addresses, whatever its file is called."""


def metadata(language: str, columns: dict[str, list[str]]) -> dict[str, Any]:
    """Titles, descriptions, facets and orders. `columns` are those that each table really has."""
    tables = {
        table.name: {
            "title": table.title.spoken(language),
            "description": table.description.spoken(language),
            "columns": {column: column_words(table.name, column, language) for column in columns.get(table.name, ())},
            "facets": list(table.facets),
            "units": dict(table.units),
            **({"sort": table.sort} if table.sort else {}),
            **({"sort_desc": table.sort_desc} if table.sort_desc else {}),
        }
        for table in PUBLIC_TABLES.values()
    }
    hidden = {name: {"hidden": True} for name in columns if name not in PUBLIC_TABLES}
    return {
        "title": text(language, "site"),
        "databases": {DATABASE: {"title": text(language, "data"), "tables": {**tables, **hidden}}},
    }


def column_label(table: str, column: str) -> str:
    """The printed label of a column of a form's table, in the newest form that has it; else the key itself."""
    return _COLUMN_LABELS.get((table, column), column)


_COLUMN_LABELS = {
    (table.key, line.key): full_width(line.label)
    for form in sorted(FORMS.values(), key=lambda form: form.first_year)
    for table in form.tables
    for block in table.blocks
    for line in block.columns
}
