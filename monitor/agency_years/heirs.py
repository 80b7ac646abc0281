"""Whose report may satisfy whose obligation: the cases of agencies that ended, with those who took over, and of
bodies that were renamed, with what they published under their former ids.

Pure. One report may satisfy several obligations: the heir's evidence is looked at under what the other one
owed, and nothing is copied.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from monitor.agency_years.case import Case, Heir, laid_under
from monitor.agency_years.lifetimes import CONTINUING, former_ids, heirs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from storage.records import Agency, Succession

_FOUND: Mapping[str, str] = {
    "zh": "{reason}；已检索到承继机关{name}{year}年度的报告",
    "en": "{reason}; the report of {name} on {year}, which took over, was found",
}


def with_heirs(
    cases: Mapping[str, Case], agencies: Iterable[Agency], successions: Sequence[Succession], *, language: str = "zh"
) -> dict[str, Case]:
    """Agency id → its case, of those who ended with their heirs; all others as they are.

    `cases` must hold the heirs of everybody in it (`monitor.judgement.scope.tied` names the portals that are
    judged together for that), `agencies` give their names. Where an heir is absent its report may be there all
    the same, so that nobody is called missing because of it.
    """
    laid = dict(cases)
    ended = {one.agency for one in successions if one.ends} & cases.keys()
    renamed = {str(one.successor) for one in successions if one.kind in CONTINUING}
    formers = {key: _formers(key, cases, successions) for key in renamed}
    concerned = ended | {key for key, former in formers.items() if former}
    if not concerned:
        return laid
    names = {agency.id: agency.name for agency in agencies}
    for key in concerned:
        case = cases[key]
        before = tuple(_former(one, names.get(one, one), case, cases[one]) for one in formers.get(key, ()))
        heirs = tuple(_heir(one, names.get(one, one), case, cases.get(one)) for one in heirs_of(key, successions))
        laid[key] = _told(replace(case, heirs=(*before, *heirs)), language)
    return laid


def _formers(key: str, cases: Mapping[str, Case], successions: Sequence[Succession]) -> tuple[str, ...]:
    """Under which ids a body that owes the report may have published it before it was renamed; those that the
    registry has dropped have left their names to this one (`storage.successions`)."""
    case = cases.get(key)
    if case is None or case.obligation.due is None:
        return ()
    year_end = date(case.obligation.report_year, 12, 31)
    return tuple(one for one, on in former_ids(key, successions).items() if on > year_end and one in cases)


def _former(key: str, name: str, case: Case, own: Case) -> Heir:
    laid = laid_under(case, case.obligation, own.evidence)
    return Heir(key, name, own.obligation.due is not None, laid, is_former=True)


def _heir(key: str, name: str, case: Case, own: Case | None) -> Heir:
    if own is None:
        return Heir(key, name, owes=True, case=None)
    return Heir(key, name, own.obligation.due is not None, laid_under(case, case.obligation, own.evidence))


def _told(case: Case, language: str) -> Case:
    """Where nothing is owed the reason says whose report was found instead."""
    owed = case.obligation
    if owed.due is not None or owed.exempt_reason is None or case.heir is None:
        return case
    reason = _FOUND[language].format(reason=owed.exempt_reason, name=case.heir.name, year=owed.report_year)
    return replace(case, obligation=replace(owed, exempt_reason=reason))
