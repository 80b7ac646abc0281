"""The same made-up report in every shape is the same report: no wrong cell, name, year or date."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache

import pytest

from crawler.parser import read_report
from crawler.simulator.made_up import MadeUpReport, made_up_report
from crawler.simulator.renderers.shapes import SHAPES, Shape
from storage.report import Cell, Number, Report
from tests.accuracy import AGENCIES

REPORTS_PER_SHAPE = 28
"""Times 18 shapes: 504 reports of each form."""

FORM_YEARS = (("2019", 2019), ("2019", 2020), ("2021", 2021), ("2021", 2024))


def drawn(shape: Shape, name: str) -> Iterator[tuple[MadeUpReport, bytes]]:
    for number in range(REPORTS_PER_SHAPE):
        for form, year in FORM_YEARS[number % 2 :: 2]:
            source = random.Random(f"{name} {form} {number}")
            agency, kind = AGENCIES[number % len(AGENCIES)]
            activity = 0.0 if shape.only_zeros else None
            report = made_up_report(source, year=year, agency=agency, kind=kind, form=form, activity=activity)
            yield report, shape.render(report, source)


@cache
def readings(name: str) -> tuple[tuple[MadeUpReport, Report], ...]:
    """The reports of one shape with what was read of them."""
    return tuple((made, read_report(data)) for made, data in drawn(SHAPES[name], name))


def flat(text: str | None) -> str | None:
    return re.sub(r"\s+", "", text) if text else text


def values(report: Report) -> dict[Cell, Number | None]:
    return {cell: fact.value for cell, fact in report.facts.items()}


@pytest.mark.parametrize("name", SHAPES)
def test_every_cell_of_every_shape_is_read_as_it_was_printed(name):
    for made, read in readings(name):
        assert read.form == made.form, made.title
        assert values(read) == dict(made.cells), made.title


@pytest.mark.parametrize("name", SHAPES)
def test_title_agency_year_period_and_contact_are_the_same_in_every_shape(name):
    shape = SHAPES[name]

    for made, read in readings(name):
        assert flat(read.title) == flat(made.title)
        assert flat(read.agency_name) == flat(made.agency_name)
        assert (read.report_year, read.period, read.signed_on) == (made.report_year, made.period, made.signed_on)
        assert read.contact == made.contact
        if shape.carries_headings:
            assert tuple(section.heading for section in read.sections) == made.headings


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if shape.carries_published_on])
def test_the_portals_date_is_the_day_of_publication(name):
    for made, read in readings(name):
        assert read.published_on == made.published_on


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, shape in SHAPES.items()
        # The Word dialect renumbers （一） to （1）, as converters do.
        if shape.media_type == "text/html" and shape.carries_headings and name != "html_pre_w"
    ],
)
def test_the_narrative_of_a_page_is_the_reports_alone(name):
    for made, read in readings(name):
        for section in made.sections:
            part = read.section(section.number)
            assert part is not None
            assert flat(part.text) == flat("".join(section.paragraphs))


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if shape.carries_blanks])
def test_a_blank_cell_is_nothing_and_moves_no_other(name):
    for number in range(24):
        source = random.Random(f"blank {name} {number}")
        form, year = FORM_YEARS[number % 4]
        whole = made_up_report(
            source, year=year, agency="安丘市教育局", form=form, activity=0.0 if SHAPES[name].only_zeros else 0.6
        )
        blanks = source.sample(sorted(whole.cells), 3)
        made = MadeUpReport(
            **{**{f: getattr(whole, f) for f in whole.__slots__}, "cells": {**whole.cells, **dict.fromkeys(blanks)}}
        )

        read = read_report(SHAPES[name].render(made, source))

        assert {cell: value for cell, value in values(read).items() if value is not None} == {
            cell: value for cell, value in made.cells.items() if value is not None
        }
