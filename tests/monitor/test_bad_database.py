"""A database or disk that cannot be used: every verb says so in a sentence that names it, and nothing is lost by it."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from crawler.requests import CrawlRequest
from crawler.runs import RunWriter, new_run
from crawler.simulator.families.fake import article_page
from crawler.simulator.families.holding import Entry
from crawler.simulator.made_up import made_up_report
from crawler.simulator.portals import Look
from storage.database import open_database, read_as_it_lies, save_registry, save_transitions
from storage.errors import DatabaseError
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    Alert,
    AlertState,
    Candidate,
    Capture,
    Outcome,
    Portal,
    Registry,
    Scan,
    ScanPage,
    Transition,
)
from tests.forked import Calls

NOW = datetime(2025, 2, 4, 9, tzinfo=SHANGHAI)
PORTAL = Portal("town", "澄湖县人民政府", "http://127.0.0.1:1/", ("127.0.0.1:1",))
AGENCIES = (
    Agency("edu", "澄湖县教育局", AgencyKind.LOCAL_DEPARTMENT, "990123", "town"),
    Agency("grain", "澄湖县粮食局", AgencyKind.LOCAL_DEPARTMENT, "990123", "town"),
)
ALERT = Alert("0a1b2c3d4e5f", "grain", 2024, "missing", "", AlertState.OPEN, NOW, "未检索到澄湖县粮食局2024年度报告")
COLUMN = "http://127.0.0.1:1/nb/"
PAGE = 4096

VERBS = {
    "crawl": ("crawl", "--portal", "town"),
    "ingest": ("ingest",),
    "check": ("check",),
    "notify": ("notify",),
    "attest": ("attest", "grain", "2024", "--absent", "--by", "王某", "--reason", "到现场看过"),
    "status": ("status",),
    "alerts": ("alerts",),
    "ack": ("alerts", "ack", ALERT.id),
    "explain": ("explain", "grain", "2024"),
    "reparse": ("reparse",),
    "run": ("run", "--no-site"),
    "serve": ("serve",),
}
READERS = frozenset({"status", "alerts", "explain"})


@dataclass(frozen=True)
class Fault:
    """One way in which a folder is unusable: how it comes to be so, and what every verb then says.

    `says` is a regular expression. `spared`: verbs that the fault does not hinder. `options` are those of a call
    (`tests.forked.Call`).
    """

    hurt: Callable[[Path], object]
    says: str
    spared: frozenset[str] = frozenset()
    options: dict[str, object] = field(default_factory=dict)


def database(place: Path) -> Path:
    return place / "data" / "nianbao.db"


def overwrite(place: Path, start: int, data: bytes) -> None:
    with database(place).open("r+b") as file:
        file.seek(start)
        file.write(data)


def run_sql(place: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database(place))) as conn:
        for statement in statements:
            conn.execute(statement)
        conn.commit()


def replace_by_foreign(place: Path) -> None:
    database(place).unlink()
    run_sql(place, "CREATE TABLE songs (title TEXT)")


def add_migration(place: Path) -> None:
    row = "('nianbao', 'holograms', '')"
    run_sql(place, f"INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES {row}")


def cut(place: Path) -> None:
    os.truncate(database(place), database(place).stat().st_size // 2 // PAGE * PAGE)


def empty_beside_captures(place: Path) -> None:
    os.truncate(database(place), 0)
    _archive(place)


def strip_beside_captures(place: Path) -> None:
    database(place).unlink()
    run_sql(place, "PRAGMA user_version = 1")
    _archive(place)


def _archive(place: Path) -> None:
    (place / "data" / "captures" / "ab").mkdir(parents=True, exist_ok=True)


def forbid_writing(place: Path) -> None:
    for path in database(place).parent.glob("nianbao.db*"):
        path.chmod(0o444)
    database(place).parent.chmod(0o555)


def replace_by_folder(place: Path) -> None:
    database(place).unlink()
    database(place).mkdir()


def replace_folder_by_file(place: Path) -> None:
    shutil.rmtree(place / "data")
    (place / "data").write_text("")


FAULTS = {
    "another program's": Fault(replace_by_foreign, "nianbao.db 是其他程序的数据库"),
    "of a newer version": Fault(add_migration, "nianbao.db 的版本比本程序新（holograms），请升级本程序"),
    "no database at all": Fault(lambda place: overwrite(place, 0, b"x" * 100), "nianbao.db 不是 SQLite 数据库"),
    "cut in half": Fault(cut, "nianbao.db 已损坏，请从备份恢复"),
    "without its schema": Fault(
        lambda place: overwrite(place, 100, bytes(PAGE - 100)), "nianbao.db 已损坏，请从备份恢复"
    ),
    "emptied beside its archive": Fault(empty_beside_captures, "nianbao.db 是空的.*请从备份恢复"),
    "without tables beside its archive": Fault(strip_beside_captures, "nianbao.db 是空的.*请从备份恢复"),
    "read-only": Fault(
        forbid_writing,
        "nianbao.db 不可写，请检查文件及所在文件夹的权限",
        spared=READERS,
        options={"is_unprivileged": True},
    ),
    "a folder": Fault(
        replace_by_folder,
        "nianbao.db (无法打开，请检查所在文件夹是否存在、能否读写)?|磁盘读写失败：数据库 .*nianbao.db",
    ),
    "below a file": Fault(
        replace_folder_by_file,
        "无法建立文件夹 .*/data|还没有数据库 .*nianbao.db",
        spared=frozenset({"status"}),
    ),
    "on a disk that takes no more": Fault(
        lambda _: None, "磁盘读写失败：数据库 .*nianbao.db", spared=READERS, options={"file_size": 16_000}
    ),
}


@pytest.fixture(scope="module")
def calls():
    with Calls() as made:
        yield made


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A folder with a run that waits to be read and an alert that waits to be sent."""
    place = tmp_path_factory.mktemp("sound")
    (place / "registry").mkdir()
    (place / "nianbao.toml").write_text(
        '[crawl]\ndelay = 0\nbrowser = "never"\nallow_private_hosts = true\n'
        '[[notify]]\nurl = "json://127.0.0.1:${PORT}/first"\n'
    )
    rows = [f"{agency.id},{agency.name},{agency.kind.value},{agency.region},town" for agency in AGENCIES]
    (place / "registry" / "agencies.csv").write_text("\n".join(["id,name,kind,region,portal", *rows, ""]))
    (place / "registry" / "portals.toml").write_text(
        f'[town]\nname = "{PORTAL.name}"\nbase_url = "{PORTAL.base_url}"\ncolumns = ["{COLUMN}"]\n'
    )
    db = open_database(database(place))
    save_registry(db, Registry(AGENCIES, (PORTAL,), ()), NOW)
    save_transitions(db, [(ALERT, Transition(ALERT.id, NOW, None, AlertState.OPEN, "开启"))])
    db.close()
    write_run(place / "data" / "runs")
    return place


@pytest.fixture
def place(sound, tmp_path):
    copy = tmp_path / "place"
    shutil.copytree(sound, copy)
    yield copy
    for folder in (path for path in copy.rglob("*") if path.is_dir()):
        folder.chmod(0o755)


@pytest.fixture
def receiver(tmp_path):
    """The port of a receiver and the file in which it keeps what it took."""
    log = tmp_path / "messages.jsonl"
    program = Path(__file__).parents[1] / "kill_receiver.py"
    with subprocess.Popen([sys.executable, str(program), str(log)], stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip(), log
        process.terminate()


def write_run(runs: Path) -> None:
    report = made_up_report(Random(5), year=2024, agency="澄湖县教育局", activity=0.2, published_on=date(2025, 1, 20))
    entry = Entry(1, report.title, report.published_on, report.agency_name, 2024, report)
    page = article_page(Look(PORTAL.name, "9901230001", ()), entry)
    writer = RunWriter(new_run(runs, CrawlRequest(NOW, (PORTAL,), AGENCIES, (2024,))))
    key = f"{writer.id}-1"
    listed = writer.keep(b"<ul><li>1</li></ul>")
    url = f"{COLUMN}a1.html"
    writer.add_scan(
        Scan(
            id=key, run=writer.id, portal="town", column_url=COLUMN, agencies=("edu", "grain"), started_at=NOW,
            finished_at=NOW + timedelta(minutes=1), outcome=Outcome.COMPLETE, rows_seen=1,
            control_title=report.title, control_url=url, pages=(ScanPage(COLUMN, 200, listed, 1),),
        )
    )  # fmt: skip
    writer.add_candidate(Candidate(key, url, report.title, report.published_on, "edu", 2024))
    writer.add_capture(
        Capture(
            digest=writer.keep(page.body), scan=key, url=url, final_url=url, status=200, media_type=page.media_type,
            fetched_at=NOW, size=len(page.body), agency="edu", report_year=2024, title=report.title,
        )
    )  # fmt: skip
    writer.finish()


def contents(place: Path) -> dict[str, bytes]:
    """Every file but those that SQLite and locks make beside the database."""
    made = (".db-shm", ".db-wal", ".lock", ".log")
    files = (path for path in place.rglob("*") if path.is_file() and not path.name.endswith(made))
    return {str(path.relative_to(place)): path.read_bytes() for path in files}


def rows(place: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database(place))) as conn:
        return conn.execute(query).fetchall()


def grow(place: Path) -> None:
    """So many agencies that tables and indexes have interior pages."""
    registry = Registry(
        (*AGENCIES, *(replace(AGENCIES[0], id=f"a{number}", name=f"澄湖县第{number}局") for number in range(150))),
        (PORTAL,),
        (),
    )
    rows = [f"{agency.id},{agency.name},{agency.kind.value},{agency.region},town" for agency in registry.agencies]
    (place / "registry" / "agencies.csv").write_text("\n".join(["id,name,kind,region,portal", *rows, ""]))
    db = open_database(database(place))
    save_registry(db, registry, NOW)
    db.close()


def call(calls, place, verb, **options):
    instant = () if verb == "run" else ("--now", NOW.isoformat())
    return calls("--config", place / "nianbao.toml", *instant, *VERBS[verb], **options)


def said_wrongly(ended, says):
    """What is wrong with the way a verb failed, empty where nothing is."""
    last = (ended.error.splitlines() or [""])[-1]
    is_said = last.startswith("错误：") and re.search(says, last) and "Traceback" not in ended.error
    return "" if ended.code == 1 and is_said else f"exit {ended.code}: {ended.error}"


def wrong_ends(calls, place, verbs, says, **options):
    ends = {verb: said_wrongly(call(calls, place, verb, **options), says) for verb in verbs}
    return {verb: end for verb, end in ends.items() if end}


def assert_nothing_is_lost(calls, place, receiver):
    """Read what waits, judge, tell: the run's report is there, nobody new is accused, the alert is told once."""
    port, log = receiver
    for verb in ("ingest", "check", "notify"):
        ended = call(calls, place, verb, environment={"PORT": port})
        assert (ended.code, ended.error) == (0, ""), verb
    with closing(sqlite3.connect(database(place))) as conn:
        assert dict(conn.execute("SELECT agency, status FROM obligations")) == {
            "edu": "on_time",
            "grain": "suspected_missing",
        }
        assert conn.execute("SELECT agency, rule FROM alerts").fetchall() == [("grain", "missing")]
        assert conn.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    assert log.read_text(encoding="utf-8").count(AGENCIES[1].name) >= 1


@pytest.mark.parametrize("name", FAULTS)
def test_a_database_that_cannot_be_used_is_named_by_every_verb_and_left_as_it_is(calls, place, name):
    fault = FAULTS[name]
    fault.hurt(place)
    before = contents(place)

    wrong = wrong_ends(calls, place, VERBS.keys() - fault.spared, fault.says, **fault.options)
    spared = {verb: call(calls, place, verb, **fault.options) for verb in fault.spared}

    assert wrong == {}
    assert {verb: ended.error for verb, ended in spared.items() if ended.code or "Traceback" in ended.error} == {}
    assert contents(place) == before


def test_a_locked_database_is_waited_for_then_named_and_readers_go_on(calls, place, receiver):
    holder = sqlite3.connect(database(place), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    writers = VERBS.keys() - READERS - {"run", "serve", "reparse"}

    wrong = wrong_ends(calls, place, writers, "nianbao.db 被另一个进程占用，等待超时", busy_timeout=30)
    readers = {verb: call(calls, place, verb).code for verb in READERS}
    holder.rollback()
    holder.close()

    assert (wrong, readers) == ({}, dict.fromkeys(READERS, 0))
    assert_nothing_is_lost(calls, place, receiver)


def test_a_folder_that_may_not_be_written_costs_nothing_once_it_may(calls, place, receiver):
    forbid_writing(place)
    wrong_ends(calls, place, ("ingest", "check", "notify"), "", is_unprivileged=True)
    (place / "data").chmod(0o755)
    database(place).chmod(0o644)

    assert_nothing_is_lost(calls, place, receiver)


def test_an_archive_that_may_not_be_written_stops_the_reading_and_loses_nothing(calls, place, receiver):
    captures = place / "data" / "captures"
    captures.mkdir()
    captures.chmod(0o555)

    wrong = wrong_ends(calls, place, ("ingest",), "没有权限读写 .*/data/captures", is_unprivileged=True)
    read = rows(place, "SELECT count(*) FROM runs")
    captures.chmod(0o755)

    assert (wrong, read) == ({}, [(0,)])
    assert_nothing_is_lost(calls, place, receiver)


def test_an_archive_that_is_no_folder_is_named(calls, place):
    (place / "data" / "captures").write_text("")

    assert wrong_ends(calls, place, ("ingest",), "/data/captures/.* 的上级不是文件夹") == {}


def test_a_folder_of_runs_that_may_not_be_written_is_named(calls, place):
    (place / "data" / "runs").chmod(0o555)

    assert wrong_ends(calls, place, ("crawl",), "没有权限读写 .*/data/runs", is_unprivileged=True) == {}


def test_before_there_is_a_database_readers_say_so_and_nobody_is_accused(calls, place):
    shutil.rmtree(place / "data")

    wrong = wrong_ends(calls, place, READERS - {"status"} | {"serve"}, "还没有数据库 .*nianbao.db")
    status = call(calls, place, "status")

    assert (wrong, status.code, "未检索到" in status.output) == ({}, 0, False)
    assert not (place / "data").exists()


KINDS = {2: "interior of an index", 5: "interior of a table", 10: "leaf of an index", 13: "leaf of a table"}


@pytest.mark.parametrize("kind", KINDS.values())
def test_a_page_of_noise_is_met_with_a_sentence_and_accuses_nobody(calls, place, kind):
    grow(place)
    data = database(place).read_bytes()
    noise = Random(kind).randbytes(PAGE)
    pages = [start for start in range(PAGE, len(data), PAGE) if KINDS.get(data[start]) == kind]
    found = {}
    for start in {pages[0], pages[-1]}:
        overwrite(place, start, noise)
        for verb in ("check", "status", "alerts"):
            ended = call(calls, place, verb)
            found[start // PAGE, verb] = ended.code and said_wrongly(ended, "nianbao.db 已损坏，请从备份恢复")
        database(place).write_bytes(data)

    assert {where: said for where, said in found.items() if said} == {}
    assert rows(place, "SELECT agency, rule FROM alerts") == [("grain", "missing")]


@contextmanager
def tiny_disk(folder: Path):
    """A disk of 4 MB; skips where this process may not mount one."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this process may not mount a disk of its own")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(path: Path) -> None:
    handle = os.open(path, os.O_CREAT | os.O_WRONLY)
    try:
        while os.write(handle, bytes(PAGE)):
            pass
    except OSError:
        os.close(handle)


def test_a_full_disk_is_named_and_when_there_is_room_again_nothing_is_lost(calls, sound, tmp_path, receiver):
    with tiny_disk(tmp_path / "disk"):
        place = tmp_path / "disk" / "place"
        shutil.copytree(sound, place)
        fill(tmp_path / "disk" / "filling")

        wrong = wrong_ends(calls, place, VERBS.keys() - {"run"} - READERS, "磁盘已满")
        readers = {verb: call(calls, place, verb).code for verb in READERS}
        (tmp_path / "disk" / "filling").unlink()

        assert (wrong, readers) == ({}, dict.fromkeys(READERS, 0))
        assert_nothing_is_lost(calls, place, receiver)


def test_a_database_whose_log_holds_more_is_not_read_without_it(calls, place):
    with closing(sqlite3.connect(database(place))) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("UPDATE agencies SET name = '改名后的粮食局'")
        writer.commit()
        (place / "data" / "nianbao.db-shm").rename(place / "shm")

        wrong = wrong_ends(calls, place, READERS, "磁盘读写失败：数据库 .*nianbao.db", file_size=16_000)

    assert wrong == {}


def test_a_file_that_changes_while_it_is_read_as_it_lies_is_told(place):
    still = read_as_it_lies(database(place))
    with closing(open_database(database(place))) as writer:
        writer.execute("UPDATE agencies SET name = name || '甲'")
        writer.conn.commit()

    with pytest.raises(DatabaseError, match="请重新运行"):
        still.close()


@pytest.mark.parametrize("is_archived", [False, True], ids=["first start", "deleted to be rebuilt"])
def test_without_a_file_a_database_is_made_whether_there_is_an_archive_or_not(tmp_path, is_archived):
    if is_archived:
        (tmp_path / "captures" / "ab").mkdir(parents=True)

    with closing(open_database(tmp_path / "nianbao.db").conn) as conn:
        assert conn.execute("SELECT count(*) FROM runs").fetchone() == (0,)
    with closing(open_database(tmp_path / "nianbao.db").conn) as conn:
        assert conn.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_an_empty_file_without_an_archive_becomes_a_database(tmp_path):
    (tmp_path / "nianbao.db").touch()

    with closing(open_database(tmp_path / "nianbao.db").conn) as conn:
        assert conn.execute("SELECT count(*) FROM runs").fetchone() == (0,)
