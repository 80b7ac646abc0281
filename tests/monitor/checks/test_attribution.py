"""Whose report, on which year: differences that accuse and those that are only ways of writing."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.checks import Subject, judge
from storage.records import AgencyKind, Severity
from storage.report import DateSource, StatedDate
from tests.builders import NAME, agency, report

OFFICE = "平川市人民政府办公室"


def messages(subject: Subject) -> list[str]:
    return [finding.message for finding in judge(subject) if finding.rule in {"agency-mismatch", "year-mismatch"}]


def named(readings: dict[str, str], *expected: str, others: frozenset[str] = frozenset()) -> Subject:
    return Subject(replace(report(), agency_readings=readings), expected_names=expected, other_names=others)


SAME_AGENCY = [
    named({"title": "柳河镇人民政府", "signature": "平川市柳河镇人民政府"}),
    named({"title": "柳河镇", "body": "柳河镇人民政府"}),
    named({"title": "平川市人民政府", "signature": OFFICE}),
    named({"title": "柳河镇", "signature": "平川市柳河镇党政综合办公室"}),
    named({"title": "柳河镇", "body": "平川市人民政府"}, "平川市柳河镇人民政府"),
    named({"title": "平川市教育局", "body": "柳河镇"}),
    named({"title": "平川市人社局"}, "平川市人力资源和社会保障局"),
    named({"title": "平川市卫健委"}, "平川市卫生健康局"),
    named({"title": "平川市水利局、平川市河长制工作办公室"}, "平川市水利局"),
    named({"title": "平川市财政局本级"}, "平川市财政局"),
    named({"title": "平川市教育和体育局"}, "平川市教育局"),
    named({"title": "教育局", "body": "我局按照"}, "平川市教育局"),
    named({"title": "柳河镇", "source": "平川市融媒体中心"}, NAME),
    named({"title": "平川市人民政府", "heading": OFFICE}),
    named({"title": "柳河镇", "body": "本镇"}),
    named({"title": "平川市柳河镇人民政府", "body": "完成的柳河镇"}),
    named({"body": "柳河镇"}, NAME),
    named({}),
]

OTHER_AGENCY = [
    (
        named({"title": "小河镇人民政府"}, "平川市大河镇人民政府"),
        "应为“平川市大河镇人民政府”的报告，但标题写的是“小河镇人民政府”。",
    ),
    (named({"title": OFFICE}, "平川市人民政府"), f"应为“平川市人民政府”的报告，但标题写的是“{OFFICE}”。"),
    (
        named({"title": "大河镇", "body": "小河镇", "signature": "小河镇"}),
        "报告机关为“大河镇”，但正文写的是“小河镇”、落款写的是“小河镇”。",
    ),
    (
        named({"title": "平川市教育局", "signature": "平川市公安局"}),
        "报告机关为“平川市教育局”，但落款写的是“平川市公安局”。",
    ),
    (named({"title": "大河镇", "heading": "小河镇"}), "报告机关为“大河镇”，但正文标题写的是“小河镇”。"),
    (
        named({"title": "平川市教体局"}, "平川市教育局", others=frozenset({"平川市教体局"})),
        "应为“平川市教育局”的报告，但标题写的是“平川市教体局”。",
    ),
    (
        named({"title": "平川市教育局", "body": "青石镇"}, others=frozenset({"平川市青石镇人民政府"})),
        "报告机关为“平川市教育局”，但正文写的是“青石镇”。",
    ),
]


@pytest.mark.parametrize("subject", SAME_AGENCY, ids=lambda subject: "-".join(subject.report.agency_readings.values()))
def test_ways_to_write_the_same_agency_accuse_nobody(subject):
    assert messages(subject) == []


@pytest.mark.parametrize(("subject", "message"), OTHER_AGENCY, ids=[message for _, message in OTHER_AGENCY])
def test_another_agencys_name_is_told_with_its_place(subject, message):
    assert messages(subject) == [message]


def test_the_registry_names_and_aliases_are_what_is_expected():
    of_bureau = agency(AgencyKind.LOCAL_DEPARTMENT, name="平川市教育局")

    with_alias = Subject(
        replace(report(), agency_readings={"title": "平川市教委"}), agency=replace(of_bureau, aliases=("平川市教委",))
    )
    without = Subject(replace(report(), agency_readings={"title": "柳河镇"}), agency=of_bureau)

    assert messages(with_alias) == []
    assert messages(without) == ["应为“平川市教育局”的报告，但标题写的是“柳河镇”。"]


def test_an_expected_year_is_held_against_every_place():
    found = judge(Subject(report(), report_year=2023))

    assert [(each.rule, each.where, each.message) for each in found] == [
        ("year-mismatch", "title", "应为2023年度的报告，但标题写的是2024年、统计期限写的是2024年。")
    ]


def test_a_period_of_another_whole_year_is_a_wrong_year_and_not_a_wrong_period():
    other = replace(report(), period=(date(2023, 1, 1), date(2023, 12, 31)), year_readings={"title": 2024})

    assert [finding.rule for finding in judge(Subject(other))] == ["year-mismatch"]


@pytest.mark.parametrize(
    ("body", "text", "is_wrong"),
    [
        (2023, "2023年，完成栏目改版。2023年，开展培训。", True),
        (2023, "2023年12月启动改版。２０２４年 全部完成，2024年共发布信息三十条。", False),
        (2023, "2023年12月启动栏目改版。2024年，栏目全部改版完成并投入使用。", False),
        (2023, "2023年，完成栏目改版，截至2024年底全部投入使用，村民普遍满意。", True),
        (2019, "2019年修订的条例施行以来，村民的申请都按期答复，站所互相核对。", False),
        (2021, "2021年，完成栏目改版。2021年，开展培训和自查，村民代表参加。", True),
    ],
)
def test_last_years_text_is_a_wrong_year_but_a_sentence_on_the_past_is_none(body, text, is_wrong):
    given = replace(report(texts={1: text + "考核、评议、责任追究。"}), year_readings={"title": 2024, "body": body})

    assert [each.rule for each in judge(Subject(given))] == ["year-mismatch"] * is_wrong


PASTED = "青石镇全年开展自查，青石镇各站所互相核对。考核、评议、责任追究均有记录。"
OTHERS = frozenset({"平川市青石镇人民政府", "平川市教育局", "平川市人民政府"})


def of_text(text: str, preamble: str = "") -> Subject:
    return Subject(replace(report(texts={1: text}), preamble=preamble), agency=agency(), other_names=OTHERS)


def test_a_text_that_names_a_neighbour_and_never_its_own_agency_is_another_agencys():
    found = judge(of_text(PASTED))

    assert [(each.rule, each.severity, each.message) for each in found] == [
        ("agency-mismatch", Severity.ERROR, "正文2次提到“青石镇”，而从未提到报告机关“柳河镇”。")
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"柳河镇和{PASTED}",
        f"我镇参加检查。{PASTED}",
        f"全镇参加检查。{PASTED}",
        PASTED.replace("青石镇", "平川市教育局"),
        PASTED.replace("青石镇", "《青石镇志》"),
        PASTED.replace("青石镇", "平川市人民政府"),
        PASTED.replace("青石镇各站所", "各站所"),
    ],
    ids=["own name", "我镇", "全镇", "a bureau in a town's text", "titles of papers", "the government above", "once"],
)
def test_a_neighbours_name_accuses_nobody_where_there_is_any_doubt(text):
    assert judge(of_text(text)) == ()


def test_a_preamble_that_names_the_own_agency_leaves_a_doubt():
    assert judge(of_text(PASTED, preamble="本报告由柳河镇人民政府编制。")) == ()


@pytest.mark.parametrize(
    ("own", "words", "is_wrong"),
    [
        ("平川市教育局", "各科室均已落实。", True),
        ("平川市教育局", "我局各科室均已落实。", False),
        ("平川市教育局", "教育局各科室均已落实。", False),
        ("平川市教育局", "市局各科室均已落实。", False),
        ("平川市人力资源和社会保障局", "人社局各科室均已落实。", False),
        ("平川市卫生健康委员会", "各科室均已落实。", False),
    ],
)
def test_a_bureau_that_speaks_of_itself_in_any_way_may_name_another_twice(own, words, is_wrong):
    text = PASTED.replace("青石镇", "平川市财政局") + words
    given = replace(report(texts={1: text}), agency_readings={"title": own}, preamble="")
    of_bureau = agency(AgencyKind.LOCAL_DEPARTMENT, name=own)

    found = judge(Subject(given, agency=of_bureau, other_names=frozenset({"平川市财政局"})))

    assert [each.rule for each in found] == ["agency-mismatch"] * is_wrong


def test_a_last_line_without_a_date_is_not_taken_for_a_signature_of_another_kind():
    stray = replace(report(), agency_readings={"title": "柳河镇", "signature": "来源平川市融媒体中心"}, signed_on=None)

    assert judge(Subject(stray)) == ()


def test_plans_for_next_year_and_a_late_signature_are_no_wrong_year():
    planning = replace(report(), year_readings={"title": 2024, "body": 2025, "signature": 2026})

    assert judge(Subject(planning)) == ()


@pytest.mark.parametrize(
    ("published_on", "dates", "signed_on", "where"),
    [
        (date(2024, 12, 31), (), None, ["published_on"]),
        (date(2025, 1, 1), (), None, []),
        (date(2024, 11, 1), (StatedDate(date(2025, 1, 9), DateSource.PAGE),), None, []),
        (date(2024, 11, 1), (StatedDate(date(2025, 1, 9), DateSource.BODY),), None, ["published_on"]),
        (None, (), date(2024, 12, 30), ["signature"]),
        (None, (), date(2024, 12, 31), []),
    ],
)
def test_a_report_cannot_be_made_before_its_year_has_ended(published_on, dates, signed_on, where):
    dated = replace(report(), published_on=published_on, dates=dates, signed_on=signed_on)

    assert [(each.rule, each.where) for each in judge(Subject(dated))] == [("published-too-early", at) for at in where]
