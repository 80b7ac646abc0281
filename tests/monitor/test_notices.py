"""Digests on their way to real receivers on loopback: taken, refused, hanging, and never with a secret."""

from __future__ import annotations

import json
import logging
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from monitor.delivery import ROBOTS, parts, post
from monitor.jobs import notify
from monitor.locks import held_lock
from monitor.notices import channel_key, redacted, send_unsent
from storage.configuration import Channel, Configuration
from storage.database import (
    alerts,
    live_alerts,
    open_database,
    save_registry,
    save_transitions,
    unsent_transitions,
)
from storage.errors import BusyError
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
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


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


def test_a_refused_digest_stays_unsent_and_arrives_later(db, tmp_path, receiver):
    configuration = configured(tmp_path, Channel(receiver.url))
    opened(db)
    receiver.status = 500

    failed = notify(db, configuration, NOW)
    (entry,) = unsent_transitions(db)
    receiver.status = 200
    later = notify(db, configuration, NOW + HOUR)

    key = channel_key(configuration.notify[0])
    assert (failed.sent, failed.failed, dict(entry.attempts)) == (0, 1, {key: 1})
    assert "500" in entry.errors[key]
    assert (later.sent, unsent_transitions(db)) == (1, ())
    assert live_alerts(db)[0].sent_at == NOW + HOUR


def test_a_receiver_that_hangs_is_given_up_and_holds_up_no_other(db, tmp_path, receiver):
    with running_receiver() as hanging:
        hanging.hang = True
        configuration = configured(tmp_path, Channel(hanging.url), Channel(receiver.url))
        opened(db)

        done = notify(db, configuration, NOW, limit=1.5)

        assert [delivery.error for delivery in done.deliveries] == [
            "no answer within 1.5 seconds; the message may have arrived",
            None,
        ]
        assert len(hanging.bodies) == len(receiver.bodies) == 1
        (entry,) = unsent_transitions(db)
        assert entry.delivered == {channel_key(configuration.notify[1])}


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


def test_secrets_come_from_the_environment_and_reach_nothing_but_the_receiver(db, tmp_path, receiver, caplog):
    channel = Channel(f"json://user:${{HOOK_KEY}}@127.0.0.1:{receiver.server_port}/hook/${{HOOK_KEY}}")
    opened(db)
    receiver.status = 403
    caplog.set_level(logging.DEBUG)

    (refused,) = send_unsent(db, configured(tmp_path, channel), NOW, {"HOOK_KEY": PLANTED})
    (unset,) = send_unsent(db, configured(tmp_path, channel), NOW, {})

    assert "403" in refused.error
    assert "HOOK_KEY" in unset.error
    kept = "".join(map(str, db.execute("SELECT * FROM deliveries").fetchall()))
    assert PLANTED not in refused.error + unset.error + kept + caplog.text + repr(channel)


def test_an_address_that_nobody_knows_is_an_error_of_its_channel(db, tmp_path):
    opened(db)

    (delivery,) = notify(db, configured(tmp_path, Channel(f"nosuch://{PLANTED}")), NOW).deliveries

    assert delivery.error == "not an address that Apprise knows"


def test_two_processes_never_send_at_once(db, tmp_path):
    with held_lock(tmp_path / "data" / "notify.lock"), pytest.raises(BusyError):
        notify(db, configured(tmp_path), NOW)


def test_nothing_of_an_address_stays_in_an_error():
    url = "https://user:pa%23ss@hooks.example/abc/token?key=k3y"

    assert redacted("POST https://hooks.example/abc/token?key=k3y user pa#ss\nfailed", url) == (
        "POST ***://***/***/***?***=*** *** *** failed"
    )


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
    names = {NotifyWeComBot: "key"}
    robot = ROBOTS[plugin]._replace(url=lambda _: f"http://127.0.0.1:{receiver.server_port}/")
    receiver.answer = answer

    taken, said = post(robot, plugin(**{names.get(plugin, "token"): "a" * 32}), "标题\n内容")

    assert taken is is_taken
    assert bool(said) is not is_taken
    assert "标题\n内容" in json.dumps(receiver.bodies[0], ensure_ascii=False).replace("\\n", "\n")


def test_a_long_message_is_cut_between_lines():
    text = "\n".join(["一二三四五"] * 10)

    pieces = parts(text, 40)

    assert "\n".join(pieces) == text
    assert max(len(piece.encode()) for piece in pieces) <= 40
