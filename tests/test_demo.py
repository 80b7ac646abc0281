"""The demo: the whole job on sample portals, by the real command line, once for all tests of this file."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.clean import html_clean
from crawler.simulator.roles import ROLES
from monitor.cli import main
from monitor.demo import MARK, run_demo
from storage.captures import Captures
from storage.database import findings_of, open_reader
from storage.errors import ConfigurationError
from storage.records import SHANGHAI, Content, Severity

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 6, 1, 9, tzinfo=SHANGHAI)
AFTER = "2026-02-11T09:00:00+08:00"
PUBLICATION_RULES = {"missing", "late", "withdrawn"}


class Demo:
    """What the demo printed, and the command line on what it left."""

    def __init__(self, folder: Path, lines: list[str]) -> None:
        self.folder = folder
        self.lines = lines

    def nianbao(self, *arguments: str) -> Result:
        options = ["--config", str(self.folder / "nianbao.toml"), "--now", AFTER]
        return CliRunner().invoke(main, [*options, *arguments])

    def json(self, *arguments: str) -> Any:
        return json.loads(self.nianbao(*arguments, "--json").stdout)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "demo-data"
    lines: list[str] = []
    run_demo(folder, NOW, lines.append, port=None)
    return Demo(folder, lines)


@pytest.fixture
def copy(demo: Demo, tmp_path: Path) -> Demo:
    """The demo's folder again, for a test that changes it."""
    return Demo(Path(shutil.copytree(demo.folder, tmp_path / "copy")), demo.lines)


def test_every_agency_stands_where_its_story_puts_it(demo):
    found = {row["id"]: (row["status"], row["content"], row["reason"]) for row in demo.json("status")["agencies"]}

    assert found == {
        role.id: (
            role.expectation.status,
            role.expectation.content,
            role.expectation.reason or found[role.id][2],
        )
        for role in ROLES
    }


def test_the_findings_are_those_of_the_mistakes_and_no_error_is_invented(demo):
    db = open_reader(demo.folder / "data" / "nianbao.db")
    try:
        found = {role.id: findings_of(db, role.id, 2025) for role in ROLES}
    finally:
        db.close()

    for role in ROLES:
        rules = {finding.rule for finding in found[role.id]}
        errors = {finding.rule for finding in found[role.id] if finding.severity is Severity.ERROR}
        assert role.expectation.rules <= rules, role.id
        assert errors - PUBLICATION_RULES <= role.expectation.rules, role.id


def test_alerts_are_open_for_what_is_missing_late_or_malformed(demo):
    alerts = demo.json("alerts")

    promised = ["id", "agency", "report_year", "rule", "state", "opened_at", "sent_at", "evidence"]
    assert [list(alert)[: len(promised)] for alert in alerts] == [promised] * len(alerts)
    statutory = {role.id for role in ROLES if "street" not in role.id and "zone" not in role.id}
    assert {(alert["agency"], alert["rule"]) for alert in alerts if alert["rule"] != "operator"} == {
        *((role.id, "malformed") for role in ROLES if role.expectation.content is Content.MALFORMED),
        *(
            (role.id, role.expectation.status.value)
            for role in ROLES
            if role.expectation.status.value in PUBLICATION_RULES and role.id in statutory
        ),
    }


def test_the_status_is_as_its_schema_says_and_its_counts_add_up(demo):
    status = demo.json("status")

    schema = json.loads((ROOT / "docs" / "status.schema.json").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(status)) == []
    assert (status["as_of"], sum(status["counts"].values())) == (AFTER, len(ROLES))


def test_the_printed_counts_never_show_missing_without_unknown_and_the_as_of(demo):
    last = demo.nianbao("status").stdout.splitlines()[-1]

    for part in ("截至 2026-02-11 09:00+08:00", "未公开 2", "无法确认 3（未扫描 0）"):
        assert part in last


def test_a_second_check_opens_and_changes_nothing(demo):
    before = demo.json("alerts"), demo.json("status")

    result = demo.nianbao("check")

    assert result.exit_code == 0
    assert (demo.json("alerts"), demo.json("status")) == before


@pytest.mark.parametrize(
    ("agency", "words"),
    [
        ("chenghu-civil-affairs", ["第四十九条第一款，", "起施行（法定）", "两次完整检索", "澄湖县"]),
        ("澄湖县水利局", ["公开者标明的日期都晚于期限", "页面元数据 PubDate", "2026-02-06"]),
        ("qinghuai-weather", ["无法访问", "503", "期限之后没有完整检索"]),
        ("qinghuai-archives", ["公开者没有标明日期", "已公开，日期不明"]),
    ],
    ids=["missing", "late", "unknown", "date-unknown"],
)
def test_explain_gives_the_law_the_scans_and_the_reason(demo, agency, words):
    result = demo.nianbao("explain", agency)

    page = "".join(result.stdout.split())
    assert result.exit_code == 0
    assert [word for word in words if "".join(word.split()) not in page] == []


def test_nothing_waits_after_the_demo_and_reading_again_changes_nothing(demo):
    ingested = demo.nianbao("ingest")
    reparsed = demo.nianbao("reparse", "--dry-run")

    assert (ingested.exit_code, ingested.stdout) == (0, "没有待入库的采集目录\n")
    assert (reparsed.exit_code, reparsed.stdout.splitlines()) == (0, ["0 份报告有变化，共 0 处", "仅列出，未写入"])


def test_a_person_can_move_an_alert_and_only_as_its_state_allows(copy):
    alert = next(alert["id"] for alert in copy.json("alerts") if alert["rule"] == "late")

    done = [copy.nianbao("alerts", *act).exit_code for act in (
        ("ack", alert),
        ("ack", alert),
        ("object", alert[:6], "--reason", "当日已公开，网站迁移后日期有误"),
        ("reopen", alert),
        ("waive", "absent", "--reason", "无"),
    )]  # fmt: skip

    assert done == [0, 1, 0, 0, 1]
    assert {one["state"] for one in copy.json("alerts") if one["id"] == alert} == {"open"}


def test_a_persons_word_counts_is_shown_as_such_and_its_file_is_kept(copy, tmp_path):
    path = tmp_path / "handed-in.html"
    random = Random(3)
    path.write_text(html_clean(made_up_report(random, year=2025, agency="青槐市气象局"), random), encoding="utf-8")
    said = ("--by", "王芳", "--reason", "网站故障期间由该局提供")

    given = copy.nianbao("attest", "qinghuai-weather", "2025", "--file", str(path), "--published", "2026-01-20", *said)
    checked = copy.nianbao("check")

    row = next(row for row in copy.json("status")["agencies"] if row["id"] == "qinghuai-weather")
    assert (given.exit_code, checked.exit_code) == (0, 0)
    assert (row["status"], row["published_on"], row["content"], row["reason"]) == (
        "on_time",
        "2026-01-20",
        "ok",
        "attested",
    )
    assert "王芳" in copy.nianbao("explain", "qinghuai-weather").stdout
    assert Captures(copy.folder / "data" / "captures").has(sha256(path.read_bytes()).hexdigest())


def test_an_agency_that_nobody_knows_is_bad_usage(demo):
    result = demo.nianbao("explain", "nobody")

    assert (result.exit_code, result.stderr) == (2, "错误：名录里没有编号或名称为 nobody 的机构\n")


def test_the_demo_empties_only_its_own_folder(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(ConfigurationError):
        run_demo(tmp_path, NOW, print, port=None)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert not (tmp_path / MARK).exists()
