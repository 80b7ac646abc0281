"""`nianbao run` as real processes: two on one database, one that is stopped, one that is killed, their end."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from monitor import jobs
from monitor.cli import main
from monitor.service.children import run_child
from monitor.service.good_registry import GoodRegistry
from monitor.service.metronome import Job, scheduled
from monitor.service.tenure import Turn
from monitor.service.troubles import Troubles
from monitor.service.upkeep import Upkeep
from storage.configuration import load_configuration
from storage.database import alerts, lease_holder, load_standings, open_database, open_reader, take_lease
from storage.database.acts import Act, ActOutcome, load_acts
from storage.errors import LeaseLostError
from storage.records import SHANGHAI
from tests.monitor.service_process import (
    acts_of,
    children_of,
    is_alive,
    running,
    silent_portal,
    wait_until,
    write_folder,
)
from tests.monitor.site_database import site_database

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def owner(config):
    with closing(open_reader(config.parent / "data" / "nianbao.db")) as db:
        holder = lease_holder(db, "service")
    return holder[0] if holder else None


def test_a_registry_that_lost_most_agencies_just_now_may_not_be_written_yet(tmp_path):
    configuration = load_configuration(write_folder(tmp_path, agencies=5))
    good = GoodRegistry(configuration)
    before = good.read()
    agencies = configuration.registry / "agencies.csv"
    head, *rows = agencies.read_text(encoding="utf-8").splitlines(keepends=True)

    agencies.write_text("".join([head, *rows[:3]]), encoding="utf-8")
    fewer = good.read()
    agencies.write_text("".join([head, *rows[:1]]), encoding="utf-8")
    cut, anew = good.read(), GoodRegistry(configuration).read()
    for path in configuration.registry.iterdir():
        os.utime(path, (0, 0))
    settled = good.read()

    counts = [len(reading.registry.agencies) for reading in (before, fewer, cut, anew, settled)]
    assert (counts, fewer.fault, settled.fault) == ([5, 3, 3, 3, 1], None, None)
    assert "agencies.csv" in str(cut.fault)


def test_jobs_run_until_the_end_and_each_at_once():
    stop, ran = threading.Event(), []

    def first():
        ran.append("first")

    def last():
        while "first" not in ran:
            time.sleep(0.01)
        ran.append("last")
        stop.set()

    with scheduled([Job("first", HOUR, first), Job("last", HOUR, last)]):
        stop.wait()

    assert ran == ["first", "last"]


def test_a_child_ends_with_the_service_and_speaks_through_its_log(caplog):
    until = time.monotonic() + 0.3

    ended = run_child([sys.executable, "-c", "import time; time.sleep(60)"], lambda: time.monotonic() > until)
    whole = run_child([sys.executable, "-c", "raise SystemExit('没有名录')"], lambda: False, name="scan")

    assert (ended, whole) == (None, 1)
    assert "scan: 没有名录" in caplog.text


def test_of_two_services_one_works_and_the_other_takes_over_when_it_is_killed(tmp_path):
    config = write_folder(tmp_path)

    with running(config) as first:
        first.wait_for(act="check", outcome="good")
        with running(config) as second:
            second.wait_for(outcome="standby")
            time.sleep(1.5)
            worked = [line for line in second.said if line.get("act")]
            standby = [line for line in second.said if line.get("outcome") == "standby"]
            first.send(signal.SIGKILL)
            second.wait_for(outcome="active")
            second.wait_for(act="check", outcome="good")
            took_over = owner(config)
            code = second.end()
            status = CliRunner().invoke(main, ["--config", str(config), "status"]).output

    assert (worked, len(standby), code) == ([], 1, 0)
    assert took_over.split("/")[1] == str(second.process.pid)
    assert owner(config) is None, "who ends in order gives the lease back"
    assert re.search(r"服务最近一次成功：扫描 20\d\d-", status)


def test_a_service_that_was_stopped_too_long_writes_nothing_any_more(tmp_path):
    config = write_folder(tmp_path)

    with running(config) as first:
        first.wait_for(act="check", outcome="good")
        with running(config) as second:
            second.wait_for(outcome="standby")
            stop_between_writes(first)
            second.wait_for(outcome="active")
            wait_until(lambda: {act.owner for act in acts_of(config).values()} - {first_owner(first)} != set())
            time.sleep(1.0)
            first.send(signal.SIGCONT)
            first.wait_for(outcome="lease_lost")
            first.wait_for(outcome="standby")
            time.sleep(1.0)
            owners = {name: act.owner for name, act in acts_of(config).items() if name in {"scan", "check", "notify"}}
            held = owner(config)

    assert set(owners.values()) == {held}
    assert held.split("/")[1] == str(second.process.pid)


def stop_between_writes(service):
    """SIGSTOP at a moment when it holds no lock of the database: whoever sleeps on that holds up everybody."""
    while True:
        service.send(signal.SIGSTOP)
        with closing(sqlite3.connect(service.config.parent / "data" / "nianbao.db", timeout=0.2)) as conn:
            try:
                conn.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                service.send(signal.SIGCONT)
                time.sleep(0.05)
            else:
                return


def first_owner(service):
    return next(line["message"].split(" as ")[1].split(",")[0] for line in service.said if " as " in line["message"])


def test_a_killed_service_leaves_no_crawl_behind_and_the_next_one_scans(tmp_path):
    with silent_portal() as (port, taken):
        config = write_folder(tmp_path, agencies=1, port=port)
        # On a busy machine a lease of a second is lost before the crawl has begun to ask.
        config.write_text(config.read_text(encoding="utf-8").replace('lease = "1s"', 'lease = "5s"'), encoding="utf-8")
        with running(config) as first:
            wait_until(lambda: taken, lambda: "".join(first.lines))
            crawl = children_of(first.process.pid)
            first.send(signal.SIGKILL)
            wait_until(lambda: not any(map(is_alive, crawl)), lambda: str(crawl))
        seen = len(taken)
        with running(config) as second:
            wait_until(lambda: len(taken) > seen, lambda: "".join(second.lines))
            parts = list((tmp_path / "data" / "runs").glob("*.part"))
            under_way = acts_of(config)["scan"].outcome

    assert any("scrapy crawl" in line for line in crawl.values()), crawl
    assert len(parts) == 1, "what the killed crawl left is cleared away"
    assert under_way is None


def test_a_registry_that_breaks_while_it_runs_is_told_once_and_the_good_one_counts_until_it_is_mended(tmp_path):
    config = write_folder(tmp_path)
    table = tmp_path / "registry" / "agencies.csv"
    good = table.read_text(encoding="utf-8")
    database = tmp_path / "data" / "nianbao.db"

    with running(config) as service:
        service.wait_for(act="check", outcome="good")
        table.write_text(good + "x,,nonsense,1,p\n", encoding="utf-8")
        wait_until(lambda: troubles(database) == [("registry", "open")])
        before = acts_of(config)["check"].ended_at
        wait_until(lambda: (acts_of(config)["check"].ended_at or before) > before)
        during = acts_of(config)["check"].outcome or ActOutcome.GOOD
        table.write_text(good, encoding="utf-8")
        wait_until(lambda: troubles(database) == [("registry", "resolved")])

    assert during is ActOutcome.GOOD
    assert sum("agencies.csv:2" in line["message"] for line in service.said) == 1


def test_a_registry_that_was_never_in_order_is_told_and_the_watch_begins_when_it_is(tmp_path):
    config = write_folder(tmp_path)
    table = tmp_path / "registry" / "agencies.csv"
    good = table.read_text(encoding="utf-8")
    table.write_text(good + "x,,nonsense,1,p\n", encoding="utf-8")
    database = tmp_path / "data" / "nianbao.db"
    open_database(database).close()

    with running(config) as service:
        wait_until(lambda: troubles(database) == [("registry", "open")])
        service.wait_for(act="check", outcome="failed", error="RegistryError")
        table.write_text(good, encoding="utf-8")
        wait_until(lambda: troubles(database) == [("registry", "resolved")])
        service.wait_for(act="check", outcome="good")

    assert (
        sum("agencies.csv:2" in line["message"] for line in service.said if line["logger"] == "monitor.service.upkeep")
        == 1
    )


def test_a_database_that_breaks_while_it_runs_is_told_in_chinese_and_tried_again(tmp_path):
    config = write_folder(tmp_path)
    database = tmp_path / "data" / "nianbao.db"

    with running(config) as service:
        service.wait_for(act="check", outcome="good")
        before = len(service.said)
        replace_database(database, "这不是数据库".encode() * 1000)
        service.wait_for(error="DatabaseError", message="不是 SQLite 数据库")
        time.sleep(1.0)
        complaints = len([line for line in service.said[before:] if line.get("error") == "DatabaseError"])
        database.unlink()
        wait_until(lambda: database.exists() and service.said[-1].get("outcome") == "good")

    assert complaints <= 12, "each act once or twice: it does not try in a hot loop"


def replace_database(database, data):
    """Another file in its place, as a careless copy makes it; the old one's log goes with it."""
    new = database.with_name("new")
    new.write_bytes(data)
    for path in database.parent.glob("nianbao.db-*"):
        path.unlink()
    new.replace(database)


def add_migration(path):
    with closing(open_database(path)) as db:
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('nianbao', 'later', '')")


@pytest.mark.parametrize(
    ("hurt", "says"),
    [
        (lambda path: replace_database(path, b"x" * 5000), "不是 SQLite 数据库"),
        (add_migration, "版本比本程序新（later），请升级本程序"),
    ],
    ids=["no database", "of a newer program"],
)
def test_a_database_that_cannot_be_used_at_the_start_ends_the_service_with_a_word(tmp_path, hurt, says):
    config = write_folder(tmp_path)
    open_database(tmp_path / "data" / "nianbao.db").close()
    hurt(tmp_path / "data" / "nianbao.db")

    ended = CliRunner().invoke(main, ["--config", str(config), "run", "--no-site"])

    assert ended.exit_code == 1
    assert ended.stderr.startswith("错误：")
    assert says in ended.stderr


def test_a_damaged_page_is_found_by_the_daily_look_and_told_and_nobody_is_accused_by_it(tmp_path):
    config = write_folder(tmp_path)
    database = site_database(tmp_path / "data")
    with closing(sqlite3.connect(database)) as conn:
        page, size = conn.execute("SELECT rootpage, 0 FROM sqlite_master WHERE name = 'findings_by_rule'").fetchone()
        size = conn.execute("PRAGMA page_size").fetchone()[0]
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    before = accusations(database)

    with running(config) as service:
        service.wait_for(act="quick_check", outcome="failed")
        wait_until(lambda: ("damage", "open") in troubles(database))
        service.wait_for(act="check", outcome="good")

    assert acts_of(config)["quick_check"].outcome is ActOutcome.FAILED
    assert set(accusations(database)) - {("a1", "resolved")} <= set(before), "no agency is accused by it"


def test_a_registry_that_stands_where_its_copy_would_go_is_left_as_it_is(tmp_path):
    config = write_folder(tmp_path, agencies=1, more='[paths]\ndata = "."\nregistry = "registry-in-use"')
    folder = (tmp_path / "registry").rename(tmp_path / "registry-in-use")
    before = sorted((path.name, path.stat().st_ino) for path in folder.iterdir())

    reading = GoodRegistry(load_configuration(config)).read()

    assert (len(reading.registry.agencies), reading.folder) == (1, folder)
    assert sorted((path.name, path.stat().st_ino) for path in folder.iterdir()) == before


def test_many_threads_that_ask_for_the_registry_at_once_get_the_same(tmp_path):
    good = GoodRegistry(load_configuration(write_folder(tmp_path, agencies=3)))

    with ThreadPoolExecutor(8) as pool:
        readings = [done.result() for done in [pool.submit(good.read) for _ in range(16)]]

    assert {id(reading.registry) for reading in readings} == {id(readings[0].registry)}
    assert [len(reading.registry.agencies) for reading in readings] == [3] * 16


def test_what_a_service_that_was_overtaken_has_judged_or_would_send_is_refused(tmp_path):
    configuration = load_configuration(write_folder(tmp_path, agencies=1))
    registry = GoodRegistry(configuration).read().registry
    with closing(open_database(configuration.database)) as db:
        now = datetime.now(SHANGHAI)
        stale = Turn("first", take_lease(db, "service", "first", now - HOUR, MINUTE))
        fresh = Turn("second", take_lease(db, "service", "second", now, HOUR))

        with pytest.raises(LeaseLostError):
            jobs.check(db, registry, configuration, now, 2024, guard=stale.guard)
        with pytest.raises(LeaseLostError):
            jobs.notify(db, configuration, now, guard=stale.guard)
        with pytest.raises(LeaseLostError):
            Troubles("zh", stale.guard).tell(db, "disk", now, free=1, least=2)
        with pytest.raises(LeaseLostError):
            Upkeep(configuration, stale).note(db, Act("check", "first", now))
        refused = (load_standings(db, 2024), alerts(db), load_acts(db))
        jobs.check(db, registry, configuration, now, 2024, guard=fresh.guard)

        assert refused == ((), (), {})
        assert len(load_standings(db, 2024)) == 1


def accusations(database):
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
        return conn.execute("SELECT id, state FROM alerts WHERE agency IS NOT NULL ORDER BY id").fetchall()


def troubles(database):
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
        return conn.execute("SELECT subject, state FROM alerts WHERE rule = 'operator' ORDER BY opened_at").fetchall()
