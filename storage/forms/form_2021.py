"""The form of 国办公开办函〔2021〕30号: report years from 2021 on, 10 + 175 + 15 cells."""

from __future__ import annotations

from storage.forms.common import REVIEWS, SECTIONS, applications_table
from storage.forms.model import Block, Form, FormTable, Group, Line

_DECISIONS = Line("decisions", "本年处理决定数量", ("处理决定数量",))

DISCLOSURE = FormTable(
    key="disclosure",
    title="主动公开政府信息情况",
    section=2,
    blocks=(
        Block(
            "第二十条第(一)项",
            (Line("rules", "规章"), Line("normative_documents", "行政规范性文件", ("规范性文件",))),
            (
                Line("issued", "本年制发件数"),
                Line("repealed", "本年废止件数"),
                Line("in_force", "现行有效件数", ("现行有效件", "现行有效件数(历史累计)")),
            ),
        ),
        Block("第二十条第(五)项", (Line("licensing", "行政许可"),), (_DECISIONS,)),
        Block(
            "第二十条第(六)项",
            (Line("penalties", "行政处罚"), Line("coercion", "行政强制")),
            (_DECISIONS,),
        ),
        Block(
            "第二十条第(八)项",
            (Line("fees", "行政事业性收费"),),
            (Line("amount", "本年收费金额(单位:万元)", ("本年收费金额",), unit="万元", is_money=True),),
        ),
    ),
)

FORM_2021 = Form(
    key="2021",
    first_year=2021,
    last_year=None,
    notice="国办公开办函〔2021〕30号",
    sections=SECTIONS,
    tables=(
        DISCLOSURE,
        applications_table(
            (
                Line(
                    "other_not_corrected_in_time",
                    "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
                    group="other_handling",
                ),
                Line(
                    "other_fee_unpaid",
                    "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
                    group="other_handling",
                ),
                Line("other", "3.其他", group="other_handling"),
            ),
            (Group("other_handling", "(六)其他处理"),),
        ),
        REVIEWS,
    ),
    markers=(
        "本年制发件数",
        "本年废止件数",
        "现行有效件",
        "行政规范性文件",
        "本年收费金额",
        "逾期不补正",
    ),
)
