"""What a whole program takes: seconds of wall clock and its peak memory."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import NamedTuple

# The peak of a process counts what it was forked from, so a small process starts what is measured.
_LAUNCHER = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


class Child(NamedTuple):
    """What a process and its own children took; `megabytes` is the peak of the largest of them."""

    seconds: float
    megabytes: float


def measured(command: list[str]) -> Child:
    """Run a program to its end; RuntimeError with what it said where it fails."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", _LAUNCHER, *command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[1:4]} ended with {done.returncode}: {done.stderr}")
    return Child(time.perf_counter() - began, int(done.stdout.splitlines()[-1]) / 1024)
