"""Addresses hold keys: nothing of one is ever written down, however delivery fails."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from storage.database import delivery_figures, open_database
from tests.loopback import serving
from tests.monitor.stub_receivers import MailServer, Webhook
from tests.monitor.telling import opened, opened_database

PLANTED = "Xq7Planted9SecretKey"
MAILBOX = "geheimespostfach"

CONFIGURATION = """
[crawl]
contact = "mailto:ops@example.org"
"""


def notify(folder, environ):
    command = [sys.executable, "-m", "monitor.cli", "-v", "--config", str(folder / "nianbao.toml"), "notify"]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environ})


def everything(folder):
    """Every byte that lies in the folder, but for the configuration."""
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "nianbao.toml")


FAILURES = ("failure_in_200", "page_in_200", "half_an_answer", "broken", "forbidden", "reset")


def test_a_planted_secret_reaches_its_receiver_and_nothing_else(tmp_path):
    db = opened_database(tmp_path)
    opened(db)
    db.close()
    hooks = [Webhook(behaviour) for behaviour in FAILURES]
    with serving(MailServer()) as server:
        server.refuses = {f"RCPT:{MAILBOX}": f"550 <{MAILBOX}@example.org> unknown {PLANTED}"}
        own = [
            *(f"json://user:${{HOOK_KEY}}@127.0.0.1:{hook.server_port}/x/${{HOOK_KEY}}" for hook in hooks),
            f"mailto://127.0.0.1:{server.port}/?from=watch@example.org&to={MAILBOX}@example.org",
            f"nosuch://{PLANTED}",
            "json://${MISSPELT}/",
            f"mailto://user:{PLANTED}@127.0.0.1:1/?from=watch@example.org&to={MAILBOX}@example.org",
            f"dingtalk://{PLANTED}!/",
        ]
        sections = "".join(f'[[notify]]\nurl = "{url}"\n' for url in own)
        (tmp_path / "nianbao.toml").write_text(CONFIGURATION + sections)
        for hook in hooks:
            hook.stack = serving(hook)
            hook.stack.__enter__()
        try:
            done = notify(tmp_path, {"HOOK_KEY": PLANTED})
        finally:
            for hook in hooks:
                hook.stack.__exit__(None, None, None)

    said = done.stdout + done.stderr
    kept = everything(tmp_path)
    assert (done.returncode, len(said.splitlines()) > len(own)) == (1, True)
    assert "MISSPELT" in said
    assert ["[a1]" in hook.messages[0]["message"] for hook in hooks] == [True] * len(hooks)
    for secret in (PLANTED, MAILBOX):
        assert secret not in said
        assert secret.encode() not in kept
    with_states = open_database(tmp_path / "data" / "nianbao.db")
    assert len(delivery_figures(with_states).channels) == len(own)
    with_states.close()


@pytest.mark.parametrize("url", ["${HOOK_KEY", "${HOOK-KEY}", "json://${}/"])
def test_a_variable_that_is_written_wrongly_is_a_fault_of_the_settings(tmp_path, url):
    (tmp_path / "nianbao.toml").write_text(f'[[notify]]\nurl = "{url}"\n')

    done = notify(tmp_path, {})

    assert (done.returncode, "notify.url" in done.stderr, url in done.stderr) == (2, True, False)
