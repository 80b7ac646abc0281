"""By when an agency owes its report on a year, by which law, and what an operator waived.

Pure. The law's date comes from `storage.law`; the operator's override, waivers and successions from the
registry. Due days are whole days in Asia/Shanghai: `due_end` turns one into the first instant after it.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from monitor.agency_years.lifetimes import CONTINUING, by_agency, former_ids, lifetime, succession_text
from storage.law import LAWS, due_rule
from storage.records import SHANGHAI, Obligation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitor.agency_years.lifetimes import Lifetime
    from storage.law import DueRule
    from storage.records import Agency, AgencyKind, Succession, Waiver

EVERY_RULE = "*"
OVERRIDES_FROM = 2019
"""The papers of the registry that move a date fill out the Regulations of 2019; on the years before, all
reports were due on 31 March, whatever such a paper says."""

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "no_law": "{year}年度尚无编制年度报告的法定义务（条例自2008年5月1日起施行）",
        "founded_later": "该机关自{day}起设立，{year}年度结束时尚不存在",
        "dissolved": "该机关至{day}止，应公布之日已不存在",
        "waived": "豁免：{reason}（{by}）",
        "waived_until": "豁免：{reason}（{by}，至{day}止）",
        "joint": "；",
        "registry_paper": "名录所列日期",
        "statute_prevails": "{law}；{paper}所定{day}晚于法定期限，以法定期限为准",
    },
    "en": {
        "no_law": "no report on {year} was owed (the Regulations are in force from 2008-05-01)",
        "founded_later": "founded on {day}, did not exist at the end of {year}",
        "dissolved": "existed until {day}, not on the due date",
        "waived": "waived: {reason} ({by})",
        "waived_until": "waived: {reason} ({by}, until {day})",
        "joint": "; ",
        "registry_paper": "date in the registry",
        "statute_prevails": "{law}; {day} in {paper} is later than the statute, which prevails",
    },
}


def obligation(
    agency: Agency,
    report_year: int,
    waivers: Iterable[Waiver],
    now_date: date,
    *,
    successions: Iterable[Succession] = (),
    names: Mapping[str, str] | None = None,
    others: Mapping[str, Agency] | None = None,
    language: str = "zh",
) -> Obligation:
    """What the agency owes for that year; `now_date` (in Asia/Shanghai) decides which waivers still hold.

    Nothing is owed (`due` None, `exempt_reason` says why) before the law, under a waiver of every rule,
    and where the agency did not exist both on the last day of the report year and on the due date: one
    that was founded or dissolved in between is a matter of its predecessor or successor, and such a
    doubt never becomes an accusation. But a body that was renamed under a new id in between is the same body: it
    owes once, under the id that it has on the due date. `successions` may hold those of others too; `names` are
    agencies' names by id, for the reasons; `others` are agencies by id, for since when a renamed body exists.
    """
    texts = _TEXTS[language]
    rule = due_rule(agency.kind, report_year)
    if rule is None:
        reason = texts["no_law"].format(year=report_year)
        return Obligation(agency.id, report_year, None, "", is_statutory=False, exempt_reason=reason)
    due, basis, is_statutory = _due_date(agency, report_year, rule, texts)
    every = tuple(successions)
    own = tuple(one for one in every if agency.id in {one.agency, one.successor})
    life = _life_of_body(agency, report_year, due, every, others or {})
    excuse = _absence_reason(life, report_year, due, texts)
    if excuse is not None:
        known = names if names and agency.id in names else {agency.id: agency.name, **(names or {})}
        bounds = {life.first, life.last, life.last + timedelta(days=1) if life.last else None}
        words = (succession_text(one, known, language) for one in own if one.on in bounds)
        excuse = texts["joint"].join([excuse, *words])
    if excuse is None:
        waiver = waived_rules(agency.id, report_year, waivers, now_date).get(EVERY_RULE)
        excuse = _waiver_reason(waiver, texts) if waiver else None
    return Obligation(agency.id, report_year, None if excuse else due, basis, is_statutory, excuse)


def obligations(
    agencies: Sequence[Agency],
    report_year: int,
    waivers: Sequence[Waiver],
    now: datetime,
    *,
    successions: Sequence[Succession] = (),
    language: str = "zh",
) -> dict[str, Obligation]:
    """Agency id → its obligation for the year, in the order given."""
    own: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        own.setdefault(waiver.agency, []).append(waiver)
    every = tuple(successions)
    changes = by_agency(every)
    renamed = {one.successor for one in every if one.kind in CONTINUING}
    others = {agency.id: agency for agency in agencies} if changes else {}
    names = {key: agency.name for key, agency in others.items()}
    today = shanghai_date(now)
    return {
        agency.id: obligation(
            agency,
            report_year,
            own.get(agency.id, ()),
            today,
            successions=every if agency.id in renamed else changes.get(agency.id, ()),
            names=names,
            others=others,
            language=language,
        )
        for agency in agencies
    }


@lru_cache(maxsize=1000)
def due_end(due: date) -> datetime:
    """The first instant after the due day: 00:00 of the next day in Asia/Shanghai, in that zone: instants of one and
    the same zone are compared several times faster, and those that are stored are in this one."""
    return datetime.combine(due + timedelta(days=1), time(), SHANGHAI)


def shanghai_date(instant: datetime) -> date:
    """The date that a calendar in China shows at that instant."""
    return instant.astimezone(SHANGHAI).date()


def waived_rules(agency: str, report_year: int, waivers: Iterable[Waiver], now_date: date) -> dict[str, Waiver]:
    """Rule → the waiver that silences it for this agency-year (`"*"`: all of them), as of `now_date`.

    A waiver holds through its `until` day; None never ends. Of several for one rule the last row counts.
    """
    return {
        waiver.rule: waiver
        for waiver in waivers
        if waiver.agency == agency and waiver.year == report_year and (waiver.until is None or now_date <= waiver.until)
    }


def basis_text(basis: str) -> str:
    """A basis for people: the law's citation where it is a key of LAWS, else the words as they are."""
    law = LAWS.get(basis)
    return law.citation if law else basis


def deciding_law(basis: str, kind: AgencyKind, report_year: int, *, is_statutory: bool) -> str | None:
    """The key of the law that sets the date: the basis itself, or the statute where it prevails over a paper; None
    where only a paper does."""
    if basis in LAWS:
        return basis
    rule = due_rule(kind, report_year)
    return rule.law if is_statutory and rule is not None else None


def prevailing_rule(agency: Agency, report_year: int) -> DueRule | None:
    """The statute's rule where the registry names a later day, which gives way to it; None where it counts."""
    rule = due_rule(agency.kind, report_year)
    if agency.due is None or rule is None or report_year < OVERRIDES_FROM or not rule.is_statutory:
        return None
    return rule if agency.due > (rule.month, rule.day) else None


def _due_date(agency: Agency, report_year: int, rule: DueRule, texts: Mapping[str, str]) -> tuple[date, str, bool]:
    """Due date, basis, whether a statute sets the date. Overrides move it, but never beyond a statute."""
    lawful = date(report_year + 1, rule.month, rule.day)
    if agency.due is None or report_year < OVERRIDES_FROM:
        return lawful, rule.law, rule.is_statutory
    month, day = agency.due
    own = date(report_year + 1, month, min(day, calendar.monthrange(report_year + 1, month)[1]))
    paper = agency.due_basis or texts["registry_paper"]
    if not rule.is_statutory or own < lawful:
        return own, paper, False
    if own == lawful:
        return lawful, rule.law, True
    # A local rule that gave departments until the end of February does not beat the statute (岳阳).
    return lawful, texts["statute_prevails"].format(law=basis_text(rule.law), paper=paper, day=own), True


def _absence_reason(life: Lifetime, report_year: int, due: date, texts: Mapping[str, str]) -> str | None:
    if life.first is not None and life.first > date(report_year, 12, 31):
        return texts["founded_later"].format(day=life.first, year=report_year)
    if life.last is not None and life.last < due:
        return texts["dissolved"].format(day=life.last)
    return None


def _life_of_body(
    agency: Agency, report_year: int, due: date, changes: Sequence[Succession], others: Mapping[str, Agency]
) -> Lifetime:
    """From when to when the body exists that the agency is: also under former ids, where it had one on 31 December
    and did not owe the report under it. Of an id that the registry has dropped only the successions are known."""
    life = lifetime(agency, changes)
    year_end = date(report_year, 12, 31)
    if life.first is None or life.first <= year_end:
        return life
    former = former_ids(agency.id, changes)
    first: date | None = life.first
    for (key, on), begun in zip(former.items(), [*former.values(), None][1:], strict=True):
        known = others.get(key)
        rule = due_rule(known.kind, report_year) if known is not None else None
        own_due = _due_date(known, report_year, rule, _TEXTS["zh"])[0] if known is not None and rule else due
        if on != first or on > min(due, own_due):
            return life
        first = lifetime(known, changes).first if known is not None else begun
        if first is None or first <= year_end:
            return life._replace(first=first)
    return life


def _waiver_reason(waiver: Waiver, texts: Mapping[str, str]) -> str:
    if waiver.until is None:
        return texts["waived"].format(reason=waiver.reason, by=waiver.by)
    return texts["waived_until"].format(reason=waiver.reason, by=waiver.by, day=waiver.until)
