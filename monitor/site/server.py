"""The site as an application, and serving it."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from monitor.site import plugin
from monitor.site.metadata import DATABASE, metadata
from monitor.site.reader import Reader
from storage.captures import Captures

if TYPE_CHECKING:
    from storage.database import Database as Storage

HERE = Path(__file__).parent
TEMPLATES, STATIC = HERE / "templates", HERE / "static"

SETTINGS = {
    "default_allow_sql": False,
    "allow_download": False,
    "suggest_facets": False,
    "sql_time_limit_ms": 2000,
    "facet_time_limit_ms": 400,
    "max_returned_rows": 5000,
    "default_page_size": 50,
    "num_sql_threads": 3,
    "max_csv_mb": 50,
    "truncate_cells_html": 300,
    "cache_size_kb": 16_384,
}

MOST_CONNECTIONS = 200
_BACKLOG = 128


class ReadOnlyDatabase(Database):  # type: ignore[misc]
    """The live database, opened so that no connection can write, whatever characters its path has."""

    def connect(self, write: bool = False) -> sqlite3.Connection:  # noqa: FBT001, FBT002 - datasette's own signature
        """A connection for reading; refuses to write."""
        if write:
            raise PermissionError("the site only reads")
        uri = f"{Path(self.path).absolute().as_uri()}?mode=ro"
        conn = sqlite3.connect(uri, uri=True, check_same_thread=False)
        conn.execute("PRAGMA query_only = ON")
        self._all_file_connections.append(conn)
        return conn

    async def execute(  # noqa: PLR0917 - datasette's own signature, as the rest
        self,
        sql: str,
        params: Any = None,  # noqa: ANN401
        truncate: bool = False,  # noqa: FBT001, FBT002
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = False,  # noqa: ARG002, FBT001, FBT002
    ) -> Any:  # noqa: ANN401
        """The rows. An error is told to whoever asked, never to the log: addresses with nonsense are many."""
        return await super().execute(sql, params, truncate, custom_time_limit, page_size, log_sql_errors=False)


class Site(Datasette):  # type: ignore[misc]
    """Datasette on one database of ours, with what its pages need besides."""

    def __init__(self, database: Path, *, language: str = "zh") -> None:
        self.language = language
        self.database = database
        self.reader = Reader(database)
        self.captures = Captures(database.parent / "captures")
        self.version = _version()
        if not pm.is_registered(plugin):
            pm.register(plugin)
            # It would print the local variables of every 404 to the log.
            pm.unregister(name="datasette.handle_exception")
        super().__init__(
            files=[str(database)],
            metadata=metadata(language, self.reader.answer(_columns)),
            template_dir=str(TEMPLATES),
            static_mounts=[("static", str(STATIC))],
            settings=SETTINGS,
        )
        for name in [name for name in self.databases if name != "_internal"]:
            self.remove_database(name)
        self.add_database(ReadOnlyDatabase(self, str(database), is_mutable=True), name=DATABASE)

    def close(self) -> None:
        """End the threads and close the connections."""
        self.executor.shutdown()
        for database in self.databases.values():
            database.close()
        self.reader.close()


def application(database: Path, *, language: str = "zh") -> Any:  # noqa: ANN401 - an ASGI application has no type
    """The site as an ASGI application. DatabaseError where there is no database that it can read."""
    return Site(database, language=language).app()


def serve(database: Path, host: str = "127.0.0.1", port: int = 8001, *, language: str = "zh") -> None:
    """Serve the site until Ctrl-C. DatabaseError without a database, OSError where the port is taken.

    `port` 0 takes any free one. Archived bytes are looked for beside the database.
    """
    site = Site(database, language=language)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family, backlog=_BACKLOG) as listening:
            server = uvicorn.Server(
                uvicorn.Config(
                    site.app(),
                    log_level="warning",
                    access_log=False,
                    server_header=False,
                    limit_concurrency=MOST_CONNECTIONS,
                    timeout_graceful_shutdown=5,
                )
            )
            with contextlib.suppress(KeyboardInterrupt):
                server.run(sockets=[listening])
    finally:
        site.close()


def _columns(db: Storage) -> dict[str, list[str]]:
    names = [*db.table_names(), *db.view_names()]
    return {name: [column.name for column in db[name].columns] for name in names}


def _version() -> str:
    """Changes when a style sheet does, so that browsers fetch it again."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(STATIC.iterdir()))).hexdigest()[:8]
