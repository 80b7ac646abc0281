"""One worker as its parent sees it: asked one call at a time, watched by the clock, its death explained."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING

from crawler.sandbox.calls import (
    CALL,
    DONE,
    HEAD,
    LIMITS,
    MAX_RESULT,
    MIB,
    READY,
    Limits,
    Result,
    packed,
    search_path,
    unpacked,
)
from storage.errors import SandboxError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.sandbox.calls import Call

START_SECONDS = 120
"""For a worker to import its modules: seconds on an idle machine, and machines are not always idle."""

_PATIENCE = 2.0
_STEP = 0.005
_CHUNK = 1024 * 1024
_LAST_WORDS = 2000
_NO_MEMORY = ("bad_alloc", "memory allocation of")
"""The last words of C++ and of Rust that get no more memory."""

# One thread each: the pool is what uses the cores, and every thread more takes address space.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8", "PYTHONSAFEPATH": "1"}
_INHERITED = ("PATH", "HOME", "TZ", "TMPDIR")


class _SilenceError(Exception):
    """The worker has ended, or says nothing within its time, or nothing that makes sense."""


class WorkerProcess:
    """A worker; starting it does not wait until it is ready."""

    def __init__(self, limits: Limits, most: Limits, preload: Sequence[str]) -> None:
        self.answered = 0
        self.is_dead = False
        self.is_spent = False
        self._limits = limits
        self._is_ready = False
        self._burial = threading.Lock()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (closed when the worker ends)
        orders = {"parent": os.getpid(), "ordinary": limits, "most": most, "preload": list(preload)}
        # Its environment holds none of ours: keys of webhooks are no business of a parser.
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        self._child = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [sys.executable, "-m", "crawler.sandbox.worker", json.dumps(orders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            bufsize=0,
            env=environment | _ENVIRONMENT | {"PYTHONPATH": search_path()},
            start_new_session=True,
        )
        if self._child.stdin is None or self._child.stdout is None:
            raise SandboxError("a worker for documents has no pipes")
        self._into, self._from = self._child.stdin.fileno(), self._child.stdout.fileno()
        os.set_blocking(self._into, False)

    def answer(self, call: Call) -> Result:
        """What the call comes to, within its limits. SandboxError where the worker never came to life."""
        if not self._is_ready:
            self._await_ready()
        limits = self._limits
        began = time.monotonic()
        try:
            self._send(packed(call), began + limits.wall_seconds)
            kind, content = self._receive(began + limits.wall_seconds)
            if kind == LIMITS:
                limits = Limits(*unpacked(content))
                kind, content = self._receive(began + limits.wall_seconds)
            self.answered += 1
            if kind == DONE:
                return Result(unpacked(content))
            reason, detail, trace = unpacked(content)
            return Result(None, UnreadableError(reason, detail), trace)
        except TimeoutError:
            self._give_up()
            return Result(None, UnreadableError("too_slow", f"more than {limits.wall_seconds:g} s"))
        except Exception as error:  # noqa: BLE001 (a broken pickle raises anything)
            is_garbage = not isinstance(error, _SilenceError)
            cause = UnreadableError("worker_died", f"its answer made no sense: {error!r}") if is_garbage else None
            code = self._give_up(0 if is_garbage else _PATIENCE)
            words = self._last_words()
            return Result(None, cause or _cause(code, words, limits), words)

    def kill(self) -> None:
        """End the process now; its `answer`, in whatever thread, then ends too."""
        with self._burial:
            if self._child.returncode is None:
                self._child.kill()

    def end(self) -> None:
        """Leave nothing of the process behind."""
        if not self.is_dead:
            self._give_up()
        for pipe in (self._child.stdin, self._child.stdout, self._said):
            if pipe is not None:
                pipe.close()

    def _await_ready(self) -> None:
        try:
            kind, _ = self._receive(time.monotonic() + START_SECONDS)
        except (_SilenceError, TimeoutError) as error:
            self._give_up()
            raise SandboxError(f"a worker for documents did not start: {self._last_words() or error}") from error
        self._is_ready = kind == READY

    def _send(self, data: bytes, until: float) -> None:
        for part in (HEAD.pack(CALL, False, len(data)), data):  # noqa: FBT003 (fields of a frame)
            rest = memoryview(part)
            while rest:
                self._wait(self._into, select.POLLOUT, until)
                try:
                    rest = rest[os.write(self._into, rest[:_CHUNK]) :]
                except BlockingIOError:
                    continue
                except BrokenPipeError as error:
                    raise _SilenceError from error

    def _receive(self, until: float) -> tuple[bytes, bytes]:
        kind, is_last, size = HEAD.unpack(self._read(HEAD.size, until))
        if size > MAX_RESULT:
            raise ValueError(f"{size} bytes")
        self.is_spent = is_last
        return kind, self._read(size, until)

    def _read(self, size: int, until: float) -> bytes:
        read = bytearray()
        while len(read) < size:
            self._wait(self._from, select.POLLIN, until)
            chunk = os.read(self._from, min(size - len(read), _CHUNK))
            if not chunk:
                raise _SilenceError("it ended")
            read += chunk
        return bytes(read)

    def _wait(self, descriptor: int, event: int, until: float) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        if not poll.poll(max(until - time.monotonic(), 0) * 1000):
            raise TimeoutError

    def _give_up(self, patience: float = 0) -> int:
        """The exit code of the process, as subprocess gives it; killed where it does not end by itself in time."""
        self.is_dead = self.is_spent = True
        until = time.monotonic() + patience
        with self._burial:
            while True:
                code = self._child.poll()
                if code is not None:
                    return code
                if time.monotonic() >= until:
                    self._child.kill()
                    return self._child.wait()
                time.sleep(_STEP)

    def _last_words(self) -> str:
        self._said.seek(0, os.SEEK_END)
        self._said.seek(max(self._said.tell() - _LAST_WORDS, 0))
        return self._said.read().decode("utf-8", "replace").strip()


def _cause(code: int, words: str, limits: Limits) -> UnreadableError:
    """Why a worker ended by itself, going by its exit code and its last words."""
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    if name == "SIGXCPU":
        return UnreadableError("too_slow", f"more than {limits.cpu_seconds:g} s of processor time")
    # The kernel kills who takes what the machine does not have.
    if name == "SIGKILL" or any(said in words for said in _NO_MEMORY):
        return UnreadableError("out_of_memory", f"{name}, {limits.memory // MIB} MiB are at most")
    return UnreadableError("worker_died", name)
