"""kill -9 anywhere between a portal and a receiver: no report and no alert is lost, and the end is the same.

Each point of `tests.kill_points` once here, and 25 kills at random times; `python -m tests.bench.kills` has more.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from random import Random

import pytest

from tests.kill_points import POINTS, STAGES
from tests.kill_world import FIRST_DAY, World
from tests.power_cuts import faults_of_copies

RANDOM_KILLS = {"crawl": 1, "ingest": 6, "check": 7, "backup": 3, "notify": 8}
"""Stage → kills at random times: few where one costs seconds."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with World(tmp_path_factory.mktemp("kills")) as made:
        yield made


def test_there_are_points_all_along_the_chain():
    assert len(POINTS) >= 25
    assert {stage: sum(point.stage == stage for point in POINTS.values()) >= 5 for stage in STAGES} == dict.fromkeys(
        STAGES, True
    )


def test_the_day_without_kills_is_sound(world):
    assert world.faults(world.folder / "end") == []
    assert len(world.expected) == 2
    assert [text.count("粮食局") > 0 for _, text in world.expected] == [True, True]


@pytest.mark.parametrize("stage", STAGES)
def test_killed_at_each_point_of_a_stage_nothing_is_lost_or_told_twice(world, stage):
    points = [point for point in POINTS.values() if point.stage == stage]

    assert world.killed_at(points) == []


@pytest.mark.parametrize("stage", STAGES)
def test_killed_at_random_times_nothing_is_lost_or_told_twice(world, stage):
    random = Random(f"kills {stage}")
    count = RANDOM_KILLS[stage]

    assert world.killed_after(stage, [random.uniform(0, world.seconds[stage]) for _ in range(count)]) == []


def test_killed_while_the_database_is_made_it_is_made_the_next_time(world):
    random, place = Random("kills made"), world.copy("start")

    for _ in range(5):
        world.run(place, "check", FIRST_DAY, after=random.uniform(0, world.seconds["check"]))
    world.run(place, "check", FIRST_DAY)

    with closing(sqlite3.connect(place / "data" / "nianbao.db")) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert conn.execute("SELECT DISTINCT status, reason FROM obligations").fetchall() == [
            ("unknown", "not_scanned")
        ]


@pytest.mark.parametrize("name", ["lease renewed", "taken, not marked"])
def test_a_sender_that_was_stopped_for_longer_than_its_lease_neither_loses_nor_repeats_unmarked(world, name):
    assert world.stopped_at(POINTS[name]) == []


def test_what_is_on_the_disk_at_any_instant_is_a_sound_database(tmp_path):
    assert faults_of_copies(tmp_path, 20) == []
