"""Due dates by kind and year, overrides, existence and waivers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from monitor.agency_years.obligations import (
    basis_text,
    due_end,
    obligation,
    obligations,
    shanghai_date,
    waived_rules,
)
from storage.records import Agency, AgencyKind, Obligation, Waiver

pytestmark = pytest.mark.clock

TODAY = date(2025, 2, 1)
DEPARTMENT = Agency("caizheng", "青河县财政局", AgencyKind.LOCAL_DEPARTMENT, "370799", "qinghe")
TOWNSHIP = replace(DEPARTMENT, id="liulin", name="青河县柳林镇人民政府", kind=AgencyKind.TOWNSHIP_GOVERNMENT)

DUE_BY_KIND = [
    ("state_council_department", 2024, date(2025, 1, 31), "regulations-2019-49-1", True),
    ("local_department", 2024, date(2025, 1, 31), "regulations-2019-49-1", True),
    ("vertical_agency", 2024, date(2025, 1, 31), "regulations-2019-49-1", True),
    ("authorised_organisation", 2024, date(2025, 1, 31), "regulations-2019-54", True),
    ("province_government", 2024, date(2025, 3, 31), "regulations-2019-49-2", True),
    ("city_government", 2024, date(2025, 3, 31), "regulations-2019-49-2", True),
    ("county_government", 2024, date(2025, 3, 31), "regulations-2019-49-2", True),
    ("township_government", 2024, date(2025, 1, 31), "local-practice", False),
    ("street_office", 2024, date(2025, 1, 31), "local-practice", False),
    ("development_zone", 2024, date(2025, 1, 31), "local-practice", False),
    ("local_department", 2019, date(2020, 1, 31), "regulations-2019-49-1", True),
    ("local_department", 2018, date(2019, 3, 31), "regulations-2007-31", True),
    ("township_government", 2018, date(2019, 3, 31), "regulations-2007-31", True),
    ("county_government", 2008, date(2009, 3, 31), "regulations-2007-31", True),
]


@pytest.mark.parametrize(("kind", "year", "due", "basis", "is_statutory"), DUE_BY_KIND)
def test_the_law_dates_every_kind(kind, year, due, basis, is_statutory):
    agency = replace(DEPARTMENT, kind=AgencyKind(kind))

    assert obligation(agency, year, (), TODAY) == Obligation("caizheng", year, due, basis, is_statutory)


def test_nothing_is_owed_before_the_first_regulations():
    owed = obligation(DEPARTMENT, 2007, (), TODAY)

    assert (owed.due, owed.exempt_reason) == (None, "2007年度尚无编制年度报告的法定义务（条例自2008年5月1日起施行）")


OVERRIDES = [
    (DEPARTMENT, (1, 20), date(2025, 1, 20), "县政府办通知", False),
    (DEPARTMENT, (1, 31), date(2025, 1, 31), "regulations-2019-49-1", True),
    (TOWNSHIP, (1, 10), date(2025, 1, 10), "县政府办通知", False),
    (TOWNSHIP, (2, 20), date(2025, 2, 20), "县政府办通知", False),
    (TOWNSHIP, (2, 29), date(2025, 2, 28), "县政府办通知", False),
]


@pytest.mark.parametrize(("agency", "own", "due", "basis", "is_statutory"), OVERRIDES)
def test_a_local_paper_may_move_the_date(agency, own, due, basis, is_statutory):
    overridden = replace(agency, due=own, due_basis="县政府办通知")

    owed = obligation(overridden, 2024, (), TODAY)

    assert owed == Obligation(agency.id, 2024, due, basis, is_statutory)


def test_a_local_date_later_than_the_statute_does_not_beat_it():
    owed = obligation(replace(DEPARTMENT, due=(2, 28), due_basis="市政府规定"), 2024, (), TODAY)

    assert (owed.due, owed.is_statutory) == (date(2025, 1, 31), True)
    assert owed.basis.endswith("市政府规定所定2025-02-28晚于法定期限，以法定期限为准")
    assert owed.basis.startswith("《中华人民共和国政府信息公开条例》(国务院令第711号)第四十九条第一款")


EXISTENCE = [
    ({"active_from": date(2024, 12, 31)}, None),
    ({"active_from": date(2025, 1, 1)}, "该机关自2025-01-01起设立，2024年度结束时尚不存在"),
    ({"active_to": date(2025, 1, 31)}, None),
    ({"active_to": date(2025, 1, 30)}, "该机关至2025-01-30止，应公布之日已不存在"),
    ({"active_to": date(2023, 6, 1)}, "该机关至2023-06-01止，应公布之日已不存在"),
]


@pytest.mark.parametrize(("active", "reason"), EXISTENCE)
def test_an_agency_owes_only_what_it_lived_to_owe(active, reason):
    owed = obligation(replace(DEPARTMENT, **active), 2024, (), TODAY)

    assert (owed.due, owed.exempt_reason) == (None if reason else date(2025, 1, 31), reason)


WAIVER = Waiver("caizheng", 2024, "*", "机构改革", "王敏", date(2025, 2, 1))


@pytest.mark.parametrize(
    ("waiver", "reason"),
    [
        (WAIVER, "豁免：机构改革（王敏，至2025-02-01止）"),
        (replace(WAIVER, until=None), "豁免：机构改革（王敏）"),
        (replace(WAIVER, until=date(2025, 1, 31)), None),
        (replace(WAIVER, rule="missing"), None),
        (replace(WAIVER, year=2023), None),
        (replace(WAIVER, agency="jiaoyu"), None),
    ],
)
def test_a_waiver_of_every_rule_exempts_through_its_last_day(waiver, reason):
    assert obligation(DEPARTMENT, 2024, (waiver,), TODAY).exempt_reason == reason


def test_a_waiver_of_one_rule_is_listed_for_that_rule_alone():
    waivers = (replace(WAIVER, rule="late"), replace(WAIVER, rule="malformed", until=date(2025, 1, 1)))

    assert waived_rules("caizheng", 2024, waivers, TODAY) == {"late": waivers[0]}


def test_obligations_keep_the_order_of_the_registry():
    owed = obligations((TOWNSHIP, DEPARTMENT), 2024, (WAIVER,), datetime(2025, 2, 1, 3, tzinfo=UTC))

    assert [(agency, one.due) for agency, one in owed.items()] == [("liulin", date(2025, 1, 31)), ("caizheng", None)]


def test_reasons_can_be_had_in_english():
    owed = obligation(replace(DEPARTMENT, active_to=date(2025, 1, 1)), 2024, (), TODAY, language="en")

    assert owed.exempt_reason == "existed until 2025-01-01, not on the due date"


@pytest.mark.parametrize(
    ("due", "end"),
    [
        (date(2025, 1, 31), datetime(2025, 1, 31, 16, tzinfo=UTC)),
        (date(2024, 2, 29), datetime(2024, 2, 29, 16, tzinfo=UTC)),
        (date(2024, 12, 31), datetime(2024, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_a_due_day_ends_at_midnight_in_shanghai(due, end):
    assert due_end(due) == end


def test_the_calendar_of_china_decides_which_day_it_is():
    west = timezone(timedelta(hours=-8))

    assert shanghai_date(datetime(2025, 1, 31, 8, tzinfo=west)) == date(2025, 2, 1)
    assert shanghai_date(datetime(2025, 1, 31, 7, 59, tzinfo=west)) == date(2025, 1, 31)


def test_a_basis_is_cited_or_quoted():
    assert basis_text("regulations-2019-54") == "《中华人民共和国政府信息公开条例》(国务院令第711号)第五十四条"
    assert basis_text("县政府办通知") == "县政府办通知"
