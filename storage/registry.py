"""Who must report and where: reads the registry's files whole, and names every fault in them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from storage.agency_table import read_agency, read_agency_rows
from storage.errors import RegistryError
from storage.faults import Faults, WrongValueError, shown
from storage.hosts import hosts_of_entry, hosts_of_url
from storage.operator_files import decode_utf8, parse_toml, read_keys, read_operator_file
from storage.records import Agency, Portal, Registry, Waiver
from storage.registry_links import check_rows, is_on
from storage.successions import read_successions, with_former_names
from storage.value_readers import (
    identifier,
    iso_date,
    line_of_text,
    lines_of_text,
    number_between,
    one_of,
    web_address,
    whole_between,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from storage.agency_table import AgencyRow
    from storage.errors import RegistryFault
    from storage.operator_files import TomlFile

AGENCIES_FILE = "agencies.csv"
PORTALS_FILE = "portals.toml"
WAIVERS_FILE = "waivers.toml"
DROPPED_FILE = "dropped.csv"
"""Agencies that an import has dropped, so that their ids are never given to others; written by the import."""

FIRST_YEAR, LAST_YEAR = 2008, 2999
MAX_DELAY = 3600
MAX_PAGES = 5000
"""List pages that an operator may allow a column; more is a trap."""


def read_registry(
    folder: Path,
    language: str = "zh",
    *,
    families: Collection[str] | None = None,
    listings: Collection[str] | None = None,
    rules: Collection[str] | None = None,
) -> Registry:
    """The registry in a folder; RegistryError names every fault of all its files.

    `waivers.toml` and `successions.toml` may be absent: then nothing is waived, and nobody took over. `families`,
    `listings` and `rules` are the names that a portal's family, its way of listing and a waiver's rule may have;
    None: they are not known here and not looked at.
    """
    portals = read_portals(folder, language, families=families, listings=listings)
    dropped, dropped_faults = read_dropped(folder, language)
    table = read_agency_file(folder, language)
    agencies = linked_agencies(table.rows, portals.hosts, dropped, table.faults)
    ids = frozenset(row.cell("id") for row in table.rows) if table.is_read else None
    waivers, waiver_faults = read_waivers(folder, ids, language, rules=rules)
    known = {**dropped, **{agency.id: agency for agency in agencies}}
    successions, succession_faults = read_successions(folder, ids, known, language)
    raise_faults(table.faults, portals.faults, waiver_faults, succession_faults, dropped_faults)
    return Registry(with_former_names(agencies, dropped, successions), portals.portals, waivers, successions)


def raise_faults(*files: Faults) -> None:
    """RegistryError with the faults of these files, each file's by line; nothing where there are none."""
    found: list[RegistryFault] = []
    for faults in files:
        found += sorted(faults.found, key=lambda fault: fault.line)
    if found:
        raise RegistryError(found)


class AgencyFile(NamedTuple):
    """The present `agencies.csv`; `is_read` False: it is absent or no text, so nothing is known of its rows."""

    header: tuple[str, ...]
    rows: tuple[AgencyRow, ...]
    faults: Faults
    is_read: bool
    data: bytes | None


def read_agency_file(folder: Path, language: str) -> AgencyFile:
    """The rows of `agencies.csv`, with the faults of its shape."""
    faults = Faults(folder / AGENCIES_FILE, language)
    data = read_operator_file(faults.path, faults)
    text = None if data is None else decode_utf8(data, faults)
    if text is None:
        return AgencyFile((), (), faults, is_read=False, data=data)
    header, rows = read_agency_rows(text, faults)
    return AgencyFile(header, rows, faults, is_read=True, data=data)


def linked_agencies(
    rows: Sequence[AgencyRow],
    hosts: Mapping[str, tuple[str, ...]] | None,
    dropped: Mapping[str, Agency],
    faults: Faults,
) -> tuple[Agency, ...]:
    """The agencies of the rows that are in order; every fault of a row or between rows is noted."""
    agencies = [read_agency(row, faults) for row in rows]
    check_rows(rows, hosts, dropped, DROPPED_FILE, faults)
    return tuple(agency for agency in agencies if agency is not None)


def read_dropped(folder: Path, language: str) -> tuple[Mapping[str, Agency], Faults]:
    """Every agency that imports have dropped, by id; none where there is no such file."""
    faults = Faults(folder / DROPPED_FILE, language)
    if not faults.path.exists():
        return {}, faults
    data = read_operator_file(faults.path, faults)
    text = None if data is None else decode_utf8(data, faults)
    if text is None:
        return {}, faults
    _, rows = read_agency_rows(text, faults)
    agencies = (read_agency(row, faults) for row in rows)
    return {agency.id: agency for agency in agencies if agency is not None}, faults


class PortalFile(NamedTuple):
    """`hosts`: every declared portal with its own hosts (empty: could not be read); None: no such file."""

    portals: tuple[Portal, ...]
    hosts: Mapping[str, tuple[str, ...]] | None
    faults: Faults


def read_portals(
    folder: Path,
    language: str,
    *,
    families: Collection[str] | None = None,
    listings: Collection[str] | None = None,
) -> PortalFile:
    """The portals of `portals.toml`, with every fault in it; `families`, `listings` None: not checked."""
    named = {"family": families, "listing": listings}
    readers = {**_PORTAL_READERS, **{key: one_of(known) for key, known in named.items() if known is not None}}
    faults = Faults(folder / PORTALS_FILE, language)
    source = _read_toml(faults)
    if source is None:
        return PortalFile((), None, faults)
    portals: list[Portal] = []
    hosts: dict[str, tuple[str, ...]] = {}
    for key, table in source.values.items():
        if not isinstance(table, dict):
            faults.add(source.line(key), key, "table", shown(table), key)
            continue
        faults.read(source.line(key), key, identifier, key)
        values = read_keys(source, (key,), readers, faults, required=("name", "base_url"))
        own = (*values.get("base_url", ("", ()))[1], *values.get("hosts", ()))
        hosts[key] = tuple(dict.fromkeys(own)) if "base_url" in values else ()
        columns = values.get("columns", ())
        for address in columns:
            if hosts[key] and not is_on(address, hosts[key]):
                faults.add(source.line(key, "columns"), f"{key}.columns", "off_host", key, ", ".join(hosts[key]))
        if "name" in values and "base_url" in values:
            base_url = values["base_url"][0]
            own_values = (values.get(name) for name in ("delay", "listing", "max_pages"))
            portals.append(
                Portal(key, values["name"], base_url, hosts[key], values.get("family"), columns, *own_values)
            )
    return PortalFile(tuple(portals), hosts, faults)


def read_waivers(
    folder: Path, agencies: frozenset[str] | None, language: str, *, rules: Collection[str] | None = None
) -> tuple[tuple[Waiver, ...], Faults]:
    """The waivers of `waivers.toml`, with every fault in it. `agencies`, `rules` None: they are not known."""
    faults = Faults(folder / WAIVERS_FILE, language)
    source = _read_toml(faults) if faults.path.exists() else None
    if source is None:
        return (), faults
    for key in source.values:
        if key != "waiver":
            faults.add(source.line(key), key, "unknown_key", "[[waiver]]")
    tables = source.values.get("waiver", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        faults.add(source.line("waiver"), "waiver", "tables", shown(tables), "waiver")
        return (), faults
    readers = _WAIVER_READERS if rules is None else {**_WAIVER_READERS, "rule": one_of(rules)}
    return tuple(_waivers(source, len(tables), agencies, readers, faults)), faults


def _waivers(
    source: TomlFile,
    count: int,
    agencies: frozenset[str] | None,
    readers: Mapping[str, Callable[[object], Any]],
    faults: Faults,
) -> Iterator[Waiver]:
    required = ("agency", "year", "rule", "reason", "by")
    for index in range(count):
        values = read_keys(source, ("waiver", index), readers, faults, required=required)
        agency = values.get("agency")
        if agency is not None and agencies is not None and agency not in agencies:
            faults.add(source.line("waiver", index, "agency"), "waiver.agency", "no_such_agency", agency)
        if all(key in values for key in required):
            yield Waiver(
                values["agency"],
                values["year"],
                values["rule"],
                values["reason"],
                values["by"],
                values.get("until"),
            )


def _read_toml(faults: Faults) -> TomlFile | None:
    data = read_operator_file(faults.path, faults)
    text = None if data is None else decode_utf8(data, faults)
    return None if text is None else parse_toml(text, faults)


def _base_url(value: object) -> tuple[str, tuple[str, ...]]:
    text = web_address(value)
    return text, hosts_of_url(text)


def _hosts(value: object) -> tuple[str, ...]:
    found: list[str] = []
    for entry in lines_of_text(value):
        try:
            found += hosts_of_entry(entry)
        except ValueError as error:
            raise WrongValueError("host", shown(entry)) from error
    return tuple(found)


def _columns(value: object) -> tuple[str, ...]:
    return tuple(web_address(part) for part in lines_of_text(value))


_PORTAL_READERS: Mapping[str, Callable[[object], Any]] = {
    "name": line_of_text,
    "base_url": _base_url,
    "hosts": _hosts,
    "family": line_of_text,
    "columns": _columns,
    "delay": number_between(0, MAX_DELAY),
    "listing": line_of_text,
    "max_pages": whole_between(1, MAX_PAGES),
}
_WAIVER_READERS: Mapping[str, Callable[[object], Any]] = {
    "agency": line_of_text,
    "year": whole_between(FIRST_YEAR, LAST_YEAR),
    "rule": line_of_text,
    "reason": line_of_text,
    "by": line_of_text,
    "until": iso_date,
}
