"""Starts a crawl in a process of its own, follows it, and answers with the run folder that it left.

A process of its own because a reactor cannot be started twice, and because whatever kills it leaves the
service and the database alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import crawler
from crawler.requests import PROXY_VARIABLE, CrawlRequest, work_of
from crawler.runs import PART, REQUEST, finished_runs, hand_over, new_run, only_crawl
from storage.errors import CrawlFailedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.captures import Captures

__all__ = ["CrawlRequest", "Progress", "crawl"]

_SETTINGS_VARIABLE = "SCRAPY_SETTINGS_MODULE"
_ROOT = Path(crawler.__file__).resolve().parents[1]
_TAIL = 2000
_PATIENCE = 10.0


class Progress(NamedTuple):
    """How far a crawl is: portals, list pages and reports fetched."""

    portals_done: int
    portals_total: int
    pages: int
    reports: int


def crawl(
    request: CrawlRequest,
    *,
    data: Path,
    progress: Callable[[Progress], None] | None = None,
    archive: Captures | None = None,
) -> Path | None:
    """Crawls and answers with the finished run folder under `data/runs`; None where nothing was to be looked at.

    `archive` has the bodies of what the request says is known; without it no server is asked whether they stand.
    The log lies beside the run, `<id>.log`. CrawlFailedError where the process failed: then there is no run,
    and no agency is judged.
    """
    if not work_of(request):
        return None
    runs = data.absolute() / "runs"
    with only_crawl(runs) as lock:
        part = new_run(runs, request)
        if archive is not None:
            hand_over(part, archive, frozenset[str]().union(*(memory.bodies for memory in request.known)))
        log = part.with_name(part.name.removesuffix(PART) + ".log")
        code = _run(part / REQUEST, log, lock, request.proxy, progress)
        whole = part.with_name(part.name.removesuffix(PART))
        if whole not in finished_runs(runs):
            raise CrawlFailedError(code, log, _last_line(log))
        return whole


def _run(path: Path, log: Path, lock: int, proxy: str, progress: Callable[[Progress], None] | None) -> int:
    """Runs the child to its end and passes its progress on; its exit code."""
    command = [sys.executable, "-m", "scrapy", "crawl", "reports", "-a", f"request={path}", "-a", "parent=stdin"]
    environment = os.environ | {_SETTINGS_VARIABLE: "crawler.settings", "PYTHONPATH": _search_path()}
    if proxy:
        environment |= {PROXY_VARIABLE: proxy}
    with (
        log.open("wb") as stderr,
        subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            command,
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            pass_fds=(lock,),
        ) as child,
    ):
        try:
            _follow(child, progress)
            return child.wait()
        finally:
            _end(child)


def _follow(child: subprocess.Popen[bytes], progress: Callable[[Progress], None] | None) -> None:
    for line in child.stdout or ():
        try:
            values = json.loads(line)
            told = Progress(**values)
        except (ValueError, TypeError):
            continue
        if progress is not None:
            progress(told)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Leaves no child behind, also when the parent is interrupted."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()


def _search_path() -> str:
    """The module search path of the child: this repository first, wherever it is started."""
    return os.pathsep.join(part for part in (str(_ROOT), os.environ.get("PYTHONPATH", "")) if part)


def _last_line(log: Path) -> str:
    """What the process said last, empty where it said nothing."""
    lines = log.read_text(encoding="utf-8", errors="replace")[-_TAIL:].strip().splitlines()
    return lines[-1].strip() if lines else ""
