"""Every rule with one report that breaks it and one, close to it, that does not."""

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from monitor.checks import RULES, Subject, judge, publication_findings
from storage.records import SHANGHAI, AgencyKind, Finding, Severity, Standing, Status
from storage.report import Breakdown, Cell, Contact, DoubtKind, Fact, Reading, Section, Statement, StatementKind
from tests.builders import NAME, agency, report, with_doubt, with_section, without_row, without_table

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
LONG = "，".join(f"第{number}组村民在{number}月领取了{number}种公开材料" for number in range(1, 40))
MIXED = {"markers_2019": ["采购总金额"], "markers_2021": ["本年制发件数"]}
COUNTED = {"expected": 7, "found": 8, "all_zero": False}
PHANTOM = {"label": "（三）不予公开", "all_zero": True, "cause": "group_with_numbers"}
FEBRUARY = datetime(2025, 2, 10, 9, 0, tzinfo=SHANGHAI)


def standing(status: Status, *, kind: AgencyKind = AgencyKind.LOCAL_DEPARTMENT, now: datetime = FEBRUARY):
    published_on = date(2025, 2, 8) if status is Status.LATE else None
    days = 8 if status is Status.LATE else None
    of_year = Standing("liuhe", 2024, date(2025, 1, 31), status, published_on, days)
    return publication_findings(of_year, agency(kind), now)


def said(kind: StatementKind, value: int | None, text: str):
    return Subject(replace(report(), statements=(Statement(kind, value, 1, text),)))


def split(total: int, *parts: int):
    return Subject(replace(report(), breakdowns=(Breakdown(total, parts, 1, "全年公开信息若干条"),)))


def fees(amount: str):
    return Subject(report(cells={"disclosure/fees/amount": Decimal(amount)}), agency=agency())


BREAKS = [
    (
        "missing",
        standing(Status.MISSING),
        "",
        ERROR,
        "2024年度政府信息公开工作年度报告应于2025年1月31日前公布（《中华人民共和国政府信息公开条例》(国务院令第711号)第四十九条第一款），截至2025年2月10日未见公布。",
    ),
    (
        "late",
        standing(Status.LATE),
        "",
        ERROR,
        "2024年度报告应于2025年1月31日前公布（《中华人民共和国政府信息公开条例》(国务院令第711号)第四十九条第一款），公布日期为2025年2月8日，逾期8天。",
    ),
    ("withdrawn", standing(Status.WITHDRAWN), "", ERROR, "2024年度报告曾经公布，截至2025年2月10日已无法在原栏目找到。"),
    (
        "section-missing",
        Subject(report(texts={4: None})),
        "sections/4",
        ERROR,
        "缺少第四部分“政府信息公开行政复议、行政诉讼情况”。",
    ),
    (
        "section-empty",
        Subject(report(texts={5: "无"})),
        "sections/5",
        ERROR,
        "第五部分“存在的主要问题及改进情况”只有1个字，没有实质内容。",
    ),
    (
        "section-order",
        Subject(replace(report(), sections=tuple(reversed(report().sections)))),
        "sections",
        WARNING,
        "各部分的顺序为六、五、四、三、二、一，应为一、二、三、四、五、六。",
    ),
    (
        "section-extra",
        Subject(with_section(report(), Section(7, "附件", "见附表。"))),
        "sections/7",
        WARNING,
        "多出统一格式没有的部分“附件”。",
    ),
    (
        "heading-variant",
        Subject(with_doubt(report(), DoubtKind.HEADING_VARIANT, "sections/1", "一、总体工作", {})),
        "sections/1",
        INFO,
        "标题“一、总体工作”与统一格式的用语不同。",
    ),
    (
        "form-outdated",
        Subject(report("2019", year=2023)),
        "",
        ERROR,
        "2023年度报告应使用国办公开办函〔2021〕30号印发的格式，实际使用的是国办公开办函〔2019〕60号的格式。",
    ),
    (
        "form-mixed",
        Subject(with_doubt(report(), DoubtKind.FORM_MARKERS, "", "", MIXED)),
        "",
        WARNING,
        "表格中同时有采购总金额（2019年格式）和本年制发件数（2021年格式）。",
    ),
    (
        "table-missing",
        Subject(without_table(report(), "reviews")),
        "reviews",
        ERROR,
        "第四部分缺少统计表“政府信息公开行政复议、行政诉讼情况”。",
    ),
    (
        "table-as-picture",
        Subject(
            with_section(
                without_table(report(), "disclosure"), Section(2, "主动公开政府信息情况", "", pictures=("b2.jpg",))
            )
        ),
        "disclosure",
        WARNING,
        "第二部分没有可读取的统计表“主动公开政府信息情况”，只有图片，其中数据无法核对。",
    ),
    (
        "table-as-picture",
        Subject(replace(report(), confidences={Cell("reviews", "administrative_review", "upheld"): 0.98})),
        "reviews",
        WARNING,
        "第四部分的统计表“政府信息公开行政复议、行政诉讼情况”以图片形式公布，数据由图片识别得出。",
    ),
    (
        "table-as-attachment",
        Subject(with_doubt(report(), DoubtKind.TABLE_ATTACHED, "reviews", "", {"attachments": ["http://a.cn/1.pdf"]})),
        "reviews",
        WARNING,
        "第四部分的统计表“政府信息公开行政复议、行政诉讼情况”只在附件中，数据取自http://a.cn/1.pdf。",
    ),
    (
        "sources-differ",
        Subject(
            with_doubt(
                report(),
                DoubtKind.SOURCES_DIFFER,
                "reviews/administrative_review/upheld",
                "2",
                {"sources": {"http://a.cn/1.html": "2", "http://a.cn/1.xlsx": "3"}},
            )
        ),
        "reviews/administrative_review/upheld",
        WARNING,
        "第四部分表格“行政复议”一组“结果维持”列在不同来源中所印不同：http://a.cn/1.html为“2”、http://a.cn/1.xlsx为“3”。",
    ),
    (
        "table-as-attachment",
        Subject(
            with_section(
                without_table(report(), "applications"),
                Section(3, "收到和处理政府信息公开申请情况", "", attachments=("b3.xls",)),
            )
        ),
        "applications",
        WARNING,
        "第三部分没有统计表“收到和处理政府信息公开申请情况”，只有附件，其中数据未核对。",
    ),
    (
        "row-missing",
        Subject(without_row(report(), "applications", "refused_state_secret")),
        "applications/refused_state_secret",
        ERROR,
        "第三部分表格“（三）不予公开·1.属于国家秘密”行缺失。",
    ),
    (
        "row-unexpected",
        Subject(with_doubt(report(), DoubtKind.ROW_UNEXPECTED, "table 2, row 9", "（三）不予公开 0 0", PHANTOM)),
        "table 2, row 9",
        WARNING,
        "“（三）不予公开”是分组标题，不应填写数据。",
    ),
    (
        "cell-count",
        Subject(with_doubt(report(), DoubtKind.CELL_COUNT, "applications/granted", "", COUNTED)),
        "applications/granted",
        ERROR,
        "第三部分表格“（一）予以公开”行应有7个数，实有8个。",
    ),
    (
        "cell-blank",
        Subject(report(cells={"applications/granted/total": None})),
        "applications/granted/total",
        WARNING,
        "第三部分表格“（一）予以公开”行“总计”列没有填数。",
    ),
    (
        "cell-not-a-number",
        Subject(report(cells={"reviews/administrative_review/other": "见附件"})),
        "reviews/administrative_review/other",
        ERROR,
        "第四部分表格“行政复议”一组“其他结果”列填写的是“见附件”，不是数。",
    ),
    (
        "cell-negative",
        Subject(report(cells={"disclosure/licensing/decisions": -3})),
        "disclosure/licensing/decisions",
        ERROR,
        "第二部分表格“行政许可”行“本年处理决定数量”列填写的是-3，不可能为负数。",
    ),
    (
        "cell-not-whole",
        Subject(report(cells={"disclosure/penalties/decisions": Fact(None, "2.5", Reading.NOT_WHOLE)})),
        "disclosure/penalties/decisions",
        ERROR,
        "第二部分表格“行政处罚”行“本年处理决定数量”列填写的是2.5，件数应为整数。",
    ),
    (
        "applications-balance",
        Subject(report(cells={"applications/carried_over/other_org": 1, "applications/carried_over/total": 2})),
        "applications/new_received/other_org",
        ERROR,
        "“其他”列：第一项0＋第二项1＝1，而第三项（七）总计0＋第四项0＝0，相差1。",
    ),
    (
        "applications-outcome-total",
        Subject(report(cells={"applications/granted/natural_person": 8, "applications/granted/total": 11})),
        "applications/granted/natural_person",
        ERROR,
        "“自然人”列：（一）予以公开8＋（二）部分公开2＋（四）无法提供·1.本机关不掌握相关政府信息2（其余为0）＝12，而第三项（七）总计为11，相差1。",
    ),
    (
        "applications-row-total",
        Subject(report(cells={"applications/not_processed_repeat/total": 1})),
        "applications/not_processed_repeat/natural_person",
        ERROR,
        "“（五）不予处理·2.重复申请”行：各项均为0，而总计为1，相差1。",
    ),
    (
        "reviews-total",
        Subject(report(cells={"reviews/administrative_review/total": 4})),
        "reviews/administrative_review/upheld",
        ERROR,
        "“行政复议”一组：结果维持2＋尚未审结1（其余为0）＝3，而总计为4，相差1。",
    ),
    (
        "disclosure-stock-negative",
        Subject(report("2019", cells={"disclosure/fees/previous_items": 1, "disclosure/fees/change": -2})),
        "disclosure/fees",
        ERROR,
        "第二部分表格“行政事业性收费”行：上一年1，本年增减-2，得-1，不可能为负数。",
    ),
    (
        "disclosure-total-below-new",
        Subject(
            report(
                "2019",
                cells={
                    "disclosure/normative_documents/newly_disclosed": 5,
                    "disclosure/normative_documents/total_disclosed": 4,
                },
            )
        ),
        "disclosure/normative_documents",
        WARNING,
        "第二部分表格“规范性文件”行：对外公开总数4小于本年新公开数5。",
    ),
    (
        "disclosure-decisions-without-items",
        Subject(report("2019", cells={"disclosure/penalties/decisions": 8})),
        "disclosure/penalties",
        WARNING,
        "第二部分表格“行政处罚”行：处理决定8件，而上一年项目数加本年增减为0。",
    ),
    (
        "disclosure-in-force-too-low",
        Subject(
            report(
                cells={
                    "disclosure/normative_documents/issued": 6,
                    "disclosure/normative_documents/repealed": 1,
                    "disclosure/normative_documents/in_force": 4,
                }
            )
        ),
        "disclosure/normative_documents/in_force",
        WARNING,
        "第二部分表格“行政规范性文件”行“现行有效件数”列：本年制发6件、废止1件，现行有效却只有4件。",
    ),
    (
        "procurement-amount-without-items",
        Subject(report("2019", cells={"disclosure/procurement/amount": Decimal("3805.50")})),
        "disclosure/procurement",
        WARNING,
        "第二部分表格“政府集中采购”行：采购项目0个，采购总金额3805.50。",
    ),
    (
        "rules-by-unauthorised-level",
        Subject(report(cells={"disclosure/rules/in_force": 3}), agency=agency()),
        "disclosure/rules/in_force",
        WARNING,
        "第二部分表格“规章”行“现行有效件数”列填写了3，而平川市柳河镇人民政府无权制定规章。",
    ),
    (
        "fee-unit-suspect",
        fees("56580"),
        "disclosure/fees/amount",
        WARNING,
        "第二部分表格“行政事业性收费”行“本年收费金额”列填写的是56580，单位为万元，数额异常，可能误以元填报。",
    ),
    (
        "carry-over-mismatch",
        Subject(report(), previous=report(year=2023, cells={"applications/carried_forward/total": 3})),
        "applications/carried_over/total",
        WARNING,
        "“总计”列：上年结转1，而上一年报告结转下年度为3。",
    ),
    (
        "in-force-mismatch",
        Subject(
            report(cells={"disclosure/normative_documents/issued": 2, "disclosure/normative_documents/in_force": 9}),
            previous=report(year=2023, cells={"disclosure/normative_documents/in_force": 6}),
        ),
        "disclosure/normative_documents/in_force",
        INFO,
        "第二部分表格“行政规范性文件”行“现行有效件数”列：上一年现行有效6件，本年制发2件、废止0件，应为8件，填报9件。",
    ),
    (
        "year-mismatch",
        Subject(
            replace(report(texts={1: f"2023年，{LONG}"}), year_readings={"title": 2024, "period": 2023, "body": 2023})
        ),
        "period",
        ERROR,
        "报告年度为2024年，但统计期限写的是2023年、正文写的是2023年。",
    ),
    (
        "agency-mismatch",
        Subject(replace(report(), agency_readings={"title": "大河镇人民政府", "body": "小河镇"})),
        "sections/1",
        ERROR,
        "报告机关为“大河镇人民政府”，但正文写的是“小河镇”。",
    ),
    (
        "period-mismatch",
        Subject(replace(report(), period=(date(2024, 1, 1), date(2024, 12, 30)))),
        "period",
        WARNING,
        "统计期限为2024年1月1日至2024年12月30日，不是2024年1月1日至12月31日。",
    ),
    (
        "narrative-contradiction",
        said(StatementKind.APPLICATIONS_RECEIVED, 20, "全年收到申请20件"),
        "sections/1",
        WARNING,
        "第一部分称“全年收到申请20件”，而表格“总计”列第一项为14。",
    ),
    (
        "breakdown-mismatch",
        split(51, 30, 3, 11, 1),
        "sections/1",
        WARNING,
        "第一部分：总数51，分项30＋3＋11＋1之和为45，相差6。",
    ),
    (
        "fee-statement-missing",
        Subject(report(texts={6: "无。"})),
        "sections/6",
        WARNING,
        "第六部分没有报告收取信息处理费的情况。",
    ),
    (
        "assessment-statement-missing",
        Subject(report(texts={1: "全年考核一次，" + LONG})),
        "sections/1",
        WARNING,
        "政府的年度报告没有写明社会评议、责任追究情况。",
    ),
    (
        "placeholder-text",
        Subject(report(texts={5: "存在报送不及时的问题，由XX镇政府牵头在下一年度改进。"})),
        "sections/5",
        ERROR,
        "第五部分留有模板文字“时的问题，由XX镇政府牵头在”。",
    ),
    (
        "copied-from-last-year",
        Subject(report(), previous=report(year=2023)),
        "sections/1",
        ERROR,
        "第一、五部分与上一年报告的相似度为100%，只有年份不同。",
    ),
    (
        "copied-from-peer",
        Subject(report(), peers=(("平川市青石镇人民政府", report()),)),
        "sections/1",
        INFO,
        "第一、五部分与“平川市青石镇人民政府”的报告的相似度为100%（不计数字）。",
    ),
    (
        "personal-data",
        Subject(report(texts={5: "申请材料中的身份证号11010519491231002X未作处理，今后改进。"})),
        "sections/5",
        ERROR,
        "第五部分有公民身份号码（110***************）。",
    ),
    (
        "published-too-early",
        Subject(replace(report(), published_on=date(2024, 12, 20), dates=())),
        "published_on",
        WARNING,
        "2024年度尚未结束，报告的公布日期却是2024年12月20日。",
    ),
    (
        "revised",
        Subject(report(), earlier_version=report(cells={"disclosure/licensing/decisions": 5})),
        "",
        INFO,
        "与此前公布的版本相比，有1个数据不同：第二部分表格“行政许可”行“本年处理决定数量”列5→0。",
    ),
    (
        "contact-missing",
        Subject(replace(report(), contact=Contact())),
        "contact",
        INFO,
        "报告没有写明联系电话、联系地址。",
    ),
    (
        "link-malformed",
        Subject(report(texts={6: "未收取信息处理费。全文见http//:www.pingchuan.gov.cn/nb。"})),
        "sections/6",
        INFO,
        "第六部分的网址“http//:www.pingchuan.gov.cn/nb”书写有误。",
    ),
    (
        "converter-residue",
        Subject(replace(report(), preamble="[bookmark: _GoBack]本报告由柳河镇编制。")),
        "preamble",
        INFO,
        "报告开头留有“[bookmark: _GoBack]本报告由柳河”。",
    ),
]
"""Rule, what breaks it, where, how severely, and what the agency is told."""

READINGS = {"title": 2024, "period": 2024, "body": 2024}
KEEPS = [
    ("missing", standing(Status.SUSPECTED_MISSING)),
    ("late", standing(Status.DATE_UNKNOWN)),
    ("withdrawn", standing(Status.ON_TIME)),
    ("section-missing", Subject(report(texts={2: "", 3: "", 4: ""}))),
    ("section-empty", Subject(report(texts={6: "无信息处理费。"}))),
    ("section-order", Subject(with_section(report(), Section(7, "附件", "见附表。")))),
    ("section-extra", Subject(report())),
    ("heading-variant", Subject(report())),
    ("form-outdated", Subject(report("2019", year=2020), report_year=2020)),
    (
        "form-outdated",
        Subject(replace(report(), report_year=2020, year_readings={**READINGS, "title": 2020, "heading": 2020})),
    ),
    ("form-mixed", Subject(with_doubt(report(), DoubtKind.FORM_MARKERS, "", "", {**MIXED, "markers_2019": []}))),
    ("table-missing", Subject(with_section(without_table(report(), "reviews"), Section(4, "情况", "", ("b4.png",))))),
    ("table-as-picture", Subject(with_section(report(), Section(2, "主动公开政府信息情况", "", ("chart.png",))))),
    ("table-as-attachment", Subject(with_section(report(), Section(3, "情况", "", attachments=("b3.xls",))))),
    ("sources-differ", Subject(report())),
    (
        "row-missing",
        Subject(
            with_doubt(
                without_row(report(), "applications", "granted"),
                DoubtKind.CELL_COUNT,
                "applications/granted",
                "",
                COUNTED,
            )
        ),
    ),
    ("row-unexpected", Subject(with_doubt(report(), DoubtKind.LABEL_VARIANT, "applications/granted", "", {}))),
    ("cell-count", Subject(with_doubt(report(), DoubtKind.ROWS_JOINED, "applications/granted", "", {}))),
    ("cell-blank", Subject(report(cells={"applications/granted/research_institute": 0}))),
    ("cell-not-a-number", Subject(report(cells={"disclosure/licensing/decisions": None}))),
    (
        "cell-negative",
        Subject(report("2019", cells={"disclosure/fees/change": -2, "disclosure/fees/previous_items": 2})),
    ),
    ("cell-not-whole", Subject(report(cells={"disclosure/fees/amount": Decimal("2.50")}))),
    ("applications-balance", Subject(report(cells={"applications/carried_over/other_org": None}))),
    ("applications-outcome-total", Subject(report("2019", cells={"applications/outcome_total/natural_person": None}))),
    ("applications-row-total", Subject(report(cells={"applications/granted/other_org": "两件"}))),
    ("reviews-total", Subject(report(cells={"reviews/administrative_review/pending": None}))),
    ("disclosure-stock-negative", Subject(report("2019", cells={"disclosure/fees/change": 2}))),
    ("disclosure-total-below-new", Subject(report("2019", cells={"disclosure/rules/total_disclosed": 2}))),
    (
        "disclosure-decisions-without-items",
        Subject(report("2019", cells={"disclosure/penalties/decisions": 8, "disclosure/penalties/change": 9})),
    ),
    (
        "disclosure-in-force-too-low",
        Subject(
            report(cells={"disclosure/rules/issued": 3, "disclosure/rules/repealed": 2, "disclosure/rules/in_force": 1})
        ),
    ),
    (
        "procurement-amount-without-items",
        Subject(
            report("2019", cells={"disclosure/procurement/items": 4, "disclosure/procurement/amount": Decimal(56580)})
        ),
    ),
    (
        "rules-by-unauthorised-level",
        Subject(report(cells={"disclosure/rules/in_force": 3}), agency=agency(AgencyKind.CITY_GOVERNMENT)),
    ),
    ("fee-unit-suspect", fees("999.99")),
    ("carry-over-mismatch", Subject(report(), previous=report(year=2023))),
    (
        "in-force-mismatch",
        Subject(
            report(year=2021, cells={"disclosure/rules/in_force": 9}),
            previous=report("2019", cells={"disclosure/rules/total_disclosed": 5}),
        ),
    ),
    ("year-mismatch", Subject(replace(report(), year_readings={"title": 2024, "body": 2025, "signature": 2025}))),
    (
        "agency-mismatch",
        Subject(replace(report(), agency_readings={"title": "柳河镇人民政府", "body": "柳河镇", "signature": NAME})),
    ),
    ("period-mismatch", Subject(replace(report(), period=None))),
    (
        "narrative-contradiction",
        said(StatementKind.APPLICATIONS_RECEIVED_WITH_CARRIED_OVER, 15, "收到申请15件（含上年结转1件）"),
    ),
    ("breakdown-mismatch", split(45, 30, 3, 11, 1)),
    ("fee-statement-missing", Subject(report("2019", texts={6: "无。"}))),
    (
        "assessment-statement-missing",
        Subject(report(texts={1: LONG}), agency=agency(AgencyKind.LOCAL_DEPARTMENT, name="平川市教育局")),
    ),
    (
        "placeholder-text",
        Subject(
            report(
                texts={5: "网页http://xx.pingchuan.gov.cn/XX/list.html和邮箱xxgk@pingchuan.gov.cn偶有打不开的情况。"}
            )
        ),
    ),
    ("copied-from-last-year", Subject(report(), previous=report(year=2023, texts={1: LONG}))),
    ("copied-from-peer", Subject(report(), peers=(("平川市青石镇人民政府", report(texts={1: LONG, 5: LONG})),))),
    (
        "personal-data",
        Subject(report(texts={5: "索引号110105194912310021与平台编号不一致，登记值班电话0536-7654321。"})),
    ),
    ("published-too-early", Subject(replace(report(), signed_on=date(2024, 12, 31)))),
    ("revised", Subject(report(), earlier_version=report(texts={1: LONG}))),
    ("contact-missing", Subject(report())),
    (
        "link-malformed",
        Subject(report(texts={6: "未收取信息处理费。网站支持http和https协议，见https://www.pingchuan.gov.cn/nb/。"})),
    ),
    ("converter-residue", Subject(report(texts={6: "未收取信息处理费 [注：R&D 项目除外]，数量<10。"}))),
]
"""Rule, and what comes close to breaking it without doing so."""


def findings(subject) -> tuple[Finding, ...]:
    return judge(subject) if isinstance(subject, Subject) else subject


@pytest.mark.parametrize(
    ("rule", "subject", "where", "severity", "message"), BREAKS, ids=[example[0] for example in BREAKS]
)
def test_a_report_that_breaks_a_rule_is_told_so(rule, subject, where, severity, message):
    found = [finding for finding in findings(subject) if finding.rule == rule]

    assert [(finding.where, finding.severity, finding.message) for finding in found[:1]] == [(where, severity, message)]


@pytest.mark.parametrize(("rule", "subject"), KEEPS, ids=[example[0] for example in KEEPS])
def test_a_report_that_only_comes_close_is_left_alone(rule, subject):
    assert [finding for finding in findings(subject) if finding.rule == rule] == []


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_an_example_that_breaks_it_and_one_that_keeps_it(rule):
    breaking, keeping = [example[0] for example in BREAKS], [example[0] for example in KEEPS]

    assert (rule in breaking, rule in keeping) == (True, True)


@pytest.mark.parametrize(
    ("rule", "subject"),
    [(rule, subject) for rule, subject, *_ in BREAKS if isinstance(subject, Subject)],
    ids=[rule for rule, subject, *_ in BREAKS if isinstance(subject, Subject)],
)
def test_every_message_can_be_said_in_english_too(rule, subject):
    found = [finding for finding in judge(replace(subject, language="en")) if finding.rule == rule]

    in_chinese = [finding for finding in judge(subject) if finding.rule == rule]
    assert [(each.where, each.severity) for each in found] == [(each.where, each.severity) for each in in_chinese]
    own_words = [re.sub("“[^”]*”", "", finding.message) for finding in found]
    assert [words for words in own_words if re.search("[，。：（）]", words)] == []


def test_the_usual_report_of_either_form_has_no_finding_at_all():
    assert (judge(Subject(report("2019"))), judge(Subject(report("2021")))) == ((), ())


RULES_IN_FORCE = report(cells={"disclosure/rules/in_force": 3})


@pytest.mark.parametrize(
    ("printed", "expected", "rules"),
    [
        ("雷庄镇", (), ["rules-by-unauthorised-level"]),
        ("平川市新安街道办事处", (), ["rules-by-unauthorised-level"]),
        ("平川市教育局", (), ["rules-by-unauthorised-level"]),
        (None, ("平川市教育局",), ["rules-by-unauthorised-level"]),
        ("教育局", (), []),
        ("平川市人民政府", (), []),
        ("江南省人民政府", (), []),
        ("国家市场监督管理总局", (), []),
        (None, (), []),
    ],
)
def test_without_a_registry_only_a_printed_name_beyond_doubt_denies_the_power_to_make_rules(printed, expected, rules):
    given = replace(RULES_IN_FORCE, agency_name=printed, agency_readings={})

    found = judge(Subject(given, expected_names=expected))

    assert [each.rule for each in found if each.rule.startswith("rules-by")] == rules


@pytest.mark.parametrize(
    ("printed", "is_government"),
    [("雷庄镇", True), ("平川市民意乡", True), ("平川市人民政府", True), ("新安街道", False), ("平川市教育局", False)],
)
def test_without_a_registry_a_towns_name_alone_makes_it_a_government(printed, is_government):
    given = replace(report(texts={1: LONG}), agency_name=printed, agency_readings={})

    rules = [each.rule for each in judge(Subject(given))]

    assert rules == ["assessment-statement-missing"] * is_government
