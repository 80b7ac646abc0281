"""What a person is told of messages that were not taken: what it is, and what to do next."""

from __future__ import annotations

import logging

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.notices.delivery import NOT_POSTED
from monitor.notices.outcomes import OUTCOMES, advice_text, outcome_of, outcome_text
from monitor.notices.receivers import ANY, WECOM, read_answer
from tests.loopback import serving
from tests.monitor.stub_receivers import Webhook
from tests.monitor.telling import NOW, opened, opened_database

SAID = [
    ("rate_limit", "rate_limit"),
    ("环境变量没有设置：HOOK", "variable_unset"),
    ("environment variables not set: HOOK", "variable_unset"),
    ("no answer within 30 seconds; the message may have arrived", "maybe_arrived"),
    ("the sender ended before the receiver's word; the message may have arrived", "maybe_arrived"),
    ("ConnectionResetError after the message had begun to leave", "maybe_arrived"),
    (read_answer(ANY, 504, {}, b"").said, "maybe_arrived"),
    (read_answer(ANY, 401, {}, b"").said, "login_refused"),
    ("SMTP 535 at login", "login_refused"),
    (read_answer(ANY, 404, {}, b"").said, "address_gone"),
    (read_answer(ANY, 429, {}, b"").said, "too_many"),
    (read_answer(ANY, 500, {}, b"").said, "receiver_broken"),
    (read_answer(ANY, 302, {}, b"").said, "moved"),
    (read_answer(ANY, 200, {}, b"<!doctype html>").said, "page_for_answer"),
    (read_answer(WECOM, 200, {}, b"{}").said, "page_for_answer"),
    (read_answer(WECOM, 200, {}, b'{"errcode": 93000, "errmsg": "invalid webhook url"}').said, "robot_refused"),
    (read_answer(ANY, 200, {}, b'{"ok": false}').said, "robot_refused"),
    ("SMTP 550 at 1 of 2 recipients", "mail_refused"),
    ("SSLError SSLCertVerificationError", "certificate"),
    ("ConnectionError NewConnectionError", "unreachable"),
    ("ConnectTimeout", "unreachable"),
    ("no answer within 60 seconds", "unreachable"),
    ("not an address that Apprise knows", "unknown_address"),
    (NOT_POSTED, "not_posted"),
    ("a fault of this program: KeyError at x.py:1", "own_fault"),
    ("delivery ended with 1: MemoryError", "other"),
]


@pytest.mark.parametrize(("said", "name"), SAID)
def test_what_was_said_is_known_by_its_kind(said, name):
    assert outcome_of(said).name == name


def test_every_outcome_has_words_and_advice_in_both_languages_and_a_name_of_its_own():
    assert len({advice.name for advice in OUTCOMES}) == len(OUTCOMES)
    assert [advice.name for advice in OUTCOMES if not all(advice.todo)] == []
    assert outcome_text("HTTP 404", "zh") == "该地址已不存在（HTTP 404）"
    assert outcome_text("HTTP 404", "en") == "there is nothing at that address any more (HTTP 404)"
    assert advice_text("HTTP 404", "zh").endswith("更正后运行 nianbao notify --retry-dead")


def test_at_the_terminal_a_refusal_is_told_in_chinese_alone_with_what_to_do(tmp_path, monkeypatch):
    # As in a terminal: nobody has set up a log.
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    db = opened_database(tmp_path)
    opened(db)
    db.close()
    path = tmp_path / "nianbao.toml"
    with serving(Webhook("forbidden")) as hook:
        path.write_text(f'[[notify]]\nurl = "{hook.url()}"\n[[notify]]\nurl = "json://${{UNSET_HOOK}}/"\n')

        result = CliRunner().invoke(main, ["--config", str(path), "--now", NOW.isoformat(), "notify"])

    lines = result.stderr.splitlines()
    assert result.exit_code == 1
    assert "did not take" not in result.output
    assert [line.partition(": ")[2] for line in lines if not line.startswith("  ")][:1] == [
        "未送达 1 条变更：接收方不认密钥或密码（HTTP 403）"
    ]
    assert lines[1].startswith("  → 在接收方核对或重新生成密钥")
    assert any("环境变量没有设置：UNSET_HOOK" in line for line in lines)
    assert any(line.startswith("  → 设置该环境变量") for line in lines)
