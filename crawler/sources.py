"""One report from many sources: an article, what it frames, and the files attached to it. Pure.

Each table is taken whole from the first source that has it whole. Where a later source prints another number
the first one's stands and the difference is a doubt; nothing is overwritten. A file of another agency or year
is another document. What we could not get or read is never held against anybody: a report that lacks
something which may stand there is unreadable.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from crawler.attribution import printed_names
from crawler.parser import publication_date
from crawler.titles import read_title
from storage.agency_names import may_abbreviate, names_agree, without_inner_office
from storage.agency_short_names import is_short_for
from storage.forms import FORMS
from storage.report import PUBLISHER_SOURCES, Cell, Contact, Doubt, DoubtKind, Reading, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from storage.report import Fact, Section, StatedDate

T = TypeVar("T")

_FIRST_FORM_YEAR = min(form.first_year for form in FORMS.values())
_SOMETHING_ELSE = frozenset({"not_a_report"})
"""A file that could be read and is something else: it holds nothing that the report lacks."""


class PageSays(NamedTuple):
    """What an article's page says around its report, which may stand in an attached file alone.

    `unread` are doubts on dates that it states and that cannot be read.
    """

    title: str | None = None
    dates: tuple[StatedDate, ...] = ()
    unread: tuple[Doubt, ...] = ()


class ReadSource(NamedTuple):
    """What one source of a report came to: a report, or the reason and detail of why not.

    `is_attached` False: it is the page itself, or is framed there.
    """

    url: str
    report: Report | None
    reason: str | None = None
    detail: str = ""
    is_attached: bool = True


class Joined(NamedTuple):
    """The report of an article, None where it has none; and the sources that are other documents, by address."""

    report: Report | None
    others: tuple[tuple[str, Report], ...] = ()


class Assembled(NamedTuple):
    """What reading an article with all that belongs to it came to; `others` are reports of their own, by address."""

    report: Report | None
    reason: str | None = None
    detail: str = ""
    others: tuple[tuple[str, Report], ...] = ()


def assembled(article: ReadSource, enclosed: Sequence[ReadSource], absent: Sequence[str], page: PageSays) -> Assembled:
    """The reading of an article. `absent` are the addresses of what belongs to it and could not be had.

    The report is given where it is whole, or where there is nothing left in which its rest may stand.
    """
    found = joined(article, enclosed, page)
    unread = [each for each in enclosed if each.report is None and each.reason not in _SOMETHING_ELSE]
    is_doubtful = bool(unread or absent)
    if found.report is not None and not (is_doubtful and lacks_something(found.report)):
        return Assembled(found.report, others=found.others)
    if unread:
        first = unread[0]
        return Assembled(None, first.reason, f"{first.url}: {first.detail}", found.others)
    if absent:
        return Assembled(None, "enclosure_absent", " ".join(absent), found.others)
    return Assembled(None, article.reason, article.detail, found.others)


def lacks_something(report: Report) -> bool:
    """Does the report lack a cell, a section or a text that the form asks for?"""
    form = FORMS.get(report.form) if report.form is not None else None
    if form is None:
        return report.report_year is None or report.report_year >= _FIRST_FORM_YEAR
    if len(report.facts) < sum(table.cell_count for table in form.tables):
        return True
    texts = {part.number: part.text.strip() for part in report.sections}
    return any(
        section.number not in texts or not (texts[section.number] or section.may_say_nothing)
        for section in form.sections
    )


def joined(article: ReadSource, enclosed: Sequence[ReadSource], page: PageSays) -> Joined:
    """The report that the sources make together, in their order, the article first."""
    own, others = _of_one_report(article.report, enclosed, page)
    reports = [(article, article.report), *((each, each.report) for each in own)]
    sources = [(source, report) for source, report in reports if report is not None]
    if not sources:
        return Joined(None, others)
    if not own:
        return Joined(article.report, others)
    result = _combined(sources)
    if article.report is None:
        result = _under_its_page(result, page)
    return Joined(result, others)


def _of_one_report(
    article: Report | None, enclosed: Sequence[ReadSource], page: PageSays
) -> tuple[list[ReadSource], tuple[tuple[str, Report], ...]]:
    """The sources that are the article's own report, and the reports of others."""
    title = read_title(page.title) if page.title else None
    names = set(printed_names(article)) if article is not None else set()
    years = {article.report_year} if article is not None else set()
    if title is not None and title.is_report:
        names |= {title.agency_name} if title.agency_name else set()
        years |= {title.report_year} if article is None else set()
    years.discard(None)
    readable = [(each, each.report) for each in enclosed if each.report is not None]
    if not names and not _all_alike([report for _, report in readable]):
        return [], tuple((each.url, report) for each, report in readable)
    own, others = [], []
    for each, report in readable:
        is_own = _is_of(report, names) and (not years or report.report_year is None or report.report_year in years)
        if is_own:
            own.append(each)
        else:
            others.append((each.url, report))
    return own, tuple(others)


def _is_of(report: Report, names: Iterable[str]) -> bool:
    """Could the report be of the agency of these names? Where one side names nobody, yes."""
    theirs, ours = printed_names(report), tuple(names)
    if not theirs or not ours:
        return True
    return any(_is_one(one, other) for one in theirs for other in ours)


def _is_one(one: str, other: str) -> bool:
    """Do two printed names mean one agency, shortened or by its inner office? The government above is another."""
    return (
        names_agree(one, other)
        or names_agree(without_inner_office(one), without_inner_office(other))
        or may_abbreviate(one, other)
        or may_abbreviate(other, one)
        or is_short_for(one, other)
        or is_short_for(other, one)
    )


def _all_alike(reports: Sequence[Report]) -> bool:
    """Are all of these of one agency and one year, as far as they say? A bundle of many agencies is not."""
    return all(
        _is_of(one, printed_names(other)) and len({one.report_year, other.report_year} - {None}) <= 1
        for number, one in enumerate(reports)
        for other in reports[number + 1 :]
    )


def _combined(sources: Sequence[tuple[ReadSource, Report]]) -> Report:
    base = sources[0][1]
    form = next((report.form for _, report in sources if report.tables and report.form is not None), base.form)
    fitting = [(source, report) for source, report in sources if report.form == form]
    taken = {
        key: _holder(fitting, key, form) for key in sorted({key for _, report in fitting for key in report.tables})
    }
    facts: dict[Cell, Fact] = {}
    confidences: dict[Cell, float] = {}
    for key, (_, holder) in taken.items():
        facts |= {cell: fact for cell, fact in holder.facts.items() if cell.table == key}
        confidences |= {cell: sure for cell, sure in holder.confidences.items() if cell.table == key}
        facts |= _printed_before(fitting, holder, facts, key)
    sections, spoken = _sections([report for _, report in sources])
    return replace(
        base,
        form=form,
        agency_name=_first(report.agency_name for _, report in sources),
        report_year=_first(report.report_year for _, report in sources),
        title=_first(report.title for _, report in sources),
        period=_first(report.period for _, report in sources),
        signed_on=_first(report.signed_on for _, report in sources),
        signature=_first(report.signature for _, report in sources),
        contact=next((report.contact for _, report in sources if report.contact != Contact()), base.contact),
        preamble=next((report.preamble for _, report in sources if report.preamble), ""),
        dates=_dates([report for _, report in sources]),
        sections=sections,
        tables=frozenset(taken),
        facts=facts,
        statements=tuple(each for number, report in spoken for each in report.statements if each.section == number),
        breakdowns=tuple(each for number, report in spoken for each in report.breakdowns if each.section == number),
        year_readings=_readings([report.year_readings for _, report in sources]),
        agency_readings=_readings([report.agency_readings for _, report in sources]),
        doubts=(
            *_kept_doubts(sources, {key: holder for key, (_, holder) in taken.items()}, dict(spoken)),
            *_attached(taken),
            *_other_forms(sources, form),
            *_differences(fitting, facts),
        ),
        confidences=confidences,
    )


def _holder(sources: Sequence[tuple[ReadSource, Report]], key: str, form: str | None) -> tuple[ReadSource, Report]:
    """The first source that has the table whole, else the one that has most of it."""
    whole = FORMS[form].table(key).cell_count if form is not None else 0
    counts = [sum(cell.table == key for cell in report.facts) for _, report in sources]
    return sources[next((place for place, count in enumerate(counts) if count >= whole), counts.index(max(counts)))]


def _printed_before(
    sources: Sequence[tuple[ReadSource, Report]], holder: Report, facts: Mapping[Cell, Fact], key: str
) -> dict[Cell, Fact]:
    """The numbers of the table that a source before the holder prints: the first word stands."""
    before: dict[Cell, Fact] = {}
    for _, report in sources:
        if report is holder:
            break
        for cell, fact in report.facts.items():
            if cell.table == key and cell in facts and fact.reading is Reading.NUMBER and not _is_unsure(report, cell):
                before.setdefault(cell, fact)
    return before


def _differences(sources: Sequence[tuple[ReadSource, Report]], facts: Mapping[Cell, Fact]) -> Iterator[Doubt]:
    """Every cell that two sources print differently; what recognition is unsure of proves no difference."""
    for cell, fact in facts.items():
        printed = {
            source.url: other
            for source, report in sources
            if (other := report.facts.get(cell)) is not None and not _is_unsure(report, cell)
        }
        if len({_meaning(other) for other in (fact, *printed.values())}) > 1 and len(printed) > 1:
            texts = {url: other.text for url, other in printed.items()}
            why = "网页正文与附件（或各附件之间）所印数字不一致，以先出现的为准"
            yield Doubt(DoubtKind.SOURCES_DIFFER, cell.path, fact.text, why, {"sources": texts})


def _meaning(fact: Fact) -> object:
    """What two printings of a cell are compared by: a blank and a 0 say the same."""
    if fact.reading is Reading.BLANK:
        return 0
    return fact.value if fact.value is not None else fact.text.strip()


def _is_unsure(report: Report, cell: Cell) -> bool:
    return any(doubt.kind is DoubtKind.CELL_UNSURE and doubt.where == cell.path for doubt in report.doubts)


def _attached(taken: Mapping[str, tuple[ReadSource, Report]]) -> Iterator[Doubt]:
    for key, (source, _) in taken.items():
        if source.is_attached:
            why = "网页正文没有完整的这张表，数据取自附件"
            yield Doubt(DoubtKind.TABLE_ATTACHED, key, source.url, why, {"attachments": [source.url]})


def _other_forms(sources: Sequence[tuple[ReadSource, Report]], form: str | None) -> Iterator[Doubt]:
    for source, report in sources:
        if report.form != form and report.tables:
            why = "这一来源使用另一种格式，其表格未与其他来源合并"
            yield Doubt(DoubtKind.TABLE_UNUSED, "、".join(sorted(report.tables)), source.url, why)


def _kept_doubts(
    sources: Sequence[tuple[ReadSource, Report]], holders: Mapping[str, Report], spoken: Mapping[int, Report]
) -> Iterator[Doubt]:
    """The doubts on what was taken from each source; those on no table or section are the first source's."""
    for number, (_, report) in enumerate(sources):
        for doubt in report.doubts:
            place, _, rest = doubt.where.partition("/")
            if place in holders:
                is_kept = holders[place] is report
            elif place == "sections" and rest.isdigit():
                is_kept = spoken.get(int(rest)) is report
            else:
                is_kept = number == 0 or (doubt.kind is DoubtKind.PICTURE_COARSE and report in holders.values())
            if is_kept:
                yield doubt


def _sections(reports: Sequence[Report]) -> tuple[tuple[Section, ...], list[tuple[int, Report]]]:
    """The sections, and for each number the report whose text is taken: the first that has one."""
    base = next((report for report in reports if any(part.text for part in report.sections)), reports[0])
    shown = list(reports[0].sections or base.sections)
    holder = {part.number: reports[0] if reports[0].sections else base for part in shown}
    for report in reports:
        for part in report.sections:
            place = next((place for place, other in enumerate(shown) if other.number == part.number), None)
            if place is None:
                later = (place for place, other in enumerate(shown) if other.number > part.number)
                shown.insert(next(later, len(shown)), part)
                holder[part.number] = report
            elif not shown[place].text.strip() and part.text.strip():
                # The pictures and links of the page stay: they are why its text is empty.
                shown[place] = replace(part, pictures=shown[place].pictures, attachments=shown[place].attachments)
                holder[part.number] = report
    return tuple(shown), sorted(holder.items(), key=lambda item: item[0])


def _dates(reports: Sequence[Report]) -> tuple[StatedDate, ...]:
    """The first source's dates; of the others only what says nothing of publication, where the first is silent."""
    first, *others = reports
    known = {stated.source for stated in first.dates}
    more = [stated for report in others for stated in report.dates if stated.source not in {*PUBLISHER_SOURCES, *known}]
    return (*first.dates, *more)


def _under_its_page(report: Report, page: PageSays) -> Report:
    """The report of a file as its article publishes it: the page's title and dates go before the file's own."""
    known = {stated.source for stated in page.dates} | {*PUBLISHER_SOURCES}
    dates = (*page.dates, *(stated for stated in report.dates if stated.source not in known))
    title = read_title(page.title) if page.title else None
    years, agencies = dict(report.year_readings), dict(report.agency_readings)
    if title is not None and title.is_report:
        if title.report_year is not None:
            years = {**years, "title": title.report_year}
        if title.agency_name is not None:
            agencies = {**agencies, "title": title.agency_name}
    return replace(
        report,
        title=page.title if title is not None and title.is_report else report.title,
        agency_name=report.agency_name or agencies.get("title"),
        report_year=report.report_year or years.get("title"),
        dates=dates,
        published_on=publication_date(dates),
        year_readings=years,
        agency_readings=agencies,
        doubts=(*report.doubts, *page.unread),
    )


def _readings(parts: Sequence[Mapping[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for part in parts:
        found = {**part, **found}
    return found


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)
