"""The words for columns: «heading：explanation»; what stands before the colon heads the column.

Chinese only: in English a column goes by its key. The columns of the wide views are described by the labels
of the forms themselves.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from monitor.checks.wording import printed
from monitor.site.printed_tables import full_width
from storage.forms import FORMS
from storage.views import WIDE_VIEWS, column_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS: Mapping[str, str] = {
    "absent": "未见",
    "active_from": "设立日期",
    "active_to": "撤销日期",
    "agencies": "机关数",
    "agency": "机关：名录中的编号",
    "aliases": "别名：JSON",
    "as_of": "截至：据以得出本行结论的时刻",
    "at": "时间",
    "basis": "期限依据",
    "by": "经办人",
    "capture": "存档：存档记录的编号",
    "cells": "单元格",
    "citation": "条款",
    "column": "列：统一格式中的键",
    "column_label": "列名：统一格式中的名称",
    "column_url": "栏目地址",
    "content": "内容：ok 合规；malformed 有错误；unreadable 本站未能读取，不归责于机关",
    "control_title": "对照",
    "control_url": "对照地址",
    "date": "日期",
    "days_late": "逾期天数",
    "detail": "说明",
    "difference": "相差",
    "digest": "摘要：原始字节的 SHA-256，点击可下载存档",
    "digits": "代码位数：2 为省，4 为市，6 为县；留空为 4",
    "due": "期限：应公布的最后一日，当日24时止（北京时间）",
    "due_basis": "期限依据：名录另行规定时的文件",
    "due_end": "期限届满",
    "rereadings": "同一份文件的读取结果被重新读取替换过几次",
    "enclosures": "所附：文件、内嵌页面和图片，JSON；没有摘要的是未能取得的",
    "end_proof": "翻页到底的证明",
    "errors": "错误数",
    "evidence": "证据：JSON",
    "excerpt": "摘录",
    "family": "网站系统",
    "fetched_at": "取得时间",
    "final_url": "最终地址：跳转之后",
    "finished_at": "结束",
    "first_fetched_at": "首次取得",
    "form": "格式：2019 或 2021；2019年以前的报告没有统一格式，为空",
    "headers": "响应头：JSON",
    "heading": "标题",
    "hosts": "主机：JSON",
    "id": "编号",
    "is_statutory": "法定",
    "kind": "类别",
    "label": "行名：统一格式中的名称",
    "last_fetched_at": "最近取得",
    "last_seen_at": "最近见到",
    "left": "一边",
    "listed_on": "列表日期：列表中标注的日期",
    "media_type": "文件类型",
    "message": "内容",
    "name": "名称",
    "not_scanned": "其中尚未检索",
    "note": "备注",
    "number": "序号",
    "operands": "各项",
    "outcome": "结果：只有 complete（完整）的检索才能证明没有",
    "pages": "列表页",
    "parent": "上级机关",
    "part_of": "属于：所附于的文章的地址；文章本身为空",
    "place": "位置：单元格路径，如 applications/granted/total",
    "portal": "网站：名录中的编号",
    "proof": "证明：stated 公布者自标日期；witnessed 此前完整检索未见",
    "published_on": "公布日期",
    "q": "要找的字词",
    "reason": "原因",
    "region": "行政区划代码",
    "region_prefix": "行政区划：代码的前几位，留空为全部",
    "report": "报告：报告编号",
    "report_year": "报告年度：报告所述的年份，不是公布的年份",
    "reports": "报告数",
    "right": "另一边",
    "row": "行：统一格式中的键",
    "rows": "行数",
    "rows_seen": "见到的行数",
    "rule": "规则",
    "rules": "所涉规则",
    "run": "采集批次",
    "scan": "检索编号",
    "section": "部分",
    "sent_at": "通知时间",
    "severity": "级别：error 错误；warning 警告；info 提示",
    "size": "大小：字节",
    "source": "来源",
    "started_at": "开始",
    "state": "状态",
    "stated_total": "列表自报总数",
    "status": "状态：见首页图例",
    "title": "标题",
    "url": "地址",
    "warnings": "警告数",
    "what": "内容",
    "where": "位置",
    "year": "报告年度：留空为最近年度",
}
"""Column, parameter or key of evidence → its words, where a table does not say otherwise."""


def _line_labels() -> Mapping[str, str]:
    """Row or group of the applications table → its label, in the newest form that has it: they head the columns
    of queries that sum them."""
    labels: dict[str, str] = {}
    for form in sorted(FORMS.values(), key=lambda form: form.first_year, reverse=True):
        table = form.table("applications")
        for key, label in [(line.key, line.label) for line in table.groups] + [
            (row.key, row.label) for row in table.rows
        ]:
            labels.setdefault(key, printed(label))
    return labels


LINE_LABELS = _line_labels()


def wide_columns(view: str) -> dict[str, str]:
    """Column key → its printed label per form, newest first; with the row where only one has it."""
    words = {}
    for key in column_keys(WIDE_VIEWS[view]):
        forms: dict[str, list[str]] = defaultdict(list)
        for form in sorted(FORMS.values(), key=lambda form: form.first_year, reverse=True):
            table = form.table(WIDE_VIEWS[view])
            rows = [row.label for row in table.rows if any(line.key == key for line in table.columns(row.key))]
            label = next((line.label for block in table.blocks for line in block.columns if line.key == key), None)
            if label is not None:
                of_row = f"，{rows[0]}" if len(rows) == 1 and len(table.rows) > 1 else ""
                forms[full_width(label)].append(f"{form.key}年格式{of_row}")
        first = next(iter(forms))
        if len(forms) == 1 and len(forms[first]) == len(FORMS):
            words[key] = first
        else:
            said = ("、".join(keys) + (f"为“{label}”" if label != first else "") for label, keys in forms.items())
            words[key] = f"{first}：{'；'.join(said)}"
    return words
