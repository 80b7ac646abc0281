"""The registry as the whole program reads it: its names of families and rules are held against those known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.portals import FAMILIES as _FAMILIES
from crawler.portals import Listing
from monitor.agency_years.obligations import EVERY_RULE
from monitor.alerts.accusations import MALFORMED
from monitor.checks import RULES as _RULES
from storage.registry import read_registry

if TYPE_CHECKING:
    from storage.configuration import Configuration
    from storage.records import Registry

FAMILIES = frozenset(_FAMILIES)
"""What a portal's `family` may be."""

LISTINGS = frozenset(listing.value for listing in Listing)
"""What a portal's `listing` may be."""

WAIVABLE = frozenset({EVERY_RULE, MALFORMED, *_RULES})
"""What a waiver's `rule` may be: `malformed` is the alert that sums up a report's errors."""


def registry_of(configuration: Configuration) -> Registry:
    """The registry; RegistryError names every fault in it."""
    return read_registry(
        configuration.registry, configuration.language, families=FAMILIES, listings=LISTINGS, rules=WAIVABLE
    )
