"""The five real reports give exactly their ground truth."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from crawler.parser import read_report
from storage.report import Contact, DoubtKind

pytestmark = pytest.mark.shared

SEEDS = (
    (
        "000_1b8055f632d828e7.txt",
        "宝清县小城子镇人民政府2020年政府信息公开工作年度报告",
        ("宝清县小城子镇人民政府", 2020, "2019"),
        Contact(phone="0469-5162002", address="小城子镇小城子村景通大街"),
        None,
        {},
    ),
    (
        "001_e71c1f5ffb99afb5.txt",
        "五常市小山子镇人民政府2024年政府信息公开工作年度报告",
        ("五常市小山子镇人民政府", 2024, "2021"),
        Contact(
            phone="55822182",
            address="五常市小山子镇财顺大街203号",
            url="http://wcsxxgk.harbin.gov.cn/col/col12596/index.html",
        ),
        None,
        {},
    ),
    (
        "002_e4e59f7b380688b5.txt",
        "辉渠镇人民政府2020年政府信息公开工作年度报告",
        ("辉渠镇人民政府", 2020, "2019"),
        Contact(phone="0536—4821001", address="安丘市辉渠镇人民政府驻地", email="hqzdzb@wf.shandong.cn"),
        date(2021, 1, 25),
        {},
    ),
    (
        "003_3a1735077e09b84e.txt",
        "雷庄镇2020年度政府信息公开工作年度报告",
        ("雷庄镇", 2020, "2019"),
        Contact(phone="0315—7536211", postcode="063705"),
        None,
        {
            "disclosure/licensing/change": 3,
            "disclosure/penalties/change": 9,
            "disclosure/penalties/decisions": 8,
            "disclosure/procurement/items": 1,
            "disclosure/procurement/amount": Decimal("3805463.74"),
        },
    ),
    (
        "004_3a0847339f04a27e.txt",
        "官元镇2019年政府信息公开工作年度报告",
        ("官元镇", 2019, "2019"),
        Contact(),
        None,
        {"disclosure/procurement/items": 4, "disclosure/procurement/amount": Decimal(56580)},
    ),
)
CELLS = {"2019": 22 + 161 + 15, "2021": 10 + 175 + 15}


@pytest.mark.parametrize(("name", "title", "identity", "contact", "signed_on", "amounts"), SEEDS)
def test_a_seed_gives_its_ground_truth(shared, name, title, identity, contact, signed_on, amounts):
    report = read_report((shared / "seeds" / name).read_bytes())

    year = identity[1]
    assert re.sub(r"\s", "", report.title) == title
    assert (report.agency_name, report.report_year, report.form) == identity
    assert report.contact == contact
    assert (report.signed_on, report.published_on) == (signed_on, None)
    assert report.period == (None if name.startswith("004") else (date(year, 1, 1), date(year, 12, 31)))
    assert [section.number for section in report.sections] == [1, 2, 3, 4, 5, 6]
    assert {cell.path: fact.value for cell, fact in report.facts.items() if fact.value != 0} == amounts
    assert len(report.facts) == CELLS[report.form]


def test_the_phantom_row_and_the_row_of_eighteen_zeros_are_the_only_structural_doubts(shared):
    report = read_report((shared / "seeds" / SEEDS[0][0]).read_bytes())

    assert [doubt.kind for doubt in report.doubts] == [DoubtKind.ROW_UNEXPECTED, DoubtKind.CELL_COUNT]
    assert all(doubt.details["all_zero"] for doubt in report.doubts)


def test_two_lists_after_one_total_are_two_partitions(shared):
    report = read_report((shared / "seeds" / SEEDS[2][0]).read_bytes())

    assert [(part.total, part.parts) for part in report.breakdowns] == [
        (451, (242, 104, 69, 36)),
        (451, (20, 19, 24, 0, 116, 272)),
    ]
