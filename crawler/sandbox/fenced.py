"""A program of somebody else's, run behind the same fences as a worker: started, watched and ended with all it started.

This is a process between us and the program. It learns that we are gone, however that was, from the end of
its standard input, and then ends the program's whole group.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from crawler.sandbox.calls import Limits, search_path
from crawler.sandbox.fence import close_network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_STEP = 0.02
_TIMED_OUT = 124
"""The exit code by which the program `timeout` says that it was."""


def run_fenced(command: Sequence[str], limits: Limits, environment: Mapping[str, str]) -> int:
    """The exit code of a program that was given that long; 124 where it was ended for that.

    Its output goes nowhere. Nothing of it runs any more when this answers, nor when this process is killed.
    """
    words = (str(limits.memory), str(limits.cpu_seconds), str(limits.wall_seconds))
    with subprocess.Popen(  # noqa: S603 (our own interpreter and module)
        [sys.executable, "-m", "crawler.sandbox.fenced", *words, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**environment, "PYTHONPATH": search_path(), "PYTHONSAFEPATH": "1"},
        start_new_session=True,
    ) as keeper:
        # Leaving this block, by whatever exception, closes the pipe and waits for the keeper.
        return keeper.wait()


def main(limits: Limits, command: Sequence[str]) -> int:
    """Run the command to its end, to its limit or to the end of our standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    close_network()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (int(limits.cpu_seconds) + 1,) * 2)
    until = time.monotonic() + limits.wall_seconds
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 (our caller's)
    try:
        while child.poll() is None:
            if time.monotonic() >= until:
                return _TIMED_OUT
            if select.select([0], [], [], _STEP)[0]:  # nothing is ever written there: it has ended
                return _TIMED_OUT
        return child.returncode
    finally:
        os.killpg(child.pid, signal.SIGKILL) if _has_group(child.pid) else None
        child.wait()


def _has_group(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    memory, cpu_seconds, wall_seconds, *rest = sys.argv[1:]
    sys.exit(main(Limits(int(memory), float(cpu_seconds), float(wall_seconds)), rest))
