"""Which agency took over from which: reads `successions.toml` and holds it against the agencies.

The file may be absent: then nobody took over from anybody. Chains are allowed (an agency that took over
may end in its turn), circles are not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.faults import Faults, WrongValueError, shown
from storage.operator_files import decode_utf8, parse_toml, read_keys, read_operator_file
from storage.records import Succession, SuccessionKind
from storage.value_readers import iso_date, line_of_text, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from storage.operator_files import TomlFile
    from storage.records import Agency

SUCCESSIONS_FILE = "successions.toml"
TABLE = "succession"

FIRST_DAY = date(1949, 10, 1)


def _day(value: object) -> date:
    found = iso_date(value)
    if found < FIRST_DAY:
        raise WrongValueError("date", shown(value))
    return found


_READERS: Mapping[str, Callable[[object], Any]] = {
    "agency": line_of_text,
    "successor": line_of_text,
    "on": _day,
    "kind": one_of(tuple(SuccessionKind)),
    "paper": line_of_text,
}
_REQUIRED = ("agency", "on", "kind", "paper")
_DAY = timedelta(days=1)


class _Entry(NamedTuple):
    """A section that could be read, and which one of the file it is, from 0."""

    succession: Succession
    source: TomlFile
    number: int

    def line(self, key: str) -> int:
        """Where its key stands."""
        return self.source.line(TABLE, self.number, key)


def read_successions(
    folder: Path, ids: Collection[str] | None, agencies: Mapping[str, Agency], language: str
) -> tuple[tuple[Succession, ...], Faults]:
    """The successions of a folder, with every fault in them.

    `ids` are those of `agencies.csv` (None: not known, because it could not be read); `agencies` are those whose
    rows could be read, and the dropped ones: against their dates the successions are held. One that ended may have
    been dropped from the list; one that took over may not, or nobody would look for its report.
    """
    faults = Faults(folder / SUCCESSIONS_FILE, language)
    source = _source(faults)
    if source is None:
        return (), faults
    for key in source.values:
        if key != TABLE:
            faults.add(source.line(key), key, "unknown_key", f"[[{TABLE}]]")
    tables = source.values.get(TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        faults.add(source.line(TABLE), TABLE, "tables", shown(tables), TABLE)
        return (), faults
    nameable = {"agency": None if ids is None else {*ids, *agencies}, "successor": ids}
    read = ((index, _read(source, index, nameable, faults)) for index in range(len(tables)))
    entries = tuple(_Entry(found, source, index) for index, found in read if found is not None)
    _check_repeats(entries, faults)
    _check_circles(entries, faults)
    for entry in entries:
        _check_dates(entry, agencies, faults)
    return tuple(entry.succession for entry in entries), faults


def with_former_names(
    agencies: Iterable[Agency], dropped: Mapping[str, Agency], successions: Iterable[Succession]
) -> tuple[Agency, ...]:
    """The agencies, those that were renamed with the names that a dropped row of theirs had as further aliases: a
    report under the former name is theirs, and nobody else of the registry goes by it any more."""
    known = tuple(agencies)
    present = {agency.id for agency in known}
    before = {
        one.successor: dropped[one.agency]
        for one in successions
        if one.kind is SuccessionKind.RENAMED and one.agency in dropped and one.agency not in present
    }
    return tuple(_with_names_of(agency, before[agency.id]) if agency.id in before else agency for agency in known)


def _with_names_of(agency: Agency, former: Agency) -> Agency:
    names = dict.fromkeys((*agency.aliases, former.name, *former.aliases))
    return replace(agency, aliases=tuple(name for name in names if name != agency.name))


def _source(faults: Faults) -> TomlFile | None:
    data = read_operator_file(faults.path, faults) if faults.path.exists() else None
    text = None if data is None else decode_utf8(data, faults)
    return None if text is None else parse_toml(text, faults)


def _read(
    source: TomlFile, index: int, nameable: Mapping[str, Collection[str] | None], faults: Faults
) -> Succession | None:
    values = read_keys(source, (TABLE, index), _READERS, faults, required=_REQUIRED)
    for key, ids in nameable.items():
        if ids is not None and key in values and values[key] not in ids:
            faults.add(source.line(TABLE, index, key), f"{TABLE}.{key}", "no_such_agency", values[key])
    kind = values.get("kind")
    needs_successor = kind is not None and kind != SuccessionKind.DISSOLVED
    if needs_successor and "successor" not in source.at(TABLE, index):
        faults.add(source.line(TABLE, index), f"{TABLE}.successor", "missing_key")
        return None
    if not all(key in values for key in _REQUIRED) or (needs_successor and "successor" not in values):
        return None
    return Succession(
        values["agency"], values.get("successor"), values["on"], SuccessionKind(values["kind"]), values["paper"]
    )


def _check_repeats(entries: Iterable[_Entry], faults: Faults) -> None:
    ended: dict[str, int] = {}
    split: dict[tuple[str, str | None], int] = {}
    for entry in entries:
        one = entry.succession
        if one.ends:
            line = entry.line("agency")
            if one.agency in ended:
                faults.add(line, f"{TABLE}.agency", "ended_twice", one.agency, ended[one.agency])
            ended.setdefault(one.agency, line)
            continue
        pair, line = (one.agency, one.successor), entry.line("successor")
        if pair in split:
            faults.add(line, f"{TABLE}.successor", "split_twice", one.agency, one.successor, split[pair])
        split.setdefault(pair, line)


def _check_circles(entries: Iterable[_Entry], faults: Faults) -> None:
    after: dict[str, dict[str, int]] = {}
    for entry in entries:
        one = entry.succession
        if one.successor == one.agency:
            faults.add(entry.line("successor"), f"{TABLE}.successor", "succeeds_itself", one.agency)
        elif one.successor is not None:
            after.setdefault(one.agency, {}).setdefault(one.successor, entry.line("successor"))
    for circle in _circles(after):
        line = min(after[key][following] for key, following in pairwise(circle))
        faults.add(line, f"{TABLE}.successor", "succession_cycle", " → ".join(circle))


def _circles(after: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, ...]]:
    """Circles, each as the ids along it, the first again at the end; of circles that cross at least one."""
    done: set[str] = set()
    for start in after:
        if start in done:
            continue
        path = [start]
        waiting = [iter(after[start])]
        while waiting:
            key = next(waiting[-1], None)
            if key is None:
                waiting.pop()
                done.add(path.pop())
            elif key in path:
                yield (*path[path.index(key) :], key)
            elif key in after and key not in done:
                path.append(key)
                waiting.append(iter(after[key]))


def _check_dates(entry: _Entry, agencies: Mapping[str, Agency], faults: Faults) -> None:
    one = entry.succession

    def told(key: str, *values: object) -> None:
        faults.add(entry.line("on"), f"{TABLE}.on", key, *values)

    agency = agencies.get(one.agency)
    if agency is not None:
        if agency.active_from is not None and agency.active_from >= one.on:
            told("not_founded_yet", one.agency, agency.active_from)
        if agency.active_to is not None and _contradicts(agency.active_to, one):
            told("ended_otherwise" if one.ends else "ended_before", one.agency, agency.active_to, one.on - _DAY)
    successor = agencies.get(one.successor) if one.successor is not None else None
    if successor is not None:
        if successor.active_from is not None and successor.active_from > one.on:
            told("not_founded_yet", one.successor, successor.active_from)
        if successor.active_to is not None and successor.active_to < one.on:
            told("ended_before", one.successor, successor.active_to)
        is_renamed = one.kind is SuccessionKind.RENAMED
        if is_renamed and successor.active_from is not None and successor.active_from < one.on:
            told("renamed_before", one.successor, successor.active_from)


def _contradicts(active_to: date, one: Succession) -> bool:
    """Papers name as the end now the last day of the old body, now the first of the new one: both are taken."""
    if one.ends:
        return active_to not in {one.on - _DAY, one.on}
    return active_to < one.on - _DAY
