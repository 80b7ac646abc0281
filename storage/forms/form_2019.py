"""The form of 国办公开办函〔2019〕60号: report years 2019 and 2020, 22 + 161 + 15 cells."""

from __future__ import annotations

from storage.forms.common import REVIEWS, SECTIONS, applications_table
from storage.forms.model import Block, Form, FormTable, Line

_PREVIOUS = Line("previous_items", "上一年项目数量")
_CHANGE = Line("change", "本年增/减", is_signed=True)
_DECISIONS = Line("decisions", "处理决定数量")

DISCLOSURE = FormTable(
    key="disclosure",
    title="主动公开政府信息情况",
    section=2,
    blocks=(
        Block(
            "第二十条第(一)项",
            (Line("rules", "规章"), Line("normative_documents", "规范性文件", ("行政规范性文件",))),
            (
                Line("made", "本年新制作数量", ("本年新",)),
                Line("newly_disclosed", "本年新公开数量", ("本年新公开",)),
                Line("total_disclosed", "对外公开总数量"),
            ),
        ),
        Block(
            "第二十条第(五)项",
            (Line("licensing", "行政许可"), Line("other_services", "其他对外管理服务事项")),
            (_PREVIOUS, _CHANGE, _DECISIONS),
        ),
        Block(
            "第二十条第(六)项",
            (Line("penalties", "行政处罚"), Line("coercion", "行政强制")),
            (_PREVIOUS, _CHANGE, _DECISIONS),
        ),
        Block("第二十条第(八)项", (Line("fees", "行政事业性收费"),), (_PREVIOUS, _CHANGE)),
        Block(
            "第二十条第(九)项",
            (Line("procurement", "政府集中采购"),),
            # The form prints no unit for the amount; reports give 元 or 万元 without saying so.
            (Line("items", "采购项目数量"), Line("amount", "采购总金额", is_money=True)),
        ),
    ),
)

FORM_2019 = Form(
    key="2019",
    first_year=2019,
    last_year=2020,
    notice="国办公开办函〔2019〕60号",
    sections=SECTIONS,
    tables=(
        DISCLOSURE,
        applications_table((Line("other", "(六)其他处理", group="outcomes"),), ()),
        REVIEWS,
    ),
    markers=(
        "本年新制作",
        "本年新公开",
        "上一年项目数量",
        "其他对外管理服务事项",
        "采购总金额",
        "第二十条第(九)项",
    ),
)
