"""The real command line in forked children of one process that has imported everything: a call costs milliseconds.

`Calls` is the caller's side; `python -m tests.forked` is the process that forks. A call may be killed (SIGKILL)
at a named point of the product (`tests.kill_points`) or after so many seconds, may lose root's privilege of
writing what is read-only, and may be given a limit on the size of the files that it writes.
"""

from __future__ import annotations

import ctypes
import dataclasses
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Self

ROOT = Path(__file__).resolve().parents[1]
HOOKS = Path(__file__).parent / "kill_hooks"
POINT = "NIANBAO_TEST_KILL"
"""Environment variable that names the point at which a program started by a call kills itself."""

LONGEST = 180.0
"""Seconds after which a call that does not end is a failure of the test."""

ORPHANS_END = 30.0
"""Seconds within which everything that a killed call had started must have ended by itself."""

PRELOADED = ("crawler.ingest", "crawler.reparse", "monitor.cli", "monitor.jobs", "monitor.judgement.verdicts")
"""What the verbs import late, imported before the first fork so that no child does."""

_PARENT_DEATH_SIGNAL = 1
_SUBREAPER = 36
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2
_CAPABILITY_VERSION = 0x20080522


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `arguments` follow `nianbao`; `point` and `after` say where or when it is killed.

    `after` counts seconds; `stop` counts how long it is stopped (SIGSTOP) after that instead of killed.
    """

    arguments: tuple[str, ...]
    point: str = ""
    after: float | None = None
    stop: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)
    is_unprivileged: bool = False
    file_size: int | None = None
    busy_timeout: int | None = None


class Ended(NamedTuple):
    """How a call ended: its exit code (negative: the signal), what it wrote, how long it took.

    `orphans`: processes that it had started and that were still alive when all patience was at an end.
    """

    code: int
    output: str
    error: str
    seconds: float
    orphans: int

    @property
    def is_killed(self) -> bool:
        """Did SIGKILL end it?"""
        return self.code == -signal.SIGKILL


class Calls:
    """The process that forks, ended by leaving `with`."""

    def __enter__(self) -> Self:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forked"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def __call__(self, *arguments: object, **options: Any) -> Ended:
        """Make one call and wait for its end."""
        call = Call(tuple(map(str, arguments)), **options)
        self._process.stdin.write(json.dumps(dataclasses.asdict(call)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that forks has ended with {self._process.wait()}")
        return Ended(*json.loads(line))


def _serve() -> None:
    """Answer calls until standard input ends."""
    for name in PRELOADED:
        import_module(name)
    # Grandchildren of killed calls become ours, so that none is left unseen.
    ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        ended = _answered(Call(**json.loads(line)))
        answers.write(json.dumps(ended) + "\n")
        answers.flush()


def _answered(call: Call) -> Ended:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as err:
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            _run(call, out.fileno(), err.fileno())
        if call.after is None:
            code = _awaited(child, LONGEST)
        else:
            code = _awaited(child, call.after)
            if code is None and call.stop:
                os.kill(child, signal.SIGSTOP)
                time.sleep(call.stop)
                os.kill(child, signal.SIGCONT)
                code = _awaited(child, LONGEST)
        if code is None:
            os.kill(child, signal.SIGKILL)
            code = _awaited(child, LONGEST)
        seconds = time.monotonic() - began
        orphans = _reap_orphans()
        out.seek(0)
        err.seek(0)
        return Ended(-9 if code is None else code, out.read(), err.read(), seconds, orphans)


def _run(call: Call, out: int, err: int) -> None:
    """The call itself, in the child; it never returns."""
    code = 1
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        # A verb that stays up must not outlive the test that started it.
        ctypes.CDLL(None, use_errno=True).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        os.environ.update(call.environment)
        _arm(call)
        from monitor.cli import main  # noqa: PLC0415

        main(list(call.arguments), prog_name="nianbao")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - what escapes the command line is what the caller looks for
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _arm(call: Call) -> None:
    from tests.kill_points import POINTS, arm  # noqa: PLC0415 - it imports what is armed

    if call.busy_timeout is not None:
        from storage.database import connection  # noqa: PLC0415

        connection.BUSY_TIMEOUT = call.busy_timeout
    if call.point:
        point = POINTS[call.point]
        if point.is_crawl:
            os.environ[POINT] = call.point
            os.environ["PYTHONPATH"] = os.pathsep.join((str(HOOKS), str(ROOT)))
        else:
            arm(point)
    if call.file_size is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (call.file_size, call.file_size))
    if call.is_unprivileged:
        _drop_privileges()


def _drop_privileges() -> None:
    """Let permissions hold for root too."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    data = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capget(header, data):
        raise OSError(ctypes.get_errno(), "capget")
    for half in (0, 1, 2):
        data[half] &= ~((1 << _DAC_OVERRIDE) | (1 << _DAC_READ_SEARCH))
    if libc.capset(header, data):
        raise OSError(ctypes.get_errno(), "capset")


def _awaited(child: int, seconds: float) -> int | None:
    """The exit code of the child as subprocess gives it; None where it still runs after so many seconds."""
    until = time.monotonic() + seconds
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        left = until - time.monotonic()
        if left <= 0:
            return None
        # Any child's end wakes this, also an orphan's; what is waited for is asked again then.
        signal.sigtimedwait({signal.SIGCHLD}, left)


def _reap_orphans() -> int:
    """Wait for what a killed call had started; how many of them are still alive when patience ends (and are killed)."""
    until = time.monotonic() + ORPHANS_END
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return 0
        if pid:
            continue
        left = until - time.monotonic()
        if left <= 0:
            alive = [
                int(name) for name in Path("/proc/self/task").joinpath(str(os.getpid()), "children").read_text().split()
            ]
            for orphan in alive:
                os.kill(orphan, signal.SIGKILL)
            return len(alive)
        signal.sigtimedwait({signal.SIGCHLD}, left)


if __name__ == "__main__":
    _serve()
