"""Writes the documents that are made from data; with `--check` only says which of them are stale.

Run from anywhere: `python docs/generate.py [--check]`. Exit 1 where `--check` finds a stale document.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from crawler.portals import FAMILIES, Listing
from monitor.checks import RULES
from storage.database import open_database
from storage.forms import FORMS
from storage.json_schemas import report_schema, status_schema
from storage.law import DUE_RULES, LAWS
from storage.schema import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from storage.forms import FormTable, Line

FOLDER = Path(__file__).resolve().parent
NOTICE = "<!-- Made by docs/generate.py from {0}: change that, then run `make docs`. -->\n"

PROMISED = (
    "agencies",
    "portals",
    "scans",
    "captures",
    "reports",
    "disclosures",
    "applications",
    "reviews",
    "sections",
    "findings",
    "obligations",
    "alerts",
    "transitions",
)
"""Tables and views that stay as they are for those who query them; the others may change."""

HOW_LISTED = {
    Listing.LINKED_PAGES: "follows the links to further pages until the last",
    Listing.SCRIPT_PAGER: "reads the number of pages and their names from the pager's script call",
    Listing.JPAGE: "reads the rows that lie in the page as XML, asks dataproxy.jsp for the rest",
    Listing.XXGK_SEARCH: "asks module/xxgk/search.jsp for each page of an agency's directory",
    Listing.JPAAS_UNITS: "fetches the units of a shell from the publish-server, page by page",
    Listing.JPAAS_SEARCH: "asks the search server for a column's rows as JSON",
    Listing.UCAP_SEARCH: "asks common/search for a channel's rows as JSON",
    Listing.GKMLPT: "finds the column in the page's tree, asks gkmlpt/api for its rows",
    Listing.LONSUN: "reads an agency's menu of years, or its catalogue from site/label",
    Listing.OPENNESS: "reads a branch's links to each year's report",
    Listing.EPOINT: "asks getgovinfolist for a category's rows as JSON",
    Listing.TRUECMS: "reads the rows hidden in the page, asks getMessage.do for the rest",
    Listing.EASTTONE: "asks front/api/data/search for a channel's rows as JSON",
    Listing.CHINATAX: "asks getFileListByCodeId for a code's files as JSON",
    Listing.WAS_SEARCH: "asks was5/web/search for the rows, as JSON or as pages",
    Listing.POSTBACK: "posts the page's form back with the number of the next page",
    Listing.BROWSER: "lets a browser draw the rows, where no endpoint is known",
}


def forms() -> str:
    """Both forms: sections, tables, rows, columns, what they are also called, and the sums."""
    parts = [NOTICE.format("storage/forms/"), "# The forms\n"]
    for form in FORMS.values():
        years = f"{form.first_year} to {form.last_year}" if form.last_year else f"from {form.first_year} on"
        cells = " + ".join(str(table.cell_count) for table in form.tables)
        parts.append(f"## Form {form.key}\n")
        parts.append(f"{form.notice}, report years {years}, {cells} cells.\n")
        sections = ((str(part.number), part.heading, " · ".join(part.aliases)) for part in form.sections)
        parts.append(_table(("no.", "section", "also met as"), sections))
        for table in form.tables:
            parts += _form_table(table)
        key, source, target = form.carried_forward
        parts.append(f"Across years: `{key}/{source}` of one year is `{key}/{target}` of the next.\n")
    return "\n".join(parts)


def _form_table(table: FormTable) -> Iterable[str]:
    yield f"### `{table.key}` {table.title}\n"
    for block in table.blocks:
        if block.label:
            yield f"**{block.label}**\n"
        yield _table(("row", "label", "also met as"), map(_line, block.rows))
        yield _table(("column", "label", "also met as"), map(_line, block.columns))
    if table.groups:
        yield f"Labels over groups of rows, without numbers: {'; '.join(group.label for group in table.groups)}.\n"
    sums = []
    for identity in table.identities:
        left, right = (" + ".join(f"`{key}`" for key in side) for side in (identity.left, identity.right))
        sums.append(f"- `{identity.rule}`, in every {'column' if identity.axis == 'rows' else 'row'}: {left} = {right}")
    if sums:
        yield "\n".join(sums) + "\n"


def _line(line: Line) -> tuple[str, str, str]:
    return f"`{line.key}`", line.label, " · ".join(line.aliases)


def checks() -> str:
    """Every rule with its severity, title, advice and legal basis; and the due dates."""
    parts = [NOTICE.format("monitor/checks/rules/ and storage/law.py"), "# The rules\n"]
    parts.append(
        "An `error` in the content makes a report malformed, a `warning` is worth a person's look, `info` is for the\n"
        "record. A sum is tested only when all its cells are numbers.\n"
    )
    for rule in RULES.values():
        severity = " or ".join(f"`{level}`" for level in (rule.severity, *rule.also))
        parts.append(f"## `{rule.name}`\n")
        verdict = "" if rule.counts_towards_content else ", says nothing about the content"
        parts.append(f"{severity}{verdict}: {rule.title.zh} · {rule.title.en}\n")
        parts.append(f"{rule.advice.zh} {rule.advice.en}\n")
        parts.append("".join(f"- {LAWS[key].citation}\n" for key in rule.law))
    parts.append("## Due dates\n")
    parts.append(_table(("kinds", "report years", "due in the year after", "basis", "set by statute"), _due_dates()))
    return "\n".join(parts)


def _due_dates() -> Iterable[tuple[str, ...]]:
    for rule in DUE_RULES:
        kinds = ", ".join(f"`{kind}`" for kind in sorted(rule.kinds))
        years = f"{rule.first_year} to {rule.last_year}" if rule.last_year else f"from {rule.first_year} on"
        is_statutory = "yes" if rule.is_statutory else "no"
        yield kinds, years, f"{rule.month:02}-{rule.day:02}", LAWS[rule.law].citation, is_statutory


def portals() -> str:
    """Every portal family: by what it is recognised and how its lists are walked."""
    parts = [NOTICE.format("crawler/portals.py"), "# Portal families\n"]
    parts.append(
        "A page is asked for the signs in this order; the last family takes what is left. `family` in `portals.toml`\n"
        "spares the question.\n"
    )
    rows = (
        (
            f"`{family.key}`",
            family.title,
            "; or ".join(dict.fromkeys(HOW_LISTED[way.listing] for way in family.ways)),
            " · ".join(f"`{sign}`" for sign in family.signs),
        )
        for family in FAMILIES.values()
    )
    parts.append(_table(("family", "name", "how a list is walked", "signs in the source"), rows))
    return "\n".join(parts)


def schema() -> str:
    """Every table and view of the database with its columns, the promised ones first."""
    parts = [NOTICE.format("storage/schema.py and storage/views.py"), "# The database\n"]
    parts.append(
        "`data/nianbao.db`, SQLite. Instants are ISO 8601 text with +08:00, dates ISO 8601 text, lists and mappings\n"
        "JSON. The first part stays as it is; what follows may change from version to version.\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "nianbao.db")
        try:
            parts += _tables(db)
        finally:
            db.close()
    parts.append("## Migrations\n")
    parts.append(_table(("name", "what it made"), _migrations()))
    return "\n".join(parts)


def _tables(db: Database) -> Iterable[str]:
    inner = {name for name in db.table_names() if name.startswith(("section_words_", "sqlite_", "_sqlite"))}
    names = {*db.table_names(), *db.view_names()} - inner
    for title, part in (("Promised", PROMISED), ("Internal", sorted(names - set(PROMISED)))):
        yield f"## {title}\n"
        for name in part:
            kind = "view" if name in db.view_names() else "table"
            yield f"### `{name}` ({kind})\n"
            rows = db.query("SELECT name, type FROM pragma_table_info(?) ORDER BY cid", [name])
            yield _table(("column", "type"), ((f"`{row['name']}`", str(row["type"] or "any").lower()) for row in rows))


def _migrations() -> Iterable[tuple[str, str]]:
    empty = Database(memory=True)
    try:
        pending = list(MIGRATIONS.pending(empty))
    finally:
        empty.close()
    for migration in pending:
        summary = (migration.fn.__doc__ or "").strip().split("\n\n")[0]
        yield f"`{migration.name}`", " ".join(summary.split())


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


DOCUMENTS: dict[str, Callable[[], str]] = {
    "forms.md": forms,
    "checks.md": checks,
    "portals.md": portals,
    "schema.md": schema,
    "report.schema.json": lambda: _json(report_schema()),
    "status.schema.json": lambda: _json(status_schema()),
}


def main(arguments: Sequence[str]) -> int:
    """Write every document, or with `--check` name those that are stale."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: generate.py [--check]", file=sys.stderr)
        return 2
    stale = []
    for name, make in DOCUMENTS.items():
        path, text = FOLDER / name, make()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if arguments:
            stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote docs/{name}")
    if stale:
        print(f"stale, run `make docs`: {', '.join(stale)}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
