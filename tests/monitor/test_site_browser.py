"""The pages in a real browser: Chinese is drawn, nothing is refused, asked from elsewhere or executed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.monitor.site_database import NAME, site_database

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAGES = ("/agency/liuhe", "/nianbao/obligations", "/nianbao/search?q=公开")

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    database = site_database(tmp_path_factory.mktemp("site"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = f"from pathlib import Path; from monitor.site import serve; serve(Path({str(database)!r}), port={port})"
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port):
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing listens at port {port}")


def browse(tmp_path, *options):
    program = next(found for name in BROWSERS if (found := shutil.which(name)))
    command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1280,1400", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_drawn_without_a_word_on_the_console(tmp_path, address, page):
    done = browse(tmp_path, "--dump-dom", f"{address}{page}")

    assert "政府信息公开工作年度报告监测" in done.stdout
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []


def test_the_home_page_is_a_picture_with_chinese_in_it(tmp_path, address):
    picture = tmp_path / "home.png"

    done = browse(tmp_path, f"--screenshot={picture}", "--dump-dom", f"{address}/")

    assert picture.read_bytes().startswith(b"\x89PNG")
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []
    assert NAME in done.stdout
    assert _fonts_for_chinese()


def _fonts_for_chinese():
    listing = shutil.which("fc-list")
    return listing is None or subprocess.run([listing, ":lang=zh-cn"], capture_output=True, check=True).stdout
