"""The alert book: what opens, stays, ends, and what a person may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.book import (
    ACTS,
    REPEAT,
    Accusation,
    Docket,
    Fingerprint,
    act,
    alert_id,
    held_alerts,
    is_released,
    reconcile,
    settled,
)
from monitor.alerts.corrections import Cure, Ending
from storage.errors import AlertError
from storage.records import LIVE_STATES, Alert, AlertState, Transition

NOW = datetime(2025, 2, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
MISSING = Fingerprint("caizheng", 2024, "missing", "")
LATE = Fingerprint("caizheng", 2024, "late", "")
MALFORMED = Fingerprint("caizheng", 2024, "malformed", "")
WITHDRAWN = Fingerprint("caizheng", 2024, "withdrawn", "")
INCIDENT = Fingerprint(None, 2024, "operator", "portal:pingchuan")
DAY = timedelta(days=1)


def accused(about, *wheres, days_late=None):
    entries = [
        {"kind": "finding", "rule": about.rule, "where": where, "days_late": days_late} for where in wheres or [""]
    ]
    return Accusation(about, f"{about.rule} {','.join(wheres)}", ({"kind": "law", "basis": "x"}, *entries))


def opened(accusation, at=NOW):
    ((alert, _),) = reconcile((), Docket((accusation,)), at)
    return alert


def in_state(state, accusation):
    return replace(opened(accusation), state=AlertState(state))


def test_an_accusation_opens_an_alert_with_its_evidence():
    accusation = accused(MISSING)

    changes = reconcile((), Docket((accusation,)), NOW)

    alert = Alert(
        alert_id(MISSING, NOW), "caizheng", 2024, "missing", "", AlertState.OPEN, NOW, "missing ", accusation.evidence
    )
    said = {"message": alert.message, "evidence": alert.evidence}
    assert changes == ((alert, Transition(alert.id, NOW, None, AlertState.OPEN, "开启", **said)),)


def test_nothing_changes_while_the_accusation_stands():
    book = (opened(accused(MISSING)),)

    assert reconcile(book, Docket((accused(MISSING),)), LATER) == ()


def test_a_cured_alert_is_resolved_with_the_reason_and_the_kind_of_ending():
    alert = opened(accused(MISSING))

    changes = reconcile((alert,), Docket(cures={MISSING: Cure(Ending.FOUND_LATER, "其后已检索到该报告")}), LATER)

    entry = {"kind": "ending", "ending": "found_later", "is_retraction": False, "reason": "其后已检索到该报告"}
    resolved = replace(alert, state=AlertState.RESOLVED, evidence=(*alert.evidence, entry))
    move = Transition(
        alert.id, LATER, AlertState.OPEN, AlertState.RESOLVED, "其后已检索到该报告", evidence=resolved.evidence
    )
    assert changes == ((resolved, move),)


def test_a_missing_report_that_comes_late_ends_one_alert_and_opens_another():
    book = (opened(accused(MISSING)),)

    changes = reconcile(book, Docket((accused(LATE, days_late=8),)), LATER)

    assert [(alert.rule, move.to_state.value) for alert, move in changes] == [("late", "open"), ("missing", "resolved")]


@pytest.mark.parametrize("state", ["open", "acknowledged", "objected"])
def test_the_unknown_leaves_a_live_alert_untouched(state):
    book = (in_state(state, accused(MISSING)),)

    assert reconcile(book, Docket(unknown=frozenset({MISSING})), LATER) == ()


@pytest.mark.parametrize("state", ["acknowledged", "objected"])
def test_an_alert_that_a_person_noted_stays_so_while_it_stands_and_ends_when_it_is_cured(state):
    book = (in_state(state, accused(MISSING)),)

    assert reconcile(book, Docket((accused(MISSING),)), LATER) == ()
    assert [move.to_state.value for _, move in reconcile(book, Docket(), LATER)] == ["resolved"]


def test_what_is_held_opens_nothing_and_ends_nothing():
    docket = Docket((accused(MISSING),), held={MISSING: INCIDENT})
    live = opened(accused(MISSING))

    assert reconcile((), docket, NOW) == ()
    assert reconcile((live,), docket, LATER) == ()


def test_an_incident_names_what_it_holds_and_is_told_of_when_it_holds_more():
    broken = Accusation(INCIDENT, "门户异常", ({"kind": "agency", "agency": "caizheng", "portal": "pingchuan"},))
    first = Docket((accused(MISSING), broken), held={MISSING: INCIDENT})
    second = Docket((accused(MISSING), accused(WITHDRAWN), broken), held={MISSING: INCIDENT, WITHDRAWN: INCIDENT})

    ((incident, _),) = reconcile((), first, NOW)
    ((more, move),) = reconcile((incident,), second, LATER)

    assert held_alerts((incident,)) == {incident.id: (("caizheng", "missing"),)}
    assert held_alerts((more,)) == {incident.id: (("caizheng", "missing"), ("caizheng", "withdrawn"))}
    assert move.reason == "问题有增加"


def test_an_accusation_that_is_borne_already_is_not_called_held():
    broken = Accusation(INCIDENT, "门户异常", ())
    live = opened(accused(MISSING))

    ((incident, _),) = reconcile((live,), Docket((accused(MISSING), broken), held={MISSING: INCIDENT}), LATER)

    assert held_alerts((incident,)) == {}


def test_an_acknowledged_incident_that_grows_is_open_again():
    def broken(*agencies):
        return Accusation(INCIDENT, "门户异常", tuple({"kind": "agency", "agency": key} for key in agencies))

    noted = in_state("acknowledged", broken("caizheng", "jiaoyu"))

    ((again, move),) = reconcile((noted,), Docket((broken("caizheng", "jiaoyu", "minzheng"),)), LATER)

    assert (again.state, move.reason) == (AlertState.OPEN, "确认之后又有新的情况，重新开启")
    assert [is_released(broken(*who), (noted,)) for who in (["caizheng"], ["minzheng"])] == [True, False]


@pytest.mark.parametrize(
    ("state", "before", "now", "reason"),
    [
        ("open", ("a",), ("a", "b"), "问题有增加"),
        ("open", ("a", "b"), ("a",), "问题有变化"),
        ("open", ("a",), ("a",), None),
        ("acknowledged", ("a",), ("a", "b"), "问题有增加"),
        ("objected", ("a",), ("b",), "问题有增加"),
        ("acknowledged", ("a", "b"), ("a",), None),
    ],
)
def test_a_live_alert_follows_what_its_accusation_consists_of(state, before, now, reason):
    book = (in_state(state, accused(MALFORMED, *before)),)

    changes = reconcile(book, Docket((accused(MALFORMED, *now),)), LATER)

    moves = [(move.from_state.value, move.to_state.value, move.reason) for _, move in changes]
    assert moves == ([(state, state, reason)] if reason else [])


@pytest.mark.parametrize(
    ("waived", "now", "opens"),
    [
        (accused(MALFORMED, "a", "b"), accused(MALFORMED, "a"), False),
        (accused(MALFORMED, "a", "b"), accused(MALFORMED, "b", "c"), True),
        (accused(LATE, days_late=8), accused(LATE, days_late=8), False),
        (accused(LATE, days_late=8), accused(LATE, days_late=12), True),
    ],
)
def test_a_waived_alert_is_opened_again_only_by_something_other_or_graver(waived, now, opens):
    book = (in_state("waived", waived),)

    changes = reconcile(book, Docket((now,)), LATER)

    assert [move.to_state.value for _, move in changes] == (["open"] if opens else [])
    assert (settled((now,), book) == {now.fingerprint}) is not opens


@pytest.mark.parametrize(
    ("state", "told", "days", "is_repeated"),
    [
        ("open", NOW, 6, False),
        ("open", NOW, 7, True),
        ("open", None, 70, False),
        ("open", NOW + 70 * DAY, 7, False),
        ("acknowledged", NOW, 70, False),
        ("objected", NOW, 70, False),
    ],
)
def test_an_open_alert_is_told_again_after_the_days_that_were_set(state, told, days, is_repeated):
    alert = in_state(state, accused(MISSING))
    known = {alert.id: told} if told else {}

    changes = reconcile((alert,), Docket((accused(MISSING),)), NOW + days * DAY, told=known, repeat_after=7 * DAY)

    repeated = Transition(alert.id, NOW + days * DAY, AlertState.OPEN, AlertState.OPEN, REPEAT)
    assert changes == (((alert, repeated),) if is_repeated else ())


@pytest.mark.parametrize(
    "docket", [Docket(unknown=frozenset({MISSING})), Docket((accused(MISSING),), held={MISSING: INCIDENT})]
)
def test_what_cannot_be_said_now_is_not_told_again(docket):
    alert = opened(accused(MISSING))

    assert reconcile((alert,), docket, NOW + 70 * DAY, told={alert.id: NOW}, repeat_after=7 * DAY) == ()


def test_without_an_interval_nothing_is_told_again():
    alert = opened(accused(MISSING))

    assert reconcile((alert,), Docket((accused(MISSING),)), NOW + 700 * DAY, told={alert.id: NOW}) == ()


def test_a_resolved_alert_opens_anew_under_another_id():
    first = opened(accused(MISSING))
    book = (replace(first, state=AlertState.RESOLVED),)

    ((again, _),) = reconcile(book, Docket((accused(MISSING),)), NOW)

    assert again.id != first.id
    assert settled((accused(MISSING),), book) == frozenset()


def test_ids_depend_on_what_and_when_alone():
    assert alert_id(MISSING, NOW) == alert_id(MISSING, NOW)
    assert len({alert_id(MISSING, NOW), alert_id(LATE, NOW), alert_id(MISSING, LATER)}) == 3


ALLOWED = {
    ("ack", "open"): "acknowledged",
    ("ack", "objected"): "acknowledged",
    ("waive", "open"): "waived",
    ("waive", "acknowledged"): "waived",
    ("waive", "objected"): "waived",
    ("reopen", "acknowledged"): "open",
    ("reopen", "objected"): "open",
    ("reopen", "waived"): "open",
    ("object", "open"): "objected",
    ("object", "acknowledged"): "objected",
    ("object", "objected"): "objected",
}


@pytest.mark.parametrize("verb", list(ACTS))
@pytest.mark.parametrize("state", list(AlertState))
def test_a_person_moves_an_alert_only_where_its_state_allows_it(verb, state):
    alert = in_state(state, accused(MISSING))
    expected = ALLOWED.get((verb, state.value))

    if expected is None:
        with pytest.raises(AlertError, match=alert.id):
            act(alert, verb, LATER, by="王敏")
    else:
        moved, move = act(alert, verb, LATER, by="王敏", reason="已电话核实")
        assert moved == replace(alert, state=AlertState(expected))
        assert move == Transition(alert.id, LATER, state, AlertState(expected), "已电话核实", "王敏")


KEYS = st.sampled_from([MISSING, LATE, MALFORMED])
STEPS = st.lists(
    st.tuples(
        st.lists(st.tuples(KEYS, st.sets(st.sampled_from("abc"), min_size=1)), max_size=3),
        st.sets(KEYS),
        st.sets(KEYS),
        st.sampled_from([None, *ACTS]),
    ),
    max_size=8,
)


@given(STEPS)
def test_the_book_stays_sound_whatever_the_checks_and_people_say(steps):
    book = {}
    for day, (accusations, unknown, held, verb) in enumerate(steps):
        now = NOW + timedelta(days=day)
        before = dict(book)
        docket = Docket(
            tuple({about: accused(about, *sorted(wheres)) for about, wheres in accusations}.values()),
            frozenset(unknown),
            dict.fromkeys(held, INCIDENT),
        )
        for alert, move in reconcile(book.values(), docket, now):
            assert move.from_state is (before[alert.id].state if alert.id in before else None)
            assert move.from_state is not None or Fingerprint("caizheng", 2024, alert.rule, "") not in held
            book[alert.id] = alert
        for alert in before.values():
            about = Fingerprint("caizheng", 2024, alert.rule, "")
            if alert.state in LIVE_STATES and about in unknown:
                assert book[alert.id].state is alert.state
        live = [alert.rule for alert in book.values() if alert.state in LIVE_STATES]
        assert len(live) == len(set(live))
        for alert in tuple(book.values()):
            if verb and alert.state in LIVE_STATES & ACTS[verb].allowed:
                book[alert.id], _ = act(alert, verb, now, by="王敏", reason="x")


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "现为“未处理”，不能重新打开（reopen）"), ("en", "is open: cannot reopen")]
)
def test_a_refused_act_is_named_in_the_language_of_its_reader(language, words):
    alert = Alert("a1", "caizheng", 2024, "missing", "", AlertState.OPEN, NOW, "未检索到")

    with pytest.raises(AlertError, match=words):
        act(alert, "reopen", LATER, by="王敏", language=language)
