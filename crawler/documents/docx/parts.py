"""The parts of an Office package, found by its relations."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from crawler.documents.docx import names as n
from crawler.documents.docx.tree import part_tree
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.documents.archive import Archive

MAX_PICTURES = 64 * 1024 * 1024
"""Bytes of pictures that one document may hold; what is beyond has no data."""
_MAIN = "word/document.xml"
_RELATIONS = "_rels/.rels"


class _Relation(NamedTuple):
    kind: str
    target: str
    is_outside: bool
    folder: str

    @property
    def name(self) -> str:
        """The name of the part inside the package."""
        return posixpath.normpath(posixpath.join("/", self.folder, unquote(self.target))).lstrip("/")


class Parts:
    """The main part of a Word package and what it refers to."""

    def __init__(self, archive: Archive) -> None:
        """Raises UnreadableError `damaged` where there is no main part."""
        self._archive = archive
        # WPS and some converters write back-slashes or a leading slash into the archive's directory.
        self._names = {member.name.replace("\\", "/").lstrip("/").lower(): member.name for member in archive.members}
        self._pictures: dict[str, bytes | None] = {}
        self._picture_bytes = 0
        self._relations: Mapping[str, _Relation] | None = None
        self.main_name = self._find_main()

    def main(self) -> bytes:
        """The main part's bytes."""
        data = self._read(self.main_name)
        if data is None:
            raise UnreadableError("damaged", f"the package has no {self.main_name}")
        return data

    def related(self, kind: str, *, at_most: int | None = None) -> bytes | None:
        """The part that the main part has for that purpose (`styles`, `numbering`), None for none.

        `at_most`: only so many bytes from its beginning.
        """
        found = next((each for each in self._of_main().values() if each.kind == kind and not each.is_outside), None)
        return None if found is None else self._read(found.name, at_most=at_most)

    def target(self, identity: str) -> bytes | None:
        """The part that the main part refers to by this id; None where it is missing or outside."""
        relation = self._of_main().get(identity)
        return None if relation is None or relation.is_outside else self._read(relation.name)

    def picture(self, identity: str) -> tuple[str, bytes | None]:
        """The name of a picture in the package, or its address outside, and its bytes where it is inside."""
        relation = self._of_main().get(identity)
        if relation is None:
            return identity, None
        if relation.is_outside:
            return relation.target, None
        name = relation.name
        if name not in self._pictures:
            data = self._read(name) if self._picture_bytes < MAX_PICTURES else None
            self._picture_bytes += len(data or b"")
            self._pictures[name] = data
        return name, self._pictures[name]

    def _find_main(self) -> str:
        relations = self._related_by(_RELATIONS, "")
        found = next((each.name for each in relations.values() if each.kind == "officeDocument"), _MAIN)
        return found if found.lower() in self._names else _MAIN

    def _of_main(self) -> Mapping[str, _Relation]:
        if self._relations is None:
            folder, name = posixpath.split(self.main_name)
            self._relations = self._related_by(posixpath.join(folder, "_rels", f"{name}.rels"), folder)
        return self._relations

    def _related_by(self, name: str, folder: str) -> Mapping[str, _Relation]:
        data = self._read(name)
        if data is None:
            return {}
        relations = {}
        for element in part_tree(data, name).iter(n.RELATION):
            kind = (element.get("Type") or "").rpartition("/")[2]
            is_outside = element.get("TargetMode") == "External"
            relations[element.get("Id") or ""] = _Relation(kind, element.get("Target") or "", is_outside, folder)
        return relations

    def _read(self, name: str, *, at_most: int | None = None) -> bytes | None:
        stored = self._names.get(name.lower())
        return None if stored is None else self._archive.read(stored, at_most=at_most)
