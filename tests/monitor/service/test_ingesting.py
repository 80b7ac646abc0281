"""Run folders that were left: what the service takes over, and what it says of one at which it fails."""

import sys
from contextlib import closing
from datetime import datetime, timedelta

from crawler.requests import CrawlRequest
from crawler.runs import RunWriter, new_run
from monitor.service.tenure import Turn
from monitor.service.watchman import Watchman
from storage.configuration import load_configuration
from storage.database import ingested_runs, open_database, take_lease
from storage.database.acts import ActOutcome, load_acts
from storage.records import SHANGHAI, Candidate, Outcome, Portal, Scan
from tests.monitor.service_process import write_folder

AT = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI)
PORTAL = Portal("p", "测试", "http://127.0.0.1:9/", ("127.0.0.1:9",))


def left(runs, at, year):
    writer = RunWriter(new_run(runs, CrawlRequest(at, (PORTAL,), (), (2024,))))
    writer.add_scan(Scan(writer.id, writer.id, "p", "http://127.0.0.1:9/l/", ("a0",), at, at, Outcome.COMPLETE))
    writer.add_candidate(Candidate(writer.id, "年报", "http://127.0.0.1:9/r.html", None, "a0", year))
    return writer.finish().name


def test_a_run_at_which_the_service_fails_is_a_failed_act_and_costs_no_other_run(tmp_path):
    config = load_configuration(write_folder(tmp_path, agencies=2))
    with closing(open_database(config.database)) as db:
        turn = Turn("me", take_lease(db, "service", "me", datetime.now(SHANGHAI), timedelta(days=1)))
        left(config.runs, AT, "a year that no table takes")
        good = left(config.runs, AT + timedelta(days=1), 2024)

        Watchman(config, turn, lambda *_: (sys.executable, "-c", "pass")).acts()["ingest"]()

        act = load_acts(db)["ingest"]
        assert (act.outcome, act.detail) == (ActOutcome.FAILED, {"taken": 1, "damaged": 1})
        assert ingested_runs(db) == {good}
