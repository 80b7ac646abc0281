"""Several workers at a time, each killed where it exceeds its limits and replaced where it died."""

from __future__ import annotations

import os
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from crawler.sandbox.calls import ORDINARY, Limits, Result
from crawler.sandbox.process import WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from crawler.sandbox.calls import Call

MAX_WORKERS = 8
WINDOW = 4
"""Calls taken from a `run` per worker ahead of the result that is wanted next."""

_DEATHS = frozenset({"worker_died", "out_of_memory"})


def worker_count() -> int:
    """How many workers this machine has cores for."""
    return min(len(os.sched_getaffinity(0)), MAX_WORKERS)


class Pool:
    """Workers for calls; they are started on first need and ended by leaving `with`, whatever they are doing.

    `most` is what a call's own `limits_of` may ask for. `preload` are the modules that every worker imports
    before it starts, which counts against no call.
    """

    def __init__(
        self,
        workers: int,
        *,
        limits: Limits = ORDINARY,
        most: Limits | None = None,
        preload: Sequence[str] = (),
    ) -> None:
        self.workers = workers
        self._limits = limits
        self._most = most or limits
        self._preload = tuple(preload)
        self._threads = ThreadPoolExecutor(self.workers, "nianbao-worker")
        self._lock = threading.Lock()
        self._alive: set[WorkerProcess] = set()
        self._idle: list[WorkerProcess] = []
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every worker; calls that are still waiting are never made."""
        with self._lock:
            self._is_closed = True
            for worker in self._alive:
                worker.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._alive:
            worker.end()
        self._alive.clear()

    def start(self) -> None:
        """Start one worker now, for a caller who has something else to do meanwhile."""
        self._threads.submit(self._start_idle)

    def submit(self, call: Call) -> Future[Result]:
        """The result to come of one call. A worker that cannot be started at all raises SandboxError there."""
        return self._threads.submit(self._result, call)

    def run(self, calls: Iterable[Call]) -> Iterator[Result]:
        """The results of these calls in their order; calls are taken only some way ahead of what is asked for."""
        waiting: deque[Future[Result]] = deque()
        try:
            for call in calls:
                waiting.append(self.submit(call))
                if len(waiting) >= WINDOW * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def _result(self, call: Call) -> Result:
        worker = self._worker()
        result = worker.answer(call)
        self._put_back(worker)
        is_death = result.error is not None and result.error.reason in _DEATHS
        if worker.is_dead and is_death and not self._is_closed:
            # Neither what an earlier document did to the worker nor who killed it from outside (an operator, the
            # kernel for want of memory that others took) must be laid at this document's door.
            worker = self._start()
            result = worker.answer(call)
            self._put_back(worker)
        return result

    def _worker(self) -> WorkerProcess:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._start()

    def _start_idle(self) -> None:
        self._put_back(self._start())

    def _start(self) -> WorkerProcess:
        worker = WorkerProcess(self._limits, self._most, self._preload)
        with self._lock:
            self._alive.add(worker)
            if self._is_closed:
                worker.kill()
        return worker

    def _put_back(self, worker: WorkerProcess) -> None:
        if worker.is_spent:
            worker.end()
        with self._lock:
            if worker.is_spent:
                self._alive.discard(worker)
            else:
                self._idle.append(worker)
