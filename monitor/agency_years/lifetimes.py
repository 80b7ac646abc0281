"""From when to when an agency exists, and who took over from whom: the dates of the registry taken together.

Pure. Where two dates of the registry disagree the shorter life counts, because nobody is accused on days
on which they may not have existed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from storage.records import SuccessionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from storage.records import Agency, Succession

FOUNDING = frozenset({SuccessionKind.RENAMED, SuccessionKind.SPLIT})
"""Kinds whose successor begins with the succession, unless the registry says since when it exists."""

CONTINUING = frozenset({SuccessionKind.RENAMED})
"""Kinds whose successor is the same body under another id: what it owed before, it owes under the new one. Of a
merger, or a body that another took over from, the successor is another body and owes for itself."""

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "merged": "{agency}自{on}起并入{successor}（{paper}）",
        "renamed": "{agency}自{on}起更名为{successor}（{paper}）",
        "split": "{agency}自{on}起部分职责划归{successor}（{paper}）",
        "dissolved": "{agency}自{on}起撤销，职责由{successor}承继（{paper}）",
        "dissolved_alone": "{agency}自{on}起撤销（{paper}）",
    },
    "en": {
        "merged": "{agency} was merged into {successor} on {on} ({paper})",
        "renamed": "{agency} was renamed {successor} on {on} ({paper})",
        "split": "{successor} took over a part of {agency} on {on} ({paper})",
        "dissolved": "{agency} was dissolved on {on}, {successor} took over ({paper})",
        "dissolved_alone": "{agency} was dissolved on {on} ({paper})",
    },
}


class Lifetime(NamedTuple):
    """The first and the last day on which an agency exists; None: open."""

    first: date | None
    last: date | None


def lifetime(agency: Agency, successions: Iterable[Succession]) -> Lifetime:
    """By its own dates and by the successions in which it has a part; the shorter life where they disagree."""
    own = tuple(successions)
    founded = [one.on for one in own if one.successor == agency.id and one.kind in FOUNDING]
    ended = [one.on - timedelta(days=1) for one in own if one.agency == agency.id and one.ends]
    if agency.active_to is not None:
        ended.append(agency.active_to)
    return Lifetime(agency.active_from or max(founded, default=None), min(ended, default=None))


def by_agency(successions: Iterable[Succession]) -> dict[str, tuple[Succession, ...]]:
    """Agency id → the successions in which it has a part, as the one that ends or as the one that takes over."""
    own: dict[str, list[Succession]] = {}
    for one in successions:
        for key in {one.agency, one.successor} - {None}:
            own.setdefault(str(key), []).append(one)
    return {key: tuple(ones) for key, ones in own.items()}


def heirs_of(agency: str, successions: Iterable[Succession]) -> tuple[str, ...]:
    """Who took over what an agency that ended owed, nearest first: its successor, that one's successor, …

    A split hands over nothing that was owed: who shrank still exists.
    """
    after = {one.agency: one.successor for one in successions if one.ends and one.successor is not None}
    found: list[str] = []
    key = after.get(agency)
    while key is not None and key != agency and key not in found:
        found.append(key)
        key = after.get(key)
    return tuple(found)


def former_ids(agency: str, successions: Iterable[Succession]) -> dict[str, date]:
    """Under which ids the same body went before, nearest first, each with the first day on which it no longer did."""
    before = {one.successor: one for one in successions if one.kind in CONTINUING}
    found: dict[str, date] = {}
    one = before.get(agency)
    while one is not None and one.agency != agency and one.agency not in found:
        found[one.agency] = one.on
        one = before.get(one.agency)
    return found


def former_names(
    agencies: Iterable[Agency], known: Iterable[Agency], successions: Iterable[Succession], report_year: int
) -> tuple[Agency, ...]:
    """The former selves of these agencies that are `known` and no part of them: who was renamed after the report
    year may have published its report before, under the name that it had then."""
    recent = [one for one in successions if one.kind in CONTINUING and one.on > date(report_year, 12, 31)]
    if not recent:
        return ()
    asked = {agency.id for agency in agencies}
    former = {key for one in recent if one.successor in asked for key in former_ids(str(one.successor), recent)}
    former -= asked
    return tuple(agency for agency in known if agency.id in former)


def succession_text(one: Succession, names: Mapping[str, str], language: str) -> str:
    """A succession as a sentence; agencies without a name in `names` go by their ids."""
    key = one.kind.value if one.successor is not None else f"{one.kind.value}_alone"
    successor = names.get(one.successor, one.successor) if one.successor is not None else ""
    return _TEXTS[language][key].format(
        agency=names.get(one.agency, one.agency), successor=successor, on=one.on, paper=one.paper
    )
