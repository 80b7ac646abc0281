"""What datasette is told about the database, made from the tables' and the forms' own data."""

from __future__ import annotations

from typing import Any

from monitor.site.tables import PUBLIC_TABLES, column_words
from monitor.site.texts import text
from storage.forms import FORMS
from storage.views import WIDE_VIEWS, column_keys

DATABASE = "nianbao"
"""The name of the database in addresses, whatever its file is called."""

_FIXED_COLUMNS = ("report", "agency", "report_year", "form", "row", "label")


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


def expected_columns(view: str) -> tuple[str, ...]:
    """The columns that a wide view has by the forms."""
    return (*_FIXED_COLUMNS, *column_keys(WIDE_VIEWS[view]))


def column_label(table: str, column: str) -> str:
    """The printed label of a column, in the newest form that has it; the key itself where none has."""
    for form in sorted(FORMS.values(), key=lambda form: form.first_year, reverse=True):
        for found in form.tables:
            if found.key == table:
                for block in found.blocks:
                    for line in block.columns:
                        if line.key == column:
                            return line.label
    return column
