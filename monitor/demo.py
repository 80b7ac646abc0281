"""The demo: sample portals on loopback, the real command line doing the whole job on them, and a look at the fakes."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crawler.simulator.demo_registry import write_demo_registry
from crawler.simulator.families import FAKES, Holding
from crawler.simulator.scenario import demo_scenario, running_portals
from crawler.simulator.server import PortalServer
from storage.configuration import load_configuration
from storage.errors import ConfigurationError, ReportsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from crawler.simulator.families import FakePortal
    from storage.records import Outcome

FOLDER = Path("demo-data")
HOST = "127.0.0.1"
PORTS_TRIED = 20
MARK = ".nianbao-demo"
"""Only a folder that bears this file is the demo's own, and is emptied when the demo starts anew."""

QUIRK_MARK = "+"
PLACE, SEED = "澄湖县", 7
_BEAT = 3600.0


class DemoError(ReportsError):
    """A step of the demo failed; what it printed says why."""


class PortalRow(NamedTuple):
    """A fake portal, or one of its quirks: `key` is what serves it, `outcome` what a scan must come to."""

    key: str
    family: str
    title: str
    outcome: Outcome
    needs_browser: bool


def run_demo(folder: Path, now: datetime, tell: Callable[[str], None], *, port: int | None) -> None:
    """Scan twice, check, print the year and the alerts; then serve the site from `port` on, None: end here.

    The reports are those on the year before `now`; the sample portals stay up as long as the site.
    `tell` prints a line.
    """
    scenario = demo_scenario(now)
    with running_portals(scenario) as portals:
        configuration = write_demo_registry(_emptied(folder), portals, scenario)
        tell("示例网站（只在本机）/ sample portals, on this machine only:")
        for plan in scenario.portals:
            tell(f"  {portals[plan.id].base_url}  {plan.name}")
        first, second = scenario.scans
        _nianbao(configuration, first, "crawl", tell=tell)
        _nianbao(configuration, second, "crawl", tell=tell)
        _nianbao(configuration, second, "check", tell=tell)
        _nianbao(configuration, second, "alerts", tell=tell)
        tell(f"\n{folder}/：数据库 data/nianbao.db，存档 data/captures/，名录 registry/")
        if port is not None:
            _serve(load_configuration(configuration).database, port, tell)


def portal_rows() -> Iterator[PortalRow]:
    """Every fake portal, each with its quirks behind it."""
    for fake in FAKES:
        yield PortalRow(fake.key, fake.family, fake.title, fake.outcome, fake.needs_browser)
        for quirk in fake.quirks:
            key = f"{fake.key}{QUIRK_MARK}{quirk.key}"
            yield PortalRow(key, fake.family, quirk.what, quirk.outcome, fake.needs_browser)


def built_portal(asked: str) -> FakePortal | None:
    """The portal that is asked for by key, with the quirks named behind it; None where there is none such."""
    key, *quirks = asked.split(QUIRK_MARK)
    fake = next((fake for fake in FAKES if fake.key == key), None)
    if fake is None or not {quirk.key for quirk in fake.quirks}.issuperset(quirks):
        return None
    return fake.build(Holding(PLACE, SEED), frozenset(quirks))


def serve_portal(portal: FakePortal, tell: Callable[[str], None]) -> None:
    """Serve a portal on loopback until the process is interrupted; `tell` is given where its pages are."""
    with PortalServer(portal.site) as server:
        tell(" ".join(server.base_url + path.removeprefix("/") for path in ("/", *portal.columns)))
        while True:
            threading.Event().wait(_BEAT)


def _serve(database: Path, first_port: int, tell: Callable[[str], None]) -> None:
    from monitor.site import serve  # noqa: PLC0415 - a demo that only prints needs no site

    port = _free_port(first_port)
    tell(f"\n查询网站 / the site: http://{HOST}:{port}/  （Ctrl-C 结束 / ends）")
    serve(database, HOST, port)


def _free_port(first: int) -> int:
    """The first port from `first` on that nobody listens at."""
    for port in range(first, first + PORTS_TRIED):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)):
                return port
    raise DemoError(f"{HOST}:{first}–{first + PORTS_TRIED - 1} 的端口都被占用 / every port is taken")


def _emptied(folder: Path) -> Path:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise ConfigurationError(f"{folder.absolute()} 不是演示留下的目录，请移走 / is not the demo's own folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
    return folder


def _nianbao(configuration: Path, now: datetime, *verb: str, tell: Callable[[str], None]) -> None:
    """One call of the command line, shown as a person would type it."""
    options = ["--config", str(configuration), "--now", now.isoformat()]
    tell(f"\n$ nianbao {' '.join([*options, *verb])}")
    sys.stdout.flush()
    done = subprocess.run([sys.executable, "-m", "monitor.cli", *options, *verb], check=False)  # noqa: S603 - our own program
    if done.returncode:
        raise DemoError(f"nianbao {' '.join(verb)} 没有成功 / failed: {done.returncode}")
