"""An ended alert is corrected by what was told, when, and how it ended; a retraction is called one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from monitor.agency_years.case import Heir, lay_out
from monitor.agency_years.standing import standing_of
from monitor.alerts.accusations import Matter, cures, left_registry
from monitor.alerts.book import Accusation, Docket, Fingerprint, act, reconcile
from monitor.alerts.corrections import Cure, Ending, correction, told_words
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    Alert,
    AlertState,
    Attestation,
    Content,
    Evidence,
    Look,
    Obligation,
    Outcome,
    Sighting,
    StoredReport,
)
from storage.report import DateSource, StatedDate

END = datetime(2025, 2, 1, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
NOW = END + 20 * DAY
AGENCY = Agency("caizheng", "平川市财政局", AgencyKind.LOCAL_DEPARTMENT, "370799", "pingchuan")
OWED = Obligation("caizheng", 2024, date(2025, 1, 31), "regulations-2019-49-1", is_statutory=True)


def look(days, *, found=False):
    return Look(f"run-{days}", (f"scan-{days}",), END + days * DAY, Outcome.COMPLETE, "", "对照", found)


def stored(seen, *stated, digest="a" * 64):
    dates = tuple(StatedDate(day, DateSource.META_PUBDATE) for day in stated)
    at = END + seen * DAY
    return StoredReport(
        1, "caizheng", 2024, "http://127.0.0.1/1", digest, None, at, at, dates[0].date if dates else None, dates,
        frozenset(), None, is_current=True, is_attested=False,
    )  # fmt: skip


def word(days, *, published=None):
    return Attestation(
        "caizheng", 2024, False, published, "http://127.0.0.1/1", None, "王敏", "电话核实", END + days * DAY
    )


def matter(*looks, reports=(), sightings=(), words=(), silenced=(), owed=OWED, grace_days=0, **standing):
    evidence = Evidence(looks, tuple(sightings), tuple(reports), tuple(words))
    case = lay_out(owed, evidence, NOW, confirm_after_hours=20, grace_days=grace_days)
    return Matter(AGENCY, case, replace(standing_of(case), **standing), (), frozenset(silenced))


def heired(seen, *stated, is_former=False):
    """Nothing found of its own; the one that took over was found, or what it published under its former name."""
    evidence = Evidence(ABSENT, (), (stored(seen, *stated),), ())
    laid = lay_out(OWED, evidence, NOW, confirm_after_hours=20)
    heir = Heir("shuju", "平川市数据局", owes=not is_former, case=laid, is_former=is_former)
    case = replace(lay_out(OWED, Evidence(ABSENT), NOW, confirm_after_hours=20), heirs=(heir,))
    return Matter(AGENCY, case, standing_of(case))


ABSENT = (look(1), look(2))
MALFORMED = Fingerprint("caizheng", 2024, "malformed", "")
LATE = date(2025, 2, 8)
IN_TIME = date(2025, 1, 20)


def ended(rule, opened, now, *, digest=None, language="zh"):
    """How an alert of that rule, opened so many days after the due day, ends."""
    evidence = ({"kind": "report", "id": 1, "url": "", "digest": digest, "fetched_at": ""},) if digest else ()
    alert = Alert("A1", "caizheng", 2024, rule, "", AlertState.OPEN, END + opened * DAY, "原文", evidence)
    docket = Docket(cures=dict(cures(now, language)))
    ((after, move),) = reconcile((alert,), docket, NOW, language=language)
    entry = after.evidence[-1]
    assert entry["reason"] == move.reason
    return entry["ending"], entry["is_retraction"], move.reason


@pytest.mark.parametrize(
    ("rule", "now", "ending", "is_retraction", "words"),
    [
        ("missing", matter(*ABSENT, look(8, found=True), reports=[stored(8, LATE)]), "found_later", False,
         "其后已检索到该报告，载明的公布日期为2025-02-08"),
        ("missing", matter(*ABSENT, look(8, found=True), reports=[stored(8)]), "found_undated", False, "其后已检索到"),
        ("missing", matter(*ABSENT, look(8, found=True), reports=[stored(8, IN_TIME)]), "false_alarm", True,
         "撤回：该报告载明的公布日期为2025-01-20，不晚于应公布日期2025-01-31"),
        ("missing", matter(look(-3, found=True), *ABSENT), "false_alarm", True,
         "撤回：此前告警有误，2025-01-29 00:00即已检索到该报告"),
        ("missing", matter(*ABSENT, look(2.5, found=True), reports=[stored(2.5, LATE)]), "false_alarm", True,
         "撤回：此前告警有误，该报告在告警之前的2025-02-03 12:00已检索到"),
        ("missing", matter(*ABSENT, words=[word(9)]), "vouched", False, "经人工核实，该报告已公布"),
        ("missing", matter(*ABSENT, words=[word(9, published=IN_TIME)]), "vouched", True,
         "撤回：经人工核实，该报告已按期公布（公布日期2025-01-20）"),
        ("missing", matter(*ABSENT, silenced=["missing"]), "waived", False, "名录中已登记豁免"),
        ("missing", matter(owed=replace(OWED, due=None, exempt_reason="机构已撤销")), "exempt", False, "机构已撤销"),
        ("missing", matter(owed=replace(OWED, due=date(2025, 3, 31))), "not_due", False, "应公布日期已改为2025-03-31"),
        ("missing", heired(8, LATE), "succeeded", False, "该机关的职责已由平川市数据局承接，已检索到其报告"),
        ("missing", heired(8, IN_TIME), "succeeded", True,
         "撤回：该机关的职责已由平川市数据局承接，其报告已按期公布（公布日期2025-01-20）"),
        ("missing", heired(8, LATE, is_former=True), "succeeded", False,
         "已检索到该机关更名前以平川市数据局名义公布的报告"),
        ("missing", heired(8, IN_TIME, is_former=True), "succeeded", True,
         "撤回：该机关更名前以平川市数据局名义公布的报告已检索到，按期公布（公布日期2025-01-20）"),
        ("late", matter(*ABSENT, look(8, found=True), reports=[stored(8, IN_TIME)]), "false_alarm", True, "撤回"),
        ("late", matter(*ABSENT, look(8, found=True), reports=[stored(8)]), "date_unknown", True,
         "撤回：现有日期不足以认定逾期"),
        ("late", matter(*ABSENT, look(8, found=True), reports=[stored(8, LATE)]), "in_grace", False, "宽限"),
        ("late", matter(*ABSENT), "not_the_report", True, "撤回：此前据以认定的文件经核对不是该报告"),
        ("withdrawn", matter(look(1, found=True), *(look(2 + day) for day in range(3)), look(9, found=True)),
         "returned", False, "该报告已可再次检索到"),
        ("withdrawn", matter(look(1, found=True), *(look(2 + day) for day in range(3)), look(2.5, found=True)),
         "false_alarm", True, "撤回：此前告警有误，该报告在告警之前的2025-02-03 12:00已检索到"),
    ],
)  # fmt: skip
def test_the_kind_of_an_ending_follows_from_what_is_known_now(rule, now, ending, is_retraction, words):
    found = ended(rule, 3, now)

    assert found[:2] == (ending, is_retraction)
    assert words in found[2]
    assert ended(rule, 3, now, language="en")[:2] == (ending, is_retraction)


@pytest.mark.parametrize(
    ("digest", "ending", "is_retraction"), [("b" * 64, "corrected_report", False), ("a" * 64, "misread", True)]
)
def test_the_same_bytes_without_errors_were_misread_and_other_bytes_were_corrected(digest, ending, is_retraction):
    now = matter(look(-3, found=True), reports=[stored(-3, IN_TIME)], content=Content.OK)

    assert ended("malformed", 3, now, digest=digest)[:2] == (ending, is_retraction)


def test_who_left_the_registry_is_not_accused_any_more():
    assert left_registry() == Cure(Ending.LEFT_REGISTRY, "该机关已不在名录中")


def history(*steps):
    """An alert through words or endings, a day each; its transitions."""
    alert, moves = None, []
    for day, said in enumerate(steps):
        at = END + day * DAY
        if isinstance(said, str):
            entry = {"kind": "finding", "rule": "malformed", "where": said}
            docket = Docket((Accusation(MALFORMED, said, (entry,)),))
        else:
            docket = Docket(cures={MALFORMED: said})
        ((alert, move),) = reconcile((alert,) if alert else (), docket, at)
        moves.append(move)
    return alert, tuple(moves)


def test_a_correction_quotes_what_was_told_when_it_was_told():
    alert, moves = history("第一处", "第二处", Cure(Ending.MISREAD, "判断有误", is_retraction=True))

    found = [correction(alert, moves, END + hours * DAY / 24) for hours in (1, 25, 49)]

    assert [(one.told, one.told_at) for one in found] == [
        ("第一处", END + DAY / 24), ("第二处", END + 25 * DAY / 24), ("第二处", END + 49 * DAY / 24)
    ]  # fmt: skip
    assert {(one.ending, one.is_retraction, one.reason, one.ended_at, one.by) for one in found} == {
        (Ending.MISREAD, True, "判断有误", END + 2 * DAY, "")
    }


def test_a_telling_before_the_first_words_is_of_the_first_words():
    _, moves = history("第一处")

    assert told_words(moves, END - DAY) == "第一处"


def test_what_a_person_waived_names_that_person_and_is_no_retraction():
    alert, moves = history("第一处")
    waived, move = act(alert, "waive", END + DAY, by="王敏", reason="机构合并")

    found = correction(waived, (*moves, move), END)

    assert (found.ending, found.is_retraction, found.reason, found.by) == (Ending.WAIVED, False, "机构合并", "王敏")


def test_a_live_alert_has_no_correction():
    alert, moves = history("第一处")

    assert correction(alert, moves, END) is None


def test_sightings_of_one_list_row_are_seen_too():
    seen = Sighting("http://127.0.0.1/1", "年报", END - DAY, END - DAY, None, is_bulk=False)

    assert ended("missing", 3, matter(*ABSENT, sightings=[seen]))[0] == "false_alarm"
