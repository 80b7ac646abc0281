"""What a channel is told, and that nothing from outside can command it."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.digests import fold, is_wanted, neutral, neutral_url
from storage.configuration import Channel
from storage.database import OutboxEntry
from storage.records import SHANGHAI, Agency, AgencyKind, Alert, AlertState, Transition

NOW = datetime(2025, 2, 3, 9, tzinfo=SHANGHAI)
AGENCY = Agency("caizheng", "平川市财政局", AgencyKind.LOCAL_DEPARTMENT, "370799", "pingchuan")
AGENCIES = {"caizheng": AGENCY}

EVIDENCE = (
    {"kind": "finding", "rule": "missing", "where": "", "message": "x"},
    {"kind": "law", "citation": "《条例》第四十九条", "due": "2025-01-31"},
    {
        "kind": "scan",
        "started_at": "2025-02-01T01:00:00+08:00",
        "column_url": "http://127.0.0.1/nb/",
        "rows_seen": 12,
        "control_title": "平川市水利局2023年年报",
        "pages": [{"digest": "abcdef0123456789ff"}],
    },
)


def alert(
    key="a1", *, state="open", rule="missing", sent=False, message="未检索到", evidence=EVIDENCE, agency="caizheng"
):
    sent_at = NOW - timedelta(days=1) if sent else None
    return Alert(key, agency, 2024, rule, "", AlertState(state), NOW, message, evidence, sent_at)


def entries(given_alert, *moves, first=1):
    """Outbox entries for a chain of states, the first of which may be None."""
    states = [AlertState(state) if state else None for state in moves]
    return [
        OutboxEntry(
            first + place, Transition(given_alert.id, NOW, before, after, "理由"), given_alert, frozenset(), {}, {}
        )
        for place, (before, after) in enumerate(itertools.pairwise(states))
    ]


KINDS = [
    ("open", False, (None, "open"), "新告警1条，更新0条，更正0条"),
    ("acknowledged", False, (None, "open", "acknowledged"), "新告警1条，更新0条，更正0条"),
    ("resolved", False, (None, "open", "resolved"), None),
    ("waived", False, (None, "open", "waived"), None),
    ("resolved", True, ("open", "resolved"), "新告警0条，更新0条，更正1条"),
    ("resolved", True, ("open", "acknowledged", "resolved"), "新告警0条，更新0条，更正1条"),
    ("waived", True, ("acknowledged", "waived"), "新告警0条，更新0条，更正1条"),
    ("resolved", False, ("open", "resolved"), None),
    ("open", True, ("open", "open"), "新告警0条，更新1条，更正0条"),
    ("acknowledged", True, ("open", "acknowledged"), None),
    ("open", True, ("waived", "open"), "新告警1条，更新0条，更正0条"),
    ("open", True, ("open", "waived", "open"), None),
]


@pytest.mark.parametrize(("state", "sent", "moves", "title"), KINDS)
def test_a_chain_of_transitions_is_told_as_what_it_comes_to(state, sent, moves, title):
    own = entries(alert(state=state, sent=sent), *moves)
    ids = tuple(entry.id for entry in own)

    told = fold(own, AGENCIES, NOW)

    assert (told.told, told.silent) == ((ids, ()) if title else ((), ids))
    if title:
        assert told.title == f"年报监测：{title}"


def test_a_digest_gives_the_words_the_law_the_scans_and_the_id():
    told = fold(entries(alert(), None, "open"), AGENCIES, NOW)

    assert told.body.splitlines() == [
        "年报监测：新告警1条，更新0条，更正0条",
        "截至2025-02-03 09:00（北京时间）。以下为自动检索结果，供核实；如有异议，请凭方括号内的告警编号提出。",
        "",
        "■ 未检索到年度报告（1）",
        "- [a1] 未检索到",
        "    依据：《条例》第四十九条；应公布日期：2025-01-31（至当日24时）",
        (
            "    检索：2025-02-01T01:00:00+08:00 http://127.0.0.1/nb/ 共12行，"
            "对照：平川市水利局2023年年报，首页存档：abcdef0123456789"
        ),
    ]


def test_a_correction_names_the_alert_that_was_told():
    told = fold(entries(alert(state="resolved", sent=True), "open", "resolved"), AGENCIES, NOW)

    assert told.body.splitlines()[-1] == "- [a1] 平川市财政局2024年度“未检索到年度报告”（2025-02-02 09:00告知）：理由"


def test_a_malformed_report_lists_its_first_errors():
    findings = tuple({"kind": "finding", "rule": "r", "where": str(n), "message": f"错误{n}"} for n in range(8))

    told = fold(entries(alert(rule="malformed", evidence=findings), None, "open"), AGENCIES, NOW)

    assert [line.strip() for line in told.body.splitlines()[-3:]] == [
        "· 错误4",
        "· 错误5",
        "· 另有2处，见 nianbao alerts（a1）",
    ]


def test_many_alerts_have_a_line_each_and_none_is_left_out():
    own = [one for n in range(50) for one in entries(alert(f"id{n}", message="长" * 500), None, "open", first=n)]

    told = fold(own, AGENCIES, NOW)

    assert len(told.told) == 50
    assert all(f"[id{n}]" in told.body for n in range(50))
    assert "依据" not in told.body
    assert len(told.body.splitlines()) == 54


def test_digests_can_be_had_in_english():
    told = fold(entries(alert(state="resolved", sent=True), "open", "resolved"), AGENCIES, NOW, language="en")

    assert told.title == "Annual report watch: 0 new alerts, 0 updates, 1 corrections"


WANTED = [
    (("missing",), (), alert(), True),
    (("late",), (), alert(), False),
    (("missing",), (), alert(rule="withdrawn"), True),
    (("withdrawn",), (), alert(rule="withdrawn"), True),
    (("malformed",), ("3707",), alert(rule="malformed"), True),
    (("malformed",), ("3706", "11"), alert(rule="malformed"), False),
    (("operator",), ("11",), alert(rule="operator", agency=None), True),
    (("missing",), (), alert(rule="operator", agency=None), False),
    (("missing",), ("3707",), alert(agency="gone"), False),
]


@pytest.mark.parametrize(("events", "regions", "about", "expected"), WANTED)
def test_a_channel_hears_of_its_events_in_its_regions(events, regions, about, expected):
    assert is_wanted(Channel("json://127.0.0.1", events, regions), about, AGENCIES) is expected


HOSTILE = "@all <at id=all></at> [click](http://evil.example) `rm`\r\nBcc: x@example.org\x00\u202etxt\u2028end"


def test_text_from_outside_is_one_harmless_line():
    assert neutral(HOSTILE) == (
        "＠all ＜at id=all＞＜/at＞ ［click］(http://evil.example) ｀rm｀ Bcc: x＠example.org txt end"
    )


@given(st.text())
def test_nothing_from_outside_keeps_its_power(text):
    clean = neutral(text)

    assert not set(clean) & set("@<>[]`\n\r\x00\u2028\u2029\u202e")
    assert clean.isprintable() or clean == ""
    assert len(clean) <= 400


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("http://a.example/列表 1.html?x=1&y=2", "http://a.example/%E5%88%97%E8%A1%A8%201.html?x=1&y=2"),
        ("http://a.example/t20250124_1.html", "http://a.example/t20250124_1.html"),
        ("javascript:alert(1)", ""),
        ("http://a.example/<at>@all](x)\r\n", "http://a.example/%3Cat%3E%40all%5D%28x%29%0D%0A"),
        (None, ""),
    ],
)
def test_an_address_is_an_address_and_nothing_else(url, clean):
    assert neutral_url(url) == clean


def test_hostile_evidence_cannot_break_out_of_its_line():
    evidence = (
        {"kind": "scan", **EVIDENCE[2], "control_title": HOSTILE, "column_url": "http://a.example/\n@all"},
        {"kind": "date", "date": "2025-02-08", "source": "list row", "url": None},
        {"kind": "report", "url": "http://a.example/@all"},
        {"kind": "attestation", "by": HOSTILE, "at": "2025-02-03", "reason": HOSTILE},
    )

    told = fold(entries(alert(message=HOSTILE, evidence=evidence), None, "open"), AGENCIES, NOW)

    assert "@" not in told.body
    assert "<" not in told.body
    assert len(told.body.splitlines()) == 9
