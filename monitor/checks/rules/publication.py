"""Rules on whether, when and in whose name a report was published."""

from __future__ import annotations

from monitor.checks.rules.model import FORM, Rule, Words
from storage.records import Severity

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_DUE = (
    "regulations-2019-49-1",
    "regulations-2019-49-2",
    "regulations-2019-54",
    "regulations-2007-31",
    "local-practice",
)

PUBLICATION_RULES = (
    Rule(
        "missing",
        _ERROR,
        Words("未公布年度报告", "No annual report was published"),
        Words(
            "立即编制并在本机关政府信息公开栏目公布；如已在别处公布，请告知地址。",
            "Compile and publish it in the agency's column at once; if it is published elsewhere, give the address.",
        ),
        _DUE,
        {
            "": Words(
                "{year}年度政府信息公开工作年度报告应于{due}前公布（{basis}），截至{now}未见公布。",
                "The annual report on {year} was due by {due} ({basis}); as of {now} it has not been seen.",
            )
        },
        also=(_WARNING,),
        counts_towards_content=False,
    ),
    Rule(
        "late",
        _ERROR,
        Words("年度报告公布逾期", "The annual report was published late"),
        Words(
            "核对公布日期；确属逾期的，查明原因，下一年度按期公布。",
            "Verify the date of publication; if it was late, find out why and publish on time next year.",
        ),
        _DUE,
        {
            "": Words(
                "{year}年度报告应于{due}前公布（{basis}），公布日期为{published_on}，逾期{days}天。",
                "The report on {year} was due by {due} ({basis}); it came out on {published_on}, {days} days late.",
            )
        },
        also=(_WARNING,),
        counts_towards_content=False,
    ),
    Rule(
        "withdrawn",
        _ERROR,
        Words("已公布的年度报告被撤下", "A published annual report was taken down"),
        Words(
            "恢复年度报告的公开；网站改版的，请把原报告迁移到新栏目。",
            "Publish the report again; after a redesign, move it to the new column.",
        ),
        ("regulations-2019-49-1", "regulations-2019-49-2", "regulations-2019-47"),
        {
            "": Words(
                "{year}年度报告曾经公布，截至{now}已无法在原栏目找到。",
                "The report on {year} had been published; as of {now} it can no longer be found in its column.",
            )
        },
        counts_towards_content=False,
    ),
    Rule(
        "year-mismatch",
        _ERROR,
        Words("年份不一致", "The years do not agree"),
        Words(
            "核对标题、统计期限和正文中的年份，改正沿用上一年文本的地方。",
            "Check the years in title, period and text, and correct what was carried over from another year.",
        ),
        FORM,
        {
            "expected": Words(
                "应为{expected}年度的报告，但{places}。", "A report on {expected} is expected, but {places}."
            ),
            "internal": Words("报告年度为{expected}年，但{places}。", "The report is on {expected}, but {places}."),
        },
    ),
    Rule(
        "agency-mismatch",
        _ERROR,
        Words("机关名称不一致", "The agency's names do not agree"),
        Words(
            "核对标题、正文和落款中的机关名称，改正误用其他机关名称的地方。",
            "Check the agency's name in title, text and signature, and correct where another agency is named.",
        ),
        FORM,
        {
            "expected": Words(
                "应为“{expected}”的报告，但{places}。", "A report of “{expected}” is expected, but {places}."
            ),
            "internal": Words(
                "报告机关为“{expected}”，但{places}。", "The report is that of “{expected}”, but {places}."
            ),
            "mentioned": Words(
                "正文{count}次提到“{other}”，而从未提到报告机关“{expected}”。",
                "The text names “{other}” {count} times, and the report's own agency “{expected}” never.",
            ),
        },
    ),
    Rule(
        "period-mismatch",
        _WARNING,
        Words("统计期限不是整个日历年度", "The period is not the calendar year"),
        Words(
            "统计期限应为报告年度的1月1日至12月31日；数据按此期限重新核对。",
            "The period should run from 1 January to 31 December of the report year; check the figures against it.",
        ),
        FORM,
        {
            "": Words(
                "统计期限为{first}至{last}，不是{year}年1月1日至12月31日。",
                "The period is {first} to {last}, not 1 January to 31 December {year}.",
            )
        },
    ),
    Rule(
        "published-too-early",
        _WARNING,
        Words("报告年度结束前即已公布或落款", "Published or signed before the report year had ended"),
        Words(
            "核对日期；确在年度结束前编制的，按全年数据重新编制。",
            "Check the date; a report made before the year's end must be made anew with the whole year's figures.",
        ),
        ("regulations-2019-49-1", "regulations-2019-49-2"),
        {
            "published": Words(
                "{year}年度尚未结束，报告的公布日期却是{date}。",
                "The report is dated as published on {date}, before {year} had ended.",
            ),
            "signed": Words(
                "统计期限到{end}才结束，报告的落款日期却是{date}。",
                "The report is signed on {date}, before its period ended on {end}.",
            ),
        },
        counts_towards_content=False,
    ),
    Rule(
        "revised",
        _INFO,
        Words("公布后数据有修改", "Figures were changed after publication"),
        Words(
            "修改已公布的数据时，请在报告中注明修改日期和原因。",
            "When published figures are changed, say in the report when and why.",
        ),
        ("regulations-2019-50-2",),
        {
            "": Words(
                "与此前公布的版本相比，有{count}个数据不同：{changes}。",
                "{count} figures differ from the version published before: {changes}.",
            )
        },
        counts_towards_content=False,
    ),
)
