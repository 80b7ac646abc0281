"""The command line as a person or a program meets it: words, JSON, exit codes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from openpyxl import Workbook

from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.clean import html_clean
from monitor.cli import main
from monitor.failures import failure_text
from monitor.service.backups import LOCK
from monitor.service.locks import held_lock
from storage.errors import CrawlFailedError
from storage.json_schemas import report_schema

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
        *("backup", "restore"),
    }


def test_init_writes_a_configuration_and_a_registry_that_hold(tmp_path):
    first = nianbao("init", tmp_path / "new")
    checked = nianbao("--config", tmp_path / "new" / "nianbao.toml", "registry", "check")

    assert (first.exit_code, checked.exit_code) == (0, 0)
    assert checked.output == "名录无误：机构 0 个，网站 0 个，豁免 0 条，承继 0 条\n"


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


def test_a_family_or_a_rule_that_nobody_knows_is_a_fault_of_the_registry(folder):
    (folder / "registry" / "portals.toml").write_text(PORTALS + 'family = "trss"\n', encoding="utf-8")
    waiver = '[[waiver]]\nagency = "water"\nyear = 2024\nrule = "{}"\nreason = "洪灾"\nby = "张三"\n'
    rules = ("latest", "late", "malformed", "*")
    waivers = "".join(waiver.format(rule) for rule in rules)
    (folder / "registry" / "waivers.toml").write_text(waivers, encoding="utf-8")

    result = nianbao("--config", folder / "nianbao.toml", "registry", "check")
    imported = nianbao("--config", folder / "nianbao.toml", "registry", "import", folder / "registry" / "agencies.csv")

    places = [line.split("/")[-1].split(": ")[:2] for line in result.output.splitlines()]
    assert (result.exit_code, imported.exit_code) == (1, 1)
    assert places == [["portals.toml:4", "yunhe.family"], ["waivers.toml:4", "waiver.rule"], ["名录有 2 处错误"]]
    assert "应为下列之一：late；现为 'latest'" in result.output
    assert "名录有 2 处错误" in imported.output


def test_a_due_date_later_than_the_statute_is_named_with_its_row_and_what_to_do(folder):
    late = "water,云河县水利局,local_department,990123,yunhe,02-28,云政办〔2020〕1号\n"
    early = "finance,云河县财政局,local_department,990123,yunhe,01-20,云政办〔2020〕1号\n"
    town = "town,云河县柳林镇人民政府,township_government,990123,yunhe,02-28,云政办〔2020〕1号\n"
    path = folder / "registry" / "agencies.csv"
    path.write_text(AGENCIES.splitlines()[0] + ",due,due_basis\n" + early + late + town, encoding="utf-8")

    result = nianbao("--config", folder / "nianbao.toml", "registry", "check")

    told = [line for line in result.output.splitlines() if "due-later-than-statute" in line]
    assert result.exit_code == 0
    assert len(told) == 1
    assert told[0].startswith(f"{path}:3: due: [due-later-than-statute] “云河县水利局”所列 02-28（云政办〔2020〕1号）")
    assert "01-31" in told[0]
    assert "请删去该行的 due 和 due_basis" in told[0]
    assert "名录无误：机构 3 个" in result.output


def test_a_name_that_two_agencies_of_a_portal_bear_is_named_with_the_row_of_the_alias(folder):
    path = folder / "registry" / "agencies.csv"
    rows = (
        "water,云河县水利局,local_department,990123,yunhe,云河县水务局|云河县河务局,,\n",
        "fluent,云河县水务局,local_department,990123,yunhe,,,\n",
        "river,云河县河务局,local_department,990123,yunhe,,2000-01-01,2019-03-01\n",
        "finance,云河县财政局,local_department,990123,yunhe,云河县国库局,,\n",
        "cash,云河县金库,local_department,990123,yunhe,云河县国库局,,\n",
    )
    path.write_text(AGENCIES.splitlines()[0] + ",aliases,active_from,active_to\n" + "".join(rows), encoding="utf-8")

    result = nianbao("--config", folder / "nianbao.toml", "registry", "check")

    told = [line.partition(" [shared-name] ") for line in result.output.splitlines() if "shared-name" in line]
    assert [place for place, _, _ in told] == [f"{path}:{line}: aliases:" for line in (2, 5, 6)]
    assert "“云河县水利局”的别名“云河县水务局”也是“云河县水务局”的名称" in told[0][2]


@pytest.mark.parametrize(
    ("sections", "name", "line"),
    [
        ("", "no-channel", 1),
        ('\n[[notify]]\nurl = "json://127.0.0.1/a"\nevents = ["missing"]\n', "operator-unheard", 3),
        ('\n[[notify]]\nurl = "json://127.0.0.1/a"\nevents = ["missing", "operator"]\n', None, 0),
        ('\n[[notify]]\nurl = "wecombott://12345678-1234"\n', "address-unknown", 4),
        ('\n[[notify]]\nurl = "mailtos://watch:p@ss@smtp.example.org?to=a@example.org"\n', "address-unknown", 4),
        ('\n[[notify]]\nurl = "json://${NO_SUCH_HOOK}/x"\n', "variable-unset", 4),
        ('\n[[notify]]\nurl = "json://127.0.0.1/a"\nregions = ["370000", "990000"]\n', "empty-region", 5),
        (
            '\n[[notify]]\nurl = "json://127.0.0.1/a"\nregions = ["99"]\nevents = ["operator"]\n',
            "agency-unheard",
            3,
        ),
    ],
)
def test_a_watch_whose_alerts_or_incidents_reach_nobody_is_told_so(folder, sections, name, line):
    path = folder / "nianbao.toml"
    path.write_text('language = "zh"\n' + sections, encoding="utf-8")

    result = nianbao("--config", path, "registry", "check")

    told = [line for line in result.output.splitlines() if line.startswith(f"{path}:")]
    assert result.exit_code == 0
    heads = [row.split("] ")[0].replace(".url:", ":").replace(".regions:", ":") for row in told]
    assert heads == ([f"{path}:{line}: notify: [{name}"] if name else [])
    assert ("另有 1 处提醒" in result.output) == bool(name)


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
    result = nianbao("--config", folder / "nianbao.toml", "alerts")

    assert result.exit_code == 1
    assert result.stderr == f"错误：还没有数据库 {folder / 'data' / 'nianbao.db'}；crawl 或 ingest 会建立它\n"


@pytest.mark.parametrize(
    ("now", "status", "reason"),
    [("2025-01-31T23:59:59+08:00", "not_due", None), ("2025-02-01T00:00:00+08:00", "unknown", "not_scanned")],
)
def test_the_status_of_a_year_that_nothing_is_known_of_names_every_registered_agency(folder, now, status, reason):
    before = ("--config", folder / "nianbao.toml", "--now", now, "status")

    told, asked = nianbao(*before), nianbao(*before, "--json")

    answer = json.loads(asked.stdout)
    assert (told.exit_code, asked.exit_code) == (0, 0)
    assert answer["as_of"] == now
    assert [(one["id"], one["status"], one["reason"]) for one in answer["agencies"]] == [("water", status, reason)]
    assert {key: count for key, count in answer["counts"].items() if count} == {status: 1}
    assert "云河县水利局" in told.stdout
    assert "共 1 个机关" in told.stdout
    assert not (folder / "data" / "nianbao.db").exists()


def test_an_agency_that_was_added_since_the_last_check_is_judged_on_the_spot(folder):
    options = ("--config", folder / "nianbao.toml", "--now")
    nianbao(*options, "2025-02-10T09:00:00+08:00", "check")
    checked = nianbao(*options, "2025-02-12T09:00:00+08:00", "status", "--json")
    path = folder / "registry" / "agencies.csv"
    path.write_text(AGENCIES + "finance,云河县财政局,local_department,990123,yunhe\n", encoding="utf-8")

    result = nianbao(*options, "2025-02-12T09:00:00+08:00", "status", "--json")

    assert json.loads(checked.stdout)["as_of"] == "2025-02-10T09:00:00+08:00"
    answer = json.loads(result.stdout)
    assert answer["as_of"] == "2025-02-12T09:00:00+08:00"
    assert [(one["id"], one["reason"]) for one in answer["agencies"]] == [
        ("finance", "not_scanned"),
        ("water", "not_scanned"),
    ]
    assert answer["counts"]["unknown"] == 2


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


def bundle(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def test_a_bundle_of_several_is_one_line_for_each_member(tmp_path):
    several, single = tmp_path / "several.zip", tmp_path / "single.zip"
    bundle(several, {"甲.txt": REPORT, "空.txt": "无", "乙.txt": REPORT})
    bundle(single, {"说明.txt": "无", "报告.txt": REPORT})

    result = nianbao("read", "--json", several, single)

    schema = Draft202012Validator(json.loads(json.dumps(report_schema())))
    objects = [json.loads(line) for line in result.stdout.splitlines()]
    assert [list(schema.iter_errors(one)) for one in objects] == [[]] * 4
    assert [(one["path"], one.get("member"), one["readable"], one["media_type"]) for one in objects] == [
        (str(several), "甲.txt", True, "text/plain"),
        (str(several), "空.txt", False, "text/plain"),
        (str(several), "乙.txt", True, "text/plain"),
        (str(single), None, True, "text/plain"),
    ]
    assert objects[0]["sha256"] == hashlib.sha256(REPORT.encode()).hexdigest()
    assert objects[3]["sha256"] == hashlib.sha256(single.read_bytes()).hexdigest()
    assert result.exit_code == 2


def test_a_member_that_could_not_be_read_is_not_passed_over_beside_the_one_that_could(tmp_path):
    path = tmp_path / "bundle.zip"
    bundle(path, {"甲.txt": REPORT, "乙.pdf": "%PDF-1.7\nnothing of one"})

    result = nianbao("read", "--json", path)

    objects = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(one["member"], one["readable"]) for one in objects] == [("甲.txt", True), ("乙.pdf", False)]
    assert result.exit_code == 2


def test_what_is_there_and_cannot_be_opened_is_not_called_absent(tmp_path):
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "loop.pdf").symlink_to(tmp_path / "loop.pdf")

    result = nianbao("read", "--json", tmp_path / "folder.pdf", tmp_path / "loop.pdf", tmp_path / "absent.pdf")

    reasons = [json.loads(line)["reason"] for line in result.stdout.splitlines()]
    assert (reasons, result.exit_code) == (["not_openable", "not_openable", "not_found"], 2)


def test_without_libreoffice_a_word_97_file_says_what_to_install(tmp_path, monkeypatch):
    path = tmp_path / "report.rtf"
    path.write_bytes(b"{\\rtf1 x}")
    monkeypatch.setenv("PATH", "")

    result = nianbao("read", path)

    assert (result.exit_code, "libreoffice-writer-nogui" in result.output) == (2, True)


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


def test_the_service_refuses_another_clock(folder):
    result = nianbao("--config", folder / "nianbao.toml", "--now", "2025-02-10T09:00:00+08:00", "run")

    assert (result.exit_code, result.stderr) == (2, "错误：run 按真实时钟运行，不接受 --now\n")


ATTEST = ("attest", "water", "2024", "--by", "王敏", "--reason", "电话核实")
BLANKS = [
    (("alerts", "object", "a1", "--reason", " "), "--reason"),
    (("alerts", "waive", "a1", "--reason", ""), "--reason"),
    (("attest", "water", "2024", "--absent", "--by", " ", "--reason", "电话核实"), "--by"),
    (("attest", "water", "2024", "--absent", "--by", "王敏", "--reason", "\u3000"), "--reason"),
]


@pytest.mark.parametrize("url", ["not a url", "", "http://", "ftp://127.0.0.1/nb.html", "127.0.0.1/nb.html"])
def test_an_attested_address_must_be_one(folder, url):
    result = nianbao("--config", folder / "nianbao.toml", *ATTEST, "--url", url)

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("错误：--url 应为")
    assert not (folder / "data" / "nianbao.db").exists()


def test_nobody_can_have_seen_a_date_that_is_still_to_come(folder):
    options = ("--config", folder / "nianbao.toml", "--now", "2025-02-10T23:30:00+08:00")
    words = (*ATTEST, "--url", "http://127.0.0.1/nb.html", "--published")

    refused = nianbao(*options, *words, "2025-02-11")
    kept = nianbao(*options, *words, "2025-02-10")

    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (2, "错误：--published 2025-02-11 晚于今天")
    assert kept.exit_code == 0


def test_nobody_can_have_seen_a_report_before_its_year_had_ended(folder):
    words = (*ATTEST, "--url", "http://127.0.0.1/nb.html", "--published")

    refused = nianbao("--config", folder / "nianbao.toml", *words, "2023-01-30")
    kept = nianbao("--config", folder / "nianbao.toml", *words, "2024-12-20")

    told = "错误：--published 2023-01-30 早于 2024 年度结束，不可能是该年度报告的公布日期"
    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (2, told)
    assert kept.exit_code == 0


def test_a_report_on_a_year_without_a_form_is_kept_and_not_judged(folder):
    options, file = ("--config", folder / "nianbao.toml"), folder / "2018.txt"
    file.write_text(REPORT.replace("2024", "2018"), encoding="utf-8")
    word = ("attest", "water", "2018", "--by", "王敏", "--reason", "看过", "--published", "2019-03-20", "--file", file)
    assert nianbao(*options, *word).exit_code == 0

    table = nianbao(*options, "check", "--year", "2018").stdout
    (found,) = [one for one in json.loads(nianbao(*options, "status", "--year", "2018", "--json").stdout)["agencies"]
                if one["id"] == "water"]  # fmt: skip

    assert (found["status"], found["content"], found["errors"]) == ("on_time", None, 0)
    assert "不作判定" in table


def test_an_empty_file_is_nobodys_report(folder):
    empty = folder / "空.pdf"
    empty.write_bytes(b"")

    result = nianbao("--config", folder / "nianbao.toml", *ATTEST, "--file", empty)

    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, f"错误：--file {empty} 是空文件，不是报告")
    assert not (folder / "data" / "nianbao.db").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("restore", "/nope", "--to", "/nope2"), "错误：'DIR' 的值不对：没有这个文件夹，或不是文件夹"),
        (("ingest", "nix"), "错误：没有采集目录 nix，运行目录 {folder}/data/runs 中也没有"),
    ],
)
def test_a_folder_that_is_not_there_is_called_one(folder, arguments, told):
    result = nianbao("--config", folder / "nianbao.toml", *arguments)

    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, told.format(folder=folder))


def test_a_good_attestation_is_kept(folder):
    result = nianbao("--config", folder / "nianbao.toml", *ATTEST, "--url", "http://127.0.0.1/nb.html")

    assert (result.exit_code, result.output) == (
        0,
        "已记录：云河县水利局 2024 年度，http://127.0.0.1/nb.html\n",
    )


@pytest.mark.parametrize(("arguments", "option"), BLANKS, ids=[" ".join(row[0]) for row in BLANKS])
def test_a_person_who_says_nothing_is_refused(folder, arguments, option):
    nianbao("--config", folder / "nianbao.toml", "check")

    result = nianbao("--config", folder / "nianbao.toml", *arguments)

    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, f"错误：{option} 不能为空")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("status", "--jsn"), "错误：没有选项 --jsn；是否指 --json？"),
        (("stats",), "错误：没有命令 stats；是否指 status"),
        (("read",), "错误：缺少 'PATH...'"),
        (("status", "--year", "x"), "错误：'--year' 的值不对：应为 2008 到 2999 之间的整数"),
        (("reparse", "--since", "1月"), "错误：'--since' 的值不对：应为 YYYY-MM-DD 的日期"),
        (("status", "--year"), "错误：选项 --year 的写法不对"),
        (("--nwo", "x", "status"), "错误：没有选项 --nwo；是否指 --now？"),
    ],
    ids=["option", "verb", "argument", "number", "date", "value", "option before the verb"],
)
def test_a_wrong_call_is_explained_in_chinese(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    result = nianbao(*arguments)

    assert result.exit_code == 2
    assert message in result.stderr
    assert "Usage" not in result.stderr
    assert "Error" not in result.stderr


def test_an_english_configuration_is_answered_in_english(folder):
    path = folder / "nianbao.toml"
    path.write_text('language = "en"\n', encoding="utf-8")

    unknown = nianbao("--config", path, "status", "--jsn")
    blank = nianbao("--config", path, "alerts")

    assert unknown.stderr.startswith("Usage: ")
    assert "Error: No such option: --jsn Did you mean --json?" in unknown.stderr
    assert "there is no database yet" in blank.stderr


def test_a_file_that_is_no_database_and_a_run_that_is_none_are_told_in_chinese(folder):
    (folder / "data" / "runs" / "broken").mkdir(parents=True)

    ingested = nianbao("--config", folder / "nianbao.toml", "ingest", "broken")
    (folder / "data" / "nianbao.db").write_bytes(b"no database at all" * 100)
    checked = nianbao("--config", folder / "nianbao.toml", "check")

    assert (ingested.exit_code, checked.exit_code) == (1, 1)
    assert ingested.stderr.startswith("错误：采集目录 ")
    assert checked.stderr.startswith(f"错误：{folder / 'data' / 'nianbao.db'} 不是 SQLite 数据库")


def test_what_another_process_does_already_is_told_in_chinese(folder):
    with held_lock(folder / "copies" / LOCK):
        result = nianbao("--config", folder / "nianbao.toml", "backup", folder / "copies")

    assert result.exit_code == 1
    assert result.stderr.startswith("错误：已有进程正在做这件事（锁文件 ")


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("zh", "采集没有完成（退出码 1），所涉机构均未判断；日志 /x/a.log：ImportError: scrapy"),
        ("en", "the crawl ended with code 1 before its run was whole; /x/a.log ends with: ImportError: scrapy"),
    ],
)
def test_a_crawl_that_died_is_one_sentence_with_its_log(language, message):
    assert failure_text(CrawlFailedError(1, Path("/x/a.log"), "ImportError: scrapy"), language) == message


def test_reading_a_file_loads_neither_scrapy_nor_datasette_nor_the_database(tmp_path):
    code = (
        "import sys; from monitor.cli import main; main(['read', 'x'], standalone_mode=False);"
        "print(sorted({'scrapy', 'twisted', 'datasette', 'sqlite_utils', 'apscheduler', 'apprise'} & set(sys.modules)))"
    )

    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.stdout.splitlines()[-1] == "[]", result.stderr
