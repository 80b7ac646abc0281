"""Whatever happens to the watch, it says what the promise says: no false accusation, no lost alert.

Twenty thousand steps; `make soak` takes a million (`tests/bench/watch_soak.py`).
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.monitor.watch_machine import PureMachine, StoredMachine
from tests.monitor.watch_told import ToldMachine
from tests.monitor.watch_world import REACHED, TAKEN

SETTINGS = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True)

EVERYTHING = {
    *("not_due", "on_time", "late stated", "late witnessed", "date_unknown", "suspected_missing", "missing"),
    *("unknown", "withdrawn", "exempt"),
    *("missing open", "late open", "malformed open", "withdrawn open", "missing resolved", "late resolved"),
    *("incident portal open", "incident portal resolved", "incident no-control open"),
}
"""What is said and done in any season: a machine that never gets there proves nothing."""


def test_the_deciding_functions_agree_with_the_model_whatever_happens():
    run_state_machine_as_test(PureMachine, settings=settings(SETTINGS, max_examples=200, stateful_step_count=100))

    assert TAKEN["PureMachine"] >= 17_500
    assert set(REACHED) >= EVERYTHING


def test_the_stored_watch_agrees_with_the_model_whatever_happens_and_wherever_it_crashes():
    run_state_machine_as_test(StoredMachine, settings=settings(SETTINGS, max_examples=50, stateful_step_count=60))

    assert TAKEN["StoredMachine"] >= 2_500


def test_what_receivers_read_is_what_holds_or_was_taken_back():
    run_state_machine_as_test(ToldMachine, settings=settings(SETTINGS, max_examples=3, stateful_step_count=40))

    assert TAKEN["ToldMachine"] >= 60


def test_an_alert_that_may_have_been_taken_back_and_was_reopened_is_told_again():
    watch = PureMachine()
    watch.jump(days=8)
    watch.confirm(portal="c", control=True)
    watch.confirm(portal="c", control=True)
    watch.notify()
    watch.decide(turn=0, verb="waive")
    watch.receiver(channel="all", mode="uncertain")
    watch.notify()
    watch.receiver(channel="all", mode="up")

    watch.decide(turn=0, verb="reopen")
    watch.notify()

    (alert,) = watch.layer.book()
    assert (alert.rule, alert.state.value) == ("missing", "open")
    assert watch.receivers.told["all"] == {alert.id}
