"""The command line as a person or a program meets it: words, JSON, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from openpyxl import Workbook

from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.clean import html_clean
from monitor.cli import main

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs" / "report.schema.json"

REPORT = """云河县水利局2024年政府信息公开工作年度报告
一、总体情况
2024年，本局主动公开信息12条，未收到政府信息公开申请。
二、主动公开政府信息情况
三、收到和处理政府信息公开申请情况
四、政府信息公开行政复议、行政诉讼情况
五、存在的主要问题及改进情况
公开内容还不够及时，将加强培训，明确专人负责。
六、其他需要报告的事项
本年度未收取信息处理费。
"""

PORTALS = """[yunhe]
name = "云河县人民政府"
base_url = "http://yunhe.example.org/"
"""
AGENCIES = "id,name,kind,region,portal\nwater,云河县水利局,local_department,990123,yunhe\n"


def nianbao(*arguments: str | Path, answer: str = "") -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=answer)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that `init` has filled, with one portal and one agency."""
    nianbao("init", tmp_path)
    (tmp_path / "registry" / "portals.toml").write_text(PORTALS, encoding="utf-8")
    (tmp_path / "registry" / "agencies.csv").write_text(AGENCIES, encoding="utf-8")
    return tmp_path


def test_help_lists_every_verb_of_the_contract():
    listed = {line.split()[0] for line in nianbao("--help").output.split("Commands:")[1].splitlines() if line.strip()}

    assert listed == {
        *("init", "registry", "crawl", "ingest", "read", "reparse", "check", "status", "explain"),
        *("attest", "alerts", "notify", "run", "serve", "demo"),
    }


def test_init_writes_a_configuration_and_a_registry_that_hold(tmp_path):
    first = nianbao("init", tmp_path / "new")
    checked = nianbao("--config", tmp_path / "new" / "nianbao.toml", "registry", "check")

    assert (first.exit_code, checked.exit_code) == (0, 0)
    assert checked.output == "名录无误：机构 0 个，网站 0 个，豁免 0 条\n"


def test_init_leaves_files_that_are_there_alone(tmp_path):
    (tmp_path / "nianbao.toml").write_text('language = "en"\n', encoding="utf-8")

    result = nianbao("init", tmp_path)

    assert result.exit_code == 0
    assert "已存在，未改动" in result.output
    assert (tmp_path / "nianbao.toml").read_text(encoding="utf-8") == 'language = "en"\n'


def test_every_fault_of_the_registry_is_listed_with_its_place(folder):
    path = folder / "registry" / "agencies.csv"
    path.write_text(AGENCIES + "water,云河县财政局,部门,99,yunhe\n", encoding="utf-8")

    result = nianbao("--config", folder / "nianbao.toml", "registry", "check")

    places = sorted(line.removeprefix(f"{path}:").split(": ")[:2] for line in result.output.splitlines()[:-1])
    assert result.exit_code == 1
    assert places == [["3", "id"], ["3", "kind"], ["3", "region"]]
    assert result.output.splitlines()[-1] == "名录有 3 处错误"


def test_an_import_shows_what_it_changes_and_writes_nothing_without_consent(folder):
    book = Workbook()
    book.active.append(["编号", "名称", "类型", "行政区划代码", "网站"])
    book.active.append(["water", "云河县水务局", "部门", "990123", "云河县人民政府"])
    book.active.append(["finance", "云河县财政局", "部门", "990123", "yunhe"])
    book.save(folder / "list.xlsx")

    refused = nianbao("--config", folder / "nianbao.toml", "registry", "import", folder / "list.xlsx", answer="n\n")

    assert refused.exit_code == 0
    assert "新增 1，修改 1，撤下 0，不变 0" in refused.output
    assert (folder / "registry" / "agencies.csv").read_text(encoding="utf-8") == AGENCIES

    agreed = nianbao("--config", folder / "nianbao.toml", "registry", "import", folder / "list.xlsx", "--yes")

    assert agreed.exit_code == 0
    assert "finance,云河县财政局" in (folder / "registry" / "agencies.csv").read_text(encoding="utf-8")


def test_nothing_is_imported_from_a_faulty_list(folder):
    (folder / "list.csv").write_text("编号,名称,类型,行政区划代码,网站\na,甲局,部门,99,nowhere\n", encoding="utf-8")

    result = nianbao("--config", folder / "nianbao.toml", "registry", "import", folder / "list.csv", "--yes")

    assert result.exit_code == 1
    assert "名录有 2 处错误" in result.output
    assert (folder / "registry" / "agencies.csv").read_text(encoding="utf-8") == AGENCIES


@pytest.mark.parametrize(
    "arguments",
    [
        ("read",),
        ("read", "--year", "x", "a.html"),
        ("status", "--jsn"),
        ("nonsense",),
        ("--now", "2025-02-10T09:00:00", "status"),
        ("--now", "yesterday", "status"),
        ("--config", "absent.toml", "status"),
        ("attest", "water", "2024", "--absent", "--url", "http://x/", "--by", "甲", "--reason", "看过"),
    ],
    ids=" ".join,
)
def test_bad_usage_is_exit_code_2_and_one_message(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    result = nianbao(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_verb_before_any_crawl_says_what_is_missing(folder):
    result = nianbao("--config", folder / "nianbao.toml", "status")

    assert result.exit_code == 1
    assert result.stderr == f"Error: 还没有数据库 {folder / 'data' / 'nianbao.db'}；crawl 或 ingest 会建立它\n"


def test_read_answers_for_every_path_in_the_order_given(tmp_path):
    report, noise = tmp_path / "report.txt", tmp_path / "noise.bin"
    report.write_text(REPORT, encoding="utf-8")
    noise.write_bytes(bytes(range(256)) * 40)

    result = nianbao("read", "--json", tmp_path / "absent", report, noise, "--agency", "云河县水利局", "--year", "2024")

    objects = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 2
    assert [(one["path"], one["readable"], one["reason"]) for one in objects] == [
        (str(tmp_path / "absent"), False, "not_found"),
        (str(report), True, None),
        (str(noise), False, "undecodable"),
    ]
    assert (objects[1]["agency_name"], objects[1]["report_year"]) == ("云河县水利局", 2024)


def test_every_object_that_read_prints_is_as_its_schema_says(tmp_path):
    whole, torn, empty = tmp_path / "whole.html", tmp_path / "torn.html", tmp_path / "empty.html"
    random = Random(7)
    page = html_clean(made_up_report(random, year=2024, agency="云河县水利局"), random)
    whole.write_text(page, encoding="utf-8")
    torn.write_text(page[: len(page) // 2], encoding="utf-8")
    empty.touch()

    result = nianbao("read", "--json", whole, torn, empty, tmp_path / "absent")

    schema = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    objects = [json.loads(line) for line in result.stdout.splitlines()]
    assert [list(schema.iter_errors(one)) for one in objects] == [[], [], [], []]
    assert [one["reason"] for one in objects] == [None, "truncated", "empty", "not_found"]


def test_what_is_expected_makes_findings_and_never_replaces_what_is_printed(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(REPORT, encoding="utf-8")

    result = nianbao("read", "--json", path, "--agency", "云河县财政局", "--year", "2023")

    read = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (read["agency_name"], read["report_year"]) == ("云河县水利局", 2024)
    assert {"agency-mismatch", "year-mismatch"} <= {finding["rule"] for finding in read["findings"]}


def test_read_tells_a_person_what_is_wrong_and_ends_with_the_highest_code(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(REPORT, encoding="utf-8")

    result = nianbao("read", path)

    assert result.exit_code == 1
    assert "云河县水利局2024年政府信息公开工作年度报告" in result.output
    assert "table-missing" in result.output


def test_read_speaks_the_language_of_the_configuration(tmp_path):
    (tmp_path / "nianbao.toml").write_text('language = "en"\n', encoding="utf-8")

    result = nianbao("--config", tmp_path / "nianbao.toml", "read", tmp_path / "absent.html")

    assert result.exit_code == 2
    assert "cannot be read (not_found)" in result.output


def test_a_folder_is_no_report(tmp_path):
    result = nianbao("read", "--json", tmp_path)

    assert (result.exit_code, json.loads(result.stdout)["reason"]) == (2, "not_found")


def test_the_service_refuses_another_clock(folder):
    result = nianbao("--config", folder / "nianbao.toml", "--now", "2025-02-10T09:00:00+08:00", "run")

    assert (result.exit_code, result.stderr) == (2, "Error: run 按真实时钟运行，不接受 --now\n")


def test_reading_a_file_loads_neither_scrapy_nor_datasette_nor_the_database(tmp_path):
    code = (
        "import sys; from monitor.cli import main; main(['read', 'x'], standalone_mode=False);"
        "print(sorted({'scrapy', 'twisted', 'datasette', 'sqlite_utils', 'apscheduler', 'apprise'} & set(sys.modules)))"
    )

    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.stdout.splitlines()[-1] == "[]", result.stderr
