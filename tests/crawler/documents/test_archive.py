"""Archives from strangers are opened only when their directory is sound, and unpacked only as far as it says."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
import zlib

import pytest

from crawler.documents import read_document
from crawler.documents.archive import MAX_MEMBERS, Archive
from storage.errors import UnreadableError

MEGABYTE = 1024 * 1024


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def reason_of(act):
    with pytest.raises(UnreadableError) as refused:
        act()
    return refused.value.reason


def with_sizes(data, *, packed=None, unpacked=None):
    """The archive of one member, whose directory and header say these sizes."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x01\x02", 20), (b"PK\x03\x04", 18)):
        start = data.index(mark) + at
        if packed is not None:
            changed[start : start + 4] = struct.pack("<I", packed)
        if unpacked is not None:
            changed[start + 4 : start + 8] = struct.pack("<I", unpacked)
    return bytes(changed)


def entry(name, offset, packed, unpacked, crc):
    return (
        struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, packed, unpacked, len(name), 0, 0, 0, 0, 0, offset
        )
        + name
    )


def overlapping(count):
    """So many names for one and the same packed megabyte, as David Fifield's bomb does."""
    content = bytes(MEGABYTE)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    crc = zlib.crc32(content)
    header = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(packed), len(content), 1, 0)
    body = header + b"a" + packed
    directory = b"".join(entry(b"%05d" % number, 0, len(packed), len(content), crc) for number in range(count))
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end


def test_members_are_read_by_their_names():
    with Archive(zipped(("a/年报.txt", b"one"), ("b", b"two"))) as archive:
        assert [(member.name, member.size, archive.read(member.name)) for member in archive.members] == [
            ("a/年报.txt", 3, b"one"),
            ("b", 3, b"two"),
        ]
        assert "b" in archive
        assert "c" not in archive


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_that_do_not_tell_their_encoding_are_read_as_they_were_typed(encoding):
    name = "2024年报.txt"
    raw = name.encode(encoding)
    data = zipped(("x" * len(raw), b"1")).replace(b"x" * len(raw), raw)

    with Archive(data) as archive:
        assert [member.name for member in archive.members] == [name]


def test_a_name_that_climbs_is_only_a_name():
    names = ["../../etc/passwd", "/etc/passwd", "C:\\windows\\a.txt", "..\\..\\a"]

    with Archive(zipped(*((name, b"x") for name in names))) as archive:
        assert [member.name for member in archive.members] == names


def test_a_member_that_unpacks_to_a_thousand_times_its_size_is_refused():
    assert reason_of(lambda: Archive(zipped(("a", bytes(20 * MEGABYTE))))) == "unsafe_archive"


def test_a_member_larger_than_any_report_is_refused():
    assert reason_of(lambda: Archive(zipped(("a", bytes(65 * MEGABYTE))))) == "unsafe_archive"


def test_members_that_unpack_to_too_much_together_are_refused():
    data = with_sizes(zipped(("a", b"x" * 100)), unpacked=60 * MEGABYTE)
    many = [(f"{number}", bytes(7 * MEGABYTE)) for number in range(40)]

    assert reason_of(lambda: Archive(data)) == "unsafe_archive"
    assert reason_of(lambda: Archive(zipped(*many))) == "unsafe_archive"


def test_a_directory_that_lies_about_a_size_is_found_out():
    too_small = with_sizes(zipped(("a", b"x" * 1000)), unpacked=10)
    too_large = with_sizes(zipped(("a", b"x" * 1000)), unpacked=5000)

    for data in (too_small, too_large):
        with Archive(data) as archive:
            assert reason_of(lambda opened=archive: opened.read("a")) == "damaged"


def test_names_for_the_same_bytes_are_a_bomb():
    assert reason_of(lambda: Archive(overlapping(200))) == "unsafe_archive"


@pytest.mark.parametrize("count", [MAX_MEMBERS + 1, 70_000])
def test_too_many_members_are_refused(count):
    assert reason_of(lambda: Archive(zipped(*((f"{number}", b"") for number in range(count))))) == "unsafe_archive"


def test_a_million_entries_are_refused_before_any_is_looked_at():
    data = b"PK\x03\x04" + entry(b"", 0, 0, 0, 0) * 1_000_000 + b"PK\x05\x06" + bytes(18)

    assert reason_of(lambda: Archive(data)) == "unsafe_archive"


def test_an_archive_with_a_password_says_so():
    data = bytearray(zipped(("a", b"secret")))
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(mark) + at] |= 1

    with Archive(bytes(data)) as archive:
        assert reason_of(lambda: archive.read("a")) == "encrypted"
    assert reason_of(lambda: read_document(bytes(data))) == "encrypted"


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_unusual_packing_is_not_unpacked(method):
    with Archive(zipped(("a", b"x" * 1000), method=method)) as archive:
        assert reason_of(lambda: archive.read("a")) == "unsupported"


def test_a_large_archive_of_the_64_bit_kind_is_read():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, archive.open("a", "w", force_zip64=True) as member:
        member.write(b"x" * 1000)

    with Archive(stream.getvalue()) as archive:
        assert archive.read("a") == b"x" * 1000


def test_data_before_the_first_header_do_not_hide_the_members():
    with Archive(b"MZ a program that unpacks itself " * 100 + zipped(("a", b"one"))) as archive:
        assert archive.read("a") == b"one"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_archive_is_damaged(share):
    data = zipped(*((f"{number}", bytes(range(256)) * 9) for number in range(9)))

    assert reason_of(lambda: Archive(data[: int(len(data) * share)])) == "damaged"


def test_a_mutated_archive_is_read_or_refused_and_nothing_else():
    whole = zipped(*((f"{number}", bytes(range(256)) * 9) for number in range(9)))
    reasons = set()
    for at in range(0, len(whole), 3):
        data = bytearray(whole)
        data[at] ^= 0xFF
        try:
            with Archive(bytes(data)) as archive:
                for member in archive.members:
                    archive.read(member.name)
        except UnreadableError as error:
            reasons.add(error.reason)

    assert "damaged" in reasons
    assert reasons <= {"damaged", "encrypted", "unsafe_archive", "unsupported"}


BOMBS = """
import sys
from tests.crawler.documents.test_archive import bomb
from crawler.documents import read_document
from storage.errors import UnreadableError
try:
    read_document(bomb(sys.argv[1]))
except UnreadableError as error:
    # Not ru_maxrss: a child inherits that from the process it was forked from.
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(error.reason, int(peak.split()[1]) // 1024)
"""


def bomb(name):
    """Archives that unpack to more than a machine has, by name."""
    zeros = zipped(("zeros", bytes(60 * MEGABYTE)))
    noise = zipped(*((f"{number}.txt", b"x" * 900 + b"%d" % number * 70_000) for number in range(30)))
    layers = noise
    for _ in range(6):
        layers = zipped(*((f"{number}.zip", layers) for number in range(6)))
    return {
        "plain": zeros,
        "overlapping": overlapping(1500),
        "nested": layers,
        "many nested": zipped(*((f"{number}.zip", noise) for number in range(300))),
        "nested zeros": zipped(("a.zip", zeros), ("b.zip", zeros)),
        "sheet": zipped(("xl/workbook.xml", b"<workbook>" + b" " * 60 * MEGABYTE)),
        "pages": zipped(("OFD.xml", b"<OFD>" + b" " * 60 * MEGABYTE)),
    }[name]


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("plain", {"unsafe_archive"}),
        ("overlapping", {"unsafe_archive"}),
        ("nested", {"unsupported", "unsafe_archive"}),
        ("many nested", {"unsafe_archive"}),
        ("nested zeros", {"unsafe_archive"}),
        ("sheet", {"unsafe_archive"}),
        ("pages", {"unsafe_archive"}),
    ],
)
def test_a_bomb_is_refused_within_little_memory(name, reasons):
    done = subprocess.run([sys.executable, "-c", BOMBS, name], capture_output=True, text=True, timeout=60, check=True)

    reason, megabytes = done.stdout.split()
    assert reason in reasons
    assert int(megabytes) < 500
