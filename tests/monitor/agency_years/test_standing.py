"""Every status beside its neighbours, and the properties that keep an accusation honest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.agency_years.case import lay_out
from monitor.agency_years.standing import AWAITING_CONFIRMATION, standing, steps
from storage.records import (
    SHANGHAI,
    Content,
    Outcome,
    Standing,
    Status,
)
from storage.report import PUBLISHER_SOURCES, DateSource
from tests.monitor.agency_year_strategies import EVIDENCE, INSTANTS, LOOKS, OUTCOMES, SIGHTINGS, WORDS
from tests.monitor.stories import (
    AFTER_DUE,
    DAY,
    DUE,
    END,
    HOUR,
    LATER,
    LIST_ROW,
    ON_DUE,
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


def judged(known, now=LATER, *, owed=OWED, hours=20, grace=0):
    return standing(owed, known, now, confirm_after_hours=hours, grace_days=grace)


def status(known, now=LATER, **how):
    return judged(known, now, **how).status


@pytest.mark.clock
def test_nothing_found_is_not_due_until_the_due_day_has_ended():
    assert status(evidence(), END - SECOND) is Status.NOT_DUE
    assert judged(evidence(), END) == Standing("caizheng", 2024, DUE, Status.UNKNOWN, reason="not_scanned")


@pytest.mark.clock
@pytest.mark.parametrize("hours", [-12, -8, 0, 8, 14])
def test_the_zone_of_the_host_does_not_move_the_due_day(hours):
    zone = timezone(timedelta(hours=hours))

    assert status(evidence(), (END - SECOND).astimezone(zone)) is Status.NOT_DUE
    assert status(evidence(), END.astimezone(zone)) is Status.UNKNOWN


@pytest.mark.parametrize(
    ("dates", "expected", "published", "days_late"),
    [
        ([(ON_DUE, PUBDATE)], Status.ON_TIME, ON_DUE, None),
        ([(AFTER_DUE, PUBDATE)], Status.LATE, AFTER_DUE, 1),
        ([(AFTER_DUE, PUBDATE), (ON_DUE, LIST_ROW)], Status.ON_TIME, ON_DUE, None),
        ([(AFTER_DUE, PUBDATE), (ON_DUE, DateSource.URL)], Status.ON_TIME, ON_DUE, None),
        ([(AFTER_DUE, DateSource.PAGE), (ON_DUE, DateSource.ISSUED)], Status.LATE, AFTER_DUE, 1),
        ([(date(2025, 2, 8), PUBDATE), (date(2025, 2, 7), LIST_ROW)], Status.LATE, date(2025, 2, 8), 8),
        ([(AFTER_DUE, DateSource.SIGNATURE), (AFTER_DUE, DateSource.BODY)], Status.DATE_UNKNOWN, None, None),
        ([], Status.DATE_UNKNOWN, None, None),
    ],
)
def test_the_publishers_dates_decide_on_time_or_late(dates, expected, published, days_late):
    verdict = judged(evidence(look(END + 9 * DAY, found=True), reports=[report(END + 9 * DAY, *dates)]))

    assert (verdict.status, verdict.published_on, verdict.days_late) == (expected, published, days_late)


@pytest.mark.clock
def test_a_sighting_in_time_beats_every_date():
    late = [(AFTER_DUE, PUBDATE)]

    seen_in_time = evidence(sightings=[sighting(END - SECOND)], reports=[report(END, *late)])
    seen_after = evidence(sightings=[sighting(END)], reports=[report(END, *late)])

    assert status(seen_in_time) is Status.ON_TIME
    assert status(seen_after) is Status.LATE


def test_a_bulk_date_accuses_nobody_but_may_excuse():
    seen = END + DAY

    assert status(evidence(sightings=[sighting(seen, listed_on=AFTER_DUE, is_bulk=True)])) is Status.DATE_UNKNOWN
    assert status(evidence(sightings=[sighting(seen, listed_on=ON_DUE, is_bulk=True)])) is Status.ON_TIME
    mixed = report(seen, (date(2025, 2, 3), PUBDATE), (AFTER_DUE, DateSource.URL), bulk=[AFTER_DUE])
    assert judged(evidence(reports=[mixed])).reason == "bulk_date"


def test_a_stated_date_that_cannot_be_read_accuses_nobody():
    seen, rows = END + 9 * DAY, [sighting(END + 9 * DAY, listed_on=AFTER_DUE)]

    verdict = judged(evidence(look(END + DAY), sightings=rows, reports=[report(seen, unread=True)]))
    told = word(seen, published_on=AFTER_DUE)

    assert (verdict.status, verdict.reason) == (Status.DATE_UNKNOWN, "date_unread")
    assert status(evidence(sightings=rows, reports=[report(seen, (ON_DUE, LIST_ROW), unread=True)])) is Status.ON_TIME
    assert status(evidence(sightings=rows, reports=[report(seen, unread=True)], attestations=[told])) is Status.LATE


def test_what_a_person_took_back_is_no_address_of_the_report():
    words = [word(END + DAY), word(END + 2 * DAY, absent=True)]
    looks = [look(END + HOUR), look(END + 25 * HOUR)]

    verdict = judged(evidence(*looks, reports=[report(END + DAY, attested=True)], attestations=words))

    assert (verdict.status, verdict.url) == (Status.MISSING, None)


def test_a_date_of_unknown_meaning_leaves_doubt_only_where_it_lies_in_time():
    seen = END + 9 * DAY
    early, after = (
        judged(evidence(reports=[report(seen, (AFTER_DUE, PUBDATE), (day, DateSource.META_OTHER))]))
        for day in (ON_DUE, AFTER_DUE)
    )

    assert (early.status, early.reason) == (Status.DATE_UNKNOWN, "date_unsure")
    assert after.status is Status.LATE
    assert status(evidence(reports=[report(seen, (ON_DUE, DateSource.META_OTHER))])) is Status.DATE_UNKNOWN


def test_a_date_after_the_day_on_which_the_report_was_seen_proves_nothing():
    seen = END + 3 * DAY
    next_year, that_day, before = date(2025, 12, 20), date(2025, 2, 4), date(2025, 2, 3)

    told = {
        "alone": judged(evidence(reports=[report(seen, (next_year, PUBDATE))])),
        "in a row": judged(evidence(sightings=[sighting(seen, listed_on=next_year)])),
        "beside one that can be": judged(evidence(reports=[report(seen, (next_year, PUBDATE), (before, LIST_ROW))])),
        "on that very day": judged(evidence(reports=[report(seen, (that_day, PUBDATE))])),
        "in a word": judged(evidence(attestations=[word(seen, published_on=next_year)])),
    }

    assert {key: (one.status, one.published_on, one.reason) for key, one in told.items()} == {
        "alone": (Status.DATE_UNKNOWN, next_year, "date_ahead"),
        "in a row": (Status.DATE_UNKNOWN, next_year, "date_ahead"),
        "beside one that can be": (Status.LATE, before, None),
        "on that very day": (Status.LATE, that_day, None),
        "in a word": (Status.DATE_UNKNOWN, next_year, "attested"),
    }


def test_a_report_that_was_replaced_is_as_late_as_its_first_version_was():
    first = report(END + 2 * DAY, (date(2025, 2, 3), PUBDATE), current=False)
    second = replace(report(END + 9 * DAY, (date(2025, 2, 10), PUBDATE)), id=2)

    verdict = judged(evidence(reports=[first, second]))

    assert (verdict.status, verdict.published_on, verdict.days_late) == (Status.LATE, date(2025, 2, 3), 3)


def test_an_earlier_version_in_time_keeps_a_revised_report_on_time():
    first = report(END, (ON_DUE, PUBDATE), current=False)
    second = replace(report(END + DAY, (date(2025, 2, 5), PUBDATE)), id=2)

    assert status(evidence(reports=[first, second])) is Status.ON_TIME


@pytest.mark.clock
def test_late_is_witnessed_only_by_a_complete_scan_after_the_due_day_and_before_the_sighting():
    seen = sighting(END + 5 * DAY, listed_on=date(2025, 2, 5))

    proofs = {
        "after the due day": judged(evidence(look(END), sightings=[seen])).proof,
        "on the due day": judged(evidence(look(END - SECOND), sightings=[seen])).proof,
        "incomplete": judged(evidence(look(END, outcome=Outcome.INCOMPLETE), sightings=[seen])).proof,
        "after the sighting": judged(evidence(look(END + 6 * DAY), sightings=[seen])).proof,
    }

    assert proofs == {
        "after the due day": "witnessed",
        "on the due day": "stated",
        "incomplete": "stated",
        "after the sighting": "stated",
    }


def test_a_late_report_is_told_whole():
    known = evidence(
        look(END), look(END + 8 * DAY, found=True), reports=[report(END + 8 * DAY, (date(2025, 2, 8), PUBDATE))]
    )

    assert judged(known) == Standing(
        "caizheng", 2024, DUE, Status.LATE, date(2025, 2, 8), 8, "witnessed", content=None, url=URL
    )


@pytest.mark.clock
@pytest.mark.parametrize(
    ("looks", "expected", "reason"),
    [
        ([], Status.UNKNOWN, "not_scanned"),
        ([look(END - SECOND)], Status.UNKNOWN, "not_scanned"),
        ([look(END)], Status.SUSPECTED_MISSING, "awaiting_confirmation"),
        ([look(END), look(END + 20 * HOUR - 121 * SECOND)], Status.SUSPECTED_MISSING, "awaiting_confirmation"),
        ([look(END), look(END + 19 * HOUR)], Status.SUSPECTED_MISSING, "awaiting_confirmation"),
        ([look(END), look(END + 20 * HOUR)], Status.MISSING, None),
        ([look(END + 9 * SECOND), look(END + 20 * HOUR + SECOND)], Status.MISSING, None),
        ([look(END - SECOND), look(END + 20 * HOUR)], Status.SUSPECTED_MISSING, "awaiting_confirmation"),
        ([look(END, control=None), look(END + 20 * HOUR, control=None)], Status.SUSPECTED_MISSING, "no_control"),
        ([look(END, control=None), look(END + 20 * HOUR)], Status.SUSPECTED_MISSING, "no_control"),
        (
            [look(END), look(END + 20 * HOUR, outcome=Outcome.BLOCKED)],
            Status.SUSPECTED_MISSING,
            "awaiting_confirmation",
        ),
        ([look(END), look(END + DAY), look(END + 2 * DAY, outcome=Outcome.BLOCKED)], Status.MISSING, None),
        ([look(END, outcome=Outcome.ROBOTS_REFUSED)], Status.UNKNOWN, "robots_refused"),
        ([look(END, outcome=Outcome.BLOCKED), look(END + DAY, outcome=Outcome.MOVED)], Status.UNKNOWN, "moved"),
    ],
)
def test_missing_needs_two_complete_controlled_scans_apart_and_after_the_due_day(looks, expected, reason):
    verdict = judged(evidence(*looks))

    assert (verdict.status, verdict.reason) == (expected, reason)


def test_a_judgement_as_of_an_earlier_moment_does_not_know_later_scans():
    absent = (look(END + DAY), look(END + 2 * DAY))
    found = evidence(*absent, look(END + 30 * DAY, found=True), reports=[report(END + 30 * DAY, (AFTER_DUE, PUBDATE))])

    assert status(evidence(*absent), END + HOUR) is Status.UNKNOWN
    assert status(evidence(*absent), END + DAY + HOUR) is Status.SUSPECTED_MISSING
    assert status(found, END + 3 * DAY) is Status.MISSING
    assert status(found, LATER) is Status.LATE


def test_a_scan_that_was_made_for_this_moment_counts_although_it_began_a_little_later():
    assert status(evidence(look(END), look(END + DAY + 40 * SECOND)), END + DAY) is Status.MISSING


def test_an_address_that_was_also_seen_later_was_last_seen_by_the_latest_scan_known():
    looks = (look(END - DAY, found=True), look(END + DAY, found=True), look(END + 9 * DAY, found=True))
    seen = sighting(END - DAY, last=END + 9 * DAY)
    body = replace(report(END - DAY, (ON_DUE, PUBDATE)), fetched_at=END + 9 * DAY)

    case = lay_out(OWED, evidence(*looks, sightings=[seen], reports=[body]), END + 2 * DAY, confirm_after_hours=20)

    assert case.last_seen == END + DAY
    assert case.evidence.sightings == (replace(seen, last_seen_at=END + DAY),)
    assert case.evidence.reports == (replace(body, fetched_at=END + DAY),)


def test_the_version_before_is_judged_where_the_judged_one_came_later():
    before = report(END - 2 * DAY, (ON_DUE, PUBDATE), current=False)
    scan = report(END - DAY, reason="picture_without_ocr", current=False)
    after = report(END + 9 * DAY, (AFTER_DUE, PUBDATE))

    case = lay_out(OWED, evidence(reports=[before, scan, after]), END, confirm_after_hours=20)

    assert case.evidence.reports == (replace(before, is_current=True), scan)


def test_a_sighting_ends_a_missing_report():
    absent = (look(END), look(END + DAY))

    assert status(evidence(*absent)) is Status.MISSING
    assert status(evidence(*absent, sightings=[sighting(END + 2 * DAY, listed_on=date(2025, 2, 3))])) is Status.LATE
    assert status(evidence(*absent, sightings=[sighting(END + 2 * DAY)])) is Status.DATE_UNKNOWN


@pytest.mark.clock
def test_grace_holds_back_missing_and_nothing_else():
    early, grown = (look(END), look(END + DAY)), (look(END + 5 * DAY), look(END + 6 * DAY))

    assert judged(evidence(*early), END + 2 * DAY, grace=5).reason == "in_grace"
    assert judged(evidence(*early), END + 6 * DAY, grace=5).reason == "awaiting_confirmation"
    assert judged(evidence(*early, *grown), grace=5).status is Status.MISSING
    assert judged(evidence(*early, *grown), grace=5).due == DUE
    assert status(evidence(reports=[report(END, (AFTER_DUE, PUBDATE))]), grace=5) is Status.LATE


SEEN = sighting(END - 10 * DAY, last=END - 5 * DAY, listed_on=date(2025, 1, 22))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((0, 3, 7), Status.WITHDRAWN),
        ((0, 3, 6.9), Status.ON_TIME),
        ((0, 7), Status.ON_TIME),
        ((0, 1, 2, 7), Status.WITHDRAWN),
    ],
)
def test_a_report_is_withdrawn_after_three_complete_scans_over_seven_days(days, expected):
    gone = [look(END + day * DAY, control=None) for day in days]

    assert status(evidence(*gone, sightings=[SEEN])) is expected


@pytest.mark.parametrize(
    ("column", "expected"), [("nb/", Status.WITHDRAWN), ("2025/", Status.ON_TIME), (None, Status.WITHDRAWN)]
)
def test_a_column_that_the_operator_wrote_since_does_not_show_a_report_withdrawn_from_another(column, expected):
    listed = replace(SEEN, places=frozenset({("qinghe", "nb/")}))
    places = () if column is None else (("qinghe", column),)
    gone = [replace(look(END + day * DAY), places=places) for day in (0, 3, 7)]

    assert status(evidence(*gone, sightings=[listed])) is expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("nb/", "nb/"), Status.MISSING),
        (("wrong/", "nb/"), Status.SUSPECTED_MISSING),
        (("wrong/", "nb/", "nb/"), Status.MISSING),
        (("nb/ bm/", "nb/"), Status.MISSING),
        (("nb/", "nb/ bm/"), Status.SUSPECTED_MISSING),
        (("", "nb/"), Status.MISSING),
    ],
)
def test_only_looks_at_the_place_that_was_read_last_make_a_report_missing(columns, expected):
    looks = [
        replace(look(END + day * DAY), places=tuple(("qinghe", column) for column in text.split()))
        for day, text in enumerate(columns)
    ]

    verdict = judged(evidence(*looks))

    assert (verdict.status, verdict.reason) == (expected, None if expected is Status.MISSING else AWAITING_CONFIRMATION)


def test_a_report_that_is_seen_again_was_not_withdrawn():
    gone = [look(END + day * DAY) for day in (0, 3, 7)]
    blocked = [look(END + day * DAY, outcome=Outcome.BLOCKED) for day in (0, 3, 7)]

    assert status(evidence(*gone, look(END + 8 * DAY, found=True), sightings=[SEEN])) is Status.ON_TIME
    assert status(evidence(*blocked, sightings=[SEEN])) is Status.ON_TIME


def test_a_withdrawn_report_keeps_its_address_and_date():
    verdict = judged(evidence(*[look(END + day * DAY) for day in (0, 3, 7)], sightings=[SEEN]))

    assert (verdict.status, verdict.url, verdict.published_on) == (Status.WITHDRAWN, URL, date(2025, 1, 22))


def test_a_waived_agency_is_exempt_whatever_was_found():
    exempt = replace(OWED, due=None, exempt_reason="机构改革")

    assert judged(evidence(look(END), look(END + DAY)), owed=exempt) == Standing(
        "caizheng", 2024, None, Status.EXEMPT, reason="机构改革"
    )
    assert judged(evidence(sightings=[SEEN]), owed=exempt).url == URL


@pytest.mark.clock
def test_a_person_may_say_that_it_is_there():
    attested_url = "http://mirror.example/a"

    in_time = judged(evidence(attestations=[word(LATER, published_on=ON_DUE, url=attested_url)]))
    late = judged(evidence(attestations=[word(LATER, published_on=date(2025, 2, 8))]))
    seen_by_due = judged(evidence(attestations=[word(END - SECOND)]))
    undated = judged(evidence(attestations=[word(END)]))

    assert in_time == Standing(
        "caizheng", 2024, DUE, Status.ON_TIME, ON_DUE, content=Content.UNREADABLE, url=attested_url, reason="attested"
    )
    assert (late.status, late.days_late, late.proof, late.reason) == (Status.LATE, 8, "stated", "attested")
    assert (seen_by_due.status, undated.status) == (Status.ON_TIME, Status.DATE_UNKNOWN)


def test_a_present_word_outlives_scans_that_cannot_see_it_and_yields_to_a_later_word():
    gone = [look(END + day * DAY) for day in (0, 3, 7, 9)]

    assert status(evidence(*gone, attestations=[word(END)])) is Status.DATE_UNKNOWN
    assert status(evidence(*gone, sightings=[SEEN], attestations=[word(END)])) is Status.ON_TIME
    assert status(evidence(*gone, attestations=[word(END), word(END + DAY, absent=True)])) is Status.MISSING


def test_an_absent_word_is_a_control_and_not_a_scan():
    bare = (look(END, control=None), look(END + DAY, control=None))
    after, before = word(END + 2 * DAY, absent=True), word(END - DAY, absent=True)

    assert status(evidence(*bare, attestations=[after])) is Status.MISSING
    assert status(evidence(*bare, attestations=[before])) is Status.SUSPECTED_MISSING
    assert status(evidence(look(END, outcome=Outcome.BLOCKED), attestations=[after])) is Status.UNKNOWN
    assert status(evidence(look(END, control=None), attestations=[after])) is Status.SUSPECTED_MISSING


def test_a_verdict_that_rests_on_a_word_says_so_and_no_other_does():
    bare = (look(END, control=None), look(END + DAY, control=None))
    controlled = (look(END), look(END + DAY))
    absent = word(END + 2 * DAY, absent=True)
    undated = [sighting(END + DAY)]
    gone = [look(END + day * DAY) for day in (0, 3, 7)]

    reasons = {
        "a word is the control": judged(evidence(*bare, attestations=[absent])).reason,
        "a word beside controls": judged(evidence(*controlled, attestations=[absent])).reason,
        "a word dates it": judged(evidence(sightings=undated, attestations=[word(LATER, published_on=ON_DUE)])).reason,
        "a word adds nothing": judged(evidence(sightings=[SEEN], attestations=[word(LATER)])).reason,
        "a word keeps it from withdrawn": judged(evidence(*gone, sightings=[SEEN], attestations=[word(LATER)])).reason,
        "a file came with it": judged(
            evidence(reports=[report(END, (ON_DUE, PUBDATE), attested=True)], attestations=[word(LATER)])
        ).reason,
    }

    assert reasons == {
        "a word is the control": "attested",
        "a word beside controls": None,
        "a word dates it": "attested",
        "a word adds nothing": None,
        "a word keeps it from withdrawn": "attested",
        "a file came with it": "attested",
    }


@pytest.mark.clock
def test_a_look_whose_time_is_in_doubt_proves_nothing():
    doubted = [replace(look(END + day * DAY), is_time_doubted=True) for day in (0, 1, 4, 8)]
    seen = sighting(END + 9 * DAY, listed_on=date(2025, 2, 8))

    assert judged(evidence(*doubted)) == judged(evidence())
    assert judged(evidence(*doubted, look(END + 9 * DAY))).reason == "awaiting_confirmation"
    assert judged(evidence(*doubted, sightings=[SEEN])).status is Status.ON_TIME
    assert judged(evidence(*doubted, sightings=[seen])).proof == "stated"


@pytest.mark.clock
def test_who_sleeps_over_the_due_day_knows_nothing_until_it_has_looked_twice_again():
    before, woken, again = look(END - 3 * DAY), look(END + 6 * DAY), look(END + 7 * DAY)

    assert judged(evidence(before), END + 6 * DAY).reason == "not_scanned"
    assert judged(evidence(before, woken), END + 6 * DAY + HOUR).reason == "awaiting_confirmation"
    assert judged(evidence(before, woken, again), END + 7 * DAY + HOUR).status is Status.MISSING


def test_what_cannot_be_read_is_unreadable_and_accuses_nobody():
    dated = (ON_DUE, PUBDATE)

    unreadable = judged(evidence(reports=[report(END, dated, reason="picture_without_ocr")]))
    unfetched = judged(evidence(sightings=[sighting(END - DAY)]))
    readable = judged(evidence(reports=[report(END, dated)]))

    assert (unreadable.status, unreadable.content) == (Status.ON_TIME, Content.UNREADABLE)
    assert (unfetched.status, unfetched.content) == (Status.ON_TIME, Content.UNREADABLE)
    assert (readable.status, readable.content) == (Status.ON_TIME, None)


def test_the_steps_tell_why_the_neighbours_do_not_hold():
    known = evidence(look(END), look(END + HOUR))
    case = lay_out(OWED, known, LATER, confirm_after_hours=20)

    assert [(step.status.value, step.holds, step.code) for step in steps(case)] == [
        ("exempt", False, ""),
        ("withdrawn", False, "never_seen"),
        ("on_time", False, "not_found"),
        ("late", False, "not_found"),
        ("date_unknown", False, "not_found"),
        ("not_due", False, "due_end"),
        ("missing", False, "awaiting_confirmation"),
        ("suspected_missing", True, "awaiting_confirmation"),
    ]


@given(LOOKS, SIGHTINGS, WORDS, INSTANTS)
def test_what_came_more_than_an_hour_after_now_changes_nothing(looks, seen, words, now):
    sightings = [one for one in [seen] if one.first_seen_at <= now + HOUR]
    known = [one for one in looks if one.started_at <= now + HOUR]
    said = [one for one in words if one.at <= now + HOUR]

    assert judged(evidence(*looks, sightings=[seen], attestations=words), now) == judged(
        evidence(*known, sightings=sightings, attestations=said), now
    )


@given(LOOKS, WORDS, INSTANTS, st.integers(0, 3))
def test_missing_rests_on_two_qualifying_scans(looks, words, now, grace):
    verdict = judged(evidence(*looks, attestations=words), now, grace=grace)

    qualifying = [
        one.started_at
        for one in looks
        if one.outcome is Outcome.COMPLETE
        and END + grace * DAY <= one.started_at <= now + HOUR
        and (one.control or any(said.absent and END <= said.at <= now + HOUR for said in words))
    ]
    if verdict.status is Status.MISSING:
        assert max(qualifying) - min(qualifying) >= 20 * HOUR - 120 * SECOND
        assert now >= END


@given(LOOKS, INSTANTS)
def test_scans_that_could_not_look_never_prove_an_absence(looks, now):
    failed = tuple(replace(one, outcome=Outcome.BLOCKED) for one in looks)

    assert status(evidence(*failed), now) in {Status.NOT_DUE, Status.UNKNOWN}


@given(LOOKS, INSTANTS, OUTCOMES.filter(lambda outcome: outcome is not Outcome.COMPLETE), st.integers(0, 500))
def test_a_later_incomplete_scan_changes_neither_suspicion_nor_missing(looks, now, outcome, hours):
    before = judged(evidence(*looks), now)
    last = max([END, *(one.started_at for one in looks)]) + hours * HOUR

    after = judged(evidence(*looks, look(last, outcome=outcome)), now)

    if before.status in {Status.SUSPECTED_MISSING, Status.MISSING}:
        assert after == before


@given(EVIDENCE, SIGHTINGS, INSTANTS)
def test_one_more_sighting_of_the_report_never_makes_it_missing_or_withdrawn(known, seen, now):
    before = status(known, now)

    after = status(replace(known, sightings=(*known.sightings, seen)), now)

    assert after is not Status.MISSING or before is Status.MISSING
    assert after is not Status.WITHDRAWN or before is Status.WITHDRAWN or seen.first_seen_at <= now + HOUR


@given(EVIDENCE, st.dates(date(2025, 1, 1), DUE), st.sampled_from(PUBLISHER_SOURCES), INSTANTS)
def test_one_more_date_in_time_never_accuses(known, day, source, now):
    dated = report(END - 300 * HOUR, (day, source), current=False)

    after = status(replace(known, reports=(*known.reports, dated)), now)

    assert after not in {Status.MISSING, Status.LATE}


@given(EVIDENCE, INSTANTS, st.integers(0, 3))
def test_late_rests_on_dates_after_the_due_day_alone(known, now, grace):
    verdict = judged(known, now, grace=grace)

    if verdict.status is Status.LATE:
        case = lay_out(OWED, known, now, confirm_after_hours=20, grace_days=grace)
        assert case.stated
        assert all(one.date > DUE and not one.is_bulk for one in case.stated)
        assert not all(one.is_ahead for one in case.stated)
        assert case.first_seen is None or case.first_seen >= END
        assert verdict.days_late == (verdict.published_on - DUE).days > 0


@given(EVIDENCE, INSTANTS)
def test_no_look_of_a_doubted_time_changes_a_verdict_for_the_worse(known, now):
    doubted = replace(known, looks=tuple(replace(one, is_time_doubted=not one.found) for one in known.looks))

    assert status(doubted, now) not in {Status.MISSING, Status.SUSPECTED_MISSING, Status.WITHDRAWN}
    if status(doubted, now) is Status.LATE:
        assert judged(doubted, now).proof == "stated"


@pytest.mark.clock
@given(EVIDENCE, INSTANTS, st.integers(-12, 14))
def test_the_zone_in_which_instants_are_given_changes_no_verdict(known, now, hours):
    zone = timezone(timedelta(hours=hours))
    moved = replace(known, looks=tuple(replace(one, started_at=one.started_at.astimezone(zone)) for one in known.looks))

    assert judged(moved, now.astimezone(zone)) == judged(known, now)


@given(LOOKS, SIGHTINGS, INSTANTS)
def test_a_sighting_always_leaves_missing(looks, seen, now):
    known = evidence(*looks, sightings=[seen])

    assert status(known, max(now, seen.first_seen_at)) in {
        Status.ON_TIME,
        Status.LATE,
        Status.DATE_UNKNOWN,
        Status.WITHDRAWN,
    }


@given(LOOKS, SIGHTINGS, INSTANTS)
def test_late_is_never_said_without_a_date_after_the_due_day(looks, seen, now):
    verdict = judged(evidence(*looks, sightings=[seen]), now)

    if verdict.status is Status.LATE:
        assert seen.listed_on is not None
        assert seen.listed_on > DUE
        assert not seen.is_bulk
        assert seen.first_seen_at >= END
        assert seen.listed_on <= seen.first_seen_at.astimezone(SHANGHAI).date()
        assert verdict.days_late == (seen.listed_on - DUE).days
