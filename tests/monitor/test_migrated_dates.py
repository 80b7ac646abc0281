"""A portal that was moved and dates all its rows alike makes nobody late; a county's late day makes all of them."""

from contextlib import closing
from datetime import date, datetime, timedelta

import pytest

from monitor.judgement.verdicts import standings_of_year
from storage.configuration import WatchSettings
from storage.database import open_database, save_registry, save_run
from storage.records import SHANGHAI, Agency, AgencyKind, Candidate, Outcome, Portal, Registry, Scan

AT = datetime(2025, 2, 6, 9, tzinfo=SHANGHAI)
LATE = date(2025, 2, 5)
SITE = "http://127.0.0.1:8000/"


@pytest.mark.parametrize(
    ("offices", "years", "expected"),
    [(6, (2021, 2022, 2023, 2024), ("date_unknown", "bulk_date")), (12, (2024,), ("late", None))],
)
def test_rows_of_one_date_in_every_office_s_own_list(tmp_path, offices, years, expected):
    keys = [f"office-{number:02}" for number in range(offices)]
    agencies = tuple(
        Agency(key, f"安丘市{key}局", AgencyKind.LOCAL_DEPARTMENT, "370784", "anqiu", column_url=f"{SITE}{key}/")
        for key in keys
    )
    registry = Registry(agencies, (Portal("anqiu", "安丘市人民政府", SITE, ("127.0.0.1:8000",)),), ())
    scans = [
        Scan(f"r1/{key}", "r1", "anqiu", f"{SITE}{key}/", (key,), AT, AT + timedelta(minutes=1), Outcome.COMPLETE)
        for key in keys
    ]
    rows = [
        Candidate(f"r1/{key}", f"{year}年政府信息公开工作年度报告", f"{SITE}{key}/{year}.html", LATE, key, year)
        for key in keys
        for year in years
    ]
    with closing(open_database(tmp_path / "nianbao.db")) as db:
        save_registry(db, registry, AT)
        save_run(db, run_id="r1", scans=scans, candidates=rows, captures=[], reports=[], at=AT)

        standings = standings_of_year(db, registry, WatchSettings(), AT + timedelta(hours=1), 2024)

    assert {(one.status.value, one.reason) for one in standings} == {expected}
