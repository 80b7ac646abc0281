"""One check from the database to the database: standings, findings, alerts, and what ends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

import monitor.judgement.judging
from monitor.alerts.book import act
from monitor.checks import judge
from monitor.judgement.judging import Memory
from monitor.judgement.verdicts import check_year, standings_of_year
from storage.configuration import WatchSettings
from storage.database import (
    alerts,
    findings_of,
    load_standings,
    open_database,
    save_attestation,
    save_registry,
    save_run,
    save_transitions,
    transitions_of,
    unsent_transitions,
)
from storage.received import ReadCapture
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    Attestation,
    Candidate,
    Capture,
    Content,
    Outcome,
    Portal,
    Registry,
    Scan,
    ScanPage,
    Severity,
    Status,
    Waiver,
)
from storage.report import DateSource, StatedDate
from tests.builders import report

END = datetime(2025, 2, 1, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LIST = "http://127.0.0.1:8100/nb/"
WATCH = WatchSettings()


def agency(key, name="平川市柳河镇人民政府", kind=AgencyKind.LOCAL_DEPARTMENT):
    return Agency(key, name, kind, "370799", "pingchuan")


def registry(*keys, waivers=(), kind=AgencyKind.LOCAL_DEPARTMENT):
    portal = Portal("pingchuan", "平川市人民政府", "http://127.0.0.1:8100/", ("127.0.0.1:8100",))
    return Registry(tuple(agency(key, kind=kind) for key in keys), (portal,), tuple(waivers))


@pytest.fixture
def db(tmp_path):
    database = open_database(tmp_path / "nianbao.db")
    yield database
    database.close()


def see(
    db, at, keys, *, found=(), outcome=Outcome.COMPLETE, control="平川市水利局2023年年报", reports=None, place=LIST
):
    """One run that looked for the agencies; `found` names those whose row it saw, `reports` what was read, with
    addresses that begin with `place`."""
    run = f"run-{at.isoformat()}"
    scan = Scan(
        id=f"{run}/1",
        run=run,
        portal="pingchuan",
        column_url=LIST,
        agencies=tuple(keys),
        started_at=at,
        finished_at=at + timedelta(minutes=1),
        outcome=outcome,
        pages=(ScanPage(LIST, 200, "f" * 64, 12),),
        rows_seen=12,
        control_title=control,
    )
    captures, readings = [], []
    for key in found:
        url = f"{place}{key}.html"
        body = (reports or {}).get(key)
        if body is not None:
            digest = f"{hash((key, at, body.published_on)) & 0xFFFFFFFF:064x}"
            captures.append(Capture(digest, scan.id, url, url, 200, "text/html", at, 9, agency=key, report_year=2024))
            readings.append(ReadCapture(captures[-1], key, 2024, body, parser_version="1"))
    candidates = [Candidate(scan.id, "2024年年报", f"{place}{key}.html", None, key, 2024) for key in found]
    save_run(db, run_id=run, scans=[scan], candidates=candidates, captures=captures, reports=readings, at=at)


def dated(day, **changes):
    return replace(report(**changes), published_on=day, dates=(StatedDate(day, DateSource.META_PUBDATE),))


def check(db, known, now, **how):
    save_registry(db, known, now)
    return check_year(db, known, how.pop("watch", WATCH), now, 2024, **how)


def statuses(db):
    return {one.agency: one.status.value for one in load_standings(db, 2024)}


def book(db):
    return [(alert.agency, alert.rule, alert.state.value) for alert in alerts(db)]


def test_a_missing_report_is_suspected_then_missing_and_its_alert_carries_the_proof(db):
    known = registry("caizheng")
    see(db, END + HOUR, ["caizheng"])
    check(db, known, END + 2 * HOUR)
    first = (statuses(db), book(db))
    see(db, END + 22 * HOUR, ["caizheng"])

    check(db, known, END + 23 * HOUR)

    assert first == ({"caizheng": "suspected_missing"}, [])
    assert (statuses(db), book(db)) == ({"caizheng": "missing"}, [("caizheng", "missing", "open")])
    (alert,) = alerts(db)
    assert [entry["kind"] for entry in alert.evidence] == ["finding", "law", "scan", "scan"]
    assert alert.evidence[1]["due_end"] == "2025-02-01T00:00:00+08:00"
    assert alert.evidence[2]["pages"] == [{"url": LIST, "status": 200, "digest": "f" * 64, "rows": 12}]
    assert alert.message.startswith(f"截至2025-02-01 23:00，在{LIST}两次完整检索（2025-02-01 01:00、2025-02-01 22:00）")
    assert [finding.rule for finding in findings_of(db, "caizheng", 2024)] == ["missing"]


def test_a_second_check_of_the_same_moment_changes_nothing(db):
    known = registry("caizheng")
    see(db, END + HOUR, ["caizheng"])
    see(db, END + 22 * HOUR, ["caizheng"])

    first = check(db, known, END + DAY)
    again = check(db, known, END + DAY)

    assert len(first.changes) == 1
    assert again.changes == ()
    assert again.standings == first.standings


def test_a_late_report_ends_missing_and_opens_late(db):
    known = registry("caizheng")
    see(db, END + HOUR, ["caizheng"])
    see(db, END + 22 * HOUR, ["caizheng"])
    check(db, known, END + DAY)
    see(db, END + 8 * DAY, ["caizheng"], found=["caizheng"], reports={"caizheng": dated(date(2025, 2, 8))})

    check(db, known, END + 9 * DAY)

    (standing,) = load_standings(db, 2024)
    assert (standing.status, standing.days_late, standing.proof) == (Status.LATE, 8, "witnessed")
    assert book(db) == [("caizheng", "missing", "resolved"), ("caizheng", "late", "open")]
    missing = alerts(db)[0]
    assert transitions_of(db, missing.id)[-1].reason == (
        "其后已检索到该报告，载明的公布日期为2025-02-08，应公布日期为2025-01-31"
    )


def test_a_malformed_report_is_one_alert_that_lists_its_errors(db):
    wrong = dated(date(2025, 1, 20), cells={"applications/granted/total": 99, "reviews/administrative_review/total": 9})
    see(db, END - 5 * DAY, ["caizheng"], found=["caizheng"], reports={"caizheng": wrong})

    check(db, registry("caizheng"), END)

    (alert,) = alerts(db)
    (standing,) = load_standings(db, 2024)
    listed = [entry["where"] for entry in alert.evidence if entry["kind"] == "finding"]
    assert (alert.rule, standing.content.value, standing.errors) == ("malformed", "malformed", len(listed))
    errors = [one.where for one in findings_of(db, "caizheng", 2024) if one.severity is Severity.ERROR]
    assert listed == errors
    assert standing.status is Status.ON_TIME


def test_a_report_at_which_the_rules_fail_costs_no_other_its_verdict_and_ends_no_alert(db, monkeypatch, caplog):
    known = registry("caizheng", "shuili")
    wrong = dated(date(2025, 1, 20), cells={"reviews/administrative_review/total": 9})
    see(db, END - 5 * DAY, ["caizheng"], found=["caizheng"], reports={"caizheng": wrong})
    check(db, known, END)
    both = {"caizheng": dated(date(2025, 1, 21)), "shuili": wrong}
    see(db, END + DAY, ["caizheng", "shuili"], found=["caizheng", "shuili"], reports=both)

    def failing(subject):
        return 1 / 0 if subject.agency.id == "caizheng" else judge(subject)

    with monkeypatch.context() as patch:
        patch.setattr(monitor.judgement.judging, "judge", failing)
        failed = check(db, known, END + 2 * DAY)
    content = {one.agency: one.content for one in load_standings(db, 2024)}

    assert failed.failed == {"caizheng"}
    assert "the report of caizheng could not be judged" in caplog.text
    assert content == {"caizheng": None, "shuili": Content.MALFORMED}
    assert set(book(db)) == {("caizheng", "malformed", "open"), ("shuili", "malformed", "open")}
    assert check(db, known, END + 3 * DAY).failed == frozenset()
    assert set(book(db)) == {("caizheng", "malformed", "resolved"), ("shuili", "malformed", "open")}


def test_a_corrected_report_resolves_its_alert(db):
    known = registry("caizheng")
    wrong = dated(date(2025, 1, 20), cells={"reviews/administrative_review/total": 9})
    see(db, END - 5 * DAY, ["caizheng"], found=["caizheng"], reports={"caizheng": wrong})
    check(db, known, END)
    see(db, END + DAY, ["caizheng"], found=["caizheng"], reports={"caizheng": dated(date(2025, 1, 20))})

    check(db, known, END + 2 * DAY)

    assert book(db) == [("caizheng", "malformed", "resolved")]
    assert [finding.rule for finding in findings_of(db, "caizheng", 2024)] == ["revised"]


@pytest.mark.parametrize(("later", "rules"), [(DAY, ["revised"]), (timedelta(seconds=40), [])])
def test_a_report_that_replaces_another_at_a_new_address_is_held_against_it_and_copies_side_by_side_are_not(
    db, later, rules
):
    first = dated(date(2025, 1, 20), cells={"disclosure/licensing/decisions": 5})
    see(db, END - 5 * DAY, ["caizheng"], found=["caizheng"], reports={"caizheng": first})
    again = dated(date(2025, 1, 20))
    see(db, END - 5 * DAY + later, ["caizheng"], found=["caizheng"], reports={"caizheng": again}, place=f"{LIST}gz/")

    check(db, registry("caizheng"), END)

    told = findings_of(db, "caizheng", 2024)
    assert [finding.rule for finding in told] == rules
    changes = [{"where": "disclosure/licensing/decisions", "before": 5, "now": 0}]
    assert [finding.evidence["changes"] for finding in told] == [changes] * len(rules)


def test_what_cannot_be_looked_at_is_unknown_and_leaves_alerts_alone(db):
    known = registry("caizheng")
    see(db, END + HOUR, ["caizheng"])
    see(db, END + 22 * HOUR, ["caizheng"])
    check(db, known, END + DAY)
    see(db, END + 2 * DAY, ["caizheng"], outcome=Outcome.BLOCKED, control=None)

    check(db, known, END + 3 * DAY)

    assert (statuses(db), book(db)) == ({"caizheng": "missing"}, [("caizheng", "missing", "open")])


def test_a_waived_rule_is_silenced_and_a_waived_agency_is_exempt(db):
    see(db, END + HOUR, ["caizheng", "jiaoyu"])
    see(db, END + 22 * HOUR, ["caizheng", "jiaoyu"])
    check(db, registry("caizheng", "jiaoyu"), END + DAY)
    waivers = [
        Waiver("caizheng", 2024, "missing", "经批准延期", "王敏", None),
        Waiver("jiaoyu", 2024, "*", "机构改革", "王敏", None),
    ]

    check(db, registry("caizheng", "jiaoyu", waivers=waivers), END + 2 * DAY)

    assert statuses(db) == {"caizheng": "missing", "jiaoyu": "exempt"}
    assert sorted(book(db)) == [("caizheng", "missing", "resolved"), ("jiaoyu", "missing", "resolved")]
    assert findings_of(db, "caizheng", 2024) == ()
    reasons = {alert.agency: transitions_of(db, alert.id)[-1].reason for alert in alerts(db)}
    assert reasons == {"caizheng": "名录中已登记豁免", "jiaoyu": "豁免：机构改革（王敏）"}


def test_a_waiver_that_has_run_out_lets_the_accusation_return(db):
    see(db, END + HOUR, ["caizheng"])
    see(db, END + 22 * HOUR, ["caizheng"])
    known = registry("caizheng", waivers=[Waiver("caizheng", 2024, "missing", "延期", "王敏", date(2025, 2, 5))])

    check(db, known, datetime(2025, 2, 5, 23, 59, tzinfo=SHANGHAI))
    during = book(db)
    check(db, known, datetime(2025, 2, 6, tzinfo=SHANGHAI))

    assert (during, book(db)) == ([], [("caizheng", "missing", "open")])


def test_a_portal_that_loses_many_at_once_is_held_until_somebody_has_looked(db):
    keys = [f"a{number}" for number in range(6)]
    known = registry(*keys)
    see(db, END + HOUR, keys)
    see(db, END + 22 * HOUR, keys)
    check(db, known, END + DAY)
    held = book(db)
    (incident,) = alerts(db)
    save_transitions(db, [act(incident, "ack", END + DAY, by="王敏")])

    check(db, known, END + 2 * DAY)

    assert set(statuses(db).values()) == {"missing"}
    assert held == [(None, "operator", "open")]
    assert sorted(book(db), key=str) == [
        *((key, "missing", "open") for key in keys),
        (None, "operator", "resolved"),
    ]


def test_a_waived_finding_leaves_the_content_ok(db):
    wrong = dated(date(2025, 1, 20), cells={"reviews/administrative_review/total": 9})
    see(db, END - 5 * DAY, ["caizheng"], found=["caizheng"], reports={"caizheng": wrong})
    waiver = Waiver("caizheng", 2024, "reviews-total", "口径说明已附", "王敏", None)

    check(db, registry("caizheng", waivers=[waiver]), END)

    (standing,) = load_standings(db, 2024)
    assert (standing.content.value, book(db)) == ("ok", [])


def test_a_township_is_accused_of_missing_only_from_april_and_never_of_late(db):
    known = registry("liuhe", "xiyang", kind=AgencyKind.TOWNSHIP_GOVERNMENT)
    see(db, END + HOUR, ["liuhe", "xiyang"])
    late = {"xiyang": dated(date(2025, 2, 8))}
    see(db, END + 10 * DAY, ["liuhe", "xiyang"], found=["xiyang"], reports=late)

    check(db, known, datetime(2025, 3, 31, 23, 59, tzinfo=SHANGHAI))
    before = (statuses(db), book(db))
    check(db, known, datetime(2025, 4, 1, tzinfo=SHANGHAI))

    assert before == ({"liuhe": "missing", "xiyang": "late"}, [])
    assert book(db) == [("liuhe", "missing", "open")]
    assert [(one.rule, one.severity.value) for one in findings_of(db, "xiyang", 2024)][:1] == [("late", "warning")]


def test_two_complete_scans_without_a_control_ask_the_operator_and_a_word_settles_it(db):
    known = registry("caizheng")
    see(db, END + HOUR, ["caizheng"], control=None)
    see(db, END + 22 * HOUR, ["caizheng"], control=None)
    check(db, known, END + DAY)
    asked = [(alert.rule, alert.subject, alert.state.value) for alert in alerts(db)]
    save_attestation(db, Attestation("caizheng", 2024, True, None, None, None, "王敏", "已看栏目", END + DAY))

    check(db, known, END + DAY + HOUR)

    assert asked == [("operator", "no-control:pingchuan", "open")]
    assert statuses(db) == {"caizheng": "missing"}
    assert sorted(book(db), key=str) == [("caizheng", "missing", "open"), (None, "operator", "resolved")]


def test_a_report_that_a_person_handed_in_is_judged_like_any_other(db):
    known = registry("caizheng")
    see(db, END + HOUR, ["caizheng"], outcome=Outcome.ROBOTS_REFUSED, control=None)
    check(db, known, END + DAY)
    refused = load_standings(db, 2024)
    word = Attestation("caizheng", 2024, False, date(2025, 1, 24), None, "e" * 64, "王敏", "在栏目下载", END + DAY)
    capture = Capture("e" * 64, "", "attested:e", "attested:e", 0, "text/html", END + DAY, 9)
    wrong = report(cells={"reviews/administrative_review/total": 9})
    save_attestation(db, word, ReadCapture(capture, "caizheng", 2024, wrong, parser_version="1", is_attested=True))

    check(db, known, END + 2 * DAY)

    ((before,), (after,)) = (refused, load_standings(db, 2024))
    assert (before.status, before.reason) == (Status.UNKNOWN, "robots_refused")
    assert (after.status, after.published_on, after.reason) == (Status.ON_TIME, date(2025, 1, 24), "attested")
    assert book(db) == [("caizheng", "malformed", "open")]


def test_an_agency_that_leaves_the_registry_takes_its_alert_with_it(db):
    see(db, END + HOUR, ["caizheng", "jiaoyu"])
    see(db, END + 22 * HOUR, ["caizheng", "jiaoyu"])
    check(db, registry("caizheng", "jiaoyu"), END + DAY)

    check(db, registry("caizheng"), END + 2 * DAY)

    assert statuses(db) == {"caizheng": "missing"}
    assert sorted(book(db)) == [("caizheng", "missing", "open"), ("jiaoyu", "missing", "resolved")]


def test_what_a_person_waived_stays_waived(db):
    known = registry("caizheng")
    see(db, END + HOUR, ["caizheng"])
    see(db, END + 22 * HOUR, ["caizheng"])
    check(db, known, END + DAY)
    (alert,) = alerts(db)
    save_transitions(db, [act(alert, "waive", END + DAY, by="王敏", reason="已另行处理")])

    check(db, known, END + 2 * DAY)

    assert book(db) == [("caizheng", "missing", "waived")]


def test_late_within_the_grace_is_a_status_and_no_accusation(db):
    known = registry("caizheng")
    see(db, END + 4 * DAY, ["caizheng"], found=["caizheng"], reports={"caizheng": dated(date(2025, 2, 3))})

    check(db, known, END + 5 * DAY, watch=WatchSettings(grace_days=3))
    within = (statuses(db), book(db))
    check(db, known, END + 5 * DAY, watch=WatchSettings(grace_days=2))

    assert within == ({"caizheng": "late"}, [])
    assert book(db) == [("caizheng", "late", "open")]


def test_every_change_of_a_check_is_in_the_outbox(db):
    see(db, END + HOUR, ["caizheng"])
    see(db, END + 22 * HOUR, ["caizheng"])

    done = check(db, registry("caizheng"), END + DAY)

    assert [(entry.transition, entry.alert.rule) for entry in unsent_transitions(db)] == [
        (transition, "missing") for _, transition in done.changes
    ]


def test_what_was_judged_is_not_judged_again(db):
    see(db, END - DAY, ["caizheng"], found=["caizheng"], reports={"caizheng": dated(date(2025, 1, 20))})
    known, memory = registry("caizheng"), Memory()
    check(db, known, END, memory=memory)
    # As if the rules had said otherwise then; without its mark all is written that a check comes to.
    db.execute("UPDATE judgements SET findings = '[]', errors = 0, warnings = 0")
    db.execute("UPDATE agenda SET mark = ''")

    check(db, known, END + HOUR, memory=memory)
    remembered = findings_of(db, "caizheng", 2024)
    check(db, replace(known, agencies=(replace(known.agencies[0], name="平川市财政局"),)), END + HOUR, memory=memory)

    assert remembered == ()
    assert "agency-mismatch" in [finding.rule for finding in findings_of(db, "caizheng", 2024)]


def test_copies_of_a_neighbour_are_noticed(db):
    both = ["liuhe", "xiyang"]
    text = {1: "全年围绕群众关心的事项公开信息，" * 30, 5: "报送不够及时，下一步将按月通报。" * 10}
    bodies = {key: dated(date(2025, 1, 20), texts=text) for key in both}
    see(db, END - DAY, both, found=both, reports=bodies)

    check(db, registry(*both), END)

    found = {key: [one.rule for one in findings_of(db, key, 2024)] for key in both}
    assert all("copied-from-peer" in rules for rules in found.values())


def test_a_check_as_of_an_earlier_moment_knows_neither_later_scans_nor_the_report_that_they_brought(db):
    wrong = dated(date(2025, 2, 3), cells={"applications/new_received/total": 99})
    see(db, END + 4 * DAY, ["caizheng"], found=["caizheng"], reports={"caizheng": wrong})

    before = check(db, registry("caizheng"), END + HOUR).standings
    after = check(db, registry("caizheng"), END + 5 * DAY).standings

    assert [(one.status, one.reason, one.content, one.errors) for one in before] == [
        (Status.UNKNOWN, "not_scanned", None, 0)
    ]
    assert [(one.status, one.content) for one in after] == [(Status.LATE, Content.MALFORMED)]


def test_what_a_check_would_say_is_said_without_saving_anything(db):
    see(db, END - DAY, ["caizheng"], found=["caizheng"], reports={"caizheng": dated(date(2025, 1, 20))})
    known = registry("caizheng", "jiaoyu")

    asked = standings_of_year(db, known, WATCH, END, 2024)

    assert (load_standings(db, 2024), alerts(db)) == ((), ())
    assert asked == check(db, known, END).standings
    assert [one.status for one in standings_of_year(None, known, WATCH, END, 2024)] == [Status.UNKNOWN] * 2
