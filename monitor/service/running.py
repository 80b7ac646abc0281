"""The service: the acts by their schedule for whoever holds the lease, and the site beside them."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from monitor.service.clock import TICK, Clock
from monitor.service.logs import keep_log
from monitor.service.metronome import Job, keep_site, scheduled, stop_on_signal
from monitor.service.tenure import take_turns
from monitor.service.watchman import Watchman
from storage.database import open_database
from storage.value_readers import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.service.tenure import Turn
    from storage.configuration import Configuration

_LOG = logging.getLogger(__name__)


def run_service(configuration: Configuration, *, site: Sequence[str] | None = None) -> None:
    """Keep the watch and the site going until SIGTERM or SIGINT.

    `site` are the options of `nianbao serve`, None for no site. Where another service holds the lease of the
    same database this one stands by: it serves the site and waits. DatabaseError where the database cannot be
    used at the start; one that breaks later is tried again and again.
    """
    open_database(configuration.database).close()
    settings = configuration.service
    keep_log(settings.log, secrets_of(configuration))
    stop = threading.Event()
    # One for all turns: a jump may cost the lease too, and must not be forgotten with it.
    clock = Clock()

    @contextmanager
    def work(turn: Turn) -> Iterator[None]:
        watchman = Watchman(configuration, turn, lambda *verb: nianbao(configuration, *verb), clock=clock)
        acts = watchman.acts()
        with scheduled([Job(name, every, acts[name]) for name, every in settings.every.items()]):
            yield

    faults: list[Exception] = []

    def keep_turns() -> None:
        try:
            take_turns(configuration.database, settings.lease, stop, work, language=configuration.language)
        except Exception as error:  # noqa: BLE001 - raised below: a service without its schedule must not go on
            faults.append(error)
        finally:
            stop.set()

    keeper = threading.Thread(target=keep_turns, name="turns")
    with stop_on_signal(stop), scheduled([Job("clock", TICK, clock.look)]):
        keeper.start()
        _LOG.info("service: started; site: %s", " ".join(site) if site is not None else "none")
        try:
            if site is None:
                stop.wait()
            else:
                keep_site(nianbao(configuration, "serve", *site), stop)
        finally:
            stop.set()
            keeper.join()
    if faults:
        raise faults[0]


def nianbao(configuration: Configuration, *verb: str) -> tuple[str, ...]:
    """The command line that does a verb on the same configuration."""
    return (sys.executable, "-m", "monitor.cli", "--config", str(configuration.path), *verb)


def secrets_of(configuration: Configuration) -> tuple[str, ...]:
    """Every value that the configuration takes from the environment, and the addresses that may hold keys."""
    written = [channel.url for channel in configuration.notify]
    written += [configuration.service.heartbeat_url, configuration.crawl.proxy]
    names = {name for text in written for name in VARIABLE.findall(text)}
    values = {os.environ.get(name, "") for name in names}
    return tuple(sorted({*values, *(text for text in written if "://" in text)} - {""}))
