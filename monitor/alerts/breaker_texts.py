"""The words of the operator's incidents in both languages: what looks wrong, what is held, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "vanished": "门户{portal}：此前检索到的{of}个机关的年度报告中，有{count}个同时检索不到，可能是网站改版或故障",
        "alone": "门户{portal}：此前检索到的{of}个机关的年度报告中，有{count}个检索不到，且没有与其同时或更早列出的"
        "同年度报告仍在，无从比对，可能是栏目重建或只列最近的条目",
        "controls": "门户{portal}：{of}个机关的检索此前可见其他年度报告作为对照，现有{count}个已无任何对照，"
        "可能是网站改版或故障",
        "many": "门户{portal}：应公布年度报告的{of}个机关中，有{count}个同时未检索到，可能是报告改在其他栏目公布",
        "portals": "{count}个门户（{portals}等）同时出现异常：此前检索到的报告或对照同时不见，或应公布的报告大批"
        "未检索到，可能是建站系统统一改版或故障",
        "held": "。有关告警暂不发出，网站恢复后自动放行；请人工核查网站，确认（ack）本事件也即放行。",
        "no_control": "门户{portal}：{count}个机关的栏目两次完整检索均未见年度报告，栏目内也没有可作对照的年度报告，"
        "无法自动认定，请人工核查后以 attest 记录。",
        "cannot_look": "门户{portal}：自{since}起未能完成检索（{outcomes}），{count}个机关的年度报告情况不明。",
        "cannot_look_many": "{count}个门户自{since}起先后未能完成检索（{outcomes}），"
        "其{agencies}个机关的年度报告情况不明。",
        "backdated": "门户{portal}：{count}个机关的年度报告载明的公布日期早于未检索到该报告的完整检索，"
        "可能是补发后倒填日期，请人工核查。",
        "fleet": "{of}个门户中有{count}个同时异常，可能是本系统的网络或程序故障；所有“未检索到”和“撤下”告警暂不发出，"
        "恢复后自动放行。确认（ack）本事件也即放行。",
        "network": "{of}个门户中有{count}个在最近一天内均未能完成检索，而此前一周可以，很可能是本系统的网络故障；"
        "所有“未检索到”和“撤下”告警暂不发出，恢复后自动放行。确认（ack）本事件也即放行。",
        "clock": "本机时钟现为{now}，而最近入库的检索时间为{newest}，时钟不可信；告警暂不发出、不更正，"
        "待时钟校准并有新的检索入库后自动恢复。",
        "flapping": "{name}{year}年度的告警在{window}天内{count}次开启或结束，反复不定；"
        "稳定{quiet}天之前暂不再次开启，请人工核查。确认（ack）本事件即放行。",
        "flapping_many": "{count}个机关{year}年度的告警反复开启和结束；"
        "稳定{quiet}天之前暂不再次开启，请人工核查。确认（ack）本事件即放行。",
    },
    "en": {
        "vanished": "Portal {portal}: of {of} agencies whose report had been seen, {count} can no longer be found at "
        "once; the site may have been redesigned or be broken",
        "alone": "Portal {portal}: of {of} agencies whose report had been seen, {count} can no longer be found, and no "
        "report of the same year that was listed with it or before it is still there to compare; the list may have "
        "begun anew, or show only its newest rows",
        "controls": "Portal {portal}: scans for {of} agencies used to see other reports as a control; for {count} of "
        "them none is left; the site may have been redesigned or be broken",
        "many": "Portal {portal}: of {of} agencies that are due, {count} were not found at once; the reports may have "
        "gone to another column",
        "portals": "{count} portals at once ({portals} …) lost reports or controls that had been seen, or lack many "
        "reports that are due; the firm that runs them may have changed them all",
        "held": ". Their alerts are held until the site is as it was; look at it, and acknowledge (ack) this incident "
        "to release them.",
        "no_control": "Portal {portal}: two complete scans of the columns of {count} agencies saw no annual report, "
        "nor any other report as a control; a person must look and record it with attest.",
        "cannot_look": "Portal {portal}: no scan could be completed since {since} ({outcomes}); nothing is known of "
        "the reports of {count} agencies.",
        "cannot_look_many": "{count} portals: no scan could be completed, of the first since {since} ({outcomes}); "
        "nothing is known of the reports of their {agencies} agencies.",
        "backdated": "Portal {portal}: the reports of {count} agencies state a date before complete scans that did "
        "not find them; they may have been published later under an earlier date. A person must look.",
        "fleet": "{count} of {of} portals are abnormal at once, perhaps by a fault of our own network or program; "
        "every alert on missing and withdrawn reports is held until that is over. Acknowledge (ack) this incident to "
        "release them.",
        "network": "{count} of {of} portals could not be looked at within the last day, though they could in the week "
        "before: probably our own network. Every alert on missing and withdrawn reports is held until that is over. "
        "Acknowledge (ack) this incident to release them.",
        "clock": "Our clock shows {now}, but the scans that were stored last are of {newest}: it is not to be "
        "believed. No alert is opened or ended until the clock is right and fresh scans are stored.",
        "flapping": "{name}: alerts on {year} were opened or ended {count} times in {window} days; none is opened "
        "again before {quiet} quiet days. A person must look; acknowledge (ack) this incident to release them.",
        "flapping_many": "Alerts on {year} of {count} agencies were opened and ended again and again; "
        "none is opened again before {quiet} quiet days. A person must look; acknowledge (ack) this incident to "
        "release them.",
    },
}
