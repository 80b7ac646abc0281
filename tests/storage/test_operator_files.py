"""The line of every key of a TOML text, whatever strings and brackets stand in between."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from storage.faults import Faults
from storage.operator_files import key_lines, parse_toml

TRICKY = r'''# [comment]
top = 1
text = """
[no.table]
key = "quote \" \\"""
after = 2
[t."q.r"] # comment
list = [ # [
  "a]", 'b"',
  # "
  {x = 1},
]
"z=1" = 'a=b#'
d.e = 2
[[w]]
p = 1
[w.sub]
u = 2
[[w]]
p = '''
TRICKY += """'''
[x]
k = 1
'''
q = {a = {b = [1]}}
[ last ]
s=1"""

LINES = {
    ("top",): 2,
    ("text",): 3,
    ("after",): 6,
    ("t", "q.r"): 7,
    ("t", "q.r", "list"): 8,
    ("t", "q.r", "z=1"): 13,
    ("t", "q.r", "d", "e"): 14,
    ("w",): 15,
    ("w", 0): 15,
    ("w", 0, "p"): 16,
    ("w", 0, "sub"): 17,
    ("w", 0, "sub", "u"): 18,
    ("w", 1): 19,
    ("w", 1, "p"): 20,
    ("w", 1, "q"): 24,
    ("last",): 25,
    ("last", "s"): 26,
}


def test_every_key_has_the_line_that_an_editor_shows():
    tomllib.loads(TRICKY)

    assert key_lines(TRICKY) == LINES
    assert key_lines(TRICKY.replace("\n", "\r\n")) == LINES


def test_a_key_without_a_line_of_its_own_has_its_tables():
    source = parse_toml(TRICKY, Faults(Path("x.toml")))

    assert source is not None
    assert source.line("w", 1, "q", "a", "b") == 24
    assert source.line("nowhere") == 1


VALUES = st.one_of(
    st.sampled_from(
        ["1", "true", "'#='", '"[#\\""', "[1, [2]]", "{a = '}'}", '"""\n# x\n"" """', "[\n  '#',\n]", "1 # = ["]
    )
)


@given(st.lists(st.tuples(st.integers(0, 3), st.text(alphabet="ab.=#[]", min_size=1, max_size=4), VALUES), max_size=8))
def test_keys_are_found_under_any_mixture_of_blank_lines_and_values(entries):
    lines, expected = [], {}
    for index, (blank, name, value) in enumerate(entries):
        lines += ["# x = 1"] * blank
        expected[f"{index}{name}",] = "\n".join([*lines, ""]).count("\n") + 1
        lines.append(f'"{index}{name}" = {value}')
    text = "\n".join(lines)

    assert parse_toml(text, Faults(Path("x.toml"))) is not None
    assert key_lines(text) == expected


def test_where_a_text_stops_being_toml_is_told():
    texts = {"a = 1\nb = \n": 2, "a = 1\na = 2": 2, "[a]\nb = 1\n[a]\n": 3, "a = [1,\n2\n": 2, "a = '\0'": 1}

    faults = []
    for text in texts:
        book = Faults(Path("x.toml"))
        assert parse_toml(text, book) is None
        faults += book.found

    assert [fault.line for fault in faults] == list(texts.values())


def test_a_text_that_breaks_the_parser_is_a_fault_and_no_crash():
    for text in ("a = " + "[" * 5000, "a = " + "9" * 5000):
        book = Faults(Path("x.toml"))

        assert parse_toml(text, book) is None
        assert len(book.found) == 1
