"""A service in a process of its own, on a small registry, with what it says as JSON lines."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

from storage.database import open_reader
from storage.database.acts import load_acts

PATIENCE = 60.0
"""Seconds that anything may take on a machine that is busy with other things."""

SETTINGS = """\
[crawl]
allow_private_hosts = true
delay = 0.0
[service]
log = "json"
lease = "1s"
every = {{ scan = "300ms", ingest = "300ms", check = "300ms", notify = "300ms", upkeep = "300ms" }}
{more}
"""

AGENCY = "id,name,kind,region,portal,column_url,aliases,parent,active_from,active_to,due,due_basis\n"
ROW = "a{0},测试{0}局,local_department,370784,p,,,,,,,\n"


def write_folder(folder: Path, *, agencies: int = 0, port: int = 9, more: str = "") -> Path:
    """A configuration and a registry below `folder`; the path of the configuration."""
    (folder / "registry").mkdir(parents=True)
    rows = "".join(ROW.format(number) for number in range(agencies))
    (folder / "registry" / "agencies.csv").write_text(AGENCY + rows, encoding="utf-8")
    portal = f'[p]\nname = "测试"\nbase_url = "http://127.0.0.1:{port}/"\ncolumns = ["http://127.0.0.1:{port}/l/"]\n'
    (folder / "registry" / "portals.toml").write_text(portal, encoding="utf-8")
    path = folder / "nianbao.toml"
    path.write_text(SETTINGS.format(more=more), encoding="utf-8")
    return path


class Service:
    """`nianbao run` as a process."""

    def __init__(self, config: Path, *options: str, env: dict[str, str] | None = None) -> None:
        command = [sys.executable, "-m", "monitor.cli", "--config", str(config), "run", *(options or ("--no-site",))]
        self.config = config
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=os.environ | (env or {})
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        self.lines.extend(self.process.stderr)

    @property
    def said(self) -> list[dict]:
        """Every line of its log; what is no JSON fails."""
        return [json.loads(line) for line in tuple(self.lines)]

    def says(self, **fields: str) -> bool:
        """Is there a line with these fields? Of `message` a part is enough."""
        message = fields.pop("message", "")
        return any(
            message in line["message"] and all(line.get(name) == value for name, value in fields.items())
            for line in self.said
        )

    def wait_for(self, **fields: str) -> None:
        """Until it has said so."""
        wait_until(lambda: self.says(**fields), lambda: "".join(self.lines[-20:]))

    def send(self, number: int) -> None:
        """A signal for this process alone."""
        os.kill(self.process.pid, number)

    def end(self) -> int:
        """Its exit code after SIGTERM."""
        if self.process.poll() is None:
            self.send(signal.SIGCONT)
            self.send(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self._reader.join(PATIENCE)
            self.process.stderr.close()


@contextmanager
def running(config: Path, *options: str, env: dict[str, str] | None = None):
    """A service that has ended afterwards."""
    service = Service(config, *options, env=env)
    try:
        yield service
    finally:
        service.end()


def acts_of(config: Path) -> dict:
    """What the service noted."""
    with closing(open_reader(config.parent / "data" / "nianbao.db")) as db:
        return load_acts(db)


def wait_until(is_so, what=lambda: "") -> None:
    """Until something is so; fails with `what` after PATIENCE."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until, what()
        time.sleep(0.05)


@contextmanager
def silent_portal():
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        taken: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    taken.append(listening.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1], taken
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)
            for connection in taken:
                connection.close()


def children_of(pid: int) -> dict[int, str]:
    """Process → its command line, of all that descend from `pid`."""
    parents, lines = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
            lines[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    found: set[int] = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {child: lines[child] for child in found - {pid}}


def is_alive(pid: int) -> bool:
    """Is there a process, other than one that has ended and waits to be fetched?"""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
