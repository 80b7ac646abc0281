"""Whose report is it, on which year and period, and was it made in time to know them?"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from monitor.checks.findings import found
from monitor.checks.rules import Words
from monitor.checks.wording import day, listed
from storage.agency_names import (
    ends_in_name,
    ends_like_an_agency,
    is_town,
    may_abbreviate,
    names_agree,
    own_place,
    plain_name,
    stands_within,
    without_inner_office,
)
from storage.agency_short_names import is_short_for
from storage.report import PUBLISHER_SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.checks.subject import Subject
    from storage.records import Finding
    from storage.report import Report

_SAYS = {
    "title": Words("标题写的是{said}", "the title says {said}"),
    "heading": Words("正文标题写的是{said}", "the heading of the text says {said}"),
    "period": Words("统计期限写的是{said}", "the period says {said}"),
    "body": Words("正文写的是{said}", "the text says {said}"),
    "signature": Words("落款写的是{said}", "the signature says {said}"),
}
_BLANKS = re.compile(r"[^\S\n]+")
_SENTENCE_YEAR = re.compile(r"(?:^|[。;!\n])((?:19|20)[0-9]{2})年")
_BOOK_TITLE = re.compile(r"《[^《》]{0,80}》")
_SELF_WORDS = re.compile(
    "[我本全](?:局|委|办|厅|部|院|处|署|中心|单位|机关|行政机关|省|市|县|区|旗|州|镇|乡|街道|系统)|[市县区旗州]局"
)
"""By these a text speaks of its own agency, or perhaps of it."""
PASTED = 2
"""Mentions of another agency that make a text look like its own."""
_WITNESSES = 2
_ALIKE = 60.0
"""Similarity (0–100) from which two names may be one that recognition read otherwise in a letter or two."""
_NAMED = ("title", "heading", "body", "signature")
_WHERE = {"title": "title", "heading": "title", "period": "period", "body": "sections/1", "signature": "signature"}


def attribution_findings(subject: Subject) -> Iterator[Finding]:
    """Years, names and dates held against what is expected, else against each other.

    Of a report on a year before 2019 only what was expected is checked, and its date.
    """
    is_expected_only = subject.form is None
    yield from _years(subject, is_expected_only=is_expected_only)
    yield from _names(subject, is_expected_only=is_expected_only)
    if not is_expected_only:
        yield from _mentions(subject)
        yield from _period(subject)
    yield from _too_early(subject)


def _years(subject: Subject, *, is_expected_only: bool) -> Iterator[Finding]:
    report = subject.report
    readings = dict(report.year_readings)
    if report.period is not None and report.period[0].year == report.period[1].year:
        readings.setdefault("period", report.period[0].year)
    if report.report_year is not None and not readings:
        readings["title"] = report.report_year
    expected = subject.report_year
    variant = "expected"
    if expected is None:
        if is_expected_only:
            return
        variant = "internal"
        expected = readings.get("title", report.report_year or readings.get("period"))
    if expected is None:
        return
    wrong = {place: year for place, year in readings.items() if _is_wrong_year(place, year, expected, report)}
    if wrong and not (report.is_recognised and _may_be_misread(wrong, readings)):
        said = {place: f"{year}年" if subject.language == "zh" else str(year) for place, year in wrong.items()}
        evidence = {"expected": expected, "readings": readings}
        yield _mismatch("year-mismatch", subject, str(expected), said, variant=variant, evidence=evidence)


def _may_be_misread(wrong: Mapping[str, int], readings: Mapping[str, int]) -> bool:
    """May one digit of a picture have been taken for another? Not where two places say the same wrong year."""
    return len(readings) >= _WITNESSES and max(Counter(readings.values())[year] for year in wrong.values()) < _WITNESSES


def _is_wrong_year(place: str, year: int, expected: int, report: Report) -> bool:
    if place in {"title", "heading", "period"}:
        return year != expected
    if place == "body":
        # Plans for the next year are the text's own business, last year's text is not.
        return year < expected and not _speaks_more_of(expected, year, report)
    # A report is signed in the year after, seldom on the last day of its own, and may be late.
    return place == "signature" and year < expected - 1


def _speaks_more_of(year: int, other: int, report: Report) -> bool:
    """Does section 1 speak of the one year rather than the other, whichever its first sentence begins with?"""
    section = report.section(1)
    text = _BLANKS.sub("", unicodedata.normalize("NFKC", section.text)) if section else ""
    mentions, others = text.count(f"{year}年"), text.count(f"{other}年")
    begun = [int(match[1]) for match in _SENTENCE_YEAR.finditer(text)]
    # One sentence on a year long past («2019年修订…») makes no text of that year.
    return mentions > others or 0 < begun.count(other) <= begun.count(year) or (other < year - 1 and others == 1)


def _names(subject: Subject, *, is_expected_only: bool) -> Iterator[Finding]:
    readings = dict(subject.report.agency_readings)
    if subject.report.agency_name and not readings:
        readings["title"] = subject.report.agency_name
    names = subject.names
    variant = "expected"
    if not names:
        if is_expected_only:
            return
        variant = "internal"
        first = next((readings[place] for place in _NAMED if place in readings), None)
        if first is None:
            return
        names = (first,)
    wrong = {
        place: name
        for place, name in readings.items()
        if place in _NAMED
        and ends_like_an_agency(name)
        and _is_wrong_name(place, name, names, subject)
        and not (subject.report.is_recognised and any(fuzz.ratio(name, other) >= _ALIKE for other in names))
    }
    if wrong:
        said = {place: f"“{name}”" for place, name in wrong.items()}
        evidence = {"expected": list(names), "readings": readings}
        yield _mismatch("agency-mismatch", subject, names[0], said, variant=variant, evidence=evidence)


def _is_wrong_name(place: str, printed: str, names: tuple[str, ...], subject: Subject) -> bool:
    if any(names_agree(printed, name) or is_short_for(printed, name) or stands_within(printed, name) for name in names):
        return False
    is_other = any(names_agree(printed, other) for other in subject.other_names)
    may_be_short = any(may_abbreviate(printed, name) or may_abbreviate(name, printed) for name in names)
    if place == "title":
        return is_other or not may_be_short
    # An inner office writes and signs for its agency, and an agency's text speaks of its superiors.
    of_office = without_inner_office(printed)
    if any(names_agree(of_office, without_inner_office(name)) for name in names):
        return False
    if may_be_short or any(_is_above(printed, name) or ends_in_name(printed, name) for name in names):
        return False
    # A last line without a date may be anything that ends like a name.
    is_signed = place == "signature" and subject.report.signed_on is not None
    return is_signed or is_other or any(_is_of_one_kind(printed, name) for name in names)


def _is_above(printed: str, name: str) -> bool:
    """Is the printed agency the government over the named one: 平川市 over 平川市柳河镇?"""
    return plain_name(name).startswith(without_inner_office(printed))


def _is_of_one_kind(one: str, other: str) -> bool:
    """Two towns, two bureaus …: only such can be taken for each other in running text."""
    return plain_name(one)[-1:] == plain_name(other)[-1:]


def _mentions(subject: Subject) -> Iterator[Finding]:
    """Another registered agency of the same sort that the text names, and its own agency never: pasted text.

    An error, so only where there is no doubt: 我局, 我镇, 市局, a short form or an alias anywhere may all
    speak of the own agency. Papers' titles do not count, nor do the agencies above.
    """
    own = subject.names or ((subject.report.agency_name,) if subject.report.agency_name else ())
    if not subject.other_names or not own:
        return
    parts = (subject.report.preamble or "", *(part.text for part in subject.report.sections))
    text = _BOOK_TITLE.sub("", "".join("".join(part.split()) for part in parts))
    pasted = {
        other: text.count(_said_name(other))
        for other in sorted(subject.other_names)
        if text.count(_said_name(other)) >= PASTED and _could_be_taken_for(other, own)
    }
    if not pasted or _SELF_WORDS.search(text) or any(_is_said(name, text) for name in own):
        return
    for other, count in pasted.items():
        words = {"other": _said_name(other), "count": count, "expected": _said_name(own[0])}
        evidence = {"other": other, "mentions": count}
        yield found("agency-mismatch", "sections/1", subject.language, words, evidence=evidence, variant="mentioned")


def _could_be_taken_for(other: str, own: tuple[str, ...]) -> bool:
    """Is the other agency of the own one's sort, neither above nor below it, nor named like it?"""
    name = _said_name(other)
    if is_town(other) != is_town(own[0]) or not _is_of_one_kind(other, own[0]):
        return False
    return all(
        not _is_above(other, each)
        and not _is_above(each, other)
        and name not in _said_name(each)
        and _said_name(each) not in name
        for each in own
    )


def _said_name(name: str) -> str:
    """The name by which a text of the neighbourhood would call the agency: of towns their own place."""
    return own_place(name) if is_town(name) else plain_name(name)


def _is_said(name: str, text: str) -> bool:
    """Does the text name the agency: in full, without the places above it, or in a shortened way (人社局)?"""
    plain = plain_name(name)
    if any(form and form in text for form in (plain, own_place(name), "".join(name.split()))):
        return True
    ends = (place.end() for place in re.finditer(re.escape(plain[-1:]), text) if plain)
    return any(
        ends_in_name(text[max(0, end - len(plain)) : end], name)
        or any(may_abbreviate(text[max(0, end - size) : end], name) for size in range(2, len(plain)))
        for end in ends
    )


def _period(subject: Subject) -> Iterator[Finding]:
    period = subject.report.period
    if period is None:
        return
    first, last = period
    year = subject.year or last.year
    # A whole calendar year that is another one is `year-mismatch`.
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return
    words = {"first": day(first, subject.language), "last": day(last, subject.language), "year": year}
    evidence = {"period": [first.isoformat(), last.isoformat()], "year": year}
    yield found("period-mismatch", "period", subject.language, words, evidence=evidence)


def _too_early(subject: Subject) -> Iterator[Finding]:
    report, year, language = subject.report, subject.report.report_year, subject.language
    if year is None:
        return
    end = date(year, 12, 31)
    published = report.published_on
    if published is not None and published <= end and not _any_publisher_date_after(report, end):
        words: dict[str, object] = {"year": year, "date": day(published, language)}
        evidence = {"published_on": published.isoformat()}
        yield found("published-too-early", "published_on", language, words, evidence=evidence, variant="published")
    end_of_period = report.period[1] if report.period else end
    if report.signed_on is not None and report.signed_on < end_of_period:
        words = {"date": day(report.signed_on, language), "end": day(end_of_period, language)}
        evidence = {"signed_on": report.signed_on.isoformat()}
        yield found("published-too-early", "signature", language, words, evidence=evidence, variant="signed")


def _any_publisher_date_after(report: Report, end: date) -> bool:
    return any(stated.date > end for stated in report.dates if stated.source in PUBLISHER_SOURCES)


def _mismatch(
    rule: str, subject: Subject, expected: str, said: Mapping[str, str], *, variant: str, evidence: Mapping[str, object]
) -> Finding:
    places = [place for place in _SAYS if place in said]
    phrases = (_SAYS[place].spoken(subject.language).format(said=said[place]) for place in places)
    words = {"expected": expected, "places": listed(phrases, subject.language)}
    return found(rule, _WHERE[places[0]], subject.language, words, evidence=evidence, variant=variant)
