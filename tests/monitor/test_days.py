"""Days end at midnight in China, whatever the zone of the host: the edges of years, of February, of summer time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.agency_years.case import lay_out
from monitor.agency_years.obligations import due_end, obligation, shanghai_date, waived_rules
from monitor.agency_years.seasons import is_due
from monitor.agency_years.standing import standing
from monitor.jobs import default_year
from storage.database import evidence_of_year, open_database, save_run
from storage.database.values import instant_text, read_instant
from storage.records import SHANGHAI, Agency, AgencyKind, Evidence, Obligation, Outcome, Scan, Status, Waiver
from storage.report import DateSource
from tests.monitor.stories import DUE, END, OWED, evidence, look, report, sighting

pytestmark = pytest.mark.clock

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
TOWNSHIP = Agency("liulin", "青河县柳林镇人民政府", AgencyKind.TOWNSHIP_GOVERNMENT, "370799", "qinghe")

MIDNIGHTS = [
    # (day, the instant at which it has ended)
    (date(2025, 1, 31), datetime(2025, 1, 31, 16, tzinfo=UTC)),
    (date(2024, 2, 28), datetime(2024, 2, 28, 16, tzinfo=UTC)),
    (date(2024, 2, 29), datetime(2024, 2, 29, 16, tzinfo=UTC)),
    (date(2025, 2, 28), datetime(2025, 2, 28, 16, tzinfo=UTC)),
    (date(2024, 12, 31), datetime(2024, 12, 31, 16, tzinfo=UTC)),
    (date(2025, 1, 1), datetime(2025, 1, 1, 16, tzinfo=UTC)),
    # China had summer time from 1986 to 1991.
    (date(1986, 5, 4), datetime(1986, 5, 4, 15, tzinfo=UTC)),
    (date(1988, 7, 1), datetime(1988, 7, 1, 15, tzinfo=UTC)),
    (date(1991, 9, 14), datetime(1991, 9, 14, 15, tzinfo=UTC)),
    (date(1991, 9, 15), datetime(1991, 9, 15, 16, tzinfo=UTC)),
    (date(1992, 7, 1), datetime(1992, 7, 1, 16, tzinfo=UTC)),
]


@pytest.mark.parametrize(("day", "end"), MIDNIGHTS)
def test_a_day_ends_at_midnight_in_china(day, end):
    assert due_end(day) == end
    assert (shanghai_date(end - TICK), shanghai_date(end)) == (day, day + timedelta(days=1))


@given(st.dates(date(1950, 1, 1), date(2999, 12, 30)))
def test_the_first_instant_after_a_day_is_the_next_one_s(day):
    assert (shanghai_date(due_end(day) - TICK), shanghai_date(due_end(day))) == (day, day + timedelta(days=1))


@given(st.timedeltas(timedelta(), timedelta(days=365_000)), st.integers(-12, 14))
def test_an_instant_is_stored_and_read_as_the_same_whatever_its_zone(since, hours):
    at = datetime(1992, 1, 1, tzinfo=UTC) + since

    text = instant_text(at.astimezone(timezone(timedelta(hours=hours))))

    assert read_instant(text) == at
    assert text.endswith("+08:00")


@pytest.mark.parametrize(
    ("instant", "year"),
    [
        (datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC), 2024),
        (datetime(2025, 12, 31, 16, tzinfo=UTC), 2025),
        (datetime(2026, 1, 1, 0, tzinfo=SHANGHAI), 2025),
        (datetime(2025, 12, 31, 8, tzinfo=timezone(timedelta(hours=-8))), 2025),
    ],
)
def test_the_watched_year_begins_at_midnight_in_china(instant, year):
    assert default_year(instant) == year


@pytest.mark.parametrize(
    ("report_year", "own", "due"),
    [
        (2023, (2, 29), date(2024, 2, 29)),
        (2024, (2, 29), date(2025, 2, 28)),
        (2024, (2, 28), date(2025, 2, 28)),
        (2024, (12, 31), date(2025, 12, 31)),
        (2024, (1, 1), date(2025, 1, 1)),
    ],
)
def test_a_local_date_at_an_edge_is_a_day_of_the_next_year(report_year, own, due):
    agency = replace(TOWNSHIP, due=own, due_basis="镇政府通知")

    assert obligation(agency, report_year, (), date(2025, 2, 1)).due == due


@pytest.mark.parametrize("year", [2008, 2016, 2018])
def test_on_the_years_before_2019_no_local_paper_moves_the_thirty_first_of_march(year):
    agency = replace(TOWNSHIP, due=(1, 20), due_basis="镇政府通知（2021）")

    owed = obligation(agency, year, (), date(2025, 2, 1))

    assert owed == Obligation("liulin", year, date(year + 1, 3, 31), "regulations-2007-31", is_statutory=True)


def test_a_stated_date_is_a_whole_day_and_the_due_day_is_in_time():
    def told(day):
        known = evidence(reports=[report(END, (day, DateSource.META_PUBDATE))])
        return standing(OWED, known, END + timedelta(days=9), confirm_after_hours=20).status

    assert (told(DUE), told(DUE + timedelta(days=1))) == (Status.ON_TIME, Status.LATE)


def test_the_last_instant_of_the_due_day_is_in_time_and_the_next_is_not():
    def told(at):
        return standing(
            OWED, evidence(sightings=[sighting(at)]), END + timedelta(days=9), confirm_after_hours=20
        ).status

    assert (told(END - TICK), told(END)) == (Status.ON_TIME, Status.DATE_UNKNOWN)


def test_a_scan_of_the_due_day_s_last_instant_proves_no_absence():
    def told(first):
        known = evidence(look(first), look(END + timedelta(days=1)))
        return standing(OWED, known, END + timedelta(days=9), confirm_after_hours=20).status

    assert (told(END - TICK), told(END)) == (Status.SUSPECTED_MISSING, Status.MISSING)


def test_a_waiver_holds_until_the_end_of_its_day_in_china():
    waiver = Waiver("liulin", 2024, "late", "洪灾", "王敏", date(2025, 2, 28))
    end = due_end(date(2025, 2, 28))

    held = [waived_rules("liulin", 2024, (waiver,), shanghai_date(at)) for at in (end - TICK, end)]

    assert held == [{"late": waiver}, {}]


def test_march_ends_in_china():
    looked = look(datetime(2025, 3, 29, 12, tzinfo=SHANGHAI), found=True)
    owed = replace(OWED, due=date(2025, 3, 1))

    def asked(now):
        return is_due(lay_out(owed, Evidence((looked,)), now, confirm_after_hours=20), now)

    assert asked(datetime(2025, 3, 31, 15, 59, 59, tzinfo=UTC))
    assert not asked(datetime(2025, 3, 31, 16, tzinfo=UTC))


def test_a_year_s_looks_are_those_begun_since_it_ended_in_china(tmp_path):
    db = open_database(tmp_path / "nianbao.db")
    start = datetime(2024, 12, 31, 16, tzinfo=UTC)
    for number, at in enumerate((start - SECOND, start)):
        scan = Scan(f"s{number}", f"r{number}", "qinghe", "http://a/", ("edu",), at, at, Outcome.COMPLETE)
        save_run(db, run_id=f"r{number}", scans=[scan], candidates=[], captures=[], reports=[], at=at)

    looks = evidence_of_year(db, 2024)["edu"].looks
    db.close()

    assert [one.started_at for one in looks] == [start]
