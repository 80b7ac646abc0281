"""Who took over from whom: read whole, or refused with every fault in the file at once."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.agency_table import COLUMNS
from storage.errors import RegistryError
from storage.records import Succession, SuccessionKind
from storage.registry import read_registry

PORTALS = '[qinghe]\nname = "青河县人民政府"\nbase_url = "http://www.qinghe.example/"\n'
ROWS = {
    "nongji": ("青河县农业机械局", "", "2024-10-31"),
    "xumu": ("青河县畜牧局", "", "2024-11-01"),
    "nongye": ("青河县农业农村局", "", ""),
    "lvyou": ("青河县旅游局", "", ""),
    "wenlv": ("青河县文化和旅游局", "2024-11-01", ""),
    "old": ("青河县爱国卫生办公室", "", "2023-06-30"),
    "young": ("青河县数据局", "2025-03-01", ""),
}
MERGED = Succession("nongji", "nongye", date(2024, 11, 1), SuccessionKind.MERGED, "青编〔2024〕5号")


def entry(agency, successor, on="2024-11-01", kind="merged", paper='"青编〔2024〕5号"'):
    named = f'successor = "{successor}"\n' if successor else ""
    return f'[[succession]]\nagency = "{agency}"\n{named}on = {on}\nkind = "{kind}"\npaper = {paper}\n'


def folder(path, *entries, dropped=()):
    def table(keys):
        rows = (
            f"{key},{name},local_department,370799,qinghe,,,,{start},{end},,"
            for key, (name, start, end) in ROWS.items()
            if key in keys
        )
        return "\n".join((",".join(COLUMNS), *rows)) + "\n"

    (path / "agencies.csv").write_text(table(ROWS.keys() - set(dropped)), "utf-8")
    (path / "portals.toml").write_text(PORTALS, "utf-8")
    (path / "successions.toml").write_text("\n".join(entries), "utf-8")
    if dropped:
        (path / "dropped.csv").write_text(table(dropped), "utf-8")
    return path


def faults(path, language="zh"):
    with pytest.raises(RegistryError) as caught:
        read_registry(path, language)
    return [(fault.path.name, fault.line, fault.column, fault.expected) for fault in caught.value.faults]


def test_every_kind_is_read(tmp_path):
    path = folder(
        tmp_path,
        entry("nongji", "nongye"),
        entry("lvyou", "wenlv", kind="renamed"),
        entry("nongye", "young", on="2025-03-01", kind="split"),
        entry("old", "", on="2023-07-01", kind="dissolved"),
        entry("xumu", "nongye", kind="dissolved"),
    )

    assert read_registry(path).successions == (
        MERGED,
        Succession("lvyou", "wenlv", date(2024, 11, 1), SuccessionKind.RENAMED, "青编〔2024〕5号"),
        Succession("nongye", "young", date(2025, 3, 1), SuccessionKind.SPLIT, "青编〔2024〕5号"),
        Succession("old", None, date(2023, 7, 1), SuccessionKind.DISSOLVED, "青编〔2024〕5号"),
        Succession("xumu", "nongye", date(2024, 11, 1), SuccessionKind.DISSOLVED, "青编〔2024〕5号"),
    )


def test_without_the_file_nobody_took_over(tmp_path):
    path = folder(tmp_path)
    (path / "successions.toml").unlink()

    assert read_registry(path).successions == ()


def test_an_agency_that_was_dropped_from_the_list_may_still_be_named(tmp_path):
    path = folder(tmp_path, entry("nongji", "nongye"), dropped=["nongji"])

    assert read_registry(path).successions == (MERGED,)


@pytest.mark.parametrize(
    ("dropped", "kind", "aliases"),
    [
        (["lvyou"], "renamed", ("青河县旅游局",)),
        ([], "renamed", ()),
        (["lvyou"], "merged", ()),
    ],
)
def test_a_renamed_agency_keeps_the_names_of_a_row_that_was_dropped(tmp_path, dropped, kind, aliases):
    path = folder(tmp_path, entry("lvyou", "wenlv", kind=kind), dropped=dropped)

    found = {agency.id: agency.aliases for agency in read_registry(path).agencies}

    assert found["wenlv"] == aliases
    assert set(found.values()) <= {(), aliases}


def test_one_that_took_over_may_not_be_dropped_or_nobody_would_look_for_its_report(tmp_path):
    path = folder(tmp_path, entry("nongji", "nongye"), dropped=["nongye"])

    assert [fault[1:] for fault in faults(path)] == [(3, "succession.successor", "agencies.csv 里没有 nongye")]


def test_every_fault_of_the_file_is_told_at_once(tmp_path):
    path = folder(
        tmp_path,
        entry("nobody", "nongye"),
        entry("nongji", "elsewhere"),
        entry("lvyou", "", kind="merged"),
        entry("lvyou", "wenlv", on='"im Herbst"', kind="eaten", paper='""'),
        '[[succession]]\nagency = "lvyou"\nsuccesor = "wenlv"\n',
        "[other]\n",
    )

    assert [fault[1:3] for fault in faults(path)] == [
        (2, "succession.agency"),
        (10, "succession.successor"),
        (15, "succession.successor"),
        (24, "succession.on"),
        (25, "succession.kind"),
        (26, "succession.paper"),
        (28, "succession.on"),
        (28, "succession.kind"),
        (28, "succession.paper"),
        (30, "succession.succesor"),
        (32, "other"),
    ]


@pytest.mark.parametrize(
    ("entries", "column", "expected"),
    [
        ([entry("lvyou", "lvyou")], "successor", "承继机关不能是它自己：lvyou"),
        (
            [entry("lvyou", "nongye"), entry("nongye", "lvyou")],
            "successor",
            "承继关系成环：lvyou → nongye → lvyou",
        ),
        (
            [entry("lvyou", "nongye"), entry("lvyou", "wenlv")],
            "agency",
            "lvyou 已在第 2 行终止（merged、renamed、dissolved 每个机关只能有一节）",
        ),
        (
            [entry("lvyou", "nongye", kind="split"), entry("lvyou", "nongye", kind="split")],
            "successor",
            "lvyou 由 nongye 分设，已写在第 3 行",
        ),
        (
            [entry("old", "nongye")],
            "on",
            "与 agencies.csv 不符：old 的 active_to 为 2023-06-30，应为 2024-10-31（前一日）或留空",
        ),
        (
            [entry("old", "nongye", kind="split")],
            "on",
            "与 agencies.csv 不符：old 的 active_to 为 2023-06-30，此日已不存在",
        ),
        ([entry("young", "nongye")], "on", "与 agencies.csv 不符：young 的 active_from 为 2025-03-01，此日尚未设立"),
        ([entry("lvyou", "young")], "on", "与 agencies.csv 不符：young 的 active_from 为 2025-03-01，此日尚未设立"),
        ([entry("lvyou", "old")], "on", "与 agencies.csv 不符：old 的 active_to 为 2023-06-30，此日已不存在"),
        (
            [entry("lvyou", "wenlv", on="2024-12-01", kind="renamed")],
            "on",
            "与 agencies.csv 不符：更名后的 wenlv 的 active_from 为 2024-11-01，此前已存在；并入已有的机关请写 merged",
        ),
        ([entry("lvyou", "nongye", on="0001-01-01")], "on", "应为 YYYY-MM-DD 的日期，现为 0001-01-01"),
        (['succession = "lvyou"'], "", "应写成 [[succession]]（可有多节），现为 'lvyou'"),
    ],
)
def test_a_contradiction_is_told(tmp_path, entries, column, expected):
    (found,) = faults(folder(tmp_path, *entries))

    assert found[0] == "successions.toml"
    assert found[2:] == (f"succession.{column}" if column else "succession", expected)


def test_a_fault_names_the_line_of_its_key_and_sections_on_one_line_are_all_read(tmp_path):
    one = '{agency = "lvyou", successor = "young", on = 2024-11-01, kind = "merged", paper = "p"}'
    other = '{agency = "nongji", successor = "nongye", on = 2024-11-01, kind = "merged", paper = "p"}'

    assert [fault[1:3] for fault in faults(folder(tmp_path, "", entry("lvyou", "young")))] == [(5, "succession.on")]
    assert [fault[1:3] for fault in faults(folder(tmp_path, f"succession = [{other}, {one}]"))] == [
        (1, "succession.on")
    ]
    assert len(read_registry(folder(tmp_path, f"succession = [{other}]")).successions) == 1


def test_a_chain_is_no_circle_and_neither_are_two_ways_to_one_successor(tmp_path):
    path = folder(
        tmp_path,
        entry("lvyou", "nongye", kind="split"),
        entry("lvyou", "wenlv", kind="split"),
        entry("nongye", "young", on="2025-03-01"),
        entry("wenlv", "young", on="2025-03-01"),
    )

    assert len(read_registry(path).successions) == 4


def test_a_table_of_agencies_that_cannot_be_read_brings_no_faults_of_successions(tmp_path):
    path = folder(tmp_path, entry("nobody", "nongye"))
    (path / "agencies.csv").write_bytes(b"\xff\xfe\x00")

    assert {fault[0] for fault in faults(path)} == {"agencies.csv"}


KEYS = sorted(ROWS.keys() - {"old", "xumu", "young", "nongji"})
EDGES = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=6, unique=True)


def leads_back(start, edges):
    reached, waiting = set(), [start]
    while waiting:
        key = waiting.pop()
        new = {after for before, after in edges if before == key} - reached
        reached |= new
        waiting += new
    return start in reached


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDGES)
def test_a_circle_is_told_if_and_only_if_there_is_one(tmp_path, edges):
    edges = [edge for edge in edges if edge[0] != edge[1]]
    path = folder(tmp_path, *(entry(before, after, on="2025-06-01", kind="split") for before, after in edges))

    if any(leads_back(key, edges) for key in KEYS):
        assert any(fault[3].startswith("承继关系成环：") for fault in faults(path))
    else:
        assert len(read_registry(path).successions) == len(edges)


WORDS = [*ROWS, "nobody", "", "merged", "split", "renamed", "dissolved", "eaten"]
VALUES = st.one_of(
    st.sampled_from([f'"{word}"' for word in WORDS]),
    st.dates(date(1, 1, 1), date(9999, 12, 31)).map(str),
    st.sampled_from(["1", "true", "[]", "{}", "1979-05-27T07:32:00Z", '"2024-11-01"', "nan"]),
)
SECTIONS = st.lists(
    st.dictionaries(st.sampled_from(["agency", "successor", "on", "kind", "paper", "other"]), VALUES), max_size=4
)


def outcome(path):
    """How many sections were read, or every fault that was told."""
    try:
        return len(read_registry(path).successions)
    except RegistryError as error:
        return error.faults


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SECTIONS)
def test_whatever_is_written_is_read_or_refused_with_a_line(tmp_path, sections):
    lines = [line for one in sections for line in ("[[succession]]", *(f"{key} = {one[key]}" for key in one))]

    told = outcome(folder(tmp_path, "\n".join(lines)))

    if not isinstance(told, tuple):
        assert told == len(sections)
    else:
        assert all(1 <= fault.line <= len(lines) and fault.expected for fault in told)
