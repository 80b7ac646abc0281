"""A query finds what the text holds, because both are cut in the same way."""

import sqlite3

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storage.bigrams import bigrams, search_phrase


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", ""),
        ("公", "公"),
        ("信息公开", "信息 息公 公开 开"),
        ("公开,申请。", "公开 开 申请 请"),
        ("2024年", "20 02 24 4年 年"),
        ("ＰＤＦ", "pd df f"),
        ("a_b", "a b"),
    ],
)
def test_text_is_cut_into_pairs_of_characters(text, tokens):
    assert bigrams(text) == tokens


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ("", None),
        (' "，。* ', None),
        ("公", '"公" *'),
        ("信息公开", '"信息 息公 公开"'),
        ("公开 申请", '"公开" AND "申请"'),
        ('公开" OR "', '"公开" AND "or"'),
    ],
)
def test_a_query_is_cut_into_phrases(words, phrase):
    assert search_phrase(words) == phrase


@pytest.fixture(scope="module")
def index():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE VIRTUAL TABLE words USING fts5(tokens, content = '', tokenize = ascii)")
    yield connection
    connection.close()


LETTERS = st.text(st.characters(categories=["Lo", "Ll", "Nd", "Nl"]), min_size=1, max_size=8)


@given(before=st.text(max_size=8), word=LETTERS, after=st.text(max_size=8))
def test_whatever_letters_a_text_holds_are_found_in_it(index, before, word, after):
    phrase = search_phrase(word)
    assume(phrase is not None)
    text = f"{before} {word} {after}"

    index.execute("BEGIN")
    index.execute("INSERT INTO words (rowid, tokens) VALUES (1, ?)", (bigrams(text),))
    found = index.execute("SELECT rowid FROM words WHERE tokens MATCH ?", (phrase,)).fetchall()
    index.execute("ROLLBACK")

    assert found == [(1,)]


@given(words=st.text(max_size=20))
def test_no_query_breaks_the_index(index, words):
    phrase = search_phrase(words)
    assume(phrase is not None)

    assert index.execute("SELECT rowid FROM words WHERE tokens MATCH ?", (phrase,)).fetchall() == []
