"""The pages' own reading thread, so that the home page answers while heavy queries hold datasette's threads."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from storage.database import open_reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.database import Database

Answer = TypeVar("Answer")


class Reader:
    """One connection for reading in one thread. DatabaseError at once where there is nothing to read."""

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="nianbao-pages")
        try:
            self._db: Database = self._thread.submit(open_reader, path).result()
        except BaseException:
            self._thread.shutdown()
            raise

    async def ask(self, question: Callable[[Database], Answer]) -> Answer:
        """What the question finds in the database."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._db)

    def answer(self, question: Callable[[Database], Answer]) -> Answer:
        """The same, waiting for it: for the start, when nothing runs yet."""
        return self._thread.submit(question, self._db).result()

    def close(self) -> None:
        """Close the connection in the thread that opened it, and end the thread."""
        self._thread.submit(self._db.close).result()
        self._thread.shutdown()
