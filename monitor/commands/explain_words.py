"""What `explain` says besides tables: headings, why not a neighbour, what would come next."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from monitor.agency_years.proofs import minute_text
from monitor.commands.step_words import heir_text
from storage.faults import LANGUAGES
from storage.records import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.agency_years.outlook import Prospect

PARTS: Mapping[str, tuple[str, str]] = {
    "law": ("法律与期限", "Law and due date"),
    "why": ("为什么是“{status}”", "Why it is “{status}”"),
    "next": ("接下来", "What may come next"),
    "dates": ("日期及来源", "Dates and where they stand"),
    "scans": ("检索及其证明（存档：列表页的 SHA-256）", "Scans and their proof (archive: SHA-256 of list pages)"),
    "sightings": ("列表中见到的条目", "Where it was seen listed"),
    "versions": ("报告版本", "Versions of the report"),
    "words": ("人工核实（人的说法，不是检索所见）", "A person's word (not what a scan saw)"),
    "alerts": ("告警及其经过", "Alerts and their history"),
    "findings": ("最近一次检查的结果", "Findings of the last check"),
}

SAID: Mapping[str, tuple[str, str]] = {
    "title": ("{name}（{id}）· {year} 年度", "{name} ({id}) · on {year}"),
    "as_of": ("截至 {at}（北京时间）", "as of {at} (Beijing time)"),
    "basis": ("依据", "basis"),
    "wording": ("原文", "wording"),
    "due": ("期限", "due"),
    "origin": ("由来", "origin"),
    "life": ("存续", "existence"),
    "succession": ("承继", "succession"),
    "waiver": ("豁免", "waiver"),
    "measure": ("口径", "measure"),
    "in_force": ("{citation}，{start} 起施行（{kind}）", "{citation}, in force from {start} ({kind})"),
    "was_in_force": ("{citation}，{start} 至 {end} 施行（{kind}）", "{citation}, in force {start} to {end} ({kind})"),
    "statutory": ("法定", "statutory"),
    "practice": ("地方惯例，无法条明定", "practice, no statute names it"),
    "due_in": (
        "{due} 24:00 止（北京时间），还有 {days} 天",
        "until 24:00 of {due} (Beijing time), {days} days from now",
    ),
    "due_today": ("{due} 24:00 止（北京时间），就是今天", "until 24:00 of {due} (Beijing time): today"),
    "due_over": ("{due} 24:00 止（北京时间），已过 {days} 天", "until 24:00 of {due} (Beijing time), {days} days ago"),
    "origin_law": (
        "{kind}一律 {month} 月 {day} 日，名录没有另定",
        "that of every {kind}; the registry names no other",
    ),
    "origin_first": (
        "2018 年度及以前的报告，各类机关一律 3 月 31 日",
        "for reports on 2018 and before, 31 March for all",
    ),
    "origin_same": ("名录所列日期与法定期限相同", "the registry names the same day"),
    "origin_paper": ("名录另定 {day}，依据 {paper}", "the registry names {day}, by {paper}"),
    "origin_prevails": (
        "名录所列 {day}（{paper}）晚于法定期限，不采",
        "the registry names {day} ({paper}), which is later than the statute: not taken",
    ),
    "life_open": ("名录没有写起止日期", "the registry names no first or last day"),
    "life_from": ("{start} 起", "from {start}"),
    "life_to": ("至 {end} 止", "until {end}"),
    "life_span": ("{start} 至 {end}", "{start} to {end}"),
    "heir_found": ("{heir}的报告：已检索到 {url}", "the report of {heir}: found, {url}"),
    "heir_absent": ("{heir}的报告：已查明没有检索到", "the report of {heir}: proven absent"),
    "heir_open": ("{heir}的报告：尚未查明", "the report of {heir}: not known yet"),
    "heir_free": ("{heir}该年度不负有义务", "{heir}, owed no report on that year"),
    "waiver_holds": ("{rule}：{reason}（{by}，{until}）", "{rule}: {reason} ({by}, {until})"),
    "waiver_over": ("{rule}：{reason}（{by}，{until}，已过期）", "{rule}: {reason} ({by}, {until}, over)"),
    "until": ("至 {day}", "until {day}"),
    "for_good": ("无截止日", "for good"),
    "every_rule": ("全部规则", "every rule"),
    "measure_is": (
        "两次完整检索至少相隔 {hours} 小时，宽限 {grace} 天",
        "two complete scans at least {hours} hours apart, {grace} days of grace",
    ),
    "none": ("无", "none"),
    "in_time": ("不晚于期限", "in time"),
    "days_after": ("晚 {days} 天", "{days} days late"),
    "no_due": ("无期限", "no due date"),
    "counts": ("作数", "counts"),
    "bulk": ("批量，不作数", "bulk, does not count"),
    "ahead": ("晚于首次见到之日，不作数", "after it was first seen, does not count"),
    "no_source": ("不是公布日期，不作数", "no date of publication, does not count"),
    "conflict": (
        "日期相互矛盾：{timely} 不晚于期限，{late} 晚于期限。取对机关有利的，认定按时。",
        "The dates contradict: {timely} in time, {late} after. The one in the agency's favour is taken.",
    ),
    "conflict_seen": (
        "日期相互矛盾：{timely} 不晚于期限，{late} 晚于期限。",
        "The dates contradict: {timely} in time, {late} after.",
    ),
    "date_changed": (
        "日期有改动（date_changed）：{source} 原为 {before}，{at} 见到已改为 {after}（{url}）",
        "date_changed: {source} was {before}, seen as {after} at {at} ({url})",
    ),
    "backdated": (
        "疑似倒签（backdated）：{source} 标明 {date}，但其后 {at} 开始的完整检索（有对照）没有它。认定从宽，请人核查。",
        "backdated: {source} states {date}, yet the complete scan of {at} lacked it. It stands; a person must look.",
    ),
    "found": ("见到", "found"),
    "not_found": ("未见到", "not found"),
    "time_doubted": ("当时时钟有误，不作证明", "the clock was wrong: proves nothing"),
    "looked_from": ("只看了 {year} 年度及以后的栏目，不作证明", "looked from {year} on only: proves nothing"),
    "place": ("栏目", "column"),
    "end": ("到底", "end"),
    "end_proof": ("{pages} 页 {rows} 行，依据：{proof}", "{pages} pages, {rows} rows, by {proof}"),
    "end_total": (
        "{pages} 页 {rows} 行，列表自称 {total} 行，依据：{proof}",
        "{pages} pages, {rows} rows, the list states {total}, by {proof}",
    ),
    "control": ("对照", "control"),
    "detail": ("说明", "detail"),
    "archive": ("存档", "archive"),
    "page": ("{status} {digest}", "{status} {digest}"),
    "page_bare": ("{status} 未存档 {url}", "{status} not archived {url}"),
    "more_pages": ("另有 {count} 页（-v 全部列出）", "{count} more pages (-v lists all)"),
    "more_looks": ("另有 {count} 次：{outcomes}（-v 全部列出）", "{count} more: {outcomes} (-v lists all)"),
    "outcome_count": ("{outcome} {count}", "{outcome} {count}"),
    "current": ("现行", "current"),
    "earlier": ("较早", "earlier"),
    "handed_in": ("人工提交", "handed in"),
    "word_present": ("看过，在", "looked: it is there"),
    "word_absent": ("看过，没有", "looked: it is not there"),
    "word_date": ("，标明 {date}", ", dated {date}"),
    "told_at": ("已于 {at} 告知", "told {at}"),
    "told_since": ("首次于 {first} 告知，最近于 {last} 告知", "first told {first}, last told {last}"),
    "untold": ("未告知", "not told yet"),
    "held": (
        "“{rule}”的告警由运维事件 {incident} 暂缓，未开启",
        "an alert on “{rule}” is held back by the incident {incident}",
    ),
    "incident": ("运维事件", "incident"),
    "blank": ("空", "blank"),
    "more_findings": ("另有 {count} 条", "{count} more"),
}

NEIGHBOURS: Mapping[tuple[Status, Status], tuple[str, str]] = {
    (Status.MISSING, Status.SUSPECTED_MISSING): (
        "“未公开”的条件已全部满足，不止于疑似",
        "all that “missing” needs is there, so it is more than a suspicion",
    ),
    (Status.MISSING, Status.UNKNOWN): ("期限之后有过完整的检索", "there were complete scans since the due date"),
    (Status.SUSPECTED_MISSING, Status.UNKNOWN): (
        "期限之后有过完整的检索，其中没有它",
        "a complete scan since the due date lacked it",
    ),
    (Status.LATE, Status.DATE_UNKNOWN): (
        "公开者标明了日期，都晚于期限，也不是批量日期",
        "the publisher states dates, all after the due date, and none is bulk",
    ),
    (Status.LATE, Status.MISSING): ("已经检索到该报告", "the report was found"),
    (Status.ON_TIME, Status.LATE): (
        "有一个不晚于期限的依据，就不认定逾期",
        "one date or sighting in time is enough not to call it late",
    ),
    (Status.ON_TIME, Status.MISSING): ("已有该报告", "the report is there"),
    (Status.DATE_UNKNOWN, Status.MISSING): ("已有该报告", "the report is there"),
    (Status.NOT_DUE, Status.MISSING): ("期限未到，没有谁可以说未公开", "the due date has not passed"),
    (Status.NOT_DUE, Status.UNKNOWN): ("期限未到，还不必查明", "the due date has not passed"),
    (Status.WITHDRAWN, Status.ON_TIME): (
        "它曾经在，但已连续多次检索不到",
        "it was there, and is gone from one scan after the other",
    ),
    (Status.WITHDRAWN, Status.MISSING): ("它曾经在，不是从未公布", "it was there, so it was published"),
    (Status.EXEMPT, Status.MISSING): (
        "不负有义务，是否公布都不认定",
        "nothing is owed, whether it was published or not",
    ),
}
"""(the status that holds, one that was not tried any more) → why not."""

PROSPECTS: Mapping[str, tuple[str, str]] = {
    "registry_changes": (
        "名录或豁免有改动，或豁免到期 → 重新认定",
        "the registry or a waiver changes, or the waiver ends → judged anew",
    ),
    "seen_again": ("再次检索到 → 回到此前的认定", "it is found again → what held before"),
    "word_present": (
        "由人核实它在（nianbao attest … --url 或 --file）→ 按所见日期认定",
        "a person has seen it (nianbao attest … --url or --file) → by the date that was seen",
    ),
    "word_absent": (
        "由人核实栏目无误而报告不在（nianbao attest … --absent）→ {status}",
        "a person says that the column is right and the report is not there (nianbao attest … --absent) → {status}",
    ),
    "confirm_date": (
        "由人核实公布日期（nianbao attest … --published）→ {status}，不再存疑",
        "a person confirms the date (nianbao attest … --published) → {status}, without doubt",
    ),
    "own_found": (
        "检索到该机关自己的报告 → 按它的日期认定",
        "its own report is found → by the dates of that one",
    ),
    "date_in_time": ("公开者另有不晚于 {due} 的日期 → {status}", "the publisher states a date up to {due} → {status}"),
    "word_in_time": (
        "由人核实公布日期不晚于 {due}（nianbao attest … --published）→ {status}",
        "a person confirms a date up to {due} (nianbao attest … --published) → {status}",
    ),
    "date_passes": (
        "公开者改正日期，或另有可信的日期 → 按该日期认定",
        "the publisher corrects the date, or states another one → by that one",
    ),
    "date_late": ("公开者标明晚于 {due} 的日期 → {status}", "the publisher states a date after {due} → {status}"),
    "date_bulk": (
        "该日期被查明是批量日期（20 条以上相同）→ {status}",
        "the date turns out to be bulk (20 or more alike) → {status}",
    ),
    "seen_before_due": ("{at} 之前检索到 → {status}", "it is found before {at} → {status}"),
    "due_passes": (
        "{at} 仍未检索到 → {status}，直到有完整的检索",
        "it is not found by {at} → {status} until a scan is complete",
    ),
    "missing_from": (
        "最早 {at} 才可能认定{status}：须两次完整检索，相隔 {hours} 小时，各有对照",
        "{status} at {at} at the earliest: two complete scans, {hours} hours apart, each with a control",
    ),
    "found_late": (
        "检索到它，所标日期都晚于 {due} → {status}（经检索证实）",
        "it is found and every date is after {due} → {status} (witnessed)",
    ),
    "found_timely": (
        "检索到它，有不晚于 {due} 的日期 → {status}（疑似倒签，请人核查）",
        "it is found with a date up to {due} → {status} (perhaps backdated: a person must look)",
    ),
    "heir_settled": (
        "查明{heir}也没有公布 → {status}；它的报告不晚于期限 → 按时公开",
        "{heir}, is proven to have published none → {status}",
    ),
    "control_seen": (
        "相隔 {hours} 小时的两次完整检索都见到对照，仍未见到它 → {status}",
        "two complete scans {hours} hours apart see a control and not the report → {status}",
    ),
    "second_look": (
        "第二次完整检索最早于 {at}；仍未见到它、有对照 → {status}",
        "a second complete scan at {at} at the earliest, without it and with a control → {status}",
    ),
    "second_look_now": (
        "下一次完整检索即可为第二次；仍未见到它、有对照 → {status}",
        "the next complete scan may be the second one: without it and with a control → {status}",
    ),
    "two_looks": (
        "{from} 之后开始的两次完整检索，相隔 {hours} 小时，各有对照 → {status}，最早 {at}",
        "two complete scans begun after {from}, {hours} hours apart, each with a control → {status}, at {at} or later",
    ),
    "seen_at_all": ("任何一次检索到它 → 按它的日期认定", "any scan that finds it → by its dates"),
    "first_look": ("一次完整检索，未见到它 → {status}", "one complete scan without it → {status}"),
    "look_again": (
        "网站恢复可查，一次完整检索未见到它 → {status}",
        "the portal can be looked at again, and one complete scan lacks it → {status}",
    ),
    "vanishes": (
        "此后 {looks} 次完整检索都不见它，且跨 {days} 天 → {status}",
        "{looks} complete scans over {days} days lack it from now on → {status}",
    ),
    "vanishing": (
        "已有 {gone} 次完整检索不见它（自 {from}）；满 {looks} 次且跨 {days} 天 → {status}，最早 {at}",
        "{gone} complete scans lacked it since {from}; {looks} of them over {days} days → {status}, at {at} or later",
    ),
}
"""Code of `monitor.agency_years.outlook` → words, with the prospect's figures and the status it leads to in braces."""


def said(language: str, key: str, **figures: object) -> str:
    """A text with its braces filled."""
    return SAID[key][LANGUAGES.index(language)].format_map({name: shown(value) for name, value in figures.items()})


def prospect_text(prospect: Prospect, status: str, language: str) -> str:
    """A prospect in words; `status` is the word for where it leads."""
    figures = {name: shown(value) for name, value in prospect.figures.items()}
    if "former" in prospect.figures:
        figures["heir"] = heir_text(figures["name"], language, is_former=bool(prospect.figures["former"]))
    return PROSPECTS[prospect.code][LANGUAGES.index(language)].format_map({**figures, "status": status})


def shown(value: object) -> str:
    """A figure as people read it."""
    if isinstance(value, datetime):
        return minute_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
