"""What the database already gainsays is not sent: an accusation waits for the check that looks at what is new."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage.database import alerts
from tests.loopback import serving
from tests.monitor.small_watch import Watch, dated
from tests.monitor.stories import END
from tests.monitor.stub_receivers import Webhook

HOUR = timedelta(hours=1)
OTHERS = {key: dated(date(2025, 1, 20)) for key in ("nongye", "nongji", "lvyou", "liuhe")}
ALL = {**OTHERS, "caizheng": dated(date(2025, 1, 20))}


@pytest.fixture
def accused(tmp_path):
    """A watch that has just found one agency's report missing, its receiver, and the alert."""
    with serving(Webhook()) as receiver:
        watch = Watch(tmp_path)
        (tmp_path / "nianbao.toml").write_text(
            f'[crawl]\ncontact = "mailto:ops@example.org"\n[[notify]]\nurl = "{receiver.url()}"\nevents = ["missing"]\n'
        )
        watch.see(END + HOUR, found=OTHERS)
        watch.see(END + 25 * HOUR, found=OTHERS)
        watch.nianbao("check", now=END + 26 * HOUR)
        (alert,) = (alert for alert in alerts(watch.db) if alert.rule == "missing")
        yield watch, receiver, alert


def told(receiver, alert):
    return [message["message"] for message in receiver.messages if alert.id in message["message"]]


def test_a_report_that_came_after_the_check_holds_the_accusation_until_the_next_one(accused):
    watch, receiver, alert = accused
    watch.see(END + 28 * HOUR, found=ALL)

    said = watch.nianbao("notify", now=END + 29 * HOUR)
    before = told(receiver, alert)
    watch.nianbao("check", now=END + 30 * HOUR)
    watch.nianbao("notify", now=END + 31 * HOUR)

    assert (before, told(receiver, alert), "nianbao check" in "".join(said.split("\n"))) == ([], [], True)


def test_an_accusation_that_a_look_did_not_clear_is_sent_after_the_next_check(accused):
    watch, receiver, alert = accused
    watch.see(END + 28 * HOUR, found=OTHERS)

    watch.nianbao("notify", now=END + 29 * HOUR)
    before = told(receiver, alert)
    watch.nianbao("check", now=END + 30 * HOUR)
    watch.nianbao("notify", now=END + 31 * HOUR)

    assert (before, len(told(receiver, alert))) == ([], 1)


@pytest.mark.parametrize(("found", "sent"), [(OTHERS, 1), (ALL, 0)])
def test_a_waived_accusation_is_told_when_it_is_opened_again_only_where_it_still_stands(accused, found, sent):
    watch, receiver, alert = accused
    watch.nianbao("alerts", "waive", alert.id, "--reason", "已电话核实", now=END + 27 * HOUR)
    watch.see(END + 28 * HOUR, found=found)
    watch.nianbao("check", now=END + 29 * HOUR)
    watch.nianbao("alerts", "reopen", alert.id, now=END + 30 * HOUR)

    watch.nianbao("notify", now=END + 30 * HOUR)

    assert len(told(receiver, alert)) == sent
