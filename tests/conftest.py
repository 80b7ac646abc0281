"""What every test may count on: no network but loopback, and a skip that says what is not here."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

# A shared machine may be slow at any moment; how long one example takes says nothing about the code.
settings.register_profile("nianbao", deadline=None)
settings.load_profile("nianbao")

ZONES = ("UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati")
"""What TZ says while a test marked `clock` runs: once each. A day apart, at the two ends."""

MISSING = {
    "shared": (not SHARED.is_dir(), "the project's papers are not beside this checkout"),
    "browser": (
        not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")),
        "no Chromium on this machine",
    ),
    "office": (not shutil.which("soffice"), "no LibreOffice on this machine"),
}
"""Marker → (is what it needs absent?, what the skip says)."""


LONGEST = (
    "test_kills",
    "test_returning",
    "test_watch_machine",
    "test_pdf_accuracy",
    "test_picture_accuracy",
    "test_metronome",
    "test_docx_accuracy",
    "test_families",
    "test_delivery_outcomes",
    "test_reading",
    "test_bad_database",
    "test_season",
    "test_long_runs",
    "test_demo",
    "test_guards",
)
"""Files that take longest: begun first, so that no process works alone on one of them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))
    for item in items:
        for marker, (is_absent, reason) in MISSING.items():
            if is_absent and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("clock"):
        metafunc.fixturenames.insert(0, "zone")
        metafunc.parametrize("zone", ZONES, indirect=True, scope="function")


@pytest.fixture
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The time zone of this process and its children while one test marked `clock` runs."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def _stay_on_loopback(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and address[0] != "localhost" and not ip_address(address[0]).is_loopback:
        raise PermissionError(f"a test tried to reach {address[0]}:{address[1]}; tests stay on loopback")


sys.addaudithook(_stay_on_loopback)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The project's papers and samples; ask for it only in tests marked `shared`."""
    return SHARED
