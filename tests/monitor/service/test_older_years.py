"""An accusation of a year that nobody watches any more is still taken back."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta

from monitor.service.clock import Clock
from monitor.service.tenure import Turn
from monitor.service.watchman import Watchman
from storage.configuration import load_configuration
from storage.database import alerts, open_database, take_lease
from storage.records import SHANGHAI
from tests.monitor.small_watch import Watch, dated
from tests.monitor.stories import DAY, END

HOUR = timedelta(hours=1)
LATER = END + 720 * DAY
"""When the reports of two years later are due."""


def test_what_a_person_finds_after_two_years_ends_the_alert(tmp_path):
    watch = Watch(tmp_path)
    found = {key: dated(date(2025, 1, 20)) for key in ("nongye", "nongji", "lvyou", "liuhe")}
    watch.see(END + HOUR, found=found)
    watch.see(END + 25 * HOUR, found=found)
    watch.nianbao("check", now=END + 26 * HOUR)
    before = [alert.state.value for alert in alerts(watch.db) if alert.rule == "missing"]
    seen = ("--url", "http://127.0.0.1:8100/r.html", "--published", "2025-01-20", "--by", "王五", "--reason", "已核实")
    watch.nianbao("attest", "caizheng", "2024", *seen, now=LATER)

    configuration = load_configuration(tmp_path / "nianbao.toml")
    with closing(open_database(configuration.database)) as db:
        turn = Turn("me", take_lease(db, "service", "me", datetime.now(SHANGHAI), DAY))
        watchman = Watchman(configuration, turn, lambda *_: ("true",), clock=Clock(wall=lambda: LATER + HOUR))
        watchman.check(db)
        after = [alert.state.value for alert in alerts(db) if alert.rule == "missing" and alert.report_year == 2024]

    assert (before, after) == (["open"], ["resolved"])
