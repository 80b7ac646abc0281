"""The clock of the service: jumps, sleep over the due date, a clock that is wrong for days. Nobody is accused by it."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest

from crawler.runs import only_crawl
from monitor.service.clock import Clock, gainsaying, skew
from monitor.service.metronome import Backoff
from monitor.service.tenure import Turn
from monitor.service.watchman import Watchman
from storage.configuration import load_configuration
from storage.database import alerts, load_standings, open_database, save_run, save_transitions, take_lease
from storage.database.acts import ActOutcome, load_acts
from storage.records import SHANGHAI, AlertState, Candidate, Capture, EndProof, Outcome, Scan, Status, Transition
from tests.monitor.service_process import write_folder

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2025, 1, 30, 9, tzinfo=SHANGHAI)
DONE = (sys.executable, "-c", "pass")
CONTROL = "测试1局2023年政府信息公开工作年度报告"


class Times:
    """Two clocks that the test moves: `pass_` moves both, `set` only the one that people set."""

    def __init__(self, start):
        self.wall, self.seconds = start, 0.0

    def pass_(self, span):
        self.wall += span
        self.seconds += span.total_seconds()

    def set(self, span):
        self.wall += span

    @property
    def clock(self):
        return Clock(lambda: self.wall, lambda: self.seconds)


@pytest.fixture
def config(tmp_path):
    path = write_folder(tmp_path, agencies=2)
    return load_configuration(path)


@pytest.fixture
def db(config):
    with closing(open_database(config.database)) as database:
        yield database


class Watch:
    """A watchman on clocks that the test moves; crawls do nothing, the test saves what they would have seen."""

    def __init__(self, config, db, times):
        self.db, self.times, self.runs = db, times, 0
        token = take_lease(db, "service", "me", datetime.now(SHANGHAI), 365 * DAY)
        self.man = Watchman(config, Turn("me", token), lambda *_: DONE, clock=times.clock)
        self.acts = self.man.acts()

    def go(self, span=timedelta()):
        """Time goes on as it should, with the looks at the clock that a running service takes."""
        for _ in range(int(span / MINUTE)):
            self.times.pass_(MINUTE)
            self.man.clock.look()

    def scan(self, *, found=None, outcome=Outcome.COMPLETE):
        """A scan of the one column: complete, with a control, with the report of `found` in it."""
        at = self.times.wall
        self.runs += 1
        run = f"run{self.runs}"
        scan = Scan(run, run, "p", "http://127.0.0.1:9/l/", ("a0", "a1"), at, at + MINUTE, outcome, rows_seen=3)
        url = "http://127.0.0.1:9/r.html"
        listed = [Candidate(run, "2024年年报", url, found, "a0", 2024)] if found else []
        scan = replace_control(scan)
        self.man.acts()["ingest"]()
        save_run(self.db, run_id=run, scans=(scan,), candidates=listed, captures=(), reports=(), at=at)
        self.acts["scan"]()

    def check(self):
        """What the act came to, and the status of both agencies."""
        self.acts["check"]()
        act = load_acts(self.db)["check"]
        return act.outcome, [standing.status.value for standing in load_standings(self.db, 2024)]

    @property
    def accused(self):
        return [(alert.agency, alert.rule) for alert in alerts(self.db) if alert.agency]


def replace_control(scan):
    return replace(scan, control_title=CONTROL, control_url="http://127.0.0.1:9/c.html", end_proof=EndProof.SINGLE_PAGE)


def test_scans_keep_what_they_learnt_of_the_registry_to_themselves_until_it_changes(config, db):
    watch = Watch(config, db, Times(START))
    watch.acts["scan"]()
    first = watch.man.looked.groups
    watch.acts["scan"]()
    again = watch.man.looked.groups
    path = config.registry / "agencies.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("测试1局", "测试壹局"), encoding="utf-8")

    watch.acts["scan"]()

    assert first is not None
    assert again is first
    assert watch.man.looked.groups is not first
    assert "测试壹局" in {agency.name for agency in watch.man.looked.registry.agencies}


def test_a_crawl_that_does_not_end_is_told_when_something_was_due_for_hours(config, db):
    watch = Watch(config, db, Times(START + 3 * DAY))
    with only_crawl(config.runs):
        watch.acts["scan"]()
        early = (load_acts(db)["scan"].outcome, alerts(db))
        watch.go(6 * HOUR)
        watch.acts["scan"]()
        late = load_acts(db)["scan"]
    told = [(alert.subject, alert.state.value) for alert in alerts(db)]
    watch.acts["scan"]()

    assert early == (ActOutcome.GOOD, ())
    assert (late.outcome, late.detail) == (ActOutcome.WAITING, {"why": "busy", "due": 2})
    assert told == [("crawl_busy", "open")]
    assert [alert.state.value for alert in alerts(db)] == ["resolved"]


def test_a_portal_that_ends_each_crawl_holds_no_verdict_on_those_that_were_looked_at(config, db):
    failing = Watch(config, db, Times(START + 3 * DAY))
    failing.man.command = lambda *_: (sys.executable, "-c", "raise SystemExit(1)")
    failing.check()
    failing.times.set(72 * HOUR)
    failing.man.clock.look()
    failing.acts["scan"]()
    without_a_look = failing.check()[0]
    failing.man.crawls = Backoff(HOUR, DAY)
    failing.scan()
    after_a_look = failing.check()[0]

    assert (without_a_look, after_a_look) == (ActOutcome.WAITING, ActOutcome.GOOD)


def test_a_clock_that_goes_on_as_it_should_is_believed():
    times = Times(START)
    clock = times.clock

    found = [clock.look()]
    for _ in range(3):
        times.pass_(30 * timedelta(seconds=1))
        found.append(clock.look())

    assert found == [None] * 4


@pytest.mark.parametrize("jump", [-DAY, 40 * DAY, 2 * MINUTE, -2 * MINUTE])
def test_a_jump_of_the_clock_is_seen(jump):
    times = Times(START)
    clock = times.clock
    clock.look()

    times.pass_(MINUTE / 2)
    times.set(jump)
    found = clock.look()

    assert (found.by, found.stood) == (jump, MINUTE / 2)


def test_a_standstill_is_seen_though_both_clocks_went_on():
    times = Times(START)
    clock = times.clock
    clock.look()

    times.pass_(HOUR)

    assert clock.look().stood == HOUR


def answers(*offsets, at=START):
    return [(f"p{number}", at, {"Date": format_datetime(at - off)}) for number, off in enumerate(offsets)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answers(HOUR, HOUR), None),
        (answers(HOUR, HOUR, HOUR), HOUR),
        (answers(-40 * DAY, timedelta(), timedelta()), timedelta()),
        ([*answers(HOUR, HOUR), ("x", START, {}), ("y", START, {"Date": "yesterday"})], None),
        ([*answers(HOUR, HOUR), ("z", START, {"Date": f"Mon, 03 Feb 2025 01:05:00 +{'9' * 20}"})], None),
        ([("p", START, {"Date": format_datetime(START.astimezone(UTC), usegmt=True)})] * 9, None),
    ],
    ids=["too few", "all agree", "one is wrong itself", "no date", "a date of no place", "one portal often"],
)
def test_our_clock_is_held_against_those_of_three_portals(given, expected):
    assert skew(given) == expected


MANY = answers(HOUR, HOUR, HOUR)
NOW_AND_BEFORE = [*answers(HOUR), *answers(timedelta()), *answers(HOUR, at=START - 40 * DAY)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answers(20 * DAY), 20 * DAY),
        (answers(timedelta(), -HOUR), -HOUR),
        (answers(MINUTE, -MINUTE), None),
        (MANY, None),
        (NOW_AND_BEFORE, None),
        (answers(HOUR, at=START - 2 * DAY), None),
        ([], None),
    ],
    ids=["alone", "one of two", "both agree", "enough for a vote", "one answer out of a cache", "long ago", "none"],
)
def test_where_few_portals_speak_one_that_disagrees_is_heard(given, expected):
    assert gainsaying(given, START - DAY) == expected


@pytest.mark.clock
def test_the_only_portals_clock_holds_the_judging_until_it_agrees_or_a_person_says_that_ours_is_right(config, db):
    watch = Watch(config, db, Times(START + 3 * DAY))
    watch.scan()
    portal_clocks(watch, ahead=20 * DAY, portals=1)
    held = [watch.check()[0], watch.check()[0]]
    (alert,) = alerts(db)
    person = Transition(alert.id, watch.times.wall, alert.state, AlertState.ACKNOWLEDGED, "已核对", "王")
    save_transitions(db, [(replace(alert, state=AlertState.ACKNOWLEDGED), person)])
    believed = watch.check()[0]
    watch.go(HOUR)
    portal_clocks(watch, portals=1)
    watch.check()

    assert (held, believed) == ([ActOutcome.WAITING] * 2, ActOutcome.GOOD)
    assert [(one.subject, one.state.value) for one in alerts(db)] == [("clock_portal", "resolved")]


def test_a_fresh_look_that_is_owed_for_hours_is_told(config, db):
    watch = Watch(config, db, Times(START + 3 * DAY))
    watch.times.set(DAY)
    watch.check()
    watch.times.set(DAY)
    watch.man.clock.look()
    watch.check()
    early = alerts(db)
    watch.go(6 * HOUR)
    watch.check()
    told = [(alert.subject, alert.state.value) for alert in alerts(db)]
    watch.scan()
    watch.check()

    assert (early, told) == ((), [("clock_look", "open")])
    assert [alert.state.value for alert in alerts(db)] == ["resolved"]


@pytest.mark.clock
def test_asleep_over_the_due_date_nobody_is_accused_before_two_fresh_looks(config, db):
    watch = Watch(config, db, Times(START))
    watch.scan()
    before = watch.check()
    watch.times.set(72 * HOUR)
    watch.man.clock.look()
    asleep = watch.check()
    watch.scan()
    woke = watch.check()
    watch.go(21 * HOUR)
    watch.scan(found=date(2025, 1, 31))
    after = watch.check()

    good, waiting = ActOutcome.GOOD, ActOutcome.WAITING
    assert before == (good, ["not_due", "not_due"])
    assert asleep == (waiting, ["not_due", "not_due"]), "held until a fresh look"
    assert woke == (good, ["suspected_missing", "suspected_missing"])
    assert after == (good, ["on_time", "missing"])
    assert watch.accused == [("a1", "missing")]


@pytest.mark.clock
def test_a_clock_set_back_a_day_holds_the_judging_and_settles_when_it_is_right_again(config, db):
    watch = Watch(config, db, Times(START + 3 * DAY))
    watch.scan()
    watch.check()
    watch.times.set(-DAY)
    watch.man.clock.look()
    held = [watch.check()[0]]
    watch.scan()
    held.append(watch.check()[0])
    told = [alert.subject for alert in alerts(db)]
    watch.times.set(DAY)
    watch.man.clock.look()
    held.append(watch.check()[0])
    watch.go(21 * HOUR)
    watch.scan(found=date(2025, 1, 31))
    after = watch.check()

    assert held == [ActOutcome.WAITING] * 3
    assert told == ["clock_back"]
    assert (after[0], watch.accused) == (ActOutcome.GOOD, [("a1", "missing")])


@pytest.mark.clock
def test_a_clock_that_runs_forty_days_ahead_accuses_nobody_then_or_later(config, db):
    watch = Watch(config, db, Times(START - 20 * DAY))
    watch.scan()
    watch.check()
    watch.times.set(40 * DAY)
    watch.man.clock.look()
    ahead = [watch.check()]
    watch.scan()
    ahead.append(watch.check())
    watch.times.set(-40 * DAY)
    watch.man.clock.look()
    watch.scan()
    back = watch.check()
    portal_clocks(watch)
    settled = watch.check()
    watch.times.pass_(41 * DAY)
    watch.man.clock.look()
    watch.scan(outcome=Outcome.BLOCKED)
    later = watch.check()

    good, waiting = ActOutcome.GOOD, ActOutcome.WAITING
    assert ahead == [(waiting, ["not_due"] * 2), (good, ["suspected_missing"] * 2)]
    assert back[0] is waiting
    assert settled == (good, ["not_due"] * 2), "three portals say that the clock is right now"
    assert later == (good, [Status.UNKNOWN.value] * 2), "a look of the wrong clock proves nothing when its day comes"
    assert watch.accused == []


def test_judging_waits_while_the_portals_clocks_say_that_ours_is_wrong(config, db):
    watch = Watch(config, db, Times(START + 3 * DAY))
    watch.scan()
    portal_clocks(watch, ahead=3 * DAY)

    found = watch.check()

    assert found == (ActOutcome.WAITING, [])
    assert [(alert.subject, alert.state.value) for alert in alerts(db)] == [("clock", "open")]


def portal_clocks(watch, ahead=timedelta(), portals=3):
    """Something was fetched from some portals just now, and their clocks say so."""
    at = watch.times.wall
    watch.runs += 1
    for number in range(portals):
        db, name = watch.db, f"clock{watch.runs}-{number}"
        db.execute("INSERT OR IGNORE INTO portals (id, name) VALUES (?, ?)", (f"q{number}", "门户"))
        scan = Scan(name, name, f"q{number}", "http://127.0.0.1:9/", (), at, at, Outcome.COMPLETE)
        url = f"http://127.0.0.1:9/{name}"
        headers = {"Date": format_datetime(at - ahead)}
        capture = Capture("a" * 64, name, url, url, 200, "text/html", at, 1, headers=headers)
        save_run(db, run_id=name, scans=(scan,), candidates=(), captures=(capture,), reports=(), at=at)
