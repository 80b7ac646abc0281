"""Agencies that were founded, renamed, merged, split or dissolved: who owes, and whose report counts for whom."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import jobs
from monitor.agency_years.case import lay_out
from monitor.agency_years.heirs import with_heirs
from monitor.agency_years.lifetimes import heirs_of, lifetime, succession_text
from monitor.agency_years.obligations import obligation, obligations
from monitor.agency_years.standing import standing_of, steps
from monitor.commands.step_words import step_text
from storage.configuration import load_configuration
from storage.database import open_database
from storage.records import (
    Agency,
    AgencyKind,
    Evidence,
    Outcome,
    Portal,
    Registry,
    Status,
    Succession,
    SuccessionKind,
    Waiver,
)
from tests.monitor.small_watch import Watch, dated
from tests.monitor.stories import DAY, END, HOUR, LATER, LIST_ROW, PUBDATE, evidence, look, report, sighting, word

TODAY = date(2025, 3, 1)
OLD = Agency("nongji", "青河县农业机械局", AgencyKind.LOCAL_DEPARTMENT, "370799", "qinghe")
NEW = Agency("nongye", "青河县农业农村局", AgencyKind.LOCAL_DEPARTMENT, "370799", "qinghe")
LAST = Agency("sannong", "青河县三农局", AgencyKind.LOCAL_DEPARTMENT, "370799", "qinghe")
GOVERNMENT = Agency("xian", "青河县人民政府", AgencyKind.COUNTY_GOVERNMENT, "370799", "qinghe")
K = SuccessionKind
IN_YEAR, BETWEEN, AFTERWARDS = date(2024, 11, 1), date(2025, 1, 15), date(2025, 2, 10)


def taken_over(on, kind=K.MERGED, agency=OLD, successor=NEW):
    return Succession(agency.id, successor.id if successor else None, on, kind, "青编〔2024〕5号")


def judged(known, *successions, agencies=(OLD, NEW), waivers=(), now=LATER):
    """Agency id → its standing, with whatever its heirs contribute."""
    owed = obligations(agencies, 2024, waivers, now, successions=successions)
    cases = {
        agency.id: lay_out(owed[agency.id], known.get(agency.id, Evidence()), now, confirm_after_hours=20)
        for agency in agencies
    }
    return {key: standing_of(case) for key, case in with_heirs(cases, agencies, successions).items()}


GONE = evidence(look(END + HOUR), look(END + DAY + HOUR))
LATE = evidence(reports=[report(END + 8 * DAY, (date(2025, 2, 8), PUBDATE))])
TIMELY = evidence(reports=[report(END + 8 * DAY, (date(2025, 1, 20), PUBDATE))])
UNDATED = evidence(sightings=[sighting(END + DAY)])

OWING = [
    # (kind, on, does the predecessor owe, does the successor owe)
    (K.MERGED, IN_YEAR, False, True),
    (K.MERGED, BETWEEN, False, True),
    (K.MERGED, AFTERWARDS, True, True),
    (K.RENAMED, IN_YEAR, False, True),
    (K.RENAMED, BETWEEN, False, True),
    (K.RENAMED, AFTERWARDS, True, False),
    (K.DISSOLVED, IN_YEAR, False, True),
    (K.DISSOLVED, AFTERWARDS, True, True),
    (K.SPLIT, IN_YEAR, True, True),
    (K.SPLIT, BETWEEN, True, False),
    (K.MERGED, date(2025, 1, 31), False, True),
    (K.MERGED, date(2025, 2, 1), True, True),
    (K.RENAMED, date(2024, 12, 31), False, True),
    (K.RENAMED, date(2025, 1, 1), False, True),
    (K.RENAMED, date(2025, 1, 31), False, True),
    (K.RENAMED, date(2025, 2, 1), True, False),
]


@pytest.mark.clock
@pytest.mark.parametrize(("kind", "on", "old_owes", "new_owes"), OWING)
def test_who_existed_on_both_days_owes(kind, on, old_owes, new_owes):
    owed = obligations((OLD, NEW), 2024, (), LATER, successions=(taken_over(on, kind),))

    assert {key: one.due is not None for key, one in owed.items()} == {"nongji": old_owes, "nongye": new_owes}


def test_an_agency_that_existed_on_one_of_both_days_is_told_who_took_over_and_by_which_paper():
    merged = obligation(OLD, 2024, (), TODAY, successions=(taken_over(IN_YEAR),), names={"nongye": NEW.name})
    founded = obligation(NEW, 2024, (), TODAY, successions=(taken_over(BETWEEN, K.SPLIT),), names={"nongji": OLD.name})
    dissolved = obligation(OLD, 2024, (), TODAY, successions=(taken_over(IN_YEAR, K.DISSOLVED, successor=None),))

    assert merged.exempt_reason == (
        "该机关至2024-10-31止，应公布之日已不存在；青河县农业机械局自2024-11-01起并入青河县农业农村局（青编〔2024〕5号）"
    )
    assert founded.exempt_reason == (
        "该机关自2025-01-15起设立，2024年度结束时尚不存在；"
        "青河县农业机械局自2025-01-15起部分职责划归青河县农业农村局（青编〔2024〕5号）"
    )
    assert dissolved.exempt_reason == (
        "该机关至2024-10-31止，应公布之日已不存在；青河县农业机械局自2024-11-01起撤销（青编〔2024〕5号）"
    )


RENAMED = taken_over(BETWEEN, K.RENAMED)


@pytest.mark.parametrize(
    ("old", "new", "owing"),
    [
        (OLD, replace(NEW, active_from=BETWEEN), {"nongye"}),
        (replace(OLD, active_from=date(2025, 1, 2)), NEW, set()),
        (replace(OLD, active_from=date(2024, 12, 31)), NEW, {"nongye"}),
    ],
)
def test_a_body_renamed_between_new_year_and_the_due_date_owes_once_if_it_existed_on_31_december(old, new, owing):
    owed = obligations((old, new), 2024, (), LATER, successions=(RENAMED,))

    assert {key for key, one in owed.items() if one.due is not None} == owing


def test_a_body_renamed_twice_in_january_owes_once_under_its_last_name():
    again = taken_over(date(2025, 1, 20), K.RENAMED, agency=NEW, successor=LAST)

    owed = obligations((OLD, NEW, LAST), 2024, (), LATER, successions=(RENAMED, again))

    assert {key for key, one in owed.items() if one.due is not None} == {"sannong"}


def test_a_body_that_owed_under_its_former_name_does_not_owe_again_by_a_later_date_of_its_own():
    town = replace(OLD, kind=AgencyKind.TOWNSHIP_GOVERNMENT)
    renamed = replace(NEW, kind=AgencyKind.TOWNSHIP_GOVERNMENT, due=(3, 15), due_basis="青政办〔2020〕1号")

    owed = obligations((town, renamed), 2024, (), LATER, successions=(taken_over(AFTERWARDS, K.RENAMED),))

    assert {key for key, one in owed.items() if one.due is not None} == {"nongji"}


@pytest.mark.parametrize(
    ("found", "status", "reason"),
    [(TIMELY, Status.ON_TIME, "succeeded"), (LATE, Status.DATE_UNKNOWN, "succeeded"), (GONE, Status.MISSING, None)],
)
def test_what_was_published_under_the_former_name_counts_for_the_new_one(found, status, reason):
    told = judged({"nongji": found, "nongye": GONE}, RENAMED)

    assert told["nongji"].status is Status.EXEMPT
    assert (told["nongye"].status, told["nongye"].reason) == (status, reason)


def test_a_renamed_body_is_not_missing_while_nobody_has_looked_under_its_former_name():
    told = judged({"nongye": GONE}, RENAMED)

    assert (told["nongye"].status, told["nongye"].reason) == (Status.SUSPECTED_MISSING, "successor_open")


def test_a_body_renamed_within_the_year_needs_nobody_to_look_under_its_former_name():
    told = judged({"nongye": GONE}, taken_over(IN_YEAR, K.RENAMED))

    assert told["nongye"].status is Status.MISSING


def test_the_steps_call_a_former_name_what_it_is():
    owed = obligations((OLD, NEW), 2024, (), LATER, successions=(RENAMED,))
    cases = {
        key: lay_out(owed[key], known, LATER, confirm_after_hours=20)
        for key, known in (("nongji", TIMELY), ("nongye", GONE))
    }

    last = steps(with_heirs(cases, (OLD, NEW), (RENAMED,))["nongye"])[-1]

    assert step_text(last, "zh").startswith("更名前的青河县农业机械局的报告标明 2025-01-20（")


def test_the_shorter_of_two_lives_counts():
    changes = (taken_over(AFTERWARDS),)

    assert lifetime(replace(OLD, active_to=date(2025, 1, 30)), changes).last == date(2025, 1, 30)
    assert lifetime(replace(OLD, active_to=AFTERWARDS), changes).last == AFTERWARDS - DAY
    assert lifetime(NEW, changes) == (None, None)
    assert lifetime(NEW, (taken_over(IN_YEAR, K.RENAMED),)).first == IN_YEAR
    assert lifetime(replace(NEW, active_from=date(2010, 1, 1)), (taken_over(IN_YEAR, K.SPLIT),)).first == date(
        2010, 1, 1
    )


def test_a_new_name_under_the_same_id_changes_nothing_of_what_is_owed():
    renamed = replace(OLD, name="青河县农业机械化局", aliases=(OLD.name,))

    assert obligation(renamed, 2024, (), TODAY) == obligation(OLD, 2024, (), TODAY)


def test_the_report_of_the_successor_in_time_satisfies_the_predecessor():
    told = judged({"nongji": GONE, "nongye": TIMELY}, taken_over(AFTERWARDS))

    old = told["nongji"]
    assert (old.status, old.reason, old.published_on) == (Status.ON_TIME, "succeeded", date(2025, 1, 20))
    assert old.url == told["nongye"].url
    assert old.content is None
    assert (told["nongye"].status, told["nongye"].reason) == (Status.ON_TIME, None)


@pytest.mark.parametrize(("found", "status"), [(LATE, Status.LATE), (UNDATED, Status.DATE_UNKNOWN)])
def test_one_late_report_accuses_its_own_agency_alone(found, status):
    told = judged({"nongji": GONE, "nongye": found}, taken_over(AFTERWARDS))

    assert told["nongye"].status is status
    assert (told["nongji"].status, told["nongji"].reason, told["nongji"].days_late) == (
        Status.DATE_UNKNOWN,
        "succeeded",
        None,
    )


def test_a_report_in_time_for_the_government_that_took_over_may_be_none_for_the_department():
    in_march = evidence(reports=[report(END + 50 * DAY, (date(2025, 3, 20), PUBDATE))])
    change = taken_over(date(2025, 4, 2), agency=OLD, successor=GOVERNMENT)

    told = judged({"nongji": GONE, "xian": in_march}, change, agencies=(OLD, GOVERNMENT), now=END + 70 * DAY)

    assert (told["xian"].status, told["nongji"].status) == (Status.ON_TIME, Status.DATE_UNKNOWN)


def test_its_own_report_speaks_for_an_agency_before_its_successors():
    told = judged({"nongji": LATE, "nongye": TIMELY}, taken_over(AFTERWARDS))

    assert (told["nongji"].status, told["nongye"].status) == (Status.LATE, Status.ON_TIME)


def test_two_that_published_nothing_are_missing_both():
    told = judged({"nongji": GONE, "nongye": GONE}, taken_over(AFTERWARDS))

    assert {key: one.status for key, one in told.items()} == {"nongji": Status.MISSING, "nongye": Status.MISSING}


@pytest.mark.parametrize(
    "seen",
    [Evidence(), evidence(look(END + HOUR)), evidence(look(END + HOUR, outcome=Outcome.BLOCKED))],
    ids=["never looked", "looked once", "blocked"],
)
def test_nobody_is_missing_while_the_successor_may_have_published(seen):
    told = judged({"nongji": GONE, "nongye": seen}, taken_over(AFTERWARDS))

    assert (told["nongji"].status, told["nongji"].reason) == (Status.SUSPECTED_MISSING, "successor_open")


def test_a_successor_that_owes_nothing_does_not_shield_its_predecessor():
    told = judged({"nongji": GONE}, taken_over(AFTERWARDS, K.RENAMED))
    waived = judged(
        {"nongji": GONE}, taken_over(AFTERWARDS), waivers=(Waiver("nongye", 2024, "*", "改革", "王敏", None),)
    )

    assert (told["nongji"].status, told["nongye"].status) == (Status.MISSING, Status.EXEMPT)
    assert (waived["nongji"].status, waived["nongye"].status) == (Status.MISSING, Status.EXEMPT)


def test_an_heir_whose_evidence_was_not_given_shields_its_predecessor():
    changes = (taken_over(AFTERWARDS),)
    case = lay_out(obligation(OLD, 2024, (), TODAY, successions=changes), GONE, LATER, confirm_after_hours=20)

    laid = with_heirs({"nongji": case}, (OLD, NEW), changes)["nongji"]

    assert standing_of(laid).reason == "successor_open"


def test_a_report_that_vanished_with_its_agency_is_not_withdrawn_where_the_successor_published():
    seen = evidence(look(END + 5 * DAY), look(END + 9 * DAY), look(END + 13 * DAY), sightings=[sighting(END - 9 * DAY)])

    with_report = judged({"nongji": seen, "nongye": TIMELY}, taken_over(AFTERWARDS))["nongji"]
    without = judged({"nongji": seen, "nongye": GONE}, taken_over(AFTERWARDS))["nongji"]

    assert (with_report.status, without.status) == (Status.ON_TIME, Status.WITHDRAWN)


def test_an_exempt_agency_names_the_report_that_was_found_instead():
    told = judged({"nongye": TIMELY}, taken_over(IN_YEAR))["nongji"]
    before = judged({}, taken_over(IN_YEAR))["nongji"]

    assert told.status is before.status is Status.EXEMPT
    assert told.reason == f"{before.reason}；已检索到承继机关青河县农业农村局2024年度的报告"
    assert (told.url, before.url) == ("http://www.qinghe.example/2025/caizheng.html", None)


def test_a_person_who_saw_the_successors_report_speaks_for_both():
    told = judged(
        {"nongji": GONE, "nongye": evidence(attestations=[word(LATER, published_on=date(2025, 1, 20))])},
        taken_over(AFTERWARDS),
    )

    assert {key: one.status for key, one in told.items()} == {"nongji": Status.ON_TIME, "nongye": Status.ON_TIME}


def test_a_chain_is_followed_to_its_end():
    changes = (taken_over(AFTERWARDS), taken_over(date(2025, 2, 20), agency=NEW, successor=LAST))

    told = judged({"nongji": GONE, "nongye": GONE, "sannong": TIMELY}, *changes, agencies=(OLD, NEW, LAST))

    assert heirs_of("nongji", changes) == ("nongye", "sannong")
    assert {key: (one.status, one.reason) for key, one in told.items()} == {
        "nongji": (Status.ON_TIME, "succeeded"),
        "nongye": (Status.ON_TIME, "succeeded"),
        "sannong": (Status.ON_TIME, None),
    }


def test_one_report_may_satisfy_several_predecessors():
    changes = (taken_over(AFTERWARDS), taken_over(AFTERWARDS, agency=LAST))

    told = judged({"nongji": GONE, "nongye": TIMELY, "sannong": GONE}, *changes, agencies=(OLD, NEW, LAST))

    assert {one.status for one in told.values()} == {Status.ON_TIME}


def test_a_split_hands_over_nothing():
    changes = (taken_over(IN_YEAR, K.SPLIT),)

    told = judged({"nongji": GONE, "nongye": TIMELY}, *changes)

    assert heirs_of("nongji", changes) == ()
    assert told["nongji"].status is Status.MISSING


def test_every_kind_has_its_words():
    names = {"nongji": "甲局", "nongye": "乙局"}

    assert [succession_text(taken_over(IN_YEAR, kind), names, "zh") for kind in K] == [
        "甲局自2024-11-01起并入乙局（青编〔2024〕5号）",
        "甲局自2024-11-01起更名为乙局（青编〔2024〕5号）",
        "甲局自2024-11-01起部分职责划归乙局（青编〔2024〕5号）",
        "甲局自2024-11-01起撤销，职责由乙局承继（青编〔2024〕5号）",
    ]
    assert (
        succession_text(taken_over(IN_YEAR), {}, "en")
        == "nongji was merged into nongye on 2024-11-01 (青编〔2024〕5号)"
    )


DAYS = st.dates(date(2024, 1, 1), date(2025, 6, 30))
KINDS = st.sampled_from(list(K))


@given(st.none() | DAYS, st.none() | DAYS, st.lists(st.tuples(DAYS, KINDS, st.booleans()), max_size=3))
def test_whoever_the_registry_puts_on_one_of_both_days_alone_owes_nothing(start, end, changes):
    agency = replace(OLD, active_from=start, active_to=end)
    successions = tuple(
        taken_over(on, kind) if is_old else taken_over(on, kind, agency=NEW, successor=OLD)
        for on, kind, is_old in changes
    )

    owed = obligation(agency, 2024, (), TODAY, successions=successions)

    ends = [one.on - timedelta(days=1) for one in successions if one.agency == "nongji" and one.ends] + [end] * bool(
        end
    )
    if owed.due is not None:
        renamed = {one.on for one in successions if one.successor == "nongji" and one.kind is K.RENAMED}
        assert start is None or start <= date(2024, 12, 31) or (start in renamed and start <= owed.due)
        assert all(day >= owed.due for day in ends)


SEEN = st.lists(
    st.sampled_from(
        [
            look(END + HOUR),
            look(END + 30 * HOUR),
            look(END + 60 * HOUR, found=True),
            look(END - DAY, found=True),
            look(END + HOUR, outcome=Outcome.BLOCKED),
        ]
    ),
    max_size=4,
    unique=True,
).map(lambda looks: evidence(*sorted(looks, key=lambda one: one.started_at)))
DATED = st.none() | st.dates(date(2025, 1, 15), date(2025, 2, 20))


@given(SEEN, SEEN, DATED, st.sampled_from([K.MERGED, K.DISSOLVED]))
def test_no_accusation_of_a_predecessor_survives_a_report_of_its_successor(own, others, listed_on, kind):
    more = replace(others, sightings=(sighting(END + 61 * HOUR, listed_on=listed_on),))

    before = judged({"nongji": own, "nongye": others}, taken_over(AFTERWARDS, kind))["nongji"]
    after = judged({"nongji": own, "nongye": more}, taken_over(AFTERWARDS, kind))["nongji"]

    assert after.status not in {Status.MISSING, Status.WITHDRAWN}
    if before.status in {Status.ON_TIME, Status.DATE_UNKNOWN}:
        assert after.status in {Status.ON_TIME, Status.DATE_UNKNOWN}


def test_the_steps_name_the_agency_that_took_over():
    changes = (taken_over(AFTERWARDS),)
    owed = obligations((OLD, NEW), 2024, (), LATER, successions=changes)
    seen = evidence(sightings=[sighting(END + DAY, listed_on=date(2025, 1, 30))])
    cases = {
        key: lay_out(owed[key], known, LATER, confirm_after_hours=20)
        for key, known in (("nongji", GONE), ("nongye", seen))
    }

    last = steps(with_heirs(cases, (OLD, NEW), changes)["nongji"])[-1]

    assert (last.status, last.code) == (Status.ON_TIME, "successor_stated_in_time")
    assert (last.figures["name"], last.figures["source"], last.figures["date"]) == (
        NEW.name,
        LIST_ROW,
        date(2025, 1, 30),
    )


@pytest.mark.parametrize(("on", "asked"), [(BETWEEN, ["nongji", "nongye"]), (IN_YEAR, ["nongye"])])
def test_who_was_renamed_since_the_year_ended_is_looked_for_under_the_former_name_too(tmp_path, on, asked):
    portal = Portal("qinghe", "青河县人民政府", "http://127.0.0.1:8100/", ("127.0.0.1:8100",))
    known = Registry((OLD, NEW), (portal,), (), (taken_over(on, K.RENAMED),))
    (tmp_path / "nianbao.toml").write_text("", encoding="utf-8")
    configuration = load_configuration(tmp_path / "nianbao.toml")

    with closing(open_database(configuration.database)) as db:
        due = jobs.scan_due(db, known, configuration, END)

    assert sorted(agency.id for agency in due) == asked


@pytest.fixture
def watch(tmp_path):
    made = Watch(tmp_path)
    yield made
    made.db.close()


def told_by(watch, now):
    """Agency → status and reason, and the agencies accused of missing or late, after a check."""
    watch.nianbao("check", now=now)
    rows = json.loads(watch.nianbao("status", "--year", "2024", "--json", now=now))["agencies"]
    alerts = json.loads(watch.nianbao("alerts", "--json", now=now))
    accused = sorted(one["agency"] for one in alerts if one["rule"] in {"missing", "late"} and one["state"] == "open")
    return {row["id"]: (row["status"], row["reason"]) for row in rows}, accused


def test_the_alert_book_names_the_agency_whose_late_report_it_is_and_no_other(watch):
    watch.see(END + HOUR)
    watch.see(END + DAY + HOUR)
    before, accused_before = told_by(watch, END + 2 * DAY)
    watch.see(END + 9 * DAY, found={"nongye": dated(date(2025, 2, 8))})

    after, accused = told_by(watch, END + 10 * DAY)

    assert before["nongji"] == before["nongye"] == ("missing", None)
    assert {"nongji", "nongye"} <= set(accused_before)
    assert (after["nongji"], after["nongye"]) == (("date_unknown", "succeeded"), ("late", None))
    assert (set(accused) & {"nongji", "nongye"}) == {"nongye"}
    assert after["lvyou"][0] == "exempt"


def test_a_change_of_the_file_alone_is_judged_by_the_next_check(watch):
    path = watch.folder / "registry" / "successions.toml"
    text = path.read_text("utf-8")
    path.write_text("", "utf-8")
    watch.see(END + HOUR, found={"nongye": dated(date(2025, 1, 20))})
    watch.see(END + DAY + HOUR, found={"nongye": dated(date(2025, 1, 20))})
    alone, accused_alone = told_by(watch, END + 2 * DAY)
    path.write_text(text, "utf-8")

    taken_over_by, accused = told_by(watch, END + 2 * DAY + HOUR)

    assert (alone["nongji"], taken_over_by["nongji"]) == (("missing", None), ("on_time", "succeeded"))
    assert ("nongji" in accused_alone, "nongji" in accused) == (True, False)
