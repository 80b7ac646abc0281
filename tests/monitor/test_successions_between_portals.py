"""A check of a part of the registry comes to what a whole one does, though who took over publishes elsewhere."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta

import pytest

from monitor.judgement.judging import Memory
from monitor.judgement.verdicts import check_due, check_year
from storage.configuration import WatchSettings
from storage.database import alerts, load_standings, open_database, save_registry, save_run, transitions_of
from storage.received import ReadCapture
from storage.records import (
    Agency,
    AgencyKind,
    Candidate,
    Capture,
    Outcome,
    Portal,
    Registry,
    Scan,
    Succession,
    SuccessionKind,
)
from tests.monitor.small_watch import dated
from tests.monitor.stories import DAY, END, HOUR

KEYS = ("old", "new", "last")


def registry(*successions):
    agencies = tuple(
        Agency(key, f"平川市{key}局", AgencyKind.LOCAL_DEPARTMENT, "370799", f"portal-{key}") for key in KEYS
    )
    portals = tuple(
        Portal(f"portal-{key}", key, f"http://127.0.0.1:81{number}/", (f"127.0.0.1:81{number}",))
        for number, key in enumerate(KEYS, start=10)
    )
    return Registry(agencies, portals, (), successions)


def succeeds(agency, successor, on):
    return Succession(agency, successor, on, SuccessionKind.MERGED, "平编〔2025〕2号")


CHAIN = registry(succeeds("old", "new", date(2025, 2, 10)), succeeds("new", "last", date(2025, 2, 20)))


def see(db, at, key, *, found=None):
    """One scan of one agency's portal; `found`: the day that its report states."""
    run, url = f"run-{key}-{at.isoformat()}", f"http://{key}.example/1.html"
    scan = Scan(
        f"{run}/1", run, f"portal-{key}", f"http://{key}.example/", (key,), at, at + timedelta(minutes=1),
        Outcome.COMPLETE, control_title="平川市水利局2023年年报",
    )  # fmt: skip
    rows, captures, readings = [], [], []
    if found is not None:
        rows = [Candidate(scan.id, "2024年年报", url, None, key, 2024)]
        captures = [Capture("a" * 64, scan.id, url, url, 200, "text/html", at, 9, agency=key, report_year=2024)]
        readings = [ReadCapture(captures[0], key, 2024, dated(found), parser_version="1")]
    save_run(db, run_id=run, scans=[scan], candidates=rows, captures=captures, reports=readings, at=at)


def statuses(db):
    return {one.agency: (one.status.value, one.reason) for one in load_standings(db, 2024)}


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (date(2025, 1, 20), {"old": ("on_time", "succeeded"), "new": ("on_time", "succeeded")}),
        (date(2025, 2, 8), {"old": ("date_unknown", "succeeded"), "new": ("date_unknown", "succeeded")}),
    ],
)
def test_news_of_the_last_in_a_chain_is_news_of_the_first(tmp_path, published, expected):
    db = open_database(tmp_path / "nianbao.db")
    save_registry(db, CHAIN, END)
    memory, watch = Memory(), WatchSettings()
    for at in (END + HOUR, END + DAY + HOUR):
        for key in KEYS:
            see(db, at, key)
    check_due(db, CHAIN, watch, END + DAY + 2 * HOUR, 2024, memory=memory)
    before = statuses(db)
    see(db, END + DAY + 3 * HOUR, "last", found=published)

    done = check_due(db, CHAIN, watch, END + DAY + 4 * HOUR, 2024, memory=memory)

    in_part = statuses(db)
    check_year(db, CHAIN, watch, END + DAY + 4 * HOUR, 2024)
    assert not done.is_whole
    assert before == dict.fromkeys(KEYS, ("missing", None))
    assert {key: in_part[key] for key in expected} == expected
    assert in_part == statuses(db)
    db.close()


def test_a_report_under_the_former_name_is_news_of_the_renamed_agency(tmp_path):
    renamed = registry(Succession("old", "new", date(2025, 1, 15), SuccessionKind.RENAMED, "平编〔2025〕3号"))
    memory, watch = Memory(), WatchSettings()
    with closing(open_database(tmp_path / "nianbao.db")) as db:
        save_registry(db, renamed, END)
        for at in (END + HOUR, END + DAY + HOUR):
            for key in KEYS:
                see(db, at, key)
        check_due(db, renamed, watch, END + DAY + 2 * HOUR, 2024, memory=memory)
        before = statuses(db)["new"]
        see(db, END + DAY + 3 * HOUR, "old", found=date(2025, 1, 10))

        done = check_due(db, renamed, watch, END + DAY + 4 * HOUR, 2024, memory=memory)

        in_part = statuses(db)
        check_year(db, renamed, watch, END + DAY + 4 * HOUR, 2024)
        assert not done.is_whole
        assert (before, in_part["new"], in_part["old"][0]) == (("missing", None), ("on_time", "succeeded"), "exempt")
        assert in_part == statuses(db)
        (missing,) = [alert for alert in alerts(db) if alert.agency == "new"]
        assert transitions_of(db, missing.id)[-1].reason == (
            "撤回：该机关更名前以平川市old局名义公布的报告已检索到，按期公布（公布日期2025-01-10）"
        )
