"""A season of 2,000 agencies over 120 days: who is called missing or late is, and who is told once a day at most."""

from __future__ import annotations

from collections import Counter

import pytest

from storage.database import open_database
from storage.records import Status
from tests.bench.season import failures, replay
from tests.bench.season_stored import StoredWatch
from tests.bench.season_truth import LATE, MISSING, Size, Truth, count_fates
from tests.bench.season_watch import STATUSES

SIZE = Size(agencies=2000, portals=60, days=120, seed=11)
SMALL = Size(agencies=120, portals=8, days=120, seed=3)
EVERYBODY = (20, 33, 47, 95)
"""Days at whose end all agencies are judged, to see that nothing was overlooked."""


@pytest.fixture(scope="module")
def season():
    overlooked = []

    def look_twice(season, day):
        if day in EVERYBODY:
            overlooked.append(season.watch.judge_everybody(24.0 * day + 23))

    played = replay(SIZE, look_twice)
    return played, overlooked


def test_nobody_is_called_missing_or_late_who_is_not_and_nearly_everybody_who_is_within_five_days(season):
    played, _ = season

    assert failures(played) == []
    assert played.referee.alerts[Status.MISSING].said > 20
    assert played.referee.alerts[Status.LATE].said > 20


def test_judging_only_whom_something_new_is_known_of_overlooks_nothing(season):
    _, overlooked = season

    assert overlooked == [()] * len(EVERYBODY)


def test_a_recipient_gets_one_digest_a_day_and_a_correction_of_everything_that_ended(season):
    played, _ = season
    live = {alert.id for alert in played.watch.alerts.values() if alert.state.value == "open"}
    waiting = {transition.alert for queue in played.recipients.waiting.values() for _, transition in queue}

    assert max(played.recipients.sent.values()) == 1
    assert {alert for _, alert in played.recipients.uncorrected} <= live | waiting
    assert played.recipients.told["corrected"] > 10


def test_redesigned_portals_are_held_and_released(season):
    played, _ = season

    assert played.incidents["portal"] > 0
    assert played.operator.acts["mended"] > 0


def test_whoever_published_nothing_is_missing_or_named_as_unknown_at_the_end(season):
    played, _ = season
    statuses = Counter(
        STATUSES[played.watch.status[agency]].value for agency, fate in enumerate(played.truth.fate) if fate == MISSING
    )

    assert set(statuses) <= {"missing", "unknown", "suspected_missing", "withdrawn"}
    assert statuses["missing"] > 10


def test_a_season_on_the_database_comes_to_the_same_as_in_memory_check_by_check(tmp_path):
    db = open_database(tmp_path / "nianbao.db")
    db.execute("PRAGMA synchronous = OFF")

    played = replay(SMALL, made=lambda truth, referee: StoredWatch(truth, referee, db))

    assert played.watch.compared > 120
    assert len(played.watch.alerts) > 5
    db.close()


def test_the_season_has_in_it_what_it_is_to_have():
    truth = Truth(Size(agencies=20_000, portals=2000))
    fates = count_fates(truth)
    outcomes = Counter(outcome for site in truth.sites for outcome in site.outcomes.values())
    refused = sum(outcomes.values()) - outcomes["undecodable"]

    assert 0.008 < fates[MISSING] / 20_000 < 0.012
    assert 0.027 < fates[LATE] / 20_000 < 0.033
    assert 0.04 < refused / (2000 * 120) < 0.07
    assert outcomes["undecodable"] > 0
    assert 0.01 < sum(bool(site.redesign) for site in truth.sites) / 2000 < 0.03
