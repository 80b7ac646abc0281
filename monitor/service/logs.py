"""The service's log: lines for people or JSON for programs, and no secret in either.

A record may carry `act`, `portal`, `agency`, `outcome`, `seconds` and `error` as extras; in JSON each is a
field of its own.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import datetime
from typing import TYPE_CHECKING

from storage.records import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterable

FIELDS = ("act", "portal", "agency", "outcome", "seconds", "error")
HIDDEN = "***"
SHORTEST_SECRET = 5
"""Shorter values of variables are words like `true`; hiding them would garble the log and protect nothing."""

_NAMED = re.compile(
    r"(?i)\b((?:access_?)?token|key|sign(?:ature)?|secret|pass(?:word|wd)?|pwd|authorization|cookie)"
    r"(\"?\s*[=:]\s*\"?)(?:bearer\s+|basic\s+)?[^\s&\"'<>,;)]+"
)
_HOOK = re.compile(r"(?i)(/(?:hook|webhook|send|ping|robot)s?/)[^\s?&\"'<>]+")
_USER = re.compile(r"(?<=://)[^\s/@\"']+@")


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without what looks like a key, and without these very words."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    text = _USER.sub(f"{HIDDEN}@", text)
    text = _HOOK.sub(rf"\1{HIDDEN}", text)
    return _NAMED.sub(rf"\1\2{HIDDEN}", text)


class TextLines(logging.Formatter):
    """`time LEVEL logger message`, secrets hidden."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self.secrets = _longest_first(secrets)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """When, in Asia/Shanghai whatever the machine's zone is: due dates are."""
        return _when(record, datefmt)

    def format(self, record: logging.LogRecord) -> str:
        """One record, with its traceback where it has one."""
        return redacted(super().format(record), self.secrets)


class JsonLines(logging.Formatter):
    """One JSON object a record on one line, secrets hidden: time, level, logger, message, and what it carries."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self.secrets = _longest_first(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """One record; a traceback is the field `traceback`."""
        line: dict[str, object] = {
            "time": _when(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage(), self.secrets),
        }
        for name in FIELDS:
            value = getattr(record, name, None)
            if value is not None:
                line[name] = redacted(value, self.secrets) if isinstance(value, str) else value
        if record.exc_info:
            line["traceback"] = redacted(self.formatException(record.exc_info), self.secrets)
        return json.dumps(line, ensure_ascii=False, default=str)


def keep_log(form: str, secrets: Iterable[str] = ()) -> None:
    """Send everything from INFO on to standard error, as `text` or as `json`."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(secrets) if form == "json" else TextLines(secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    # A line each time a job starts, ends, or is still at work would bury everything else: the acts say more.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _when(record: logging.LogRecord, datefmt: str | None = None) -> str:
    at = datetime.fromtimestamp(record.created, SHANGHAI)
    return at.strftime(datefmt) if datefmt else at.isoformat(timespec="milliseconds")


def _longest_first(secrets: Iterable[str]) -> tuple[str, ...]:
    kept = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}
    return tuple(sorted(kept, key=len, reverse=True))
