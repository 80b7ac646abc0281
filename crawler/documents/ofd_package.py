"""The files of an OFD package (GB/T 33190) and how they name one another: pages, templates, resources."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.part import local_name, part_tree
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

    from crawler.documents.archive import Archive

ROOT = "ofd.xml"
MAX_PAGES = 600
ENCRYPTION = frozenset({"encryptions.xml", "encryptinfo.xml", "decryptseed.dat"})
"""Files that only an encrypted package has (GM/T 0099)."""
_CONTROLS = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.IGNORECASE
)


class Box(NamedTuple):
    """A rectangle in millimetres from the upper left corner of what holds it."""

    x: float
    y: float
    width: float
    height: float


class PageFile(NamedTuple):
    """One page: its content, that of its templates, how large it is, and what it refers to."""

    tree: _Element
    templates: tuple[_Element, ...]
    box: Box
    resources: Resources


class Resources(NamedTuple):
    """What pages refer to by number: pictures by the names of their files, drawings used again and again."""

    pictures: Mapping[str, str]
    drawings: Mapping[str, _Element]


A4 = Box(0, 0, 210, 297)


class Package:
    """The files of a package by name, whatever the case and the slashes in which they are stored and named."""

    def __init__(self, archive: Archive) -> None:
        """Raises UnreadableError `encrypted`."""
        self._archive = archive
        self._names = {_plain(member.name): member.name for member in archive.members}
        if any(posixpath.basename(name) in ENCRYPTION for name in self._names):
            raise UnreadableError("encrypted", "an encrypted OFD package")

    def find(self, base: str, name: str) -> str | None:
        """The file that `name` means in the file `base`: from the package's root, or beside the file."""
        wanted = _plain(name)
        beside = _plain(posixpath.join(posixpath.dirname(base), wanted))
        # Some producers write names from the root without their slash.
        for candidate in (wanted, beside) if name.strip().startswith(("/", "\\")) else (beside, wanted):
            if candidate in self._names:
                return candidate
        return None

    def read(self, name: str) -> bytes:
        """The bytes of a file that `find` answered. Raises UnreadableError as Archive does."""
        return self._archive.read(self._names[name])

    def tree(self, name: str) -> _Element:
        """The root of an XML file that `find` answered. Raises UnreadableError `damaged`, `too_large`."""
        data = self.read(name)
        try:
            return part_tree(data, name)
        except UnreadableError:
            # Converters copy characters that XML forbids out of a PDF's fonts.
            cleaned = _CONTROLS.sub(b" ", data)
            if cleaned == data:
                raise
            return part_tree(cleaned, name)

    def linked(self, base: str, name: str) -> tuple[str, _Element] | None:
        """The XML file that `name` means in `base`, with its root; None where it is not there."""
        found = self.find(base, name)
        return None if found is None else (found, self.tree(found))


def page_files(package: Package) -> Iterator[PageFile]:
    """The pages of the package's first document in its current version, in order.

    Raises UnreadableError `damaged`, `too_large`.
    """
    start, document = _document(package)
    common = _child(document, "CommonData")
    area = _physical_box(common, "PageArea") or A4
    shared = _resources(package, start, common, ("PublicRes", "DocumentRes"), Resources({}, {}))
    templates: dict[str, _Element] = {}
    for each in _children(common, "TemplatePage"):
        found = package.linked(start, each.get("BaseLoc") or "")
        if found is not None:
            templates[each.get("ID") or ""] = found[1]
    pages = [page for holder in _children(document, "Pages") for page in _children(holder, "Page")]
    if len(pages) > MAX_PAGES:
        raise UnreadableError("too_large", f"{len(pages)} pages, {MAX_PAGES} are read at most")
    for page in pages:
        found = package.linked(start, page.get("BaseLoc") or "")
        if found is None:
            raise UnreadableError("damaged", f"page {page.get('BaseLoc')!r} is not in the package")
        name, tree = found
        used = [
            templates[key] for each in _children(tree, "Template") if (key := each.get("TemplateID") or "") in templates
        ]
        box = _physical_box(tree, "Area") or next((own for each in used if (own := _physical_box(each, "Area"))), area)
        yield PageFile(tree, tuple(used), box, _resources(package, name, tree, ("PageRes",), shared))


def _document(package: Package) -> tuple[str, _Element]:
    """The file that lists the pages, and its root."""
    found = package.linked("", ROOT)
    if found is None:
        raise UnreadableError("damaged", "the package has no OFD.xml")
    for body in _children(found[1], "DocBody"):
        for holder in _children(body, "Versions"):
            for version in _children(holder, "Version"):
                listed = (
                    package.linked(ROOT, version.get("BaseLoc") or "") if version.get("Current") == "true" else None
                )
                current = package.linked(listed[0], _text(_child(listed[1], "DocRoot"))) if listed else None
                if current is not None:
                    return current
        document = package.linked(ROOT, _text(_child(body, "DocRoot")))
        if document is not None:
            return document
    raise UnreadableError("damaged", "OFD.xml leads to no document")


def _resources(
    package: Package, base: str, holder: _Element | None, kinds: tuple[str, ...], outer: Resources
) -> Resources:
    pictures, drawings = dict(outer.pictures), dict(outer.drawings)
    for kind in kinds:
        for each in _children(holder, kind):
            found = package.linked(base, _text(each))
            if found is None:
                continue
            name, tree = found
            folder = posixpath.join(posixpath.dirname(name), _plain(tree.get("BaseLoc") or ""), "x")
            for medium in tree.iter("{*}MultiMedia"):
                file = _text(_child(medium, "MediaFile"))
                picture = package.find(folder, file) or package.find(name, file)
                if picture is not None:
                    pictures[medium.get("ID") or ""] = picture
            for drawing in tree.iter("{*}CompositeGraphicUnit", "{*}CompositeGraphUnit"):
                drawings[drawing.get("ID") or ""] = drawing
    return Resources(pictures, drawings)


def _physical_box(holder: _Element | None, name: str) -> Box | None:
    area = _child(holder, name)
    numbers = read_numbers(_text(_child(area, "PhysicalBox"))) if area is not None else []
    if len(numbers) != 4 or numbers[2] <= 0 or numbers[3] <= 0:  # noqa: PLR2004 (x, y, width, height)
        return None
    return Box(*numbers)


_FARTHEST = 1e6
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")


def read_numbers(text: str | None) -> list[float]:
    """The numbers of a list such as a box or a matrix, whatever stands between; 0 for what is larger than any page."""
    if not text:
        return []
    try:
        numbers = [float(word) for word in text.split()]
    except ValueError:
        numbers = [float(number) for number in _NUMBER.findall(text)]
    return [number if -_FARTHEST < number < _FARTHEST else 0.0 for number in numbers]


def _children(element: _Element | None, name: str) -> list[_Element]:
    return [] if element is None else [child for child in element if local_name(child) == name]


def _child(element: _Element | None, name: str) -> _Element | None:
    return next(iter(_children(element, name)), None)


def _text(element: _Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _plain(name: str) -> str:
    """A name in the one form that is compared. It is never a path on this machine."""
    return posixpath.normpath("/" + name.strip().replace("\\", "/")).lstrip("/").lower()
