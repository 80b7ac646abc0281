"""One agency-year as a page for a person at a terminal: the verdict first, then everything it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.agency_years.lifetimes import lifetime, succession_text
from monitor.agency_years.obligations import EVERY_RULE, OVERRIDES_FROM, deciding_law, shanghai_date
from monitor.agency_years.outlook import outlook
from monitor.agency_years.standing import standing_of, steps
from monitor.commands.explain_evidence import alert_lines, date_lines, finding_lines, version_lines, word_lines
from monitor.commands.explain_scans import scan_lines, sighting_lines
from monitor.commands.explain_words import NEIGHBOURS, PARTS, prospect_text, said
from monitor.commands.layout import Styled, aligned, paragraph
from monitor.commands.step_words import heir_text, step_text
from monitor.texts import say, word
from storage.faults import LANGUAGES
from storage.law import LAWS, due_rule
from storage.records import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from monitor.agency_years.case import Case, Heir
    from monitor.agency_years.standing import Step
    from monitor.commands.explain import Chain
    from storage.records import Waiver

COLOURS = {
    Status.MISSING: "red",
    Status.WITHDRAWN: "red",
    Status.LATE: "yellow",
    Status.SUSPECTED_MISSING: "yellow",
    Status.ON_TIME: "green",
}
HOLDS, FAILS, UNTRIED = "✓", "✗", "–"

_Row = tuple[str, str]


def page_of(chain: Chain, language: str, width: int, *, is_whole: bool) -> Iterator[str]:
    """The lines of the page; `is_whole`: nothing is left out for being much."""
    case = chain.case
    tried = steps(case)
    status = word(language, tried[-1].status)
    yield from _verdict(chain, tried[-1], language, width)
    for key, lines in (
        ("law", aligned(_law_rows(chain, language), width)),
        ("why", aligned(_step_rows(tried, language), width)),
        ("next", aligned(_next_rows(case, language), width)),
        ("dates", date_lines(case, language, width)),
        ("scans", scan_lines(case, chain.scans, language, width, is_whole=is_whole)),
        ("sightings", sighting_lines(case, width)),
        ("versions", version_lines(case, language, width)),
        ("words", word_lines(case, language, width)),
        ("alerts", alert_lines(chain, language, width)),
        ("findings", finding_lines(chain.findings, language, width, is_whole=is_whole)),
    ):
        title = PARTS[key][LANGUAGES.index(language)].format(status=status)
        yield ""
        if lines:
            yield from paragraph(Styled(title, is_bold=True), width)
            yield from lines
        else:
            yield from aligned([(Styled(title, is_bold=True), said(language, "none"))], width, indent=0)


def _verdict(chain: Chain, last: Step, language: str, width: int) -> Iterator[str]:
    case = chain.case
    title = said(language, "title", name=chain.agency.name, id=chain.agency.id, year=case.obligation.report_year)
    yield from paragraph(Styled(title, is_bold=True), width)
    verdict = standing_of(case)
    words = word(language, last.status) + (say(language, "days_late", verdict.days_late) if verdict.days_late else "")
    status = Styled(words, COLOURS.get(last.status), is_bold=True)
    yield from aligned([(status, said(language, "as_of", at=case.now))], width, indent=0)
    yield from paragraph(step_text(last, language), width)
    if verdict.reason not in {None, last.code, case.obligation.exempt_reason}:
        yield from paragraph(word(language, verdict.reason), width)


def _law_rows(chain: Chain, language: str) -> Iterator[_Row]:
    case = chain.case
    owed = case.obligation
    yield said(language, "basis"), _basis(case, language)
    key = deciding_law(owed.basis, chain.agency.kind, owed.report_year, is_statutory=owed.is_statutory)
    if key is not None and LAWS[key].text:
        yield said(language, "wording"), LAWS[key].text
    if owed.due is not None:
        yield said(language, "due"), _due(case, owed.due, language)
        yield said(language, "origin"), _origin(chain, owed.due, language)
    yield said(language, "life"), _life(chain, language)
    for one in chain.registry.successions:
        if chain.agency.id in {one.agency, one.successor}:
            yield said(language, "succession"), succession_text(one, chain.names, language)
    for heir in case.heirs:
        yield said(language, "succession"), _heir(heir, language)
    for waiver in chain.registry.waivers:
        if waiver.agency == chain.agency.id and waiver.year == owed.report_year:
            yield said(language, "waiver"), _waiver(waiver, shanghai_date(case.now), language)
    if owed.due is not None:
        hours = round((case.confirm_after.total_seconds() + 120) / 3600)
        grace = (case.accuse_from - case.due_end).days
        yield said(language, "measure"), said(language, "measure_is", hours=hours, grace=grace)


def _basis(case: Case, language: str) -> str:
    owed = case.obligation
    if not owed.basis:
        return said(language, "none")
    kind = said(language, "statutory" if owed.is_statutory else "practice")
    law = LAWS.get(owed.basis)
    if law is None:
        return f"{owed.basis}（{kind}）" if language == "zh" else f"{owed.basis} ({kind})"
    key = "in_force" if law.in_force_to is None else "was_in_force"
    return said(language, key, citation=law.citation, start=law.in_force_from, end=law.in_force_to, kind=kind)


def _due(case: Case, due: date, language: str) -> str:
    days = (due - shanghai_date(case.now)).days
    key = "due_in" if days > 0 else "due_over" if days < 0 else "due_today"
    return said(language, key, due=due, days=abs(days))


def _origin(chain: Chain, due: date, language: str) -> str:
    """Why it is that day: the law's for the kind, or a paper of the registry, or the law against such a paper."""
    agency, report_year = chain.agency, chain.case.obligation.report_year
    if report_year < OVERRIDES_FROM:
        return said(language, "origin_first")
    rule = due_rule(agency.kind, report_year)
    if agency.due is None or rule is None:
        return said(language, "origin_law", kind=word(language, agency.kind), month=due.month, day=due.day)
    day = "{:02}-{:02}".format(*agency.due)
    if (due.month, due.day) != agency.due and chain.case.obligation.is_statutory:
        return said(language, "origin_prevails", day=day, paper=agency.due_basis)
    if (rule.month, rule.day) == agency.due:
        return said(language, "origin_same")
    return said(language, "origin_paper", day=day, paper=agency.due_basis)


def _life(chain: Chain, language: str) -> str:
    first, last = lifetime(chain.agency, chain.registry.successions)
    if first is None and last is None:
        return said(language, "life_open")
    key = "life_span" if first and last else "life_from" if first else "life_to"
    return said(language, key, start=first, end=last)


def _heir(heir: Heir, language: str) -> str:
    who = heir_text(heir.name, language, is_former=heir.is_former)
    if heir.is_found and heir.case is not None:
        return said(language, "heir_found", heir=who, url=standing_of(heir.case).url)
    if not heir.owes and not heir.is_former:
        return said(language, "heir_free", heir=who)
    return said(language, "heir_open" if heir.is_open else "heir_absent", heir=who)


def _waiver(waiver: Waiver, today: date, language: str) -> str:
    is_over = waiver.until is not None and waiver.until < today
    until = said(language, "until", day=waiver.until) if waiver.until else said(language, "for_good")
    rule = said(language, "every_rule") if waiver.rule == EVERY_RULE else waiver.rule
    key = "waiver_over" if is_over else "waiver_holds"
    return said(language, key, rule=rule, reason=waiver.reason, by=waiver.by, until=until)


def _step_rows(tried: Sequence[Step], language: str) -> Iterator[tuple[str | Styled, ...]]:
    for step in tried:
        colour = COLOURS.get(step.status, "cyan") if step.holds else None
        mark = Styled(HOLDS if step.holds else FAILS, colour, is_bold=step.holds)
        yield mark, Styled(word(language, step.status), colour, is_bold=step.holds), step_text(step, language)
    for (held, other), texts in NEIGHBOURS.items():
        if held is tried[-1].status and other not in {step.status for step in tried}:
            yield UNTRIED, word(language, other), texts[LANGUAGES.index(language)]


def _next_rows(case: Case, language: str) -> Iterator[_Row]:
    for prospect in outlook(case):
        status = f"“{word(language, prospect.to)}”" if prospect.to is not None else ""
        yield "•", prospect_text(prospect, status, language)
