"""Portals that are scanned day after day: what did not change costs next to nothing, and no verdict changes."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from crawler.simulator.server import ROBOTS, Mode, Validators
from storage.database import evidence_of_year, open_database
from storage.records import Outcome, Status
from tests.monitor.returning import DAY, NOW, Cost, Town

HOUR = timedelta(hours=1)
LIST_PAGES = {"trs-total": 4, "ucap": 5, "hanweb_jpage": 5, "static": 4, "vsb": 11}
"""Requests for lists and for what leads to them, of the first scan."""

UNSORTED = {"hanweb_jpage": 2}
"""Groups of a list in no order, which its first page cannot vouch for; a posted form knows no conditions."""


class Days(NamedTuple):
    """Three days, each with what it cost; the third once more by somebody who remembers nothing."""

    first: dict[str, Cost]
    second: dict[str, Cost]
    third: dict[str, Cost]
    anew: dict[str, Cost]
    verdicts: dict[str, object]
    verdicts_anew: dict[str, object]
    proofs: dict[str, str]


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    with ExitStack() as stack:
        town = Town(tmp_path_factory.mktemp("days") / "town", stack, tuple(LIST_PAGES), Validators.ETAG)
        first, second = town.scan(NOW), town.scan(NOW + DAY)
        anew = town.forgetful("anew")
        town.change("trs-total", with_new=True)
        town.change("ucap", with_new=True)
        town.change("hanweb_jpage", removed=frozenset({10_020}))
        town.change("static", retitled=((10_003, "2024年政府信息公开工作年度报告（更正）"),))
        town.change("vsb", with_new=True, removed=frozenset({10_040}), retitled=((10_050, "工作会议纪要"),))
        third = town.scan(NOW + 2 * DAY)
        third_anew = town.scan(NOW + 2 * DAY, data=anew)
        after = NOW + 2 * DAY + HOUR
        yield Days(
            first,
            second,
            third,
            third_anew,
            town.verdicts(after),
            town.verdicts(after, data=anew),
            town.proofs(),
        )


def test_a_second_scan_of_an_unchanged_portal_brings_no_body_but_of_an_unsorted_list_that_is_posted_for(days):
    bodies = {key: cost.bodies for key, cost in days.second.items()}
    assert bodies == dict.fromkeys(LIST_PAGES, 0) | UNSORTED
    assert all(cost.requests <= LIST_PAGES[key] for key, cost in days.second.items())


def test_a_list_that_states_its_total_is_known_whole_by_its_first_page(days):
    assert [path for path in days.second["trs-total"].paths if path != ROBOTS] == [days.first["trs-total"].paths[1]]
    assert days.proofs["trs-total"] == "known_rows"
    assert [ROBOTS in day["trs-total"].paths for day in (days.first, days.second, days.third)] == [True, False, True]


def test_a_new_report_costs_its_list_page_and_itself(days):
    more = {key: days.third[key].requests - days.second[key].requests for key in ("trs-total", "ucap")}

    assert more == {"trs-total": 1, "ucap": 1}
    assert {key: days.third[key].bodies for key in more} == {"trs-total": 2, "ucap": 2}


def test_a_list_that_lost_a_row_or_numbers_its_pages_from_the_last_is_walked_whole(days):
    assert (days.proofs["hanweb_jpage"], days.proofs["vsb"]) == ("stated_total", "stated_total")
    assert days.third["hanweb_jpage"].requests == LIST_PAGES["hanweb_jpage"]


@pytest.mark.parametrize("said", ["standings", "findings", "sightings", "looks", "seen", "read", "scans"])
def test_what_is_remembered_changes_no_verdict(days, said):
    assert days.verdicts[said]
    assert days.verdicts[said] == days.verdicts_anew[said]


def test_who_remembers_nothing_fetches_everything_again(days):
    assert all(days.anew[key].bodies >= days.first[key].bodies - 2 for key in LIST_PAGES)


@pytest.fixture(scope="module")
def seen_town(tmp_path_factory):
    """A town that was scanned once, at NOW, and what that cost."""
    with ExitStack() as stack:
        town = Town(tmp_path_factory.mktemp("seen") / "town", stack, ("trs-total",), Validators.LAST_MODIFIED)
        yield town, town.scan(NOW)["trs-total"], town.servers["trs-total"].site


@pytest.fixture
def scanned(seen_town, tmp_path):
    """That town as it was after its first scan, on its own data."""
    town, _, site = seen_town
    own = copy(town)
    own.data = Path(shutil.copytree(town.data, tmp_path / "town"))
    town.servers["trs-total"].site = site
    return own


@pytest.fixture
def town(tmp_path):
    with ExitStack() as stack:
        yield Town(tmp_path / "town", stack, ("trs-total",), Validators.LAST_MODIFIED)


def test_after_a_week_lists_are_read_whole_and_articles_looked_at_again(scanned, seen_town):
    town, (_, first, _) = scanned, seen_town
    lists = first.requests - len(set(first.paths) & set(articles(town)))
    town.rewrite("trs-total", 10_003, "依申请公开".encode(), "依申请公开（修订）".encode())
    town.withdraw("trs-total", 10_004)
    week = NOW + 7 * DAY + HOUR

    before = town.scan(NOW + 6 * DAY)["trs-total"]
    anew = town.forgetful("anew")
    after = town.scan(week)["trs-total"]
    town.scan(week, data=anew)

    assert (before.requests, before.bodies) == (1, 0)
    assert (after.requests, after.bodies) == (first.requests, lists + 2)
    assert versions(town) == 2
    assert town.verdicts(week + HOUR) == town.verdicts(week + HOUR, data=anew)


def test_who_asks_for_a_look_sees_a_correction_behind_an_unchanged_row(scanned):
    town = scanned
    town.rewrite("trs-total", 10_003, "依申请公开".encode(), "依申请公开（修订）".encode())

    town.scan(NOW + DAY)
    before = versions(town)
    town.scan(NOW + DAY + HOUR, is_afresh=True)

    assert (before, versions(town)) == (1, 2)
    assert town.proofs()["trs-total"] == "stated_total"


def test_who_looked_for_one_year_proves_nothing_absent_of_older_ones(scanned):
    db = open_database(scanned.data / "data" / "nianbao.db")
    looks = {year: evidence_of_year(db, year)["trs-total-8"].looks for year in (2023, 2019)}
    db.close()

    # Of 2019 nothing was ever published there.
    assert [(look.outcome, look.found, look.looked_from) for look in looks[2023]] == [(Outcome.COMPLETE, True, None)]
    assert [(look.outcome, look.found, look.looked_from) for look in looks[2019]] == [(Outcome.INCOMPLETE, False, 2024)]


def articles(town):
    return [path for path in town.servers["trs-total"].site.pages if "/t20" in path]


def versions(town):
    db = open_database(town.data / "data" / "nianbao.db")
    count = db.execute(
        "SELECT max(many) FROM (SELECT count(*) AS many FROM report_versions GROUP BY agency, report_year)"
    ).fetchone()[0]
    db.close()
    return count


def test_a_portal_that_refuses_is_not_asked_again_for_twenty_hours(town):
    server = town.servers["trs-total"]
    server.mode = Mode.CHALLENGE

    counts = [len(town.scan(NOW + hours * HOUR)["trs-total"].paths) for hours in (0, 19, 21)]

    assert counts == [2, 0, 1]
    looks = town.verdicts(NOW + 22 * HOUR)["looks"]["trs-total-0"]
    assert [outcome for _, outcome, _, _ in looks] == ["blocked"] * 3


def test_a_server_that_asks_to_be_left_alone_is_left_alone(town):
    server = town.servers["trs-total"]
    server.mode = Mode.UNAVAILABLE
    town.scan(NOW)
    server.mode = Mode.OK

    soon = town.scan(NOW + timedelta(minutes=50))["trs-total"]
    later = town.scan(NOW + timedelta(minutes=70))["trs-total"]

    assert (soon.paths, later.requests > 0) == ((), True)
    # What robots.txt said holds for a day.
    assert ROBOTS not in later.paths


@pytest.fixture
def overdue(tmp_path):
    with ExitStack() as stack:
        yield Town(tmp_path / "town", stack, ("trs-total",), Validators.LAST_MODIFIED, is_overdue=True)


def missing_ones(town, now):
    return {
        agency: status
        for agency, status, *_ in town.verdicts(now)["standings"]
        if status in {Status.SUSPECTED_MISSING, Status.MISSING}
    }


def test_a_row_mended_on_a_page_that_is_known_makes_nobody_missing(overdue):
    overdue.scan(NOW)
    before = missing_ones(overdue, NOW + HOUR)
    rows = overdue.holdings["trs-total"].entries
    last = max(row.number for row in rows if row.report is None)
    overdue.change("trs-total", mended=last)

    overdue.scan(NOW + DAY)

    assert set(before.values()) == {Status.SUSPECTED_MISSING}
    assert overdue.proofs()["trs-total"] == "stated_total"
    assert missing_ones(overdue, NOW + DAY + HOUR) == {}


def test_a_portal_of_which_all_that_is_due_was_seen_is_known_by_its_first_page(overdue):
    overdue.change("trs-total", with_new=True)
    overdue.scan(NOW)

    cost = overdue.scan(NOW + DAY)["trs-total"]

    assert (cost.requests, overdue.proofs()["trs-total"]) == (1, "known_rows")
