"""What every verb is called with: the configuration, the time, the language, the database."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from monitor.texts import say
from storage.configuration import DEFAULT_FILE, load_configuration
from storage.errors import ConfigurationError
from storage.records import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlite_utils import Database

    from storage.configuration import Configuration
    from storage.records import Agency, Registry


@dataclass(frozen=True, slots=True)
class Session:
    """The options before the verb. `given_now` None: the real clock. `started` is monotonic seconds.

    `config` None: no --config was given, so `nianbao.toml` of the working directory where there is one.
    """

    config: Path | None
    given_now: datetime | None
    started: float
    is_verbose: bool

    def now(self) -> datetime:
        """The instant that verdicts are for: what --now says, else the clock's."""
        return self.given_now or datetime.now(SHANGHAI).replace(microsecond=0)

    def clock(self) -> datetime:
        """The instant of an act: what --now says plus what has elapsed since, else the clock's."""
        if self.given_now is None:
            return datetime.now(SHANGHAI)
        return self.given_now + timedelta(seconds=time.monotonic() - self.started)

    def default_year(self) -> int:
        """The report year that is asked for when none is: the year of now minus one."""
        return self.now().astimezone(SHANGHAI).year - 1


def configuration_of(session: Session) -> Configuration:
    """The configuration; ConfigurationError where there is none or it is faulty."""
    return load_configuration(_path(session))


def language_of(session: Session) -> str:
    """The language to speak where a verb needs no configuration: its own where there is one, else Chinese."""
    if session.config is None and not _path(session).exists():
        return "zh"
    return configuration_of(session).language


def registry_of(configuration: Configuration) -> Registry:
    """The registry; RegistryError names every fault in it."""
    from monitor import registry

    return registry.registry_of(configuration)


def one_agency(registry: Registry, asked: str, language: str) -> Agency:
    """The agency of that id, else the only one of that name or alias; ConfigurationError where there is none."""
    for agency in registry.agencies:
        if agency.id == asked:
            return agency
    named = [agency for agency in registry.agencies if asked in {agency.name, *agency.aliases}]
    if len(named) == 1:
        return named[0]
    if named:
        raise ConfigurationError(say(language, "many_agencies", asked, ", ".join(agency.id for agency in named)))
    raise ConfigurationError(say(language, "no_agency", asked))


@contextmanager
def database_of(configuration: Configuration) -> Iterator[Database]:
    """The open database, closed at the end; its folder is made where it is absent."""
    from storage.database import open_database

    db = open_database(configuration.database)
    try:
        yield db
    finally:
        db.close()


@contextmanager
def reader_of(configuration: Configuration) -> Iterator[Database]:
    """The database for reading only, also on a disk that takes nothing more; DatabaseError where there is none yet."""
    from storage.database import open_any_reader

    db = open_any_reader(configuration.database)
    try:
        yield db
    finally:
        db.close()


def read_instant(text: str, language: str) -> datetime:
    """What --now says; ConfigurationError where it is no instant or has no offset."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ConfigurationError(say(language, "naive_now", text)) from error
    if instant.tzinfo is None:
        raise ConfigurationError(say(language, "naive_now", text))
    return instant


def written(text: str, option: str, language: str) -> str:
    """What a person wrote behind an option; UsageError where it is blank."""
    if not text.strip():
        raise click.UsageError(say(language, "blank", option))
    return text.strip()


def _path(session: Session) -> Path:
    from pathlib import Path

    return session.config or Path(DEFAULT_FILE)
