"""The fake portals can be listed and looked at: every one of them, by its key."""

from __future__ import annotations

import signal
import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from crawler.simulator.families import FAKES
from monitor.cli import main
from monitor.demo import built_portal, portal_rows


def test_every_fake_and_every_quirk_of_it_has_a_row_that_can_be_served():
    rows = list(portal_rows())

    assert len(rows) == sum(1 + len(fake.quirks) for fake in FAKES)
    assert len({row.key for row in rows}) == len(rows)
    assert {row.family for row in rows} == {fake.family for fake in FAKES}
    assert built_portal(rows[-1].key).site.pages


def test_the_list_shows_key_and_expected_outcome():
    lines = CliRunner().invoke(main, ["demo", "--portals"]).output.splitlines()

    (line,) = (line for line in lines if line.startswith("trs+stub_page"))
    assert line.split()[-1] == "不完整"
    assert sum(line.startswith(("trs ", "channel ")) for line in lines) == 2


@pytest.mark.parametrize("asked", ["nobody", "trs+nothing", "+"])
def test_a_portal_that_there_is_not_is_bad_usage(asked):
    result = CliRunner().invoke(main, ["demo", "--portals", asked])

    assert result.exit_code == 2
    assert f"没有模拟网站 {asked}" in result.output


def test_a_fake_is_served_until_it_is_interrupted():
    command = [sys.executable, "-m", "monitor.cli", "demo", "--portals", "trs+stub_page"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=None) as child:
        try:
            told = child.stdout.readline()
            url = urlsplit(told.split("：", 1)[1].split()[0])
            connection = HTTPConnection(url.hostname, url.port, timeout=20)
            connection.request("GET", "/zfxxgk/zfxxgknb/")
            answer = connection.getresponse()
            assert (url.hostname, answer.status) == ("127.0.0.1", 200)
            assert "政府信息公开工作年度报告" in answer.read().decode()
            connection.close()
        finally:
            child.send_signal(signal.SIGINT)
        assert child.wait(20) == 0
