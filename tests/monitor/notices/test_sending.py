"""Digests on their way to real receivers on loopback: taken, refused, hanging, and never with a secret."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from monitor.jobs import notify
from monitor.notices.channels import channel_key
from monitor.notices.delivery import speak
from monitor.notices.mailing import Letter
from monitor.notices.receivers import Word
from monitor.notices.sending import OTHER_SENDER
from storage.configuration import Channel, Configuration
from storage.database import (
    alerts,
    live_alerts,
    open_database,
    save_registry,
    save_transitions,
    take_lease,
    unsent_transitions,
)
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    Alert,
    AlertState,
    Portal,
    Registry,
    Transition,
)
from tests.loopback import serving

NOW = datetime(2025, 2, 3, 9, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
PLANTED = "s3cretT0kenValue"


class Receiver(ThreadingHTTPServer):
    """A webhook that keeps what it was sent and answers as it is told; `hang` answers nothing."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.answer = b"{}"
        self.hang = False
        self.released = threading.Event()
        self.bodies = []

    @property
    def url(self):
        return f"json://127.0.0.1:{self.server_port}/{PLANTED}"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(json.loads(body))
        if self.server.hang:
            self.server.released.wait(20)
            return
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def running_receiver():
    with serving(Receiver()) as server:
        yield server


@pytest.fixture
def receiver():
    with running_receiver() as server:
        yield server


@pytest.fixture
def db(tmp_path):
    database = open_database(tmp_path / "data" / "nianbao.db")
    portal = Portal("pingchuan", "平川市人民政府", "http://127.0.0.1/", ("127.0.0.1:80",))
    agency = Agency("caizheng", "平川市财政局", AgencyKind.LOCAL_DEPARTMENT, "370799", "pingchuan")
    save_registry(database, Registry((agency,), (portal,), ()), NOW)
    yield database
    database.close()


def configured(tmp_path, *channels):
    return Configuration(tmp_path / "nianbao.toml", tmp_path / "data", tmp_path / "registry", notify=tuple(channels))


def opened(db, key="a1", *, rule="missing"):
    message = "截至2025-02-03，未检索到平川市财政局2024年度报告"
    alert = Alert(key, "caizheng", 2024, rule, "", AlertState.OPEN, NOW, message)
    save_transitions(db, [(alert, Transition(key, NOW, None, AlertState.OPEN, "开启"))])
    return alert


def moved(db, key, state):
    (alert,) = [one for one in alerts(db) if one.id == key]
    after = Alert(key, alert.agency, 2024, alert.rule, "", AlertState(state), alert.opened_at, alert.message)
    save_transitions(db, [(after, Transition(key, NOW, alert.state, AlertState(state), "已检索到该报告"))])


def test_what_is_unsent_goes_out_once_and_is_marked(db, tmp_path, receiver):
    configuration = configured(tmp_path, Channel(receiver.url))
    opened(db)

    first = notify(db, configuration, NOW)
    again = notify(db, configuration, NOW + HOUR)

    assert (first.sent, first.failed, again.deliveries) == (1, 0, ())
    (message,) = receiver.bodies
    assert message["title"] == "年报监测：新告警1条，更新0条，更正0条"
    assert "- [a1] 截至2025-02-03，未检索到平川市财政局2024年度报告" in message["message"]
    assert [alert.sent_at for alert in live_alerts(db)] == [NOW]
    assert unsent_transitions(db) == ()


def test_what_one_channel_has_is_not_sent_to_it_again_for_another_one(db, tmp_path, receiver):
    with running_receiver() as other:
        other.status = 503
        configuration = configured(tmp_path, Channel(receiver.url), Channel(other.url))
        opened(db)
        notify(db, configuration, NOW)
        other.status = 200

        notify(db, configuration, NOW + HOUR)

        assert (len(receiver.bodies), len(other.bodies), unsent_transitions(db)) == (1, 2, ())


def test_an_alert_that_ended_before_it_was_sent_is_told_to_nobody(db, tmp_path, receiver):
    opened(db)
    moved(db, "a1", "resolved")

    done = notify(db, configured(tmp_path, Channel(receiver.url)), NOW)

    assert (done.deliveries, receiver.bodies, unsent_transitions(db)) == ((), [], ())
    assert alerts(db)[0].sent_at is None


def test_an_alert_that_was_told_and_ended_is_corrected(db, tmp_path, receiver):
    configuration = configured(tmp_path, Channel(receiver.url))
    opened(db)
    notify(db, configuration, NOW)
    moved(db, "a1", "resolved")

    notify(db, configuration, NOW + HOUR)

    assert receiver.bodies[1]["title"] == "年报监测：新告警0条，更新0条，更正1条"
    assert "更正：此前告知的下列事项不再成立" in receiver.bodies[1]["message"]
    assert "已检索到该报告" in receiver.bodies[1]["message"]


def test_a_correction_goes_only_where_the_alert_was_told(db, tmp_path, receiver):
    with running_receiver() as other:
        other.status = 500
        configuration = configured(tmp_path, Channel(receiver.url), Channel(other.url))
        opened(db)
        notify(db, configuration, NOW)
        moved(db, "a1", "resolved")
        other.status = 200

        notify(db, configuration, NOW + HOUR)

        assert ([len(receiver.bodies), len(other.bodies)], unsent_transitions(db)) == ([2, 1], ())


def test_a_correction_reaches_the_region_of_an_agency_that_was_dropped_meanwhile(db, tmp_path, receiver):
    configuration = configured(tmp_path, Channel(receiver.url, regions=("3707",)))
    opened(db)
    notify(db, configuration, NOW)
    save_registry(db, Registry((), (), ()), NOW + HOUR)
    moved(db, "a1", "resolved")

    notify(db, configuration, NOW + HOUR)

    assert "[a1] 平川市财政局2024年度" in receiver.bodies[1]["message"]


def test_what_no_channel_wants_leaves_the_outbox_and_without_channels_everything_waits(db, tmp_path, receiver):
    opened(db)

    notify(db, configured(tmp_path), NOW)
    waiting = len(unsent_transitions(db))
    notify(db, configured(tmp_path, Channel(receiver.url, events=("late",))), NOW)

    assert (waiting, unsent_transitions(db), receiver.bodies) == (1, (), [])


def test_a_resting_channel_is_left_alone(db, tmp_path, receiver):
    configuration = configured(tmp_path, Channel(receiver.url))
    opened(db)

    done = notify(db, configuration, NOW, resting={channel_key(configuration.notify[0])})

    assert (done.deliveries, receiver.bodies, len(unsent_transitions(db))) == ((), [], 1)


def test_an_address_that_nobody_knows_is_an_error_of_its_channel(db, tmp_path):
    opened(db)

    (delivery,) = notify(db, configured(tmp_path, Channel(f"nosuch://{PLANTED}")), NOW).deliveries

    assert delivery.error == "not an address that Apprise knows"


def test_a_channel_that_another_process_is_sending_to_is_left_alone(db, tmp_path):
    opened(db)
    channel = Channel(f"json://127.0.0.1:9/{PLANTED}")
    assert take_lease(db, f"notify:{channel_key(channel)}", "another", NOW, timedelta(minutes=1)) is not None

    (delivery,) = notify(db, configured(tmp_path, channel), NOW).deliveries

    assert (delivery.error, delivery.is_waiting) == (OTHER_SENDER, True)


def test_a_channel_is_named_without_its_address_and_survives_a_new_key():
    channel = Channel("wecombot://${WECOM_KEY}")

    assert channel_key(channel).startswith("wecombot-")
    assert channel_key(channel) == channel_key(Channel("wecombot://${WECOM_KEY}", events=("late",)))
    assert "WECOM" not in channel_key(channel)
    assert channel_key(Channel("${WHOLE_URL}")).startswith("channel-")


ANSWERS = [
    (NotifyWeComBot, b'{"errcode": 0, "errmsg": "ok"}', True),
    (NotifyWeComBot, b'{"errcode": 45009, "errmsg": "api freq out of limit"}', False),
    (NotifyDingTalk, b'{"errcode": 310000, "errmsg": "keywords not in content"}', False),
    (NotifyDingTalk, b'{"errcode": 0}', True),
    (NotifyFeishu, b'{"code": 19024, "msg": "Key Words Not Found"}', False),
    (NotifyFeishu, b'{"StatusCode": 0, "code": 0}', True),
    (NotifyWeComBot, b"<html>200 but a login page</html>", False),
    (NotifyWeComBot, b"[]", False),
]


@pytest.mark.parametrize(("plugin", "answer", "is_taken"), ANSWERS)
def test_a_robot_is_believed_by_its_own_word_and_not_by_http_200(receiver, plugin, answer, is_taken):
    robot = plugin(**{"key" if plugin is NotifyWeComBot else "token": "a" * 32})
    place = "api_url" if plugin is NotifyWeComBot else "notify_url"
    setattr(robot, place, f"http://127.0.0.1:{receiver.server_port}/")
    receiver.answer = answer
    told = []

    receipt = speak(robot, Letter("m1", "标题", "标题\n内容", ""), lambda: told.append(1))

    assert (receipt.word is Word.TAKEN, bool(receipt.said), told) == (is_taken, not is_taken, [1])
    assert json.dumps(receiver.bodies[0], ensure_ascii=False).count("标题\\n内容") == 1
