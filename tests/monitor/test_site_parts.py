"""The parts of the site that need no database: printed tables, bars, excerpts, cells, safe CSV."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.site import texts
from monitor.site.bars import CONTENT_ORDER, LEAST, STATUS_ORDER, WIDTH, parts
from monitor.site.cells import address_link, capture_link, cell_class, shown
from monitor.site.columns import COLUMNS
from monitor.site.excerpts import excerpt, first_hit
from monitor.site.exports import REPORTS_AT_ONCE, neutral
from monitor.site.printed_tables import Marks, printed_table
from monitor.site.queries import canned_queries
from monitor.site.server import SETTINGS, STATIC, TEMPLATES
from monitor.site.tables import PUBLIC_TABLES, column_words
from storage.forms import FORM_2021, FORMS
from storage.records import Content, Finding, Severity, Status
from storage.report import Fact, Reading
from storage.views import WIDE_VIEWS
from tests.builders import report

EVERY_TABLE = [(form, table.key) for form in FORMS for table in FORMS[form].tables]


def grid(form="2021", table="applications", findings=(), cells=None):
    facts = report(form, cells=cells).facts
    return printed_table(FORMS[form].table(table), facts, Marks(findings), is_present=True)


def cells_of(printed):
    return {cell.path: cell for row in printed.rows for cell in row if cell.path and not cell.is_header}


@pytest.mark.parametrize(("form", "table"), EVERY_TABLE)
def test_every_printed_table_is_a_full_rectangle(form, table):
    rows = grid(form, table).rows
    taken = set()
    for row, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            places = {(row + down, column + right) for down in range(cell.rows) for right in range(cell.columns)}
            assert not taken & places
            taken |= places

    width = 1 + max(column for _, column in taken)
    assert taken == {(row, column) for row in range(len(rows)) for column in range(width)}


@pytest.mark.parametrize(("form", "table"), EVERY_TABLE)
def test_every_cell_of_the_form_is_printed_once(form, table):
    expected = [
        f"{table}/{row.key}/{column.key}"
        for row in FORMS[form].table(table).rows
        for column in FORMS[form].table(table).columns(row.key)
    ]

    printed = [cell.path for row in grid(form, table).rows for cell in row if cell.path and not cell.is_header]

    assert printed == expected


def test_a_cell_shows_its_number_and_keeps_what_was_printed():
    cells = cells_of(
        grid(
            cells={
                "applications/granted/total": Fact(1234, "1,234", Reading.NUMBER),
                "applications/granted/other_org": None,
                "applications/granted/natural_person": "若干",
            }
        )
    )

    total, blank, words = (cells[f"applications/granted/{key}"] for key in ("total", "other_org", "natural_person"))
    assert (total.text, total.printed, total.is_blank) == ("1234", "1,234", False)
    assert (blank.text, blank.is_blank) == ("", True)
    assert (words.text, words.printed) == ("若干", "")


def test_a_broken_sum_is_numbered_where_it_begins_and_at_its_total():
    paths = [f"applications/granted/{key}" for key in ("natural_person", "other_org", "total")]
    finding = Finding("applications-row-total", Severity.ERROR, paths[0], "", {"operands": dict.fromkeys(paths, 0)})

    cells = cells_of(grid(findings=(finding,)))

    assert [(cells[path].severity, cells[path].notes) for path in paths] == [
        ("error", (1,)),
        ("error-sum", ()),
        ("error", (1,)),
    ]


def test_a_finding_on_a_row_or_a_table_stands_at_its_label():
    missing = Finding("row-missing", Severity.ERROR, "applications/granted", "")
    lost = Finding("table-as-picture", Severity.WARNING, "applications", "")

    printed = grid(findings=(missing, lost))

    label = next(cell for row in printed.rows for cell in row if cell.path == "applications/granted")
    assert (label.severity, label.notes, printed.notes) == ("error", (1,), (2,))


def test_a_table_that_the_report_lacks_has_no_rows():
    assert printed_table(FORM_2021.table("reviews"), {}, Marks(()), is_present=False).rows == ()


@given(st.dictionaries(st.sampled_from([*STATUS_ORDER]), st.integers(0, 10**6)))
def test_the_parts_of_a_bar_fill_it_and_none_is_invisible(counts):
    found = parts(counts, STATUS_ORDER)

    assert [part.key for part in found] == [key.value for key in STATUS_ORDER if counts.get(key)]
    if found:
        assert sum(part.width for part in found) == pytest.approx(WIDTH, abs=0.1)
        assert min(part.width for part in found) >= LEAST - 0.01


def test_every_status_and_content_has_its_place_and_colour():
    sheet = (STATIC / "site.css").read_text()

    assert set(STATUS_ORDER) == set(Status)
    assert set(CONTENT_ORDER) == set(Content)
    assert [key for key in (*Status, *Content) if f"rect.s-{key}" not in sheet] == []


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("主动公开情况", "公开", "主动⟦公开⟧情况"),
        ("ＡＢＣ１２３", "abc", "⟦ＡＢＣ⟧１２３"),
        ("一…二㈠三", "三", "一…二㈠⟦三⟧"),
        ("甲\n乙  公开", "公开", "甲 乙 ⟦公开⟧"),
        ("没有", "公开", "没有"),
        ("公开", "", "公开"),
    ],
)
def test_an_excerpt_marks_the_first_hit(text, words, expected):
    assert excerpt(text, words) == expected


def test_an_excerpt_of_a_long_text_is_about_a_line():
    shortened = excerpt("前" * 500 + "公开" + "后" * 500, "公开")

    assert shortened.startswith("…前")
    assert "⟦公开⟧后" in shortened
    assert len(shortened) < 130


@given(st.text(), st.text(min_size=1))
def test_a_hit_lies_within_its_text(text, words):
    hit = first_hit(text, words)

    assert hit is None or 0 <= hit[0] < hit[1] <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+86",
        "-5",
        "@SUM(A1)",
        "＝1",
        "＋1",
        "－1",
        "＠a",
        "\t=1",
        "\r1",
        " =1",
        "\u3000=1",
        "\xa0-1",
        "\ufeff=1",
        "\u200b=1",
        "\n=1",
    ],
)
def test_text_that_a_spreadsheet_would_execute_is_marked_as_text(text):
    assert neutral(text) == f"'{text}"
    assert neutral({"value": text, "label": text}) == {"value": f"'{text}", "label": f"'{text}"}


@pytest.mark.parametrize("value", ["公开", "2025-01-31", "'=1", "a=b", "", -5, 1.5, None, "http://a.example/?a=1"])
def test_anything_else_is_left_alone(value):
    assert neutral(value) == value


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("status", "late", '<span class="chip s-late">逾期公开</span>'),
        ("status", '"><script>', '<span class="chip s-script">&#34;&gt;&lt;script&gt;</span>'),
        ("rule", "no-such-rule", '<span title="no-such-rule">no-such-rule</span>'),
        ("as_of", "2025-02-10T09:00:00+08:00", "2025-02-10 09:00"),
        ("url", "javascript:alert(1)", None),
        ("url", 'http://a.example/"onclick="x', None),
        ("title", "<b>", None),
        ("excerpt", "<b>⟦公开⟧", "&lt;b&gt;<mark>公开</mark>"),
        ("evidence", '{"a":"<b>"}', '<dl class="json"><div><dt>a</dt><dd>&lt;b&gt;</dd></div></dl>'),
        ("evidence", "[1, null, true]", '<ul class="json"><li>1</li><li></li><li>是</li></ul>'),
        ("evidence", "[" * 9000, None),
        ("size", 5, None),
    ],
)
def test_values_are_shown_in_words_and_escaped(column, value, expected):
    found = shown(column, value, "zh")

    if column == "url" and value.startswith("http"):
        assert '"onclick' not in str(found)
    else:
        assert found == expected


def test_only_addresses_and_digests_become_links():
    assert str(address_link("javascript:alert(1)")) == "javascript:alert(1)"
    assert str(capture_link('"><b>')) == "&#34;&gt;&lt;b&gt;"
    assert 'rel="noopener noreferrer nofollow"' in address_link("https://a.example/")


def test_numbers_that_only_name_something_are_not_set_as_numbers():
    assert [cell_class(*cell) for cell in (("errors", 2), ("report_year", 2024), ("due", "2025-01-31"))] == [
        "number",
        "",
        "when",
    ]


def test_every_text_of_the_templates_is_declared_and_every_declared_one_used():
    sources = [*TEMPLATES.glob("*.html"), *Path(texts.__file__).parent.glob("*.py")]
    written = "".join(path.read_text() for path in sources)
    used = set(re.findall(r"""\bt\('(\w+)'""", written)) | set(re.findall(r"""language, "(\w+)\"""", written))
    used |= (
        {*texts.LOOKUPS, "yes", "no"} | set(re.findall(r"""\d+, "(\w+)", """, written)) | {"not_found", "bad_request"}
    )

    assert used == set(texts.TEXTS)


def test_every_promised_table_is_described():
    promised = {
        *("agencies", "portals", "scans", "captures", "reports", "disclosures", "applications", "reviews", "sections"),
        *("findings", "obligations", "alerts", "transitions"),
    }

    assert set(PUBLIC_TABLES) == {*promised, "report_versions"}
    assert [table.name for table in PUBLIC_TABLES.values() if not all((*table.title, *table.description))] == []


def test_the_parameters_of_every_query_are_described():
    sql = "".join(query["sql"] for query in canned_queries((2024,), "zh").values())

    assert set(re.findall(r":(\w+)", sql)) - set(COLUMNS) == set()


def test_wide_columns_say_which_form_calls_them_what():
    assert column_words("disclosures", "issued", "zh") == "本年制发件数：2021年格式"
    assert column_words("applications", "total", "zh") == "总计"


def test_a_part_of_an_export_always_fits():
    rows = max(len(form.table(table).rows) for form in FORMS.values() for table in WIDE_VIEWS.values())

    assert REPORTS_AT_ONCE * rows < SETTINGS["max_returned_rows"]


def test_a_fact_that_is_no_number_is_shown_as_printed():
    given_report = report()
    facts = {cell: replace(fact, text=" 7 件 ") for cell, fact in given_report.facts.items()}

    printed = printed_table(FORM_2021.table("reviews"), facts, Marks(()), is_present=True)

    assert {cell.printed for cell in cells_of(printed).values()} == {"7 件"}
