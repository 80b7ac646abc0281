"""`explain` by the real command line: the whole chain of one agency-year, whatever it is made of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from rich.cells import cell_len

from storage.database import mark_sent, save_attestation
from storage.records import Attestation, Outcome
from storage.report import DateSource, StatedDate
from tests.builders import report
from tests.monitor.small_watch import AGENCIES, CONTROL, LIST, Watch, dated
from tests.monitor.stories import DAY, END, HOUR, PUBDATE


@pytest.fixture
def watch(tmp_path):
    made = Watch(tmp_path)
    yield made
    made.db.close()


def tells(page, *words):
    """Asserts that the page has all the words, whatever gaps it has between them."""
    assert [word for word in words if "".join(word.split()) not in page] == []


def test_a_missing_report_is_explained_from_the_law_to_the_alert(watch):
    watch.see(END + HOUR)
    watch.see(END + DAY + HOUR)
    watch.nianbao("check")

    page = watch.explain("nongye")

    tells(
        page,
        "平川市农业农村局（nongye）· 2024 年度",
        "未公开  截至 2025-03-03 00:00（北京时间）",
        "第四十九条第一款，2019-05-15 起施行（法定）",
        "2025-01-31 24:00 止（北京时间），已过 31 天",
        "✓ 未公开 期限之后两次完整检索（2025-02-01 01:00、2025-02-02 01:00）均未见到，且各有对照",
        "– 疑似未公开 “未公开”的条件已全部满足",
        "1 页 12 行，列表自称 12 行，依据：列表自述的总数",
        f"对照 {CONTROL}",
        f"存档 200 {'f' * 64}",
        "由人核实它在",
        "未处理 未告知",
        "2025-03-03 00:00 未处理",
        "错误 missing",
    )


def test_an_alert_that_was_told_more_than_once_shows_the_first_and_the_last_time(watch):
    watch.see(END + HOUR)
    watch.see(END + DAY + HOUR)
    watch.nianbao("check")
    (number,) = watch.db.execute(
        "SELECT t.id FROM transitions AS t JOIN alerts AS a ON a.id = t.alert WHERE a.agency = 'nongye'"
    ).fetchone()
    mark_sent(watch.db, [number], "mail-1", END + 3 * DAY)
    once = watch.explain("nongye")
    mark_sent(watch.db, [number], "robot-2", END + 5 * DAY)

    page = watch.explain("nongye")

    tells(once, "未处理 已于 2025-02-04 00:00 告知")
    tells(page, "未处理 首次于 2025-02-04 00:00 告知，最近于 2025-02-06 00:00 告知")
    (alert,) = json.loads(watch.nianbao("explain", "nongye", "2024", "--json"))["alerts"]
    assert (alert["sent_at"], alert["last_sent_at"]) == ("2025-02-04T00:00:00+08:00", "2025-02-06T00:00:00+08:00")


def test_what_is_still_lacking_is_said_with_its_instant(watch):
    watch.see(END + HOUR)
    suspected = watch.explain("nongye", now=END + 2 * HOUR)
    watch.see(END + 3 * HOUR, outcome=Outcome.UNREACHABLE, detail="服务器返回 503")

    tells(
        suspected,
        "第二次完整检索最早于 2025-02-01 21:00；仍未见到它、有对照 → “未公开”",
    )
    tells(watch.explain("nongye", now=END + 30 * HOUR), "下一次完整检索即可为第二次", "无法访问", "503")
    tells(
        watch.explain("nongye", now=END - HOUR),
        "未到期",
        "就是今天",
        "最早 2025-02-01 20:00 才可能认定“未公开”",
    )


def test_an_agency_that_went_into_another_shows_whose_report_counts(watch):
    watch.see(END + 9 * DAY, found={"nongye": dated(date(2025, 2, 8))})
    watch.see(END + 10 * DAY, found={"nongye": dated(date(2025, 2, 8))})

    late = watch.explain("nongji")
    ended = watch.explain("lvyou")

    tells(
        late,
        "已公开，日期不明",
        "至 2025-02-09 止",
        "平川市农业机械局自2025-02-10起并入平川市农业农村局（平编〔2025〕2号）",
        f"承继机关平川市农业农村局的报告：已检索到 {LIST}nongye.html",
        "承继机关平川市农业农村局的报告已检索到，它不能证明该机关按时，也不由该机关承担逾期",
        "检索到该机关自己的报告",
    )
    tells(
        ended,
        "不适用",
        "该机关至2024-10-31止，应公布之日已不存在；平川市旅游局自2024-11-01起撤销（平编〔2024〕9号）",
        "– 未公开 不负有义务",
    )


def test_where_the_due_date_comes_from_is_said(watch):
    watch.see(END + HOUR)

    tells(
        watch.explain("liuhe"),
        "平政办发〔2021〕3号（地方惯例，无法条明定）",
        "名录另定 02-20，依据 平政办发〔2021〕3号",
        "late：洪灾（张三，至 2025-02-28，已过期）",
    )
    tells(watch.explain("caizheng"), "名录所列 02-28（平政办发〔2021〕3号）晚于法定期限，不采")
    tells(
        "".join(watch.nianbao("explain", "liuhe", "2016").split()),
        "第三十一条，2008-05-01 至 2019-05-14 施行（法定）",
        "2018 年度及以前的报告，各类机关一律 3 月 31 日",
    )


def test_dates_that_contradict_that_changed_and_that_may_be_set_back_are_named(watch):
    watch.see(END - 5 * DAY)
    watch.see(END + HOUR)
    first = replace(
        report(), dates=(StatedDate(date(2025, 2, 8), PUBDATE), StatedDate(date(2025, 1, 20), DateSource.SIGNATURE))
    )
    watch.see(END + 9 * DAY, found={"nongye": first})
    watch.see(END + 10 * DAY, found={"nongye": dated(date(2025, 1, 20))})

    page = watch.explain("nongye")

    tells(
        page,
        "按时公开",
        "所标日期早于未见到它的扫描，请人核查",
        "2025-02-08 晚 8 天 页面元数据 PubDate 作数",
        "2025-01-20 不晚于期限 落款日期 不是公布日期，不作数",
        "日期相互矛盾：2025-01-20（页面元数据 PubDate） 不晚于期限，2025-02-08（页面元数据 PubDate） 晚于期限",
        "日期有改动（date_changed）：页面元数据 PubDate 原为 2025-02-08，2025-02-11 00:00 见到已改为 2025-01-20",
        "疑似倒签（backdated）：页面元数据 PubDate 标明 2025-01-20，但其后 2025-01-27 00:00 开始的完整检索",
        "由人核实公布日期（nianbao attest … --published）",
    )


def test_a_persons_word_is_shown_as_one(watch):
    watch.see(END + HOUR, control=None)
    watch.see(END + DAY + HOUR, control=None)
    before = watch.explain("nongye")
    save_attestation(
        watch.db, Attestation("nongye", 2024, True, None, None, None, "王敏", "打开栏目逐页看过", END + 2 * DAY)
    )

    after = watch.explain("nongye")

    tells(before, "疑似未公开", "须人工核实", "nianbao attest … --absent")
    tells(after, "未公开", "人工核实（人的说法，不是检索所见） 2025-02-03 00:00 王敏 看过，没有 打开栏目逐页看过")
    assert (
        "未公开截至2025-03-0300:00（北京时间）期限之后两次完整检索（2025-02-0101:00、2025-02-0201:00）均未见到，且各有对照人工核实"
        in after
    )


def test_a_persons_word_stands_on_every_surface(watch):
    watch.see(END + HOUR, control=None)
    watch.see(END + DAY + HOUR, control=None)
    said = ("--absent", "--by", "王敏", "--reason", "打开栏目逐页看过")
    watch.nianbao("attest", "nongye", "2024", *said, now=END + 2 * DAY)
    now = END + 3 * DAY

    table = watch.nianbao("check", now=now)

    (row,) = [line for line in table.splitlines() if line.startswith("平川市农业农村局")]
    assert row.split()[-1] == "人工核实"
    book = json.loads(watch.nianbao("alerts", "--json", now=now))
    (alert,) = [one for one in book if (one["agency"], one["rule"]) == ("nongye", "missing")]
    (entry,) = [one for one in alert["evidence"] if one["kind"] == "attestation"]
    assert (entry["by"], entry["reason"], entry["absent"]) == ("王敏", "打开栏目逐页看过", True)
    tells("".join(watch.nianbao("alerts", now=now).split()), "以上含人工核实：王敏，2025-02-03 00:00。")


def test_a_revision_shows_the_numbers_old_and_new(watch):
    day = date(2025, 1, 20)
    watch.see(END - 5 * DAY, found={"nongye": dated(day, cells={"disclosure/licensing/decisions": 5})})
    watch.see(END - 3 * DAY, found={"nongye": dated(day)})
    watch.nianbao("check")

    tells(watch.explain("nongye"), "较早", "提示 revised", "disclosure/licensing/decisions 5 → 0")
    told = json.loads(watch.nianbao("explain", "nongye", "2024", "--json"))
    (revised,) = [one for one in told["findings"] if one["rule"] == "revised"]
    assert revised["evidence"] == {"changes": [{"where": "disclosure/licensing/decisions", "before": 5, "now": 0}]}


def test_an_alert_that_an_incident_holds_back_is_told(watch):
    keys = ("nongji", "nongye", "caizheng", "liuhe")
    watch.see(END - 5 * DAY, found=dict.fromkeys(keys))
    for days in (1, 5, 9):
        watch.see(END + days * DAY)
    watch.nianbao("check", now=END + 9 * DAY + HOUR)

    page = watch.explain("nongye", now=END + 9 * DAY + HOUR)

    tells(page, "已撤下 截至", "运维事件 未处理", "个机关的年度报告中", "! “已撤下”的告警由运维事件", "暂缓，未开启")


def test_of_many_scans_those_that_matter_are_shown_and_the_others_counted(watch):
    for days in range(12):
        watch.see(END + days * DAY + HOUR, outcome=Outcome.UNREACHABLE if days == 5 else Outcome.COMPLETE)

    page = watch.explain("nongye")
    whole = watch.explain("nongye", options=("-v",))

    tells(page, "⋮ 另有 8 次：完整 7、无法访问 1（-v 全部列出）")
    assert page.count("见到栏目") == 4
    assert whole.count("见到栏目") == 12
    assert "⋮" not in whole


def test_scans_of_a_clock_that_was_ahead_prove_nothing_when_their_day_has_come(watch):
    ahead = timedelta(days=40)
    for hours in (0, 24):
        watch.see(END - 20 * DAY + ahead + hours * HOUR)
    watch.see(END - 18 * DAY)

    page = watch.explain("nongye", now=END - 19 * DAY + ahead + 12 * HOUR)

    tells(
        page,
        "无法确认 截至 2025-02-22 12:00",
        "期限之后没有检索",
        "2025-02-21 00:00 完整 未见到 当时时钟有误，不作证明",
        "2025-02-22 00:00 完整 未见到 当时时钟有误，不作证明",
    )


def test_no_line_is_wider_than_the_terminal(watch):
    watch.see(END + 9 * DAY, found={"liuhe": dated(date(2025, 2, 8))})
    watch.nianbao("check")

    pages = [watch.nianbao("explain", key, "2024").splitlines() for key, *_ in AGENCIES]

    assert max(cell_len(line) for page in pages for line in page) <= 80


def test_programs_get_the_same_chain_as_one_object(watch):
    watch.see(END + 9 * DAY, found={"nongye": dated(date(2025, 2, 8))})
    watch.nianbao("check")

    told = json.loads(watch.nianbao("explain", "nongye", "2024", "--json"))

    assert (told["status"], told["days_late"], told["law"]["due"]) == ("late", 8, "2025-01-31")
    assert [(step["status"], step["holds"]) for step in told["why"]] == [
        ("exempt", False),
        ("withdrawn", False),
        ("on_time", False),
        ("late", True),
    ]
    assert [(one["date"], one["source"], one["counts"]) for one in told["dates"]] == [
        ("2025-02-08", "meta PubDate", True)
    ]
    assert told["looks"][0]["scans"][0]["pages"] == [{"url": LIST, "status": 200, "digest": "f" * 64, "rows": 12}]
    (late,) = [alert for alert in told["alerts"] if alert["rule"] == "late"]
    assert [(turn["from"], turn["to"]) for turn in late["history"]] == [(None, "open")]


def test_it_speaks_english_too(watch):
    watch.see(END + 9 * DAY, found={"nongye": dated(date(2025, 2, 8))})
    path = watch.folder / "nianbao.toml"
    path.write_text('language = "en"\n' + path.read_text("utf-8"), "utf-8")

    page = watch.nianbao("explain", "nongji", "2024")

    assert "is date unknown" not in page
    assert "What may come next" in page
    assert "平川市农业机械局 was merged into 平川市农业农村局 on 2025-02-10" in " ".join(page.split())
