"""Template text, converter residue and links: what must be noticed, and what only looks like it."""

import pytest

from monitor.checks import Subject, judge
from storage.records import Severity
from tests.builders import TEXTS, report

PLACEHOLDERS = [
    ("XX镇", "XX镇"),
    ("编号〔20XX〕3号", "20XX"),
    ("截至20××年底", "××"),
    ("２０ＸＸ年", "ＸＸ"),
    ("自202X年起", "202X年"),
    ("于X月X日前办理", "X月X日"),
    ("共收到____件", "____"),
    ("共收到＿＿＿件", "＿＿＿"),
    ("错误!未找到引用源。", "错误!未找到引用源"),
    ("错误！未定义书签", "错误！未定义书签"),
    ("Error! Reference source not found", "Error!"),
    ("（请填写具体数字）", "请填写"),
    ("（此处填写）", "此处填写"),
    ("由某市牵头", "某市"),
    ("由某县牵头", "某县"),
    ("由某某局牵头", "某局"),
    ("与某单位合作", "某单位"),
    ("自某年开始", "某年"),
    ("依据《XX市办法》", "XX市"),
]

LEGITIMATE = [
    "见http://www.pingchuan.gov.cn/xx/XX__XX/t20250101_1.html",
    "见www.pingchuan.gov.cn/xxgk/zcXX/",
    "邮箱xx_gk@pingchuan.gov.cn",
    "文件名为report___final.docx",
    "来信人电话138XXXX5678已作遮盖",
    "申请人如需查询，请填写《信息公开申请表》",
    "公众请填写申请表",
    "转载了《某单位的一天》",
    "某些问题仍然存在，某市场主体来信",
    "某县域商业体系，某局部地区，某年轻干部",
    "张某某来电咨询",
    "XL型设备、3x5米展板、x光机",
    "上半年\n____________\n下半年",
    "今年的错误不再发生，填写更加规范",
]


def section_5(text: str) -> Subject:
    return Subject(report(texts={5: TEXTS[5] + text}))


@pytest.mark.parametrize(("text", "quote"), PLACEHOLDERS, ids=[text for text, _ in PLACEHOLDERS])
def test_template_text_is_an_error_that_quotes_it(text, quote):
    found = judge(section_5(text))

    assert [(each.rule, each.severity) for each in found][:1] == [("placeholder-text", Severity.ERROR)]
    assert quote[-2:] in found[0].evidence["text"]


@pytest.mark.parametrize("text", LEGITIMATE)
def test_text_that_only_looks_like_a_template_is_left_alone(text):
    assert [finding for finding in judge(section_5(text)) if finding.rule == "placeholder-text"] == []


@pytest.mark.parametrize("text", ["具体时间待定", "附办理示例"])
def test_a_word_that_may_be_a_templates_is_only_recorded(text):
    assert [(each.rule, each.severity) for each in judge(section_5(text))] == [("placeholder-text", Severity.INFO)]


@pytest.mark.parametrize(
    "text",
    [
        "[bookmark: _Toc123]",
        'HYPERLINK "http://a.cn/"',
        "PAGEREF _Toc55",
        "第 MERGEFORMAT 页",
        "公开&nbsp;信息",
        "<span style='x'>公开</span>",
        "Lorem ipsum",
    ],
)
def test_residue_of_a_converter_is_recorded(text):
    assert [(each.rule, each.severity) for each in judge(section_5(text))] == [("converter-residue", Severity.INFO)]


@pytest.mark.parametrize(
    "text",
    [
        "http//:www.a.gov.cn",
        "http:/www.a.gov.cn",
        "http：//www.a.gov.cn",
        "http:www.a.gov.cn",
        "http:\\\\www.a.gov.cn",
        "http://http://www.a.gov.cn",
        "https//www.a.gov.cn",
        "http://，",
    ],
)
def test_a_malformed_address_is_recorded(text):
    assert [finding.rule for finding in judge(section_5(text))] == ["link-malformed"]


@pytest.mark.parametrize(
    "text",
    [
        "HTTP://WWW.A.GOV.CN/NB",
        "http://政务.平川.政务/",
        "https://[2001:db8::1]/",
        "启用https。",
        "http、https均可",
        "http:协议",
    ],
)
def test_a_well_formed_address_is_left_alone(text):
    assert judge(section_5(text)) == ()
