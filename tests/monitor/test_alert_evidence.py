"""One alert with all that it rests on: told on the screen, and as a bundle that anybody can check."""

from __future__ import annotations

import json
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner

from monitor.alerts.bundle_records import Material
from monitor.alerts.bundles import bundle_files, extension, packed
from monitor.cli import main
from monitor.judgement.verdicts import check_year
from storage.captures import Captures, digest_of
from storage.configuration import load_configuration
from storage.database import (
    alerts,
    mark_failed,
    mark_sent,
    open_database,
    save_attestation,
    save_registry,
    save_run,
)
from storage.enclosures import Enclosure, EnclosureKind
from storage.errors import CaptureDamagedError
from storage.law import LAWS
from storage.received import ReadCapture
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    Alert,
    AlertState,
    Attestation,
    Candidate,
    Capture,
    EndProof,
    Outcome,
    Portal,
    Registry,
    Scan,
    ScanPage,
    Transition,
)
from storage.report import DateSource, StatedDate
from tests.builders import report

END = datetime(2025, 2, 1, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
LIST = "https://zwgk.example.org/nb/"
PAGES = {
    f"{LIST}index.html": "<!doctype html><p>平川市水利局2023年年报</p>".encode(),
    f"{LIST}index_1.html": b"<HTML><p>2</p></HTML>",
}
FILE = b"%PDF-1.7 made up"
PHOTO = "f" * 64
ARTICLE = "<html><body>年报正文</body></html>".encode()
HEADERS = {"Content-Type": "text/html; charset=utf-8", "Date": "Sat, 01 Feb 2025 01:00:00 GMT", "Server": "nginx"}
AGENCY = Agency("caizheng", "平川市财政局", AgencyKind.LOCAL_DEPARTMENT, "370799", "pingchuan")
TWIN = replace(AGENCY, id="shuili", name="平川市水利局")
KNOWN = Registry(
    (AGENCY, TWIN), (Portal("pingchuan", "平川市人民政府", "https://zwgk.example.org/", ("zwgk.example.org:443",)),), ()
)


@pytest.fixture
def watch(tmp_path):
    """A folder with a database in which one report is missing, and one is late and found."""
    CliRunner().invoke(main, ["init", str(tmp_path)])
    configuration = load_configuration(tmp_path / "nianbao.toml")
    db = open_database(configuration.database)
    archive = Captures(configuration.captures)
    save_registry(db, KNOWN, END)
    for hours in (1, 22):
        seen = hours == 22
        look(db, archive, END + timedelta(hours=hours), found=seen)
    check_year(db, KNOWN, configuration.watch, END + DAY, 2024)
    yield tmp_path, db, archive
    db.close()


def look(db, archive, at, *, found):
    run = f"run-{at:%d%H}"
    pages = [ScanPage(url, 200, archive.put(body), 12, HEADERS) for url, body in PAGES.items()]
    scan = Scan(
        id=f"{run}/1", run=run, portal="pingchuan", column_url=LIST, agencies=("caizheng", "shuili"), started_at=at,
        finished_at=at + timedelta(seconds=42), outcome=Outcome.COMPLETE, pages=tuple(pages), rows_seen=24,
        stated_total=24, end_proof=EndProof.STATED_TOTAL, control_title="平川市水利局2023年年报",
        control_url=f"{LIST}2023.html",
    )  # fmt: skip
    captures, readings, candidates = [], [], []
    if found:
        url = f"{LIST}shuili.html"
        parts = (
            Enclosure(EnclosureKind.FILE, f"{LIST}b.pdf", url, "b.pdf", archive.put(FILE), "application/pdf"),
            Enclosure(EnclosureKind.PICTURE, f"{LIST}c.png", url, "c.png", None, failure="404"),
            Enclosure(EnclosureKind.PICTURE, f"{LIST}d.png", url, "d.png", PHOTO, "image/png"),
        )
        capture = Capture(
            archive.put(ARTICLE), scan.id, url, url, 200, "text/html", at, len(ARTICLE), agency="shuili",
            report_year=2024, headers=HEADERS, enclosures=parts,
        )  # fmt: skip
        captures.append(capture)
        day = date(2025, 2, 1)
        body = replace(report(), published_on=day, dates=(StatedDate(day, DateSource.META_PUBDATE),))
        readings.append(ReadCapture(capture, "shuili", 2024, body, parser_version="1"))
        candidates.append(Candidate(scan.id, "2024年年报", url, None, "shuili", 2024))
    save_run(db, run_id=run, scans=[scan], candidates=candidates, captures=captures, reports=readings, at=at)


def alert_of(db, agency):
    return next(alert.id for alert in alerts(db) if alert.agency == agency and alert.rule in {"missing", "late"})


def nianbao(folder, *arguments):
    return CliRunner().invoke(main, ["--config", str(folder / "nianbao.toml"), "alerts", *map(str, arguments)])


def unpacked(folder, db, agency, name="out.zip"):
    result = nianbao(folder, "bundle", alert_of(db, agency), "--out", folder / name)
    assert result.exit_code == 0, result.output
    target = folder / f"{name}.d"
    with zipfile.ZipFile(folder / name) as archive:
        archive.extractall(target)
    return target, result


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_bundle_holds_under_sha256sum_and_raw_files_bear_their_own_digest(watch):
    folder, db, _ = watch

    target, _ = unpacked(folder, db, "caizheng")

    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=target, capture_output=True, text=True, check=False
    )
    listed = {line.partition("  ")[2] for line in (target / "SHA256SUMS").read_text().splitlines()}
    files = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert checked.returncode == 0, checked.stdout
    assert listed == files - {"SHA256SUMS"}
    raw = sorted((target / "captures").iterdir())
    assert [path.stem for path in raw] == [digest_of(path.read_bytes()) for path in raw]
    assert {path.read_bytes() for path in raw} == set(PAGES.values())


def test_a_bundle_of_a_missing_report_has_every_proving_scan_with_its_pages_and_headers(watch):
    folder, db, _ = watch

    target, result = unpacked(folder, db, "caizheng")

    scans = read(target / "scans.json")
    assert [(scan["started_at"], scan["outcome"], scan["rows_seen"], scan["stated_total"]) for scan in scans] == [
        (f"2025-02-01T{hour}:00:00+08:00", "complete", 24, 24) for hour in ("01", "22")
    ]
    pages = [(page["final_url"], page["status"], page["tls"], page["headers"]) for page in scans[0]["pages"]]
    assert pages == [(url, 200, "verified", HEADERS) for url in PAGES]
    assert all((target / page["file"]).is_file() for scan in scans for page in scan["pages"])
    digest = scans[0]["pages"][0]["sha256"]
    assert [fetch["headers"] for fetch in read(target / "headers" / f"{digest}.json")] == [HEADERS]
    told = read(target / "alert.json")
    assert told["alert"]["agency_name"] == "平川市财政局"
    assert [rule["name"] for rule in told["rules"]] == ["missing"]
    assert told["law"][0]["citation"] == "《中华人民共和国政府信息公开条例》(国务院令第711号)第四十九条第一款"
    assert [move["to_state"] for move in told["transitions"]] == ["open"]
    assert read(target / "versions.json")["libraries"].keys() >= {"lxml", "scrapy"}
    assert read(target / "absent.json") == []
    assert result.stderr == ""


def test_a_bundle_quotes_the_law_that_was_in_force_for_that_year_word_by_word(watch):
    folder, db, _ = watch
    law = LAWS["regulations-2019-49-1"]

    target, _ = unpacked(folder, db, "caizheng")

    told = read(target / "alert.json")
    assert [(entry["key"], entry["text"]) for entry in told["law"]] == [("regulations-2019-49-1", law.text)]
    rule = told["due_rule"]
    assert (rule["first_year"], rule["last_year"], rule["month"], rule["day"], rule["law"], rule["is_statutory"]) == (
        2019, None, 1, 31, "regulations-2019-49-1", True,
    )  # fmt: skip
    assert law.text in (target / "explain.txt").read_text(encoding="utf-8")
    assert "alert.json" in (target / "SHA256SUMS").read_text()


def test_where_a_later_date_of_the_registry_gives_way_the_bundle_quotes_the_statute(watch):
    folder, db, _ = watch
    configuration = load_configuration(folder / "nianbao.toml")
    agency = replace(AGENCY, due=(2, 28), due_basis="岳政办〔2020〕1号")
    check_year(db, replace(KNOWN, agencies=(agency, TWIN)), configuration.watch, END + DAY + DAY / 24, 2024)

    target, _ = unpacked(folder, db, "caizheng")

    laws = {entry["key"]: entry for entry in read(target / "alert.json")["law"]}
    assert laws["regulations-2019-49-1"]["text"] == LAWS["regulations-2019-49-1"].text
    assert LAWS["regulations-2019-49-1"].text in (target / "explain.txt").read_text(encoding="utf-8")


def test_a_bundle_of_a_report_has_the_article_and_what_belongs_to_it_and_names_what_is_absent(watch):
    folder, db, _ = watch

    target, result = unpacked(folder, db, "shuili")

    assert {ARTICLE, FILE} <= {path.read_bytes() for path in (target / "captures").iterdir()}
    absent = [
        {"digest": None, "what": "enclosure", "url": f"{LIST}c.png", "reason": "404"},
        {"digest": PHOTO, "what": "enclosure", "url": f"{LIST}d.png", "reason": "not in the archive"},
    ]
    assert read(target / "absent.json") == absent
    explained = (target / "explain.txt").read_text(encoding="utf-8")
    assert f"附件 {LIST}d.png {PHOTO}：存档中没有" in explained
    assert "有 2 份不在存档里" in result.stderr


def test_a_page_that_was_lost_is_named_and_the_rest_still_holds(watch):
    folder, db, archive = watch
    lost = digest_of(PAGES[LIST + "index.html"])
    archive.path(lost).unlink()

    target, result = unpacked(folder, db, "caizheng")

    assert [absent["digest"] for absent in read(target / "absent.json")] == [lost]
    assert [page["file"] is None for page in read(target / "scans.json")[0]["pages"]] == [True, False]
    assert (
        subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=target, capture_output=True, check=False).returncode == 0
    )
    assert "不在存档里" in result.stderr


def test_bytes_that_are_not_those_of_their_digest_are_refused_loudly(watch):
    folder, db, archive = watch
    path = archive.path(digest_of(PAGES[LIST + "index.html"]))
    path.write_bytes(archive.path(digest_of(PAGES[LIST + "index_1.html"])).read_bytes())

    result = nianbao(folder, "bundle", alert_of(db, "caizheng"), "--out", folder / "out.zip")

    assert result.exit_code == 1
    assert "与其摘要不符" in result.stderr
    assert not (folder / "out.zip").exists()


def test_the_same_state_gives_the_same_bytes(watch):
    folder, db, _ = watch

    unpacked(folder, db, "caizheng", "a.zip")
    unpacked(folder, db, "caizheng", "b.zip")

    assert (folder / "a.zip").read_bytes() == (folder / "b.zip").read_bytes()


def test_a_bundle_lies_in_the_working_folder_by_default(watch, monkeypatch):
    folder, db, _ = watch
    monkeypatch.chdir(folder)
    key = alert_of(db, "caizheng")

    result = nianbao(folder, "bundle", key)

    assert result.output == f"已生成 nianbao-alert-{key}.zip\n"
    assert (folder / f"nianbao-alert-{key}.zip").is_file()


def test_what_an_alert_said_before_is_evidence_too(watch):
    folder, db, _ = watch
    key = alert_of(db, "caizheng")
    nianbao(folder, "waive", key, "--reason", "机构合并")
    save_attestation(db, Attestation("caizheng", 2024, False, None, None, None, "王敏", "电话核实", END + DAY))
    configuration = load_configuration(folder / "nianbao.toml")
    check_year(db, KNOWN, configuration.watch, END + 2 * DAY, 2024)

    target, _ = unpacked(folder, db, "caizheng")

    assert len(read(target / "scans.json")) == 2


def test_bodies_under_a_wrong_name_are_refused_by_the_composer_itself():
    alert = Alert("A1", None, 2024, "operator", "fleet", AlertState.OPEN, END, "多个门户异常")
    move = Transition("A1", END, None, AlertState.OPEN, "开启", message=alert.message, evidence=())

    with pytest.raises(CaptureDamagedError):
        bundle_files(Material(alert, (move,), (), None, (), ()), {"a" * 64: b"other"}, explanation="", versions={})


@pytest.mark.parametrize(
    ("media_type", "data", "ending"),
    [
        ("text/html; charset=GBK", b"", "html"),
        ("application/octet-stream", b"%PDF-1.4", "pdf"),
        ("", b"\xef\xbb\xbf <!DOCTYPE html>", "html"),
        ("", b'\n{"rows": []}', "json"),
        ("", b"PK\x03\x04", "zip"),
        ("", b"\x00\x01", "bin"),
        ("", b"", "bin"),
    ],
)
def test_raw_files_end_by_what_they_are(media_type, data, ending):
    assert extension(media_type, data) == ending


def test_archives_hold_no_time_and_no_owner():
    with zipfile.ZipFile(__import__("io").BytesIO(packed({"b": b"2", "a": b"1"}))) as archive:
        members = [(member.filename, member.date_time, member.create_system) for member in archive.infolist()]

    assert members == [("a", (1980, 1, 1, 0, 0, 0), 3), ("b", (1980, 1, 1, 0, 0, 0), 3)]


def test_one_alert_is_told_whole_with_objection_answer_and_who_was_told(watch):
    folder, db, _ = watch
    key = alert_of(db, "caizheng")
    (number,) = db.execute("SELECT id FROM transitions WHERE alert = ?", (key,)).fetchone()
    mark_sent(db, [number], "mail-1", END + DAY)
    mark_failed(db, [number], "robot-2", END + DAY, "timed out")
    now = "2025-02-03T09:00:00+08:00"
    for verb, reason in (("object", "已于1月20日公布"), ("ack", "经核查网站无此报告，维持")):
        result = CliRunner().invoke(
            main, ["--config", str(folder / "nianbao.toml"), "--now", now, "alerts", verb, key, "--reason", reason]
        )
        assert result.exit_code == 0, result.output

    shown = nianbao(folder, "show", key[:6]).output

    for text in (
        f"告警 {key}：平川市财政局，2024 年度，未公开",
        "现状：已确认",
        "应公布日期：2025-01-31（至当日 24 时）",
        "2025-02-01 01:00:00 至 2025-02-01 01:00:42",
        "共 2 页、24 行；到底的依据：列表自述的总数（网页自述共 24 条）",
        "对照：同一次检索在同一处看到“平川市水利局2023年年报”",
        f"网页 {LIST}index.html：应答 200，12 行，连接：加密，证书有效，存档 {digest_of(PAGES[LIST + 'index.html'])}",
        "2025-02-03 09:00 未处理 → 有异议",
        "机关的异议：已于1月20日公布（2025-02-03 09:00，",
        "答复：已确认，经核查网站无此报告，维持（2025-02-03 09:00，",
        "mail-1：2025-02-02 00:00 送达",
        "robot-2：尚未送达（2025-02-02 00:00 开启）：timed out",
    ):
        assert text in shown, text


def test_what_comes_from_outside_breaks_no_line_and_moves_no_cursor(watch):
    folder, db, _ = watch
    key = alert_of(db, "caizheng")
    nianbao(folder, "object", key, "--reason", "一\n七、缺少的文件\x1b[2J\u202e")

    target, _ = unpacked(folder, db, "caizheng")

    for text in (nianbao(folder, "show", key).output, (target / "explain.txt").read_text(encoding="utf-8")):
        assert "一 七、缺少的文件 [2J " in text
        assert not {"\x1b", "\u202e"} & set(text)


def test_an_objection_without_an_answer_says_so(watch):
    folder, db, _ = watch
    key = alert_of(db, "caizheng")
    nianbao(folder, "object", key, "--reason", "有误")

    assert "尚未答复" in nianbao(folder, "show", key).output


def test_an_agency_may_object_again_before_it_is_answered(watch):
    folder, db, _ = watch
    key = alert_of(db, "caizheng")
    for reason in ("有误", "附上截图"):
        assert nianbao(folder, "object", key, "--reason", reason).exit_code == 0

    shown = nianbao(folder, "show", key).output

    assert [line.partition("（")[0].strip() for line in shown.splitlines() if "机关的异议：" in line] == [
        "机关的异议：有误",
        "机关的异议：附上截图",
    ]


def test_the_json_of_the_book_keeps_its_keys_and_adds_at_the_end(watch):
    folder, _, _ = watch

    (first, *_) = json.loads(nianbao(folder, "--json").output)

    contract = ["id", "agency", "report_year", "rule", "state", "opened_at", "sent_at", "evidence"]
    assert list(first)[: len(contract)] == contract


def test_a_bundle_into_a_folder_that_is_not_there_says_which_folder(watch, tmp_path):
    folder, db, _ = watch

    result = nianbao(folder, "bundle", alert_of(db, "caizheng"), "--out", str(tmp_path / "nodir" / "b.zip"))

    assert (result.exit_code, result.stderr) == (1, f"错误：没有文件夹 {tmp_path / 'nodir'}\n")


@pytest.mark.parametrize("verb", ["show", "bundle"])
def test_an_alert_that_is_not_there_is_said_so(watch, verb):
    folder, _, _ = watch

    result = nianbao(folder, verb, "nope")

    assert (result.exit_code, "没有告警 nope" in result.stderr) == (1, True)
