"""Bytes become the same text whatever the page says of itself."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.documents import read_document
from crawler.documents.encoding import as_utf8
from storage.errors import UnreadableError

PROSE = "青岚县教育局2024年政府信息公开工作年度报告，主动公开政府信息三百条，䶮镕两字也在内。" * 4
LABELS = ("utf-8", "gb2312", "gbk", "iso-8859-1", "")

chinese = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=60, max_size=200)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_label_of_a_page_is_not_believed(encoding, label):
    page = f"<html><head><meta charset='{label}'></head><body><p>{PROSE}</p></body></html>"

    blocks = read_document(page.encode(encoding)).blocks

    assert [block.text for block in blocks] == [PROSE]


@given(chinese)
def test_gb18030_and_utf_8_are_never_taken_for_one_another(text):
    framed = f"<p>{text}</p>"

    assert as_utf8(framed.encode("gb18030")).decode() == framed
    assert as_utf8(framed.encode()).decode() == framed


def test_a_page_cut_inside_a_character_is_still_utf_8():
    assert as_utf8(PROSE.encode()[:-1]).decode() == PROSE[:-1]


def test_a_mark_at_the_beginning_is_no_text():
    assert as_utf8(codecs.BOM_UTF8 + PROSE.encode()).decode() == PROSE


@pytest.mark.parametrize(
    "data",
    [PROSE.encode().decode("latin1").encode(), PROSE.encode("gb18030").decode("utf-8", "replace").encode()],
    ids=["twice encoded", "already damaged"],
)
def test_damaged_text_is_refused_and_not_searched(data):
    with pytest.raises(UnreadableError) as refused:
        as_utf8(data)

    assert refused.value.reason == "undecodable"
