"""What becomes of a message, receiver by receiver: the state that is reached, and what a second try sends."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from datetime import timedelta

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk

from monitor.notices.channels import channel_key
from monitor.notices.delivery import NOT_POSTED, speak
from monitor.notices.mailing import Letter
from monitor.notices.receivers import Word
from monitor.notices.sending import ASKED_TO_WAIT, revive, send_unsent
from storage.configuration import Channel
from storage.database import channel_states, delivery_figures, unsent_transitions
from storage.records import ChannelState
from tests.loopback import serving
from tests.monitor.stub_receivers import MailServer, Webhook
from tests.monitor.telling import MAYBE, NOW, attempt_states, configured, moved, opened, opened_database

HOUR = timedelta(hours=1)
PATIENCE = 6.0
"""Seconds for a receiver: more than the slow one takes."""


@pytest.fixture
def db(tmp_path):
    database = opened_database(tmp_path)
    yield database
    database.close()


def key_of(configuration):
    (channel,) = configuration.notify
    return channel_key(channel)


def ids(body):
    """The ids in a message's text: of its alerts, and its own."""
    return [line[3:].partition("]")[0] for line in body.splitlines() if line.startswith("- [")], body.splitlines()[-1]


STATES = {
    "ok": "sent",
    "ok_without_a_word": "sent",
    "slow": "sent",
    "failure_in_200": "refused",
    "false_in_200": "refused",
    "page_in_200": "refused",
    "too_many": "refused",
    "broken": "refused",
    "busy": "refused",
    "moved": "refused",
    "unauthorised": "refused",
    "forbidden": "refused",
    "absent": "refused",
    "gone": "refused",
    "bomb": "uncertain",
    "reset": "uncertain",
    "hang": "uncertain",
    "trickle": "uncertain",
    "half_an_answer": "uncertain",
    "lost_behind_a_gateway": "uncertain",
}
"""How a receiver behaves → what is known of its message."""
DEAD = ("absent", "forbidden", "gone", "unauthorised")


def test_every_receiver_gets_the_message_once_and_its_behaviour_decides_what_is_known(db, tmp_path):
    with ExitStack() as stack:
        hooks = {behaviour: stack.enter_context(serving(Webhook(behaviour))) for behaviour in STATES}
        channels = {behaviour: Channel(hook.url(), events=("missing",)) for behaviour, hook in hooks.items()}
        keys = {channel_key(channel): behaviour for behaviour, channel in channels.items()}
        opened(db)

        done = send_unsent(db, configured(tmp_path, *channels.values()), NOW, {}, limit=PATIENCE)

        figures = delivery_figures(db)
        assert {keys[delivery.channel]: delivery.state for delivery in done} == STATES
        assert {behaviour: len(hook.messages) for behaviour, hook in hooks.items()} == dict.fromkeys(STATES, 1)
        assert sorted(keys[key] for key in figures.dead) == sorted(DEAD)
        assert {keys[key]: count for key, count in figures.uncertain.items()} == {
            behaviour: 1 for behaviour, state in STATES.items() if state == "uncertain"
        }
        assert sorted(keys[s.channel] for s in figures.channels if s.last_sent_at == NOW) == [
            "ok",
            "ok_without_a_word",
            "slow",
        ]
        assert (figures.unsent, figures.oldest_unsent_at) == (1, NOW)
        assert hooks["moved"].followed == []


AGAIN = [
    ("ok", ["sent"], False),
    ("broken", ["refused", "sent"], False),
    ("reset", ["uncertain", "sent"], True),
]


@pytest.mark.parametrize(("behaviour", "states", "is_marked"), AGAIN)
def test_a_message_is_sent_again_unless_it_was_taken_and_marked_where_it_may_have_been(
    db, tmp_path, behaviour, states, is_marked
):
    with serving(Webhook(behaviour)) as hook:
        configuration = configured(tmp_path, hook.url())
        opened(db)

        send_unsent(db, configuration, NOW, {})
        hook.behaviour = "ok"
        send_unsent(db, configuration, NOW + HOUR, {})
        send_unsent(db, configuration, NOW + 2 * HOUR, {})

        assert (attempt_states(db), len(hook.messages), unsent_transitions(db)) == (states, len(states), ())
        first, last = hook.messages[0], hook.messages[-1]
        assert ids(first["message"]) == ids(last["message"])
        assert (MAYBE in first["message"], last["title"].startswith(MAYBE), f"报告{MAYBE}" in last["message"]) == (
            False,
            is_marked,
            is_marked,
        )


def test_a_channel_that_cannot_work_is_left_alone_until_a_person_says_otherwise(db, tmp_path):
    with serving(Webhook("absent")) as hook:
        configuration = configured(tmp_path, hook.url())
        opened(db)

        send_unsent(db, configuration, NOW, {})
        (dead,) = send_unsent(db, configuration, NOW + 48 * HOUR, {})
        in_the_service = send_unsent(db, configuration, NOW + 48 * HOUR, {}, is_paced=True)
        waiting = [entry.alert.id for entry in unsent_transitions(db)]
        hook.behaviour = "ok"
        revived = revive(db)
        send_unsent(db, configuration, NOW + 49 * HOUR, {})

        assert (dead.state, dead.transitions, dead.error, in_the_service) == (None, 1, "HTTP 404", ())
        assert (waiting, revived, attempt_states(db), len(hook.messages)) == (["a1"], 1, ["refused", "sent"], 2)
        assert delivery_figures(db).dead == ()


def test_a_receiver_that_is_not_there_has_got_nothing(db, tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        configuration = configured(tmp_path, f"json://127.0.0.1:{closed.getsockname()[1]}/hook")
        opened(db)

        (delivery,) = send_unsent(db, configuration, NOW, {})

        assert (attempt_states(db), delivery.error) == (["refused"], "ConnectionError NewConnectionError")


def test_what_ended_while_its_fate_was_unknown_is_corrected(db, tmp_path):
    with serving(Webhook("reset")) as hook:
        configuration = configured(tmp_path, hook.url())
        opened(db)
        send_unsent(db, configuration, NOW, {})
        moved(db, "a1", "resolved")
        hook.behaviour = "ok"

        send_unsent(db, configuration, NOW + HOUR, {})

        assert "更正1条" in hook.messages[1]["title"]
        assert "原文：截至2025-02-03，未检索到caizheng2024年度报告" in hook.messages[1]["message"]
        assert unsent_transitions(db) == ()


def test_what_may_have_arrived_goes_out_again_by_itself_and_what_is_new_beside_it(db, tmp_path):
    with serving(Webhook("reset")) as hook:
        configuration = configured(tmp_path, hook.url())
        opened(db, "a1")
        send_unsent(db, configuration, NOW, {})
        opened(db, "a2", rule="late")
        hook.behaviour = "ok"

        send_unsent(db, configuration, NOW + HOUR, {})

        first, repeated, fresh = (ids(message["message"]) for message in hook.messages)
        assert repeated == first
        assert (fresh[0], MAYBE in hook.messages[2]["message"]) == (["a2"], False)


def test_the_service_leaves_a_failing_channel_alone_and_obeys_what_it_asks(db, tmp_path):
    with serving(Webhook("too_many")) as hook:
        at_once = Channel(hook.url())
        configuration = configured(tmp_path, at_once)
        opened(db)

        for minutes in (0, 1, 1.9):
            send_unsent(db, configuration, NOW + timedelta(minutes=minutes), {}, is_paced=True)
        asked_by_a_person = send_unsent(db, configuration, NOW + timedelta(minutes=1.9), {})
        hook.behaviour = "ok"
        send_unsent(db, configuration, NOW + timedelta(minutes=2), {}, is_paced=True)

        assert [(d.error, d.transitions) for d in asked_by_a_person] == [(ASKED_TO_WAIT, 1)]
        assert (len(hook.messages), attempt_states(db)) == (2, ["refused", "sent"])
        assert channel_states(db)[key_of(configuration)] == ChannelState(
            key_of(configuration), channel_states(db)[key_of(configuration)].address_mark, last_sent_at=NOW + HOUR / 30
        )


MAILS = [
    ({}, "sent", False),
    ({"RCPT:jiao": "450 try later"}, "refused", False),
    ({"RCPT:jiao": "550 no such user"}, "refused", True),
    ({"MAIL": "553 sender rejected"}, "refused", True),
    ({"MAIL": "451 busy"}, "refused", False),
    ({"DATA": "554 looks like spam"}, "refused", False),
    ({"DROP": ""}, "uncertain", False),
    ({"QUIT": "421 too many connections"}, "sent", False),
]


@pytest.mark.parametrize(("refuses", "state", "is_dead"), MAILS)
def test_a_mail_is_taken_by_all_its_recipients_or_by_none(db, tmp_path, refuses, state, is_dead):
    with serving(MailServer()) as server:
        configuration = configured(tmp_path, server.url("yi@example.org", "jiao@example.org"))
        server.refuses = refuses
        opened(db)

        send_unsent(db, configuration, NOW, {}, limit=10)

        assert attempt_states(db) == [state]
        assert delivery_figures(db).dead == ((key_of(configuration),) if is_dead else ())
        assert server.recipients == ([("yi", "jiao")] if state == "sent" else [])


def test_a_mail_is_text_and_html_with_a_name_that_stays_the_same(db, tmp_path):
    with serving(MailServer()) as server:
        configuration = configured(tmp_path, server.url("yi@example.org"))
        opened(db, message="<script>alert(1)</script>\r\nBcc: x@example.org @all")
        server.refuses = {"DROP": ""}
        send_unsent(db, configuration, NOW, {}, limit=10)
        server.refuses = {}

        send_unsent(db, configuration, NOW + HOUR, {}, limit=10)

        first, second = server.messages
        assert first["Message-ID"] == second["Message-ID"]
        assert (str(first["Subject"]), str(second["Subject"])) == (
            "年报监测：新告警1条，更新0条，更正0条",
            f"{MAYBE}年报监测：新告警1条，更新0条，更正0条",
        )
        assert [part.get_content_type() for part in second.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]
        html = second.get_body(("html",)).get_content()
        assert "<script" not in html
        assert "＜script＞alert(1)＜/script＞ Bcc: x＠example.org ＠all" in html
        assert second["Bcc"] is None


def test_a_login_that_was_answered_is_no_message_that_was_posted(db, tmp_path):
    with serving(Webhook()) as hook:
        hook.RequestHandlerClass = type("Any", (hook.RequestHandlerClass,), {"do_POST": any_post})
        configuration = configured(tmp_path, f"rocket://watch:secret@127.0.0.1:{hook.server_port}/%23room")
        opened(db)

        (delivery,) = send_unsent(db, configuration, NOW, {})

        assert (attempt_states(db), len(hook.messages), len(unsent_transitions(db))) == (["uncertain"], 1, 1)
        assert delivery.error.startswith(NOT_POSTED)


def test_a_message_of_many_lines_is_told_whole_where_apprise_would_show_two(db, tmp_path):
    with serving(Webhook()) as hook:
        opened(db)

        send_unsent(db, configured(tmp_path, f"kodi://127.0.0.1:{hook.server_port}/"), NOW, {})

        assert "[a1]" in "".join(message["params"]["message"] for message in hook.messages)


def any_post(post):
    """Answer with an empty object whatever is asked, JSON or not."""
    post.server.messages.append(post.rfile.read(int(post.headers["Content-Length"])))
    post.answer(200)


def test_a_signature_for_dingtalk_is_quoted_once():
    with serving(Webhook()) as hook:
        robot = NotifyDingTalk("a" * 32, None, "SEC0123")
        robot.notify_url = f"http://127.0.0.1:{hook.server_port}/"
        asked = []
        hook.RequestHandlerClass = type(
            "Noting", (hook.RequestHandlerClass,), {"log_request": lambda post, *_: asked.append(post.path)}
        )

        receipt = speak(robot, Letter("m1", "标题", "标题", ""), lambda: None)

        assert receipt.word is Word.REFUSED  # the stub's answer has no code of DingTalk's
        assert asked[0].partition("sign=")[2].endswith("%3D")
        assert "%25" not in asked[0]
