"""Why a status holds or does not, in words: what `explain` prints for each code of `monitor.agency_years.standing`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from monitor.agency_years.proofs import minute_text
from monitor.texts import word
from storage.faults import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.agency_years.standing import Step

STEP_WORDS: Mapping[str, tuple[str, str]] = {
    "": ("该机关负有该年度的义务，没有豁免", "the agency owes a report on that year, and nothing is waived"),
    "never_seen": ("从未见过该报告", "the report was never seen"),
    "vouched": ("{at} 经 {by} 人工核实，报告在", "{by} saw the report on {at}"),
    "still_there": (
        "{at} 仍见到它，此后没有不见它的完整检索",
        "seen on {at}, and no complete scan since then lacked it",
    ),
    "looked_elsewhere": (
        "{at} 仍见到它，此后检索的不是列出过它的栏目",
        "seen on {at}; the column that listed it was not looked at since",
    ),
    "gone": (
        "{at} 之后有 {looks} 次完整检索不见它（{from} 至 {to}）",
        "{looks} complete scans after {at} lacked it ({from} to {to})",
    ),
    "not_gone_long_enough": (
        "{at} 之后有 {looks} 次完整检索不见它（{from} 至 {to}），须有 3 次且跨 7 天",
        "{looks} complete scans after {at} lacked it ({from} to {to}); three over seven days are needed",
    ),
    "stated_in_time": ("{source} 标明 {date}，不晚于期限", "{source} states {date}, not after the due date"),
    "seen_in_time": ("期限之前我们已在 {at} 见到", "we saw it on {at}, before the due date ended"),
    "vouched_in_time": ("期限之前 {at} 已有人工核实", "a person saw it on {at}, before the due date ended"),
    "nothing_in_time": ("没有日期或发现记录不晚于期限", "no date and no sighting lies before the end of the due date"),
    "not_found": ("没有找到该报告", "the report was not found"),
    "no_date": ("公开者没有标明日期", "the publisher states no date"),
    "bulk_date": (
        "{source} 的 {date} 是批量日期（20 条以上相同），不能证明逾期",
        "{date} ({source}) is a bulk date (20 or more alike): it proves no lateness",
    ),
    "date_unread": (
        "列表或页面标明的日期晚于期限，但页面另标明了公布日期而无法读出，不能证明逾期",
        "the dates that can be read lie after the due date, but the page states another that cannot: no proof",
    ),
    "date_unsure": (
        "标明的公布日期晚于期限，但页面元数据另有 {date}，含义不明，不能证明逾期",
        "the stated dates lie after the due date, but the page's metadata holds {date}, of unknown meaning: no proof",
    ),
    "date_ahead": (
        "{source} 标明 {date}，晚于首次见到它的日子，不可能是公布日期，不能证明逾期",
        "{date} ({source}) lies after the day on which it was first seen: nobody published then, it proves nothing",
    ),
    "witnessed": (
        "公开者标明的日期都晚于期限，且 {at} 的完整检索还没有它",
        "every stated date lies after the due date, and the complete scan of {at} lacked it",
    ),
    "stated": ("公开者标明的日期都晚于期限", "every date that the publisher states lies after the due date"),
    "succeeded": (
        "自己的报告没有检索到；{heir}的报告已检索到，它不能证明该机关按时，也不由该机关承担逾期",
        "its own report was not found; that of {heir}, was: it proves nobody else on time or late",
    ),
    "succeeded_since": (
        "{heir}的报告已检索到，可以满足该机关的义务",
        "the report of {heir}, was found and satisfies this obligation too",
    ),
    "successor_stated_in_time": (
        "{heir}的报告标明 {date}（{source}），不晚于期限，可以满足该机关的义务",
        "the report of {heir}, states {date} ({source}): it satisfies this obligation too",
    ),
    "successor_seen_in_time": (
        "{heir}的报告在期限之前 {at} 已见到，可以满足该机关的义务",
        "the report of {heir}, was seen on {at}, in time: it satisfies this obligation too",
    ),
    "successor_vouched_in_time": (
        "{heir}的报告在期限之前 {at} 经 {by} 人工核实，可以满足该机关的义务",
        "{by} saw the report of {heir}, on {at}, in time: it satisfies this obligation too",
    ),
    "successor_open": (
        "该机关的条件已满足，但{heir}是否公布尚未查明",
        "all is there but that it is not known yet whether {heir}, published",
    ),
    "found": ("已找到，但没有足以认定按时或逾期的依据", "found, but nothing proves it on time or late"),
    "due_end": ("期限到 {at} 为止", "due until {at}"),
    "confirmed": (
        "期限之后两次完整检索（{from}、{to}）均未见到，且各有对照",
        "two complete scans after the due date ({from}, {to}) lacked it, each with a control",
    ),
    "no_look": ("期限之后没有完整检索", "no complete scan since the due date"),
    "no_control": (
        "{looks} 次完整检索未见，但栏目里没有可作对照的报告，须人工核实",
        "{looks} complete scans lacked it, but the column shows no control: a person must look",
    ),
    "awaiting_confirmation": (
        "{looks} 次完整检索未见，尚待相隔足够时间的又一次确认",
        "{looks} complete scans lacked it; another one, late enough, must confirm",
    ),
    "in_grace": ("{looks} 次完整检索未见，尚在宽限期内", "{looks} complete scans lacked it; still within the grace"),
    "not_scanned": ("期限之后没有检索", "not scanned since the due date"),
}
"""Code → Chinese and English, with the step's figures in braces. Outcomes of scans have their own words."""


HEIRS: Mapping[bool, tuple[str, str]] = {
    False: ("承继机关{0}", "{0}, which took over"),
    True: ("更名前的{0}", "{0}, as it was called before"),
}
"""Is it the same body under its former name → what it is called beside the one that is judged."""


def heir_text(name: object, language: str, *, is_former: bool) -> str:
    """An heir with what it is to the one that is judged."""
    return HEIRS[is_former][LANGUAGES.index(language)].format(name)


def step_text(step: Step, language: str) -> str:
    """The reason of one step; a code without words here is an outcome, or text already."""
    words = STEP_WORDS.get(step.code)
    figures = {name: _shown(value) for name, value in step.figures.items()}
    if "former" in step.figures:
        figures["heir"] = heir_text(figures["name"], language, is_former=bool(step.figures["former"]))
    if "source" in figures:
        figures["source"] = word(language, figures["source"])
    if words is None:
        detail = figures.get("detail", "")
        return f"{word(language, step.code)}{f'：{detail}' if detail else ''}"
    return words[LANGUAGES.index(language)].format_map(figures)


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return minute_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
