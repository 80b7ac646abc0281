"""Tables, rows and queries as datasette shows them, with CSV that no spreadsheet program will execute.

Text from portals may begin with `=cmd()`; spreadsheet programs run that when a CSV file is opened. Such
cells get an apostrophe in front, which those programs hide and which says «text». Numbers stay numbers.
"""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette.utils.asgi import AsgiStream, BadRequest, Request
from datasette.views.row import RowView
from datasette.views.table import TableView

from monitor.site.metadata import DATABASE
from monitor.site.overview import newest_report
from monitor.site.texts import text
from storage.views import WIDE_VIEWS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from datasette.utils.asgi import AsgiWriter

# What may stand before the sign: white space, also the wide and unbreakable kinds, marks of direction, a BOM.
_FORMULA = re.compile(r"[\s\u00a0\u200b-\u200f\u2060\ufeff\u3000]*[=+\-@＝＋－＠﹢﹣﹦﹫]|[\t\r\n]")
REFUSED = ("_trace", "_through", "_ttl", "_facet_array", "_facet_size")
"""Arguments of datasette that nobody needs here: CSV as a page, other tables as filters, lives in caches."""

_NONSENSE = (
    *(ValueError, LookupError, ArithmeticError, AssertionError),
    *(sqlite3.ProgrammingError, sqlite3.IntegrityError, sqlite3.DataError),
)
"""What datasette raises for arguments that it did not expect, besides its own errors."""

_FACETS = ("_facet", "_facet_date")

REPORTS_AT_ONCE = 100
"""A part of an export: no table of any form has so many rows that 100 reports exceed `max_returned_rows`."""

_BOM = "\ufeff"


def neutral(value: object) -> object:
    """The cell as CSV may hold it: text that a spreadsheet would take for a formula is marked as text."""
    match value:
        case str():
            return f"'{value}" if _FORMULA.match(value) else value
        case dict():
            return {key: neutral(part) for key, part in value.items()}
        case _:
            return value


def neutral_rows(rows: Iterable[Iterable[object]]) -> list[list[object]]:
    """The same for all cells of some rows."""
    return [[neutral(value) for value in row] for row in rows]


class _SafeCsv:
    """The part that both views share: CSV comes as a file, in UTF-8 that Excel recognises, and neutral."""

    async def get(self, request: Request) -> Any:  # noqa: ANN401 - any of datasette's responses
        """The page, file or JSON that was asked for."""
        for argument in REFUSED:
            if argument in request.args:
                raise BadRequest(argument)
        return await super().get(request)  # type: ignore[misc]

    async def as_csv(self, request: Request, database: str) -> AsgiStream:
        """The rows as a CSV file."""
        stream = await super().as_csv(request, database)  # type: ignore[misc]
        if not isinstance(stream, AsgiStream):
            return stream
        name = re.sub(r"[^\w-]", "_", request.url_vars["table"], flags=re.ASCII)
        headers = {**stream.headers, "content-disposition": f'attachment; filename="{name}.csv"'}
        return AsgiStream(_with_bom(stream.stream_fn), headers=headers, content_type="text/csv; charset=utf-8")

    async def data(self, request: Request, **options: Any) -> Any:  # noqa: ANN401 - passes on datasette's own options
        """What datasette found; for CSV with neutral cells. An address that makes no sense is the caller's error."""
        try:
            found = await super().data(request, **options)  # type: ignore[misc]
        except _NONSENSE as error:
            raise BadRequest(f"{type(error).__name__}: {error}") from error
        if request.url_vars.get("format") == "csv" and isinstance(found, tuple):
            if found[0].get("query_name") and found[0]["truncated"]:
                # A file that ends early looks like one that is whole.
                raise BadRequest(text(self.ds.language, "too_many", f"{self.ds.max_returned_rows:,}"))  # type: ignore[attr-defined]
            found[0]["rows"] = neutral_rows(found[0]["rows"])
        return found


def _with_bom(stream: Callable[[AsgiWriter], Awaitable[None]]) -> Callable[[AsgiWriter], Awaitable[None]]:
    async def write(writer: AsgiWriter) -> None:
        await writer.write(_BOM)
        await stream(writer)

    return write


class SafeTableView(_SafeCsv, TableView):  # type: ignore[misc]
    """A table, a view or a canned query.

    The wide views have a row for every line of every report. datasette would count them all for every page,
    and skip all earlier ones for every part of an export; here they are not counted unless something is
    asked of them, and exported report by report.
    """

    async def data(self, request: Request, **options: Any) -> Any:  # noqa: ANN401 - passes on datasette's own options
        """What datasette found, the wide views asked in a way that they answer fast."""
        facets = {column for key in _FACETS for column in request.args.getlist(key)}
        unknown = facets - set(await self.ds.get_database(DATABASE).table_columns(request.url_vars["table"]))
        if unknown:
            raise BadRequest(f"_facet: {', '.join(sorted(unknown))}")
        if request.url_vars["table"] not in WIDE_VIEWS:
            return await super().data(request, **options)
        is_sorted = "_sort" in request.args or "_sort_desc" in request.args
        if request.url_vars.get("format") == "csv" and "_stream" in request.args and not is_sorted:
            start = int(options.pop("_next", None) or 0)
            stop = start + REPORTS_AT_ONCE
            found = await super().data(_asking(request, report__gt=start, report__lte=stop, _size="max"), **options)
            is_last = stop >= await self.ds.reader.ask(newest_report)
            found[0]["next"] = None if is_last else str(stop)
            return found
        is_plain = all(key.startswith("_") for key in request.args)
        return await super().data(_asking(request, _nocount=1) if is_plain else request, **options)


class SafeRowView(_SafeCsv, RowView):  # type: ignore[misc]
    """One row."""


def _asking(request: Request, **arguments: str | int) -> Request:
    """The request with these arguments instead of, or besides, its own."""
    own = [(key, value) for key in request.args for value in request.args.getlist(key) if key not in arguments]
    query = urlencode([*own, *arguments.items()])
    return Request({**request.scope, "query_string": query.encode()}, request.receive)
