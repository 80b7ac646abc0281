"""Are the figures of the first table (主动公开) possible and plausible?"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from monitor.checks.findings import found
from monitor.checks.wording import figure, place_name, plain
from storage.agency_names import is_local_bureau, is_town
from storage.records import AgencyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from monitor.checks.subject import Subject
    from storage.forms import Form
    from storage.records import Agency, Finding
    from storage.report import Number

TABLE = "disclosure"
WITHOUT_RULE_MAKING = frozenset(
    {
        AgencyKind.LOCAL_DEPARTMENT,
        AgencyKind.VERTICAL_AGENCY,
        AgencyKind.COUNTY_GOVERNMENT,
        AgencyKind.TOWNSHIP_GOVERNMENT,
        AgencyKind.STREET_OFFICE,
        AgencyKind.DEVELOPMENT_ZONE,
    }
)
"""Kinds that the Legislation Law gives no power to issue 规章. Authorised organisations vary."""

TOWNSHIP_FEES = Decimal(1_000)
COUNTY_FEES = Decimal(100_000)
SUSPECT_INTEGER = Decimal(10_000)
"""万元. A whole number of five digits was probably entered in 元."""


def disclosure_findings(subject: Subject, form: Form) -> Iterator[Finding]:
    """The checks of the form's first table; each is silent where a cell it needs is no number."""
    for check in _CHECKS[form.key]:
        yield from check(subject, form)


def _stock(subject: Subject, form: Form) -> Iterator[Finding]:
    """2019: last year's items plus the change cannot be negative, and decisions need items."""
    for row in ("licensing", "other_services", "penalties", "coercion", "fees"):
        previous, change = _number(subject, row, "previous_items"), _number(subject, row, "change")
        if previous is None or change is None:
            continue
        stock = previous + change
        decisions = None if row == "fees" else _number(subject, row, "decisions")
        figures = {"previous": previous, "change": change, "stock": stock}
        if stock < 0:
            yield _finding("disclosure-stock-negative", f"{TABLE}/{row}", subject, form, figures)
        elif stock == 0 and decisions is not None and decisions > 0:
            figures = {"decisions": decisions, "stock": stock}
            yield _finding("disclosure-decisions-without-items", f"{TABLE}/{row}", subject, form, figures)


def _open_total(subject: Subject, form: Form) -> Iterator[Finding]:
    for row in ("rules", "normative_documents"):
        new, total = _number(subject, row, "newly_disclosed"), _number(subject, row, "total_disclosed")
        if new is not None and total is not None and total < new:
            yield _finding("disclosure-total-below-new", f"{TABLE}/{row}", subject, form, {"total": total, "new": new})


def _procurement(subject: Subject, form: Form) -> Iterator[Finding]:
    items, amount = _number(subject, "procurement", "items"), _number(subject, "procurement", "amount")
    if items is not None and amount is not None and (items == 0) != (amount == 0):
        figures = {"items": items, "amount": amount}
        yield _finding("procurement-amount-without-items", f"{TABLE}/procurement", subject, form, figures)


def _in_force(subject: Subject, form: Form) -> Iterator[Finding]:
    for row in ("rules", "normative_documents"):
        issued, repealed = _number(subject, row, "issued"), _number(subject, row, "repealed")
        in_force = _number(subject, row, "in_force")
        if issued is None or repealed is None or in_force is None or in_force >= issued - repealed:
            continue
        figures = {"issued": issued, "repealed": repealed, "in_force": in_force}
        yield _finding("disclosure-in-force-too-low", f"{TABLE}/{row}/in_force", subject, form, figures)


def _rule_making(subject: Subject, form: Form) -> Iterator[Finding]:
    """A kind of the registry decides; without one a printed name does that says it beyond doubt."""
    agency = subject.agency
    name = agency.name if agency else next(iter(subject.names), subject.report.agency_name)
    lacks_power = agency.kind in WITHOUT_RULE_MAKING if agency else is_town(name or "") or is_local_bureau(name or "")
    if not name or not lacks_power:
        return
    for column in form.table(TABLE).columns("rules"):
        value = _number(subject, "rules", column.key)
        if value is not None and value > 0:
            where = f"{TABLE}/rules/{column.key}"
            words = {"place": place_name(where, form, subject.language), "value": value, "agency": name}
            evidence: dict[str, object] = {"value": plain(value), "kind": agency.kind.value if agency else None}
            yield found("rules-by-unauthorised-level", where, subject.language, words, evidence=evidence)


def _fees(subject: Subject, form: Form) -> Iterator[Finding]:
    amount = _number(subject, "fees", "amount")
    if amount is not None and amount > 0 and _is_suspect(Decimal(amount), subject.agency):
        yield _finding("fee-unit-suspect", f"{TABLE}/fees/amount", subject, form, {"amount": amount})


def _is_suspect(amount: Decimal, agency: Agency | None) -> bool:
    if amount >= SUSPECT_INTEGER and amount == amount.to_integral_value():
        return True
    if agency is None:
        return False
    if agency.kind in {AgencyKind.TOWNSHIP_GOVERNMENT, AgencyKind.STREET_OFFICE}:
        return amount >= TOWNSHIP_FEES
    # A county's region has a county part: 370784, where a city's is 370700.
    is_county_department = agency.kind is AgencyKind.LOCAL_DEPARTMENT and agency.region[4:6] not in {"", "00"}
    return is_county_department and amount >= COUNTY_FEES


def _number(subject: Subject, row: str, column: str) -> Number | None:
    if f"{TABLE}/{row}/{column}" in subject.unsure:
        return None
    return subject.report.number(TABLE, row, column)


def _finding(rule: str, where: str, subject: Subject, form: Form, figures: dict[str, Number]) -> Finding:
    words: dict[str, object] = {name: figure(value) for name, value in figures.items()}
    words["place"] = place_name(where, form, subject.language)
    evidence = {name: plain(value) for name, value in figures.items()}
    return found(rule, where, subject.language, words, evidence=evidence)


_CHECKS: dict[str, tuple[Callable[[Subject, Form], Iterator[Finding]], ...]] = {
    "2019": (_open_total, _stock, _procurement, _rule_making),
    "2021": (_in_force, _rule_making, _fees),
}
