"""XML from strangers takes no more memory than its place needs, and nothing outside of it is opened."""

from __future__ import annotations

import pytest

from crawler.documents.part import local_name, part_elements, part_tree
from storage.errors import UnreadableError


def all_of(data, name):
    return list(part_elements(data, name, ("a", "b")))


@pytest.mark.parametrize("read", [part_tree, all_of])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"<a><b></a>",
        b"<a>",
        b"\xff\xfe<\x00a\x00",
        b"<a>" * 300 + b"</a>" * 300,
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<!DOCTYPE a><a/>",
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"),
        b"<a " + b" ".join(b'b%d=""' % number for number in range(10_000)) + b"/>",
    ],
)
def test_what_no_office_writes_is_damaged(read, data):
    with pytest.raises(UnreadableError) as refused:
        read(data, "part")

    assert refused.value.reason == "damaged"


@pytest.mark.parametrize(
    "data", [b"<a>" + b"<b/>" * 2_000_001 + b"</a>", b"<a>" + b" " * 34_000_000 + b"</a>"], ids=["elements", "bytes"]
)
def test_what_is_larger_than_any_report_is_refused(data):
    with pytest.raises(UnreadableError) as refused:
        part_tree(data, "part")

    assert refused.value.reason == "too_large"


def test_names_are_told_without_their_namespace():
    root = part_tree(b'<x:a xmlns:x="http://example.org"><x:b/><!-- c --><?d e?></x:a>', "part")

    assert [local_name(element) for element in root.iter()] == ["a", "b"]
