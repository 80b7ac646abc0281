"""How alike two texts are, and what of it is copied."""

import random
from dataclasses import replace

import pytest

from monitor.checks import Subject, judge
from monitor.checks.similarity import compared_text, similarity, without_digits, without_years
from storage.records import Severity
from storage.report import Section
from tests.builders import report, with_section

CHARACTERS = "公开信息政府镇村民办理答复发布平台栏目审核培训考核评议问题改进措施群众需求年度工作全面及时"


def words(seed: int, length: int) -> str:
    return "".join(random.Random(seed).choices(CHARACTERS, k=length))


def counted(one: str, other: str) -> float:
    """The definition, without any shortcut."""
    shingles, others = ({text[at : at + 5] for at in range(len(text) - 4)} for text in (one, other))
    return len(shingles & others) / len(shingles | others)


@pytest.mark.parametrize("changed", [0, 1, 5, 20, 60])
def test_similarity_is_the_shared_part_of_all_shingles(changed):
    text = words(1, 1500)
    other = words(2, changed) + text[changed:]

    assert similarity(text, other) == counted(text, other)


def test_texts_of_their_own_have_nothing_in_common():
    assert similarity(words(1, 2000), words(3, 2000)) == 0.0


def test_an_empty_or_very_short_text_is_like_no_other():
    assert [similarity(*pair) for pair in (("", ""), ("", words(1, 50)), ("公开", "公开"))] == [0.0, 0.0, 0.0]


def test_only_sections_one_and_five_are_compared_and_only_when_they_say_something():
    of_two = with_section(report(texts={1: "工作 " * 30, 5: "问题\n" * 10}), Section(6, "", "其他" * 50))

    assert compared_text(of_two) == "工作" * 30 + "问题" * 10
    assert compared_text(report(texts={1: "很短", 5: "无"})) == ""


def test_years_are_taken_out_but_other_numbers_stay():
    assert without_years("2024年收到2024件，编号120241") == "年收到件，编号120241"
    assert without_digits("2024年收到１2件") == "年收到１件"


def test_full_width_digits_are_digits():
    assert compared_text(report(texts={1: "２０２４年" + "公开" * 40, 5: ""})).startswith("2024年")


@pytest.mark.parametrize(
    ("last_year", "severity"),
    [
        ("{year}年公开信息12条。" + words(1, 400), Severity.ERROR),
        ("{year}年公开信息97件。" + words(1, 90) + "收到8件" * 2 + words(4, 310), Severity.WARNING),
    ],
    ids=["only the years differ", "only the numbers differ"],
)
def test_a_copy_of_last_year_is_an_error_only_where_nothing_but_the_year_was_changed(last_year, severity):
    this_year = last_year.replace("97件", "113件").replace("收到8件", "收到19件")
    now, before = report(texts={1: this_year, 5: ""}), report(year=2023, texts={1: last_year, 5: ""})

    found = [each for each in judge(Subject(now, previous=before)) if each.rule == "copied-from-last-year"]

    assert [each.severity for each in found] == [severity]


def test_a_figure_that_was_blank_before_is_a_revision_but_a_cell_we_had_not_read_is_none():
    blank = report(cells={"disclosure/licensing/decisions": None})
    unread = replace(blank, facts={cell: fact for cell, fact in blank.facts.items() if cell.row != "licensing"})

    told = [each for each in judge(Subject(report(), earlier_version=blank)) if each.rule == "revised"]

    assert [each.evidence for each in told] == [
        {"changes": [{"where": "disclosure/licensing/decisions", "before": None, "now": 0}]}
    ]
    assert judge(Subject(report(), earlier_version=unread)) == ()


def test_a_report_of_two_years_ago_has_nothing_to_carry_over():
    old = report(year=2022, cells={"applications/carried_forward/total": 5}, texts={1: words(5, 400)})

    assert judge(Subject(report(), previous=old)) == ()
