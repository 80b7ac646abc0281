"""The tables and views that are promised to those who query, described for people.

What is not listed here is not shown: the outbox, for one, holds the addresses of channels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.checks.rules import Words
from monitor.site.columns import COLUMNS, LINE_LABELS, wide_columns
from storage.views import WIDE_VIEWS

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class PublicTable:
    """One table or view. `columns` are words beyond those of COLUMNS; `facets`, `sort` and `sort_desc` are how it
    opens; `quiet` columns are shown only in a single row and in exports. `units` are SI symbols."""

    name: str
    title: Words
    description: Words
    columns: Mapping[str, str] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    sort: str | None = None
    sort_desc: str | None = None
    quiet: frozenset[str] = frozenset()
    units: Mapping[str, str] = field(default_factory=dict)


_WIDE_QUIET = frozenset({"row"})

_REPORT_WORDS = {
    "agency_name": "报告自称的机关",
    "printed_year": "报告自称的年度",
    "readable": "可读：0 为未能读取",
    "dates": "各处日期及来源：JSON",
    "period_from": "统计期限起",
    "period_to": "统计期限止",
    "signed_on": "落款日期",
    "signature": "落款机关",
    "contact_phone": "联系电话",
    "contact_address": "联系地址",
    "contact_email": "电子邮箱",
    "contact_postcode": "邮政编码",
    "contact_url": "网址",
    "preamble": "开头文字",
    "parser_version": "解析程序版本",
    "is_attested": "人工提交",
    "first_seen_at": "首次见到",
    "last_seen_at": "最近见到",
    "fetched_at": "取得时间",
}
_REPORT_QUIET = frozenset(
    {
        *("readable", "agency_name", "printed_year", "dates", "period_from", "period_to", "signed_on"),
        *("signature", "contact_phone", "contact_address", "contact_email", "contact_postcode"),
        *("contact_url", "preamble", "parser_version", "portal", "final_url", "detail"),
        *("is_attested", "first_seen_at", "fetched_at"),
    }
)

PUBLIC_TABLES: Mapping[str, PublicTable] = {
    table.name: table
    for table in (
        PublicTable(
            "agencies",
            Words("机关", "Agencies"),
            Words("名录中应当公布年度报告的机关。", "Who owes an annual report, as the registry says."),
            {"due": "另定期限：月-日，空为法定期限", "dropped_at": "移出名录：空为现行名录中的机关"},
            facets=("kind",),
            sort="region",
            quiet=frozenset({"aliases", "due_basis", "dropped_at"}),
        ),
        PublicTable(
            "portals",
            Words("网站", "Portals"),
            Words("公布报告的网站及其自有主机。", "The websites on which reports are published."),
            {
                "base_url": "首页地址",
                "columns": "栏目：JSON，空则自动查找",
                "delay": "请求间隔：秒",
                "dropped_at": "移出名录：空为现行名录中的网站",
            },
            facets=("family",),
            quiet=frozenset({"dropped_at"}),
            units={"delay": "s"},
        ),
        PublicTable(
            "scans",
            Words("检索", "Scans"),
            Words(
                "对一处栏目的一次检索。只有结果为“完整”且有对照的检索才能用来证明没有公布。",
                "One look at one column. Only a complete one can prove an absence.",
            ),
            {
                "number": "序号",
                "id": "检索编号",
                "started_at": "开始",
                "finished_at": "结束",
                "rows_seen": "见到的行数",
                "stated_total": "列表自报总数",
                "end_proof": "翻页到底的证明",
                "control_title": "对照：同一次检索见到的另一份年度报告",
                "control_url": "对照地址",
                "bulk_dates": "批量日期：20行以上共有的日期，JSON",
                "pages": "列表页：地址、状态、存档摘要，JSON",
                "is_time_doubted": "时钟存疑：1 为不能证明没有公布",
                "from_year": "自哪个报告年度起检索：更早的年度未看，不能证明没有公布",
            },
            facets=("outcome",),
            sort_desc="started_at",
            quiet=frozenset({"id", "run", "bulk_dates", "pages", "control_url", "is_time_doubted", "from_year"}),
        ),
        PublicTable(
            "captures",
            Words("存档", "Captures"),
            Words(
                "原样保存的网页和文件，以摘要为名；一行是一个地址上的一份字节。",
                "What was fetched, byte for byte, under its digest.",
            ),
            {"status": "HTTP 状态：0 为人工提交的文件", "title": "列表标题", "scan": "检索编号"},
            sort_desc="last_fetched_at",
            quiet=frozenset({"headers", "scan"}),
            units={"size": "B"},
        ),
        PublicTable(
            "reports",
            Words("报告", "Reports"),
            Words(
                "读出的报告，每个机关每个年度一行，即用来检查的现行版本。",
                "One row per report: of every agency and year the version that is judged.",
            ),
            _REPORT_WORDS,
            facets=("report_year", "content"),
            sort_desc="id",
            quiet=_REPORT_QUIET,
        ),
        PublicTable(
            "report_versions",
            Words("报告的各个版本", "Versions of reports"),
            Words(
                "一行是一个版本：报告改过或另有网址时，旧版本仍在；is_current 为 1 的是现行版本。",
                "One row per version, older wordings and other addresses too; is_current marks the one that is judged.",
            ),
            _REPORT_WORDS | {"is_current": "现行版本", "reading": "读取细节：JSON"},
            facets=("report_year", "is_current"),
            sort_desc="id",
            quiet=_REPORT_QUIET | {"reading", "capture"},
        ),
        PublicTable(
            "disclosures",
            Words("主动公开情况（第二部分表格）", "Disclosure (section 2)"),
            Words(
                "现行版本中的数据，一行是一份报告的一行。", "Figures of the current versions, a row per report and row."
            ),
            wide_columns("disclosures"),
            quiet=_WIDE_QUIET,
        ),
        PublicTable(
            "applications",
            Words("收到和处理申请情况（第三部分表格）", "Applications (section 3)"),
            Words(
                "现行版本中的数据，一行是一份报告的一行，单位：件。",
                "Figures of the current versions, a row per report and row.",
            ),
            wide_columns("applications"),
            quiet=_WIDE_QUIET,
        ),
        PublicTable(
            "reviews",
            Words("行政复议、行政诉讼情况（第四部分表格）", "Reviews and litigation (section 4)"),
            Words(
                "现行版本中的数据，一行是一份报告的一组，单位：件。",
                "Figures of the current versions, a row per report and group.",
            ),
            wide_columns("reviews"),
            quiet=_WIDE_QUIET,
        ),
        PublicTable(
            "sections",
            Words("正文", "Sections"),
            Words(
                "报告各部分的文字，不含表格；按字词查找请用“全文检索”。",
                "The text of every section, without its tables.",
            ),
            {
                "number": "部分",
                "text": "文字",
                "position": "位次",
                "pictures": "图片：JSON",
                "attachments": "附件：JSON",
            },
            facets=("number",),
            quiet=frozenset({"position", "pictures", "attachments"}),
        ),
        PublicTable(
            "findings",
            Words("检查结果", "Findings"),
            Words("对现行版本逐条规则检查的结果。", "What the rules found, agency-year by agency-year."),
            {"message": "说明：应当核对什么", "evidence": "所据数字：JSON"},
            facets=("report_year", "severity", "rule"),
            sort_desc="id",
            quiet=frozenset({"evidence"}),
        ),
        PublicTable(
            "obligations",
            Words("应公布情况", "Obligations"),
            Words(
                "每个机关每个年度的期限与状态。“无法确认”是本站未能看到，不等于未公开。",
                "When each report was due and where it stands. “Unknown” is not “missing”.",
            ),
            {
                "basis": "期限依据：法律条款的键或文件名",
                "is_statutory": "法定：0 为惯例",
                "exempt_reason": "不适用的原因",
            },
            facets=("report_year", "status", "content"),
            sort_desc="report_year",
            quiet=frozenset({"basis", "is_statutory", "exempt_reason"}),
        ),
        PublicTable(
            "alerts",
            Words("告警", "Alerts"),
            Words(
                "未公开、逾期、撤下、内容不合规以及运维事项。",
                "What was held against an agency, and operator incidents.",
            ),
            {"subject": "对象", "opened_at": "开始", "sent_at": "通知时间：空为尚未送达"},
            facets=("state", "rule", "report_year"),
            sort_desc="opened_at",
            quiet=frozenset({"evidence", "subject"}),
        ),
        PublicTable(
            "transitions",
            Words("告警经过", "Transitions"),
            Words("告警状态的每一次变化，只增不改。", "Every change of an alert's state; appended, never edited."),
            {
                "alert": "告警",
                "from_state": "原状态",
                "to_state": "新状态",
                "about": "所涉：机关、年度、规则，JSON；只在开启时",
            },
            facets=("to_state",),
            sort_desc="id",
        ),
    )
}
"""Name → table, in the order in which a reader would want them."""


def column_words(table: str | None, column: str, language: str) -> str:
    """Heading and explanation of a column; in English its key in words, because forms have Chinese labels."""
    about = PUBLIC_TABLES.get(table or "")
    own = about.columns if about else {}
    if language != "zh" and not (table in WIDE_VIEWS and column in own):
        return column.replace("_", " ")
    return own.get(column) or COLUMNS.get(column) or LINE_LABELS.get(column, column)


def column_heading(table: str | None, column: str, language: str) -> str:
    """What heads a column."""
    if language != "zh":
        return column.replace("_", " ")
    return column_words(table, column, language).partition("：")[0]
