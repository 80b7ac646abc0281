"""No guard is there in vain: each one that is taken out of a copy of the product makes its named test fail there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.guards import GUARDS

ALWAYS = frozenset(
    {
        "two scans",
        "control",
        "decode check",
        "portal breaker",
        "fleet breaker",
        "outbox in the transaction of the alert",
        "alerts in the transaction of the verdicts",
        "lease",
        "fencing token",
        "receiver's body",
    }
)
"""The guards that are taken out in every run of the tests; the others with NIANBAO_PATIENT=1, as `make soak` does."""
TRIED = tuple(guard for guard in GUARDS if guard.name in ALWAYS or os.environ.get("NIANBAO_PATIENT"))

COPIED = ("crawler", "monitor", "storage", "tests")


@pytest.fixture(scope="module")
def trials(repository, tmp_path_factory):
    """Guard → pytest's exit code and words without it; the empty name stands for the product as it is."""
    copy = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        shutil.copytree(repository / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "cases"))
    shutil.copy(repository / "pyproject.toml", copy)
    asked = [{"file": "", "old": "", "new": "", "tests": sorted({guard.test for guard in TRIED})}]
    asked += [{"file": guard.file, "old": guard.old, "new": guard.new, "tests": [guard.test]} for guard in TRIED]
    program = repository / "tests" / "guard_trials.py"
    done = subprocess.run(
        [sys.executable, "-P", str(program), str(copy)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    names = ("", *(guard.name for guard in TRIED))
    return dict(zip(names, json.loads(done.stdout), strict=True))


def test_with_every_guard_in_its_place_the_named_tests_pass(trials):
    code, said = trials[""]

    assert code == 0, said


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_stands_once_where_the_table_says(repository, guard):
    assert (repository / guard.file).read_text(encoding="utf-8").count(guard.old) == 1


def test_the_guards_that_are_always_tried_are_in_the_table():
    assert {guard.name for guard in GUARDS} >= ALWAYS


@pytest.mark.parametrize("guard", TRIED, ids=lambda guard: guard.name)
def test_without_the_guard_its_named_test_fails(trials, guard):
    code, said = trials[guard.name]

    # 1: something failed; any other code would mean that the test was not found, or not run.
    assert (code, "1 failed" in said, "error" in said.splitlines()[-1]) == (1, True, False), said
