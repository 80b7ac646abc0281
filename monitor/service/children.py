"""Programs that the service starts: they speak through its log and never outlive it.

A child holds the reading end of a pipe as its standard input. When the service is gone, however it went,
the pipe closes and the child ends itself: a crawl left alone would keep the next one from starting.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STEP = 0.5
"""Seconds between two looks at whether a child has ended."""

PATIENCE = 15.0
"""Seconds that a child may take to end when it is asked to; then it is killed."""

PARENT_VARIABLE = "NIANBAO_PARENT"
"""Set for our own children: they end with the one who started them."""

_LOG = logging.getLogger(__name__)


def run_child(command: Sequence[str], is_over: Callable[[], bool], *, name: str = "child") -> int | None:
    """Run a program to its end; its exit code, None where `is_over` was true first and it was ended.

    What it says on standard error goes into the log line by line, its standard output nowhere.
    """
    child = subprocess.Popen(  # noqa: S603 - our own program
        list(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {PARENT_VARIABLE: "stdin"},
    )
    listener = threading.Thread(target=_pass_on, args=(child, name), daemon=True)
    listener.start()
    try:
        while True:
            try:
                return child.wait(STEP)
            except subprocess.TimeoutExpired:
                if is_over():
                    return None
    finally:
        end_child(child)
        listener.join(STEP)
        if child.stdin is not None:
            child.stdin.close()


def end_child(child: subprocess.Popen[bytes]) -> None:
    """Ask a child to end, and kill it where it does not in time."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def end_with_parent() -> None:
    """In a child that the service started: end when it is gone. Elsewhere nothing happens."""
    if os.environ.pop(PARENT_VARIABLE, None) == "stdin":
        threading.Thread(target=_end_when_closed, daemon=True).start()


def _end_when_closed() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _pass_on(child: subprocess.Popen[bytes], name: str) -> None:
    if child.stderr is not None:
        with child.stderr as lines:
            for line in lines:
                _LOG.warning("%s: %s", name, line.decode("utf-8", "replace").rstrip(), extra={"act": name})
