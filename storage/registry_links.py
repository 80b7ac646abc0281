"""Holds the rows of a registry against each other, against the portals, and against dropped agencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.agency_table import ALIAS_MARK, AgencyRow
from storage.hosts import host_port

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from storage.faults import Faults
    from storage.records import Agency


def check_rows(
    rows: Sequence[AgencyRow],
    hosts: Mapping[str, tuple[str, ...]] | None,
    dropped: Mapping[str, Agency],
    dropped_file: str,
    faults: Faults,
) -> None:
    """Note every row that contradicts another row, a portal or a dropped agency.

    `hosts` are the own hosts of every portal that is declared, empty for one whose hosts could not be
    read; None where the portals' file could not be read at all, which is a fault of its own.
    """
    _check_ids(rows, dropped, dropped_file, faults)
    if hosts is not None:
        _check_portals(rows, hosts, faults)
    _check_parents(rows, faults)
    _check_names(rows, faults)


def names_of_row(row: AgencyRow) -> frozenset[str]:
    """The official name of a row and its aliases."""
    aliases = (alias.strip() for alias in row.cell("aliases").split(ALIAS_MARK))
    return frozenset(name for name in (row.cell("name"), *aliases) if name)


def _check_ids(rows: Iterable[AgencyRow], dropped: Mapping[str, Agency], dropped_file: str, faults: Faults) -> None:
    first: dict[str, int] = {}
    for row in rows:
        key = row.cell("id")
        if not key:
            continue
        if key in first:
            faults.add(row.line, "id", "id_repeated", key, first[key])
        first.setdefault(key, row.line)
        gone = dropped.get(key)
        if gone is not None and not names_of_row(row) & {gone.name, *gone.aliases}:
            faults.add(row.line, "id", "id_reused", key, gone.name, dropped_file)


def _check_portals(rows: Iterable[AgencyRow], hosts: Mapping[str, tuple[str, ...]], faults: Faults) -> None:
    for row in rows:
        portal, address = row.cell("portal"), row.cell("column_url")
        if not portal:
            continue
        if portal not in hosts:
            faults.add(row.line, "portal", "no_such_portal", portal)
        elif address and hosts[portal] and not is_on(address, hosts[portal]):
            faults.add(row.line, "column_url", "off_host", portal, ", ".join(hosts[portal]))


def is_on(address: str, hosts: Sequence[str]) -> bool:
    """Is an address on one of these hosts? What is no address at all is another fault, so: yes."""
    try:
        return host_port(address) in hosts
    except ValueError:
        return True


def _check_parents(rows: Sequence[AgencyRow], faults: Faults) -> None:
    lines = {row.cell("id"): row.line for row in reversed(rows)}
    parents = {row.cell("id"): row.cell("parent") for row in reversed(rows) if row.cell("parent")}
    for row in rows:
        if row.cell("parent") and row.cell("parent") not in lines:
            faults.add(row.line, "parent", "no_such_parent", row.cell("parent"))
    for circle in _circles(parents):
        first = min(range(len(circle)), key=lambda place: lines[circle[place]])
        ordered = (*circle[first:], *circle[:first])
        faults.add(lines[ordered[0]], "parent", "parent_cycle", " → ".join((*ordered, ordered[0])))


def _circles(parents: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Every circle once, each as the ids along it."""
    done: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        key = start
        while key in parents and key not in done and key not in path:
            path[key] = None
            key = parents[key]
        if key in path:
            walked = tuple(path)
            yield walked[walked.index(key) :]
        done.update(path)


def _check_names(rows: Iterable[AgencyRow], faults: Faults) -> None:
    seen: dict[tuple[str, str], list[AgencyRow]] = {}
    for row in rows:
        if not row.cell("name"):
            continue
        earlier = seen.setdefault((row.cell("portal"), row.cell("name")), [])
        for other in earlier:
            if _overlap(row, other):
                faults.add(row.line, "name", "name_repeated", row.cell("portal"), row.cell("name"), other.line)
                break
        earlier.append(row)


def _overlap(row: AgencyRow, other: AgencyRow) -> bool:
    """Were both active on one day? ISO dates order as text; a blank end is open."""
    start = max(row.cell("active_from"), other.cell("active_from"))
    return start <= min(row.cell("active_to") or "9999", other.cell("active_to") or "9999")
