"""A document to a report: what each of its parts says, put together. Pure."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.model import Attachment, Paragraph, Picture
from crawler.parser.astray import astray_doubts, refuse_astray_headings
from crawler.parser.calendar import read_stamp
from crawler.parser.identity import Titles, announced_agency, body_year, contact, flatten, period, title_in_text
from crawler.parser.narrative import NARRATIVE_SECTIONS, breakdowns, plain_lines, statements
from crawler.parser.sections import SECTION_COUNT, Divided, divide
from crawler.parser.tables import ReadTables, read_tables
from crawler.titles import names_a_body, read_title
from storage.errors import UnreadableError
from storage.forms import FORMS, form_for_year, label
from storage.report import PUBLISHER_SOURCES, Contact, DateSource, Doubt, DoubtKind, Report, StatedDate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from crawler.documents.model import Document
    from crawler.parser.values import Origin
    from storage.forms import Form
    from storage.report import Cell

FIRST_FORM_YEAR = min(form.first_year for form in FORMS.values())
_MIN_HEADINGS = 3
_MIN_TEXT = 200
_NAMED_ROWS = 4
PUBLICATION_TAGS = (
    "pubdate", "publishdate", "publish_date", "publishtime", "pubtime", "firstpublishedtime",
    "article:published_time", "datepublished", "dcterms.issued", "dc.date.issued",
)  # fmt: skip
"""Meta tags, lower case, by which a page says when it was published, the standard's own (PubDate) first."""
OTHER_DATE_TAGS = ("date", "dc.date", "dcterms.date", "og:release_date", "createdate", "createtime")
"""Meta tags of a day that may be another one than that of publication: of writing, of entering."""
_DAY = re.compile(r"[1-9]")


class Parsed(NamedTuple):
    """A report, and the printed cells in which recognised numbers stand."""

    report: Report
    origins: Mapping[Cell, Origin]


def parse(document: Document) -> Report:
    """The report that a document holds.

    Raises UnreadableError `not_a_report` where neither title, headings nor tables are those of an
    annual report on disclosure, `picture_without_ocr` or `unsupported` where all of it is in pictures
    or attached files.
    """
    return parsed(document).report


def parsed(document: Document) -> Parsed:
    """As `parse`, with the places of the recognised cells."""
    divided = divide(document.blocks)
    refuse_astray_headings(document, divided)
    in_text = title_in_text(divided.head, document.title)
    page = read_title(document.title) if document.title else None
    title_year = (page.report_year if page and page.is_report else None) or (
        in_text.reading.report_year if in_text.reading else None
    )
    tables = read_tables(divided.tables, title_year)
    _refuse_other_pages(document, divided, in_text, tables)
    preamble = "\n".join(divided.head[in_text.lines :])
    flat = flatten(preamble)
    prose = {part.number: plain_lines(part.text) for part in divided.sections if part.number in NARRATIVE_SECTIONS}
    section_1 = prose.get(1, "")
    found_period = period(flat) or period(flatten("\n".join(divided.head[: in_text.lines]))) or period(section_1)
    years = _year_readings(document, in_text, found_period, section_1, divided)
    agencies = _agency_readings(document, in_text, flat, divided)
    dates = stated_dates(document, divided.signature.signed_on)
    report_year = next(
        (years[key] for key in ("title", "heading", "period", "body", "signature") if key in years), None
    )
    by_year = form_for_year(report_year) if report_year is not None else None
    if years and max(years.values()) < FIRST_FORM_YEAR:
        # Whatever tables it borrowed, no form was in force: kept and dated, not judged.
        tables = ReadTables(None, frozenset(), {}, ())
    report = Report(
        form=tables.form or (by_year.key if by_year else None),
        title=_title(document, in_text),
        agency_name=next(
            (agencies[key] for key in ("title", "heading", "signature", "body", "source") if key in agencies), None
        ),
        report_year=report_year,
        published_on=publication_date(dates),
        dates=tuple(dates),
        period=found_period,
        signed_on=divided.signature.signed_on,
        signature=divided.signature.name,
        contact=_contact(flat, divided),
        preamble=preamble,
        sections=divided.sections,
        tables=tables.tables,
        facts=tables.facts,
        statements=statements(prose),
        breakdowns=breakdowns(prose),
        year_readings=years,
        agency_readings=agencies,
        doubts=(
            *document.doubts,
            *divided.doubts,
            *tables.doubts,
            *_lost_doubts(document, tables, by_year, divided),
            *_title_doubts(years),
            *unread_dates(document),
        ),
        confidences={cell: origin.confidence for cell, origin in tables.origins.items() if origin.confidence < 1},
    )
    return Parsed(report, tables.origins)


def _title(document: Document, in_text: Titles) -> str | None:
    """The page's title where it announces a report, else the text's own; as printed."""
    page = read_title(document.title) if document.title else None
    own = in_text.reading
    if document.title is None or page is None or not page.is_report:
        return in_text.text or document.title
    if own is None or in_text.text is None or not _agree(page.report_year, own.report_year):
        return document.title
    # <title> is often «report - column - site», or names no agency: the text's own title is the cleaner one.
    if own.agency_name and not page.agency_name:
        return in_text.text
    is_clean = "articletitle" in document.meta or len(document.title) < len(in_text.text) or not own.agency_name
    return document.title if is_clean else in_text.text


def _agree(one: int | None, other: int | None) -> bool:
    return one is None or other is None or one == other


def _year_readings(
    document: Document, in_text: Titles, found_period: tuple[date, date] | None, section_1: str, divided: Divided
) -> dict[str, int]:
    page = read_title(document.title) if document.title else None
    readings = {
        "title": page.report_year if page and page.is_report else None,
        "heading": in_text.reading.report_year if in_text.reading else None,
        "period": found_period[1].year if found_period else None,
        "body": body_year(section_1),
        "signature": divided.signature.signed_on.year - 1 if divided.signature.signed_on else None,
    }
    if readings["title"] is None:
        readings["title"], readings["heading"] = readings["heading"], None
    return {key: year for key, year in readings.items() if year is not None}


def _agency_readings(document: Document, in_text: Titles, preamble: str, divided: Divided) -> dict[str, str]:
    page = read_title(document.title) if document.title else None
    own = in_text.reading.agency_name if in_text.reading else None
    readings = {
        "title": page.agency_name if page and page.is_report and page.agency_name else own,
        "heading": own,
        "body": announced_agency(preamble),
        "signature": divided.signature.name,
        "source": document.meta.get("contentsource") or document.items.get("agency"),
        "trail": _last_body(document.items.get("trail", "")),
    }
    if readings["heading"] == readings["title"]:
        readings["heading"] = None
    return {key: name for key, name in readings.items() if name}


def _last_body(trail: str) -> str | None:
    """The agency that the way to an article leads through last; None where no step names one."""
    return next((step for step in reversed(trail.split(">")) if names_a_body(step)), None)


def stated_dates(document: Document, signed_on: date | None = None) -> list[StatedDate]:
    """The dates that a page prints, each source's dates once, and the signature's."""
    printed = (
        *_publication_texts(document),
        (document.guessed_date, DateSource.BODY),
        (document.items.get("issued"), DateSource.ISSUED),
        *((document.meta.get(name), DateSource.META_OTHER) for name in OTHER_DATE_TAGS),
    )
    read = [(read_stamp(text), source) for text, source in printed if text]
    dates = [StatedDate(day, source) for day, source in read if day is not None]
    if signed_on is not None:
        dates.append(StatedDate(signed_on, DateSource.SIGNATURE))
    return list(dict.fromkeys(dates))


def _publication_texts(document: Document) -> tuple[tuple[str | None, DateSource], ...]:
    """What the page says of when it was published, as it says it."""
    tags = ((document.meta.get(name), DateSource.META_PUBDATE) for name in PUBLICATION_TAGS)
    return (*tags, (document.items.get("published"), DateSource.PAGE))


def unread_dates(document: Document) -> list[Doubt]:
    """Days of publication that the page states, and that no calendar knows: they may be any day."""
    why = "页面标明了公布日期，但无法读出是哪一天"
    return [
        Doubt(DoubtKind.DATE_UNREAD, "published_on", text, why, {"source": source.value})
        for text, source in _publication_texts(document)
        if text and _DAY.search(text) and read_stamp(text) is None
    ]


def publication_date(dates: Sequence[StatedDate]) -> date | None:
    """The most trusted of the dates by which the publisher says when it published."""
    for source in PUBLISHER_SOURCES:
        for stated in dates:
            if stated.source is source:
                return stated.date
    return None


def _contact(preamble: str, divided: Divided) -> Contact:
    """The contact of the preamble; where that has no telephone, what it lacks is looked for in sections 6 and 1."""
    found = contact(preamble)
    for number in (6, 1):
        if found.phone is not None:
            return found
        text = next((part.text for part in divided.sections if part.number == number), "")
        if "电话" in text or "地址" in text or "联系" in text:
            other = contact(flatten(text))
            found = Contact(
                **{
                    field.name: getattr(found, field.name) or getattr(other, field.name)
                    for field in dataclasses.fields(Contact)
                }
            )
    return found


def _title_doubts(years: Mapping[str, int]) -> list[Doubt]:
    if "heading" in years and years["heading"] != years.get("title"):
        why = f"页面标题的年度是{years.get('title')}，正文标题的年度是{years['heading']}"
        return [Doubt(DoubtKind.TITLE_CONFLICT, "title", str(years["heading"]), why)]
    return []


def _lost_doubts(document: Document, tables: ReadTables, by_year: Form | None, divided: Divided) -> Iterator[Doubt]:
    """What is printed of tables and rows that were not read; each of them once."""
    form = tables.form or (by_year.key if by_year else None)
    doubts = (*_lost_tables(tables, by_year, divided), *astray_doubts(document, divided, tables, form))
    yield from (doubt for at, doubt in enumerate(doubts) if doubt.where not in {one.where for one in doubts[:at]})


def _lost_tables(tables: ReadTables, by_year: Form | None, divided: Divided) -> list[Doubt]:
    """Tables whose rows are named in the text of their section, in a shape that is not read: not missing."""
    form = FORMS[tables.form] if tables.form else by_year
    doubts = []
    for table in form.tables if form is not None else ():
        part = next((part for part in divided.sections if part.number == table.section), None)
        captions = divided.captions.get(table.section, "")
        if table.key in tables.tables or part is None or not (part.text or captions):
            continue
        words = label(part.text + captions)
        named = [line.label for line in (*table.rows, *table.columns(table.rows[0].key)) if label(line.label) in words]
        if len(named) >= _NAMED_ROWS:
            why = "这一部分的文字中有表格的项目名称，但未能读出表格"
            doubts.append(Doubt(DoubtKind.TABLE_UNUSED, table.key, "、".join(named[:_NAMED_ROWS]), why))
    return doubts


def _has_whole_table(tables: ReadTables) -> bool:
    """Is one of the form's tables there with every cell? Nothing else has these rows under these heads."""
    return tables.form is not None and any(
        sum(cell.table == table.key for cell in tables.facts) == table.cell_count for table in FORMS[tables.form].tables
    )


def _refuse_other_pages(document: Document, divided: Divided, in_text: Titles, tables: ReadTables) -> None:
    headings = len({part.number for part in divided.sections if part.number <= SECTION_COUNT})
    page = read_title(document.title) if document.title else None
    # Other annual reports have a general situation and problems too, and count penalties.
    is_other = page is not None and page.confuser is not None and not in_text.text
    if "applications" in tables.tables or (not is_other and (headings >= _MIN_HEADINGS or _has_whole_table(tables))):
        return
    is_titled = bool((page and page.is_report) or in_text.text)
    if not is_titled or is_other:
        raise UnreadableError(
            "not_a_report", f"neither title, headings nor tables of such a report; title: {document.title or 'none'}"
        )
    # A list of links to reports bears their titles, but says nothing in sentences.
    paragraphs = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    if tables.facts or headings or sum(len(text) for text in paragraphs if "。" in text) >= _MIN_TEXT:
        return
    if any(isinstance(block, Attachment) for block in document.blocks):
        raise UnreadableError("unsupported", "the article holds nothing but attached files")
    if any(isinstance(block, Picture) for block in document.blocks):
        raise UnreadableError("picture_without_ocr", "the article holds nothing but pictures")
    text = sum(len(text) for text in paragraphs)
    raise UnreadableError(
        "not_a_report", f"the title announces a report, but {text} characters follow without a sentence"
    )
