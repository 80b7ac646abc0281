"""The words in which one alert is told whole, in Chinese and in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.faults import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("告警 {id}：{subject}，{rule}", "Alert {id}: {subject}, {rule}"),
    "year": ("{name}，{year} 年度", "{name}, {year}"),
    "state": (
        "现状：{state}；{opened} 开启（以下时间均为北京时间）",
        "Now: {state}; opened {opened} (all times are Beijing time)",
    ),
    "message": ("内容：{message}", "It says: {message}"),
    "as_told": (
        "以上为自动检索和核对的结果，只说明在所列时间、所列网页上检索到或未检索到什么，不作其他认定。",
        (
            "This is the result of automatic scans: it says what was found or not found on the pages and at the times "
            "given here, and nothing else."
        ),
    ),
    "part_law": ("一、依据", "1. Basis"),
    "law": (
        "应公布日期：{due}（至当日 24 时）；依据：{citation}",
        "Due: {due} (until the end of that day), by {citation}",
    ),
    "wording": ("原文：{text}", "Wording: {text}"),
    "practice": ("该日期出自地方惯例，无法条明定。", "That date is local practice; no statute names it."),
    "rule": ("规则：{title}{law}", "Rule: {title}{law}"),
    "rule_law": ("，依据：{law}", ", by {law}"),
    "part_findings": ("二、认定了什么", "2. What is held against it"),
    "part_scans": ("三、查看了什么、何时、看到什么", "3. What was looked at, when, and what was seen"),
    "scan": (
        "检索 {id}：{started} 至 {finished}，栏目 {url}，结果：{outcome}",
        "Scan {id}: {started} to {finished}, column {url}, outcome: {outcome}",
    ),
    "rows": (
        "  共 {pages} 页、{rows} 行；到底的依据：{proof}{total}",
        "  {pages} pages, {rows} rows; end proven by: {proof}{total}",
    ),
    "total": ("（网页自述共 {count} 条）", " (the list states {count})"),
    "control": (
        "  对照：同一次检索在同一处看到“{title}”{url}，说明该处确实列出年度报告",
        "  Control: the same scan saw “{title}” in the same place{url}: reports are listed there",
    ),
    "no_control": ("  对照：无", "  Control: none"),
    "page": (
        "  网页 {url}：应答 {status}，{rows} 行，连接：{tls}，存档 {file}",
        "  Page {url}: answer {status}, {rows} rows, connection: {tls}, archived as {file}",
    ),
    "not_kept": ("无", "nothing"),
    "no_scans": ("该告警不以检索为依据。", "The alert rests on no scan."),
    "scan_not_stored": (
        "检索 {id}：{started}，栏目 {url}（库中已无原记录）",
        "Scan {id}: {started}, {url} (not stored any more)",
    ),
    "report": ("报告：{url}，{fetched} 取得，存档 {file}", "Report: {url}, fetched {fetched}, archived as {file}"),
    "date": ("载明日期：{date}（{source}）{url}", "Stated date: {date} ({source}) {url}"),
    "sighting": ("列出处：{title} {url}，最近于 {seen} 见到", "Listed: {title} {url}, last seen {seen}"),
    "word": (
        "人工核实：{by}，{at}，{what}：{reason}",
        "A person's word: {by}, {at}, {what}: {reason}",
    ),
    "word_absent": ("看过，没有", "looked, and it was not there"),
    "word_present": ("看到了该报告", "saw the report"),
    "part_held": ("三、涉及哪些机关和门户", "3. Which agencies and portals"),
    "agency": ("机关 {agency}", "Agency {agency}"),
    "portal": ("门户 {portal}", "Portal {portal}"),
    "held": ("暂缓的告警：机关 {agency}，{rule}", "Held: agency {agency}, {rule}"),
    "part_history": ("四、经过", "4. What happened"),
    "moved": ("{at} {before} → {after}{by}：{reason}", "{at} {before} → {after}{by}: {reason}"),
    "stayed": ("{at} {reason}", "{at} {reason}"),
    "by": ("（{by}）", " ({by})"),
    "said": ("  此时的内容：{message}", "  It said then: {message}"),
    "repeat": ("再次提醒", "told again"),
    "objection": (
        "机关的异议：{reason}（{at}，{by} 登记）",
        "The agency's objection: {reason} ({at}, recorded by {by})",
    ),
    "answer": ("答复：{after}{reason}（{at}，{by}）", "Answer: {after}{reason} ({at}, {by})"),
    "unanswered": ("尚未答复", "not answered yet"),
    "part_told": ("五、告知了谁、何时", "5. Who was told, and when"),
    "told": ("{channel}：{at} 送达（{what}）", "{channel}: taken {at} ({what})"),
    "told_for": ("{channel}：由 {stand_in} 代为送达（{what}）", "{channel}: taken by {stand_in} in its place ({what})"),
    "not_told": ("{channel}：尚未送达（{what}）{error}", "{channel}: not taken yet ({what}){error}"),
    "nobody": ("尚未告知任何人。", "Nobody was told yet."),
    "part_verify": ("六、如何核验", "6. How to verify"),
    "verify": (
        (
            "1. 解压本文件，在解压出的文件夹里运行：sha256sum -c SHA256SUMS。每一行都应显示 OK（或“成功”）。\n"
            "2. captures/ 里是当时取得的网页和文件的原样，文件名就是其内容的 SHA-256；改动一个字节，文件名就对不上。\n"
            "3. headers/ 里是取得它们时服务器的应答头，其中 Date 是对方服务器所报的时间。\n"
            "4. scans.json 列出每次检索的起止时间、栏目、每一页的网址和对应的文件。打开各页，应能看到所述的对照条目，\n"
            "   而看不到该机关该年度的报告（“未检索到”类），或看到所述的日期和数字（其他类）。\n"
            "5. alert.json 是告警的全部经过、规则和法规依据（附条文原文）；versions.json 是所用程序的版本。\n"
            "6. 校验和只说明文件自打包以来未变；打包之前的真实性，请与网站现状、其他存档或当事机关核对。"
        ),
        (
            "1. Unpack this file, and in that folder run: sha256sum -c SHA256SUMS. Every line should say OK.\n"
            "2. captures/ has the pages and files as they came; each bears the SHA-256 of its content as name.\n"
            "3. headers/ has what the server said when they came; Date is the time by its own clock.\n"
            "4. scans.json has the begin and end of every scan, its column, and for each page address and file. Open\n"
            "   the pages: the control should be there, and the report of that agency and year should not (or, for\n"
            "   other rules, the dates and numbers that are named).\n"
            "5. alert.json has the alert's history, the rules and the law word by word; versions.json the programs.\n"
            "6. The sums prove that nothing has changed since the bundle was made. For what was before, see the\n"
            "   site, with other archives, or with the agency."
        ),
    ),
    "part_absent": ("七、缺少的文件", "7. What is missing"),
    "absent": ("{what} {url} {digest}：{reason}", "{what} {url} {digest}: {reason}"),
    "nothing_absent": ("告警所据的文件都在。", "Everything that the alert rests on is here."),
    "list_page": ("列表页", "list page"),
    "enclosure": ("附件", "enclosure"),
    "part": ("合并件的组成部分", "part of a capture that was put together"),
    "attested": ("人工核实的文件", "file that a person handed in"),
    "body": ("报告", "report"),
    "not in the archive": ("存档中没有", "not in the archive"),
    "verified": ("加密，证书有效", "encrypted, certificate valid"),
    "held_alerts": (
        "另有 {count} 条告警暂缓发出，见 {id}：{message}",
        "{count} more alerts are held, see {id}: {message}",
    ),
    "bundle_lacks": (
        "告警所据的文件中有 {count} 份不在存档里，原因见 absent.json",
        "{count} of the files that the alert rests on are not in the archive: absent.json says why",
    ),
    "no TLS": ("未加密（http）", "not encrypted (http)"),
    "not recorded": ("未记录", "not recorded"),
}
"""Key → Chinese and English, with what is filled in in braces."""


def spoken(language: str, key: str, **values: object) -> str:
    """One sentence with its braces filled."""
    return TEXTS[key][LANGUAGES.index(language)].format(**values)
