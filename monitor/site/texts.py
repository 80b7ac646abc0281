"""What the pages say to people, in Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.texts import word
from storage.faults import LANGUAGES
from storage.report import UNREADABLE_REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "site": ("政府信息公开工作年度报告监测", "Annual reports on open government information"),
    "home": ("概览", "Overview"),
    "data": ("数据", "Data"),
    "queries": ("查询", "Queries"),
    "tables": ("数据表", "Tables"),
    "agencies": ("机关", "Agencies"),
    "alerts": ("告警", "Alerts"),
    "search": ("全文检索", "Search the reports"),
    "search_hint": ("在报告正文中查找字词", "words in the reports"),
    "agency_search": ("查机关", "Find an agency"),
    "agency_hint": ("机关名称", "name of an agency"),
    "go": ("查找", "Find"),
    "year_title": ("{0}年度", "Reports on {0}"),
    "owing": ("名录中的机关 {0} 个", "{0} agencies"),
    "as_of": ("截至 {0}", "as of {0}"),
    "beside_missing": (
        "未公开 {0} 个；另有无法确认 {1} 个（其中尚未检索 {2} 个）、疑似未公开 {3} 个",
        "missing: {0}; besides, unknown: {1} (not scanned: {2}), suspected: {3}",
    ),
    "unknown_is_not_missing": (
        "“无法确认”是本站未能看到，“疑似”尚待第二次检索，都不等于未公开。",
        "“Unknown” and “suspected” are not “missing”: the one was not seen, the other awaits a second scan.",
    ),
    "status_picture": ("各状态机关数", "Agencies by status"),
    "content_picture": ("报告内容", "Content of the reports"),
    "content_nothing": ("没有可检查的报告", "nothing to judge"),
    "by_kind": ("按机关类别", "By kind of agency"),
    "by_region": ("按地区", "By region"),
    "common_errors": ("最常见的错误", "The most frequent errors"),
    "open_alerts": ("未结告警", "Open alerts"),
    "all_alerts": ("全部 {0} 条", "all {0}"),
    "no_alerts": ("没有未结告警。", "No open alerts."),
    "nothing_yet": (
        "库中还没有结论。先运行 nianbao crawl，再运行 nianbao check。",
        "Nothing has been judged yet: run nianbao crawl, then nianbao check.",
    ),
    "no_findings": ("没有检查结果。", "No findings."),
    "agency_years": ("各年度", "Years"),
    "report_of_year": ("{0}年度报告", "The report on {0}"),
    "original": ("原文地址", "Original"),
    "archived": ("存档", "Archived bytes"),
    "versions": ("版本", "Versions"),
    "dates": ("日期及来源", "Dates and their sources"),
    "evidence": ("证据", "Evidence"),
    "scans": ("检索记录", "Scans"),
    "control": ("对照", "Control"),
    "time_doubted": ("当时时钟有误，不能证明没有公布", "the clock was wrong: proves no absence"),
    "attestations": ("人工核实", "What people attested"),
    "absent": ("未见", "absent"),
    "present": ("已见", "present"),
    "findings": ("检查结果", "Findings"),
    "place": ("位置：{0}", "Place: {0}"),
    "advice": ("建议：{0}", "Advice: {0}"),
    "narrative": ("报告正文", "Text of the report"),
    "report_tables": ("统计表", "Tables"),
    "table_absent": ("报告中没有读到这张表。", "This table was not found in the report."),
    "not_judged": (
        "2019年以前的报告没有统一格式，只查有无和日期。",
        "Reports on years before 2019 had no unified form; only presence and date are checked.",
    ),
    "held_here": (
        "该机关的告警因疑似网站异常暂缓发出，现有结论待核：{0}",
        "Alerts on this agency are held because its site may be broken; what stands here is to be verified: {0}",
    ),
    "no_report": ("没有读到这一年度的报告。", "No report on this year has been read."),
    "unreadable": (
        "报告已存档，但本站未能读取（{0}）。这不归责于该机关。",
        "The report is archived but could not be read ({0}). That is not held against the agency.",
    ),
    "blank": ("空", "blank"),
    "printed_as": ("原文：{0}", "printed: {0}"),
    "side_by_side": ("各年度申请情况对照", "Applications, year by year"),
    "all_evidence": ("全部证据", "All evidence"),
    "region": ("行政区划", "Region"),
    "portal": ("网站", "Portal"),
    "column_url": ("栏目", "Column"),
    "aliases": ("别名", "Also known as"),
    "parent": ("上级机关", "Superior"),
    "dropped": ("已移出名录", "no longer in the registry"),
    "rows": ("{0} 行", "{0} rows"),
    "many_rows": ("行数很多", "many rows"),
    "no_rows": ("没有符合条件的行。", "No rows."),
    "truncated": (
        "只列出前 {0} 行，请按地区分别查询。",
        "Only the first {0} rows are shown: ask region by region.",
    ),
    "too_many": (
        "结果超过 {0} 行，请按地区分别导出。",
        "More than {0} rows: export region by region.",
    ),
    "filter": ("筛选", "Filter"),
    "add_filter": ("－ 选择列 －", "- column -"),
    "drop_filter": ("－ 去掉此条件 －", "- remove -"),
    "apply": ("应用", "Apply"),
    "run_query": ("查询", "Run"),
    "next_page": ("下一页", "Next page"),
    "export": ("导出：", "Export: "),
    "whole_csv": ("全部行 CSV", "all rows as CSV"),
    "columns": ("各列说明", "Columns"),
    "links_here": ("相关的行", "Rows that refer to this one"),
    "other_columns": ("另有列未显示：{0}（见单行页和导出）", "Not shown: {0} (in a single row and in exports)"),
    "sql": ("查看 SQL", "Show the SQL"),
    "facets_slow": ("分组统计超时：{0}", "These facets took too long: {0}"),
    "not_found": ("没有这个页面", "There is no such page"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "bad_request": ("请求有误", "This request makes no sense"),
    "forbidden": ("这里不公开", "This is not public"),
    "failed": ("出错了", "Something went wrong"),
    "too_slow": (
        "查询超过时限，请缩小范围：加上年度、机关等条件，或去掉排序。",
        "The query took too long: narrow it, or leave out the sorting.",
    ),
    "no_capture": ("存档中没有这个摘要", "No such digest in the archive"),
    "footer": (
        "结论由公开页面自动检索得出，证据可逐条核对；如与实际不符，以机关实际公布为准，请提出异议。",
        "Derived from public pages; every verdict comes with its evidence. What the agency published prevails.",
    ),
    "exact": ("等于", "="),
    "not": ("不等于", "≠"),
    "contains": ("包含", "contains"),
    "startswith": ("开头是", "starts with"),
    "endswith": ("结尾是", "ends with"),
    "gt": ("大于", ">"),
    "gte": ("不小于", "≥"),
    "lt": ("小于", "<"),
    "lte": ("不大于", "≤"),
    "in": ("属于（逗号分隔）", "is one of"),
    "isnull": ("没有值", "is null"),
    "notnull": ("有值", "is not null"),
}

LOOKUPS = ("exact", "not", "contains", "startswith", "endswith", "gt", "gte", "lt", "lte", "in", "isnull", "notnull")
"""The comparisons that the filter form offers; datasette knows more, which addresses may use."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "capture": ("存档", "capture"),
    "file": ("附件", "attached file"),
    "frame": ("内嵌页面", "framed page"),
    "picture": ("图片", "picture"),
    "date": ("日期", "date"),
    "scan": ("检索", "scan"),
    "report": ("报告", "report"),
    "finding": ("检查结果", "finding"),
    "law": ("依据", "law"),
    "attestation": ("人工核实", "attestation"),
    "sighting": ("见于列表", "sighting"),
}
"""Keys that the command line has no words for."""


def text(language: str, key: str, *values: object) -> str:
    """A text of the pages with its braces filled; KeyError for one that is not declared."""
    return TEXTS[key][LANGUAGES.index(language)].format(*values)


def spoken(language: str, key: str | None) -> str:
    """A status, outcome, kind or source in words; the key itself where there are none."""
    words = _WORDS.get(key or "")
    if words:
        return words[LANGUAGES.index(language)]
    reason = UNREADABLE_REASONS.get(key or "") if language == "zh" else None
    return reason or word(language, key)
