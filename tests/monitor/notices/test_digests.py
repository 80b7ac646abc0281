"""What a channel is told, and that nothing from outside can command it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from monitor.alerts.book import REPEAT
from monitor.alerts.corrections import Correction, Ending
from monitor.notices import mail_parts
from monitor.notices.digest_mail import mail
from monitor.notices.digest_pages import pages
from monitor.notices.digest_texts import TEXTS
from monitor.notices.digests import CORRECTED, OPENED, REMINDED, UPDATED, Frame, fold, is_wanted, neutral, neutral_url
from storage.configuration import Channel
from storage.database import OutboxEntry
from storage.records import SHANGHAI, Agency, AgencyKind, Alert, AlertState, Transition

pytestmark = pytest.mark.clock

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


FRAME = Frame(NOW, AGENCIES)


def paged(own, *, corrections=None, language="zh"):
    """The one message that these entries make."""
    items = fold(own, "mail-1", corrections).items
    (page,) = pages(items, "mail-1", replace(FRAME, language=language))
    return page


def alert(
    key="a1", *, state="open", rule="missing", sent=False, message="未检索到", evidence=EVIDENCE, agency="caizheng"
):
    sent_at = NOW - timedelta(days=1) if sent else None
    return Alert(key, agency, 2024, rule, "", AlertState(state), NOW, message, evidence, sent_at)


def entries(given_alert, *moves, first=1, reason="理由", by=""):
    """Outbox entries for a chain of states, the first of which may be None."""
    states = [AlertState(state) if state else None for state in moves]
    return [
        OutboxEntry(
            first + place, Transition(given_alert.id, NOW, before, after, reason, by), given_alert, frozenset(), {}, {}
        )
        for place, (before, after) in enumerate(itertools.pairwise(states))
    ]


KINDS = [
    ("open", False, (None, "open"), OPENED),
    ("acknowledged", False, (None, "open", "acknowledged"), OPENED),
    ("resolved", False, (None, "open", "resolved"), None),
    ("waived", False, (None, "open", "waived"), None),
    ("resolved", True, ("open", "resolved"), CORRECTED),
    ("resolved", True, ("open", "acknowledged", "resolved"), CORRECTED),
    ("waived", True, ("acknowledged", "waived"), CORRECTED),
    ("resolved", False, ("open", "resolved"), None),
    ("open", True, ("open", "open"), UPDATED),
    ("objected", True, ("open", "objected"), UPDATED),
    ("acknowledged", True, ("open", "acknowledged"), None),
    ("acknowledged", True, ("objected", "acknowledged"), UPDATED),
    ("acknowledged", True, ("open", "objected", "acknowledged"), UPDATED),
    ("open", True, ("objected", "open"), UPDATED),
    ("objected", True, ("objected", "acknowledged", "open", "objected"), UPDATED),
    ("open", True, ("waived", "open"), OPENED),
    ("open", True, ("open", "waived", "open"), None),
]


@pytest.mark.parametrize(("state", "sent", "moves", "kind"), KINDS)
def test_a_chain_of_transitions_is_told_as_what_it_comes_to(state, sent, moves, kind):
    own = entries(alert(state=state, sent=sent), *moves)
    ids = tuple(entry.id for entry in own)

    told = fold(own, "mail-1")

    assert ([(item.kind, item.told) for item in told.items], told.silent) == (
        ([(kind, ids)], ()) if kind else ([], ids)
    )


def test_an_alert_that_nobody_has_taken_up_is_told_again():
    own = entries(alert(sent=True), "open", "open", reason=REPEAT)

    assert [item.kind for item in fold(own, "mail-1").items] == [REMINDED]


def test_an_alert_that_ended_while_its_message_was_of_unknown_fate_is_corrected():
    own = entries(alert(state="resolved"), None, "open", "resolved")
    doubtful = [replace(own[0], uncertain={"mail-1": "m1"}), own[1]]

    assert [(item.kind, item.repeats) for item in fold(doubtful, "mail-1").items] == [(CORRECTED, "m1")]
    assert fold(doubtful, "mail-2").items == ()


def test_a_digest_gives_the_words_the_law_the_scans_and_the_ids():
    page = paged(entries(alert(), None, "open"))

    assert page.title == "年报监测：新告警1条，更新0条，更正0条"
    assert page.body.splitlines() == [
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
        "",
        f"消息编号：{page.id}",
    ]


def test_a_correction_quotes_what_was_told_and_when_and_who_decided():
    own = entries(alert(state="waived", sent=True), "open", "waived", by="李涛")
    words = Correction(Ending.WAIVED, False, "当时的原文", NOW - timedelta(days=2), "理由", NOW, "李涛")

    page = paged(own, corrections={"a1": words})

    assert page.body.splitlines()[4:7] == [
        "- [a1] 平川市财政局2024年度“未检索到年度报告”（2025-02-01 09:00告知）：已豁免，理由",
        "    原文：当时的原文",
        "    处理人：李涛",
    ]


def test_an_objection_is_shown_as_the_agencys_own_word():
    page = paged(entries(alert(state="objected", sent=True, evidence=()), "open", "objected", by="王敏"))

    assert page.body.splitlines()[5] == "    机关异议（王敏登记）：理由"


def test_an_objection_recorded_before_the_first_digest_is_told_with_the_new_alert():
    own = entries(alert(state="objected", evidence=()), None, "open", "objected", reason="我局已公布", by="王敏")
    items = fold(own, "mail-1").items

    assert [item.kind for item in items] == [OPENED]
    assert paged(own).body.splitlines()[5] == "    机关异议（王敏登记）：我局已公布"
    assert "我局已公布（王敏登记）" in document_fromstring(mail(items, FRAME, "m1")).text_content()


def test_an_objection_among_many_items_is_told():
    many = [
        entry
        for number in range(21)
        for entry in entries(
            alert(f"a{number}", state="objected", sent=True, evidence=()),
            *("open", "objected"),
            first=number * 10,
            reason="我局已公布",
            by="王敏",
        )
    ]

    assert paged(many).body.count("    机关异议（王敏登记）：我局已公布") == 21


def test_what_a_check_adds_after_an_objection_is_not_the_agencys_word():
    told = alert(state="objected", sent=True, evidence=())
    objection, grown = entries(told, "open", "objected", "objected", by="王敏")
    grown = replace(grown, transition=replace(grown.transition, by="", reason="问题有增加"))

    assert paged([objection, grown]).body.splitlines()[5] == "    机关异议（王敏登记）：理由"
    assert paged([grown]).body.splitlines()[5] == "    变化：问题有增加"


def test_the_correction_of_an_incident_names_no_agency_and_no_year():
    incident = replace(alert(state="resolved", sent=True, rule="operator", agency=None), report_year=2024)

    line = paged(entries(incident, "open", "resolved")).body.splitlines()[4]

    assert line == "- [a1] “请运维人员处理”（2025-02-02 09:00告知）：理由"


@pytest.mark.parametrize("moves", [("objected", "acknowledged"), ("open", "objected", "acknowledged")])
def test_the_answer_to_an_objection_is_shown_as_such(moves):
    own = entries(alert(state="acknowledged", sent=True, evidence=()), *moves, reason="经核，维持", by="李强")

    assert paged(own).body.splitlines()[5] == "    异议答复（李强登记）：经核，维持"
    html = mail(fold(own, "mail-1").items, FRAME, "m1")
    assert ("异议答复" in html, "经核，维持（李强登记）" in html) == (True, True)


def test_an_objection_that_is_taken_up_without_a_word_is_not_told_again():
    own = entries(alert(state="acknowledged", sent=True), "objected", "acknowledged", reason="")

    assert fold(own, "mail-1").items == ()


def test_a_malformed_report_lists_its_first_errors():
    findings = tuple({"kind": "finding", "rule": "r", "where": str(n), "message": f"错误{n}"} for n in range(8))

    page = paged(entries(alert(rule="malformed", evidence=findings), None, "open"))

    assert [line.strip() for line in page.body.splitlines()[-5:-2]] == [
        "· 错误4",
        "· 错误5",
        "· 另有2处，见 nianbao alerts（a1）",
    ]


def many(count, **about):
    return [one for n in range(count) for one in entries(alert(f"id{n:04}", **about), None, "open", first=n)]


def test_many_alerts_have_a_line_each_and_none_is_left_out():
    page = paged(many(50, message="长" * 500))

    assert len(page.told) == 50
    assert all(f"[id{n:04}]" in page.body for n in range(50))
    assert "依据" not in page.body
    assert len(page.body.splitlines()) == 56


@given(count=st.integers(1, 60), words=st.text(min_size=0, max_size=300), most=st.sampled_from([2048, 4096, 19_900]))
def test_pages_keep_to_the_receivers_bytes_and_carry_every_alert_once(count, words, most):
    items = fold(many(count, message=words or "x"), "wecombot-1").items

    written = pages(items, "wecombot-1", FRAME, most)

    assert max(len(page.body.encode()) for page in written) <= most
    assert sorted(key for page in written for key in page.told) == list(range(count))
    for page in written:
        assert all(f"[{item.alert.id}]" in page.body for item in page.items)
    assert len({page.id for page in written}) == len(written)


def test_a_message_that_is_told_again_has_the_same_id_and_another_one_has_another():
    first, again, other = paged(many(3)), paged(many(3)), paged(many(4))

    assert (first.id == again.id, first.id == other.id) == (True, False)
    assert pages(fold(many(3), "mail-2").items, "mail-2", FRAME)[0].id != first.id


def test_what_stands_above_the_items_says_what_must_be_known():
    doubtful = [replace(entry, uncertain={"mail-1": "m1"}) for entry in many(1)]
    frame = Frame(NOW, AGENCIES, {}, held=4, stands_in_for="wecombot-9")

    (page,) = pages(fold(doubtful, "mail-1").items, "mail-1", frame)

    assert page.body.splitlines()[2:5] == [
        "代为转达：以下内容原应送往通知渠道 wecombot-9，该渠道目前无法送达。",
        "此前一次发送结果不明，以下内容可能已经收到过；告警编号不变。",
        "另有4条告警因网站疑似异常暂缓，待运维人员核查。",
    ]
    assert (page.title.startswith("【可能重复】"), page.id) == (True, "m1")


def test_the_words_of_both_languages_have_the_same_keys_and_braces():
    braces = {
        language: {
            key: sorted(field for _, field, _, _ in Formatter().parse(text) if field) for key, text in texts.items()
        }
        for language, texts in TEXTS.items()
    }

    assert braces["zh"] == braces["en"]


def test_digests_can_be_had_in_english():
    page = paged(entries(alert(state="resolved", sent=True), "open", "resolved"), language="en")

    assert page.title == "Annual report watch: 0 new alerts, 0 updates, 1 corrections"


WANTED = [
    (("missing",), (), alert(), True),
    (("late",), (), alert(), False),
    (("missing",), (), alert(rule="withdrawn"), True),
    (("withdrawn",), (), alert(rule="withdrawn"), True),
    (("malformed",), ("3707",), alert(rule="malformed"), True),
    (("malformed",), ("3706", "11"), alert(rule="malformed"), False),
    (("malformed",), ("370000",), alert(rule="malformed"), True),
    (("malformed",), ("370700000",), alert(rule="malformed"), True),
    (("malformed",), ("370600",), alert(rule="malformed"), False),
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

    page = paged(entries(alert(message=HOSTILE, evidence=evidence), None, "open"))

    assert "@" not in page.body
    assert "<" not in page.body
    assert len(page.body.splitlines()) == 11


MENTIONS = st.sampled_from(
    ["@all", "@所有人", '<at user_id="all">', "<@everyone>", "[x](javascript:1)", "\r\nBcc: a@b", "`", "﹫all"]
)


def drawn(text):
    """A digest in which everything that can come from outside is that text: as a page and as a mail."""
    evidence = (
        {"kind": "scan", **EVIDENCE[2], "control_title": text, "column_url": f"http://a.example/{text}"},
        {"kind": "attestation", "by": text, "at": "2025-02-03", "reason": text},
        {"kind": "report", "url": f"http://a.example/{text}"},
    )
    own = entries(alert(message=text, evidence=evidence, state="objected", sent=True), "open", "objected", by=text)
    items = fold(own, "mail-1").items
    frame = Frame(NOW, {"caizheng": replace(AGENCY, name=text)}, {"pingchuan": text})
    (page,) = pages(items, "mail-1", frame)
    return page, mail(items, frame, page.id)


@given(st.lists(st.one_of(MENTIONS, st.text(max_size=20)), max_size=6).map("".join))
def test_no_text_of_a_portal_mentions_anybody_or_adds_a_line_or_a_tag(text):
    page, html = drawn(text)
    plain_page, plain_html = drawn("x")

    assert not set(page.body + page.title) & set("@<>`﹫\r")
    assert len(page.body.splitlines()) == len(plain_page.body.splitlines())
    assert page.title == plain_page.title
    assert shape(html) == shape(plain_html)


def shape(html):
    """The tags of a document, whatever stands in them."""
    return [element.tag for element in document_fromstring(html).iter() if isinstance(element.tag, str)]


HTML = "<b onclick='x()'>&\"</b>"
PARTS = {
    "fact": lambda: mail_parts.fact(HTML, HTML),
    "line": lambda: mail_parts.line(HTML),
    "note": lambda: mail_parts.note(HTML),
    "quote": lambda: mail_parts.quote(HTML, HTML),
    "badge": lambda: mail_parts.badge(HTML, "#000000"),
    "faint_id": lambda: mail_parts.faint_id(HTML),
    "heading": lambda: mail_parts.heading(HTML, 1),
    "masthead": lambda: mail_parts.masthead(HTML, HTML, HTML),
    "link": lambda: mail_parts.link(f"http://a.example/{HTML}"),
    "grid": lambda: mail_parts.grid([(HTML, HTML)]),
    "squares": lambda: mail_parts.squares([mail_parts.Tally("#000000", HTML, 1)]),
    "footer": lambda: mail_parts.footer([HTML]),
    "document": lambda: mail_parts.document(HTML, HTML, "zh", mail_parts.line(HTML)),
}


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_a_mail_escapes_what_is_put_into_it(part):
    made = str(PARTS[part]())

    assert "&lt;b onclick=&#39;x()&#39;&gt;&amp;&#34;&lt;/b&gt;" in made
    assert "<b " not in made


def test_a_mail_shows_counts_proof_and_links_and_asks_for_nothing_from_afar():
    items = fold(entries(alert(), None, "open"), "mail-1").items

    html = mail(items, Frame(NOW, AGENCIES, {"pingchuan": "平川市人民政府"}, held=2), "m1")

    text = document_fromstring(html).text_content()
    for words in ("新告警 1", "平川市人民政府", "平川市财政局", "《条例》第四十九条", "2025-01-31 24时", "共12行"[1:]):
        assert words in text
    assert "另有2条告警因网站疑似异常暂缓" in text
    assert not {"script", "img", "link", "iframe", "form", "style"} & set(shape(html))
    assert "url(" not in html
    assert [element.get("href") for element in document_fromstring(html).iter("a")] == ["http://127.0.0.1/nb/"]


def test_a_mail_of_many_alerts_has_a_line_for_each():
    items = fold(many(60), "mail-1").items

    html = mail(items, FRAME, "m1")

    assert all(f"id{n:04}" in html for n in range(60))
    assert "《条例》" not in html
    assert len(html.encode()) < 102_000  # what Gmail shows without cutting
