"""A small watched world whose every stage is kept as a folder, so that a kill costs only the stage it hits.

One portal on loopback, two days of it, and a receiver in a process of its own that acknowledges messages and
writes them down: what it wrote is the oracle. `World` prepares the stages by the real command line and
says of any folder what its database holds and whether all of it is sound.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple, Self

from crawler.simulator.families.fake import article_page
from crawler.simulator.families.holding import Entry
from crawler.simulator.made_up import made_up_report
from crawler.simulator.mistakes import MISTAKES
from crawler.simulator.portals import UTF8, Look
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from storage.captures import Captures
from storage.records import SHANGHAI
from tests.forked import Calls
from tests.kill_points import MARK, SIGNAL, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.forked import Ended
    from tests.kill_points import Point

FIRST_DAY = datetime(2025, 2, 3, 9, tzinfo=SHANGHAI)
SECOND_DAY = FIRST_DAY + timedelta(days=1)
LATER = timedelta(minutes=10)
"""How long after a kill an act is run again: no lease lasts so long."""

REPEATED = "可能重复"
CHANNELS = ("first", "second")
COPIES = "copies"
"""The folder of backups in a world's folder."""

_PLACE = "澄湖县"
_NAMES = {
    "finance": "财政局",
    "civil": "民政局",
    "water": "水利局",
    "grain": "粮食局",
    "education": "教育局",
    "health": "卫生健康局",
}
_PUBLISHED = {
    "finance": date(2025, 1, 20),
    "civil": date(2025, 1, 21),
    "water": date(2025, 2, 2),
    "education": date(2025, 2, 4),
    "health": date(2025, 1, 22),
}
"""When each published its report of the watched year; `grain` never did."""

_LOOK = Look(f"{_PLACE}人民政府", "9901230001", (Link("首页", "/"), Link("年报", "/nb/")))
_CONFIGURATION = """[crawl]
delay = 0
browser = "never"
allow_private_hosts = true
[watch]
confirm_after_hours = 20
"""


class Message(NamedTuple):
    """One message that the receiver took: through which channel, and its text."""

    channel: str
    text: str


@dataclass(slots=True)
class Hurt:
    """A folder in which an act is killed again and again. `since`: how many messages there were before; as many as
    `repeats` of them may have come once more."""

    place: Path
    stage: str
    since: int
    repeats: int = 0
    runs: int = 0

    def now(self) -> datetime:
        """The instant of the next run."""
        self.runs += 1
        return SECOND_DAY + self.runs * LATER


class World:
    """The portal, the receiver, the process that forks, and a folder for every stage; ended by leaving `with`.

    `expected` is what the receiver took on the second day without kills, `truth` what the database said then,
    `seconds` how long each act took; `killed` counts the kills at random times that met an act alive.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()
        self._number = 0
        self.killed = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.calls = stack.enter_context(Calls())
            self.portal = stack.enter_context(PortalServer(_site(FIRST_DAY.date())))
            self._log = self.folder / "messages.jsonl"
            self._receiver = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("kill_receiver.py")), str(self._log)],
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.callback(self._end_receiver)
            port = int(self._receiver.stdout.readline())
            self._write_files(self.folder / "start", port)
            self.prepare()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def prepare(self) -> None:
        """The first day, then every stage of the second with its folder, and what the end of it looks like."""
        place = self.copy("start")
        for stage in STAGES:
            self.run(place, stage, FIRST_DAY)
        self.told_before = len(self.messages())
        self.portal.site = _site(SECOND_DAY.date())
        self._keep(place, "crawl")
        ended = self.run(
            place, "crawl", SECOND_DAY, point="run whole, not ingested", environment={MARK: str(place / "killed")}
        )
        self.seconds = {"crawl": ended.seconds}
        self._keep(place, "ingest")
        for stage, following in pairwise((*STAGES[1:], "end")):
            self.seconds[stage] = self.run(place, stage, SECOND_DAY).seconds
            self._keep(place, following)
        self.expected = self.messages()[self.told_before :]
        self.truth = self.state(self.folder / "end" / "data")

    def copy(self, stage: str) -> Path:
        """A fresh copy of the folder of a stage."""
        self._number += 1
        place = self.folder / f"try{self._number}"
        shutil.copytree(self.folder / stage, place)
        return place

    def killed_at(self, points: Sequence[Point]) -> list[str]:
        """Kill an act at these points of its one after the other, on as few folders as will do, and run the chain to
        its end each time: what is wrong then, nothing where all is well.

        Where a kill before has moved the folder beyond a point, that point is met on a fresh one.
        """
        found: list[str] = []
        hurt: Hurt | None = None
        for point in points:
            if hurt is not None and self._is_killed(hurt, point, found):
                continue
            if hurt is not None:
                found += self.wrong(hurt)
            hurt = self.hurt(point.stage)
            if not self._is_killed(hurt, point, found):
                found.append(f"{point.name}: never reached")
        return found if hurt is None else found + self.wrong(hurt)

    def killed_after(self, stage: str, seconds: Sequence[float]) -> list[str]:
        """The same for an act that is killed again and again, each time after so many seconds, wherever it may be."""
        found: list[str] = []
        hurt = self.hurt(stage)
        for after in seconds:
            ended = self.run(hurt.place, stage, hurt.now(), after=after)
            found += _left_behind(ended)
            self.killed += ended.is_killed
            hurt.repeats += stage == "notify"
        return found + self.wrong(hurt)

    def stopped_at(self, point: Point) -> list[str]:
        """Stop a sender at the point (SIGSTOP) for longer than its lease lasts, let another one send, then let the
        first go on: what is wrong in the end.

        The other one shares the database alone, as if it ran on another machine.
        """
        hurt = self.hurt(point.stage)
        mark = hurt.place / "killed"
        options = {"point": point.name, "environment": {MARK: str(mark), SIGNAL: "SIGSTOP"}}
        first = threading.Thread(target=self.run, args=(hurt.place, point.stage, hurt.now()), kwargs=options)
        first.start()
        while not (mark.exists() and mark.read_text()):
            time.sleep(0.02)
        other = hurt.place.with_name(hurt.place.name + "-other")
        shutil.copytree(hurt.place, other, ignore=shutil.ignore_patterns("data"))
        (other / "data").mkdir()
        for name in ("nianbao.db", "captures", "runs"):
            (other / "data" / name).symlink_to(hurt.place / "data" / name)
        with Calls() as calls:
            second = calls("--config", other / "nianbao.toml", "--now", hurt.now().isoformat(), *_VERBS[point.stage])
        os.kill(int(mark.read_text()), signal.SIGCONT)
        first.join()
        hurt.repeats += point.may_repeat
        found = [f"the second ended with {second.code}: {second.error}"] if second.code else []
        return found + self.wrong(hurt)

    def hurt(self, stage: str) -> Hurt:
        """A fresh folder for an act that will be killed."""
        return Hurt(self.copy(stage), stage, len(self.messages()))

    def wrong(self, hurt: Hurt) -> list[str]:
        """Run the chain on without kills: what is wrong in the end."""
        for stage in STAGES[STAGES.index(hurt.stage) :]:
            self.run(hurt.place, stage, hurt.now())
        found = self.faults(hurt.place) + self.told_wrongly(hurt.since, hurt.repeats)
        state = self.state(hurt.place / "data")
        found += [f"{name} differ from a day without kills" for name in self.truth if state[name] != self.truth[name]]
        if hurt.stage == "backup":
            found += self._wrong_copy(hurt)
        if not found:
            shutil.rmtree(hurt.place)
        return found

    def _wrong_copy(self, hurt: Hurt) -> list[str]:
        """What is wrong with the latest backup of a folder, once it is brought back."""
        restored = hurt.place / "restored"
        ended = self.nianbao(hurt.place, hurt.now(), "restore", COPIES, "--to", restored)
        if ended.code:
            return [f"the backup cannot be brought back: {ended.error}"]
        state, before = self.state(restored), self.state(self.folder / "notify" / "data")
        return [f"{name} differ in the backup" for name in before if state[name] != before[name]]

    def _is_killed(self, hurt: Hurt, point: Point, found: list[str]) -> bool:
        """Run the point's act until it is killed there; False where it is never reached."""
        mark = hurt.place / "killed"
        mark.unlink(missing_ok=True)
        ended = self.run(hurt.place, point.stage, hurt.now(), point=point.name, environment={MARK: str(mark)})
        found += _left_behind(ended)
        hurt.repeats += point.may_repeat
        return mark.exists()

    def run(self, place: Path, stage: str, now: datetime, **options: object) -> Ended:
        """One act by the real command line; RuntimeError where it neither ends well nor was to be hurt."""
        ended = self.nianbao(place, now, *_VERBS[stage], **options)
        is_hurt = bool({"point", "after"} & options.keys())
        if ended.code and not is_hurt:
            raise RuntimeError(f"{stage} ended with {ended.code}: {ended.output}\n{ended.error}")
        return ended

    def nianbao(self, place: Path, now: datetime, *verb: object, **options: object) -> Ended:
        """Any verb on that folder at that instant."""
        words = [str(place / word) if word == COPIES else word for word in verb]
        return self.calls("--config", place / "nianbao.toml", "--now", now.isoformat(), *words, **options)

    def messages(self) -> list[Message]:
        """All that the receiver took, in the order of arrival."""
        if not self._log.exists():
            return []
        return [Message(*json.loads(line)) for line in self._log.read_text(encoding="utf-8").splitlines()]

    def state(self, data: Path) -> dict[str, list[str]]:
        """What the database says in the end, without the times at which it came to say so."""
        with closing(sqlite3.connect(data / "nianbao.db")) as conn:
            return {name: sorted(map(repr, conn.execute(query).fetchall())) for name, query in _STATE.items()}

    def faults(self, place: Path) -> list[str]:
        """Everything that is unsound in a folder: the database's own check, archived bytes, reports of the portal."""
        found = []
        with closing(sqlite3.connect(place / "data" / "nianbao.db")) as conn:
            found += [f"integrity: {row[0]}" for row in conn.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"foreign key: {row}" for row in conn.execute("PRAGMA foreign_key_check")]
            digests = {row[0] for row in conn.execute("SELECT digest FROM captures")}
            archived = set(conn.execute("SELECT agency, report_year, digest FROM reports").fetchall())
            found += [f"not settled: {row}" for row in conn.execute("SELECT transition FROM outbox")]
        parts = [*(place / "data" / "runs").glob("*.part"), *(place / COPIES).glob("*.part")]
        found += [f"left behind: {path.name}" for path in parts]
        captures = Captures(place / "data" / "captures")
        for digest in digests:
            captures.get(digest)
        for agency, year, body in _published_reports(SECOND_DAY.date()):
            if (agency, year, hashlib.sha256(body).hexdigest()) not in archived:
                found.append(f"lost report: {agency} {year}")
        return found

    def told_wrongly(self, since: int, repeats: int) -> list[str]:
        """What was told less or more than once since so many messages; a repetition must say that it may be one."""
        found = []
        messages = self.messages()[since:]
        for channel in CHANNELS:
            expected = [message.text for message in self.expected if message.channel == channel]
            told = [message.text for message in messages if message.channel == channel]
            if len(told) > len(expected) + repeats:
                found.append(f"{channel}: {len(told)} messages instead of {len(expected)}")
            found += [f"{channel}: repeated unmarked" for text in told[len(expected) :] if REPEATED not in text]
            for agency in (_PLACE + name for name in _NAMES.values()):
                count, wanted = (sum(agency in text for text in texts) for texts in (told, expected))
                if count < wanted:
                    found.append(f"{channel}: what concerns {agency} was lost")
                if count > wanted + repeats:
                    found.append(f"{channel}: {agency} told {count} times instead of {wanted}")
        return found

    def _keep(self, place: Path, stage: str) -> None:
        shutil.copytree(place, self.folder / stage)

    def _end_receiver(self) -> None:
        self._receiver.terminate()
        self._receiver.wait()
        self._receiver.stdout.close()

    def _write_files(self, place: Path, port: int) -> None:
        registry = place / "registry"
        registry.mkdir(parents=True)
        channels = "".join(f'[[notify]]\nurl = "json://127.0.0.1:{port}/{name}"\n' for name in CHANNELS)
        (place / "nianbao.toml").write_text(_CONFIGURATION + channels, encoding="utf-8")
        rows = [f"{key},{_PLACE}{name},local_department,990123,town" for key, name in _NAMES.items()]
        table = "\n".join(["id,name,kind,region,portal", *rows, ""])
        (registry / "agencies.csv").write_text(table, encoding="utf-8")
        base = self.portal.base_url
        (registry / "portals.toml").write_text(
            f'[town]\nname = "{_PLACE}人民政府"\nbase_url = "{base}"\ncolumns = ["{base}nb/"]\n', encoding="utf-8"
        )


_VERBS = {
    "crawl": ("crawl", "--portal", "town"),
    "ingest": ("ingest",),
    "check": ("check",),
    "backup": ("backup", COPIES),
    "notify": ("notify",),
}

_STATE = {
    "obligations": "SELECT agency, report_year, due, status, published_on, days_late, proof, content, errors, "
    "warnings, url, reason FROM obligations",
    "findings": "SELECT agency, report_year, rule, severity, place FROM findings",
    "reports": "SELECT agency, report_year, form, title, url, digest, published_on, content FROM reports",
    "versions": "SELECT agency, report_year, url, digest, is_current, reason, readable FROM report_versions",
    "facts": "SELECT v.agency, v.report_year, v.digest, f.cell, f.value, f.text, f.reading "
    "FROM facts AS f JOIN report_versions AS v ON v.id = f.report",
    "sections": "SELECT v.agency, v.report_year, v.digest, s.number, s.heading, s.text "
    "FROM sections AS s JOIN report_versions AS v ON v.id = s.report",
    "captures": "SELECT url, digest, status, media_type, size FROM captures",
    "candidates": "SELECT url, title, listed_on, agency, report_year FROM candidates",
    "alerts": "SELECT agency, report_year, rule, subject, state, sent_at IS NULL FROM alerts",
    "transitions": "SELECT a.agency, a.rule, t.from_state, t.to_state FROM transitions AS t "
    "JOIN alerts AS a ON a.id = t.alert",
    "outbox": "SELECT count(*) FROM outbox",
}


def _left_behind(ended: Ended) -> list[str]:
    return [f"{ended.orphans} processes were left behind"] if ended.orphans else []


def _entries(day: date) -> Iterable[tuple[str, Entry]]:
    number = 100
    for key, name in _NAMES.items():
        agency = _PLACE + name
        random = Random(key)
        before = made_up_report(random, year=2023, agency=agency, activity=0.2, published_on=date(2024, 1, 20))
        number += 1
        yield key, Entry(number, before.title, before.published_on, agency, 2023, before)
        published = _PUBLISHED.get(key)
        number += 1
        if published is None or published > day:
            continue
        report = made_up_report(random, year=2024, agency=agency, activity=0.2, previous=before, published_on=published)
        if key == "civil" and day == FIRST_DAY.date():
            yield (
                key,
                Entry(number, report.title, published, agency, 2024, MISTAKES["wrong_row_total"].make(report, random)),
            )
            continue
        # What was corrected stands at another address.
        yield key, Entry(number + 100 * (key == "civil"), report.title, published, agency, 2024, report)


def _site(day: date) -> Site:
    """The portal on that day."""
    entries = sorted((entry for _, entry in _entries(day)), key=lambda entry: entry.day, reverse=True)
    rows = "".join(
        f'<li><a href="/nb/a{entry.number}.html">{entry.title}</a><span>{entry.day}</span></li>' for entry in entries
    )
    return Site(
        {
            "/": _page("澄湖县人民政府", '<a href="/nb/">政府信息公开年报</a>'),
            "/nb/": _page(
                "政府信息公开年报", f'<ul>{rows}</ul><script>createPageHTML(1, 0, "index", "html");</script>'
            ),
            **{f"/nb/a{entry.number}.html": article_page(_LOOK, entry) for entry in entries},
        },
        ("/nb/",),
    )


def _published_reports(day: date) -> Iterable[tuple[str, int, bytes]]:
    """Agency, year and bytes of every report that is on the portal on that day."""
    for key, entry in _entries(day):
        yield key, entry.report_year or 0, article_page(_LOOK, entry).body


def _page(title: str, body: str) -> Page:
    text = f'<html><head><title>{title}</title></head><body><div class="main">{body}</div></body></html>'
    return Page(text.encode(), UTF8)
