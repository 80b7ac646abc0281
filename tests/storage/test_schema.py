"""The database is opened, brought up to date, or refused with a sentence that helps."""

import sqlite3
import subprocess
import sys
import threading
from datetime import datetime

import pytest
from sqlite_utils import Database

from storage.database import (
    load_agencies,
    open_database,
    open_reader,
    save_registry,
)
from storage.errors import DatabaseError
from storage.records import SHANGHAI, Agency, AgencyKind, Portal, Registry
from storage.schema import MIGRATIONS, migration_names

AT = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI)
PORTAL = Portal("anqiu", "安丘市人民政府", "http://127.0.0.1:8000/", ("127.0.0.1:8000",))
AGENCY = Agency("edu", "安丘市教育局", AgencyKind.LOCAL_DEPARTMENT, "370784", "anqiu", due=(1, 31), due_basis="通知")
REGISTRY = Registry((AGENCY,), (PORTAL,), ())


def test_the_database_waits_survives_power_cuts_and_keeps_references(tmp_path):
    db = open_database(tmp_path / "data" / "nianbao.db")

    settings = {
        name: db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
    }
    db.close()

    assert settings == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 60_000, "foreign_keys": 1}


def test_the_promised_names_are_there_with_their_columns(tmp_path):
    db = open_database(tmp_path / "nianbao.db")

    columns = {name: {column.name for column in db[name].columns} for name in (*db.table_names(), *db.view_names())}
    db.close()

    promised = {
        "agencies": {"id", "name", "kind", "region", "portal"},
        "portals": {"id", "name", "base_url"},
        "scans": {"id", "portal", "column_url", "started_at", "outcome"},
        "captures": {"url", "digest", "media_type"},
        "reports": {"agency", "report_year", "form", "title", "url", "published_on", "content"},
        "disclosures": {"report", "row", "issued", "in_force", "decisions", "made", "previous_items", "amount"},
        "applications": {"report", "row", "natural_person", "other_org", "total"},
        "reviews": {"report", "row", "upheld", "corrected", "other", "pending", "total"},
        "sections": {"report", "number", "heading", "text"},
        "findings": {"agency", "report_year", "rule", "severity", "message"},
        "obligations": {"agency", "report_year", "due", "status"},
        "alerts": {"id", "agency", "report_year", "rule", "state", "opened_at", "sent_at"},
        "transitions": {"alert", "at", "from_state", "to_state", "reason"},
    }
    assert {name for name, wanted in promised.items() if not wanted <= columns.get(name, set())} == set()


@pytest.mark.parametrize("first", ["crawl_tables", "report_tables", "search_index", "verdict_tables", "alert_tables"])
def test_a_database_of_any_older_version_becomes_one_of_today_and_keeps_its_rows(tmp_path, first):
    path = tmp_path / "nianbao.db"
    old = Database(sqlite3.connect(path))
    MIGRATIONS.apply(old, stop_before=first)
    old["portals"].insert({"id": "anqiu", "name": "安丘市人民政府", "hosts": "[]", "columns": "[]"})
    old.close()

    db = open_database(path)
    rows = list(db.query("SELECT id, name FROM portals"))
    fresh = open_database(tmp_path / "fresh.db")
    schemas = [{row[0] for row in each.execute("SELECT sql FROM sqlite_master")} for each in (db, fresh)]
    db.close()
    fresh.close()

    assert rows == [{"id": "anqiu", "name": "安丘市人民政府"}]
    assert schemas[0] == schemas[1]


def test_views_follow_the_forms_when_the_database_is_opened(tmp_path):
    path = tmp_path / "nianbao.db"
    db = open_database(path)
    wanted = db["applications"].schema
    db.execute("DROP VIEW applications")
    db.execute("CREATE VIEW applications AS SELECT 1 AS outdated")
    db.execute("DELETE FROM form_rows WHERE table_key = 'reviews'")
    db.close()

    db = open_database(path)
    found = (db["applications"].schema, db["form_rows"].count_where("table_key = 'reviews'"))
    db.close()

    assert found == (wanted, 6)


def test_a_database_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "nianbao.db"
    db = open_database(path)
    db["_sqlite_migrations"].insert({"migration_set": "nianbao", "name": "sealed_reports", "applied_at": "2031"})
    db.close()

    with pytest.raises(DatabaseError, match=r"newer version.*sealed_reports"):
        open_database(path)
    with pytest.raises(DatabaseError, match="newer version"):
        open_reader(path)


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.db"
    other = Database(sqlite3.connect(path))
    other["songs"].insert({"name": "茉莉花"})
    other.close()
    before = path.read_bytes()

    with pytest.raises(DatabaseError, match="another program"):
        open_database(path)

    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<html>\xe7\x99\xbb\xe5\xbd\x95</html>" * 50, "not an SQLite database"), ("damaged", "damaged")],
)
def test_a_file_that_cannot_be_read_says_what_it_is(tmp_path, content, words):
    path = tmp_path / "nianbao.db"
    if content == "damaged":
        db = open_database(path)
        save_registry(db, REGISTRY, AT)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        whole = path.read_bytes()
        content = whole[:4096] + b"\xff" * (len(whole) - 4096)
    path.write_bytes(content)

    with pytest.raises(DatabaseError, match=words):
        load_agencies(open_and_keep(path))


def open_and_keep(path):
    db = open_database(path)
    db.close()
    return db


def test_a_database_that_stays_locked_says_so(tmp_path):
    path = tmp_path / "nianbao.db"
    holder = open_database(path)
    waiting = open_database(path)
    waiting.execute("PRAGMA busy_timeout = 20")
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseError, match="locked by another process"):
        save_registry(waiting, REGISTRY, AT)
    holder.rollback()
    save_registry(waiting, REGISTRY, AT)

    agencies = load_agencies(holder)
    holder.close()
    waiting.close()
    assert agencies == (AGENCY,)


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "data").write_text("a file")

    with pytest.raises(DatabaseError, match="cannot be made"):
        open_database(tmp_path / "data" / "nianbao.db")


def test_a_reader_sees_what_is_committed_and_cannot_write(tmp_path):
    path = tmp_path / "nianbao.db"
    db = open_database(path)
    save_registry(db, REGISTRY, AT)
    reader = open_reader(path)

    agencies = load_agencies(reader)
    with pytest.raises(DatabaseError, match="may not be written"):
        save_registry(reader, Registry((), (PORTAL,), ()), AT)

    reader.close()
    db.close()
    assert agencies == (AGENCY,)


def test_a_reader_makes_no_database(tmp_path):
    with pytest.raises(DatabaseError, match="no database yet"):
        open_reader(tmp_path / "nianbao.db")

    assert list(tmp_path.iterdir()) == []


def test_a_reader_does_not_migrate(tmp_path):
    path = tmp_path / "nianbao.db"
    old = Database(sqlite3.connect(path))
    MIGRATIONS.apply(old, stop_before="alert_tables")
    old.close()

    with pytest.raises(DatabaseError, match="older version"):
        open_reader(path)


def test_two_processes_may_make_the_same_database_at_once(tmp_path):
    path = tmp_path / "nianbao.db"
    program = "import sys, pathlib, storage.database as d; d.open_database(pathlib.Path(sys.argv[1])).close()"
    processes = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(3)]
    codes = [process.wait(timeout=60) for process in processes]

    db = open_reader(path)
    applied = {migration.name for migration in MIGRATIONS.applied(db)}
    db.close()

    assert (codes, applied) == ([0, 0, 0], migration_names())


def test_a_dropped_agency_keeps_its_row_and_leaves_the_registry(tmp_path):
    db = open_database(tmp_path / "nianbao.db")
    save_registry(db, REGISTRY, AT)

    save_registry(db, Registry((), (PORTAL,), ()), AT)

    agencies = load_agencies(db)
    rows = list(db.query("SELECT id, name, dropped_at FROM agencies"))
    save_registry(db, REGISTRY, AT)
    back = load_agencies(db)
    db.close()
    assert agencies == ()
    assert rows == [{"id": "edu", "name": "安丘市教育局", "dropped_at": "2025-02-01T09:00:00+08:00"}]
    assert back == (AGENCY,)


def test_each_thread_has_its_own_connection_and_a_writer_waits_for_another(tmp_path):
    path = tmp_path / "nianbao.db"
    open_database(path).close()

    def work():
        db = open_database(path)
        for _ in range(10):
            save_registry(db, REGISTRY, AT)
        db.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db = open_database(path)
    agencies = load_agencies(db)
    db.close()
    assert agencies == (AGENCY,)
