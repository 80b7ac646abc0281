"""From bytes to findings: every deliberate mistake is found by its rule, and a clean report is accused of nothing."""

from __future__ import annotations

import random

import pytest

from crawler.parser import read_report
from crawler.simulator.made_up import made_up_report
from crawler.simulator.mistakes import MISTAKES
from crawler.simulator.mistakes_in_words import copied_from
from crawler.simulator.renderers.shapes import SHAPES
from monitor.checks import Subject, content_verdict, judge
from storage.records import Agency, AgencyKind, Content, Severity

PAGES = ("html_clean", "html_word", "html_nested", "html_trs")
YEARS = {"2019": 2020, "2021": 2024}
DRAWS = 2


def agency(kind):
    return Agency("a", "安丘市柳泉镇人民政府", kind, "370784", "p")


def drawn(name, number, form, kind):
    source = random.Random(f"{name} {number} {form}")
    year = YEARS[form]
    before = made_up_report(source, year=year - 1, agency=agency(kind).name, kind=kind, form=form, activity=0.6)
    report = made_up_report(
        source, year=year, agency=agency(kind).name, kind=kind, form=form, activity=0.6, previous=before
    )
    return source, before, report


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_by_its_rule_in_every_kind_of_page(name):
    mistake = MISTAKES[name]
    kind = mistake.kind or AgencyKind.TOWNSHIP_GOVERNMENT
    for form in sorted(mistake.forms):
        for shape in PAGES:
            for number in range(DRAWS):
                source, before, report = drawn(name, number, form, kind)
                data = SHAPES[shape].render(mistake.make(report, source), source)
                previous = read_report(SHAPES[shape].render(before, source)) if mistake.needs_previous else None

                findings = judge(
                    Subject(
                        read_report(data, listed_on=mistake.make(report, source).published_on),
                        agency=agency(kind),
                        report_year=YEARS[form],
                        previous=previous,
                    )
                )

                assert mistake.rule in {finding.rule for finding in findings}, (shape, form, number)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_clean_report_is_accused_of_nothing(shape):
    if not SHAPES[shape].carries_headings:
        pytest.skip("this shape may lose a heading, which is a mistake")
    for number in range(20):
        for form, year in YEARS.items():
            kind = list(AgencyKind)[number % len(AgencyKind)]
            source, before, report = drawn(shape, number, form, kind)
            if SHAPES[shape].only_zeros:
                report = made_up_report(source, year=year, agency=agency(kind).name, kind=kind, activity=0.0)
                before = None

            findings = judge(
                Subject(
                    read_report(SHAPES[shape].render(report, source)),
                    agency=agency(kind),
                    report_year=year,
                    previous=read_report(SHAPES["html_clean"].render(before, source)) if before else None,
                )
            )

            errors = [finding.message for finding in findings if finding.severity is Severity.ERROR]
            assert content_verdict(findings) is Content.OK, errors


def test_last_years_text_with_the_year_changed_is_malformed():
    source, before, report = drawn("copied", 0, "2021", AgencyKind.TOWNSHIP_GOVERNMENT)
    copied = copied_from(report, before)

    findings = judge(
        Subject(
            read_report(SHAPES["html_clean"].render(copied, source)),
            previous=read_report(SHAPES["html_clean"].render(before, source)),
        )
    )

    assert "copied-from-last-year" in {finding.rule for finding in findings}
