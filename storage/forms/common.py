"""What both unified forms share: the six sections, table 3's columns and most rows, table 4.

Source: annexes of 国办公开办函〔2019〕60号 and 〔2021〕30号; aliases as met in published reports.
"""

from __future__ import annotations

from storage.forms.model import Block, FormSection, FormTable, Group, Identity, Line

SECTIONS = (
    FormSection(1, "总体情况", ("总体", "概述", "概况"), may_say_nothing=False),
    FormSection(
        2,
        "主动公开政府信息情况",
        ("主动公开",),
        ("主动公开政府信息的情况", "主动公开政府政府情况"),
    ),
    FormSection(3, "收到和处理政府信息公开申请情况", ("收到和处理", "申请")),
    FormSection(
        4,
        "政府信息公开行政复议、行政诉讼情况",
        ("复议", "诉讼"),
        ("因政府信息公开工作被申请行政复议、提起行政诉讼情况",),
    ),
    FormSection(
        5,
        "存在的主要问题及改进情况",
        ("问题",),
        ("政府信息公开工作存在的主要问题及改进情况",),
        may_say_nothing=False,
    ),
    FormSection(6, "其他需要报告的事项", ("其他",)),
)

APPLICANTS = (
    Line("natural_person", "自然人"),
    Line("commercial_enterprise", "商业企业"),
    Line("research_institute", "科研机构"),
    Line("social_welfare_org", "社会公益组织"),
    Line("legal_service_org", "法律服务机构"),
    Line("other_org", "其他"),
    Line("total", "总计"),
)
APPLICANT_KINDS = tuple(line.key for line in APPLICANTS[:-1])

ITEM_HEADER = "信息内容"
APPLICANT_HEADER = "申请人情况"
ORGANISATION_HEADER = "法人或其他组织"
LITIGATION_HEADER = "行政诉讼"
"""Header words of tables 2, 3 and 4 that stand over columns or blocks and name no number."""

CORNER = "(本列数据的勾稽关系为:第一项加第二项之和,等于第三项加第四项之和)"

OUTCOMES = Group("outcomes", "三、本年度办理结果", ("三、本年办理结果",))
REFUSED = Group("refused", "(三)不予公开")
UNAVAILABLE = Group("unavailable", "(四)无法提供")
NOT_PROCESSED = Group("not_processed", "(五)不予处理")

RECEIVED_ROWS = (
    Line("new_received", "一、本年新收政府信息公开申请数量"),
    Line("carried_over", "二、上年结转政府信息公开申请数量"),
)

SHARED_OUTCOME_ROWS = (
    Line("granted", "(一)予以公开", group="outcomes"),
    Line(
        "partly_granted",
        "(二)部分公开(区分处理的,只计这一情形,不计其他情形)",
        ("(二)部分公开(区分处理的,只计这一情况,不计其他情形)", "(二)部分公开"),
        group="outcomes",
    ),
    Line("refused_state_secret", "1.属于国家秘密", group="refused"),
    Line("refused_forbidden_by_law", "2.其他法律行政法规禁止公开", group="refused"),
    Line("refused_security_and_stability", "3.危及“三安全一稳定”", group="refused"),
    Line("refused_third_party_rights", "4.保护第三方合法权益", group="refused"),
    Line("refused_internal_affairs", "5.属于三类内部事务信息", ("5.属于三类内容事务信息",), group="refused"),
    Line("refused_process_information", "6.属于四类过程性信息", group="refused"),
    Line("refused_enforcement_files", "7.属于行政执法案卷", group="refused"),
    Line("refused_administrative_queries", "8.属于行政查询事项", group="refused"),
    Line("unavailable_not_held", "1.本机关不掌握相关政府信息", group="unavailable"),
    Line("unavailable_needs_creation", "2.没有现成信息需要另行制作", group="unavailable"),
    Line("unavailable_still_unclear", "3.补正后申请内容仍不明确", group="unavailable"),
    Line("not_processed_petition", "1.信访举报投诉类申请", group="not_processed"),
    Line("not_processed_repeat", "2.重复申请", group="not_processed"),
    Line("not_processed_publication", "3.要求提供公开出版物", group="not_processed"),
    Line("not_processed_excessive", "4.无正当理由大量反复申请", group="not_processed"),
    Line("not_processed_reissue", "5.要求行政机关确认或重新出具已获取信息", group="not_processed"),
)

CLOSING_ROWS = (
    Line("outcome_total", "(七)总计", group="outcomes"),
    Line("carried_forward", "四、结转下年度继续办理"),
)


def applications_table(other_rows: tuple[Line, ...], other_groups: tuple[Group, ...]) -> FormTable:
    """Table 3 with the rows under （六）其他处理 that tell the two forms apart."""
    outcome_rows = (*SHARED_OUTCOME_ROWS, *other_rows)
    return FormTable(
        key="applications",
        title="收到和处理政府信息公开申请情况",
        section=3,
        corner=CORNER,
        blocks=(Block("", (*RECEIVED_ROWS, *outcome_rows, *CLOSING_ROWS), APPLICANTS),),
        groups=(OUTCOMES, REFUSED, UNAVAILABLE, NOT_PROCESSED, *other_groups),
        identities=(
            Identity(
                "applications-balance",
                "rows",
                ("new_received", "carried_over"),
                ("outcome_total", "carried_forward"),
            ),
            Identity(
                "applications-outcome-total",
                "rows",
                tuple(row.key for row in outcome_rows),
                ("outcome_total",),
            ),
            Identity("applications-row-total", "columns", APPLICANT_KINDS, ("total",)),
        ),
    )


REVIEWS = FormTable(
    key="reviews",
    title="政府信息公开行政复议、行政诉讼情况",
    section=4,
    is_flat=True,
    blocks=(
        Block(
            "",
            (
                Line("administrative_review", "行政复议"),
                Line("litigation_without_review", "未经复议直接起诉"),
                Line("litigation_after_review", "复议后起诉"),
            ),
            (
                Line("upheld", "结果维持"),
                Line("corrected", "结果纠正"),
                Line("other", "其他结果"),
                Line("pending", "尚未审结"),
                Line("total", "总计"),
            ),
        ),
    ),
    identities=(Identity("reviews-total", "columns", ("upheld", "corrected", "other", "pending"), ("total",)),),
)
