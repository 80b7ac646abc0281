"""Runs named tests on a copy of the source tree, once as it is and once for every guard that is taken out.

A program of its own, `python tests/guard_trials.py COPY`, that imports nothing of the house: it imports what
takes long and is not ours, then forks for every trial. Trials come as one JSON list on standard input, each with
`file`, `old`, `new` and `tests`; the answer is one JSON list of `[exit code of pytest, what it said]`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

OURS = ("crawler", "monitor", "storage", "tests")
SLOW_IMPORTS = (
    "apprise", "apscheduler", "click", "datasette.app", "hypothesis", "lxml.html", "pytest", "rapidfuzz", "requests",
    "rich", "scrapy.cmdline", "sqlite_utils", "trafilatura", "zstandard",
)  # fmt: skip
FOREIGN = 99
"""Exit code of a trial in which a module was not the copy's."""


def tried(copy: Path, tests: list[str]) -> tuple[int, str]:
    """Pytest's exit code in a child that knows the copy alone, and what it said."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        child = os.fork()
        if child == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            os.chdir(copy)
            sys.path[:] = [
                str(copy),
                *(path for path in sys.path if not Path(path or ".", "monitor", "cli.py").exists()),
            ]
            os.environ["PYTHONPATH"] = str(copy)
            import pytest  # noqa: PLC0415 - imported already

            # What is imported already is not rewritten, and need not be.
            options = ("-q", "-x", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
            code = int(pytest.main([*options, *tests]))
            files = [
                getattr(module, "__file__", None) for name, module in sys.modules.items() if name.split(".")[0] in OURS
            ]
            if not all(Path(file).is_relative_to(copy) for file in files if file):
                code = FOREIGN
            sys.stdout.flush()
            os._exit(code)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return os.waitstatus_to_exitcode(status), said.read()


def main(copy: Path) -> None:
    """Try what standard input asks for."""
    for name in SLOW_IMPORTS:
        import_module(name)
    answers = []
    written = time.time()
    for trial in json.load(sys.stdin):
        path = copy / trial["file"] if trial["file"] else None
        whole = path.read_text(encoding="utf-8") if path else ""
        # A compiled module is known by the second in which its source was written.
        written += 10
        if path:
            path.write_text(whole.replace(trial["old"], trial["new"]), encoding="utf-8")
            os.utime(path, (written, written))
        answers.append(tried(copy, trial["tests"]))
        if path:
            path.write_text(whole, encoding="utf-8")
            os.utime(path, (written + 5, written + 5))
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
