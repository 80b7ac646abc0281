"""The acts on real processes and files: a crawl, one that dies, the service and its end."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from crawler.simulator.demo_registry import write_demo_registry
from crawler.simulator.scenario import demo_scenario, running_portals
from monitor import jobs
from monitor.cli import main
from monitor.locks import held_lock
from monitor.service import Backoff, Job, keep_time, run_child
from storage.configuration import load_configuration
from storage.database import alerts, load_standings, open_database
from storage.errors import BusyError, CrawlError, CrawlFailedError
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


def test_jobs_run_until_the_end_and_a_failing_one_stops_no_other(caplog):
    stop, ran = threading.Event(), []

    def failing():
        ran.append("failing")
        raise CrawlError("门户无应答")

    def last():
        while "failing" not in ran:
            time.sleep(0.01)
        ran.append("last")
        stop.set()

    with caplog.at_level(logging.INFO, "apscheduler"):
        keep_time([Job("failing", HOUR, failing), Job("last", HOUR, last)], (), stop)

    assert ran == ["failing", "last"]
    assert "failing: CrawlError: 门户无应答" in caplog.text
    assert 'Running job "failing (' in caplog.text
    assert "<locals>" not in caplog.text


def test_a_child_ends_with_the_service():
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()

    ended = run_child([sys.executable, "-c", "import time; time.sleep(60)"], stop)
    whole = run_child([sys.executable, "-c", "raise SystemExit(3)"], threading.Event())

    assert (ended, whole) == (None, 3)


SERVE = (
    "import sys, pathlib; from monitor.jobs import run_service; from storage.configuration import load_configuration; \
run_service(load_configuration(pathlib.Path(sys.argv[1])), site=())"
)


def test_the_service_runs_once_and_ends_in_order(configuration, registry, repository):
    command = [sys.executable, "-c", SERVE, str(configuration.path)]
    # Agencies without an obligation are never scanned, so that this test leaves the portals alone.
    table = configuration.registry / "agencies.csv"
    table.write_text(table.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with subprocess.Popen(command, cwd=repository, stderr=subprocess.PIPE, text=True) as service:
        said = service.stderr.readline()
        while "check" not in said:
            said = service.stderr.readline()

        with pytest.raises(BusyError):
            jobs.run_service(replace(configuration), site=())
        service.send_signal(signal.SIGTERM)
        rest = service.stderr.read()

    assert service.returncode == 0
    assert "signal 15: stopping" in rest
