"""The parts of a workbook's package and what leads from one to another, for XLSX and XLSB alike."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from crawler.documents.part import local_name, part_tree
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

    from crawler.documents.archive import Archive


class Package:
    """The parts of an office package by their names, whatever the case and the slashes they were stored with."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._names: Mapping[str, str] = {
            member.name.replace("\\", "/").lstrip("/").lower(): member.name for member in archive.members
        }

    def read(self, name: str) -> bytes:
        """The bytes of a part. UnreadableError `damaged` where there is none of that name."""
        stored = self._names.get(name.lower())
        if stored is None:
            raise UnreadableError("damaged", f"the workbook has no part {name}")
        return self._archive.read(stored)

    def tree(self, name: str) -> _Element:
        """The root of an XML part."""
        return part_tree(self.read(name), name)

    def main_part(self, usual: str) -> str:
        """Which part is the workbook: the one that the package names, else where it usually is."""
        if "_rels/.rels" in self._names:
            found = [name for kind, name in self.targets("").values() if kind == "officeDocument"]
            if found and found[0].lower() in self._names:
                return found[0]
        return usual

    def targets(self, name: str) -> dict[str, tuple[str, str]]:
        """Relation id → its kind and the part it leads to; none where the part has no relations."""
        folder, file = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        if rels.lower() not in self._names:
            return {}
        found = {}
        for relation in self.tree(rels):
            if local_name(relation) == "Relationship" and relation.get("TargetMode") != "External":
                target = (relation.get("Target") or "").replace("\\", "/")
                whole = posixpath.normpath(target if target.startswith("/") else posixpath.join("/", folder, target))
                kind = (relation.get("Type") or "").rpartition("/")[2]
                found[relation.get("Id") or ""] = (kind, whole.lstrip("/"))
        return found
