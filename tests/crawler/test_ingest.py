"""A run folder becomes reports in the database, whatever the pages hold and whenever the process dies."""

import dataclasses
import io
import os
import random
import shutil
import signal
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

import crawler.ingest
import crawler.reading.room
from crawler.ingest import IngestedRun, ingest_attestation, ingest_finished, ingest_run
from crawler.reading import ReadOutcome
from crawler.reading.in_worker import read_source
from crawler.reparse import reparsed_reports
from crawler.requests import CrawlRequest
from crawler.runs import RunWriter, new_run
from storage.captures import Captures
from storage.database import (
    current_reports,
    evidence_of_year,
    ingested_runs,
    load_memory,
    load_report,
    open_database,
    report_versions,
    save_registry,
)
from storage.errors import RunFolderError
from storage.known import KnownRobots, PortalMemory
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    Attestation,
    Candidate,
    Capture,
    Outcome,
    Portal,
    Registry,
    Scan,
    ScanPage,
)

AT = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI)
LATER = AT + timedelta(days=1)
BASE = "http://127.0.0.1:8000/nb/"
PORTAL = Portal("anqiu", "安丘市人民政府", "http://127.0.0.1:8000/", ("127.0.0.1:8000",))
NAMES = {"edu": "安丘市教育局", "fin": "安丘市财政局", "law": "安丘市司法局"}
REGISTRY = Registry(
    tuple(Agency(key, name, AgencyKind.LOCAL_DEPARTMENT, "370784", "anqiu") for key, name in NAMES.items()),
    (PORTAL,),
    (),
)

CANNOT_STORE = "cannot store TEXT value in INTEGER column candidates.report_year"
BROKEN = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64)
"""The first bytes of a Word file and no more."""

HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
REVIEWS = """<table><tr><td colspan=5>行政复议</td><td colspan=10>行政诉讼</td></tr><tr>{kinds}
<td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td></tr><tr>{columns}{columns}</tr>
<tr>{numbers}</tr></table>"""
COLUMNS = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]


def page(name, year=2024, *, reviews=3, words="依法公开政府信息。"):
    title = f"{name}{year}年政府信息公开工作年度报告"
    table = REVIEWS.format(
        kinds="".join(f"<td rowspan=2>{column}</td>" for column in COLUMNS),
        columns="".join(f"<td>{column}</td>" for column in COLUMNS),
        numbers="".join(f"<td>{number}</td>" for number in (reviews, 0, 0, 0, reviews, *[0] * 10)),
    )
    body = "".join(f"<p>{heading}</p><p>{words}</p>{table if heading[0] == '四' else ''}" for heading in HEADINGS)
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    ).encode()


@dataclasses.dataclass(frozen=True)
class Row:
    """One list row and what stands behind it; `agency` and `year` None where the row does not say."""

    url: str
    body: bytes
    title: str = "2024年政府信息公开工作年度报告"
    agency: str | None = None
    year: int | None = None
    media_type: str = "text/html"


def write_run(runs, rows, *, at=AT, agencies=tuple(NAMES)):
    """A finished run folder with one complete scan that saw these rows."""
    writer = RunWriter(new_run(runs, CrawlRequest(at, (PORTAL,), REGISTRY.agencies, (2024,))))
    key = f"{writer.id}-1"
    listed = writer.keep(f"<ul>{''.join(row.title for row in rows)}</ul>".encode())
    writer.add_scan(
        Scan(
            key, writer.id, "anqiu", BASE, agencies, at, at + timedelta(minutes=1), Outcome.COMPLETE,
            pages=(ScanPage(BASE, 200, listed, len(rows)),),
        )
    )  # fmt: skip
    for row in rows:
        writer.add_candidate(Candidate(key, row.title, row.url, None, row.agency, row.year))
        writer.add_capture(
            Capture(
                writer.keep(row.body), key, row.url, row.url, 200, row.media_type, at, len(row.body),
                title=row.title, agency=row.agency, report_year=row.year,
            )
        )  # fmt: skip
    return writer.finish()


@pytest.fixture
def runs(tmp_path):
    return tmp_path / "runs"


@pytest.fixture
def captures(tmp_path):
    return Captures(tmp_path / "captures")


@pytest.fixture
def db(tmp_path):
    database = open_database(tmp_path / "nianbao.db")
    save_registry(database, REGISTRY, AT)
    yield database
    database.close()


def stored(db):
    return db.execute("SELECT agency, report_year, readable, reason FROM reports ORDER BY 1, 2, 3").fetchall()


def test_a_run_brings_reports_captures_and_looks(db, captures, runs):
    run = write_run(runs, [Row(BASE + "1", page(NAMES["edu"])), Row(BASE + "2", page(NAMES["fin"], 2023), year=2023)])

    ingested = ingest_run(db, captures, run, at=AT)

    assert ingested == IngestedRun(run.name, 1, 2, readings=2, unreadable=0, unattributed=0)
    assert stored(db) == [("edu", 2024, 1, None), ("fin", 2023, 1, None)]
    report = load_report(db, current_reports(db, 2024)["edu"])
    assert (report.agency_name, report.number("reviews", "administrative_review", "total")) == (NAMES["edu"], 3)
    assert {agency: [look.found for look in each.looks] for agency, each in evidence_of_year(db, 2024).items()} == {
        "edu": [True],
        "fin": [False],
        "law": [False],
    }


def test_what_a_run_learnt_is_kept_and_a_body_that_only_an_older_run_has_is_not_missed(db, captures, runs):
    writer = RunWriter(new_run(runs, CrawlRequest(AT, (PORTAL,), REGISTRY.agencies, (2024,))))
    robots = [
        KnownRobots(host, 200, digest, AT) for host, digest in (("a:80", writer.keep(b"own")), ("b:80", "0" * 64))
    ]
    writer.add_memory(PortalMemory("anqiu", AT, robots=tuple(robots), crawl_delay=7.0))
    writer.finish()

    (run,) = ingest_finished(db, captures, runs, at=AT)

    (memory,) = load_memory(db, ["anqiu"], AT, captures.has)
    assert run.scans == 0
    assert (memory.crawl_delay, memory.robots) == (7.0, (robots[0],))


def test_list_pages_and_reports_are_both_in_the_archive(db, captures, runs):
    body = page(NAMES["edu"])
    run = write_run(runs, [Row(BASE + "1", body)])

    ingest_run(db, captures, run, at=AT)

    digests = {path.stem for path in (run / "bodies").iterdir()}
    assert (len(digests), {digest for digest in digests if not captures.has(digest)}) == (2, set())
    assert body in {captures.get(digest) for digest in digests}


def test_a_run_is_ingested_once(db, captures, runs):
    run = write_run(runs, [Row(BASE + "1", page(NAMES["edu"]))])

    first, second = ingest_run(db, captures, run, at=AT), ingest_run(db, captures, run, at=LATER)

    assert (first is None, second, len(stored(db))) == (False, None, 1)


def test_the_same_page_of_another_run_is_not_read_again(db, captures, runs):
    rows = [Row(BASE + "1", page(NAMES["edu"])), Row(BASE + "2", BROKEN, agency="fin", year=2024)]
    ingest_run(db, captures, write_run(runs, rows), at=AT)
    db.execute("UPDATE report_versions SET title = 'as it was read before' WHERE readable = 1")

    ingested = ingest_run(db, captures, write_run(runs, rows, at=LATER), at=LATER)

    assert load_report(db, current_reports(db, 2024)["edu"]).title == "as it was read before"
    assert (ingested.readings, stored(db)) == (2, [("edu", 2024, 1, None), ("fin", 2024, 0, "damaged")])
    assert {agency: [look.found for look in each.looks] for agency, each in evidence_of_year(db, 2024).items()} == {
        "edu": [True, True],
        "fin": [True, True],
        "law": [False, False],
    }


def test_a_page_with_a_visitor_counter_stays_one_version_and_a_corrected_one_is_two(db, captures, runs):
    body = page(NAMES["edu"])
    counted = body.replace(b"</body>", b"<!-- visitor 4711 --></body>")
    corrected = page(NAMES["edu"], reviews=4)

    for number, content in enumerate((body, counted, corrected)):
        ingest_run(db, captures, write_run(runs, [Row(BASE + "1", content)], at=AT + number * timedelta(days=1)), at=AT)

    versions = report_versions(db, "edu", 2024)
    assert [(version.id, version.is_current) for version in versions] == [(1, False), (2, True)]


UNREADABLE = [
    (BROKEN, "damaged"),
    (b"", "empty"),
    (b"<html><body><p>" + "页面不存在".encode() + b"</p></body></html>", "not_a_report"),
    (random.Random(1).randbytes(64), None),
]


@pytest.mark.parametrize(("body", "reason"), UNREADABLE)
def test_a_promised_report_that_cannot_be_read_is_kept_as_unreadable(db, captures, runs, body, reason):
    run = write_run(runs, [Row(BASE + "1", body, agency="edu", year=2024)])

    ingested = ingest_run(db, captures, run, at=AT)

    ((agency, year, readable, found),) = stored(db)
    assert (agency, year, readable, ingested.unreadable) == ("edu", 2024, 0, 1)
    assert reason in {found, None}
    assert captures.get(report_versions(db, "edu", 2024)[0].digest) == body


def faulty(source):
    """Runs in the worker, in the place of `read_source`."""
    if NAMES["fin"].encode() in source.data:
        raise RecursionError("tables in tables")
    if NAMES["law"].encode() in source.data:
        os.abort()
    return read_source(source)


def test_a_fault_of_the_parser_is_ours_and_stops_nothing(db, captures, runs, monkeypatch, caplog):
    monkeypatch.setattr(crawler.reading.room, "read_source", faulty)
    rows = [Row(BASE + key, page(name), agency=key, year=2024) for key, name in NAMES.items()]

    ingest_run(db, captures, write_run(runs, rows), at=AT)

    assert stored(db) == [("edu", 2024, 1, None), ("fin", 2024, 0, "parser_failed"), ("law", 2024, 0, "worker_died")]
    assert BASE + "fin" in caplog.text


def test_what_counts_for_nobody_is_archived_and_counted(db, captures, runs):
    body = page("安丘市文化馆")
    run = write_run(runs, [Row(BASE + "1", body), Row(BASE + "2", b"%PDF-1.7", year=2024)])

    ingested = ingest_run(db, captures, run, at=AT)

    assert (ingested.readings, ingested.unattributed, stored(db)) == (0, 2, [])
    assert db.execute("SELECT count(*) FROM captures").fetchall() == [(2,)]


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (page("本机关"), Outcome.INCOMPLETE),
        (b"%PDF-1.7", Outcome.INCOMPLETE),
        (page("安丘市民政局"), Outcome.COMPLETE),
        (page(NAMES["edu"]), Outcome.COMPLETE),
        ("<p>今天天气晴好。</p>".encode(), Outcome.COMPLETE),
    ],
)
def test_a_report_that_may_be_anybodys_leaves_nobodys_absence_proven(db, captures, runs, body, outcome):
    path = write_run(runs, [Row(f"{BASE}1.html", body)])

    ingest_run(db, captures, path, at=AT)

    assert {evidence_of_year(db, 2024)[key].looks[0].outcome for key in ("fin", "law")} == {outcome}


@pytest.mark.parametrize("own_row", [False, True])
def test_a_report_that_may_be_some_agency_s_leaves_only_its_absence_unproven(db, captures, runs, own_row):
    short = Row(f"{BASE}1.pdf", b"%PDF-1.7", title="安丘教局2024年政府信息公开工作年度报告", year=2024)
    own = [Row(BASE + "2", page(NAMES["edu"]), agency="edu", year=2024)] if own_row else []

    ingest_run(db, captures, write_run(runs, [short, *own]), at=AT)

    looks = {key: each.looks[0] for key, each in evidence_of_year(db, 2024).items()}
    assert {key: look.outcome for key, look in looks.items()} == {
        "edu": Outcome.COMPLETE if own_row else Outcome.INCOMPLETE,
        "fin": Outcome.COMPLETE,
        "law": Outcome.COMPLETE,
    }
    assert ("安丘教局" in looks["edu"].detail) is not own_row


def test_another_agency_s_page_is_no_sighting_of_the_agency_whose_row_it_was(db, captures, runs):
    ingest_run(db, captures, write_run(runs, [Row(BASE + "1", page(NAMES["fin"]), agency="edu", year=2024)]), at=AT)

    evidence = evidence_of_year(db, 2024)

    assert stored(db) == [("fin", 2024, 1, None)]
    assert {key: ([look.found for look in each.looks], len(each.sightings)) for key, each in evidence.items()} == {
        "edu": ([False], 0),
        "fin": ([True], 0),
        "law": ([False], 0),
    }


def test_a_run_with_more_readings_than_fit_in_memory_is_tied_to_its_scan_all_the_same(db, captures, runs, monkeypatch):
    monkeypatch.setattr(crawler.ingest, "BATCH", 2)
    rows = [Row(f"{BASE}{year}", page(NAMES["edu"], year), agency="edu", year=year) for year in range(2019, 2025)]
    rows += [Row(f"{BASE}{year}.pdf", b"%PDF-1.7", agency="fin", year=year) for year in range(2019, 2022)]

    ingested = ingest_run(db, captures, write_run(runs, rows), at=AT)

    assert (ingested.readings, ingested.unreadable, len(stored(db))) == (9, 3, 9)
    assert all(evidence_of_year(db, year)["edu"].looks[0].found for year in range(2019, 2025))


def test_a_copy_of_a_run_under_any_name_is_that_run(db, captures, runs, tmp_path):
    path = write_run(runs, [Row(BASE + "edu", page(NAMES["edu"]))])
    elsewhere = shutil.copytree(path, tmp_path / "from-a-worker")
    for name in ("0-before", "z-after"):
        shutil.copytree(path, runs / name)

    results = list(ingest_finished(db, captures, runs, at=AT))
    again = list(ingest_finished(db, captures, runs, at=AT))

    assert ([result.run for result in results], again) == ([path.name], [])
    assert ingest_run(db, captures, elsewhere, at=AT) is None
    assert (ingested_runs(db), stored(db)) == ({path.name}, [("edu", 2024, 1, None)])


def test_a_damaged_run_is_named_and_the_others_are_taken_over(db, captures, runs):
    good = [write_run(runs, [Row(BASE + key, page(name))], at=AT) for key, name in list(NAMES.items())[:2]]
    bad = write_run(runs, [Row(BASE + "law", page(NAMES["law"]))], at=LATER)
    (bad / "captures.jsonl").write_text("")

    results = list(ingest_finished(db, captures, runs, at=LATER))
    again = list(ingest_finished(db, captures, runs, at=LATER))

    assert {type(result) for result in again} == {RunFolderError}
    assert sorted(type(result).__name__ for result in results) == ["IngestedRun", "IngestedRun", "RunFolderError"]
    assert (ingested_runs(db), [row[0] for row in stored(db)]) == ({run.name for run in good}, ["edu", "fin"])


def test_a_run_at_which_this_program_fails_is_named_and_the_others_are_taken_over(db, captures, runs, caplog):
    bad = write_run(runs, [Row(BASE + "law", page(NAMES["law"]), year="a year that no table takes")], at=AT)
    good = write_run(runs, [Row(BASE + "edu", page(NAMES["edu"]))], at=LATER)

    results = list(ingest_finished(db, captures, runs, at=LATER))

    assert [result.run for result in results[1:]] == [good.name]
    said = f"{bad} could not be taken over, this program failed: IntegrityError: {CANNOT_STORE}"
    assert results[0].spoken("en") == said
    assert (ingested_runs(db), stored(db)) == ({good.name}, [("edu", 2024, 1, None)])
    assert "Traceback" in caplog.text


def bundle(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return packed.getvalue()


def urls(db):
    return db.execute("SELECT agency, report_year, url, readable FROM report_versions ORDER BY 1, 2, 3").fetchall()


def test_every_member_of_a_bundle_counts_for_whom_it_names(db, captures, runs):
    members = {
        "教育局年报.html": page(NAMES["edu"]),
        "b/财政局 年报.html": page(NAMES["fin"], 2023),
        "图.png": b"\x89PNG",
    }
    run = write_run(runs, [Row(f"{BASE}all.zip", bundle(members), title="2024年各单位政府信息公开年报汇总")])

    ingested = ingest_run(db, captures, run, at=AT)
    again = list(reparsed_reports(db, captures, at=LATER))

    assert (ingested.captures, ingested.readings, ingested.unattributed, again) == (1, 2, 1, [])
    assert urls(db) == [
        ("edu", 2024, f"{BASE}all.zip#{quote('教育局年报.html')}", 1),
        ("fin", 2023, f"{BASE}all.zip#b/{quote('财政局 年报.html')}", 1),
    ]
    assert captures.get(report_versions(db, "fin", 2023)[0].digest) == members["b/财政局 年报.html"]
    assert {key: each.looks[0].found for key, each in evidence_of_year(db, 2024).items()} == {
        "edu": True,
        "fin": False,
        "law": False,
    }


def test_the_only_report_of_a_bundle_is_the_one_that_its_row_promised(db, captures, runs):
    members = {"说明.html": "<p>今天天气晴好。</p>".encode(), "年报.html": page("本机关")}
    run = write_run(runs, [Row(f"{BASE}1.zip", bundle(members), agency="edu", year=2024)])

    ingest_run(db, captures, run, at=AT)

    assert urls(db) == [("edu", 2024, f"{BASE}1.zip#{quote('年报.html')}", 1)]
    assert evidence_of_year(db, 2024)["edu"].looks[0].found


def test_a_bundle_in_which_nothing_can_be_read_is_itself_unreadable(db, captures, runs):
    run = write_run(runs, [Row(f"{BASE}1.zip", bundle({"年报.doc": BROKEN}), agency="edu", year=2024)])

    ingest_run(db, captures, run, at=AT)

    assert (urls(db), stored(db)) == ([("edu", 2024, f"{BASE}1.zip", 0)], [("edu", 2024, 0, "damaged")])


def test_a_bundle_that_is_read_for_the_first_time_by_a_reparse_counts_from_then_on(db, captures, runs, monkeypatch):
    monkeypatch.setattr(crawler.reading.room, "read_source", reads_no_bundles)
    run = write_run(runs, [Row(f"{BASE}1.zip", bundle({"a.html": page(NAMES["edu"]), "b.html": page(NAMES["fin"])}))])
    ingest_run(db, captures, run, at=AT)
    before = stored(db)
    monkeypatch.undo()

    dry = list(reparsed_reports(db, captures, at=LATER, dry_run=True))
    told = list(reparsed_reports(db, captures, at=LATER))
    again = list(reparsed_reports(db, captures, at=LATER))

    assert (before, [change.agency for change in told], told == dry, again) == ([], ["edu", "fin"], True, [])
    assert stored(db) == [("edu", 2024, 1, None), ("fin", 2024, 1, None)]


def reads_no_bundles(source):
    """Runs in the worker, in the place of `read_source`, as an older version of it did."""
    return ReadOutcome(None, "unsupported", "a ZIP file") if source.data.startswith(b"PK") else read_source(source)


def test_a_file_handed_in_counts_for_whom_the_person_named(db, captures):
    body = page(NAMES["edu"])
    word = Attestation("law", 2024, False, None, None, None, "王敏", "门户拒绝访问", AT)

    outcome = ingest_attestation(db, captures, word, body, media_type="text/html")

    (version,) = report_versions(db, "law", 2024)
    assert (outcome.reason, version.is_attested, captures.get(version.digest)) == (None, True, body)
    (kept,) = evidence_of_year(db, 2024)["law"].attestations
    assert kept == dataclasses.replace(word, digest=version.digest)


def content(path):
    """Every row of every table."""
    db = open_database(path)
    tables = [name for name in db.table_names() if not name.startswith(("_", "sqlite"))]
    rows = {name: sorted(map(repr, db.execute(f"SELECT * FROM {name}"))) for name in tables}
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()
    return rows


def ingest_and_count(data, kill_at):
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in {"call", "c_call"}
        if calls == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    db = open_database(data / "nianbao.db")
    sys.setprofile(count)
    results = list(ingest_finished(db, Captures(data / "captures"), data / "runs", at=AT))
    sys.setprofile(None)
    assert [type(result) for result in results if not isinstance(result, IngestedRun)] == []
    return calls


def ingest_in_another_process(data, kill_at):
    """Ingest in a child process, killed at its `kill_at`-th call of a function (None: never).

    Gives the number of calls of a child that was not killed, 0 of one that was.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(ingest_and_count(data, kill_at)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        calls = int(answer.read() or 0)
    os.waitpid(child, 0)
    return calls


def new_data(folder, runs):
    folder.mkdir()
    (folder / "runs").symlink_to(runs)
    db = open_database(folder / "nianbao.db")
    save_registry(db, REGISTRY, AT)
    db.close()
    return folder


def test_killed_anywhere_and_started_again_it_loses_nothing_and_counts_nothing_twice(tmp_path, monkeypatch):
    monkeypatch.setattr(crawler.ingest, "BATCH", 2)
    runs = tmp_path / "the-runs"
    for number in range(3):
        at = AT + number * timedelta(hours=1)
        rows = [Row(BASE + key, page(name, reviews=number), agency=key, year=2024) for key, name in NAMES.items()]
        write_run(
            runs, [*rows, Row(f"{BASE}pdf{number}", b"%PDF-1." + bytes([48 + number]), agency="edu", year=2023)], at=at
        )
    undisturbed = new_data(tmp_path / "undisturbed", runs)
    calls = ingest_in_another_process(undisturbed, None)
    expected = content(undisturbed / "nianbao.db")
    moments = random.Random(20250201)
    assert (calls > 1000, len(expected["report_versions"])) == (True, 12)

    for trial in range(6):
        data = new_data(tmp_path / f"trial-{trial}", runs)
        for _ in range(3):
            ingest_in_another_process(data, moments.randrange(1, calls))
        ingest_in_another_process(data, None)

        assert content(data / "nianbao.db") == expected
        assert not [path for path in Path(data / "captures").rglob("*.zst") if not path.stat().st_size]
