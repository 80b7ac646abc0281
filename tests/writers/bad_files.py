"""Files that are not what they should be, made by code: archives, pictures that lie, documents behind passwords."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import xlwt
from PIL import Image

from tests.writers.picture_writer import encoded


def zipped(*members: tuple[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def png(width: int, height: int, rows: int) -> bytes:
    """A white picture of one bit a pixel, with so many of its rows."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress((b"\0" + b"\xff" * (-(-width // 8))) * rows, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    made = bytearray(encoded(Image.linear_gradient("L"), "JPEG"))
    place = made.index(b"\xff\xc0") + 5
    made[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(made)


def locked_office() -> bytes:
    """A storage with what Office stores in place of a document that has a password."""
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "x")
    stream = io.BytesIO()
    book.save(stream)
    made = bytearray(stream.getvalue())
    place = made.index("Workbook".encode("utf-16-le"))
    name = "EncryptedPackage".encode("utf-16-le")
    made[place : place + 66] = name.ljust(64, b"\0") + struct.pack("<H", len(name) + 2)
    return bytes(made)
