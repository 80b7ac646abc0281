"""Rules on the figures in the tables: cells, sums, plausibility, and the year before."""

from __future__ import annotations

from monitor.checks.rules.model import FORM, Rule, Words
from storage.records import Severity

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_SUM = {"": Words("{line}：{left}，而{right}，相差{difference}。", "{line}: {left}, but {right}; off by {difference}.")}
_DISCLOSURE = ("regulations-2019-20", *FORM)

CELL_RULES = (
    Rule(
        "cell-count",
        _ERROR,
        Words("一行的数据个数不对", "A row has the wrong number of figures"),
        Words("按统一格式逐列填写，一列一个数。", "Fill in the row column by column, one figure in each."),
        FORM,
        {
            "": Words(
                "{place}应有{expected}个数，实有{found}个。", "{place} should have {expected} figures and has {found}."
            ),
            "all_zero": Words(
                "{place}应有{expected}个数，实有{found}个，均为0，按0计。",
                "{place} should have {expected} figures and has {found}, all 0; they are taken as 0.",
            ),
        },
        also=(_WARNING,),
    ),
    Rule(
        "cell-blank",
        _WARNING,
        Words("统计表有空格", "A cell is blank"),
        Words(
            "没有发生的项目填0，不留空，也不用“/”“-”“无”代替。",
            "Enter 0 for what did not occur; no blanks, “/”, “-” or “none”.",
        ),
        FORM,
        {
            "one": Words("{place}没有填数{printed}。", "{place} has no figure{printed}."),
            "several": Words(
                "{place}有{count}格没有填数：{columns}。", "{place} has {count} cells without a figure: {columns}."
            ),
            "table": Words("{place}全部{count}格都没有填数。", "{place} has no figure in any of its {count} cells."),
        },
    ),
    Rule(
        "cell-not-a-number",
        _ERROR,
        Words("格内填写的不是数", "A cell holds something that is no number"),
        Words("改填阿拉伯数字。", "Enter a number in digits."),
        FORM,
        {"": Words("{place}填写的是“{printed}”，不是数。", "{place} holds “{printed}”, which is no number.")},
    ),
    Rule(
        "cell-negative",
        _ERROR,
        Words("数据为负数", "A figure is negative"),
        Words("核对后改正，该项不可能为负数。", "Check and correct it; this cannot be negative."),
        FORM,
        {"": Words("{place}填写的是{printed}，不可能为负数。", "{place} holds {printed}, which cannot be negative.")},
    ),
    Rule(
        "cell-not-whole",
        _ERROR,
        Words("件数不是整数", "A count is not a whole number"),
        Words("核对后改填整数。", "Check it and enter a whole number."),
        FORM,
        {"": Words("{place}填写的是{printed}，件数应为整数。", "{place} holds {printed}; a count must be whole.")},
    ),
    Rule(
        "sources-differ",
        _WARNING,
        Words("网页与附件的数据不一致", "Page and attachment give different figures"),
        Words(
            "核对后使网页正文与附件、各附件之间一致。",
            "Check the figures and make the page and its attachments agree.",
        ),
        FORM,
        {
            "": Words(
                "{place}在不同来源中所印不同：{sources}。", "{place} is printed differently in its sources: {sources}."
            )
        },
    ),
)

SUM_RULES = (
    Rule(
        "applications-balance",
        _ERROR,
        Words(
            "新收加结转与办结加结转下年不平衡", "Received and carried over do not balance handled and carried forward"
        ),
        Words(
            "逐列核对：第一项加第二项之和，应等于第三项总计加第四项之和。",
            "Check each column: the first item plus the second must equal the third's total plus the fourth.",
        ),
        FORM,
        _SUM,
    ),
    Rule(
        "applications-outcome-total",
        _ERROR,
        Words("办理结果各行之和不等于总计", "The outcomes do not add up to their total"),
        Words("逐列核对办理结果各行之和与总计。", "Check in each column that the outcomes add up to their total."),
        FORM,
        _SUM,
    ),
    Rule(
        "applications-row-total",
        _ERROR,
        Words("各类申请人之和不等于总计", "The applicants do not add up to the row's total"),
        Words("逐行核对各类申请人之和与总计。", "Check in each row that the kinds of applicant add up to the total."),
        FORM,
        _SUM,
    ),
    Rule(
        "reviews-total",
        _ERROR,
        Words("复议、诉讼各类结果之和不等于总计", "The results of reviews or suits do not add up to their total"),
        Words("核对各类结果之和与总计。", "Check that the results add up to the total."),
        FORM,
        _SUM,
    ),
)

DISCLOSURE_RULES = (
    Rule(
        "disclosure-stock-negative",
        _ERROR,
        Words("上一年数量加增减后为负数", "Last year's items plus the change are below zero"),
        Words("核对上一年项目数量和本年增减。", "Check last year's number of items and this year's change."),
        _DISCLOSURE,
        {
            "": Words(
                "{place}：上一年{previous}，本年增减{change}，得{stock}，不可能为负数。",
                "{place}: {previous} last year and a change of {change} leave {stock}, which cannot be negative.",
            )
        },
    ),
    Rule(
        "disclosure-total-below-new",
        _WARNING,
        Words("公开总数小于本年新公开数", "More was newly disclosed than is disclosed in total"),
        Words("核对本年新公开数量和对外公开总数量。", "Check the newly disclosed number and the total."),
        _DISCLOSURE,
        {
            "": Words(
                "{place}：对外公开总数{total}小于本年新公开数{new}。",
                "{place}: {total} disclosed in total is less than {new} newly disclosed.",
            )
        },
    ),
    Rule(
        "disclosure-decisions-without-items",
        _WARNING,
        Words("有处理决定而没有对应项目", "There are decisions but no items to decide on"),
        Words("核对项目数量：有处理决定的，应有对应的项目。", "Check the number of items: decisions need items."),
        _DISCLOSURE,
        {
            "": Words(
                "{place}：处理决定{decisions}件，而上一年项目数加本年增减为{stock}。",
                "{place}: {decisions} decisions, but last year's items plus the change are {stock}.",
            )
        },
    ),
    Rule(
        "disclosure-in-force-too-low",
        _WARNING,
        Words("现行有效数少于本年制发减废止", "Fewer are in force than were issued less repealed"),
        Words("核对制发、废止和现行有效件数。", "Check the numbers issued, repealed and in force."),
        _DISCLOSURE,
        {
            "": Words(
                "{place}：本年制发{issued}件、废止{repealed}件，现行有效却只有{in_force}件。",
                "{place}: {issued} issued and {repealed} repealed this year, but only {in_force} in force.",
            )
        },
    ),
    Rule(
        "procurement-amount-without-items",
        _WARNING,
        Words("采购数量与金额不相称", "Procurement items and amount do not match"),
        Words(
            "核对采购项目数量和采购总金额，两者应同为0或同不为0。",
            "Check both figures: either both are 0 or neither is.",
        ),
        _DISCLOSURE,
        {
            "": Words(
                "{place}：采购项目{items}个，采购总金额{amount}。",
                "{place}: {items} items, but an amount of {amount}.",
            )
        },
    ),
    Rule(
        "rules-by-unauthorised-level",
        _WARNING,
        Words("该级机关无权制定规章", "An agency of that level cannot issue rules"),
        Words(
            "规章只能由国务院部门、省级和设区的市级政府制定；文件应计入规范性文件。",
            "Only ministries, provinces and cities with districts issue rules; count such texts as documents.",
        ),
        ("legislation", *_DISCLOSURE),
        {
            "": Words(
                "{place}填写了{value}，而{agency}无权制定规章。",
                "{place} holds {value}, but {agency} has no power to issue rules.",
            )
        },
    ),
    Rule(
        "fee-unit-suspect",
        _WARNING,
        Words("收费金额的单位可疑", "The unit of the fees is doubtful"),
        Words("该栏单位为万元，请核对是否误填为元。", "The unit is 10,000 yuan; check whether yuan was entered."),
        _DISCLOSURE,
        {
            "": Words(
                "{place}填写的是{amount}，单位为万元，数额异常，可能误以元填报。",
                "{place} holds {amount}; in units of 10,000 yuan that is implausible, perhaps yuan was entered.",
            )
        },
    ),
)

HISTORY_RULES = (
    Rule(
        "carry-over-mismatch",
        _WARNING,
        Words("上年结转与上一年报告不一致", "What was carried over differs from last year's report"),
        Words(
            "与上一年报告的“结转下年度继续办理”核对；因机构合并、口径调整等不一致的，请说明。",
            "Compare with what last year's report carried forward; explain mergers or changes of scope.",
        ),
        FORM,
        {
            "": Words(
                "“{column}”列：上年结转{printed}，而上一年报告结转下年度为{carried}。",
                "Column “{column}”: {printed} carried over, but last year's report carried {carried} forward.",
            )
        },
    ),
    Rule(
        "in-force-mismatch",
        _INFO,
        Words("现行有效件数与上一年衔接不上", "The number in force does not follow from last year's"),
        Words(
            "核对现行有效件数；有效期届满失效、口径调整的，可在报告中说明。",
            "Check the number in force; expiry or a changed scope may be explained in the report.",
        ),
        _DISCLOSURE,
        {
            "": Words(
                "{place}：上一年现行有效{before}件，本年制发{issued}件、废止{repealed}件，应为{expected}件，填报{in_force}件。",
                "{place}: {before} last year, {issued} issued and {repealed} repealed make {expected}, not {in_force}.",
            )
        },
    ),
)
