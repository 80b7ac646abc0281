"""`/healthz` and `/metrics`: is the service on this database well? Read like every page, asked at the moment."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING

from datasette.utils.asgi import Response

from monitor.service.health import as_json, health_of, unreadable_json
from monitor.service.metrics import MEDIA_TYPE, exposition
from storage.errors import DatabaseError
from storage.records import SHANGHAI

if TYPE_CHECKING:
    from datasette.utils.asgi import Request

    from monitor.service.health import Health
    from monitor.site.server import Site

UNWELL = 503
_FRESH = {"cache-control": "no-store"}


async def healthz(request: Request, datasette: Site) -> Response:  # noqa: ARG001 - datasette passes by name
    """200 and `ok` where all is well, 503 with the names of the problems where not."""
    found = await _health(datasette)
    told = unreadable_json(datetime.now(SHANGHAI), found) if isinstance(found, str) else as_json(found)
    return Response.json(told, status=200 if told["status"] == "ok" else UNWELL, headers=_FRESH)


async def metrics(request: Request, datasette: Site) -> Response:  # noqa: ARG001 - datasette passes by name
    """The numbers for Prometheus; 503 where the database cannot be read."""
    found = await _health(datasette)
    if isinstance(found, str):
        return Response.text(f"# {found}\n", status=UNWELL, headers=_FRESH)
    return Response(exposition(found), content_type=MEDIA_TYPE, headers=_FRESH)


async def _health(datasette: Site) -> Health | str:
    now = datetime.now(SHANGHAI)
    try:
        return await datasette.reader.ask(lambda db: health_of(db, datasette.database, now))
    except DatabaseError as error:
        return f"database_{error.key}"
    except (sqlite3.Error, OSError):
        return "database_failed"
