"""XML parts of containers from strangers: no entity is expanded, nothing is fetched, depth and size are bounded."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from lxml import etree

from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

MAX_BYTES = 32 * 1024 * 1024
MAX_NODES = 2_000_000
"""Elements and attributes of one part that is held as a tree; each takes 120 bytes, though it is written in four."""
_LONG_TAG = re.compile(rb"<[^<>]{65536}")
MAX_ELEMENTS = 2_000_000
"""Of one part that is read as it goes by: a sheet of 10⁵ rows with 16 empty cells has 1.7 million."""


def part_tree(data: bytes, name: str) -> _Element:
    """The root of an XML part; `name` is for the message.

    Raises UnreadableError `damaged` for what is no XML or declares a document type (no office format
    has one; entity bombs need it), `too_large`.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError("too_large", f"{name}: {len(data)} bytes, {MAX_BYTES} are read at most")
    nodes = data.count(b"<") + data.count(b'="') + data.count(b"='")
    if nodes > MAX_NODES:
        raise UnreadableError("too_large", f"{name}: {nodes} elements and attributes, {MAX_NODES} are read at most")
    _refuse_long_tags(data, name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError("damaged", f"{name} is no XML: {error}") from error
    _refuse_document_type(root, name)
    return root


def part_elements(data: bytes, name: str, wanted: Iterable[str]) -> Iterator[tuple[str, _Element]]:
    """Every element with one of these local names when it ends, its children with it, in the order of their ends.

    Whoever has taken one forgets it. Raises as `part_tree` does.
    """
    _refuse_long_tags(data, name)
    events = etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        tag=[f"{{*}}{each}" for each in wanted],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for number, (_, element) in enumerate(events):
            if number == 0:
                _refuse_document_type(element, name)
            if number >= MAX_ELEMENTS:
                raise UnreadableError("too_large", f"{name} has more than {MAX_ELEMENTS} elements")
            yield local_name(element), element
    except etree.XMLSyntaxError as error:
        raise UnreadableError("damaged", f"{name} is no XML: {error}") from error


def forget(element: _Element) -> None:
    """Give back the memory of an element that went by, and of its siblings before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def local_name(element: _Element) -> str:
    """The element's name without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _refuse_long_tags(data: bytes, name: str) -> None:
    """All attributes of one element are in memory before anyone sees it."""
    if _LONG_TAG.search(data) is not None:
        raise UnreadableError("damaged", f"{name} has a tag of more than 65536 bytes")


def _refuse_document_type(element: _Element, name: str) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("damaged", f"{name} declares a document type")
