"""What judging as a whole promises: order, evidence, verdict, and silence on what was not read."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.checks import RULES, Subject, content_verdict, judge
from storage.forms import FORMS
from storage.records import Content, Finding, Severity
from storage.report import Section, Statement, StatementKind
from tests.builders import TEXTS, agency, balanced_facts, report, with_section, without_table

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def rules(subject: Subject) -> list[str]:
    return [finding.rule for finding in judge(subject)]


def test_a_broken_balance_carries_every_operand_and_both_sums():
    cells = {"applications/new_received/total": 12, "applications/outcome_total/total": 11}
    cells |= {"applications/carried_over/total": 0, "applications/carried_forward/total": 0}

    found = judge(Subject(report(cells=cells)))

    assert next(finding for finding in found if finding.rule == "applications-balance") == Finding(
        "applications-balance",
        ERROR,
        "applications/new_received/total",
        "“总计”列：第一项12＋第二项0＝12，而第三项（七）总计11＋第四项0＝11，相差1。",
        {
            "operands": {
                "applications/new_received/total": 12,
                "applications/carried_over/total": 0,
                "applications/outcome_total/total": 11,
                "applications/carried_forward/total": 0,
            },
            "left": 12,
            "right": 11,
            "difference": 1,
        },
    )


def test_the_same_breach_in_english_names_the_same_figures():
    cells = {"applications/new_received/total": 12, "applications/carried_forward/total": 0}
    cells |= {"applications/carried_over/total": 0, "applications/outcome_total/total": 11}

    found = judge(Subject(report(cells=cells), language="en"))

    assert [finding.message for finding in found if finding.rule == "applications-balance"] == [
        (
            "Column “total”: new received 12 + carried over 0 = 12, "
            "but outcome total 11 + carried forward 0 = 11; off by 1."
        )
    ]


def test_errors_come_first_and_each_severity_in_the_order_of_the_form():
    cells = {"reviews/administrative_review/total": 9, "applications/granted/total": 11}
    cells |= {"disclosure/rules/issued": None, "disclosure/licensing/decisions": "多件"}

    found = judge(Subject(report(cells=cells, texts={6: "无。"})))

    assert [(finding.severity, finding.where) for finding in found] == [
        (ERROR, "disclosure/licensing/decisions"),
        (ERROR, "applications/granted/natural_person"),
        (ERROR, "applications/granted/total"),
        (ERROR, "reviews/administrative_review/upheld"),
        (WARNING, "disclosure/rules/issued"),
        (WARNING, "sections/6"),
    ]


def test_a_blank_operand_leaves_its_sums_untested():
    cells = {"applications/new_received/total": None, "applications/new_received/natural_person": 99}

    found = judge(Subject(report(cells=cells)))

    assert [(finding.rule, finding.where) for finding in found] == [
        ("applications-balance", "applications/new_received/natural_person"),
        ("cell-blank", "applications/new_received/total"),
    ]


def test_blanks_of_one_row_are_one_finding_and_so_are_those_of_a_whole_table():
    blank_row = {f"applications/granted/{column}": None for column in ("natural_person", "research_institute")}
    blank_table = {cell.path: None for cell in report().facts if cell.table == "disclosure"}

    found = [*judge(Subject(report(cells=blank_row))), *judge(Subject(report(cells=blank_table)))]

    assert [(finding.where, finding.message) for finding in found] == [
        ("applications/granted", "第三部分表格“（一）予以公开”行有2格没有填数：自然人、科研机构。"),
        ("disclosure", "第二部分表格全部10格都没有填数。"),
    ]


def test_three_absent_tables_are_three_errors_and_nothing_is_said_of_their_cells():
    bare = report()
    for table in ("disclosure", "applications", "reviews"):
        bare = without_table(bare, table)

    assert rules(Subject(bare)) == ["table-missing"] * 3


def test_a_table_of_which_only_the_header_is_left_is_missing():
    header_only = replace(without_table(report(), "applications"), tables=report().tables)

    assert [(each.rule, each.where) for each in judge(Subject(header_only))] == [("table-missing", "applications")]


def test_a_section_of_pictures_is_unread_and_not_empty():
    given_pictures = with_section(report(), Section(1, "总体情况", "见图：", pictures=("p1.png", "p2.png")))

    assert rules(Subject(given_pictures)) == []


def test_a_report_on_a_year_without_a_form_is_judged_by_date_and_by_what_was_expected_only():
    old = replace(report(), form=None, report_year=2016, sections=(), tables=frozenset(), facts={})
    old = replace(old, period=(date(2015, 12, 1), date(2016, 10, 30)), published_on=date(2016, 10, 31), dates=())
    old = replace(old, year_readings={"title": 2016, "body": 2015}, agency_readings={}, signed_on=None)

    assert rules(Subject(old)) == ["published-too-early"]
    assert rules(Subject(old, report_year=2024)) == ["year-mismatch", "published-too-early"]


def test_a_report_of_which_neither_year_nor_form_is_known_is_not_judged():
    unknown = replace(report(), form=None, report_year=None, year_readings={}, period=None, sections=(), facts={})

    assert rules(Subject(unknown)) == []


def test_without_any_table_the_year_tells_which_form_was_due():
    bare = replace(report(), form=None, tables=frozenset(), facts={})

    assert rules(Subject(bare)) == ["table-missing"] * 3


def test_publication_says_nothing_about_content():
    early = judge(Subject(replace(report(), published_on=date(2024, 12, 1), dates=())))
    missing = Finding("missing", ERROR, "", "")
    broken = judge(Subject(report(texts={4: None})))

    assert [content_verdict(found) for found in ((), early, (missing,), broken)] == [
        Content.OK,
        Content.OK,
        Content.OK,
        Content.MALFORMED,
    ]


def test_only_publication_rules_leave_the_content_alone():
    silent = [name for name, rule in RULES.items() if not rule.counts_towards_content]

    assert silent == ["missing", "late", "withdrawn", "published-too-early", "revised"]


@pytest.mark.parametrize(
    "statement",
    [
        Statement(StatementKind.APPLICATIONS_NONE, None, 1, "未收到申请"),
        Statement(StatementKind.APPLICATIONS_HANDLED, 13, 1, "办结13件"),
        Statement(StatementKind.APPLICATIONS_CARRIED_FORWARD, 2, 1, "结转下年度2件"),
        Statement(StatementKind.REVIEWS, 4, 1, "行政复议4件"),
        Statement(StatementKind.REVIEWS_NONE, None, 4, "未发生行政复议"),
        Statement(StatementKind.LITIGATION, 1, 4, "行政诉讼1件"),
        Statement(StatementKind.APPLICATIONS_RECEIVED_WITH_CARRIED_OVER, 16, 1, "共受理16件，含上年结转"),
        Statement(StatementKind.APPLICATIONS_RECEIVED, 20, 1, "收到申请20件，其中网络申请8件"),
        Statement(
            StatementKind.APPLICATIONS_RECEIVED,
            2,
            1,
            "2024年通过问卷等渠道了解到，全年各站所一共实际收到政府信息公开申请2件",
        ),
        Statement(StatementKind.APPLICATIONS_NONE, None, 1, "2024年通过网站公开信息，未收到依申请公开"),
    ],
    ids=lambda statement: statement.text,
)
def test_a_figure_in_the_text_that_no_table_bears_out_is_a_contradiction(statement):
    assert rules(Subject(replace(report(), statements=(statement,)))) == ["narrative-contradiction"]


@pytest.mark.parametrize(
    "statement",
    [
        Statement(StatementKind.APPLICATIONS_RECEIVED, 14, 1, "收到申请14件"),
        Statement(StatementKind.APPLICATIONS_RECEIVED, 8, 1, "其中网络申请8件"),
        Statement(StatementKind.APPLICATIONS_NONE, None, 1, "收到申请14件，未收到信函申请"),
        Statement(StatementKind.APPLICATIONS_RECEIVED_WITH_CARRIED_OVER, 14, 1, "新收14件，上年结转1件"),
        Statement(StatementKind.APPLICATIONS_HANDLED, 14, 1, "办结14件"),
        Statement(StatementKind.REVIEWS, 3, 4, "行政复议3件"),
        Statement(StatementKind.REVIEWS, 120, 1, "全年审结行政复议案件120件"),
        Statement(StatementKind.LITIGATION_NONE, None, 4, "未发生行政诉讼"),
    ],
    ids=lambda statement: statement.text,
)
def test_a_figure_in_the_text_that_the_tables_bear_out_is_none(statement):
    assert rules(Subject(replace(report(), statements=(statement,)))) == []


def test_where_the_table_has_no_number_the_text_is_held_against_itself():
    statements = tuple(
        Statement(StatementKind.APPLICATIONS_RECEIVED, value, 1, f"收到申请{value}件") for value in (20, 16)
    )
    silent = replace(report(cells={"applications/new_received/total": None}), statements=statements)

    found = [finding.message for finding in judge(Subject(silent)) if finding.rule == "narrative-contradiction"]

    assert found == ["同一数据前后不一：第一部分称“收到申请16件”，另一处称“收到申请20件”。"]


def test_a_denied_fee_notice_contradicts_a_request_closed_for_an_unpaid_fee():
    counts = {"applications/new_received": {"natural_person": 1}, "applications/outcome_total": {"natural_person": 1}}
    counts["applications/other_fee_unpaid"] = {"natural_person": 1}
    denying = replace(report(texts={6: "全年未发出收费通知。"}), facts=balanced_facts("2021", counts))

    found = judge(Subject(denying))

    assert [(finding.rule, finding.message) for finding in found] == [
        (
            "narrative-contradiction",
            (
                "第六部分称“未发出收费通知”，而表格“总计”列（六）其他处理·2.申请人逾期未按收费通知要求缴纳费用、"
                "行政机关不再处理其政府信息公开申请为1。"
            ),
        )
    ]


applicants = st.fixed_dictionaries(
    {}, optional={key: st.integers(0, 500) for key in ("natural_person", "commercial_enterprise", "other_org")}
)


@st.composite
def balanced_reports(draw):
    """A report in either form with any figures that a true one could hold."""
    form = draw(st.sampled_from(("2019", "2021")))
    table = FORMS[form].table("applications")
    outcomes = next(identity.left for identity in table.identities if identity.rule == "applications-outcome-total")
    counts = {f"applications/{row}": draw(applicants) for row in draw(st.lists(st.sampled_from(outcomes), unique=True))}
    handled = _added(counts.values())
    forward = draw(applicants)
    over = {key: draw(st.integers(0, value)) for key, value in handled.items()}
    counts["applications/outcome_total"], counts["applications/carried_forward"] = handled, forward
    counts["applications/carried_over"] = over
    counts["applications/new_received"] = {
        key: value - over.get(key, 0) for key, value in _added((handled, forward)).items()
    }
    for row in ("administrative_review", "litigation_without_review", "litigation_after_review"):
        keys = ("upheld", "corrected", "other", "pending")
        counts[f"reviews/{row}"] = {key: draw(st.integers(0, 50)) for key in keys}
    return replace(report(form), facts=balanced_facts(form, counts))


def _added(each):
    total = {}
    for counts in each:
        for key, value in counts.items():
            total[key] = total.get(key, 0) + value
    return total


@given(balanced_reports())
def test_a_true_report_of_any_size_has_no_finding(given_report):
    assert judge(Subject(given_report, agency=agency())) == ()


@given(balanced_reports(), st.data())
def test_one_changed_figure_of_the_applications_is_always_noticed(given_report, data):
    cell = data.draw(st.sampled_from([cell for cell in given_report.facts if cell.table != "disclosure"]))
    value = given_report.facts[cell].value + data.draw(st.integers(1, 9))
    changed = replace(given_report, facts={**given_report.facts, cell: replace(given_report.facts[cell], value=value)})

    found = judge(Subject(changed))

    assert any(cell.path in finding.evidence["operands"] for finding in found)
    assert {finding.severity for finding in found} == {ERROR}


def test_evidence_of_every_kind_goes_into_json():
    cells = {"disclosure/fees/amount": "约3.5", "applications/granted/total": 99, "disclosure/rules/issued": None}
    subject = Subject(
        report(cells=cells, texts={1: TEXTS[1] + "XX", 6: None}),
        agency=agency(),
        report_year=2022,
        previous=report(year=2023),
        earlier_version=report(),
    )

    found = judge(subject)

    assert [json.loads(json.dumps(finding.evidence)) for finding in found] == [finding.evidence for finding in found]
