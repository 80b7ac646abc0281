"""Portals that break, networks that fail, sites that come and go, played day by day through real checks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from monitor.alerts.book import act, held_alerts
from monitor.cli import main
from monitor.judgement.verdicts import check_year
from storage.configuration import WatchSettings
from storage.database import (
    alerts,
    live_alerts,
    load_standings,
    mark_sent,
    open_database,
    save_registry,
    save_run,
    save_transitions,
)
from storage.records import SHANGHAI, Agency, AgencyKind, Candidate, Outcome, Portal, Registry, Scan, ScanPage

END = datetime(2025, 2, 1, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WATCH = WatchSettings()


class World:
    """Portals with agencies, looked at and judged day by day; days count from the end of the due day."""

    def __init__(self, path, portals):
        """`portals`: portal → how many agencies it has."""
        self.db = open_database(path)
        self.portals = {portal: [f"{portal}-{number}" for number in range(count)] for portal, count in portals.items()}
        agencies = [
            Agency(key, f"平川市{key}局", AgencyKind.LOCAL_DEPARTMENT, "370799", portal)
            for portal, keys in self.portals.items()
            for key in keys
        ]
        sites = [
            Portal(portal, portal, f"http://{portal}.example.org/", (f"{portal}.example.org:80",)) for portal in portals
        ]
        self.registry = Registry(tuple(agencies), tuple(sites), ())
        save_registry(self.db, self.registry, END - 10 * DAY)

    def look(self, day, portal, *, shows=(), outcome=Outcome.COMPLETE, control="对照"):
        """One scan of the portal that sees the reports of `shows`."""
        at, run = END + day * DAY, f"run-{day}-{portal}"
        url = f"http://{portal}.example.org/nb/"
        scan = Scan(
            id=f"{run}/1", run=run, portal=portal, column_url=url, agencies=tuple(self.portals[portal]), started_at=at,
            finished_at=at + timedelta(minutes=1), outcome=outcome, pages=(ScanPage(url, 200, None, 9),), rows_seen=9,
            control_title=control if outcome is Outcome.COMPLETE else None,
        )  # fmt: skip
        rows = [
            Candidate(scan.id, "2024年年报", f"{url}{key}.html", (END - 9 * DAY).date(), key, 2024) for key in shows
        ]
        save_run(self.db, run_id=run, scans=[scan], candidates=rows, captures=[], reports=[], at=at)

    def check(self, day, watch=WATCH):
        """What the check of that day says to the book: rules or subjects, with how often each moved how."""
        done = check_year(self.db, self.registry, watch, END + day * DAY, 2024)
        return Counter((alert.subject or alert.rule, self._move(move)) for alert, move in done.changes)

    @staticmethod
    def _move(move):
        return "told again" if move.from_state is move.to_state else move.to_state.value

    def statuses(self):
        return Counter(one.status.value for one in load_standings(self.db, 2024))

    def live(self):
        return Counter(alert.subject or alert.rule for alert in live_alerts(self.db))

    def held(self):
        return Counter(rule for entries in held_alerts(live_alerts(self.db)).values() for _, rule in entries)

    def ack(self, subject, day):
        alert = next(alert for alert in live_alerts(self.db) if alert.subject == subject)
        save_transitions(self.db, [act(alert, "ack", END + day * DAY, by="王敏")])


@pytest.fixture
def world(tmp_path):
    made = []

    def make(**portals):
        made.append(World(tmp_path / "nianbao.db", portals))
        return made[-1]

    yield make
    for one in made:
        one.db.close()


def test_f21_a_portal_of_300_whose_template_was_swapped_overnight_is_one_incident_and_no_alert(world):
    big = world(big=300)
    everyone = big.portals["big"]
    big.look(-3, "big", shows=everyone[:290])
    big.look(0.1, "big", shows=everyone[:290])
    big.look(1.1, "big", shows=everyone[:290])
    before = big.check(1.2)

    swapped = []
    for day in (2.1, 3.1, 4.1, 10.1):
        big.look(day, "big", control=None)
        swapped.append(big.check(day + 0.1))

    assert before == {("missing", "open"): 10}
    assert swapped == [{("portal:big", "open"): 1}, {}, {}, {("portal:big", "told again"): 1}]
    assert big.statuses() == {"withdrawn": 290, "missing": 10}
    assert big.live() == {"missing": 10, "portal:big": 1}
    assert big.held() == {"withdrawn": 290}


def test_a_portal_that_is_back_is_released_by_itself_and_what_really_vanished_is_told(world):
    site = world(site=20)
    everyone = site.portals["site"]
    site.look(0.1, "site", shows=everyone)
    for day in (1.1, 5.1, 9.1):
        site.look(day, "site", shows=everyone[8:])
    broken = site.check(9.2)
    held = site.held()

    site.look(10.1, "site", shows=everyone[1:])

    assert broken == {("portal:site", "open"): 1}
    assert held == {"withdrawn": 8}
    assert site.check(10.2) == {("portal:site", "resolved"): 1, ("withdrawn", "open"): 1}
    assert site.held() == {}


def test_a_person_who_has_looked_releases_it_at_once(world):
    site = world(site=20)
    everyone = site.portals["site"]
    site.look(0.1, "site", shows=everyone)
    for day in (1.1, 5.1, 9.1):
        site.look(day, "site", shows=everyone[8:])
    site.check(9.2)

    site.ack("portal:site", 9.3)

    assert site.check(9.4) == {("withdrawn", "open"): 8}
    assert site.check(9.5) == {}


def test_the_missing_of_sound_portals_are_told_at_once_while_another_is_held(world):
    two = world(broken=9, sound=5)
    for day, of_broken in ((-1, 8), (0.1, 3), (1.1, 3)):
        two.look(day, "broken", shows=two.portals["broken"][:of_broken])
        two.look(day, "sound", shows=two.portals["sound"][:-1])

    assert two.check(1.2) == {("missing", "open"): 1, ("portal:broken", "open"): 1}
    assert two.held() == {"missing": 1}
    assert two.statuses()["missing"] == 2


def test_f22_a_redesign_of_which_only_the_first_page_is_seen_proves_nothing(world):
    site = world(site=12)
    everyone = site.portals["site"]
    site.look(-1, "site", shows=everyone)
    for day in (0.1, 1.1, 2.1, 9.1):
        site.look(day, "site", shows=everyone[:4], outcome=Outcome.INCOMPLETE)

    assert site.check(9.2) == {}
    assert site.statuses() == {"on_time": 12}


def test_f24_a_dead_network_is_one_incident_that_holds_and_not_one_a_portal(world):
    fleet = world(**{f"p{number}": 2 for number in range(60)})

    def look(day, *, dead=0):
        for number, (portal, (first, _)) in enumerate(fleet.portals.items()):
            how = {"outcome": Outcome.UNREACHABLE} if number < dead else {"shows": [first]}
            fleet.look(day, portal, **how)

    for day in (-1, 0.1):
        look(day)
    fleet.check(0.2)
    for day in (1.1, 2.1):
        look(day, dead=55)
    dead = fleet.check(2.2)
    frozen = (fleet.statuses(), fleet.held())
    look(3.1)
    back = fleet.check(3.2)

    assert dead == {("network", "open"): 1}
    assert frozen == ({"on_time": 60, "missing": 5, "suspected_missing": 55}, {"missing": 5})
    assert back == {("network", "resolved"): 1, ("missing", "open"): 60}


def test_a_portal_that_flaps_is_told_of_a_few_times_and_not_every_day(world):
    site = world(site=10)
    everyone = site.portals["site"]
    site.look(-1, "site", shows=everyone)
    moves = Counter()
    for day in range(28):
        site.look(day + 0.1, "site", shows=everyone if day % 2 else everyone[:2])
        moves += site.check(day + 0.2)

    assert set(moves) == {("portal:site", "open"), ("portal:site", "resolved")}
    assert sum(moves.values()) < 12
    assert site.statuses() == {"on_time": 10}


def test_scans_dated_in_the_future_hold_alerts_until_fresh_ones_are_stored(world):
    site = world(site=5)
    everyone = site.portals["site"]
    for day in (0.1, 1.1):
        site.look(day, "site", shows=everyone[:4])
    site.look(41, "site", shows=everyone)

    doubted = site.check(1.2)
    site.look(1.3, "site", shows=everyone[:4])

    assert doubted == {("clock", "open"): 1}
    assert site.check(1.4) == {("clock", "resolved"): 1, ("missing", "open"): 1}


def test_an_agency_that_comes_and_goes_is_told_of_once_it_is_quiet(world):
    site = world(site=8)
    steady = site.portals["site"][1:]
    flapper = site.portals["site"][:1]
    moves = {}
    # Its report is never found: its waiver comes and goes, as an operator's file that two people edit.
    site.look(0.1, "site", shows=steady)
    site.look(1.1, "site", shows=steady)
    waived = replace(site.registry, agencies=site.registry.agencies[1:])
    whole = site.registry
    for day in range(2, 30):
        site.look(day + 0.1, "site", shows=steady)
        site.registry = waived if day % 2 and day < 10 else whole
        save_registry(site.db, site.registry, END + day * DAY)
        moves[day] = site.check(day + 0.2)
        assert not site.check(day + 0.2)

    opened = [day for day, seen in moves.items() if seen[("missing", "open")]]
    assert opened == [2, 4, 19]
    assert [day for day, seen in moves.items() if seen[(f"flapping:{flapper[0]}", "open")]] == [5]
    assert site.live() == {"missing": 1}


def test_an_open_alert_is_told_again_while_nobody_takes_note_of_it(world):
    site = world(site=5)
    watch = replace(WATCH, repeat_days=7)
    for day in (0.1, 1.1):
        site.look(day, "site", shows=site.portals["site"][:4])
    site.check(1.2, watch)
    untold = site.check(20, watch)
    (alert,) = alerts(site.db)
    mark = site.db.execute("SELECT max(id) FROM transitions").fetchone()[0]
    mark_sent(site.db, [mark], "mail", END + 20 * DAY)

    told = {day: site.check(day, watch) for day in (21, 26.9, 27, 27.1, 33.9, 34.1)}

    assert untold == {}
    assert {day: moves for day, moves in told.items() if moves} == {
        27: {("missing", "told again"): 1},
        34.1: {("missing", "told again"): 1},
    }
    assert alerts(site.db)[0].state is alert.state


def test_status_and_alerts_say_how_many_are_held_and_why(world, tmp_path):
    site = world(site=20)
    everyone = site.portals["site"]
    site.look(0.1, "site", shows=everyone)
    for day in (1.1, 5.1, 9.1):
        site.look(day, "site", shows=everyone[8:])
    site.check(9.2)
    CliRunner().invoke(main, ["init", str(tmp_path / "office")])
    (tmp_path / "office" / "data").mkdir()
    (tmp_path / "office" / "data" / "nianbao.db").write_bytes(snapshot(site.db, tmp_path))

    (incident,) = live_alerts(site.db)
    said = [
        CliRunner().invoke(main, ["--config", str(tmp_path / "office" / "nianbao.toml"), *verb]).output
        for verb in (("status", "--year", "2024"), ("alerts",))
    ]

    line = f"另有 8 条告警暂缓发出，见 {incident.id}：门户site：此前检索到的20个机关的年度报告中，有8个同时检索不到"
    assert [line in text for text in said] == [True, True], said
    assert "网站疑似异常：" in said[1]
    shown = CliRunner().invoke(
        main, ["--config", str(tmp_path / "office" / "nianbao.toml"), "alerts", "show", incident.id]
    )
    assert "暂缓的告警：机关 平川市site-0局（site-0），已撤下" in shown.output


def snapshot(db, folder):
    """The database as one file."""
    path = folder / "copy.db"
    db.execute("VACUUM INTO ?", [str(path)])
    return path.read_bytes()
