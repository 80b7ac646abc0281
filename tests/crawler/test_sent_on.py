"""Columns that are sent on: to the same page by another spelling of its address, or to another page."""

import pytest

from crawler.sent_on import is_sent_on

COLUMN = "http://www.example.gov.cn/slj/nb/"


@pytest.mark.parametrize(
    "answered",
    [
        COLUMN,
        "https://example.gov.cn/slj/nb",
        "http://www.example.gov.cn/slj/nb/index.html",
        "http://www.example.gov.cn//slj/nb/index.jsp?session=1a2b",
    ],
)
def test_another_spelling_of_the_address_is_the_same_page(answered):
    assert not is_sent_on(COLUMN, answered)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (COLUMN, "http://www.example.gov.cn/jyj/nb/"),
        (COLUMN, "http://slj.example.gov.cn/slj/nb/"),
        (f"{COLUMN}2024/", f"{COLUMN}2023/"),
        ("http://www.example.gov.cn/list.php?id=5", "http://www.example.gov.cn/list.php?id=6"),
    ],
)
def test_another_folder_host_or_number_is_another_page(asked, answered):
    assert is_sent_on(asked, answered)
