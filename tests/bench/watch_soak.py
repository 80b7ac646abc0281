"""`make soak`: whatever can happen to a watch, a million steps of it, held against a simple model.

`python -m tests.bench.watch_soak [STEPS] [SEED]`. One step in twenty is on a real database, which is stopped in the
middle of things, a few of them with real messages to receivers; the others are on the deciding functions alone. A
failure is printed as the shortest way to it, with the seed that finds it again; ends with 1 where there was one.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections import Counter

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from rich.progress import Progress

from tests.monitor.watch_machine import PureMachine, StoredMachine, WatchMachine
from tests.monitor.watch_told import ToldMachine
from tests.monitor.watch_world import REACHED, STEPS, TAKEN

STEPS_WANTED = 1_000_000
STEPS_AN_EXAMPLE = 100
EXAMPLES = 50
STORED_EVERY = 20
TOLD_EVERY, TOLD_EXAMPLES = 50, 3
MOST_FAILURES = 5
REPORT_EVERY = 10
"""Where no one watches a progress bar, a line after so many batches."""


def run(machine: type[WatchMachine], number: int, examples: int) -> str:
    """So many examples of that seed; what went wrong, empty where nothing did."""
    settled = settings(
        max_examples=examples,
        stateful_step_count=STEPS_AN_EXAMPLE,
        phases=[Phase.generate, Phase.shrink],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(number)(machine), settings=settled)
    except Exception:  # noqa: BLE001 - whatever it is, it is printed and the run goes on
        return traceback.format_exc()
    return ""


def soak(wanted: int, first: int) -> int:
    """How many batches failed of as many as make so many steps."""
    failed, number = 0, first
    began = time.monotonic()
    with Progress() as progress:
        task = progress.add_task("steps", total=wanted)
        while (done := TAKEN.total()) < wanted and failed < MOST_FAILURES:
            progress.update(task, completed=done)
            machine, examples = _kind(number)
            wrong = run(machine, number, examples)
            if wrong:
                failed += 1
                progress.console.print(f"{machine.__name__} seed {number}:", markup=False)
                progress.console.print(wrong, markup=False, highlight=False)
            number += 1
            if not progress.console.is_terminal and (number - first) % REPORT_EVERY == 0:
                print(f"{TAKEN.total():,} of {wanted:,} steps, {time.monotonic() - began:.0f} s", flush=True)
    seconds = time.monotonic() - began
    steps = TAKEN.total()
    print(dict(TAKEN))
    print(f"{steps:,} steps, {failed} failures, {seconds:.0f} s, {steps / seconds:.0f} steps a second")
    print(f"seeds {first} to {number - 1}")
    for title, counts in (("done", STEPS), ("reached", REACHED)):
        print(title, ", ".join(f"{name} {count:,}" for name, count in Counter(counts).most_common()))
    return failed


def _kind(number: int) -> tuple[type[WatchMachine], int]:
    """Which machine has the turn of that number, and how many examples of it: what is dear is done seldom."""
    if number % TOLD_EVERY == 0:
        return ToldMachine, TOLD_EXAMPLES
    return (StoredMachine if number % STORED_EVERY == 0 else PureMachine), EXAMPLES


def main() -> int:
    """Run, print, and say by the exit code how it went."""
    words = [int(word) for word in sys.argv[1:]]
    wanted = words[0] if words else STEPS_WANTED
    first = words[1] if len(words) > 1 else int(time.time()) % 1_000_000 * 1000
    print(f"first seed {first}", flush=True)
    return 1 if soak(wanted, first) else 0


if __name__ == "__main__":
    sys.exit(main())
