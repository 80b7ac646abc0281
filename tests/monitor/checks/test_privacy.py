"""Personal data in the text: found by its own check digits, never repeated in a finding."""

from dataclasses import replace

import pytest

from monitor.checks import Subject, judge
from storage.records import Severity
from storage.report import Contact
from tests.builders import TEXTS, report

# Textbook numbers: the example of the identity card standard, and a card network's test number.
IDENTITY = "11010519491231002X"
CARD = "4111111111111111"


def found_in(text: str) -> list[tuple[str, Severity, str]]:
    found = judge(Subject(report(texts={5: TEXTS[5] + text})))
    assert {finding.rule for finding in found} <= {"personal-data"}
    return [(each.evidence["kind"], each.severity, each.evidence["masked"]) for each in found]


@pytest.mark.parametrize(
    ("text", "kind", "severity", "masked"),
    [
        (f"身份证{IDENTITY}。", "identity_number", Severity.ERROR, "110***************"),
        (f"身份证{IDENTITY.lower()}。", "identity_number", Severity.ERROR, "110***************"),
        ("身份证１１０１０５１９４９１２３１００２Ｘ。", "identity_number", Severity.ERROR, "110***************"),
        (f"退款至卡号{CARD}", "bank_card", Severity.ERROR, "411*************"),
        ("退款至账号：4111 1111 1111 1111", "bank_card", Severity.ERROR, "411****************"),
        (f"{CARD}为其银行账号", "bank_card", Severity.ERROR, "411*************"),
        ("申请人电话13812345678。", "mobile", Severity.WARNING, "138********"),
        ("申请人张某某要求公开", "name", Severity.WARNING, "张**"),
        ("原告刘德提出异议", "name", Severity.WARNING, "刘*"),
        ("申请人：王小明，来函", "name", Severity.WARNING, "王**"),
    ],
)
def test_personal_data_is_found_and_shown_masked(text, kind, severity, masked):
    assert found_in(text) == [(kind, severity, masked)]


@pytest.mark.parametrize(
    "text",
    [
        "身份证110105194912310021",
        "编号110105194902300028",
        f"流水号9{IDENTITY}",
        f"见http://www.pingchuan.gov.cn/a/{IDENTITY}.html",
        f"订单{CARD}",
        f"卡号见附件，此外还有一个与之完全没有关系的很长很长的序列编号{CARD}",
        "卡号4111111111111112",
        f"账号信息见http://www.pingchuan.gov.cn/{CARD}/",
        "批号2138123456789",
        "申请人可以当面提出",
        "申请人高度评价，申请人许可后公开",
        "申请人周知，申请人张贴公告、",
        "向申请人于三日内答复",
    ],
)
def test_numbers_and_words_that_identify_nobody_are_left_alone(text):
    assert found_in(text) == []


def test_many_numbers_of_one_kind_in_one_place_are_one_finding():
    found = judge(Subject(report(texts={5: TEXTS[5] + "13812345678、13912345678、13712345678。"})))

    assert [(each.message, each.evidence["count"]) for each in found] == [
        ("第五部分有手机号码（138********等3处），请核对是否为个人号码。", 3)
    ]


def test_the_official_contact_may_be_a_mobile_number():
    in_preamble = replace(report(), preamble="如有疑问，请与柳河镇党政综合办联系（电话：13812345678）。")
    at_the_end = replace(
        report(texts={6: "未收取信息处理费。联系电话13812345678。"}), contact=Contact("13812345678", "兴柳街1号")
    )

    assert (judge(Subject(in_preamble)), judge(Subject(at_the_end))) == ((), ())


def test_no_finding_ever_repeats_the_value():
    text = f"身份证{IDENTITY}，卡号{CARD}，手机13812345678。"

    shown = repr(judge(Subject(report(texts={5: TEXTS[5] + text}))))

    assert [value for value in (IDENTITY, CARD, "13812345678") if value in shown] == []
