"""Backup and restore drill: taken while somebody writes, verified, brought back, and nothing told twice unmarked."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.jobs import notify
from monitor.notices.restored import DOUBT, restoring_of
from monitor.service.backups import make_backup, restore_backup
from storage.captures import Captures
from storage.configuration import Channel, load_configuration
from storage.database import load_standings, open_database, open_reader, save_transitions
from storage.database.acts import load_act
from storage.errors import BackupError
from storage.records import Alert, AlertState, Transition
from tests.loopback import serving
from tests.monitor.site_database import AT, site_database

HOUR = timedelta(hours=1)
LATER = AT + timedelta(days=1)

WRITER = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from storage.captures import Captures
from storage.database import open_database
from storage.database.acts import Act, save_act
from storage.records import SHANGHAI
path = Path(sys.argv[1])
db, captures = open_database(path), Captures(path.parent / "captures")
number = 0
while True:
    digest = captures.put(f"{number}".encode())
    save_act(db, Act(digest, "writer", datetime.now(SHANGHAI)))
    number += 1
    print(number, flush=True)
"""


@pytest.fixture
def configuration(tmp_path):
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "portals.toml").write_text("# 名录\n")
    path = tmp_path / "nianbao.toml"
    path.write_text("", encoding="utf-8")
    configuration = load_configuration(path)
    site_database(configuration.data)
    return configuration


@contextmanager
def receiver():
    """A webhook that takes everything; its messages."""
    told = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        yield f"json://127.0.0.1:{server.server_port}", told


def opened(key, at):
    alert = Alert(key, "edu", 2024, "malformed", key, AlertState.OPEN, at, f"内容有误 {key}")
    return alert, Transition(key, at, None, AlertState.OPEN, "开启")


def rows(database, sql):
    with closing(sqlite3.connect(database)) as conn:
        return conn.execute(sql).fetchall()


def test_a_copy_that_is_taken_while_somebody_writes_is_whole_and_comes_back_the_same(configuration, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(configuration.database)], stdout=subprocess.PIPE, text=True
    ) as writer:
        for _ in range(20):
            writer.stdout.readline()
        made = make_backup(configuration, tmp_path / "backups", AT)
        still = writer.poll()
        writer.kill()
    sums = ["sha256sum", "-c", "--quiet", "SHA256SUMS"]
    checked = subprocess.run(sums, cwd=made.folder, capture_output=True, check=False)
    restore_backup(tmp_path / "backups", tmp_path / "new", LATER)

    named = {name for (name,) in rows(tmp_path / "new" / "nianbao.db", "SELECT name FROM acts WHERE owner = 'writer'")}
    archive = Captures(tmp_path / "new" / "captures")
    assert (still, checked.returncode, checked.stderr) == (None, 0, b"")
    assert len(named) >= 20
    assert all(archive.get(digest) for digest in named), "what the database names is in the archive"
    with (
        closing(open_reader(tmp_path / "new" / "nianbao.db")) as new,
        closing(open_reader(configuration.database)) as old,
    ):
        assert load_standings(new, 2024) == load_standings(old, 2024)
    assert (tmp_path / "new" / "registry-backup" / "portals.toml").read_text() == "# 名录\n"


def test_archived_bytes_are_copied_once_and_old_copies_go(configuration, tmp_path):
    first = make_backup(configuration, tmp_path / "b", AT)
    Captures(configuration.captures).put(b"new")
    (tmp_path / "b" / "20250101T000000.part").mkdir()
    second = make_backup(configuration, tmp_path / "b", AT + HOUR, keep=2)
    third = make_backup(configuration, tmp_path / "b", AT + 2 * HOUR, keep=2)

    assert (first.copied, second.copied, third.copied) == (first.captures, 1, 0)
    assert (second.removed, third.removed) == (0, 1)
    left = {path.name for path in (tmp_path / "b").iterdir() if path.is_dir()}
    assert left == {second.folder.name, third.folder.name, "captures"}
    with closing(open_reader(configuration.database)) as db:
        assert load_act(db, "backup").succeeded_at == AT + 2 * HOUR


def test_after_a_restore_nothing_is_told_unmarked_that_may_have_been_told_before(configuration, tmp_path):
    with receiver() as (url, told):
        configuration = replace(configuration, notify=(Channel(url),))
        with closing(open_database(configuration.database)) as db:
            db.execute("DELETE FROM outbox")
            save_transitions(db, [opened("before", AT)])
            make_backup(configuration, tmp_path / "b", AT)
            notify(db, configuration, AT + HOUR)
        before = len(told)
        restore_backup(tmp_path / "b", tmp_path / "new", LATER)
        restored = replace(configuration, data=tmp_path / "new")
        with closing(open_database(restored.database)) as db:
            notify(db, restored, LATER, is_paced=True)
            at_once = told[before:]
            save_transitions(db, [opened("found-again", LATER)])
            notify(db, restored, LATER + HOUR, is_paced=True)
            same_day = told[before + len(at_once) :]
            notify(db, restored, LATER + 21 * HOUR, is_paced=True)
            next_day = told[before + len(at_once) :]
            save_transitions(db, [opened("long-after", LATER + DOUBT)])
            notify(db, restored, LATER + DOUBT + HOUR, is_paced=True)
            at_last = told[-1]

    assert [("可能重复" in message["title"], "before" in message["message"]) for message in at_once] == [(True, True)]
    assert same_day == []
    assert [("可能重复" in m["title"], "found-again" in m["message"]) for m in next_day] == [(True, True)]
    assert "可能重复" not in at_last["title"]
    assert "long-after" in at_last["message"]


def test_notify_says_that_the_database_was_restored(configuration, tmp_path):
    options = ["--config", str(configuration.path), "--now", AT.isoformat()]

    backed_up = CliRunner().invoke(main, [*options, "backup", str(tmp_path / "b")])
    restored = CliRunner().invoke(main, [*options, "restore", str(tmp_path / "b"), "--to", str(tmp_path / "new")])
    configuration.path.write_text('[paths]\ndata = "new"\n', encoding="utf-8")
    told = CliRunner().invoke(main, [*options, "notify"])

    assert (backed_up.exit_code, restored.exit_code, told.exit_code) == (0, 0, 0), restored.output + told.output
    assert backed_up.output.startswith("已备份到 ")
    assert "可能重复" in restored.output
    assert told.stdout.startswith("数据库是 ")
    with closing(open_reader(tmp_path / "new" / "nianbao.db")) as db:
        assert abs(restoring_of(db, AT).made_at - AT) < HOUR


def altered(backup):
    body = next((backup.parent / "captures").glob("*/*.zst"))
    body.write_bytes(body.read_bytes()[:-1] + b"x")


def shortened(backup):
    database = backup / "nianbao.db"
    database.write_bytes(database.read_bytes()[:-4096])


def without_a_body(backup):
    next((backup.parent / "captures").glob("*/*.zst")).unlink()


def without_manifest(backup):
    (backup / "manifest.json").write_text("{}")


@pytest.mark.parametrize(
    ("damage", "key"),
    [
        (altered, "backup_altered"),
        (shortened, "backup_altered"),
        (without_a_body, "backup_absent"),
        (without_manifest, "backup_manifest"),
    ],
)
def test_a_copy_that_is_not_whole_is_refused_and_nothing_is_left_in_its_place(configuration, tmp_path, damage, key):
    made = make_backup(configuration, tmp_path / "b", AT)
    damage(made.folder)

    with pytest.raises(BackupError) as refused:
        restore_backup(made.folder, tmp_path / "new", LATER)

    assert refused.value.key == key
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_anything_is_never_restored_into(configuration, tmp_path):
    made = make_backup(configuration, tmp_path / "b", AT)
    before = configuration.database.stat().st_mtime_ns

    with pytest.raises(BackupError) as refused:
        restore_backup(made.folder, configuration.data, LATER)

    assert refused.value.key == "restore_target"
    assert configuration.database.stat().st_mtime_ns == before


def test_without_a_folder_the_copy_lies_beside_the_configuration(configuration):
    done = CliRunner().invoke(main, ["--config", str(configuration.path), "backup"], catch_exceptions=False)
    assert done.exit_code == 0
    (made,) = (configuration.path.parent / "backups").glob("*/nianbao.db")
    assert str(made.parent) in done.output
