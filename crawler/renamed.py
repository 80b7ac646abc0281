"""Rows of an agency that nobody in the registry is: it may be one of ours under a new or a misspelt name. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.titles import read_title
from storage.agency_names import is_town, own_place, plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.links import RowReading
    from storage.records import Agency

_LEVEL = re.compile(r"[省市县区旗州盟]$")
_SHORTEST = 3


def may_be_renamed(printed: str, name: str) -> bool:
    """Could a name that nobody bears be the agency's new one, or it misspelt: 水务局, 水利和湖泊局, 水力局 for 水利局?

    True is no proof, only a reason to doubt: of one place, both of one kind of body, beginning alike. Never for a
    government or a town.
    """
    one, other = plain_name(printed), plain_name(name)
    if "政府" in one + other or is_town(one) or is_town(other):
        return False
    parts = own_place(one), own_place(other)
    places = [_LEVEL.sub("", whole.removesuffix(part)) for whole, part in zip((one, other), parts, strict=True)]
    is_of_one_place = places[0].endswith(places[1]) or places[1].endswith(places[0])
    is_of_one_kind = min(map(len, parts)) >= _SHORTEST and parts[0][-1] == parts[1][-1]
    return is_of_one_place and is_of_one_kind and parts[0][0] == parts[1][0]


def with_renamed(
    readings: Iterable[RowReading], asked: Sequence[Agency], registry: Iterable[Agency]
) -> tuple[list[RowReading], list[RowReading]]:
    """The rows, those of nobody in the registry as ones that may be an asked agency's and are no control; and these
    alone. `registry`: every agency that is known."""
    known = {plain_name(name) for agency in registry for name in (agency.name, *agency.aliases)}
    rows, renamed = [], []
    for reading in readings:
        printed = read_title(reading.candidate.title).agency_name or ""
        owners: frozenset[str] = frozenset()
        if reading.names_other and plain_name(printed) not in known:
            owners = frozenset(
                agency.id
                for agency in asked
                if any(may_be_renamed(printed, name) for name in (agency.name, *agency.aliases))
            )
        if owners:
            rows.append(reading._replace(names_other=False, may_be=owners))
            renamed.append(rows[-1])
        else:
            rows.append(reading)
    return rows, renamed
