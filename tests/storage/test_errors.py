"""Errors that a person meets say in their language what to do."""

import re
from pathlib import Path

import pytest

from storage.error_texts import ERROR_TEXTS
from storage.errors import DatabaseError


def test_an_error_speaks_the_language_of_the_person_and_both_in_a_log():
    error = DatabaseError("no_database", Path("data/nianbao.db"))

    assert error.spoken("zh") == "还没有数据库 data/nianbao.db；crawl 或 ingest 会建立它"
    assert error.spoken("en") == "data/nianbao.db: there is no database yet; a crawl or an ingest makes it"
    assert str(error) == f"{error.spoken('zh')} / {error.spoken('en')}"


@pytest.mark.parametrize("key", ERROR_TEXTS)
def test_both_languages_of_a_message_need_the_same_values_or_fewer_in_chinese(key):
    text = ERROR_TEXTS[key]

    assert set(re.findall(r"{(\d)}", text.zh)) <= set(re.findall(r"{(\d)}", text.en))
    assert re.search(r"[\u4e00-\u9fff]", text.zh)
    assert text.en.isascii()


def test_every_message_is_raised_somewhere(repository):
    sources = "".join(
        path.read_text(encoding="utf-8")
        for name in ("storage", "crawler", "monitor")
        for path in (repository / name).rglob("*.py")
    )

    assert [key for key in ERROR_TEXTS if sources.count(f'"{key}"') < 2] == []
