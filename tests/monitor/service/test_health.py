"""Is it well? `/healthz`, `/metrics`, the sign of life, the log without secrets, the guard of the disk."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import shutil
import subprocess
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from monitor.notices.channels import Recipient, address_mark, channel_key, is_nobody_reached
from monitor.notices.pacing import longest_wait
from monitor.service.disk import MIB, RESERVE_FILE, Room, is_low, room
from monitor.service.health import as_json, health_of
from monitor.service.heartbeat import is_good_cycle
from monitor.service.logs import JsonLines, TextLines, redacted
from monitor.service.metrics import MEDIA_TYPE, exposition
from monitor.service.running import secrets_of
from monitor.service.tenure import Turn
from monitor.service.upkeep import Upkeep
from monitor.service.watchman import Watchman
from monitor.site import Site
from storage.configuration import load_configuration
from storage.database import alerts, open_database, save_channel_state, take_lease
from storage.database.acts import Act, ActOutcome, save_act
from storage.records import SHANGHAI, ChannelState
from tests.loopback import serving
from tests.monitor.service_process import running, wait_until, write_folder
from tests.monitor.site_database import site_database

NOW = datetime(2025, 2, 10, 10, tzinfo=SHANGHAI)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GOOD, FAILED, WAITING = ActOutcome.GOOD, ActOutcome.FAILED, ActOutcome.WAITING
ACTS = ("scan", "ingest", "check", "notify", "upkeep")
CANARY = "k3yOfTheHook-canary"


@pytest.fixture
def database(tmp_path):
    path = site_database(tmp_path)
    with closing(open_database(path)) as db:
        db.execute("DELETE FROM outbox")
        for name in ACTS:
            save_act(db, Act(name, "me", NOW - 2 * MINUTE, NOW - MINUTE, GOOD, 3.5))
        take_lease(db, "service", "me", NOW, HOUR)
    return path


def health(database, *acts, now=NOW):
    with closing(open_database(database)) as db:
        for act in acts:
            save_act(db, act)
        return health_of(db, database, now)


def turn(name, outcome, ago=MINUTE, **detail):
    ended = None if outcome is None else NOW - ago
    return Act(name, "me", NOW - ago, ended, outcome, detail=detail)


def test_all_is_well_when_every_act_has_just_ended_well(database):
    told = as_json(health(database))

    assert (told["status"], told["problems"]) == ("ok", [])
    assert told["acts"]["check"]["age_seconds"] == 60
    assert told["lease"]["owner"] == "me"


@pytest.mark.parametrize(
    ("act", "problem"),
    [
        (turn("check", FAILED), "failed_check"),
        (turn("check", WAITING, why="clock"), "waiting_check_clock"),
        (turn("scan", WAITING, why="disk"), "waiting_scan_disk"),
        (turn("scan", None, 25 * HOUR), "overdue_scan"),
        (turn("quick_check", FAILED), "damaged"),
        (turn("heartbeat", FAILED), "failed_heartbeat"),
        (turn("upkeep", GOOD, least_free=1 << 60), "disk_low"),
    ],
)
def test_a_problem_has_a_name(database, act, problem):
    if problem.startswith("overdue"):
        with closing(open_database(database)) as db:
            db.execute("DELETE FROM acts WHERE name = 'scan'")

    assert health(database, act).problems == (problem,)


def test_a_scan_that_is_under_way_is_no_problem(database):
    assert health(database, turn("scan", None, 20 * HOUR)).problems == ()


def test_a_service_that_died_is_seen_by_its_lease_and_its_acts(database):
    assert health(database, now=NOW + 30 * MINUTE).problems == ("overdue_ingest", "overdue_notify", "overdue_upkeep")
    assert "no_service" in health(database, now=NOW + 2 * HOUR).problems


NOBODY = [
    ([], False),
    ([ChannelState("json-1", "ab", dead_since=NOW)], True),
    ([ChannelState("json-1", "ab", failures=5, failing_since=NOW - 24 * HOUR)], True),
    ([ChannelState("json-1", "ab", failures=5, failing_since=NOW - HOUR)], False),
    ([ChannelState("json-1", "ab", dead_since=NOW), ChannelState("json-2", "cd")], False),
    ([ChannelState("json-1", "ab", dead_since=NOW), None], False),
]


@pytest.mark.parametrize(("states", "expected"), NOBODY)
def test_nobody_is_reached_where_every_channel_is_dead_or_has_failed_for_long(states, expected):
    crew = [Recipient(f"json-{number}", ()) for number, _ in enumerate(states, 1)]

    assert is_nobody_reached(crew, {state.channel: state for state in states if state}, NOW) is expected


def test_no_sign_of_life_while_the_only_channel_is_dead(tmp_path):
    with outside() as (address, asked_for):
        path = write_folder(tmp_path, more=f'heartbeat_url = "{address}"\n[[notify]]\nurl = "json://127.0.0.1/x"')
        config = load_configuration(path)
        with closing(open_database(config.database)) as db:
            key = channel_key(config.notify[0])
            dead = ChannelState(key, address_mark(config.notify[0].url), dead_since=NOW, last_error="HTTP 401")
            save_channel_state(db, dead)
            turn_ = Turn("me", take_lease(db, "service", "me", datetime.now(SHANGHAI), HOUR))
            acts = Watchman(config, turn_, lambda *_: ("true",)).acts()
            for name in ("upkeep", "scan", "ingest", "check", "notify", "upkeep"):
                acts[name]()
            silent = list(asked_for)
            save_channel_state(db, ChannelState(key, dead.address_mark))
            for name in ("scan", "ingest", "check", "notify", "upkeep"):
                acts[name]()

    assert (silent, len(asked_for)) == ([], 1)


def test_what_is_unsent_for_two_days_is_a_problem(database):
    with closing(open_database(database)) as db:
        db.execute("INSERT INTO outbox SELECT max(id), ? FROM transitions", ((NOW - 49 * HOUR).isoformat(),))

    assert health(database).problems == ("unsent_old",)


@pytest.mark.parametrize(
    ("hours", "ago", "failures", "problems"),
    [
        (24, 47, 0, ()),
        (24, 49, 0, ("unsent_old",)),
        (24 * 7, 24 * 7, 0, ()),
        (24 * 7, 24 * 8 + 1, 0, ("unsent_old",)),
        (36, 71, 0, ()),
        (24 * 7, 49, 3, ("unsent_old",)),
    ],
)
def test_what_waits_for_the_digest_of_a_slow_channel_is_no_problem(database, tmp_path, hours, ago, failures, problems):
    path = tmp_path / "service" / "nianbao.toml"
    path.parent.mkdir()
    section = '[[notify]]\nurl = "json://127.0.0.1/{0}"\ninterval_hours = {0}\n'
    path.write_text(section.format(hours) + section.format(1), encoding="utf-8")
    configuration = load_configuration(path)
    with closing(open_database(database)) as db:
        db.execute("INSERT INTO outbox SELECT max(id), ? FROM transitions", ((NOW - ago * HOUR).isoformat(),))
        save_channel_state(db, ChannelState("json-1", "abcd", failures=failures))

    found = health(database, turn("upkeep", GOOD, unsent_after=longest_wait(configuration.notify).total_seconds()))

    assert found.problems == problems


def test_what_a_channel_can_never_hear_is_said_once_when_the_service_begins(tmp_path, caplog):
    more = '[[notify]]\nurl = "json://127.0.0.1/x"\nregions = ["11"]'
    configuration = load_configuration(write_folder(tmp_path, agencies=1, more=more))
    with closing(open_database(configuration.database)) as db:
        keeper = Upkeep(configuration, Turn("me", take_lease(db, "service", "me", datetime.now(SHANGHAI), HOUR)))
        keeper.see_to_all(db, NOW)
        configuration.path.unlink()
        keeper.see_to_all(db, NOW)

    said = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [line.split("[")[1].split("]")[0] for line in said] == ["empty-region", "agency-unheard"]


def test_the_upkeep_tells_how_long_a_message_may_wait(tmp_path):
    configuration = load_configuration(write_folder(tmp_path))
    with closing(open_database(configuration.database)) as db:
        keeper = Upkeep(configuration, Turn("me", take_lease(db, "service", "me", datetime.now(SHANGHAI), HOUR)))
        told = keeper.see_to_all(db, NOW)

    assert told["unsent_after"] == longest_wait(configuration.notify).total_seconds()


SAMPLE = re.compile(
    r'([a-z_:][a-z0-9_:]*)(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? (\S+)'
)


def parsed(text):
    """Name and labels → value, by the grammar of the text format; anything else fails."""
    assert text.endswith("\n")
    found, typed, family = {}, set(), None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family = line.split(" ")[2]
            assert family not in typed
        elif line.startswith("# TYPE "):
            assert line == f"# TYPE {family} gauge"
            typed.add(family)
        else:
            name, labels, value = SAMPLE.fullmatch(line).groups()
            assert name == family
            assert (name, labels) not in found
            found[name, labels] = float(value)
    return found


def test_the_numbers_are_in_the_format_of_prometheus(database):
    with closing(open_database(database)) as db:
        db.execute(
            "INSERT INTO attempts (message, channel, state, started_at, transitions) VALUES ('m', ?, 'sent', ?, '[]')",
            ('od"d\\chan\nnel', NOW.isoformat()),
        )

    found = parsed(exposition(health(database)))

    assert found["nianbao_up", None] == 1
    assert found["nianbao_obligations", '{report_year="2024",status="missing"}'] == 1
    assert found["nianbao_act_last_duration_seconds", '{act="check"}'] == 3.5
    assert found["nianbao_delivery_attempts", r'{channel="od\"d\\chan\nnel",state="sent"}'] == 1
    assert found["nianbao_scans_last_day", '{outcome="complete"}'] == 1


def asked(site, path):
    async def ask():
        transport = httpx.ASGITransport(app=site.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_the_site_answers_503_with_the_problems_and_shows_no_secret(database):
    with closing(Site(database)) as site:
        unwell, numbers = asked(site, "/healthz"), asked(site, "/metrics")
        posted = asked(site, "/healthz/x")

    assert (unwell.status_code, unwell.json()["status"]) == (503, "degraded")
    assert "no_service" in unwell.json()["problems"], "the lease of that day has ended long ago"
    assert (numbers.status_code, numbers.headers["content-type"]) == (200, MEDIA_TYPE)
    assert parsed(numbers.text)["nianbao_up", None] == 0
    assert posted.status_code == 404


def test_a_database_that_breaks_under_the_site_is_a_503_with_its_name(database):
    with closing(Site(database)) as site:
        with database.open("r+b") as file:
            file.write(b"\xff" * database.stat().st_size)
        broken = asked(site, "/healthz")

    assert (broken.status_code, broken.json()["problems"]) == (503, ["database_damaged"])


def cycle(*, but=None, since=None, **changes):
    acts = {name: turn(name, GOOD) for name in ACTS} | changes
    acts.pop(but, None)
    return is_good_cycle(acts, since, NOW)


def test_a_sign_of_life_needs_a_whole_good_cycle():
    assert cycle()
    assert cycle(since=NOW - 2 * MINUTE)
    assert cycle(scan=turn("scan", None, 5 * HOUR)), "a long scan that is under way"
    assert not cycle(since=NOW - MINUTE), "nothing has ended since the last one"
    assert not cycle(but="check")
    assert not cycle(check=turn("check", FAILED))
    assert not cycle(scan=turn("scan", WAITING))
    assert not cycle(scan=turn("scan", GOOD, why="busy")), "another crawl, which may hang"
    assert not cycle(scan=turn("scan", None, 25 * HOUR))


@contextmanager
def outside(status=200):
    """An address that counts who asks for it."""
    asked_for = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked_for.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        yield f"http://127.0.0.1:{server.server_port}", asked_for


def test_the_service_gives_signs_of_life_and_tells_their_address_to_nobody(tmp_path):
    with outside() as (address, asked_for):
        config = write_folder(tmp_path, more='heartbeat_url = "${HEARTBEAT_URL}"\nheartbeat_every = "1s"')
        with running(config, env={"HEARTBEAT_URL": f"{address}/ping/{CANARY}"}) as service:
            wait_until(lambda: len(asked_for) >= 2)
        with running(config, env={"HEARTBEAT_URL": f"{address.replace('127', '126')}:bad/{CANARY}"}) as broken:
            broken.wait_for(act="heartbeat", outcome="failed")
            broken.wait_for(act="check", outcome="good")

    log = "".join([*service.lines, *broken.lines])
    data = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("nianbao.db*"))
    assert set(asked_for) == {f"/ping/{CANARY}"}
    assert CANARY not in log
    assert CANARY.encode() not in data


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "https://qyapi.example/cgi-bin/webhook/send?key=abc-123 x",
            "https://qyapi.example/cgi-bin/webhook/***?key=*** x",
        ),
        ("POST /robot/send?access_token=abc&x=1", "POST /robot/***?access_token=***&x=1"),
        ("open-apis/bot/v2/hook/abc-def: refused", "open-apis/bot/v2/hook/***"),
        ("mailtos://user:pw@example.org failed", "mailtos://***@example.org failed"),
        ('{"password": "abc", "n": 1}', '{"password": "***", "n": 1}'),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("机构 3 个，key 未设置", "机构 3 个，key 未设置"),
    ],
)
def test_what_looks_like_a_key_does_not_reach_the_log(text, shown):
    assert redacted(text).startswith(shown)


@pytest.mark.parametrize("form", [TextLines, JsonLines])
def test_a_secret_of_the_configuration_is_hidden_wherever_it_stands(tmp_path, monkeypatch, form):
    monkeypatch.setenv("HOOK", CANARY)
    path = tmp_path / "nianbao.toml"
    path.write_text(
        '[[notify]]\nurl = "json://x/${HOOK}"\n[service]\nheartbeat_url = "https://x/${HOOK}"\n', encoding="utf-8"
    )
    formatter = form(secrets_of(load_configuration(path)))
    try:
        int(f"json://x/{CANARY}")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 0, "asked %s", (CANARY,), (ValueError, error, error.__traceback__)
        )
    record.created = datetime(2025, 1, 31, 15, 59, 30, tzinfo=UTC).timestamp()
    record.portal, record.seconds = CANARY, 1.5

    line = formatter.format(record)

    assert CANARY not in line
    assert "2025-01-31T23:59:30.000+08:00" in line
    if form is JsonLines:
        assert json.loads(line)["seconds"] == 1.5
        assert "\n" not in line


def test_what_must_stay_free_is_the_less_of_two_gibibytes_and_a_twentieth(tmp_path):
    total = shutil.disk_usage(tmp_path).total

    assert room(tmp_path, None).least == min(2048 * MIB, int(total * 0.05))
    assert room(tmp_path, 7).least == 7 * MIB
    assert Room(0, 0, 2048 * MIB).reserve == 64 * MIB


@contextmanager
def small_disk(path, size="24m"):
    path.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "nianbao-test", str(path)], check=False)
    if mounted.returncode:
        pytest.skip("this user may not mount")
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def test_a_disk_that_runs_full_frees_the_reserve_and_has_to_have_room_for_it_again(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        found = [is_low(disk, 8, was_low=False), (disk / RESERVE_FILE).stat().st_size]
        (disk / "big").write_bytes(b"x" * 15 * MIB)
        found += [is_low(disk, 8, was_low=False), (disk / RESERVE_FILE).exists()]
        (disk / "big").write_bytes(b"x" * 14 * MIB)
        found += [is_low(disk, 8, was_low=True)]
        (disk / "big").unlink()
        found += [is_low(disk, 8, was_low=True), (disk / RESERVE_FILE).exists()]

    assert found == [False, 2 * MIB, True, False, True, False, True]


def test_on_a_full_disk_no_crawl_starts_the_operator_is_told_and_it_goes_on_by_itself(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        more = f'min_free_mib = 8\n[paths]\ndata = "{disk / "data"}"'
        config = write_folder(tmp_path, agencies=1, more=more)
        database = disk / "data" / "nianbao.db"
        (disk / "data").mkdir()
        (disk / "big").write_bytes(b"x" * 20 * MIB)
        with running(config) as service:
            service.wait_for(act="scan", outcome="waiting")
            wait_until(lambda: operator_alerts(database) == [("disk", "open")])
            with suppress(OSError), (disk / "rest").open("wb") as file:
                while True:
                    file.write(b"x" * MIB)
            service.wait_for(error="DatabaseError", message="磁盘已满")
            (disk / "rest").unlink()
            runs = list((disk / "data" / "runs").glob("*")) if (disk / "data" / "runs").exists() else []
            (disk / "big").unlink()
            wait_until(lambda: operator_alerts(database) == [("disk", "resolved")])
            service.wait_for(act="scan", message="agencies are due")
        with closing(open_database(database)) as db:
            found = db.execute("PRAGMA integrity_check").fetchone()

    assert [path.name for path in runs if path.name != ".lock"] == []
    assert found == ("ok",)


def test_a_write_ahead_log_that_nobody_takes_over_is_told(tmp_path):
    configuration = load_configuration(write_folder(tmp_path))
    with closing(open_database(configuration.database)) as db:
        keeper = Upkeep(configuration, Turn("me", take_lease(db, "service", "me", datetime.now(SHANGHAI), HOUR)))
        wal = tmp_path / "data" / "nianbao.db-wal"
        before = wal.stat().st_size
        # Nothing is written to the disk: the file only says that it is so long, and SQLite reads its own frames.
        os.truncate(wal, 1025 * MIB)
        keeper.see_to_all(db, NOW)
        told = [(alert.subject, "1025 MiB" in alert.message) for alert in alerts(db)]
        os.truncate(wal, max(before, wal.stat().st_size - 1024 * MIB))
        keeper.see_to_all(db, NOW + HOUR)
        states = [alert.state.value for alert in alerts(db)]

    assert (told, states) == ([("wal", True)], ["resolved"])


def operator_alerts(database):
    with closing(open_database(database)) as db:
        return [(alert.subject, alert.state.value) for alert in alerts(db) if alert.agency is None]
