"""Word 2003 XML and flat Word XML: a document in one XML file, made into the DOCX that it would be and read as such.

LibreOffice converts the older one too, but loses cells merged over rows and the numbers of lists.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import io
import zipfile
from typing import TYPE_CHECKING

from lxml import etree

from crawler.documents.docx import read_docx
from crawler.documents.sniff import Kind
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

    from crawler.documents.model import Document

_OLD = "{http://schemas.microsoft.com/office/word/2003/wordml}"
_HINTS = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_NOTES = "{http://schemas.microsoft.com/aml/2001/core}"
_PACKAGE = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_NEW = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RENAMED: Mapping[str, str] = {"vmerge": "vMerge", "hmerge": "hMerge", "hlink": "hyperlink"}
"""Elements that the two generations call by other names; all that matter here are otherwise the same."""

_CHANGES: Mapping[str, str] = {"Word.Insertion": "ins", "Word.Deletion": "del"}

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/></Types>'
)
_ROOT_RELATIONS = (
    f'<Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
)
_DOCUMENT_RELATIONS = (
    f'<Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)


def read_word_xml(data: bytes) -> Document:
    """The document in these bytes. Raises UnreadableError `damaged` or `unsafe_archive`, and what DOCX raises."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError("damaged", f"no Word XML: {error}") from error
    parts = _package_parts(root) if root.tag == f"{_PACKAGE}package" else _parts(root)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return dataclasses.replace(read_docx(packed.getvalue()), media_type=Kind.WORD_XML)


def _package_parts(root: _Element) -> dict[str, bytes]:
    """A flat package holds its parts by name, as XML or in base64."""
    parts: dict[str, bytes] = {}
    for part in root.iter(f"{_PACKAGE}part"):
        name = (part.get(f"{_PACKAGE}name") or "").lstrip("/")
        for content in part:
            if content.tag == f"{_PACKAGE}xmlData" and len(content):
                parts[name] = etree.tostring(content[0], with_tail=False)
            elif content.tag == f"{_PACKAGE}binaryData":
                try:
                    parts[name] = base64.b64decode(content.text or "")
                except binascii.Error as error:
                    raise UnreadableError("damaged", f"{name}: {error}") from error
    if "word/document.xml" not in parts:
        raise UnreadableError("damaged", "a Word package without a document")
    return parts


def _parts(root: _Element) -> dict[str, bytes]:
    body = root.find(f"{_OLD}body")
    if body is None:
        raise UnreadableError("damaged", "a Word document without a body")
    styles = root.find(f"{_OLD}styles")
    for child in list(root):
        if child is not body:
            root.remove(child)
    _renew(root)
    _name_anew(root)
    root.tag = f"{_NEW}document"
    parts = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _ROOT_RELATIONS.encode(),
        "word/document.xml": etree.tostring(root),
        "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS.encode(),
        "word/styles.xml": f'<w:styles xmlns:w="{_NEW[1:-1]}"/>'.encode(),
    }
    if styles is not None:
        _name_anew(styles)
        parts["word/styles.xml"] = etree.tostring(styles, with_tail=False)
    return parts


def _renew(root: _Element) -> None:
    """Lists, tracked changes and groups of paragraphs as DOCX has them."""
    for hint in list(root.iter(f"{_OLD}listPr")):
        _print_number(hint)
    for note in list(root.iter(f"{_NOTES}annotation")):
        change = _CHANGES.get(note.get(f"{_OLD}type") or "")
        content = note.find(f"{_NOTES}content")
        if change is None and (note.get(f"{_OLD}type") or "").startswith("Word."):
            _remove(note)
        elif content is not None:
            note.tag = f"{_NEW}{change}" if change else f"{_HINTS}group"
            _unwrap(content)
        else:
            _remove(note)
    for group in list(root.iter(f"{_HINTS}*")):
        _unwrap(group)


def _print_number(listed: _Element) -> None:
    """The number of a list's paragraph stands beside it as it was printed: it becomes text, the list is forgotten."""
    printed = listed.find(f"{_HINTS}t")
    properties = listed.getparent()
    if properties is None or printed is None:
        return
    text = printed.get(f"{_HINTS}val") or ""
    properties.remove(listed)
    run = etree.Element(f"{_NEW}r")
    etree.SubElement(run, f"{_NEW}t").text = text
    paragraph = properties.getparent()
    if text and paragraph is not None and paragraph.tag == f"{_OLD}p":
        paragraph.insert(paragraph.index(properties) + 1, run)


def _name_anew(root: _Element) -> None:
    for element in root.iter(f"{_OLD}*"):
        name = str(element.tag)[len(_OLD) :]
        element.tag = _NEW + _RENAMED.get(name, name)
    for element in root.iter(f"{_NEW}*"):
        for key, value in list(element.attrib.items()):
            if str(key).startswith(_OLD):
                del element.attrib[key]
                element.set(_NEW + str(key)[len(_OLD) :], value)


def _unwrap(element: _Element) -> None:
    """Put the children of an element in its place."""
    if element.getparent() is None:
        return
    for child in list(element):
        element.addprevious(child)
    _remove(element)


def _remove(element: _Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
