"""Dates that contradict, that were changed, and that may have been set back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from monitor.agency_years.case import lay_out
from monitor.agency_years.dates import DateChange, backdating, conflict, date_changes, every_date
from monitor.agency_years.standing import standing_of
from storage.records import Outcome, Status
from storage.report import DateSource
from tests.monitor.stories import (
    DAY,
    END,
    HOUR,
    LATER,
    LIST_ROW,
    OWED,
    PUBDATE,
    SECOND,
    URL,
    evidence,
    look,
    report,
    sighting,
    word,
)

pytestmark = pytest.mark.clock

JANUARY_20, JANUARY_30, FEBRUARY_8 = date(2025, 1, 20), date(2025, 1, 30), date(2025, 2, 8)
JANUARY_21 = END - 11 * DAY
"""The first instant after 20 January."""

FOUND_AT = END + 9 * DAY


def case(known, now=LATER):
    return lay_out(OWED, known, now, confirm_after_hours=20)


def dated_back(*looks, dates=((JANUARY_20, PUBDATE),), bulk=(), **parts):
    return case(evidence(*looks, look(FOUND_AT, found=True), reports=[report(FOUND_AT, *dates, bulk=bulk)], **parts))


def test_a_date_before_a_complete_look_that_lacked_the_report_stands_and_is_told():
    lacked = look(JANUARY_21)

    suspected = dated_back(lacked)

    assert backdating(suspected)[1] == lacked
    told = standing_of(suspected)
    assert (told.status, told.reason, told.published_on) == (Status.ON_TIME, "backdated", JANUARY_20)


@pytest.mark.parametrize(
    "honest",
    [
        dated_back(),
        dated_back(look(JANUARY_21 - SECOND)),
        dated_back(look(JANUARY_21, control=None)),
        dated_back(look(JANUARY_21, outcome=Outcome.INCOMPLETE)),
        dated_back(replace(look(JANUARY_21), is_time_doubted=True)),
        dated_back(look(FOUND_AT + DAY)),
        dated_back(look(END - 3 * DAY), dates=((JANUARY_20, PUBDATE), (JANUARY_30, LIST_ROW))),
        dated_back(look(JANUARY_21), sightings=[sighting(END - HOUR)]),
        dated_back(look(JANUARY_21), bulk=[JANUARY_20]),
        dated_back(look(JANUARY_21), attestations=[word(LATER, published_on=JANUARY_20)]),
        dated_back(look(JANUARY_21), attestations=[word(END - SECOND)]),
        dated_back(look(JANUARY_21), dates=((FEBRUARY_8, PUBDATE),)),
    ],
    ids=[
        "no look lacked it",
        "the look began on that very day",
        "no control",
        "not complete",
        "a clock in doubt",
        "only a look after it was found",
        "another date in time is not contradicted",
        "we saw it in time",
        "a bulk date",
        "a person confirms the date",
        "a person saw it in time",
        "no date in time",
    ],
)
def test_nothing_is_suspected_without_cause(honest):
    assert backdating(honest) is None
    assert standing_of(honest).reason != "backdated"


def test_a_word_that_names_no_date_leaves_the_question_open():
    assert standing_of(dated_back(look(JANUARY_21), attestations=[word(LATER)])).reason == "backdated"


def test_dates_on_both_sides_of_the_due_day_contradict():
    known = evidence(
        sightings=[sighting(FOUND_AT, listed_on=JANUARY_30)],
        reports=[report(FOUND_AT, (FEBRUARY_8, PUBDATE), (JANUARY_20, DateSource.SIGNATURE))],
    )

    timely, late = conflict(case(known))

    assert ([one.date for one in timely], [one.date for one in late]) == ([JANUARY_30], [FEBRUARY_8])
    assert conflict(case(evidence(sightings=[sighting(FOUND_AT, listed_on=FEBRUARY_8)]))) == ((), ())


def test_no_date_is_dropped_and_those_that_prove_nothing_say_so():
    known = evidence(
        sightings=[sighting(FOUND_AT, listed_on=JANUARY_30, is_bulk=True)],
        reports=[report(FOUND_AT, (FEBRUARY_8, PUBDATE), (JANUARY_20, DateSource.SIGNATURE))],
        attestations=[word(LATER, published_on=JANUARY_20)],
    )

    assert [(one.date, one.source, one.counts) for one in every_date(case(known))] == [
        (JANUARY_20, DateSource.SIGNATURE, False),
        (JANUARY_30, LIST_ROW, False),
        (FEBRUARY_8, PUBDATE, True),
        (JANUARY_20, "attested", True),
    ]


def test_a_date_that_another_version_states_otherwise_was_changed():
    first = report(FOUND_AT, (FEBRUARY_8, PUBDATE), (FEBRUARY_8, LIST_ROW), current=False)
    second = replace(report(FOUND_AT + DAY, (JANUARY_30, PUBDATE), (JANUARY_30, LIST_ROW)), id=2)
    elsewhere = replace(report(FOUND_AT, (JANUARY_20, PUBDATE), current=False), id=3, url="http://www.qinghe.example/b")

    known = case(evidence(reports=[first, second, elsewhere]))

    assert date_changes(known) == (DateChange(URL, PUBDATE, FEBRUARY_8, JANUARY_30, FOUND_AT + DAY),)


def test_a_row_that_was_dated_anew_was_changed_and_two_rows_at_once_are_a_conflict():
    before = sighting(FOUND_AT, last=FOUND_AT + DAY, listed_on=FEBRUARY_8)
    after = sighting(FOUND_AT + 2 * DAY, listed_on=JANUARY_30)
    beside = sighting(FOUND_AT + HOUR, last=FOUND_AT + DAY, listed_on=JANUARY_30)

    assert date_changes(case(evidence(sightings=[before, after]))) == (
        DateChange(URL, LIST_ROW, FEBRUARY_8, JANUARY_30, FOUND_AT + 2 * DAY),
    )
    assert date_changes(case(evidence(sightings=[before, beside]))) == ()
