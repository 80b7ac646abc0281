"""The words of digests in both languages: what was seen and when, never that somebody failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "年报监测：新告警{opened}条，更新{updated}条，更正{corrected}条",
        "as_of": "截至{now}（北京时间）。以下为自动检索结果，供核实；如有异议，请凭方括号内的告警编号提出。",
        "heading": "■ {heading}（{count}）",
        "item": "- [{id}] {message}",
        "row": "    · {row}",
        "more": "    · 另有{count}处，见 nianbao alerts（{id}）",
        "missing": "未检索到年度报告",
        "withdrawn": "此前检索到的年度报告已检索不到",
        "late": "载明的公布日期晚于应公布日期",
        "malformed": "年度报告内容有待核对",
        "operator": "请运维人员处理",
        "updated": "此前告警有变化",
        "corrected": "更正：此前告知的下列事项不再成立",
        "basis": "    依据：{citation}；应公布日期：{due}（至当日24时）",
        "scan": "    检索：{started} {url} 共{rows}行，对照：{control}，首页存档：{digest}",
        "no_control": "无",
        "dates": "    载明日期：{dates}",
        "attested": "    人工核查：{by}，{at}，{reason}",
        "link": "    链接：{url}",
        "ended": "- [{id}] {name}{year}年度“{heading}”（{told}告知）：{reason}",
        "waived": "- [{id}] {name}{year}年度“{heading}”（{told}告知）：已豁免，{reason}",
    },
    "en": {
        "title": "Annual report watch: {opened} new alerts, {updated} updates, {corrected} corrections",
        "as_of": "As of {now} (Beijing time). Results of automatic scans, to verify; object by the id in brackets.",
        "heading": "■ {heading} ({count})",
        "item": "- [{id}] {message}",
        "row": "    · {row}",
        "more": "    · {count} more, see nianbao alerts ({id})",
        "missing": "Annual report not found",
        "withdrawn": "Annual report that was found before is not found any more",
        "late": "Stated date of publication after the due date",
        "malformed": "Content of the annual report to be verified",
        "operator": "For the operator",
        "updated": "Changes to earlier alerts",
        "corrected": "Corrections: what was told before no longer holds",
        "basis": "    Basis: {citation}; due: {due} (until the end of that day)",
        "scan": "    Scan: {started} {url} {rows} rows, control: {control}, first page archived: {digest}",
        "no_control": "none",
        "dates": "    Stated dates: {dates}",
        "attested": "    Verified by a person: {by}, {at}, {reason}",
        "link": "    Link: {url}",
        "ended": "- [{id}] {name} {year} “{heading}” (told {told}): {reason}",
        "waived": "- [{id}] {name} {year} “{heading}” (told {told}): waived, {reason}",
    },
}
