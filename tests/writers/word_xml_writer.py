"""Reports as Word 2003 XML and as flat packages: a DOCX put into one XML file, with the words of its time."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

NEW = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OLD = "{http://schemas.microsoft.com/office/word/2003/wordml}"
NOTES = "{http://schemas.microsoft.com/aml/2001/core}"
HINTS = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
PACKAGE = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
OLDER = {"vMerge": "vmerge", "hMerge": "hmerge", "hyperlink": "hlink"}
CHANGES = {"ins": "Word.Insertion", "del": "Word.Deletion"}
HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<?mso-application progid="Word.Document"?>\n'


def word_2003_xml(docx: bytes) -> bytes | None:
    """The document as Word 2003 saves it as XML; None for one with automatic lists, whose numbers Word would print."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        document = etree.fromstring(archive.read("word/document.xml"))
        styles = etree.fromstring(archive.read("word/styles.xml"))
    if next(document.iter(f"{NEW}numPr"), None) is not None:
        return None
    for choice in list(document.iter(CHOICE)):
        for child in list(choice[-1]):
            choice.addprevious(child)
        choice.getparent().remove(choice)
    for name, change in CHANGES.items():
        for element in list(document.iter(NEW + name)):
            element.tag = f"{NOTES}annotation"
            element.attrib.clear()
            element.set(f"{OLD}type", change)
            content = etree.SubElement(element, f"{NOTES}content")
            content.extend(child for child in list(element) if child is not content)
    root = etree.Element(f"{OLD}wordDocument", nsmap={"w": OLD[1:-1], "wx": HINTS[1:-1], "aml": NOTES[1:-1]})
    body = document.find(f"{NEW}body")
    section = etree.Element(f"{HINTS}sect")
    section.extend(list(body))
    body.append(section)
    root.extend([styles, body])
    _age(root)
    return HEAD + etree.tostring(root)


def flat_package(docx: bytes) -> bytes:
    """The document as Word saves it as one XML file since 2007."""
    root = etree.Element(f"{PACKAGE}package", nsmap={"pkg": PACKAGE[1:-1]})
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        for name in archive.namelist():
            if name == "[Content_Types].xml":
                continue
            part = etree.SubElement(root, f"{PACKAGE}part", {f"{PACKAGE}name": f"/{name}"})
            if name.endswith((".xml", ".rels")):
                etree.SubElement(part, f"{PACKAGE}xmlData").append(etree.fromstring(archive.read(name)))
            else:
                data = base64.encodebytes(archive.read(name)).decode()
                etree.SubElement(part, f"{PACKAGE}binaryData").text = data
    return HEAD + etree.tostring(root)


def _age(root: _Element) -> None:
    for element in root.iter(f"{NEW}*"):
        name = str(element.tag)[len(NEW) :]
        element.tag = OLD + OLDER.get(name, name)
        for key, value in list(element.attrib.items()):
            if str(key).startswith(NEW):
                del element.attrib[key]
                element.set(OLD + str(key)[len(NEW) :], value)
