"""What the service tells its operator about itself: a full disk, a faulty registry, a clock that jumped.

Each trouble is one alert of the rule `operator` without agency and year, opened once when it begins and
resolved when it ends; both are sent like every other change of the alert book.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from monitor.alerts.book import OPERATOR
from storage.database import live_alerts, save_transitions
from storage.database.connection import writing
from storage.database.service import has_live_trouble
from storage.faults import LANGUAGES
from storage.records import Alert, AlertState, Transition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from storage.database import Database

DISK, REGISTRY, CLOCK, CLOCK_BACK, WAL, DAMAGE = "disk", "registry", "clock", "clock_back", "wal", "damage"
BUSY, CLOCK_PORTAL, NO_LOOK = "crawl_busy", "clock_portal", "clock_look"

NO_REGISTRY = "no_registry"
"""Other words for REGISTRY."""

TEXTS: Mapping[str, tuple[str, str]] = {
    DISK: (
        "磁盘空间不足：{free} MiB 可用，低于 {least} MiB；采集暂停，腾出空间后自动恢复",
        "the disk is nearly full: {free} MiB free, {least} MiB are needed; no crawl starts until there is room again",
    ),
    REGISTRY: (
        "名录有错误，仍按上一份无误的名录巡查；请运行 nianbao registry check。{fault}",
        "the registry is faulty, the last good one is used: run `nianbao registry check`. {fault}",
    ),
    NO_REGISTRY: (
        "名录有错误，也没有此前无误的名录可用，巡查暂停；请运行 nianbao registry check。{fault}",
        "the registry is faulty, no earlier one is there, nothing is watched: run `nianbao registry check`. {fault}",
    ),
    CLOCK: (
        "系统时钟与各网站的时钟相差约 {minutes} 分钟，暂停判断；请校正时间（NTP）",
        "our clock and the portals' are about {minutes} minutes apart, nothing is judged: set the clock (NTP)",
    ),
    CLOCK_BACK: (
        "系统时钟早于上次判断的时间（{last}），暂停判断；如现在的时间无误，请运行一次 nianbao check",
        "the clock stands before the last verdicts ({last}); nothing is judged: if it is right, run `nianbao check`",
    ),
    CLOCK_PORTAL: (
        (
            "系统时钟与网站的时钟相差约 {minutes} 分钟，而可供比对的网站不足三个，分不清谁错，暂停判断；"
            "请核对时间（NTP）：本机有误请校正，本机无误请确认（nianbao alerts ack）本告警，即恢复判断"
        ),
        (
            "our clock and a portal's are about {minutes} minutes apart, and too few portals speak to tell which is "
            "wrong; nothing is judged: set our clock (NTP), or acknowledge this alert (alerts ack) if it is right"
        ),
    ),
    NO_LOOK: (
        (
            "系统时钟跳变或停机之后，已超过六小时没有完成新的检索，一直暂停判断；"
            "请查看采集为何不能完成（data/runs 下的日志）"
        ),
        (
            "since a jump of the clock or a standstill no fresh look has ended for six hours, and nothing is judged: "
            "see why crawls do not end (the logs in data/runs)"
        ),
    ),
    BUSY: (
        (
            "另一个采集进程占用 data/runs 已超过 {hours} 小时，其间有 {due} 个机关应检索而未检索；"
            "请查看它是否卡住（如手工运行的 nianbao crawl），必要时结束它"
        ),
        (
            "another crawl has held data/runs for more than {hours} hours while {due} agencies are due: see whether it "
            "hangs (a `nianbao crawl` by hand?), and end it if so"
        ),
    ),
    WAL: (
        "数据库的预写日志（-wal 文件）已有 {mib} MiB，超过 1 GiB：可能有程序长时间占用数据库",
        "the database's write-ahead log has {mib} MiB, more than 1 GiB: something keeps the database open for long",
    ),
    DAMAGE: (
        "数据库完整性检查发现损坏，请尽快从备份恢复：{found}",
        "the database is damaged: restore it from a backup: {found}",
    ),
    "ended": ("已恢复正常", "it is over"),
}
"""Trouble → Chinese and English."""


@dataclass(slots=True)
class Troubles:
    """The troubles that are going on, as this process knows them; `guard` is called in every transaction."""

    language: str
    guard: Callable[[Database], None]
    ongoing: set[str] = field(default_factory=set)

    def tell(self, db: Database, subject: str, now: datetime, *, text: str = "", **values: object) -> None:
        """Open the trouble's alert where it has just begun; `text` names other words for it than the subject's."""
        if subject in self.ongoing:
            return
        with writing(db):
            self.guard(db)
            if not has_live_trouble(db, subject):
                words = TEXTS[text or subject][LANGUAGES.index(self.language)].format(**values)
                key = secrets.token_hex(6)
                alert = Alert(key, None, None, OPERATOR, subject, AlertState.OPEN, now, words)
                save_transitions(db, ((alert, Transition(key, now, None, AlertState.OPEN, words)),))
        self.ongoing.add(subject)

    def end(self, db: Database, subject: str, now: datetime) -> None:
        """Resolve the trouble's alert, also one that an earlier process opened."""
        self.ongoing.discard(subject)
        if not has_live_trouble(db, subject):
            return
        reason = TEXTS["ended"][LANGUAGES.index(self.language)]
        with writing(db):
            self.guard(db)
            save_transitions(
                db,
                tuple(
                    (
                        replace(alert, state=AlertState.RESOLVED),
                        Transition(alert.id, now, alert.state, AlertState.RESOLVED, reason),
                    )
                    for alert in live_alerts(db)
                    if alert.rule == OPERATOR and alert.report_year is None and alert.subject == subject
                ),
            )
