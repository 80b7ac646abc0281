"""Short samples of the long runs, and of what the benchmarks measure: `make fuzz`, `make soak`, `make bench`."""

from __future__ import annotations

from random import Random

import pytest

from crawler.parser import read_report
from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.clean import html_clean
from storage.report import UNREADABLE_REASONS
from tests.bench.fuzz import outcome
from tests.bench.inserting import insert_against_executemany
from tests.bench.parsing import known_template, unknown_template
from tests.bench.soak import soak


@pytest.mark.parametrize("first", range(0, 200, 100))
def test_a_damaged_page_is_read_or_refused_with_a_reason(first):
    outcomes = {outcome(seed) for seed in range(first, first + 100)}

    assert outcomes <= {"read", *UNREADABLE_REASONS}
    assert "read" in outcomes


@pytest.mark.parametrize(
    "damage",
    [("</h1>", "</h1><p>甲<br>\x02乙</p>"), ("<td>", "<td>" + "9" * 5000)],
    ids=["a control character after a br", "a number of thousands of digits"],
)
def test_what_fuzzing_once_found_stays_mended(damage):
    random = Random(5)
    report = made_up_report(random, year=2024, agency="云河县水利局")
    page = html_clean(report, random).replace(*damage)

    assert read_report(page.encode()).report_year == 2024


def test_two_days_of_scans_accuse_nobody_without_reason(tmp_path):
    assert soak(tmp_path, rounds=2) == []


def test_the_benchmarks_still_measure_what_they_name(tmp_path):
    rows = [*known_template(pairs=1), *unknown_template(pairs=1), *insert_against_executemany(tmp_path, count=3)]

    assert [len(row) for row in rows] == [5, 5, 5]
