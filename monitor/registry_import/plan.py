"""Brings an operator's own list of agencies (CSV or workbook) into `agencies.csv`: first the plan, then the act.

The list is the whole list: an agency that it lacks is dropped. A column that it lacks stays as it is.
Nothing is taken from a list with a fault in it.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.registry import FAMILIES, LISTINGS, WAIVABLE
from monitor.registry_import.files import ImportedTable, read_import_file
from storage.agency_table import COLUMNS, AgencyRow, agency_cells, read_agency, write_agency_table
from storage.errors import ConfigurationError
from storage.faults import Faults, wording
from storage.operator_files import WHOLE_FILE
from storage.registry import (
    AGENCIES_FILE,
    DROPPED_FILE,
    AgencyFile,
    linked_agencies,
    raise_faults,
    read_agency_file,
    read_dropped,
    read_portals,
    read_waivers,
)
from storage.successions import read_successions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from storage.records import Agency, Portal

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One cell that an import changes, both sides as `agencies.csv` writes them."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AgencyChange:
    """An agency that stays, with the cells that change.

    `is_renamed`: it gets a name that was none of its own and gives up its old one altogether. An id is
    never given to another agency, so a person should say that it is the same one.
    """

    id: str
    name: str
    fields: tuple[FieldChange, ...]
    is_renamed: bool


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do to a registry. `agencies` is the list that would stand afterwards.

    `dropped` agencies leave `agencies.csv`; their ids are kept in `dropped.csv` and are never reused.
    `ignored` are headers of the list that the registry has no place for.
    """

    source: Path
    folder: Path
    agencies: tuple[Agency, ...]
    added: tuple[Agency, ...]
    changed: tuple[AgencyChange, ...]
    dropped: tuple[Agency, ...]
    ignored: tuple[str, ...]
    language: str
    columns: tuple[str, ...] = field(repr=False)
    present_digest: str | None = field(repr=False)

    @property
    def is_empty(self) -> bool:
        """Does the list say just what the registry says already?"""
        return not (self.added or self.changed or self.dropped)


def read_import(path: Path, registry_folder: Path, language: str = "zh") -> ImportPlan:
    """What importing a list would change; RegistryError names every fault of the list and of the registry."""
    faults = Faults(path, language)
    table = read_import_file(path, faults)
    present, present_agencies = _present(registry_folder, language)
    portals = read_portals(registry_folder, language, families=FAMILIES, listings=LISTINGS)
    dropped, dropped_faults = read_dropped(registry_folder, language)
    before = {agency.id: agency for agency in present_agencies}
    rows = tuple(_completed(table, before, portals.portals)) if table else ()
    agencies = linked_agencies(rows, portals.hosts, dropped, faults)
    ids = frozenset(row.cell("id") for row in rows) if table else None
    _, waiver_faults = read_waivers(registry_folder, ids, language, rules=WAIVABLE)
    # An agency that went into another may leave the list, its succession stays.
    known = {**dropped, **before, **{agency.id: agency for agency in agencies}}
    _, succession_faults = read_successions(registry_folder, ids, known, language)
    raise_faults(faults, present.faults, portals.faults, waiver_faults, succession_faults, dropped_faults)
    after = {agency.id: agency for agency in agencies}
    ordered = (*(after[key] for key in before if key in after), *(a for a in agencies if a.id not in before))
    return ImportPlan(
        source=path,
        folder=registry_folder,
        agencies=ordered,
        added=tuple(agency for agency in agencies if agency.id not in before),
        changed=tuple(_changes(before, ordered)),
        dropped=tuple(agency for agency in present_agencies if agency.id not in after),
        ignored=table.ignored if table else (),
        language=language,
        columns=_columns(present.header, ordered),
        present_digest=_digest(present.data),
    )


def apply_import(plan: ImportPlan) -> None:
    """Write `agencies.csv` as planned; RegistryError where it was edited since the plan was made.

    The dropped ids are kept first: cut off in between, the registry is as it was and still in order.
    """
    path = plan.folder / AGENCIES_FILE
    present = path.read_bytes() if path.exists() else None
    if _digest(present) != plan.present_digest:
        faults = Faults(path, plan.language)
        faults.add(1, WHOLE_FILE, "changed_meanwhile")
        raise_faults(faults)
    known, dropped_faults = read_dropped(plan.folder, plan.language)
    raise_faults(dropped_faults)
    kept = {agency.id: agency for agency in plan.agencies}
    gone = {key: agency for key, agency in known.items() if key not in kept}
    gone |= {agency.id: agency for agency in plan.dropped}
    if gone or known:
        _replace(plan.folder / DROPPED_FILE, write_agency_table(gone.values(), COLUMNS).encode(), plan.language)
    newline = "\r\n" if present is not None and b"\r\n" in present else "\n"
    mark = _BYTE_ORDER_MARK if present is not None and present.startswith(_BYTE_ORDER_MARK) else b""
    _replace(path, mark + write_agency_table(plan.agencies, plan.columns, newline).encode(), plan.language)


def _present(folder: Path, language: str) -> tuple[AgencyFile, tuple[Agency, ...]]:
    """The registry's own list before the import; an absent one is an empty one."""
    if not (folder / AGENCIES_FILE).exists():
        return AgencyFile((), (), Faults(folder / AGENCIES_FILE, language), is_read=True, data=None), ()
    present = read_agency_file(folder, language)
    agencies = (read_agency(row, present.faults) for row in present.rows)
    return present, tuple(agency for agency in agencies if agency is not None)


def _completed(table: ImportedTable, before: Mapping[str, Agency], portals: Sequence[Portal]) -> Iterator[AgencyRow]:
    """The list's rows, names of portals and superiors turned into their keys, absent columns as they were."""
    portal_keys = _keys_by_name((portal.name, portal.id) for portal in portals)
    agency_keys = _keys_by_name((row.cell("name"), row.cell("id")) for row in table.rows)
    ids = {row.cell("id") for row in table.rows}
    for row in table.rows:
        cells = dict(row.cells)
        known = before.get(row.cell("id"))
        if known is not None:
            cells = {column: text for column, text in agency_cells(known).items() if column not in cells} | cells
        if "portal" in cells:
            cells["portal"] = portal_keys.get(cells["portal"], cells["portal"])
        if cells.get("parent", "") not in ids:
            cells["parent"] = agency_keys.get(cells.get("parent", ""), cells.get("parent", ""))
        yield AgencyRow(row.line, cells)


def _keys_by_name(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Name → key, for the names that stand for one thing only."""
    keys: dict[str, str] = {}
    twice: set[str] = set()
    for name, key in pairs:
        if name in keys:
            twice.add(name)
        keys[name] = key
    return {name: key for name, key in keys.items() if name and name not in twice}


def _changes(before: Mapping[str, Agency], agencies: Iterable[Agency]) -> Iterator[AgencyChange]:
    for agency in agencies:
        old = before.get(agency.id)
        if old is None or old == agency:
            continue
        old_cells, new_cells = agency_cells(old), agency_cells(agency)
        fields = tuple(
            FieldChange(column, old_cells[column], new_cells[column])
            for column in COLUMNS
            if old_cells[column] != new_cells[column]
        )
        shared = {old.name, *old.aliases} & {agency.name, *agency.aliases}
        yield AgencyChange(agency.id, agency.name, fields, is_renamed=not shared)


def _columns(header: Sequence[str], agencies: Iterable[Agency]) -> tuple[str, ...]:
    """The columns in the order in which the operator's file has them, then those that now have values."""
    own = tuple(column for column in header if column)
    if not own:
        return COLUMNS
    used = {column for agency in agencies for column, text in agency_cells(agency).items() if text}
    return (*own, *(column for column in COLUMNS if column in used and column not in own))


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()


def _replace(path: Path, data: bytes, language: str) -> None:
    """Write a file so that a reader sees the old one or the new one, whole."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        raise ConfigurationError(wording("not_written", language, path, error.strerror)) from error
