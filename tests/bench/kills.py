"""`make soak`: kill -9 at every named point forty times and a thousand times at random, a sender that is stopped for
longer than its lease a hundred times, and 500 copies of a database that is being written.

`python -m tests.bench.kills [ROUNDS] [RANDOM] [STOPS] [COPIES] [--seconds N] [--first ROUND]`: each round kills every
point once, in another order; several processes share the rounds, each from its `--first`. It says after each round how
far it came, and with `--seconds` stops in time. Ends with 1 where anything was lost.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from itertools import count
from pathlib import Path
from random import Random

from tests.kill_points import POINTS, STAGES
from tests.kill_world import World
from tests.power_cuts import faults_of_copies

IN_A_ROW = 5
"""Kills at random times that one folder suffers before its chain is run to the end."""
STOPPED_AT = ("lease renewed", "taken, not marked")
SHARES = {"crawl": 1, "ingest": 5, "check": 5, "backup": 2, "notify": 7}
"""Of twenty kills at random times, how many fall to each stage: few where one costs seconds."""


def main() -> int:
    """Run what was asked for; 1 where something was lost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", type=int, nargs="?", default=40)
    parser.add_argument("random", type=int, nargs="?", default=1000)
    parser.add_argument("stops", type=int, nargs="?", default=100)
    parser.add_argument("copies", type=int, nargs="?", default=500)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    began = time.monotonic()
    until = began + asked.seconds
    with tempfile.TemporaryDirectory(prefix="nianbao-kills-") as folder:
        copies = Path(folder) / "copies"
        copies.mkdir()
        found = faults_of_copies(copies, asked.copies)
        print(f"{asked.copies} copies of a database that is being written: {len(found)} unsound", flush=True)
        world_folder = Path(folder) / "world"
        world_folder.mkdir()
        with World(world_folder) as world:
            found += _random_kills(world, asked.random, began + (until - began) / 2)
            found += _stops(world, asked.stops, began + (until - began) * 0.6)
            found += _named_kills(world, range(asked.first, asked.first + asked.rounds), until)
    print(f"{time.monotonic() - began:.0f} seconds; {len(found)} failures")
    print("\n".join(found))
    return 1 if found else 0


def _named_kills(world: World, rounds: range, until: float) -> list[str]:
    found: list[str] = []
    done: Counter[str] = Counter()
    for number in rounds:
        for stage in STAGES:
            if time.monotonic() > until:
                break
            points = [point for point in POINTS.values() if point.stage == stage]
            Random(f"{stage} {number}").shuffle(points)
            found += [f"round {number}, {stage}: {fault}" for fault in _tried(world.killed_at, points)]
            done.update(point.name for point in points)
        least = min(done[name] for name in POINTS)
        told = f"{sum(done.values())} kills at {len(POINTS)} named points, {least} times at least"
        print(f"round {number}: {told}: {len(found)} failures", flush=True)
    return found


def _random_kills(world: World, kills: int, until: float) -> list[str]:
    random = Random(kills)
    order = [stage for stage, share in SHARES.items() for _ in range(share)]
    found: list[str] = []
    done: Counter[str] = Counter()
    for turn in count():
        if sum(done.values()) >= kills or time.monotonic() > until:
            break
        stage, before = order[turn % len(order)], world.killed
        seconds = [random.uniform(0, world.seconds[stage]) for _ in range(IN_A_ROW)]
        found += [f"random, {stage}: {fault}" for fault in _tried(world.killed_after, stage, seconds)]
        # An act that had ended before its time was up was not killed.
        done[stage] += world.killed - before
    print(f"{sum(done.values())} kills at random times ({dict(done)}): {len(found)} failures", flush=True)
    return found


def _stops(world: World, stops: int, until: float) -> list[str]:
    found: list[str] = []
    done = 0
    for number in range(stops):
        if time.monotonic() > until:
            break
        found += [f"stop: {fault}" for fault in _tried(world.stopped_at, POINTS[STOPPED_AT[number % len(STOPPED_AT)]])]
        done += 1
    print(f"{done} senders stopped for longer than their lease: {len(found)} failures", flush=True)
    return found


def _tried(act, *values) -> list[str]:
    """What an act of the world finds wrong; an act that breaks is wrong too."""
    try:
        return act(*values)
    except (RuntimeError, LookupError, OSError) as error:
        return [f"{type(error).__name__}: {error}"]


if __name__ == "__main__":
    sys.exit(main())
