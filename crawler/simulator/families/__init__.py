"""Fake portals, one module a family: each follows what is known of the family, its quirks can be switched on."""

from __future__ import annotations

from crawler.simulator.families import trs
from crawler.simulator.families.fake import Fake, FakePortal, Quirk
from crawler.simulator.families.holding import Entry, Holding

__all__ = ["FAKES", "Entry", "Fake", "FakePortal", "Holding", "Quirk"]

FAKES: tuple[Fake, ...] = (*trs.FAKES,)
"""Every fake portal, by family."""
