"""What the operator has set in `nianbao.toml`: checked whole, every fault named at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from storage.errors import ConfigurationError
from storage.faults import LANGUAGES, Faults, WrongValueError, shown, wording
from storage.notify_settings import PACE_READERS, Pace
from storage.operator_files import decode_utf8, note_unknown_keys, parse_toml, read_keys, read_operator_file
from storage.service_settings import SERVICE_READERS, ServiceSettings
from storage.value_readers import VARIABLE, flag, number_between, whole_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from storage.operator_files import TomlFile

DEFAULT_FILE = "nianbao.toml"
_SECTIONS = ("language", "paths", "crawl", "watch", "service", "notify")
EVENTS = ("missing", "late", "withdrawn", "malformed", "operator")
"""What a channel can be told about: the rules that open alerts, and what the operator must see to."""

MAX_DELAY = 3600
MAX_CONFIRM_HOURS = 8784
MAX_GRACE_DAYS = 366
MAX_REPEAT_DAYS = 366

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """How portals are visited. `delay` is seconds between two requests to one portal; `browser` is `auto`,
    `never` or an absolute path; `proxy` is empty where the office has none (it may hold a password)."""

    contact: str = "mailto:ops@example.org"
    delay: float = 2.0
    browser: str = "auto"
    allow_private_hosts: bool = False
    proxy: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How patient the verdicts are: hours between the two scans that confirm `missing`, days of grace.

    After `repeat_days` an open alert that nobody has taken note of is told again; 0: never.
    """

    confirm_after_hours: float = 20.0
    grace_days: int = 0
    repeat_days: int = 0


@dataclass(frozen=True, slots=True)
class Channel:
    """Someone to tell. `url` is as written, `${VAR}` unexpanded: see `channel_url`.

    `regions` are prefixes of region codes, or codes with their zeros (`region_prefix`); empty means everywhere.
    """

    url: str = field(repr=False)
    events: tuple[str, ...] = EVENTS
    regions: tuple[str, ...] = ()
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything `nianbao.toml` says; all paths are absolute."""

    path: Path
    data: Path
    registry: Path
    language: str = "zh"
    crawl: CrawlSettings = field(default_factory=CrawlSettings)
    watch: WatchSettings = field(default_factory=WatchSettings)
    service: ServiceSettings = field(default_factory=ServiceSettings)
    notify: tuple[Channel, ...] = ()

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "nianbao.db"

    @property
    def captures(self) -> Path:
        """The folder of archived bytes."""
        return self.data / "captures"

    @property
    def runs(self) -> Path:
        """The folder of run folders."""
        return self.data / "runs"


def load_configuration(path: Path) -> Configuration:
    """The configuration in a file; ConfigurationError names every fault with file, line and key."""
    path = path.absolute()
    faults = Faults(path)
    data = read_operator_file(path, faults)
    text = None if data is None else decode_utf8(data, faults)
    source = None if text is None else parse_toml(text, faults)
    if source is not None:
        language = source.values.get("language")
        faults.language = language if language in LANGUAGES else "zh"
        configuration = _configuration(source, faults)
        if not faults.found:
            return configuration
    in_order = sorted(faults.found, key=lambda fault: fault.line)
    raise ConfigurationError("\n".join(str(fault) for fault in in_order))


def channel_url(url: str, environ: Mapping[str, str], language: str = "zh") -> str:
    """A channel's address with every `${VAR}` replaced; ConfigurationError names the variables that are not set."""
    absent = sorted({name for name in VARIABLE.findall(url) if not environ.get(name)})
    if absent:
        raise ConfigurationError(wording("variable_absent", language, ", ".join(absent)))
    return VARIABLE.sub(lambda match: environ[match[1]], url)


def _configuration(source: TomlFile, faults: Faults) -> Configuration:
    folder = faults.path.parent

    def own_path(value: object) -> Path:
        return _placed(folder, _text(value))

    def browser(value: object) -> str:
        text = _text(value)
        if text in {"auto", "never"}:
            return text
        program = _placed(folder, text)
        if "/" not in text or not program.is_file():
            raise WrongValueError("browser", shown(value))
        return str(program)

    values = source.values
    note_unknown_keys(source, (), _SECTIONS, faults)
    language = faults.read(source.line("language"), "language", _language, values.get("language", "zh"))
    paths = {"data": folder / "data", "registry": folder / "registry"}
    paths |= _table(source, "paths", {"data": own_path, "registry": own_path}, faults)
    crawl = _table(
        source,
        "crawl",
        {
            "contact": _contact,
            "delay": number_between(0, MAX_DELAY),
            "browser": browser,
            "allow_private_hosts": flag,
            "proxy": _proxy,
        },
        faults,
    )
    watch = _table(
        source,
        "watch",
        {
            "confirm_after_hours": number_between(0, MAX_CONFIRM_HOURS),
            "grace_days": whole_between(0, MAX_GRACE_DAYS),
            "repeat_days": whole_between(0, MAX_REPEAT_DAYS),
        },
        faults,
    )
    return Configuration(
        path=faults.path,
        data=paths["data"],
        registry=paths["registry"],
        language=language or "zh",
        crawl=CrawlSettings(**crawl),
        watch=WatchSettings(**watch),
        service=ServiceSettings(**_table(source, "service", SERVICE_READERS, faults)),
        notify=tuple(_channels(source, faults)),
    )


def _table(
    source: TomlFile, name: str, readers: Mapping[str, Callable[[object], Any]], faults: Faults
) -> dict[str, Any]:
    if name not in source.values:
        return {}
    table = source.values[name]
    if not isinstance(table, dict):
        faults.add(source.line(name), name, "table", shown(table), name)
        return {}
    return read_keys(source, (name,), readers, faults)


def _channels(source: TomlFile, faults: Faults) -> Iterable[Channel]:
    readers = {"url": _notify_url, "events": _events, "regions": _regions, **PACE_READERS}
    tables = source.values.get("notify", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        # The value may be an address with a password in it, so the message does not repeat it.
        faults.add(source.line("notify"), "notify", "tables", type(tables).__name__, "notify")
        return
    for index in range(len(tables)):
        found = read_keys(source, ("notify", index), readers, faults, required=("url",))
        if "url" in found:
            pace = Pace(**{key: found.pop(key) for key in PACE_READERS if key in found})
            channel = Channel(**found, pace=pace)
            is_digested = any(other.get("events") != ["operator"] for other in _of(tables, channel.url))
            # Who hears of nothing but the operator's incidents gets no digests.
            if is_digested and not pace.ever_comes:
                line = source.line("notify", index, "quiet_hours")
                faults.add(line, "notify.quiet_hours", "never_comes", f"{pace.digest_at:%H:%M}")
            yield channel


def _of(tables: list[dict[str, Any]], url: str) -> list[dict[str, Any]]:
    """The sections of one recipient."""
    return [table for table in tables if table.get("url") == url]


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or _CONTROL.search(value):
        raise WrongValueError("text", shown(value))
    return value


def _placed(folder: Path, text: str) -> Path:
    """The path that a text means: `~` is a home folder, everything relative starts at the file's folder."""
    try:
        return folder / Path(text).expanduser()
    except RuntimeError as error:
        raise WrongValueError("text", shown(text)) from error


def _language(value: object) -> str:
    if value not in LANGUAGES:
        raise WrongValueError("choice", shown(value), ", ".join(LANGUAGES))
    return str(value)


def _contact(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"(?:mailto:[!-~]+@[!-~]+|https?://[!-~]+)", value):
        return value
    raise WrongValueError("contact", shown(value))


def _proxy(value: object) -> str:
    if value == "":
        return ""
    if isinstance(value, str) and not re.search(r"\s", value):
        try:
            parts = urlsplit(value)
            if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
                return value
        except ValueError as error:
            raise WrongValueError("proxy") from error
    raise WrongValueError("proxy")


def _notify_url(value: object) -> str:
    """An address whose variables are well written; it may consist of one variable alone."""
    if not isinstance(value, str) or _CONTROL.search(value):
        raise WrongValueError("notify_url")
    plain = VARIABLE.sub("x", value)
    if "${" in plain or not (VARIABLE.match(value) or _SCHEME.match(plain)):
        raise WrongValueError("notify_url")
    return value


def _events(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and value and all(event in EVENTS for event in value):
        return tuple(dict.fromkeys(value))
    raise WrongValueError("choices", shown(value), ", ".join(EVENTS))


def _regions(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(part, str) and re.fullmatch(r"[0-9]{2,9}", part) for part in value):
        return tuple(dict.fromkeys(value))
    raise WrongValueError("regions", shown(value))
