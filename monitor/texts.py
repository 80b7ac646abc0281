"""What the command line says to people, in Chinese and in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.faults import LANGUAGES
from storage.records import AgencyKind, AlertState, Content, Outcome, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    # options
    "naive_now": (
        "--now 应为带时区的 ISO 8601 时刻，如 2025-02-10T09:00:00+08:00；现为 {0}",
        "--now expects an ISO 8601 instant with offset, such as 2025-02-10T09:00:00+08:00; found {0}",
    ),
    "run_without_now": ("run 按真实时钟运行，不接受 --now", "run keeps real time and refuses --now"),
    "no_agency": ("名录里没有编号或名称为 {0} 的机构", "the registry has no agency with the id or name {0}"),
    "many_agencies": ("有多个机构叫 {0}，请用编号：{1}", "several agencies are called {0}, give an id: {1}"),
    "no_portal": ("名录里没有网站 {0}", "the registry has no portal {0}"),
    # init and registry
    "written": ("已生成 {0}", "wrote {0}"),
    "kept": ("已存在，未改动 {0}", "is there already, left alone: {0}"),
    "init_next": (
        "下一步：在 nianbao.toml 里写明 crawl.contact，填写 registry/，然后运行 nianbao registry check",
        "Next: set crawl.contact in nianbao.toml, fill registry/, then run nianbao registry check",
    ),
    "registry_good": (
        "名录无误：机构 {0} 个，网站 {1} 个，豁免 {2} 条，承继 {3} 条",
        "the registry is in order: {0} agencies, {1} portals, {2} waivers, {3} successions",
    ),
    "registry_cautions": (
        "另有 {0} 处提醒：写法无误，但不起所想的作用",
        "{0} cautions: nothing is wrong there, but it does not do what it seems to",
    ),
    "registry_bad": ("名录有 {0} 处错误", "the registry has {0} faults"),
    "added": ("新增", "added"),
    "changed": ("修改", "changed"),
    "renamed": ("改名，请确认是同一机构", "renamed: is it the same one?"),
    "dropped": ("撤下", "dropped"),
    "import_ignored": ("名录没有这些列，未导入：{0}", "the registry has no such columns, left out: {0}"),
    "import_same": ("没有改动", "nothing changes"),
    "import_counts": ("新增 {0}，修改 {1}，撤下 {2}，不变 {3}", "{0} added, {1} changed, {2} dropped, {3} unchanged"),
    "import_ask": ("写入 {0} ？", "Write {0}?"),
    "import_done": ("已写入 {0}", "wrote {0}"),
    "import_refused": ("没有写入", "nothing was written"),
    # crawl and ingest
    "nothing_due": ("没有到期的栏目", "nothing is due"),
    "ingested": (
        "已入库 {0}：扫描 {1} 处，存档 {2} 份，报告 {3} 份（未能读取 {4}），不属于任何机构 {5} 份",
        "ingested {0}: {1} scans, {2} captures, {3} reports ({4} of them unreadable), {5} of nobody",
    ),
    "ingested_before": ("早已入库", "was ingested before"),
    "progress": ("列表 {0} 页，报告 {1} 份", "{0} list pages, {1} reports"),
    "no_run": ("没有采集目录 {0}，运行目录 {1} 中也没有", "there is no run folder {0}, nor one of that name in {1}"),
    "nothing_to_ingest": ("没有待入库的采集目录", "no run folder waits"),
    # status and explain
    "of_which_not_scanned": ("（未扫描 {0}）", " ({0} not scanned)"),
    "count_line": (
        "截至 {0}，共 {1} 个机关：{2}；内容：{3}",
        "As of {0}, {1} agencies: {2}; content: {3}",
    ),
    "days_late": ("（{0} 天）", " ({0} days)"),
    "never_checked": (
        "{0} 年度还没有检查过；以下为当场判断，未保存，也没有告警（nianbao check 会保存并告警）",
        "the year {0} was never checked: judged just now, nothing is saved and nobody alerted (`nianbao check` does)",
    ),
    "added_since": (
        "{0} 年度上次检查之后名录新增了机构；以下为当场判断，未保存（nianbao check 会保存）",
        "agencies were added since {0} was last checked: judged just now, not saved (`nianbao check` does)",
    ),
    "attested_absent": ("看过，没有", "looked, and it was not there"),
    "year_title": ("{0} 年度政府信息公开工作年度报告", "annual reports on {0}"),
    # alerts
    "no_alerts": ("没有未结告警", "no open alerts"),
    "alert_moved": ("{0}：{1} → {2}", "{0}: {1} → {2}"),
    "no_alert": ("没有告警 {0}", "there is no alert {0}"),
    "many_alerts": ("{0} 对应多条告警，请多写几位", "{0} stands for several alerts, give more of the id"),
    "not_taken": ("未送达 {0} 条变更：{1}", "{0} changes not delivered: {1}"),
    "dead_letters": ("渠道已停用，{0} 条变更待发：{1}", "out of use, {0} changes wait: {1}"),
    "rate_limit": ("已达每分钟上限，{0} 条变更待发", "its limit a minute is reached, {0} changes wait"),
    "asked_to_wait": ("接收方要求稍候，{0} 条变更待发", "the receiver asked to wait, {0} changes wait"),
    "other_sender": ("另一个进程正在发送，{0} 条变更待发", "another process is sending, {0} changes wait"),
    "unheard": (
        "{0} 条变更没有任何渠道接收：请检查 [[notify]] 的 events 与 regions",
        "{0} changes that no channel hears of: see events and regions of [[notify]]",
    ),
    "awaiting_check": (
        "{0} 条告警暂不发出：其网站在上次核对之后又有新的检索结果，请先运行 nianbao check",
        "{0} alerts wait: their portals were looked at since the last check; run nianbao check first",
    ),
    "no_channel": (
        "没有设置通知渠道（[[notify]]），{0} 条变更待发",
        "no channel is set up ([[notify]]); {0} changes wait",
    ),
    "notified": ("已发送 {0} 条，失败 {1} 条", "{0} sent, {1} failed"),
    # attest
    "attest_one_of": ("--file、--url、--absent 须且只能有一个", "give exactly one of --file, --url, --absent"),
    "attest_absent_date": ("--absent 与 --published 不能同时使用", "--absent and --published exclude each other"),
    "attest_future": ("--published {0} 晚于今天", "--published {0} lies after today"),
    "attest_early": (
        "--published {0} 早于 {1} 年度结束，不可能是该年度报告的公布日期",
        "--published {0} lies before {1} had ended: no report on it was published then",
    ),
    "attest_empty": ("--file {0} 是空文件，不是报告", "--file {0} is empty, no report"),
    "attest_url": ("--url {0}", "--url: {0}"),
    "blank": ("{0} 不能为空", "{0} must not be blank"),
    "attested": ("已记录：{0} {1} 年度，{2}", "recorded: {0}, {1}, {2}"),
    # read
    "unreadable": ("无法读取（{0}）：{1}", "cannot be read ({0}): {1}"),
    "not_stated": ("未标明", "not stated"),
    "no_findings": ("没有检查结果", "no findings"),
    "to_compare": ("请对照原件核对，共 {0} 处：", "To be held against the original, {0} in all:"),
    "and_more": ("另有 {0} 处，见 --json 的 doubts", "{0} more: see `doubts` of --json"),
    "counts": ("错误 {0}，警告 {1}，提示 {2}", "{0} errors, {1} warnings, {2} notes"),
    # reparse
    "reparsed": ("{0} 份报告有变化，共 {1} 处", "{0} reports change, {1} values in all"),
    "dry_run": ("仅列出，未写入", "listed only, nothing was written"),
    "service_succeeded": (
        "服务最近一次成功：扫描 {0}，检查 {1}，通知 {2}",
        "the service last succeeded: scan {0}, check {1}, notify {2}",
    ),
    # backup and restore
    "backed_up": (
        "已备份到 {0}：存档 {1} 份（新复制 {2} 份），删去旧备份 {3} 个",
        "backed up to {0}: {1} captures ({2} of them copied now), {3} old backups removed",
    ),
    "restored": (
        "已从 {0} 恢复到 {1}（备份于 {2}）；名录的备份在 {1}/registry-backup",
        "restored {0} to {1} (made at {2}); the registry of the backup is in {1}/registry-backup",
    ),
    "restored_next": (
        "备份之后可能已经发过通知：{0} 以前发出的都标明“可能重复”",
        "notices may have been sent since the backup: until {0} all are marked as possible repetitions",
    ),
    "in_doubt": (
        "数据库是 {1} 从 {0} 的备份恢复的：{2} 以前发出的通知都标明“可能重复”",
        "the database was restored at {1} from a backup of {0}: until {2} all are marked as possible repetitions",
    ),
    # service
    "serving": ("网站 {0} （Ctrl-C 结束）", "the site: {0} (Ctrl-C ends)"),
    "no_fake": (
        "没有模拟网站 {0}，可用的见 nianbao demo --portals",
        "no sample portal {0}: see nianbao demo --portals",
    ),
    "serving_fake": ("模拟网站 {0}：{1} （Ctrl-C 结束）", "the sample portal {0}: {1} (Ctrl-C ends)"),
    "error": ("错误：{0}", "Error: {0}"),
    "aborted": ("已中止", "Aborted!"),
}
"""Key → Chinese and English; `{0}` and so on are filled in order."""

COLUMNS: Mapping[str, tuple[str, str]] = {
    "agency": ("机关", "agency"),
    "alert": ("告警", "alert"),
    "becomes": ("新值", "becomes"),
    "browser": ("浏览器", "browser"),
    "control_or_detail": ("对照，或说明", "control, or detail"),
    "column": ("栏目", "column"),
    "cells": ("已读单元格", "cells read"),
    "content": ("内容", "content"),
    "cell": ("单元格", "cell"),
    "change": ("改动", "change"),
    "detail": ("说明", "detail"),
    "due": ("期限", "due"),
    "family": ("建站系统", "family"),
    "form": ("格式", "form"),
    "title": ("标题", "title"),
    "findings": ("错误/警告", "err/warn"),
    "id": ("编号", "id"),
    "key": ("名称", "key"),
    "message": ("内容", "message"),
    "name": ("名称", "name"),
    "opened": ("开始", "opened"),
    "outcome": ("结果", "outcome"),
    "place": ("位置", "where"),
    "read_as": ("读作", "read as"),
    "portal": ("网站", "portal"),
    "published": ("公开日期", "published"),
    "reason": ("原因", "reason"),
    "requests": ("请求数", "requests"),
    "robots": ("robots.txt", "robots.txt"),
    "rows": ("行数", "rows"),
    "rule": ("规则", "rule"),
    "severity": ("级别", "severity"),
    "state": ("状态", "state"),
    "status": ("状态", "status"),
    "url": ("网址", "url"),
    "was": ("原值", "was"),
    "year": ("年度", "year"),
}
"""Headings of the tables that are printed."""

WORDS: Mapping[str, tuple[str, str]] = {
    Status.NOT_DUE: ("未到期", "not due"),
    Status.ON_TIME: ("按时公开", "on time"),
    Status.LATE: ("逾期公开", "late"),
    Status.DATE_UNKNOWN: ("已公开，日期不明", "found, date unknown"),
    Status.SUSPECTED_MISSING: ("疑似未公开", "suspected missing"),
    Status.MISSING: ("未公开", "missing"),
    Status.UNKNOWN: ("无法确认", "unknown"),
    Status.WITHDRAWN: ("已撤下", "withdrawn"),
    Status.EXEMPT: ("不适用", "exempt"),
    Content.OK: ("合规", "ok"),
    Content.MALFORMED: ("不合规", "malformed"),
    Content.UNREADABLE: ("未能读取", "unreadable"),
    Severity.ERROR: ("错误", "error"),
    Severity.WARNING: ("警告", "warning"),
    Severity.INFO: ("提示", "note"),
    AlertState.OPEN: ("未处理", "open"),
    AlertState.ACKNOWLEDGED: ("已确认", "acknowledged"),
    AlertState.OBJECTED: ("有异议", "objected"),
    AlertState.RESOLVED: ("已解除", "resolved"),
    AlertState.WAIVED: ("已豁免", "waived"),
    Outcome.COMPLETE: ("完整", "complete"),
    Outcome.INCOMPLETE: ("不完整", "incomplete"),
    Outcome.BLOCKED: ("被拦截", "blocked"),
    Outcome.ROBOTS_REFUSED: ("robots.txt 禁止", "refused by robots.txt"),
    Outcome.ROBOTS_UNREACHABLE: ("robots.txt 无法取得", "robots.txt unreachable"),
    Outcome.UNREACHABLE: ("无法访问", "unreachable"),
    Outcome.MOVED: ("栏目已迁移或不存在", "its column moved or is gone"),
    Outcome.SOFT_404: ("栏目已不存在", "soft 404"),
    Outcome.NEEDS_BROWSER: ("需要浏览器", "needs a browser"),
    Outcome.UNDECODABLE: ("编码损坏", "undecodable"),
    Outcome.TRAPPED: ("页面无穷尽", "trapped"),
    "stated_total": ("列表自述的总数", "the total that the list states"),
    "last_page": ("末页", "the last page"),
    "single_page": ("只有一页", "a single page"),
    "own_address": ("只核实报告原地址", "the report's own address alone"),
    "known_rows": ("首页与总数同上次完整扫描相符", "first rows and total agree with the last whole scan"),
    "robots_admitted": ("允许", "admits"),
    "robots_refused": ("禁止", "refuses"),
    "robots_unreachable": ("无法取得", "unreachable"),
    "robots_unknown": ("不明", "unknown"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "none": ("无", "none"),
    "not_judged": ("不作判定（当年无统一格式）", "not judged: no form was in force"),
    "not_scanned": ("未扫描", "not scanned"),
    "awaiting_confirmation": ("等待第二次扫描确认", "awaits a second scan"),
    "no_control": ("栏目里没有可作对照的报告，请人工核实", "no control in the column: a person must look"),
    "in_grace": ("宽限期内", "within the grace"),
    "attested": ("人工核实", "a person's word"),
    "stated": ("公开者自标日期", "stated by the publisher"),
    "witnessed": ("此前完整扫描未见", "a complete scan before lacked it"),
    "bulk_date": ("日期为批量迁移日期", "the date is a bulk one"),
    "date_ahead": ("所标日期晚于首次见到之日，不作数", "its date lies after the day on which it was first seen"),
    "date_unread": ("页面标明的公布日期无法读出", "the page states a day of publication that cannot be read"),
    "date_unsure": ("页面另有期限内的日期，含义不明", "the page holds another date, in time, of unknown meaning"),
    "no_date": ("公开者未标明日期", "the publisher states no date"),
    "backdated": ("所标日期早于未见到它的扫描，请人核查", "a scan after its date lacked it: a person must look"),
    "succeeded": (
        "由承继机关（或更名前）的报告满足",
        "met by its successor's report, or by one under its former name",
    ),
    "successor_open": (
        "承继机关（或更名前）是否公布，尚未查明",
        "not known yet whether its successor published, or itself under its former name",
    ),
    "missing": ("未公开", "missing"),
    "late": ("逾期公开", "late"),
    "withdrawn": ("已撤下", "withdrawn"),
    "malformed": ("内容不合规", "malformed"),
    "operator": ("运维", "operator"),
    AgencyKind.STATE_COUNCIL_DEPARTMENT: ("国务院部门", "State Council department"),
    AgencyKind.LOCAL_DEPARTMENT: ("地方政府部门", "local department"),
    AgencyKind.VERTICAL_AGENCY: ("垂直管理机关", "vertical agency"),
    AgencyKind.AUTHORISED_ORGANISATION: ("授权组织", "authorised organisation"),
    AgencyKind.PROVINCE_GOVERNMENT: ("省级政府", "province"),
    AgencyKind.CITY_GOVERNMENT: ("市级政府", "city"),
    AgencyKind.COUNTY_GOVERNMENT: ("县级政府", "county"),
    AgencyKind.TOWNSHIP_GOVERNMENT: ("乡镇政府", "township"),
    AgencyKind.STREET_OFFICE: ("街道办事处", "street office"),
    AgencyKind.DEVELOPMENT_ZONE: ("开发区", "development zone"),
    "meta PubDate": ("页面元数据 PubDate", "meta PubDate"),
    "page 发布日期": ("页面发布日期", "page, publication"),
    "list row": ("列表日期", "list row"),
    "meta date": ("页面元数据的其他日期", "another date in the page's metadata"),
    "url": ("网址中的日期", "address"),
    "body guess": ("正文推测", "guess from the text"),
    "page 成文日期": ("页面成文日期", "page, issue"),
    "signature": ("落款日期", "signature"),
}
"""Key as programs see it → words for people. Keys without a row here are printed as they are."""


def say(language: str, key: str, *values: object) -> str:
    """A message, with its braces filled."""
    return TEXTS[key][LANGUAGES.index(language)].format(*values)


def heading(language: str, key: str) -> str:
    """The heading of a printed column."""
    return COLUMNS[key][LANGUAGES.index(language)]


def word(language: str, key: str | None) -> str:
    """A state, outcome or severity in words; empty for None, the key itself where it has no words."""
    if key is None:
        return ""
    texts = WORDS.get(key)
    return texts[LANGUAGES.index(language)] if texts else key
