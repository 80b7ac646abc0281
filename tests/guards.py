"""The guards against a false accusation and a lost alert: where each stands, and the test that misses it.

One row a guard: what it sees to, the text in the product that is the guard, what stands there when it is
taken out, and one named test that fails then. `tests/test_guards.py` takes them out one by one: ten in
every run, all of them with NIANBAO_PATIENT=1.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard. `old` stands in `file` exactly once; `new` in its place is the product without the guard."""

    name: str
    file: str
    old: str
    new: str
    test: str


_STANDING = "tests/monitor/agency_years/test_standing.py::"
_TWO_LOOKS = f"{_STANDING}test_missing_needs_two_complete_controlled_scans_apart_and_after_the_due_day"
_BREAKERS = "tests/monitor/alerts/test_breakers.py::"
_SAVED = "tests/storage/test_verdicts_and_alerts.py::"
_LEASES = "tests/storage/test_leases.py::"
_SENDER = "tests/monitor/test_killed_sender.py::"
_ROBOT = "tests/monitor/notices/test_sending.py::test_a_robot_is_believed_by_its_own_word_and_not_by_http_200"

GUARDS = (
    # who is accused
    Guard(
        "two scans",
        "monitor/agency_years/case.py",
        "len(self.accusing) > 1 and span(self.accusing) >= self.confirm_after",
        "bool(self.accusing)",
        _TWO_LOOKS,
    ),
    Guard(
        "hours between the two",
        "monitor/agency_years/case.py",
        " and span(self.accusing) >= self.confirm_after",
        "",
        _TWO_LOOKS,
    ),
    Guard(
        "former name",
        "monitor/agency_years/case.py",
        "is_bound = self.owes or self.is_former",
        "is_bound = self.owes",
        "tests/monitor/test_successions.py::test_a_renamed_body_is_not_missing_while_nobody_has_looked_under_its_former_name",
    ),
    Guard("control", "monitor/agency_years/case.py", " if look.control or has_word", "", _TWO_LOOKS),
    Guard(
        "begun after the due day",
        "monitor/agency_years/case.py",
        "look.started_at >= end and proves_absence(look)",
        "proves_absence(look)",
        _TWO_LOOKS,
    ),
    Guard(
        "complete alone proves absence",
        "monitor/agency_years/case.py",
        "return look.outcome is Outcome.COMPLETE and not look.found",
        "return not look.found",
        _TWO_LOOKS,
    ),
    Guard(
        "no scan of a doubted time",
        "monitor/agency_years/case.py",
        " and not look.found and not look.is_time_doubted",
        " and not look.found",
        f"{_STANDING}test_a_look_whose_time_is_in_doubt_proves_nothing",
    ),
    Guard(
        "due day until 24:00",
        "monitor/agency_years/obligations.py",
        "datetime.combine(due + timedelta(days=1), time(), SHANGHAI)",
        "datetime.combine(due, time(), SHANGHAI)",
        "tests/monitor/agency_years/test_obligations.py::test_a_due_day_ends_at_midnight_in_shanghai",
    ),
    Guard(
        "due day in China",
        "monitor/agency_years/obligations.py",
        "timedelta(days=1), time(), SHANGHAI)",
        "timedelta(days=1), time(8), SHANGHAI)",
        "tests/monitor/agency_years/test_obligations.py::test_a_due_day_ends_at_midnight_in_shanghai",
    ),
    Guard(
        "own sighting in time",
        "monitor/agency_years/standing.py",
        "if case.first_seen is not None and case.first_seen < case.due_end:",
        "if case.first_seen is None and not case.due_end:",
        f"{_STANDING}test_a_sighting_in_time_beats_every_date",
    ),
    Guard(
        "bulk dates accuse nobody",
        "monitor/agency_years/standing.py",
        "for stated in case.stated if stated.is_bulk), None)",
        "for stated in case.stated if not stated), None)",
        f"{_STANDING}test_a_bulk_date_accuses_nobody_but_may_excuse",
    ),
    Guard(
        "withdrawn after three scans",
        "monitor/agency_years/standing.py",
        "len(gone) >= WITHDRAWN_LOOKS and ",
        "",
        f"{_STANDING}test_a_report_is_withdrawn_after_three_complete_scans_over_seven_days",
    ),
    # what is seen on a portal
    Guard(
        "our failure beside a scan that is written",
        "crawler/unproven.py",
        'f"{scan_id}-failed"',
        "scan_id",
        "tests/crawler/test_spider.py::test_a_failure_of_ours_after_a_scan_was_written_leaves_nobodys_absence_proven",
    ),
    Guard(
        "decode check",
        "crawler/list_walk.py",
        "any(is_garbled(row.title) for row in shown.rows)",
        "False",
        "tests/monitor/test_torn_titles.py::test_a_title_that_was_torn_on_the_way_leaves_everybody_unknown",
    ),
    Guard(
        "own hosts alone",
        "crawler/middlewares.py",
        "if not is_own(request.url, request.meta.get(OWN_HOSTS, frozenset())):",
        "if not request.url:",
        "tests/crawler/test_addresses.py::test_a_request_stays_on_the_portals_own_hosts",
    ),
    Guard(
        "address guard of the resolver",
        "crawler/addresses.py",
        "if host is not None and is_public(host):",
        "if host is not None:",
        "tests/crawler/test_addresses.py::test_a_name_that_resolves_to_both_gives_only_the_public_addresses",
    ),
    Guard(
        "address guard of literal addresses",
        "crawler/middlewares.py",
        "if address is not None and not is_public(address) and not request.meta.get(ADMITS_PRIVATE):",
        "if address is None and request.meta is None:",
        "tests/crawler/test_addresses.py::test_no_spelling_of_this_machine_passes_as_a_portals_own",
    ),
    Guard(
        "robots.txt that cannot be had",
        "crawler/robots.py",
        "if status >= 500 or status in RETRIED_STATUSES or 300 <= status < 400:",
        "if status < 0:",
        "tests/crawler/test_robots.py::test_a_robots_txt_that_cannot_be_had_keeps_us_out",
    ),
    Guard(
        "a run is what its manifest says",
        "crawler/runs.py",
        "if _sha256(path / file) != listed[file]:",
        "if file not in listed:",
        "tests/crawler/test_runs.py::test_a_run_that_was_altered_is_not_read",
    ),
    Guard(
        "a capture is what its digest says",
        "storage/captures.py",
        "return data if digest_of(data) == digest else None",
        "return data",
        "tests/storage/test_captures.py::test_a_damaged_file_is_missing_and_putting_it_again_repairs_it",
    ),
    # what is held
    Guard(
        "portal breaker",
        "monitor/alerts/breakers.py",
        "if not is_released(incident, book):",
        "if incident is None:",
        f"{_BREAKERS}test_a_portal_that_loses_what_it_had_is_held",
    ),
    Guard(
        "fleet breaker",
        "monitor/alerts/breakers.py",
        "if of >= FLEET and ",
        "if of < 0 and ",
        f"{_BREAKERS}test_many_broken_portals_of_fifty_are_our_own_fault_and_one_incident",
    ),
    Guard(
        "fleet of fifty",
        "monitor/alerts/breakers.py",
        "if of >= FLEET and ",
        "if ",
        f"{_BREAKERS}test_many_broken_portals_of_fifty_are_our_own_fault_and_one_incident",
    ),
    Guard(
        "scans from the future",
        "monitor/alerts/breakers.py",
        "if newest is not None and newest > now + AFTER_NOW:",
        "if newest is None and now is None:",
        f"{_BREAKERS}test_scans_from_the_future_hold_everything_and_end_nothing",
    ),
    Guard(
        "held is not opened",
        "monitor/alerts/book.py",
        "elif key not in docket.held and not ",
        "elif not ",
        "tests/monitor/alerts/test_book.py::test_what_is_held_opens_nothing_and_ends_nothing",
    ),
    Guard(
        "the unknown leaves live alerts",
        "monitor/alerts/book.py",
        "if key not in accused and key not in docket.unknown:",
        "if key not in accused:",
        "tests/monitor/alerts/test_book.py::test_the_unknown_leaves_a_live_alert_untouched",
    ),
    # what is told
    Guard(
        "our failure at one run costs no other",
        "crawler/ingest.py",
        "except Exception as error:",
        "except ZeroDivisionError as error:",
        "tests/crawler/test_ingest.py::test_a_run_at_which_this_program_fails_is_named_and_the_others_are_taken_over",
    ),
    Guard(
        "outbox in the transaction of the alert",
        "storage/database/alerts.py",
        """            put(db, "INSERT INTO outbox VALUES (?, ?)", (number, instant_text(transition.at)))
""",
        """            db.conn.commit()
            put(db, "INSERT INTO outbox VALUES (?, ?)", (number, instant_text(transition.at)))
            db.conn.execute("BEGIN IMMEDIATE")
""",
        f"{_SAVED}test_what_cannot_be_put_into_the_outbox_is_not_opened_either",
    ),
    Guard(
        "alerts in the transaction of the verdicts",
        "storage/database/verdicts.py",
        "        save_transitions(db, transitions)\n",
        "        db.conn.commit()\n        save_transitions(db, transitions)\n",
        f"{_SAVED}test_an_alert_that_cannot_be_saved_takes_the_whole_check_with_it",
    ),
    Guard(
        "moved by somebody else meanwhile",
        "storage/database/alerts.py",
        "    if found[0] != from_state.value:",
        "    if found[0] is None:",
        f"{_SAVED}test_of_two_who_move_an_alert_the_slower_one_is_told",
    ),
    Guard(
        "lease",
        "storage/database/leases.py",
        "row[0] != owner and now <",
        "row[0] == '' and now <",
        f"{_LEASES}test_a_second_owner_gets_nothing_until_the_first_ones_lease_has_ended",
    ),
    Guard(
        "fencing token",
        "storage/database/leases.py",
        "    if not holds_lease(db, name, token, now):\n",
        "    if not token:\n",
        f"{_LEASES}test_who_slept_too_long_can_neither_renew_nor_write",
    ),
    Guard(
        "receiver's body",
        "monitor/notices/receivers.py",
        "    if receiver.success:\n",
        "    if receiver.success is None:\n",
        _ROBOT,
    ),
    Guard(
        "what a killed sender left",
        "monitor/notices/sending.py",
        "for number in abandoned_attempts(self.shift.db, self.recipient.key):",
        "for number in ():",
        f"{_SENDER}test_what_a_killed_sender_left_is_sent_again_with_a_mark",
    ),
)
"""Every guard; the test of a parametrised behaviour is named without its parameters."""
