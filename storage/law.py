"""The law behind every due date and rule, as data.

A statute's due date is a duty; for townships, street offices and development zones no article names
a date, only local practice does, so their rows are not statutory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.errors import FormError
from storage.records import AgencyKind


@dataclass(frozen=True, slots=True)
class Law:
    """One legal source. `number` and `article` are as cited; `in_force_to` None: still in force. `text` is the
    article's own, of those that set a date; empty for others."""

    title: str
    title_en: str
    number: str
    article: str
    in_force_from: date
    in_force_to: date | None = None
    text: str = ""

    @property
    def citation(self) -> str:
        """The source as Chinese documents cite it."""
        return f"《{self.title}》({self.number}){self.article}"


_REGULATIONS = "中华人民共和国政府信息公开条例"
_REGULATIONS_EN = "Regulations on Open Government Information"
_OLD = (_REGULATIONS, _REGULATIONS_EN + " (2007)", "国务院令第492号")
_NEW = (_REGULATIONS, _REGULATIONS_EN + " (2019)", "国务院令第711号")
_OLD_DATES = (date(2008, 5, 1), date(2019, 5, 14))
_NEW_DATE = date(2019, 5, 15)

LAWS = {
    "regulations-2007-31": Law(
        *_OLD,
        "第三十一条",
        *_OLD_DATES,
        text="各级行政机关应当在每年3月31日前公布本行政机关的政府信息公开工作年度报告。",
    ),
    "regulations-2019-20": Law(*_NEW, "第二十条", _NEW_DATE),
    "regulations-2019-32": Law(*_NEW, "第三十二条", _NEW_DATE),
    "regulations-2019-47": Law(*_NEW, "第四十七条", _NEW_DATE),
    "regulations-2019-49-1": Law(
        *_NEW,
        "第四十九条第一款",
        _NEW_DATE,
        text="县级以上人民政府部门应当在每年1月31日前向本级政府信息公开工作主管部门提交本行政机关上一年度"
        "政府信息公开工作年度报告并向社会公布。",
    ),
    "regulations-2019-49-2": Law(
        *_NEW,
        "第四十九条第二款",
        _NEW_DATE,
        text="县级以上地方人民政府的政府信息公开工作主管部门应当在每年3月31日前向社会公布本级政府上一年度"
        "政府信息公开工作年度报告。",
    ),
    "regulations-2019-50-1": Law(*_NEW, "第五十条第一款", _NEW_DATE),
    "regulations-2019-50-2": Law(*_NEW, "第五十条第二款", _NEW_DATE),
    "regulations-2019-54": Law(
        *_NEW,
        "第五十四条",
        _NEW_DATE,
        text="法律、法规授权的具有管理公共事务职能的组织公开政府信息的活动，适用本条例。",
    ),
    "local-practice": Law(
        "各地关于政府信息公开工作年度报告的通知",
        "Local notices on the annual reports (practice, no statute)",
        "地方通知",
        "",
        _NEW_DATE,
    ),
    "form-2019": Law(
        "国务院办公厅政府信息与政务公开办公室关于政府信息公开工作年度报告有关事项的通知",
        "Notice on annual reports of open government information (2019 form)",
        "国办公开办函〔2019〕60号",
        "附件",
        date(2019, 12, 1),
        date(2021, 9, 25),
    ),
    "form-2021": Law(
        "国务院办公厅政府信息与政务公开办公室关于印发《中华人民共和国政府信息公开工作年度报告格式》的通知",
        "Notice issuing the format of annual reports (2021 form)",
        "国办公开办函〔2021〕30号",
        "附件",
        date(2021, 9, 26),
    ),
    "fees-2020": Law(
        "政府信息公开信息处理费管理办法",
        "Measures on information processing fees",
        "国办函〔2020〕109号",
        "",
        date(2021, 1, 1),
    ),
    "legislation": Law(
        "中华人民共和国立法法", "Legislation Law", "主席令第3号", "第九十一条、第九十三条", date(2015, 3, 15)
    ),
    "personal-information": Law(
        "中华人民共和国个人信息保护法",
        "Personal Information Protection Law",
        "主席令第91号",
        "第三十四条",
        date(2021, 11, 1),
    ),
}
"""Key → source. Keys are stable: obligations, findings and documents refer to them."""


@dataclass(frozen=True, slots=True)
class DueRule:
    """By when the report on a year is due, in the following year, the whole day in Asia/Shanghai."""

    kinds: frozenset[AgencyKind]
    first_year: int
    last_year: int | None
    month: int
    day: int
    law: str
    is_statutory: bool


_K = AgencyKind
DEPARTMENTS = frozenset({_K.STATE_COUNCIL_DEPARTMENT, _K.LOCAL_DEPARTMENT, _K.VERTICAL_AGENCY})
GOVERNMENTS = frozenset({_K.PROVINCE_GOVERNMENT, _K.CITY_GOVERNMENT, _K.COUNTY_GOVERNMENT})
PRACTICE_KINDS = frozenset({_K.TOWNSHIP_GOVERNMENT, _K.STREET_OFFICE, _K.DEVELOPMENT_ZONE})
"""No article names their date: late is a warning, missing a warning until 31 March."""

DUE_RULES = (
    DueRule(frozenset(AgencyKind), 2008, 2018, 3, 31, "regulations-2007-31", is_statutory=True),
    DueRule(DEPARTMENTS, 2019, None, 1, 31, "regulations-2019-49-1", is_statutory=True),
    DueRule(frozenset({_K.AUTHORISED_ORGANISATION}), 2019, None, 1, 31, "regulations-2019-54", is_statutory=True),
    DueRule(GOVERNMENTS, 2019, None, 3, 31, "regulations-2019-49-2", is_statutory=True),
    DueRule(PRACTICE_KINDS, 2019, None, 1, 31, "local-practice", is_statutory=False),
)
PRACTICE_OUTER_BOUND = (3, 31)
"""From the day after, a missing report of a practice kind is an error too."""


def due_rule(kind: AgencyKind, report_year: int) -> DueRule | None:
    """The rule that dates the report of that kind on that year; None before 2008."""
    for rule in DUE_RULES:
        if kind in rule.kinds and rule.first_year <= report_year <= (rule.last_year or report_year):
            return rule
    return None


def _check_due_rules() -> None:
    faults = [f"due rule cites unknown law {rule.law}" for rule in DUE_RULES if rule.law not in LAWS]
    for kind in AgencyKind:
        for year in (2008, 2018, 2019, 2030):
            rules = [r for r in DUE_RULES if kind in r.kinds and r.first_year <= year <= (r.last_year or year)]
            if len(rules) != 1:
                faults.append(f"{kind} has {len(rules)} due rules for {year}, expected one")
    if faults:
        raise FormError("; ".join(faults))


_check_due_rules()
