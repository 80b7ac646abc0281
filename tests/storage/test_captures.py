"""The archive gives back the very bytes, or says that it cannot."""

import hashlib
import os
import resource

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.captures import Captures
from storage.errors import CaptureMissingError


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return Captures(tmp_path_factory.mktemp("captures"))


@given(data=st.binary(max_size=3000))
def test_any_bytes_come_back_as_they_went_in(archive, data):
    digest = archive.put(data)

    assert (digest, archive.get(digest), archive.has(digest)) == (hashlib.sha256(data).hexdigest(), data, True)


def test_the_same_bytes_are_kept_once(tmp_path):
    captures = Captures(tmp_path)

    digests = {captures.put(b"report"), captures.put(b"report")}

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert (len(digests), files) == (1, [captures.path(digests.pop())])


def test_bytes_that_are_not_there_are_missed_by_name(tmp_path):
    captures = Captures(tmp_path)
    digest = hashlib.sha256(b"gone").hexdigest()

    with pytest.raises(CaptureMissingError) as error:
        captures.get(digest)

    assert (error.value.digest, error.value.path, captures.has(digest)) == (digest, captures.path(digest), False)


@pytest.mark.parametrize("damage", [b"", b"not zstandard", "truncated", "other"])
def test_a_damaged_file_is_missing_and_putting_it_again_repairs_it(tmp_path, damage):
    captures = Captures(tmp_path)
    digest = captures.put(b"report" * 100)
    path = captures.path(digest)
    other = captures.path(captures.put(b"another report")).read_bytes()
    path.write_bytes({"truncated": path.read_bytes()[:-3], "other": other}.get(damage, damage))

    with pytest.raises(CaptureMissingError):
        captures.get(digest)
    captures.put(b"report" * 100)

    assert captures.get(digest) == b"report" * 100


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_what_is_no_digest_names_no_file(tmp_path, name):
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        Captures(tmp_path).get(name)


def test_a_disk_that_refuses_leaves_no_part_of_a_file(tmp_path):
    captures = Captures(tmp_path)
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, unlimited[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            captures.put(os.urandom(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
