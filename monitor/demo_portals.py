"""The fake portals of every family, as a person may look at them: what there is, and one of them served."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from crawler.simulator.families import FAKES, Holding
from crawler.simulator.server import PortalServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.simulator.families import FakePortal
    from storage.records import Outcome

QUIRK_MARK = "+"
PLACE, SEED = "澄湖县", 7
_BEAT = 3600.0


class PortalRow(NamedTuple):
    """A fake portal, or one of its quirks: `key` is what serves it, `outcome` what a scan must come to."""

    key: str
    family: str
    title: str
    outcome: Outcome
    needs_browser: bool


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
