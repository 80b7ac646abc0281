"""The acts on real processes and files: a crawl, one that dies, what is due."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from crawler.simulator.demo_registry import write_demo_registry
from crawler.simulator.scenario import demo_scenario, running_portals
from monitor import jobs
from monitor.cli import main
from monitor.service.locks import held_lock
from monitor.service.metronome import Backoff
from storage.configuration import load_configuration
from storage.database import alerts, load_standings, open_database
from storage.errors import BusyError, CrawlFailedError
from storage.records import SHANGHAI, Status
from storage.registry import read_registry

NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def portals():
    with running_portals(demo_scenario(NOW)) as running:
        yield running


@pytest.fixture
def configuration(tmp_path, portals):
    return load_configuration(write_demo_registry(tmp_path, portals, demo_scenario(NOW)))


@pytest.fixture
def registry(configuration):
    return read_registry(configuration.registry)


@pytest.fixture
def db(configuration):
    database = open_database(configuration.database)
    yield database
    database.close()


def of_portals(registry, *portals):
    return tuple(agency for agency in registry.agencies if agency.portal in portals)


def test_a_scan_is_ingested_and_judged(db, registry, configuration):
    wanted = of_portals(registry, "weather")

    (run,) = jobs.scan(db, registry, configuration, lambda: NOW, wanted)
    done = jobs.check(db, registry, configuration, NOW, 2024)

    assert (run.scans, run.readings) == (1, 0)
    standings = {one.agency: (one.status, one.reason) for one in done.standings}
    assert standings["qinghuai-weather"] == (Status.UNKNOWN, "unreachable")
    assert standings["chenghu-finance"] == (Status.UNKNOWN, "not_scanned")
    assert (len(load_standings(db, 2024)), alerts(db)) == (len(registry.agencies), ())


def test_a_damaged_folder_of_old_is_named_and_a_crawl_that_went_well_is_none_the_worse(configuration):
    damaged = configuration.runs / "20240101T000000Z-old"
    damaged.mkdir(parents=True)
    (damaged / "manifest.json").write_text('{"format": 1, "id": "old", "files": {"scans.jsonl": "0"}}')
    options = ["--config", str(configuration.path), "--now", NOW.isoformat()]

    crawled = CliRunner().invoke(main, [*options, "crawl", "--portal", "weather"])
    ingested = CliRunner().invoke(main, [*options, "ingest"])

    assert (crawled.exit_code, crawled.stderr.count(str(damaged))) == (0, 1)
    assert (ingested.exit_code, ingested.stderr.count(str(damaged))) == (1, 1)


def test_what_was_just_looked_at_is_not_due(db, registry, configuration):
    wanted = of_portals(registry, "weather")
    before = jobs.scan_due(db, registry, configuration, NOW)
    tuple(jobs.scan(db, registry, configuration, lambda: NOW, wanted))

    after = jobs.scan_due(db, registry, configuration, NOW + HOUR)

    assert set(before) - set(after) == set(wanted)


def test_a_crawl_that_dies_is_tried_portal_by_portal_and_told(db, registry, configuration, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")

    results = list(jobs.scan(db, registry, configuration, lambda: NOW, of_portals(registry, "weather", "yanchuan")))

    assert [type(result) for result in results] == [CrawlFailedError, CrawlFailedError]
    assert [result.code for result in results] == [1, 1]
    assert all(result.log.suffix == ".log" and result.log.is_file() for result in results)
    assert list(configuration.runs.glob("*/manifest.json")) == []


def test_the_watched_year_is_the_one_before_in_china():
    assert jobs.default_year(datetime.fromisoformat("2024-12-31T15:59:59+00:00")) == 2023
    assert jobs.default_year(datetime.fromisoformat("2024-12-31T16:00:00+00:00")) == 2024


def test_a_lock_is_held_by_one_and_free_afterwards(tmp_path):
    path = tmp_path / "data" / "x.lock"

    with held_lock(path), pytest.raises(BusyError), held_lock(path):
        pass
    with held_lock(path):
        assert path.exists()


def test_a_failure_rests_longer_each_time_and_success_ends_it():
    backoff = Backoff(timedelta(minutes=1), timedelta(minutes=3))

    backoff.note("a", 0, failed=True)
    first = [backoff.resting(at) for at in (59, 60)]
    backoff.note("a", 60, failed=True)
    backoff.note("a", 180, failed=True)
    longest = [backoff.resting(at) for at in (359, 360)]
    backoff.note("b", 0, failed=True)
    backoff.note("b", 1, failed=False)

    assert first == longest == [{"a"}, frozenset()]
    assert backoff.resting(2) == {"a"}
