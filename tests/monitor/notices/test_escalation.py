"""Channels that cannot be reached: the operator hears of it at once, and others tell what they should have."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.notices.channels import channel_key
from monitor.notices.escalation import SUBJECT, incidents
from monitor.notices.sending import revive, send_unsent
from storage.configuration import Channel
from storage.database import alerts, delivery_figures, live_alerts, save_channel_state, unsent_transitions
from storage.records import AlertState, ChannelState
from tests.loopback import serving
from tests.monitor.stub_receivers import Webhook
from tests.monitor.telling import NOW, configured, moved, opened, opened_database

HOUR = timedelta(hours=1)
PLANTED = "s3cretT0kenValue"


@pytest.fixture
def db(tmp_path):
    database = opened_database(tmp_path)
    yield database
    database.close()


def test_what_a_dead_channel_should_have_told_is_told_by_another_one_in_the_same_call(db, tmp_path):
    with serving(Webhook("forbidden")) as dead, serving(Webhook()) as living:
        first = Channel(dead.url(PLANTED), events=("missing",))
        configuration = configured(tmp_path, first, Channel(living.url(), events=("late", "operator")))
        opened(db, "a1", rule="missing")
        opened(db, "a2", rule="late")

        send_unsent(db, configuration, NOW, {})

        told, stood_in = (message["message"] for message in living.messages)
        key = channel_key(first)
        assert ("[a2]" in told, "[a1]" in told) == (True, False)
        assert f"通知渠道 {key} 已停用：接收方不认密钥或密码（HTTP 403）" in told
        assert f"代为转达：以下内容原应送往通知渠道 {key}" in stood_in
        assert "[a1]" in stood_in
        assert PLANTED not in told + stood_in
        assert ([a.subject for a in live_alerts(db) if a.rule == "operator"], unsent_transitions(db)) == (
            [SUBJECT + key],
            (),
        )


def test_what_others_hear_anyway_is_not_passed_on_and_waits_for_the_dead_channel(db, tmp_path):
    with serving(Webhook("gone")) as dead, serving(Webhook()) as living:
        configuration = configured(tmp_path, dead.url(), living.url())
        opened(db)

        send_unsent(db, configuration, NOW, {})
        waiting = [entry.alert.id for entry in unsent_transitions(db)]
        dead.behaviour = "ok"
        revive(db)
        send_unsent(db, configuration, NOW + HOUR, {})
        send_unsent(db, configuration, NOW + 2 * HOUR, {})

        assert waiting[0] == "a1"
        assert [("代为转达" in message["message"]) for message in living.messages] == [False, False]
        assert ["[a1]" in message["message"] for message in dead.messages] == [True, True]
        assert "该渠道已恢复" in living.messages[1]["message"]
        assert unsent_transitions(db) == ()


def test_the_command_names_dead_letters_and_tries_again_when_told_to(db, tmp_path):
    with serving(Webhook("absent")) as hook:
        (tmp_path / "nianbao.toml").write_text(f'[[notify]]\nurl = "{hook.url(PLANTED)}"\n', encoding="utf-8")
        opened(db)

        def notify(*options):
            return CliRunner().invoke(main, ["--config", str(tmp_path / "nianbao.toml"), "notify", *options])

        first, second = notify(), notify()
        hook.behaviour = "ok"
        third = notify("--retry-dead")

        assert [result.exit_code for result in (first, second, third)] == [1, 1, 0]
        assert "未送达 1 条变更：该地址已不存在（HTTP 404）" in first.output
        assert "渠道已停用，1 条变更待发：该地址已不存在（HTTP 404）" in second.output
        assert third.output.splitlines()[-1] == "已发送 1 条，失败 0 条"
        assert PLANTED not in first.output + second.output + third.output


def test_a_renewed_secret_revives_its_channel(db, tmp_path):
    with serving(Webhook("unauthorised")) as hook:
        configuration = configured(tmp_path, Channel(f"json://127.0.0.1:{hook.server_port}/${{HOOK_KEY}}"))
        opened(db)
        send_unsent(db, configuration, NOW, {"HOOK_KEY": "old-one"})
        hook.behaviour = "ok"

        still_dead = send_unsent(db, configuration, NOW + HOUR, {"HOOK_KEY": "old-one"})
        sent = send_unsent(db, configuration, NOW + HOUR, {"HOOK_KEY": "new-one"})

        assert ([d.state for d in still_dead], [d.error for d in sent]) == ([None], [None])
        assert len(hook.messages) == 2
        assert [alert.state for alert in alerts(db) if alert.rule == "operator"] == [AlertState.RESOLVED]


def test_a_misspelt_variable_is_named_and_nothing_is_lost(db, tmp_path):
    with serving(Webhook()) as hook, serving(Webhook()) as other:
        configuration = configured(
            tmp_path, f"json://127.0.0.1:{hook.server_port}/${{HOKO_KEY}}", Channel(other.url(), events=("operator",))
        )
        opened(db)

        missed, told, passed_on = send_unsent(db, configuration, NOW, {"HOOK_KEY": PLANTED})
        send_unsent(db, configuration, NOW + HOUR, {"HOKO_KEY": PLANTED})

        assert missed.error == "环境变量没有设置：HOKO_KEY"
        assert (told.error, passed_on.error) == (None, None)
        assert "HOKO_KEY" in other.messages[0]["message"]
        assert "[a1]" in other.messages[1]["message"]
        assert unsent_transitions(db) == ()


def test_the_death_of_the_only_channel_that_hears_of_the_operator_is_told_by_one_that_lives(db, tmp_path):
    with serving(Webhook("unauthorised")) as dead, serving(Webhook("broken")) as living:
        first = Channel(dead.url(), events=("operator",))
        configuration = configured(tmp_path, first, Channel(living.url(), events=("missing",)))
        opened(db, "o1", rule="operator", agency=None, subject="disk", message="磁盘空间不足")

        send_unsent(db, configuration, NOW, {})
        living.behaviour = "ok"
        living.messages.clear()
        send_unsent(db, configuration, NOW + HOUR, {})
        send_unsent(db, configuration, NOW + 2 * HOUR, {})

        (message,) = living.messages
        assert f"通知渠道 {channel_key(first)} 已停用" in message["message"]
        assert "[o1]" in message["message"]
        assert unsent_transitions(db) == ()

        dead.behaviour = "ok"
        revive(db)
        moved(db, "o1", "resolved", at=NOW + 3 * HOUR, reason="已恢复正常")
        send_unsent(db, configuration, NOW + 3 * HOUR, {})
        send_unsent(db, configuration, NOW + 4 * HOUR, {})

        told_of_ends = "".join(message["message"] for message in living.messages[1:])
        assert ("已恢复正常" in told_of_ends, "该渠道已恢复" in told_of_ends) == (True, True)
        assert unsent_transitions(db) == ()


def test_who_was_told_hears_the_end_though_its_settings_have_changed(db, tmp_path):
    with serving(Webhook()) as hook:
        opened(db)
        send_unsent(db, configured(tmp_path, hook.url()), NOW, {})
        moved(db, "a1", "resolved", at=NOW + HOUR)

        send_unsent(db, configured(tmp_path, Channel(hook.url(), events=("late",))), NOW + HOUR, {})

        assert "更正1条" in hook.messages[-1]["title"]
        assert unsent_transitions(db) == ()


def test_a_channel_at_which_this_program_fails_stops_no_other_and_rests(db, tmp_path):
    with serving(Webhook()) as hook, serving(Webhook()) as other:
        # No rule writes a law without its citation: whatever tells it fails.
        opened(db, "a1", rule="late", evidence=({"kind": "law"},))
        opened(db, "a2")
        first = Channel(hook.url(PLANTED), events=("late",))
        configuration = configured(tmp_path, first, Channel(other.url(), events=("missing",)))

        failed, told = send_unsent(db, configuration, NOW, {}, is_paced=True)
        again = send_unsent(db, configuration, NOW + HOUR, {}, is_paced=True)
        resting = send_unsent(db, configuration, NOW + HOUR, {}, is_paced=True)

        assert (told.error, [len(server.messages) for server in (hook, other)]) == (None, [0, 1])
        assert failed.error.startswith("a fault of this program: KeyError at digest_pages.py:")
        assert ([delivery.error for delivery in again], resting) == ([failed.error], ())
        assert [entry.alert.id for entry in unsent_transitions(db)] == ["a1"]


def test_a_dead_channel_that_left_the_settings_is_no_trouble_any_more(db, tmp_path):
    save_channel_state(db, ChannelState("json-gone", "ab12", 1, NOW, NOW, None, None, "HTTP 404", NOW))

    send_unsent(db, configured(tmp_path, "json://127.0.0.1:1/x"), NOW, {})

    assert delivery_figures(db).dead == ()


def test_an_address_of_two_sections_is_one_recipient(db, tmp_path):
    with serving(Webhook()) as hook:
        configuration = configured(
            tmp_path, Channel(hook.url(), events=("missing",)), Channel(hook.url(), events=("late",))
        )
        opened(db, "a1", rule="missing")
        opened(db, "a2", rule="late")

        send_unsent(db, configuration, NOW, {})

        (message,) = hook.messages
        assert ("[a1]" in message["message"], "[a2]" in message["message"]) == (True, True)


FAILING = ChannelState("json-1", "ab12", 5, NOW, NOW, None, None, "HTTP 500")
TOLD = [
    ("five failures within a day", FAILING, NOW + 23 * HOUR, ()),
    (
        "five failures over a day",
        FAILING,
        NOW + 24 * HOUR,
        ("自2025-02-03 09:00起连续5次发送失败：接收方出错（HTTP 500）。",),
    ),
    ("four failures over a day", replace(FAILING, failures=4), NOW + 24 * HOUR, ()),
    ("dead", replace(FAILING, failures=1, dead_since=NOW, last_error="HTTP 404"), NOW, ("建议：核对该渠道的 url",)),
    ("well", ChannelState("json-1", "ab12", last_sent_at=NOW), NOW, ()),
]


@pytest.mark.parametrize(("state", "now", "words"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_the_operator_is_told_of_a_channel_that_fails_for_a_day_or_is_dead(state, now, words):
    changes = incidents({"json-1"}, {"json-1": state}, (), now, "zh")

    assert len(changes) == len(words)
    for (alert, _), expected in zip(changes, words, strict=True):
        assert expected in alert.message
        assert alert.subject == "channel:json-1"


def test_an_incident_is_opened_once_waived_for_good_and_ends_with_the_channel():
    dead = {"json-1": replace(FAILING, dead_since=NOW)}
    ((alert, _),) = incidents({"json-1"}, dead, (), NOW, "zh")
    waived = replace(alert, state=AlertState.WAIVED)
    well = {"json-1": ChannelState("json-1", "ab12", last_sent_at=NOW)}

    assert incidents({"json-1"}, dead, (alert,), NOW, "zh") == ()
    assert incidents({"json-1"}, dead, (waived,), NOW + HOUR, "zh") == ()
    assert [move.reason for _, move in incidents({"json-1"}, well, (alert,), NOW, "zh")] == ["该渠道已恢复"]
    assert [move.reason for _, move in incidents(set(), dead, (alert,), NOW, "zh")] == ["该渠道已不在设置中"]


HELD = ({"kind": "held", "agency": "caizheng", "rule": "missing"},)


def test_an_incident_that_holds_alerts_is_told_though_no_channel_hears_of_the_operator(db, tmp_path):
    with serving(Webhook()) as regional, serving(Webhook()) as general:
        configuration = configured(
            tmp_path,
            Channel(regional.url(), events=("missing",), regions=("3706",)),
            Channel(general.url(), events=("missing",)),
        )
        opened(db, "a1", rule="operator", agency=None, subject="missing:pingchuan", evidence=HELD)
        opened(db, "a2", rule="operator", agency=None, subject="browser")

        send_unsent(db, configuration, NOW, {})

        (message,) = general.messages
        assert ("[a1]" in message["message"], "[a2]" in message["message"]) == (True, False)
        assert "没有渠道接收 operator 事件" in message["message"]
        assert regional.messages == []


def test_an_incident_that_holds_alerts_goes_to_whom_hears_of_the_operator_and_to_nobody_else(db, tmp_path):
    with serving(Webhook()) as public, serving(Webhook()) as own:
        configuration = configured(
            tmp_path, Channel(public.url(), events=("missing",)), Channel(own.url(), events=("operator",))
        )
        opened(db, "a1", rule="operator", agency=None, subject="missing:pingchuan", evidence=HELD)

        send_unsent(db, configuration, NOW, {})

        assert (len(public.messages), len(own.messages)) == (0, 1)
        assert "没有渠道接收 operator 事件" not in own.messages[0]["message"]


def test_the_command_says_what_nobody_hears_and_that_there_is_no_channel(db, tmp_path):
    with serving(Webhook()) as hook:
        opened(db, "a1", rule="missing")

        def notify(settings):
            (tmp_path / "nianbao.toml").write_text(settings, encoding="utf-8")
            return CliRunner().invoke(main, ["--config", str(tmp_path / "nianbao.toml"), "notify"])

        without = notify("")
        deaf = notify(f'[[notify]]\nurl = "{hook.url()}"\nevents = ["late"]\n')
        nothing_left = notify(f'[[notify]]\nurl = "{hook.url()}"\nevents = ["late"]\n')

        assert [result.exit_code for result in (without, deaf, nothing_left)] == [0, 0, 0]
        assert "没有设置通知渠道（[[notify]]），1 条变更待发" in without.output
        assert "1 条变更没有任何渠道接收" in deaf.output
        assert "没有任何渠道接收" not in nothing_left.output
