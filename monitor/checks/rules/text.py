"""Rules on what the text of a report says, copies, or should not have left in."""

from __future__ import annotations

from monitor.checks.rules.model import FORM, Rule, Words
from storage.records import Severity

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_COPY = {
    "": Words(
        "第一、五部分与{source}的相似度为{percent}%{manner}。",
        "Sections 1 and 5 are {percent}% the same as {source}{manner}.",
    )
}

NARRATIVE_RULES = (
    Rule(
        "narrative-contradiction",
        _WARNING,
        Words("文字与表格数据矛盾", "Text and tables contradict each other"),
        Words("核对文字表述与统计表，使两者一致。", "Make text and tables agree."),
        FORM,
        {
            "figure": Words(
                "第{section}部分称“{quote}”，而{table_says}。", "Section {section} says “{quote}”, but {table_says}."
            ),
            "self": Words(
                "同一数据前后不一：第{section}部分称“{quote}”，另一处称“{other}”。",
                "The text disagrees with itself: section {section} says “{quote}”, elsewhere “{other}”.",
            ),
            "share": Words(
                "第{section}部分称{part}占{total}的{stated}%，实为{actual}%。",
                "Section {section} says that {part} of {total} are {stated}%; they are {actual}%.",
            ),
        },
    ),
    Rule(
        "breakdown-mismatch",
        _WARNING,
        Words("文字中的分项之和不等于总数", "Parts in the text do not add up to their total"),
        Words("核对总数和各分项。", "Check the total and its parts."),
        FORM,
        {
            "": Words(
                "第{section}部分：总数{total}，分项{parts}之和为{sum}，相差{difference}。",
                "Section {section}: the total is {total}, the parts {parts} add up to {sum}; off by {difference}.",
            )
        },
    ),
    Rule(
        "fee-statement-missing",
        _WARNING,
        Words("未报告信息处理费情况", "Nothing is said on information processing fees"),
        Words(
            "在第六部分写明发出收费通知的件数、总金额和实际收取的总金额；没有的，说明未收取。",
            "State in section 6 the fee notices issued, their total and what was collected, or that there were none.",
        ),
        ("fees-2020", "form-2021"),
        {
            "": Words(
                "第六部分没有报告收取信息处理费的情况。", "Section 6 does not report on information processing fees."
            )
        },
    ),
    Rule(
        "assessment-statement-missing",
        _WARNING,
        Words("未报告考核、评议和责任追究情况", "Assessment, public review and accountability are not reported"),
        Words(
            "政府的年度报告应写明工作考核、社会评议和责任追究结果情况。",
            "A government's report must give the results of assessment, public review and accountability.",
        ),
        ("regulations-2019-50-1", "form-2021"),
        {"": Words("政府的年度报告没有写明{lacking}情况。", "A government's report must cover {lacking}.")},
    ),
    Rule(
        "placeholder-text",
        _ERROR,
        Words("留有模板占位文字", "Template text was left in"),
        Words("填写实际内容，删除模板文字。", "Fill in what is meant and delete the template's text."),
        FORM,
        {
            "": Words("{place}留有模板文字“{quote}”。", "{place}: template text “{quote}” was left in."),
            "hint": Words(
                "{place}出现“{quote}”，请核对是否为模板文字。", "{place}: is “{quote}” left over from a template?"
            ),
        },
        also=(_INFO,),
    ),
    Rule(
        "copied-from-last-year",
        _ERROR,
        Words("与上一年报告雷同", "The text repeats last year's report"),
        Words(
            "按本年度实际情况重新撰写总体情况和存在问题。", "Write the overview and the problems anew for this year."
        ),
        ("regulations-2019-50-1", "form-2021"),
        _COPY,
        also=(_WARNING,),
    ),
    Rule(
        "copied-from-peer",
        _INFO,
        Words("与其他机关的报告雷同", "The text repeats another agency's report"),
        Words("结合本机关实际撰写。", "Write about the agency's own work."),
        ("regulations-2019-50-1", "form-2021"),
        _COPY,
    ),
)

RESIDUE_RULES = (
    Rule(
        "personal-data",
        _ERROR,
        Words("含有个人信息", "Personal data is published"),
        Words(
            "立即删除或者作去标识化处理，并检查网站其他页面和搜索缓存。",
            "Remove or mask it at once, and look for it on other pages and in caches.",
        ),
        ("personal-information", "regulations-2019-32"),
        {
            "identity_number": Words(
                "{place}有公民身份号码（{masked}）。", "{place} holds an identity card number ({masked})."
            ),
            "bank_card": Words("{place}有银行卡号（{masked}）。", "{place} holds a bank card number ({masked})."),
            "mobile": Words(
                "{place}有手机号码（{masked}），请核对是否为个人号码。",
                "{place} holds a mobile number ({masked}); check whether it is a person's.",
            ),
            "name": Words("{place}可能有申请人姓名（{masked}）。", "{place} may name an applicant ({masked})."),
        },
        also=(_WARNING,),
    ),
    Rule(
        "contact-missing",
        _INFO,
        Words("联系方式不全", "The contact line is incomplete"),
        Words("写明联系地址和带区号的联系电话。", "Give an address and a telephone number with its area code."),
        ("form-2021",),
        {
            "lacking": Words("报告没有写明{lacking}。", "The report gives no {lacking}."),
            "area_code": Words("联系电话{phone}没有区号。", "The telephone number {phone} has no area code."),
        },
    ),
    Rule(
        "link-malformed",
        _INFO,
        Words("网址书写错误", "A web address is malformed"),
        Words("改正网址。", "Correct the address."),
        ("form-2021",),
        {"": Words("{place}的网址“{quote}”书写有误。", "{place}: the address “{quote}” is malformed.")},
    ),
    Rule(
        "converter-residue",
        _INFO,
        Words("留有文档转换的残余字符", "Residue of a document converter was left in"),
        Words("删除残余字符。", "Delete it."),
        ("form-2021",),
        {"": Words("{place}留有“{quote}”。", "{place}: “{quote}” was left in.")},
    ),
)
