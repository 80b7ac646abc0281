"""Damage that gets past the door: inside the parts of a package, the objects of a PDF, the headers of a picture."""

from __future__ import annotations

import base64
import copy
import io
import re
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

NUMBERS = (
    "-1", "0", "1", "2", "65535", "2147483647", "-2147483648", "99999999999999999999", "1e308", "-1e308", "NaN", "inf",
    "0.0000001", "", " ", "１２", "x", "9" * 5000, "0x10", "1 1", "-0",
)  # fmt: skip
FRAGMENTS = (
    b"<table><tr><td colspan=10000 rowspan=10000>", b"</table>", b"<td>", b"</td></tr>", b"<div>" * 500,
    b"\x00\xff\xfe", b"<!--", b"<script>", "一、总体情况".encode(), "（七）总计".encode("gbk"), b"&nbsp;&#x0;",
    b"9" * 5000,
    "二、主动公开政府信息情况".encode(), b"<meta charset=utf-16>", "〇１２".encode(), b"-0.00", b"1e999", b"\r\n\t",
    b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>", b"]]>", b"<![CDATA[", b"PK\x03\x04", b"\xef\xbf\xbe",
)  # fmt: skip
WORDS = (b"0", b"-1", b"2147483648", b"-2147483648", b"99999999999", b"1e9", b"65536", b"null", b"/Nothing", b"<<>>",
         b"[]", b"()", b"<FFFF>", b"1 0 R", b"0 0 R", b"0.00001", b"true")  # fmt: skip
_XML = (b"<", b"\xef\xbb\xbf<")
_DEPTHS = (2, 30, 260, 3000)
_OBJECT = re.compile(rb"(\d+)\s+(\d+)\s+obj\b(.*?)\bendobj", re.DOTALL)
_STREAM = re.compile(rb"(.*?)\bstream\r?\n(.*)\r?\n?endstream", re.DOTALL)
_TOKEN = re.compile(rb"/[A-Za-z]+|[-+]?\d+\.?\d*|<[0-9A-Fa-f]*>|\[|\]|<<|>>|[A-Za-z'\"*]+")
_OLE_HEADER = 512
_MOST = 30_000_000


def damaged(kind: str, data: bytes, random: Random) -> bytes:
    """The document with some damage of the kinds that its format can suffer; never empty."""
    return DAMAGES.get(kind, raw)(data, random) if random.randrange(4) else raw(data, random)


def raw(made: bytes, random: Random) -> bytes:
    """Some bytes cut, repeated, exchanged or drowned."""
    data = bytearray(made)
    for _ in range(random.choice((1, 1, 3, 3, 30, 300))):
        place = random.randrange(len(data) + 1)
        end = min(len(data), place + random.choice((1, 2, 9, 200, 5000)))
        match random.randrange(5):
            case 0:
                del data[place:end]
            case 1:
                data[place:place] = data[place:end]
            case 2:
                data[place:place] = random.choice(FRAGMENTS)
            case 3:
                data[place:end] = random.randbytes(end - place)
            case _:
                other = random.randrange(len(data) + 1)
                data[place:end] = data[other : other + end - place]
        data = data or bytearray(b" ")
    return bytes(data)


def package(data: bytes, random: Random) -> bytes:
    """A package of parts with one or two of them damaged, exchanged, renamed or gone."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    for _ in range(random.choice((1, 1, 2))):
        weights = [len(part) ** 0.5 + 1 for _, part in parts]
        (place,) = random.choices(range(len(parts)), weights)
        name, part = parts[place]
        match random.randrange(12):
            case 0:
                parts[place] = (name, b"")
            case 1 if len(parts) > 1:
                del parts[place]
            case 2:
                parts[place] = (name, random.choice(parts)[1])
            case 3:
                parts.append((name, random.choice(parts)[1]))
            case 4:
                parts[place] = (random.choice((name.upper(), name.replace("/", "\\"), "../" + name, "/" + name)), part)
            case 5:
                parts[place] = (name, raw(part, random) if part else b"x")
            case _:
                parts[place] = (name, xml(part, random) if part.startswith(_XML) else raw(part or b"x", random))
    return _zipped(parts)


def bundle(data: bytes, random: Random) -> bytes:
    """An archive of documents with one of them damaged."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    place = random.randrange(len(parts))
    name, part = parts[place]
    parts[place] = (name, damaged("xls" if name.endswith("xls") else name.rpartition(".")[2], part, random))
    return _zipped(parts)


def _zipped(parts: Sequence[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of two parts of one name
        for name, part in parts:
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def xml(data: bytes, random: Random) -> bytes:
    """A part that is still XML, with elements gone, moved, repeated, renamed, wrapped, or of senseless numbers."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError:
        return raw(data, random)
    for _ in range(random.choice((1, 2, 5, 20))):
        elements = [element for element in root.iter() if isinstance(element.tag, str)]
        _tree_damage(random.choice(elements), random.choice(elements), random)
    made = etree.tostring(root, encoding=random.choice(("UTF-8", "UTF-8", "UTF-8", "UTF-16", "GB18030")))
    return made if len(made) < _MOST else data


def _tree_damage(one: etree._Element, other: etree._Element, random: Random) -> None:
    match random.randrange(8):
        case 0 | 1 | 2 | 3 as way if one.getparent() is not None:
            _misplace(one, other, way, random)
        case 4:
            one.tag = other.tag
        case 5:
            one.text = random.choice((other.text, None, random.choice(NUMBERS), "甲" * 10_000))
        case 6:
            one.attrib.update(other.attrib)
        case _:
            element = random.choice([element for element in one.iter() if element.attrib] or [other])
            for key in random.sample(list(element.attrib), min(1, len(element.attrib))):
                element.set(key, _senseless(element.get(key), random))


def _misplace(one: etree._Element, other: etree._Element, way: int, random: Random) -> None:
    """Remove an element, move it into another, repeat it, or wrap it in many."""
    parent = one.getparent()
    if way == 0:
        parent.remove(one)
    elif way == 1 and other not in one.iter():
        other.append(one)
    elif way == 2:
        size = sum(1 for _ in one.iter())
        for _ in range(random.choice((1, 2, max(1, min(1000, 20_000 // size))))):
            parent.insert(parent.index(one), copy.deepcopy(one))
    else:
        place = parent.index(one)
        parent.remove(one)
        inner = one
        for _ in range(random.choice(_DEPTHS)):
            outer = etree.Element(other.tag)
            outer.append(inner)
            inner = outer
        parent.insert(place, inner)


def _senseless(value: str, random: Random) -> str:
    words = value.split(" ")
    words[random.randrange(len(words))] = random.choice(NUMBERS)
    return " ".join(words)


def pdf(data: bytes, random: Random) -> bytes:
    """A PDF whose objects are damaged and whose table of objects is right again, mostly."""
    objects = [(int(m[1]), int(m[2]), m[3]) for m in _OBJECT.finditer(data)]
    trailer = re.search(rb"trailer\s*(<<.*?>>)\s*startxref", data, re.DOTALL)
    if not objects or trailer is None:
        return raw(data, random)
    for _ in range(random.choice((1, 1, 2, 6))):
        place = random.randrange(len(objects))
        number, generation, body = objects[place]
        match random.randrange(8):
            case 0:
                objects[place] = (number, generation, random.choice(objects)[2])
            case 1:
                del objects[place]
                objects = objects or [(1, 0, b"null")]
            case _:
                objects[place] = (number, generation, _object_damage(body, random))
    return _pdf_of(objects, _token_damage(trailer[1], random) if random.randrange(8) == 0 else trailer[1])


def _object_damage(body: bytes, random: Random) -> bytes:
    stream = _STREAM.fullmatch(body.strip())
    if stream is None or random.randrange(4) == 0:
        return _token_damage(body, random)
    head, content = stream[1], stream[2]
    plain = content
    try:
        if b"ASCII85Decode" in head:
            plain = base64.a85decode(plain.strip().removesuffix(b"~>"))
        if b"FlateDecode" in head:
            plain = zlib.decompress(plain)
    except (ValueError, zlib.error):
        return b"%s\nstream\n%s\nendstream\n" % (head, raw(content or b"x", random))
    plain = _token_damage(plain, random) if random.randrange(2) else raw(plain or b"x", random)
    head = re.sub(rb"/Filter\s*(\[[^\]]*\]|/\w+)", b"/Filter/FlateDecode" if b"Flate" in head else b"", head)
    packed = zlib.compress(plain) if b"FlateDecode" in head else plain
    head = re.sub(rb"/Length \d+", b"/Length %d" % len(packed), head)
    return b"%s\nstream\n%s\nendstream\n" % (head, packed)


def _token_damage(body: bytes, random: Random) -> bytes:
    tokens = list(_TOKEN.finditer(body))
    if not tokens:
        return raw(body or b"x", random)
    for _ in range(random.choice((1, 1, 3, 20))):
        found = random.choice(tokens)
        new = random.choice((random.choice(WORDS), random.choice(tokens)[0], b"", found[0] * 50))
        body = body[: found.start()] + new + body[found.end() :]
        tokens = list(_TOKEN.finditer(body)) or [found]
    return body


def _pdf_of(objects: Sequence[tuple[int, int, bytes]], trailer: bytes) -> bytes:
    made = bytearray(b"%PDF-1.4\n%\x93\x8c\x8b\x9e\n")
    places: dict[int, int] = {}
    for number, generation, body in objects:
        places[number] = len(made)
        made += b"%d %d obj%sendobj\n" % (number, generation, body)
    start = len(made)
    size = max(places) + 1
    made += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        made += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    return bytes(made + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % start)


def picture(data: bytes, random: Random) -> bytes:
    """A picture with senseless fields in its header; a PNG's sums are right again."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 3))):
        place = random.randrange(2, min(len(changed), random.choice((32, 120, 700))))
        width = random.choice((1, 2, 4))
        value = random.choice((0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 10_000, 30_000))
        order = random.choice(("big", "little"))
        changed[place : place + width] = (value & (1 << 8 * width) - 1).to_bytes(width, order)
    made = bytes(changed)
    return _summed(made) if made.startswith(b"\x89PNG") and random.randrange(4) else made


def _summed(data: bytes) -> bytes:
    made = bytearray(data)
    place = 8
    while place + 12 <= len(made):
        end = place + 8 + int.from_bytes(made[place : place + 4], "big")
        if end + 4 > len(made):
            break
        made[end : end + 4] = zlib.crc32(made[place + 4 : end]).to_bytes(4, "big")
        place = end + 4
    return bytes(made)


def records(data: bytes, random: Random) -> bytes:
    """An XLS workbook with senseless fields in the records of its stream, which xlwt stores in one piece."""
    made = bytearray(data)
    found = []
    place = _OLE_HEADER
    while place + 4 <= len(made):
        kind, size = (
            int.from_bytes(made[place : place + 2], "little"),
            int.from_bytes(made[place + 2 : place + 4], "little"),
        )
        if kind == size == 0:
            break
        found.append((place, size))
        place += 4 + size
    for _ in range(random.choice((1, 1, 3, 20))):
        start, size = random.choice(found)
        at = start + random.randrange(4 + size)
        value = random.choice((0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0xFFFFFFFF, random.getrandbits(32)))
        width = random.choice((1, 2, 4))
        made[at : at + width] = (value & (1 << 8 * width) - 1).to_bytes(width, "little")
    return bytes(made)


DAMAGES = {
    "docx": package, "xlsx": package, "ofd": package, "zip": bundle, "word_xml": xml, "pdf": pdf, "scan": pdf,
    "picture": picture, "xls": records,
}  # fmt: skip
