"""A server of the standard library on loopback, in a thread while a block runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from typing import TypeVar

Served = TypeVar("Served", bound=BaseServer)


@contextmanager
def serving(server: Served) -> Iterator[Served]:
    """The server while the block runs; one that holds its answers back has an event `released`, set at the end."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        if isinstance(released := getattr(server, "released", None), threading.Event):
            released.set()
        server.shutdown()
        thread.join()
        server.server_close()
