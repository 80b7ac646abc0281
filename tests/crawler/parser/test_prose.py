"""What a report says in words: sections, signature, contact, period, years, figures, and whose text it is."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.documents import read_document
from crawler.documents.model import Paragraph
from crawler.parser import read_report
from crawler.parser.calendar import date_in_url, read_date
from crawler.parser.identity import announced_agency, contact, flatten, period, title_in_text
from crawler.parser.narrative import breakdowns, plain_lines, statements
from crawler.parser.sections import divide
from storage.report import Contact, DateSource, DoubtKind, StatementKind

HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
WORDS = "全年更新栏目三百条，各科室按时报送材料，群众来访均有答复。"


def divided(*lines):
    return divide(tuple(Paragraph(line, "") for line in lines))


def whole(headings=HEADINGS, *, after=()):
    return divided(
        "青岚县教育局2024年政府信息公开工作年度报告",
        *(line for heading in headings for line in (heading, WORDS)),
        *after,
    )


def numbers(parts):
    return [section.number for section in parts.sections]


@pytest.mark.parametrize(
    "heading",
    [
        "　　一、总体情况",
        "一、 总 体 情 况",
        "一．总体情况",
        "一. 总体情况",
        "（一）总体情况",
        "1.总体情况",
        "第一部分 总体情况",
        "总体情况",
    ],
)
def test_a_heading_is_known_by_its_words(heading):
    assert numbers(whole((heading, *HEADINGS[1:]))) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("number", "heading"),
    [
        (2, "二、主动公开政府信息的情况"),
        (2, "二、主动公开政府政府情况"),
        (4, "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
        (5, "五、政府信息公开工作存在的主要问题及改进情况"),
        (5, "五、存在问题和改进措施"),
    ],
)
def test_a_heading_in_other_words_is_taken_and_told(number, heading):
    parts = whole(tuple(heading if at == number else text for at, text in enumerate(HEADINGS, start=1)))

    assert numbers(parts) == [1, 2, 3, 4, 5, 6]
    assert [(doubt.kind, doubt.where) for doubt in parts.doubts] == [(DoubtKind.HEADING_VARIANT, f"sections/{number}")]


@pytest.mark.parametrize("line", ["一、本年新收政府信息公开申请数量", "四、结转下年度继续办理", "三、本年度办理结果"])
def test_a_row_of_table_3_heads_no_section(line):
    parts = divided(*HEADINGS[:3], line, *HEADINGS[3:])

    assert numbers(parts) == [1, 2, 3, 4, 5, 6]
    assert parts.sections[2].text == line


@pytest.mark.parametrize("page", ["", "……3", " 错误！未定义书签。", " Error: Reference source not found"])
def test_a_list_of_contents_is_not_the_report(page):
    parts = divided(
        "目录", *(heading + page for heading in HEADINGS), *(line for heading in HEADINGS for line in (heading, WORDS))
    )

    assert numbers(parts) == [1, 2, 3, 4, 5, 6]
    assert {section.text for section in parts.sections} == {WORDS}


def test_sections_in_another_order_and_a_seventh_are_told():
    swapped = whole((HEADINGS[1], HEADINGS[0], *HEADINGS[2:], "七、下一年打算"))

    assert [doubt.kind for doubt in swapped.doubts] == [DoubtKind.SECTION_ORDER, DoubtKind.SECTION_EXTRA]


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (2, "第二十条第（一）项"),
        (2, "单位：件"),
        (3, "（单位：件、项）"),
        (3, "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）申请人情况"),
        (3, "申请人情况（本列数据的勾稽关系为：第一 法人或其他组织 项加第二项之和，等于第三项加"),
        (3, "第一项加第二项之和，等于 自然法人或其他组织 总"),
        (4, "行政复议 行政诉讼"),
    ],
)
def test_what_is_printed_beside_a_table_is_no_text_of_its_section(number, line):
    lines = [
        text
        for at, heading in enumerate(HEADINGS, start=1)
        for text in (heading, *([line] if at == number else []), WORDS)
    ]

    assert {section.text for section in divided(*lines).sections} == {WORDS}


@pytest.mark.parametrize("line", ["其他事项见附件。", "本年未发生行政复议、行政诉讼。", "第一项为新收申请。"])
def test_a_sentence_beside_a_table_stays(line):
    lines = [text for heading in HEADINGS for text in (heading, line)]

    assert {section.text for section in divided(*lines).sections} == {line}


def test_signature_and_date_are_no_part_of_the_last_section():
    parts = whole(after=("青岚县教育局", "2025年1月20日"))

    assert parts.sections[-1].text == WORDS
    assert parts.signature == ("青岚县教育局", date(2025, 1, 20))


def test_the_portals_footer_is_no_part_of_the_last_section():
    parts = whole(after=("上一篇：没有了", "版权所有：青岚县人民政府", "网站标识码：9901230001"))

    assert parts.sections[-1].text == WORDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025年1月25日", date(2025, 1, 25)),
        ("2025 年 1 月 5 日", date(2025, 1, 5)),
        ("二〇二五年一月二十五日", date(2025, 1, 25)),
        ("二○二五年十二月三十一日", date(2025, 12, 31)),
        ("[2025-01-25]", date(2025, 1, 25)),
        ("2025/1/5 13:24", date(2025, 1, 5)),
        ("2025-02-30", None),
        ("电话12345678", None),
    ],
)
def test_a_date_is_read_as_printed(text, expected):
    read = read_date(text)

    assert (read.date if read else None) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.x.cn/202301/t20230117_3105437.html", date(2023, 1, 17)),
        ("http://www.x.cn/art/2024/1/9/art_284_11.html", date(2024, 1, 9)),
        ("http://www.x.cn/content/post_9472698.html", None),
    ],
)
def test_an_address_may_carry_the_day(url, expected):
    assert date_in_url(url) == expected


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("统计期限自2024年1月1日起至2024年12月31日止", date(2024, 12, 31)),
        ("统计期限自2024年1月1日起,至2024年12月31日止", date(2024, 12, 31)),
        ("数据统计时间为2024年1月1日-12月31日", date(2024, 12, 31)),
        ("统计期限为2024年1月1日至2024年12月30日", date(2024, 12, 30)),
    ],
)
def test_the_period_is_read(text, end):
    assert period(flatten(text)) == (date(2024, 1, 1), end)


def test_the_contact_line_is_read_part_by_part():
    text = "如有疑问请联系（地址：文汇路 12 号，邮编：990012，电话：0600—1234567，邮箱：a@b.example.org，网址：http://www.x.example/a）"

    assert contact(flatten(text)) == Contact(
        "0600—1234567", "文汇路12号", "a@b.example.org", "990012", "http://www.x.example/a"
    )


@pytest.mark.parametrize(
    "preamble",
    [
        "现公布青岚县教育局2024年政府信息公开工作年度报告",
        "本报告由青岚县教育局按照条例编制",
        "本年度报告由青岚县教育局编制并公布",
    ],
)
def test_the_preamble_may_name_the_agency(preamble):
    assert announced_agency(preamble) == "青岚县教育局"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("2024年，我局未收到政府信息公开申请。", StatementKind.APPLICATIONS_NONE, None),
        ("全年共收到政府信息公开申请12件。", StatementKind.APPLICATIONS_RECEIVED, 12),
        ("收到申请 12 件（含上年结转2件）。", StatementKind.APPLICATIONS_RECEIVED_WITH_CARRIED_OVER, 12),
        ("上述申请结转下年度办理3件。", StatementKind.APPLICATIONS_CARRIED_FORWARD, 3),
        ("发生行政复议4件。", StatementKind.REVIEWS, 4),
        ("未发生行政复议。", StatementKind.REVIEWS_NONE, None),
        ("收到申请12件（不含上年结转2件）。", StatementKind.APPLICATIONS_RECEIVED, 12),
        ("全年未发生行政复议案件。", StatementKind.REVIEWS_NONE, None),
        ("没有因信息公开引起的行政诉讼。", StatementKind.LITIGATION_NONE, None),
    ],
)
def test_a_sentence_states_a_figure(text, kind, value):
    assert [(found.kind, found.value) for found in statements({1: plain_lines(text)})] == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "较上年收到申请减少3件。",
        "各乡镇收到申请20件。",
        "上半年收到申请5件。",
        "开展申请办理培训3次。",
        "受理建房许可申请80件，办结78件。",
        "全年收到复议申请3件。",
        "未收到减免费用申请。",
        "没有发生行政复议被撤销的情形。",
        "没有行政诉讼败诉案件。",
        "行政复议5件（不含撤回的）。",
    ],
)
def test_a_figure_about_something_else_is_no_statement(text):
    assert statements({1: plain_lines(text)}) == ()


def test_a_total_with_its_parts_is_a_breakdown():
    text = plain_lines("主动公开政府信息51条。其中，网站30条，公众号11条，公示栏10条。")

    assert [(found.total, found.parts) for found in breakdowns({1: text})] == [(51, (30, 11, 10))]


def test_a_list_that_is_not_complete_adds_up_to_nothing():
    assert breakdowns({1: plain_lines("公开政府信息51条，其中网站30条、公众号11条等。")}) == ()


def page(body):
    others = "".join(
        f"<li><a href='{n}.html'>望川乡人民政府202{n}年政府信息公开工作年度报告</a> 202{n}-01-0{n + 1}</li>"
        for n in range(4)
    )
    aside = (
        "<div class=n1>本县天气晴间多云，早晚温差较大，出行请留意客运站公告，山区班线可能临时调整，请以现场为准。</div>"
    )
    foot = "<div class='footer'><p>主办单位电话：0600-9999999，地址：县府路9号，办公时间为工作日。</p></div>"
    head = "<html><head><title>澄湖县 信息详情</title></head>"
    return (
        f"{head}<body>{aside}<ul>{others}</ul><div class=n5>{body}</div><ul>{others}</ul>{foot}</body></html>".encode()
    )


UNKNOWN = page(
    "<p>青岚县教育局2024年政府信息公开工作年度报告</p>"
    "<p>本报告由青岚县教育局编制，统计期限为2024年1月1日起至2024年12月31日止，欢迎查阅并提出意见建议。</p>"
    + "".join(
        f"<p>{topic}方面，我局按季度梳理应当公开的事项，逐条核对栏目内容，补齐缺失的材料，并安排专人答复群众的来信来访，全年没有出现投诉。</p>"
        for topic in ("主动公开", "依申请公开", "信息管理", "平台建设", "监督保障", "队伍培训")
    )
    + "<table><tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>"
    "<tr><td>规章</td><td>0</td><td>0</td><td>0</td></tr><tr><td>行政规范性文件</td><td>3</td><td>1</td><td>9</td></tr></table>"
)  # fmt: skip


def test_a_body_on_an_unknown_template_is_found_by_trafilatura():
    document = read_document(UNKNOWN)
    texts = " ".join(block.text for block in document.blocks if isinstance(block, Paragraph))

    assert document.isolated_by == "trafilatura"
    assert "监督保障方面" in texts
    assert "主办单位电话" not in texts
    assert "望川乡" not in texts


def test_a_report_on_an_unknown_template_is_the_reports_alone():
    report = read_report(UNKNOWN)

    assert (report.agency_name, report.report_year) == ("青岚县教育局", 2024)
    assert report.contact.phone is None
    assert report.number("disclosure", "normative_documents", "in_force") == 9


def test_the_dates_of_a_page_keep_their_sources():
    body = "".join(f"<p>{heading}</p><p>{WORDS}</p>" for heading in HEADINGS)
    html = (
        "<html><head><meta name='PubDate' content='2025-01-20 10:00'><meta name='ArticleTitle' "
        "content='青岚县教育局2024年政府信息公开工作年度报告'></head>"
        "<body><p>发布日期：2025-01-21 来源：青岚县教育局</p>"
        f"<div class='TRS_Editor'>{body}</div></body></html>"
    )

    report = read_report(html.encode(), url="http://www.x.cn/202501/t20250122_1.html", listed_on=date(2025, 1, 23))

    assert [(stated.date.day, stated.source) for stated in report.dates] == [
        (20, DateSource.META_PUBDATE),
        (21, DateSource.PAGE),
        (23, DateSource.LIST_ROW),
        (22, DateSource.URL),
    ]
    assert report.published_on == date(2025, 1, 20)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "青岚县教育局2024年度政府信息公开工作年度报告本报告由青岚县教育局编制。",
            "青岚县教育局2024年度政府信息公开工作年度报告",
        ),
        ("青岚县教育局2024年政府信息公开年报根据条例，现予公布。", "青岚县教育局2024年政府信息公开年报"),
        ("青岚县教育局2024年度政府信息公开工作年度报告由青岚县教育局编制。", None),
        ("按照《青岚县教育局2024年度政府信息公开工作年度报告》，本局继续改进。", None),
        ("青岚县教育局政府信息公开工作年度报告本报告依法编制。", None),
    ],
)
def test_a_title_that_runs_into_the_text_is_read_where_the_text_begins_like_one(text, title):
    found = title_in_text([text, "一、总体情况"], None)

    assert (found.text, found.lines) == (title, 0)


@pytest.mark.parametrize("cut", [1, 2])
def test_the_last_characters_of_a_title_may_stand_on_a_line_of_their_own(cut):
    title = "青岚县教育局2024年度政府信息公开工作年度报告"

    found = title_in_text([title[:-cut], title[-cut:], "根据条例编制。"], None)

    assert (found.text, found.lines) == (title, 2)
