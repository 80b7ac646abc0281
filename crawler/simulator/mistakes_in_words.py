"""Reports with one thing wrong in title, headings or narrative; each function gives a changed copy."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crawler.simulator.made_up import MadeUpSection
from storage.forms import FORMS
from storage.report import Contact

if TYPE_CHECKING:
    from random import Random

    from crawler.simulator.made_up import MadeUpReport

_NO_APPLICATIONS = re.compile(r"未收到[^。]*申请。")
_HANDLED = re.compile(r"办结(\d+)件")
_DISCLOSED = re.compile(r"主动公开政府信息(\d+)条")
_ASSESSMENT_CLAUSE = re.compile(r"[^。]*(?:责任追究|社会评议)[^。]*。")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
OTHER_AGENCY = "望川县档案管理中心"
"""The name that a wrong template was filled in with."""


def with_paragraphs(report: MadeUpReport, number: int, paragraphs: tuple[str, ...]) -> MadeUpReport:
    """The report with other paragraphs in one section."""
    sections = tuple(
        replace(section, paragraphs=paragraphs) if section.number == number else section for section in report.sections
    )
    return replace(report, sections=sections)


def _paragraphs(report: MadeUpReport, number: int) -> tuple[str, ...]:
    section = report.section(number)
    if section is None:
        raise KeyError(number)
    return section.paragraphs


def _added(report: MadeUpReport, number: int, paragraph: str) -> MadeUpReport:
    return with_paragraphs(report, number, (*_paragraphs(report, number), paragraph))


def missing_section(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Section 5 is not there."""
    del random
    return replace(report, sections=tuple(section for section in report.sections if section.number != 5))  # noqa: PLR2004


def empty_section(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Nothing, or 无 alone, under section 5."""
    return with_paragraphs(report, 5, random.choice(((), ("无。",))))


def swapped_sections(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Section 6 stands before section 5."""
    del random
    *others, fifth, sixth = report.sections
    return replace(report, sections=(*others, sixth, fifth))


def seventh_section(report: MadeUpReport, random: Random) -> MadeUpReport:
    """A section that the form does not have."""
    del random
    extra = MadeUpSection(7, "工作大事记", ("三月召开年度部署会，九月开展业务竞赛，十二月完成满意度测评。",))
    return replace(report, sections=(*report.sections, extra))


def varied_headings(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Headings in other words that mean the same: the form's known variants, and one that it does not know."""
    aliases = {section.number: section.aliases for section in FORMS[report.form].sections}
    aliases[1] = ("政府信息公开工作总体开展情况",)
    sections = tuple(
        replace(section, heading=random.choice(aliases[section.number])) if aliases.get(section.number) else section
        for section in report.sections
    )
    return replace(report, sections=sections)


def last_year_in_title(report: MadeUpReport, random: Random) -> MadeUpReport:
    """The title names the year before."""
    del random
    year = report.report_year
    return replace(report, title=report.title.replace(str(year), str(year - 1)))


def last_year_in_body(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Preamble and text are last year's under this year's title."""
    del random
    old, new = str(report.report_year), str(report.report_year - 1)
    first = date(report.report_year - 1, 1, 1)
    sections = tuple(
        replace(section, paragraphs=tuple(text.replace(old, new) for text in section.paragraphs))
        for section in report.sections
    )
    preamble = tuple(text.replace(old, new) for text in report.preamble)
    return replace(report, sections=sections, preamble=preamble, period=(first, first.replace(month=12, day=31)))


def other_agency_in_title(report: MadeUpReport, random: Random) -> MadeUpReport:
    """The title is another agency's."""
    del random
    return replace(report, title=report.title.replace(report.agency_name, OTHER_AGENCY))


def short_period(report: MadeUpReport, random: Random) -> MadeUpReport:
    """The statistics end before the year does."""
    if report.period is None:
        raise ValueError(f"{report.title}: no period to shorten")
    day = random.randint(20, 30)
    last = report.period[1].replace(day=day)
    preamble = tuple(text.replace("12月31日", f"12月{day}日") for text in report.preamble)
    return replace(report, preamble=preamble, period=(report.period[0], last))


def contradicted_narrative(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Section 1 gives another number of applications than table 3."""
    more = random.randint(3, 30)
    paragraphs = tuple(
        _NO_APPLICATIONS.sub(
            f"收到政府信息公开申请{more}件。", _HANDLED.sub(lambda match: f"办结{int(match[1]) + more}件", text)
        )
        for text in _paragraphs(report, 1)
    )
    return with_paragraphs(report, 1, paragraphs)


def wrong_breakdown(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Parts that do not add up to the total named before them."""
    more = random.randint(3, 30)
    paragraphs = tuple(
        _DISCLOSED.sub(lambda match: f"主动公开政府信息{int(match[1]) + more}条", text)
        for text in _paragraphs(report, 1)
    )
    return with_paragraphs(report, 1, paragraphs)


def without_fee_statement(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Section 6 does not speak of the information processing fee."""
    del random
    return with_paragraphs(report, 6, ("没有其他事项需要报告。",))


def without_assessment(report: MadeUpReport, random: Random) -> MadeUpReport:
    """A government's report that leaves out what Art. 50 asks of it."""
    del random
    return with_paragraphs(report, 1, tuple(_ASSESSMENT_CLAUSE.sub("", text) for text in _paragraphs(report, 1)))


def placeholder(report: MadeUpReport, random: Random) -> MadeUpReport:
    """A template that was not filled in to the end."""
    text = random.choice(
        ("截至20XX年底，各科室整改任务××项已全部完成。", "依据〔20XX〕号文件，计划明年开展培训___次。")
    )
    return _added(report, 5, text)


def copied_from(report: MadeUpReport, previous: MadeUpReport) -> MadeUpReport:
    """Sections 1 and 5 are last year's with only the year changed."""
    old, new = str(previous.report_year), str(report.report_year)
    for number in (1, 5):
        paragraphs = tuple(text.replace(old, new) for text in _paragraphs(previous, number))
        report = with_paragraphs(report, number, paragraphs)
    return report


def with_personal_data(report: MadeUpReport, random: Random) -> MadeUpReport:
    """An identity card number with a right check digit, of a region that does not exist."""
    born = date(1950, 1, 1) + timedelta(days=random.randrange(20_000))
    digits = f"890123{born:%Y%m%d}{random.randrange(1000):03}"
    check = _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=True)) % 11]
    return _added(report, 5, f"来信人身份证号码{digits}{check}，所提建议已转交有关科室研究。")


def without_contact(report: MadeUpReport, random: Random) -> MadeUpReport:
    """No way to reach the agency is printed."""
    del random
    preamble = tuple(re.sub(r"[^。]*（[^（）]*）。$", "", text) for text in report.preamble)
    return replace(report, preamble=tuple(text for text in preamble if text), contact=Contact())


def malformed_link(report: MadeUpReport, random: Random) -> MadeUpReport:
    """An address that no browser opens."""
    del random
    return _added(report, 6, "历年报告可在http//:www.zwgk.example.org查阅。")


def with_residue(report: MadeUpReport, random: Random) -> MadeUpReport:
    """What a converter leaves behind."""
    del random
    first, *others = _paragraphs(report, 5)
    return with_paragraphs(report, 5, (f"[bookmark: _GoBack]{first}", *others))


def published_too_early(report: MadeUpReport, random: Random) -> MadeUpReport:
    """Published before the year it reports on was over."""
    day = date(report.report_year, 12, random.randint(1, 25))
    return replace(report, published_on=day, signed_on=None)
