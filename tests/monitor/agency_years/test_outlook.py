"""What may come next: true to the instant, and with words for all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.agency_years.case import CONFIRM_TOLERANCE, lay_out
from monitor.agency_years.outlook import confirmable_at, outlook
from monitor.agency_years.standing import standing_of, steps
from monitor.commands.explain_words import PROSPECTS, prospect_text
from monitor.commands.step_words import step_text
from storage.records import Outcome, Status
from tests.monitor.agency_year_strategies import EVIDENCE, INSTANTS, LOOKS
from tests.monitor.stories import (
    DAY,
    END,
    HOUR,
    LATER,
    OWED,
    PUBDATE,
    SECOND,
    evidence,
    look,
    report,
    sighting,
    word,
)


def case(known, now=LATER, *, grace=0):
    return lay_out(OWED, known, now, confirm_after_hours=20, grace_days=grace)


LATE = report(END + 8 * DAY, (date(2025, 2, 8), PUBDATE))
CODES = [
    (case(evidence(), END - DAY), ["seen_before_due", "due_passes", "missing_from"]),
    (case(evidence(), END), ["first_look", "missing_from", "seen_at_all"]),
    (case(evidence(look(END, outcome=Outcome.BLOCKED))), ["look_again", "missing_from", "seen_at_all", "word_present"]),
    (case(evidence(look(END)), END + HOUR), ["second_look", "seen_at_all"]),
    (case(evidence(look(END))), ["second_look_now", "seen_at_all"]),
    (case(evidence(look(END)), END + HOUR, grace=5), ["two_looks", "seen_at_all"]),
    (
        case(evidence(look(END, control=None), look(END + DAY, control=None))),
        ["word_absent", "control_seen", "seen_at_all"],
    ),
    (case(evidence(look(END), look(END + DAY))), ["found_late", "found_timely", "word_present"]),
    (case(evidence(reports=[LATE])), ["date_in_time", "word_in_time", "date_bulk", "vanishes"]),
    (
        case(evidence(sightings=[sighting(END + DAY)])),
        ["date_in_time", "word_in_time", "date_late", "vanishes"],
    ),
    (
        case(evidence(reports=[report(END, (date(2025, 12, 20), PUBDATE))])),
        ["date_in_time", "word_in_time", "date_passes", "vanishes"],
    ),
    (case(evidence(look(END + DAY), sightings=[sighting(END - DAY)])), ["vanishing"]),
    (
        case(evidence(*[look(END + day * DAY) for day in (1, 4, 9)], sightings=[sighting(END - DAY)])),
        ["seen_again", "word_present"],
    ),
    (case(evidence(attestations=[word(END - DAY)])), []),
]


@pytest.mark.parametrize(("laid", "codes"), CODES, ids=lambda value: "+".join(value) if isinstance(value, list) else "")
def test_every_status_has_its_prospects(laid, codes):
    assert [prospect.code for prospect in outlook(laid)] == codes


def test_a_report_that_vanishes_is_told_when_it_will_count_as_withdrawn():
    (prospect,) = outlook(case(evidence(look(END + DAY), look(END + 3 * DAY), sightings=[sighting(END - DAY)])))

    assert (prospect.to, prospect.figures["gone"], prospect.figures["at"]) == (Status.WITHDRAWN, 2, END + 8 * DAY)


@given(LOOKS, INSTANTS, st.integers(0, 3))
def test_the_earliest_instant_of_missing_is_the_earliest(looks, now, grace):
    laid = case(evidence(*(replace(one, found=False) for one in looks)), now, grace=grace)
    assume(standing_of(laid).status in {Status.NOT_DUE, Status.UNKNOWN, Status.SUSPECTED_MISSING})
    at = max(confirmable_at(laid), now)
    first = () if laid.accusing else (look(max(now, laid.accuse_from)),)
    known = laid.evidence.looks

    def told(second):
        return standing_of(case(evidence(*known, *first, look(second)), max(second, now), grace=grace)).status

    assert told(at) is Status.MISSING
    if not laid.accusing:
        assert told(at - CONFIRM_TOLERANCE - SECOND) is not Status.MISSING


@given(EVIDENCE, INSTANTS, st.sampled_from(["zh", "en"]))
def test_whatever_may_come_and_whatever_holds_has_words(known, now, language):
    laid = case(known, now)

    texts = [prospect_text(prospect, "x", language) for prospect in outlook(laid)]
    texts += [step_text(step, language) for step in steps(laid)]

    assert all(texts)
    assert not [text for text in texts if "{" in text]


def test_no_words_are_left_over():
    told = {prospect.code for laid, _ in CODES for prospect in outlook(laid)}
    back = case(evidence(look(END - 5 * DAY), reports=[report(END + 8 * DAY, (date(2025, 1, 20), PUBDATE))]))
    told |= {prospect.code for prospect in outlook(back)}

    # Those of successions and exemptions are met in the tests of `explain`.
    assert PROSPECTS.keys() - told == {"registry_changes", "own_found", "heir_settled"}
